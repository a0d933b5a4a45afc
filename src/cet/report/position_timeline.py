"""A timeline of an organisation's bookings: windows as bars, claims as marks, the day and the 90 days after it. Pure: SVG text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.logistics.holdings import SOON
from cet.logistics.terms import SHOWN_UNITS
from cet.report.drawing import FRAME, INK, MUTED, PAPER, fitted, named, opening, svg_text
from cet.report.logistics_tables import amount_text

if TYPE_CHECKING:
    from cet.logistics.holdings import Holding, Position

WIDTH, MARGIN, LEFT, RIGHT = 1240, 28, 300, 250
TOP, ROW, GROUP = 108, 50, 34
SIDE_COLOURS = {"service": "#2f6f5e", "bundled": "#2d5f8b", "supply-chain": "#6a5a9e", "emitter": "#b57a17"}
SOON_COLOUR, OVER_COLOUR = "#c8733f", "#8fa3a9"
_WEEK = dt.timedelta(days=7)
_MOST_YEARS = 4
_EACH_MONTH = 14


@dataclass(frozen=True, slots=True)
class _Axis:
    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> int:
        """A day's place, kept within the picture."""
        span = (self.last - self.first).days
        at = (min(max(day, self.first), self.last) - self.first).days
        return MARGIN + LEFT + at * (WIDTH - 2 * MARGIN - LEFT - RIGHT) // span

    def marks(self) -> list[tuple[dt.date, str]]:
        """The first of every month, of every quarter where there are many."""
        every = 1 if (self.last - self.first).days <= _EACH_MONTH * 31 else 3
        found, year, month = [], self.first.year, 1
        while (day := dt.date(year, month, 1)) <= self.last:
            if day >= self.first:
                found.append((day, f"{day:%Y}" if month == 1 else f"{day:%b}"))
            year, month = (year, month + every) if month + every <= 12 else (year + 1, 1)
        return found


def position_svg(positions: tuple[Position, ...]) -> str:
    """One picture of one organisation's or several organisations' holdings, all on the same day."""
    day = positions[0].day
    axis = _axis(positions, day)
    height = TOP + sum(GROUP + ROW * max(1, len(one.holdings)) for one in positions) + 56
    title = f"Position of {positions[0].name}" if len(positions) == 1 else "Positions"
    parts = [
        *opening(WIDTH, height, MARGIN, title, f"on {day}; bookings with their windows, claims and expiries"),
        *_grid(axis, day, height),
    ]
    y = TOP
    for one in positions:
        parts.append(svg_text(MARGIN, y + 20, fitted(one.name, 60), size=13.5, weight="bold"))
        y += GROUP
        if not one.holdings:
            parts.append(svg_text(MARGIN, y + 20, "holds nothing", size=11.5, fill=MUTED))
        for row, holding in enumerate(one.holdings):
            parts += _row(axis, holding, y + row * ROW)
        y += ROW * max(1, len(one.holdings))
    return "\n".join([*parts, *_legend(height - 18), "</svg>"]) + "\n"


def _axis(positions: tuple[Position, ...], day: dt.date) -> _Axis:
    starts = [holding.on for one in positions for holding in one.holdings]
    ends = [holding.last for one in positions for holding in one.holdings if holding.last]
    first = min([*starts, day])
    latest = day.replace(year=day.year + _MOST_YEARS, day=1)
    last = min(max([*ends, day + SOON]), latest)
    return _Axis(first - _WEEK, last + _WEEK)


def _grid(axis: _Axis, day: dt.date, height: int) -> list[str]:
    foot = height - 44
    now, soon = axis.x(day), axis.x(day + SOON)
    parts = [
        f'<rect x="{now}" y="{TOP - 8}" width="{soon - now}" height="{foot - TOP + 8}" fill="{SOON_COLOUR}" fill-opacity="0.10"/>'
    ]
    for mark, words in axis.marks():
        x = axis.x(mark)
        parts.append(
            f'<path d="M{x} {TOP - 8} V{foot}" stroke="{FRAME}" stroke-width="{1.4 if mark.month == 1 else 0.6}"/>'
        )
        parts.append(
            svg_text(
                x + 3, TOP - 14, words, size=10.5, fill=MUTED, weight="bold" if mark.month == 1 else "normal"
            )
        )
    parts.append(f'<path d="M{now} {TOP - 24} V{foot}" stroke="{INK}" stroke-width="1.6"/>')
    parts.append(svg_text(now, TOP - 28, day.isoformat(), size=10.5, anchor="middle", halo=True))
    return parts


