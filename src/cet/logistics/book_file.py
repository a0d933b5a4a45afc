"""A book file read whole: every problem at once, each with its entry; events in the order of their days."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from cet.errors import CetError, Finding, PackageError
from cet.factors.reading import findings_from
from cet.logistics import sections as s
from cet.logistics import solution_sections as of
from cet.logistics.book import Book
from cet.logistics.calculations import Fuel, Parcels
from cet.logistics.operations import Operation, Shipment
from cet.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_E = TypeVar("_E", bound=s.Entry)

EVENTS: dict[str, type[s.Entry]] = {
    "organisation": s.Organisation,
    "activity": s.Activity,
    "solution": of.Solution,
    "provision": of.Provision,
    "lets": s.Service,
    "profile_claim": of.ProfileClaim,
    "indirect": s.Indirect,
    "rebooking": s.Rebooking,
    "claim": s.Claim,
    "retirement": of.Retirement,
}
"""Entries that are events, in the order in which they are taken on one day."""

OTHERS: dict[str, type[s.Entry]] = {
    "carried": s.Carried,
    "emitted": s.Emitted,
    "parcels": Parcels,
    "fuel": Fuel,
    "operation": Operation,
    "shipment": Shipment,
}
MAX_BYTES = 64 << 20
_REMEDIES = {
    "missing": "add it; see docs/book-and-claim.md",
    "extra_forbidden": "remove it, or correct its name",
}


@dataclass(frozen=True)
class BookFile:
    """A book file that is sound: its header, the book, what was carried and emitted, and what is calculated."""

    header: s.Header
    book: Book
    carried: tuple[s.Carried, ...]
    emitted: tuple[s.Emitted, ...]
    parcels: tuple[Parcels, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    operations: tuple[Operation, ...] = ()
    shipments: tuple[Shipment, ...] = ()


def read_book(path: Path) -> BookFile:
    """The book. Raises PackageError with everything wrong with it."""
    if not path.is_file():
        raise PackageError([Finding(path.name, 0, "", "", "no file", "give a book file, book.toml")])
    text, findings = read_text(path, MAX_BYTES)
    if findings:
        raise PackageError(findings)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise PackageError(
            [Finding(path.name, 0, "", "", f"not TOML: {error}", "correct its syntax")]
        ) from error
    reading = _Reading(path.name)
    header = reading.one(s.Header, data.pop("book", {}), "book")
    known = {**EVENTS, **OTHERS}
    entries = {name: reading.many(model, data.pop(name, []), name) for name, model in known.items()}
    reading.findings += [
        Finding(path.name, 0, name, "", "unknown part", f"the parts are book, {', '.join(known)}")
        for name in data
    ]
    book = reading.record((place, entry) for name in EVENTS for place, entry in entries[name])
    reading.calculate(entries["parcels"] + entries["fuel"], book)
    if reading.findings or header is None:
        raise PackageError(reading.findings)
    return BookFile(
        header,
        book,
        _all(s.Carried, entries["carried"]),
        _all(s.Emitted, entries["emitted"]),
        _all(Parcels, entries["parcels"]),
        _all(Fuel, entries["fuel"]),
        _all(Operation, entries["operation"]),
        _all(Shipment, entries["shipment"]),
    )


def _all(kind: type[_E], entries: list[tuple[str, s.Entry]]) -> tuple[_E, ...]:
    return tuple(one for _, one in entries if isinstance(one, kind))


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def one(self, model: type[s.Header], data: Any, place: str) -> s.Header | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.findings += findings_from(error, self.file, place, _REMEDIES)
            return None

    def many(self, model: type[s.Entry], data: Any, name: str) -> list[tuple[str, s.Entry]]:
        if not isinstance(data, list):
            self.findings.append(Finding(self.file, 0, name, "", "not a list", f"write [[{name}]]"))
            return []
        found = []
        for number, entry in enumerate(data, 1):
            place = f"{name}.{number}"
            try:
                found.append((place, model.model_validate(entry)))
            except ValidationError as error:
                self.findings += findings_from(error, self.file, place, _REMEDIES)
        return found

    def record(self, entries: Iterable[tuple[str, s.Entry]]) -> Book:
        """All entries that can be, by day; what is refused is a finding, and what rests on it too."""
        book = Book()
        dated = sorted(entries, key=lambda one: getattr(one[1], "on", dt.date.min))
        for place, entry in dated:
            try:
                book.record(entry.event())  # type: ignore[attr-defined]
            except CetError as error:
                self.refuse(place, str(getattr(entry, "id", "")), error)
        return book

    def calculate(self, entries: Iterable[tuple[str, s.Entry]], book: Book) -> None:
        """Every calculated entry once: what it refuses is a finding too."""
        for place, entry in entries:
            try:
                if isinstance(entry, Parcels):
                    entry.steps()
                elif isinstance(entry, Fuel):
                    entry.steps(book)
            except CetError as error:
                self.refuse(place, str(getattr(entry, "by", "")), error)

    def refuse(self, place: str, value: str, error: CetError) -> None:
        """Notes what was refused, where."""
        problem, remedy = getattr(error, "problem", str(error)), getattr(error, "remedy", "")
        self.findings.append(Finding(self.file, 0, place, value, problem, remedy or "correct it"))
