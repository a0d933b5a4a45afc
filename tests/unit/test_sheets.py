"""Workbooks are read as stored, and refused where they are not sane."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from cet.quantities import parse_number
from cet.sheets import Cell, CellKind, SheetError, Workbook, column_letters
from workbooks import parts_of, write_parts, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def cells(path: Path, sheet: str = "S") -> dict[tuple[int, int], Cell]:
    with Workbook(path) as book:
        return {(row.number, column): cell for row in book.rows(sheet) for column, cell in row.cells.items()}


def one(folder: Path, xml: str, strings: str = "") -> Cell:
    """The cell A1 of a sheet whose only row holds this XML."""
    parts = parts_of({"S": {}})
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet {MAIN}><sheetData><row r="1">{xml}</row></sheetData></worksheet>'
    )
    if strings:
        parts["xl/sharedStrings.xml"] = f"<sst {MAIN}>{strings}</sst>"
    return cells(write_parts(folder / "b.xlsx", parts))[1, 1]


def test_a_number_keeps_its_stored_text(tmp_path: Path) -> None:
    """`float` would lose the nineteenth digit, and could not tell noise from figures."""
    path = write_workbook(
        tmp_path / "b.xlsx", {"S": {3: ["#0.21233000000000002", None, "#1234567890123456.789"]}}
    )
    found = cells(path)
    assert found[3, 1] == Cell("0.21233000000000002", CellKind.NUMBER)
    assert parse_number(found[3, 1].text).text == "0.21233"
    assert found[3, 3].text == "1234567890123456.789"


def test_text_formulas_errors_and_booleans_are_told_apart(tmp_path: Path) -> None:
    assert one(tmp_path, '<c r="A1" t="str"><f>B1</f><v>a</v></c>') == Cell("a", CellKind.TEXT, formula="B1")
    assert one(tmp_path, '<c r="A1" t="e"><v>#N/A</v></c>') == Cell("#N/A", CellKind.ERROR)
    assert one(tmp_path, '<c r="A1" t="b"><v>1</v></c>') == Cell("1", CellKind.BOOL)
    assert one(tmp_path, "<c><v>5</v></c>") == Cell("5", CellKind.NUMBER)


def test_a_number_shown_as_a_date_is_a_date(tmp_path: Path) -> None:
    assert one(tmp_path, '<c r="A1" s="1"><v>45292</v></c>').kind is CellKind.DATE
    assert one(tmp_path, '<c r="A1" s="2"><v>45292</v></c>').kind is CellKind.DATE
    assert one(tmp_path, '<c r="A1" s="0"><v>45292</v></c>').kind is CellKind.NUMBER


def test_rich_text_is_joined_and_phonetic_guides_are_left_out(tmp_path: Path) -> None:
    strings = "<si><r><t>CO</t></r><r><t>2</t></r><rPh sb='0' eb='1'><t>guide</t></rPh></si>"
    assert one(tmp_path, '<c r="A1" t="s"><v>0</v></c>', strings).text == "CO2"


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")])
def test_columns_have_the_letters_of_a_spreadsheet(number: int, letters: str) -> None:
    assert column_letters(number) == letters


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ('<c r="A1" t="s"><v>7</v></c>', "shared string 7"),
        ('<c r="A99999999"><v>7</v></c>', "outside a sheet"),
        ('<c r="ZZZ1"><v>7</v></c>', "outside a sheet"),
        ('<c r="A1"><v>7</c>', "is no XML"),
    ],
)
def test_a_broken_sheet_is_refused(tmp_path: Path, xml: str, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        one(tmp_path, xml)


def test_a_document_type_is_refused_so_that_no_entity_can_grow(tmp_path: Path) -> None:
    parts = parts_of({"S": {1: ["#1"]}})
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = bomb + parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(SheetError, match="document type"):
        cells(write_parts(tmp_path / "b.xlsx", parts))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    parts = parts_of({"S": {1: ["#1"]}})
    parts["xl/media/image.png"] = "0" * (64 << 20)
    with pytest.raises(SheetError, match="absurd size"):
        cells(write_parts(tmp_path / "b.xlsx", parts))


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(SheetError, match=r"not an \.xlsx workbook"):
        Workbook(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("other.txt", "x")
    with pytest.raises(SheetError, match=r"not an \.xlsx workbook"):
        Workbook(path)


def test_a_missing_sheet_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "b.xlsx", {"First": {}, "Second": {}})
    with pytest.raises(SheetError, match="First, Second"):
        cells(path, "Third")
