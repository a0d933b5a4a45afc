"""Hourly matching of gas, heat and contracts, by hand: each hour's matched Wh, deficit and surplus, and what a year would have said."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.certificates import PoolKey, surplus_of, times_of
from cet.cli import main
from cet.inventory import check
from energy_packages import POWER, computed, kg, package, pool
from package_folders import factor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cet.inventory import Inventory

MWH = 10**6
DAY = "2023-02-01"
GAS = {
    "facility": "depot",
    "scope": "1",
    "category": "stationary",
    "source": "Gas",
    "quantity": "10",
    "unit": "MWh",
    "factor": "test/gas",
}
HEAT = {"scope": "2", "category": "heating", "source": "District heat", "quantity": "100", "unit": "MWh"}
HEAT["factor"] = "test/heat"
FACTORS = factor("heat", "MWh", {"CO2": "200"}, kind="grid")
FACTORS += factor("waste-heat", "MWh", {"CO2": "20"}, kind="supplier")
GREEN_GAS = {
    "instrument": "RGGO",
    "carrier": "gas",
    "use": "scope-1",
    "technology": "biomethane",
    "factor": "test/biomethane",
    "country": "GB",
    "network": "gb-gas",
    "system": "Green Gas Certification Scheme",
}
GREEN_HEAT = {
    "instrument": "GO",
    "carrier": "heating",
    "technology": "waste-heat",
    "factor": "test/waste-heat",
    "network": "city",
    "system": "Heat registry",
}
GAS_NETWORK = '[[network]]\nid = "gb-gas"\nfacility = "depot"\ncarrier = "gas"\nfactors = ["test/gas"]\n'
HEAT_NETWORK = '[[network]]\nid = "city"\nfacility = "plant"\ncarrier = "heating"\n'


def batch(of: Mapping[str, str], by_hour: Mapping[int, int]) -> list[dict[str, str]]:
    """One batch of the day, an entry an hour."""
    days = {"produced_from": DAY, "produced_to": DAY}
    return [
        {**of, **days, "id": f"h{hour}", "hour": str(hour), "quantity": str(mwh)}
        for hour, mwh in by_hour.items()
    ]


def used(folder: Path, key: PoolKey, by_hour: Mapping[int, int]) -> None:
    rows = [
        f"{key.facility},{key.carrier},{key.use},{DAY},{hour},{mwh},MWh\n" for hour, mwh in by_hour.items()
    ]
    head = "facility,carrier,use,day,hour,quantity,unit\n"
    (folder / "consumption.csv").write_text(head + "".join(rows))


def hours(found: Inventory, key: PoolKey) -> dict[int, tuple[Fraction, Fraction]]:
    """MWh matched and short, by hour."""
    assert found.energy is not None
    return {
        int(one.when[-2:]): (one.matched / MWH, one.deficit / MWH)
        for one in times_of(found.energy.application, key)
    }


def surplus(found: Inventory) -> dict[str, int]:
    assert found.energy is not None
    return surplus_of(found.energy.application, found.energy.facts.matching)


def rules(matching: str) -> str:
    return f'[energy]\nmatching = "{matching}"\n'


def test_green_gas_hour_by_hour(tmp_path: Path) -> None:
    """10 MWh are burned: 6 at seven, 3 at eight, 1 at eleven at night. Biomethane was injected 4 at seven, 5 at eight, 1 at eleven.

    Matched: 4 + 3 + 1 = 8 MWh; short: 2 at seven; too much: 2 at eight, which are of no other hour. With the UK's factors of 2018:
    2 MWh x 183.96 kg + 8 MWh x 3.6 GJ x 0.10473 kg = 367.92 + 3.016224 = 370.936224 kg inside,
    8 x 3.6 x 55.28 = 1,592.064 kg of biogenic CO2 outside. The same batch matched with the year: all 10 MWh,
    36 x 0.10473 = 3.77028 kg inside, 36 x 55.28 = 1,990.08 kg outside.
    """
    key, rows = PoolKey("depot", "scope-1", "gas"), batch(GREEN_GAS, {7: 4, 8: 5, 23: 1})
    given = {"header": {"gwp": '"AR4"'}}
    folder = package(tmp_path / "hourly", [GAS], rows, rules("hourly") + GAS_NETWORK, **given)
    used(folder, key, {7: 6, 8: 3, 23: 1})
    found = computed(folder)
    assert hours(found, key) == {7: (4, 2), 8: (3, 0), 23: (1, 0)}
    assert surplus(found) == {f"{DAY}T08": 2 * MWH}
    burned = pool(found, "scope-1", "depot")
    assert burned.market_mg == Fraction("370.936224") * 10**6
    assert burned.biogenic_mg == Fraction("1592.064") * 10**6
    assert burned.location_mg == Fraction("1839.6") * 10**6
    (notice,) = (one for one in found.notices if one.kind == "certificate-expired")
    assert f"h8, 2000000 Wh, produced {DAY}T08, when no more was used in network gb-gas" in notice.text

    year = computed(package(tmp_path / "annual", [GAS], rows, rules("annual") + GAS_NETWORK, **given))
    burned = pool(year, "scope-1", "depot")
    assert burned.market_mg == Fraction("3.77028") * 10**6
    assert burned.biogenic_mg == Fraction("1990.08") * 10**6
    assert surplus(year) == {}


def test_heat_hour_by_hour(tmp_path: Path) -> None:
    """100 MWh of district heat: 40 at six, 10 at noon, 50 at six in the evening; waste heat was fed in 20, 30 and 50 MWh.

    Matched: 20 + 10 + 50 = 80; short: 20 at six; too much: 20 at noon. 80 MWh x 20 kg + 20 MWh x 200 kg = 5,600 kg. The same batch
    matched with the year: 100 MWh x 20 kg = 2,000 kg. Location-based: 100 x 200 = 20,000 kg, either way.
    """
    key, rows = PoolKey("plant", "scope-2", "heating"), batch(GREEN_HEAT, {6: 20, 12: 30, 18: 50})
    folder = package(tmp_path / "hourly", [HEAT], rows, rules("hourly") + HEAT_NETWORK, FACTORS)
    used(folder, key, {6: 40, 12: 10, 18: 50})
    found = computed(folder)
    assert hours(found, key) == {6: (20, 20), 12: (10, 0), 18: (50, 0)}
    assert surplus(found) == {f"{DAY}T12": 20 * MWH}
    assert (kg(pool(found).market_mg), kg(pool(found).location_mg)) == ("5600.000", "20000.000")
    year = computed(package(tmp_path / "annual", [HEAT], rows, rules("annual") + HEAT_NETWORK, FACTORS))
    assert (kg(pool(year).market_mg), kg(pool(year).location_mg)) == ("2000.000", "20000.000")


def test_monthly_matching_lies_between_the_two(tmp_path: Path) -> None:
    """The same heat and the same batch by the month: all of one day is of one month, and 100 MWh are matched."""
    key, rows = PoolKey("plant", "scope-2", "heating"), batch(GREEN_HEAT, {6: 20, 12: 30, 18: 50})
    folder = package(tmp_path / "p", [HEAT], rows, rules("monthly") + HEAT_NETWORK, FACTORS)
    used(folder, key, {6: 40, 12: 10, 18: 50})
    found = computed(folder)
    assert found.energy is not None
    (month,) = times_of(found.energy.application, key)
    assert (month.when, month.matched, month.deficit) == ("2023-02", 100 * MWH, 0)


@pytest.mark.parametrize("network", ["gb-gas", "city"])
def test_no_hour_of_gas_or_heat_is_matched_across_networks(tmp_path: Path, network: str) -> None:
    """The right hour in another network covers nothing."""
    of, line, own = {
        "gb-gas": (GREEN_GAS, GAS, GAS_NETWORK),
        "city": (GREEN_HEAT, HEAT, HEAT_NETWORK),
    }[network]
    key = PoolKey(line.get("facility", "plant"), of.get("use", "scope-2"), of["carrier"])
    rows = batch({**of, "network": "other"}, {7: 10})
    folder = package(tmp_path / "p", [line], rows, rules("hourly") + own, FACTORS)
    used(folder, key, {7: int(line["quantity"])})
    found = computed(folder)
    assert [taken for taken, _ in hours(found, key).values()] == [0]
    (notice,) = (one for one in found.notices if one.kind == "certificate-refused")
    assert f"market network other, {key.carrier} used in network {network}" in notice.text


def test_hourly_matching_asks_for_the_hours_of_gas_and_of_heat(tmp_path: Path) -> None:
    """Of what was burned and taken, and of what was made: an entry of several hours is refused by its criterion."""
    rows = [*batch(GREEN_GAS, {7: 4}), *batch(GREEN_HEAT, {8: 4})]
    folder = package(
        tmp_path / "p",
        [GAS, {**HEAT, "id": "heat"}],
        rows,
        rules("hourly") + GAS_NETWORK + HEAT_NETWORK,
        FACTORS,
    )
    told = [str(one) for one in check(folder).findings]
    assert any(
        "no consumption of gas at depot, scope-1; hourly matching needs when it was used" in one
        for one in told
    )
    assert any(
        "no consumption of heating at plant; hourly matching needs when it was used" in one for one in told
    )
    whole = [{**row, "hour": ""} for row in batch(GREEN_HEAT, {6: 100})]
    folder = package(tmp_path / "whole", [HEAT], whole, rules("hourly") + HEAT_NETWORK, FACTORS)
    used(folder, PoolKey("plant", "scope-2", "heating"), {6: 100})
    (notice,) = (one for one in computed(folder).notices if one.kind == "certificate-refused")
    assert "is-of-close-vintage" in notice.text
    assert "hour unknown; hourly matching needs hourly certificates" in notice.text


PPA = """
[[supply]]
id = "solar"
facility = "plant"
carrier = "electricity"
instrument = "ppa"
quantity = "60"
unit = "MWh"
factor = "test/wind"
supplier = "Solar Ltd"
certificated = true
certificates = ["h12"]
"""


def test_the_certificates_of_a_contract_keep_to_their_hour(tmp_path: Path) -> None:
    """50 MWh at noon and 50 at night, a contract of 60 MWh of noon with its certificates: it covers 50 at noon and nothing of the
    night. 10 MWh of the contract find no consumption. With the year it covers all its 60."""
    key, sun = PoolKey("plant", "scope-2", "electricity"), {"technology": "solar"}
    line, rows = {**POWER, "quantity": "100"}, batch(sun, {12: 60})
    folder = package(tmp_path / "hourly", [line], rows, rules("hourly") + PPA)
    used(folder, key, {12: 50, 23: 50})
    found = computed(folder)
    assert hours(found, key) == {12: (50, 0), 23: (0, 50)}
    assert {part.kind: part.watt_hours // MWH for part in pool(found).parts} == {"ppa": 50, "grid": 50}
    assert found.energy is not None
    assert found.energy.application.unused == {"solar": 10 * MWH}
    assert surplus(found) == {f"{DAY}T12": 10 * MWH}
    year = computed(package(tmp_path / "annual", [line], rows, rules("annual") + PPA))
    assert {part.kind: part.watt_hours // MWH for part in pool(year).parts} == {"ppa": 60, "grid": 40}


def test_a_contract_and_free_certificates_of_one_hour_are_never_more_than_the_hour(tmp_path: Path) -> None:
    """The contract takes 50 MWh of noon; certificates of noon then find nothing, those of the night its 50."""
    key = PoolKey("plant", "scope-2", "electricity")
    rows = [*batch({}, {12: 60, 23: 70}), {**batch({}, {12: 5})[0], "id": "more"}]
    folder = package(tmp_path / "p", [{**POWER, "quantity": "100"}], rows, rules("hourly") + PPA)
    used(folder, key, {12: 50, 23: 50})
    found = computed(folder)
    assert hours(found, key) == {12: (50, 0), 23: (50, 0)}
    assert surplus(found) == {f"{DAY}T12": 15 * MWH, f"{DAY}T23": 20 * MWH}
    assert kg(pool(found).market_mg) == "0.000"


def test_own_generation_leaves_the_same_part_of_every_hour_to_be_bought(tmp_path: Path) -> None:
    """20 of 100 MWh from the roof, at hours nobody said: 40 MWh of each hour were bought; certificates of noon cover 30 of them."""
    roof = """
