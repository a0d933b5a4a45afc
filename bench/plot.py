"""The gas of every row with a target or a peer as a picture: on a logarithmic scale, beside its target and what peers spend.

`python -m bench.plot` draws docs/pictures/gas.svg from bench/results/gas.json; `make gas` does it after measuring.
"""

from __future__ import annotations

import json
import math
import re
import sys
from html import escape
from pathlib import Path

from bench.gas import DEPTHS, RESULTS, ROWS, Row

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "gas.svg"

WIDTH, LEFT, RIGHT, STEP, TOP = 1000, 300, 60, 22, 64
LEAST, MOST = 5_000, 10_000_000
OURS, OVER, TARGET, PEER, FAINT, INK = "#1f6f5c", "#b7791f", "#1b1f24", "#b04a4a", "#dfe3e6", "#1b1f24"


def place(gas: int) -> float:
    """Where so much gas lies, left to right."""
    part = (math.log10(gas) - math.log10(LEAST)) / (math.log10(MOST) - math.log10(LEAST))
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def peers_of(row: Row) -> list[tuple[str, int]]:
    """Who spends how much, from the row's words: `Nori 186,795, batch 118,613`; a bare figure is CarbonTracker's read."""
    found = re.findall(r"([A-Za-z][A-Za-z ]*?)?\s*(\d{1,3}(?:,\d{3})+)", row.peers)
    return [(name or "CarbonTracker", int(figure.replace(",", ""))) for name, figure in found]


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{escape(words)}</text>'


def bars(gas: dict[str, int]) -> list[str]:
    """One line a row: our bar, the target as a stroke, each peer as a dot with its name."""
    shown = [(name, row) for name, row in ROWS.items() if row.target or row.peers]
    bottom = TOP + STEP * len(shown)
    drawn = []
    for tick in (10_000, 100_000, 1_000_000, 10_000_000):
        x = place(tick)
        drawn.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" stroke="{FAINT}"/>')
        drawn.append(text(x, TOP - 14, f"{tick:,}", anchor="middle", size=11))
    for number, (name, row) in enumerate(shown):
        y = TOP + STEP * number
        end, fill = place(gas[name]), OVER if row.target and gas[name] > row.target else OURS
        drawn.append(text(LEFT - 8, y + 13, name, anchor="end"))
        drawn.append(f'<rect x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="12" fill="{fill}"/>')
        if row.target:
            x = place(row.target)
            drawn.append(
                f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 18}" stroke="{TARGET}" stroke-width="2"/>'
            )
        drawn += _peers(row, y, end)
    return drawn


def _peers(row: Row, y: int, ours: float) -> list[str]:
    """Dots of the peers; the dearest is named at the right, unless there is no room."""
    peers = sorted(peers_of(row), key=lambda peer: peer[1])
    drawn = [f'<circle cx="{place(figure):.1f}" cy="{y + 9}" r="4.5" fill="{PEER}"/>' for _, figure in peers]
    if peers:
        names = ", ".join(dict.fromkeys(name.removesuffix(" hop") for name, _ in peers if name != "batch"))
        far = max(ours, place(peers[-1][1]))
        room = far + 10 + 6.2 * len(names) < WIDTH
        x, anchor = (far + 9, "start") if room else (min(place(one[1]) for one in peers) - 9, "end")
        drawn.append(text(x, y + 13, names, anchor=anchor, size=11, fill=PEER))
    return drawn


def depths(gas: dict[str, int], top: int) -> list[str]:
    """Acceptance and read by depth: the write is the same at any depth, the read grows with it."""
    height, most = 150, 105_000
    bottom = top + 12 + height
    drawn = [text(16, top + 16, "By depth of the lot, linear")]

    def at(depth: int, figure: int) -> tuple[float, float]:
        return LEFT + 40 + (depth - 1) * 58, bottom - figure / most * height

    for tick in (0, 50_000, 100_000):
        _, y = at(1, tick)
        drawn.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + 590}" y2="{y:.1f}" stroke="{FAINT}"/>')
        drawn.append(text(LEFT - 8, y + 4, f"{tick:,}", anchor="end", size=11))
    for kind, words, colour in (
        ("allocate_depth", "take up an offer", OURS),
        ("net_chain", "read the net", TARGET),
    ):
        points = [at(depth, gas[f"{kind}_{depth}"]) for depth in DEPTHS]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        drawn.append(text(points[-1][0] + 10, points[-1][1] + 4, words, size=11, fill=colour))
    drawn += [text(at(depth, 0)[0], bottom + 16, str(depth), anchor="middle", size=11) for depth in DEPTHS]
    return drawn


def picture(gas: dict[str, int]) -> str:
    """The whole SVG, without a script, a link or a font of its own."""
    rows = sum(1 for row in ROWS.values() if row.target or row.peers)
    below = TOP + STEP * rows + 16
    height = below + 192
    legend = [
        text(16, 24, "Gas of a whole transaction, logarithmic", size=15),
        f'<rect x="{LEFT + 60}" y="13" width="22" height="12" fill="{OURS}"/>',
        text(LEFT + 88, 24, "here"),
        f'<rect x="{LEFT + 136}" y="13" width="22" height="12" fill="{OVER}"/>',
        text(LEFT + 164, 24, "here, over its target"),
        f'<line x1="{LEFT + 310}" y1="10" x2="{LEFT + 310}" y2="28" stroke="{TARGET}" stroke-width="2"/>',
        text(LEFT + 318, 24, "target"),
        f'<circle cx="{LEFT + 384}" cy="19" r="4.5" fill="{PEER}"/>',
        text(LEFT + 394, 24, "peers, the same work"),
    ]
    parts = [*legend, *bars(gas), *depths(gas, below)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" role="img" aria-label="Gas of each operation beside its target and its peers">'
    )
    return (
        "\n".join([head, f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>', *parts, "</svg>"])
        + "\n"
    )


def main() -> int:
    """Draws the committed snapshot."""
    PICTURE.write_text(picture(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
