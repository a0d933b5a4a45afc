"""What a reader must know about the boundary: shares, places, what is outside, and the exceptions the standard lets a
company take only in public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory.boundary.consolidation import Consolidated, Move
    from cet.inventory.settings import Settings

Told = tuple[str, str, int, str]


def boundary_notices(settings: Settings, consolidated: Consolidated) -> Iterator[Told]:
    """Kind, sentence, number of lines and no first line."""
    for facility in settings.facilities:
        if facility.exception is not None:
            yield "lease-exception", f"{facility.id}, {facility.lease}: {facility.exception}", 0, ""
    found: dict[str, dict[str, int]] = {"shared": {}, "placed": {}, "outside": {}}
    for move, moved in consolidated.moves.items():
        for kind in _kinds(move):
            share = f" {exact_text(move.share * 100)} %" if kind == "shared" else ""
            name = f"{move.facility}{share}"
            found[kind][name] = found[kind].get(name, 0) + moved.lines
    words = {
        "shared": ("boundary-share", "reported at a share"),
        "placed": ("boundary-place", "written as scope 1 or 2 and reported in scope 3"),
        "outside": ("boundary-outside", "wholly or partly outside the boundary"),
    }
    for kind, facilities in found.items():
        if facilities:
            name, sentence = words[kind]
            yield name, f"{sentence}: {', '.join(sorted(facilities))}", sum(facilities.values()), ""


def _kinds(move: Move) -> Iterator[str]:
    if move.place is None:
        yield "outside"
        return
    if move.share != 1:
        yield "shared"
    if move.place != move.written:
        yield "placed"
