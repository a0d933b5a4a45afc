"""The story shown to a person: a heading and a few tables an act, on a rich console."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.panel import Panel

from cet.demo import facts
from cet.demo.story import OPINION
from cet.ledger import key_text
from cet.quantities import MG_PER_TONNE, half_even_text
from cet.report.ancestry_tree import tree
from cet.report.reconciliation_table import reconciliation_table
from cet.report.tables import add, figures, table, unbroken, words
from cet.report.trail_tables import sources_table, verdict_blocks
from cet.report.words import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from cet.demo.outcomes import Displacement, Moment, Refusal, Traced
    from cet.inventory import Inventory
    from cet.ledger.mirror import Difference, GrossSeries
    from cet.oracle import Receipt
    from cet.report.reconciliation import Reconciliation

NAMES = {
    "belews-creek-2021": "Belews Creek",
    "roxboro-2021": "Roxboro",
    "utility-zero-emission-2021": "Zero-emission fleet",
    "mix": "System mix 2021",
    "electricity": "Purchased electricity",
    "services": "University services",
    "purchase": "Purchased services",
}


def tonnes(mg: Fraction | int, places: int = 3) -> str:
    """`1,436.343`: t CO2e for people."""
    return grouped(Fraction(mg) / MG_PER_TONNE, places)


class Telling:
    """Prints each act as it happens."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._act = 0

    def act(self, title: str, *lines: str) -> None:
        """A heading, and what is about to be seen."""
        self._act += 1
        self.console.print()
        self.console.rule(f"[bold]{self._act}. {title}", align="left")
        for line in lines:
            self.console.print(line)

    def opening(self, chain: str) -> None:
        words = (
            "Real: two power plants' gases (US EPA, 2021), a university's published inventory (Duke University, fiscal 2016 "
            "and 2021), serial numbers of retired credits (Climate Action Reserve).\n"
            "Illustrative, and marked [yellow]illustrative[/]: who supplies whom, the zero-emission part of the mix, a calendar "
            "year's mix for a fiscal year's use, the services sold, the use and revocation of the credits.\n"
            "The organisations named take no part in this; their published figures do."
        )
        self.console.print(Panel(words, title=f"Carbon Emissions Token on {chain}", border_style="green"))

    def reconciliation(self, inventory: Inventory, found: Reconciliation) -> None:
        self.console.print(f"\n[bold]{found.publisher}, {found.edition}")
        self.console.print(reconciliation_table(found))
        for claim in inventory.claims:
            self.console.print(f"[red]the oracle disagrees[/] on {claim}")

    def receipts(self, receipts: dict[str, Receipt]) -> None:
        headings = ("lots", "lines", "scope 1", "scope 2 location", "scope 2 market", "scope 3", "outside")
        rows = table(
            "Statements on the ledger, t CO2e",
            (
                unbroken("no."),
                unbroken("package"),
                unbroken("statement"),
                *(figures(each) for each in headings),
            ),
            f"Asserted by the participant, verified ({OPINION.standard}, {OPINION.level} assurance), recomputed by the oracle.",
        )
        for package, receipt in receipts.items():
            add(
                rows,
                str(receipt.number),
                package,
                f"0x{receipt.statement.id.hex()[:8]}…",
                str(len(receipt.lots)),
                str(receipt.line_count),
                *(tonnes(mg) if mg else "" for mg in receipt.statement.reported),
            )
        self.console.print(rows)

    def factor(self, factor: Fraction) -> None:
        published = facts.system_mix().published_factor
        self.console.print(
            f"  gross ÷ output = [bold]{half_even_text(factor, 11)}[/] t CO2e/MWh; the university publishes {published}"
        )

    def displacement(self, d: Displacement) -> None:
        self.console.print(
            f"  its own estimate, lot {key_text(d.estimate)}: {tonnes(d.before)} t; after displacement {tonnes(d.left)} t of it stand"
        )
        self.console.print(
            f"  received, lot {key_text(d.received)}: [bold]{tonnes(d.gross)}[/] t CO2e, scope 2, market-based, traced to the plants"
        )

    def moments(self, lots: dict[str, int], moments: Sequence[Moment]) -> None:
        rows = table(
            "Gross is reported and does not move; net is derived, t CO2e",
            (
                words("lot"),
                figures("gross"),
                *(figures(f"net, {moment.name}") for moment in moments),
                *([figures("change")] if len(moments) > 1 else []),
            ),
        )
        for name, key in lots.items():
            found = [moment.figures[key] for moment in moments]
            change = Fraction(found[-1].net, found[0].net) - 1 if found[0].net else Fraction(0)
            add(
                rows,
                NAMES[name],
                tonnes(found[0].gross),
                *(tonnes(each.net) for each in found),
                *([f"{half_even_text(100 * change, 3)} %"] if len(moments) > 1 else []),
            )
        self.console.print(rows)

    def refusals(self, refusals: Sequence[Refusal]) -> None:
        rows = table("Tried and refused", (words("attempt"), unbroken("error"), words("in words", 2)))
        for refusal in refusals:
            add(rows, refusal.attempt, refusal.error, refusal.sentence)
        self.console.print(rows)

    def inventory(self, series: Sequence[GrossSeries], differences: Sequence[Difference]) -> None:
        rows = table(
            "Duke University, gross, t CO2e",
            (
                words("series"),
                figures("reported (verified)"),
                figures("live (unassured)"),
                figures("difference"),
                words(""),
            ),
            f"{sum(one.lots for one in series)} lots; offsets are in none of these figures, and no two series are added.",
        )
        for one in differences:
            name = f"{one.scope.name.lower().replace('_', ' ')}, {one.method.name.lower().replace('_', '-')}"
            flag = "above the threshold" if one.flagged else ""
            add(rows, name, tonnes(one.reported), tonnes(one.live), tonnes(one.difference), flag)
        self.console.print(rows)

    def trail(self, found: Traced) -> None:
        self.console.print(tree(found.view, found.trail.key))
        self.console.print()
        self.console.print(sources_table(found.trail))
        for block in verdict_blocks(found.proof, found.opened, found.registry, on_chain=found.on_chain):
            self.console.print()
            self.console.print(block)

    def conservation(self, sources: int, kept: int, edges: int) -> None:
        self.console.print(
            f"  in-scope gross of all sources {tonnes(sources, 9)} t; what stays with each lot adds up to {tonnes(kept, 9)} t: "
            f"{kept - sources} mg of rounding over {edges} edges"
        )
