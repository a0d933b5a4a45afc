"""Dictionaries, sets and lists whose contents lie in a table: read when asked for, written together, with what was before.

Handlers of events work on them as on Python's own.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    MutableMapping,
    MutableSequence,
    MutableSet,
)
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cet.ledger.store.rows import Rows
    from cet.ledger.store.shelves import Packed, Shelf

_GONE: Any = object()


class StoredMap(MutableMapping[Any, Any]):
    """A table as a dictionary. `changed` holds the keys written since the last `settle`, `journaled` with their rows before."""

    def __init__(self, shelf: Shelf, rows: Callable[[], Rows], most: int) -> None:
        """`most` values stay in memory between transactions."""
        self.shelf = shelf
        self._most = most
        self._rows = rows
        self._kept: dict[Any, Any] = {}
        self._places: dict[Any, int] = {}
        self._new: set[Any] = set()
        self.next_place = 0
        self._whole = False
        self.changed: dict[Any, Packed | None] = {}
        self.journaled = True

    def look(self) -> None:
        """Forgets what is in memory; nothing will be written."""
        self._kept.clear()
        self._places.clear()
        self._whole = False

    def open(self) -> None:
        """Forgets what is in memory, and looks whether there is anything at all."""
        self._kept.clear()
        self._places.clear()
        self.changed.clear()
        self._new.clear()
        connection, name = self._rows().connection, self.shelf.table.name
        what = "max(place)" if self.shelf.ordered else "count(*)"
        found = connection.exec_driver_sql(f"SELECT {what} FROM {name}").scalar()  # noqa: S608 - our table's name
        self.next_place = found + 1 if found is not None and self.shelf.ordered else 0
        self._whole = not found if not self.shelf.ordered else found is None

    def fetch(self, keys: Iterable[Any]) -> None:
        """Reads many at once."""
        if self._whole:
            return
        missing = [key for key in dict.fromkeys(keys) if key not in self._kept]
        self._read(missing)

    def __getitem__(self, key: Any) -> Any:
        value = self._value(key)
        if value is _GONE:
            raise KeyError(key)
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        value = self._value(key)
        return default if value is _GONE else value

    def __contains__(self, key: object) -> bool:
        return self._value(key) is not _GONE

    def __setitem__(self, key: Any, value: Any) -> None:
        self._note(key)
        if self.shelf.ordered and key not in self._places:
            self._places[key] = self.next_place
            self.next_place += 1
        self._kept[key] = value

    def __delitem__(self, key: Any) -> None:
        if self._value(key) is _GONE:
            raise KeyError(key)
        self._note(key)
        self._kept[key] = _GONE
        self._places.pop(key, None)

    def __iter__(self) -> Iterator[Any]:
        self._read_all()
        present = (key for key, value in self._kept.items() if value is not _GONE)
        return iter(sorted(present, key=self._places.__getitem__) if self.shelf.ordered else list(present))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def in_order(self, keys: Collection[Any]) -> list[Any]:
        """Those of the keys that are there, in the order they came in."""
        self.fetch(keys)
        return sorted((key for key in keys if self._value(key) is not _GONE), key=self._places.__getitem__)

    def keys_of(self, value: Any) -> list[Any]:
        """Keys with this value, or with this first column of it, where nothing is being written."""
        found = self._rows().where(
            self.shelf.table, self.shelf.columns[self.shelf.width], self.shelf.first(value)
        )
        return [self.shelf.key_of(row) for row in found]

    def values_once(self) -> list[Any]:
        """Every value, each once, where a value is one column and nothing is being written."""
        return [
            row[0] for row in self._rows().distinct(self.shelf.table, self.shelf.columns[self.shelf.width])
        ]

    def settle(self) -> tuple[list[Packed], list[Packed], list[Packed]]:
        """Rows to insert, which are known not to be there; rows to put; keys to remove."""
        insert: list[Packed] = []
        put: list[Packed] = []
        remove: list[Packed] = []
        for key in self.changed:
            value = self._kept[key]
            if value is not _GONE:
                (insert if key in self._new else put).append(self._row(key, value))
            elif key not in self._new:
                remove.append(self.shelf.key_row(key))
        return insert, put, remove

    def settled(self) -> None:
        """What changed is written: lets go of the oldest values where they are many."""
        self.changed.clear()
        self._new.clear()
        surplus = len(self._kept) - self._most
        if surplus > 0:
            for key in [key for key, _ in zip(self._kept, range(surplus + self._most // 4), strict=False)]:
                del self._kept[key]
                self._places.pop(key, None)
            self._whole = False

    def _row(self, key: Any, value: Any) -> Packed:
        row = (*self.shelf.key_row(key), *self.shelf.pack(value))
        return (*row, self._places[key]) if self.shelf.ordered else row

    def _note(self, key: Any) -> None:
        if key not in self.changed:
            known = self._kept.get(key)
            if known is _GONE or (known is None and self._whole):
                self._new.add(key)
            if not self.journaled and not self.shelf.ordered:
                self.changed[key] = None
                return
            before = self._value(key)
            self.changed[key] = None if before is _GONE or not self.journaled else self._row(key, before)

    def _value(self, key: Any) -> Any:
        found = self._kept.get(key)
        if found is None:
            if self._whole:
                return _GONE
            self._read([key])
            found = self._kept[key]
        return found

    def _read(self, keys: list[Any]) -> None:
        for key in keys:
            self._kept[key] = _GONE
        self._take(self._rows().find(self.shelf.table, [self.shelf.key_row(key) for key in keys]))

    def _read_all(self) -> None:
        if self._whole:
            return
        changed = {key: self._kept[key] for key in self.changed}
        places = {key: self._places[key] for key in changed if key in self._places}
        self._take(self._rows().all(self.shelf.table, "place" if self.shelf.ordered else "1"))
        self._kept.update(changed)
        self._places.update(places)
        self._whole = True

    def _take(self, rows: Iterable[Packed]) -> None:
        shelf = self.shelf
        width, last = shelf.width, -1 if shelf.ordered else None
        for row in rows:
            key = shelf.key_of(row)
            self._kept[key] = shelf.unpack(key, row[width:last])
            if last:
                self._places[key] = row[-1]


class StoredSet(MutableSet[Any]):
    """A table as a set."""

    def __init__(self, kept: StoredMap) -> None:
        self.kept = kept

    def __contains__(self, value: object) -> bool:
        return value in self.kept

    def __iter__(self) -> Iterator[Any]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)

    def add(self, value: Any) -> None:
        if value not in self.kept:
            self.kept[value] = True

    def discard(self, value: Any) -> None:
        if value in self.kept:
            del self.kept[value]


class StoredList(MutableSequence[Any]):
    """A table as a list that grows at its end."""

    def __init__(self, kept: StoredMap) -> None:
        self.kept = kept

    def __getitem__(self, place: Any) -> Any:
        return list(self.kept.values())[place]

    def __len__(self) -> int:
        return self.kept.next_place

    def append(self, value: Any) -> None:
        self.kept[self.kept.next_place] = value

    def insert(self, index: int, value: Any) -> None:
        raise NotImplementedError("what happened is added at the end")

    def __setitem__(self, place: Any, value: Any) -> None:
        raise NotImplementedError("what happened stays")

    def __delitem__(self, place: Any) -> None:
        raise NotImplementedError("what happened stays")
