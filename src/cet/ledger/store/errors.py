"""What can be wrong with a store."""

from __future__ import annotations

from cet.ledger.errors import LedgerError


class StoreError(LedgerError):
    """The store can't be used as it is: another schema, another deployment, no database."""
