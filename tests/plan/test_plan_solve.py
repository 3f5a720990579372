"""Planning: what stands where, what it assumes, what happens when it is interrupted or cannot be."""

from __future__ import annotations

import _thread
import csv
import itertools
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from plan_checker import violations

from tetrapylon.errors import MissingExtra, OutsideModel, ValueRangeError, VocabularyError
from tetrapylon.plan import (
    RULES,
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
    Solution,
    Span,
    Team,
    Weights,
    Zone,
    clearance_days,
    conflict,
    explain,
    replan,
    solve,
    timetable,
    weights_from_toml,
)
from tetrapylon.plan.psplib import parse
from tetrapylon.plan.weights import EXAMPLE

MONDAY = date(2031, 3, 3)
DECISION = Authorisation(Span(date(2031, 1, 1), date(2031, 12, 31)), "Decision 7", "the authority")


def days(n: int) -> Duration:
    return Duration.exactly(n, "this test")


def work(name: str, n: int, skill: str | None = None, **fields: object) -> Activity:
    """An activity of n days with one mode."""
    method = str(fields.pop("method", ""))
    needs = (Need(skill),) if skill else ()
    return Activity(name, str(fields.pop("kind", "works")), (Mode("m", days(n), method, needs),), **fields)  # type: ignore[arg-type]


def problem(*activities: Activity, **fields: object) -> Problem:
    """March to June 2031, Fridays off, one team of deminers and one of assessors."""
    given = {
        "calendar": Calendar(weekly_rest=frozenset({4})),
        "teams": (Team("north", frozenset({"demining"})), Team("mission", frozenset({"assessing"}))),
        "weights": Weights(discount_per_year=0.5, step_days=1),
        **fields,
    }
    return Problem(MONDAY, date(2031, 6, 30), activities, **given)  # type: ignore[arg-type]


def shown(p: Problem) -> dict[str, str]:
    """The plan as a reader sees it: 'first to last team HOLD because kinds of reasons'."""
    s = solve(p, seconds=60, workers=1)
    assert s.draft is not None
    assert s.status == "optimal"
    entries = timetable(s.compiled, s.draft)
    assert violations(p, entries) == []
    lines = {}
    for e, reasons in zip(entries, explain(s.compiled, s.draft), strict=True):
        dates = f"{e.first:%d %b} to {e.last:%d %b}" if e.first and e.last else "out"
        teams = "+".join(t for t, _ in e.teams) or "-"
        lines[e.activity] = f"{dates} {teams}{' HOLD' if e.hold else ''}: {', '.join(r.kind for r in reasons)}"
    return lines


VISITED = frozenset({"visited"})


def test_a_visit_waits_for_clearance_and_stays_a_hold() -> None:
    p = problem(
        work("clear the lane", 3, "demining", kind="lane", place="camp"),
        work("visit", 1, "assessing", kind="visit", place="cella", significance=5.0, delivers=VISITED, required=False),
        gates=(
            Gate("road", authorised=(DECISION,)),
            Gate("lane", assumed=(Release(("clear the lane",), days(2), note="once quality is checked"),)),
        ),
        routes=RouteGraph(
            frozenset({"camp"}),
            (Corridor("road", ("camp", "arch"), "road"), Corridor("lane", ("arch", "cella"), "lane")),
        ),
    )
    # Monday to Wednesday; two working days on; Friday 7 March is a rest day
    assert shown(p) == {
        "clear the lane": "03 Mar to 05 Mar north: date",
        "visit": "09 Mar to 09 Mar mission HOLD: corridor",
    }


def test_what_follows_a_hold_is_a_hold() -> None:
    p = problem(
        work("consent asked", 2, kind="consent"),
        work("props", 1, gates=("consent",), kind="stabilisation"),
        work("paint", 1, after=("props",)),
        gates=(Gate("consent", "consent", assumed=(Release(("consent asked",), days(0)),)),),
    )
    s = solve(p, seconds=60)
    assert s.draft is not None
    entries = {e.activity: e for e in timetable(s.compiled, s.draft)}
    assert entries["props"].holds == ("assumed release of consent after consent asked",)
    assert entries["paint"].holds == ()
    assert entries["paint"].holds_through == ("props",)
    assert not entries["consent asked"].hold


