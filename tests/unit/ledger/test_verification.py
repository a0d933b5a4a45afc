"""A deployment is what the sources say, or the difference is named: which bytes, which role, which delay."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.crypto import keccak

from cet.ledger import DeploymentError
from cet.ledger.access import ENFORCER, OPERATOR, ROLES
from cet.ledger.interfaces import CONTRACTS
from cet.ledger.verification import read_runtime, verify
from cet.ledger.verification.runtime import LINKS
from world import CODE, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cet.ledger.verification import RuntimeCode, Verification
    from world import World


@pytest.fixture(scope="session")
def runtime(creation_code: dict[str, bytes]) -> Mapping[str, RuntimeCode]:
    assert creation_code
    return read_runtime(CODE)


def verified(world: World, runtime: Mapping[str, RuntimeCode]) -> Verification:
    return verify(world.ledger.chain, world.ledger.deployment, runtime)


def rewrite(world: World, contract: str, code: bytes) -> None:
    address = world.ledger.deployment.address(contract)
    world.ledger.chain.w3.provider.make_request("anvil_setCode", [address, "0x" + code.hex()])  # type: ignore[arg-type]


def code_of(world: World, contract: str) -> bytes:
    return world.ledger.chain.code_at(world.ledger.deployment.address(contract))


def test_a_deployment_is_what_the_sources_say(world: World, runtime: Mapping[str, RuntimeCode]) -> None:
    report = verified(world, runtime)
    assert report.access.differences == ()
    assert {name: each.differences for name, each in report.contracts.items()} == dict.fromkeys(CONTRACTS, ())
    assert report.holds
    assert all(each.length > 1000 for each in report.contracts.values())


def test_every_address_among_the_immutables_is_a_link_to_another_contract(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    domain = {"_cachedDomainSeparator", "_cachedChainId", "_cachedThis", "_hashedName", "_hashedVersion"}
    text, table = {"_name", "_version"}, {"_lowRows", "_highRows"}
    for name, links in LINKS.items():
        places = {place.name for place in runtime[name].places}
        assert places - domain - text - table - set(CONTRACTS) == set(links)
    links = dict(verified(world, runtime).contracts["CarbonEmissionsToken"].links)
    assert links["Evaluation"] == "Evaluation"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_changed_byte_is_found_with_its_place(
    world: World, runtime: Mapping[str, RuntimeCode], contract: str
) -> None:
    original = code_of(world, contract)
    compiled = runtime[contract]
    spots = {200: "code", compiled.metadata_start + 12: "metadata"}
    spots |= {place.start + place.length - 1: place.name for place in compiled.places}
    changed = bytearray(original)
    for spot in spots:
        changed[spot] ^= 0xFF
    rewrite(world, contract, bytes(changed))
    found = verified(world, runtime).contracts[contract].differences
    assert {each.start: each.part for each in found} == spots
    assert all(each.expected == original[each.start : each.start + 1] for each in found)
    assert all(each.actual == changed[each.start : each.start + 1] for each in found)


def test_code_that_is_longer_shorter_or_not_there_is_told(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    original = code_of(world, "LotRenderer")
    rewrite(world, "LotRenderer", original + b"\x01\x02")
    (longer,) = verified(world, runtime).contracts["LotRenderer"].differences
    assert (longer.start, longer.part, longer.actual) == (len(original), "beyond the end", b"\x01\x02")
    rewrite(world, "LotRenderer", original[:-2])
    (shorter,) = verified(world, runtime).contracts["LotRenderer"].differences
    assert (shorter.part, shorter.expected, shorter.actual) == ("metadata", original[-2:], b"")
    rewrite(world, "StatementRegistry", b"")
    report = verified(world, runtime)
    assert not report.contracts["StatementRegistry"].holds
    assert report.access.differences == ("not read: the code of StatementRegistry is not the sources'",)


def test_a_token_linked_to_another_registry_is_found(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    deployment = world.ledger.deployment
    registry = bytes.fromhex(deployment.address("StatementRegistry")[2:])
    stranger = bytes.fromhex(world.stranger.address[2:])
    rewrite(world, "CarbonEmissionsToken", code_of(world, "CarbonEmissionsToken").replace(registry, stranger))
    found = verified(world, runtime).contracts["CarbonEmissionsToken"].differences
    assert {each.part for each in found} == {"registry"}


def test_nobody_has_a_role_that_was_not_given_at_deployment(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    access, stranger = world.ledger.access, world.stranger.address
    calls = [
        access.grant_role(OPERATOR, stranger, 60),
        access.grant_role(77, stranger, 0),
        access.revoke_role(ENFORCER, world.operator.address),
        access.assign_functions(world.ledger.registry, ("enrol",), 77),
        access.assign_functions(world.ledger.registry, ("submit",), 77),
        access.call("setRoleAdmin", 77, OPERATOR, read=lambda _: None),
        access.call("setRoleGuardian", OPERATOR, 77, read=lambda _: None),
        access.call("setGrantDelay", OPERATOR, 3600, read=lambda _: None),
        access.call("setTargetClosed", world.ledger.offsets.address, True, read=lambda _: None),
    ]
    for call in calls:
        world.ledger.send(call, world.operator)
    # A delay grows at once or after five days, whichever is safer: look after it.
    pass_time(world, 6 * 24 * 3600)
    found = verified(world, runtime).access.differences
    assert sorted(found) == sorted(
        [
            f"{world.operator.address} does not hold the role enforcer",
            f"{stranger} holds the role operator with a delay of 60 s",
            f"{stranger} holds the role role 77 with a delay of 0 s",
            "StatementRegistry.enrol belongs to role 77 instead of operator",
            "StatementRegistry.submit belongs to role 77 instead of admin",
            "role 77: its members are granted by role 1",
            "operator: its operations can be cancelled by role 77",
            "operator: it is granted after a delay of seconds 3600",
            "CarbonOffsetToken is closed to all its operators",
        ]
    )


def test_a_changed_delay_authority_or_quorum_is_told(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    ledger, operator = world.ledger, world.operator
    access = ledger.access
    calls = [
        ledger.registry.set_attestations_required(2),
        access.grant_role(OPERATOR, operator.address, 7200),
        access.call("setTargetAdminDelay", ledger.offsets.address, 600, read=lambda _: None),
        access.call(
            "updateAuthority", ledger.registry.address, ledger.emissions.address, read=lambda _: None
        ),
    ]
    for call in calls:
        ledger.send(call, operator)
    pass_time(world, 6 * 24 * 3600)
    found = "\n".join(verified(world, runtime).access.differences)
    assert f"{operator.address} as operator has a delay of 7200 s instead of 0 s" in found
    assert f"StatementRegistry obeys {ledger.emissions.address}" in found
    assert "2 attestations are required, 1 when it was deployed" in found
    assert "CarbonOffsetToken: its roles change after a delay of 600 s" in found


def test_an_announced_operation_is_shown_until_it_is_carried_out(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    ledger, stranger = world.ledger, world.stranger
    ledger.send(ledger.access.grant_role(OPERATOR, stranger.address, 60), world.operator)
    enrol = ledger.registry.enrol(stranger.address, "Announced")
    ledger.send(ledger.access.schedule(enrol), stranger)
    (scheduled,) = verified(world, runtime).access.scheduled
    assert scheduled.startswith(f"StatementRegistry.enrol by {stranger.address}, from second ")
    pass_time(world, 61)
    ledger.send(enrol, stranger)
    assert verified(world, runtime).access.scheduled == ()


def test_every_restricted_function_belongs_to_a_role() -> None:
    # What asks for a role and is in no table would be the administrator's alone.
    given = {(name, function) for _, table in ROLES.values() for name in table for function in table[name]}
    folder = ROOT / "contracts"
    shared = (folder / "BatchToken.sol").read_text()
    sources = {
        name: (folder / f"{name}.sol").read_text() + shared
        for name in ("CarbonOffsetToken", "EnergyCertificates")
    }
    folders = {
        "StatementRegistry": "registry",
        "CarbonEmissionsToken": "emissions",
        "BookAndClaim": "logistics",
    }
    for name, parts in folders.items():
        sources[name] = "\n".join(part.read_text() for part in sorted((folder / parts).glob("*.sol")))
    restricted = {
        (name, match[1])
        for name, source in sources.items()
        for match in re.finditer(r"function (\w+)\([^{;]*?\brestricted\b", source)
    }
    assert restricted == given


def test_compiled_code_that_is_missing_or_broken_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="make contracts"):
        read_runtime(tmp_path)
    (tmp_path / f"{CONTRACTS[0]}.runtime.json").write_text(json.dumps({"code": 1}))
    with pytest.raises(DeploymentError, match="no compiled code"):
        read_runtime(tmp_path)


def test_the_domain_separator_is_that_of_the_contract(
    world: World, runtime: Mapping[str, RuntimeCode]
) -> None:
    from cet.ledger.verification.runtime import place_values

    values = place_values("StatementRegistry", world.ledger.deployment)
    separator = world.ledger.registry.view("domainSeparator", read=lambda answer: answer[0])
    assert values["_cachedDomainSeparator"] == separator
    assert values["_hashedName"] == keccak(text="StatementRegistry")


def pass_time(world: World, seconds: int) -> None:
    provider: Any = world.ledger.chain.w3.provider
    provider.make_request("evm_increaseTime", [seconds])
    provider.make_request("evm_mine", [])


def test_a_call_that_a_delay_stands_before_waits_until_it_is_due(world: World) -> None:
    ledger, stranger = world.ledger, world.stranger
    enrol = ledger.registry.enrol(stranger.address, "Announced")
    ledger.send(ledger.access.grant_role(OPERATOR, stranger.address, 60), world.operator)
    assert ledger.access.waiting(enrol, world.operator.address).is_over
    before = ledger.access.waiting(enrol, stranger.address)
    assert (before.announced, before.delay, before.is_over) == (False, 60, False)
    ledger.send(ledger.access.schedule(enrol), stranger)
    announced = ledger.access.waiting(enrol, stranger.address)
    assert announced.announced
    assert announced.due > ledger.chain.now
    pass_time(world, 61)
    assert ledger.access.waiting(enrol, stranger.address).is_over
    ledger.send(enrol, stranger)
    assert ledger.registry.is_enrolled(stranger.address)
