"""Who takes part in the demonstration, each with an account of the devnets' public mnemonic."""

from __future__ import annotations

from dataclasses import dataclass

from eth_account import Account

from cet.ledger import LocalSigner

PUBLIC_MNEMONIC = "test test test test test test test test test test test junk"
"""The mnemonic every devnet funds; worth nothing anywhere else."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The parties. Names of real organisations stand for whose published figures are used, not for participation."""

    operator: LocalSigner
    verifier: LocalSigner
    oracle: LocalSigner
    credit_registry: LocalSigner
    utility: LocalSigner
    university: LocalSigner
    purchaser: LocalSigner
    anyone: LocalSigner

    @property
    def names(self) -> dict[str, str]:
        """Display name by address."""
        return {
            self.operator.address: "Ledger operator",
            self.verifier.address: "Verifier",
            self.oracle.address: "Oracle",
            self.credit_registry.address: "Climate Action Reserve",
            self.utility.address: "Duke Energy",
            self.university.address: "Duke University",
            self.purchaser.address: "Purchaser of services",
            self.anyone.address: "Anyone",
        }


def devnet_cast() -> Cast:
    """Accounts 0 to 7 of the public mnemonic, in the order of the fields."""
    Account.enable_unaudited_hdwallet_features()
    path = "m/44'/60'/0'/0/{}"
    return Cast(
        *(
            LocalSigner(Account.from_mnemonic(PUBLIC_MNEMONIC, account_path=path.format(i)))
            for i in range(len(Cast.__dataclass_fields__))
        )
    )
