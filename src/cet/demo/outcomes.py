"""What acts and readings of the story come to, for those who show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.ledger import Figures
    from cet.ledger.mirror import State
    from cet.report.documents import Opened
    from cet.report.snapshot import Snapshot
    from cet.report.trail import Trail
    from cet.statement import LineProof


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was tried and refused: what, the contract's error, and its words."""

    attempt: str
    error: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Displacement:
    """An estimate and the received lot that took its place: keys, and gross mg before, received, and left standing."""

    estimate: int
    received: int
    before: int
    gross: int
    left: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger at a block, under a name."""

    name: str
    state: State
    figures: Mapping[int, Figures]


@dataclass(frozen=True, slots=True)
class Traced:
    """A token's trail to its sources, one activity line on it, and whether the registry knows that line."""

    view: Snapshot
    trail: Trail
    opened: Opened
    proof: LineProof
    registry: str
    on_chain: bool
