"""Transport in both series, the claims of book and claim with their rules, and lots split for customers who claimed.

SFC Voluntary Market Based Measures Framework (2023), sections 9 to 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.report.inventory_report.blocks import (
    EMPTY,
    Cell,
    Column,
    Facts,
    Section,
    Table,
    code,
    filled,
    mass,
    rows,
    share,
    words,
)
from cet.report.inventory_report.declared_part import declared_figures
from cet.report.inventory_report.plots import shares
from cet.report.transport_tables import grams, plain
from cet.report.words import basis_words, clean, intensity_words
from cet.scopes import Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory import Inventory
    from cet.inventory.transport.result import TransportResult
    from cet.report.inventory_report.blocks import Block

_LEGEND = (("measured", "claims"), ("outside", "no claim"))


def transport_services(inventory: Inventory) -> Section | None:
    """The section, or None where the package has neither claims nor bookings."""
    found = inventory.transport
    if found is None:
        return None
    lead = (
        "Claims of low-emission transport services and of solutions' profiles change the market-based series, for their mode only; "
        "the physical series is what was transported, whoever paid for what. A claim is an activity with its intensity. What it changes "
        "is told against one baseline, the same lines in the physical series."
    )
    blocks: list[Block] = []
    if found.pools or found.claiming.verdicts:
        blocks += [
            _totals(inventory),
            *_chart(found),
            _pools(found),
            _claims(inventory, found),
            _rules(found),
        ]
    if found.bookings:
        blocks += [_bookings(found), _splits(found)]
    if found.bookings or found.claiming.verdicts:
        blocks.append(declared_figures(inventory, found))
    clause = "SFC framework 2023, sections 9 to 11"
    return Section("logistics", "Low-emission transport: claims and bookings", clause, lead, tuple(blocks))


def _totals(inventory: Inventory) -> Facts:
    return Facts(
        tuple(
            (f"{scope_text(scope)} {series}, t CO2e", mass(mg))
            for scope in (Scope.SCOPE_1, Scope.SCOPE_3)
            for series, mg in (
                ("physical", inventory.total(scope)),
                ("market-based", inventory.market_total(scope)),
            )
        )
    )


def _chart(found: TransportResult) -> list[Block]:
    charted = []
    for one in found.pools:
        if one.activity:
            part = one.claimed / one.activity
            bar = (("measured", part), ("outside", 1 - part))
            charted.append(
                (f"{one.pool.use}, {one.pool.mode}, {one.unit}", _figure(plain(one.activity)), bar)
            )
    caption = "The activity of each mode as wide as the plot, divided by what stands for it."
    return [shares("What the market-based figure stands on", charted, _LEGEND, caption)] if charted else []


def _figure(text: str) -> Cell:
    return Cell(text, "figure")


def _pools(found: TransportResult) -> Table:
    columns = (
        Column("transport", width=26),
        Column("stands on", width=30),
        Column("activity", figures=True),
        Column("share", figures=True, width=12),
        Column("g CO2e/unit", figures=True),
        Column("physical, t CO2e", figures=True, width=22),
        Column("market-based, t CO2e", figures=True, width=22),
        Column("biogenic CO2, t", figures=True, optional=True),
    )
    caption = "Biogenic CO2 of claims is outside the scopes. What the series differ by has the physical one for its baseline."
    return filled(
        Table("Transport", "Transport, by use and mode", columns, rows(*_pool_rows(found)), caption)
    )


def _pool_rows(found: TransportResult) -> Iterator[tuple[Cell, ...]]:
    for one in found.pools:
        each = _figure(grams(one.physical_mg / one.activity)) if one.activity else EMPTY
        both = (mass(one.physical_mg), mass(one.market_mg))
        name = words(f"{one.pool.use}, {one.pool.mode}", one.unit)
        yield name, words("all"), _figure(plain(one.activity)), EMPTY, each, *both, EMPTY
        for part in one.parts:
            each = _figure(grams(part.mg / part.activity)) if part.activity else EMPTY
            biogenic = mass(part.biogenic_mg) if part.biogenic_mg else EMPTY
            cells = (_figure(plain(part.activity)), share(part.activity / one.activity), each)
            yield EMPTY, code(part.claim), *cells, EMPTY, mass(part.mg), biogenic
        if left := one.activity - one.claimed:
            cells = (_figure(plain(left)), share(left / one.activity), _figure(grams(one.rest_intensity)))
            yield EMPTY, words("no claim"), *cells, EMPTY, mass(one.rest_mg), EMPTY


def _claims(inventory: Inventory, found: TransportResult) -> Table:
    columns = (
        Column("claim", width=20),
        Column("booking, registry", width=30),
        Column("activity", figures=True),
        Column("g CO2e/unit", figures=True),
        Column("booked, claimed", width=16),
        Column("solution, certificate", width=30),
        Column("additionality", width=38),
        Column("credits to other modes", width=23),
        Column("state", width=10),
    )
    applied = {one.id for one in found.claiming.applied}
    lines = (
        (
            code(one.id),
            words(clean(one.booking), clean(one.registry)),
            _figure(f"{plain(one.quantity)} {one.unit}"),
            _figure(grams(one.wtw * 10**6)),
            words(one.booked.isoformat(), one.claimed.isoformat()),
            words(clean(one.solution or ""), clean(one.certificate or "")),
            words(clean(one.additionality or "not asked of direct generation")),
            words(clean(one.credits)),
            words("applied" if one.id in applied else "refused"),
        )
        for one in inventory.package.settings.logistics_claims
    )
    return Table("Claims", "Claims of services and solutions", columns, rows(*lines))


def _rules(found: TransportResult) -> Table:
    columns = (
        Column("claim", width=20),
        Column("rule", width=38),
        Column("verdict", width=10),
        Column("why", width=70),
    )
    lines = (
        (
            code(name if at == 0 else ""),
            words(one.rule, one.clause),
            words(one.outcome.value),
            words(clean(one.told)),
        )
        for name, verdicts in found.claiming.verdicts.items()
        for at, one in enumerate(verdicts)
    )
    caption = "A claim that breaks a rule displaces nothing; all of its activity is unused."
    return Table("Rules of claims", "Rules of claims", columns, rows(*lines), caption)


def _bookings(found: TransportResult) -> Table:
    columns = (
        Column("booking", width=24),
        Column("registry", width=24),
        Column("facility, mode", width=26),
        Column("activity", figures=True),
        Column("g CO2e/unit", figures=True),
        Column("solution, certificate", width=30),
        Column("additionality", width=38),
        Column("credits to other modes", width=23),
    )
    lines = (
        (
            words(clean(one.booking), one.id),
            words(clean(one.registry), one.booked.isoformat()),
            words(one.facility, f"{one.mode}, {one.basis}"),
            _figure(f"{plain(one.quantity)} {one.unit}"),
            _figure(grams(one.wtw * 10**6)),
            words(clean(one.solution or ""), clean(one.certificate or "")),
            words(clean(one.additionality or "not stated")),
            words(clean(one.credits)),
        )
        for one in found.bookings
    )
    return Table("Bookings", "Services booked for customers", columns, rows(*lines))


def _splits(found: TransportResult) -> Table:
    columns = (
        Column("lot", width=14),
        Column("part", width=30),
        Column("shared out by", figures=True),
        Column("intensity", figures=True),
        Column("t CO2e", figures=True, width=22),
    )
    lines = []
    for one in found.splits:
        whole = one.physical
        each = _figure(intensity_words(whole.code, whole.exact, whole.basis))
        basis = _figure(basis_words(whole.code, whole.basis))
        lines.append((code(whole.name), words("physical, all of it"), basis, each, mass(whole.exact)))
        for part in one.parts:
            each = _figure(intensity_words(part.code, part.exact, part.basis))
            basis = _figure(basis_words(part.code, part.basis))
            lines.append((code(part.name), words(clean(part.key.part)), basis, each, mass(part.exact)))
    caption = "Customers who claimed take of their LETS, all others of the rest. The physical lot is another series, never added to these."
    return Table("Split lots", "Lots split before they are passed on", columns, rows(*lines), caption)
