"""The organisational boundary: approach, entities, facilities and leases, what was placed elsewhere, what is outside.

Corporate Standard, chapters 3 and 9; Scope 3 Standard, appendix A.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory import SERIES, Consolidation
from cet.inventory.boundary.bridge import bridge, references
from cet.inventory.boundary.tables import treatments
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Facts,
    Row,
    Section,
    Table,
    code,
    filled,
    mass,
    number,
    rows,
    share,
    words,
)
from cet.report.words import category_words, series_words
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory import Facility, Inventory
    from cet.inventory.boundary.consolidation import Move, Moved
    from cet.report.inventory_report.blocks import Block, Cell

_ZERO = Fraction(0)
_YES = {True: words("yes"), False: words("no")}
_OWN = "the reporting entity"
_MEANING = {
    Consolidation.EQUITY_SHARE: "Every operation counts at the part of it that is held in economic interest.",
    Consolidation.FINANCIAL_CONTROL: "Operations whose financial and operating policies the company directs count whole, "
    "joint ventures at the part held.",
    Consolidation.OPERATIONAL_CONTROL: "Operations whose operating policies the company introduces and implements count "
    "whole, all others not at all.",
}


def organisational_boundary(inventory: Inventory) -> Section:
    """Approach, entities, facilities; where a line is reported elsewhere than written; the approaches side by side."""
    approach = inventory.consolidated.approach
    lead = f"Consolidated by {approach.words}. {_MEANING[approach]}"
    clause = "Corporate Standard, chapters 3 and 9; Scope 3 Standard, chapter 5 and appendix A"
    blocks: list[Block] = [Facts(_facts(inventory)), _entities(inventory), _facilities(inventory)]
    moves = inventory.consolidated.moves
    if placed := {move: moved for move, moved in moves.items() if move.place is not None}:
        blocks.append(_placed(placed))
    if outside := inventory.consolidated.outside:
        blocks.append(_outside(outside))
    if moves:
        blocks.append(_approaches(inventory))
    if inventory.received:
        blocks.append(_received(inventory))
    if moves or inventory.received:
        blocks.append(_bridge(inventory))
    if references(inventory):
        blocks.append(_references(inventory))
    return Section("boundary", "Organisational boundary", clause, lead, tuple(blocks))


def _facts(inventory: Inventory) -> tuple[tuple[str, Cell], ...]:
    moves = inventory.consolidated.moves
    elsewhere = sum(move.place not in (None, move.written) for move in moves)
    told = (
        "Every facility is the reporting entity's own, operated by it, and counts whole; every line is reported where it "
        "is written."
        if not moves
        else f"{elsewhere} kinds of lines are reported in another place than written, by the rules below."
    )
    return (
        ("approach", words(inventory.consolidated.approach.words)),
        ("where lines are reported", words(told)),
    )


def _entities(inventory: Inventory) -> Table:
    settings = inventory.package.settings
    organisation, approach = settings.boundary.organisation, inventory.consolidated.approach
    own = (
        code(settings.header.entity),
        words(settings.header.organisation),
        words(_OWN),
        share(Fraction(1)),
        share(Fraction(1)),
        _YES[True],
        EMPTY,
    )
    lines = [own]
    for entity in settings.entities:
        standing = organisation.standing(entity.id, approach)
        lines.append(
            (
                code(entity.id),
                words(entity.name),
                words(treatments()[entity.treatment].words),
                share(standing.owned),
                share(standing.share),
                _YES[entity.operated],
                code(entity.statement or ""),
            )
        )
    columns = (
        Column("id"),
        Column("name", width=32),
        Column("in the accounts", width=24),
        Column("owned", figures=True, width=12),
        Column(f"counted, {approach.words}", figures=True, width=14),
        Column("operated", width=10),
        Column("own statement", width=16, optional=True),
    )
    return filled(Table("Entities", "Entities", columns, rows(*lines)))


def _facilities(inventory: Inventory) -> Table:
    settings = inventory.package.settings
    lines = []
    for facility in settings.facilities:
        place = settings.boundary.place(facility.id, inventory.consolidated.approach)
        inside = sum((part.share for part in place.parts if part.category is None), _ZERO)
        reasons = "; ".join(dict.fromkeys(part.rule for part in place.parts)) or place.reason
        lines.append(
            (
                code(facility.id),
                words(facility.name, f"{facility.country} {facility.region or ''}".strip()),
                code(settings.boundary.entity_of(facility.id)),
                words(_arrangement(facility), facility.exception or ""),
                _YES[settings.boundary.operated(facility.id)],
                words(facility.operator or ""),
                share(inside),
                words(reasons),
            )
        )
    columns = (
        Column("id"),
        Column("facility", width=30),
        Column("of"),
        Column("lease or contract", width=26, optional=True),
        Column("operated", width=10),
        Column("operator", width=18, optional=True),
        Column("in scopes 1 and 2", figures=True, width=14),
        Column("why", width=44),
    )
    caption = "An exception of the lease tables stands under the lease with its justification, which must be public."
    return filled(Table("Facilities", "Facilities", columns, rows(*lines), caption))


def _arrangement(facility: Facility) -> str:
    if facility.lease:
        return facility.lease.replace("-", ", ") + (", exception" if facility.exception else "")
    return f"outsourced, 3.{facility.outsourced}" if facility.outsourced else ""


def _placed(moves: Mapping[Move, Moved]) -> Table:
    lines = []
    for move, moved in moves.items():
        place = move.place if move.place not in (None, move.written) else None
        lines.append(
            (
                code(move.facility),
                words(_place(*move.written)),
                words(_place(*place) if place else "as written"),
                share(move.share),
                *_amounts(moved),
                words(move.rule),
            )
        )
    columns = (
        Column("facility"),
        Column("written", width=30),
        Column("reported as", width=36),
        Column("share", figures=True, width=10),
        *_AMOUNTS,
        Column("rule", width=48),
    )
    caption = "Electricity placed in scope 3 counts by its location-based figure; the market-based one is in no sum."
    return filled(Table("Placed lines", "Where lines are reported, at share", columns, rows(*lines), caption))


def _outside(moves: Mapping[Move, Moved]) -> Table:
    lines = (
        (
            code(move.facility),
            words(_place(*move.written)),
            share(move.share),
            *_amounts(moved),
            words(move.rule),
        )
        for move, moved in moves.items()
    )
    columns = (
        Column("facility"),
        Column("written", width=30),
        Column("share", figures=True, width=10),
        *_AMOUNTS,
        Column("why", width=48),
    )
    return filled(Table("Not counted", "Outside the boundary, in no total", columns, rows(*lines)))


def _received(inventory: Inventory) -> Table:
    lines = (
        (
            code(one.lot),
            code(one.facility),
            words(_place(one.scope, one.category)),
            number(one.activity, 3),
            words(one.unit),
            mass(one.mg),
            number(one.lines),
        )
        for one in inventory.received
    )
    columns = (
        Column("lot", width=22),
        Column("facility"),
        Column("reported as written", width=30),
        Column("covers", figures=True),
        Column("unit", width=14),
        Column("t CO2e", figures=True),
        Column("lines", figures=True, width=10),
    )
    caption = "Allocations on the ledger: primary data in the place of an estimate. Their suppliers mint them, no lot here does."
    return Table("Received", "Received from suppliers", columns, rows(*lines), caption)


def _bridge(inventory: Inventory) -> Table:
    found = bridge(inventory)
    lines = tuple(
        Row(
            (
                words(step.title),
                *(mass(mg) if mg or step in (found.lots, found.reported) else EMPTY for mg in step.columns),
            ),
            total=step in (found.lots, found.reported),
        )
        for step in found.rows()
    )
    columns = (
        Column("step", width=46),
        *(Column(f"{series_words(*series)}, t CO2e", figures=True) for series in SERIES),
    )
    caption = "Lots hold what the entity operates, at 100 %; reported is at share. The steps add up exactly."
    return Table("Lots to reported", "From the lots to the reported figures", columns, lines, caption)


def _approaches(inventory: Inventory) -> Table:
    found = [inventory.under(approach) for approach in Consolidation]
    lines = tuple(
        (words(series_words(*series)), *(mass(one.total(*series)) for one in found)) for series in SERIES
    )
    columns = (
        Column("series", width=24),
        *(Column(f"{one.words}, t CO2e", figures=True) for one in Consolidation),
    )
    caption = f"For comparison; this inventory is by {inventory.consolidated.approach.words}. Exact sums."
    return Table("Approaches", "The same lines under each approach", columns, rows(*lines), caption)


def _references(inventory: Inventory) -> Table:
    lines = (
        (
            code(one.move.facility),
            words(one.operator),
            words(_place(*one.move.written)),
            words(one.kind if one.kind == "allocation" else f"{one.kind} reference"),
            share(one.move.share),
            *_amounts(one.moved),
        )
        for one in references(inventory)
    )
    columns = (
        Column("facility"),
        Column("minted by", width=20),
        Column("of it", width=30),
        Column("as", width=24),
        Column("share", figures=True, width=10),
        *_AMOUNTS,
    )
    caption = "A source is minted once, at 100 %, by its operator: no lot is formed here for these."
    return filled(Table("References", "Reported here, minted by others", columns, rows(*lines), caption))


_AMOUNTS = (
    Column("t CO2e", figures=True),
    Column("market-based, t CO2e", figures=True, optional=True),
    Column("outside the scopes, t CO2e", figures=True, optional=True),
)


def _amounts(moved: Moved) -> tuple[Cell, ...]:
    first = moved.mg.get(Method.PHYSICAL, _ZERO) + moved.mg.get(Method.LOCATION_BASED, _ZERO)
    market = moved.mg.get(Method.MARKET_BASED, _ZERO) + moved.market_mg
    return tuple(mass(mg) if mg else EMPTY for mg in (first, market, moved.outside_mg))


def _place(scope: Scope, category: int) -> str:
    name = category_words(scope, category)
    return name if scope is Scope.SCOPE_3 else f"{scope_text(scope)} {name}"
