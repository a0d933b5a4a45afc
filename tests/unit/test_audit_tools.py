"""The checks behind `make audit` and `make coverage` notice what they are there to notice."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import coverage_check  # noqa: E402  (tools are scripts, not a package)
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


@pytest.mark.parametrize(("hit", "status"), [(95, 0), (94, 1)])
def test_coverage_below_95_percent_of_branches_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hit: int, status: int
) -> None:
    path = tmp_path / "lcov.info"
    path.write_text(f"SF:contracts/A.sol\nLF:10\nLH:9\nBRF:100\nBRH:{hit}\nFNF:2\nFNH:2\nend_of_record\n")
    assert coverage_check.main(str(path)) == status
    assert f"{hit}/100" in capsys.readouterr().out
