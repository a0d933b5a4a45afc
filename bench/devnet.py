"""An anvil of our own with the contracts on it, and the operations whose gas is measured, as whole transactions."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from eth_account import Account
from eth_utils import keccak
from web3 import Web3

from bench.anchors import leaf_of, multiproof, path_root, tree_of

if TYPE_CHECKING:
    from types import TracebackType

    from web3.contract import Contract

ROOT = Path(__file__).resolve().parent.parent
MNEMONIC = "test test test test test test test test test test test junk"
ELECTRICITY = 1 << 14 | 1 << 10 | 1 << 4
"""Scope 1, stationary, basis in Wh."""
RESALE = 3 << 14 | 3 << 10 | 1 << 4
"""Scope 3, category 3, basis in Wh."""
REFERENCE = 3 << 14 | 11 << 10 | 1 << 4 | 1
"""A value-chain reference: scope 3, category 11, basis in Wh."""
PRODUCT = 9 << 10 | 1 << 4
"""An electricity product."""
LIBRARIES = (
    "Evaluation",
    "Restatement",
    "Displacements",
    "References",
    "Allocations",
    "Anchors",
    "Corrections",
)
GENESIS = 1_700_000_000
"""Time of the first block, seconds since 1970; each block is a second later, and its randomness follows."""
LAST_DAY = 18_992
"""31 December 2021."""


class Devnet:
    """Anvil from node_modules on a free loopback port; stopped on exit."""

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [
                ROOT / "tools" / "bin" / "anvil",
                "--port",
                str(port),
                "--hardfork",
                "cancun",
                "--silent",
                "--timestamp",
                str(GENESIS),
                "--gas-limit",
                "60000000",
            ],
            stdin=subprocess.DEVNULL,
        )
        self.w3 = Web3(Web3.HTTPProvider(f"http://127.0.0.1:{port}", request_kwargs={"timeout": 60}))
        for _ in range(100):
            if self.w3.is_connected():
                # The memo table's seed comes from time and randomness: both the same in every run.
                self.w3.provider.make_request("anvil_setBlockTimestampInterval", [1])  # type: ignore[arg-type]
                return self
            time.sleep(0.1)
        raise RuntimeError("anvil did not answer")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


class Bench:
    """The contracts and their parties: account 0 operates and attests, 1 to 3 take part, 4 verifies, 5 runs the programme."""

    def __init__(self, devnet: Devnet) -> None:
        self.w3 = devnet.w3
        Account.enable_unaudited_hdwallet_features()
        self.keys = [Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{i}") for i in range(6)]
        self.accounts = [key.address for key in self.keys]
        self.statements = 0
        self.libraries: dict[str, str] = {}
        self._deploy()
        self._enrol()

    # Plumbing

    def send(self, call: Any, sender: int = 0) -> tuple[int, Any]:
        """Gas used and the receipt of one transaction, which must succeed."""
        hash_ = call.transact({"from": self.accounts[sender], "gas": 16_000_000})
        receipt = self.w3.eth.wait_for_transaction_receipt(hash_)
        if receipt["status"] != 1:
            call.call({"from": self.accounts[sender]})
            raise RuntimeError(f"refused: {call.fn_name}")
        return receipt["gasUsed"], receipt

    def create(self, name: str, *arguments: Any) -> Contract:
        abi = json.loads((ROOT / "src" / "cet" / "ledger" / "abi" / f"{name}.json").read_text())
        code = (ROOT / "build" / "bytecode" / f"{name}.hex").read_text().strip()
        for library, address in self.libraries.items():
            code = code.replace(keccak(text=library)[:20].hex(), address[2:])
        call = self.w3.eth.contract(abi=abi, bytecode=code).constructor(*arguments)
        receipt = self.w3.eth.wait_for_transaction_receipt(call.transact({"from": self.accounts[0]}))
        return self.w3.eth.contract(address=receipt["contractAddress"], abi=abi)

    def _deploy(self) -> None:
        self.manager = manager = self.create("AccessManager", self.accounts[0])
        self.relay = relay = self.create("Relay")
        self.registry = self.create("StatementRegistry", manager.address, relay.address)
        for library in LIBRARIES:
            self.libraries[library] = self.create(library).address
        lots, credits_ = self.create("LotRenderer"), self.create("CreditRenderer")
        renderer = self.create("CertificateRenderer").address
        self.certificates = self.create(
            "EnergyCertificates", manager.address, relay.address, self.registry.address, renderer
        )
        nonce = self.w3.eth.get_transaction_count(self.accounts[0])
        # RLP of (address, nonce below 128): the emissions token names two that come later, and they name it.
        sender = bytes([0xD6, 0x94]) + bytes.fromhex(self.accounts[0][2:])
        offsets, asked = (
            Web3.to_checksum_address(keccak(sender + bytes([nonce + later]))[12:]) for later in (1, 2)
        )
        self.cet = self.create(
            "CarbonEmissionsToken",
            manager.address,
            relay.address,
            self.registry.address,
            asked,
            offsets,
            lots.address,
        )
        self.cot = self.create(
            "CarbonOffsetToken", manager.address, relay.address, self.cet.address, credits_.address
        )
        self.generation = self.create(
            "CertificatedGeneration",
            relay.address,
            self.cet.address,
            self.certificates.address,
            self.registry.address,
        )
        if (self.cot.address, self.generation.address) != (offsets, asked):
            raise RuntimeError("the contracts are not where the emissions token expects them")

    def _enrol(self) -> None:
        registry = self.registry.functions
        self.send(registry.enrol(self.accounts[1], "Participant"))
        self.send(registry.accredit(self.accounts[4], 1, 2**40 - 1, 15, "Verifier"))
        self.send(registry.setOracle(self.accounts[0], True))
        self.send(self.cot.functions.setProgram(b"P".ljust(32, b"\0"), self.accounts[5], 2**63, "Programme"))

    def sign(
        self, contract: Contract, name: str, account: int, primary: str, types: dict[str, Any], message: Any
    ) -> bytes:
        domain = {
            "name": name,
            "version": "1",
            "chainId": self.w3.eth.chain_id,
            "verifyingContract": contract.address,
        }
        fields = {primary: [{"name": field, "type": kind} for field, kind in types.items()]}
        return bytes(self.keys[account].sign_typed_data(domain, fields, message).signature)

    # Operations

    def mint(self, lots: int, *, gross: int, basis: int) -> tuple[int, list[int]]:
        """A statement of its own entity with so many lots, submitted and minted in one transaction; its keys."""
        self.statements += 1
        entity = f"entity-{self.statements}"
        self.send(self.registry.functions.assignEntity(entity, self.accounts[1]))
        words = [ELECTRICITY << 144 | i << 128 | basis << 64 | gross for i in range(lots)]
        message = self._statement(entity, gross * lots) | {"lotChunks": [_packed(words)]}
        statement, evidence, identity = self._verified(message)
        gas, _ = self.send(self.cet.functions.mint(statement, evidence, 0, words))
        number = self.registry.functions.record(identity).call()[0]
        return gas, [number << 32 | ELECTRICITY << 16 | i for i in range(lots)]

    def restate(self, keys: list[int], *, before: int, after: int) -> int:
        """A statement that supersedes the one minted last and restates its lots, in one transaction."""
        words = [key << 128 | before << 64 | after for key in keys]
        message = self._statement(f"entity-{self.statements}", after * len(keys)) | {
            "supersedes": bytes(self.registry.functions.idAt(keys[0] >> 32).call()),
            "restatedChunks": [_packed(words)],
        }
        statement, evidence, _ = self._verified(message)
        return self.send(self.cet.functions.restate(statement, evidence, 0, words))[0]

    def consume(self, words: list[int]) -> int:
        """A statement of its own entity with so many uses of instruments, submitted and consumed in one transaction."""
        self.statements += 1
        entity = f"entity-{self.statements}"
        self.send(self.registry.functions.assignEntity(entity, self.accounts[1]))
        message = self._statement(entity, 0) | {
            "lotChunks": [_packed([1])],
            "instrumentChunks": [_packed(words)],
        }
        statement, evidence, _ = self._verified(message)
        return self.send(self.registry.functions.consume(statement, evidence, 0, words))[0]

    def _statement(self, entity: str, gross: int) -> dict[str, Any]:
        """A statement without lots."""
        return {
            "participant": self.accounts[1],
            "verifier": self.accounts[4],
            "entity": keccak(text=entity),
            "periodStart": LAST_DAY - 364,
            "periodEnd": LAST_DAY,
            "gwpSet": 5,
            "consolidation": 3,
            "linesRoot": keccak(text="lines" + entity),
            "document": keccak(text="document" + entity),
            "reported": [gross, 0, 0, 0, 0],
            "gasMasses": [gross, 0, gross // 1000, gross // 10_000, 0, 0, 0, 0],
            "lotChunks": [],
            "supersedes": b"\0" * 32,
            "inflation": 0,
            "restatedChunks": [],
            "instrumentChunks": [],
        }

    def _verified(self, message: dict[str, Any]) -> tuple[tuple[Any, ...], tuple[Any, ...], bytes]:
        """The statement, its three signatures, and its id."""
        statement = tuple(message.values())
        identity = self.registry.functions.idOf(statement).call()
        standard = b"ISO 14064-3".ljust(32, b"\0")
        kinds = ("address", "address", "bytes32", "uint16", "uint16", "uint8", "uint8", "bytes32", "bytes32", "uint64[5]", "uint64[8]", "bytes32[]", "bytes32", "uint16", "bytes32[]", "bytes32[]")  # fmt: skip
        types = dict(zip(message, kinds, strict=True))
        opinion = {"statement": "bytes32", "standard": "bytes32", "level": "uint8", "coverage": "uint16"}
        terms = {"statement": identity, "standard": standard, "level": 1, "coverage": 10_000}
        attestation = {"statement": "bytes32"}
        name = "StatementRegistry"
        evidence = (
            self.sign(self.registry, name, 1, "Statement", types, message),
            self.sign(self.registry, name, 4, "Opinion", opinion, terms),
            standard,
            1,
            10_000,
            [self.sign(self.registry, name, 0, "Attestation", attestation, {"statement": identity})],
            0,
        )
        return statement, evidence, identity

    def _offer(self, parent: int, units: int, dependent: int, code: int = RESALE) -> tuple[Any, ...]:
        salt = keccak(text=f"{parent} {units} {dependent}")
        return (parent, self.accounts[dependent], units, code, LAST_DAY - 30, LAST_DAY, 2**40 - 1, salt)

    def accept(self, parent: int, units: int, holder: int, *, to: int, code: int = RESALE) -> tuple[int, int]:
        """`to` takes up an offer that `holder` signed; gas and the new lot."""
        call, offer = self._acceptance(parent, units, holder, to, code)
        gas, _ = self.send(call, to)
        return gas, self.cet.functions.keyOf(offer).call()

    def _acceptance(
        self, parent: int, units: int, holder: int, to: int, code: int
    ) -> tuple[Any, tuple[Any, ...]]:
        offer = self._offer(parent, units, to, code)
        types = dict(
            zip(
                (
                    "parent",
                    "dependent",
                    "units",
                    "code",
                    "consumedFrom",
                    "consumedTo",
                    "deadline",
                    "activity",
                ),
                ("uint64", "address", "uint64", "uint16", "uint16", "uint16", "uint40", "bytes32"),
                strict=True,
            )
        )
        message = dict(zip(types, offer, strict=True))
        signature = self.sign(self.cet, "CarbonEmissionsToken", holder, "Offer", types, message)
        return self.cet.functions.accept(offer, signature, (1024, 0, 0)), offer

    def accept_covered(self, parent: int, units: int, cancellation: int) -> int:
        """Account 2 takes up an offer of certificated generation of account 1, which named its cancelled certificates for it."""
        call, offer = self._acceptance(parent, units, 1, 2, RESALE)
        self.send(self.generation.functions.coverOffer(offer, cancellation), 1)
        return self.send(call, 2)[0]

    def anchor(self, parent: int, root: bytes, units: int) -> int:
        """Account 1 reserves units of its lot for the leaves under `root`."""
        return self.send(self.cet.functions.anchor(parent, root, units, 2**40 - 1), 1)[0]

    def leaf(self, offer: tuple[Any, ...]) -> bytes:
        return leaf_of(self.w3.eth.chain_id, self.cet.address, offer)

    def materialise(self, parent: int, depth: int) -> tuple[int, int]:
        """Account 2 shows one leaf of a tree so deep; gas of anchoring it and of materialising."""
        offer = self._offer(parent, 10**9 + depth, 2)
        proof = [keccak(text=f"sibling {depth} {i}") for i in range(depth)]
        root = path_root(self.leaf(offer), proof)
        anchored = self.anchor(parent, root, 10**9 + depth + 1)
        return anchored, self.send(self.cet.functions.materialise(root, offer, proof, (1024, 0, 0)), 2)[0]

    def materialise_batch(self, parent: int, count: int, leaves: int) -> int:
        """Account 2 shows so many leaves out of so many in one call."""
        offers = [self._offer(parent, 10**6 + i, 2) for i in range(leaves)]
        tree = tree_of([self.leaf(offer) for offer in offers])
        self.anchor(parent, tree[0], sum(offer[2] for offer in offers))
        # Every third leaf, so that the multiproof has siblings to show.
        picked = list(range(0, 3 * count, 3))
        proof, flags = multiproof(tree, [len(tree) - 1 - i for i in picked])
        shown = [offers[i] for i in picked]
        call = self.cet.functions.materialiseBatch(tree[0], shown, proof, flags, (1024, 0, 0))
        return self.send(call, 2)[0]

    def correct(self, lot: int, units: int, expected: int, supplier: int, dependent: int) -> int:
        """Both parties' correction of an allocation's units."""
        types = {
            "lot": "uint64",
            "units": "uint64",
            "expected": "uint64",
            "deadline": "uint40",
            "activity": "bytes32",
        }
        message = dict(zip(types, (lot, units, expected, 2**40 - 1, keccak(text="meter")), strict=True))
        signatures = [
            self.sign(self.cet, "CarbonEmissionsToken", party, "Correction", types, message)
            for party in (supplier, dependent)
        ]
        return self.send(self.cet.functions.correct(tuple(message.values()), *signatures))[0]

    def chain(self, source: int, depth: int) -> list[tuple[int, int]]:
        """So many lots under one another, passed to and fro; of each the gas of its acceptance, and its key."""
        made, key, holder = [], source, 1
        for level in range(depth):
            to = 5 - holder if holder in (2, 3) else 2
            gas, key = self.accept(key, 10**11 - level, holder, to=to)
            made.append((gas, key))
            holder = to
        return made

    def accept_relayed(self, parent: int, units: int, holder: int, *, to: int) -> int:
        """The same, signed by `to` and submitted by account 0; not the first request of `to`, whose nonce takes a new slot."""
        self._relay(self.cet.functions.setHook("0x" + "00" * 20), to)
        return self._relay(self._acceptance(parent, units, holder, to, RESALE)[0], to)

    def _relay(self, call: Any, sender: int) -> int:
        types = {
            "from": "address",
            "to": "address",
            "value": "uint256",
            "gas": "uint256",
            "nonce": "uint256",
            "deadline": "uint48",
            "data": "bytes",
        }
        nonce = self.relay.functions.nonces(self.accounts[sender]).call()
        built = call.build_transaction({"from": self.accounts[sender], "gas": 1, "gasPrice": 0})
        data = bytes.fromhex(built["data"][2:])
        values = (self.accounts[sender], self.cet.address, 0, 500_000, nonce, 2**40, data)
        message = dict(zip(types, values, strict=True))
        signature = self.sign(self.relay, "Relay", sender, "ForwardRequest", types, message)
        request = (*values[:4], *values[5:], signature)
        return self.send(self.relay.functions.execute(request))[0]

    def register(self) -> int:
        """A statement whose one chunk of lots is minted later, recorded."""
        self.statements += 1
        entity = f"entity-{self.statements}"
        self.send(self.registry.functions.assignEntity(entity, self.accounts[1]))
        message = self._statement(entity, 10**12) | {"lotChunks": [_packed([1])]}
        statement, evidence, _ = self._verified(message)
        return self.send(self.registry.functions.submit(statement, evidence))[0]

    def anchor_many(self, parent: int, leaves: int, units: int) -> None:
        """So many allocations of so many units each, reserved under a root; one of them is a lot, to show that the root is one."""
        depth = (leaves - 1).bit_length()
        offer = self._offer(parent, units, 2)
        proof = [keccak(text=f"sibling of {leaves} {i}") for i in range(depth)]
        root = path_root(self.leaf(offer), proof)
        self.anchor(parent, root, leaves * units)
        self.send(self.cet.functions.materialise(root, offer, proof, (1024, 0, 0)), 2)

    def fan_out(self, parent: int, count: int, units: int) -> list[int]:
        """So many lots of account 3 under one lot of account 1, allocated under an opt-in."""
        self.opt_in()
        keys = []
        for i in range(count):
            offer = self._offer(parent, units + i, 3)
            self.send(self.cet.functions.allocate(offer), 1)
            keys.append(self.cet.functions.keyOf(offer).call())
        return keys

    def opt_in(self) -> None:
        """Account 3 receives from account 1 without signing each."""
        self.send(self.cet.functions.optIn(self.accounts[1], (2**40 - 1, 1024, 0xFFFF, 2**63, 0)), 3)

    def allocate(self, parent: int, units: int) -> int:
        """One allocation to the opted-in account 3."""
        self.opt_in()
        return self.send(self.cet.functions.allocate(self._offer(parent, units, 3)), 1)[0]

    def compose(self, edges: list[tuple[int, int]], output: int = 10**12, salt: int = 0) -> tuple[int, int]:
        """Account 1 composes (lot, units) pairs into an electricity product; gas and the new lot."""
        words = [units << 64 | parent for parent, units in sorted(edges)]
        call = self.cet.functions.compose((PRODUCT, output, words, salt.to_bytes(32)))
        key = call.call({"from": self.accounts[1]})
        return self.send(call, 1)[0], key

    def diamond(self, width: int, depth: int) -> int:
        """`depth` layers of `width` lots, each composed of all of the layer above; the lot that joins the last."""
        _, layer = self.mint(width, gross=10**12, basis=10**12)
        share = 10**12 // width
        for level in range(depth):
            layer = [
                self.compose([(key, share) for key in layer], salt=level * width + i + 1)[1]
                for i in range(width)
            ]
        return self.compose([(key, share) for key in layer], salt=10_000 + width)[1]

    def wide_ancestry(self) -> int:
        """A lot with 1,000 edges above it: ten products of 99 sources each, joined by one."""
        products = []
        for i in range(10):
            _, sources = self.mint(99, gross=10**12, basis=10**12)
            products.append(self.compose([(key, 10**12) for key in sources], salt=20_000 + i)[1])
        return self.compose([(key, 10**12) for key in products], salt=30_000)[1]

    def read(self, key: int) -> int:
        """Gas of a transaction that evaluates one lot."""
        return self.send(self.cet.functions.figures(key))[0]

    def issue(self, holder: int, credits_: int) -> int:
        """A batch of so many credits of 1 t."""
        batch = (
            b"P".ljust(32, b"\0"),
            "CAR-1-US-639-30-449-TX-2019-5869",
            1,
            credits_,
            2019,
            False,
            False,
            "CAR639",
            keccak(text="{}"),
            0,
        )
        self.send(self.cot.functions.issue(batch, "{}", 0, self.accounts[holder]), 5)
        return int(self.cot.functions.batchIdOf(batch).call())

    def transfer(self, batch: int, holder: int, to: int, amount: int) -> int:
        """A transfer of credits."""
        call = self.cot.functions.safeTransferFrom(
            self.accounts[holder], self.accounts[to], batch, amount, b""
        )
        return self.send(call, holder)[0]

    def retire(self, batch: int, amount: int) -> int:
        """A retirement by account 1."""
        details = ("Duke University", "voluntary, fiscal year 2021", LAST_DAY - 364, LAST_DAY)
        return self.send(self.cot.functions.retire(batch, amount, details), 1)[0]

    def apply(self, batch: int, lot: int, amount: int) -> int:
        """Credits of account 1 applied to its lot."""
        return self.send(self.cot.functions.applyTo(batch, lot, amount), 1)[0]

    def cascade(self, lots: list[int]) -> int:
        """One call for all of them."""
        return self.send(self.cet.functions.cascade(lots))[0]

    def set_hook(self, participant: int) -> None:
        """A hook that keeps the net it heard of in storage."""
        selector = keccak(text="onCascade(uint64,uint256,uint256,uint8)")[:4].hex()
        runtime = (
            f"5f3560e01c63{selector}14602157"  # onCascade? to 0x21
            "60043560e01c63ffffffff14155f5260205ff3"  # supportsInterface: all but 0xffffffff
            f"5b6044355f5563{selector}60e01b5f5260205ff3"
        )
        code = f"60{len(runtime) // 2:02x}8060095f395ff3" + runtime
        receipt = self.w3.eth.wait_for_transaction_receipt(
            self.w3.eth.send_transaction({"from": self.accounts[0], "data": "0x" + code})
        )
        self.send(self.cet.functions.setHook(receipt["contractAddress"]), participant)

    def set_status(self, batch: int, status: int) -> int:
        """2 suspends, 3 revokes."""
        return self.send(self.cot.functions.setStatus(batch, status, "verification withdrawn"), 5)[0]

    def void(self, batch: int, lot: int) -> int:
        """Voids what a revoked batch had applied to a lot."""
        return self.send(self.cot.functions.voidApplication(batch, lot))[0]


def _packed(words: list[int]) -> bytes:
    """keccak256(abi.encodePacked(uint256[]))."""
    return keccak(b"".join(word.to_bytes(32) for word in words))
