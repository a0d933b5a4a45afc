"""Sending and reading: one place where Python meets a node.

Works through any web3 provider; the embedded chain (py-evm) and anvil are the ones the tests run on. A call is simulated
before it is sent, so that a refusal costs nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3RPCError, Web3ValueError
from web3.types import Nonce, Wei

from cet.ledger.errors import LedgerError, NotConfirmed, Refused
from cet.ledger.refusals import refusal, refusals_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from web3.providers.base import BaseProvider
    from web3.types import FilterParams, LogReceipt, TxParams, TxReceipt

    from cet.ledger.interfaces import Entry
    from cet.ledger.signing import Signer

T = TypeVar("T")

_TIP_WEI = 10**9
_LOG_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A contract call that has not been made: what to, which function, with what, and how to read its answer."""

    to: ChecksumAddress
    entry: Entry
    arguments: tuple[Any, ...]
    read: Callable[[tuple[Any, ...]], T] = field(repr=False)

    @property
    def data(self) -> bytes:
        return self.entry.encode(self.arguments)

    @property
    def function(self) -> str:
        """`Contract.function`."""
        return f"{self.entry.contract}.{self.entry.name}"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """A transaction that is in a block. `result` is what the call returned when it was simulated just before."""

    result: T
    transaction: str
    block: int
    gas_used: int
    logs: tuple[LogReceipt, ...] = field(repr=False)


