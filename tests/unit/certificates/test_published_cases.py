"""The cases of the sources as files, tests/vectors/energy: each says why, and the engine says the same figures."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cet.certificates import Outcome
from cet.quantities import MG_PER_TONNE, exact_text
from cet.scopes import Method, Scope
from energy_packages import computed, package, pool

if TYPE_CHECKING:
    from cet.certificates import Verdict
    from cet.inventory import Inventory

FILES = sorted((Path(__file__).parents[2] / "vectors" / "energy").glob("*.toml"))
CASES = [(file, number) for file in FILES for number in range(len(tomllib.loads(file.read_text())["case"]))]
NAMES = {
    "green-gas-uk-2018",
    "london-and-munich",
    "on-site-solar",
    "product-seven-years",
    "us-three-subregions",
}


def tonnes(mg: Fraction | int) -> str:
    return exact_text(Fraction(mg) / MG_PER_TONNE)


def mwh(watt_hours: Fraction | int) -> str:
    return exact_text(Fraction(watt_hours) / 10**6)


def broken(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [one.rule for one in verdicts if one.outcome is Outcome.BROKEN]


def test_every_case_is_there_and_says_why() -> None:
    assert {file.stem for file in FILES} == NAMES
    for file in FILES:
        told = tomllib.loads(file.read_text())
        assert len(told["reasoning"].split()) > 40, file
        assert told["source"], file
        assert all(case["reasoning"] for case in told["case"]), file


@pytest.mark.parametrize(("file", "number"), CASES, ids=[f"{file.stem}-{number}" for file, number in CASES])
def test_the_engine_says_what_the_case_says(tmp_path: Path, file: Path, number: int) -> None:
    case = tomllib.loads(file.read_text())["case"][number]
    found = computed(
        package(
            tmp_path / "package",
            case["line"],
            case.get("certificate", ()),
            case["settings"],
            case.get("factors", ""),
            header=case.get("header"),
        )
    )
    expected = dict(case["expected"])
    _totals(found, expected)
    for wanted in expected.pop("pool", ()):
        _pool(found, dict(wanted))
    if "left" in expected:
        _left(found, expected.pop("left"))
    if "use" in expected:
        _use(found, dict(expected.pop("use")))
    notices = {one.kind for one in found.notices}
    assert notices >= set(expected.pop("notices", ()))
    assert found.energy is not None
    for name, rules in expected.pop("broken", {}).items():
        assert broken(found.energy.application.verdicts[name]) == rules
    assert not expected, "a figure that nothing was compared with"


def _totals(found: Inventory, expected: dict[str, Any]) -> None:
    for name, total in (
        ("scope_1_t", lambda: found.total(Scope.SCOPE_1)),
        ("location_t", lambda: found.total(Scope.SCOPE_2, Method.LOCATION_BASED)),
        ("market_t", lambda: found.total(Scope.SCOPE_2, Method.MARKET_BASED)),
        ("scope_3_t", lambda: found.total(Scope.SCOPE_3)),
    ):
        if name in expected:
            assert tonnes(total()) == expected.pop(name), name


def _pool(found: Inventory, wanted: dict[str, Any]) -> None:
    one = pool(found, wanted.pop("use", "scope-2"), wanted.pop("site"))
    parts = {f"{part.kind} {part.instrument}".strip(): mwh(part.watt_hours) for part in one.parts}
    assert wanted.pop("physical_t") == tonnes(one.location_mg)
    assert wanted.pop("market_t") == tonnes(one.market_mg)
    assert wanted.pop("biogenic_t", "0") == tonnes(one.biogenic_mg)
    assert wanted.pop("parts", parts) == parts
    assert not wanted


def _left(found: Inventory, wanted: list[dict[str, str]]) -> None:
    assert found.energy is not None
    left = found.energy.application.left
    assert [(one.certificate, mwh(one.watt_hours), one.state) for one in left] == [
        (one["certificate"], one["mwh"], one["state"]) for one in wanted
    ]
    assert all(expected["why"] in one.told for one, expected in zip(left, wanted, strict=True))


def _use(found: Inventory, wanted: dict[str, Any]) -> None:
    assert found.energy is not None
    (plan,) = found.energy.use_plans
    assert wanted.pop("location_t") == tonnes(plan.location_mg)
    assert wanted.pop("market_t") == tonnes(plan.market_mg)
    assert wanted.pop("criteria") == {one.rule: one.outcome.value for one in plan.verdicts}
    escrow = plan.escrow
    assert wanted.pop("escrow_t", None) == (
        None
        if escrow is None
        else {
            "due": tonnes(escrow.due_mg),
            "to_retire": tonnes(escrow.to_retire_mg),
            "short": tonnes(escrow.short_mg),
            "released": tonnes(escrow.released_mg),
        }
    )
    if "left_mwh" in wanted:
        assert wanted.pop("left_mwh") == {name: mwh(left) for name, left in plan.left.items()}
    judged = wanted.pop("judged", ())
    assert {key: rules for key, verdicts in plan.judged.items() if (rules := broken(verdicts))} == {
        (one["year"], one["certificate"]): one["broken"] for one in judged
    }
    assert not wanted
