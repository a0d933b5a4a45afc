"""Column types: words of 64 bits, and whole numbers of any length, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Numeric, TypeDecorator
from sqlalchemy.types import UserDefinedType

from cet.ledger.store.encoding import of_signed, to_signed

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

_MOST_SQLITE = 2**63 - 1


class Word(TypeDecorator[int]):
    """64 bits in a BIGINT. As a signed number: from 2^63 on it is negative in SQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else to_signed(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else of_signed(value)


class _AsWritten(UserDefinedType[Any]):
    """No affinity: SQLite would make a float of a number of more than 64 bits."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "BLOB"


class Whole(TypeDecorator[int]):
    """A whole number of any length: NUMERIC in PostgreSQL; in SQLite INTEGER, and text from 2^63 on."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_AsWritten() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | str | None:
        return None if value is None else whole(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else int(value)


def whole(value: int) -> int | str:
    """A whole number as SQLite keeps it."""
    return value if -_MOST_SQLITE <= value <= _MOST_SQLITE else str(value)
