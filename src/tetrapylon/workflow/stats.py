"""Figures of a period: land released and searched by method, items found and what became of them, incidents.

Nothing is added across scopes, and no stated figure is split: an area released by two methods stands under both names
together, a declared area is the interval its wording allows, and what nobody declared is counted and named.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tetrapylon.clear.ledger import Balance, balance
from tetrapylon.errors import ValueRangeError
from tetrapylon.evidence import intervals
from tetrapylon.evidence.findings import Figure
from tetrapylon.model import (
    Claim,
    HazardArea,
    HazardReport,
    Incident,
    Interval,
    LandRelease,
    OrdnanceItem,
    Progress,
    Stated,
    When,
    by_uid,
    parse_date,
)
from tetrapylon.model.terms import Disposal, HazardKind, ReleaseKind
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.clear import ledger_of
from tetrapylon.workflow.product import Product

NOT_STATED = "method not stated"


@dataclass(frozen=True)
class Land:
    """Land of one kind (cancelled, reduced, cleared, searched) by one set of methods.

    area : m2, sum of what was declared; ``undeclared`` names the claims without a declared area.
    """

    kind: str
    methods: str
    area: Interval
    claims: tuple[str, ...]
    undeclared: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """Items found, and what became of them: found = destroyed + moved + stored + handed over + in place + unknown.

    ``what``: a category of items recorded one by one, or a stated figure, whose fate is unknown until it is recorded.
    """

    what: str
    when: str
    found: Interval
    destroyed: Interval
    moved: Interval
    stored: Interval
    handed_over: Interval
    in_place: Interval
    unknown: Interval
    claims: tuple[str, ...]
    stated_by: str | None = None


@dataclass(frozen=True)
class Incidents:
    """Incidents of one kind. ``killed``, ``injured``: people; open above where ``not_stated`` names incidents.

    ``reports``: True where they are hazard reports that speak of incidents; several may be about one.
    """

    kind: str
    number: int
    killed: Interval
    injured: Interval
    not_stated: tuple[str, ...]
    claims: tuple[str, ...]
    reports: bool


@dataclass(frozen=True)
class Statistics:
    """The figures of a period, both days included. A date counts by the last day it may mean.

    doubtful : names of claims whose date may also mean a day outside the period. areas : hazard areas at its end.
    releases : land releases in it.
    """

    start: dt.date
    end: dt.date
    land: tuple[Land, ...]
    identity: Balance
    items: tuple[Items, ...]
    incidents: tuple[Incidents, ...]
    doubtful: tuple[str, ...]
    areas: tuple[Claim[HazardArea], ...]
    releases: tuple[Claim[LandRelease], ...]


def statistics(record: Record, *, start: str, end: str, known: str | None = None) -> Product[Statistics]:
    """Figures from ``start`` to ``end`` (YYYY-MM-DD, both included), as known at ``known``.

    Raises
    ------
    ValueRangeError : the period ends before it begins, or a date cannot be read.
    """
    first, last = parse_date(start), parse_date(end)
    if last < first:
        raise ValueRangeError(f"The period ends on {end}, before it begins on {start}.", hint="Swap --from and --to.")
    before = record.view(on=(first - dt.timedelta(days=1)).isoformat(), known=known)
    view = record.view(on=end, known=known)
    return Product("stats", statistics_of(view, before, first, last), view, {"from": start, "to": end})


def statistics_of(view: View, before: View, start: dt.date, end: dt.date) -> Statistics:
    """Figures of a period between two views: the day before it, and its last day."""
    period = _Period(start, end)
    releases = period.of(view.resolved(LandRelease, ever=True), lambda c: c.body.date)
    progress = period.of(view.resolved(Progress, ever=True), lambda c: c.body.date)
    items = period.of(view.resolved(OrdnanceItem, ever=True), lambda c: c.body.found)
    incidents = period.of(view.resolved(Incident, ever=True), lambda c: c.body.date)
    told = [c for c in view.resolved(HazardReport, ever=True) if c.body.kind is HazardKind.INCIDENT]
    reports = period.of(told, lambda c: c.body.date)
    stated = [
        p.figure for a in ledger_of(view).accounts if a.quantity == "items" for p in (*a.totals, *a.days, *a.at_date)
    ]
    figures = period.of(stated, lambda f: f.when)
    areas = view.resolved(HazardArea)
    return Statistics(
        start=start,
        end=end,
        land=(*_released(releases), *_searched(progress)),
        identity=balance(before.resolved(HazardArea), areas, releases, after=start - dt.timedelta(days=1), until=end),
        items=(*recorded(items, end), *_stated(figures)),
        incidents=(*_incidents(incidents), *_reported(reports)),
        doubtful=tuple(sorted(set(period.doubtful))),
        areas=tuple(areas),
        releases=tuple(releases),
    )


class _Period:
    """Picks what falls into a period by the last day a date may mean, and notes what may fall outside."""

    def __init__(self, start: dt.date, end: dt.date) -> None:
        self.start, self.end = start, end
        self.doubtful: list[str] = []

    def of(self, found: Iterable[Any], when: Callable[[Any], When]) -> list[Any]:
        chosen = []
        for one in found:
            date = when(one)
            inside = self.start <= date.latest <= self.end
            if inside:
                chosen.append(one)
            if inside != (self.start <= date.earliest <= self.end):
                self.doubtful.append(one.name)
        return list({c.uid: c for c in reversed(chosen)}.values())[::-1]


def _released(releases: Sequence[Claim[LandRelease]]) -> list[Land]:
    return [
        land
        for kind in ReleaseKind
        for land in _by_method(
            kind.label, [(c.name, c.body.methods, c.body.declared_area) for c in releases if c.body.kind is kind]
        )
    ]


def _searched(progress: Sequence[Claim[Progress]]) -> list[Land]:
    rows = [(c.name, (c.body.method,) if c.body.method else (), c.body.area) for c in progress]
    return _by_method("searched", rows)


def _by_method(kind: str, rows: Iterable[tuple[str, tuple[Any, ...], Stated | None]]) -> list[Land]:
    groups: dict[str, list[tuple[str, Stated | None]]] = {}
    for name, methods, area in rows:
        label = " + ".join(sorted(m.label for m in methods)) or NOT_STATED
        groups.setdefault(label, []).append((name, area))
    return [
        Land(
            kind,
            label,
            intervals.add(area.interval if area else Interval(0.0, math.inf) for _, area in members),
            tuple(name for name, _ in members),
            tuple(name for name, area in members if area is None),
        )
        for label, members in sorted(groups.items())
    ]


def recorded(items: Sequence[Claim[OrdnanceItem]], end: dt.date) -> list[Items]:
    """Items recorded one by one: what was done with one after the period leaves it in place at its end."""
    groups: dict[str, list[Claim[OrdnanceItem]]] = {}
    for claim in items:
        groups.setdefault(claim.body.category.label, []).append(claim)
    rows = []
    for what, members in sorted(groups.items()):
        totals = dict.fromkeys(Disposal, 0)
        for claim in members:
            done = claim.body.disposed
            fate = Disposal.IN_PLACE if done is not None and done.latest > end else claim.body.disposal
            totals[fate] += claim.body.quantity
        rows.append(
            Items(
                what,
                "",
                _count(sum(totals.values())),
                destroyed=_count(totals[Disposal.DESTROYED]),
                moved=_count(totals[Disposal.MOVED]),
                stored=_count(totals[Disposal.STORED]),
                handed_over=_count(totals[Disposal.HANDED_OVER]),
                in_place=_count(totals[Disposal.IN_PLACE]),
                unknown=_count(totals[Disposal.UNKNOWN]),
                claims=tuple(c.name for c in members),
            )
        )
    return rows


def _stated(figures: Sequence[Figure]) -> list[Items]:
    """Stated figures, each alone: no record says what became of the items, so all of them are unknown."""
    none = _count(0)
    return [
        Items(
            f.scope.words or "scope not stated",
            str(f.when),
            f.interval,
            destroyed=none,
            moved=none,
            stored=none,
            handed_over=none,
            in_place=none,
            unknown=f.interval,
            claims=(f.name,),
            stated_by=f.speaker,
        )
        for f in sorted(figures, key=lambda f: (f.when.date, f.name))
    ]


def _incidents(incidents: Sequence[Claim[Incident]]) -> list[Incidents]:
    groups: dict[str, list[Claim[Incident]]] = {}
    for claim in by_uid(incidents).values():
        groups.setdefault(claim.body.kind.label, []).append(claim)
    return [
        Incidents(
            kind,
            len(members),
            _people([c.body.killed for c in members]),
            _people([c.body.injured for c in members]),
            tuple(c.name for c in members if c.body.killed is None or c.body.injured is None),
            tuple(c.name for c in members),
            reports=False,
        )
        for kind, members in sorted(groups.items())
    ]


def _reported(reports: Sequence[Claim[HazardReport]]) -> list[Incidents]:
    names = tuple(c.name for c in reports)
    any_number = Interval(0.0, math.inf)
    told = "reports that speak of incidents"
    return [Incidents(told, len(names), any_number, any_number, names, names, reports=True)] if names else []


def _people(stated: Sequence[int | None]) -> Interval:
    """The sum of what is stated; at least that where something is not."""
    total = float(sum(n or 0 for n in stated))
    return Interval(total, math.inf if None in stated else total)


def _count(number: int) -> Interval:
    return Interval(float(number), float(number))
