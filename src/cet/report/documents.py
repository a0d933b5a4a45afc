"""Where the packages behind statements are kept, and whether one gives the statement on the chain.

A documents folder holds, for a statement, either `<0x statement id>/`, a copy of the inventory package, or
`<0x statement id>.json` with {"package": "path"}, absolute or relative to the documents folder; whatever else the file
says is for people.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from cet.errors import ExplainedError, PackageError, StatementError
from cet.inventory import read_package
from cet.statement import build

if TYPE_CHECKING:
    from cet.ledger.mirror import RecordedStatement
    from cet.statement import Statement, StatementDraft


_STATEMENT = re.compile(r"0x[0-9a-f]{64}", re.ASCII)


class DocumentsError(ExplainedError):
    """An entry of a documents folder that names no package."""


class Verdict(Enum):
    """What recomputing the package of a statement showed."""

    AGREES = "recomputed: it gives the recorded statement"
    LINES_AGREE = "recomputed: it gives the recorded lines, the statement differs"
    DIFFERS = "recomputed: it does not give the recorded lines"
    BROKEN = "the package can't be computed"
    MISSING = "no package at hand"


@dataclass(frozen=True, slots=True)
class Opened:
    """A recorded statement, its package if there is one, and what the package gives. `detail` says what differs."""

    recorded: RecordedStatement
    verdict: Verdict
    package: Path | None = None
    draft: StatementDraft | None = None
    detail: str = ""

    @property
    def lines_proven(self) -> bool:
        """Whether the package's lines are those under the recorded root."""
        return self.verdict in (Verdict.AGREES, Verdict.LINES_AGREE)

    @property
    def refuted(self) -> bool:
        """Whether there is a package and it is not the one."""
        return self.verdict in (Verdict.DIFFERS, Verdict.BROKEN)


def find_package(documents: Path, statement_id: bytes) -> Path | None:
    """The package of a statement, None if the folder has none. Raises DocumentsError."""
    name = "0x" + statement_id.hex()
    copy, pointer = documents / name, documents / f"{name}.json"
    if copy.is_dir():
        return copy
    if not pointer.is_file():
        return None
    try:
        package = json.loads(pointer.read_text(encoding="utf-8"))["package"]
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentsError(
            f"{pointer} names no package", 'write {"package": "path of the package folder"}'
        ) from error
    if not isinstance(package, str):
        raise DocumentsError(f"{pointer}: {package!r} is no path", 'write {"package": "path"}')
    return documents / Path(package)


def packages_in(documents: Path) -> dict[bytes, Path]:
    """Every package of the folder, by the id of its statement; none if there is no folder. Raises DocumentsError."""
    names = {entry.stem for entry in documents.glob("0x*") if _STATEMENT.fullmatch(entry.stem)}
    ids = [bytes.fromhex(name.removeprefix("0x")) for name in sorted(names)]
    return {one: package for one in ids if (package := find_package(documents, one)) is not None}


def open_statement(documents: Path, recorded: RecordedStatement) -> Opened:
    """Recomputes the statement's package and compares it with what is recorded. Raises DocumentsError."""
    package = find_package(documents, recorded.id)
    if package is None:
        return Opened(recorded, Verdict.MISSING)
    statement = recorded.statement
    try:
        draft = build(read_package(package), statement.participant, statement.verifier)
    except (PackageError, StatementError) as error:
        return Opened(recorded, Verdict.BROKEN, package, detail=str(error).splitlines()[0])
    if draft.statement.id == recorded.id:
        return Opened(recorded, Verdict.AGREES, package, draft)
    verdict = Verdict.LINES_AGREE if draft.statement.lines_root == statement.lines_root else Verdict.DIFFERS
    return Opened(recorded, verdict, package, draft, _differences(draft.statement, statement))


def _differences(own: Statement, recorded: Statement) -> str:
    theirs = recorded.message()
    names = [name for name, value in own.message().items() if theirs[name] != value]
    return f"other {', '.join(names)}"
