"""Small `.xlsx` workbooks for tests, written part by part so that a test can break any of them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from cet.sheets import column_letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="200" formatCode="[$-809]dd\\ mmm\\ yyyy"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs></styleSheet>'
)


def cell_xml(reference: str, value: str) -> str:
    """A numeric cell for `#1.5`, one with a formula for `=1.5`, else text in the cell itself."""
    if value.startswith("#"):
        return f'<c r="{reference}"><v>{escape(value[1:])}</v></c>'
    if value.startswith("="):
        return f'<c r="{reference}"><f>A1</f><v>{escape(value[1:])}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet_xml(rows: Mapping[int, Sequence[str | None]]) -> str:
    """The XML of a sheet."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(
            cell_xml(f"{column_letters(place)}{number}", value)
            for place, value in enumerate(cells, start=1)
            if value is not None
        )
        + "</row>"
        for number, cells in rows.items()
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def parts_of(sheets: Mapping[str, Mapping[int, Sequence[str | None]]]) -> dict[str, str]:
    """The parts of a workbook with these sheets."""
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    relations += f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="strings" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    root = f'<Relationship Id="root" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">{root}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"/>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    for number, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    return parts


def write_parts(path: Path, parts: Mapping[str, str]) -> Path:
    """Writes the parts as one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def write_workbook(path: Path, sheets: Mapping[str, Mapping[int, Sequence[str | None]]]) -> Path:
    """Writes a workbook with these sheets."""
    return write_parts(path, parts_of(sheets))
