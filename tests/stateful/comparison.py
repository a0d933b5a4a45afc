"""Reading every lot and batch from the chain in one request, and comparing with the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger import BatchStatus, BatchView, Figures, LotView, OptIn, StatementRecord
from cet.ledger.energy import CancellationView
from cet.ledger.interfaces import interface
from cet.ledger.mirror import evaluate, stale
from cet.ledger.mirror.certification import covered, required
from cet.ledger.store import Follower

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cet.ledger.interfaces import Entry
    from cet.ledger.mirror import State
    from cet.ledger.store import Store
    from model import LedgerModel
    from world import World

_REGISTRY = interface("StatementRegistry").functions
_EMISSIONS = interface("CarbonEmissionsToken").functions
_OFFSETS = interface("CarbonOffsetToken").functions
_CERTIFICATES = interface("EnergyCertificates").functions
_GENERATION = interface("CertificatedGeneration").functions


def read_all(world: World, calls: Sequence[tuple[str, Entry, tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Answers of (contract address, function, arguments), all at the newest block."""
    if not calls:
        return []
    requests = [
        ("eth_call", [{"to": to, "data": "0x" + entry.encode(arguments).hex()}, "latest"])
        for to, entry, arguments in calls
    ]
    answers = world.ledger.chain.w3.provider.make_batch_request(requests)
    assert isinstance(answers, list)
    return [
        entry.read_outputs(bytes.fromhex(answer["result"][2:]))
        for (_, entry, _), answer in zip(calls, answers, strict=True)
    ]


def compare_store(store: Store, world: World, state: State, before: State | None, keep: int = 200) -> None:
    """Asserts that the store, brought up to date, has the mirror's state and figures, the lots in the same order.

    What it says has changed since an earlier state is what differs between the two.
    """
    Follower(store, world.ledger.chain, keep=keep).catch_up()
    store.evaluate()
    found, figures = store.state(), evaluate(state)
    assert found == state
    assert list(found.lots) == list(state.lots)
    assert store.figures() == figures
    assert store.stale() == stale(state, figures)
    if before is not None:
        then = evaluate(before)
        differing = {key: (then.get(key), now) for key, now in figures.items() if then.get(key) != now}
        changes = store.changes(before.block)
        assert {change.lot: (change.before, change.now) for change in changes} == differing
        assert all(change.reasons for change in changes)


def compare_mirror(
    state: State, model: LedgerModel, keys: Mapping[Hashable, int], ids: Mapping[Hashable, int]
) -> None:
    """Asserts that events alone rebuild the state: the mirror says of every lot what the model says."""
    live = evaluate(state)
    assert set(state.lots) == {keys[name] for name in model.lots}
    for name, expected in model.figures().items():
        lot, key = model.lots[name], keys[name]
        figures = live[key]
        assert (figures.gross, figures.inherited_net, figures.net, figures.surplus) == (
            expected.gross,
            expected.inherited,
            expected.net,
            expected.surplus,
        )
        kept = (
            state.holders[key],
            state.allocated.get(key, 0),
            state.displaced.get(key, 0),
            state.frozen.get(key, 0),
            state.reserved.get(key, 0),
        )
        assert kept == (lot.holder, lot.allocated, lot.displaced, lot.frozen, lot.reserved)
        assert state.lots[key].basis == lot.basis
        assert state.lots[key].edges == tuple((keys[parent], units) for parent, units in lot.edges)
        assert [(one.before, one.after) for one in state.corrections.get(key, ())] == lot.corrections
        assert state.announced.get(key) == lot.announced
        referring = state.references_to(key)
        assert sum(state.lots[each].basis for each in referring) == sum(lot.references.values())
        told = [(one.statement, one.before, one.after) for one in state.restatements.get(key, ())]
        assert told == lot.history
    for one in model.statements.recorded.values():
        assert state.superseded.get(one.number, 0) == one.superseded_by
        assert (one.number in state.withdrawn) == one.withdrawn
        assert state.restated_chunks.get(one.number, 0) == one.carried_out
        consumed = tuple(use.use for use in state.consumed.get(one.number, ()))
        assert consumed == tuple(ids[made] for made in one.stated.uses if one.consumed)
        assert len(state.voided_uses.get(one.number, ())) == one.voided
    _compare_mirrored_certificates(state, model, ids)
    _compare_mirrored_generation(state, model, keys)
    for agreement, terms in model.opt_ins.items():
        assert state.received_under(*agreement) == tuple(keys[name] for name in terms["received"])
    assert sorted(
        (lot, kept.reserved, kept.used, kept.deadline) for (lot, _), kept in state.anchors.items()
    ) == sorted(
        (keys[lot], kept.reserved, kept.used, kept.deadline) for (lot, _), kept in model.anchors.items()
    )


