"""The bulk query and the fraction reference agree on lines of every method and parameter, whatever the numbers."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.errors import PackageError
from cet.inventory import compute, load, reference
from cet.inventory.methods import PARAMETERS, Parameter, Role, methods
from package_folders import FACTORS, factor, write_package

LEAP_YEAR = {"period": "{ start = 2024-01-01, end = 2024-12-31 }"}
SETTINGS = """
[[exchange]]
from = "EUR2023"
to = "USD2023"
rate = "1.0813"
source = "A bank"

[[exchange]]
from = "GBP2022"
to = "USD2022"
rate = "1.2369"
source = "A bank"

[[deflator]]
from = "USD2023"
to = "USD2022"
from_index = "122.3"
to_index = "117.97"
source = "An office"

[[chp]]
plant = "cogen"
output = "steam"
kind = "heat"
energy = "299.7"
unit = "GJ"
method = "work-potential"
temperature = "451.3"

[[chp]]
plant = "cogen"
output = "power"
kind = "power"
energy = "41"
unit = "MWh"
method = "work-potential"
"""
UNITS = {
    "energy": ["kWh", "mmBtu", "MJ"],
    "volume": ["L", "gal"],
    "mass": ["kg", "lb", "t"],
    "distance": ["km", "mile"],
    "freight": ["t-km", "ton-mile"],
    "passenger": ["passenger-km", "passenger-mile"],
    "container": ["TEU-km"],
    "item": ["item"],
    "stay": ["room-night"],
    "work": ["FTE-hour"],
    "area": ["m2", "ft2"],
    "power": ["kW", "W"],
}
MONEY = ("USD2022", "EUR2023", "GBP2022", "USD2023")
PER = {**{units[0]: units for units in UNITS.values()}, "USD2022": list(MONEY)}
PACK = FACTORS + "".join(
    factor(
        f"per-{per.lower()}",
        per,
        {"CO2": "1.7", "N2O": "0.003"},
        kind="spend" if per in MONEY else "life-cycle",
    )
    for per in PER
)

decimals = st.one_of(
    st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,6})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}\.[0-9]{10,20}", fullmatch=True),
    st.sampled_from(["0", "1", "0.000000001", "1e-20", "1e9", "999999999999999", "0.30000000000000004"]),
)
ratios = st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)).map(lambda pair: f"{pair[0]}/{pair[1]}")
parts = st.one_of(
    st.sampled_from(["0", "1", "1.0", "0.5", "1/3", "184/366", "1e-9"]),
    st.from_regex(r"0\.[0-9]{1,9}", fullmatch=True),
    st.tuples(st.integers(0, 366), st.integers(366, 1000)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
)


def positive(text: str) -> bool:
    return any(digit in "123456789" for digit in text.partition("/")[0].partition("e")[0])


@st.composite
def parameter(draw: st.DrawFn, one: Parameter) -> dict[str, str]:
    """A parameter's cells, in units that leave the line's kind as it is: `conversion` by kg/kg, `distance` by km/km."""
    value = draw(parts if one.most is not None else st.one_of(decimals, ratios))
    if one.role is Role.DIVIDE and not positive(value):
        value = "0.25"
    if not one.unit:
        return {one.name: value}
    first, second = draw(
        st.sampled_from([("kg", "lb"), ("km", "mile"), ("L", "gal"), ("kWh", "MJ"), ("EUR2023", "EUR2023")])
    )
    return {one.name: value, one.unit_column: f"{first}/{second}"}


@st.composite
def line(draw: st.DrawFn) -> dict[str, str]:
    """A line of any method that has no needs the generic parameters don't meet, or of none, with up to four parameters."""
    per = draw(st.sampled_from(sorted(PER)))
    names = draw(st.lists(st.sampled_from(sorted(PARAMETERS)), max_size=4, unique=True))
    cells: dict[str, str] = {}
    for name in names:
        if not PARAMETERS[name].role.is_term:
            cells |= draw(parameter(PARAMETERS[name]))
    unit = draw(st.sampled_from(PER[per]))
    if draw(st.booleans()):
        cells |= {"purchased": draw(decimals), "purchased_unit": draw(st.sampled_from(PER[per]))}
        if unit in MONEY:
            cells["purchased_unit"] = unit
    usable = [
        method.name
        for method in methods().values()
        if method.usable_in("3", "4")
        and (not method.quantity or (unit in MONEY and "money" in method.quantity))
        and all(need in cells or need == "chp" for need in method.needs)
    ]
    cells["method"] = draw(st.sampled_from(["", *usable]))
    cells["chp"] = draw(st.sampled_from(["", "cogen/steam", "cogen/power"]))
    if cells["method"] == "chp" and not cells["chp"]:
        cells["chp"] = "cogen/steam"
    estimates = [
        kind
        for name, kind in (("portion", "prorated"), ("coverage", "extrapolated"), ("uplift", "uplifted"))
        if name in cells
    ]
    if estimates:
        cells |= {"estimate": estimates[0], "reason": "So it was", "data": "estimated"}
    cells |= {"scope": "3", "category": "4", "unit": unit, "factor": f"test/per-{per.lower()}"}
    return cells | {
        "quantity": draw(decimals),
        "share": draw(st.sampled_from(["", "1", "0", "0.25", "1e-9"])),
    }


def outcome(way: Any, package: Any) -> Any:
    try:
        found = way(package)
    except PackageError as error:
        return error.findings
    return found.sums, found.lots, found.lines, found.notices, found.data_mg


def written(folder: str, lines: list[dict[str, str]]) -> Path:
    numbered = [{"id": f"line-{at}", **one} for at, one in enumerate(lines)]
    return write_package(Path(folder), numbered, header=LEAP_YEAR, more=SETTINGS, factors=PACK)


@settings(max_examples=60, deadline=None)
@given(st.lists(line(), min_size=1, max_size=8))
def test_bulk_and_reference_agree_on_lines_of_every_method(lines: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = load(written(folder, lines))
        assert outcome(compute, package) == outcome(reference, package)


@settings(max_examples=15, deadline=None)
@given(line(), st.integers(2, 40))
def test_equal_lines_come_to_their_number_times_one(one: dict[str, str], times: int) -> None:
    """Rows with the same parameters are added up before the parameters are applied; that must not show."""
    with tempfile.TemporaryDirectory() as folder:
        few = outcome(compute, load(written(f"{folder}/few", [one])))
        many = outcome(compute, load(written(f"{folder}/many", [one] * times)))
        if isinstance(few[0], dict) and isinstance(many[0], dict):
            assert {key: lot.mg for key, lot in many[0].items()} == {
                key: lot.mg * times for key, lot in few[0].items()
            }


@settings(max_examples=20, deadline=None)
@given(line())
def test_a_trail_walked_by_hand_arrives_at_the_figure(one: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = outcome(compute, load(written(folder, [one])))
        if not isinstance(found[0], dict):
            return
        (computed,) = found[2]
        last = [step for step in computed.trail if step.step.startswith("in ")][-1]
        per_unit = Fraction("1.7") + Fraction("0.003") * 265
        assert (
            sum((mg for _, mg in computed.emissions()), Fraction(0))
            == Fraction(last.result) * per_unit * 10**6
        )
