"""The mirror, built from events alone, says of every lot and batch what the contracts say."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak

from cet.ledger import (
    LedgerError,
    LotView,
    UnknownLot,
)
from cet.ledger.mirror import (
    Mirror,
    ancestry,
    compare_reported,
    evaluate,
    live_net,
    live_totals,
    not_passed_on,
)
from cet.scopes import LotCode, Method, Scope
from supply_chain import MWH, a_supply_chain, credits_used
from world import (
    FOREVER,
    LOCATION,
    MARKET,
    POWER,
    PROGRAM,
    STATIONARY,
    TONNE,
)

if TYPE_CHECKING:
    from cet.ledger.mirror import State
    from world import World


def lot_view(state: State, key: int, ancestry_edges: int, net: int) -> LotView:
    """The view the token gives, said by the mirror."""
    lot = state.lots[key]
    return LotView(
        holder=state.holders[key],
        code=lot.code,
        basis=lot.basis,
        allocated=state.allocated.get(key, 0),
        displaced=state.displaced.get(key, 0),
        frozen=state.frozen.get(key, 0),
        offset=state.offsets.get(key, 0),
        ancestry=ancestry_edges,
        announced_net=net if lot.minted is not None else state.announced.get(key),
        statement=lot.statement,
        certificated=key in state.marked,
    )


def test_mirror_equals_the_contracts_to_the_milligram(world: World) -> None:
    lots = a_supply_chain(world)
    batches = credits_used(world, lots)
    state = world.mirrored()
    figures = evaluate(state)
    emissions, offsets = world.ledger.emissions, world.ledger.offsets
    assert set(state.lots) == set(lots.values())
    for name, key in lots.items():
        assert figures[key] == emissions.figures(key), name
        view = emissions.lot_of(key)
        assert lot_view(state, key, view.ancestry, figures[key].net) == view, name
        assert state.lots[key].edges == emissions.edges_of(key), name
    for batch in batches:
        said = offsets.batch_of(batch)
        kept = state.batches[batch]
        assert said is not None
        assert (
            kept.issued,
            kept.held,
            kept.retired,
            kept.applied,
            kept.voided,
            kept.status,
            kept.credits,
        ) == tuple(getattr(said, item.name) for item in fields(said))
        for holder in (world.supplier, world.dependent):
            assert state.holdings.get((batch, holder.address), 0) == offsets.balance_of(holder.address, batch)
            assert state.frozen_credits.get((batch, holder.address), 0) == offsets.frozen(
                holder.address, batch
            )
        for key in lots.values():
            assert state.applied.get((batch, key), 0) == offsets.applied_to(batch, key)
    for certificate, retired in state.retirements.items():
        on_chain = offsets.certificate_of(certificate)
        assert on_chain is not None
        assert (on_chain.batch, on_chain.first, on_chain.amount) == (
            retired.batch,
            retired.first,
            retired.amount,
        )
    terms = state.opt_ins[world.customer.address, world.supplier.address].terms
    received = state.received_under(world.customer.address, world.supplier.address)
    used = sum(figures[key].gross for key in received)
    assert emissions.opt_in_of(world.customer.address, world.supplier.address).gross == terms.gross - used
    assert state.closed == emissions.closed()
    assert state.programs[PROGRAM].operator == world.issuer.address


def test_mirror_knows_statements_and_parties(world: World) -> None:
    (key,) = world.mint(world.supplier, (POWER, 5, 7))
    state = world.mirrored()
    recorded = state.statements[state.lots[key].statement]
    record = world.ledger.registry.record(recorded.id)
    assert record is not None
    assert recorded.id == recorded.statement.id == world.ledger.registry.id_of(recorded.statement)
    assert (recorded.opinion.standard, recorded.opinion.level_number) == (record.standard, record.level)
    entity = keccak(text=world.entity(world.supplier))
    assert state.entities[entity] == (world.entity(world.supplier), world.supplier.address)
    assert set(state.participants) == {participant.address for participant in world.participants}
    assert state.oracles == {world.oracle.address}
    assert state.verifiers[world.verifier.address].valid_until == FOREVER


def test_a_refreshed_mirror_equals_one_built_anew(world: World) -> None:
    following = Mirror(world.ledger.chain, world.ledger.deployment)
    (key,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    before = following.refresh()
    lot = world.allocate(key, world.supplier, world.dependent, 10, MARKET)
    after = following.refresh()
    assert lot in after.lots
    assert lot not in before.lots
    assert after == world.mirrored()


def test_a_mirror_reads_an_earlier_block_only_when_it_is_new(world: World) -> None:
    before = world.ledger.chain.head
    (key,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    past = world.ledger.mirror()
    assert key not in past.refresh(before).lots
    assert key in past.refresh().lots
    with pytest.raises(LedgerError, match="mirrored already"):
        past.refresh(before)


def test_a_mirror_begins_again_after_a_reorganisation(world: World) -> None:
    following = Mirror(world.ledger.chain, world.ledger.deployment)
    snapshot = world.snapshot()
    (gone,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    assert gone in following.refresh().lots
    world.revert(snapshot)
    (other,) = world.mint(world.dependent, (STATIONARY, 11, 10**9))
    world.mint(world.customer, (STATIONARY, 11, 10**9))
    state = following.refresh()
    assert other in state.lots
    assert state == world.mirrored()


def test_gross_not_passed_on_sums_to_the_source_gross(world: World) -> None:
    lots = a_supply_chain(world)
    state = world.mirrored()
    figures = evaluate(state)
    kept = sum(not_passed_on(state, figures).values())
    minted = sum(lot.minted for lot in state.lots.values() if lot.minted is not None)
    edges = sum(len(lot.edges) for lot in state.lots.values())
    assert 0 <= kept - minted <= edges + len(lots)


def test_ancestry_leads_down_to_statements_and_visits_a_diamond_once(world: World) -> None:
    lots = a_supply_chain(world)
    state = world.mirrored()
    tree = ancestry(state, evaluate(state), lots["bought"])
    visited = [(depth, node.lot.key, repeated) for depth, _, node, repeated in tree.walk()]
    keys = sorted(("coal", "gas"), key=lots.__getitem__)
    parents = {lots["received"]: ["mix", *keys], lots["fuel"]: []}
    expected = [(0, lots["bought"], False), (1, lots["service"], False)]
    for parent in sorted(parents):
        expected.append((2, parent, False))
        if parent == lots["received"]:
            expected += [(3, lots["mix"], False)] + [(4, lots[name], False) for name in keys]
    assert visited == expected
    with pytest.raises(UnknownLot, match="check the key"):
        ancestry(state, evaluate(state), 5)


def test_totals_keep_series_apart_and_leave_out_products_and_displaced_parts(world: World) -> None:
    lots = a_supply_chain(world)
    state = world.mirrored()
    figures = evaluate(state)
    of_dependent = {
        (series.scope, series.method): series.gross
        for series in live_totals(state, figures, world.dependent.address)
    }
    # Whole gross whatever was passed on; the estimate less what the received electricity displaced.
    standing = 2 * MWH - (1 * MWH + 11)
    assert of_dependent == {
        (Scope.SCOPE_1, Method.PHYSICAL): 77 * TONNE + 3,
        (Scope.SCOPE_2, Method.LOCATION_BASED): 950 * TONNE,
        (Scope.SCOPE_2, Method.MARKET_BASED): figures[lots["received"]].gross
        + -(-900 * TONNE * standing // (2 * MWH)),
    }


def test_net_is_a_series_of_its_own_beside_an_untouched_gross(world: World) -> None:
    (key,) = world.mint(world.supplier, (POWER, 1000, 10 * TONNE))
    batch = world.issue(4, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, key, 4 * TONNE), world.supplier)
    state = world.mirrored()
    figures = evaluate(state)
    (gross,) = live_totals(state, figures, world.supplier.address)
    (net,) = live_net(state, figures, world.supplier.address)
    assert (gross.label, gross.gross) == ("scope 1 stationary", 10 * TONNE)
    assert (net.label, net.net, net.own_offset) == ("net scope 1 stationary", 6 * TONNE, 4 * TONNE)
    assert not hasattr(gross, "net")
    assert not hasattr(net, "gross")


def test_live_that_moved_away_from_reported_is_flagged_above_the_threshold(world: World) -> None:
    lots = a_supply_chain(world)
    state = world.mirrored()
    number = state.lots[lots["estimate"]].statement
    differences = {
        (d.scope, d.method): d for d in compare_reported(state, evaluate(state), number, Fraction(5, 100))
    }
    market = differences[Scope.SCOPE_2, Method.MARKET_BASED]
    assert market.reported == 900 * TONNE
    assert market.difference > 0
    assert market.flagged
    assert not any(
        d.flagged for series, d in differences.items() if series != (Scope.SCOPE_2, Method.MARKET_BASED)
    )
    assert LotCode.decode(LOCATION.encode()) == LOCATION
