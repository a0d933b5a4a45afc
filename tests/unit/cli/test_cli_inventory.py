"""`cet inventory` on the published packages and on broken ones: figures, findings, JSON, exit codes."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cet.cli import main
from cet.inventory import compute, load
from cet.statement import build
from package_folders import write_package

EXAMPLES = Path(__file__).parents[3] / "examples"
DUKE = EXAMPLES / "duke-university-fy2021"
PLANT = EXAMPLES / "belews-creek-2021"
BROKEN = Path(__file__).parents[2] / "broken_packages" / "base"
PARTICIPANT, VERIFIER = "0x" + "11" * 20, "0x" + "22" * 20


def cet(*arguments: object, columns: int = 100) -> Result:
    runner = CliRunner(mix_stderr=False, env={"COLUMNS": str(columns)})
    return runner.invoke(main, [str(argument) for argument in arguments])


def cet_json(*arguments: object) -> Any:
    result = cet(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout, parse_float=_no_float)


def _no_float(text: str) -> None:
    raise AssertionError(f"a float in the output: {text}")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Three things wrong: a unit, a factor, a quantity."""
    bad = [{"id": "a", "unit": "ton"}, {"id": "b", "factor": "test/dissel"}, {"id": "c", "quantity": "1,5"}]
    return write_package(tmp_path / "package", bad)


def test_a_sound_package_is_called_sound_and_shows_its_notices_and_labels() -> None:
    result = cet("inventory", "check", DUKE)
    assert result.exit_code == 0
    assert "sound: " in result.stdout
    assert "18 lines, 10 lots to mint; 1 claim not as recomputed" in " ".join(result.stdout.split())
    assert "gwp-set" in result.stdout
    assert "Illustrative: the published inventory names no facilities" in result.stdout


def test_every_finding_stands_in_the_table_with_its_place_and_remedy(broken: Path) -> None:
    result = cet("inventory", "check", broken)
    assert result.exit_code == 1
    assert "3 findings" in result.stdout
    words = " ".join(result.stdout.split())
    for part in ("ton", "test/dissel", "1,5", "decimal comma", "write 1.5", "did you mean"):
        assert part in words


