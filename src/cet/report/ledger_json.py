"""The ledger for machines: keys as 0x text, masses in mg and units of the basis as text, days as dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger import key_text
from cet.ledger.mirror import compare_reported, flags_of, live_net, live_totals
from cet.ledger.mirror.certification import covered, is_allocated_energy, required
from cet.quantities import exact_text
from cet.report.periods import periods_of, statements_of
from cet.report.words import code_words, day, method_words, moment
from cet.scopes import category_text, scope_text

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.ledger import Figures
    from cet.ledger.mirror import Batch, Escrow, GrossSeries, NetSeries, RecordedStatement
    from cet.report.periods import Period
    from cet.report.snapshot import Snapshot
    from cet.scopes import Method, Scope


def show_lot_json(view: Snapshot, key: int, on_chain: Figures) -> dict[str, Any]:
    """`cet ledger show LOT`: the lot, the statements behind it, and all its ancestors, each once, parents last."""
    above = _above(view, key)
    sources = view.sources(key)
    numbers = sorted({view.state.head_of(view.state.lots[source].statement) for source in sources})
    return {
        "block": view.state.block,
        "lot": lot_json(view, key),
        "contract_agrees": view.figures[key] == on_chain,
        "sources": [{"lot": key_text(one), "share": exact_text(part)} for one, part in sources.items()],
        "statements": [statement_json(view, view.state.statements[number]) for number in numbers],
        "ancestors": [lot_json(view, each) for each in above],
    }


def show_all_json(view: Snapshot) -> dict[str, Any]:
    """`cet ledger show`: every lot and every credit batch."""
    return {
        "block": view.state.block,
        "lots": [lot_json(view, key) for key in view.state.lots],
        "batches": [batch_json(view, batch) for batch in view.state.batches.values()],
        "escrows": [escrow_json(one) for one in view.state.escrows.values()],
    }


def show_holder_json(view: Snapshot, holder: str, threshold: Fraction) -> dict[str, Any]:
    """`cet ledger show HOLDER`."""
    state = view.state
    return {
        "block": state.block,
        "holder": party_json(view, holder),
        "entities": sorted(entity for entity, owner in state.entities.values() if owner == holder),
        "suspended": holder in state.suspended,
        "threshold": exact_text(threshold),
        "periods": [_period(view, holder, days, threshold) for days in periods_of(view, holder)],
        "lots": [lot_json(view, key) for key in state.lots_held_by(holder)],
        "credits": [
            {"batch": key_text(batch), "held_mg": str(amount)}
            for (batch, owner), amount in state.holdings.items()
            if owner == holder and amount
        ],
        "escrows": [escrow_json(one) for one in state.escrows.values() if one.holder == holder],
    }


def lot_json(view: Snapshot, key: int) -> dict[str, Any]:
    """A lot with its live figures."""
    state, lot, found = view.state, view.state.lots[key], view.figures[key]
    return {
        "lot": key_text(key),
        "what": code_words(lot.code),
        "code": lot.code.encode(),
        **_series(lot.code.scope, lot.code.method),
        "category": category_text(lot.code.scope, lot.code.category),
        "holder": party_json(view, state.holders[key]),
        "basis_unit": lot.code.unit.name.lower(),
        "basis": str(lot.basis),
        "allocated": str(state.allocated.get(key, 0)),
        "displaced": str(state.displaced.get(key, 0)),
        "frozen": str(state.frozen.get(key, 0)),
        "gross_mg": str(found.gross),
        "inherited_net_mg": str(found.inherited_net),
        "own_offset_mg": str(state.offsets.get(key, 0)),
        "net_mg": str(found.net),
        "surplus_mg": str(found.surplus),
        "statement": lot.statement or None,
        "parents": [{"lot": key_text(parent), "units": str(units)} for parent, units in lot.edges],
        "consumed": {"start": day(lot.consumed[0]), "end": day(lot.consumed[1])} if lot.consumed else None,
        "document": "0x" + lot.activity.hex() if lot.activity else None,
        "displaced_by": [
            {"lot": key_text(one), "units": str(units)} for one, units in state.displaced_by(key)
        ],
        "references": [key_text(one) for one in state.references_to(key)],
        "restatements": [
            {
                "statement": told.statement,
                "before_mg": str(told.before),
                "gross_mg": str(told.after),
                "block": told.block,
                "transaction": told.transaction,
            }
            for told in state.restatements.get(key, ())
        ],
        "certificates": _certificates(view, key),
        "flags": [
            {"lot": key_text(flag.lot), "statement": flag.statement or None, "flag": flag.doubt.value}
            for flag in flags_of(state, key)
        ],
        "block": lot.block,
        "transaction": lot.transaction,
    }


def statement_json(view: Snapshot, recorded: RecordedStatement) -> dict[str, Any]:
    """A statement and its verifier's opinion."""
    statement, opinion = recorded.statement, recorded.opinion
    return {
        "number": recorded.number,
        "id": "0x" + recorded.id.hex(),
        "entity": view.entity(recorded),
        "participant": party_json(view, statement.participant),
        "period": {"start": day(statement.period_start), "end": day(statement.period_end)},
        "verifier": party_json(view, statement.verifier),
        "standard": opinion.standard,
        "level": opinion.level,
        "coverage_basis_points": opinion.coverage,
        "supersedes": "0x" + statement.supersedes.hex() if any(statement.supersedes) else None,
        "superseded_by": view.state.superseded.get(recorded.number),
        "opinion_withdrawn": view.state.withdrawn.get(recorded.number),
        "instruments": _uses(view, recorded.number),
        "lines_root": "0x" + statement.lines_root.hex(),
        "document": "0x" + statement.document.hex(),
        "reported_mg": [str(mass) for mass in statement.reported],
        "block": recorded.block,
        "transaction": recorded.transaction,
    }


