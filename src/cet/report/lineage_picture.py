"""A booking's lineage for people: a tree for the terminal, a picture, JSON. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from cet.logistics.terms import SHOWN_UNITS, per_shown
from cet.quantities import exact_text, half_even_text
from cet.report.drawing import FRAME, MUTED, PAPER, fitted, opening, svg_text
from cet.report.logistics_tables import amount_text
from cet.report.tables import HEAD
from cet.report.tables import MUTED as QUIET
from cet.report.words import clean

if TYPE_CHECKING:
    from cet.logistics.lineage import Lineage, Link, Node

BOX, HEIGHT, GAP_X, GAP_Y, MARGIN, TOP = 296, 128, 132, 26, 28, 82
KIND_COLOURS = {
    "solution": "#2d5f8b",
    "provision": "#2d5f8b",
    "profile claim": "#6a5a9e",
    "LETS": "#2f6f5e",
    "rebooking": "#3f7f8c",
    "claim": "#8c3b2e",
    "retired": "#6b6f73",
}
ASKED = "#c8733f"


def lineage_tree(found: Lineage) -> Tree:
    """From the origins down; the record asked for is marked."""
    whole = Tree(Text(f"Lineage of {clean(found.asked)}", HEAD), guide_style=QUIET)
    nodes = {node.id: node for node in found.nodes}

    def grow(under: Tree, node: Node, link: Link | None) -> None:
        words = Text(clean(node.id), HEAD if node.id == found.asked else "")
        words.append(f"  {clean(_kind(node))} · {clean(node.who)} · {node.on}", QUIET)
        words.append("\n" + clean(" · ".join(_facts(node))))
        if link is not None and link.beside:
            words.append("  (emitter profile beside it)", QUIET)
        if node.id == found.asked:
            words.append("  ◄", QUIET)
        branch = under.add(words)
        for below in found.below(node.id):
            grow(branch, nodes[below.target], below)

    for root in found.roots:
        grow(whole, root, None)
    return whole


def lineage_json(found: Lineage) -> dict[str, Any]:
    """For machines: amounts as text in base units, intensities exact."""
    return {
        "id": found.asked,
        "records": [
            {"id": one.id, "kind": one.kind, "side": one.side, "by": one.who, "on": one.on.isoformat(),
             "modes": list(one.modes), "unit": one.unit, "amount": str(one.amount),
             "left": None if one.left is None else str(one.left),
             "wtw_mg_per_unit": None if one.wtw is None else exact_text(one.wtw), "notes": list(one.notes)}
            for one in found.nodes
        ],
        "links": [
            {"from": one.source, "to": one.target, "amount": str(one.amount), "unit": one.unit, "beside": one.beside}
            for one in found.links
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    x: int
    y: int


def lineage_svg(found: Lineage) -> str:
    """Columns from the origin to the ends; arrows say how much went on; dashed: an emitter profile beside a claim."""
    places = _places(found)
    width = max(max(one.x for one in places.values()) + BOX + MARGIN, 640)
    height = max(one.y for one in places.values()) + HEIGHT + MARGIN + 20
    asked = next(one for one in found.nodes if one.id == found.asked)
    subtitle = f"{_kind(asked)} · {asked.who} · {asked.on}: what it came from, and what came of it"
    parts = [
        *opening(width, height, MARGIN, f"Lineage of {found.asked}", subtitle),
        *(part for link in found.links for part in _arrow(link, places)),
        *(part for node in found.nodes for part in _box(node, places[node.id], asked=node.id == found.asked)),
        svg_text(
            MARGIN,
            height - 14,
            "Intensities well-to-wheel. Dashed: the emitter profile beside a supply-chain claim.",
            size=11.5,
            fill=MUTED,
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _places(found: Lineage) -> dict[str, _Place]:
    """Each record in its column; columns centred on the tallest, records in the order of what they came from."""
    columns: dict[int, list[str]] = {}
    for node, column in found.column.items():
        columns.setdefault(column, []).append(node)
    rank: dict[str, int] = {}
    places = {}
    tallest = max(len(many) for many in columns.values()) * (HEIGHT + GAP_Y) - GAP_Y
    for column in sorted(columns):
        many = sorted(
            columns[column],
            key=lambda node: min(
                (rank[link.source] for link in found.links if link.target == node), default=0
            ),
        )
        top = TOP + (tallest - len(many) * (HEIGHT + GAP_Y) + GAP_Y) // 2
        for row, node in enumerate(many):
            rank[node] = row
            places[node] = _Place(MARGIN + column * (BOX + GAP_X), top + row * (HEIGHT + GAP_Y))
    return places


def _arrow(link: Link, places: dict[str, _Place]) -> list[str]:
    source, target = places[link.source], places[link.target]
    x1, y1, x2, y2 = source.x + BOX, source.y + HEIGHT // 2, target.x, target.y + HEIGHT // 2
    middle = x1 + (x2 - x1) // 2
    dash = ' stroke-dasharray="6 4"' if link.beside else ""
    words = f"{amount_text(link.amount, link.unit)} {SHOWN_UNITS[link.unit]}"
    return [
        f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2 - 8} {y2}" fill="none" stroke="{MUTED}" stroke-width="1.6"{dash}/>',
        f'<path d="M{x2} {y2} l-9 -4.5 v9 z" fill="{MUTED}"/>',
        # At the end that is not shared by several arrows.
        svg_text(x2 - 10, y2 - 7, words, size=11, fill=MUTED, anchor="end", halo=True),
    ]


def _box(node: Node, place: _Place, *, asked: bool) -> list[str]:
    x, y = place.x, place.y
    edge = f'stroke="{ASKED}" stroke-width="3.5"' if asked else f'stroke="{FRAME}" stroke-width="1.5"'
    facts = _facts(node)
    return [
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="8" fill="{PAPER}" {edge}/>',
        f'<path d="M{x} {y + 44} V{y + 8} q0 -8 8 -8 H{x + BOX - 8} q8 0 8 8 V{y + 44} z" fill="{KIND_COLOURS[node.kind]}"/>',
        svg_text(x + 12, y + 18, fitted(node.id, 36), size=13.5, weight="bold", fill=PAPER),
        svg_text(
            x + 12, y + 35, fitted(f"{_kind(node)} · {node.who} · {node.on}", 54), size=11, fill="#f0ece6"
        ),
        *(
            svg_text(x + 12, y + 63 + 17 * row, fitted(words, 48), size=11.5)
            for row, words in enumerate(facts[:4])
        ),
    ]


def _kind(node: Node) -> str:
    return f"{node.kind}, {node.side}" if node.side else node.kind


def _facts(node: Node) -> list[str]:
    """Amount and what is left, intensity, what is noted."""
    unit = SHOWN_UNITS[node.unit]
    amount = f"{amount_text(node.amount, node.unit)} {unit}"
    if node.modes:
        amount += f", {', '.join(node.modes)}"
    found = [amount]
    if node.left is not None:
        found.append(
            f"{amount_text(node.left, node.unit)} {unit} left to claim"
            if node.left
            else "nothing left to claim"
        )
    if node.wtw is not None:
        found.append(f"{half_even_text(node.wtw * per_shown(node.unit) / 1000, 3)} g CO2e per {unit}")
    return [*found, *node.notes]
