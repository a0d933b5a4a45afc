"""How the figures were made: methods with their clause, factors with their citation, conversions and plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.gases import gas
from cet.inventory.chp import allocation_trail
from cet.inventory.methods import ACTIVITY, methods
from cet.quantities import exact_text
from cet.report.inventory_report.blocks import (
    EMPTY,
    Cell,
    Column,
    Section,
    Table,
    code,
    number,
    rows,
    words,
)
from cet.report.inventory_report.gases_part import FAMILY_WORDS
from cet.report.words import category_words
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Scope, scope_text

if TYPE_CHECKING:
    from cet.factors import Factor
    from cet.inventory import Deflator, Exchange, Inventory
    from cet.report.inventory_report.blocks import Block

_UNSTATED = "its GWP set is not stated"
_CLAUSES = (
    "CS: Corporate Standard and its FAQ; S2: Scope 2 Guidance; S3: Technical Guidance for Calculating Scope 3 Emissions; "
    "CHP: Allocation of Emissions from a Combined Heat and Power Plant; GLEC: GLEC Framework."
)


def methods_and_factors(inventory: Inventory) -> Section:
    """Methods used, factors used, potentials, and how money and shared plants were converted."""
    lead = (
        "Every line is amount × factor × global warming potential, added up exactly. Methods come from a closed list; a "
        "factor has no place here without its source."
    )
    clause = (
        "Corporate Standard, chapter 9: methodologies used, with a reference; Scope 3 Standard, chapter 11"
    )
    blocks: list[Block] = [_methods(inventory), _factors(inventory), _potentials(inventory)]
    settings = inventory.package.settings
    if settings.exchanges or settings.deflators:
        blocks.append(_money(inventory))
    if settings.chp:
        blocks.append(_plants(inventory))
    return Section("methods", "Methods and factors", clause, lead, tuple(blocks))


def _methods(inventory: Inventory) -> Table:
    lines: dict[str, int] = {}
    places: dict[str, set[tuple[Scope, int]]] = {}
    for shape, tally in inventory.pairs:
        name = shape.text.method or ACTIVITY
        scope = SCOPE_TEXT[shape.text.scope]
        lines[name] = lines.get(name, 0) + tally.lines
        places.setdefault(name, set()).add((scope, CATEGORY_NAMES[scope][shape.text.category]))
    cells = (
        (
            words(name),
            words(methods()[name].text, methods()[name].formula),
            words(", ".join(_where(*place) for place in sorted(places[name]))),
            words("estimate" if methods()[name].estimate else "as the data"),
            number(count),
            words(methods()[name].clause),
        )
        for name, count in sorted(lines.items())
    )
    columns = (
        Column("method", width=26),
        Column("what is calculated", width=60),
        Column("used in", width=40),
        Column("gives", width=14),
        Column("lines", figures=True, width=10),
        Column("guidance", width=40),
    )
    return Table("Methods", "Calculation methods", columns, rows(*cells), _CLAUSES)


def _where(scope: Scope, category: int) -> str:
    if scope is Scope.SCOPE_3:
        return f"3.{category}"
    outside = scope is Scope.OUTSIDE
    return f"{'outside:' if outside else scope_text(scope)} {category_words(scope, category)}"


def _factors(inventory: Inventory) -> Table:
    lines: dict[str, int] = {}
    for shape, tally in inventory.pairs:
        for name in {factor.id for factor in shape.factors}:
            lines[name] = lines.get(name, 0) + tally.lines
    columns = (
        Column("factor", width=34),
        Column("what for", width=36),
        Column("per unit", width=44),
        Column("source", width=52),
        Column("year", figures=True, width=8),
        Column("place", width=10),
        Column("covers", width=16),
        Column("lines", figures=True, width=10),
    )
    cells = (_factor(factor, lines.get(factor.id, 0)) for factor in inventory.factors)
    return Table("Factors", "Emission factors", columns, rows(*cells))


def _factor(factor: Factor, lines: int) -> tuple[Cell, ...]:
    trail = factor.trail()
    under = "" if not trail["gwp"] else _UNSTATED if trail["gwp"] == "unstated" else f"under {trail['gwp']}"
    source = f"{trail['publisher']}: {trail['document']}, {trail['edition']}"
    year = Cell(trail["year"], "figure", number=trail["year"])
    return (
        code(factor.id),
        words(factor.name),
        words(f"{trail['gases']} {trail['mass']}/{trail['per']}", under),
        words(source, f"{trail['table']}; {trail['licence']}"),
        year,
        words(factor.geography),
        words(factor.kind.value, trail["boundary"]),
        number(lines),
    )


def _potentials(inventory: Inventory) -> Table:
    gwp_set = inventory.package.settings.header.gwp
    names = sorted({name for one in inventory.sums.values() for name in one.gases})
    lines = []
    for name in names:
        value = gas(name).gwp(gwp_set)
        lines.append(
            (
                words(name),
                number(value, 0 if value.denominator == 1 else 1),
                words(FAMILY_WORDS[gas(name).family]),
            )
        )
    columns = (
        Column("gas", width=22),
        Column(f"GWP, {gwp_set.name}", figures=True),
        Column("family", width=34),
    )
    caption = f"IPCC {gwp_set.name}, 100 years, one set for the whole inventory."
    return Table("GWPs", "Global warming potentials of the gases found", columns, rows(*lines), caption)


def _money(inventory: Inventory) -> Table:
    settings = inventory.package.settings
    steps: list[tuple[str, Exchange | Deflator]] = [("exchange", one) for one in settings.exchanges]
    steps += [("deflation", one) for one in settings.deflators]
    lines = (
        (
            words(kind),
            words(one.from_money),
            words(one.to_money),
            Cell(exact_text(one.ratio), "figure"),
            words(one.source),
        )
        for kind, one in steps
    )
    columns = (
        Column("step", width=12),
        Column("from", width=12),
        Column("to", width=12),
        Column("factor", figures=True, width=24),
        Column("source", width=60),
    )
    return Table("Money", "Currencies and prices of other years", columns, rows(*lines))


def _plants(inventory: Inventory) -> Table:
    found = allocation_trail(inventory.package.settings.chp)
    names = list(dict.fromkeys(name for one in found for name in one))
    columns = tuple(Column(name.replace("_", " "), width=20) for name in names)
    lines = (tuple(words(str(one[name])) if one.get(name) else EMPTY for name in names) for one in found)
    return Table("Heat and power", "Plants of heat and power, shared out", columns, rows(*lines))
