"""Tables of the organisational boundary: whose facility, where its lines are reported, what is outside, how lots and
reported figures hang together, and the three approaches side by side."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.inventory import SERIES, Consolidation
from cet.inventory.boundary.bridge import bridge, references
from cet.report.tables import HEAD, MUTED, add, figures, table, two_lines, words
from cet.report.words import category_words, grouped, percent, series_words, tonnes
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Column, Table

    from cet.inventory import Inventory
    from cet.inventory.boundary.bridge import Reference
    from cet.inventory.boundary.consolidation import Move, Moved
    from cet.inventory.received import Received

_NONE = Fraction(0)
_MARKS = {True: "yes", False: "no"}


def boundary_blocks(inventory: Inventory) -> list[RenderableType]:
    """All tables of a boundary that changes anything; none where everything is the reporting entity's own."""
    moves = inventory.consolidated.moves
    if not moves and not inventory.received:
        return []
    blocks: list[RenderableType] = [facilities_table(inventory)] if moves else []
    if placed := {move: moved for move, moved in moves.items() if move.place is not None}:
        blocks.append(moves_table(placed))
    if outside := inventory.consolidated.outside:
        blocks.append(outside_boundary_table(outside))
    if inventory.received:
        blocks.append(received_table(inventory.received))
    blocks.append(bridge_table(inventory))
    if found := references(inventory):
        blocks.append(references_table(found))
    return blocks


def received_table(received: tuple[Received, ...]) -> Table:
    """What lines cite of allocations received."""
    columns = (
        words("lot"),
        words("facility"),
        words("reported as written"),
        figures("covers"),
        words("unit"),
        figures("t CO2e"),
        figures("lines"),
    )
    rows = table(
        "Received from suppliers", columns, "Reported here, minted by their suppliers: no lot here has it."
    )
    for one in received:
        add(
            rows,
            one.lot,
            one.facility,
            f"{scope_text(one.scope)} {category_words(one.scope, one.category)}",
            grouped(one.activity, 3),
            one.unit,
            tonnes(one.mg),
            str(one.lines),
        )
    return rows


def facilities_table(inventory: Inventory) -> Table:
    """Whose facility, its standing under each approach, who operates it."""
    settings = inventory.package.settings
    boundary = settings.boundary
    columns = (
        words("facility"),
        words("of"),
        words("arrangement"),
        words("operated"),
        *(figures(approach.words) for approach in Consolidation),
    )
    caption = f"The part inside scopes 1 and 2 under each approach; this inventory is under {settings.header.consolidation.words}."
    rows = table("Organisational boundary", columns, caption)
    for facility in settings.facilities:
        entity = boundary.organisation.by_id.get(boundary.entity_of(facility.id))
        arrangement = facility.lease or (
            f"outsourced, 3.{facility.outsourced}" if facility.outsourced else ""
        )
        if facility.exception:
            arrangement += " (exception)"
        cells = []
        for approach in Consolidation:
            parts = boundary.place(facility.id, approach).parts
            inside = [part.share for part in parts if part.category is None]
            cells.append(percent(inside[0]) if inside else "–")
        name = two_lines(entity.id, entity.treatment) if entity else boundary.organisation.reporting
        add(rows, facility.id, name, arrangement, _MARKS[boundary.operated(facility.id)], *cells)
    return rows


def moves_table(moves: Mapping[Move, Moved]) -> Table:
    """What is not reported whole and as written: written, placed, share, rule."""
    columns = (
        words("facility"),
        words("written"),
        words("reported as"),
        figures("share"),
        *_amount_columns(moves),
        words("rule"),
    )
    caption = "Electricity placed in scope 3 counts by its location-based figure; the market-based one is in no sum."
    rows = table(
        "Where lines are reported", columns, caption if any(m.market_mg for m in moves.values()) else ""
    )
    for move, moved in moves.items():
        as_written = move.place in (move.written, None)
        place = Text("as written", MUTED) if as_written else category_words(*(move.place or move.written))
        amounts = _amounts(moved, moves)
        add(rows, move.facility, _written(move), place, percent(move.share), *amounts, move.rule)
    return rows


