"""What all rules share: both ledgers side by side, and ways to pick what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from cet.ledger import Refused
from cet.ledger.mirror import Mirror
from model import Code, LedgerModel, ModelRefusal, Offered

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cet.ledger import Call, Evidence, LocalSigner, Offer
    from cet.ledger.mirror import State
    from cet.ledger.store import Store
    from cet.statement import Statement
    from model import LotModel, Stated
    from world import World

T = TypeVar("T")

PRIMES = (1, 2, 3, 7, 10**6 + 3, 2**40 + 15, 2**55 - 55)

places = st.integers(0, 999)
"""Picks one of however many there are."""
parts = st.sampled_from((1, 7, 13, 33, 50, 99, 100))
"""Percent of what is available."""
odd_parts = st.sampled_from((0, 13, 50, 100, 101))
"""Percent of what is available; sometimes nothing, sometimes too much."""
people = st.integers(0, 2)
masses = st.one_of(st.sampled_from(PRIMES), st.integers(1, 10**13))
mostly = st.sampled_from((True, True, True, True, False))

SOURCE_CODES = [
    Code.of(code) for code in (0x4410, 0x4400, 0x4820, 0x8510, 0x8610, 0xC400, 0xCC10, 0xE400, 0x0400, 0x0C00)
]
PRODUCT_CODES = [Code.of(code) for code in (0x2410, 0x2000, 0x2220, 0x2600)]
CHILD_CODES = [
    Code.of(code)
    for code in (
        0x8610,
        0x8A10,
        0x8600,
        0xCC10,
        0xCE10,
        0xC400,
        0xC420,
        0xC620,
        0xD400,
        0xC600,
        0x0400,
        0x8510,
    )
]
ODD_CODES = [*CHILD_CODES, *(Code.of(code) for code in (0xE411, 0xC401, 0x4412, 0x8512, 0x4413, 0xF401))]
"""References among them, rightly and wrongly coded, and one of a relation that does not exist."""


def amount_of(most: int, percent: int) -> int:
    """A part of it, at least one where there is any; 101 % is one too much."""
    if percent == 101:
        return most + 1
    return max(most * percent // 100, min(most, 1)) if percent else 0


@dataclass(frozen=True)
class Made:
    """A statement on both sides, with all that submits it."""

    stated: Stated
    statement: Statement
    evidence: Evidence
    words: tuple[int, ...]
    restated: tuple[int, ...]
    uses: tuple[int, ...]


def _outcome(act: Callable[[], T]) -> T | ModelRefusal:
    try:
        return act()
    except ModelRefusal as refusal:
        return refusal


class MachineBase(RuleBasedStateMachine):
    """Contracts and model side by side. `world` is set by the test; each example leaves it as it was."""

    world: ClassVar[World]
    store: ClassVar[Store]
    """One for all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.model = LedgerModel()
        self.keys: dict[Hashable, int] = {}
        """Chain key by model name; the root of an anchor."""
        self.ids: dict[Hashable, int] = {}
        """Batch id by model name."""
        self.offers: list[tuple[Offered, Offer]] = []
        self.made: list[Made] = []
        self.serial = 1
        self.certificate_serial = 1
        self._snapshot = self.world.snapshot()
        self.looks = 0
        self.looked: State | None = None
        self.mirror = Mirror(self.world.ledger.chain, self.world.ledger.deployment)

    def teardown(self) -> None:
        self.world.revert(self._snapshot)

    def both(self, act: Callable[[], T], call: Call[Any], signer: LocalSigner) -> tuple[T, Any] | None:
        """Does it on both; the results, or None if both refuse with the same error."""
        expected = _outcome(act)
        if isinstance(expected, ModelRefusal):
            assert self._refused(call, signer) == expected.name, call.function
            return None
        return expected, self.world.ledger.send(call, signer).result

    def _refused(self, call: Call[Any], signer: LocalSigner) -> str:
        try:
            self.world.ledger.simulate(call, signer)
        except Refused as refused:
            return refused.name
        return "no refusal"

    def person(self, number: int) -> LocalSigner:
        return self.world.participants[number]

    def signer_of(self, address: str) -> LocalSigner:
        return next(signer for signer in self.world.participants if signer.address == address)

    def lot(self, place: int) -> LotModel:
        lots = list(self.model.lots.values())
        return lots[place % len(lots)]

    def shareable(self, place: int) -> LotModel:
        """A lot of which something is left, if there is one."""
        free = [lot for lot in self.model.lots.values() if lot.available and lot.code.is_live]
        return free[place % len(free)] if free else self.lot(place)

    def batch(self, place: int) -> Hashable:
        return list(self.model.credits.batches)[place % len(self.model.credits.batches)]

    def has_credits(self) -> bool:
        return bool(self.model.credits.batches)

    def has_certificates(self) -> bool:
        return bool(self.model.certificates.batches)

    def has_cancellations(self) -> bool:
        return bool(self.model.certificates.cancellations)

    def cancellation(self, place: int) -> Hashable:
        made = list(self.model.certificates.cancellations)
        return made[place % len(made)]

    def has_offers(self) -> bool:
        return bool(self.offers)