[[supply]]
id = "roof"
facility = "plant"
carrier = "electricity"
instrument = "on-site"
quantity = "20"
unit = "MWh"
supplier = "own roof"
certificated = false
"""
    key = PoolKey("plant", "scope-2", "electricity")
    folder = package(
        tmp_path / "p", [{**POWER, "quantity": "100"}], batch({}, {12: 30}), rules("hourly") + roof
    )
    used(folder, key, {12: 50, 23: 50})
    assert hours(computed(folder), key) == {12: (30, 10), 23: (0, 40)}


def test_the_command_shows_each_hour_and_each_month(tmp_path: Path) -> None:
    key, rows = PoolKey("plant", "scope-2", "heating"), batch(GREEN_HEAT, {6: 20, 12: 30, 18: 50})
    folder = package(tmp_path / "p", [HEAT], rows, rules("hourly") + HEAT_NETWORK, FACTORS)
    used(folder, key, {6: 40, 12: 10, 18: 50})
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "160"})
    told = json.loads(runner.invoke(main, ["certificates", "apply", str(folder), "--json"]).stdout)["energy"]
    assert told["times"][0] == {
        "pool": "heating of plant, scope-2",
        "when": f"{DAY}T06",
        "consumed_wh": "40000000",
        "bought_wh": "40000000",
        "matched_wh": "20000000",
        "deficit_wh": "20000000",
    }
    assert [one["deficit_wh"] for one in told["times"]] == ["20000000", "0", "0"]
    assert told["surplus_wh"] == {f"{DAY}T12": "20000000"}
    shown = runner.invoke(main, ["certificates", "apply", str(folder)]).stdout
    (row,) = (line for line in shown.splitlines() if "2023-02 " in line)
    assert row.split("2023-02")[1].split() == ["100", "80", "20", "1", "of", "3"]
    year = package(tmp_path / "year", [HEAT], rows, rules("annual") + HEAT_NETWORK, FACTORS)
    told = json.loads(runner.invoke(main, ["certificates", "apply", str(year), "--json"]).stdout)["energy"]
    assert (told["times"], told["surplus_wh"]) == ([], {})
