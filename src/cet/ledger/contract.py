"""What the typed contracts share: building calls and reading views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from eth_utils.address import to_checksum_address

from cet.ledger.chain import Call, Chain
from cet.ledger.interfaces import interface
from cet.ledger.signing import Domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from eth_typing import ChecksumAddress

T = TypeVar("T")


class Contract:
    """A contract of ours at an address. Methods that change state return a Call, to be sent or simulated by the chain."""

    name: str

    def __init__(self, chain: Chain, address: str) -> None:
        self.chain = chain
        self.address: ChecksumAddress = to_checksum_address(address)
        self._functions = interface(self.name).functions
        self._domain: Domain | None = None

    def call(self, function: str, *arguments: Any, read: Callable[[tuple[Any, ...]], T]) -> Call[T]:
        """The call of a function by its Solidity name; `read` takes its outputs."""
        return Call(self.address, self._functions[function], arguments, read)

    def view(
        self, function: str, *arguments: Any, read: Callable[[tuple[Any, ...]], T], block: int | None = None
    ) -> T:
        return self.chain.read(self.call(function, *arguments, read=read), block=block)

    @property
    def domain(self) -> Domain:
        """The EIP-712 domain as the contract itself states it (ERC-5267)."""
        if self._domain is None:
            _, name, version, chain_id, address, _, _ = self.view("eip712Domain", read=tuple)
            self._domain = Domain(name, version, chain_id, address)
        return self._domain


class SerialContract(Contract):
    """A contract that keeps the serials of series that outside registries issue: offset credits, energy certificates."""

    def serials(self, issuer: bytes, serial_prefix: str) -> tuple[tuple[int, int], ...]:
        """First and last serials of every batch of a programme's or tracking system's series, ascending."""
        found: list[tuple[int, int]] = []
        _, serial, _ = self.view("serialsAt", issuer, serial_prefix, 0, read=tuple)
        while serial:
            last, following, _ = self.view("serialsAt", issuer, serial_prefix, serial, read=tuple)
            found.append((serial, last))
            serial = following
        return tuple(found)

    def previous_serial(self, issuer: bytes, serial_prefix: str, first_serial: int) -> int:
        """First serial of the nearest lower batch of the series, 0 if there is none."""
        below = (begin for begin, _ in self.serials(issuer, serial_prefix) if begin < first_serial)
        return max(below, default=0)

    def transfer(self, holder: str, receiver: str, batch: int, amount: int) -> Call[None]:
        return self.call("safeTransferFrom", holder, receiver, batch, amount, b"", read=nothing)

    def set_frozen(self, holder: str, batch: int, amount: int) -> Call[None]:
        return self.call("setFrozenTokens", holder, batch, amount, read=nothing)

    def force_transfer(self, holder: str, receiver: str, batch: int, amount: int) -> Call[None]:
        """Moves a holding by order of law, what is frozen too."""
        return self.call("forcedTransfer", holder, receiver, batch, amount, read=nothing)

    def balance_of(self, account: str, batch: int) -> int:
        return int(self.view("balanceOf", account, batch, read=first))

    def frozen(self, account: str, batch: int) -> int:
        return int(self.view("getFrozenTokens", account, batch, read=first))

    def uri(self, batch: int) -> str:
        """The batch's metadata as a data URI."""
        return str(self.view("uri", batch, read=first))


def nothing(_: tuple[Any, ...]) -> None:
    """Reads the answer of a function that returns none, or one that says nothing (`true`)."""


def first(values: tuple[Any, ...]) -> Any:
    """Reads the answer of a function that returns one value."""
    return values[0]
