"""What subscribers are told, as CloudEvents 1.0 in structured JSON, in the manner of PACT's events (PACT v3, `/3/events`).

PACT has one type that fits: `ProductFootprint.PublishedEvent.3`, with the ids of footprints that are new or updated. A product
lot is such a footprint. Of what moved and to how much PACT has no type, so there is one of our own.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from cet.ledger import key_text

if TYPE_CHECKING:
    from typing import Any

    from cet.ledger.events import Event
    from cet.oracle.service.keeping.following import Known

NET_CHANGED = "org.carbonemissionstoken.Lot.NetChangedEvent.1"
PUBLISHED = "org.wbcsd.pact.ProductFootprint.PublishedEvent.3"


class Kind(StrEnum):
    """Which events a subscription wants."""

    LOT = "lot"
    """Every figure that was announced anew: `NET_CHANGED`."""
    PACT = "pact"
    """Product lots only, as PACT's `PUBLISHED`."""


class Contract:
    """The emissions token of one chain: the source of all events."""

    def __init__(self, chain_id: int, address: str) -> None:
        self.chain_id = chain_id
        self.address = address

    @property
    def source(self) -> str:
        """As ERC-681 writes a contract of a chain."""
        return f"ethereum:{self.address}@{self.chain_id}"

    def footprint_id(self, lot: int) -> str:
        """A product lot's PACT footprint id, the same for everybody: UUID 5 of the contract and the key."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.source}/{key_text(lot)}"))

    def event_id(self, kind: Kind, event: Event, block_hash: bytes) -> str:
        """The idempotency id: the same each time, another if a reorganisation puts the event elsewhere."""
        place = f"{self.source}/{block_hash.hex()}/{event.log}/{kind}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, place))


def cloud_event(contract: Contract, kind: Kind, event: Event, known: Known, at: tuple[int, bytes]) -> str:
    """The event as it is sent, byte for byte. `at` is its block's time, s since 1970, and hash. Masses are mg CO2e, as text."""
    seconds, block_hash = at
    lot = event.arguments["lot"]
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "type": NET_CHANGED if kind is Kind.LOT else PUBLISHED,
        "id": contract.event_id(kind, event, block_hash),
        "source": contract.source,
        "subject": key_text(lot),
        "time": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        # The extension of CloudEvents' own list: ascending as text, so that a receiver can tell older from newer.
        "sequence": f"{event.block:012}.{event.log:06}",
    }
    if kind is Kind.PACT:
        data: dict[str, Any] = {"pfIds": [contract.footprint_id(lot)]}
    else:
        data = {
            "lot": key_text(lot),
            "holder": known.holder,
            "code": f"{known.code.encode():#06x}",
            "grossMg": str(event.arguments["gross"]),
            "netMg": str(event.arguments["net"]),
            "chainId": contract.chain_id,
            "contract": contract.address,
            "block": event.block,
            "blockHash": "0x" + block_hash.hex(),
            "logIndex": event.log,
            "transaction": event.transaction,
        }
    return json.dumps({**envelope, "data": data}, separators=(",", ":"))


def wanted_by(kind: Kind, known: Known) -> bool:
    """Whether a subscription of this kind is told of such a lot at all."""
    return kind is Kind.LOT or known.code.is_product
