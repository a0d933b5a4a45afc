"""Every calculation method: its example as a package, what it refuses, what it notices, and the page that lists them."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cet.errors import PackageError
from cet.inventory import Inventory, check, load, read_package, reference
from cet.inventory.methods import PARAMETERS, Method, Role, methods
from package_folders import FACTORS, factor, write_package

ROOT = Path(__file__).parents[2]
MG_PER_KG = 10**6

PLANT = """
[[chp]]
plant = "cogen"
output = "steam"
kind = "heat"
energy = "300"
unit = "MWh"

[[chp]]
plant = "cogen"
output = "power"
kind = "power"
energy = "100"
unit = "MWh"
"""

# What the example of each method in data/methods.toml comes to in the unit its factor is per, worked out by hand.
AMOUNTS = {
    "activity": 1200,
    "fuel-used": Fraction("433"),
    "fuel-spend": 2000,
    "fuel-economy": 100,
    "distance-based": 658 * 1200,
    "process": Fraction(12_000 * 12 * 44, 100 * 12),
    "refrigerant-mass-balance": 25,
    "refrigerant-screening": Fraction(6 * 184, 366),
    "measured": 1000,
    "energy": 1000,
    "chp": 5000 * Fraction(21, 37),
    "supplier-specific": 200_000,
    "hybrid": 5000,
    "average-data": 375_000,
    "spend-based": 10_000,
    "losses": 90_000,
    "fuel-based": 12_500,
    "site-specific": 2000,
    "shipment-allocation": Fraction("11.8125"),
    "waste-type-specific": 30_000,
    "hotel-stay": 36,
    "commuting": 2 * 10 * 230 * 40 / Fraction("1.6"),
    "teleworking": 18_000,
    "asset-specific": 400,
    "lessor-specific": 60_000,
    "use-direct": 14_950_000,
    "use-indirect": 1_200_000,
    "processing": 59_500,
    "end-of-life": 9000,
    "franchise-specific": 72_000,
    "investment-specific": 48_000_000,
    "investment-average": 2_500_000,
    "project-finance": 10_000_000,
    "projected-lifetime": 67_500_000,
    "managed-investment": 250_000,
}


def line_of(given: dict[str, str]) -> dict[str, str]:
    """A row from a compact example: `distance = "1200 km"` is two cells."""
    line = {}
    for name, value in given.items():
        number, space, unit = value.partition(" ")
        line[name] = value if name not in PARAMETERS else number
        if name in PARAMETERS and space:
            line[f"{name}_unit"] = unit
    return line


def example_package(folder: Path, method: Method, **changed: str) -> Path:
    """The method's example; its factor is 2 kg of CO2 per unit, or the gas it names."""
    given = {**dict(method.example), **changed}
    per, gas = given.pop("per"), given.pop("gas", "")
    money = per[:3].isupper() and per[3:].isdigit()
    factors = FACTORS + factor("own", per, {"CO2": "2"}, kind="spend" if money else "life-cycle")
    line = {"method": method.name, "data": "estimated", "factor": f"measured/{gas}" if gas else "test/own"}
    return write_package(folder, [{**line, **line_of(given)}], factors=factors, more=PLANT)


def test_every_method_has_its_example_worked_out() -> None:
    assert AMOUNTS.keys() == methods().keys()


@pytest.mark.parametrize("name", AMOUNTS)
def test_the_example_of_a_method_comes_to_its_amount(name: str, tmp_path: Path) -> None:
    package = load(example_package(tmp_path, methods()[name]))
    slow = reference(package)
    inventory = read_package(tmp_path)
    (line,) = inventory.lines
    amount = line.row.amount * line.shape.per_factor
    assert amount == AMOUNTS[name]
    assert inventory.sums == slow.sums
    if "gas" not in methods()[name].example:
        assert {mg for _, mg in line.emissions()} == {2 * amount * MG_PER_KG}
    assert "method-parameter" not in {notice.kind for notice in inventory.notices}


