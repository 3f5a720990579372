"""From a scenario and a view of the record to a problem of the planner.

The record says which structures there are, how significant the compiler holds them to be, and which Decisions are in
force; the scenario says the rest. A scenario cannot authorise: what it assumes stays an assumption.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tetrapylon.clear.gate import gates as gates_in
from tetrapylon.clear.release.seen import Seen
from tetrapylon.coordinate.consents import consents
from tetrapylon.errors import OutsideModel, TetrapylonError, nearest
from tetrapylon.formats.scenario import Line, Scenario, read_scenario
from tetrapylon.geo.crs import from_wgs84, utm_for
from tetrapylon.model import Claim, Consent, GateState, GroundKind, Party, Structure
from tetrapylon.model.terms import Activity as Authorised
from tetrapylon.plan import (
    DELIVERABLES,
    KINDS,
    RATES,
    Activity,
    Authorisation,
    Budget,
    Calendar,
    Corridor,
    Duration,
    Gate,
    Milestone,
    Mode,
    Need,
    Problem,
    Progress,
    Release,
    RouteGraph,
    Separation,
    Span,
    Team,
    Weights,
    Zone,
    clearance_days,
    compile_problem,
    weights_from_toml,
)
from tetrapylon.record.view import View
from tetrapylon.workflow.clear import seen_in

SITE = "site"
"""Name of the calendar that everybody follows."""
WEEKDAYS = {"Monday": 0, "Tuesday": 1, "Wednesday": 2, "Thursday": 3, "Friday": 4, "Saturday": 5, "Sunday": 6}
AT_A_DESK = ("study", "consent")
"""Kinds of activity that nobody goes to the ground for; every other one states its place."""
ON_RELEASED_GROUND = ("visit", "condition survey", "stabilisation", "recording", "salvage", "works")
"""Kinds of activity whose people are no deminers: a gate has to hold where they work."""
ARTEFACT_RICH = "manual, artefact-rich"


@dataclass(frozen=True)
class Asked:
    """What is to be planned, the scenario it came from, and the structures of the record by the name used there."""

    problem: Problem
    scenario: Scenario
    structures: Mapping[str, Claim[Structure]]
    progress: tuple[Progress, ...]


def asked_of(view: View, folder: Path) -> Asked:
    """Read a scenario against a view.

    Raises
    ------
    CaseError : every problem of the scenario: file, row, field, value, nearest valid choice.
    """
    structures = {c.name: c for c in reversed(view.resolved(Structure, ever=True))}
    closed: dict[str, tuple[str, ...]] = {
        "kind": KINDS,
        "deliverable": DELIVERABLES,
        "rate": tuple(RATES),
        "activity": tuple(str(a.value) for a in Authorised),
        "structure": tuple(structures),
    }
    scenario = read_scenario(folder, closed=closed)
    return Asked(_problem(scenario, view, structures), scenario, structures, _progress(scenario))


def _problem(scenario: Scenario, view: View, structures: Mapping[str, Claim[Structure]]) -> Problem:
    calendars = _calendars(scenario)
    weights = _weights(scenario)
    modes = _modes(scenario)
    where = _positions(scenario, structures)
    site = calendars.get(SITE, Calendar())
    activities = []
    for line in scenario["activities"]:
        name = line["activity"]
        if name not in modes:
            scenario.refuse(line, "activity", name, "has no row in modes that can be used: how is it done?")
            continue
        _refuse_unguarded(scenario, line)
        claim = structures.get(line["structure"] or "")
        significance = line["significance"]
        if significance is None:
            significance = float((claim.body.significance if claim else None) or 0)
        activities.append(
            Activity(
                id=name,
                kind=line["kind"],
                modes=tuple(modes[name]),
                after=line["after"],
                place=line["place"],
                position=where.get(name),
                gates=line["gates"],
                zones=line["zones"],
                season=calendars[line["season"]] if line["season"] else None,
                earliest=line["earliest"],
                latest=line["latest"],
                required=bool(line["required"]),
                structure=line["structure"],
                significance=significance,
                delivers=frozenset(line["delivers"]),
                items_removed=line["items_removed"] or 0.0,
            )
        )
    scenario.settle()
    problem = Problem(
        first=scenario.first,
        last=scenario.last,
        activities=tuple(activities),
        teams=tuple(
            Team(
                line["team"],
                frozenset(line["skills"]),
                frozenset(line["assets"]),
                1 if line["size"] is None else line["size"],
                calendars[line["calendar"]] if line["calendar"] else Calendar(),
            )
            for line in scenario["teams"]
        ),
        calendar=site,
        gates=_gates(scenario, view, structures),
        zones=tuple(
            Zone(
                line["zone"],
                None if not line["methods"] else frozenset(line["methods"]) - {"none"},
                _needs(line["attendance"]),
                line["gates"],
                line["source"],
            )
            for line in scenario["zones"]
        ),
        separations=tuple(
            Separation(line["method"], line["other"], line["metres"], line["source"])
            for line in scenario["separations"]
        ),
        routes=RouteGraph(
            frozenset(line["place"] for line in scenario["places"] if line["entry"]),
            tuple(
                Corridor(line["corridor"], (line["from"], line["to"]), line["gate"]) for line in scenario["corridors"]
            ),
        ),
        budgets=tuple(Budget(line["budget"], line["amount"]) for line in scenario["budgets"]),
        milestones=tuple(
            Milestone(line["milestone"], line["activities"], line["by"]) for line in scenario["milestones"]
        ),
        weights=weights,
    )
    _check(scenario, problem)
    return problem


def _refuse_unguarded(scenario: Scenario, line: Line) -> None:
    """Work on the ground without a place would need no open way, and people without a gate no release."""
    if line["kind"] not in AT_A_DESK and line["place"] is None:
        scenario.refuse(line, "place", "", "is empty; which way leads there? Only a study or a consent has no place.")
    zones = [z for z in scenario["zones"] if z["zone"] in line["zones"]]
    if line["kind"] in ON_RELEASED_GROUND and not (line["gates"] or any(z["gates"] for z in zones)):
        scenario.refuse(line, "gates", "", f"is empty; which gate has to hold where the {line['kind']} takes place?")


def _weights(scenario: Scenario) -> Weights:
    try:
        return weights_from_toml(scenario.weights)
    except TetrapylonError as error:
        scenario.problems.add("weights.toml", 0, "", "", str(error))
        return Weights()


def _check(scenario: Scenario, problem: Problem) -> None:
    """What only the whole shows: skills nobody has, methods no mode has, cycles."""
    skills = {s for t in problem.teams for s in t.skills}
    budgets = {b.id for b in problem.budgets}
    methods = {m.method or a.kind for a in problem.activities for m in a.modes} | {"*"}
    for line in scenario["modes"]:
        for need in line["needs"]:
            if need.skill not in skills:
                scenario.refuse(line, "needs", need.skill, "is a skill of no team.", nearest(need.skill, list(skills)))
        for name, _ in line["spends"]:
            if name not in budgets:
                scenario.refuse(line, "spends", name, "stands in no row of budgets.", nearest(name, list(budgets)))
    for line in scenario["zones"]:
        for need in line["attendance"]:
            if need.skill not in skills:
                near = nearest(need.skill, list(skills))
                scenario.refuse(line, "attendance", need.skill, "is a skill of no team.", near)
        for method in line["methods"]:
            if method not in methods | {"none"}:
                scenario.refuse(line, "methods", method, "is a method of no mode.", nearest(method, list(methods)))
    for line in scenario["separations"]:
        for column in ("method", "other"):
            if line[column] not in methods:
                near = nearest(line[column], list(methods))
                scenario.refuse(line, column, line[column], "is a method of no mode.", near)
    rules = [pair for s in problem.separations for pair in ((s.method, s.other), (s.other, s.method))]
    apart = {method for method, other in rules if other == "*"}
    kinds = {a.id: a.kind for a in problem.activities}
    for line in scenario["modes"]:
        method = line["method"] or kinds.get(line["activity"], "")
        if kinds.get(line["activity"]) == "disposal" and method not in apart and ("*", "*") not in rules:
            told = "has no row in separations that keeps everybody (*) away; give the withdrawal distance in metres."
            scenario.refuse(line, "method", method, told)
    scenario.settle()
    try:
        compile_problem(problem)
    except TetrapylonError as error:
        scenario.problems.add(scenario.folder.name, 0, "", "", str(error))
    scenario.settle()


def _calendars(scenario: Scenario) -> dict[str, Calendar]:
    found: dict[str, list[Line]] = {}
    for line in scenario["calendars"]:
        found.setdefault(line["calendar"], []).append(line)
    return {name: _calendar(scenario, lines) for name, lines in found.items()}


def _calendar(scenario: Scenario, lines: Iterable[Line]) -> Calendar:
    rest: set[int] = set()
    spans: dict[str, list[Span]] = {"closed": [], "only": []}
    for line in lines:
        if line["rule"] == "rest":
            if line["weekday"]:
                rest.add(WEEKDAYS[line["weekday"]])
            else:
                scenario.refuse(line, "weekday", "", "is empty; a rest day names its weekday.")
        elif line["first"] is None or line["last"] is None:
            scenario.refuse(line, "first" if line["first"] is None else "last", "", "is empty; a span needs both days.")
        elif line["last"] < line["first"]:
            scenario.refuse(line, "last", line["last"], f"lies before first, {line['first']}.")
        elif line["rule"] in spans:
            spans[line["rule"]].append(Span(line["first"], line["last"]))
    return Calendar(frozenset(rest), tuple(spans["closed"]), tuple(spans["only"]))


def _modes(scenario: Scenario) -> dict[str, list[Mode]]:
    found: dict[str, list[Mode]] = {}
    for line in scenario["modes"]:
        duration = _duration(scenario, line)
        if any(m.id == line["mode"] for m in found.get(line["activity"], ())):
            scenario.refuse(line, "mode", line["mode"], f"stands already in an earlier row of {line['activity']}.")
        if duration is None:
            continue
        found.setdefault(line["activity"], []).append(
            Mode(
                line["mode"],
                duration,
                line["method"] or "",
                _needs(line["needs"]),
                dict(line["spends"]),
                line["cost"] or 0.0,
            )
        )
    return found


def _duration(scenario: Scenario, line: Line) -> Duration | None:
    days = line["low"], line["likely"], line["high"]
    try:
        if line["area_m2"] is not None:
            if any(d is not None for d in days):
                scenario.refuse(line, "area_m2", line["area_m2"], "stands beside stated days; give one or the other.")
                return None
            measured = line["rate_low"], line["rate_likely"], line["rate_high"]
            given = all(m is not None for m in measured)
            found = clearance_days(
                line["area_m2"], line["rate"] or "manual", line["workers"] or 0,
                measured=measured if given else None, source=line["source"],
            )  # fmt: skip
            return Duration(found.low, found.likely, found.high, found.source, line["mark"] if given else found.mark)
        if None in days:
            missing = next(c for c in ("low", "likely", "high") if line[c] is None)
            scenario.refuse(line, missing, "", "is empty; state low, likely and high days, or an area with its rate.")
            return None
        return Duration(*days, line["source"], line["mark"])
    except OutsideModel as error:
        scenario.refuse(line, "rate", line["rate"] or "manual", f"{error} Columns rate_low, rate_likely, rate_high.")
    except TetrapylonError as error:
        scenario.refuse(line, "area_m2" if line["area_m2"] is not None else "likely", "", str(error))
    return None


def _needs(needs: Iterable[Any]) -> tuple[Need, ...]:
    return tuple(Need(n.skill, n.units, frozenset(n.assets)) for n in needs)


def _positions(scenario: Scenario, structures: Mapping[str, Claim[Structure]]) -> dict[str, tuple[float, float]]:
    """Where distances are kept from, by activity: its own position, else its place's, in metres of one UTM zone."""
    places = {line["place"]: (line["lon"], line["lat"]) for line in scenario["places"]}
    lonlat: dict[str, tuple[float, float]] = {}
    for line in scenario["activities"]:
        if (line["lon"] is None) != (line["lat"] is None):
            scenario.refuse(line, "lon" if line["lon"] is None else "lat", "", "is empty; a position has both.")
        elif line["lon"] is not None:
            lonlat[line["activity"]] = (line["lon"], line["lat"])
        elif line["place"] in places:
            lonlat[line["activity"]] = places[line["place"]]
    for line in (*scenario["places"], *scenario["activities"]):
        if line["lon"] is not None and not (abs(line["lon"]) <= 180 and abs(line["lat"] or 0) <= 84):
            scenario.refuse(line, "lon", line["lon"], "is no longitude and latitude on land.")
            return {}
    if not lonlat or any(None in p for p in lonlat.values()):
        return {}
    lon, lat = next(iter(lonlat.values()))
    x, y = from_wgs84([p[0] for p in lonlat.values()], [p[1] for p in lonlat.values()], utm_for(lon, lat))
    return {name: (float(a), float(b)) for name, a, b in zip(lonlat, x, y, strict=True)}


