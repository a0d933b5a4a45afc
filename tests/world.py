"""A deployment on a devnet with an account for each part, and short ways to make lots, offers and credits."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eth_account import Account
from eth_utils.crypto import keccak
from web3 import EthereumTesterProvider, Web3

from cet.ledger import (
    Acceptance,
    Carrier,
    CertificateBatch,
    Chain,
    CreditBatch,
    Evidence,
    Ledger,
    LocalSigner,
    LotWord,
    Offer,
    Opinion,
    Parameters,
    deploy,
    program_id,
    read_creation_code,
)
from cet.ledger.energy import NO_CAP
from cet.ledger.mirror import Mirror, State
from cet.ledger.statements import text32
from cet.scopes import LotCode
from cet.statement import Statement
from cet.statement.model import chunk_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "build" / "bytecode"
MNEMONIC = "test test test test test test test test test test test junk"
FOREVER = 2**40 - 1
DAY_2021 = 18628
"""1 January 2021."""
PROGRAM = program_id("CAR")
SYSTEM = text32("UK-GO")
"""A tracking system whose certificates are of 1 MWh and never expire."""
MWH = 10**6
TONNE = 10**9

STATIONARY = LotCode.decode(0x4400)
POWER = LotCode.decode(0x4410)
"""Scope 1 stationary, shared out by watt-hours."""
LOCATION = LotCode.decode(0x8510)
MARKET = LotCode.decode(0x8610)
PURCHASED = LotCode.decode(0xC400)
ELECTRICITY = LotCode.decode(0x2410)
"""A product: electricity by watt-hours."""
SERVICE = LotCode.decode(0x2000)
"""A product: goods and services by mass."""


def creation_code() -> dict[str, bytes]:
    """The compiled contracts; compiled first if a source is newer, as `make contracts` would."""
    stamp = CODE / ".compiled"
    newest = max(path.stat().st_mtime for path in (ROOT / "contracts").rglob("*.sol"))
    if not stamp.exists() or newest > stamp.stat().st_mtime:
        subprocess.run([sys.executable, ROOT / "tools" / "abi.py"], check=True, capture_output=True)
        stamp.touch()
    return dict(read_creation_code(CODE))


@contextlib.contextmanager
def anvil(*options: str) -> Iterator[str]:
    """An anvil node on a free port of the loopback interface; its URL. Ended with the context."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        ROOT / "tools" / "bin" / "anvil",
        "--silent",
        "--port",
        str(port),
        "--accounts",
        "20",
        *options,
    ]
    # Old states go to disk by the gigabyte, and anvil leaves them there when it is terminated.
    states = tempfile.TemporaryDirectory(prefix="cet-anvil-")
    command += ["--cache-path", states.name]
    node = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        w3 = Web3(Web3.HTTPProvider(url))
        for _ in range(200):
            if w3.is_connected():
                break
            if node.poll() is not None:
                raise RuntimeError(f"anvil ended: {(node.stderr.read() if node.stderr else b'').decode()}")
            time.sleep(0.05)
        yield url
    finally:
        node.terminate()
        node.communicate(timeout=10)
        states.cleanup()


def anvil_chain(url: str) -> Chain:
    """A chain that asks often and estimates nothing: a devnet's gas is free. No middleware: names and checks cost time."""
    w3 = Web3(Web3.HTTPProvider(url))
    w3.middleware_onion.clear()
    return Chain(w3, gas_limit=16_000_000, poll_seconds=0.01)


def embedded_chain() -> tuple[Chain, list[LocalSigner]]:
    """py-evm in this process, and its funded accounts."""
    from eth_tester import EthereumTester, PyEVMBackend

    backend = PyEVMBackend()
    w3 = Web3(EthereumTesterProvider(EthereumTester(backend)))
    return Chain(w3), [LocalSigner.from_key(key.to_bytes()) for key in backend.account_keys]


