"""A ledger of any size as a node would tell it: the contracts' own events, encoded, of a chain that exists only as numbers.

Source lots are minted by statements of 400; in rounds, participants compose lots into products and pass each on to another one,
whose lot the next round may compose. So a third of all lots each, ten edges a composition, two lots of depth a round.
"""

from __future__ import annotations

import random
import time
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from cet.ledger.events import WATCHED
from cet.ledger.interfaces import interface
from cet.ledger.record import DeployedContract, Deployment, Parameters
from cet.ledger.statements import text32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POWER, PRODUCT, BOUGHT = 0x4410, 0x2410, 0xC410
"""Scope 1 by watt-hours, an electricity product, scope 3 category 1 by watt-hours."""

LOTS_PER_MINT, EDGES, EVENTS_PER_BLOCK, ROUNDS = 400, 10, 200, 10
BATCH = 0x0100_0000_0000_0001
_NOBODY = bytes(32)
_CONTRACTS = (*WATCHED, "AccessManager")

Written = tuple[str, str, tuple[bytes, ...], bytes]
"""Contract, event, indexed topics, data."""


class ToldChain:
    """What a Follower asks of a chain, about `lots` lots; `telling` adds up the seconds that making events took."""

    def __init__(self, lots: int, seed: int = 1) -> None:
        self.lots = lots
        self._random = random.Random(seed)
        self.per_round = (lots * 27 // 100) // ROUNDS
        self.sources = (lots - 2 * self.per_round * ROUNDS) // LOTS_PER_MINT * LOTS_PER_MINT
        self.telling = 0.0
        self._pending: list[list[Written]] = []
        self._events = self._told()
        self._holders = [
            keccak(text=f"participant {number}")[12:].rjust(32, b"\0") for number in range(2_000)
        ]
        self._topics = {
            (name, entry.name): entry.topic
            for name in _CONTRACTS
            for entry in interface(name).events.values()
        }
        self.head = 1
        self._blocks: dict[int, list[Written]] = {}
        self.first_source = 0
        self.fork: tuple[int, ...] = (1 << 62, 0)
        """The block above which blocks are others than they were, and how often that happened."""

    @cached_property
    def deployment(self) -> Deployment:
        contracts = {
            name: DeployedContract(
                address=to_checksum_address(keccak(text=name)[12:]), creation_hash="0x", runtime_hash="0x"
            )
            for name in _CONTRACTS
        }
        nobody = Parameters(admin="", operator="", enforcer="")
        return Deployment(
            chain_id=1, first_block_hash="0x", block=1, deployer="", parameters=nobody, contracts=contracts
        )

    def tell(self, blocks: int) -> bool:
        """Adds blocks; whether there were any more events. Told blocks are forgotten."""
        self._blocks = {}
        for _ in range(blocks):
            events = list(islice(self._events, EVENTS_PER_BLOCK))
            if not events:
                break
            self.head += 1
            self._blocks[self.head] = events
        return bool(self._blocks)

    def apply(self, lot: int, amount: int) -> None:
        """One more block: credits are applied to a lot."""
        self.apply_to([lot], amount)

    def apply_to(self, lots: Sequence[int], amount: int) -> None:
        """One more block: credits are applied to each of the lots."""
        self.head += 1
        name = ("CarbonOffsetToken", "CreditsApplied")
        self._blocks = {
            self.head: [(*name, (_word(BATCH), _word(lot)), _word(0) + _word(amount)) for lot in lots]
        }

    def sources_from_first(self, most: int) -> list[int]:
        """Source lots after the first, in the order they were minted."""
        return [
            (1 + place // LOTS_PER_MINT) << 32 | POWER << 16 | place % LOTS_PER_MINT
            for place in range(1, min(most + 1, self.sources))
        ]

    def reorganise(self, block: int) -> None:
        """Blocks above this one are others now, and empty."""
        self.fork, self._blocks = (block, self.fork[1] + 1), {}

    def block_hash(self, number: int) -> bytes | None:
        return self._hash(number) if number <= self.head else None

    def _hash(self, number: int) -> bytes:
        fork = self.fork[1] if number > self.fork[0] else 0
        return keccak(fork.to_bytes(4, "big") + number.to_bytes(8, "big"))

    def logs(self, _: Any, first: int, last: int) -> Iterator[Any]:
        """Logs as web3 gives them."""
        for block in range(first, last + 1):
            start = time.perf_counter()
            block_hash = HexBytes(self._hash(block))
            logs = [
                {
                    "address": self.deployment.contracts[contract].address,
                    "topics": [HexBytes(one) for one in (self._topics[contract, name], *topics)],
                    "data": HexBytes(data),
                    "blockNumber": block,
                    "logIndex": place,
                    "transactionHash": HexBytes(keccak(block_hash + place.to_bytes(4, "big"))),
                    "blockHash": block_hash,
                }
                for place, (contract, name, topics, data) in enumerate(self._blocks.get(block, ()))
            ]
            self.telling += time.perf_counter() - start
            yield from logs

    def _told(self) -> Iterator[Written]:
        yield from self._issued()
        rng, made = self._random, 0
        sources: list[tuple[int, int]] = []
        for number in range(1, self.sources // LOTS_PER_MINT + 1):
            holder = rng.choice(self._holders)
            yield self._recorded(number, holder)
            words = []
            for index in range(LOTS_PER_MINT):
                basis, gross = rng.randrange(10**6, 10**15), rng.randrange(10**16)
                words.append(POWER << 144 | index << 128 | basis << 64 | gross)
                sources.append((number << 32 | POWER << 16 | index, basis))
            yield (
                "CarbonEmissionsToken",
                "LotsMinted",
                (_word(number), holder),
                b"".join(map(_word, (32, len(words), *words))),
            )
        self.first_source = sources[0][0]
        near = sources[: max(self.per_round, EDGES)]
        for _ in range(ROUNDS):
            received = []
            for _ in range(self.per_round):
                made += 1
                product, lot = _derived(2 * made), _derived(2 * made + 1)
                holder, other = rng.sample(self._holders, 2)
                # Half from the last round, half from sources anywhere.
                parents = [rng.choice(near) for _ in range(EDGES // 2)] + [
                    rng.choice(sources) for _ in range(EDGES // 2)
                ]
                edges = [(rng.randint(1, basis // 1_000 or 1) << 64) | key for key, basis in parents]
                yield (
                    "CarbonEmissionsToken",
                    "LotComposed",
                    (_word(product), holder),
                    b"".join(map(_word, (PRODUCT, 10**12, 96, EDGES, *edges))),
                )
                yield _transfer(holder, product, 10**12)
                units = rng.randrange(1, 10**12)
                yield (
                    "CarbonEmissionsToken",
                    "LotAllocated",
                    (_word(lot), _word(product), other),
                    b"".join(map(_word, (units, BOUGHT, 18_628 << 16 | 18_992, made))),
                )
                yield _transfer(other, lot, units)
                received.append((lot, units))
            near = received

    def _issued(self) -> Iterator[Written]:
        credits_ = (text32("CAR"), "BENCH-", 1, 2**40, 2020, False, False, "bench", bytes(32), 0)
        entry = next(
            one for one in interface("CarbonOffsetToken").events.values() if one.name == "BatchIssued"
        )
        plain = [one.type for one in entry.inputs if not one.indexed]
        data = encode(plain, [2**63, credits_, ""])
        yield "CarbonOffsetToken", "BatchIssued", (_word(BATCH), self._holders[0]), data

    def _recorded(self, number: int, holder: bytes) -> Written:
        entry = next(
            one for one in interface("StatementRegistry").events.values() if one.name == "StatementRecorded"
        )
        kind = next(one.type for one in entry.inputs if one.name == "statement")
        statement = (
            holder[12:], b"\x01" * 20, _word(number), 18_628, 18_992, 5, 3, bytes(32), bytes(32), (0,) * 5, (0,) * 8,
            (_word(number),), bytes(32), 0, (), (),
        )  # fmt: skip
        data = encode([kind, "bytes32", "uint8", "uint16"], [statement, text32("ISO 14064-3"), 1, 10_000])
        return "StatementRegistry", "StatementRecorded", (keccak(_word(number)), _word(number), holder), data


def _transfer(holder: bytes, lot: int, amount: int) -> Written:
    return "CarbonEmissionsToken", "TransferSingle", (holder, _NOBODY, holder), _word(lot) + _word(amount)


def _derived(number: int) -> int:
    """A key as hashes make them: spread over all of its 63 bits."""
    return 1 << 63 | (number * 0x9E37_79B9_7F4A_7C15) & ((1 << 63) - 1)


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
