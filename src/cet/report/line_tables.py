"""Activity lines for people: what was recorded, by which factor, what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.report.tables import MUTED, add, figures, table, two_lines, words
from cet.report.words import clean, digits_grouped, method_words, plural, tonnes
from cet.scopes import Method

if TYPE_CHECKING:
    from rich.table import Table

    from cet.factors import Factor
    from cet.inventory import Inventory, Line

MOST_LINES = 500


def lines_table(inventory: Inventory) -> Table:
    """Every line with its factor's provenance and its result in each series; the first 500 of a long inventory."""
    more = len(inventory.lines) - MOST_LINES
    caption = f"{plural(more, 'line')} more: --json has them all." if more > 0 else ""
    columns = (words("line, activity", 1), words("factor", 1), figures("t CO2e"))
    rows = table("Activity lines", columns, caption)
    for line in inventory.lines[:MOST_LINES]:
        add(rows, activity(line), _factors(line), _results(line))
    return rows


def activity(line: Line) -> Text:
    """The line's id; source, quantity with its share, kind of data."""
    row, text = line.row, line.row.shape
    share = f" × {row.share.text}" if row.share.value != 1 else ""
    entering = "".join(
        f" {one.parameter.role.sign} {digits_grouped(one.text)} {one.unit_name}".rstrip() for one in row.given
    )
    part = f" × part of {text.chp}" if text.chp else ""
    quantity = f"{digits_grouped(row.quantity.text)} {text.unit}{share}{entering}{part}"
    how = "".join(f", {word}" for word in (text.method, text.data, text.estimate) if word)
    return two_lines(line.id, f"{row.source}, {quantity}{how}")


def provenance(factor: Factor) -> Text:
    """The factor's id, and who published it, in which table, for which year."""
    return two_lines(factor.id, f"{factor.pack.publisher}, {factor.table}, {factor.year}")


def _factors(line: Line) -> Text:
    cells = [provenance(factor) for factor in line.shape.factors]
    return Text("\n").join(cells)


def _results(line: Line) -> Text:
    """A result per series; scope 2's two with their method."""
    found = Text()
    for number, (key, mg) in enumerate(line.emissions()):
        found.append(("\n" if number else "") + tonnes(mg))
        if key.part:
            found.append("\nprojected, beside scope 3", MUTED)
        elif key.method is not Method.PHYSICAL:
            found.append("\n" + clean(method_words(key.method)), MUTED)
        elif key.scope.name == "OUTSIDE":
            found.append("\noutside the scopes", MUTED)
    return found
