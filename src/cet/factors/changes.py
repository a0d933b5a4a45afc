"""What changed from one pack to another, factor by factor, and a trail of changes that is only ever added to.

Trace methodology, factor database: every change of a factor keeps the old value, its source and the date. The date is given
by whoever records the change; nothing here reads a clock. Each entry of a trail holds the hash of the one before it, so that
a line taken out or altered is seen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.errors import FactorError
from cet.gases import GwpSet
from cet.quantities import half_even_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cet.factors.model import Factor
    from cet.factors.reading import FactorPack

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_COMPARED = ("gases", "gwp", "per", "mass", "kind", "boundary", "geography", "name")
_GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One field of one factor. `key` is its id without the pack; sources name document, edition and table."""

    key: str
    what: str
    field: str
    old: str
    new: str
    old_source: str
    new_source: str
    percent: str = ""
    """Change of its CO2e (AR5) in percent, half-even to a tenth; empty where it does not apply."""


def source_of(factor: Factor) -> str:
    """Publisher, document, edition and table of a factor, in a line."""
    pack = factor.pack
    return f"{pack.publisher}, {pack.document}, {pack.edition}, {factor.table}, {factor.year}"


def changes(old: FactorPack, new: FactorPack) -> tuple[Change, ...]:
    """Every difference between two packs, by key; factors are the same where their ids are, the pack's part apart."""
    before, after = _by_key(old), _by_key(new)
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was is not None and now is not None:
            found += _fields(key, was, now)
        elif now is not None:
            found.append(Change(key, ADDED, "gases", "", now.trail()["gases"], "", source_of(now)))
        elif was is not None:
            found.append(Change(key, REMOVED, "gases", was.trail()["gases"], "", source_of(was), ""))
    return tuple(found)


def _by_key(pack: FactorPack) -> dict[str, Factor]:
    return {factor.id.removeprefix(f"{pack.pack.id}/"): factor for factor in pack.factors}


def _fields(key: str, was: Factor, now: Factor) -> list[Change]:
    before, after = was.trail(), now.trail()
    return [
        Change(
            key,
            CHANGED,
            field,
            before[field],
            after[field],
            source_of(was),
            source_of(now),
            _percent(was, now) if field == "gases" else "",
        )
        for field in _COMPARED
        if before[field] != after[field]
    ]


def _percent(was: Factor, now: Factor) -> str:
    if (was.per, was.mass) != (now.per, now.mass) or not was.co2e(GwpSet.AR5):
        return ""
    return half_even_text((now.co2e(GwpSet.AR5) / was.co2e(GwpSet.AR5) - 1) * 100, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded change: its date, its reason, and the hash of the entry before it."""

    date: dt.date
    reason: str
    change: Change
    previous: str

    def line(self) -> str:
        """The entry as one line of JSON, keys sorted."""
        change = {name: getattr(self.change, name) for name in Change.__slots__}
        whole = {**change, "date": self.date.isoformat(), "reason": self.reason, "previous": self.previous}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True)

    @property
    def hash(self) -> str:
        """SHA-256 of the line."""
        return hashlib.sha256(self.line().encode()).hexdigest()


def extended(
    trail: Sequence[Entry], found: Iterable[Change], date: dt.date, reason: str
) -> tuple[Entry, ...]:
    """The trail with these changes at its end. Raises FactorError for a date before the last one or no reason."""
    if trail and date < trail[-1].date:
        raise FactorError(
            f"{date} is before the last entry of the trail, {trail[-1].date}", "give a later date"
        )
    if not reason.strip():
        raise FactorError("no reason for the change", "say why, in a sentence")
    entries = list(trail)
    for change in found:
        entries.append(Entry(date, reason, change, entries[-1].hash if entries else _GENESIS))
    return tuple(entries)


def trail_text(trail: Iterable[Entry]) -> str:
    """A trail as JSON lines."""
    return "".join(f"{entry.line()}\n" for entry in trail)


def read_trail(text: str, file: str) -> tuple[Entry, ...]:
    """A trail from its text. Raises FactorError naming the first line that is not what was recorded."""
    entries: list[Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            whole = json.loads(line)
            change = Change(**{name: str(whole[name]) for name in Change.__slots__})
            entry = Entry(
                dt.date.fromisoformat(whole["date"]), str(whole["reason"]), change, str(whole["previous"])
            )
        except (ValueError, KeyError, TypeError) as error:
            raise FactorError(f"{file} line {number} is no entry of a trail", "restore the file") from error
        expected = entries[-1].hash if entries else _GENESIS
        if entry.previous != expected or entry.line() != line:
            raise FactorError(
                f"{file} line {number} is not what was recorded", "restore the file from a copy"
            )
        entries.append(entry)
    return tuple(entries)
