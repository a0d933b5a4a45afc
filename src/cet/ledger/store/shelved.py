"""The books as they lie in the store: the same fields, backed by tables, and written together with what was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger.mirror.books import Books
from cet.ledger.store.encoding import of_text, to_text
from cet.ledger.store.maps import StoredList, StoredMap, StoredSet
from cet.ledger.store.memory import Memory
from cet.ledger.store.shelves import EDGES, LOTS, SHELVES
from cet.ledger.store.tables import JOURNAL, RECHECK, STIRRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cet.ledger.store.rows import Rows
    from cet.ledger.store.shelves import Packed, Shelf

_ENOUGH = Memory()
_SETS = frozenset({"cancelled", "marked", "untold", "instruments", "suspended", "oracles"})
_LISTS = frozenset({"applications"})
_SCALARS = {"closed": 0, "attestations_required": 1, "book_closed": 0}
_STIRRING = frozenset({"lots", "offsets", "restatements"})
_ANNOUNCED = "announced"
_OF_LOTS = ("lots", "holders", "allocated", "untold", "announced", "offsets")

_BY_FIELD: dict[str, Shelf] = {shelf.field: shelf for shelf in SHELVES}


class Shelved:
    """`books` is for the handlers of events; everything else is how their changes get into the database and out again."""

    def __init__(self, rows: Callable[[], Rows], memory: Memory = _ENOUGH) -> None:
        self._rows = rows
        self._maps = {shelf.field: StoredMap(shelf, rows, memory.kept) for shelf in SHELVES}
        fields: dict[str, Any] = {
            name: StoredSet(kept) if name in _SETS else StoredList(kept) if name in _LISTS else kept
            for name, kept in self._maps.items()
            if name != "scalars"
        }
        self.books = Books(**fields)

    def open(self) -> None:
        """Forgets what is in memory: somebody else may have written, or a transaction was rolled back."""
        for kept in self._maps.values():
            kept.open()
        for name, default in _SCALARS.items():
            setattr(self.books, name, self._maps["scalars"].get(name, default))

    def look(self) -> None:
        """The same for who only reads: nothing is counted."""
        for kept in self._maps.values():
            kept.look()
        for name, default in _SCALARS.items():
            setattr(self.books, name, self._maps["scalars"].get(name, default))

    def begin(self, *, journaled: bool) -> None:
        """Whether rows are to be kept as they were before what comes now."""
        for kept in self._maps.values():
            kept.journaled = journaled

    def fetch_lots(self, keys: Iterable[int]) -> None:
        """Reads what handlers ask of lots, many at once."""
        wanted = list(dict.fromkeys(keys))
        for name in _OF_LOTS:
            self._maps[name].fetch(wanted)

    def write(self, journal_at: int | None) -> None:
        """Writes what changed; with a journal of what was before, if the block may still be rolled back."""
        rows = self._rows()
        scalars = self._maps["scalars"]
        for name, default in _SCALARS.items():
            value = getattr(self.books, name)
            if value != scalars.get(name, default):
                scalars[name] = value
        stirred: set[Packed] = set()
        for name, kept in self._maps.items():
            if not kept.changed:
                continue
            insert, put, remove = kept.settle()
            put_rows(rows, kept.shelf, insert, new=True)
            put_rows(rows, kept.shelf, put)
            remove_rows(rows, kept.shelf, remove)
            if name in _STIRRING:
                stirred |= {kept.shelf.key_row(key)[:1] for key in kept.changed}
            if name == _ANNOUNCED:
                rows.put(RECHECK, [kept.shelf.key_row(key) for key in kept.changed])
            if journal_at is not None:
                rows.add(JOURNAL, ("block", "field", "key", "row"), _journal(journal_at, kept))
        rows.put(STIRRED, list(stirred))

    def settled(self) -> None:
        """The transaction is done."""
        for kept in self._maps.values():
            kept.settled()


def undo(rows: Rows, entries: Sequence[tuple[str, str, str | None]]) -> None:
    """Puts rows back as they were: (field, key, row), the newest first."""
    stirred: set[Packed] = set()
    announced: set[Packed] = set()
    for field, key_text, row_text in entries:
        shelf, key = _BY_FIELD[field], of_text(key_text)
        if row_text is None:
            remove_rows(rows, shelf, [key])
        else:
            put_rows(rows, shelf, [of_text(row_text)])
        if field in _STIRRING:
            stirred.add(key[:1])
        if field == _ANNOUNCED:
            announced.add(key)
    rows.put(STIRRED, list(stirred))
    rows.put(RECHECK, list(announced))


def put_rows(rows: Rows, shelf: Shelf, put: list[Packed], *, new: bool = False) -> None:
    """Rows of a shelf; a lot's edges beside it. `new` are known not to be there."""
    write = rows.insert if new else rows.put
    write(shelf.table, put)
    if shelf.table is LOTS and put:
        at = shelf.columns.index("edges")
        write(EDGES, [edge for row in put for edge in _edges(row[0], row[at])])


def remove_rows(rows: Rows, shelf: Shelf, keys: list[Packed]) -> None:
    rows.remove(shelf.table, keys)
    if shelf.table is LOTS:
        rows.remove(EDGES, keys)


def _edges(child: int, packed: bytes) -> Iterable[Packed]:
    words = memoryview(packed).cast("B")
    for number in range(len(words) // 16):
        start = 16 * number
        parent = int.from_bytes(words[start : start + 8], "little", signed=True)
        yield child, number, parent, int.from_bytes(words[start + 8 : start + 16], "little", signed=True)


def _journal(block: int, kept: StoredMap) -> list[Packed]:
    shelf = kept.shelf
    return [
        (block, shelf.field, to_text(shelf.key_row(key)), None if row is None else to_text(row))
        for key, row in kept.changed.items()
    ]
