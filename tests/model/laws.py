"""The laws of the ledger, checked exactly on the model. Each raises AssertionError with what broke."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from model.ledger import MAX_ANCESTRY
from model.lots import exact_figures

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from model.ledger import LedgerModel
    from model.lots import Figure


def check_laws(model: LedgerModel) -> None:
    """Laws 1 to 4, 6, 7, 9 and 10 on the model's state; 5 is the comparison with the contracts."""
    rounded, exact = model.figures(), exact_figures(model.lots)
    conservation(model, rounded, exact)
    share(model, rounded, exact)
    offset_once(model)
    net_balance(model, rounded, exact)
    bounded(model)
    consent(model)
    once(model)
    certificates_once(model)


def conservation(
    model: LedgerModel, rounded: Mapping[Hashable, Figure], exact: Mapping[Hashable, Figure]
) -> None:
    """Law 1, each of in-scope, location-based and outside-scope lots by itself (law 7)."""
    minted: dict[str, int] = defaultdict(int)
    kept: dict[str, Fraction] = defaultdict(Fraction)
    kept_rounded: dict[str, Fraction] = defaultdict(Fraction)
    edges: dict[str, int] = defaultdict(int)
    reserved: dict[Hashable, int] = defaultdict(int)
    for (parent, _), anchor in model.anchors.items():
        assert 0 <= anchor.used <= anchor.reserved
        reserved[parent] += anchor.reserved - anchor.used
    for name, lot in model.lots.items():
        assert 0 <= lot.displaced <= lot.allocated <= lot.basis
        assert lot.reserved == reserved[name]
        assert all(0 < units <= lot.basis for units in lot.references.values())
        if lot.code.is_reference:
            # It reports what is another's: in no sum across participants, and nothing hangs on it.
            assert lot.allocated == lot.offset == 0
            continue
        world = lot.code.world
        minted[world] += lot.minted or 0
        edges[world] += len(lot.edges)
        stays = Fraction(lot.basis - lot.passed_on, lot.basis)
        kept[world] += exact[name].gross * stays
        kept_rounded[world] += rounded[name].gross * stays
        for parent, _ in lot.edges:
            above = model.lots[parent].code
            assert above.world == world, "a share changed its series"
            assert not above.is_reference, "a reference became a parent"
    for world, mass in minted.items():
        assert kept[world] == mass, f"{world}: {kept[world]} mg stay of {mass} mg minted"
        assert 0 <= kept_rounded[world] - mass <= edges[world]


def share(model: LedgerModel, rounded: Mapping[Hashable, Figure], exact: Mapping[Hashable, Figure]) -> None:
    """Law 2: never understated, and by less than a milligram a lot above it, beside the carry's."""
    for name, lot in model.lots.items():
        excess = rounded[name].gross - exact[name].gross
        assert 0 <= excess <= 2 * len(lot.ancestry)
        units_of = dict.fromkeys(dict(lot.edges), 0)
        for parent, units in lot.edges:
            units_of[parent] += units
        for parent, units in units_of.items():
            above = model.lots[parent]
            assert units <= (max(above.references.values()) if lot.code.is_reference else above.allocated)
    taken: dict[Hashable, int] = defaultdict(int)
    for lot in model.lots.values():
        for parent, units in () if lot.code.is_reference else lot.edges:
            taken[parent] += units
    assert {name: lot.passed_on for name, lot in model.lots.items() if lot.passed_on} == taken
    displaced: dict[Hashable, int] = defaultdict(int)
    for lot in model.lots.values():
        if lot.displaces:
            displaced[lot.displaces[0]] += lot.displaces[1]
    assert {name: lot.displaced for name, lot in model.lots.items() if lot.displaced} == displaced


def offset_once(model: LedgerModel) -> None:
    """Law 3."""
    offsets: dict[Hashable, int] = defaultdict(int)
    for batch in model.credits.batches.values():
        assert all(amount >= 0 for amount in (*batch.held.values(), *batch.applied.values()))
        total = sum(batch.held.values()) + batch.retired + sum(batch.applied.values()) + batch.voided
        assert total == batch.issued
        for lot, amount in batch.applied.items():
            offsets[lot] += amount
    for name, lot in model.lots.items():
        assert lot.offset == offsets[name]


def net_balance(
    model: LedgerModel, rounded: Mapping[Hashable, Figure], exact: Mapping[Hashable, Figure]
) -> None:
    """Law 4: Σ net not passed on = Σ source gross − Σ (applied − surplus)."""
    lots = {name: lot for name, lot in model.lots.items() if not lot.code.is_reference}
    edges = sum(len(lot.edges) for lot in lots.values())
    for figures, slack in ((exact, 0), (rounded, edges)):
        kept = sum(
            (
                figures[name].net * Fraction(lot.basis - lot.passed_on, lot.basis)
                for name, lot in lots.items()
            ),
            Fraction(0),
        )
        minted = sum(lot.minted or 0 for lot in lots.values())
        used = sum((lot.offset - figures[name].surplus for name, lot in lots.items()), Fraction(0))
        assert 0 <= kept - (minted - used) <= slack
    for name, figure in rounded.items():
        assert figure.net == 0 or figure.surplus == 0
        assert figure.net <= figure.inherited <= figure.gross, name


def bounded(model: LedgerModel) -> None:
    """Law 6."""
    assert all(len(lot.ancestry) <= MAX_ANCESTRY for lot in model.lots.values())


def consent(model: LedgerModel) -> None:
    """Law 9."""
    assert all(lot.holder in lot.consenting for lot in model.lots.values())


def once(model: LedgerModel) -> None:
    """Law 10: no day of an entity and no serial twice."""
    ranges = [sorted(periods) for periods in model.statements.heads.values()]
    ranges.append(sorted((batch.first, batch.last) for batch in model.credits.batches.values()))
    for taken in ranges:
        assert all(before[1] < after[0] for before, after in pairwise(taken))


def certificates_once(model: LedgerModel) -> None:
    """Law 10: certified = held + cancelled + withdrawn; what was applied is cancelled, and stands for one allocation at most."""
    book = model.certificates
    cancelled: dict[Hashable, int] = defaultdict(int)
    for use in book.cancellations.values():
        cancelled[use.batch] += use.amount
    for name, batch in book.batches.items():
        assert batch.issued == sum(batch.held.values()) + batch.cancelled + batch.withdrawn
        assert batch.cancelled == cancelled[name]
    standing = [made for numbers in model.covers.values() for made in numbers]
    assert len(standing) == len(set(standing))
    assert set(standing) <= set(book.cancellations)