def _compare_mirrored_certificates(state: State, model: LedgerModel, ids: Mapping[Hashable, int]) -> None:
    for name, batch in model.certificates.batches.items():
        key = ids[name, "certificates"]
        told = state.certificate_batches[key]
        assert (told.issued, told.cancelled, told.withdrawn) == (
            batch.issued,
            batch.cancelled,
            batch.withdrawn,
        )
        assert told.status == batch.status
        held = {holder: amount for (of, holder), amount in state.certificates.items() if of == key and amount}
        assert held == {holder: amount for holder, amount in batch.held.items() if amount}
        assert told.held == sum(held.values())
    for made, use in model.certificates.cancellations.items():
        kept = state.cancellations[ids[made]]
        assert (kept.first, kept.amount, kept.void_for is not None) == (use.first, use.amount, use.is_void)


def _compare_mirrored_generation(state: State, model: LedgerModel, keys: Mapping[Hashable, int]) -> None:
    assert state.marked == {keys[name] for name in model.marked}
    for name, lot in model.lots.items():
        assert covered(state, keys[name]) == model.covered(name)
        assert required(state, keys[name], lot.basis) == model.required(name, lot.basis)


def compare(
    world: World, model: LedgerModel, keys: Mapping[Hashable, int], ids: Mapping[Hashable, int]
) -> None:
    """Asserts that chain and model agree on every figure of every lot to the milligram, and on everything else."""
    _compare_lots(world, model, keys)
    _compare_caps(world, model, keys)
    _compare_opt_ins(world, model)
    _compare_anchors(world, model, keys)
    _compare_statements(world, model)
    _compare_certificates(world, model, ids)
    _compare_generation(world, model, keys)
    _compare_batches(world, model, keys, ids)


def _compare_lots(world: World, model: LedgerModel, keys: Mapping[Hashable, int]) -> None:
    token, names, figures = world.ledger.emissions.address, list(model.lots), model.figures()
    answers = read_all(
        world,
        [(token, _EMISSIONS[function], (keys[name],)) for name in names for function in ("figures", "lotOf")],
    )
    for position, name in enumerate(names):
        expected, lot = figures[name], model.lots[name]
        live = Figures.decode(answers[2 * position][0])
        assert (live.gross, live.inherited_net, live.net, live.surplus) == (
            expected.gross,
            expected.inherited,
            expected.net,
            expected.surplus,
        ), f"figures of {name}"
        view = LotView.decode(answers[2 * position + 1][0])
        announced = expected.net if lot.minted is not None else lot.announced
        assert (
            view.holder,
            view.code.encode(),
            view.basis,
            view.allocated,
            view.displaced,
            view.frozen,
            view.offset,
            view.ancestry,
            view.announced_net,
            view.certificated,
        ) == (
            lot.holder,
            lot.code.number,
            lot.basis,
            lot.allocated,
            lot.displaced,
            lot.frozen,
            lot.offset,
            len(lot.ancestry),
            announced,
            name in model.marked,
        ), f"view of {name}"


def _compare_caps(world: World, model: LedgerModel, keys: Mapping[Hashable, int]) -> None:
    """What is referred to under each cap, and what stands instead of which estimate."""
    token = world.ledger.emissions.address
    nobody = "0x" + "00" * 20
    caps = [(name, cap, units) for name, lot in model.lots.items() for cap, units in lot.references.items()]
    calls: list[tuple[str, Entry, tuple[Any, ...]]] = []
    for name, (relation, category, referrer), _ in caps:
        code = 3 << 14 | category << 10 | relation
        calls.append((token, _EMISSIONS["referencedOf"], (keys[name], code, referrer or nobody)))
    replacing = [(name, lot.displaces) for name, lot in model.lots.items() if lot.displaces]
    calls += [(token, _EMISSIONS["displacementOf"], (keys[name],)) for name, _ in replacing]
    answers = read_all(world, calls)
    assert [answer[0] for answer in answers[: len(caps)]] == [units for _, _, units in caps]
    assert answers[len(caps) :] == [(keys[estimate], units) for _, (estimate, units) in replacing]


def _compare_opt_ins(world: World, model: LedgerModel) -> None:
    """How much may still be received under each standing agreement."""
    token = world.ledger.emissions.address
    answers = read_all(world, [(token, _EMISSIONS["optInOf"], agreement) for agreement in model.opt_ins])
    left = [OptIn.decode(answer[0]).gross for answer in answers]
    assert left == [terms["gross"] for terms in model.opt_ins.values()]


