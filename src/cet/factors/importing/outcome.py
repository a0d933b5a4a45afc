"""What an import gives: a pack, the counts and column totals it was checked by, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cet.errors import Finding, PackageError
from cet.factors.importing.editions import compare_with_known, labels_hash
from cet.factors.model import Factor, Pack
from cet.factors.reading import findings_from, read_pack
from cet.factors.writing import pack_text
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from cet.factors.importing.cells import Cells
    from cet.factors.kinds import Boundary, FactorKind


@dataclass(frozen=True, slots=True, order=True)
class ColumnSum:
    """How many numbers a column of a table holds, and their exact sum in the column's own unit."""

    table: str
    column: str
    cells: int
    total: Fraction


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """Rows that became no factor, and why."""

    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A factor as its file gives it; masses per `per` in `mass`, exact."""

    key: str
    name: str
    table: str
    year: int
    geography: str
    kind: FactorKind
    per: str
    gases: Mapping[str, Fraction]
    row: int
    mass: str = "kg"
    weighted: Mapping[str, Fraction] = field(default_factory=dict)
    gwp: str | None = None
    boundary: Boundary | None = None
    activity: str | None = None

    def fields(self, pack: Pack) -> dict[str, Any]:
        """What `Factor` is validated from."""
        given: dict[str, Any] = {
            "pack": pack,
            "id": f"{pack.id}/{self.key}",
            "name": self.name,
            "table": self.table,
            "year": self.year,
            "geography": self.geography,
            "kind": self.kind.value,
            "per": self.per,
            "mass": self.mass,
            "gases": {name: exact_text(mass) for name, mass in self.gases.items()},
        }
        if self.weighted:
            given["weighted"] = {name: exact_text(mass) for name, mass in self.weighted.items()}
        optional = {"gwp": self.gwp, "boundary": self.boundary, "activity": self.activity}
        return given | {name: value for name, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Import:
    """A pack made of an official file. `sums` are of the file's own cells; `known` says whether this edition's totals
    are on record and were found equal."""

    layout: str
    pack: Pack
    factors: tuple[Factor, ...]
    sums: tuple[ColumnSum, ...]
    left_out: tuple[LeftOut, ...]
    notices: tuple[str, ...]
    known: bool

    def text(self, remarks: tuple[str, ...] = ()) -> str:
        """The pack as TOML."""
        return pack_text(self.pack, self.factors, remarks)


def finish(layout: str, cells: Cells, pack: Pack, drafts: list[Draft]) -> Import:
    """Makes factors of the drafts. Raises PackageError with everything wrong: nothing is half-imported."""
    factors: dict[str, Factor] = {}
    for draft in drafts:
        try:
            factor = Factor.model_validate(draft.fields(pack))
        except ValidationError as error:
            cells.findings += findings_from(error, cells.file, f"row {draft.row} ({draft.name[:60]})")
            continue
        if factor.id in factors:
            remedy = "keep one of the two rows, or import the publisher's own file"
            cells.find(draft.row, "", factor.id, "two rows are the same factor", remedy)
        factors.setdefault(factor.id, factor)
    if not drafts and not cells.findings:
        cells.find(0, "", "", "no factors in it", f"see that it is a file of the layout {layout}")
    sums = tuple(
        sorted(
            ColumnSum(table, column, count, total) for (table, column), (count, total) in cells.sums.items()
        )
    )
    by_place = {(one.table, one.column): one for one in sums}
    known, differences = compare_with_known(layout, pack.id, by_place, labels_hash(factors.values()))
    for difference in differences:
        remedy = "get the file from its publisher again: a cell of this column is not as published"
        cells.find(0, difference.column, difference.found, difference.problem, remedy)
    if cells.findings:
        raise PackageError(sorted(cells.findings))
    made = tuple(factors.values())
    if read_pack(pack_text(pack, made), cells.file).factors != made:
        finding = Finding(cells.file, 0, "", "", "the pack does not read back as written", "report this file")
        raise PackageError([finding])
    left_out = tuple(sorted(LeftOut(reason, rows) for reason, rows in cells.left_out.items()))
    return Import(layout, pack, made, sums, left_out, tuple(cells.notices), known)