def dev_signers(number: int = 20) -> list[LocalSigner]:
    """anvil's funded accounts."""
    Account.enable_unaudited_hdwallet_features()
    path = "m/44'/60'/0'/0/{}"
    return [
        LocalSigner(Account.from_mnemonic(MNEMONIC, account_path=path.format(index)))
        for index in range(number)
    ]


@dataclass
class World:
    """One deployment; `operator` deployed it, also enforces, and enrolled everybody."""

    ledger: Ledger
    operator: LocalSigner
    verifier: LocalSigner
    oracle: LocalSigner
    issuer: LocalSigner
    supplier: LocalSigner
    dependent: LocalSigner
    customer: LocalSigner
    stranger: LocalSigner
    next_serial: Iterator[int] = field(default_factory=lambda: count(1, 10**8))
    next_certificate: Iterator[int] = field(default_factory=lambda: count(1, 10**8))
    next_salt: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def participants(self) -> tuple[LocalSigner, ...]:
        return (self.supplier, self.dependent, self.customer)

    def entity(self, participant: LocalSigner) -> str:
        return f"entity-{self.participants.index(participant)}"

    def state(
        self,
        participant: LocalSigner,
        words: Sequence[int],
        *,
        first_day: int = DAY_2021,
        days: int = 365,
        **changes: Any,
    ) -> Statement:
        """A statement of one chunk whose reported totals are the sums of its lots."""
        reported = [0] * 5
        for word in map(LotWord.decode, words):
            scope, method = word.code.scope, word.code.method
            reported[{0: 4, 1: 0, 2: int(method), 3: 3}[int(scope)]] += word.gross
        fields: dict[str, Any] = {
            "participant": participant.address,
            "verifier": self.verifier.address,
            "entity": keccak(text=self.entity(participant)),
            "period_start": first_day,
            "period_end": first_day + days - 1,
            "gwp_set": 5,
            "consolidation": 3,
            "lines_root": keccak(text="lines"),
            "document": keccak(text=f"document {next(self.next_salt)}"),
            "reported": tuple(reported),
            "gas_masses": (0,) * 8,
            "lot_chunks": (chunk_hash(words),),
        }
        return Statement(**{**fields, **changes})

    def evidence(
        self,
        statement: Statement,
        participant: LocalSigner,
        level: str = "limited",
        coverage: int = 10_000,
    ) -> Evidence:
        """All three signatures."""
        registry = self.ledger.registry
        opinion = Opinion("ISO 14064-3", level, coverage)
        return Evidence(
            assertion=participant.sign_typed_data(registry.assertion(statement)),
            opinion=opinion,
            opinion_signature=self.verifier.sign_typed_data(registry.opinion(statement.id, opinion)),
            attestations=(self.oracle.sign_typed_data(registry.attestation(statement.id)),),
            previous_period=registry.previous_period(statement.entity, statement.period_start),
        )

    def mint(
        self,
        participant: LocalSigner,
        *lots: tuple[LotCode, int, int],
        first_day: int = DAY_2021,
        days: int = 365,
    ) -> list[int]:
        """Mints (code, basis, gross) as one statement's lots; their keys."""
        words = [
            LotWord(code, index, basis, gross).encode() for index, (code, basis, gross) in enumerate(lots)
        ]
        statement = self.state(participant, words, first_day=first_day, days=days)
        evidence = self.evidence(statement, participant)
        self.ledger.send(self.ledger.emissions.mint(statement, evidence, 0, words), self.oracle)
        record = self.ledger.registry.record(statement.id)
        assert record is not None
        return [LotWord.decode(word).key(record.number) for word in words]

    def offer(self, parent: int, dependent: LocalSigner, units: int, code: LotCode, **changes: Any) -> Offer:
        fields: dict[str, Any] = {
            "parent": parent,
            "dependent": dependent.address,
            "units": units,
            "code": code,
            "consumed_from": DAY_2021,
            "consumed_to": DAY_2021 + 364,
            "deadline": FOREVER,
            "activity": keccak(text=f"invoice {next(self.next_salt)}"),
        }
        return Offer(**{**fields, **changes})

    def allocate(
        self,
        parent: int,
        supplier: LocalSigner,
        dependent: LocalSigner,
        units: int,
        code: LotCode,
        displaces: int = 0,
        **changes: Any,
    ) -> int:
        """A signed offer, accepted; the new lot's key."""
        offer = self.offer(parent, dependent, units, code, **changes)
        signature = supplier.sign_typed_data(self.ledger.emissions.offer(offer))
        terms = Acceptance(displaces=displaces)
        return self.ledger.send(self.ledger.emissions.accept(offer, signature, terms), dependent).result

    def batch(self, tonnes: int, **changes: Any) -> CreditBatch:
        first = next(self.next_serial)
        fields: dict[str, Any] = {
            "program": PROGRAM,
            "serial_prefix": "CAR-1-US-639-30-449-TX-2019-5869",
            "first_serial": first,
            "last_serial": first + tonnes - 1,
            "vintage": 2019,
            "ex_ante": False,
            "ccp_label": False,
            "project": "CAR639",
        }
        return CreditBatch(**{**fields, **changes})

    def issue(self, tonnes: int, to: LocalSigner, **changes: Any) -> int:
        """A new batch; its id."""
        batch = self.batch(tonnes, **changes)
        offsets = self.ledger.offsets
        call = offsets.issue(batch, offsets.previous_serial_of(batch), to.address)
        return self.ledger.send(call, self.issuer).result

    def certificates(self, number: int, first: int | None = None, **changes: Any) -> CertificateBatch:
        """A batch of wind power of 2021, 1 MWh a serial."""
        first = next(self.next_certificate) if first is None else first
        fields: dict[str, Any] = {
            "system": SYSTEM,
            "carrier": Carrier.ELECTRICITY,
            "country": b"GB",
            "market": text32("GB grid"),
            "technology": text32("wind, onshore"),
            "device": keccak(text="device 7"),
            "production_start": DAY_2021,
            "production_end": DAY_2021 + 364,
            "serial_prefix": "GB-01-WIND-7",
            "first_serial": first,
            "last_serial": first + number - 1,
        }
        return CertificateBatch(**{**fields, **changes})

    def issue_certificates(self, number: int, to: LocalSigner, **changes: Any) -> int:
        """A new batch; its id."""
        batch = self.certificates(number, **changes)
        contract = self.ledger.certificates
        call = contract.issue(batch, contract.previous_serial_of(batch), to.address)
        return self.ledger.send(call, self.issuer).result

    def mirrored(self) -> State:
        return Mirror(self.ledger.chain, self.ledger.deployment).refresh()

    def snapshot(self) -> Any:
        return self.ledger.chain.w3.provider.make_request("evm_snapshot", [])["result"]

    def revert(self, snapshot: Any) -> None:
        self.ledger.chain.w3.provider.make_request("evm_revert", [snapshot])


def build_world(chain: Chain, signers: Sequence[LocalSigner], code: dict[str, bytes]) -> World:
    """Deploys, enrols three participants with an entity each, and accredits, trusts and appoints the others."""
    operator, verifier, oracle, issuer, *others = signers
    parameters = Parameters(admin=operator.address, operator=operator.address, enforcer=operator.address)
    ledger = Ledger(chain, deploy(chain, operator, parameters, code))
    world = World(ledger, operator, verifier, oracle, issuer, *others[:4])
    registry = ledger.registry
    calls = [
        registry.accredit(verifier.address, 0, FOREVER, "Verifier"),
        registry.set_oracle(oracle.address, trusted=True),
        ledger.offsets.set_program(PROGRAM, issuer.address, 10**18, "Climate Action Reserve"),
        ledger.certificates.set_system(SYSTEM, issuer.address, NO_CAP, MWH, 0, "Guarantees of origin"),
    ]
    for participant in world.participants:
        calls.append(registry.enrol(participant.address, f"Participant {participant.address[:6]}"))
        calls.append(registry.assign_entity(world.entity(participant), participant.address))
    for call in calls:
        ledger.send(call, operator)
    return world
