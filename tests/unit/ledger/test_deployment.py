"""A deployment is made once, found again, and never mistaken for another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cet.ledger import (
    Chain,
    DeploymentError,
    Ledger,
    LedgerError,
    Parameters,
    Refused,
    WrongChain,
    deploy_once,
)
from cet.ledger.access import ADMIN, ENFORCER, OPERATOR
from cet.ledger.record import Deployment
from world import FOREVER, anvil, anvil_chain, dev_signers, embedded_chain

if TYPE_CHECKING:
    from pathlib import Path

    from world import World


@pytest.fixture
def record(world: World, tmp_path: Path) -> Path:
    """The world's deployment as a file."""
    file = tmp_path / "deployments" / "devnet.json"
    world.ledger.deployment.write(file)
    return file


def test_the_same_deployment_again_sends_nothing(
    world: World, record: Path, creation_code: dict[str, bytes]
) -> None:
    chain, deployment = world.ledger.chain, world.ledger.deployment
    before = chain.head
    found, made = deploy_once(chain, world.operator, deployment.parameters, creation_code, record)
    assert (found, made, chain.head) == (deployment, False, before)
    assert Ledger.open(chain, record).registry.is_enrolled(world.supplier.address)


def test_other_parameters_or_code_are_not_taken_for_the_same(
    world: World, record: Path, creation_code: dict[str, bytes]
) -> None:
    chain, parameters = world.ledger.chain, world.ledger.deployment.parameters
    other = parameters.model_copy(update={"operator_delay": 60})
    with pytest.raises(DeploymentError, match="other operator_delay"):
        deploy_once(chain, world.operator, other, creation_code, record)
    changed = {**creation_code, "CarbonOffsetToken": creation_code["CarbonOffsetToken"] + b"\0"}
    with pytest.raises(DeploymentError, match="other CarbonOffsetToken"):
        deploy_once(chain, world.operator, parameters, changed, record)


def test_another_chain_is_refused_even_with_the_same_chain_id(world: World, record: Path) -> None:
    with anvil() as url, pytest.raises(WrongChain, match="the devnet was started anew"):
        Ledger.open(anvil_chain(url), record)
    chain, _ = embedded_chain()
    with pytest.raises(WrongChain, match="connect to the deployment's chain"):
        Ledger.open(chain, record)
    assert world.ledger.chain.chain_id == 31337


def test_a_record_that_names_other_code_is_refused(world: World, record: Path) -> None:
    values = json.loads(record.read_text())
    values["contracts"]["CarbonOffsetToken"]["address"] = world.stranger.address
    record.write_text(json.dumps(values))
    with pytest.raises(DeploymentError, match=r"the code of CarbonOffsetToken .* is not the deployed one"):
        Ledger.open(world.ledger.chain, record)


def test_a_missing_or_broken_record_says_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="deploy first"):
        Ledger.open(world.ledger.chain, tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(DeploymentError, match="is no deployment record"):
        Deployment.read(tmp_path / "broken.json")


def test_no_answer_from_a_url_is_a_sentence() -> None:
    with pytest.raises(LedgerError, match=r"no chain answers at http://127\.0\.0\.1:1"):
        Chain.connect("http://127.0.0.1:1")


def test_roles_go_to_whom_the_parameters_name_and_the_deployer_keeps_none(
    world: World, tmp_path: Path, creation_code: dict[str, bytes]
) -> None:
    deployer, admin, operator, enforcer = dev_signers()[12:16]
    parameters = Parameters(
        admin=admin.address,
        operator=operator.address,
        enforcer=enforcer.address,
        operator_delay=3600,
        attestations_required=2,
    )
    chain = world.ledger.chain
    deployment, made = deploy_once(chain, deployer, parameters, creation_code, tmp_path / "other.json")
    assert made
    ledger = Ledger(chain, deployment)
    assert ledger.registry.attestations_required() == 2
    assert ledger.access.has_role(ADMIN, admin.address) == (True, 0)
    assert ledger.access.has_role(OPERATOR, operator.address) == (True, 3600)
    assert ledger.access.has_role(ENFORCER, enforcer.address) == (True, 0)
    for role in (ADMIN, OPERATOR, ENFORCER):
        assert not ledger.access.has_role(role, deployer.address)[0]


def test_a_delayed_operator_schedules_first(
    world: World, tmp_path: Path, creation_code: dict[str, bytes]
) -> None:
    admin, operator = world.operator, dev_signers()[13]
    parameters = Parameters(
        admin=admin.address, operator=operator.address, enforcer=admin.address, operator_delay=3600
    )
    chain = world.ledger.chain
    ledger = Ledger(chain, deploy_once(chain, admin, parameters, creation_code, tmp_path / "delayed.json")[0])
    call = ledger.registry.accredit(world.verifier.address, 0, FOREVER, "Verifier")
    with pytest.raises(Refused) as refused:
        ledger.send(call, operator)
    assert refused.value.name == "AccessManagerNotScheduled"
    ledger.send(ledger.access.schedule(call), operator)
    with pytest.raises(Refused, match="wait for the delay"):
        ledger.send(call, operator)
    chain.w3.provider.make_request("evm_increaseTime", [3601])  # type: ignore[arg-type]
    chain.w3.provider.make_request("anvil_mine", ["0x1"])  # type: ignore[arg-type]
    ledger.send(call, operator)
    assert ledger.registry.accreditation(world.verifier.address) == (0, FOREVER, 15)


def test_a_record_of_another_version_is_named_as_one(world: World, record: Path) -> None:
    """It lacks a contract that this version has."""
    values = json.loads(record.read_text(encoding="utf-8"))
    del values["contracts"]["Relay"]
    record.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(DeploymentError, match="has no Relay: it is of another version"):
        Ledger.open(world.ledger.chain, record)
