"""The largest activity lines, and the participant's own figures beside the recomputed ones."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.claims import compare_claim
from cet.quantities import MG_PER_TONNE, parse_number
from cet.report.inventory_report.blocks import (
    EMPTY,
    Cell,
    Column,
    Notes,
    Section,
    Table,
    code,
    filled,
    mass,
    rows,
    words,
)
from cet.report.words import category_words, digits_grouped, plural, series_words
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.inventory import ClaimFinding, Inventory, Line
    from cet.report.inventory_report.blocks import Block
    from cet.report.inventory_view import Explained

MOST_LINES = 40
MOST_CLAIMS = 500

_LARGE = "The package is too large to list its lines here: cet inventory compute --lines --json has them all."


def largest_lines(inventory: Inventory) -> Section:
    """The lines with the largest result in any series, as written, at 100 %."""
    lead = "As written, at 100 %, before shares and placements. What a line was multiplied with stands under its factor."
    clause = "Scope 3 Standard, chapter 11: description of data sources"
    if not inventory.lines:
        return Section("lines", "Largest lines", clause, "", (Notes("Lines", (_LARGE,)),))
    ranked = sorted(inventory.lines, key=lambda line: (-_size(line), line.id))
    shown = [line for line in ranked if _size(line)][:MOST_LINES]
    columns = (
        Column("line", width=26),
        Column("what", width=44),
        Column("facility", width=18),
        Column("activity", figures=True, width=24),
        Column("factor", width=34),
        Column("data", width=12),
        Column("t CO2e", figures=True),
        Column("market-based, t CO2e", figures=True, optional=True),
        Column("outside the scopes, t CO2e", figures=True, optional=True),
    )
    caption = f"{len(shown)} of {plural(len(inventory.lines), 'line')}. The result of scope 2 is location-based, the other beside it."
    table = Table("Largest lines", "Largest lines", columns, rows(*(_line(one) for one in shown)), caption)
    return Section("lines", "Largest lines", clause, lead, (filled(table),))


def _size(line: Line) -> Fraction:
    return max((mg for _, mg in line.emissions()), default=Fraction(0))


def _line(line: Line) -> tuple[Cell, ...]:
    text = line.row.shape
    scope = SCOPE_TEXT[text.scope]
    place = category_words(scope, CATEGORY_NAMES[scope][text.category])
    label = place if scope is Scope.SCOPE_3 else f"{series_words(scope, Method.PHYSICAL)} {place}"
    amounts = {"first": Fraction(0), "market": Fraction(0), "outside": Fraction(0)}
    for key, mg in line.emissions():
        at = (
            "market"
            if key.method is Method.MARKET_BASED
            else "outside"
            if key.scope is Scope.OUTSIDE
            else "first"
        )
        amounts[at] += mg
    share = f" × {line.row.share.text}" if line.row.share.value != 1 else ""
    activity = f"{digits_grouped(line.row.quantity.text)} {text.unit}{share}"
    given = ", ".join(f"{one.parameter.name} {one.text} {one.unit_name}".strip() for one in line.row.given)
    return (
        code(line.id),
        words(line.row.source, label),
        code(text.facility),
        Cell(activity, "figure"),
        words(", ".join(dict.fromkeys(factor.id for factor in line.shape.factors)), given),
        words(text.data),
        *(mass(mg) if mg else EMPTY for mg in amounts.values()),
    )


def claims_compared(inventory: Inventory, claims: Sequence[Explained]) -> Section:
    """Claims that differ with what would reproduce them, then those that agree."""
    clause = "Corporate Standard, chapter 10: verification"
    agreeing = [
        found for line in inventory.lines if line.row.claimed and not (found := _compared(line)).differs
    ]
    if not claims and not agreeing:
        lead = "The package claims no figures of its own, or none that differs from the recomputed one."
        return Section("claims", "Claims compared", clause, lead, ())
    counted = f"{plural(len(claims), 'claim')} differ{'s' if len(claims) == 1 else ''}"
    lead = (
        f"{counted}, {len(agreeing)} agree. A claim agrees when it is the recomputed figure rounded to the claim's own "
        "number of decimals. Claims change no figure of this report."
    )
    blocks: list[Block] = []
    figures = (
        Column("line", width=26),
        Column("claimed, t", figures=True),
        Column("recomputed, t", figures=True),
        Column("difference, t", figures=True),
    )
    if claims:
        lines = (
            (*_claim(one.claim), words("; ".join(one.explanations) or "is reproduced by nothing tried"))
            for one in claims
        )
        columns = (*figures, Column("the claim …", width=80))
        blocks.append(Table("Claims differing", "Claims that differ", columns, rows(*lines)))
    if agreeing:
        shown = agreeing[:MOST_CLAIMS]
        caption = f"{len(shown)} of {len(agreeing)} shown." if len(agreeing) > len(shown) else ""
        blocks.append(
            Table("Claims agreeing", "Claims that agree", figures, rows(*map(_claim, shown)), caption)
        )
    return Section("claims", "Claims compared", clause, lead, tuple(blocks))


def _compared(line: Line) -> ClaimFinding:
    return compare_claim(line.row, line.shape)


def _claim(claim: ClaimFinding) -> tuple[Cell, ...]:
    return (code(claim.line), *map(_printed, (claim.claimed, claim.recomputed, claim.difference)))


def _printed(tonnes: str) -> Cell:
    """Tonnes at the claim's own precision."""
    value = parse_number(tonnes.removeprefix("-")).value
    exact = mass(value * MG_PER_TONNE).exact
    places = len(tonnes.partition(".")[2])
    return Cell(
        tonnes, "figure", exact=f"-{exact}" if tonnes.startswith("-") else exact, number=tonnes, places=places
    )
