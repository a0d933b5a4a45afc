"""OpenZeppelin's access manager: who may call the operators' functions, and after what delay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cet.ledger.contract import Contract, first, nothing
from cet.ledger.interfaces import interface

if TYPE_CHECKING:
    from cet.ledger.chain import Call
    from cet.ledger.record import Parameters

FunctionTable = Mapping[str, tuple[str, ...]]
"""Functions by contract."""

ADMIN = 0
OPERATOR = 1
ENFORCER = 2
GUARDIAN = 3

OPERATOR_FUNCTIONS: FunctionTable = {
    "StatementRegistry": (
        "enrol",
        "suspend",
        "assignEntity",
        "accredit",
        "setOracle",
        "setAttestationsRequired",
        "setInstrument",
    ),
    "CarbonEmissionsToken": ("setClosed",),
    "CarbonOffsetToken": ("setProgram",),
    "EnergyCertificates": ("setSystem",),
    "BookAndClaim": ("setOrganisation", "setPartner", "findVoid", "setClosed"),
}
"""Who takes part and in which role, which programmes and tracking systems issue, and what is open."""

ENFORCER_FUNCTIONS: FunctionTable = {
    "CarbonEmissionsToken": ("setFrozenTokens", "forcedTransfer"),
    "CarbonOffsetToken": ("setFrozenTokens", "forcedTransfer"),
    "EnergyCertificates": ("setFrozenTokens", "forcedTransfer"),
}
"""Disputes and legal succession (ERC-7943): another role, so that an operator alone moves nobody's tokens."""

GUARDIAN_FUNCTIONS: FunctionTable = {"CarbonEmissionsToken": ("close",), "BookAndClaim": ("close",)}
"""Closing in an emergency: without delay, and only closing. What is opened again the operators open."""

ROLES: Mapping[int, tuple[str, FunctionTable]] = {
    OPERATOR: ("operator", OPERATOR_FUNCTIONS),
    ENFORCER: ("enforcer", ENFORCER_FUNCTIONS),
    GUARDIAN: ("guardian", GUARDIAN_FUNCTIONS),
}
"""By role: its label, and the functions that only its holders may call."""


def role_holders(parameters: Parameters) -> tuple[tuple[int, str, int], ...]:
    """(role, account, delay) of everybody who holds a role once a deployment is done."""
    return (
        (OPERATOR, parameters.operator, parameters.operator_delay),
        (ENFORCER, parameters.enforcer, parameters.enforcer_delay),
        (GUARDIAN, parameters.guardian or parameters.operator, 0),
        (ADMIN, parameters.admin, 0),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whether a call has to be announced first (`delay` seconds ahead), or is announced and due at second `due`."""

    announced: bool
    delay: int
    due: int

    NOTHING: ClassVar[Waiting]

    @property
    def is_over(self) -> bool:
        """Whether the call can be made now."""
        return self is Waiting.NOTHING


Waiting.NOTHING = Waiting(announced=True, delay=0, due=0)


class AccessManager(Contract):
    """Typed calls of the access manager. Delays are seconds."""

    name = "AccessManager"

    def grant_role(self, role: int, account: str, delay: int) -> Call[None]:
        return self.call("grantRole", role, account, delay, read=nothing)

    def revoke_role(self, role: int, account: str) -> Call[None]:
        return self.call("revokeRole", role, account, read=nothing)

    def renounce_role(self, role: int, account: str) -> Call[None]:
        """The caller gives up its own role; `account` is the caller, as confirmation."""
        return self.call("renounceRole", role, account, read=nothing)

    def label_role(self, role: int, label: str) -> Call[None]:
        return self.call("labelRole", role, label, read=nothing)

    def assign_functions(self, target: Contract, functions: tuple[str, ...], role: int) -> Call[None]:
        """From now on only holders of `role` may call these functions of `target`."""
        entries = interface(target.name).functions
        selectors = tuple(entries[function].selector for function in functions)
        return self.call("setTargetFunctionRole", target.address, selectors, role, read=nothing)

    def schedule(self, call: Call[Any], when: int = 0) -> Call[bytes]:
        """Announces a delayed call, which its sender makes once the delay is over; `when` 0 is the earliest time."""
        return self.call("schedule", call.to, call.data, when, read=first)

    def waiting(self, call: Call[Any], sender: str) -> Waiting:
        """What stands between `sender` and a call of an operator's function. Raises Refused if it never may."""
        immediate, delay = self.view("canCall", sender, call.to, call.data[:4], read=tuple)
        if immediate or not delay:
            return Waiting.NOTHING
        operation = self.view("hashOperation", sender, call.to, call.data, read=first)
        due = self.view("getSchedule", operation, read=first)
        if not due:
            return Waiting(announced=False, delay=delay, due=0)
        return Waiting.NOTHING if due <= self.chain.now else Waiting(announced=True, delay=delay, due=due)

    def has_role(self, role: int, account: str) -> tuple[bool, int]:
        """Whether the account holds the role, and the delay of its calls."""
        holds, delay = self.view("hasRole", role, account, read=tuple)
        return holds, delay

    def access_of(self, role: int, account: str) -> tuple[int, int, int, int]:
        """Since when the account holds the role (0: it doesn't), its delay, the delay to come, and from when that holds."""
        since, delay, pending, effect = self.view("getAccess", role, account, read=tuple)
        return since, delay, pending, effect
