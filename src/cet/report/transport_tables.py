"""Book and claim in an inventory as tables, and for machines: both series by mode, claims and their rules, lots split for customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.report.tables import BAD, GOOD, MUTED, add, figures, table, two_lines, unbroken, words
from cet.report.words import basis_words, clean, grouped, intensity_words, percent, tonnes
from cet.scopes import Scope, scope_text
from cet.statement.transport import transport_part

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import RenderableType

    from cet.inventory import Inventory
    from cet.inventory.transport.result import TransportResult

APART = "The market-based series stands beside the physical one, and the two are never added."


def plain(value: Fraction) -> str:
    """An activity, to the thousandth of its unit, without zeros behind the point."""
    return grouped(value, 3).rstrip("0").rstrip(".")


def grams(mg: Fraction) -> str:
    """An intensity in mg as g, three decimals."""
    return grouped(mg / 1000, 3)


def transport_blocks(inventory: Inventory) -> list[RenderableType]:
    """All of it for `cet inventory compute`; nothing where the package has neither claims nor bookings."""
    found = inventory.transport
    if found is None:
        return []
    blocks: list[RenderableType] = []
    if found.pools or found.claiming.verdicts:
        blocks += [_series(inventory), _pools(found), _claims(inventory, found)]
    return [*blocks, *([_splits(found)] if found.splits else [])]


def _series(inventory: Inventory) -> RenderableType:
    columns = (words("scope"), figures("physical, t CO2e"), figures("market-based, t CO2e"))
    rows = table("Scopes 1 and 3 in both series", columns, APART)
    for scope in (Scope.SCOPE_1, Scope.SCOPE_3):
        add(rows, scope_text(scope), tonnes(inventory.total(scope)), tonnes(inventory.market_total(scope)))
    return rows


def _pools(found: TransportResult) -> RenderableType:
    columns = (
        words("transport", 2),
        words("stands on", 2),
        figures("activity"),
        figures("share"),
        figures("g CO2e/unit"),
        figures("physical, t"),
        figures("market, t"),
    )
    rows = table(
        "Transport, by use and mode",
        columns,
        "Both series are of the same lines; what they differ by has the physical series for its baseline.",
    )
    for one in found.pools:
        intensity = grams(one.physical_mg / one.activity) if one.activity else ""
        figures_of = (plain(one.activity), "", intensity, tonnes(one.physical_mg), tonnes(one.market_mg))
        add(rows, two_lines(f"{one.pool.use}, {one.pool.mode}", one.unit), "all", *figures_of)
        for part in one.parts:
            each = grams(part.mg / part.activity) if part.activity else ""
            claimed = (plain(part.activity), percent(part.activity / one.activity), each, "", tonnes(part.mg))
            add(rows, "", clean(part.claim), *claimed)
        if left := one.activity - one.claimed:
            figures_of = (
                plain(left),
                percent(left / one.activity),
                grams(one.rest_intensity),
                "",
                tonnes(one.rest_mg),
            )
            add(rows, "", Text("no claim", MUTED), *figures_of)
        rows.add_section()
    return rows


def _claims(inventory: Inventory, found: TransportResult) -> RenderableType:
    columns = (
        unbroken("claim"),
        words("booking", 2),
        figures("activity"),
        unbroken("state"),
        words("why", 3),
    )
    rows = table("Claims", columns, "A refused claim displaces nothing: all of its activity is unused.")
    for one in inventory.package.settings.logistics_claims:
        kept = one in found.claiming.applied
        broken = [
            f"{rule.rule}: {rule.told}"
            for rule in found.claiming.verdicts[one.id]
            if rule.outcome.value == "broken"
        ]
        state = Text("applied", GOOD) if kept else Text("refused", BAD)
        activity = f"{plain(one.quantity)} {one.unit}"
        told = "; ".join(broken) or f"booked {one.booked}, claimed {one.claimed}; credits: {one.credits}"
        add(rows, one.id, two_lines(clean(one.booking), clean(one.registry)), activity, state, clean(told))
    return rows


def _splits(found: TransportResult) -> RenderableType:
    columns = (
        words("lot", 2),
        words("part", 2),
        figures("shared out by"),
        figures("intensity"),
        figures("t CO2e"),
    )
    told = "Customers who claimed take of their LETS, all others of the rest; the physical lot is another series."
    rows = table("Lots split before they are passed on", columns, told)
    for one in found.splits:
        whole = one.physical
        each = intensity_words(whole.code, whole.exact, whole.basis)
        add(rows, whole.name, "physical", basis_words(whole.code, whole.basis), each, tonnes(whole.exact))
        for part in one.parts:
            each = intensity_words(part.code, part.exact, part.basis)
            cells = (basis_words(part.code, part.basis), each, tonnes(part.exact))
            add(rows, part.name, clean(part.key.part), *cells)
        rows.add_section()
    return rows


def transport_json(inventory: Inventory) -> dict[str, Any]:
    """All of it, as the statement's document has it, with the reasons of every rule."""
    found = inventory.transport
    if found is None:
        return {"logistics": None}
    part: dict[str, Any] = transport_part(inventory)["logistics"]
    for one in part["claims"]:
        one["rules"] = [
            {"rule": rule.rule, "clause": rule.clause, "outcome": rule.outcome.value, "why": rule.told}
            for rule in found.claiming.verdicts[one["id"]]
        ]
    return {"logistics": part}
