"""A statement that corrects another: from the corrected inventory and the lots that stand, to what is signed (law 8).

Lots are matched by what they stand for: facility, scope, category and method. A lot that stands keeps its key, basis and
everything that hangs on it, and gets a new gross. What was passed on may rise only by the stated inflation; what exceeds it
becomes a further lot of the correcting statement, which its participant keeps. Lowering is free; what is no longer in the
inventory is restated to zero. What is new becomes a lot as at any mint. For each of them the sum of all lots afterwards is
the corrected inventory's figure, to the milligram.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cet.errors import StatementError
from cet.scopes import BasisUnit, LotCode
from cet.statement.building import StatementDraft
from cet.statement.document import canonical_document
from cet.statement.hashing import keccak256
from cet.statement.model import Statement, chunk_hash, chunked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cet.inventory import Inventory, Lot, LotKey

BASIS_POINTS = 10_000
FIRST_FURTHER = 2**15
"""Index of the first further lot of a correcting statement: above it, an index counts the inventory's lots."""


@dataclass(frozen=True, slots=True)
class StandingLot:
    """A lot of the chain of statements being corrected, as the ledger has it now.

    `gross` in mg; `bounded` where something of it was passed on or a successor holds it, so that it may rise only by the
    stated inflation. `basis` is what it is shared out by, None where that is its own mass, or is not asked.
    """

    key: int
    what: LotKey
    gross: int
    bounded: bool
    basis: int | None = None

    def highest(self, inflation: int) -> int | None:
        """The most it may be restated to, mg, rounded down; None for no bound."""
        return self.gross * (BASIS_POINTS + inflation) // BASIS_POINTS if self.bounded else None


@dataclass(frozen=True, slots=True)
class Restated:
    """A standing lot with its gross before and after, mg."""

    key: int
    what: LotKey
    before: int
    after: int

    @property
    def word(self) -> int:
        """`key 64 | expected gross 64 | new gross 64`, as the contract takes it."""
        return self.key << 128 | self.before << 64 | self.after


@dataclass(frozen=True, slots=True)
class OtherBasis:
    """A standing lot that the corrected inventory would share out by another quantity, in the same unit. It keeps its own: every share
    of it is a part of that. So its figure per unit is the corrected one times `corrected / standing`."""

    key: int
    what: LotKey
    standing: int
    corrected: int


@dataclass(frozen=True)
class SupersedingDraft(StatementDraft):
    """A correcting statement ready to be signed; `chunks` are its new and further lots, `restatements` what it restates."""

    restated: tuple[Restated, ...] = field(repr=False)
    restatements: tuple[tuple[int, ...], ...] = field(repr=False)
    further: tuple[int, ...] = field(repr=False)
    """Lot words of what exceeds the inflation bound: part of `chunks`."""
    other_bases: tuple[OtherBasis, ...] = field(default=(), repr=False)
    """What a reader should know of it, and no part of the statement."""


def supersede(
    draft: StatementDraft, head: Statement, standing: Iterable[StandingLot], inflation: int = 0
) -> SupersedingDraft:
    """The correction of `head` by the inventory of `draft`; `inflation` in basis points.

    Raises StatementError if it speaks for another participant, entity, period or GWP set.
    """
    _require_same_subject(draft.statement, head)
    if not 0 <= inflation <= BASIS_POINTS:
        raise StatementError(f"inflation of {inflation} basis points", f"give 0 to {BASIS_POINTS}")
    standing = tuple(standing)
    restated, new, further = _distribute(draft.inventory, standing, inflation)
    document = canonical_document(
        draft.inventory, draft.tree.root, correction=_section(head, inflation, restated, further)
    )
    chunks = chunked([*(lot.word for lot in new), *further])
    restatements = chunked([one.word for one in restated])
    fields = {
        **draft.statement.model_dump(),
        "document": keccak256(document),
        "lot_chunks": tuple(chunk_hash(chunk) for chunk in chunks),
        "supersedes": head.id,
        "inflation": inflation,
        "restated_chunks": tuple(chunk_hash(chunk) for chunk in restatements),
    }
    try:
        statement = Statement(**fields)
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise StatementError(message, "correct it and build again") from error
    return SupersedingDraft(
        statement,
        document,
        chunks,
        draft.inventory,
        draft.commitment,
        restated,
        restatements,
        tuple(further),
        instruments=draft.instruments,
        other_bases=tuple(_other_bases(draft.inventory, standing)),
    )


