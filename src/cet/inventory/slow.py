"""The rows of a package read one by one in Python: exact row numbers, any CSV the standard allows."""

from __future__ import annotations

import csv
import difflib
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.bulk_parameters import cells_of
from cet.inventory.folder import ACTIVITIES, PARQUET
from cet.inventory.parquet import parquet_records, scan_parquet
from cet.inventory.problem import Problem
from cet.inventory.rows import COLUMNS, CORE_COLUMNS, REQUIRED, Bounds, ShapeText, parse_row
from cet.inventory.shapes import ShapeRules, examine_shape
from cet.inventory.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def read_header(path: Path) -> tuple[tuple[str, ...], list[Finding]]:
    """The columns of the CSV in file order, and what is wrong with them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, strict=True), [])
    except csv.Error as error:
        return (), [
            Finding(ACTIVITIES, 1, "", "", f"not CSV: {error}", "quote cells that hold commas or quotes")
        ]
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            return (), [
                Finding(ACTIVITIES, 1, "", "", f"{name} between columns", "separate columns by commas")
            ]
    return tuple(header), examine_columns(header)


def examine_columns(header: Sequence[str]) -> list[Finding]:
    """What is wrong with the names of the columns."""
    findings = [
        Finding(ACTIVITIES, 1, name[:80], "", "column twice", "keep one")
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    findings += [
        Finding(ACTIVITIES, 1, name, "", "column missing", f"add the column {name}")
        for name in REQUIRED
        if name not in header
    ]
    for name in header:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name.strip().lower(), COLUMNS, n=1, cutoff=0.8)
            others = f"the columns are {', '.join(CORE_COLUMNS)} and the parameters of docs/methods.md"
            remedy = f"rename it to {near[0]}" if near else others
            findings.append(Finding(ACTIVITIES, 1, name[:80], "", "unknown column", remedy))
    return findings


def records(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str] | Finding]]:
    """Row number and cells of every record, absent optional columns as empty text; or the finding in its place."""
    blank = dict.fromkeys((*CORE_COLUMNS, *cells_of(columns)), "")
    if path.name == PARQUET:
        scan, _, findings = scan_parquet(path)
        if scan is None:
            yield from ((0, finding) for finding in findings)
            return
        yield from ((row, {**blank, **cells}) for row, cells in parquet_records(path, scan))
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        row = 0
        while True:
            row += 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield (
                    row,
                    Finding(
                        ACTIVITIES,
                        row,
                        "",
                        "",
                        f"not CSV: {error}",
                        "close every quote; double quotes in cells",
                    ),
                )
                return
            if cells is None:
                return
            if row == 1 or not cells:
                continue
            if len(cells) != len(columns):
                problem = f"{len(cells)} cells under {len(columns)} columns"
                yield (
                    row,
                    Finding(
                        ACTIVITIES, row, "", "", problem, "quote cells that hold commas; leave no cell out"
                    ),
                )
                continue
            yield row, {**blank, **dict(zip(columns, cells, strict=True))}


def tally_rows(path: Path, columns: tuple[str, ...], bounds: Bounds, rules: ShapeRules) -> Tally:
    """Reads, checks and adds up every row, and finds ids used twice."""
    tally = Tally()
    wrong: dict[ShapeText, list[Problem]] = {}
    seen: dict[str, int] = {}
    for number, cells in records(path, columns):
        if isinstance(cells, Finding):
            tally.findings.append(cells)
            continue
        tally.rows += 1
        first = seen.setdefault(cells["id"], number)
        if first != number and cells["id"]:
            remedy = f"row {first} has it already; give every line its own id"
            tally.report(number, [Problem("id", cells["id"][:80], "id used twice", remedy)])
        shape = ShapeText.of(cells)
        if shape not in wrong:
            wrong[shape] = examine_shape(shape, rules)[1]
        tally.report(number, wrong[shape])
        row, problems = parse_row(cells, bounds)
        tally.report(number, problems)
        if row is not None and not wrong[shape]:
            tally.add_row(row)
        if tally.full:
            break
    return tally
