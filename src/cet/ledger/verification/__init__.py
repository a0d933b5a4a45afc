"""Whether what stands on a chain is what the sources say: every byte of every contract, every role, every delay.

    report = verify(chain, Deployment.read(record), read_runtime(Path("build/bytecode")))
    report.holds, report.contracts["CarbonEmissionsToken"].differences, report.access

The compiled runtime code has empty places: immutables, which the constructor filled, and addresses of linked libraries. They
are filled as the deployment record says and the whole is compared with the chain, the compiler's metadata hash included.
That proves the links between the contracts too, because all of them are immutables.
"""

from cet.ledger.verification.code import ContractReport, Difference
from cet.ledger.verification.runtime import RuntimeCode, read_runtime
from cet.ledger.verification.verify import Verification, verify

__all__ = ["ContractReport", "Difference", "RuntimeCode", "Verification", "read_runtime", "verify"]
