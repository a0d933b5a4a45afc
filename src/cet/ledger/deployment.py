"""Deploying the contracts once, and finding them again.

The emissions token on one side, the offset token and the record of certificated generation on the other name each other immutably; the
addresses of those that come later are known beforehand because an account's contracts have addresses counted by its transactions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger.access import ADMIN, OPERATOR, ROLES, AccessManager, role_holders
from cet.ledger.book_and_claim import BookAndClaim
from cet.ledger.certificates import EnergyCertificates
from cet.ledger.emissions import EmissionsToken
from cet.ledger.errors import DeploymentError
from cet.ledger.interfaces import CONTRACTS, interface
from cet.ledger.offsets import OffsetToken
from cet.ledger.record import DeployedContract, Deployment, Parameters
from cet.ledger.registry import StatementRegistry
from cet.logistics import rules

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from cet.ledger.chain import Chain
    from cet.ledger.contract import Contract
    from cet.ledger.signing import Signer

CreationCode = Mapping[str, bytes]
"""Creation code by contract name, without arguments; a library's mark stands where its address belongs."""

CODE_FOLDER = Path("build") / "bytecode"


def read_creation_code(folder: Path = CODE_FOLDER) -> CreationCode:
    """The compiled contracts as `make abi` leaves them. Raises DeploymentError if one is missing."""
    code = {}
    for name in CONTRACTS:
        file = folder / f"{name}.hex"
        if not file.exists():
            raise DeploymentError(f"no compiled code at {file}", "run `make abi`")
        code[name] = bytes.fromhex(file.read_text(encoding="ascii").strip().removeprefix("0x"))
    return code


def deploy_once(
    chain: Chain,
    signer: Signer,
    parameters: Parameters,
    code: CreationCode,
    record: Path,
    *,
    replace: bool = False,
) -> tuple[Deployment, bool]:
    """The deployment `record` names, made if there is none yet; and whether it was made now.

    A record of the same chain, parameters and code is returned as it stands, and nothing is sent. Raises WrongChain for a
    record of another chain and DeploymentError for one that differs, unless `replace` says to write it anew.
    """
    if record.exists() and not replace:
        kept = Deployment.read(record)
        kept.require_chain(chain)
        _require_same(kept, parameters, code, record)
        require_code(chain, kept)
        return kept, False
    made = deploy(chain, signer, parameters, code)
    made.write(record)
    return made, True


def deploy(chain: Chain, signer: Signer, parameters: Parameters, code: CreationCode) -> Deployment:
    """Creates all contracts and hands out the roles. The signer keeps no role that the parameters don't give it."""
    nonce = chain.nonce(signer.address)
    expected = {name: _created_at(signer.address, nonce + i) for i, name in enumerate(_ORDER)}
    blocks = []
    for name in _ORDER:
        creation = _linked(code[name], expected) + _arguments(name, expected, signer.address)
        outcome = chain.create(name, creation, signer)
        if outcome.result != expected[name]:
            raise DeploymentError(
                f"{name} came to {outcome.result} instead of {expected[name]}",
                "deploy from an account that sends nothing else meanwhile",
            )
        blocks.append(outcome.block)
    _hand_out_roles(chain, signer, parameters, expected)
    return Deployment(
        chain_id=chain.chain_id,
        first_block_hash="0x" + chain.first_block_hash.hex(),
        block=min(blocks),
        deployer=signer.address,
        parameters=parameters,
        contracts={
            name: DeployedContract(
                address=expected[name],
                creation_hash=_hash(code[name]),
                runtime_hash=_hash(chain.code_at(expected[name])),
            )
            for name in CONTRACTS
        },
    )


def require_code(chain: Chain, deployment: Deployment) -> None:
    """Raises DeploymentError unless every contract's code is what the record says."""
    for name, contract in deployment.contracts.items():
        if _hash(chain.code_at(contract.address)) != contract.runtime_hash:
            raise DeploymentError(
                f"the code of {name} at {contract.address} is not the deployed one",
                "check the record and the chain",
            )


_LIBRARIES = (
    "Evaluation",
    "Restatement",
    "Displacements",
    "References",
    "Allocations",
    "Anchors",
    "Corrections",
)
"""Linked into the emissions token and into those that follow them here."""
_ORDER = (
    "AccessManager",
    "Relay",
    "StatementRegistry",
    "LotRenderer",
    "CreditRenderer",
    *_LIBRARIES,
    "CarbonEmissionsToken",
    "CarbonOffsetToken",
    "LedgerLens",
    "CertificateRenderer",
    "EnergyCertificates",
    "BookingDesk",
    "BookAndClaim",
    "UsePhaseEscrow",
    "CertificatedGeneration",
)


