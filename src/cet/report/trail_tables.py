"""A trail for people: the way up, each source, and each statement with the lines that are in the token."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger import key_text
from cet.logistics.package_parts import LetsBooking
from cet.report.ancestry_tree import tree
from cet.report.line_tables import activity, provenance
from cet.report.proofs import line_proof_blocks
from cet.report.tables import (
    BAD,
    GOOD,
    HEAD,
    MUTED,
    add,
    bullets,
    facts,
    figures,
    headed,
    table,
    two_lines,
    unbroken,
    words,
)
from cet.report.trail_transport import records_blocks
from cet.report.words import code_words, grouped, percent, period, plural, tonnes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cet.report.documents import Opened
    from cet.report.trail import LineShare, SourcePart, Trail
    from cet.statement import LineProof

_MOST_LINES = 200


def trail_blocks(trail: Trail, only: str | None = None) -> list[RenderableType]:
    """All of `cet ledger trace` but the proof. With `only`, of the lines that one alone, and its statements."""
    blocks: list[RenderableType] = [
        headed(f"{key_text(trail.key)}, back to its sources", tree(trail.view, trail.key)),
        sources_table(trail),
    ]
    for opened in trail.statements:
        parts = [(part, _chosen(part, only)) for part in trail.parts_of(opened.recorded.number)]
        tables = [lines_table(trail, part, lines) for part, lines in parts if lines]
        if only and not tables and not opened.refuted:
            continue
        stands = [block for part, _ in parts for block in records_blocks(key_text(part.key), part.records)]
        blocks += [
            headed(f"Statement {opened.recorded.number}", statement_facts(trail, opened)),
            *stands,
            *tables,
        ]
        if opened.draft:
            settings = opened.draft.inventory.package.settings
            blocks += bullets("Notes of the package", (note.text for note in settings.notes))
    return blocks


def sources_table(trail: Trail) -> Table:
    """The source lots, how much of each is in this lot, and the sum, which is its figure."""
    view = trail.view
    columns = (
        unbroken("source lot"),
        words("what, holder"),
        figures("gross, t"),
        figures("part"),
        figures("in this lot, t"),
    )
    rows = table("What this lot's gross is made of", columns, _sum_caption(trail))
    for source in trail.sources:
        lot = view.state.lots[source.key]
        add(
            rows,
            key_text(source.key),
            two_lines(code_words(lot.code), view.name(view.state.holders[source.key])),
            tonnes(view.figures[source.key].gross),
            percent(source.part),
            tonnes(source.share),
            end_section=source is trail.sources[-1],
        )
    gross = view.figures[trail.key].gross
    add(rows, "", Text("gross of this lot", HEAD), "", "", Text(tonnes(gross), HEAD))
    return rows


def statement_facts(trail: Trail, opened: Opened) -> Table:
    """Who said it, who checked it, and whether the package at hand gives it."""
    recorded, view = opened.recorded, trail.view
    statement, opinion = recorded.statement, recorded.opinion
    coverage = percent(Fraction(opinion.coverage, 10_000))
    verdict = Text(opened.verdict.value, BAD if opened.refuted else GOOD if opened.lines_proven else MUTED)
    return facts(
        [
            ("id", "0x" + recorded.id.hex()),
            ("entity", f"{view.entity(recorded)}, {period(statement.period_start, statement.period_end)}"),
            ("stated by", view.named(statement.participant)),
            ("verified by", view.named(statement.verifier)),
            ("assurance", f"{opinion.standard}, {opinion.level}, {coverage} of gross emissions"),
            ("lines root", "0x" + statement.lines_root.hex()),
            ("package", _near(opened.package) if opened.package else ""),
            ("", verdict.append(f" ({opened.detail})" if opened.detail else "")),
        ]
    )


def lines_table(trail: Trail, source: SourcePart, lines: Sequence[LineShare]) -> Table:
    """Activity lines of a source lot, the largest first, and how much of each is in the traced lot."""
    lot = trail.view.state.lots[source.key]
    more = len(lines) - _MOST_LINES
    caption = f"{plural(more, 'line')} more: --json has them all. " if more > 0 else ""
    if any(isinstance(one, LetsBooking) for one in source.records):
        caption += "The lines are those of the lot it was split from, each in the same part."
    title = f"Lines of {key_text(source.key)}, {code_words(lot.code)}: {percent(source.part)} of it is in this lot"
    columns = (
        words("line, activity", 1),
        words("factor", 1),
        figures("result, t"),
        figures("in this lot, t"),
    )
    rows = table(title, columns, caption)
    for one in lines[:_MOST_LINES]:
        add(
            rows,
            activity(one.line),
            provenance(one.factor),
            tonnes(one.exact),
            tonnes(one.share),
        )
    return rows


def verdict_blocks(
    proof: LineProof, opened: Opened, registry: str, *, on_chain: bool
) -> list[RenderableType]:
    """A line's proof, and what the registry says of it."""
    answer = Text("yes, it is a line of the statement", GOOD) if on_chain else Text("no", BAD)
    asked = facts(
        [
            ("statement", f"{opened.recorded.number}, 0x{opened.recorded.id.hex()}"),
            ("registry", registry),
            ("verifyLine", answer),
        ]
    )
    return [*line_proof_blocks(proof), headed("Asked of the chain", asked)]


def _chosen(source: SourcePart, only: str | None) -> list[LineShare]:
    return [one for one in source.lines or () if only in (None, one.line.id)]


def _near(package: Path) -> str:
    """The path from here, where it lies below."""
    here, there = Path.cwd(), package.resolve()
    return str(there.relative_to(here) if there.is_relative_to(here) else package)


def _sum_caption(trail: Trail) -> str:
    rounding = trail.rounding
    sentence = f"Rounding up once per lot added {grouped(rounding, 3)} mg on the way."
    if trail.from_lines is None:
        return f"{sentence} Not every source's lines are at hand."
    return f"{sentence} The activity lines add up to {tonnes(trail.from_lines)} t."
