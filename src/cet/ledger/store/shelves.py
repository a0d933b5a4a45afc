"""Which field of the books lies in which table, and how a value becomes a row and back.

A contract's events are read by handlers that know nothing of databases; here stands where what they write is kept. For another
contract add its fields to `Books` and `State`, its handlers to the mirror, and a line for each field here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

from cet.ledger.mirror.state import Lot
from cet.ledger.store.encoding import of_signed, of_text, to_signed, to_text
from cet.ledger.store.types import Whole, Word, whole
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

METADATA = MetaData()
PREFIX = "ledger_"

Packed = tuple[Any, ...]


@dataclass(frozen=True)
class Shelf:
    """A field of the books and its table. The first `width` columns are the key; `extras` are columns to search by.

    Where `ordered`, a last column keeps in which order keys came. `pack` and `unpack` are of the value alone.
    """

    field: str
    table: Table
    width: int
    pack: Callable[[Any], Packed]
    unpack: Callable[[Any, Packed], Any]
    ordered: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.columns)

    @cached_property
    def _readers(self) -> tuple[Callable[[Any], Any], ...]:
        return tuple(
            _READERS.get(type(column.type), _as_is) for column in list(self.table.columns)[: self.width]
        )

    @cached_property
    def _writers(self) -> tuple[Callable[[Any], Any], ...]:
        return tuple(
            _WRITERS.get(type(column.type), _as_is) for column in list(self.table.columns)[: self.width]
        )

    def key_row(self, key: Any) -> Packed:
        """The key's columns, as the driver takes them."""
        if self.width == 1:
            return (self._writers[0](key),)
        return tuple(write(part) for write, part in zip(self._writers, key, strict=True))

    def first(self, value: Any) -> Any:
        """A value of the first column after the key, as the driver takes it."""
        return _WRITERS.get(type(self.table.columns[self.columns[self.width]].type), _as_is)(value)

    def key_of(self, row: Packed) -> Any:
        if self.width == 1:
            return self._readers[0](row[0])
        return tuple(read(part) for read, part in zip(self._readers, row, strict=False))


def _as_is(value: Any) -> Any:
    return value


_WRITERS: Mapping[Any, Callable[[Any], Any]] = {Word: to_signed, Whole: whole}
_READERS: Mapping[Any, Callable[[Any], Any]] = {Word: of_signed, Whole: int, LargeBinary: bytes}


def _table(name: str, *columns: Any) -> Table:
    return Table(PREFIX + name, METADATA, *columns)


def _keys(**columns: Any) -> list[Column[Any]]:
    return [Column(name, kind, primary_key=True, autoincrement=False) for name, kind in columns.items()]


def _number(field: str, value: str, kind: Any = Whole, **keys: Any) -> Shelf:
    """A whole number for each key."""
    table = _table(field, *_keys(**keys), Column(value, kind, nullable=False))
    if kind is Word:
        return Shelf(field, table, len(keys), lambda one: (to_signed(one),), lambda _, row: of_signed(row[0]))
    return Shelf(field, table, len(keys), lambda one: (whole(one),), lambda _, row: int(row[0]))


def _text(field: str, value: str, **keys: Any) -> Shelf:
    table = _table(field, *_keys(**keys), Column(value, Text, nullable=False))
    return Shelf(field, table, len(keys), lambda one: (one,), lambda _, row: row[0])


def _set(field: str, **keys: Any) -> Shelf:
    return Shelf(field, _table(field, *_keys(**keys)), len(keys), lambda _: (), lambda _, __: True)


def _body(
    field: str, extras: Mapping[str, tuple[Any, Callable[[Any], Any]]] | None = None, **keys: Any
) -> Shelf:
    """Anything else: the whole value as text, and beside it columns to search by."""
    named = dict(extras or {})
    more = [Column(name, kind) for name, (kind, _) in named.items()]
    table = _table(
        field,
        *_keys(**keys),
        *more,
        Column("body", Text, nullable=False),
        Column("place", BigInteger, nullable=False),
    )
    takes = tuple((take, _WRITERS.get(kind, _as_is)) for kind, take in named.values())

    def pack(value: Any) -> Packed:
        return (*(write(take(value)) for take, write in takes), to_text(value))

    return Shelf(field, table, len(keys), pack, lambda _, row: of_text(row[-1]), ordered=True)


