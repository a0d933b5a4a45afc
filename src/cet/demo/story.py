"""The story, act by act. Every act does its part on the chain and returns what there is to show; nothing here prints."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from eth_utils.crypto import keccak

from cet.demo import facts
from cet.demo.outcomes import Displacement, Moment
from cet.inventory import read_package
from cet.ledger import (
    Acceptance,
    BatchStatus,
    Composition,
    Ledger,
    Offer,
    Opinion,
    Parameters,
    deploy_once,
    read_creation_code,
)
from cet.ledger.mirror import Mirror, evaluate
from cet.oracle import Oracle, gather_evidence
from cet.scopes import BasisUnit, LotCode, Method, Scope
from cet.statement import build

if TYPE_CHECKING:
    from pathlib import Path

    from cet.demo.cast import Cast
    from cet.ledger import Chain, CreditBatch, LocalSigner
    from cet.ledger.chain import Call
    from cet.ledger.mirror import State
    from cet.oracle import Receipt
    from cet.statement import StatementDraft

T = TypeVar("T")

ELECTRICITY_MIX = LotCode(Scope.OUTSIDE, 9, Method.PHYSICAL, BasisUnit.WATT_HOUR)
SERVICES = LotCode(Scope.OUTSIDE, 8, Method.PHYSICAL, BasisUnit.ITEM)
PURCHASED_ELECTRICITY = LotCode(Scope.SCOPE_2, 1, Method.MARKET_BASED, BasisUnit.WATT_HOUR)
PURCHASED_SERVICES = LotCode(Scope.SCOPE_3, 1, Method.PHYSICAL, BasisUnit.ITEM)
OPINION = Opinion("ISO 14064-3", "limited", 10_000)
DAY = 86_400
STATEMENTS = "statements"
"""Folder of the statements' packages, as `cet ledger trace --documents` reads it."""


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
            self.send(call, cast.operator)

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
        self.lots["mix"] = self.send(self.ledger.emissions.compose(composition), self.cast.utility)
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
        self.lots["electricity"] = self.accept(
            offer, self.cast.utility, self.cast.university, displaces=estimate
        )
        emissions, received = self.ledger.emissions, self.lots["electricity"]
        before = emissions.figures(estimate).gross
        view = emissions.lot_of(estimate)
        left = before * (view.basis - view.displaced) // view.basis
        return Displacement(estimate, received, before, emissions.figures(received).gross, left)

    def sell_services(self) -> None:
        """The university composes its whole inventory into services, and a purchaser takes a share."""
        state = self._mirror.refresh()
        parents = [key for key in self.receipts[facts.FY2021].lots if self._composable(state, key)]
        edges = tuple((key, state.lots[key].basis) for key in (*parents, self.lots["electricity"]))
        composition = Composition(SERVICES, facts.SERVICE_UNITS, edges, keccak(text="services 2021"))
        self.lots["services"] = self.send(self.ledger.emissions.compose(composition), self.cast.university)
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
        self.lots["purchase"] = self.accept(offer, self.cast.university, self.cast.purchaser)

    def offset(self) -> None:
        """Both batches are issued to the utility and applied to one plant, after every allocation."""
        plant = self.lots[facts.PLANTS[0]]
        for batch in facts.BATCHES:
            key = self.issue(batch)
            self.send(self.ledger.offsets.apply_to(key, plant, batch.amount), self.cast.utility)
            self.batches.append(key)

    def revoke(self) -> None:
        """The first batch is suspended, revoked, and its application voided by somebody else."""
        batch, offsets = self.batches[0], self.ledger.offsets
        for status, reason in (
            (BatchStatus.SUSPENDED, "under review"),
            (BatchStatus.REVOKED, "illustrative: issued in error"),
        ):
            self.send(offsets.set_status(batch, status, reason), self.cast.credit_registry)
        self.send(offsets.void_application(batch, self.lots[facts.PLANTS[0]]), self.cast.anyone)

    def announce(self, name: str) -> Moment:
        """Cascades the derived lots, whoever asks, and keeps the moment. The mirror must say what the chain says."""
        derived = [self.lots[lot] for lot in ("mix", "electricity", "services", "purchase")]
        self.send(self.ledger.emissions.cascade(derived), self.cast.anyone)
        state = self._mirror.refresh()
        figures = evaluate(state)
        for key in self.lots.values():
            if figures[key] != self.ledger.emissions.figures(key):
                raise AssertionError(f"mirror and chain differ on lot {key:#x}")
        self.moments.append(Moment(name, state, figures))
        return self.moments[-1]

    # What acts are made of

    def send(self, call: Call[T], signer: LocalSigner) -> T:
        """What the call returns, once it is on the chain. Raises Refused."""
        return self.ledger.send(call, signer).result

    def accept(
        self, offer: Offer, supplier: LocalSigner, dependent: LocalSigner, *, displaces: int = 0
    ) -> int:
        """The lot of an offer that its supplier signs and its dependent takes up. Raises Refused."""
        signature = supplier.sign_typed_data(self.ledger.emissions.offer(offer))
        return self.send(
            self.ledger.emissions.accept(offer, signature, Acceptance(displaces=displaces)), dependent
        )

    def issue(self, batch: CreditBatch) -> int:
        """The key of a batch that the credit registry issues to the utility. Raises Refused."""
        offsets = self.ledger.offsets
        call = offsets.issue(batch, offsets.previous_serial_of(batch), self.cast.utility.address)
        return self.send(call, self.cast.credit_registry)

    def _keep_document(self, draft: StatementDraft, folder: Path) -> None:
        """Where the statement's package is, for `cet ledger trace`."""
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

    def _lot_of(self, state: State, package: str, code: LotCode) -> int:
        return next(key for key in self.receipts[package].lots if state.lots[key].code == code)

    def _composable(self, state: State, key: int) -> bool:
        """In scope, not location-based, and not wholly displaced by primary data."""
        lot = state.lots[key]
        return in_scope(lot.code) and state.allocated.get(key, 0) < lot.basis


def in_scope(code: LotCode) -> bool:
    """Whether lots of that code add up along a chain: in a scope and not location-based, or a product made of such."""
    return code.method is not Method.LOCATION_BASED and (code.scope is not Scope.OUTSIDE or code.is_product)