@pytest.mark.parametrize("name", [name for name, method in methods().items() if method.needs])
def test_a_method_is_refused_without_what_it_needs(name: str, tmp_path: Path) -> None:
    method = methods()[name]
    needed = {one for need in method.needs for one in need.split("|")}
    left = {key: value for key, value in method.example.items() if key not in needed}
    poorer = method.model_copy(update={"example": left})
    found = check(example_package(tmp_path, poorer)).findings
    assert {finding.column for finding in found} & needed
    assert f"{name} without" in " ".join(finding.problem for finding in found)


@pytest.mark.parametrize("name", [name for name, method in methods().items() if "1" not in method.places])
def test_a_method_is_refused_where_it_does_not_belong(name: str, tmp_path: Path) -> None:
    found = check(example_package(tmp_path, methods()[name], scope="1", category="process")).findings
    wrong = [finding for finding in found if "not a method of" in finding.problem]
    assert bool(wrong) == (not methods()[name].usable_in("1", "process"))


def problems(tmp_path: Path, line: dict[str, str], more: str = "") -> str:
    factors = FACTORS + factor("own", "kg", {"CO2": "2"}, kind="life-cycle")
    factors += factor("spend", "USD2022", {"CO2": "0.3"}, kind="spend")
    base = {"scope": "3", "category": "1", "unit": "kg", "factor": "test/own"}
    return " | ".join(
        map(str, check(write_package(tmp_path, [{**base, **line}], factors=factors, more=more)).findings)
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"own": "-1", "total": "2"}, "own '-1': negative"),
        ({"own": "1", "total": "0"}, "zero, and divided by"),
        ({"own": "1", "total": "2/0"}, "divided by zero"),
        ({"treated": "1.01"}, "over 1, which is the whole"),
        ({"equity_share": "40"}, "over 1, which is the whole"),
        ({"treated": "90%"}, "a percentage"),
        ({"treated": "0,9"}, "decimal comma"),
        ({"treated": "1/2/3"}, "not a number"),
        ({"number": "1e30"}, "absurdly large"),
        ({"distance": "5"}, "distance without a unit"),
        ({"distance_unit": "km"}, "a unit without a number"),
        ({"distance": "5", "distance_unit": "km;trips="}, "not a unit"),
        ({"distance": "5", "distance_unit": "miles/hour/day/L/kg"}, "too many parts"),
        ({"distance": "5", "distance_unit": "leagues"}, "unknown unit"),
        ({"distance": "5", "distance_unit": "km"}, "come to distance × mass, the factor is per kg (mass)"),
        ({"stock_end": "3", "stock_end_unit": "km"}, "in units of one kind"),
        ({"stock_end": "101", "stock_end_unit": "kg"}, "less than nothing is left"),
        ({"method": "guesswork"}, "no such method"),
        ({"method": "spend-based"}, "mass under the method spend-based"),
        ({"chp": "cogen/steam"}, "no such output of a plant"),
        ({"estimate": "guessed", "reason": "so"}, "no such kind of estimate"),
        ({"estimate": "uplifted", "reason": "so", "data": "estimated"}, "uplifted without uplift"),
        ({"estimate": "average", "data": "estimated"}, "an estimate without its reason"),
        ({"reason": "so"}, "a reason without an estimate"),
        ({"estimate": "average", "reason": "so"}, "an estimate called measured"),
        ({"uplift": "0.1"}, "uplift makes the line an estimate"),
        (
            {"unit": "EUR2023", "factor": "test/spend"},
            "EUR2023 (money EUR2023) can't be converted to USD2022",
        ),
    ],
)
def test_impossible_parameters_are_refused(line: dict[str, str], says: str, tmp_path: Path) -> None:
    assert says in problems(tmp_path, line)


EXCHANGE = """
[[exchange]]
from = "EUR2023"
to = "USD2023"
rate = "1.08"
source = "A bank"
"""
DEFLATOR = """
[[deflator]]
from = "USD2023"
to = "USD2022"
from_index = "122.3"
to_index = "118"
source = "An office"
"""


