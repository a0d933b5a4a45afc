"""Certificates and contracts as tables, and for machines: verdicts, both methods by pool, uses, what is left, declarations."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.certificates import Outcome, surplus_of, times_of
from cet.certificates.application import explain
from cet.inventory.energy.declaration import declarations
from cet.quantities import exact_text
from cet.report.tables import BAD, GOOD, MUTED, add, facts, figures, headed, table, two_lines, unbroken, words
from cet.report.words import grouped, percent, tonnes
from cet.statement.energy import declaration_typed_data, energy_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from cet.certificates import Time
    from cet.inventory import Inventory
    from cet.inventory.energy.declaration import Declaration
    from cet.inventory.energy.result import EnergyResult

_STYLE = {Outcome.KEPT: GOOD, Outcome.BROKEN: BAD, Outcome.OPEN: "yellow"}
NOTHING = "no certificates, contracts or residual mixes; docs/energy-certificates.md says how to give them"


def megawatt_hours(watt_hours: Fraction | int) -> str:
    """Wh as MWh, every digit of a Wh."""
    return grouped(Fraction(watt_hours) / 10**6, 6).rstrip("0").rstrip(".")


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
        shown = name
        for one in verdicts:
            add(
                rows,
                shown,
                one.rule,
                Text(one.outcome.value, _STYLE[one.outcome]),
                one.told,
            )
            shown = ""
        rows.add_section()
    return rows


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
            sums = [_sum(getattr(one, name) for one in times) for name in ("bought", "matched", "deficit")]
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
        shown = name
        for one in verdicts:
            add(rows, shown, one.rule, Text(one.outcome.value, _STYLE[one.outcome]), one.told)
            shown = ""
    return rows


def declaration_tables(inventory: Inventory) -> list[RenderableType]:
    """A column of facts for each instrument, as table 10 of the CarbonNeutral Protocol has them."""
    if inventory.energy is None:
        return []
    blocks: list[RenderableType] = []
    for one in declarations(inventory.energy, inventory.package.settings):
        pairs = [(name, text) for name, text in shown_fields(one).items() if text]
        pairs.append(("signature", signature_words(inventory, one)))
        blocks.append(headed(one.id, facts([(name, text) for name, text in pairs])))
    return blocks


def shown_fields(one: Declaration) -> dict[str, str]:
    """A declaration for people."""
    return {
        "instrument": one.instrument + (f", {one.label}" if one.label else ""),
        "tracking system": one.system,
        "certificates": one.certificates,
        "technology": one.technology,
        "location": one.location,
        "vintage": one.vintage,
        "cancelled, MWh": "" if one.declared is None else megawatt_hours(one.declared),
        "applied, MWh": megawatt_hours(one.applied),
        "kg CO2e/MWh": exact_text(one.rate),
        "biogenic kg CO2/MWh": exact_text(one.biogenic) if one.biogenic else "",
        "beneficiary": one.beneficiary,
        "cancelled on": one.cancelled,
        "stands for": "; ".join(one.used_for),
        "signatory": one.signatory,
    }


def signer_of(inventory: Inventory, one: Declaration) -> str | None:
    """The address whose key signed exactly this declaration; None where there is no signature, or none at all made it."""
    if not one.signature:
        return None
    # Loaded only where something is signed: it takes longer than most inventories.
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    message = encode_typed_data(full_message=declaration_typed_data(inventory, one))
    try:
        return str(Account.recover_message(message, signature=one.signature))
    except Exception:  # noqa: BLE001 - eth_keys has several errors for bytes that are no signature
        return None


def signature_words(inventory: Inventory, one: Declaration) -> str:
    """Who signed."""
    signer = signer_of(inventory, one)
    if signer is not None:
        return f"EIP-712, by {signer}"
    return "not a signature of anybody" if one.signature else "not signed"


def energy_json(inventory: Inventory) -> dict[str, Any]:
    """All of it, as the statement's document has it, with reasons, signers and explanations."""
    found = inventory.energy
    if found is None:
        return {"energy": None}
    part: dict[str, Any] = energy_part(inventory)["energy"]
    part["criteria"] = {
        name: [
            {"rule": one.rule, "clause": one.clause, "outcome": one.outcome.value, "why": one.told}
            for one in verdicts
        ]
        for name, verdicts in found.application.verdicts.items()
    }
    for written, one in zip(
        part["declarations"], declarations(found, inventory.package.settings), strict=True
    ):
        written["signer"] = signer_of(inventory, one)
    part["uncovered"] = {
        site: {"rule": one.rule, "clause": one.clause, "outcome": one.outcome.value, "why": one.told}
        for site, one in found.uncovered.items()
    }
    part["times"] = times_json(found)
    part["surplus_wh"] = {
        when: str(wh) for when, wh in surplus_of(found.application, found.facts.matching).items()
    }
    part["explanations"] = [explain(one) for one in found.application.covered.values()]
    part["totals"] = totals_json(found)
    return {"energy": part}


def times_json(found: EnergyResult) -> list[dict[str, str]]:
    """Each month or hour of each pool, in Wh; with annual matching none."""
    if found.facts.matching == "annual":
        return []
    return [
        {
            "pool": str(key),
            "when": one.when,
            "consumed_wh": exact_text(one.consumed),
            "bought_wh": exact_text(one.bought),
            "matched_wh": exact_text(one.matched),
            "deficit_wh": exact_text(one.deficit),
        }
        for key in found.application.covered
        for one in times_of(found.application, key)
    ]


def totals_json(found: EnergyResult) -> dict[str, str]:
    """Scope 2 by both methods, and how much of its energy stands on instruments, on the residual mix, on the grid average."""
    pools = [pool for pool in found.pools if pool.key.use == "scope-2"]
    consumed = sum(pool.pool.consumed for pool in pools)
    return {
        "location_mg": exact_text(_sum(pool.location_mg for pool in pools)),
        "market_mg": exact_text(_sum(pool.market_mg for pool in pools)),
        "consumed_wh": exact_text(_sum(pool.pool.consumed for pool in pools)),
        "instruments_wh": exact_text(_sum(pool.by_instruments for pool in pools)),
        "residual_mix_wh": exact_text(_sum(pool.energy("residual-mix") for pool in pools)),
        "grid_wh": exact_text(_sum(pool.energy("grid") for pool in pools)),
        "instruments_share": exact_text(_sum(pool.by_instruments for pool in pools) / consumed)
        if consumed
        else "",
    }


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
