"""A watched folder: packages dropped there are handed in for the organisation whose folder it is.

    DIR/ORGANISATION/NAME.zip or NAME.xlsx, and NAME.json with {"participant": "0x…", "verifier": "0x…"}

The .json says that the package is whole: write it last. What was taken moves to `taken/`, with the request's id in the .json;
what is none to `refused/`, with the reason. Taking the same package again after a crash is the same request.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cet.errors import CetError
from cet.oracle.service.errors import BadUpload, TooLarge
from cet.oracle.service.intake import Handed, take
from cet.oracle.service.unpacking import MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.surroundings import Surroundings

_KINDS = (".zip", ".xlsx")
_MAX_NOTE_BYTES = 64 << 10
TAKEN, REFUSED = "taken", "refused"


def take_dropped(around: Surroundings, folder: Path, max_bytes: int = MAX_UPLOAD_BYTES) -> int:
    """Hands in what lies in the folder; how many packages were dealt with."""
    dealt_with = 0
    for note in sorted(folder.glob("*/*.json")):
        package = next(
            (path for kind in _KINDS if (path := note.with_suffix(kind)).exists() or path.is_symlink()), None
        )
        if package is None:
            continue
        try:
            _take(around, note, package, max_bytes)
            dealt_with += 1
        except OSError as error:
            # A file that can't be read or moved, or a full disk: it is tried again, and holds up nobody else's.
            around.log.warning(
                "dropped package not taken",
                organisation=note.parent.name,
                file=package.name,
                why=error.strerror,
            )
    return dealt_with


def _take(around: Surroundings, note: Path, package: Path, max_bytes: int) -> None:
    organisation = note.parent.name
    try:
        said = _read_note(note)
        content = _read(package, max_bytes)
        handed = Handed(content, said["participant"], said["verifier"])
        request, _ = take(around, organisation, handed, f"folder {organisation}")
        outcome, about = TAKEN, {**said, "request": request.id}
    except CetError as error:
        outcome, about = REFUSED, {"reason": str(error)}
        around.log.warning(
            "dropped package refused", organisation=organisation, file=package.name, why=str(error)
        )
    target = note.parent / outcome
    target.mkdir(exist_ok=True)
    # The package first: a note without its package is looked at no more.
    package.replace(target / package.name)
    (target / note.name).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    note.unlink()


def _read_note(note: Path) -> dict[str, str]:
    try:
        if note.is_symlink() or note.stat().st_size > _MAX_NOTE_BYTES:
            raise BadUpload(f"{note.name} is a link or too long", "write participant and verifier")
        said = json.loads(note.read_text(encoding="utf-8"))
        return {"participant": str(said["participant"]), "verifier": str(said["verifier"])}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadUpload(
            f"{note.name} names no parties", 'write {"participant": "0x…", "verifier": "0x…"}'
        ) from error


def _read(package: Path, max_bytes: int) -> bytes:
    if package.is_symlink() or not package.is_file():
        raise BadUpload(f"{package.name} is no plain file", "put the file itself there")
    if package.stat().st_size > max_bytes:
        raise TooLarge(f"{package.name} is larger than {max_bytes} bytes", "leave out what is not needed")
    return package.read_bytes()
