"""Tables of an inventory package: findings, totals, gases, lots, notices, claims, reconciliation."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.gases import gas
from cet.inventory import SERIES
from cet.report.reconciliation import figure
from cet.report.series_tables import outside_table, series_table
from cet.report.tables import (
    BAD,
    GOOD,
    HEAD,
    MUTED,
    add,
    bullets,
    facts,
    figures,
    table,
    two_lines,
    unbroken,
    words,
)
from cet.report.words import (
    basis_words,
    code_words,
    grouped,
    percent,
    plural,
    series_words,
    tonnes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cet.errors import Finding
    from cet.inventory import Inventory, Notice
    from cet.report.inventory_view import Explained
    from cet.report.reconciliation import Reconciliation
    from cet.report.series_tables import Series

_MOST_SUBJECTS = 4


def findings_table(findings: Sequence[Finding], package: str) -> Table:
    """Everything wrong: where, what, and what would be right."""
    title = f"{plural(len(findings), 'finding')} in {package}"
    columns = (words("file"), figures("row"), words("column"), words("value"), words("what is wrong"))
    rows = table(
        title, (*columns, words("what would be right")), "Row 1 is the header. Nothing was computed."
    )
    for found in findings:
        row = str(found.row) if found.row else ""
        wrong = Text(found.problem, BAD)
        add(rows, found.file, row, found.column, found.value, wrong, found.remedy)
    return rows


def header_facts(inventory: Inventory) -> Table:
    """Whose inventory, of when, by which rules, from what data."""
    settings = inventory.package.settings
    header = settings.header
    total = sum(inventory.data_mg.values(), Fraction(0))
    data = ", ".join(f"{kind} {percent(mg / total)}" for kind, mg in inventory.data_mg.items() if mg)
    return facts(
        [
            ("organisation", Text(header.organisation, HEAD)),
            ("entity", header.entity),
            ("period", f"{header.period.start} to {header.period.end}"),
            ("rules", f"GWP {header.gwp.name}, 100 years; {header.consolidation.text}"),
            ("facilities", ", ".join(f"{one.name} ({one.country})" for one in settings.facilities)),
            ("lines", f"{inventory.line_count:,}"),
            ("data", data),
        ]
    )


def sound_line(inventory: Inventory) -> Text:
    """That nothing is wrong."""
    counts = f"{plural(inventory.line_count, 'line')}, {plural(len(inventory.lots), 'lot')} to mint"
    claims = len(inventory.claims)
    differing = f"; {plural(claims, 'claim')} not as recomputed, see compute" if claims else ""
    return Text.assemble(("sound", GOOD), f": {inventory.package.folder}, {counts}{differing}")


def gross_by_series(inventory: Inventory) -> dict[Series, int]:
    """Gross mg as minted by scope, category and method; zero lots, which are not minted, as zero."""
    minted = inventory.lot_of
    gross: dict[Series, int] = {}
    for key in sorted(inventory.sums):
        series = (key.scope, key.category, key.method)
        gross[series] = gross.get(series, 0) + (minted[key].gross if key in minted else 0)
    return gross


def gases_table(inventory: Inventory) -> Table:
    """Each series by gas: tonnes of the gas, its GWP, tonnes CO2e."""
    columns = (unbroken("series"), words("gas"), figures("t of gas"), figures("GWP"), figures("t CO2e"))
    rows = table("By gas", columns)
    gwp_set = inventory.package.settings.header.gwp
    for scope, method in SERIES:
        label = series_words(scope, method)
        for name, mass in inventory.gases_of(scope, method).items():
            gwp = gas(name).gwp(gwp_set)
            shown = grouped(gwp, 0 if gwp.denominator == 1 else 1)
            add(rows, label, name, tonnes(mass), shown, tonnes(mass * gwp))
            label = ""
        if unsplit := inventory.unsplit_of(scope, method):
            add(rows, label, Text("known only as CO2e", MUTED), "", "", tonnes(unsplit))
            label = ""
        if not label:
            rows.add_section()
    return rows


def lots_table(inventory: Inventory) -> Table:
    """The lots a statement of this inventory would mint."""
    columns = (
        unbroken("lot"),
        words("what"),
        words("facility"),
        figures("shared out by"),
        figures("gross, t CO2e"),
        figures("lines"),
    )
    rows = table(
        "Lots to mint", columns, "lot = code:index; gross is rounded up to the milligram, once per lot."
    )
    for lot in inventory.lots:
        add(
            rows,
            lot.name,
            code_words(lot.code),
            lot.key.facility,
            basis_words(lot.code, lot.basis),
            tonnes(lot.gross),
            f"{lot.lines:,}",
        )
    return rows


def notices_table(notices: Iterable[Notice]) -> Table:
    """What is to know though nothing is wrong."""
    rows = table("Notices", (unbroken("kind"), words("what"), figures("lines"), words("first line")))
    for notice in notices:
        add(
            rows,
            notice.kind,
            _shortened(notice.text),
            f"{notice.lines:,}" if notice.lines else "",
            notice.first_line,
        )
    return rows


def claims_table(claims: Iterable[Explained]) -> Table:
    """The participant's own figures that are not the recomputed ones, and what would reproduce them."""
    columns = (
        words("line"),
        figures("claimed, t"),
        figures("recomputed, t"),
        figures("difference, t"),
        words("the claim …"),
    )
    rows = table("Claims that differ", columns)
    for one in claims:
        claim = one.claim
        reasons = "\n".join(one.explanations) or "is reproduced by nothing tried"
        add(
            rows,
            claim.line,
            claim.claimed,
            Text(claim.recomputed, HEAD),
            Text(claim.difference, BAD),
            reasons,
        )
    return rows