def outside_boundary_table(moves: Mapping[Move, Moved]) -> Table:
    """What the package holds and the inventory does not count, by facility."""
    columns = (words("facility"), words("written"), figures("share"), *_amount_columns(moves), words("why"))
    rows = table("Outside the boundary, in no total", columns)
    for move, moved in moves.items():
        amounts = _amounts(moved, moves)
        add(rows, move.facility, _written(move), percent(move.share), *amounts, move.rule)
    return rows


def bridge_table(inventory: Inventory) -> Table:
    """From the lots to what is reported."""
    found = bridge(inventory)
    columns = (words(""), *(figures(series_words(*series)) for series in SERIES))
    caption = "Lots hold what the entity operates, at 100 %; reported is at share, under its approach."
    rows = table("From the lots to the reported figures, t CO2e", columns, caption)
    for step in found.rows():
        ends = step in (found.lots, found.reported)
        title = Text(step.title, HEAD) if ends else step.title
        add(rows, title, *(tonnes(mg) if mg or ends else "" for mg in step.columns))
    return rows


def references_table(found: Sequence[Reference]) -> Table:
    """What is reported of sources that others mint."""
    moves = {one.move: one.moved for one in found}
    columns = (
        words("facility"),
        words("minted by"),
        words("refers to"),
        words("as"),
        figures("share"),
        *_amount_columns(moves),
    )
    caption = "No lot is formed here for these: a source is minted once, at 100 %, by its operator."
    rows = table("References on the ledger", columns, caption)
    for one in found:
        kind = one.kind if one.kind == "allocation" else f"{one.kind} reference"
        amounts = _amounts(one.moved, moves)
        add(
            rows, one.move.facility, one.operator, _written(one.move), kind, percent(one.move.share), *amounts
        )
    return rows


def comparison_table(inventory: Inventory) -> Table:
    """The same lines consolidated under each approach, side by side; never added."""
    found = [inventory.under(approach) for approach in Consolidation]
    own = inventory.consolidated.approach
    columns = (words("series"), words("category"), *(figures(one.words) for one in Consolidation))
    caption = f"This inventory is under {own.words}. There is no sum over the scopes."
    rows = table("The same lines under each approach, gross, t CO2e", columns, caption)
    for scope, method in SERIES:
        keys = {key for one in found for key in one.sums if (key.scope, key.method) == (scope, method)}
        label = series_words(scope, method)
        for category in sorted({key.category for key in keys}):
            cells = (tonnes(one.total(scope, method, category)) for one in found)
            add(rows, label, category_words(scope, category), *cells)
            label = ""
        if keys and scope is not Scope.OUTSIDE:
            totals = (Text(tonnes(one.total(scope, method)), HEAD) for one in found)
            add(rows, label, Text("total", HEAD), *totals, end_section=True)
    return rows


def _written(move: Move) -> str:
    scope, category = move.written
    words_of = category_words(scope, category)
    return words_of if scope is Scope.SCOPE_3 else f"{scope_text(scope)} {words_of}"


def _amount_columns(moves: Mapping[Move, Moved]) -> tuple[Column, ...]:
    return tuple(figures(name) for name, _ in _measures(moves))


def _amounts(moved: Moved, moves: Mapping[Move, Moved]) -> list[str]:
    return [tonnes(mg) if (mg := measure(moved)) else "" for _, measure in _measures(moves)]


def _measures(moves: Mapping[Move, Moved]) -> list[tuple[str, Callable[[Moved], Fraction]]]:
    """Columns of figures, of which only the first is always there."""
    first = ("t CO2e", _first)
    others = (("market-based", _market), ("outside scopes", _outside))
    return [first, *(one for one in others if any(one[1](moved) for moved in moves.values()))]


def _first(moved: Moved) -> Fraction:
    return moved.mg.get(Method.PHYSICAL, _NONE) + moved.mg.get(Method.LOCATION_BASED, _NONE)


def _market(moved: Moved) -> Fraction:
    return moved.mg.get(Method.MARKET_BASED, _NONE) + moved.market_mg


def _outside(moved: Moved) -> Fraction:
    return moved.outside_mg
