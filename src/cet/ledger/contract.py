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


def nothing(_: tuple[Any, ...]) -> None:
    """Reads the answer of a function that returns none, or one that says nothing (`true`)."""


def first(values: tuple[Any, ...]) -> Any:
    """Reads the answer of a function that returns one value."""
    return values[0]
