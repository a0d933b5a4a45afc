"""The oracle's path: recompute a package, attest only what agrees with it, mint once, confirm.

    oracle = Oracle(ledger, signer)
    draft = oracle.recompute("examples/duke-university-fy2021", participant, verifier)
    attestation = oracle.attest(statement, "examples/duke-university-fy2021")
    receipt = oracle.submit(draft, evidence)

A statement's id is its identity: submitting it again, after a crash or by mistake, sends only what is missing.
"""

from cet.oracle.errors import OracleError, RecomputationDiffers
from cet.oracle.evidence import gather_evidence
from cet.oracle.oracle import Oracle
from cet.oracle.receipt import Receipt

__all__ = ["Oracle", "OracleError", "Receipt", "RecomputationDiffers", "gather_evidence"]
