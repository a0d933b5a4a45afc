"""What a reader must know of claims of transport: what was refused and why, what stands on another GWP set, what is disclosed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.certificates import Outcome
from cet.inventory.notices import Notice
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory.transport.result import TransportResult


def transport_notices(result: TransportResult | None) -> Iterator[Notice]:
    """One notice for each claim that was applied to nothing, and for each rule it breaks."""
    if result is None:
        return
    for claim in result.claiming.refused:
        for verdict in result.claiming.verdicts[claim.id]:
            if verdict.outcome is Outcome.BROKEN:
                unused = f"{exact_text(claim.quantity)} {claim.unit} unused"
                yield Notice("claim-refused", f"{claim.id}: {verdict.rule}: {verdict.told}; {unused}", 0, "")
