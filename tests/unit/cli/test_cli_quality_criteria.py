"""Each Scope 2 Quality Criterion violated in turn, as a user meets it: the command names the criterion and why, and exits with 1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.certificates import Outcome
from cet.certificates.criteria import residual_mix_or_absence_is_told
from cet.cli import main
from energy_packages import POWER, package

if TYPE_CHECKING:
    from pathlib import Path

LINE = {**POWER, "quantity": "100"}
SUPPLY = """
[[supply]]
id = "contract"
facility = "plant"
carrier = "electricity"
instrument = "{instrument}"
quantity = "40"
unit = "MWh"
factor = "test/wind"
supplier = "Power Ltd"
certificated = false
{more}
"""
TWO = """
[[supply]]
id = "{}"
facility = "plant"
carrier = "electricity"
instrument = "ppa"
quantity = "40"
unit = "MWh"
factor = "test/wind"
supplier = "Power Ltd"
certificated = true
certificates = ["rec"]
"""


@pytest.mark.parametrize(
    ("certificate", "settings", "rule", "criterion", "why"),
    [
        (
            {},
            TWO.format("one") + TWO.format("two"),
            "is-the-only-claim",
            2,
            "named by one and two",
        ),
        (
            {"beneficiary": "mill"},
            "",
            "is-cancelled-for-the-claimant",
            3,
            "cancelled for mill, not for Works Ltd, works",
        ),
        (
            {"produced_from": "2021-01-01", "produced_to": "2021-12-31"},
            "",
            "is-of-close-vintage",
            4,
            "produced 2021-01-01 to 2021-12-31, window 2022-07-01 to 2024-03-31",
        ),
        (
            {"country": "DE"},
            "",
            "is-of-the-same-market",
            5,
            "market europe, electricity used in north-america",
        ),
        (
            None,
            SUPPLY.format(instrument="supplier-rate", more="counts_certificates = false"),
            "rate-counts-certificates",
            6,
            "certificates sold apart are counted in it",
        ),
        (
            None,
            SUPPLY.format(instrument="ppa", more="attributes = false"),
            "contract-conveys-the-attributes",
            7,
            "the contract does not convey them",
        ),
    ],
)
def test_a_broken_criterion_is_named_with_its_reason(
    tmp_path: Path,
    certificate: dict[str, str] | None,
    settings: str,
    rule: str,
    criterion: int,
    why: str,
) -> None:
    rows = [] if certificate is None else [{"id": "rec", **certificate}]
    folder = package(tmp_path / "p", [LINE], rows, settings)
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "240"})
    result = runner.invoke(main, ["certificates", "check", str(folder), "--json"])
    assert result.exit_code == 1
    judged = json.loads(result.stdout)["energy"]["criteria"]["contract" if certificate is None else "rec"]
    (broken,) = [one for one in judged if one["outcome"] != "kept"]
    assert (broken["rule"], broken["outcome"]) == (rule, "broken")
    assert broken["clause"] == f"Scope 2 Guidance, table 7.1, criterion {criterion}"
    assert why in broken["why"]
    shown = runner.invoke(main, ["certificates", "check", str(folder)])
    assert rule in shown.stdout
    assert why in shown.stdout
    assert shown.exit_code == 1


@pytest.mark.parametrize(
    ("rows", "criterion", "why"),
    [
        ([{"id": "rec", "technology": "biogas"}], 1, "biogas without a factor"),
        (
            [{"id": "rec"}, {"id": "again", "serial_first": "rec-3", "serial_last": "rec-4"}],
            2,
            "serials that are also in rec: one energy claimed twice",
        ),
    ],
)
def test_a_package_that_cannot_keep_a_criterion_is_refused(
    tmp_path: Path, rows: list[dict[str, str]], criterion: int, why: str
) -> None:
    folder = package(tmp_path / "p", [LINE], rows)
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": "240"})
    result = runner.invoke(main, ["certificates", "check", str(folder)])
    assert result.exit_code == 1
    told = " ".join(result.stderr.split())
    assert why in told
    assert f"(Quality Criterion {criterion})" in told
    assert "certificates.csv" in told


def test_what_is_left_uncovered_takes_the_residual_mix_or_says_that_there_is_none(tmp_path: Path) -> None:
    """Criterion 8 is the residual mix's, not an instrument's: a package can't break it, because the absence is always told."""
    mix = '[[residual_mix]]\ngeography = "US"\n{}\n'
    runner = CliRunner(mix_stderr=False)
    for name, more, why in (
        ("mix", mix.format('factor = "test/mix"'), "residual mix test/mix"),
        ("none", mix.format('none = "None is published for the US"'), "None is published for the US"),
        ("silent", "", "no residual mix was available, the location-based factor stands for it"),
    ):
        folder = package(tmp_path / name, [LINE], [{"id": "rec"}], more)
        result = runner.invoke(main, ["certificates", "check", str(folder), "--json"])
        assert result.exit_code == 0
        verdict = json.loads(result.stdout)["energy"]["uncovered"]["plant"]
        assert verdict["rule"] == "residual-mix-or-absence-is-told"
        assert verdict["clause"] == "Scope 2 Guidance, table 7.1, criterion 8"
        assert (verdict["outcome"], verdict["why"]) == ("kept", why)
    assert residual_mix_or_absence_is_told("", "").outcome is Outcome.BROKEN
    covered = package(tmp_path / "covered", [LINE], [{"id": "rec", "quantity": "100"}])
    result = runner.invoke(main, ["certificates", "check", str(covered), "--json"])
    assert json.loads(result.stdout)["energy"]["uncovered"] == {}
