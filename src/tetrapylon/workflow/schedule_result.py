"""A schedule as plain data: what is printed, drawn, kept in the record and read back from there or from a file."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from tetrapylon.errors import ValueRangeError

NO_PERMISSION = (
    "This schedule authorises nothing. Whatever relies on a release that is only assumed is a HOLD until the Decision "
    "exists."
)
ASSESSING = ("visit", "condition survey")
"""Kinds of activity that open a structure to assessment."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One activity. ``first`` and ``last`` are None where it is left out; ``reasons`` then say why.

    ``holds`` are releases it assumes itself, ``holds_through`` activities before it that assume one. ``days`` are low,
    likely, high with ``days_source`` and ``days_mark``. ``mark`` and ``source`` are those of its row in the scenario.
    """

    id: str
    label: str
    kind: str
    structure: str | None
    place: str | None
    lon: float | None
    lat: float | None
    mode: str | None
    method: str | None
    first: dt.date | None
    last: dt.date | None
    teams: tuple[tuple[str, int], ...]
    holds: tuple[str, ...]
    holds_through: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    days: tuple[int, int, int]
    days_source: str
    days_mark: str
    delivers: tuple[str, ...]
    zones: tuple[str, ...]
    way: str
    hazards: str
    required: bool
    worth: float
    source: str
    mark: str

    @property
    def hold(self) -> bool:
        """Whether it must print HOLD."""
        return bool(self.holds or self.holds_through)

    @property
    def planned(self) -> bool:
        """Whether it has a place in the plan."""
        return self.first is not None

    def during(self, first: dt.date, last: dt.date) -> bool:
        """Whether it is at work on any day from first to last."""
        return self.first is not None and self.last is not None and self.first <= last and first <= self.last


@dataclass(frozen=True, slots=True)
class TeamOf:
    """A team of the schedule."""

    id: str
    label: str
    skills: tuple[str, ...]
    assets: tuple[str, ...]
    size: int
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """A node of the route graph, degrees (WGS 84)."""

    id: str
    label: str
    lon: float
    lat: float
    entry: bool


@dataclass(frozen=True, slots=True)
class CorridorOf:
    """A way between two places. ``opens``: first day on which its gate holds in this plan, None: never in it."""

    id: str
    ends: tuple[str, str]
    gate: str
    opens: dt.date | None
    hold: bool
    because: str


@dataclass(frozen=True, slots=True)
class ZoneOf:
    """A heritage zone. ``methods`` None: every method."""

    id: str
    label: str
    methods: tuple[str, ...] | None
    attendance: tuple[str, ...]
    gates: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class StructureOf:
    """A structure of the plan. ``opened``: first day of a visit or condition survey; ``outline``: GeoJSON geometry."""

    id: str
    label: str
    significance: float
    significance_by: str
    opened: dt.date | None
    hold: bool
    outline: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class MilestoneOf:
    """A milestone: when the plan reaches it, and its chance over sampled durations and delays.

    ``chance`` of reaching it by ``by`` with its 95 % interval; ``reached`` the share of samples that reach it at all;
    ``quantiles`` dates by which 10, 50, 80 and 90 % of samples reach it.
    """

    id: str
    label: str
    by: dt.date | None
    planned: dt.date | None
    chance: float | None
    interval: tuple[float, float] | None
    reached: float
    quantiles: tuple[dt.date | None, dt.date | None, dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class RuleOf:
    """Worth of the plan a named priority rule makes; None where it leaves out required work. ``gain``: ours over it."""

    name: str
    worth: float | None
    gain: float | None


@dataclass(frozen=True, slots=True)
class MoveOf:
    """How an activity differs from the earlier plan."""

    activity: str
    before: dt.date | None
    now: dt.date | None
    mode_before: str | None
    mode_now: str | None


@dataclass(frozen=True, slots=True)
class Invented:
    """Rows of one table that are marked as invented for the scenario."""

    table: str
    rows: int
    of: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule with how good it is known to be: no plan is worth more than ``most``.

    ``worth`` and ``most`` are in the unit of the weights; ``gap`` is their relative distance, 0 when proven best.
    ``status``: "optimal" or "feasible". ``known`` and ``on`` are the two clocks of the view it was made from,
    ``banner`` the warning of its sites. ``rest``: weekdays without work, Monday 0.
    """

    title: str
    note: str
    banner: str
    on: dt.date
    known: str
    first: dt.date
    last: dt.date
    rest: tuple[int, ...]
    status: str
    worth: float
    most: float
    gap: float
    seconds: float
    interrupted: bool
    weights: Mapping[str, float]
    weights_set_by: str
    rules: tuple[RuleOf, ...]
    activities: tuple[Planned, ...]
    teams: tuple[TeamOf, ...]
    places: tuple[PlaceOf, ...]
    corridors: tuple[CorridorOf, ...]
    zones: tuple[ZoneOf, ...]
    separations: tuple[tuple[str, str, float, str], ...]
    structures: tuple[StructureOf, ...]
    milestones: tuple[MilestoneOf, ...]
    invented: tuple[Invented, ...]
    moves: tuple[MoveOf, ...] = ()

    @property
    def planned(self) -> tuple[Planned, ...]:
        """Activities with a place in the plan, in the order of their first day."""
        return tuple(sorted((a for a in self.activities if a.planned), key=lambda a: (str(a.first), str(a.last), a.id)))

    @property
    def left_out(self) -> tuple[Planned, ...]:
        """Activities without a place in the plan."""
        return tuple(a for a in self.activities if not a.planned)

    @property
    def opening_order(self) -> tuple[StructureOf, ...]:
        """Structures in the order in which the plan opens them to assessment; those it never opens are missing."""
        opened = [s for s in self.structures if s.opened is not None]
        return tuple(sorted(opened, key=lambda s: (str(s.opened), -s.significance, s.id)))

    def weeks(self) -> Iterator[tuple[dt.date, dt.date]]:
        """Monday to Sunday, from the week of the first to that of the last day at work."""
        days = [d for a in self.planned for d in (a.first, a.last) if d is not None]
        if not days:
            return
        monday = min(days) - dt.timedelta(days=min(days).weekday())
        while monday <= max(days):
            yield monday, monday + dt.timedelta(days=6)
            monday += dt.timedelta(days=7)

    def of_team(self, team: str, first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> tuple[Planned, ...]:
        """What a team does from first to last."""
        return tuple(a for a in self.planned if a.during(first, last) and any(t == team for t, _ in a.teams))


def from_json(data: Any) -> Schedule:
    """A schedule from the JSON data that ``Product.text`` or ``plan.json`` holds.

    Raises
    ------
    ValueRangeError : it is no schedule.
    """
    result = data.get("result", data) if isinstance(data, Mapping) else data
    try:
        return typing.cast(Schedule, _read(Schedule, result))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueRangeError(
            "This is no schedule of this version.", hint="Make one: tetrapylon plan schedule FILE --out DIR"
        ) from error


def _read(kind: Any, value: Any) -> Any:
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _read(next(k for k in inside if k is not type(None)), value)
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:
            return tuple(_read(inside[0], v) for v in value)
        return tuple(_read(k, v) for k, v in zip(inside, value, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        given = {f.name: _read(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value}
        return kind(**given)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind in (int, float, str, bool):
        if isinstance(value, bool) is not (kind is bool) or not isinstance(
            value, (kind, int) if kind is float else kind
        ):
            raise TypeError(repr(value))
        return kind(value)
    return value
