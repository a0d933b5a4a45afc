"""The participant's figures beside the oracle's, line by line, exactly: one wrong digit in one line is a difference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from cet.oracle.service.errors import BadUpload
from cet.oracle.service.recomputing import packed, same_mass, unpacked_json
from cet.oracle.service.tables import figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

_EXACT = re.compile(r"-?\d{1,60}(\.\d{1,60}|/[1-9]\d{0,59})?")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps in a text, and no package has in a line's id."""
MAX_LINES = 5_000_000


@dataclass(frozen=True, slots=True)
class Compared:
    """A line's figures on both sides; empty where a side has none. mg CO2e, exact text, one per lot the line goes into."""

    line: str
    asserted: tuple[str, ...]
    recomputed: tuple[str, ...]
    claimed_t: str
    recomputed_t: str
    differs: bool


def read_figures(document: Any) -> dict[str, tuple[str, ...]]:
    """Figures per line: what `cet inventory compute PACKAGE --lines --json` prints. Raises BadUpload.

    Only `lines[].id` and `lines[].results[].mg` are read.
    """
    lines = document.get("lines") if isinstance(document, dict) else None
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        raise BadUpload("no list `lines`", "send what `cet inventory compute PACKAGE --lines --json` prints")
    found: dict[str, tuple[str, ...]] = {}
    for place, line in enumerate(lines):
        try:
            name = line["id"]
            masses = tuple(result["mg"] for result in line["results"])
        except (TypeError, KeyError) as error:
            raise BadUpload(
                f"lines[{place}] has no id or results", "each has `id` and `results[].mg`"
            ) from error
        if not isinstance(name, str) or not all(
            isinstance(mg, str) and _EXACT.fullmatch(mg) for mg in masses
        ):
            raise BadUpload(
                f"lines[{place}] has a mass that is no exact number", "write mg as text, e.g. 1.5 or 1/3"
            )
        if _NO_TEXT.search(name):
            raise BadUpload(f"lines[{place}] has an id that is no text", "write it as the package does")
        if name in found:
            raise BadUpload(f"line {name!r} stands twice", "one entry a line")
        found[name] = masses
    return found


def compare(
    lines: Sequence[Mapping[str, Any]], asserted: Mapping[str, Sequence[str]] | None
) -> list[Compared]:
    """Every line of either side, the recomputed ones in their order. None asserted: nothing differs but the claims show."""
    compared = []
    left = dict(asserted or {})
    for line in lines:
        own = tuple(result["mg"] for result in line["results"])
        theirs = tuple(left.pop(line["line"], ()))
        differs = asserted is not None and not _same(own, theirs)
        compared.append(Compared(line["line"], theirs, own, line["claimed_t"], line["recomputed_t"], differs))
    compared += [Compared(name, tuple(masses), (), "", "", differs=True) for name, masses in left.items()]
    return compared


def _same(own: Sequence[str], theirs: Sequence[str]) -> bool:
    return len(own) == len(theirs) and all(same_mass(a, b) for a, b in zip(own, theirs, strict=True))


def keep_figures(connection: Connection, request: str, asserted: Mapping[str, Sequence[str]]) -> None:
    """Stores the participant's figures, in place of earlier ones."""
    connection.execute(delete(figures).where(figures.c.request == request))
    connection.execute(insert(figures).values(request=request, asserted=packed(asserted)))


def kept_figures(connection: Connection, request: str) -> Mapping[str, Sequence[str]] | None:
    """None while the participant sent none."""
    data = connection.execute(
        select(figures.c.asserted).where(figures.c.request == request)
    ).scalar_one_or_none()
    return None if data is None else unpacked_json(data)