def spent(tmp_path: Path, more: str, **line: str) -> Inventory:
    factors = FACTORS + factor("spend", "USD2022", {"CO2": "0.3"}, kind="spend")
    base = {"scope": "3", "category": "1", "quantity": "1000", "unit": "EUR2023", "factor": "test/spend"}
    folder = write_package(tmp_path, [{**base, "method": "spend-based", **line}], factors=factors, more=more)
    inventory = read_package(folder)
    assert inventory.sums == reference(load(folder)).sums
    return inventory


def test_money_is_exchanged_then_deflated_by_recorded_steps(tmp_path: Path) -> None:
    inventory = spent(tmp_path, EXCHANGE + DEFLATOR)
    (line,) = inventory.lines
    amount = Fraction(1080) * Fraction("118") / Fraction("122.3")
    assert line.activity == ("USD2022", amount)
    steps = [(step.step, step.source) for step in line.trail]
    assert ("exchange to USD2023", "A bank") in steps
    assert ("deflation to USD2022", "An office") in steps
    (money,) = [notice for notice in inventory.notices if notice.kind == "money"]
    assert "A bank" in money.text
    assert "An office" in money.text


def test_a_step_of_money_may_be_taken_backwards(tmp_path: Path) -> None:
    backwards = EXCHANGE.replace("EUR2023", "tmp").replace("USD2023", "EUR2023").replace("tmp", "USD2023")
    (line,) = spent(tmp_path, backwards + DEFLATOR).lines
    assert line.activity[1] == 1000 / Fraction("1.08") * Fraction("118") / Fraction("122.3")


def test_of_two_ways_as_short_the_one_that_exchanges_first_is_taken(tmp_path: Path) -> None:
    other = """
[[deflator]]
from = "EUR2023"
to = "EUR2022"
from_index = "100"
to_index = "50"
source = "Another office"

[[exchange]]
from = "EUR2022"
to = "USD2022"
rate = "1.05"
source = "Another bank"
"""
    (line,) = spent(tmp_path, DEFLATOR + other + EXCHANGE).lines
    assert [step.source for step in line.trail if " to " in step.step] == ["A bank", "An office"]


PARTS = {"own": "30", "own_unit": "USD2022", "total": "40", "total_unit": "USD2023"}


def test_ones_own_part_in_money_is_brought_to_the_total_and_the_spend_to_the_factor(tmp_path: Path) -> None:
    (line,) = spent(tmp_path, EXCHANGE + DEFLATOR, method="investment-average", category="15", **PARTS).lines
    part = 30 * Fraction("122.3") / Fraction("118") / 40
    assert line.activity == ("USD2022", 1000 * Fraction("1.08") * Fraction("118") / Fraction("122.3") * part)
    assert len([step for step in line.trail if " to " in step.step]) == 3


def test_a_part_in_two_moneys_needs_no_way_from_the_money_of_the_spend(tmp_path: Path) -> None:
    factors = FACTORS + factor("revenue", "EUR2023", {"CO2": "0.3"}, kind="spend")
    line = {"scope": "3", "category": "15", "quantity": "1000", "unit": "EUR2023", "factor": "test/revenue"}
    folder = write_package(tmp_path, [{**line, **PARTS}], factors=factors, more=DEFLATOR)
    (computed,) = read_package(folder).lines
    assert computed.activity == ("EUR2023", 1000 * 30 * Fraction("122.3") / Fraction("118") / 40)
    assert read_package(folder).sums == reference(load(folder)).sums


def test_every_money_of_a_line_is_brought_to_one_it_is_divided_by(tmp_path: Path) -> None:
    factors = FACTORS + factor("diesel", "L", {"CO2": "2.5"}, kind="combustion")
    line = {
        "scope": "1",
        "category": "mobile",
        "quantity": "1000",
        "unit": "EUR2023",
        "factor": "test/diesel",
    }
    line |= {"method": "fuel-spend", "price": "2", "price_unit": "USD2023/L"}
    folder = write_package(tmp_path, [{**line, **PARTS}], factors=factors, more=EXCHANGE + DEFLATOR)
    (computed,) = read_package(folder).lines
    part = 30 * Fraction("122.3") / Fraction("118") / 40
    assert computed.activity == ("L", 1000 * Fraction("1.08") / 2 * part)
    assert read_package(folder).sums == reference(load(folder)).sums


