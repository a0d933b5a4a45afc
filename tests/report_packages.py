"""A package that shows all of a report: four entities, leases, every category, estimates, claims, plans, money, a plant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organisations import toml
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

POWER = {"scope": "2", "unit": "MWh", "factor": "test/grid", "market_factor": "test/mix"}
SPEND = {"scope": "3", "unit": "USD2022", "factor": "test/paper", "source": "Spend"}
FREIGHT = {"scope": "3", "unit": "t-km", "factor": "test/truck", "source": "Road freight"}

_ORGANISATION = (
    toml("entity", id="mill", name="The Mill Ltd", treatment="subsidiary")
    + toml("holding", owner="works", entity="mill", share="80 %")
    + toml(
        "entity", id="venture", name="Venture & Partners", treatment="joint-venture", operator="Partner AG"
    )
    + toml("holding", owner="works", entity="venture", share="1/3")
    + toml("entity", id="shops", name="Shops under our name", treatment="franchise")
    + toml("facility", id="mill-site", name="Mill", country="GB", entity="mill")
    + toml("facility", id="pit", name="Pit of the venture", country="US", region="US-SRVC", entity="venture")
    + toml("facility", id="office", name="Rented office", country="GB", lease="lessee-operating")
    + toml(
        "facility",
        id="hall",
        name="Hall let out",
        country="GB",
        lease="lessor-operating",
        exception="The tenant takes all policies from us.",
    )
    + toml("facility", id="flat", name="Flat let out", country="GB", lease="lessor-finance")
    + toml("facility", id="shop", name="Corner shop", country="GB", entity="shops")
)

_STATEMENTS = (
    toml("exclusion", category="2.cooling", reason="None is bought.", because="does-not-occur")
    + toml(
        "exclusion",
        category="3.10",
        reason="Ours are final products.",
        because="not-relevant",
        estimated_t="12.5",
    )
    + toml(
        "relevance",
        category="3.10",
        size=False,
        risk=False,
        stakeholders=False,
        influence=True,
        outsourcing=False,
        reason="Sales by product.",
    )
    + toml(
        "relevance",
        category="3.6",
        size=True,
        risk=False,
        stakeholders=True,
        influence=True,
        outsourcing=False,
        reason="Travel records.",
    )
    + toml(
        "plan",
        category="3.6",
        gap="Hotel nights by country.",
        assumption="All at the world average.",
        uplift="10 %",
        action="Ask the travel agent.",
        responsible="Travel desk",
        due="2024-06-30",
    ).replace("'2024-06-30'", "2024-06-30")
    + toml("note", text="An invented group, for trying the report out.")
    + "\n[[deflator]]\nfrom = 'USD2023'\nto = 'USD2022'\nfrom_index = '122.3'\nto_index = '118'\nsource = 'BEA, table 1.1.9'\n"
)


def group_package(folder: Path, *, approach: str = "operational-control", more: str = "") -> Path:
    """Writes the package and returns its folder."""
    lines = [
        {"id": "boiler", "category": "stationary", "quantity": "12000", "claimed_t": "122.8"},
        {"id": "fleet", "quantity": "8000.5", "facility": "depot", "claimed_t": "81.947"},
        {"id": "kiln", "category": "process", "facility": "mill-site", "quantity": "3000", "data": "estimated"},
        {"id": "chiller", "category": "fugitive", "unit": "kg", "quantity": "7", "factor": "test/leak"},
        {"id": "old-chiller", "category": "fugitive", "unit": "kg", "quantity": "3", "factor": "test/old-chiller"},
        {"id": "wood", "category": "stationary", "facility": "mill-site", "unit": "kg", "quantity": "90000", "factor": "test/wood"},
        {"id": "pit-diesel", "facility": "pit", "quantity": "40000"},
        {"id": "shop-heat", "facility": "shop", "category": "stationary", "quantity": "500"},
        {"id": "flat-heat", "facility": "flat", "category": "stationary", "quantity": "70"},
        {"id": "power", **POWER, "category": "electricity", "quantity": "900"},
        {"id": "wind-power", **POWER, "category": "electricity", "quantity": "400", "market_factor": "test/wind"},
        {"id": "pit-power", **POWER, "category": "electricity", "facility": "pit", "quantity": "1500"},
        {"id": "office-power", **POWER, "category": "electricity", "facility": "office", "quantity": "60"},
        {"id": "hall-power", **POWER, "category": "electricity", "facility": "hall", "quantity": "45"},
        {"id": "steam", **POWER, "category": "steam", "facility": "mill-site", "quantity": "300"},
        {"id": "goods", **SPEND, "category": "1", "quantity": "1250000", "unit": "USD2023", "claimed_t": "999"},
        {"id": "machines", **SPEND, "category": "2", "quantity": "400000"},
        {"id": "upstream-fuel", "scope": "3", "category": "3", "quantity": "4000"},
        {"id": "inbound", **FREIGHT, "category": "4", "quantity": "880000"},
        {"id": "waste", "scope": "3", "category": "5", "unit": "kg", "factor": "test/wood", "quantity": "7000", "data": "proxy"},
        {
            "id": "flights", "scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight",
            "quantity": "150000", "data": "estimated", "estimate": "average", "reason": "Last year's trips <by> head & desk",
        },
        {"id": "commuting", "scope": "3", "category": "7", "quantity": "2100", "data": "estimated"},
        {"id": "stores", **SPEND, "category": "8", "quantity": "20000"},
        {"id": "outbound", **FREIGHT, "category": "9", "quantity": "1200000"},
        {"id": "use", "scope": "3", "category": "11", "quantity": "90000", "data": "estimated"},
        {"id": "end-of-life", "scope": "3", "category": "12", "unit": "kg", "factor": "test/wood", "quantity": "11000", "data": "proxy"},
        {"id": "let", **SPEND, "category": "13", "quantity": "9000"},
        {"id": "franchise", **SPEND, "category": "14", "quantity": "31000"},
        {"id": "shares-held", **SPEND, "category": "15", "quantity": "210000"},
    ]  # fmt: skip
    header = {"consolidation": f'"{approach}"', "organisation": '"Works Group"'}
    return write_package(folder, lines, header=header, more=_ORGANISATION + _STATEMENTS + more)
