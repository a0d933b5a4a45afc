"""Purchased energy by both methods, the declaration of every contractual instrument, and what was judged and left.

Scope 2 Guidance, chapter 7; the CarbonNeutral Protocol, 2.4.3, table 10.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.energy.declaration import declarations
from cet.report.energy_declarations import signature_words
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
    number,
    rows,
    share,
    words,
)
from cet.report.inventory_report.plots import shares
from cet.report.words import clean, megawatt_hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cet.certificates import Verdict
    from cet.inventory import Inventory
    from cet.inventory.energy.result import EnergyResult, PoolResult
    from cet.report.inventory_report.blocks import Block

_LEGEND = (
    ("measured", "contractual instruments and own generation"),
    ("two", "residual mix"),
    ("outside", "grid average"),
)
_PLACES = 6


def purchased_energy(inventory: Inventory) -> Section | None:
    """The section, or None where the package has no instruments."""
    found = inventory.energy
    if found is None:
        return None
    lead = (
        "The location-based method takes the average of the grid; the market-based method what was bought: instruments that "
        "meet the Scope 2 Quality Criteria, then the residual mix, then the grid average where no residual mix is published. "
        "Each MWh has one input. Figures of scope 1 and 3 by instruments stand beside the physical ones and are in no total."
    )
    blocks: list[Block] = [_totals(found), _chart(found), _pools(found), *_declarations(inventory, found)]
    blocks += [_criteria(found), *([_left(found)] if found.application.left else [])]
    blocks += [
        *([_use_phases(found)] if found.use_plans else []),
        *([_zero_claims(found)] if found.zero_claims else []),
    ]
    clause = "Scope 2 Guidance, chapters 6 and 7; CarbonNeutral Protocol, 2.4"
    return Section("energy", "Purchased energy and its instruments", clause, lead, tuple(blocks))


def _of_scope_2(found: EnergyResult) -> list[PoolResult]:
    return [pool for pool in found.pools if pool.key.use == "scope-2"]


def _totals(found: EnergyResult) -> Facts:
    pools = _of_scope_2(found)
    consumed = _sum(pool.pool.consumed for pool in pools)
    instruments = _sum(pool.by_instruments for pool in pools)
    return Facts(
        (
            ("scope 2 location-based, t CO2e", mass(_sum(pool.location_mg for pool in pools))),
            ("scope 2 market-based, t CO2e", mass(_sum(pool.market_mg for pool in pools))),
            ("energy, MWh", _mwh(consumed)),
            ("on instruments and own generation, MWh", _mwh(instruments)),
            ("on instruments and own generation", share(instruments / consumed) if consumed else EMPTY),
            ("on the residual mix, MWh", _mwh(_sum(pool.energy("residual-mix") for pool in pools))),
            ("on the grid average, MWh", _mwh(_sum(pool.energy("grid") for pool in pools))),
            ("matched", words(found.facts.matching)),
            ("vintage window", words(_window(found))),
            *(
                (f"no residual mix, {place}", words(statement))
                for place, statement in sorted(found.none_published.items())
            ),
        )
    )


def _window(found: EnergyResult) -> str:
    if found.facts.matching != "annual":
        return f"energy produced in the same {'month' if found.facts.matching == 'monthly' else 'hour'}"
    window = found.facts.window
    return f"{window.before} months before to {window.after} months after; {window.source}"


def _chart(found: EnergyResult) -> Block:
    charted = []
    for pool in _of_scope_2(found):
        whole = pool.pool.consumed
        if whole:
            residual, grid = pool.energy("residual-mix") / whole, pool.energy("grid") / whole
            parts = (("measured", 1 - residual - grid), ("two", residual), ("outside", grid))
            charted.append((f"{pool.key.facility}, {pool.key.carrier}", _mwh(whole), parts))
    caption = "Each site's energy as wide as the plot, divided by what stands for it; its MWh beside."
    return shares("What the market-based figure stands on", charted, _LEGEND, caption)


def _pools(found: EnergyResult) -> Table:
    columns = (
        Column("site", width=26),
        Column("energy", width=20),
        Column("stands on", width=40),
        Column("MWh", figures=True),
        Column("share", figures=True, width=12),
        Column("location-based, t CO2e", figures=True, width=22),
        Column("market-based, t CO2e", figures=True, width=22),
        Column("biogenic CO2, t", figures=True, optional=True),
    )
    caption = (
        "Biogenic CO2 of instruments is outside the scopes. For scope 1 and 3, location-based reads physical."
    )
    return filled(
        Table("Energy", "Both methods, by site and carrier", columns, rows(*_pool_rows(found)), caption)
    )


def _pool_rows(found: EnergyResult) -> Iterator[tuple[Cell, ...]]:
    for pool in found.pools:
        energy = words(pool.key.carrier, f"{pool.key.use}, {pool.pool.market}")
        total = (_mwh(pool.pool.consumed), EMPTY, mass(pool.location_mg), mass(pool.market_mg))
        yield words(pool.key.facility), energy, words("all"), *total, EMPTY
        for part in pool.parts:
            of = share(part.watt_hours / pool.pool.consumed) if pool.pool.consumed else EMPTY
            biogenic = mass(part.biogenic_mg) if part.biogenic_mg else EMPTY
            stands = words(f"{part.kind} {part.instrument}".strip(), part.told)
            yield EMPTY, EMPTY, stands, _mwh(part.watt_hours), of, EMPTY, mass(part.mg), biogenic


def _declarations(inventory: Inventory, found: EnergyResult) -> tuple[Table, Table]:
    declared = declarations(found, inventory.package.settings)
    what = (
        Column("instrument", width=20),
        Column("type and system", width=28),
        Column("plant or supplier", width=40),
        Column("vintage", width=26),
        Column("MWh", figures=True, width=14),
        Column("applied MWh", figures=True, width=14),
        Column("kg CO2e/MWh", figures=True, width=14),
    )
    lines = (
        (
            code(one.id),
            words(one.instrument, ", ".join(filter(None, (one.system, one.label)))),
            words(one.location, one.technology),
            words(one.vintage),
            EMPTY if one.declared is None else _mwh(one.declared),
            _mwh(one.applied),
            number(one.rate, 3),
        )
        for one in declared
    )
    whose = (
        Column("instrument", width=20),
        Column("certificates", width=70),
        Column("beneficiary", width=30),
        Column("signatory", width=50),
    )
    signed = (
        (
            code(one.id),
            code(one.certificates),
            words(one.beneficiary, f"cancelled {one.cancelled}" if one.cancelled else ""),
            words(one.signatory, signature_words(inventory, one)),
        )
        for one in declared
    )
    caption = "A signature covers every field of the declaration (EIP-712): cet certificates disclose PACKAGE --typed-data."
    return (
        Table("Instruments", "Declaration of contractual instruments", what, rows(*lines)),
        Table("Cancellations", "Cancellation and signature", whose, rows(*signed), caption),
    )


def _criteria(found: EnergyResult) -> Table:
    columns, lines = _verdicts("instrument", "criterion", found.application.verdicts)
    caption = "An instrument that breaks a criterion is applied to nothing."
    return Table("Quality criteria", "Scope 2 Quality Criteria", columns, rows(*lines), caption)


def _left(found: EnergyResult) -> Table:
    columns = (
        Column("certificate", width=20),
        Column("MWh", figures=True),
        Column("state", width=12),
        Column("why", width=80),
    )
    lines = (
        (code(one.certificate), _mwh(one.watt_hours), words(one.state), words(one.told))
        for one in found.application.left
    )
    caption = "Usable: for later consumption in the same market. Nothing is moved across markets."
    return Table("Certificates left", "Certificates not applied", columns, rows(*lines), caption)


def _use_phases(found: EnergyResult) -> Table:
    columns = (
        Column("product", width=20),
        Column("year", width=10),
        Column("MWh", figures=True),
        Column("known", width=12),
        Column("certified MWh", figures=True),
        Column("location-based, t CO2e", figures=True, width=22),
        Column("market-based, t CO2e", figures=True, width=22),
        Column("credits held, t", figures=True),
        Column("credits retired, t", figures=True),
    )
    lines = (
        (
            code(plan.product if at == 0 else ""),
            words(str(one.year.year)),
            _mwh(one.year.energy),
            words("estimated" if one.year.actual is None else "actual"),
            _mwh(one.covered),
            mass(one.location_mg),
            mass(one.market_mg),
            mass(one.year.held_mg),
            mass(one.year.retired_mg),
        )
        for plan in found.use_plans
        for at, one in enumerate(plan.years)
    )
    told = "; ".join(
        f"{plan.product}: {one.rule} {one.outcome.value}" for plan in found.use_plans for one in plan.verdicts
    )
    return Table(
        "Use of products", "Use phase of products, over their life", columns, rows(*lines), f"{told}."
    )


def _zero_claims(found: EnergyResult) -> Table:
    columns, lines = _verdicts("claim", "requirement", found.zero_claims)
    caption = "Under standards other than the GHG Protocol's; one of the two is enough, and no figure of this report changes."
    return Table("Zero claims", "Zero outside the GHG Protocol", columns, rows(*lines), caption)


def _verdicts(
    judged: str, rule: str, verdicts: Mapping[str, tuple[Verdict, ...]]
) -> tuple[tuple[Column, ...], Iterator[tuple[Cell, ...]]]:
    """Columns and lines: what is judged, named once, and each rule's verdict on it."""
    columns = (
        Column(judged, width=20),
        Column(rule, width=38),
        Column("verdict", width=10),
        Column("why", width=70),
    )
    lines = (
        (
            code(name if at == 0 else ""),
            words(one.rule, one.clause),
            words(one.outcome.value),
            words(one.told),
        )
        for name, found in verdicts.items()
        for at, one in enumerate(found)
    )
    return columns, lines


def _mwh(watt_hours: Fraction | int) -> Cell:
    exact = Fraction(watt_hours) / 10**6
    return Cell(
        clean(megawatt_hours(watt_hours)), "figure", number=number(exact, _PLACES).number, places=_PLACES
    )


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
