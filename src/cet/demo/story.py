"""The story, act by act. Every act does its part on the chain and returns what there is to show; nothing here prints."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from eth_utils.crypto import keccak

from cet.demo import facts
from cet.inventory import read_package
from cet.ledger import (
    Acceptance,
    BatchStatus,
    Composition,
    Ledger,
    Offer,
    Opinion,
    Parameters,
    Refused,
    deploy_once,
    read_creation_code,
)
from cet.ledger.mirror import Mirror, State, compare_reported, evaluate, live_totals, not_passed_on
from cet.oracle import Oracle, gather_evidence
from cet.report.reconciliation import PUBLISHED, read_published, reconcile
from cet.report.snapshot import Snapshot
from cet.report.trail import follow
from cet.scopes import BasisUnit, LotCode, Method, Scope
from cet.statement import build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cet.demo.cast import Cast
    from cet.inventory import Inventory
    from cet.ledger import Chain, CreditBatch, Figures, LocalSigner
    from cet.ledger.chain import Call
    from cet.ledger.mirror import Difference, GrossSeries
    from cet.oracle import Receipt
    from cet.report.documents import Opened
    from cet.report.reconciliation import Reconciliation
    from cet.report.trail import Trail
    from cet.statement import LineProof, StatementDraft

T = TypeVar("T")

ELECTRICITY_MIX = LotCode(Scope.OUTSIDE, 9, Method.PHYSICAL, BasisUnit.WATT_HOUR)
SERVICES = LotCode(Scope.OUTSIDE, 8, Method.PHYSICAL, BasisUnit.ITEM)
PURCHASED_ELECTRICITY = LotCode(Scope.SCOPE_2, 1, Method.MARKET_BASED, BasisUnit.WATT_HOUR)
PURCHASED_SERVICES = LotCode(Scope.SCOPE_3, 1, Method.PHYSICAL, BasisUnit.ITEM)
OPINION = Opinion("ISO 14064-3", "limited", 10_000)
DAY = 86_400
STATEMENTS = "statements"
"""Folder of the statements' packages, as `cet ledger trace --documents` reads it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was tried and refused: what, the contract's error, and its words."""

    attempt: str
    error: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Displacement:
    """An estimate and the received lot that took its place: keys, and gross mg before, received, and left standing."""

    estimate: int
    received: int
    before: int
    gross: int
    left: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger at a block, under a name."""

    name: str
    state: State
    figures: Mapping[int, Figures]


def reconcile_published(package: str) -> tuple[Inventory, Reconciliation]:
    """The university's published figures beside the recomputed ones."""
    folder = facts.EXAMPLES / package
    inventory = read_package(folder)
    return inventory, reconcile(read_published(folder / PUBLISHED), inventory)


@dataclass(frozen=True, slots=True)
class Traced:
    """A token's trail to its sources, one activity line on it, and whether the registry knows that line."""

    view: Snapshot
    trail: Trail
    opened: Opened
    proof: LineProof
    registry: str
    on_chain: bool


