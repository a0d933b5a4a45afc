"""The three consolidation approaches, of which an inventory uses one."""

from __future__ import annotations

from enum import IntEnum


class Consolidation(IntEnum):
    """How the organisational boundary is drawn (Corporate Standard, chapter 3); the value is a statement's."""

    EQUITY_SHARE = 1
    FINANCIAL_CONTROL = 2
    OPERATIONAL_CONTROL = 3

    @property
    def text(self) -> str:
        """As written in a package."""
        return self.name.lower().replace("_", "-")

    @property
    def words(self) -> str:
        """As people read it."""
        return self.name.lower().replace("_", " ")