def _gates(scenario: Scenario, view: View, structures: Mapping[str, Claim[Structure]]) -> tuple[Gate, ...]:
    rows: dict[str, list[Line]] = {}
    for line in scenario["gates"]:
        rows.setdefault(line["gate"], []).append(line)
    in_force = _InForce(view, structures)
    found = []
    for name, lines in rows.items():
        kind = next((line["kind"] for line in lines if line["kind"]), "gate")
        authorised, assumed = [], []
        for line in lines:
            if line["structure"]:
                authorised += in_force.of(line, kind, scenario)
            release = _release(scenario, line)
            if release is not None:
                assumed.append(release)
        found.append(Gate(name, kind, tuple(dict.fromkeys(authorised)), tuple(assumed)))
    scenario.settle()
    return tuple(found)


def _release(scenario: Scenario, line: Line) -> Release | None:
    lags = line["lag_low"], line["lag_likely"], line["lag_high"]
    if not line["after"] and line["first"] is None:
        return None
    stated = [x for x in lags if x is not None]
    if line["after"] and len(stated) < 3:
        empty = next(c for c in ("lag_low", "lag_likely", "lag_high") if line[c] is None)
        scenario.refuse(line, empty, "", "is empty; how many working days from the end of the work to the Decision?")
        return None
    first, last = line["first"] or scenario.first, line["last"] or scenario.last
    if last < first or stated != sorted(stated):
        scenario.refuse(line, "last" if last < first else "lag_low", "", "Ranges go from low to high.")
        return None
    lag = Duration(*lags, line["source"], line["mark"]) if line["after"] else Duration.exactly(0, line["source"])
    return Release(line["after"], lag, Span(first, last), line["note"] or "")