def test_without_decision_or_assumption_nothing_is_planned() -> None:
    p = problem(
        work(
            "visit", 1, "assessing", kind="visit", gates=("ground",), required=False, significance=9.0, delivers=VISITED
        ),
        work("walk", 1, "assessing", kind="visit", place="nowhere", required=False, significance=9.0, delivers=VISITED),
        work("dig", 1, kind="clearance", method="machine", zones=("temple",), required=False, items_removed=3.0),
        gates=(Gate("ground"),),
        zones=(Zone("temple", frozenset({"manual"})),),
        weights=Weights(item=1.0),
    )
    s = solve(p, seconds=60)
    assert s.draft is not None
    assert [e.planned for e in timetable(s.compiled, s.draft)] == [False, False, False]
    texts = [r[0].text for r in explain(s.compiled, s.draft)]
    assert texts[0] == "no Decision in force and no release assumed"
    assert texts[1] == "no authorised or assumed way in to nowhere"
    assert texts[2] == "no method is admitted in zone temple"


def test_reasons_name_team_season_distance_and_dates() -> None:
    dry = Calendar(only=(Span(date(2031, 5, 4), date(2031, 5, 31)),))
    p = problem(
        work("first field", 4, "demining", kind="clearance", latest=date(2031, 3, 6)),
        work("second field", 2, "demining", kind="clearance"),
        work("plaster", 2, season=dry),
        work("talk", 1, earliest=date(2031, 4, 1)),
        work("blast", 2, method="disposal", kind="disposal", position=(0.0, 0.0), latest=date(2031, 3, 4)),
        work("photograph", 1, "assessing", position=(50.0, 0.0)),
        separations=(Separation("disposal", "*", 100.0),),
        weights=Weights(day=0.0, visited=0, discount_per_year=0.5, step_days=1, item=1.0),
    )
    p = replace(p, activities=tuple(replace(a, items_removed=1.0) for a in p.activities))
    assert shown(p) == {
        "first field": "03 Mar to 06 Mar north: date",
        "second field": "08 Mar to 09 Mar north: team",
        "plaster": "04 May to 05 May -: season",
        "talk": "01 Apr to 01 Apr -: date",
        "blast": "03 Mar to 04 Mar -: date",
        "photograph": "05 Mar to 05 Mar mission: separation",
    }


def test_a_small_budget_buys_the_worthier_structure() -> None:
    def record(name: str, worth: float) -> Activity:
        mode = Mode("m", days(2), spends={"grant": 5})
        return Activity(
            name, "recording", (mode,), required=False, significance=worth, delivers=frozenset({"recorded"})
        )

    p = problem(record("arch", 1.0), record("tomb", 3.0), budgets=(Budget("grant", 9),))
    assert shown(p) == {"arch": "out -: budget", "tomb": "03 Mar to 04 Mar -: date"}


def test_planning_again_moves_only_what_must_move() -> None:
    p = problem(
        work("clear", 5, "demining", kind="clearance"),
        work("check", 2, "demining", kind="qa", after=("clear",)),
        work("visit", 1, "assessing", kind="visit", after=("check",)),
        work("library", 3, "assessing", kind="study"),
        weights=Weights(disturbance=1.0, day=0.1),
    )
    first = solve(p, seconds=60)
    assert first.draft is not None
    before = timetable(first.compiled, first.draft)
    same, unmoved = replan(p, before, [], today=MONDAY, seconds=60)
    assert same.status == "optimal"
    assert unmoved == ()
    progress = [Progress("clear", MONDAY, remaining=4), Progress("library", MONDAY, finished=date(2031, 3, 5))]
    today = date(2031, 3, 6)  # Thursday: four of five days were planned to be done
    again, moved = replan(p, before, progress, today=today, seconds=60)
    assert again.draft is not None
    now = {e.activity: e for e in timetable(again.compiled, again.draft)}
    assert now["clear"].first == MONDAY
    assert now["clear"].last == date(2031, 3, 10)  # Thursday, Saturday, Sunday, Monday
    assert now["library"].last == date(2031, 3, 5)
    assert [m.activity for m in moved] == ["check", "visit"]
    assert all(e.first >= today for a, e in now.items() if a in ("check", "visit"))
    with pytest.raises(VocabularyError, match="clear"):
        replan(p, before, [Progress("cleer", MONDAY)], today=today)
    with pytest.raises(ValueRangeError):
        replan(p, before, [Progress("clear", date(2031, 3, 9))], today=today)


