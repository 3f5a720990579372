"""Small maps as SVG, drawn from geometry alone: structures, the areas they lie in, contours, numbers, a scale bar."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.measure import distance
from tetrapylon.model import GradeInterval
from tetrapylon.reports.svg import GREY, HATCH, INK, PALE, PAPER, SHADES, WIDTH, drawing, letters

Place = Callable[[np.ndarray], np.ndarray]
"""From degrees to places in the drawing."""
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
Style = Literal["solid", "dashed", "dotted", "dash-dot"]
DASHES: dict[Style, str] = {"solid": "none", "dashed": "18 9", "dotted": "3 8", "dash-dot": "22 8 3 8"}
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Shape:
    """Something on a map (EPSG:4326).

    ``area``: only the area in which it lies. ``mark``: a number or letter written beside it. ``symbol``: how a point is
    drawn.
    """

    outline: BaseGeometry
    grade: GradeInterval | None = None
    area: bool = False
    mark: str = ""
    symbol: Literal["circle", "cross", "triangle"] = "circle"


@dataclass(frozen=True)
class Line:
    """A contour, a cordon, a boundary or a route on a map (EPSG:4326): a line or the rings of an area, not filled.

    ``label`` is written on it. Lines are told apart by ``style``, never by ``colour`` alone.
    """

    outline: BaseGeometry
    label: str = ""
    style: Style = "solid"
    colour: str = INK
    weight: float = 3.0


def site_map(
    shapes: Sequence[Shape], *, lines: Sequence[Line] = (), box: Box | None = None, lettering: float = 1.0
) -> str:
    """A map, north up, with a scale bar.

    Parameters
    ----------
    shapes : what to draw, areas first, else in order. lines : what to draw over them, labelled.
    box : the ground shown; None: all lines, and every shape that is not an area.
    lettering : size of the letters, 1 for a map as wide as the page, 1.6 for half of it.

    Raises
    ------
    ValueRangeError : there is neither a shape nor a line nor a box.

    The drawing is equirectangular at its middle latitude: within a site of 10 km lengths are right to 0.1 %.
    """
    if not (shapes or lines or box):
        raise ValueRangeError("A map needs something to show.")
    drawn = [s.outline for s in shapes if not s.area] + [line.outline for line in lines]
    west, south, east, north = box or _box(drawn or [s.outline for s in shapes])
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)
    height = (north - south) * scale

    def place(points: np.ndarray) -> np.ndarray:
        return np.stack([(points[:, 0] - west) * shrink * scale, (north - points[:, 1]) * scale], axis=1)

    body = [f'<rect width="{WIDTH:.0f}" height="{height:.1f}" fill="{PAPER}" stroke="{PALE}" stroke-width="2"/>']
    for shape in sorted(shapes, key=lambda s: not s.area):
        body.append(_shape(shape, place))
    body += [_line(line, place) for line in lines]
    marks, taken = _marks([s for s in shapes if s.mark], place, height, lettering)
    body += marks
    body += _labels([line for line in lines if line.label], place, height, lettering, taken)
    metres = float(distance(west, (south + north) / 2, east, (south + north) / 2))
    body.append(_scale_bar(metres / WIDTH, height, lettering))
    body.append(
        f'<path d="M{WIDTH - 36} 58 l12 -42 l12 42 l-12 -10 z" fill="{INK}"/>'
        + letters(WIDTH - 24, 62 + 22 * lettering, "N", 24 * lettering, anchor="middle")
    )
    clip = f'<defs><clipPath id="frame"><rect width="{WIDTH:.0f}" height="{height:.1f}"/></clipPath></defs>'
    return drawing(height, f'{HATCH}{clip}<g clip-path="url(#frame)">{"".join(body)}</g>')


def _box(outlines: Sequence[BaseGeometry]) -> Box:
    """Extent with a margin, never narrower than about 200 m nor flatter than 2 : 5, nor taller than 4 : 5."""
    west, south, east, north = shapely.total_bounds(np.array(outlines, dtype=object))
    shrink = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * 1.12, 0.002 / shrink)
    tall = max((north - south) * 1.12, wide * shrink * 0.4)
    wide = max(wide, tall / 0.8 / shrink)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _shape(shape: Shape, place: Place) -> str:
    fill, edge = ("url(#hatch)", INK) if shape.grade is None else (SHADES[shape.grade.lo], SHADES[shape.grade.hi])
    if shape.area:
        style = f'fill="none" stroke="{GREY}" stroke-width="1.5" stroke-dasharray="10 7"'
    else:
        style = f'fill="{fill}" stroke="{edge}" stroke-width="3"'
    drawn = []
    for part in _parts(shape.outline):
        points = place(shapely.get_coordinates(part))
        if part.geom_type == "Point":
            drawn.append(_point(points[0, 0], points[0, 1], shape, style))
        elif part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            path = " ".join(_path(place(shapely.get_coordinates(r))) + " Z" for r in rings)
            drawn.append(f'<path d="{path}" fill-rule="evenodd" {style}/>')
        else:
            drawn.append(f'<path d="{_path(points)}" fill="none" stroke="{GREY}" stroke-width="2.5"/>')
    return "".join(drawn)


def _point(x: float, y: float, shape: Shape, style: str) -> str:
    if shape.symbol == "cross":
        path = f"M{x - 9:.1f} {y - 9:.1f} l18 18 m0 -18 l-18 18"
        return f'<path d="{path}" fill="none" stroke="#ffffff" stroke-width="9"/>' + (
            f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="4.5"/>'
        )
    if shape.symbol == "triangle":
        return f'<path d="M{x:.1f} {y - 11:.1f} l10 19 h-20 z" {style}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" {style}/>'


def _line(line: Line, place: Place) -> str:
    paths = " ".join(_path(place(points)) for points in _strings(line.outline))
    return (
        f'<path d="{paths}" fill="none" stroke="{line.colour}" stroke-width="{line.weight:g}" '
        f'stroke-dasharray="{DASHES[line.style]}" stroke-linejoin="round"/>'
    )


def _strings(outline: BaseGeometry) -> list[np.ndarray]:
    """Coordinates of the lines, and of the rings of the areas."""
    strings = []
    for part in _parts(outline):
        if part.geom_type == "Polygon":
            strings += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type != "Point":
            strings.append(shapely.get_coordinates(part))
    return strings


def _labels(
    lines: Sequence[Line], place: Place, height: float, lettering: float, taken: list[tuple[float, float]]
) -> list[str]:
    """Labels on their lines, each where it lies furthest from the others; none where the frame leaves no room."""
    body = []
    for line in lines:
        wide = 6.0 * lettering * len(line.label) + 20
        spots = np.concatenate([_along(place(points)) for points in _strings(line.outline)] or [np.empty((0, 2))])
        inside = (spots[:, 0] > wide) & (spots[:, 0] < WIDTH - 60 - wide)
        spots = spots[inside & (spots[:, 1] > 40) & (spots[:, 1] < height - 80)]
        if not len(spots):
            continue
        others = np.array([(WIDTH / 2, -height), *taken])
        apart = np.hypot(*((spots[:, None, :] - others[None, :, :]) * (0.5, 1.0)).transpose(2, 0, 1)).min(axis=1)
        x, y = (float(v) for v in spots[int(apart.argmax())])
        taken.append((x, y))
        body.append(letters(x, y + 7 * lettering, line.label, 21 * lettering, anchor="middle", halo=True))
    return body


def _along(points: np.ndarray, count: int = 48) -> np.ndarray:
    """Points at equal distances along a line."""
    steps = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.linspace(0.0, steps[-1], count)
    return np.stack([np.interp(at, steps, points[:, 0]), np.interp(at, steps, points[:, 1])], axis=1)


def _parts(outline: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in getattr(outline, "geoms", [outline]):
        yield from _parts(part) if hasattr(part, "geoms") else (part,)


def _path(points: np.ndarray) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _marks(
    shapes: Sequence[Shape], place: Place, height: float, lettering: float
) -> tuple[list[str], list[tuple[float, float]]]:
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
            'stroke-width="1.5"/>' + letters(at[0], at[1] + 8 * lettering, shape.mark, 23 * lettering, anchor="middle")
        )
    return body, taken


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
        'stroke-width="3"/>' + letters(26 + length / 2, y - 12, words, 22 * lettering, anchor="middle")
    )
