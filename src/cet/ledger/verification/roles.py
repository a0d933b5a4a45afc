"""Who may do what, and after which delay: the access manager's state beside the deployment's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from cet.ledger.access import ROLES, AccessManager, role_holders
from cet.ledger.book_and_claim import BookAndClaim
from cet.ledger.certificates import EnergyCertificates
from cet.ledger.contract import first
from cet.ledger.emissions import EmissionsToken
from cet.ledger.interfaces import interface
from cet.ledger.offsets import OffsetToken
from cet.ledger.registry import StatementRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.ledger.chain import Chain
    from cet.ledger.contract import Contract
    from cet.ledger.record import Deployment

ANSWERING = (
    "AccessManager",
    "StatementRegistry",
    "CarbonEmissionsToken",
    "CarbonOffsetToken",
    "EnergyCertificates",
    "BookAndClaim",
)
"""The contracts that are asked."""

_ROLE_NAMES = {0: "admin", **{role: name for role, (name, _) in ROLES.items()}}


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """An account that holds a role now, or will from `since` on (seconds since 1970); its calls wait `delay` seconds."""

    role: int
    account: str
    delay: int
    since: int

    @property
    def role_name(self) -> str:
        return _ROLE_NAMES.get(self.role, f"role {self.role}")


@dataclass(frozen=True, slots=True)
class AccessReport:
    """Who holds roles, everything that is not as deployed, and operations that are announced and not carried out."""

    holders: tuple[RoleHolder, ...]
    differences: tuple[str, ...]
    scheduled: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def compare_access(chain: Chain, deployment: Deployment, block: int) -> AccessReport:
    """Reads every role, function and delay the manager ever set, from its events, and asks it what holds now."""
    manager = AccessManager(chain, deployment.address("AccessManager"))
    contracts: tuple[Contract, ...] = (
        StatementRegistry(chain, deployment.address("StatementRegistry")),
        EmissionsToken(chain, deployment.address("CarbonEmissionsToken")),
        OffsetToken(chain, deployment.address("CarbonOffsetToken")),
        EnergyCertificates(chain, deployment.address("EnergyCertificates")),
        BookAndClaim(chain, deployment.address("BookAndClaim")),
    )
    events = tuple(_events(chain, manager, deployment.block, block))
    holders = tuple(_holders(manager, events))
    differences = [
        *_holder_differences(deployment, holders),
        *_role_differences(manager, events),
        *_function_differences(manager, contracts, events),
        *_target_differences(manager, contracts),
    ]
    registry = StatementRegistry(chain, deployment.address("StatementRegistry"))
    differences += [
        f"statements may not use {what}, as they could when it was deployed"
        for name, what in (
            ("EnergyCertificates", "energy certificates"),
            ("BookAndClaim", "transport claims"),
        )
        if not registry.is_instrument(deployment.address(name))
    ]
    required = registry.attestations_required()
    wanted = deployment.parameters.attestations_required
    if required != wanted:
        differences.append(f"{required} attestations are required, {wanted} when it was deployed")
    return AccessReport(holders, tuple(differences), tuple(_scheduled(deployment, events)))


_Told = tuple[str, "Mapping[str, Any]"]


def _events(chain: Chain, manager: AccessManager, start: int, end: int) -> Iterator[_Told]:
    known = interface(manager.name).events
    for log in chain.logs([manager.address], start, end):
        topics = [bytes(topic) for topic in log["topics"]]
        entry = known[topics[0]]
        yield entry.name, entry.read_log(topics, bytes(log["data"]))


def _holders(manager: AccessManager, events: tuple[_Told, ...]) -> Iterator[RoleHolder]:
    granted = {(values["roleId"], values["account"]) for name, values in events if name == "RoleGranted"}
    for role, account in sorted(granted):
        since, delay, _, _ = manager.access_of(role, account)
        if since:
            yield RoleHolder(role, account, delay, since)


def _holder_differences(deployment: Deployment, holders: tuple[RoleHolder, ...]) -> Iterator[str]:
    wanted = {
        (role, to_checksum_address(account)): delay
        for role, account, delay in role_holders(deployment.parameters)
    }
    held = {(holder.role, holder.account): holder for holder in holders}
    for (role, account), delay in wanted.items():
        holder = held.get((role, account))
        if holder is None:
            yield f"{account} does not hold the role {_ROLE_NAMES[role]}"
        elif holder.delay != delay:
            yield f"{account} as {_ROLE_NAMES[role]} has a delay of {holder.delay} s instead of {delay} s"
    for key, holder in held.items():
        if key not in wanted:
            yield f"{holder.account} holds the role {holder.role_name} with a delay of {holder.delay} s"


def _role_differences(manager: AccessManager, events: tuple[_Told, ...]) -> Iterator[str]:
    """Admins, guardians and grant delays of roles: none was ever set."""
    roles = set(_ROLE_NAMES) | {values["roleId"] for _, values in events if "roleId" in values}
    for role in sorted(roles):
        name = _ROLE_NAMES.get(role, f"role {role}")
        for what, function in (
            ("its members are granted by role", "getRoleAdmin"),
            ("its operations can be cancelled by role", "getRoleGuardian"),
            ("it is granted after a delay of seconds", "getRoleGrantDelay"),
        ):
            value = manager.view(function, role, read=first)
            if value:
                yield f"{name}: {what} {value}"


def _function_differences(
    manager: AccessManager, contracts: tuple[Contract, ...], events: tuple[_Told, ...]
) -> Iterator[str]:
    """Every function of every contract has the role that was given to it; all others are the administrator's."""
    wanted = {
        (contract.address, interface(contract.name).functions[function].selector): role
        for role, (_, table) in ROLES.items()
        for contract in contracts
        for function in table.get(contract.name, ())
    }
    names = {
        (contract.address, entry.selector): entry
        for contract in contracts
        for entry in interface(contract.name).functions.values()
    }
    told = {
        (values["target"], bytes(values["selector"]))
        for name, values in events
        if name == "TargetFunctionRoleUpdated"
    }
    for target, selector in sorted(told | set(wanted)):
        actual = manager.view("getTargetFunctionRole", target, selector, read=first)
        expected = wanted.get((target, selector), 0)
        if actual != expected:
            entry = names.get((target, selector))
            what = f"{entry.contract}.{entry.name}" if entry else f"function 0x{selector.hex()} of {target}"
            roles = [_ROLE_NAMES.get(role, f"role {role}") for role in (actual, expected)]
            yield f"{what} belongs to {roles[0]} instead of {roles[1]}"


