"""A picture of a supply chain: lots in columns, what each passes to the next, and its net at several moments.

Pure: figures in, SVG text out. Every shape is drawn from the figures given; nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cet.quantities import tonnes_text
from cet.report.drawing import FRAME, MUTED, PAPER, opening, svg_text

BOX_WIDTH, GAP_X, GAP_Y, MARGIN = 292, 96, 26, 28
HEAD, LINE, BAR_LINE = 46, 19, 24
TITLE_SPACE = 74

SCOPE_COLOURS = {"1": "#8c3b2e", "2": "#b57a17", "3": "#2d5f8b", "product": "#2f6f5e", "outside": "#6b6f73"}
MOMENT_COLOURS = ("#8fa3a9", "#3f9c7a", "#c8733f", "#6a5a9e")


@dataclass(frozen=True, slots=True)
class PictureLot:
    """One box. ``scope`` is ``1``, ``2``, ``3``, ``product`` or ``outside``; figures are mg CO2e, a net a moment."""

    key: str
    column: int
    title: str
    holder: str
    scope: str
    kind: str
    gross_mg: int
    nets_mg: tuple[int, ...]
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class PictureEdge:
    """An arrow from supplier lot to dependent lot, with what it carries in words."""

    source: str
    target: str
    label: str
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """A whole picture; every lot has as many nets as there are moments."""

    title: str
    subtitle: str
    moments: tuple[str, ...]
    lots: tuple[PictureLot, ...]
    edges: tuple[PictureEdge, ...]

    def svg(self) -> str:
        """The picture as one self-contained SVG: no links, scripts or fonts from elsewhere."""
        places = self._places()
        width = max(x for x, _, _ in places.values()) + BOX_WIDTH + MARGIN
        height = max(y + h for _, y, h in places.values()) + MARGIN + 22
        parts = [
            *opening(width, height, MARGIN, self.title, self.subtitle),
            *self._arrows(places),
            *(part for lot in self.lots for part in self._box(lot, *places[lot.key])),
            *self._legend(height - 14),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _places(self) -> dict[str, tuple[int, int, int]]:
        """Left, top and height of each box; columns are centred on the tallest."""
        box = HEAD + 2 * LINE + len(self.moments) * BAR_LINE + 8
        columns: dict[int, list[PictureLot]] = {}
        for lot in self.lots:
            columns.setdefault(lot.column, []).append(lot)
        tallest = max(len(lots) for lots in columns.values()) * (box + GAP_Y) - GAP_Y
        places = {}
        for column, lots in columns.items():
            top = TITLE_SPACE + (tallest - len(lots) * (box + GAP_Y) + GAP_Y) // 2
            for row, lot in enumerate(lots):
                places[lot.key] = (MARGIN + column * (BOX_WIDTH + GAP_X), top + row * (box + GAP_Y), box)
        return places

    def _arrows(self, places: dict[str, tuple[int, int, int]]) -> list[str]:
        parts = []
        for edge in self.edges:
            sx, sy, sh = places[edge.source]
            tx, ty, th = places[edge.target]
            x1, y1, x2, y2 = sx + BOX_WIDTH, sy + sh // 2, tx, ty + th // 2
            middle = (x1 + x2) // 2
            dash = ' stroke-dasharray="6 4"' if edge.illustrative else ""
            parts.append(
                f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2 - 8} {y2}" fill="none" '
                f'stroke="{MUTED}" stroke-width="1.6"{dash}/>'
            )
            parts.append(f'<path d="M{x2} {y2} l-9 -4.5 v9 z" fill="{MUTED}"/>')
            # At the supplier's end, where arrows part; the last line just above the arrow.
            for line, words in enumerate(reversed(edge.label.split("\n"))):
                parts.append(svg_text(x1 + 6, y1 - 6 - 13 * line, words, size=11, fill=MUTED, halo=True))
        return parts

    def _box(self, lot: PictureLot, x: int, y: int, height: int) -> list[str]:
        colour = SCOPE_COLOURS[lot.scope]
        dash = ' stroke-dasharray="6 4"' if lot.illustrative else ""
        parts = [
            (
                f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{height}" rx="8" fill="{PAPER}" '
                f'stroke="{FRAME}" stroke-width="1.5"{dash}/>'
            ),
            f'<path d="M{x} {y + HEAD} V{y + 8} q0 -8 8 -8 H{x + BOX_WIDTH - 8} q8 0 8 8 V{y + HEAD} z" fill="{colour}"/>',
            svg_text(x + 12, y + 19, lot.title, size=13.5, weight="bold", fill=PAPER),
            svg_text(x + 12, y + 37, f"{lot.holder} · {lot.kind}", size=11.5, fill="#f0ece6"),
            svg_text(x + 12, y + HEAD + 17, "gross", size=11.5, fill=MUTED),
            svg_text(
                x + BOX_WIDTH - 12, y + HEAD + 17, f"{_thousands(lot.gross_mg)} t", size=12.5, anchor="end"
            ),
        ]
        note = "illustrative quantity" if lot.illustrative else "net, derived:"
        parts.append(svg_text(x + 12, y + HEAD + 17 + LINE, note, size=11.5, fill=MUTED))
        for i, net in enumerate(lot.nets_mg):
            parts.extend(self._bar(lot, net, i, x, y + HEAD + 2 * LINE + 8 + i * BAR_LINE))
        return parts

    def _bar(self, lot: PictureLot, net: int, moment: int, x: int, y: int) -> list[str]:
        full = BOX_WIDTH - 24
        length = round(full * Fraction(net, lot.gross_mg)) if lot.gross_mg else 0
        return [
            f'<rect x="{x + 12}" y="{y}" width="{full}" height="18" rx="3" fill="#eef2f2"/>',
            (
                f'<rect x="{x + 12}" y="{y}" width="{length}" height="18" rx="3" fill="{MOMENT_COLOURS[moment]}" '
                'fill-opacity="0.55"/>'
            ),
            svg_text(x + 18, y + 13, self.moments[moment], size=11),
            svg_text(x + BOX_WIDTH - 18, y + 13, f"{_thousands(net)} t", size=11.5, anchor="end"),
        ]

    def _legend(self, y: int) -> list[str]:
        words = (
            "Gross is what is reported; net is derived from offsets and stands apart. Dashed: illustrative."
        )
        return [svg_text(MARGIN, y, words, size=11.5, fill=MUTED)]


def _thousands(mass_mg: int) -> str:
    whole, decimals = tonnes_text(mass_mg, 3).split(".")
    return f"{int(whole):,}.{decimals}"