def _compare_anchors(world: World, model: LedgerModel, keys: Mapping[Hashable, int]) -> None:
    """What each root reserved of which lot, and what of it became lots."""
    token, entry = world.ledger.emissions.address, _EMISSIONS["anchorOf"]
    calls = [(token, entry, (keys[lot], keys[root].to_bytes(32, "big"))) for lot, root in model.anchors]
    expected = [(one.reserved, one.used, one.deadline) for one in model.anchors.values()]
    assert read_all(world, calls) == expected


def _compare_statements(world: World, model: LedgerModel) -> None:
    """Where each statement stands, and what of it was carried out."""
    kept = list(model.statements.recorded.values())
    registry, token = world.ledger.registry.address, world.ledger.emissions.address
    answers = read_all(
        world,
        [
            *((registry, _REGISTRY["standingOf"], (one.number,)) for one in kept),
            *((token, _EMISSIONS["restatedOf"], (one.number,)) for one in kept),
        ],
    )
    assert answers[: len(kept)] == [(one.root, one.superseded_by, one.withdrawn) for one in kept]
    assert [answer[0] for answer in answers[len(kept) :]] == [int(one.carried_out) for one in kept]


def _compare_certificates(world: World, model: LedgerModel, ids: Mapping[Hashable, int]) -> None:
    """Where certificates are, which chain each cancellation belongs to, and how many uses of a statement are void."""
    token, registry = world.ledger.certificates.address, world.ledger.registry
    batches, uses = model.certificates.batches, model.certificates.cancellations
    holders = [signer.address for signer in world.participants]
    balances = [(ids[name, "certificates"], holder) for name in batches for holder in holders]
    kept = list(model.statements.recorded.values())
    answers = read_all(
        world,
        [
            *((token, _CERTIFICATES["balanceOf"], (holder, key)) for key, holder in balances),
            *((token, _CERTIFICATES["consumedBy"], (ids[made],)) for made in uses),
            *((token, _CERTIFICATES["cancellationOf"], (ids[made],)) for made in uses),
            *((registry.address, _REGISTRY["idAt"], (one.number,)) for one in kept),
        ],
    )
    held, rest = answers[: len(balances)], answers[len(balances) :]
    assert [answer[0] for answer in held] == [
        batch.held.get(holder, 0) for batch in batches.values() for holder in holders
    ]
    assert rest[: len(uses)] == [(use.chain, use.last) for use in uses.values()]
    views = [CancellationView.decode(answer[0]) for answer in rest[len(uses) : 2 * len(uses)]]
    assert [(view.first, view.amount, view.is_void) for view in views] == [
        (use.first, use.amount, use.is_void) for use in uses.values()
    ]
    records = read_all(
        world, [(registry.address, _REGISTRY["record"], (answer[0],)) for answer in rest[2 * len(uses) :]]
    )
    said = [StatementRecord.decode(answer[0]) for answer in records]
    assert [(one.consumed_chunks, one.voided_instruments) for one in said] == [
        (int(one.consumed), one.voided) for one in kept
    ]


def _compare_generation(world: World, model: LedgerModel, keys: Mapping[Hashable, int]) -> None:
    """What an allocation of all of a lot would need, and what is cancelled for the lot itself."""
    record = world.ledger.generation.address
    calls: list[tuple[str, Entry, tuple[Any, ...]]] = []
    for name, lot in model.lots.items():
        calls.append((record, _GENERATION["requiredOf"], (keys[name], lot.basis)))
        calls.append((record, _GENERATION["coveredOf"], (keys[name],)))
    answers = [answer[0] for answer in read_all(world, calls)]
    assert answers[::2] == [model.required(name, lot.basis) for name, lot in model.lots.items()]
    assert answers[1::2] == [model.covered(name) for name in model.lots]


def _compare_batches(
    world: World, model: LedgerModel, keys: Mapping[Hashable, int], ids: Mapping[Hashable, int]
) -> None:
    token = world.ledger.offsets.address
    holders = [signer.address for signer in world.participants]
    for name, batch in model.credits.batches.items():
        applied = {lot: amount for lot, amount in batch.applied.items() if lot in keys}
        view, *rest = read_all(
            world,
            [
                (token, _OFFSETS["batchOf"], (ids[name],)),
                *((token, _OFFSETS["balanceOf"], (holder, ids[name])) for holder in holders),
                *((token, _OFFSETS["appliedTo"], (ids[name], keys[lot])) for lot in applied),
            ],
        )
        said = BatchView.decode(view[0])
        assert (said.issued, said.held, said.retired, said.applied, said.voided, said.status) == (
            batch.issued,
            sum(batch.held.values()),
            batch.retired,
            sum(batch.applied.values()),
            batch.voided,
            BatchStatus(batch.status),
        )
        expected = [batch.held.get(holder, 0) for holder in holders] + list(applied.values())
        assert [answer[0] for answer in rest] == expected
