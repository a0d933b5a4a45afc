"""Every workbook of the corpus is refused at the cell it names, and what spreadsheets do rightly is read rightly."""

from __future__ import annotations

import re
import tempfile
import tomllib
import warnings
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cet.errors import PackageError
from cet.inventory import check, compute, computing, load
from package_folders import write_package
from package_forms import as_workbook
from workbook_edits import edit, part_of, read_parts, write_parts

CORPUS = Path(__file__).parents[1] / "broken_packages"
BASE = CORPUS / "base"
Case = dict[str, Any]
CASES: list[Case] = tomllib.loads((CORPUS / "workbooks.toml").read_text(encoding="utf-8"))["case"]


def placed(case: Case, path: Path) -> Case:
    """The case with its cell found by the name of the column, its date style by what the workbook has, and formulas
    believed unless the case says that they are stale."""
    parts = read_parts(path)
    if "column_name" in case:
        case = {**case, "cell": cell_of(parts, case["sheet"], case["column_name"], case["line"])}
    if "DATE" in case.get("is", ""):
        dates = re.findall(
            r'<c r="[A-Z]+\d+" s="(\d+)"><v>44927</v>', parts[part_of(parts, "activities")].decode()
        )
        case = {**case, "is": case["is"].replace("DATE", dates[0])}
    if not case.get("stale"):
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
        write_parts(path, parts)
    return case


def cell_of(parts: dict[str, bytes], sheet: str, column: str, line: int) -> str:
    strings = re.findall(r"<si><t[^>]*>([^<]*)</t></si>", parts["xl/sharedStrings.xml"].decode())
    xml = parts[part_of(parts, sheet)].decode()
    for letters, shared in re.findall(r'<c r="([A-Z]+)1"[^>]*t="s"><v>(\d+)</v>', xml):
        if strings[int(shared)] == column:
            return f"{letters}{line}"
    raise AssertionError(column)


@cache
def base() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return as_workbook(BASE, Path(folder) / "package.xlsx").read_bytes()


def base_at(path: Path) -> Path:
    path.write_bytes(base())
    return path


