"""No contract's event is forgotten by the mirror: each is written into the books, or passed over for a reason."""

from __future__ import annotations

import pytest

from cet.ledger.events import WATCHED
from cet.ledger.interfaces import interface
from cet.ledger.mirror.mirror import _HANDLERS

ADMINISTRATION = {"AuthorityUpdated", "EIP712DomainChanged", "ApprovalForAll", "URI"}
"""Of OpenZeppelin's: nothing that a figure, a holding or a statement rests on."""
TOLD_OTHERWISE = {
    "CarbonEmissionsToken": {
        "HookFailed",
        "OffsetChanged",
    },  # what a hook did; CreditsApplied says it with its batch
    "CarbonOffsetToken": {"ForcedTransfer"},  # TransferSingle says it
    "EnergyCertificates": {"ForcedTransfer"},
}


@pytest.mark.parametrize("contract", WATCHED)
def test_every_event_is_written_or_passed_over(contract: str) -> None:
    names = {entry.name for entry in interface(contract).events.values()}
    assert names - ADMINISTRATION - TOLD_OTHERWISE.get(contract, set()) == set(_HANDLERS[contract])
