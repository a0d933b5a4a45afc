"""A signed offer as a file: what a supplier sends to its customer, who accepts it on the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from cet.errors import CetError
from cet.ledger.errors import LedgerError, WrongChain
from cet.ledger.keys import key_text, parse_key
from cet.ledger.lots import Offer
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cet.ledger.emissions import EmissionsToken


@dataclass(frozen=True, slots=True)
class SignedOffer:
    """An offer with its supplier's signature, for one contract on one chain."""

    offer: Offer
    chain_id: int
    contract: str
    signature: bytes

    def require_contract(self, emissions: EmissionsToken) -> None:
        """Raises WrongChain unless the offer was signed for this contract on this chain."""
        domain = emissions.domain
        if (self.chain_id, self.contract) != (domain.chain_id, domain.contract):
            raise WrongChain(
                f"the offer is for {self.contract} on chain {self.chain_id}",
                f"this ledger is {domain.contract} on chain {domain.chain_id}; ask for an offer made for it",
            )

    def as_json(self) -> dict[str, Any]:
        """Plain values; numbers as text where JSON readers would round them."""
        return {
            "chain_id": self.chain_id,
            "contract": self.contract,
            **offer_json(self.offer),
            "signature": "0x" + self.signature.hex(),
        }

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> SignedOffer:
        """Raises LedgerError for a file that holds no offer."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            offer = offer_of(values)
            signature = bytes.fromhex(values["signature"].removeprefix("0x"))
            return cls(offer, values["chain_id"], to_checksum_address(values["contract"]), signature)
        except (OSError, KeyError, ValueError, TypeError, AttributeError, CetError) as error:
            raise LedgerError(
                f"{file} holds no signed offer ({error!r})", "ask the supplier for it"
            ) from error


def offer_json(offer: Offer) -> dict[str, Any]:
    """An offer as plain values; `lot` is the one it would make."""
    return {
        "lot": key_text(offer.key),
        "parent": key_text(offer.parent),
        "dependent": offer.dependent,
        "units": str(offer.units),
        "code": offer.code.encode(),
        "kind": str(offer.code),
        "consumed_from": offer.consumed_from,
        "consumed_to": offer.consumed_to,
        "deadline": offer.deadline,
        "activity": "0x" + offer.activity.hex(),
    }


def offer_of(values: Mapping[str, Any]) -> Offer:
    """The offer of such values. Raises KeyError, ValueError, TypeError or CetError for others."""
    return Offer(
        parent=parse_key(values["parent"]),
        dependent=to_checksum_address(values["dependent"]),
        units=int(values["units"]),
        code=LotCode.decode(values["code"]),
        consumed_from=values["consumed_from"],
        consumed_to=values["consumed_to"],
        deadline=values["deadline"],
        activity=bytes.fromhex(values["activity"].removeprefix("0x")),
    )
