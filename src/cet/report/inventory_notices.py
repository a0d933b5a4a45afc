"""What is to say about an inventory beside its figures: findings, notices, claims, what is left out, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.report.tables import BAD, HEAD, add, bullets, figures, table, unbroken, words
from cet.report.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cet.errors import Finding
    from cet.inventory import Inventory, Notice
    from cet.inventory.completeness.sections import Exclusion
    from cet.report.inventory_view import Explained

_MOST_SUBJECTS = 4


def findings_table(findings: Sequence[Finding], package: str) -> Table:
    """Everything wrong: where, what, and what would be right."""
    title = f"{plural(len(findings), 'finding')} in {package}"
    columns = (words("file"), figures("row"), words("column"), words("value"), words("what is wrong"))
    rows = table(
        title, (*columns, words("what would be right")), "Row 1 is the header. Nothing was computed."
    )
    for found in findings:
        row = found.cell or (str(found.row) if found.row else "")
        file = f"{found.file}, {found.sheet}" if found.sheet else found.file
        wrong = Text(found.problem, BAD)
        add(rows, file, row, found.column, found.value, wrong, found.remedy)
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


def exclusions_table(inventory: Inventory) -> Table:
    """What is left out of what stands outside the scopes, and why; the scopes' own are in the completeness report."""
    rows = table("Left out outside the scopes, and why", (words("what"), words("reason")))
    for exclusion in outside_exclusions(inventory):
        add(rows, exclusion.category.partition(".")[2] or "all of it", exclusion.reason)
    return rows


def outside_exclusions(inventory: Inventory) -> list[Exclusion]:
    """The exclusions that are of no scope."""
    return [one for one in inventory.package.settings.exclusions if one.category.startswith("outside")]


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
