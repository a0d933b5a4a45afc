"""Why a figure changed: activity, factor and share, exactly, so that they add up to the difference.

Lines of two years are matched by facility, scope, category and source (or id). Of matched ones

    E = share × activity × rate
    activity effect = (A₁ − A₀) · (f₀ + f₁) ÷ 2 · share      factor effect = (f₁ − f₀) · (A₀ + A₁) ÷ 2 · share

with the mean of the two years' shares, and share effect = (s₁ − s₀) · (X₀ + X₁) ÷ 2 with X the emissions at 100 %: each effect is
the mean over the orders in which they could be counted, no order is favoured, and nothing is left over. Where there is
no activity in one of the years no rate exists there, and all of it is activity. Where the years count in different kinds of
unit, or a figure has no activity behind it, the change is not separable and says so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.inventory.base_year.entries import Entry, Series
    from cet.scopes import Scope

_NONE = Fraction(0)


@dataclass(slots=True)
class Effects:
    """Parts of a difference in mg CO2e."""

    activity: Fraction = _NONE
    factor: Fraction = _NONE
    share: Fraction = _NONE
    unseparated: Fraction = _NONE

    @property
    def total(self) -> Fraction:
        """The whole difference."""
        return self.activity + self.factor + self.share + self.unseparated

    def add(self, other: Effects) -> None:
        """Adds another's parts."""
        self.activity += other.activity
        self.factor += other.factor
        self.share += other.share
        self.unseparated += other.unseparated


@dataclass(slots=True)
class _Group:
    """Entries of one year that are matched as one: emissions at 100 %, activity by dimension, what is reported by series."""

    mg: Fraction = _NONE
    activity: dict[str, Fraction] = field(default_factory=dict)
    reported: dict[Series, Fraction] = field(default_factory=dict)
    shares: dict[Series, Fraction] = field(default_factory=dict)
    without: bool = False

    def add(self, entry: Entry) -> None:
        self.mg += entry.mg
        if entry.activity is None:
            self.without = True
        else:
            self.activity[entry.dimension] = self.activity.get(entry.dimension, _NONE) + entry.activity
        for series, share in entry.placed:
            self.reported[series] = self.reported.get(series, _NONE) + entry.mg * share
            self.shares[series] = share

    def share(self, series: Series) -> Fraction | None:
        """The share under a series: of what is reported, or as placed where nothing is emitted."""
        return self.reported.get(series, _NONE) / self.mg if self.mg else self.shares.get(series)


Written = tuple[str, "tuple[Scope, int]", str, "Series"]
"""Facility, scope and category as written, source or id, and the series as written."""


@dataclass(frozen=True, slots=True)
class SourceEffects:
    """The effects of one source in one series, and its figures in both years; `status` says whether it is in both."""

    facility: str
    source: str
    series: Series
    base_mg: Fraction
    current_mg: Fraction
    effects: Effects
    status: str


def effects_of(
    base: Iterable[Entry], current: Iterable[Entry], *, by_id: bool = False
) -> tuple[dict[Series, Effects], tuple[SourceEffects, ...]]:
    """The effects by series and by source, both in order; each adds up to current − base."""
    before, after = _grouped(base, by_id=by_id), _grouped(current, by_id=by_id)
    coarse = {key[:2] for groups in (before, after) for key, group in groups.items() if group.without}
    by_series: dict[Series, Effects] = defaultdict(Effects)
    sources: list[SourceEffects] = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        one, other = was or _Group(), now or _Group()
        status = "both" if was and now else "base only" if was else "new"
        for series in sorted({*one.reported, *other.reported}):
            figures = one.reported.get(series, _NONE), other.reported.get(series, _NONE)
            if key[:2] in coarse:
                found = Effects(unseparated=figures[1] - figures[0])
            else:
                found = _separated(was, now, series)
            by_series[series].add(found)
            sources.append(SourceEffects(key[0], key[2], series, *figures, found, status))
    return dict(sorted(by_series.items())), tuple(sources)


def _grouped(entries: Iterable[Entry], *, by_id: bool) -> Mapping[Written, _Group]:
    groups: dict[Written, _Group] = defaultdict(_Group)
    for entry in entries:
        name = entry.line if by_id else entry.source
        groups[entry.facility, entry.written, name, entry.series].add(entry)
    return groups


def _separated(was: _Group | None, now: _Group | None, series: Series) -> Effects:
    if was is None or now is None:
        reported = (
            now.reported.get(series, _NONE) if now else -was.reported.get(series, _NONE) if was else _NONE
        )
        return Effects(activity=reported)
    before, after = was.share(series), now.share(series)
    # A year that emits nothing under a series it is not placed in has no share of its own.
    first = before if before is not None else after if not was.mg and after is not None else _NONE
    last = after if after is not None else before if not now.mg and before is not None else _NONE
    share = (last - first) * (was.mg + now.mg) / 2
    mean = (first + last) / 2
    if was.activity.keys() != now.activity.keys() or len(was.activity) != 1:
        return Effects(share=share, unseparated=mean * (now.mg - was.mg))
    ((a_0,), (a_1,)) = was.activity.values(), now.activity.values()
    if not a_0 or not a_1:
        return Effects(share=share, activity=mean * (now.mg - was.mg))
    rate_0, rate_1 = was.mg / a_0, now.mg / a_1
    return Effects(
        activity=mean * (a_1 - a_0) * (rate_0 + rate_1) / 2,
        factor=mean * (rate_1 - rate_0) * (a_0 + a_1) / 2,
        share=share,
    )
