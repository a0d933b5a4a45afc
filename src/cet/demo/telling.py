"""The story shown to a person: a heading and a few tables an act, on a rich console."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

from cet.demo import facts
from cet.demo.story import OPINION
from cet.ledger import key_text
from cet.quantities import half_even_text, tonnes_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from cet.demo.story import Displacement, Moment, Refusal
    from cet.demo.tracing import Trace, TracedLot
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
    whole, _, decimals = tonnes_text(mg, places).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}" + (f".{decimals}" if decimals else "")


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

    def reconciliation(self, inventory: Inventory, table: Reconciliation) -> None:
        shown = Table(
            title=f"{table.publisher}, {table.edition}: from published to compliant, t CO2e",
            title_justify="left",
        )
        shown.add_column("step", max_width=44)
        for heading in ("scope 1", "scope 2 (market)", "scope 3", "three scopes", "outside"):
            shown.add_column(heading, justify="right")
        for step in table.rows():
            bold = step is table.published or step is table.compliant
            cells = [*step.columns[:3], step.total, step.columns[3]]
            shown.add_row(
                step.title,
                *(_small(mg) for mg in cells),
                style="bold" if bold else "",
                end_section=step is table.published or step is table.steps[-1],
            )
        self.console.print(shown)
        self.console.print(
            f"  scope 2, location-based, beside it and in no sum: {tonnes(table.location_based)} t"
        )
        for step in table.steps:
            for detail in step.details:
                self.console.print(f"  [dim]{step.title}:[/] {detail}")
        for claim in inventory.claims:
            self.console.print(f"  [red]the oracle disagrees[/] on {claim}")

    def receipts(self, receipts: dict[str, Receipt]) -> None:
        shown = Table(title="Statements on the ledger", title_justify="left")
        for heading in (
            "package",
            "no.",
            "statement",
            "lots",
            "lines",
            "scope 1, t",
            "scope 2 location | market, t",
            "scope 3, t",
            "outside, t",
        ):
            shown.add_column(heading, justify="left" if heading in ("package", "statement") else "right")
        for package, receipt in receipts.items():
            one, location, market, three, outside = receipt.statement.reported
            shown.add_row(
                package,
                str(receipt.number),
                f"0x{receipt.statement.id.hex()[:8]}…",
                str(len(receipt.lots)),
                str(receipt.line_count),
                tonnes(one),
                f"{tonnes(location)} | {tonnes(market)}" if location or market else "",
                tonnes(three) if three else "",
                tonnes(outside) if outside else "",
            )
        self.console.print(shown)
        self.console.print(
            f"  asserted by the participant, verified ({OPINION.standard}, {OPINION.level} assurance), recomputed by the oracle"
        )

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
        shown = Table(title="Gross is reported and does not move; net is derived", title_justify="left")
        shown.add_column("lot")
        shown.add_column("gross, t", justify="right")
        for moment in moments:
            shown.add_column(f"net, {moment.name}, t", justify="right")
        if len(moments) > 1:
            shown.add_column("change", justify="right")
        for name, key in lots.items():
            figures = [moment.figures[key] for moment in moments]
            change = Fraction(figures[-1].net, figures[0].net) - 1 if figures[0].net else Fraction(0)
            shown.add_row(
                NAMES[name],
                tonnes(figures[0].gross),
                *(tonnes(f.net) for f in figures),
                *([f"{half_even_text(100 * change, 3)} %"] if len(moments) > 1 else []),
            )
        self.console.print(shown)

    def refusals(self, refusals: Sequence[Refusal]) -> None:
        shown = Table(title="Tried and refused", title_justify="left", show_lines=True)
        shown.add_column("attempt")
        shown.add_column("error", style="red")
        shown.add_column("in words", overflow="fold")
        for refusal in refusals:
            shown.add_row(refusal.attempt, refusal.error, refusal.words)
        self.console.print(shown)

    def inventory(self, series: Sequence[GrossSeries], differences: Sequence[Difference]) -> None:
        shown = Table(title="Duke University, live and reported, t CO2e gross", title_justify="left")
        for heading in ("series", "reported (verified)", "live (unassured)", "difference", ""):
            shown.add_column(heading, justify="left" if heading in ("series", "") else "right")
        for one in differences:
            name = f"{one.scope.name.lower().replace('_', ' ')}, {one.method.name.lower().replace('_', '-')}"
            flag = "[yellow]above the threshold[/]" if one.flagged else ""
            shown.add_row(name, tonnes(one.reported), tonnes(one.live), tonnes(one.difference), flag)
        self.console.print(shown)
        self.console.print(f"  {sum(one.lots for one in series)} lots; offsets are in none of these figures")

    def trace(self, trace: Trace) -> None:
        tree = Tree(self._node(trace.lots[0]))
        branch = tree
        for lot in trace.lots[1:]:
            branch = branch.add(self._node(lot))
        lines = branch.add(
            f"statement {trace.statement_number}, 0x{trace.statement_id.hex()[:16]}…, package {trace.package}"
        )
        lines.add(trace.words)
        self.console.print(tree)
        verdict = "[green]yes[/]" if trace.on_chain else "[red]no[/]"
        self.console.print(
            f"  line {trace.line!r}: leaf 0x{trace.leaf.hex()[:16]}…, proof of {trace.proof_length}, root 0x{trace.root.hex()[:16]}…; "
            f"in the statement, says the registry: {verdict}"
        )

    def _node(self, lot: TracedLot) -> str:
        return f"{key_text(lot.key)}  {lot.words}, {lot.holder}: gross {tonnes(lot.gross)} t, net {tonnes(lot.net)} t"

    def conservation(self, sources: int, kept: int, edges: int) -> None:
        self.console.print(
            f"  in-scope gross of all sources {tonnes(sources, 9)} t; what stays with each lot adds up to {tonnes(kept, 9)} t: "
            f"{kept - sources} mg of rounding over {edges} edges"
        )


def _small(mg: Fraction) -> str:
    """Tonnes to the kilogram; what is smaller and not zero, in milligrams."""
    if mg and abs(mg) < 10**6:
        return f"{half_even_text(mg, 3)} mg"
    return tonnes(mg)
