"""What a package gives, recomputed from its rows with the oracle's own factors, and kept so that nothing is computed twice."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from cet.errors import StatementError
from cet.inventory.claims import compare_claim
from cet.inventory.package import open_folder
from cet.oracle.service.errors import NoSuchRequest
from cet.oracle.service.tables import packages, recomputations, stated
from cet.oracle.service.unpacking import unpack
from cet.oracle.steps import Step, steps_of
from cet.quantities import exact_text
from cet.statement import InstrumentUse, Statement
from cet.statement.hashing import keccak256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from cet.inventory import Inventory, Line, Lot, LotKey
    from cet.oracle.oracle import Oracle
    from cet.oracle.service.states import Request
    from cet.statement import StatementDraft


_USE = re.compile(r"0x[0-9a-fA-F]{1,40}:[0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The statement a package gives, the steps that bring it to the ledger, and a summary."""

    statement: Statement
    steps: tuple[Step, ...]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A package as it was handed in."""

    digest: str
    kind: str
    content: bytes


def package_of(connection: Connection, digest: str) -> Kept:
    """Raises NoSuchRequest if it is not there."""
    row = connection.execute(select(packages).where(packages.c.digest == digest)).mappings().one_or_none()
    if row is None:
        raise NoSuchRequest(f"no package {digest}", "hand it in")
    return Kept(row["digest"], row["kind"], row["content"])


def keep_package(connection: Connection, package: Kept, now: int) -> None:
    """Stores a package, once."""
    known = select(packages.c.digest).where(packages.c.digest == package.digest)
    if connection.execute(known).first() is None:
        values = {"digest": package.digest, "kind": package.kind, "content": package.content, "created": now}
        connection.execute(insert(packages).values(values))


def draft_of(
    oracle: Oracle, request: Request, package: Kept, corrected: Mapping[bytes, Kept]
) -> StatementDraft:
    """The statement of a package as it stands in the database. Raises what `Oracle.recompute` raises, BadUpload, TooLarge.

    `corrected` are the packages of earlier statements, for a correction.
    """
    with on_disk(package, corrected) as (path, earlier):
        uses = read_uses(request.instruments)
        if not request.corrects:
            return oracle.recompute(path, request.participant, request.verifier, uses)
        return oracle.recompute_correction(
            path, earlier, request.participant, request.verifier, request.inflation, uses
        )


def read_uses(text: str) -> tuple[InstrumentUse, ...]:
    """Uses of instruments, `0x…:number` each, separated by spaces. Raises StatementError."""
    uses = []
    for one in text.split():
        instrument, _, number = one.partition(":")
        if not _USE.fullmatch(one):
            raise StatementError(
                f"{one[:80]!r} names no use", "write 0x and the registry's address, colon, number"
            )
        uses.append(InstrumentUse(instrument, int(number)))
    return tuple(uses)


def place_of(package: Kept) -> tuple[str, int, int] | None:
    """For which entity (its digest as hex) and period (days since 1970) a package states; None where it does not say."""
    with on_disk(package, {}) as (path, _):
        settings = open_folder(path).settings
    if settings is None or settings.header is None:
        return None
    header = settings.header
    return keccak256(header.entity.encode()).hex(), header.period.first_day, header.period.last_day


@contextmanager
def on_disk(package: Kept, corrected: Mapping[bytes, Kept]) -> Iterator[tuple[Path, Mapping[bytes, Path]]]:
    """The package, and earlier ones by statement, on disk for as long as the context lasts. Raises BadUpload, TooLarge."""
    with tempfile.TemporaryDirectory(prefix="cet-package-") as scratch:
        earlier = {
            statement: unpack(kept.content, kept.kind, _folder(scratch, statement.hex()))
            for statement, kept in corrected.items()
        }
        yield unpack(package.content, package.kind, _folder(scratch, "package")), earlier


def _folder(scratch: str, name: str) -> Path:
    folder = Path(scratch) / name
    folder.mkdir()
    return folder


def recomputed(draft: StatementDraft) -> Recomputed:
    """What is kept of a draft."""
    inventory = draft.inventory
    header = inventory.package.settings.header
    summary = {
        "organisation": header.organisation,
        "entity": header.entity,
        "period": [header.period.start.isoformat(), header.period.end.isoformat()],
        "line_count": inventory.line_count,
        "reported_mg": [str(mass) for mass in inventory.reported],
        "lots": [_lot(lot) for lot in inventory.lots],
        "notices": [notice.text for notice in inventory.notices],
        "claims_that_differ": len(inventory.claims),
    }
    return Recomputed(draft.statement, steps_of(draft), summary)


def lines_of(inventory: Inventory) -> tuple[Mapping[str, Any], ...]:
    """Every line's figures, as they are kept and compared."""
    return tuple(_line(line, inventory.lot_of) for line in inventory.lines)