def what_lot(inventory: Inventory, code: LotCode, index: int, *, superseding: bool) -> LotKey:
    """What a statement's own lot stands for, by its code and index in the statement. Raises StatementError."""
    if superseding and index >= FIRST_FURTHER:
        if index - FIRST_FURTHER < len(inventory.lots):
            return inventory.lots[index - FIRST_FURTHER].key
    else:
        for lot in inventory.lots:
            if (lot.code, lot.index) == (code, index):
                return lot.key
    raise StatementError(
        f"no lot {code.encode()}:{index} in the package of {inventory.package.settings.header.entity}",
        "name the package that this statement was made from",
    )


def _require_same_subject(statement: Statement, head: Statement) -> None:
    for name, what in (
        ("participant", "the participant"),
        ("entity", "the entity"),
        ("period_start", "the period's first day"),
        ("period_end", "the period's last day"),
        ("gwp_set", "the GWP set"),
    ):
        if getattr(statement, name) != getattr(head, name):
            raise StatementError(
                f"{what} is not that of the statement to be corrected",
                "a correction speaks for the same entity, period and GWP set; state anything else anew",
            )


def _distribute(
    inventory: Inventory, standing: Sequence[StandingLot], inflation: int
) -> tuple[tuple[Restated, ...], list[Lot], list[int]]:
    """Each figure over the lots that stand for it, oldest first as far as each may go; what is left is minted."""
    by_what: dict[LotKey, list[StandingLot]] = defaultdict(list)
    for one in sorted(standing, key=lambda one: one.key):
        by_what[one.what].append(one)
    restated: list[Restated] = []
    new: list[Lot] = []
    further: list[int] = []
    for place, lot in enumerate(inventory.lots):
        if lot.key not in by_what:
            new.append(lot)
            continue
        rest = lot.gross
        for one in by_what.pop(lot.key):
            highest = one.highest(inflation)
            after = rest if highest is None else min(rest, highest)
            rest -= after
            restated.append(Restated(one.key, one.what, one.gross, after))
        if rest:
            further.append(_further_word(lot, place, rest))
    restated += [Restated(one.key, one.what, one.gross, 0) for gone in by_what.values() for one in gone]
    if any(lot.index >= FIRST_FURTHER for lot in new):
        raise StatementError(
            "more lots of one kind than a correcting statement can name",
            "state fewer facilities in one package",
        )
    changed = [one for one in restated if one.before != one.after]
    if not changed and not new and not further:
        # What only gives a new opinion of the same figures confirms every lot: a statement without lots says nothing.
        changed = restated
    return tuple(sorted(changed, key=lambda one: one.key)), new, further


def _other_bases(inventory: Inventory, standing: Iterable[StandingLot]) -> Iterator[OtherBasis]:
    corrected = {lot.key: lot.basis for lot in inventory.lots if lot.code.unit is not BasisUnit.MASS}
    for one in standing:
        basis = corrected.get(one.what)
        if one.basis is not None and basis is not None and basis != one.basis:
            yield OtherBasis(one.key, one.what, one.basis, basis)


def _further_word(lot: Lot, place: int, gross: int) -> int:
    """A lot of the same kind that is shared out by its own mass: what it is beyond is no part of the output."""
    if place >= FIRST_FURTHER:
        raise StatementError("more lots than a correcting statement can name", "split the package")
    code = LotCode(lot.code.scope, lot.code.category, lot.code.method, BasisUnit.MASS)
    return code.encode() << 144 | (FIRST_FURTHER + place) << 128 | gross << 64 | gross


def _section(
    head: Statement, inflation: int, restated: Sequence[Restated], further: Sequence[int]
) -> Mapping[str, object]:
    """What the document says of the correction."""
    return {
        "statement": "0x" + head.id.hex(),
        "inflation_basis_points": str(inflation),
        "restated": [
            {
                "lot": f"{one.key:#018x}",
                "facility": one.what.facility,
                "before_mg": str(one.before),
                "after_mg": str(one.after),
            }
            for one in restated
        ],
        "further": [
            {"lot": f"{word >> 144}:{word >> 128 & 0xFFFF}", "gross_mg": str(word & (2**64 - 1))}
            for word in further
        ],
    }
