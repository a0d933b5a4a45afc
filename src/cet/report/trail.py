"""From a token back to the activity lines behind it: ancestors, statements, packages, lines and their shares."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from cet.errors import StatementError
from cet.ledger import source_key
from cet.report.documents import Opened, open_statement
from cet.report.inventory_view import factor_behind
from cet.report.trail_transport import records_behind
from cet.statement import what_lot
from cet.statement.model import NO_STATEMENT

if TYPE_CHECKING:
    from pathlib import Path

    from cet.factors import Factor
    from cet.inventory import Line
    from cet.logistics.package_parts import LetsBooking, LogisticsClaim
    from cet.report.snapshot import Snapshot
    from cet.statement import LineProof


@dataclass(frozen=True, slots=True)
class LineShare:
    """A line behind a lot: exact mg it put into the source lot, and exact mg of them in the traced lot."""

    line: Line
    factor: Factor
    exact: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A source lot: the part of its gross that is in the traced lot, that in exact mg, and the lines if they are known.

    `lines` is None where no package gives the recorded lines. `records` are the bookings or claims of transport it stands on.
    """

    key: int
    part: Fraction
    share: Fraction
    statement: int
    lines: tuple[LineShare, ...] | None
    records: tuple[LetsBooking | LogisticsClaim, ...] = ()


@dataclass(frozen=True)
class Trail:
    """All that is behind a lot, gross."""

    view: Snapshot
    key: int
    sources: tuple[SourcePart, ...]
    statements: tuple[Opened, ...]

    @cached_property
    def from_sources(self) -> Fraction:
        """Exact mg that came down from the sources' gross."""
        return sum((source.share for source in self.sources), Fraction(0))

    @cached_property
    def from_lines(self) -> Fraction | None:
        """Exact mg of all lines; None unless every source's lines are known."""
        shares = [source.lines for source in self.sources]
        if None in shares:
            return None
        return sum((line.share for lines in shares if lines for line in lines), Fraction(0))

    @property
    def rounding(self) -> Fraction:
        """What rounding up to the milligram added between the sources and this lot, once per derived lot."""
        return self.view.figures[self.key].gross - self.from_sources

    @property
    def refuted(self) -> bool:
        """Whether a package is not what its statement says."""
        return any(opened.refuted for opened in self.statements)

    def parts_of(self, statement: int) -> tuple[SourcePart, ...]:
        """The source lots of one statement."""
        return tuple(source for source in self.sources if source.statement == statement)

    def proofs(self, line_id: str) -> list[tuple[Opened, LineProof]]:
        """The line's proof in each statement where it is behind this lot. Raises StatementError if it is in none."""
        behind = {(one.line.id, source.statement) for source in self.sources for one in source.lines or ()}
        found = [
            (opened, opened.draft.prove(line_id))
            for opened in self.statements
            if opened.draft and (line_id, opened.recorded.number) in behind
        ]
        if not found:
            near = difflib.get_close_matches(line_id, sorted({name for name, _ in behind}), n=3)
            remedy = f"did you mean {' or '.join(near)}?" if near else "trace without --line to see its lines"
            raise StatementError(f"no line {line_id!r} behind this lot in the packages at hand", remedy)
        return found


def follow(view: Snapshot, key: int, documents: Path) -> Trail:
    """Walks up to the source lots and recomputes the packages at hand. Raises DocumentsError."""
    parts = view.sources(key)
    born = {source: view.state.lots[source].statement for source in parts}
    heads = {source: view.state.head_of(number) for source, number in born.items()}
    numbers = sorted({*born.values(), *heads.values()})
    opened = {number: open_statement(documents, view.state.statements[number]) for number in numbers}
    sources = []
    for source, part in parts.items():
        gross = view.figures[source].gross
        first, head = opened[born[source]], opened[heads[source]]
        lines, records = _behind(first, head, source, part, gross)
        sources.append(SourcePart(source, part, part * gross, heads[source], lines, records))
    return Trail(view, key, tuple(sources), tuple(opened.values()))


def _behind(
    first: Opened, head: Opened, key: int, part: Fraction, gross: int
) -> tuple[tuple[LineShare, ...] | None, tuple[LetsBooking | LogisticsClaim, ...]]:
    """The lines of a source lot, the largest first, and the records of transport it stands on, by the statement that stands for it.

    What the lot stands for is in the package that it was minted from. A corrected figure may stand in several lots, each
    with its part of every line.
    """
    if not (first.lines_proven and head.lines_proven) or first.draft is None or head.draft is None:
        return None, ()
    inventory, named = head.draft.inventory, source_key(key)
    superseding = first.recorded.statement.supersedes != NO_STATEMENT
    try:
        what = what_lot(first.draft.inventory, named.code, named.index, superseding=superseding)
    except StatementError:
        return None, ()
    lot = inventory.lot_of.get(what)
    if lot is None:
        return (), ()
    held = Fraction(gross, lot.gross) if lot.gross and gross != lot.gross else Fraction(1)
    found = []
    whole, within = inventory.within(lot)
    for line in inventory.lines_of(lot):
        exact = dict(line.emissions())[whole] * within
        found.append(LineShare(line, factor_behind(line, whole), exact, part * held * exact))
    ordered = tuple(sorted(found, key=lambda one: (-one.exact, one.line.id)))
    return ordered, records_behind(inventory, lot)