def keep(connection: Connection, request: str, found: Recomputed, lines: Sequence[Mapping[str, Any]]) -> None:
    """Stores what a package gives, in place of what was stored."""
    said = found.statement
    connection.execute(delete(stated).where(stated.c.request == request))
    connection.execute(
        insert(stated).values(
            request=request,
            entity=said.entity.hex(),
            period_start=said.period_start,
            period_end=said.period_end,
        )
    )
    connection.execute(delete(recomputations).where(recomputations.c.request == request))
    connection.execute(
        insert(recomputations).values(
            request=request,
            statement=statement_text(found.statement),
            steps=json.dumps(
                [[step.kind, step.index, [hex(word) for word in step.words]] for step in found.steps]
            ),
            summary=json.dumps(found.summary),
            lines=packed(list(lines)),
        )
    )


def kept(connection: Connection, request: str) -> Recomputed:
    """What was stored, without the lines. Raises NoSuchRequest while nothing is."""
    columns = [one for one in recomputations.c if one is not recomputations.c.lines]
    row = (
        connection.execute(select(*columns).where(recomputations.c.request == request))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise _not_recomputed(request)
    steps = tuple(
        Step(kind, index, tuple(int(word, 16) for word in words))
        for kind, index, words in json.loads(row["steps"])
    )
    return Recomputed(read_statement(row["statement"]), steps, json.loads(row["summary"]))


def kept_lines(connection: Connection, request: str) -> Sequence[Mapping[str, Any]]:
    """Every line's figures, as stored. Raises NoSuchRequest while nothing is."""
    stored = select(recomputations.c.lines).where(recomputations.c.request == request)
    data = connection.execute(stored).scalar_one_or_none()
    if data is None:
        raise _not_recomputed(request)
    found: Sequence[Mapping[str, Any]] = unpacked_json(data)
    return found


def _not_recomputed(request: str) -> NoSuchRequest:
    return NoSuchRequest(f"request {request} is not recomputed", "ask again once it is")


def statement_text(statement: Statement) -> str:
    """A statement as JSON; bytes as hex, masses as text."""
    return json.dumps({name: _plain(value) for name, value in statement.model_dump().items()})


def read_statement(text: str) -> Statement:
    """Raises ValueError, KeyError or TypeError for what is no statement."""
    values = json.loads(text)
    return Statement(**{name: _back(name, value) for name, value in values.items()})


_BYTES = ("entity", "lines_root", "document", "supersedes")
_BYTES_LISTS = ("lot_chunks", "restated_chunks", "instrument_chunks")
_MASSES = ("reported", "gas_masses")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple):
        return [_plain(one) if isinstance(one, bytes) else str(one) for one in value]
    return value


def _back(name: str, value: Any) -> Any:
    if name in _BYTES:
        return _bytes(value)
    if name in _BYTES_LISTS:
        return tuple(_bytes(one) for one in value)
    if name in _MASSES:
        return tuple(int(one) for one in value)
    return value


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def packed(value: Any) -> bytes:
    """JSON, gzipped; the same bytes for the same value."""
    return gzip.compress(json.dumps(value, separators=(",", ":")).encode(), compresslevel=1, mtime=0)


def unpacked_json(data: bytes) -> Any:
    """What `packed` packed."""
    return json.loads(gzip.decompress(data))


def _lot(lot: Lot) -> dict[str, Any]:
    key = lot.key
    return {
        "lot": lot.name,
        "facility": key.facility,
        "kind": str(lot.code),
        "basis": str(lot.basis),
        "basis_unit": lot.code.unit.name.lower(),
        "gross_mg": str(lot.gross),
        "lines": lot.lines,
    }


def _line(line: Line, lots: Mapping[LotKey, Lot]) -> dict[str, Any]:
    row, shape = line.row, line.row.shape
    claim = compare_claim(row, line.shape) if row.claimed else None
    return {
        "line": line.id,
        "facility": shape.facility,
        "scope": shape.scope,
        "category": shape.category,
        "source": row.source,
        "quantity": row.quantity.text,
        "unit": shape.unit,
        "factor": shape.factor,
        "results": [
            {"lot": lots[key].name if key in lots else "", "mg": exact_text(mg)}
            for key, mg in line.emissions()
        ],
        "claimed_t": claim.claimed if claim else "",
        "recomputed_t": claim.recomputed if claim else "",
        "claim_differs": bool(claim and claim.differs),
    }


def same_mass(left: str, right: str) -> bool:
    """Whether two exact masses are the same number. Raises ValueError, ZeroDivisionError for what is no number."""
    return Fraction(left) == Fraction(right)
