"""A lot for people: what it is, whose, its figures, its statement, where it comes from."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger import key_text
from cet.ledger.mirror import flags_of
from cet.ledger.mirror.certification import covered, is_allocated_energy, required
from cet.report.ancestry_tree import tree
from cet.report.tables import BAD, HEAD, NET, add, facts, figures, headed, table, two_lines, unbroken, words
from cet.report.words import basis_words, clean, code_words, percent, period, plural, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.table import Table

    from cet.ledger import Figures
    from cet.ledger.mirror import Lot
    from cet.report.snapshot import Snapshot


def lot_blocks(view: Snapshot, key: int, on_chain: Figures) -> list[RenderableType]:
    """All of `cet ledger show LOT`."""
    lot = view.state.lots[key]
    return [
        lot_facts(view, lot),
        figures_table(view, lot, on_chain),
        statements_table(view, view.sources(key)),
        headed("Where it comes from", tree(view, key)),
    ]


def lot_facts(view: Snapshot, lot: Lot) -> Table:
    """What the lot is, whose it is, how it came about, and what was done with its basis."""
    state, key = view.state, lot.key
    allocated, displaced = state.allocated.get(key, 0), state.displaced.get(key, 0)
    frozen = state.frozen.get(key, 0)
    by = ", ".join(
        f"{basis_words(lot.code, units)} by {key_text(one)}" for one, units in state.displaced_by(key)
    )
    return facts(
        [
            ("lot", Text.assemble((key_text(key), HEAD), f"  {code_words(lot.code)}")),
            ("holder", view.named(state.holders[key])),
            ("basis", basis_words(lot.code, lot.basis)),
            ("allocated", _part_of_basis(lot, allocated - displaced)),
            ("displaced", f"{_part_of_basis(lot, displaced)}: {by}" if displaced else ""),
            ("displaces", _displaces(view, lot)),
            ("frozen", _part_of_basis(lot, frozen) if frozen else ""),
            ("referred to", _references(view, lot)),
            ("certificates", _certificates(view, lot)),
            ("restated", _restatements(view, lot)),
            ("flagged", _flags(view, key)),
            ("origin", _origin(lot)),
            ("consumed", period(*lot.consumed) if lot.consumed else ""),
            ("document", "0x" + lot.activity.hex() if lot.activity else ""),
            ("recorded", f"block {lot.block}, transaction {lot.transaction}"),
        ]
    )


def _references(view: Snapshot, lot: Lot) -> str:
    told = view.state.references_to(lot.key)
    return ", ".join(
        f"{basis_words(lot.code, view.state.lots[one].basis)} by {key_text(one)}" for one in told
    )


def _certificates(view: Snapshot, lot: Lot) -> str:
    """What was issued for a lot's energy, or what of it is cancelled for an allocation that needs it."""
    state = view.state
    if batches := state.certificated.get(lot.key, ()):
        return f"issued for it: {', '.join(map(key_text, batches))}"
    needed = required(state, *lot.edges[0]) if is_allocated_energy(lot) else 0
    if not needed:
        return ""
    have = basis_words(lot.code, covered(state, lot.key))
    return f"{have} cancelled for it, of {basis_words(lot.code, needed)} needed"


def _restatements(view: Snapshot, lot: Lot) -> str:
    """Every gross the lot had, with the statement that gave it."""
    told = view.state.restatements.get(lot.key, ())
    if not told:
        return ""
    steps = [f"{tonnes(told[0].before)} t by statement {lot.statement}"]
    steps += [f"{tonnes(one.after)} t by statement {one.statement}" for one in told]
    return ", then ".join(steps)


def _flags(view: Snapshot, key: int) -> Text:
    """What casts doubt on the lot or on what is above it."""
    told = [
        f"{flag.doubt.value} ({key_text(flag.lot)}{f', statement {flag.statement}' if flag.statement else ''})"
        for flag in flags_of(view.state, key)
    ]
    return Text(", ".join(told), BAD)


def _assurance(words_: str, withdrawn: str | None) -> Text:
    found = Text(clean(words_))
    if withdrawn is not None:
        found.append(f"\nWITHDRAWN: {clean(withdrawn)}", BAD)
    return found


def figures_table(view: Snapshot, lot: Lot, on_chain: Figures) -> Table:
    """Live gross, and beside it net, which is another series."""
    found = view.figures[lot.key]
    same = found == on_chain
    words_ = "the contract answers the same" if same else "THE CONTRACT ANSWERS OTHERWISE"
    names = ("gross", "inherited net", "own offset", "net", "surplus offset")
    caption = (
        f"Live at block {view.state.block}, unassured; {words_}. Gross is what is reported; net is derived."
    )
    rows = table("Figures, t CO2e", (figures(name) for name in names), caption)
    add(
        rows,
        Text(tonnes(found.gross), HEAD),
        Text(tonnes(found.inherited_net), NET),
        Text(tonnes(view.state.offsets.get(lot.key, 0)), NET),
        Text(tonnes(found.net), NET),
        Text(tonnes(found.surplus), NET),
    )
    return rows


def statements_table(view: Snapshot, sources: Iterable[int]) -> Table:
    """The verified statements behind a lot: who said it, who checked it, how."""
    columns = (
        figures("no."),
        words("entity"),
        words("stated by"),
        words("period"),
        words("verified by"),
        words("assurance"),
    )
    rows = table("Statements behind it", columns)
    state = view.state
    numbers = sorted({state.head_of(state.lots[key].statement) for key in sources})
    for number in numbers:
        recorded = state.statements[number]
        statement, opinion = recorded.statement, recorded.opinion
        coverage = percent(Fraction(opinion.coverage, 10_000))
        add(
            rows,
            str(number),
            view.entity(recorded),
            view.name(statement.participant),
            period(statement.period_start, statement.period_end),
            view.name(statement.verifier),
            _assurance(
                f"{opinion.standard}, {opinion.level}, {coverage} of gross", state.withdrawn.get(number)
            ),
        )
    return rows


def lots_table(view: Snapshot, keys: Iterable[int], title: str) -> Table:
    """Lots, a row each."""
    columns = (
        unbroken("lot"),
        words("what, holder"),
        figures("basis"),
        figures("gross, t"),
        figures("net, t"),
    )
    rows = table(
        title, columns, f"Live at block {view.state.block}. Net is another series: it is in no gross."
    )
    for key in keys:
        lot, found = view.state.lots[key], view.figures[key]
        add(
            rows,
            key_text(key),
            two_lines(code_words(lot.code), view.name(view.state.holders[key])),
            basis_words(lot.code, lot.basis),
            tonnes(found.gross),
            Text(tonnes(found.net), NET),
        )
    return rows


def _part_of_basis(lot: Lot, units: int) -> str:
    return f"{basis_words(lot.code, units)}, {percent(Fraction(units, lot.basis))}" if units else "nothing"


def _displaces(view: Snapshot, lot: Lot) -> str:
    """The estimate of the same holder that this lot took the place of."""
    if lot.key not in view.state.displacements:
        return ""
    estimate, units = view.state.displacements[lot.key]
    return f"{basis_words(lot.code, units)} of the estimate {key_text(estimate)}"


def _origin(lot: Lot) -> str:
    if lot.minted is not None:
        return f"minted from statement {lot.statement}"
    if lot.consumed is not None:
        return f"allocated from {key_text(lot.edges[0][0])}"
    return f"composed of shares of {plural(len(lot.edges), 'lot')}"
