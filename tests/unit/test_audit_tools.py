"""The checks behind `make audit`, `make coverage` and `make mutate` notice what they are there to notice."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import coverage  # noqa: E402  (tools are scripts, not a package)
import mutants  # noqa: E402
import slither_check  # noqa: E402

FUNCTION = {
    "type": "function",
    "name": "take",
    "type_specific_fields": {"parent": {"type": "contract", "name": "Lots"}},
}
VARIABLE = {"type": "variable", "name": "left", "type_specific_fields": {"parent": FUNCTION}}


def report(element: dict[str, object]) -> dict[str, object]:
    return {
        "success": True,
        "error": None,
        "results": {"detectors": [{"check": "some-detector", "elements": [element]}]},
    }


def test_a_finding_is_known_by_contract_function_and_variable() -> None:
    assert slither_check.findings(report(FUNCTION)) == {("some-detector", "Lots.take")}
    assert slither_check.findings(report(VARIABLE)) == {("some-detector", "Lots.take.left")}


def test_a_finding_without_an_answer_and_an_answer_without_a_finding_are_told() -> None:
    found, answered = {("d", "A.f"), ("d", "A.g")}, {("d", "A.g"), ("d", "A.h")}
    assert slither_check.differences(found, answered) == [
        "not answered: d in A.f",
        "answers nothing: d in A.h",
    ]
    assert slither_check.differences(found, found) == []


def test_every_answer_is_one_line() -> None:
    answers = tomllib.loads(slither_check.ANSWERS.read_text())["answer"]
    assert all(answer["why"].strip() and "\n" not in answer["why"] for answer in answers)
    told = [(answer["detector"], element) for answer in answers for element in answer["elements"]]
    assert len(told) == len(set(told))


CONDITIONS = [coverage.Condition(coverage.FIRST + 2 * n, "contracts/A.sol", n, "a < b") for n in range(10)]


def test_coverage_counts_both_ways_out_of_a_condition_and_names_those_not_taken() -> None:
    all_ways = {coverage.FIRST + n for n in range(20)}
    report, enough = coverage.table(CONDITIONS, all_ways - {coverage.FIRST + 7})
    assert enough
    assert "never true: contracts/A.sol:3: a < b" in report
    assert "19 of   20" in report


def test_coverage_below_95_percent_of_branches_fails() -> None:
    all_ways = {coverage.FIRST + n for n in range(20)}
    assert not coverage.table(CONDITIONS, all_ways - {coverage.FIRST, coverage.FIRST + 1})[1]


def test_coverage_reads_what_the_contracts_said_and_no_other_number() -> None:
    assert coverage.numbers(["Logs:", f"  {coverage.FIRST + 1}", "  12", f"x {coverage.FIRST}"]) == {
        coverage.FIRST + 1
    }


def test_each_mutant_stands_once_in_the_sources() -> None:
    found, written = mutants.mutants_of_all()
    text = "\n".join(written.values())
    numbers = sorted(map(int, re.findall(r"\b1\d{6}\b", text)))
    assert numbers == [mutant.number for mutant in found]
    assert {mutant.name for mutant in found} >= {
        "CarbonEmissionsToken",
        "StatementRegistry",
        "Evaluation",
        "Lots",
    }
