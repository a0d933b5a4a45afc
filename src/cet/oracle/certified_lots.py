"""Allocations of certificated generation, held to the ledger: with their certificates cancelled for the participant, and those
certificates for nothing else. Each MWh has one market-based input.

A package says by lines (`received`) or by `[[supply]]` with a `lot` what it received. The ledger says what of it is certificated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger import key_text
from cet.oracle.errors import CertificatesUnfounded
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.certificates import Supply
    from cet.inventory import Inventory
    from cet.ledger import Ledger, LotView


def require_certificates(ledger: Ledger, inventory: Inventory, participant: str) -> None:
    """Raises CertificatesUnfounded with everything wrong, by lot, supply and certificate."""
    settings = inventory.package.settings
    supplies = [one for one in settings.supplies if one.lot is not None]
    cited = {int(one.lot, 16) for one in inventory.received} | {int(one.lot or "0", 16) for one in supplies}
    found = [
        f"supply {one.id}: an allocation without the lot that was received"
        for one in settings.supplies
        if one.instrument == "allocation" and one.lot is None
    ]
    found += _uncovered(ledger, cited)
    for one in supplies:
        found += _of_supply(ledger, one, participant)
    found += _elsewhere(ledger, inventory)
    if found:
        raise CertificatesUnfounded(
            "\n".join(found),
            "have the generation's certificates cancelled for the participant and named for the lot, and name them in its [[supply]]",
        )


def _uncovered(ledger: Ledger, cited: set[int]) -> Iterator[str]:
    """Allocations received whose own certificates are too few; what is above them is flagged, and its holders' affair."""
    for key in sorted(cited):
        if not ledger.emissions.exists(key):
            continue
        for short in ledger.generation.shortfalls_of(key):
            if short.lot == key:
                yield (
                    f"received {key_text(key)}: certificated generation, {short.required} Wh of its certificates are "
                    f"needed, {short.covered} Wh are cancelled for it"
                )


def _of_supply(ledger: Ledger, supply: Supply, participant: str) -> Iterator[str]:
    """That the supply is the participant's lot, no more than it, and says of its certificates what the ledger says."""
    key, named = int(supply.lot or "0", 16), f"supply {supply.id}, received {supply.lot}"
    view = ledger.emissions.lot_of(key) if ledger.emissions.exists(key) else None
    if view is None:
        yield f"{named}: there is no such lot on the ledger"
        return
    if view.holder != participant:
        yield f"{named}: it is held by {view.holder}, not by {participant}"
    if supply.watt_hours is not None and supply.watt_hours > view.basis:
        yield f"{named}: {exact_text(supply.watt_hours)} Wh are supplied, it has {view.basis}"
    if _required(ledger, key, view) and not supply.certificated:
        yield f"{named}: it says certificated = false, and certificates were issued for it on the ledger"


def _required(ledger: Ledger, key: int, view: LotView) -> int:
    ((parent, units), *_) = ledger.emissions.edges_of(key) or ((0, 0),)
    return 0 if view.statement or not parent else ledger.generation.required_of(parent, units)


def _elsewhere(ledger: Ledger, inventory: Inventory) -> Iterator[str]:
    """Cancellations that stand for an allocation, named for other energy, and those of an allocation that do not stand for it."""
    settings = inventory.package.settings
    owner = {name: one for one in settings.supplies for name in one.certificates}
    for certificate in settings.certificates:
        on_ledger = (certificate.contract or "").lower() == ledger.certificates.address.lower()
        if not on_ledger or certificate.cancellation is None:
            continue
        covers = ledger.generation.lot_of(int(certificate.cancellation, 16))
        supply = owner.get(certificate.id)
        named = int(supply.lot, 16) if supply is not None and supply.lot is not None else 0
        if covers and covers != named:
            yield (
                f"certificate {certificate.id}: its cancellation stands for lot {key_text(covers)}; it is used for "
                + (f"supply {supply.id}" if supply is not None else "other energy")
            )
        elif named and not covers and supply is not None:
            view = ledger.emissions.lot_of(named) if ledger.emissions.exists(named) else None
            if view is not None and _required(ledger, named, view):
                yield (
                    f"certificate {certificate.id}: its cancellation is not named for lot {supply.lot} on the ledger"
                )
