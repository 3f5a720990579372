"""A synthetic site to plan for. All of it is scenario input: no forces, dates or structures of any real place."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tetrapylon.plan.problem import (
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
    Release,
    RouteGraph,
    Separation,
    Span,
    Team,
    Weights,
    Zone,
)

SCENARIO = "scenario input"
FIRST = date(2030, 1, 1)
STAGES = ("lane", "survey", "clear", "disposal", "qa", "visit", "condition", "record", "consent", "stabilise")


def days(rng: random.Random, low: int, high: int) -> Duration:
    """A made-up duration range."""
    likely = rng.randint(low, high)
    return Duration(max(1, likely * 2 // 3), likely, likely * 2, SCENARIO)


def site(structures: int = 30, teams: int = 20, *, seed: int = 0, spacing_m: float = 60.0) -> Problem:
    """Ten activities for every structure on a square grid of corridors, entered at one corner.

    A lane must be cleared to every structure before anything else there, from a neighbour already reached; corridors,
    clearances and consents open by releases that are assumed, so that most of the plan is a HOLD.
    """
    rng = random.Random(seed)
    width = max(1, round(structures**0.5))
    at = {k: (k % width, k // width) for k in range(structures)}
    node = {xy: f"node {k}" for k, xy in at.items()}
    corridors, gates, activities, milestones = [], [], [], []
    last = FIRST + timedelta(days=max(700, structures * 240 // max(teams, 1) * 2))
    open_ = Authorisation(Span(FIRST, last), "scenario Decision", "scenario authority")
    gates.append(Gate("road", authorised=(open_,)))
    corridors.append(Corridor("road", ("entry", node[0, 0]), "road"))
    long = {"clear": "clearance", "condition": "condition survey", "record": "recording", "stabilise": "stabilisation"}
    for k in range(structures):
        x, y = at[k]
        name = {stage: f"{stage} {k}" for stage in STAGES}
        neighbours = [node[xy] for xy in ((x - 1, y), (x, y - 1)) if xy in node] or ["entry"]
        gates.append(
            Gate(f"lane {k}", assumed=(Release((name["lane"],), Duration(1, 2, 5, SCENARIO)),))
            if k
            else Gate("lane 0", authorised=(open_,))
        )
        corridors += [Corridor(f"{n} to {k}", (n, node[x, y]), f"lane {k}") for n in neighbours if n != "entry"]
        gates.append(Gate(f"cleared {k}", assumed=(Release((name["qa"],), Duration(2, 5, 15, SCENARIO)),)))
        gates.append(
            Gate(f"consent {k}", "consent", assumed=(Release((name["consent"],), Duration(0, 0, 20, SCENARIO)),))
        )
        significance = float(rng.randint(1, 10))
        item = {"position": (x * spacing_m, y * spacing_m), "structure": f"structure {k}"}
        clear = days(rng, 8, 30)
        double = Duration(-(-clear.low // 2), -(-clear.likely // 2), -(-clear.high // 2), SCENARIO)
        zones = ("monument",) if rng.random() < 0.4 else ()
        modes = {
            "lane": (_mode("hand", days(rng, 1, 5), "manual", ("deminers",)),),
            "survey": (_mode("walk", days(rng, 1, 3), "survey", ("surveyors",)),),
            "clear": (
                _mode("hand", clear, "manual", ("deminers",), spend=10),
                _mode("two teams", double, "manual", ("deminers", "deminers"), spend=14),
                _mode("machine", _third(clear), "machine", ("deminers",), ("machine",), 20),
            ),
            "disposal": (_mode("disposal", days(rng, 1, 2), "disposal", ("disposal",)),),
            "qa": (_mode("sampling", days(rng, 1, 3), "qa", ("quality",)),),
            "visit": (_mode("visit", Duration(1, 1, 2, SCENARIO), "visit", ("assessors",)),),
            "condition": (_mode("condition", days(rng, 1, 4), "visit", ("assessors",)),),
            "record": (
                _mode("photographs", days(rng, 2, 4), "recording", ("recorders",), spend=1),
                _mode("scanner", Duration(1, 1, 3, SCENARIO), "recording", ("recorders",), ("scanner",), 4),
            ),
            "consent": (_mode("consent", days(rng, 10, 40), "consent", ()),),
            "stabilise": (_mode("props", days(rng, 5, 20), "stabilisation", ("conservators",), spend=25),),
        }  # fmt: skip
        after = {
            "lane": (), "survey": (), "clear": ("survey",), "disposal": ("clear",), "qa": ("disposal",), "visit": (),
            "condition": ("visit",), "record": ("visit",), "consent": ("condition",), "stabilise": ("condition",),
        }  # fmt: skip
        delivers = {"visit": {"visited"}, "record": {"recorded"}, "stabilise": {"stabilised"}}
        for stage in STAGES:
            gated = ("visit", "condition", "record", "stabilise")
            activities.append(
                Activity(
                    id=name[stage],
                    kind=long.get(stage, stage),
                    modes=modes[stage],
                    after=tuple(name[s] for s in after[stage]),
                    place=None if stage == "consent" else neighbours[-1] if stage == "lane" else node[x, y],
                    gates=(f"cleared {k}",) * (stage in gated) + (f"consent {k}",) * (stage == "stabilise"),
                    zones=zones if stage == "clear" else (),
                    season=Calendar(closed=(Span(date(2030, 7, 1), date(2030, 8, 31)),))
                    if stage == "stabilise"
                    else None,
                    required=False,
                    significance=significance,
                    delivers=frozenset(delivers.get(stage, ())),
                    items_removed=rng.random() * 4 if stage == "clear" else 0.0,
                    **({} if stage == "consent" else item),  # type: ignore[arg-type]
                )
            )
        milestones.append(Milestone(f"structure {k} recorded", (name["record"],), FIRST + timedelta(days=365)))
    return Problem(
        first=FIRST,
        last=last,
        activities=tuple(activities),
        teams=_teams(teams, rng),
        calendar=Calendar(weekly_rest=frozenset({4})),
        gates=tuple(gates),
        zones=(Zone("monument", frozenset({"manual"}), (Need("archaeologist"),), source=SCENARIO),),
        separations=(
            Separation("disposal", "*", 2.5 * spacing_m, SCENARIO),
            Separation("manual", "manual", 25.0, SCENARIO),
            Separation("machine", "manual", 50.0, SCENARIO),
        ),
        routes=RouteGraph(frozenset({"entry"}), tuple(corridors)),
        budgets=(Budget("fund", structures * 36),),
        milestones=tuple(milestones),
        weights=Weights(stabilised=2, item=0.1, discount_per_year=0.3, disturbance=0.02, set_by=SCENARIO),
    )


def _third(d: Duration) -> Duration:
    return Duration(2, max(2, d.likely // 3), max(2, d.likely), SCENARIO)


def _mode(
    name: str, duration: Duration, method: str, skills: tuple[str, ...], assets: tuple[str, ...] = (), spend: int = 0
) -> Mode:
    needs = tuple(Need(s, 1, frozenset(assets)) for s in skills)
    return Mode(name, duration, method, needs, {"fund": spend} if spend else {})


def _teams(count: int, rng: random.Random) -> tuple[Team, ...]:
    pattern = (
        ("deminers", "quality"), ("deminers",), ("surveyors",), ("assessors",), ("recorders",),
        ("disposal", "deminers"), ("conservators",), ("archaeologist",), ("deminers",), ("quality", "surveyors"),
    )  # fmt: skip
    teams = []
    for k in range(count):
        skills = frozenset(pattern[k % len(pattern)])
        assets = {"machine"} if k % 10 == 1 else {"scanner"} if k % 20 == 4 else set()
        leave = FIRST + timedelta(days=rng.randint(60, 300))
        rest = Calendar(closed=(Span(leave, leave + timedelta(days=13)),)) if k % 3 == 0 else Calendar()
        teams.append(Team(f"team {k + 1}", skills, frozenset(assets), calendar=rest))
    return tuple(teams)
