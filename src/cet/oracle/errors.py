"""Errors of the oracle.

OracleError
├── RecomputationDiffers    what a participant asserts is not what its package gives
├── ReceivedUnfounded       a package cites allocations that its participant did not receive
└── CertificatesUnfounded   a package takes allocations of certificated generation otherwise than with their certificates
"""

from __future__ import annotations

from cet.errors import ExplainedError


class OracleError(ExplainedError):
    """Root of what stops a statement on its way through the oracle."""


class RecomputationDiffers(OracleError):  # noqa: N818 - says what happened, as the tree above
    """The asserted statement and the recomputed one differ; nothing is attested."""


class ReceivedUnfounded(OracleError):  # noqa: N818 - says what happened, as the tree above
    """Lines cite an allocation that is not the participant's on the ledger, or more of it than there is."""


class CertificatesUnfounded(OracleError):  # noqa: N818 - says what happened, as the tree above
    """An allocation of certificated generation without its certificates, or its certificates for other energy."""