def _row(axis: _Axis, one: Holding, y: int) -> list[str]:
    colour = SIDE_COLOURS[one.side]
    unit = SHOWN_UNITS[one.unit]
    parts = [
        svg_text(MARGIN, y + 16, fitted(one.id, 40), size=12, weight="bold"),
        svg_text(
            MARGIN, y + 31, fitted(" · ".join((one.kind, one.side, *one.modes)), 48), size=10.5, fill=MUTED
        ),
        *_bars(axis, one, y, colour),
    ]
    for use in one.uses:
        x = axis.x(use.on)
        said = f"{use.on}: {use.id} by {use.by}, {amount_text(use.amount, one.unit)} {unit}"
        parts.append(
            named(
                f'<circle cx="{x}" cy="{y + 17}" r="4.5" fill="{PAPER}" stroke="{colour}" stroke-width="2.4"',
                said,
                "circle",
            )
        )
    right = WIDTH - MARGIN
    claimed = f"{amount_text(one.claimed, one.unit)} claimed" + (
        f", {amount_text(one.retired, one.unit)} retired" if one.retired else ""
    )
    state, fill = _state(one)
    parts.append(svg_text(right, y + 16, state, size=11.5, fill=fill, anchor="end", weight="bold"))
    parts.append(
        svg_text(
            right,
            y + 31,
            f"{claimed} of {amount_text(one.booked, one.unit)} {unit}",
            size=10.5,
            fill=MUTED,
            anchor="end",
        )
    )
    return parts


def _bars(axis: _Axis, one: Holding, y: int, colour: str) -> list[str]:
    """A bar a window, the later ones paler; how much of the booking is used fills it from below."""
    x = axis.x(one.on)
    if not one.windows:
        return [
            named(
                f'<path d="M{x - 6} {y + 17} l6 -8 l6 8 l-6 8 z" fill="{colour}"', f"{one.on}: final", "path"
            )
        ]
    parts, start = [], x
    for number, window in enumerate(one.windows):
        end = axis.x(window.last)
        said = f"until {window.last}: {', '.join(role.text for role in window.roles)}"
        parts.append(
            named(
                f'<rect x="{start}" y="{y + 8}" width="{max(end - start, 2)}" height="18" fill="{colour}" fill-opacity="{0.42 if number == 0 else 0.2}"',
                said,
                "rect",
            )
        )
        parts.append(f'<path d="M{end} {y + 4} v26" stroke="{colour}" stroke-width="2"/>')
        start = end
    return parts


def _state(one: Holding) -> tuple[str, str]:
    unit = SHOWN_UNITS[one.unit]
    if one.expiring:
        return f"{amount_text(one.expiring, one.unit)} {unit} until {one.last}", SOON_COLOUR
    if one.available:
        return f"{amount_text(one.available, one.unit)} {unit} available", INK
    if one.over:
        return f"{amount_text(one.over, one.unit)} {unit} over since {one.last}", OVER_COLOUR
    return ("final" if not one.windows else "nothing left"), MUTED


def _legend(y: int) -> list[str]:
    parts, x = [], MARGIN
    for side, colour in SIDE_COLOURS.items():
        parts.append(
            f'<rect x="{x}" y="{y - 10}" width="14" height="11" fill="{colour}" fill-opacity="0.5"/>'
        )
        parts.append(svg_text(x + 19, y, side, size=11, fill=MUTED))
        x += 108
    words = "circle: a use · stroke: a window ends, first for carriers and LSPs, then for shippers · shaded: the next 90 days"
    return [*parts, svg_text(x + 8, y, words, size=11, fill=MUTED)]