def test_a_part_in_money_without_a_way_to_the_total_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="come to"):
        spent(tmp_path, EXCHANGE, method="investment-average", category="15", **PARTS)


def test_power_times_hours_is_energy(tmp_path: Path) -> None:
    factors = FACTORS + factor("power", "kWh", {"CO2": "0.4"}, kind="grid")
    line = {"scope": "2", "category": "electricity", "quantity": "1.5", "unit": "kW", "factor": "test/power"}
    line |= {"hours": "8", "days": "250", "share": "0.8"}
    (computed,) = (inventory := read_package(write_package(tmp_path, [line], factors=factors))).lines
    assert computed.activity == ("kWh", 2400)
    assert {lot.basis for lot in inventory.lots} == {2_400_000}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (EXCHANGE.replace("USD2023", "USD2022"), "between two years"),
        (EXCHANGE.replace("USD2023", "EUR2023"), "into itself"),
        (DEFLATOR.replace("USD2022", "EUR2022"), "between two currencies"),
        (EXCHANGE.replace('"1.08"', '"0"'), "not above zero"),
        (EXCHANGE.replace('"1.08"', "1.08"), "not text"),
        (EXCHANGE.replace("USD2023", "USD"), "money without its price year"),
        (EXCHANGE.replace("USD2023", "kWh"), "no money"),
        (PLANT.replace('output = "power"', 'output = "steam"'), "listed twice"),
        (PLANT + 'method = "energy-content"\n', "two methods for one plant"),
        (PLANT.replace('"300"', '"0"'), "not above zero"),
        (PLANT.replace("MWh", "kg"), "no unit of energy"),
        (PLANT.replace('kind = "heat"', 'kind = "heat"\nmethod = "work-potential"'), "no work potential"),
        (PLANT.replace('"cogen"', '"co/gen"'), "a slash in it"),
    ],
)
def test_impossible_conversions_are_refused(more: str, says: str, tmp_path: Path) -> None:
    assert says in problems(tmp_path, {}, more)


def plant_parts(tmp_path: Path, method: str, heat: str = "") -> dict[str, Fraction]:
    more = PLANT.replace('kind = "heat"', f'kind = "heat"\nmethod = "{method}"\n{heat}')
    more = more.replace('kind = "power"', f'kind = "power"\nmethod = "{method}"')
    lines: list[dict[str, Any]] = [
        {"id": one, "chp": f"cogen/{one}", "method": "chp", "quantity": "1000"} for one in ("steam", "power")
    ]
    folder = write_package(tmp_path, lines, more=more)
    inventory = read_package(folder)
    assert inventory.sums == reference(load(folder)).sums
    return {line.id: line.shape.chp_part for line in inventory.lines}


