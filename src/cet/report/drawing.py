"""What pictures share: colours, text, and how a self-contained SVG begins. No links, scripts or fonts from elsewhere."""

from __future__ import annotations

from html import escape

from cet.report.words import clean

INK, MUTED, PAPER, FRAME = "#17262b", "#5c6f75", "#ffffff", "#c9d3d6"


def opening(width: int, height: int, margin: int, title: str, subtitle: str) -> list[str]:
    """The root element, its title for screen readers, the paper, and two lines of heading. The caller closes it."""
    return [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        svg_text(margin, 34, title, size=20, weight="bold"),
        svg_text(margin, 56, subtitle, size=12.5, fill=MUTED),
    ]


def svg_text(
    x: int,
    y: int,
    words: str,
    *,
    size: float,
    weight: str = "normal",
    fill: str = INK,
    anchor: str = "start",
    halo: bool = False,
) -> str:
    """A line of text; with a halo it stays readable over lines."""
    around = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}"'
        f"{around}>{escape(clean(words))}</text>"
    )


def fitted(words: str, most: int) -> str:
    """Words of at most so many letters: what is cut off ends in an ellipsis."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def named(shape: str, words: str, tag: str) -> str:
    """A shape, begun and not closed, that says so many words when one points at it."""
    return f"{shape}><title>{escape(clean(words))}</title></{tag}>"


def page_of(svg: str, title: str) -> str:
    """An HTML page of one picture; it loads nothing and runs no script."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>body{{margin:1rem}}svg{{max-width:100%;height:auto}}</style></head>\n"
        f"<body>\n{svg}</body>\n</html>\n"
    )
