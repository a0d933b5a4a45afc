"""The worked examples of sections 10, 11 and annex 1 as real packages: exact figures, and the printed ones beside them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cet.inventory import Inventory, compute, load
from cet.logistics.book_file import read_book
from cet.logistics.terms import per_shown as per_shown_of
from cet.quantities import half_even_text
from cet.scopes import Method, Scope
from cet.statement import build
from transport_packages import booking, claim, inventory

if TYPE_CHECKING:
    from cet.inventory.transport.result import ClaimedPool

EXAMPLES = Path(__file__).parents[3] / "examples"
KG = 10**6
SOLUTION = {"material": "solution", "additionality": "no mandate counts it"}


def the_pool(found: Inventory) -> ClaimedPool:
    assert found.transport is not None
    (pool,) = found.transport.pools
    return pool


def kg(mg: Fraction) -> Fraction:
    return mg / KG


def test_marine_fuel_of_section_10(tmp_path: Path) -> None:
    """5,000,000 TEU-km, all of it by a fuel's profile: 35,571.428… kg, printed 35,571."""
    # The fuel behind it: 0.0664 / 3.92 kg of MGO, 1.05 times as much of the other fuel, at 0.400 kg CO2e.
    profile = {"unit": "TEU-km", "quantity": "5000000", "mode": "sea", "wtw": "0.027888/3.92"}
    found = inventory(
        tmp_path,
        [("site", "3", "4", "5000000", "TEU-km", "ocean")],
        {"ocean": ("0.0664", "TEU-km")},
        [{"factors": ["own/ocean"], "mode": "sea"}],
        claims=[claim("fuel", **SOLUTION, **profile)],
    )
    pool = the_pool(found)
    exact = Fraction("0.0664") / Fraction("3.92") * 5_000_000 * Fraction("1.05") * Fraction("0.4")
    assert kg(pool.market_mg) == exact
    assert half_even_text(kg(pool.market_mg), 0) == "35571"
    assert kg(found.total(Scope.SCOPE_3)) == 332_000
    assert found.market_total(Scope.SCOPE_3) == pool.market_mg


def test_air_passengers_of_section_10(tmp_path: Path) -> None:
    """208,000 kg of fuel of three aircraft, 100,000 kg by a fuel's profile, category 6: 453,228 kg exactly, as printed."""
    lines = [
        ("site", "3", "6", "50000", "kg", "jet"),
        ("site", "3", "6", "104000", "kg", "jet"),
        ("site", "3", "6", "54000", "kg", "jet"),
    ]
    profile = {"use": "3.6", "mode": "air", "unit": "kg", "quantity": "100000", "wtw": "0.33"}
    found = inventory(
        tmp_path,
        lines,
        {"jet": ("3.891", "kg")},
        [{"factors": ["own/jet"], "mode": "air"}],
        claims=[claim("saf", **SOLUTION, **profile)],
    )
    assert kg(the_pool(found).market_mg) == 453_228
    assert kg(found.total(Scope.SCOPE_3)) == Fraction("809328")


def test_air_passengers_by_passenger_kilometres(tmp_path: Path) -> None:
    """A claim counted in passenger-km takes the same part of every flight: here 13 of 28 passenger-km."""
    lines = [
        ("site", "3", "6", "1000000", "passenger-km", "regional"),
        ("site", "3", "6", "4000000", "passenger-km", "narrow"),
        ("site", "3", "6", "2000000", "passenger-km", "wide"),
    ]
    factors = {
        "regional": ("0.19455", "passenger-km"),
        "narrow": ("0.101166", "passenger-km"),
        "wide": ("0.105057", "passenger-km"),
    }
    claimed = {
        "use": "3.6",
        "mode": "air",
        "unit": "passenger-km",
        "wtw": "33000/3250000",
        "quantity": "3250000",
    }
    found = inventory(
        tmp_path,
        lines,
        factors,
        [{"factors": [f"own/{name}" for name in factors], "mode": "air"}],
        claims=[claim("saf", **SOLUTION, **claimed)],
    )
    part = Fraction(3_250_000, 7_000_000)
    assert kg(the_pool(found).market_mg) == 33_000 + (1 - part) * 208_000 * Fraction("3.891")


