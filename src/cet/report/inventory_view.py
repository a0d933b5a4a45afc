"""What reports ask of an inventory: claims with their explanation, the factor behind a figure, a line's proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.inventory import explain_claim

if TYPE_CHECKING:
    from cet.factors import Factor
    from cet.inventory import ClaimFinding, Inventory, Line, LotKey


@dataclass(frozen=True, slots=True)
class Explained:
    """A claim that differs, and what would reproduce it, the likeliest first."""

    claim: ClaimFinding
    explanations: tuple[str, ...]


def explained_claims(inventory: Inventory) -> tuple[Explained, ...]:
    """Every claim that differs; without explanations when the inventory was computed without its lines."""
    if not inventory.lines:
        return tuple(Explained(claim, ()) for claim in inventory.claims)
    rows = [line.row for line in inventory.lines]
    shapes = {line.row.shape: line.shape for line in inventory.lines}
    store, gwp = inventory.package.store(), inventory.package.settings.header.gwp
    return tuple(
        Explained(claim, explain_claim(claim, rows, shapes, store, gwp)) for claim in inventory.claims
    )


def factor_behind(line: Line, key: LotKey) -> Factor:
    """The factor by which the line came into the lot: of scope 2 lines the two methods may have two."""
    return next(stream.factor for stream in line.shape.all_streams if stream.key == key)
