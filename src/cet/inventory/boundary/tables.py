"""The published tables of organisational boundaries, read from `data/boundary.toml`.

Table 1 of the Corporate Standard (chapter 3) by treatment, tables A.1 and A.2 of the Scope 3 Standard (appendix A) by
party, type of lease and approach, with their two disclosed exceptions.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from cet.inventory.boundary.approach import Consolidation

if TYPE_CHECKING:
    from collections.abc import Mapping

Financial = Literal["full", "share", "none", "flag"]

INVESTMENTS = 15


@dataclass(frozen=True, slots=True)
class Treatment:
    """How an entity stands in the reporting company's accounts, and what follows for each approach.

    `equity` and `financial` say how it is consolidated; `operated` is the default of operational control; `owned` whether
    the company must own a part; `outside` is the scope 3 category of what is outside, None where its facility names it.
    """

    name: str
    words: str
    equity: Literal["share", "none"]
    financial: Financial
    operated: bool
    owned: bool
    outside: int | None


@dataclass(frozen=True, slots=True)
class LeaseCell:
    """A cell of table A.1 or A.2: `category` is None inside the boundary, where fuel is scope 1 and electricity scope 2."""

    table: str
    category: int | None
    reason: str
    exception: LeaseCell | None = None

    @property
    def inside(self) -> bool:
        """Whether the asset is inside the boundary."""
        return self.category is None

    def decided(self, *, excepted: bool) -> LeaseCell:
        """The cell, or its exception where the company discloses and justifies that one; cells without one stay."""
        return self.exception if excepted and self.exception is not None else self


LEASES = ("lessee-finance", "lessee-operating", "lessor-finance", "lessor-operating")
"""Party and type of a lease, as a package writes them; a capital lease is a finance lease."""

EXCEPTED_LEASES = ("lessee-operating", "lessor-operating")
"""The leases with a disclosed exception: notes 1 and 2 of the tables."""


@cache
def treatments() -> Mapping[str, Treatment]:
    """Every treatment by its name."""
    return {
        entry["name"]: Treatment(
            outside=entry.get("outside"), **{k: v for k, v in entry.items() if k != "outside"}
        )
        for entry in _data()["treatment"]
    }


@cache
def lease_table() -> Mapping[tuple[str, Consolidation], LeaseCell]:
    """Every cell of tables A.1 and A.2, by lease and approach."""
    approaches = {approach.text: approach for approach in Consolidation}
    return {
        (f"{entry['party']}-{entry['type']}", approaches[entry["approach"]]): _cell(entry["table"], entry)
        for entry in _data()["lease"]
    }


def _cell(table: str, entry: Mapping[str, Any]) -> LeaseCell:
    exception = entry.get("exception")
    if entry["inside"] == ("category" in entry):
        raise ValueError(f"{table}: a cell outside the boundary has a category, one inside has none")
    return LeaseCell(
        table, entry.get("category"), entry["reason"], _cell(table, exception) if exception else None
    )


@cache
def _data() -> dict[str, Any]:
    text = resources.files("cet").joinpath("data/boundary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