LOTS = _table(
    "lots",
    *_keys(lot=Word),
    Column("code", Integer, nullable=False),
    Column("scope", Integer, nullable=False),
    Column("category", Integer, nullable=False),
    Column("method", Integer, nullable=False),
    Column("basis", Word, nullable=False),
    Column("minted", Word),
    Column("statement", BigInteger, nullable=False),
    Column("consumed_from", Integer),
    Column("consumed_to", Integer),
    Column("activity", LargeBinary, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("edges", LargeBinary, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("tx", String(66), nullable=False),
    Column("place", BigInteger, nullable=False),
)
Index("ledger_lots_by_block", LOTS.c.block)
Index("ledger_lots_by_place", LOTS.c.place)


def _pack_lot(lot: Lot) -> Packed:
    code = lot.code
    first, last = lot.consumed or (None, None)
    return (
        code.encode(),
        int(code.scope),
        code.category,
        int(code.method),
        to_signed(lot.basis),
        None if lot.minted is None else to_signed(lot.minted),
        lot.statement,
        first,
        last,
        lot.activity,
        lot.depth,
        struct.pack(f"<{2 * len(lot.edges)}Q", *chain.from_iterable(lot.edges)),
        lot.block,
        lot.transaction,
    )


def _unpack_lot(key: int, row: Packed) -> Lot:
    code, _, _, _, basis, minted, statement, first, last, activity, depth, edges, block, transaction = row
    words = struct.unpack(f"<{len(edges) // 8}Q", edges)
    return Lot(
        key=key,
        code=LotCode.decode(code),
        basis=of_signed(basis),
        minted=None if minted is None else of_signed(minted),
        edges=tuple(zip(words[::2], words[1::2], strict=True)),
        statement=statement,
        block=block,
        transaction=transaction,
        consumed=None if first is None else (first, last),
        activity=bytes(activity),
        depth=depth,
    )


EDGES = _table(
    "edges",
    *_keys(child=Word, ordinal=Integer),
    Column("parent", Word, nullable=False),
    Column("units", Word, nullable=False),
)
Index("ledger_edges_by_parent", EDGES.c.parent)
"""What stands in the lots as bytes, for those who ask in SQL."""

_ADDRESS, _HASH = String(42), LargeBinary
_HOLDERS = _text("holders", "holder", lot=Word)
Index("ledger_holders_by_holder", _HOLDERS.table.c.holder)

_REFERENCES = _number("references", "referred", Word, lot=Word)
Index("ledger_references_by_lot", _REFERENCES.table.c.referred)
_DISPLACEMENTS = _table(
    "displacements",
    *_keys(lot=Word),
    Column("estimate", Word, nullable=False),
    Column("units", Word, nullable=False),
)
Index("ledger_displacements_by_estimate", _DISPLACEMENTS.c.estimate)

SHELVES: tuple[Shelf, ...] = (
    Shelf("lots", LOTS, 1, _pack_lot, _unpack_lot, ordered=True),
    _HOLDERS,
    _number("allocated", "units", lot=Word),
    _number("displaced", "units", lot=Word),
    _number("frozen", "units", lot=Word),
    _number("announced", "net", lot=Word),
    _number("offsets", "mg", Word, lot=Word),
    Shelf(
        "displacements",
        _DISPLACEMENTS,
        1,
        lambda pair: tuple(map(to_signed, pair)),
        lambda _, row: tuple(map(of_signed, row)),
    ),
    _body("anchors", lot=Word, root=_HASH),
    _number("reserved", "units", lot=Word),
    _body("corrections", lot=Word),
    _set("cancelled", lot=Word),
    _REFERENCES,
    _body("restatements", {"gross": (Word, lambda told: told[-1].after)}, lot=Word),
    _number("successors", "until", lot=Word, successor=_ADDRESS),
    _body(
        "opt_ins", {"until": (Whole, lambda told: told.terms.until)}, dependent=_ADDRESS, supplier=_ADDRESS
    ),
    _body(
        "received",
        {"dependent": (_ADDRESS, lambda told: told[0]), "supplier": (_ADDRESS, lambda told: told[1])},
        lot=Word,
    ),
    _text("hooks", "hook", participant=_ADDRESS),
    _set("untold", lot=Word),
    _body(
        "batches",
        {"status": (Integer, lambda one: int(one.status)), "issued": (Whole, lambda one: one.issued)},
        batch=Word,
    ),
    _number("applied", "mg", batch=Word, lot=Word),
    _number("voided", "mg", lot=Word),
    _body(
        "applications",
        {"batch": (Word, lambda one: one.batch), "lot": (Word, lambda one: one.lot)},
        number=BigInteger,
    ),
    _number("holdings", "mg", batch=Word, holder=_ADDRESS),
    _number("frozen_credits", "mg", batch=Word, holder=_ADDRESS),
    _body(
        "retirements",
        {"batch": (Word, lambda one: one.batch), "holder": (_ADDRESS, lambda one: one.holder)},
        certificate=_HASH,
    ),
    _body("programs", program=_HASH),
    _body("certificate_batches", {"status": (Integer, lambda one: int(one.status))}, batch=Word),
    _number("certificates", "wh", batch=Word, holder=_ADDRESS),
    _number("frozen_certificates", "wh", batch=Word, holder=_ADDRESS),
    _body(
        "cancellations",
        {"batch": (Word, lambda one: one.batch), "holder": (_ADDRESS, lambda one: one.holder)},
        number=Whole,
    ),
    _body("systems", system=_HASH),
    _body("certificated", lot=Word),
    _set("marked", lot=Word),
    _body("covers", lot=Word),
    _number("counted", "units", Word, lot=Word),
    _body("escrows", {"holder": (_ADDRESS, lambda one: one.holder)}, escrow=_HASH),
    _body("organisations", organisation=_ADDRESS),
    _number("partners", "since", organisation=_ADDRESS, partner=_ADDRESS),
    _number("own_activity", "shown", organisation=_ADDRESS, mode=Integer, unit=Integer, year=Integer),
    _number("own_used", "used", organisation=_ADDRESS, mode=Integer, unit=Integer, year=Integer),
    _body("solutions", {"holder": (_ADDRESS, lambda one: one.by)}, record=Whole),
    _body("provisions", {"holder": (_ADDRESS, lambda one: one.by)}, record=Whole),
    _body(
        "profile_claims",
        {"holder": (_ADDRESS, lambda one: one.by), "solution": (Whole, lambda one: one.claim.solution)},
        record=Whole,
    ),
    _body(
        "lets",
        {"holder": (_ADDRESS, lambda one: one.by), "parent": (Whole, lambda one: one.parent)},
        record=Whole,
    ),
    _body(
        "service_claims",
        {"holder": (_ADDRESS, lambda one: one.by), "lets": (Whole, lambda one: one.use.lets)},
        record=Whole,
    ),
    _body("claim_anchors", lets=Whole, root=_HASH),
    _body(
        "statements",
        {
            "id": (_HASH, lambda one: one.id),
            "participant": (_ADDRESS, lambda one: one.statement.participant),
            "verifier": (_ADDRESS, lambda one: one.statement.verifier),
            "period_start": (Integer, lambda one: one.statement.period_start),
            "period_end": (Integer, lambda one: one.statement.period_end),
        },
        statement=BigInteger,
    ),
    _number("numbers", "statement", id=_HASH),
    _number("superseded", "successor", statement=BigInteger),
    _number("restated_chunks", "chunks", statement=BigInteger),
    _text("withdrawn", "reason", statement=BigInteger),
    _set("instruments", instrument=_ADDRESS),
    _body("consumed", statement=BigInteger),
    _number("consumed_chunks", "chunks", statement=BigInteger),
    _body("voided_uses", statement=BigInteger),
    _text("participants", "name", participant=_ADDRESS),
    _set("suspended", participant=_ADDRESS),
    _body("entities", {"participant": (_ADDRESS, lambda one: one[1])}, entity=_HASH),
    _body("verifiers", verifier=_ADDRESS),
    _set("oracles", oracle=_ADDRESS),
    _number("scalars", "value", name=String(64)),
)
"""Every field of the books, once; `scalars` holds those that are a single number."""

TABLES: Mapping[str, Table] = {shelf.field: shelf.table for shelf in SHELVES}
