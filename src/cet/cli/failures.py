"""Errors as people and machines get them, and the exit codes.

0  fine
1  refused: findings in a package, a contract's no, a lot that does not exist, a proof that does not hold
2  the command was called in a way it does not understand (click's own)
3  the surroundings: no chain answers, another chain, a deployment that is not there, a file that can't be read, a full disk
130  stopped with Ctrl-C
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from cet.cli.screen import COMMAND, error_console, print_json, wants_json
from cet.errors import CetError, ExplainedError, PackageError
from cet.report.tables import BAD, facts

if TYPE_CHECKING:
    import click

REFUSED, ENVIRONMENT, STOPPED = 1, 3, 130
WHERE = "cet.where"

_ROOM = "make room, or set TMPDIR to a folder with room for temporary files, then run it again"
_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.ENOMEM: "run it where there is more memory, or split the inventory by facility",
}


_DATABASE = ("OperationalError", "InterfaceError", "DatabaseError", "TimeoutError")


class SurroundingsError(ExplainedError):
    """The command is right and its surroundings are not: no chain, another chain, no deployment."""


def of_database(error: Exception) -> SurroundingsError | None:
    """What a database raises that is away, locked, full or none; None for anything else.

    Known by where it comes from: most commands have no database and do not wait for its library.
    """
    kind = type(error)
    if kind.__module__ != "sqlalchemy.exc" or kind.__name__ not in _DATABASE:
        return None
    # Of the driver, the first line: the statement and its values follow.
    said = str(getattr(error, "orig", None) or kind.__name__).partition("\n")[0]
    return SurroundingsError(
        f"the database does not answer: {said}",
        "see that it runs, is named right and may be written; that there is room; or try again in a while",
    )


def report(error: CetError | OSError, ctx: click.Context) -> int:
    """Prints the error, on the error stream for people or as JSON on the output; the exit code."""
    if wants_json(ctx):
        print_json({"error": _as_json(error, ctx)})
    else:
        _print(error, ctx)
    return ENVIRONMENT if isinstance(error, OSError | SurroundingsError) else REFUSED


def _print(error: CetError | OSError, ctx: click.Context) -> None:
    screen = error_console()
    if isinstance(error, PackageError):
        from cet.report.inventory_notices import findings_table

        screen.print(findings_table(error.findings, _where(error, ctx)))
        return
    problem, remedy = _parts(error)
    screen.print(
        facts([("error", problem), ("where", _where(error, ctx)), ("remedy", remedy)]), style=BAD, end=""
    )


def _as_json(error: CetError | OSError, ctx: click.Context) -> dict[str, Any]:
    problem, remedy = _parts(error)
    found: dict[str, Any] = {
        "kind": type(error).__name__,
        "problem": problem,
        "where": _where(error, ctx),
        "remedy": remedy,
    }
    if isinstance(error, PackageError):
        from cet.report.inventory_json import findings_json

        found["findings"] = findings_json(error.findings)
    return found


def _parts(error: CetError | OSError) -> tuple[str, str]:
    if isinstance(error, ExplainedError):
        return error.problem, error.remedy
    if isinstance(error, PackageError):
        return str(error).partition("\n")[0], "correct every finding, then run it again"
    if isinstance(error, OSError):
        return f"{error.strerror or error}", _REMEDIES.get(
            error.errno or 0, "see that it is there, readable, and answers"
        )
    return str(error), ""


def _where(error: CetError | OSError, ctx: click.Context) -> str:
    """The contract's function, the file, or what the command was given."""
    function = getattr(error, "function", "")
    if function:
        return str(function)
    if isinstance(error, OSError) and error.filename:
        return str(error.filename)
    return str(ctx.meta.get(WHERE) or ctx.meta.get(COMMAND, ctx.command_path))