def test_findings_as_json_have_stable_keys(broken: Path) -> None:
    result = cet("inventory", "check", broken, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["sound"] is False
    assert [(one["row"], one["column"]) for one in found["findings"]] == [
        (2, "unit"),
        (3, "factor"),
        (4, "quantity"),
    ]
    assert set(found["findings"][0]) == {
        *("file", "row", "column", "value", "problem", "remedy"),
        *("sheet", "cell"),
    }


def test_computing_a_broken_package_shows_its_findings_and_exits_1(broken: Path) -> None:
    result = cet("inventory", "compute", broken)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "3 findings" in result.stderr
    as_json = cet("inventory", "compute", broken, "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["error"]["findings"][0]["column"] == "unit"


def test_text_of_a_package_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "package", [{"id": "a", "unit": "[red]x[/]"}])
    settings = folder / "inventory.toml"
    settings.write_text(settings.read_text().replace('"Works Ltd"', r'"Works\u001b[2J"'), encoding="utf-8")
    result = cet("inventory", "check", folder)
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "[red]x[/]" in result.stdout


def test_the_universitys_totals_stand_by_series_and_no_sum_over_scopes() -> None:
    result = cet("inventory", "compute", DUKE, "--no-reconcile")
    assert result.exit_code == 0
    for figure in ("73,909.913", "88,411.546", "80,589.690", "16,361.784", "946.227"):
        assert figure in result.stdout
    assert "neither is added to the other" in result.stdout
    for mixed in (73_909.913 + 80_589.690, 80_589.690 + 88_411.546):
        assert f"{mixed:,.3f}" not in result.stdout
    assert "170,861" not in result.stdout


def test_the_wrong_diesel_figure_is_shown_with_what_reproduces_it() -> None:
    words = " ".join(cet("inventory", "compute", DUKE).stdout.split())
    assert "fleet-diesel 1120.405 1436.343 -315.938" in words
    assert "duke-fy2021/propane (Propane)" in words


def test_published_figures_are_reconciled_where_they_are_there() -> None:
    assert "Reconciliation, t CO2e" in cet("inventory", "compute", DUKE).stdout
    assert "Reconciliation" not in cet("inventory", "compute", DUKE, "--no-reconcile").stdout
    missing = cet("inventory", "compute", PLANT, "--reconcile")
    assert missing.exit_code == 1
    assert "published.toml" in missing.stderr


def test_computed_json_is_exact_and_adds_up() -> None:
    found = cet_json("inventory", "compute", DUKE, "--lines")
    reported = [series["reported_mg"] for series in found["series"]]
    assert reported == [
        "73909912750128",
        "88411545540066",
        "80589690067786",
        "16361783935544",
        "946226800000",
    ]
    by_lot = {lot["lot"]: Fraction(lot["exact_mg"]) for lot in found["lots"]}
    from_lines = dict.fromkeys(by_lot, Fraction(0))
    for line in found["lines"]:
        for result in line["results"]:
            if result["lot"]:
                from_lines[result["lot"]] += Fraction(result["mg"])
    assert from_lines == by_lot
    assert found["claims"][0]["explanations"]
    steps = found["reconciliation"]["rows"]
    assert sum(Fraction(step["total_mg"]) for step in steps[:-1]) == Fraction(steps[-1]["total_mg"])


def test_a_plants_gases_are_shown_with_mass_and_gwp() -> None:
    words = " ".join(cet("inventory", "compute", PLANT).stdout.split())
    assert "CH4-fossil 652.690 28 18,275.320" in words
    assert "N2O 93.528 265 24,784.920" in words
    found = cet_json("inventory", "compute", PLANT)
    assert found["series"][0]["gases_mg"]["N2O"] == "93528000000"


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_no_figure_is_cut_at_any_width(columns: int) -> None:
    result = cet("inventory", "compute", DUKE, "--lines", columns=columns)
    assert "…" not in result.stdout.replace("the claim …", "")
    assert all(len(line) <= columns for line in result.stdout.splitlines())
    for figure in ("69,939.778", "1,436.343", "170,861.387"):
        assert figure in result.stdout


def test_lines_carry_their_factors_provenance() -> None:
    words = " ".join(cet("inventory", "compute", DUKE, "--lines", columns=140).stdout.split())
    assert "duke-fy2021/natural-gas 69,939.778" in words
    assert "Duke University, Scope 1, Natural gas, 2021" in words
    assert "US EPA, Table 6, 2022" in words


def test_a_line_is_proved_as_its_statement_proves_it() -> None:
    found = cet_json(
        "inventory", "prove", DUKE, "fleet-diesel", "--participant", PARTICIPANT, "--verifier", VERIFIER
    )
    draft = build(compute(load(DUKE)), PARTICIPANT, VERIFIER)
    proof = draft.prove("fleet-diesel")
    assert found["verified"] is True
    assert found["statement"] == "0x" + draft.statement.id.hex()
    assert found["line"].encode() == proof.line
    assert found["proof"] == ["0x" + one.hex() for one in proof.proof]
    without = cet_json("inventory", "prove", DUKE, "fleet-diesel")
    assert without["statement"] is None
    assert without["root"] == found["root"] == "0x" + draft.statement.lines_root.hex()


def test_a_proof_says_how_to_verify_it_on_the_chain() -> None:
    result = cet("inventory", "prove", DUKE, "fleet-diesel")
    assert "verified: the leaf leads to the root" in result.stdout
    assert "StatementRegistry.verifyLine" in result.stdout


def test_an_unknown_line_names_close_ones() -> None:
    result = cet("inventory", "prove", DUKE, "fleet-dsel")
    assert result.exit_code == 1
    assert "did you mean fleet-diesel" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("inventory", "check"),
        ("inventory", "nonsense"),
        ("inventory", "prove", PLANT, "co2", "--participant", "0x12"),
        ("inventory", "prove", PLANT, "co2", "--participant", PARTICIPANT),
    ],
)
def test_a_call_it_does_not_understand_exits_2(arguments: tuple[object, ...]) -> None:
    assert cet(*arguments).exit_code == 2


def test_a_folder_that_is_not_there_is_a_finding() -> None:
    result = cet("inventory", "check", "nowhere")
    assert result.exit_code == 1
    assert "no such folder" in result.stdout


def test_a_package_copied_elsewhere_computes_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(DUKE, copy)
    own, other = cet_json("inventory", "compute", DUKE), cet_json("inventory", "compute", copy)
    assert own.pop("package") != other.pop("package")
    assert own == other
