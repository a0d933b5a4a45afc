"""The ledger's state in memory, rebuilt from the chain's events alone, and what is calculated from it.

state = Mirror(ledger.chain, ledger.deployment).refresh()
figures = evaluate(state)
figures[key].gross, ancestry(state, figures, key), live_totals(state, figures, holder)
"""

from cet.ledger.mirror.ancestry import Ancestor, Parent, ancestry
from cet.ledger.mirror.booked import (
    BookedLets,
    BookedSolution,
    ClaimedProfile,
    ClaimedService,
    Position,
    positions,
)
from cet.ledger.mirror.evaluation import evaluate, not_passed_on, stale
from cet.ledger.mirror.flags import Doubt, Flag, flags_of
from cet.ledger.mirror.mirror import Mirror
from cet.ledger.mirror.state import (
    Batch,
    CancelledCertificates,
    CertificateHoldings,
    Escrow,
    Lot,
    RecordedStatement,
    Restatement,
    State,
    UnitsCorrection,
)
from cet.ledger.mirror.totals import (
    Difference,
    GrossSeries,
    NetSeries,
    compare_reported,
    live_net,
    live_totals,
)

__all__ = [
    "Ancestor",
    "Batch",
    "BookedLets",
    "BookedSolution",
    "CancelledCertificates",
    "CertificateHoldings",
    "ClaimedProfile",
    "ClaimedService",
    "Difference",
    "Doubt",
    "Escrow",
    "Flag",
    "GrossSeries",
    "Lot",
    "Mirror",
    "NetSeries",
    "Parent",
    "Position",
    "RecordedStatement",
    "Restatement",
    "State",
    "UnitsCorrection",
    "ancestry",
    "compare_reported",
    "evaluate",
    "flags_of",
    "live_net",
    "live_totals",
    "not_passed_on",
    "positions",
    "stale",
]
