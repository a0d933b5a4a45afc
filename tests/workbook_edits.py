"""Workbooks broken in one way: a cell, a passage of a part, a part too many, the bytes of the file."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Parts = dict[str, bytes]


def read_parts(path: Path) -> Parts:
    """Every part of the file by name, in order."""
    with zipfile.ZipFile(path) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def write_parts(path: Path, parts: Parts) -> None:
    """Writes the parts as one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)


def part_of(parts: Parts, sheet: str) -> str:
    """The part that holds a sheet."""
    book = parts["xl/workbook.xml"].decode()
    relation = re.search(rf'<sheet name="{re.escape(sheet)}"[^>]*r:id="(\w+)"', book)
    assert relation, sheet
    target = re.search(
        rf'<Relationship Id="{relation[1]}"[^>]*Target="([^"]+)"',
        parts["xl/_rels/workbook.xml.rels"].decode(),
    )
    assert target
    return "xl/" + target[1]


def edit(path: Path, case: dict[str, Any]) -> Path:
    """Applies a case to the workbook; the path of the broken one, whose name may be another."""
    parts = read_parts(path)
    if "sheet" in case and "is" in case:
        name = part_of(parts, case["sheet"])
        parts[name] = _with_cell(parts[name].decode(), case["cell"], case["is"]).encode()
    if "find" in case:
        name = case.get("part") or part_of(parts, case["sheet"])
        text = parts[name].decode()
        assert text.count(case["find"]) == 1, (
            f"{case['find']} stands {text.count(case['find'])} times in {name}"
        )
        parts[name] = text.replace(case["find"], case["replace"]).encode()
    if "row" in case and "attributes" in case:
        name = part_of(parts, case["sheet"])
        parts[name] = parts[name].replace(
            f'<row r="{case["row"]}" '.encode(), f'<row r="{case["row"]}" {case["attributes"]} '.encode()
        )
    if "add_part" in case:
        parts[case["add_part"]] = b"0" * case["zeros"] if "zeros" in case else case.get("text", "").encode()
    if "remove_part" in case:
        del parts[case["remove_part"]]
    for name, again in case.get("swap_parts", {}).items():
        parts[name], parts[again] = parts[again], parts[name]
    write_parts(path, parts)
    if "twice" in case:
        with zipfile.ZipFile(path, "a") as file:
            file.writestr(_named(case["twice"]), b"<x/>")
    data = path.read_bytes()
    if "keep_bytes" in case:
        data = data[: len(data) * case["keep_bytes"] // 100]
    if "bytes" in case:
        data = bytes.fromhex(case["bytes"])
    path.write_bytes(data)
    return path.rename(path.with_name(case["rename"])) if "rename" in case else path


def _named(name: str) -> zipfile.ZipInfo:
    """Beside another part of that name, without the warning that there is one."""
    return zipfile.ZipInfo(name)


def _with_cell(xml: str, cell: str, new: str) -> str:
    """The sheet with the cell's XML replaced; `new` is a <c> without its reference."""
    new = new.replace("<c", f'<c r="{cell}"', 1)
    replaced, times = re.subn(rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', lambda _: new, xml, flags=re.DOTALL)
    if times:
        return replaced
    row = re.sub(r"\D", "", cell)
    replaced, times = re.subn(
        rf'(<row r="{row}"[^>]*>.*?)(</row>)', rf"\1{new}\2", xml, count=1, flags=re.DOTALL
    )
    assert times, f"no row {row}"
    return replaced
