"""The ledger as one object: a chain, a deployment on it, and its contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cet.ledger.access import AccessManager
from cet.ledger.book_and_claim import BookAndClaim
from cet.ledger.certificates import EnergyCertificates
from cet.ledger.deployment import require_code
from cet.ledger.emissions import EmissionsToken
from cet.ledger.escrow import UsePhaseEscrow
from cet.ledger.events import decode_logs
from cet.ledger.generation import CertificatedGeneration
from cet.ledger.interfaces import interface
from cet.ledger.mirror import Mirror
from cet.ledger.offsets import OffsetToken
from cet.ledger.record import Deployment
from cet.ledger.registry import StatementRegistry
from cet.ledger.relay import Relay

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger.chain import Call, Chain, Outcome
    from cet.ledger.events import Event
    from cet.ledger.signing import Signer

T = TypeVar("T")


class Ledger:
    """`registry`, `emissions`, `offsets`, `certificates`, `generation`, `escrow`, `bookings`, `relay` and `access` build calls and answer views."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        """Raises WrongChain or DeploymentError unless the deployment is there."""
        deployment.require_chain(chain)
        require_code(chain, deployment)
        self.chain = chain
        events = interface("StatementRegistry").events.values()
        self._recorded_topic = next(entry.topic for entry in events if entry.name == "StatementRecorded")
        self.deployment = deployment
        self.registry = StatementRegistry(chain, deployment.address("StatementRegistry"))
        self.emissions = EmissionsToken(chain, deployment.address("CarbonEmissionsToken"))
        self.offsets = OffsetToken(chain, deployment.address("CarbonOffsetToken"))
        self.certificates = EnergyCertificates(chain, deployment.address("EnergyCertificates"))
        self.generation = CertificatedGeneration(chain, deployment.address("CertificatedGeneration"))
        self.bookings = BookAndClaim(chain, deployment.address("BookAndClaim"))
        self.escrow = UsePhaseEscrow(chain, deployment.address("UsePhaseEscrow"))
        self.relay = Relay(chain, deployment.address("Relay"))
        self.access = AccessManager(chain, deployment.address("AccessManager"))

    @classmethod
    def open(cls, chain: Chain, record: Path) -> Ledger:
        """The ledger a deployment record names."""
        return cls(chain, Deployment.read(record))

    def send(self, call: Call[T], signer: Signer) -> Outcome[T]:
        """Simulates, sends and waits. Raises Refused, and then nothing was sent."""
        return self.chain.send(call, signer)

    def simulate(self, call: Call[T], signer: Signer) -> T:
        """What the call would return; raises Refused as the chain would."""
        return self.chain.simulate(call, signer.address)

    def mirror(self) -> Mirror:
        """A new mirror of this deployment, still empty."""
        return Mirror(self.chain, self.deployment)

    def recording_of(self, statement_id: bytes) -> Event | None:
        """The event that recorded a statement, None if it is not recorded."""
        address, chain = self.registry.address, self.chain
        topics = (self._recorded_topic, statement_id)
        logs = chain.logs([address], self.deployment.block, chain.head, topics)
        return next(decode_logs(self.deployment, logs), None)

    def describe(self, call: Call[Any]) -> str:
        """The call as text: contract, function, arguments."""
        names = (parameter.name for parameter in call.entry.inputs)
        shown = ", ".join(
            f"{name}={_shown(value)}" for name, value in zip(names, call.arguments, strict=True)
        )
        return f"{call.function}({shown})"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)
