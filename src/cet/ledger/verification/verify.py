"""One deployment, verified whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.ledger.interfaces import CONTRACTS
from cet.ledger.verification.code import compare_code
from cet.ledger.verification.roles import ANSWERING, AccessReport, compare_access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.ledger.chain import Chain
    from cet.ledger.record import Deployment
    from cet.ledger.verification.code import ContractReport
    from cet.ledger.verification.runtime import RuntimeCode


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, at which block, and everything that differs."""

    block: int
    contracts: Mapping[str, ContractReport]
    access: AccessReport

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.access.holds and all(report.holds for report in self.contracts.values())


def verify(chain: Chain, deployment: Deployment, runtime: Mapping[str, RuntimeCode]) -> Verification:
    """Compares code, links, roles and delays with the sources and the record. Raises WrongChain on another chain."""
    deployment.require_chain(chain)
    block = chain.head
    reports = {
        name: compare_code(runtime[name], chain.code_at(deployment.address(name)), deployment)
        for name in CONTRACTS
    }
    wrong = [name for name in ANSWERING if not reports[name].holds]
    # Code that is not ours may answer anything.
    unread = (f"not read: the code of {', '.join(wrong)} is not the sources'",)
    access = AccessReport((), unread, ()) if wrong else compare_access(chain, deployment, block)
    return Verification(block, reports, access)
