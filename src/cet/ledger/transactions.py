"""A transaction taken apart: filled, signed, stored by whoever sends it, broadcast as often as needed, and its fate asked for.

`Chain.send` does all of it at once for people. What must survive a crash between any two of these acts does them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import rlp
from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from web3.exceptions import TransactionNotFound, Web3RPCError, Web3ValueError

from cet.ledger.errors import NotBroadcast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cet.ledger.chain import Chain

_KNOWN = ("already known", "already imported", "already exists", "known transaction")
_PASSED = ("nonce too low", "nonce is too low", "lower than the current nonce")
_UNDERPRICED = ("underpriced",)


@dataclass(frozen=True, slots=True)
class Fees:
    """Wei per gas (EIP-1559): the most in all, and of it the most for the block's proposer."""

    most: int
    tip: int

    def raised(self, market: Fees) -> Fees:
        """What replaces a stuck transaction: the market's fees, at least an eighth above these, rounded up, and 1 wei.

        Nodes take a replacement from a tenth above.
        """
        return Fees(
            most=max(market.most, self.most + -(-self.most // 8) + 1),
            tip=max(market.tip, self.tip + -(-self.tip // 8) + 1),
        )


class Fate(Enum):
    """What became of a transaction, seen from the newest block."""

    DONE = "in a block, carried out"
    FAILED = "in a block, reverted"
    OPEN = "in no block, and its nonce is free"
    PASSED = "in no block, and its nonce was used by another"


@dataclass(frozen=True, slots=True)
class Seen:
    """A transaction's fate; `transaction`, `block` and `gas_used` where one of its attempts is in a block."""

    fate: Fate
    transaction: str = ""
    block: int = 0
    gas_used: int = 0


def market_fees(chain: Chain) -> Fees:
    """Twice the newest block's base fee and the node's suggested tip: good for six full blocks."""
    fields = chain.fees()
    return Fees(int(fields["maxFeePerGas"]), int(fields["maxPriorityFeePerGas"]))


def filled(chain: Chain, to: str, data: bytes, *, nonce: int, gas: int, fees: Fees) -> Mapping[str, Any]:
    """The transaction's fields, ready to be signed."""
    return {
        "type": 2,
        "chainId": chain.chain_id,
        "to": to_checksum_address(to),
        "data": "0x" + data.hex(),
        "value": 0,
        "nonce": nonce,
        "gas": gas,
        "maxFeePerGas": fees.most,
        "maxPriorityFeePerGas": fees.tip,
    }


def refilled(chain: Chain, raw: bytes, fees: Fees) -> Mapping[str, Any]:
    """The fields of a signed transaction that `filled` gave, at other fees, ready to be signed anew."""
    _, nonce, _, _, gas, to, _, data, *_ = rlp.decode(raw[1:])
    numbers = {"nonce": int.from_bytes(nonce), "gas": int.from_bytes(gas)}
    return filled(chain, "0x" + bytes(to).hex(), bytes(data), fees=fees, **numbers)


def broadcast(chain: Chain, raw: bytes) -> bool:
    """Hands a signed transaction to the node; safe to repeat. False if its nonce is used or a better-paid one has it.

    Raises NotBroadcast with the node's reason otherwise, e.g. insufficient funds.
    """
    try:
        chain.w3.eth.send_raw_transaction(raw)
    except (Web3RPCError, Web3ValueError) as error:
        text = str(error).lower()
        if any(word in text for word in _KNOWN):
            return True
        if any(word in text for word in (*_PASSED, *_UNDERPRICED)):
            return False
        raise NotBroadcast(
            f"the node does not take the transaction: {error}", "see the account's funds"
        ) from error
    return True


def fate_of(chain: Chain, sender: str, nonce: int, attempts: Sequence[str]) -> Seen:
    """What became of a transaction by any of its attempts (hashes), which share the nonce."""
    # The nonce first: a block between the two questions then shows the attempt in it, never a nonce used by nobody.
    used = chain.nonce(sender) > nonce
    for transaction in attempts:
        try:
            receipt = chain.w3.eth.get_transaction_receipt(HexStr(transaction))
        except TransactionNotFound:
            continue
        fate = Fate.DONE if receipt["status"] == 1 else Fate.FAILED
        return Seen(fate, transaction, receipt["blockNumber"], receipt["gasUsed"])
    return Seen(Fate.PASSED if used else Fate.OPEN)
