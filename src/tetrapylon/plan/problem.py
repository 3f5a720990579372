"""What is to be planned: activities, teams, calendars, ground that must be authorised, money and wishes.

Everything here is a frozen dataclass without behaviour beyond checking itself. Dates are calendar dates, inclusive at
both ends; durations are *working days* of the site calendar; distances are metres in one projected CRS chosen by the
caller. The same declarations hold the user's plan and the published benchmark instances (`tetrapylon.plan.psplib`).

An activity runs without a break over consecutive working days: it may cross rest days and holidays of the site
calendar, but not a closed span of its own season or of the team that does it. Long work is split into stages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tetrapylon.errors import ValueRangeError

VISITED, STABILISED, RECORDED = "visited", "stabilised", "recorded"
DELIVERABLES = (VISITED, STABILISED, RECORDED)

KINDS = (
    "survey",
    "lane",
    "clearance",
    "disposal",
    "qa",
    "visit",
    "condition survey",
    "stabilisation",
    "recording",
    "salvage",
    "study",
    "consent",
    "works",
)


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar dates from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueRangeError(f"A span ends ({self.last}) before it begins ({self.first}).")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days on which work may happen.

    Parameters
    ----------
    weekly_rest : weekdays without work, Monday 0 to Sunday 6 (`datetime.date.weekday`).
    closed : dated closures (holidays, leave, rainy months).
    only : when not empty, work happens only inside one of these spans (a season).
    """

    weekly_rest: frozenset[int] = frozenset()
    closed: tuple[Span, ...] = ()
    only: tuple[Span, ...] = ()

    def open_on(self, day: date) -> bool:
        """True where ``day`` is a working day of this calendar."""
        if day.weekday() in self.weekly_rest or any(s.first <= day <= s.last for s in self.closed):
            return False
        return not self.only or any(s.first <= day <= s.last for s in self.only)


@dataclass(frozen=True, slots=True)
class Duration:
    """Working days, as a range with its source.

    ``low <= likely <= high``. ``mark`` is the mark of verification of the figure: V read at its source, C computed,
    K recalled, R recorded second hand, or "assumption"; it is carried along and never promoted.
    """

    low: int
    likely: int
    high: int
    source: str
    mark: str = "assumption"

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueRangeError(
                f"A duration needs 0 <= low <= likely <= high, not {self.low}/{self.likely}/{self.high}."
            )

    @classmethod
    def exactly(cls, days: int, source: str, mark: str = "assumption") -> Duration:
        """A duration without a range."""
        return cls(days, days, days, source, mark)


@dataclass(frozen=True, slots=True)
class Need:
    """``units`` of any teams that have the skill and all the assets, for the whole activity."""

    skill: str
    units: int = 1
    assets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do an activity: a method, how long it takes, who it needs, what it spends.

    ``spends`` is taken from the named budgets, in their unit. ``cost`` is weighed in the objective, in the money unit
    of the weights; it is not checked against a budget unless it also stands in ``spends``.
    """

    id: str
    duration: Duration
    method: str = ""
    needs: tuple[Need, ...] = ()
    spends: Mapping[str, int] = field(default_factory=dict)
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work.

    Parameters
    ----------
    kind : one of `KINDS`.
    modes : at least one; the planner chooses exactly one for an activity it plans.
    after : activities that must have finished; an activity whose predecessor is left out is left out too.
    place : node of the route graph the work happens at; None for work that needs no way in (desk study, consent).
    position : (x, y) in metres for separation distances; None where no distance is to be kept.
    gates : gates that must hold from the first to the last day.
    zones : heritage zones the work touches.
    season : days on which this work may happen at all.
    earliest, latest : first day it may start, last day on which it may still run.
    required : False lets the planner leave it out when it is held, out of money or not worth its cost.
    significance : value of the structure in the case, chosen by whoever compiled the case; weighed by `Weights`.
    delivers : what its completion counts as, of `DELIVERABLES`.
    items_removed : expected explosive items removed by it.
    """

    id: str
    kind: str
    modes: tuple[Mode, ...]
    after: tuple[str, ...] = ()
    place: str | None = None
    position: tuple[float, float] | None = None
    gates: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    season: Calendar | None = None
    earliest: date | None = None
    latest: date | None = None
    required: bool = True
    structure: str | None = None
    significance: float = 0.0
    delivers: frozenset[str] = frozenset()
    items_removed: float = 0.0


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its skills, assets and calendar; ``size`` counts units that can work apart from each other."""

    id: str
    skills: frozenset[str]
    assets: frozenset[str] = frozenset()
    size: int = 1
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """An authority's Decision in force over a span: the only thing that authorises without assumption."""

    span: Span
    decision: str
    by: str


