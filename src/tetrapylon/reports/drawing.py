"""Small maps and charts as SVG, drawn from the geometry and figures of a record: no tiles, no network.

Lengths inside a drawing are in its own units, 1,000 to its width. Colour never stands alone: what a colour says is
written beside it, and what is not known is hatched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.geo.measure import distance
from tetrapylon.model import GradeInterval, Interval

WIDTH = 1000.0
FONT = "Libertinus Serif, Noto Naskh Arabic"
INK, GREY, PALE = "#1d2730", "#5b6670", "#c9d0d6"
SHADES = ("#f6efe0", "#eed7b0", "#e0ad74", "#cf8148", "#a84e2a", "#6d2416")
"""Shades of the damage grades 0 to 5. A fill shows the lowest grade the evidence allows, its edge the highest."""
HATCH = (
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="8" height="8" fill="#ffffff"/><line x1="0" y1="0" x2="0" y2="8" stroke="{GREY}" stroke-width="2"/>'
    "</pattern></defs>"
)
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Shape:
    """Something on a map (EPSG:4326). ``area``: only the area in which it lies. ``mark``: number written beside it."""

    outline: BaseGeometry
    grade: GradeInterval | None = None
    area: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Dot:
    """A stated figure of a chart: its label below, the interval its wording allows, the number beside it."""

    label: str
    value: float
    allowed: Interval
    said: str


def site_map(
    shapes: Sequence[Shape], *, box: tuple[float, float, float, float] | None = None, lettering: float = 1.0
) -> str:
    """A map, north up, with a scale bar.

    Parameters
    ----------
    shapes : what to draw, in order. box : west, south, east, north in degrees; None: everything that is not an area.
    lettering : size of the letters, 1 for a map as wide as the page.

    The drawing is equirectangular at its middle latitude: within a site of 10 km lengths are right to 0.1 %.
    """
    west, south, east, north = box or _box([s.outline for s in shapes if not s.area] or [s.outline for s in shapes])
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)
    height = (north - south) * scale

    def place(points: np.ndarray) -> np.ndarray:
        return np.stack([(points[:, 0] - west) * shrink * scale, (north - points[:, 1]) * scale], axis=1)

    body = [f'<rect width="{WIDTH:.0f}" height="{height:.1f}" fill="#fbfaf7" stroke="{PALE}" stroke-width="2"/>']
    for shape in sorted(shapes, key=lambda s: not s.area):
        body.append(_shape(shape, place))
    body += _marks([s for s in shapes if s.mark], place, height, lettering)
    metres = float(distance(west, (south + north) / 2, east, (south + north) / 2))
    body.append(_scale_bar(metres / WIDTH, height, lettering))
    body.append(
        f'<path d="M{WIDTH - 36} 58 l12 -42 l12 42 l-12 -10 z" fill="{INK}"/>'
        + _words(WIDTH - 24, 62 + 22 * lettering, "N", 24 * lettering, anchor="middle")
    )
    clip = f'<defs><clipPath id="frame"><rect width="{WIDTH:.0f}" height="{height:.1f}"/></clipPath></defs>'
    return _svg(height, f'{HATCH}{clip}<g clip-path="url(#frame)">{"".join(body)}</g>')


def grade_bars(counts: Mapping[str, int], *, unknown: str) -> str:
    """How many structures have each grade or interval of grades; the bar labelled ``unknown`` is hatched."""
    most = max(counts.values(), default=1)
    row, left = 44.0, 210.0
    body = []
    for i, (label, number) in enumerate(counts.items()):
        top = i * row
        fill, edge = ("url(#hatch)", INK) if label == unknown else (SHADES[int(label[0])], SHADES[int(label[-1])])
        length = (WIDTH - left - 90) * number / most
        body.append(_words(left - 14, top + 30, label, 28, anchor="end"))
        body.append(
            f'<rect x="{left}" y="{top + 6}" width="{length:.1f}" height="32" fill="{fill}" stroke="{edge}" '
            'stroke-width="4"/>'
        )
        body.append(_words(left + length + 12, top + 30, f"{number}", 28))
    return _svg(row * max(len(counts), 1) + 4, HATCH + "".join(body))


def stated_dots(dots: Sequence[Dot]) -> str:
    """Stated figures one beside the other, in the order given, on a logarithmic scale.

    A bar spans what the wording allows; an arrow says that it is open above.
    """
    top, bottom, left = 40.0, 380.0, 110.0
    values = [d.value for d in dots if d.value > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    high = max(high, low + 1)

    def y(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return bottom - min(share, 1.0) * (bottom - top)

    body = []
    for power in range(low, high + 1):
        at = y(10.0**power)
        body.append(f'<line x1="{left}" x2="{WIDTH}" y1="{at:.1f}" y2="{at:.1f}" stroke="{PALE}" stroke-width="1.5"/>')
        body.append(_words(left - 10, at + 7, f"{10**power:,}", 22, anchor="end"))
    step = (WIDTH - left) / max(len(dots), 1)
    for i, dot in enumerate(dots):
        x = left + (i + 0.5) * step
        open_above = math.isinf(dot.allowed.hi)
        high_end = top - 14 if open_above else y(dot.allowed.hi)
        body.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y(dot.allowed.lo):.1f}" y2="{high_end:.1f}" stroke="{GREY}" '
            'stroke-width="3"/>'
        )
        if open_above:
            body.append(
                f'<path d="M{x - 7:.1f} {high_end + 10:.1f} L{x:.1f} {high_end - 3:.1f} L{x + 7:.1f} '
                f'{high_end + 10:.1f}" fill="none" stroke="{GREY}" stroke-width="3"/>'
            )
        body.append(f'<circle cx="{x:.1f}" cy="{y(dot.value):.1f}" r="7" fill="{SHADES[4]}"/>')
        body.append(_words(x - 4, y(dot.value) - 13, dot.said, 18, anchor="end" if i else "middle"))
        body.append(
            f'<g transform="translate({x + 6:.1f} {bottom + 20}) rotate(-60)">'
            + _words(0, 0, dot.label, 19, anchor="end")
            + "</g>"
        )
    return _svg(bottom + 185, "".join(body))


def grade_scale(interval: GradeInterval | None) -> str:
    """One grade interval on the scale 0 to 5; without one the whole scale is hatched: anything is possible."""
    width = WIDTH / 6
    body = []
    for grade in range(6):
        inside = interval is not None and interval.lo <= grade <= interval.hi
        fill = "url(#hatch)" if interval is None else SHADES[grade] if inside else "#ffffff"
        body.append(
            f'<rect x="{grade * width + 2:.1f}" y="2" width="{width - 4:.1f}" height="56" fill="{fill}" '
            f'stroke="{INK if inside else PALE}" stroke-width="{4 if inside else 2}"/>'
        )
        dark = inside and grade >= 4
        body.append(
            _words(
                (grade + 0.5) * width,
                42,
                str(grade),
                34,
                anchor="middle",
                colour="#ffffff" if dark else INK if inside else GREY,
            )
        )
    return _svg(60, HATCH + "".join(body))


def _box(outlines: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    """Extent with a margin, never narrower than about 200 m nor flatter than 2 : 5, nor taller than 4 : 5."""
    west, south, east, north = shapely.total_bounds(np.array(outlines, dtype=object))
    shrink = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * 1.12, 0.002 / shrink)
    tall = max((north - south) * 1.12, wide * shrink * 0.4)
    wide = max(wide, tall / 0.8 / shrink)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _shape(shape: Shape, place: Callable[[np.ndarray], np.ndarray]) -> str:
    fill, edge = ("url(#hatch)", INK) if shape.grade is None else (SHADES[shape.grade.lo], SHADES[shape.grade.hi])
    if shape.area:
        style = f'fill="none" stroke="{GREY}" stroke-width="1.5" stroke-dasharray="10 7"'
    else:
        style = f'fill="{fill}" stroke="{edge}" stroke-width="3"'
    drawn = []
    for part in _parts(shape.outline):
        points = place(shapely.get_coordinates(part))
        if part.geom_type == "Point":
            drawn.append(f'<circle cx="{points[0, 0]:.1f}" cy="{points[0, 1]:.1f}" r="7" {style}/>')
        elif part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            path = " ".join(_path(place(shapely.get_coordinates(r))) + " Z" for r in rings)
            drawn.append(f'<path d="{path}" fill-rule="evenodd" {style}/>')
        else:
            drawn.append(f'<path d="{_path(points)}" fill="none" stroke="{GREY}" stroke-width="2.5"/>')
    return "".join(drawn)


def _parts(outline: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in getattr(outline, "geoms", [outline]):
        yield from _parts(part) if hasattr(part, "geoms") else (part,)


def _path(points: np.ndarray) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _marks(
    shapes: Sequence[Shape], place: Callable[[np.ndarray], np.ndarray], height: float, lettering: float
) -> list[str]:
    """Numbers beside what they mark, moved apart where they would cover each other, with a line to their place."""
    taken: list[tuple[float, float]] = []
    body = []
    for shape in shapes:
        middle = shape.outline.representative_point()
        x, y = place(np.array([[middle.x, middle.y]]))[0]
        if not (0 <= x <= WIDTH and 0 <= y <= height):
            continue
        at = next((c for c in _around(x, y, height) if all(math.dist(c, t) >= 40 * lettering for t in taken)), (x, y))
        taken.append(at)
        body.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{at[0]:.1f}" y2="{at[1]:.1f}" stroke="{INK}"/>')
        body.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{18 * lettering:.1f}" fill="#ffffff" stroke="{INK}" '
            'stroke-width="1.5"/>' + _words(at[0], at[1] + 8 * lettering, shape.mark, 23 * lettering, anchor="middle")
        )
    return body


def _around(x: float, y: float, height: float) -> Iterable[tuple[float, float]]:
    for ring in range(1, 7):
        for turn in range(8 * ring):
            angle = 2 * math.pi * turn / (8 * ring) - math.pi / 4
            at = x + 34 * ring * math.cos(angle), y + 34 * ring * math.sin(angle)
            if 22 <= at[0] <= WIDTH - 60 and 22 <= at[1] <= height - 70:
                yield at


def _scale_bar(metres_per_unit: float, height: float, lettering: float) -> str:
    longest = metres_per_unit * WIDTH / 4
    power = 10 ** math.floor(math.log10(longest))
    metres = max(step * power for step in _STEPS if step * power <= longest)
    length = metres / metres_per_unit
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    y = height - 24
    return (
        f'<rect x="14" y="{y - 12 - 22 * lettering:.1f}" width="{length + 24:.1f}" '
        f'height="{26 + 22 * lettering:.1f}" fill="#ffffff" fill-opacity="0.85"/>'
        f'<path d="M26 {y - 8:.1f} V{y:.1f} H{26 + length:.1f} V{y - 8:.1f}" fill="none" stroke="{INK}" '
        'stroke-width="3"/>' + _words(26 + length / 2, y - 12, words, 22 * lettering, anchor="middle")
    )


def _words(x: float, y: float, text: str, size: float, *, anchor: str = "start", colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(text)}</text>'
    )


def _svg(height: float, body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.1f}">{body}</svg>'
