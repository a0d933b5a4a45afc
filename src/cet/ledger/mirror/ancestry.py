"""Where a lot's emissions come from: its ancestors, down to the statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.ledger.errors import UnknownLot
from cet.ledger.keys import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.ledger.lots import Figures
    from cet.ledger.mirror.state import Lot, State


@dataclass(frozen=True, slots=True)
class Parent:
    """An edge: `units` of the parent's basis."""

    units: int
    ancestor: Ancestor = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A lot, its live figures and its parents. In a diamond the same object stands under several children."""

    lot: Lot
    holder: str
    figures: Figures
    offset: int
    parents: tuple[Parent, ...]

    def walk(self) -> Iterator[tuple[int, int | None, Ancestor, bool]]:
        """Depth first: (depth, units of the edge that led here, lot, whether its parents were already walked)."""
        seen: set[int] = set()
        stack: list[tuple[int, int | None, Ancestor]] = [(0, None, self)]
        while stack:
            depth, units, node = stack.pop()
            repeated = node.lot.key in seen
            yield depth, units, node, repeated
            if not repeated:
                seen.add(node.lot.key)
                stack.extend((depth + 1, edge.units, edge.ancestor) for edge in reversed(node.parents))


def ancestry(state: State, figures: Mapping[int, Figures], key: int) -> Ancestor:
    """The lot with all its ancestors. Raises UnknownLot."""
    if key not in state.lots:
        raise UnknownLot(
            f"no lot {key_text(key)} at block {state.block}", "check the key, or refresh the mirror"
        )
    built: dict[int, Ancestor] = {}
    # Births in order: a lot's parents are built before it.
    for each in state.in_order_of_birth(state.above(key)):
        lot = state.lots[each]
        built[each] = Ancestor(
            lot=lot,
            holder=state.holders[each],
            figures=figures[each],
            offset=state.offsets.get(each, 0),
            parents=tuple(Parent(units, built[parent]) for parent, units in lot.edges),
        )
    return built[key]
