"""Errors of the layer that talks to a chain.

LedgerError
├── Refused            a contract refused; carries the decoded error
├── WrongChain         the chain is not the one a deployment record names
├── DeploymentError    a record that does not match the chain, code that is missing
├── NotConfirmed       a transaction that was sent and is not (or no longer) in a block
├── NotBroadcast       a signed transaction that no node takes
├── NotReachable       no endpoint answers
├── SignerError        a key that can't be opened, a signing service that does not sign
└── UnknownLot         no such lot in the mirror
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cet.errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Mapping


class LedgerError(ExplainedError):
    """Root of what goes wrong between Python and the chain."""


class Refused(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """A contract refused a call. Nothing was changed, and unless `transaction` is set nothing was sent.

    `name` and `arguments` are the decoded custom error's; `function` is what was called, as `Contract.function`.
    """

    def __init__(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        problem: str,
        remedy: str = "",
        function: str = "",
        transaction: str | None = None,
    ) -> None:
        super().__init__(problem, remedy)
        self.name = name
        self.arguments: Mapping[str, Any] = MappingProxyType(dict(arguments))
        self.function = function
        self.transaction = transaction


class WrongChain(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """The connected chain is another one than the deployment's."""


class DeploymentError(LedgerError):
    """A deployment record or its code does not match what is on the chain."""


class NotConfirmed(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """A transaction was sent and did not reach, or did not stay in, a block."""


class NotBroadcast(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """A node refused a signed transaction for another reason than that it has it."""


class NotReachable(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """No endpoint of the chain answers, or all limit their callers."""


class SignerError(LedgerError):
    """A key that can't be opened, or a signing service that does not sign. Never says anything of the key."""


class UnknownLot(LedgerError):  # noqa: N818 - says what happened, as the tree above
    """No lot has this key at this block."""
