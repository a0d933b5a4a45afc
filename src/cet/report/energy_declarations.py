"""Declarations of contractual instruments for people, and whose signature each bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.energy.declaration import declarations
from cet.quantities import exact_text
from cet.report.tables import facts, headed
from cet.report.words import megawatt_hours
from cet.statement.energy import declaration_typed_data

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cet.inventory import Inventory
    from cet.inventory.energy.declaration import Declaration


def declaration_tables(inventory: Inventory) -> list[RenderableType]:
    """A column of facts for each instrument, as table 10 of the CarbonNeutral Protocol has them."""
    if inventory.energy is None:
        return []
    blocks: list[RenderableType] = []
    for one in declarations(inventory.energy, inventory.package.settings):
        pairs = [(name, text) for name, text in shown_fields(one).items() if text]
        pairs.append(("signature", signature_words(inventory, one)))
        blocks.append(headed(one.id, facts([(name, text) for name, text in pairs])))
    return blocks


def shown_fields(one: Declaration) -> dict[str, str]:
    """A declaration for people."""
    return {
        "instrument": one.instrument + (f", {one.label}" if one.label else ""),
        "tracking system": one.system,
        "certificates": one.certificates,
        "technology": one.technology,
        "location": one.location,
        "vintage": one.vintage,
        "cancelled, MWh": "" if one.declared is None else megawatt_hours(one.declared),
        "applied, MWh": megawatt_hours(one.applied),
        "kg CO2e/MWh": exact_text(one.rate),
        "biogenic kg CO2/MWh": exact_text(one.biogenic) if one.biogenic else "",
        "beneficiary": one.beneficiary,
        "cancelled on": one.cancelled,
        "stands for": "; ".join(one.used_for),
        "signatory": one.signatory,
    }


def signer_of(inventory: Inventory, one: Declaration) -> str | None:
    """The address whose key signed exactly this declaration; None where there is no signature, or none at all made it."""
    if not one.signature:
        return None
    # Loaded only where something is signed: it takes longer than most inventories.
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    message = encode_typed_data(full_message=declaration_typed_data(inventory, one))
    try:
        return str(Account.recover_message(message, signature=one.signature))
    except Exception:  # noqa: BLE001 - eth_keys has several errors for bytes that are no signature
        return None


def signature_words(inventory: Inventory, one: Declaration) -> str:
    """Who signed."""
    signer = signer_of(inventory, one)
    if signer is not None:
        return f"EIP-712, by {signer}"
    return "not a signature of anybody" if one.signature else "not signed"