def test_electric_road_of_section_10(tmp_path: Path) -> None:
    """5,000,000 of 8,000,000 t-km from the LSP's trucks at 0.080, the rest at 0.150: 850,000 kg, as printed."""
    found = inventory(
        tmp_path / "shipper",
        [("site", "3", "4", "8000000", "t-km", "road")],
        {"road": ("0.150", "t-km")},
        [{"factors": ["own/road"], "mode": "road"}],
        claims=[claim("trucks", material="lsp-direct", quantity="5000000", wtw="0.080")],
    )
    assert kg(the_pool(found).market_mg) == 850_000
    assert kg(found.total(Scope.SCOPE_3)) == 1_200_000


def test_the_lsp_passes_on_its_electric_road_apart(tmp_path: Path) -> None:
    """Of 1,000,000,000 t-km 15,000,000 are LETS at 0.080; who did not claim takes of the rest; both are all of it."""
    trucks = {"use": "3.4", "quantity": "15000000", "wtw": "0.080"}
    found = inventory(
        tmp_path,
        [("site", "3", "4", "1000000000", "t-km", "road")],
        {"road": ("0.150", "t-km")},
        bookings=[booking("trucks", **trucks)],
        outputs=[{"facility": "site", "scope": 3, "category": "4", "quantity": "1000000000", "unit": "t-km"}],
    )
    assert found.transport is not None
    (split,) = found.transport.splits
    lets, rest = split.parts
    assert (lets.basis, kg(lets.exact)) == (15_000_000 * KG, 1_200_000)
    assert rest.basis == 985_000_000 * KG
    assert lets.exact + rest.exact == split.physical.exact == 150_000_000 * KG


def test_letters_of_annex_1(tmp_path: Path) -> None:
    """Ten million letters of 50 g, 15 % and 6 % of road and sites: 66,000,000 g printed, from parts rounded to percents."""
    lines = [
        ("site", "3", "4", "10000000", "item", "road"),
        ("site", "3", "4", "10000000", "item", "sites"),
    ]
    factors = {"road": ("0.040", "item"), "sites": ("0.010", "item")}
    modes = [
        {"factors": ["own/road"], "mode": "road"},
        {"factors": ["own/sites"], "mode": "logistics-sites"},
    ]

    def claims(road: str, sites: str) -> list[dict[str, object]]:
        all_of_it = {"unit": "item", "quantity": "10000000", "material": "carrier-direct"}
        return [
            claim("biogas", **all_of_it, wtw=road),
            claim("heat-pumps", **all_of_it, mode="logistics-sites", wtw=sites),
        ]

    printed = inventory(tmp_path / "printed", lines, factors, modes, claims=claims("0.006", "0.0006"))
    assert printed.market_total(Scope.SCOPE_3) == 66_000_000 * 1000
    # What remains of the trucks' and the heating's emissions, unrounded: 66.069… million g.
    trucks = Fraction("58909") * Fraction("0.306") * Fraction("3.17") * 7
    sites = Fraction(27_000) * Fraction("0.24") * 15
    unrounded = claims(f"2400/{half_even_text(trucks, 6)}", "59/97200")
    exact = inventory(tmp_path / "exact", lines, factors, modes, claims=unrounded)
    grams = 10_000_000 * (40 * Fraction(60_000) / trucks + 10 * Fraction(5_900) / sites)
    assert exact.market_total(Scope.SCOPE_3) / 1000 == grams
    assert half_even_text(grams / 10**6, 3) == "66.070"


@pytest.fixture(scope="module")
def told() -> dict[str, Inventory]:
    names = ("carrier-a", "shipper-1", "shipper-2")
    return {name: compute(load(EXAMPLES / f"logistics-{name}-2023")) for name in names}


def test_three_intensities_reconcile_to_the_carriers_total(told: dict[str, Inventory]) -> None:
    """Section 11: customers' figures and what is booked and held are the carrier's total, in both series, exactly."""
    carrier = told["carrier-a"]
    total = carrier.total(Scope.SCOPE_1) + carrier.total(Scope.SCOPE_3)
    assert kg(total) == 1_260_000
    assert kg(sum((told[f"shipper-{n}"].total(Scope.SCOPE_3) for n in (1, 2)), Fraction(0))) == 1_260_000
    one, two = (the_pool(told[f"shipper-{n}"]) for n in (1, 2))
    assert [one.market_mg / one.activity / 1000, total / 10_000_000 / 1000, one.rest_intensity / 1000] == [
        120,
        126,
        150,
    ]
    # Without the other supply's profile that shipper 2 claimed, it would stand at the non-LETS intensity: the highest.
    assert two.rest_intensity == one.rest_intensity
    held = 500_000 * (Fraction(30) - 150) * 1000
    assert one.market_mg + 4_000_000 * two.rest_intensity + held == total


