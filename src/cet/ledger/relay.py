"""Relayed calls: a participant signs a request, anybody submits it and pays, the contracts see the participant (ERC-2771)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cet.ledger.contract import Contract, first, nothing

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from cet.ledger.chain import Call
    from cet.ledger.signing import Domain, TypedData

REQUEST_FIELDS = "address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data"


@dataclass(frozen=True, slots=True)
class ForwardRequest:
    """A call of one of our contracts in the name of `sender`, once, until `deadline` (seconds since 1970).

    `nonce` is the sender's next at the relay, so that requests are carried out in the order in which they were numbered;
    `gas` is what the call itself may use. No money is sent along.
    """

    sender: ChecksumAddress
    to: ChecksumAddress
    gas: int
    nonce: int
    deadline: int
    data: bytes = field(repr=False)

    def typed_data(self, domain: Domain) -> TypedData:
        """What the sender signs."""
        message = {
            "from": self.sender,
            "to": self.to,
            "value": 0,
            "gas": self.gas,
            "nonce": self.nonce,
            "deadline": self.deadline,
            "data": "0x" + self.data.hex(),
        }
        return domain.typed("ForwardRequest", REQUEST_FIELDS, message)

    def encode(self, signature: bytes) -> tuple[Any, ...]:
        """The contract's struct, which takes the nonce from its own books."""
        return (self.sender, self.to, 0, self.gas, self.deadline, self.data, signature)


class Relay(Contract):
    """Typed calls of the forwarder that the tokens and the registry trust."""

    name = "Relay"

    def nonce_of(self, sender: str) -> int:
        """The number of the sender's next request."""
        return int(self.view("nonces", sender, read=first))

    def request(self, call: Call[Any], sender: ChecksumAddress, deadline: int, gas: int) -> ForwardRequest:
        """The request that carries out `call` in the sender's name, numbered as its next."""
        return ForwardRequest(sender, call.to, gas, self.nonce_of(sender), deadline, call.data)

    def to_sign(self, request: ForwardRequest) -> TypedData:
        """What the sender signs."""
        return request.typed_data(self.domain)

    def execute(self, request: ForwardRequest, signature: bytes) -> Call[None]:
        """Carries the request out, or refuses as the call itself would. Anybody submits."""
        return self.call("execute", request.encode(signature), read=nothing)

    def verify(self, request: ForwardRequest, signature: bytes) -> bool:
        """Whether the request would be carried out now: signed by its sender, in time, next in order."""
        return bool(self.view("verify", request.encode(signature), read=first))