def test_the_smallest_conflict_is_named() -> None:
    p = problem(
        work("clear", 10, "demining", kind="clearance"),
        work("visit", 1, "assessing", kind="visit", after=("clear",), latest=date(2031, 3, 8)),
        work("study", 4, kind="study"),
    )
    assert solve(p, seconds=60).status == "infeasible"
    found = conflict(p, seconds=60)
    assert found is not None
    assert found.smallest
    assert found.proven
    # the visit carries the clearance with it
    assert [str(d) for d in found.demands] == ["visit must be done", "visit has a latest date"]
    assert conflict(problem(work("study", 4)), seconds=60) is None


def test_conflicts_over_teams_gates_and_money() -> None:
    soon = date(2031, 3, 6)
    teams = problem(*(work(f"field {k}", 3, "demining", latest=soon) for k in range(2)))
    found = conflict(teams, seconds=60)
    assert found is not None
    assert {d.kind for d in found.demands} == {"activity", "latest", "skill"}
    gate = conflict(problem(work("visit", 1, gates=("ground",)), gates=(Gate("ground"),)), seconds=60)
    assert gate is not None
    assert [(d.kind, d.name) for d in gate.demands] == [("activity", "visit"), ("gate", "ground")]
    dear = Activity("scan", "recording", (Mode("m", days(1), spends={"grant": 5}),))
    money = conflict(problem(dear, budgets=(Budget("grant", 4),)), seconds=60)
    assert money is not None
    assert [(d.kind, d.name) for d in money.demands] == [("activity", "scan"), ("budget", "grant")]


def many(n: int) -> Problem:
    """More work than can be proven in a moment, with distances so that it is not of the plain form."""
    activities = [
        Activity(
            f"a{k}",
            "works",
            (
                Mode("m", days(1 + k * 7 % 9), "x", (Need("demining"),)),
                Mode("s", days(2 + k * 5 % 7), "y", (Need("assessing"),)),
            ),
            after=(f"a{k // 3}",) if k else (),
            position=(float(k * 37 % 100), float(k * 53 % 100)),
            significance=1.0 + k * 11 % 13,
            delivers=VISITED,
        )
        for k in range(n)
    ]
    return Problem(
        MONDAY,
        MONDAY + timedelta(days=12 * n),
        tuple(activities),
        (Team("north", frozenset({"demining"}), size=3), Team("mission", frozenset({"assessing"}), size=2)),
        separations=(Separation("x", "y", 30.0),),
        weights=Weights(discount_per_year=0.5),
    )


def test_stopping_keeps_the_best_so_far() -> None:
    p = many(60)
    asked = itertools.count()
    s = solve(p, seconds=60, stop=lambda: next(asked) > 3)
    assert s.status == "feasible"
    assert s.seconds < 30
    assert s.draft is not None
    assert s.gap is not None
    assert s.gap > 0
    assert violations(p, timetable(s.compiled, s.draft)) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as in a program of one's own: a shell may have started the tests with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts of the main thread come late there")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("when", ["during the rules", "during the search"])