def test_the_carriers_lots_carry_the_intensities_its_customers_are_told(told: dict[str, Inventory]) -> None:
    """Scope 1 and 3.3 of a share of the LETS are 30 g a t-km, of the rest 150 g."""
    transport = told["carrier-a"].transport
    assert transport is not None
    each: dict[str, Fraction] = {}
    for split in transport.splits:
        assert sum(part.exact for part in split.parts) == split.physical.exact
        assert sum(part.basis for part in split.parts) == split.physical.basis
        for part in split.parts:
            each[part.key.part] = each.get(part.key.part, Fraction(0)) + part.exact / part.basis * 1000
    assert each == {"lets biogas-2023": 30, "rest": 150}
    assert the_pool(told["shipper-1"]).rest_intensity / 1000 == each["rest"]


def test_the_claims_are_those_of_the_carriers_book(told: dict[str, Inventory]) -> None:
    """Activity, intensities, days and disclosures of the packages are those of `examples/logistics-carrier-a`."""
    book = read_book(EXAMPLES / "logistics-carrier-a" / "book.toml").book
    lets = book.lets["biogas-2023"]
    (booked,) = told["carrier-a"].package.settings.lets_bookings
    (first,) = told["shipper-1"].package.settings.logistics_claims
    (second,) = told["shipper-2"].package.settings.logistics_claims
    per_shown = per_shown_of("g-km")
    for one in (booked, first):
        assert (one.wtw * KG, one.ttw * KG, one.biogenic * KG) == tuple(
            per_shown * mg for mg in (lets.wtw, lets.ttw, lets.biogenic)
        )
        assert (one.booked, one.mode) == (lets.on, lets.mode.text)
    assert booked.quantity * per_shown == lets.activity
    assert first.quantity * per_shown == lets.claimed
    profile = book.profiles["shipper-2-hvo"].claimed
    assert (second.claimed, second.quantity * per_shown) == (profile.on, profile.activity)
    masses = book.solutions["hvo-unbundled"].booked.masses
    assert second.wtw * second.quantity * KG == Fraction(masses.wtw_mg) * profile.quantity / 10**7


def test_declaration_and_document_trace_the_figures(told: dict[str, Inventory]) -> None:
    """The statement's document has booking, solution, certificate, additionality, credits, and both series; no reduction."""
    addresses = ("0x" + "11" * 20, "0x" + "22" * 20)
    part = json.loads(build(told["shipper-1"], *addresses).document)["logistics"]
    (one,) = part["claims"]
    assert one["booking"] == "biogas-2023"
    assert one["certificate"]
    assert one["credits"].startswith("sea")
    assert (one["activity"], one["wtw_kg_per_unit"]) == ("1500000", "0.03")
    assert {"physical_mg", "market_mg"} <= set(part["pools"][0])
    assert "reduc" not in json.dumps(part)
    carrier = json.loads(build(told["carrier-a"], *addresses).document)
    names = {lot["lot"]: lot.get("part") for lot in carrier["lots"] if lot["method"] == "market-based"}
    assert set(names.values()) == {"lets biogas-2023", "rest"}
    assert {part["lot"] for split in carrier["logistics"]["splits"] for part in split["parts"]} == set(names)


def test_the_methods_never_mix_in_what_is_reported(told: dict[str, Inventory]) -> None:
    """Law 7: what a statement reports is the physical series, whatever was claimed or booked."""
    for one in told.values():
        assert one.reported[3] == one.total(Scope.SCOPE_3)
        assert all(lot.key.method is not Method.MARKET_BASED for lot in one.series_lots)


def test_every_lot_leads_back_to_its_lines(told: dict[str, Inventory]) -> None:
    """Lots of method 2 and parts of split ones too: what the lines behind a lot put into it is the lot, exactly."""
    for one in told.values():
        for lot in one.lots:
            key, part = one.within(lot)
            behind = [dict(line.emissions())[key] * part for line in one.lines_of(lot)]
            assert behind
            assert sum(behind, Fraction(0)) == lot.exact