def _linked(code: bytes, at: Mapping[str, str]) -> bytes:
    """Creation code with each library's address in place of its mark, the first 20 bytes of the keccak of its name."""
    for library in _LIBRARIES:
        code = code.replace(keccak(text=library)[:20], bytes.fromhex(at[library].removeprefix("0x")))
    return code


def _arguments(name: str, at: Mapping[str, str], admin: str) -> bytes:
    """The constructor's arguments, encoded."""
    manager, relay = at["AccessManager"], at["Relay"]
    book = (manager, relay, at["StatementRegistry"], tuple(row.encode() for row in rules.table()))
    values: Mapping[str, tuple[Any, ...]] = {
        "AccessManager": (admin,),
        "Relay": (),
        "StatementRegistry": (manager, relay),
        "LotRenderer": (),
        "CreditRenderer": (),
        **dict.fromkeys(_LIBRARIES, ()),
        "CarbonEmissionsToken": (
            manager,
            relay,
            at["StatementRegistry"],
            at["CertificatedGeneration"],
            at["CarbonOffsetToken"],
            at["LotRenderer"],
        ),
        "CarbonOffsetToken": (manager, relay, at["CarbonEmissionsToken"], at["CreditRenderer"]),
        "CertificateRenderer": (),
        "EnergyCertificates": (manager, relay, at["StatementRegistry"], at["CertificateRenderer"]),
        "CertificatedGeneration": (
            relay,
            at["CarbonEmissionsToken"],
            at["EnergyCertificates"],
            at["StatementRegistry"],
        ),
        "UsePhaseEscrow": (at["CarbonOffsetToken"], at["StatementRegistry"]),
        "LedgerLens": (at["CarbonEmissionsToken"], at["StatementRegistry"]),
        "BookingDesk": book,
        "BookAndClaim": (*book, at["BookingDesk"]),
    }
    return encode([parameter.type for parameter in interface(name).constructor.inputs], values[name])


def _hand_out_roles(chain: Chain, signer: Signer, parameters: Parameters, at: Mapping[str, str]) -> None:
    manager = AccessManager(chain, at["AccessManager"])
    registry = StatementRegistry(chain, at["StatementRegistry"])
    contracts: dict[str, Contract] = {
        contract.name: contract
        for contract in (
            registry,
            EmissionsToken(chain, at["CarbonEmissionsToken"]),
            OffsetToken(chain, at["CarbonOffsetToken"]),
            EnergyCertificates(chain, at["EnergyCertificates"]),
            BookAndClaim(chain, at["BookAndClaim"]),
        )
    }
    calls = [manager.label_role(role, label) for role, (label, _) in ROLES.items()]
    for role, (_, table) in ROLES.items():
        calls += [
            manager.assign_functions(contracts[name], functions, role) for name, functions in table.items()
        ]
    # While the deployer is the operator it needs no delay.
    calls += [
        manager.grant_role(OPERATOR, signer.address, 0),
        registry.set_instrument(at["EnergyCertificates"], known=True),
        registry.set_instrument(at["BookAndClaim"], known=True),
    ]
    if parameters.attestations_required != 1:
        calls.append(registry.set_attestations_required(parameters.attestations_required))
    calls.append(manager.revoke_role(OPERATOR, signer.address))
    handed_over = to_checksum_address(parameters.admin) != signer.address
    calls += [
        manager.grant_role(role, account, delay)
        for role, account, delay in role_holders(parameters)
        if role != ADMIN or handed_over
    ]
    if handed_over:
        calls.append(manager.renounce_role(ADMIN, signer.address))
    for call in calls:
        chain.send(call, signer)


def _require_same(kept: Deployment, parameters: Parameters, code: CreationCode, record: Path) -> None:
    differences = [name for name in CONTRACTS if kept.contracts[name].creation_hash != _hash(code[name])]
    wanted, had = parameters.model_dump(), kept.parameters.model_dump()
    differences += [name for name in wanted if wanted[name] != had[name]]
    if differences:
        raise DeploymentError(
            f"{record} records a deployment with other {', '.join(differences)}",
            "name another record to deploy beside it, or replace it",
        )


def _created_at(sender: str, nonce: int) -> ChecksumAddress:
    """The address of the contract that an account's transaction `nonce` creates: keccak of the RLP list of both."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    item = number if len(number) == 1 and number[0] < 0x80 else bytes([0x80 + len(number)]) + number
    body = b"\x94" + bytes.fromhex(sender.removeprefix("0x")) + item
    return to_checksum_address(keccak(bytes([0xC0 + len(body)]) + body)[-20:])


def _hash(code: bytes) -> str:
    return "0x" + keccak(code).hex()
