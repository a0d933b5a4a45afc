"""Months on the calendar, for deadlines counted from the end of a period.

A period lasts until the end of its last day. N months later is the end of the same day of the month N months on; where the
period ends with its month, or that month has no such day, the end of that month: six months from 30 June is 31 December, from
31 August the last of February, from 15 January 15 July. So a whole number of calendar months stays one, whatever their lengths.
"""

from __future__ import annotations

import calendar
import datetime as dt

_MONTHS = 12
_DAY = dt.timedelta(days=1)


def months_after(end: dt.date, months: int) -> dt.date:
    """The last day that is within so many months of the end of `end`. Raises OverflowError beyond the year 9999."""
    year, month = divmod(end.year * _MONTHS + end.month - 1 + months, _MONTHS)
    if year > dt.MAXYEAR:
        raise OverflowError(f"{months} months after {end} are beyond the calendar")
    last = calendar.monthrange(year, month + 1)[1]
    whole_month = end.day == calendar.monthrange(end.year, end.month)[1]
    return dt.date(year, month + 1, last if whole_month else min(end.day, last))


def is_months_long(start: dt.date, end: dt.date, months: int) -> bool:
    """Whether the period from `start` to `end`, both included, is exactly so many months."""
    before = start - _DAY
    return end == months_after(before, months)
