"""Section 9's table: the row for an act, its constraints checked one by one, and its encoding in a word.

The rows stand in `data/book_and_claim.toml`; a contract reads the same rows from `encode`:
```
of 16 | organisation 2 | act 2 | basis 1 | additionality 1 | mode 1 | months 6 | since 3        (32 bits, from the top)
```
`of` has bit n set for `Material` n. A row is found by (organisation, act, material); no two rows have all three in common.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cet.logistics.terms import Act, Basis, LogisticsError, Material, Mode, Role, Since
from cet.quantities.months import months_after

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    id: str
    clause: str
    organisation: Role
    act: Act
    basis: Basis
    of: frozenset[Material]
    additionality: bool
    mode: bool
    months: int
    since: Since
    note: str

    def encode(self) -> int:
        """The row in 32 bits."""
        of = sum(1 << one for one in self.of)
        flags = int(self.additionality) << 10 | int(self.mode) << 9
        return (
            of << 16
            | self.organisation << 14
            | self.act << 12
            | self.basis << 11
            | flags
            | self.months << 3
            | self.since
        )

    def check_mode(self, mode: Mode, allowed: Collection[Mode]) -> None:
        """Raises LogisticsError when the mode binds and is none of what is used."""
        if self.mode and mode not in allowed:
            raise LogisticsError(
                f"{mode.text} from what was booked for {', '.join(one.text for one in sorted(allowed))} ({self.clause})",
                "a LETS never leaves its mode, and a solution serves the modes it was provided to",
            )

    def check_vintage(self, day: dt.date, since: dt.date) -> None:
        """Raises LogisticsError when `day` is before `since` or after the last day of the row's window."""
        if self.since is Since.NONE:
            return
        if day < since:
            raise LogisticsError(
                f"{day} is before {since}, the day of {self.since.text} ({self.clause})",
                "nothing is booked or claimed before it is there",
            )
        last = self.last_day(since)
        if last is not None and day > last:
            raise LogisticsError(
                f"{day} is after {last}, {self.months} months from {self.since.text} ({self.clause})",
                f"it could be done until {last}",
            )

    def last_day(self, since: dt.date) -> dt.date | None:
        """The last day of the row's window; None where there is none."""
        if self.since is Since.NONE:
            return None
        start = dt.date(since.year, 12, 31) if self.since is Since.BOOKING_YEAR else since
        return months_after(start, self.months)


@cache
def table() -> tuple[Row, ...]:
    """Every row, in the table's order."""
    text = resources.files("cet").joinpath("data/book_and_claim.toml").read_text(encoding="utf-8")
    return tuple(_row(entry) for entry in tomllib.loads(text)["row"])


def row_for(organisation: Role, act: Act, material: Material) -> Row:
    """The row that allows the act. Raises LogisticsError where no row does."""
    for row in table():
        if row.organisation is organisation and row.act is act and material in row.of:
            return row
    may = [
        f"{row.act.text} from {' or '.join(m.text for m in sorted(row.of))}"
        for row in table()
        if row.organisation is organisation
    ]
    raise LogisticsError(
        f"a {organisation.text} may not {act.text} from {material.text} (section 9)",
        f"a {organisation.text} may {'; '.join(may)}",
    )


def _row(entry: dict[str, Any]) -> Row:
    return Row(
        id=entry["id"],
        clause=entry["clause"],
        organisation=Role(Role.of(entry["organisation"])),
        act=Act(Act.of(entry["act"])),
        basis=Basis(Basis.of(entry["basis"])),
        of=frozenset(Material(Material.of(one)) for one in entry["of"]),
        additionality=entry["additionality"],
        mode=entry["mode"],
        months=entry["months"],
        since=Since(Since.of(entry["from"])),
        note=entry["note"],
    )
