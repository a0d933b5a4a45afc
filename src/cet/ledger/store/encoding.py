"""Values of the ledger as text and numbers that a database keeps, and back, exactly.

Frozen dataclasses and statements become JSON that names their class; only the classes listed here are made of it again.
"""

from __future__ import annotations

import json
from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cet.ledger import bookings
from cet.ledger.credits import BatchStatus, CreditBatch, Retirement
from cet.ledger.energy import Cancellation, Carrier, CertificateBatch, Purpose
from cet.ledger.escrow import UsePhase
from cet.ledger.lots import AnchorState, OptIn
from cet.ledger.mirror import booked, state
from cet.ledger.statements import Opinion
from cet.logistics.terms import Basis, Bundling, Mode, Role
from cet.statement import InstrumentUse, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

_BIT_63, _TWO_64 = 1 << 63, 1 << 64

_KNOWN: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        AnchorState,
        Basis,
        BatchStatus,
        Bundling,
        Cancellation,
        Carrier,
        CertificateBatch,
        CreditBatch,
        InstrumentUse,
        Mode,
        Opinion,
        OptIn,
        Purpose,
        Retirement,
        Role,
        Statement,
        UsePhase,
        booked.BookedLets,
        booked.BookedSolution,
        booked.ClaimedProfile,
        booked.ClaimedService,
        booked.Organisation,
        booked.Provided,
        bookings.ClaimAnchor,
        bookings.Credit,
        bookings.LetsBooking,
        bookings.Masses,
        bookings.Provision,
        bookings.ServiceUse,
        bookings.Solution,
        bookings.SolutionClaim,
        state.Accreditation,
        state.AgreedTerms,
        state.Application,
        state.Batch,
        state.CancelledCertificates,
        state.CertificateHoldings,
        state.Escrow,
        state.OfferedProgram,
        state.OfferedSystem,
        state.RecordedStatement,
        state.Restatement,
        state.RetiredCredits,
        state.UnitsCorrection,
    )
}


def know(kinds: Iterable[type]) -> None:
    """Lets values of more classes be kept: of another contract's events."""
    _KNOWN.update({kind.__name__: kind for kind in kinds})


def to_text(value: Any) -> str:
    """A value as JSON. Raises TypeError for a class that is not listed."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def of_text(text: str) -> Any:
    """The value that `to_text` wrote; lists are tuples."""
    return _made(json.loads(text))


def to_signed(word: int) -> int:
    """64 bits as a database's signed whole number: from 2^63 on it is negative."""
    return word - _TWO_64 if word >= _BIT_63 else word


def of_signed(number: int) -> int:
    """The word that `to_signed` was given."""
    return number + _TWO_64 if number < 0 else number


def _plain(value: Any) -> Any:
    if value is None or type(value) in (int, str, bool):
        return value
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return {"set": [_plain(one) for one in sorted(value)]}
    name = type(value).__name__
    if _KNOWN.get(name) is not type(value):
        raise TypeError(f"{name} is no value the store keeps; list it in cet.ledger.store.encoding")
    if isinstance(value, Enum):
        return {"is": name, "of": [value.value]}
    names = type(value).model_fields if isinstance(value, BaseModel) else [one.name for one in fields(value)]
    return {"is": name, "with": {each: _plain(getattr(value, each)) for each in names}}


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(one) for one in value)
    if not isinstance(value, dict):
        return value
    if "hex" in value:
        return bytes.fromhex(value["hex"])
    if "set" in value:
        return frozenset(_made(one) for one in value["set"])
    kind = _KNOWN[value["is"]]
    if "of" in value:
        return kind(*value["of"])
    return kind(**{name: _made(one) for name, one in value["with"].items()})
