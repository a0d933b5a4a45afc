"""A position as tables and JSON: totals by side and mode, then every booking with its windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.logistics.terms import SHOWN_UNITS
from cet.report.logistics_tables import amount_text
from cet.report.tables import add, figures, table, two_lines, unbroken, words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cet.logistics.holdings import Holding, Position, Total, Window


def position_of_blocks(found: Position) -> list[RenderableType]:
    """Totals, holdings and own activity of one organisation."""
    totals = table(
        f"{found.name} ({found.organisation}) on {found.day}",
        [unbroken("kind"), unbroken("side"), words("mode"), *_columns("expiring"), unbroken("unit")],
    )
    for one in found.totals:
        add(
            totals,
            one.kind,
            one.side,
            ", ".join(one.modes),
            *_figures(one, one.expiring),
            SHOWN_UNITS[one.unit],
        )
    each = table(
        "Each booking and claim, in the order of their days",
        [words("", 3), *_columns(), unbroken("unit"), unbroken("until")],
        "Expiring: available, and its last window ends within 90 days. Gone: retired, or not claimed in time.",
    )
    for holding in found.holdings:
        name = two_lines(holding.id, " · ".join((holding.kind, holding.side, *holding.modes)))
        ends = [window_text(one) for one in holding.open_windows]
        until = two_lines(ends[0], " ".join(ends[1:])) if ends else "–"
        add(each, name, *_figures(holding), SHOWN_UNITS[holding.unit], until)
    own = table(
        "Own activity, of which evidence is shown",
        [
            words("mode"),
            figures("year"),
            figures("shown"),
            figures("booked or claimed"),
            figures("left"),
            unbroken("unit"),
        ],
    )
    for mode, unit, year, shown, used in found.own:
        amounts = [amount_text(value, unit) for value in (shown, used, shown - used)]
        add(own, mode, str(year), *amounts, SHOWN_UNITS[unit])
    blocks: list[RenderableType] = [one for one in (totals, each, own) if one.row_count]
    return blocks or [table(f"{found.name} ({found.organisation}) on {found.day}: holds nothing", [])]


def position_of_json(found: Position) -> dict[str, Any]:
    """The same for machines: amounts as text in base units, days in ISO 8601."""
    return {
        "organisation": found.organisation,
        "day": found.day.isoformat(),
        "totals": [
            {"kind": one.kind, "side": one.side, "modes": list(one.modes), "unit": one.unit, **_exact(one)}
            for one in found.totals
        ],
        "holdings": [
            {"id": one.id, "kind": one.kind, "side": one.side, "modes": list(one.modes), "toc": one.toc,
             "unit": one.unit, "on": one.on.isoformat(), **_exact(one),
             "windows": [{"roles": [role.text for role in window.roles], "last": window.last.isoformat()}
                         for window in one.windows],
             "uses": [{"id": use.id, "by": use.by, "on": use.on.isoformat(), "amount": str(use.amount)}
                      for use in one.uses]}
            for one in found.holdings
        ],
        "own_activity": [
            {"mode": mode, "unit": unit, "year": year, "shown": str(shown), "used": str(used)}
            for mode, unit, year, shown, used in found.own
        ],
    }  # fmt: skip


def window_text(window: Window) -> str:
    """`2024-12-15 carrier, lsp`."""
    return f"{window.last} {', '.join(role.text for role in window.roles)}"


def _columns(*more: str) -> list[Any]:
    return [figures(name) for name in ("booked", "claimed", "available", *more, "gone")]


def _figures(one: Holding | Total, *more: int) -> list[str]:
    values = (one.booked, one.claimed, one.available, *more, one.retired + one.over)
    return [amount_text(value, one.unit) if value else "–" for value in values]


def _exact(one: Holding | Total) -> dict[str, str]:
    names = ("booked", "claimed", "retired", "available", "expiring", "over")
    return {name: str(getattr(one, name)) for name in names}
