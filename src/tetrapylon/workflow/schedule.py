"""PLAN: a schedule from a scenario and a record; again from progress; why an activity stands where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import shapely

from tetrapylon import cases
from tetrapylon.errors import NotFound, RecordDamaged, ValueRangeError, nearest
from tetrapylon.model import Product as Kept
from tetrapylon.model import Tier
from tetrapylon.model.dates import parse_date
from tetrapylon.model.field import geometry_to_json
from tetrapylon.plan import (
    SCALE,
    Entry,
    Solution,
    chances,
    conflict,
    explain,
    openings,
    relied_on,
    solve,
    timetable,
)
from tetrapylon.plan import replan as plan_again
from tetrapylon.plan.problem import Activity, Mode
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.mapping import drawn_structures
from tetrapylon.workflow.product import Product, asset_folder
from tetrapylon.workflow.schedule_input import Asked, asked_of
from tetrapylon.workflow.schedule_result import (
    ASSESSING,
    CorridorOf,
    Invented,
    MilestoneOf,
    MoveOf,
    PlaceOf,
    Planned,
    RuleOf,
    Schedule,
    StructureOf,
    TeamOf,
    ZoneOf,
    from_json,
)

KIND = "plan schedule"
SECONDS = 20.0
CONFLICT_SECONDS = 30.0
SAMPLES = 1000

Told = Callable[[float, float | None, float], None]
"""Told of the search: seconds so far, worth of the best plan (None: none yet), the most any plan can be worth."""


def scenario_folder(name: str) -> Path:
    """The folder of a scenario: a path, or the name of a shipped case that has one.

    Raises
    ------
    NotFound : neither; the nearest shipped case is named.
    """
    path = Path(name)
    shipped = [n for n in cases.names() if (cases.folder(n) / "plan").is_dir()]
    if path.is_dir():
        return path
    if name not in shipped:
        near = nearest(name, shipped)
        told = f'Did you mean "{near}"?' if near else "Write one: tetrapylon plan template --out DIR"
        raise NotFound(f"There is no scenario folder {name}.", hint=told)
    return cases.folder(name) / "plan"


def schedule(
    record: Record, scenario: Path, *, seconds: float = SECONDS, on: str | None = None, known: str | None = None,
    told: Told | None = None,
) -> Product[Schedule]:  # fmt: skip
    """Plan a scenario against a view. Ctrl-C ends the search with the best so far.

    Raises
    ------
    CaseError : problems of the scenario, all of them. ValueRangeError : there is no plan; the smallest set of demands
    that cannot be met together is named.
    """
    view = record.view(on=on, known=known)
    asked = asked_of(view, scenario)
    solution = solve(asked.problem, seconds=_positive(seconds), progress=_telling(told))
    return _product(asked, solution, view, {"seconds": seconds})


def replan(
    record: Record, scenario: Path, previous: Schedule, *, today: str, seconds: float = SECONDS,
    on: str | None = None, known: str | None = None, told: Told | None = None,
) -> Product[Schedule]:  # fmt: skip
    """Plan again from the progress in the scenario, moving as little as it pays.

    Raises
    ------
    CaseError, ValueRangeError : as `schedule`; and progress that cannot be.
    """
    view = record.view(on=on, known=known)
    asked = asked_of(view, scenario)
    day = parse_date(today)
    before = [_entry(a) for a in previous.activities]
    solution, moves = plan_again(
        asked.problem, before, asked.progress, today=day, seconds=_positive(seconds), progress=_telling(told)
    )
    product = _product(asked, solution, view, {"seconds": seconds, "today": day.isoformat()})
    moved = tuple(MoveOf(m.activity, m.before, m.now, m.mode_before, m.mode_now) for m in moves)
    return replace(product, result=replace(product.result, moves=moved))


def explained(
    record: Record, plan: Path | None, *, activity: str | None = None, on: str | None = None, known: str | None = None
) -> Product[tuple[Planned, ...]]:
    """Activities of a plan with what keeps each from starting a day earlier, or out of the plan.

    Raises
    ------
    NotFound : no such plan, or no such activity in it; the nearest is named.
    """
    view = record.view(on=on, known=known)
    found = plan_of(record, view, plan)
    chosen = found.activities
    if activity is not None:
        chosen = tuple(a for a in chosen if a.id == activity)
        if not chosen:
            near = nearest(activity, [a.id for a in found.activities])
            raise NotFound(f'The plan has no activity "{activity}".', hint=f'Did you mean "{near}"?' if near else None)
    return Product("plan explain", chosen, view, {"activity": activity}, Tier.RESTRICTED)


def plan_of(record: Record, view: View, path: Path | None) -> Schedule:
    """The schedule in a file, or, without one, the last that was kept in the record.

    Raises
    ------
    NotFound : there is no such file, or none was kept. ValueRangeError : it is no schedule.
    """
    if path is not None:
        if not path.is_file():
            raise NotFound(f"There is no file {path}.", hint="plan schedule --out DIR writes DIR/plan.json.")
        return _read(path.read_bytes(), str(path))
    kept = [c for c in view.claims(Kept, ever=True) if c.body.kind == KIND and c.body.artefact_sha256]
    if not kept:
        raise NotFound("No schedule is kept in this record.", hint="Keep one (plan schedule --keep), or name --plan.")
    return kept_schedule(record, max(kept, key=lambda c: (c.known, c.entry)).body)


def kept_schedule(record: Record, product: Kept) -> Schedule:
    """The schedule of a kept product.

    Raises
    ------
    RecordDamaged : its artefact is not beside the record.
    """
    path = asset_folder(record) / f"{product.artefact_sha256}.json"
    if not path.is_file():
        raise RecordDamaged(f"The artefact {path.name} of a kept schedule is not beside the record.")
    return _read(path.read_bytes(), path.name)


def _read(content: bytes, name: str) -> Schedule:
    try:
        return from_json(json.loads(content))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueRangeError(f"{name} is not JSON: {error}.") from error


def _positive(seconds: float) -> float:
    if not 0 < seconds <= 86_400:
        raise ValueRangeError(f"{seconds:g} seconds is no time to plan in.", hint="Give more than 0, at most 86400.")
    return seconds


def _telling(told: Told | None) -> Callable[[float, int | None, int], None] | None:
    if told is None:
        return None
    return lambda seconds, score, bound: told(seconds, None if score is None else -score / SCALE, -bound / SCALE)


def _entry(a: Planned) -> Entry:
    return Entry(a.id, a.mode, a.method, a.first, a.last, a.teams, a.holds, a.holds_through, a.worth)


def _product(asked: Asked, solution: Solution, view: View, parameters: Mapping[str, Any]) -> Product[Schedule]:
    if solution.draft is None:
        raise _why_none(asked, solution)
    result = _schedule(asked, solution, view)
    folder = asked.scenario.folder
    named = {"scenario": folder.name, "scenario_sha256": _digest(folder), **parameters}
    return Product(KIND, result, view, named, Tier.RESTRICTED)


def _digest(folder: Path) -> str:
    """SHA-256 of the names and contents of a scenario's files."""
    digest = sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".toml", ".csv", ".xlsx")):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _why_none(asked: Asked, solution: Solution) -> ValueRangeError:
    """The error that says why there is no schedule."""
    if solution.interrupted or solution.status == "unknown":
        told = f"No plan was found in {solution.seconds:.0f} s, nor proven that there is none."
        return ValueRangeError(told, hint="Give more --time.")
    found = conflict(asked.problem, seconds=CONFLICT_SECONDS)
    if found is None:
        return ValueRangeError(f"There is no plan; why was not found in {CONFLICT_SECONDS:g} s.")
    how = "the smallest such set" if found.smallest else "none can be spared" if found.proven else "not all proven"
    return ValueRangeError(
        f"There is no plan. These cannot be met together ({how}): {'; '.join(map(str, found.demands))}.",
        hint="Giving up any one of them resolves this conflict; others may remain.",
    )


