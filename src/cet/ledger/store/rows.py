"""Writing and finding many rows at once, in the words of each database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cet.ledger.store.types import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table

    from cet.ledger.store.shelves import Packed

_COPY_FROM = 200
_AT_ONCE = 20_000

# ruff: noqa: S608 - SQL is put together from the names of our own tables


class Rows:
    """Rows of one transaction as tuples in the order of a table's columns, values as the driver takes them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._postgres = connection.dialect.name == "postgresql"

    def put(self, table: Table, rows: Sequence[Packed]) -> None:
        """Inserts, or replaces what has the same primary key."""
        if not rows:
            return
        if self._postgres and len(rows) >= _COPY_FROM:
            self._copy(table, rows)
            return
        names = [column.name for column in table.columns]
        marks = ", ".join([self._mark] * len(names))
        statement = f"INSERT INTO {table.name} ({_list(names)}) VALUES ({marks}) {_conflict(table)}"
        self.connection.exec_driver_sql(statement, list(rows))

    def insert(self, table: Table, rows: Sequence[Packed]) -> None:
        """Inserts rows that are not there: where they are many, PostgreSQL takes them without looking."""
        if self._postgres and len(rows) >= _COPY_FROM:
            self._stream(table.name, table, rows)
        else:
            self.put(table, rows)

    def add(self, table: Table, names: Sequence[str], rows: Sequence[Packed]) -> None:
        """Inserts values of the columns named; the database fills in the others."""
        if rows:
            marks = ", ".join([self._mark] * len(names))
            self.connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({_list(names)}) VALUES ({marks})", list(rows)
            )

    def find(self, table: Table, keys: Sequence[Packed]) -> Iterable[Packed]:
        """The rows with these keys, of one column each or of several, in any order."""
        names = [column.name for column in table.primary_key.columns]
        if len(names) > 1:
            condition = " AND ".join(f"{_quoted(name)} = {self._mark}" for name in names)
            statement = f"SELECT * FROM {table.name} WHERE {condition}"
            for key in keys:
                yield from self._rows(statement, key)
            return
        for start in range(0, len(keys), _AT_ONCE):
            yield from self._among(table, names[0], [key[0] for key in keys[start : start + _AT_ONCE]])

    def where(self, table: Table, name: str, value: Any) -> Iterable[Packed]:
        """The rows with this value in a column."""
        return self._rows(f"SELECT * FROM {table.name} WHERE {_quoted(name)} = {self._mark}", (value,))

    def distinct(self, table: Table, name: str) -> Iterable[Packed]:
        """The values of a column, each once."""
        return self._rows(f"SELECT DISTINCT {_quoted(name)} FROM {table.name}", ())

    def all(self, table: Table, order: str) -> Iterable[Packed]:
        return self._rows(f"SELECT * FROM {table.name} ORDER BY {order}", ())

    def ask(self, statement: str) -> Iterable[Packed]:
        """The rows of a query of ours."""
        return self._rows(statement, ())

    def matching(self, statement: str, keys: Sequence[int]) -> Iterable[Packed]:
        """The rows of a query of ours that ends with a column of whole numbers, where it is one of the keys."""
        for start in range(0, len(keys), _AT_ONCE):
            yield from self._rows(statement + self._is_one_of, (self._given(keys[start : start + _AT_ONCE]),))

    def change(self, statement: str, keys: Sequence[int]) -> None:
        """The same of a statement that changes rows."""
        for start in range(0, len(keys), _AT_ONCE):
            given = self._given(keys[start : start + _AT_ONCE])
            self.connection.exec_driver_sql(statement + self._is_one_of, (given,))

    def whole(self, number: int) -> Any:
        """A whole number of any length as the driver takes it."""
        return number if self._postgres else whole(number)

    def remove(self, table: Table, keys: Sequence[Packed]) -> None:
        """Deletes by primary key, or by as many of its columns as a key has."""
        if not keys:
            return
        names = [column.name for column in table.primary_key.columns][: len(keys[0])]
        if len(names) == 1 and all(isinstance(key[0], int) for key in keys):
            self.change(f"DELETE FROM {table.name} WHERE {_quoted(names[0])}", [key[0] for key in keys])
        else:
            condition = " AND ".join(f"{_quoted(name)} = {self._mark}" for name in names)
            self.connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {condition}", list(keys))

    @property
    def _mark(self) -> str:
        return "%s" if self._postgres else "?"

    @property
    def _is_one_of(self) -> str:
        return " = ANY(%s)" if self._postgres else " IN (SELECT value FROM json_each(?))"

    def _given(self, keys: Sequence[int]) -> Any:
        return list(keys) if self._postgres else json.dumps(keys)

    def _rows(self, statement: str, parameters: Packed) -> Iterable[Packed]:
        return (tuple(row) for row in self.connection.exec_driver_sql(statement, parameters))

    def _among(self, table: Table, name: str, keys: list[Any]) -> Iterable[Packed]:
        if len(keys) == 1 or not all(isinstance(key, int) for key in keys):
            for key in keys:
                yield from self._rows(
                    f"SELECT * FROM {table.name} WHERE {_quoted(name)} = {self._mark}", (key,)
                )
        else:
            yield from self.matching(f"SELECT * FROM {table.name} WHERE {_quoted(name)}", keys)

    def _copy(self, table: Table, rows: Sequence[Packed]) -> None:
        """PostgreSQL takes a stream ten times as fast as single inserts."""
        loading = f"loading_{table.name}"
        run = self.connection.exec_driver_sql
        run(f"CREATE TEMP TABLE IF NOT EXISTS {loading} (LIKE {table.name}) ON COMMIT DROP")
        self._stream(loading, table, rows)
        run(f"INSERT INTO {table.name} SELECT * FROM {loading} {_conflict(table)}")
        run(f"TRUNCATE {loading}")

    def _stream(self, into: str, table: Table, rows: Sequence[Packed]) -> None:
        names = _list([column.name for column in table.columns])
        cursor = self.connection.connection.cursor()
        with cursor.copy(f"COPY {into} ({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)


def _conflict(table: Table) -> str:
    keys = [column.name for column in table.primary_key.columns]
    others = [column.name for column in table.columns if not column.primary_key]
    if not others:
        return f"ON CONFLICT ({_list(keys)}) DO NOTHING"
    changes = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in others)
    return f"ON CONFLICT ({_list(keys)}) DO UPDATE SET {changes}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _list(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)