def batch_json(view: Snapshot, batch: Batch) -> dict[str, Any]:
    """A credit batch, where its credits are, and to which lots they are applied."""
    issue = batch.credits
    return {
        "batch": key_text(batch.id),
        "program": issue.program.rstrip(b"\0").decode("utf-8", "replace"),
        "project": issue.project,
        "serial_prefix": issue.serial_prefix,
        "first_serial": issue.first_serial,
        "last_serial": issue.last_serial,
        "vintage": issue.vintage,
        "status": batch.status.name.lower(),
        "issued_mg": str(batch.issued),
        "held_mg": str(batch.held),
        "applied_mg": str(batch.applied),
        "retired_mg": str(batch.retired),
        "voided_mg": str(batch.voided),
        "applied_to": [
            {"lot": key_text(lot), "mg": str(amount)}
            for (one, lot), amount in view.state.applied.items()
            if one == batch.id and amount
        ],
    }


def escrow_json(escrow: Escrow) -> dict[str, Any]:
    """Credits held for a product's use: what went in, and what became of it. Masses in mg, as text."""
    use = escrow.use
    return {
        "escrow": "0x" + escrow.id.hex(),
        "holder": escrow.holder,
        "product": use.product,
        "beneficiary": use.beneficiary,
        "period": {"start": day(use.period_start), "end": day(use.period_end)},
        "reconcile_by": moment(use.deadline),
        "terms": "0x" + use.terms.hex(),
        "reconciled_by": escrow.reconciled or None,
        "document": "0x" + escrow.document.hex() if escrow.document else None,
        "batches": [
            {
                "batch": key_text(batch),
                "put_in_mg": str(amount),
                "retired_mg": str(dict(escrow.retired).get(batch, 0)),
                "returned_mg": str(dict(escrow.returned).get(batch, 0)),
                "held_mg": str(escrow.held[batch]),
            }
            for batch, amount in escrow.put_in
        ],
        "block": escrow.block,
        "transaction": escrow.transaction,
    }


def _certificates(view: Snapshot, key: int) -> dict[str, Any] | None:
    """What certificates say of a lot of energy; None where they say nothing."""
    state, lot = view.state, view.state.lots[key]
    batches, numbers = state.certificated.get(key, ()), state.covers.get(key, ())
    needed = required(state, *lot.edges[0]) if is_allocated_energy(lot) else 0
    if not (batches or numbers or needed):
        return None
    return {
        "issued_for_it": [key_text(batch) for batch in batches],
        "required_wh": str(needed),
        "cancelled_wh": str(covered(state, key)),
        "cancellations": [f"{number:#026x}" for number in numbers],
    }


def _uses(view: Snapshot, number: int) -> list[dict[str, Any]]:
    """What a statement consumed of other registries: the registry, the number of the use there, and whether it was found void."""
    void = set(view.state.voided_uses.get(number, ()))
    return [
        {"registry": use.instrument, "use": f"{use.use:#026x}", "void": use in void}
        for use in view.state.consumed.get(number, ())
    ]


def party_json(view: Snapshot, address: str) -> dict[str, str | None]:
    """An address and the name the registry knows it by."""
    name = view.name(address)
    return {"address": address, "name": name if name != address else None}


def _period(view: Snapshot, holder: str, days: Period, threshold: Fraction) -> dict[str, Any]:
    state, figures = view.state, view.figures
    numbers = statements_of(view, holder, days)
    compared = compare_reported(state, figures, numbers[0], threshold) if numbers else ()
    return {
        "period": {"start": day(days[0]), "end": day(days[1])},
        "statements": numbers,
        "live_gross": [
            {**_category(one), "gross_mg": str(one.gross), "lots": one.lots}
            for one in live_totals(state, figures, holder, days)
        ],
        "reported_beside_live": [
            {
                **_series(one.scope, one.method),
                "reported_mg": str(one.reported),
                "live_mg": str(one.live),
                "difference_mg": str(one.difference),
                "flagged": one.flagged,
            }
            for one in compared
        ],
        "net": [
            {**_category(one), "net_mg": str(one.net), "own_offset_mg": str(one.own_offset)}
            for one in live_net(state, figures, holder, days)
        ],
    }


def _category(one: GrossSeries | NetSeries) -> dict[str, str]:
    return {**_series(one.scope, one.method), "category": category_text(one.scope, one.category)}


def _above(view: Snapshot, key: int) -> list[int]:
    above = view.state.above(key) - {key}
    return list(reversed(view.state.in_order_of_birth(above)))


def _series(scope: Scope, method: Method) -> dict[str, str]:
    return {"scope": scope_text(scope), "method": method_words(method)}
