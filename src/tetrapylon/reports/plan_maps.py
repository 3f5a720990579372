"""Maps of a schedule: the site at the end of each week, and where a team works."""

from __future__ import annotations

import datetime as dt
import json
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import shapely

from tetrapylon.reports.maps import Line, Shape, site_map
from tetrapylon.reports.svg import GREY, INK, PALE, PAPER, WIDTH, letters
from tetrapylon.workflow.schedule_map import STATES, WAYS, week_map
from tetrapylon.workflow.schedule_result import NO_PERMISSION, Planned, Schedule

FILLS = {"not opened": "#ffffff", "visited": "#cfe0ee", "recorded": "#7fa8c9", "stabilised": "#8fb28a"}
SIGNS = {"not opened": "", "visited": "V", "recorded": "R", "stabilised": "S"}
"""Letter written on a structure, so that the fill does not stand alone."""
WAY_STYLES = {"closed": 'stroke-dasharray="3 7"', "open": "", "open by assumption": 'stroke-dasharray="14 6"'}
_COLUMNS, _KEY_COLUMNS = 2, 3
_CROWD, _REACH = 45.0, 20.0
"""Pixels within which structures are neighbours, and from a structure to its number."""
_GAP, _TITLE = 16.0, 30.0

Place = Callable[[Any], np.ndarray]