class Story:
    """The parties on one chain. Acts are called in the order in which they stand."""

    def __init__(self, chain: Chain, cast: Cast, out: Path, code: Path) -> None:
        self.cast = cast
        self.out = out
        self.lots: dict[str, int] = {}
        self.receipts: dict[str, Receipt] = {}
        self.moments: list[Moment] = []
        self.batches: list[int] = []
        parameters = Parameters(
            admin=cast.operator.address, operator=cast.operator.address, enforcer=cast.operator.address
        )
        record = out / "deployment.json"
        deployment, _ = deploy_once(
            chain, cast.operator, parameters, read_creation_code(code), record, replace=True
        )
        self.ledger = Ledger(chain, deployment)
        self.oracle = Oracle(self.ledger, cast.oracle)
        self._mirror = Mirror(chain, deployment)

    # Acts

    def enrol(self) -> None:
        """Participants with their entities, the verifier, the oracle, the credit programme."""
        registry, cast = self.ledger.registry, self.cast
        now = self.ledger.chain.now
        calls: list[Call[None]] = [
            registry.accredit(
                cast.verifier.address, now - DAY, now + 365 * DAY, cast.names[cast.verifier.address]
            ),
            registry.set_oracle(cast.oracle.address, trusted=True),
            self.ledger.offsets.set_program(
                facts.PROGRAM, cast.credit_registry.address, facts.PROGRAM_CAP_MG, "Climate Action Reserve"
            ),
        ]
        participants = (cast.utility, cast.university, cast.purchaser)
        calls += [registry.enrol(each.address, cast.names[each.address]) for each in participants]
        entities = {
            "belews-creek": cast.utility,
            "roxboro": cast.utility,
            "utility-zero-emission": cast.utility,
            "duke-university": cast.university,
        }
        calls += [registry.assign_entity(entity, owner.address) for entity, owner in entities.items()]
        for call in calls:
            self._send(call, cast.operator)

    def mint(self, package: str) -> Receipt:
        """Package → recomputed draft → three signatures → lots. A second time nothing happens but the answer."""
        participant = self.cast.university if package.startswith("duke") else self.cast.utility
        folder = facts.EXAMPLES / package
        draft = build(read_package(folder), participant.address, self.cast.verifier.address)
        registry, statement = self.ledger.registry, draft.statement
        evidence = gather_evidence(
            self.ledger,
            statement,
            assertion=participant.sign_typed_data(registry.assertion(statement)),
            opinion=OPINION,
            opinion_signature=self.cast.verifier.sign_typed_data(registry.opinion(statement.id, OPINION)),
            attestations=[self.oracle.attest(statement, folder)],
        )
        receipt = self.oracle.submit(draft, evidence)
        self._keep_document(draft, folder)
        self.receipts[package] = receipt
        return receipt

    def compose_mix(self) -> Fraction:
        """The utility composes both plants and the zero-emission fleet; returns the mix's factor in t CO2e/MWh."""
        state = self._mirror.refresh()
        parents = {name: self.receipts[name].lots[0] for name in (*facts.PLANTS, facts.ZERO_EMISSION)}
        edges = tuple((key, state.lots[key].basis) for key in parents.values())
        mix = facts.system_mix()
        composition = Composition(ELECTRICITY_MIX, mix.output_wh, edges, keccak(text="system mix 2021"))
        self.lots |= parents
        self.lots["mix"] = self._send(self.ledger.emissions.compose(composition), self.cast.utility)
        gross = self.ledger.emissions.figures(self.lots["mix"]).gross
        # mg/Wh is kg/MWh.
        return Fraction(gross, mix.output_wh) / 1000

    def allocate_electricity(self) -> Displacement:
        """The university takes up the utility's offer; the new lot displaces its own estimate of the same consumption."""
        state = self._mirror.refresh()
        estimate = self._lot_of(state, facts.FY2021, PURCHASED_ELECTRICITY)
        statement = state.statements[state.lots[estimate].statement].statement
        offer = Offer(
            parent=self.lots["mix"],
            dependent=self.cast.university.address,
            units=facts.UNIVERSITY_WH,
            code=PURCHASED_ELECTRICITY,
            consumed_from=statement.period_start,
            consumed_to=statement.period_end,
            deadline=self.ledger.chain.now + 30 * DAY,
            activity=keccak(text="illustrative supply contract, salt 7c1e"),
        )
        self.lots["electricity"] = self._accept(
            offer, self.cast.utility, self.cast.university, displaces=estimate
        )
        emissions, received = self.ledger.emissions, self.lots["electricity"]
        before = emissions.figures(estimate).gross
        view = emissions.lot_of(estimate)
        left = before * (view.basis - view.displaced) // view.basis
        return Displacement(estimate, received, before, emissions.figures(received).gross, left)

    def sell_services(self) -> tuple[int, int]:
        """The university composes its whole inventory into services, and a purchaser takes a share."""
        state = self._mirror.refresh()
        parents = [key for key in self.receipts[facts.FY2021].lots if self._composable(state, key)]
        edges = tuple((key, state.lots[key].basis) for key in (*parents, self.lots["electricity"]))
        composition = Composition(SERVICES, facts.SERVICE_UNITS, edges, keccak(text="services 2021"))
        self.lots["services"] = self._send(self.ledger.emissions.compose(composition), self.cast.university)
        electricity = state.lots[self.lots["electricity"]]
        consumed = electricity.consumed or (0, 0)
        offer = Offer(
            parent=self.lots["services"],
            dependent=self.cast.purchaser.address,
            units=facts.PURCHASED_UNITS,
            code=PURCHASED_SERVICES,
            consumed_from=consumed[0],
            consumed_to=consumed[1],
            deadline=self.ledger.chain.now + 30 * DAY,
            activity=keccak(text="illustrative services, salt 91bd"),
        )
        self.lots["purchase"] = self._accept(offer, self.cast.university, self.cast.purchaser)
        return self.lots["services"], self.lots["purchase"]

    def offset(self) -> None:
        """Both batches are issued to the utility and applied to one plant, after every allocation."""
        plant = self.lots[facts.PLANTS[0]]
        for batch in facts.BATCHES:
            key = self._issue(batch)
            self._send(self.ledger.offsets.apply_to(key, plant, batch.amount), self.cast.utility)
            self.batches.append(key)

    def revoke(self) -> int:
        """The first batch is suspended, revoked, and its application voided by somebody else. Returns it."""
        batch, offsets = self.batches[0], self.ledger.offsets
        for status, reason in (
            (BatchStatus.SUSPENDED, "under review"),
            (BatchStatus.REVOKED, "illustrative: issued in error"),
        ):
            self._send(offsets.set_status(batch, status, reason), self.cast.credit_registry)
        self._send(offsets.void_application(batch, self.lots[facts.PLANTS[0]]), self.cast.anyone)
        return batch

    def announce(self, name: str) -> Moment:
        """Cascades the derived lots, whoever asks, and keeps the moment. The mirror must say what the chain says."""
        derived = [self.lots[lot] for lot in ("mix", "electricity", "services", "purchase")]
        self._send(self.ledger.emissions.cascade(derived), self.cast.anyone)
        state = self._mirror.refresh()
        figures = evaluate(state)
        for key in self.lots.values():
            if figures[key] != self.ledger.emissions.figures(key):
                raise AssertionError(f"mirror and chain differ on lot {key:#x}")
        self.moments.append(Moment(name, state, figures))
        return self.moments[-1]

    def refusals(self) -> tuple[Refusal, ...]:
        """What must not work, tried for real."""
        offsets, emissions, cast = self.ledger.offsets, self.ledger.emissions, self.cast
        again, plant = facts.BATCHES[1], self.lots[facts.PLANTS[0]]
        overlapping = replace(again, first_serial=500_000, last_serial=600_000)
        receipt = self.receipts[facts.PLANTS[0]]
        tried: list[tuple[str, Callable[[], object]]] = [
            ("issue the same serials again", lambda: self._issue(again)),
            ("issue serials that overlap them", lambda: self._issue(overlapping)),
            (
                "apply the same credits again",
                lambda: self._send(offsets.apply_to(self.batches[1], plant, 10**9), cast.utility),
            ),
            (
                "use credits of the revoked batch",
                lambda: self._send(offsets.apply_to(self.batches[0], plant, 10**9), cast.utility),
            ),
            (
                "mint the same package again",
                lambda: self._send(
                    emissions.mint(receipt.statement, receipt.evidence, 0, receipt.chunks[0]), cast.anyone
                ),
            ),
            ("take more of the mix than there is", self._take_too_much),
        ]
        return tuple(_refused(attempt, act) for attempt, act in tried)

    def reported_and_live(self) -> tuple[tuple[GrossSeries, ...], tuple[Difference, ...]]:
        """The university's live series, and its statement beside them (law 12), flagged above 5 %."""
        moment = self.moments[-1]
        number = self.receipts[facts.FY2021].number
        head = moment.state.statements[number].statement
        period = (head.period_start, head.period_end)
        series = live_totals(moment.state, moment.figures, self.cast.university.address, period)
        return series, compare_reported(moment.state, moment.figures, number, Fraction(1, 20))

    def conservation(self) -> tuple[int, int, int]:
        """In-scope gross of all sources, what stays with each lot in sum, and the edges between (law 1), mg."""
        moment = self.moments[-1]
        kept = not_passed_on(moment.state, moment.figures)
        live = [lot for lot in moment.state.lots.values() if _is_live(lot.code)]
        sources = sum(lot.minted or 0 for lot in live)
        return sources, sum(kept[lot.key] for lot in live), sum(len(lot.edges) for lot in live)

    def trace(self, line: str = "fleet-diesel") -> Traced:
        """From the purchaser's token to its sources, and one activity line proved on the chain."""
        moment = self.moments[-1]
        view = Snapshot(moment.state, moment.figures)
        trail = follow(view, self.lots["purchase"], self.out / STATEMENTS)
        opened, proof = trail.proofs(line)[0]
        on_chain = self.ledger.registry.verify_line(opened.recorded.statement, proof.line, proof.proof)
        return Traced(view, trail, opened, proof, self.ledger.registry.address, on_chain)

    # Their parts

    def _keep_document(self, draft: StatementDraft, folder: Path) -> None:
        """Where the statement's package is, for `cet ledger trace`; what is published of it, beside."""
        statement = draft.statement
        place = self.out / STATEMENTS
        place.mkdir(parents=True, exist_ok=True)
        name = f"0x{statement.id.hex()}"
        about = {
            "package": str(folder.resolve()),
            "participant": statement.participant,
            "verifier": statement.verifier,
        }
        (place / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")

    def _send(self, call: Call[T], signer: LocalSigner) -> T:
        return self.ledger.send(call, signer).result

    def _accept(
        self, offer: Offer, supplier: LocalSigner, dependent: LocalSigner, *, displaces: int = 0
    ) -> int:
        signature = supplier.sign_typed_data(self.ledger.emissions.offer(offer))
        return self._send(
            self.ledger.emissions.accept(offer, signature, Acceptance(displaces=displaces)), dependent
        )

    def _issue(self, batch: CreditBatch) -> int:
        offsets = self.ledger.offsets
        call = offsets.issue(batch, offsets.previous_serial_of(batch), self.cast.utility.address)
        return self._send(call, self.cast.credit_registry)

    def _take_too_much(self) -> int:
        offer = Offer(
            parent=self.lots["mix"],
            dependent=self.cast.purchaser.address,
            units=facts.system_mix().output_wh,
            code=PURCHASED_ELECTRICITY,
            consumed_from=18_000,
            consumed_to=18_000,
            deadline=self.ledger.chain.now + DAY,
            activity=bytes(32),
        )
        return self._accept(offer, self.cast.utility, self.cast.purchaser)

    def _lot_of(self, state: State, package: str, code: LotCode) -> int:
        return next(key for key in self.receipts[package].lots if state.lots[key].code == code)

    def _composable(self, state: State, key: int) -> bool:
        """In scope, not location-based, and not wholly displaced by primary data."""
        lot = state.lots[key]
        return _is_live(lot.code) and state.allocated.get(key, 0) < lot.basis


def _is_live(code: LotCode) -> bool:
    return code.method is not Method.LOCATION_BASED and (code.scope is not Scope.OUTSIDE or code.is_product)


def _refused(attempt: str, act: Callable[[], object]) -> Refusal:
    try:
        act()
    except Refused as refused:
        return Refusal(attempt, refused.name, refused.problem)
    raise AssertionError(f"not refused: {attempt}")