def broken(case: Case, folder: Path) -> tuple[Path, Case]:
    path = base_at(folder / "package.xlsx")
    case = placed(case, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the second part of a name
        return edit(path, case), case


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_broken_workbook_is_refused_with_its_findings(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        computing, "opened", lambda *_: nullcontext()
    )  # faster for a few rows, and finds the same
    path, case = broken(case, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    findings = check(path).findings
    shown = "\n".join(str(finding) for finding in findings)
    assert all(finding.file == path.name and finding.problem and finding.remedy for finding in findings)
    (first, *rest) = sorted(findings, key=lambda one: case["says"] not in str(one))
    assert case["says"] in str(first), shown
    if case.get("whole"):
        assert (first.row, first.sheet) == (0, "")
    elif "sheet_found" in case:
        assert first.sheet == case["sheet_found"]
    else:
        assert first.sheet == case["sheet"]
        assert first.cell == case["cell"] or (
            case.get("at_column") == first.column and first.row == case["line"]
        )
    also = case.get("also", [])
    assert len(rest) == len(also), shown
    for wanted in also:
        assert any(
            (one.sheet, one.column) == (wanted["sheet"], wanted["column"]) and wanted["says"] in str(one)
            for one in rest
        )
    with pytest.raises(PackageError):
        compute(load(path))
    assert sorted(tmp_path.rglob("*")) == before


def changed(folder: Path, *cases: Case) -> Path:
    """The base as a workbook with these edits, its formulas believed."""
    path = base_at(folder / "package.xlsx")
    for case in cases:
        path = edit(path, placed(case, path))
    return path


def kinds(path: Path) -> dict[str, tuple[int, str]]:
    return {notice.kind: (notice.lines, notice.first_line) for notice in load(path).origin.notices}


def quantity(path: Path, line: str) -> str:
    return next(one.row.quantity.text for one in compute(load(path)).lines if one.id == line)


def test_binary_noise_of_a_float_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = changed(tmp_path, {"sheet": "activities", "cell": "F4", "is": "<c><v>0.21233000000000002</v></c>"})
    assert quantity(path, "cooling") == "0.21233"
    assert kinds(path) == {"float-artefact": (1, "activities!F4")}


@pytest.mark.parametrize(
    ("stored", "meant"), [("1.2E3", "1200"), ("1E-3", "0.001"), ("1200.0", "1200"), ("2.5E-2", "0.025")]
)
def test_numbers_are_read_however_they_are_stored(stored: str, meant: str, tmp_path: Path) -> None:
    path = changed(tmp_path, {"sheet": "activities", "cell": "F4", "is": f"<c><v>{stored}</v></c>"})
    assert quantity(path, "cooling") == meant


def test_a_calculated_formula_counts_with_its_value_and_a_notice(tmp_path: Path) -> None:
    path = changed(
        tmp_path, {"sheet": "activities", "cell": "F4", "is": "<c><f>SUM(A1,Table1[2020])</f><v>2.5</v></c>"}
    )
    assert quantity(path, "cooling") == "2.5"
    assert kinds(path) == {"formula-cells": (1, "activities!F4")}


def test_a_number_stored_as_text_is_exact_and_noticed(tmp_path: Path) -> None:
    text = '<c t="inlineStr"><is><t>2.1234567890123456789</t></is></c>'
    path = changed(tmp_path, {"sheet": "activities", "cell": "F4", "is": text})
    assert quantity(path, "cooling") == "2.1234567890123456789"
    assert kinds(path) == {"number-as-text": (1, "activities!F4")}


def test_hidden_rows_columns_and_sheets_are_read_and_noticed(tmp_path: Path) -> None:
    hidden = {
        "part": "xl/workbook.xml",
        "find": '<sheet name="note"',
        "replace": '<sheet state="hidden" name="note"',
    }
    row = {"sheet": "activities", "row": 3, "attributes": 'hidden="1"'}
    column = {
        "sheet": "activities",
        "find": '<col min="5" max="5" ',
        "replace": '<col min="5" max="5" hidden="1" ',
    }
    path = changed(tmp_path, hidden, row, column)
    assert kinds(path) == {
        "hidden-columns": (1, "activities!E1"),
        "hidden-rows": (1, "activities!3"),
        "hidden-sheet": (1, "note"),
    }
    assert len(compute(load(path)).lines) == 7


@pytest.mark.parametrize(("epoch", "serial"), [("0", "44927"), ("1", "43465")])
def test_days_are_read_in_both_calendars(epoch: str, serial: str, tmp_path: Path) -> None:
    """44927 days after 1899-12-30 and 43465 after 1904-01-01 are both 2023-01-01."""
    folder = write_package(tmp_path / "p", [{"id": "a", "start": "2023-06-30"}])
    path = as_workbook(folder, tmp_path / "package.xlsx")
    parts = read_parts(path)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<workbookPr ", f'<workbookPr date1904="{epoch}" '.encode()
    )
    for sheet, column, row in (("activities", "start", 2),):
        name, cell = part_of(parts, sheet), cell_of(parts, sheet, column, row)
        parts[name] = re.sub(
            rb'(<c r="%b"[^>]*><v>)\d+' % cell.encode(), rb"\g<1>" + serial.encode(), parts[name]
        )
    if epoch == "1":
        name = part_of(parts, "inventory")
        parts[name] = (
            parts[name].replace(b"<v>44927</v>", b"<v>43465</v>").replace(b"<v>45291</v>", b"<v>43829</v>")
        )
    write_parts(path, parts)
    (line,) = compute(load(path)).lines
    assert line.row.start == "2023-01-01"


def test_rows_between_are_left_out_and_findings_keep_the_sheets_numbers(tmp_path: Path) -> None:
    path = changed(tmp_path, {"sheet": "activities", "find": '<row r="8" ', "replace": '<row r="20" '})
    parts = read_parts(path)
    name = part_of(parts, "activities")
    parts[name] = re.sub(rb'r="([A-Z]+)8"', rb'r="\g<1>20"', parts[name])
    write_parts(path, parts)
    assert check(path).sound
    path = edit(path, {"sheet": "activities", "cell": "F20", "is": "<c><v>-1</v></c>"})
    (finding,) = check(path).findings
    assert (finding.row, finding.cell, finding.column) == (20, "F20", "quantity")


def test_sheets_of_the_readers_own_are_not_read(tmp_path: Path) -> None:
    path = changed(tmp_path, {"part": "xl/workbook.xml", "find": 'name="note"', "replace": 'name="# sums"'})
    assert check(path).sound


def test_a_link_to_a_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(base_at(tmp_path / "package.xlsx"))
    (finding,) = check(tmp_path / "link.xlsx").findings
    assert finding.problem == "a link, not a file"
