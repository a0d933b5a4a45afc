"""The whole database as one zip of JSON lines, from SQLite or PostgreSQL to either.

A backup is one snapshot: no transaction is half in it. Restored, the service goes on where the backup was: what it sent since is
found on the ledger, so nothing is minted twice; what was handed in since must be handed in again, which is safe.
"""

from __future__ import annotations

import base64
import json
import zipfile
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, delete, func, insert, select

from cet.oracle.service import audit
from cet.oracle.service.errors import DatabaseError
from cet.oracle.service.tables import METADATA, audit_head, requests

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from cet.oracle.service.database import Database

_ABOUT = "backup.json"
_BATCH = 500


def back_up(database: Database, file: Path) -> dict[str, Any]:
    """Writes a backup whole or not at all; its rows by table, its schema and the audit log's last hash."""
    database.require_schema()
    partial = file.with_suffix(file.suffix + ".part")
    file.parent.mkdir(parents=True, exist_ok=True)
    with database.read() as connection, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        entries, last = audit.verify(connection)
        rows = {table.name: _write(connection, archive, table) for table in METADATA.sorted_tables}
        about = {"schema": database.newest, "rows": rows, "audit_entries": entries, "audit_hash": last}
        archive.writestr(_ABOUT, json.dumps(about, indent=2))
    partial.replace(file)
    return about


def restore(database: Database, file: Path) -> dict[str, Any]:
    """Fills an empty database. Raises DatabaseError if it is not empty, or the backup is none, of another schema or damaged."""
    database.migrate()
    try:
        with zipfile.ZipFile(file) as archive, database.write() as connection:
            about: dict[str, Any] = json.loads(archive.read(_ABOUT))
            if about["schema"] != database.newest:
                raise DatabaseError(
                    f"a backup of schema {about['schema']}",
                    f"restore it with the version that has {database.newest}",
                )
            if connection.execute(select(func.count()).select_from(requests)).scalar_one():
                raise DatabaseError("the database is not empty", "restore into a new one")
            connection.execute(delete(audit_head))
            for table in METADATA.sorted_tables:
                _read(connection, archive, table)
            if audit.verify(connection) != (about["audit_entries"], about["audit_hash"]):
                raise DatabaseError("the backup's audit log is not the one it says", "take another backup")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DatabaseError(f"{file} is no backup ({error})", "name a file that `backup` wrote") from error
    return about


def _write(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    count = 0
    order = list(table.primary_key.columns)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as sink:
        for row in connection.execute(select(table).order_by(*order)).mappings():
            plain = {
                name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
                for name, value in row.items()
            }
            sink.write(json.dumps(plain).encode() + b"\n")
            count += 1
    return count


def _read(connection: Connection, archive: zipfile.ZipFile, table: Table) -> None:
    binary = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
    rows: list[dict[str, Any]] = []
    with archive.open(f"{table.name}.jsonl") as source:
        for line in source:
            row = json.loads(line)
            rows.append(
                {
                    name: base64.b64decode(v) if name in binary and v is not None else v
                    for name, v in row.items()
                }
            )
            if len(rows) >= _BATCH:
                connection.execute(insert(table), rows)
                rows = []
    if rows:
        connection.execute(insert(table), rows)