def _target_differences(manager: AccessManager, contracts: tuple[Contract, ...]) -> Iterator[str]:
    for contract in contracts:
        authority = contract.view("authority", read=first)
        if authority != manager.address:
            yield f"{contract.name} obeys {authority} instead of the access manager {manager.address}"
        if manager.view("isTargetClosed", contract.address, read=first):
            yield f"{contract.name} is closed to all its operators"
        delay = manager.view("getTargetAdminDelay", contract.address, read=first)
        if delay:
            yield f"{contract.name}: its roles change after a delay of {delay} s"


def _scheduled(deployment: Deployment, events: tuple[_Told, ...]) -> Iterator[str]:
    """Announced operations: not yet executed, not cancelled."""
    names = {contract.address: name for name, contract in deployment.contracts.items()}
    standing: dict[bytes, Mapping[str, Any]] = {}
    for name, values in events:
        if name == "OperationScheduled":
            standing[values["operationId"]] = values
        elif name in ("OperationExecuted", "OperationCanceled"):
            standing.pop(values["operationId"], None)
    for values in standing.values():
        target, data = values["target"], bytes(values["data"])
        contract = names.get(target)
        entry = interface(contract).selectors.get(data[:4]) if contract else None
        what = f"{contract}.{entry.name}" if entry else f"function 0x{data[:4].hex()} of {target}"
        yield f"{what} by {values['caller']}, from second {values['schedule']} on"
