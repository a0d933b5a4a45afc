"""Bars to scale: plain ones, bars of several parts, and a waterfall from one total to another. Whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.quantities import round_down
from cet.report.inventory_report.blocks import Bar, Cell, Chart, Piece, mass
from cet.report.words import clean, percent, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FULL = 10_000
"""A plot's width."""

_THINNEST = 12
"""What is not zero is seen."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A bar before it has a scale: exact mg and colour; `heading` begins a group."""

    label: str
    mg: Fraction | int
    tone: str
    heading: str = ""


def bars(title: str, measured: Sequence[Measured], caption: str = "") -> Chart:
    """Bars from zero, the longest as wide as the plot."""
    longest = max((abs(Fraction(one.mg)) for one in measured), default=Fraction(0))
    made = []
    for one in measured:
        length = _length(Fraction(one.mg), longest)
        pieces = (Piece(0, length, one.tone, f"{clean(one.label)}: {tonnes(one.mg)} t CO2e"),)
        made.append(Bar(clean(one.label), mass(one.mg), pieces if length else (), clean(one.heading)))
    return Chart(title, tuple(made), caption)


def shares(
    title: str,
    measured: Iterable[tuple[str, Cell, Sequence[tuple[str, Fraction]]]],
    legend: Sequence[tuple[str, str]],
    caption: str = "",
) -> Chart:
    """Bars as wide as the plot, each divided by tone into its parts of 1; `legend` says what a tone stands for."""
    named = dict(legend)
    made = []
    for label, value, parts in measured:
        pieces, start = [], Fraction(0)
        for tone, part in parts:
            if part:
                left, right = round_down(start * FULL), round_down((start + part) * FULL)
                pieces.append(Piece(left, right - left, tone, f"{named[tone]}: {percent(part)}"))
            start += part
        made.append(Bar(clean(label), value, tuple(pieces)))
    return Chart(title, tuple(made), caption, tuple(legend))


def waterfall(
    title: str,
    first: Measured,
    steps: Sequence[Measured],
    last: Measured,
    caption: str = "",
) -> Chart:
    """From a first total, by steps that add or take away, to a last one. The steps add up, or ValueError is raised."""
    levels = [Fraction(first.mg)]
    for step in steps:
        levels.append(levels[-1] + step.mg)
    if levels[-1] != last.mg:
        raise ValueError(f"the steps of {title!r} lead to {levels[-1]} mg, not to {last.mg} mg")
    low, high = min(Fraction(0), *levels), max(Fraction(0), *levels)
    spread = high - low
    made = [_between(first, Fraction(0), levels[0], low, spread)]
    for step, before, after in zip(steps, levels, levels[1:], strict=False):
        made.append(_between(step, before, after, low, spread))
    made.append(_between(last, Fraction(0), levels[-1], low, spread))
    return Chart(title, tuple(made), caption)


def _between(one: Measured, start: Fraction, end: Fraction, low: Fraction, spread: Fraction) -> Bar:
    value = mass(one.mg)
    if not spread:
        return Bar(clean(one.label), value, ())
    left, right = sorted((round_down((start - low) / spread * FULL), round_down((end - low) / spread * FULL)))
    length = max(right - left, _THINNEST) if start != end else 0
    left = min(left, FULL - length)
    piece = Piece(left, length, one.tone, f"{clean(one.label)}: {tonnes(one.mg)} t CO2e")
    return Bar(clean(one.label), value, (piece,) if length else ())


def _length(mg: Fraction, longest: Fraction) -> int:
    if not mg:
        return 0
    return max(round_down(abs(mg) / longest * FULL), _THINNEST)
