"""Certificates and contracts as tables: verdicts, both methods by pool, uses, what is left, products' use, zero claims."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.certificates import Outcome, times_of
from cet.report.tables import BAD, GOOD, MUTED, add, facts, figures, headed, table, two_lines, unbroken, words
from cet.report.words import megawatt_hours, percent, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.table import Table

    from cet.certificates import Time, Verdict
    from cet.inventory.energy.result import EnergyResult

_STYLE = {Outcome.KEPT: GOOD, Outcome.BROKEN: BAD, Outcome.OPEN: "yellow"}
NOTHING = "no certificates, contracts or residual mixes; docs/energy-certificates.md says how to give them"


def verdict_table(found: EnergyResult) -> RenderableType:
    """A verdict for every Quality Criterion of every instrument."""
    columns = (unbroken("instrument"), words("criterion", 2), unbroken("verdict"), words("why", 3))
    rows = table(
        "Scope 2 Quality Criteria",
        columns,
        f"Window: {found.facts.window.before} months before to {found.facts.window.after} after; {found.facts.window.source}.",
    )
    judged = list(found.application.verdicts.items())
    judged += [
        (f"{name}, {plan.product} {year}", verdicts)
        for plan in found.use_plans
        for (year, name), verdicts in plan.judged.items()
    ]
    judged += [(f"{site}, uncovered", (verdict,)) for site, verdict in found.uncovered.items()]
    for name, verdicts in judged:
        _add_verdicts(rows, name, verdicts)
        rows.add_section()
    return rows


def _add_verdicts(rows: Table, judged: str, verdicts: Iterable[Verdict]) -> None:
    for at, one in enumerate(verdicts):
        shown = "" if at else judged
        add(rows, shown, one.rule, Text(one.outcome.value, _STYLE[one.outcome]), one.told)


def pools_table(found: EnergyResult) -> RenderableType:
    """Both methods side by side, and what stands for each pool's energy."""
    columns = (
        words("consumption", 2),
        words("stands on", 2),
        figures("MWh"),
        figures("share"),
        figures("location, t"),
        figures("market, t"),
    )
    note = "Figures of scope 1 and 3 by instruments stand beside the physical ones and are in no total."
    rows = table("Both methods, by site and carrier", columns, note)
    for pool in found.pools:
        name = two_lines(f"{pool.key.facility}, {pool.key.carrier}", f"{pool.key.use}, {pool.pool.market}")
        add(
            rows,
            name,
            "all",
            megawatt_hours(pool.pool.consumed),
            "",
            tonnes(pool.location_mg),
            tonnes(pool.market_mg),
        )
        for part in pool.parts:
            share = percent(part.watt_hours / pool.pool.consumed) if pool.pool.consumed else ""
            add(
                rows,
                "",
                f"{part.kind} {part.instrument}".strip(),
                megawatt_hours(part.watt_hours),
                share,
                "",
                tonnes(part.mg),
            )
        rows.add_section()
    return rows


def uses_table(found: EnergyResult) -> RenderableType:
    """Every Wh applied, from certificate to consumption."""
    columns = (unbroken("certificate"), words("stands for", 1), unbroken("when"), figures("Wh"))
    rows = table(
        "Applied",
        columns,
        "Lines of a pool take part in proportion to their energy; `cet inventory compute --lines` shows them.",
    )
    for use in found.application.uses:
        where = f"{use.pool}, by {use.supply}" if use.supply else str(use.pool)
        add(rows, use.certificate, where, use.slot or "the period", f"{use.watt_hours:,}")
    return rows


def times_table(found: EnergyResult) -> RenderableType | None:
    """Monthly and hourly matching, a month a row; None where a year is matched as one."""
    if found.facts.matching == "annual":
        return None
    columns = (
        words("consumption", 2),
        unbroken("month"),
        figures("MWh bought"),
        figures("matched"),
        figures("deficit"),
        figures("short" if found.facts.matching == "monthly" else "hours short"),
    )
    note = "Surpluses stand under Left. `--json` has every month or hour (`energy.times`)."
    rows = table(f"Matched {found.facts.matching}", columns, note)
    for key in found.application.covered:
        shown = f"{key.facility}, {key.carrier}, {key.use}"
        by_month: dict[str, list[Time]] = {}
        for one in times_of(found.application, key):
            by_month.setdefault(one.when[:7], []).append(one)
        for month, times in by_month.items():
            sums = [
                sum((getattr(one, name) for one in times), Fraction(0))
                for name in ("bought", "matched", "deficit")
            ]
            short = sum(one.deficit > 0 for one in times)
            add(rows, shown, month, *map(megawatt_hours, sums), f"{short} of {len(times)}")
            shown = ""
        rows.add_section()
    return rows


def left_table(found: EnergyResult) -> RenderableType | None:
    """What was not applied, and why."""
    if not found.application.left:
        return None
    rows = table("Left", (unbroken("certificate"), figures("Wh"), unbroken("state"), words("why", 1)))
    for one in found.application.left:
        add(
            rows,
            one.certificate,
            f"{one.watt_hours:,}",
            Text(one.state, MUTED if one.state == "usable" else BAD),
            one.told,
        )
    return rows


def use_phase_tables(found: EnergyResult) -> list[RenderableType]:
    """Each product's life: certificates, what is left to credits, what is held; the escrow once all use is known."""
    blocks: list[RenderableType] = []
    for plan in found.use_plans:
        columns = (
            unbroken("year"),
            figures("MWh"),
            words("known", 1),
            figures("certified"),
            figures("location, t"),
            figures("market, t"),
            figures("credits held, t"),
            figures("retired, t"),
        )
        told = "; ".join(f"{one.rule}: {one.outcome.value}, {one.told}" for one in plan.verdicts)
        rows = table(f"Use of {plan.product}", columns, told)
        for one in plan.years:
            known = "estimated" if one.year.actual is None else "actual"
            cells = (megawatt_hours(one.year.energy), known, megawatt_hours(one.covered))
            credit = (tonnes(one.year.held_mg), tonnes(one.year.retired_mg))
            add(rows, str(one.year.year), *cells, tonnes(one.location_mg), tonnes(one.market_mg), *credit)
        blocks.append(rows)
        if (escrow := plan.escrow) is not None:
            parts = (
                ("due", escrow.due_mg),
                ("retired already", escrow.retired_mg),
                ("to retire from what is held", escrow.to_retire_mg),
                ("missing", escrow.short_mg),
                ("released", escrow.released_mg),
            )
            blocks.append(headed("Reconciled, t CO2e", facts([(name, tonnes(mg)) for name, mg in parts])))
    return blocks


def zero_claim_table(found: EnergyResult) -> RenderableType | None:
    """Claims under other standards than the GHG Protocol's: either requirement is enough, and none changes a figure."""
    if not found.zero_claims:
        return None
    columns = (unbroken("claim"), words("requirement", 2), unbroken("verdict"), words("why", 3))
    rows = table(
        "Zero outside the GHG Protocol",
        columns,
        "One of the two is enough; no figure of the inventory changes.",
    )
    for name, verdicts in found.zero_claims.items():
        _add_verdicts(rows, name, verdicts)
    return rows
