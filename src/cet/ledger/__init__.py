"""The only part that talks to contracts: typed calls, decoded refusals, and a mirror built from events.

    chain = Chain.connect("http://127.0.0.1:8545")
    ledger = Ledger.open(chain, Path("deployments/devnet.json"))
    ledger.send(ledger.emissions.accept(offer, signature), dependent).result   # the new lot's key
    ledger.emissions.figures(key).gross                                        # mg CO2e

Methods of the contracts that change state return a `Call`, a value that is sent, simulated or only shown.
"""

from cet.ledger.anchors import Anchor
from cet.ledger.chain import Call, Chain, Outcome
from cet.ledger.credits import BatchStatus, BatchView, CreditBatch, Retirement, program_id
from cet.ledger.deployment import deploy, deploy_once, read_creation_code
from cet.ledger.emissions import Operation
from cet.ledger.energy import Cancellation, Carrier, CertificateBatch, Purpose
from cet.ledger.errors import DeploymentError, LedgerError, NotConfirmed, Refused, UnknownLot, WrongChain
from cet.ledger.escrow import Reconciliation, UsePhase, UsePhaseEscrow
from cet.ledger.keys import LotWord, is_derived, key_text, parse_key, source_key
from cet.ledger.ledger import Ledger
from cet.ledger.lots import (
    NO_OPT_IN,
    Acceptance,
    AnchorState,
    Composition,
    Correction,
    Figures,
    LotView,
    Offer,
    OptIn,
)
from cet.ledger.record import Deployment, Parameters
from cet.ledger.signing import LocalSigner, Signer
from cet.ledger.statements import Evidence, Opinion, StatementRecord

__all__ = [
    "NO_OPT_IN",
    "Acceptance",
    "Anchor",
    "AnchorState",
    "BatchStatus",
    "BatchView",
    "Call",
    "Cancellation",
    "Carrier",
    "CertificateBatch",
    "Chain",
    "Composition",
    "Correction",
    "CreditBatch",
    "Deployment",
    "DeploymentError",
    "Evidence",
    "Figures",
    "Ledger",
    "LedgerError",
    "LocalSigner",
    "LotView",
    "LotWord",
    "NotConfirmed",
    "Offer",
    "Operation",
    "Opinion",
    "OptIn",
    "Outcome",
    "Parameters",
    "Purpose",
    "Reconciliation",
    "Refused",
    "Retirement",
    "Signer",
    "StatementRecord",
    "UnknownLot",
    "UsePhase",
    "UsePhaseEscrow",
    "WrongChain",
    "deploy",
    "deploy_once",
    "is_derived",
    "key_text",
    "parse_key",
    "program_id",
    "read_creation_code",
    "source_key",
]