def weeks_map(schedule: Schedule) -> str:
    """Small maps, one for every week in which something has changed, as SVG."""
    weeks = _changed(schedule)
    if not weeks:
        return _sheet(60, letters(10, 34, "No activity has a place in this schedule.", 20))
    width = (WIDTH - (_COLUMNS - 1) * _GAP) / _COLUMNS
    west, south, east, north = _box(weeks)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * shrink)
    height = (north - south) * scale

    def place(points: Any) -> np.ndarray:
        xy = np.asarray(points, dtype=float).reshape(-1, 2)
        return np.stack([(xy[:, 0] - west) * shrink * scale, (north - xy[:, 1]) * scale], axis=1)

    numbers = {s.label: n for n, s in enumerate(sorted(schedule.structures, key=lambda s: s.label), 1)}
    body = []
    for k, week in enumerate(weeks):
        x = (k % _COLUMNS) * (width + _GAP)
        y = (k // _COLUMNS) * (height + _TITLE + _GAP) + _TITLE
        body.append(f'<g transform="translate({x:.1f} {y:.1f})">{_one(week, place, width, height, numbers)}</g>')
    bottom = math.ceil(len(weeks) / _COLUMNS) * (height + _TITLE + _GAP) + 12
    told = [t for text in (schedule.banner, schedule.note, NO_PERMISSION) if text for t in textwrap.wrap(text, 125)]
    key = _key(numbers, bottom + 70)
    under = bottom + 76 + 22 * math.ceil(len(numbers) / _KEY_COLUMNS)
    below = [letters(4, under + 20 * k, t, 15, colour=GREY) for k, t in enumerate(told)]
    return _sheet(under + 6 + 20 * len(told), "".join([*body, _legend(bottom), key, *below]))


def team_map(schedule: Schedule, tasks: Sequence[Planned]) -> str:
    """Where tasks lie, numbered in their order, with the ways of the plan, as SVG; empty where none has a place."""
    places = {p.id: p for p in schedule.places}
    shapes = [Shape(shapely.Point(p.lon, p.lat), symbol="triangle") for p in places.values() if p.entry]
    shapes += [
        Shape(shapely.Point(t.lon, t.lat), mark=str(number))
        for number, t in enumerate(tasks, 1)
        if t.lon is not None and t.lat is not None
    ]
    if not any(s.mark for s in shapes):
        return ""
    outlines = [shapely.from_geojson(_dumps(s.outline)) for s in schedule.structures if s.outline is not None]
    lines = [Line(shapely.boundary(o), colour=INK, weight=1.5) for o in outlines if shapely.get_dimensions(o) == 2]
    lines += [
        Line(
            shapely.LineString([(places[e].lon, places[e].lat) for e in c.ends]),
            style="dashed" if c.hold else "solid",
            colour=GREY,
        )
        for c in schedule.corridors
        if all(e in places for e in c.ends)
    ]
    return site_map(shapes, lines=lines)


def _changed(schedule: Schedule) -> list[dict[str, Any]]:
    """Maps of the weeks that differ from the week before."""
    found: list[dict[str, Any]] = []
    for monday, _ in schedule.weeks():
        week = week_map(schedule, monday)
        if not found or week["features"] != found[-1]["features"]:
            found.append(week)
    return found


def _box(weeks: Sequence[dict[str, Any]]) -> tuple[float, float, float, float]:
    """Extent of all weeks with a margin, degrees; a structure counts with its middle."""
    shapes = [shapely.centroid(shapely.from_geojson(_dumps(f["geometry"]))) for w in weeks for f in w["features"]]
    west, south, east, north = (float(v) for v in shapely.total_bounds(np.array(shapes, dtype=object)))
    margin = 0.06 * max(east - west, north - south, 0.002)
    return west - margin, south - margin, east + margin, north + margin


def _one(week: dict[str, Any], place: Place, width: float, height: float, numbers: dict[str, int]) -> str:
    body = [
        letters(0, -8, f"{_day(week['week'])} to {_day(week['until'])}", 19),
        f'<rect width="{width:.1f}" height="{height:.1f}" fill="{PAPER}" stroke="{PALE}"/>',
    ]
    for f in week["features"]:
        body.append(_DRAW[f["properties"]["what"]](f, place))
    found = [f for f in week["features"] if f["properties"]["what"] == "structure"]
    spots = np.array([_middle(f, place) for f in found]).reshape(-1, 2)
    for f, (x, y) in zip(found, _beside(spots), strict=True):
        number = str(numbers[f["properties"]["label"]])
        body.append(letters(float(x), float(y) + 5, number, 13, anchor="middle", colour=GREY))
    return "".join(body)


def _beside(spots: np.ndarray) -> np.ndarray:
    """Where a structure's number stands: beside its circle, on the side away from its neighbours. (n, 2) pixels."""
    away = np.zeros_like(spots)
    for k, spot in enumerate(spots):
        apart = spot - spots
        far = np.hypot(*apart.T)
        near = (far < _CROWD) & (np.arange(len(spots)) != k)
        away[k] = (apart[near] / np.maximum(far[near], 1.0)[:, None] ** 2).sum(axis=0)
        if near.any() and not away[k].any():
            away[k] = (1.0 if (far[:k] < 1.0).any() else -1.0, 0.0)  # two at one spot: one to each side
    length = np.hypot(*away.T)
    away[length == 0] = (0.7, -0.7)
    result: np.ndarray = spots + _REACH * away / np.where(length == 0, 1.0, length)[:, None]
    return result


def _key(numbers: dict[str, int], top: float) -> str:
    """Which number is which structure, down the columns."""
    rows = math.ceil(len(numbers) / _KEY_COLUMNS)
    step = WIDTH / _KEY_COLUMNS
    return "".join(
        letters(4 + step * (k // rows), top + 22 * (k % rows), f"{number}  {_short(label)}", 16)
        for k, (label, number) in enumerate(numbers.items())
    )


def _short(label: str) -> str:
    return textwrap.shorten(label, 38, placeholder="...")


def _middle(feature: dict[str, Any], place: Place) -> tuple[float, float]:
    ((x, y),) = place(shapely.get_coordinates(shapely.centroid(shapely.from_geojson(_dumps(feature["geometry"])))))
    return float(x), float(y)


def _corridor(feature: dict[str, Any], place: Place) -> str:
    (x1, y1), (x2, y2) = place(feature["geometry"]["coordinates"])
    state = feature["properties"]["state"]
    colour, weight = (PALE, 2) if state == WAYS[0] else (INK, 3)
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{weight}" '
        f"{WAY_STYLES[state]}/>"
    )


def _node(feature: dict[str, Any], place: Place) -> str:
    ((x, y),) = place(feature["geometry"]["coordinates"])
    if not feature["properties"]["entry"]:
        return ""
    return f'<path d="M{x:.1f} {y - 8:.1f} l8 14 h-16 z" fill="{INK}"/>'


def _structure(feature: dict[str, Any], place: Place) -> str:
    told = feature["properties"]
    x, y = _middle(feature, place)
    busy = f'stroke="{INK}" stroke-width="{3 if told["work"] else 1}"'
    dashed = ' stroke-dasharray="5 3"' if told["hold"] else ""
    drawn = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{FILLS[told["state"]]}" {busy}{dashed}/>',
        letters(x, y + 5, SIGNS[told["state"]], 14, anchor="middle"),
    ]
    return f"<g><title>{_plain(told['label'], told['state'], told['work'])}</title>{''.join(drawn)}</g>"


def _work(feature: dict[str, Any], place: Place) -> str:
    ((x, y),) = place(feature["geometry"]["coordinates"])
    dashed = ' stroke-dasharray="4 2"' if feature["properties"]["hold"] else ""
    return (
        f"<g><title>{_plain(feature['properties']['label'], 'at work', feature['properties']['work'])}</title>"
        f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="#d9a066" stroke="{INK}" '
        f'stroke-width="1.5"{dashed}/></g>'
    )


_DRAW: dict[str, Callable[[dict[str, Any], Place], str]] = {
    "corridor": _corridor,
    "place": _node,
    "structure": _structure,
    "work": _work,
}


def _legend(y: float) -> str:
    body, x = [], 12.0
    for state in STATES:
        body.append(f'<circle cx="{x}" cy="{y}" r="10" fill="{FILLS[state]}" stroke="{INK}"/>')
        body.append(letters(x, y + 5, SIGNS[state], 13, anchor="middle"))
        body.append(letters(x + 16, y + 6, state, 17))
        x += 46 + 8.6 * len(state)
    body.append(f'<circle cx="{x}" cy="{y}" r="9" fill="#ffffff" stroke="{INK}" stroke-width="3"/>')
    body.append(letters(x + 16, y + 6, "work this week", 17))
    x += 155
    body.append(f'<circle cx="{x}" cy="{y}" r="9" fill="#ffffff" stroke="{INK}" stroke-dasharray="5 3"/>')
    body.append(letters(x + 16, y + 6, "HOLD", 17))
    x, y = 4.0, y + 32
    body.append(f'<rect x="{x}" y="{y - 6}" width="12" height="12" fill="#d9a066" stroke="{INK}"/>')
    body.append(letters(x + 20, y + 6, "lane, check or disposal at work", 17))
    x += 270
    body.append(f'<path d="M{x} {y - 8} l8 14 h-16 z" fill="{INK}"/>' + letters(x + 16, y + 6, "entry", 17))
    x += 90
    for state in WAYS:
        colour = PALE if state == WAYS[0] else INK
        body.append(
            f'<line x1="{x}" y1="{y}" x2="{x + 44}" y2="{y}" stroke="{colour}" stroke-width="3" {WAY_STYLES[state]}/>'
        )
        body.append(letters(x + 52, y + 6, f"way {state}{' (HOLD)' if state == WAYS[2] else ''}", 17))
        x += 90 + 8.2 * (len(state) + 4)
    return "".join(body)


def _day(text: str) -> str:
    day = dt.date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _plain(label: str, state: str, work: Sequence[str]) -> str:
    return escape("; ".join([f"{label}: {state}", *work]))


def _dumps(data: Any) -> str:
    return json.dumps(data)


def _sheet(height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" width="{WIDTH:.0f}" '
        f'height="{height:.0f}"><rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>'
    )
