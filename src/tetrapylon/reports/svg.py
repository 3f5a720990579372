"""Primitives of the drawings: the frame, letters, colours. No tiles, no network.

Lengths inside a drawing are in its own units, `WIDTH` to its width. Colour never stands alone: what a colour says is
written beside it, and what is not known is hatched.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

WIDTH = 1000.0
FONT = "Libertinus Serif, Noto Naskh Arabic"
INK, GREY, PALE, PAPER = "#1d2730", "#5b6670", "#c9d0d6", "#fbfaf7"
SHADES = ("#f6efe0", "#eed7b0", "#e0ad74", "#cf8148", "#a84e2a", "#6d2416")
"""Shades of the damage grades 0 to 5. A fill shows the lowest grade the evidence allows, its edge the highest."""
HATCH = (
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="8" height="8" fill="#ffffff"/><line x1="0" y1="0" x2="0" y2="8" stroke="{GREY}" stroke-width="2"/>'
    "</pattern></defs>"
)


def letters(
    x: float, y: float, text: str, size: float, *, anchor: str = "start", colour: str = INK, halo: bool = False
) -> str:
    """Letters with their baseline at ``y``. ``halo``: on a white edge, to be read over lines."""
    behind = ' stroke="#ffffff" stroke-width="6" stroke-linejoin="round"'
    written = (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{colour}"{{edge}}>{escape(text).replace("{", "{{").replace("}", "}}")}</text>'
    )
    return (written.format(edge=behind) if halo else "") + written.format(edge="")


def drawing(height: float, body: str) -> str:
    """The finished drawing, `WIDTH` wide."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.1f}">{body}</svg>'
