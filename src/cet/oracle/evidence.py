"""The three signatures of a statement, put together as the registry takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_account import Account
from eth_account.messages import encode_typed_data

from cet.ledger import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.ledger import Ledger, Opinion
    from cet.statement import Statement


def gather_evidence(
    ledger: Ledger,
    statement: Statement,
    *,
    assertion: bytes,
    opinion: Opinion,
    opinion_signature: bytes,
    attestations: Iterable[bytes],
) -> Evidence:
    """Evidence with the attestations in the order the registry wants (ascending oracles) and the period's neighbour."""
    message = encode_typed_data(full_message=dict(ledger.registry.attestation(statement.id)))
    ordered = sorted(
        attestations, key=lambda signature: int(Account.recover_message(message, signature=signature), 16)
    )
    return Evidence(
        assertion=assertion,
        opinion=opinion,
        opinion_signature=opinion_signature,
        attestations=tuple(ordered),
        previous_period=ledger.registry.previous_period(statement.entity, statement.period_start),
    )
