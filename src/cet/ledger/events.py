"""Events of the deployment's contracts, decoded, in the order in which they happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cet.ledger.interfaces import interface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from web3.types import LogReceipt

    from cet.ledger.record import Deployment

WATCHED = (
    "StatementRegistry",
    "CarbonEmissionsToken",
    "CarbonOffsetToken",
    "EnergyCertificates",
    "BookAndClaim",
    "UsePhaseEscrow",
    "CertificatedGeneration",
)


@dataclass(frozen=True, slots=True)
class Event:
    """`arguments` by their Solidity names; `transaction` as hex; `log` its place in the block."""

    contract: str
    name: str
    arguments: Mapping[str, Any] = field(repr=False)
    block: int
    log: int
    transaction: str


class Decoder:
    """Makes events of logs of a deployment's contracts."""

    def __init__(self, deployment: Deployment) -> None:
        """Raises DeploymentError if the deployment lacks a contract that is watched."""
        self.addresses = [deployment.address(name) for name in WATCHED]
        self._interfaces = {
            address.lower(): interface(name) for address, name in zip(self.addresses, WATCHED, strict=True)
        }

    def event(self, log: LogReceipt) -> Event | None:
        """None for a log of another contract, or of an event that its interface does not know."""
        known = self._interfaces.get(log["address"].lower())
        topics = [bytes(topic) for topic in log["topics"]]
        entry = known.events.get(topics[0]) if known and topics else None
        if known is None or entry is None:
            return None
        return Event(
            contract=known.contract,
            name=entry.name,
            arguments=entry.read_log(topics, bytes(log["data"])),
            block=log["blockNumber"],
            log=log["logIndex"],
            transaction=log["transactionHash"].to_0x_hex(),
        )


def decode_logs(deployment: Deployment, logs: Iterable[LogReceipt]) -> Iterator[Event]:
    """The events among logs that are the deployment's own; logs of others are passed over."""
    decoder = Decoder(deployment)
    return (event for event in map(decoder.event, logs) if event is not None)