def _schedule(asked: Asked, solution: Solution, view: View) -> Schedule:
    problem, scenario = asked.problem, asked.scenario
    c, draft = solution.compiled, solution.draft
    assert draft is not None
    assert solution.score is not None
    worth = -solution.score / SCALE
    weights = problem.weights
    activities = _planned(asked, solution)
    opening = openings(c, draft)
    chance = {m.milestone: m for m in chances(c, draft, samples=SAMPLES)} if problem.milestones else {}
    return Schedule(
        title=scenario.title,
        note=scenario.note,
        banner=banner_of(view),
        on=view.day,
        known=view.known,
        first=problem.first,
        last=problem.last,
        rest=tuple(sorted(problem.calendar.weekly_rest)),
        status=solution.status,
        worth=worth,
        most=-solution.bound / SCALE,
        gap=solution.gap or 0.0,
        seconds=round(solution.seconds, 2),
        interrupted=solution.interrupted,
        weights={
            name: float(getattr(weights, name))
            for name in ("visited", "stabilised", "recorded", "item", "cost", "day", "discount_per_year", "disturbance")
        },
        weights_set_by=weights.set_by,
        rules=tuple(
            RuleOf(name, None if r is None else -r / SCALE, None if r is None else worth + r / SCALE)
            for name, r in solution.rules.items()
        ),
        activities=activities,
        teams=tuple(
            TeamOf(
                line["team"], line["label"] or line["team"], line["skills"], line["assets"],
                1 if line["size"] is None else line["size"], line["source"], line["mark"],
            )
            for line in scenario["teams"]
        ),
        places=tuple(
            PlaceOf(line["place"], line["label"] or line["place"], line["lon"], line["lat"], bool(line["entry"]))
            for line in scenario["places"]
        ),
        corridors=tuple(
            CorridorOf(k.id, k.ends, k.gate, opening[k.gate].first, opening[k.gate].hold, opening[k.gate].because)
            for k in problem.routes.corridors
        ),
        zones=tuple(
            ZoneOf(
                line["zone"], line["label"] or line["zone"], line["methods"] or None,
                tuple(_need(n) for n in line["attendance"]), line["gates"], line["source"],
            )
            for line in scenario["zones"]
        ),
        separations=tuple((s.method, s.other, s.metres, s.source) for s in problem.separations),
        structures=_structures(asked, activities, view),
        milestones=tuple(
            MilestoneOf(
                line["milestone"], line["label"] or line["milestone"], line["by"],
                _finished(line["activities"], activities), m.chance, m.interval, m.reached, m.quantiles,
            )
            for line in scenario["milestones"]
            for m in (chance[line["milestone"]],)
        ),
        invented=tuple(
            Invented(name, marked, len(lines))
            for name, lines in scenario.tables.items()
            if (marked := sum(line["mark"] == "scenario" for line in lines))
        ),
    )  # fmt: skip


