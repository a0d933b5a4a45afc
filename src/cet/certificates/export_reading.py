"""Certificates read from a registry's export, by a mapping: every row becomes one, is left out with its reason, or is a finding."""

from __future__ import annotations

import csv
import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cet.certificates.certificate import Certificate, serial_parts
from cet.errors import CetError, Finding
from cet.quantities import exact_text, parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.certificates.export_mapping import ExportMapping

HEAD_ROWS = 20
"""How far down the header is looked for: registries write titles above it."""

_DATES = ("produced_from", "produced_to", "used_from", "used_to", "cancelled", "expires")
_ISO = "%Y-%m-%d"
_NO_ID = re.compile(r"[^A-Za-z0-9._/:+-]+")


@dataclass(frozen=True, slots=True)
class Imported:
    """The certificates with their rows, rows left out and why, and everything wrong with the others."""

    certificates: tuple[tuple[int, Certificate], ...]
    left_out: tuple[tuple[int, str], ...]
    findings: tuple[Finding, ...]


class _RowError(Exception):
    """A cell that can't be read."""

    def __init__(self, column: str, value: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.column, self.value, self.problem, self.remedy = column, value, problem, remedy


def read_export(
    text: str, mapping: ExportMapping, file: str, said: Mapping[str, str] | None = None
) -> Imported:
    """Reads the export's text; `said` are fields that the one who imports gives, before what the mapping says."""
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=mapping.delimiter))
    at = _header_at(rows, mapping)
    if at is None:
        present = {cell.strip() for row in rows[:HEAD_ROWS] for cell in row}
        missing = ", ".join(sorted(mapping.needed - present)) or "they are in no one row"
        problem = f"no header with all columns of the mapping {mapping.name}: {missing}"
        remedy = "export again, or write a mapping of your own: the columns differ"
        return Imported((), (), (Finding(file, 0, "", "", problem, remedy),))
    header = [cell.strip() for cell in rows[at]]
    found: list[tuple[int, Certificate]] = []
    left_out: list[tuple[int, str]] = []
    findings: list[Finding] = []
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        why = _why_not(row, mapping)
        if why:
            left_out.append((number, why))
            continue
        try:
            found.append((number, Certificate.model_validate(_entry(row, mapping, said or {}))))
        except _RowError as error:
            findings.append(Finding(file, number, error.column, error.value, error.problem, error.remedy))
        except ValidationError as error:
            findings += _invalid(error, file, number, mapping)
    return Imported(tuple(found), tuple(left_out), tuple(findings))


def _header_at(rows: list[list[str]], mapping: ExportMapping) -> int | None:
    for at, row in enumerate(rows[:HEAD_ROWS]):
        if mapping.needed <= {cell.strip() for cell in row}:
            return at
    return None


def _why_not(row: Mapping[str, str], mapping: ExportMapping) -> str:
    """Why a row is not for this inventory; empty if it is."""
    status = row.get(mapping.status_column, "") if mapping.status_column else ""
    if mapping.status_column and status not in mapping.cancelled:
        return f"{mapping.status_column} is {status or 'empty'}, not {' or '.join(mapping.cancelled)}"
    for column, values in mapping.only.items():
        if row.get(column, "") not in values:
            return f"{column} is {row.get(column, '') or 'empty'}, not {' or '.join(values)}"
    return ""


