"""A lot above its ancestors, drawn."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from cet.ledger import key_text
from cet.ledger.mirror import ancestry
from cet.report.tables import HEAD, MUTED
from cet.report.words import basis_words, clean, code_words, percent, plural, tonnes

if TYPE_CHECKING:
    from cet.ledger.mirror import Ancestor
    from cet.report.snapshot import Snapshot

_DEEPEST = 12
"""Levels of ancestors drawn; deeper trees leave no room for their words."""


def tree(view: Snapshot, key: int) -> Tree:
    """The lot above its ancestors, each with its figures and the part of it that passes down."""
    root = ancestry(view.state, view.figures, key)
    drawn: dict[int, Tree] = {}
    top = Tree(_node(view, root, None), guide_style=MUTED)
    drawn[0] = top
    hidden = 0
    for depth, units, node, repeated in root.walk():
        if depth == 0:
            continue
        if depth > _DEEPEST:
            hidden += 1
            continue
        drawn[depth] = drawn[depth - 1].add(_node(view, node, units, repeated=repeated))
    if hidden:
        top.add(Text(f"{plural(hidden, 'edge')} deeper than {_DEEPEST} levels: --json has all", MUTED))
    return top


def _node(view: Snapshot, node: Ancestor, units: int | None, *, repeated: bool = False) -> Text:
    lot, found = node.lot, node.figures
    label = Text.assemble((key_text(lot.key), HEAD), f"  {code_words(lot.code)}, {view.name(node.holder)}")
    second = f"gross {tonnes(found.gross)} t, net {tonnes(found.net)} t"
    if units == lot.basis:
        second += "; all of it"
    elif units is not None:
        second += f"; of it {basis_words(lot.code, units)}, {percent(Fraction(units, lot.basis))}"
    if lot.statement:
        second += f"; statement {lot.statement}"
    if repeated and lot.edges:
        second += "; its own ancestors as above"
    return label.append("\n" + clean(second), MUTED)