class _InForce:
    """Decisions and consents of the record that hold on the day of the view."""

    def __init__(self, view: View, structures: Mapping[str, Claim[Structure]]) -> None:
        self.view, self.structures = view, structures
        self.gates: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def seen(self) -> Seen:
        return seen_in(self.view)

    def of(self, line: Line, kind: str, scenario: Scenario) -> list[Authorisation]:
        claim = self.structures[line["structure"]]
        if kind == "consent":
            return self._consent(claim, scenario.last)
        if not line["activity"]:
            scenario.refuse(line, "activity", "", "is empty; a Decision authorises for an activity. Which one?")
            return []
        statuses = self._statuses(line["activity"])[claim.uid]
        wanted = [g for g in GroundKind if not line["ground"] or g.value in line["ground"]]
        chosen = [statuses[g] for g in wanted]
        if any(s.state is not GateState.AUTHORISED for s in chosen):
            return []
        until: dt.date = min(s.until for s in chosen)
        named = ", ".join(dict.fromkeys(f"Decision {s.decision}" for s in chosen))
        by = ", ".join(dict.fromkeys(s.by for s in chosen))
        return [Authorisation(Span(self.view.day, until), named, by)] if until >= self.view.day else []

    def _statuses(self, activity: str) -> Mapping[str, Any]:
        if activity not in self.gates:
            self.gates[activity] = gates_in(self.seen, on=self.view.day, activity=Authorised(activity))
        return self.gates[activity]

    def _consent(self, claim: Claim[Structure], last: dt.date) -> list[Authorisation]:
        given = self.view.resolved(Consent, ever=True)
        found = consents([claim], given, on=self.view.day, parties=self.view.resolved(Party, ever=True))
        if not any(c.granted for c in found):
            return []
        ends = [c.body.until.earliest for c in given if c.body.structure == claim.uid and c.body.until is not None]
        until = min([last, *(e for e in ends if e >= self.view.day)])
        return [Authorisation(Span(self.view.day, until), "all consents granted on record", "those asked")]


def _progress(scenario: Scenario) -> tuple[Progress, ...]:
    return tuple(
        Progress(line["activity"], line["started"], line["finished"], line["mode"], line["remaining"])
        for line in scenario["progress"]
    )
