"""Package → statement → tokens → supply → offset → reversal, on real figures, on both kinds of devnet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cet.ledger import BatchStatus, Composition, Opinion, Refused, deploy
from cet.ledger.mirror import Mirror, ancestry, evaluate, live_totals, stale
from cet.oracle import Oracle, Receipt, gather_evidence
from cet.scopes import Scope
from world import (
    ELECTRICITY,
    MARKET,
    PROGRAM,
    ROOT,
    TONNE,
    World,
    anvil_chain,
    build_world,
    dev_signers,
    embedded_chain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger import LocalSigner

EXAMPLES = ROOT / "examples"
GIVEN = {
    "roxboro-2021": "roxboro",
    "belews-creek-2021": "belews-creek",
    "duke-university-fy2021": "duke-university",
}
UNIVERSITY_WH = 311_285_799_000
MIX_WH = 60_000_000_000_000


@pytest.fixture(params=["anvil", "py-evm"])
def place(request: pytest.FixtureRequest, creation_code: dict[str, bytes]) -> Iterator[World]:
    """A fresh deployment on anvil, or on the chain behind Ape's `ethereum:local:test`."""
    if request.param == "anvil":
        url = request.getfixturevalue("anvil_url")
        yield build_world(anvil_chain(url), dev_signers(), creation_code)
    else:
        chain, signers = embedded_chain()
        yield build_world(chain, signers, creation_code)


def mint(world: World, package: str, participant: LocalSigner) -> Receipt:
    """The oracle's whole path."""
    folder, registry = EXAMPLES / package, world.ledger.registry
    if registry.participant_of_entity(GIVEN[package]) is None:
        world.ledger.send(registry.assign_entity(GIVEN[package], participant.address), world.operator)
    oracle = Oracle(world.ledger, world.oracle)
    draft = oracle.recompute(folder, participant.address, world.verifier.address)
    opinion = Opinion("ISO 14064-3", "limited", 10_000)
    evidence = gather_evidence(
        world.ledger,
        draft.statement,
        assertion=participant.sign_typed_data(registry.assertion(draft.statement)),
        opinion=opinion,
        opinion_signature=world.verifier.sign_typed_data(registry.opinion(draft.statement.id, opinion)),
        attestations=[oracle.attest(draft.statement, folder)],
    )
    return oracle.submit(draft, evidence)


@dataclass
class Chain:
    """The lots of the story, top to bottom."""

    roxboro: int
    belews_creek: int
    mix: int
    estimate: int
    received: int


def supply(world: World) -> Chain:
    utility, university, ledger = world.supplier, world.dependent, world.ledger
    roxboro = mint(world, "roxboro-2021", utility).lots[0]
    belews_creek = mint(world, "belews-creek-2021", utility).lots[0]
    fiscal = mint(world, "duke-university-fy2021", university)
    estimate = next(key for key in fiscal.lots if ledger.emissions.lot_of(key).code == MARKET)
    edges = tuple((key, ledger.emissions.lot_of(key).basis) for key in (roxboro, belews_creek))
    mix = ledger.send(ledger.emissions.compose(Composition(ELECTRICITY, MIX_WH, edges)), utility).result
    received = world.allocate(
        mix,
        utility,
        university,
        UNIVERSITY_WH,
        MARKET,
        displaces=estimate,
        consumed_from=fiscal.statement.period_start,
        consumed_to=fiscal.statement.period_end,
    )
    return Chain(roxboro, belews_creek, mix, estimate, received)


def test_emissions_travel_down_the_chain_and_offsets_with_them(place: World) -> None:
    world, emissions, offsets = place, place.ledger.emissions, place.ledger.offsets
    lots = supply(world)
    plants = [emissions.figures(key).gross for key in (lots.roxboro, lots.belews_creek)]
    received = emissions.figures(lots.received)
    assert received.gross == -(-emissions.figures(lots.mix).gross * UNIVERSITY_WH // MIX_WH)
    assert emissions.figures(lots.mix).gross == sum(plants)
    assert emissions.lot_of(lots.estimate).displaced == UNIVERSITY_WH

    batch = world.issue(1_000_000, world.supplier)
    world.ledger.send(offsets.apply_to(batch, lots.roxboro, 1_000_000 * TONNE), world.supplier)
    offset = emissions.figures(lots.received)
    assert offset.gross == received.gross
    expected = -(-(sum(plants) - 1_000_000 * TONNE) * UNIVERSITY_WH // MIX_WH)
    assert offset.net == expected < received.net

    mirror = Mirror(world.ledger.chain, world.ledger.deployment)
    state = mirror.refresh()
    assert stale(state, evaluate(state)) == [lots.mix, lots.received]
    world.ledger.send(emissions.cascade([lots.mix, lots.received]), world.stranger)
    state = mirror.refresh()
    figures = evaluate(state)
    assert stale(state, figures) == []
    assert all(figures[key] == emissions.figures(key) for key in state.lots)
    tree = [node.lot.key for _, _, node, _ in ancestry(state, figures, lots.received).walk()]
    assert tree == [lots.received, lots.mix, *sorted((lots.roxboro, lots.belews_creek))]
    market = [
        series.gross
        for series in live_totals(state, figures, world.dependent.address)
        if series.scope is Scope.SCOPE_2 and series.method == MARKET.method
    ]
    assert sum(market) >= received.gross

    for status in (BatchStatus.SUSPENDED, BatchStatus.REVOKED):
        world.ledger.send(offsets.set_status(batch, status, "reversed"), world.issuer)
    world.ledger.send(offsets.void_application(batch, lots.roxboro), world.stranger)
    assert emissions.figures(lots.received) == received


def test_nothing_is_used_twice(place: World) -> None:
    world, ledger = place, place.ledger
    first = mint(world, "roxboro-2021", world.supplier)
    again = mint(world, "roxboro-2021", world.supplier)
    assert again.transactions == ()
    assert again.lots == first.lots
    batch = world.batch(10)
    ledger.send(ledger.offsets.issue(batch, 0, world.supplier.address), world.issuer)
    for serials in ((batch.first_serial, batch.last_serial), (batch.first_serial + 5, batch.last_serial + 5)):
        other = world.batch(1, first_serial=serials[0], last_serial=serials[1], project="CAR1")
        with pytest.raises(Refused, match="each serial is issued once"):
            ledger.send(
                ledger.offsets.issue(other, ledger.offsets.previous_serial_of(other), world.supplier.address),
                world.issuer,
            )
    ledger.send(ledger.offsets.apply_to(batch.id, first.lots[0], 10 * TONNE), world.supplier)
    with pytest.raises(Refused, match=r"holds 0\.000000000 t CO2e"):
        ledger.send(ledger.offsets.apply_to(batch.id, first.lots[0], TONNE), world.supplier)


def test_two_deployments_on_one_chain_do_not_take_each_others_signatures(
    world: World, creation_code: dict[str, bytes]
) -> None:
    ledger = world.ledger
    other = type(ledger)(
        ledger.chain, deploy(ledger.chain, world.operator, ledger.deployment.parameters, creation_code)
    )
    assert other.registry.domain.contract != ledger.registry.domain.contract
    (lot,) = world.mint(world.supplier, (MARKET, 10, 10))
    offer = world.offer(lot, world.dependent, 5, MARKET)
    signature = world.supplier.sign_typed_data(other.emissions.offer(offer))
    with pytest.raises(Refused, match="for this contract and chain"):
        ledger.send(ledger.emissions.accept(offer, signature), world.dependent)
    assert ledger.offsets.program_of(PROGRAM) is not None
    assert other.offsets.program_of(PROGRAM) is None