@pytest.mark.parametrize(
    ("method", "heat", "steam"),
    [
        ("efficiency", "", Fraction(21, 37)),
        ("efficiency", 'efficiency = "0.9"', Fraction(1000, 3) / (Fraction(1000, 3) + Fraction(2000, 7))),
        ("energy-content", "", Fraction(3, 4)),
        ("work-potential", 'work = "100"', Fraction(1, 2)),
        ("work-potential", 'temperature = "576.3"', Fraction(150, 250)),
    ],
)
def test_a_plant_is_allocated_by_its_method_and_wholly(
    method: str, heat: str, steam: Fraction, tmp_path: Path
) -> None:
    parts = plant_parts(tmp_path, method, heat)
    assert parts == {"steam": steam, "power": 1 - steam}


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ({"factor": "test/grid", "unit": "kWh"}, "factor-kind", "grid factors in scope 1"),
        ({"factor": "test/paper", "unit": "USD2022"}, "factor-kind", "spend factors in scope 1"),
        (
            {"factor": "test/diesel", "scope": "3", "category": "4"},
            "factor-kind",
            "life-cycle factors belong",
        ),
        (
            {"factor": "test/wind", "unit": "kWh", "scope": "2", "category": "steam"},
            "factor-kind",
            "bears those of its generation",
        ),
        (
            {"estimate": "uplifted", "uplift": "0.1", "reason": "Two depots unknown", "data": "estimated"},
            "estimate",
            "uplifted figures",
        ),
        (
            {
                "factor": "test/paper",
                "unit": "USD2022",
                "scope": "3",
                "category": "1",
                "method": "spend-based",
            },
            "method-data",
            "spend-based",
        ),
        ({"method": "fuel-used", "leak_rate": "0.1"}, "method-parameter", "leak_rate in fuel-used"),
    ],
)
def test_what_does_not_fit_is_noticed(line: dict[str, str], kind: str, says: str, tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [line]))
    assert says in " | ".join(notice.text for notice in inventory.notices if notice.kind == kind)


@pytest.mark.parametrize(
    ("estimate", "name", "value", "times"),
    [
        ("prorated", "portion", "2/3", Fraction(2, 3)),
        ("extrapolated", "coverage", "9/12", Fraction(4, 3)),
        ("uplifted", "uplift", "0.1", Fraction(11, 10)),
    ],
)
def test_an_estimate_is_a_labelled_step(
    estimate: str, name: str, value: str, times: Fraction, tmp_path: Path
) -> None:
    line = {"estimate": estimate, name: value, "reason": "Three bills are missing", "data": "estimated"}
    (found,) = read_package(write_package(tmp_path, [line])).lines
    assert found.row.amount == 100 * times
    assert f"{estimate}: Three bills are missing" in [step.source for step in found.trail]


@pytest.mark.parametrize(
    ("role", "value", "times"),
    [
        (Role.MULTIPLY, "3", Fraction(3)),
        (Role.DIVIDE, "4", Fraction(1, 4)),
        (Role.INCREASE, "0.5", Fraction(3, 2)),
        (Role.REDUCE, "0.25", Fraction(3, 4)),
        (Role.EXCLUDE, "0.25", Fraction(4, 5)),
    ],
)
def test_a_parameter_enters_by_its_role(role: Role, value: str, times: Fraction, tmp_path: Path) -> None:
    name = {
        "multiply": "trips",
        "divide": "total",
        "increase": "backhaul",
        "reduce": "abated",
        "exclude": "sales_tax",
    }
    (found,) = read_package(write_package(tmp_path, [{name[role.value]: value}])).lines
    assert found.row.amount == 100 * times


def test_the_last_step_of_a_trail_is_the_result(tmp_path: Path) -> None:
    for method in methods().values():
        inventory = read_package(example_package(tmp_path / method.name, method))
        (line,) = inventory.lines
        assert {step.result for step in line.trail if step.step == "CO2e, × GWP"}
        in_factor = next(step for step in line.trail if step.step.startswith("in "))
        amount = line.row.amount * line.shape.per_factor
        assert Fraction(in_factor.result) == amount


def test_a_line_of_many_parameters_is_read_alike_in_bulk_and_row_by_row(tmp_path: Path) -> None:
    lines = [
        {"id": f"l{at}", "trips": trips, "load_factor": load, "share": "0.5"}
        for at, (trips, load) in enumerate([("2", "0.5"), ("2", "1/2"), ("2.0", "0.50"), ("1e0", "0.25")])
    ]
    folder = write_package(tmp_path, lines)
    inventory = read_package(folder)
    assert {line.row.amount for line in inventory.lines} == {200}
    assert inventory.sums == reference(load(folder)).sums


def test_nothing_is_computed_from_an_impossible_line(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="over 1"):
        read_package(write_package(tmp_path, [{"treated": "2"}]))


def test_the_page_lists_every_method_and_parameter() -> None:
    done = subprocess.run(
        [sys.executable, "tools/methods.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