@dataclass(frozen=True, slots=True)
class Release:
    """An assumption: a Decision will follow ``lag`` working days after all of ``after`` have finished.

    Whatever relies on it is marked HOLD until the Decision exists. ``span`` limits how long it is assumed to hold.
    """

    after: tuple[str, ...]
    lag: Duration
    span: Span | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that must hold: ground authorised for an activity, a consent, the end of a heritage hold.

    It holds inside an authorisation, or after an assumed release; with neither it never holds (fails closed).
    ``kind`` is "gate", "consent" or "hold" and is what an explanation calls it.
    """

    id: str
    kind: str = "gate"
    authorised: tuple[Authorisation, ...] = ()
    assumed: tuple[Release, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """A heritage zone: methods allowed inside it, people who must stand by, gates that must hold.

    ``methods`` None admits every method; an empty set admits none (the zone is held out of the ordinary programme).
    """

    id: str
    methods: frozenset[str] | None = None
    needs: tuple[Need, ...] = ()
    gates: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Separation:
    """Two modes of these methods closer than ``metres`` never run on the same day. "*" stands for every method."""

    method: str
    other: str
    metres: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Corridor:
    """A passable way between two nodes, usable in both directions while its gate holds."""

    id: str
    ends: tuple[str, str]
    gate: str


@dataclass(frozen=True, slots=True)
class RouteGraph:
    """Access corridors. Work at a node needs, all the time, a chain of usable corridors from an entry."""

    entries: frozenset[str] = frozenset()
    corridors: tuple[Corridor, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """Money (or another stock that does not come back) in whole units; spent once by each activity done."""

    id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """All of ``activities`` finished, on or before ``by`` where a date is wished for."""

    id: str
    activities: tuple[str, ...]
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much; set by the authority in a readable file (`tetrapylon.plan.weights`).

    The score is sum over finished activities of (weight of each deliverable x significance + item x items removed) x
    discount(finish) - cost x cost of the modes chosen - day x working days until the last finish. The discount falls
    in steps of ``step_days`` working days: (1 + rate)^-(years to the last calendar day of the step).
    """

    visited: float = 1.0
    stabilised: float = 1.0
    recorded: float = 1.0
    item: float = 0.0
    cost: float = 0.0
    day: float = 0.0
    discount_per_year: float = 0.0
    step_days: int = 20
    disturbance: float = 0.0
    set_by: str = ""

    def __post_init__(self) -> None:
        numbers = (self.visited, self.stabilised, self.recorded, self.item, self.cost, self.day, self.disturbance)
        if not all(math.isfinite(x) and x >= 0 for x in (*numbers, self.discount_per_year)) or self.step_days < 1:
            raise ValueRangeError("Weights are finite numbers not below zero; step_days is at least 1.")


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything one plan is made from. ``first`` and ``last`` bound the dates it may use."""

    first: date
    last: date
    activities: tuple[Activity, ...]
    teams: tuple[Team, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    gates: tuple[Gate, ...] = ()
    zones: tuple[Zone, ...] = ()
    separations: tuple[Separation, ...] = ()
    routes: RouteGraph = field(default_factory=RouteGraph)
    budgets: tuple[Budget, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    weights: Weights = field(default_factory=Weights)
