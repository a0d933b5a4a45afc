"""Show a lot with its ancestry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from scripts._session import LedgerCommand, connected_ledger, reads, show

from cet.ledger import key_text, parse_key
from cet.ledger.mirror import Ancestor, State, ancestry, evaluate, flags_of
from cet.quantities import tonnes_text

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=LedgerCommand)
@click.argument("lot")
@reads
def cli(lot: str, record: Path, *, as_json: bool) -> None:
    """Show LOT and, as a tree, the lots its emissions come from, down to their statements.

    Figures are live and unassured, at the block named; gross stands without offsets, net beside it.
    """
    state = connected_ledger(record).mirror().refresh()
    root = ancestry(state, evaluate(state), parse_key(lot))
    if as_json:
        show({"block": state.block, "lots": [facts(state, *step) for step in root.walk()]}, as_json=True)
        return
    click.echo(f"block {state.block}, live figures in t CO2e, unassured")
    for depth, units, node, repeated in root.walk():
        edge = f"{units:,} units of " if units is not None else ""
        again = " (shown above)" if repeated and node.parents else ""
        click.echo("  " * depth + edge + line(state, node) + again)


def line(state: State, node: Ancestor) -> str:
    """One lot on one line."""
    figures, holder = node.figures, state.participants.get(node.holder, node.holder)
    words = [f"{key_text(node.lot.key)} {node.lot.code}, {holder}: gross {tonnes_text(figures.gross)}"]
    words.append(f"net {tonnes_text(figures.net)}")
    if node.offset:
        words.append(f"own offset {tonnes_text(node.offset)}")
    if node.lot.statement:
        statement = state.statements[state.head_of(node.lot.statement)]
        words.append(f"statement {statement.number}, {statement.opinion.level} assurance")
        told = state.restatements.get(node.lot.key, ())
        words += [f"restated from {tonnes_text(one.before)} by statement {one.statement}" for one in told]
    words += [
        f"FLAGGED: {flag.doubt.value}" for flag in flags_of(state, node.lot.key) if flag.lot == node.lot.key
    ]
    return ", ".join(words)


def facts(state: State, depth: int, units: int | None, node: Ancestor, repeated: bool) -> dict[str, Any]:  # noqa: FBT001
    """One lot of the walk for machines; masses in mg and units as text."""
    figures = node.figures
    return {
        "depth": depth,
        "lot": key_text(node.lot.key),
        "units": None if units is None else str(units),
        "shown_above": repeated,
        "kind": str(node.lot.code),
        "holder": node.holder,
        "name": state.participants.get(node.holder, ""),
        "basis": str(node.lot.basis),
        "gross": str(figures.gross),
        "inherited_net": str(figures.inherited_net),
        "net": str(figures.net),
        "surplus": str(figures.surplus),
        "own_offset": str(node.offset),
        "statement": node.lot.statement or None,
        "restated_by": [told.statement for told in state.restatements.get(node.lot.key, ())],
        "flags": [flag.doubt.value for flag in flags_of(state, node.lot.key) if flag.lot == node.lot.key],
    }
