"""A second ledger, written from docs/architecture.md alone: plain Python, exact fractions, nothing of src/cet/ledger.

The state machine drives it beside the contracts; where they differ, one of them is wrong.
"""

from model.codes import Code
from model.corrections import Corrected
from model.credits import CreditModel
from model.ledger import LedgerModel
from model.lots import Figure, LotModel, Offered
from model.refusal import ModelRefusal
from model.statements import Stated

__all__ = [
    "Code",
    "Corrected",
    "CreditModel",
    "Figure",
    "LedgerModel",
    "LotModel",
    "ModelRefusal",
    "Offered",
    "Stated",
]
