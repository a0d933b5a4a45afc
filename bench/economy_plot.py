"""The convergence as a picture: tiers from left to right, the share of the Leontief total upwards; median, and all sectors' range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.plot import FAINT, INK, OURS, PEER, text

if TYPE_CHECKING:
    from bench.economy_report import Convergence

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 760, 380, 70, 60, 30, 50


def picture(found: Convergence) -> str:
    """The whole SVG, without a script, a link or a font of its own."""
    last = max(found.by_sector)

    def at(tier: int, share: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * tier / last
        return x, _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(1.0, share))

    def line(part: float) -> list[tuple[float, float]]:
        return [at(tier, one[int(part * (len(one) - 1))]) for tier, one in sorted(found.by_sector.items())]

    def points(values: list[tuple[float, float]]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in values)

    drawn = [text(16, 24, "What sectors' products carry, tier by tier, of the published total", size=15)]
    drawn.append(
        text(16, 42, "405 sectors of the US economy (USEEIO v2, US EPA): median, middle half, least", size=12)
    )
    for percent in (0, 25, 50, 75, 100):
        x, y = at(0, percent / 100)
        drawn.append(f'<line x1="{x}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="{FAINT}"/>')
        drawn.append(text(x - 8, y + 4, f"{percent} %", anchor="end", size=11))
    band = line(0.25) + line(0.75)[::-1]
    drawn.append(f'<polygon points="{points(band)}" fill="{OURS}" fill-opacity="0.15"/>')
    drawn.append(f'<polyline points="{points(line(0))}" fill="none" stroke="{PEER}" stroke-dasharray="4 3"/>')
    drawn.append(f'<polyline points="{points(line(0.5))}" fill="none" stroke="{OURS}" stroke-width="2"/>')
    for row in found.rows:
        x, y = at(row.tiers, row.median)
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{OURS}"/>')
        words = f"{100 * row.median:.2f} %" if row.median > 0.99 else f"{100 * row.median:.1f} %"
        above = row.median > 0.9
        drawn.append(
            text(
                x + (0 if above else 8),
                y - 8 if above else y + 14,
                words,
                anchor="middle" if above else "start",
                size=11,
            )
        )
        drawn.append(text(x, _HEIGHT - _BOTTOM + 18, str(row.tiers), anchor="middle", size=11, fill=INK))
    drawn.append(text(_WIDTH / 2, _HEIGHT - 12, "tiers of suppliers", anchor="middle", size=12))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>'
    )
    return "\n".join([head, *drawn, "</svg>"]) + "\n"