def _entry(row: Mapping[str, str], mapping: ExportMapping, said: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a certificate."""
    raw = {field: row.get(column, "") for field, column in mapping.columns.items()}
    for field, words in mapping.values.items():
        given = raw.get(field, "")
        if given and field in mapping.columns and field not in said:
            if given not in words:
                known = ", ".join(words)
                raise _RowError(
                    mapping.columns[field], given, "a word the mapping does not know", f"it knows {known}"
                )
            raw[field] = words[given]
    fixed = {field: text for field, text in mapping.fixed.items() if not raw.get(field)}
    values: dict[str, Any] = {**raw, **fixed, **said}
    _periods(values, mapping)
    _serials(values, mapping)
    _quantity(values, mapping)
    for field in _DATES:
        if values.get(field) and not isinstance(values[field], dt.date):
            values[field] = _day(values[field], mapping, field, said, last=field.endswith("_to"))
    for field in ("priority", "hour"):
        if str(values.get(field, "")).isdigit():
            values[field] = int(values[field])
    if values.get("sites"):
        values["sites"] = [one.strip() for one in values["sites"].split(";")]
    if not values.get("id"):
        named = f"{values.get('system', '')}-{values.get('serial_first', '')}"
        values["id"] = _NO_ID.sub("-", named).strip("-")[:100]
    return {
        field: value for field, value in values.items() if value != "" and field in Certificate.model_fields
    }


def _periods(values: dict[str, Any], mapping: ExportMapping) -> None:
    period = values.pop("produced", "")
    if period:
        first, separator, last = period.partition(mapping.period_separator)
        values["produced_from"] = _day(first.strip(), mapping, "produced", {}, last=False)
        values["produced_to"] = _day(
            (last if separator else first).strip(), mapping, "produced", {}, last=True
        )


def _day(text: str, mapping: ExportMapping, field: str, said: Mapping[str, str], *, last: bool) -> dt.date:
    """The day; of a month or a year alone its first, or its last."""
    # What the mapping or the caller fixes is written as everywhere else here.
    formats = mapping.date_formats if field in mapping.columns and field not in said else (_ISO,)
    for pattern in formats:
        try:
            found = dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if last and "%d" not in pattern and "%j" not in pattern:
            month = found.month if any(mark in pattern for mark in ("%m", "%b", "%B")) else 12
            return dt.date(found.year, month, monthrange(found.year, month)[1])
        return found
    column = mapping.columns.get(field, field)
    raise _RowError(column, text, "no date of the mapping's formats", f"they are {', '.join(formats)}")


def _serials(values: dict[str, Any], mapping: ExportMapping) -> None:
    both = values.pop("serials", "")
    if both:
        first, separator, last = both.partition(mapping.serial_separator)
        values["serial_first"], values["serial_last"] = first.strip(), (last if separator else first).strip()
    base = values.pop("serial_base", "")
    for field in ("serial_first", "serial_last"):
        text = values.get(field, "")
        if mapping.serial_pattern and text:
            found = re.fullmatch(mapping.serial_pattern, text)
            if found is None:
                column = mapping.columns.get(field, field)
                raise _RowError(
                    column, text, "no serial of this registry", f"serials are {mapping.serial_pattern}"
                )
            # What follows the number is the same for the whole range: it goes before, so that ranges end in their number.
            parts = found.groupdict()
            text = "-".join(part for name, part in parts.items() if name != "number" and part)
            text = f"{text}-{parts['number']}" if text else parts["number"]
        values[field] = f"{base}-{text}" if base and text else text


def _quantity(values: dict[str, Any], mapping: ExportMapping) -> None:
    count, each = values.pop("certificates", ""), values.pop("energy_each", "")
    try:
        if not values.get("quantity") and count:
            amount = parse_number(count).value * (parse_number(each).value if each else 1)
            values["quantity"] = exact_text(amount)
    except CetError as error:
        column = mapping.columns.get("certificates", "certificates")
        raise _RowError(
            column, f"{count} {each}".strip(), "no number", "write plain decimal numbers"
        ) from error
    values.setdefault("unit", mapping.unit)
    first, last = (serial_parts(values.get(field, ""))[1] for field in ("serial_first", "serial_last"))
    if count.isdigit() and first is not None and last is not None and last - first + 1 != int(count):
        column = mapping.columns.get("certificates", "certificates")
        problem = f"the serials are {last - first + 1} certificates"
        raise _RowError(column, count, problem, "export the row again: count and serials disagree")


def _invalid(error: ValidationError, file: str, number: int, mapping: ExportMapping) -> Iterator[Finding]:
    for one in error.errors():
        field = str(one["loc"][0]) if one["loc"] else ""
        problem, _, remedy = one["msg"].removeprefix("Value error, ").partition("; ")
        if one["type"] == "missing":
            problem, remedy = "the export does not say it", f"give it with --set {field}=…, or in the mapping"
        shown = "" if one["type"] == "missing" or not isinstance(one["input"], str) else one["input"][:80]
        column = mapping.columns.get(field, field)
        yield Finding(file, number, column, shown, problem, remedy or "correct the export, or the mapping")