def test_ctrl_c_keeps_the_best_so_far(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pressed = threading.Event()

    def press() -> bool:
        if not pressed.is_set():
            pressed.set()
            _thread.interrupt_main()
        return False

    p = many(60)
    if when == "during the rules":
        rule = RULES["least slack"]
        monkeypatch.setitem(RULES, "least slack", lambda c, net: press() or rule(c, net))  # type: ignore[attr-defined]
        s = solve(p, seconds=60)
        assert "latest finish" in s.rules
        assert "most value opened" not in s.rules
    else:
        s = solve(p, seconds=60, stop=press)
    assert s.interrupted
    assert s.seconds < 30
    assert s.draft is not None
    assert violations(p, timetable(s.compiled, s.draft)) == []


def test_without_or_tools_rules_and_sampling_plan_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [m for m in sys.modules if m == "ortools" or m.startswith("ortools.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setattr(sys.modules["tetrapylon.plan.solve"], "find_spec", lambda name: None)
    p = many(30)
    s = solve(p, seconds=2)
    assert isinstance(s, Solution)
    assert s.draft is not None
    assert s.score is not None
    assert s.score <= min(r for r in s.rules.values() if r is not None)
    assert s.bound <= s.score
    assert violations(p, timetable(s.compiled, s.draft)) == []
    with pytest.raises(MissingExtra, match="solve"):
        conflict(problem(work("study", 4)))


def test_mistakes_are_named() -> None:
    with pytest.raises(VocabularyError, match='Did you mean "clear"'):
        solve(problem(work("clear", 1), work("visit", 1, after=("cleer",))))
    with pytest.raises(ValueRangeError, match=r"a -> b -> a|b -> a -> b"):
        solve(problem(work("a", 1, after=("b",)), work("b", 1, after=("a",))))
    with pytest.raises(ValueRangeError, match="declared twice"):
        solve(problem(work("a", 1), work("a", 1)))
    with pytest.raises(ValueRangeError):
        Duration(3, 2, 4, "x")


def test_artefact_rich_ground_asks_instead_of_assuming() -> None:
    with pytest.raises(OutsideModel, match="ask the operator"):
        clearance_days(400, "manual, artefact-rich", 5)
    told = clearance_days(400, "manual, artefact-rich", 5, measured=(1.0, 1.5, 2.0), source="operator, 4 May")
    assert (told.low, told.likely, told.high, told.mark) == (40, 54, 80, "R")
    # 1,000 m2 by five deminers at 50, 20 and 10 m2 a day each
    assert clearance_days(1000, "manual", 5) == Duration(
        4, 10, 20, "range: HALO [V]; 20 is a choice of this software", "assumption"
    )
    with pytest.raises(VocabularyError):
        clearance_days(400, "manuel", 5)


def test_weights_are_read_from_a_file_people_can_sign() -> None:
    w = weights_from_toml(EXAMPLE)
    assert (w.stabilised, w.discount_per_year, w.step_days) == (2.0, 0.05, 20)
    with pytest.raises(VocabularyError, match='Did you mean "visited"'):
        weights_from_toml("visted = 1.0")
    for wrong in ("visited = true", "visited = -1", "step_days = 1.5", "visited = ", "item = nan"):
        with pytest.raises(ValueRangeError):
            weights_from_toml(wrong)


def test_published_instances_reach_the_published_optimum() -> None:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "plan"
    if not folder.is_dir():
        pytest.skip("the published instances are not beside this checkout")
    with (folder / "best_known.csv").open(newline="") as file:
        best = {f"{r['set']}/{r['file']}": int(r["best_makespan"]) for r in csv.DictReader(file)}
    for name in ("j30/j301_4.sm", "j30/j306_1.sm", "j60/j603_9.sm", "mmlib50/J5053_5.mm"):
        p = parse((folder / name).read_text(), name)
        assert sum(len(a.modes) for a in p.activities) >= len(p.activities)
        s = solve(p, seconds=30)
        assert s.status == "optimal"
        assert s.score == 1000 * best[name]
    with pytest.raises(ValueRangeError, match="not a readable"):
        parse("jobs : many", "nonsense.sm")


def test_milestones_of_the_problem_must_exist() -> None:
    with pytest.raises(VocabularyError):
        solve(problem(work("a", 1), milestones=(Milestone("done", ("b",)),)))
