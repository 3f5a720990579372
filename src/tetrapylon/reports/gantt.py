"""The chart of a schedule: weeks on top, structures or teams as rows; a HOLD is hatched and dashed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from tetrapylon.reports.svg import GREY, INK, PALE, letters
from tetrapylon.workflow.schedule_result import NO_PERMISSION, MilestoneOf, Planned, Schedule

LABELS = 250.0
"""Width kept for the names of rows."""
WEEK, LANE, BAR, HEAD = 46.0, 21.0, 15.0, 62.0
LETTER = 5.9
"""Width of a letter of 11 units, on average."""

COLOURS = {"clear": "#d9a066", "assess": "#7fa8c9", "restore": "#8fb28a", "coordinate": "#b9b3c4"}
VERBS = {
    "survey": "clear",
    "lane": "clear",
    "clearance": "clear",
    "disposal": "clear",
    "qa": "clear",
    "visit": "assess",
    "condition survey": "assess",
    "recording": "assess",
    "study": "assess",
    "stabilisation": "restore",
    "salvage": "restore",
    "works": "restore",
    "consent": "coordinate",
}
"""Verb that each kind of activity belongs to."""
STYLE = (
    '<defs><pattern id="hold" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<line x1="0" y1="0" x2="0" y2="7" stroke="{INK}" stroke-width="1.6"/></pattern></defs>'
)


@dataclass(frozen=True)
class _Piece:
    """A bar with the words on or beside it."""

    of: Planned
    words: str

    @property
    def letters(self) -> float:
        return len(self.words) * LETTER + 6


@dataclass(frozen=True)
class _Row:
    name: str
    lanes: tuple[tuple[_Piece, ...], ...]


@dataclass(frozen=True)
class _Axis:
    first: dt.date
    weeks: int

    def x(self, day: dt.date) -> float:
        return LABELS + (day - self.first).days * WEEK / 7

    @property
    def width(self) -> float:
        return LABELS + self.weeks * WEEK


def gantt(schedule: Schedule, *, by: Literal["structure", "team"] = "structure") -> str:
    """The schedule as SVG.

    Parameters
    ----------
    by : what the rows are. Work that belongs to no structure (lanes, disposal) comes first, under its kind.
    """
    weeks = list(schedule.weeks())
    if not weeks:
        return _svg(LABELS + 300, 40, letters(10, 24, "No activity has a place in this schedule.", 13))
    names = {s.id: s.label for s in schedule.structures}
    named = [
        (
            name,
            [
                _Piece(a, _short(f"{a.kind}, {names[a.structure]}" if by == "team" and a.structure else a.kind, 28))
                for a in found
            ],
        )
        for name, found in _rows(schedule, by)
    ]
    start = _Axis(weeks[0][0], len(weeks))
    over = max(_extent(p, start)[1] for _, pieces in named for p in pieces) - start.width
    axis = _Axis(start.first, start.weeks + max(0, math.ceil(over / WEEK)))
    rows = [_packed(name, pieces, axis) for name, pieces in named]
    top = HEAD + (26.0 if schedule.milestones else 0.0)
    bottom = top + sum(len(r.lanes) for r in rows) * LANE
    body = [_grid(schedule, axis, bottom)]
    if schedule.milestones:
        body.append(_milestones(schedule, axis))
    y = top
    for number, row in enumerate(rows):
        height = len(row.lanes) * LANE
        if number % 2 == 0:
            body.append(f'<rect x="0" y="{y:.1f}" width="{axis.width:.1f}" height="{height:.1f}" fill="#00000008"/>')
        body.append(letters(6, y + 15, _short(row.name, 36), 12.5))
        for k, lane in enumerate(row.lanes):
            body += [_bar(p, axis, y + k * LANE) for p in lane]
        y += height
        body.append(_line(0, y, axis.width, y, PALE))
    body.append(_legend(bottom + 20))
    promised = "; ".join(f"M{number} {_promise(m)}" for number, m in enumerate(schedule.milestones, 1))
    told = [t for t in (promised, schedule.banner, schedule.note, NO_PERMISSION) if t]
    body += [letters(6, bottom + 42 + 17 * k, t, 11.5, colour=GREY) for k, t in enumerate(told)]
    return _svg(axis.width, bottom + 44 + 17 * len(told), "".join(body))


def _rows(schedule: Schedule, by: str) -> Iterable[tuple[str, Sequence[Planned]]]:
    planned = schedule.planned
    if by == "team":
        for team in schedule.teams:
            found = schedule.of_team(team.id)
            if found:
                yield team.label, found
        alone = [a for a in planned if not a.teams]
    else:
        lanes = [a for a in planned if a.structure is None]
        kinds = {"lane": "Lanes and their checks", "qa": "Lanes and their checks", "disposal": "Disposal"}
        for title in dict.fromkeys(kinds.get(a.kind, a.kind.capitalize()) for a in lanes):
            yield title, [a for a in lanes if kinds.get(a.kind, a.kind.capitalize()) == title]
        for structure in sorted(schedule.structures, key=lambda s: (str(s.opened or "9"), s.id)):
            yield structure.label, [a for a in planned if a.structure == structure.id]
        return
    if alone:
        yield "No team", alone


def _packed(name: str, found: Sequence[_Piece], axis: _Axis) -> _Row:
    """Bars in as few lanes as keep them, and the words beside them, from covering each other."""
    lanes: list[list[_Piece]] = []
    ends: list[float] = []
    for piece in found:
        left, right = _extent(piece, axis)
        k = next((k for k, end in enumerate(ends) if end <= left), len(lanes))
        if k == len(lanes):
            lanes.append([])
            ends.append(0.0)
        lanes[k].append(piece)
        ends[k] = right + 4
    return _Row(name, tuple(map(tuple, lanes)))


def _extent(piece: _Piece, axis: _Axis) -> tuple[float, float]:
    left, right = _span(piece.of, axis)
    return left, right if piece.letters <= right - left else right + piece.letters


def _span(a: Planned, axis: _Axis) -> tuple[float, float]:
    assert a.first is not None
    assert a.last is not None
    return axis.x(a.first), axis.x(a.last + dt.timedelta(days=1))


def _bar(piece: _Piece, axis: _Axis, y: float) -> str:
    a = piece.of
    left, right = _span(a, axis)
    width = max(right - left - 1, 2.0)
    at = f'x="{left:.1f}" y="{y + 3:.1f}" width="{width:.1f}" height="{BAR}" rx="2"'
    fill = COLOURS[VERBS.get(a.kind, "coordinate")]
    drawn = f'<rect {at} fill="{fill}" stroke="{INK}" stroke-width="0.8"/>'
    if a.hold:
        drawn = (
            f'<rect {at} fill="{fill}" fill-opacity="0.55"/><rect {at} fill="url(#hold)" fill-opacity="0.22" '
            f'stroke="{INK}" stroke-width="1" stroke-dasharray="4 2"/>'
        )
    inside = piece.letters <= right - left
    drawn += letters(left + 3 if inside else right + 2, y + 14, piece.words, 11)
    return f"<g><title>{escape(_told(a))}</title>{drawn}</g>"


def _told(a: Planned) -> str:
    teams = ", ".join(f"{t} ({n})" if n > 1 else t for t, n in a.teams)
    why = "; ".join(text for _, text in a.reasons)
    return f"{'HOLD: ' if a.hold else ''}{a.label}, {a.first} to {a.last}{', ' + teams if teams else ''}. {why}"


def _grid(schedule: Schedule, axis: _Axis, bottom: float) -> str:
    body = []
    month = ""
    for k in range(axis.weeks):
        monday = axis.first + dt.timedelta(days=7 * k)
        x = axis.x(monday)
        body.append(_line(x, 24, x, bottom, PALE))
        body.append(letters(x + 3, 52, f"{monday.day}", 11.5, colour=GREY))
        name = f"{monday:%b}" if month[-4:] == f"{monday:%Y}" else f"{monday:%b %Y}"
        if f"{monday:%b %Y}" != month:
            short = k + 1 < axis.weeks and (monday + dt.timedelta(days=7)).month != monday.month
            body += [letters(x + 3, 20, name[:3] if short else name, 13.5), _line(x, 6, x, 24, GREY)]
            month = f"{monday:%b %Y}"
        for rest in schedule.rest:
            day = monday + dt.timedelta(days=rest)
            at = f'x="{axis.x(day):.1f}" y="58" width="{WEEK / 7:.1f}" height="{bottom - 58:.1f}"'
            body.append(f'<rect {at} fill="#00000009"/>')
    body.append(letters(6, 20, f"{axis.first.year}: weeks beginning Monday", 11.5, colour=GREY))
    body.append(_line(0, 58, axis.width, 58, GREY))
    return "".join(body)


def _milestones(schedule: Schedule, axis: _Axis) -> str:
    body = [letters(6, HEAD + 15, "Milestones", 12.5)]
    at: dict[dt.date, list[tuple[int, MilestoneOf]]] = {}
    for number, m in enumerate(schedule.milestones, 1):
        if m.planned is not None:
            at.setdefault(m.planned, []).append((number, m))
    for day, found in at.items():
        x, y = axis.x(day) + WEEK / 14, HEAD + 11
        body.append(
            f"<g><title>{escape('; '.join(_promise(m) for _, m in found))}</title>"
            f'<path d="M{x:.1f} {y - 7:.1f} l6 7 l-6 7 l-6 -7 z" fill="{INK}"/>'
            + letters(x + 9, y + 4, ", ".join(f"M{number}" for number, _ in found), 11)
            + "</g>"
        )
    return "".join(body)


def _promise(m: MilestoneOf) -> str:
    by = f", wished for by {m.by}: {m.chance:.0%} of samples" if m.by and m.chance is not None else ""
    return f"{m.label}: {m.planned or 'not reached'}{by}"


def _legend(y: float) -> str:
    body, x = [], 6.0
    for verb, colour in COLOURS.items():
        body.append(f'<rect x="{x}" y="{y - 10}" width="18" height="12" fill="{colour}" stroke="{INK}"/>')
        body.append(letters(x + 23, y, verb, 11.5))
        x += 44 + len(verb) * 6.2
    body.append(
        f'<rect x="{x}" y="{y - 10}" width="26" height="12" fill="#ffffff"/><rect x="{x}" y="{y - 10}" width="26" '
        f'height="12" fill="url(#hold)" fill-opacity="0.5" stroke="{INK}" stroke-dasharray="4 2"/>'
    )
    body.append(letters(x + 32, y, "HOLD: relies on a release that is only assumed, until the Decision exists", 11.5))
    return "".join(body)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="0.8"/>'


def _svg(width: float, height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}"><rect width="100%" height="100%" fill="#ffffff"/>{STYLE}{body}</svg>'
    )