def reconciliation_table(found: Reconciliation) -> Table:
    """From the published totals to the compliant ones, step by step."""
    caption = (
        f"Published: {found.publisher}, {found.document}, {found.edition}. Scope 2 market-based; location-based it is "
        f"{figure(found.location_based)} t, in no sum. The last column adds the scopes as the publisher does."
    )
    names = ("scope 1", "scope 2", "scope 3", "outside", "1 + 2 + 3")
    rows = table("Reconciliation, t CO2e", (words("step"), *(figures(name) for name in names)), caption)
    every = found.rows()
    for step in every:
        ends = step in (every[0], every[-1])
        title = Text(step.title, HEAD) if ends else two_lines(step.title, "\n".join(step.details))
        cells = [figure(mg) if mg or ends else "" for mg in (*step.columns, step.total)]
        add(rows, title, *cells, style=HEAD if ends else "", end_section=step in (every[0], every[-2]))
    return rows


def computed_blocks(inventory: Inventory, claims: Sequence[Explained]) -> list[RenderableType]:
    """All of `cet inventory compute` but the lines."""
    settings = inventory.package.settings
    gross = gross_by_series(inventory)
    blocks: list[RenderableType | None] = [
        header_facts(inventory),
        series_table("Gross emissions, t CO2e", gross, "There is no sum over the scopes."),
        outside_table(gross),
        gases_table(inventory),
        lots_table(inventory),
        claims_table(claims) if claims else None,
        notices_table(inventory.notices) if inventory.notices else None,
        exclusions_table(inventory) if settings.exclusions else None,
    ]
    return [*(block for block in blocks if block is not None), *notes(inventory)]


def exclusions_table(inventory: Inventory) -> Table:
    """What is left out or empty, and why; equal reasons together."""
    rows = table("Left out, and why", (words("category"), words("reason")))
    reasons: dict[str, list[str]] = {}
    for exclusion in inventory.package.settings.exclusions:
        reasons.setdefault(exclusion.reason, []).append(exclusion.category)
    for reason, categories in reasons.items():
        add(rows, ", ".join(categories), reason)
    return rows


def notes(inventory: Inventory) -> list[RenderableType]:
    """The package's labels, which stand wherever it is shown."""
    return bullets("Notes of the package", (note.text for note in inventory.package.settings.notes))


def _shortened(text: str) -> str:
    """A notice about many factors names the first few."""
    sentence, colon, subjects = text.rpartition(": ")
    names = subjects.split(", ")
    if not colon or len(names) <= _MOST_SUBJECTS:
        return text
    return f"{sentence}: {', '.join(names[: _MOST_SUBJECTS - 1])} and {len(names) - _MOST_SUBJECTS + 1} more"