def _planned(asked: Asked, solution: Solution) -> tuple[Planned, ...]:
    c, draft = solution.compiled, solution.draft
    assert draft is not None
    places = {line["place"]: line for line in asked.scenario["places"]}
    lines = {line["activity"]: line for line in asked.scenario["activities"]}
    found = []
    entries, reasons = timetable(c, draft), explain(c, draft)
    for i, (activity, entry, why) in enumerate(zip(asked.problem.activities, entries, reasons, strict=True)):
        line = lines[activity.id]
        mode = _mode(activity, entry)
        at = places.get(activity.place or "")
        ways = [
            o.because
            for r, o in zip(c.needs[i], relied_on(c, draft, i) if entry.planned else (), strict=False)
            if r.kind == "corridor"
        ]
        found.append(
            Planned(
                id=activity.id,
                label=line["label"] or activity.id,
                kind=activity.kind,
                structure=activity.structure,
                place=activity.place,
                lon=line["lon"] if line["lon"] is not None else at["lon"] if at else None,
                lat=line["lat"] if line["lat"] is not None else at["lat"] if at else None,
                mode=entry.mode,
                method=entry.method,
                first=entry.first,
                last=entry.last,
                teams=entry.teams,
                holds=entry.holds,
                holds_through=entry.holds_through,
                reasons=tuple((r.kind, r.text) for r in why),
                days=(mode.duration.low, mode.duration.likely, mode.duration.high),
                days_source=mode.duration.source,
                days_mark=mode.duration.mark,
                delivers=tuple(sorted(activity.delivers)),
                zones=activity.zones,
                way=ways[0] if ways else "",
                hazards=line["hazards"] or "",
                required=activity.required,
                worth=entry.value,
                source=line["source"],
                mark=line["mark"],
            )
        )
    return tuple(found)


def _mode(activity: Activity, entry: Entry) -> Mode:
    return next((m for m in activity.modes if m.id == entry.mode), activity.modes[0])


def _need(need: Any) -> str:
    told = f"{need.skill} {need.units}" if need.units > 1 else str(need.skill)
    return f"{told} with {' and '.join(need.assets)}" if need.assets else told


def _finished(names: tuple[str, ...], activities: tuple[Planned, ...]) -> date | None:
    """Day on which the last of the named activities ends; None where one is left out."""
    lasts = {a.id: a.last for a in activities}
    ends = [day for name in names if (day := lasts[name]) is not None]
    return max(ends) if ends and len(ends) == len(names) else None


def _structures(asked: Asked, activities: tuple[Planned, ...], view: View) -> tuple[StructureOf, ...]:
    named = [a.structure for a in asked.problem.activities if a.structure]
    outlines: dict[str, list[Any]] = {}
    for drawn in drawn_structures(view, {}, {})[0]:
        if not drawn.coarse:
            outlines.setdefault(drawn.structure.uid, []).append(drawn.outline)
    found = []
    for name in dict.fromkeys(named):
        claim = asked.structures[name]
        first = min(
            (a for a in activities if a.structure == name and a.kind in ASSESSING and a.first),
            key=lambda a: str(a.first), default=None,
        )  # fmt: skip
        shapes = outlines.get(claim.uid)
        outline = shapely.set_precision(shapely.union_all(shapes), 1e-6) if shapes else None
        found.append(
            StructureOf(
                id=name,
                label=claim.body.label,
                significance=max(a.significance for a in asked.problem.activities if a.structure == name),
                significance_by=_judged(asked, name),
                opened=first.first if first else None,
                hold=first.hold if first else True,
                outline=geometry_to_json(outline) if outline is not None and not outline.is_empty else None,
            )
        )
    return tuple(found)


def _judged(asked: Asked, structure: str) -> str:
    stated = [
        line for line in asked.scenario["activities"]
        if line["structure"] == structure and line["significance"] is not None
    ]  # fmt: skip
    return f"scenario: {stated[0]['source']}" if stated else "the compiler of the case"