class Chain:
    """A connection to one chain. Nonces and fees are asked for each time; one transaction of an account at a time."""

    def __init__(
        self,
        w3: Web3,
        *,
        gas_limit: int | None = None,
        timeout_seconds: float = 120,
        poll_seconds: float = 0.05,
    ) -> None:
        """`gas_limit` fixes every transaction's gas instead of estimating it: for chains whose gas is free."""
        self.w3 = w3
        self._gas_limit = gas_limit
        self._timeout = timeout_seconds
        self._poll = poll_seconds

    @classmethod
    def through(cls, provider: BaseProvider, *, timeout_seconds: float = 120) -> Chain:
        """A chain behind a provider, asked as the provider sees fit. No middleware: names and checks cost requests."""
        w3 = Web3(provider)
        w3.middleware_onion.clear()
        return cls(w3, timeout_seconds=timeout_seconds)

    @classmethod
    def connect(cls, url: str, *, timeout_seconds: float = 120) -> Chain:
        """A chain behind an HTTP endpoint. Raises LedgerError if nobody answers there."""
        w3 = Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": timeout_seconds}))
        if not w3.is_connected():
            raise LedgerError(f"no chain answers at {url}", "start a node, e.g. anvil, or name another URL")
        return cls(w3, timeout_seconds=timeout_seconds)

    @cached_property
    def chain_id(self) -> int:
        return self.w3.eth.chain_id

    @cached_property
    def first_block_hash(self) -> bytes:
        """Hash of block 0: tells two devnets with the same chain id apart."""
        return bytes(self.block_hash(0) or b"")

    @property
    def head(self) -> int:
        """Number of the newest block."""
        return self.w3.eth.block_number

    @property
    def now(self) -> int:
        """Time of the newest block, seconds since 1970."""
        return self.w3.eth.get_block("latest")["timestamp"]

    def time_of(self, number: int) -> int:
        """Time of a block, seconds since 1970."""
        return self.w3.eth.get_block(number)["timestamp"]

    def block_hash(self, number: int) -> bytes | None:
        """Hash of a block, None if there is none yet."""
        if number > self.head:
            return None
        return bytes(self.w3.eth.get_block(number)["hash"])

    def code_at(self, address: str) -> bytes:
        return bytes(self.w3.eth.get_code(to_checksum_address(address)))

    def read(self, call: Call[T], *, sender: str | None = None, block: int | None = None) -> T:
        """The call's answer at the newest block, or at an earlier one. Raises Refused; changes nothing."""
        fields: TxParams = {"to": call.to, "data": _hex(call.data)}
        if sender is not None:
            fields["from"] = to_checksum_address(sender)
        with refusals_of(call.function):
            answer = self.w3.eth.call(fields, "latest" if block is None else block)
        return call.read(call.entry.read_outputs(bytes(answer)))

    def simulate(self, call: Call[T], sender: str) -> T:
        """What the call would return if `sender` sent it now. Raises Refused if it would be refused."""
        return self.read(call, sender=sender)

    def send(self, call: Call[T], signer: Signer) -> Outcome[T]:
        """Simulates, signs, sends and waits for the block. Raises Refused (nothing was sent) or NotConfirmed."""
        result = self.simulate(call, signer.address)
        receipt = self._transact({"to": call.to, "data": _hex(call.data)}, signer, call)
        return _outcome(result, receipt)

    def gas_of(self, call: Call[Any], sender: ChecksumAddress) -> int:
        """Gas to carry the call out, with a tenth to spare, base cost included. Raises Refused as the chain would."""
        return self._estimate({"to": call.to, "data": call.data, "from": sender}, call.function)

    def create(self, name: str, code: bytes, signer: Signer) -> Outcome[ChecksumAddress]:
        """Creates a contract from its creation code with its arguments appended."""
        receipt = self._transact({"data": _hex(code)}, signer, None, name)
        address = receipt["contractAddress"]
        if address is None:
            raise LedgerError(f"{name} was not created", "see the transaction's trace")
        return _outcome(address, receipt)

    def nonce(self, address: str) -> int:
        return self.w3.eth.get_transaction_count(to_checksum_address(address))

    def balance(self, address: str) -> int:
        """Wei of an account."""
        return self.w3.eth.get_balance(to_checksum_address(address))

    def logs(
        self, addresses: Sequence[str], first: int, last: int, topics: Sequence[bytes] = ()
    ) -> Iterator[LogReceipt]:
        """Events of the contracts in blocks [first, last], in order, asked for page by page.

        `topics` are the event's and its first indexed arguments', to be met exactly.
        """
        for start in range(first, last + 1, _LOG_PAGE):
            page: FilterParams = {
                "address": [to_checksum_address(address) for address in addresses],
                "fromBlock": start,
                "toBlock": min(start + _LOG_PAGE - 1, last),
                "topics": [_hex(topic) for topic in topics],
            }
            logs = self.w3.eth.get_logs(page)
            yield from sorted(logs, key=lambda log: (log["blockNumber"], log["logIndex"]))

    def confirm(self, transaction: str, depth: int) -> TxReceipt:
        """Waits until `depth` blocks stand on the transaction's own. Raises NotConfirmed if it left the chain."""
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            receipt = self._receipt(transaction)
            if self.head - receipt["blockNumber"] >= depth:
                if self.block_hash(receipt["blockNumber"]) == bytes(receipt["blockHash"]):
                    return receipt
                raise NotConfirmed(f"transaction {transaction} left the chain", "send it again")
            time.sleep(self._poll)
        raise NotConfirmed(
            f"transaction {transaction} is not {depth} blocks deep after {self._timeout} s",
            "wait, then ask again",
        )

    def _receipt(self, transaction: str) -> TxReceipt:
        """Waits for the transaction's block; asks often at first, because devnets answer at once."""
        deadline, pause = time.monotonic() + self._timeout, self._poll / 32
        while time.monotonic() < deadline:
            try:
                return self.w3.eth.get_transaction_receipt(HexStr(transaction))
            except TransactionNotFound:
                time.sleep(pause)
                pause = min(2 * pause, self._poll)
        raise NotConfirmed(
            f"transaction {transaction} is in no block after {self._timeout} s",
            "look whether it is still pending",
        )

    def _transact(
        self, fields: TxParams, signer: Signer, call: Call[Any] | None, name: str = "creation"
    ) -> TxReceipt:
        function = call.function if call else name
        sender = to_checksum_address(signer.address)
        filled: TxParams = {
            **fields,
            "type": 2,
            "chainId": self.chain_id,
            "value": Wei(0),
            "nonce": Nonce(self.nonce(sender)),
            **self.fees(),
        }
        filled["gas"] = self._gas_limit or self._estimate({**fields, "from": sender}, function)
        sent = self.w3.eth.send_raw_transaction(signer.sign_transaction(cast("Mapping[str, Any]", filled)))
        receipt = self._receipt(sent.to_0x_hex())
        if receipt["status"] != 1:
            self._explain_failure(call, sender, receipt, function)
        return receipt

    def _explain_failure(
        self, call: Call[Any] | None, sender: ChecksumAddress, receipt: TxReceipt, function: str
    ) -> None:
        """Something happened between simulation and block: asks again after the block for the reason."""
        transaction = receipt["transactionHash"].to_0x_hex()
        if call is not None:
            try:
                self.read(call, sender=sender, block=receipt["blockNumber"])
            except Refused as refused:
                refused.transaction = transaction
                raise
        raise refusal(b"", function, transaction)

    def fees(self) -> TxParams:
        """Twice the newest block's base fee and the node's tip, wei per gas."""
        base = self.w3.eth.get_block("latest").get("baseFeePerGas", 0)
        try:
            tip = self.w3.eth.max_priority_fee
        except (Web3RPCError, Web3ValueError):
            tip = Wei(_TIP_WEI)
        return {"maxFeePerGas": Wei(2 * base + tip), "maxPriorityFeePerGas": tip}

    def _estimate(self, fields: TxParams, function: str) -> int:
        with refusals_of(function):
            # What the gas depends on may move before the block: a tenth more.
            return self.w3.eth.estimate_gas(fields) * 11 // 10


def _outcome(result: T, receipt: TxReceipt) -> Outcome[T]:
    return Outcome(
        result=result,
        transaction=receipt["transactionHash"].to_0x_hex(),
        block=receipt["blockNumber"],
        gas_used=receipt["gasUsed"],
        logs=tuple(receipt["logs"]),
    )


def _hex(data: bytes) -> HexStr:
    return HexStr("0x" + data.hex())
