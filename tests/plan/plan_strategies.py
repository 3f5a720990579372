"""Small problems of every kind for property tests."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tetrapylon.plan import (
    Activity,
    Authorisation,
    Budget,
    Calendar,
    Corridor,
    Duration,
    Gate,
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

FIRST = date(2031, 3, 3)
SKILLS = ("hands", "eyes")
METHODS = ("manual", "manual", "visit")
EARLY = Span(FIRST, FIRST + timedelta(days=12))
LATE = Span(FIRST + timedelta(days=6), FIRST + timedelta(days=45))


@st.composite
def spans(draw: st.DrawFn, longest: int = 50) -> Span:
    begin = draw(st.integers(0, longest - 1))
    return Span(FIRST + timedelta(days=begin), FIRST + timedelta(days=draw(st.integers(begin, longest))))


calendars = st.builds(
    Calendar,
    weekly_rest=st.frozensets(st.integers(0, 6), max_size=1),
    closed=st.lists(spans(12), max_size=1).map(tuple),
)


@st.composite
def problems(draw: st.DrawFn, *, required: bool = False) -> Problem:
    n = draw(st.sampled_from([6, 5, 4, 3, 2, 1]))
    names = [f"a{k}" for k in range(n)]
    ids = st.sampled_from(names)
    durations = st.integers(1, 4).map(lambda d: Duration.exactly(d, "made up"))
    gates = [
        Gate(
            f"g{k}",
            draw(st.sampled_from(["gate", "consent"])),
            tuple(Authorisation(s, "D", "authority") for s in draw(st.sampled_from([(), (), (LATE,), (EARLY,)]))),
            tuple(
                Release((a,), Duration.exactly(draw(st.integers(0, 2)), "made up"), s)
                for a, s in draw(st.lists(st.tuples(ids, st.sampled_from([None, None, LATE])), min_size=1, max_size=2))
            ),
        )
        for k in range(3)
    ]
    gates.append(Gate("open", authorised=(Authorisation(Span(FIRST, FIRST + timedelta(days=400)), "D", "authority"),)))
    gate_ids = st.sampled_from(["open", *(g.id for g in gates)])
    ends = (("in", "x"), ("x", "y"), ("in", "y"))
    corridors = tuple(Corridor(f"c{k}", e, draw(gate_ids)) for k, e in enumerate(ends))
    needs = st.builds(
        Need,
        st.sampled_from(SKILLS),
        st.sampled_from([1, 1, 1, 2]),
        st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"robot"})]),
    )
    activities = []
    for k, name in enumerate(names):
        modes = tuple(
            Mode(
                f"m{m}",
                draw(durations),
                draw(st.sampled_from(METHODS)),
                tuple(draw(st.lists(needs, max_size=2))),
                {"fund": draw(st.integers(0, 3))},
                float(draw(st.integers(0, 2))),
            )
            for m in range(draw(st.integers(1, 2)))
        )
        activities.append(
            Activity(
                name,
                "works",
                modes,
                after=tuple(sorted(draw(st.sets(st.sampled_from(names[:k]), max_size=2)))) if k else (),
                place=draw(st.sampled_from([None, None, "x", "y"])),
                position=draw(st.none() | st.tuples(st.integers(0, 100), st.integers(0, 100))),
                gates=tuple(sorted(draw(st.sets(gate_ids, max_size=1)))),
                zones=draw(st.sampled_from([(), (), ("z",)])),
                season=draw(st.none() | st.none() | calendars),
                earliest=draw(st.none() | st.integers(0, 8).map(lambda d: FIRST + timedelta(days=d))),
                latest=draw(st.none() | st.integers(15, 50).map(lambda d: FIRST + timedelta(days=d))),
                required=required,
                significance=float(draw(st.integers(0, 5))),
                delivers=frozenset(draw(st.sets(st.sampled_from(["visited", "recorded"])))),
            )
        )
    return Problem(
        FIRST,
        FIRST + timedelta(days=60),
        tuple(activities),
        (
            Team("t0", frozenset(SKILLS), frozenset({"robot"}), 1, draw(calendars)),
            Team("t1", frozenset({"hands"}), frozenset(), 2, draw(calendars)),
            Team("t2", frozenset({"eyes"}), frozenset(draw(st.sets(st.just("robot")))), 1),
        ),
        draw(calendars),
        tuple(gates),
        (Zone("z", frozenset({"manual"}), (Need("eyes"),), gates=tuple(draw(st.sets(gate_ids, max_size=1)))),),
        (Separation("manual", "*", float(draw(st.integers(0, 80)))),),
        RouteGraph(frozenset({"in"}), corridors),
        (Budget("fund", draw(st.integers(4, 20))),),
        weights=Weights(
            cost=draw(st.sampled_from([0.0, 0.5])),
            day=draw(st.sampled_from([0.0, 0.2])),
            discount_per_year=0.5,
            step_days=draw(st.sampled_from([1, 7])),
        ),
    )


@st.composite
def plain_problems(draw: st.DrawFn) -> Problem:
    """The published form: precedence, renewable and non-renewable resources, modes, makespan."""
    n = draw(st.integers(2, 7))
    stock = draw(st.booleans())
    activities = []
    spent = 0
    for k in range(n):
        modes = tuple(
            Mode(
                f"m{m}",
                Duration.exactly(draw(st.integers(1, 5)), "made up"),
                needs=tuple(Need(s, u) for s in SKILLS if (u := draw(st.integers(0, 3)))),
                spends={"fund": draw(st.integers(0, 4))} if stock else {},
            )
            for m in range(draw(st.integers(1, 3)))
        )
        spent += max(m.spends.get("fund", 0) for m in modes)
        after = tuple(sorted(draw(st.sets(st.sampled_from([f"a{j}" for j in range(k)]), max_size=2)))) if k else ()
        activities.append(Activity(f"a{k}", "works", modes, after=after))
    return Problem(
        FIRST,
        FIRST + timedelta(days=5 * n + 1),
        tuple(activities),
        tuple(Team(s, frozenset({s}), size=draw(st.integers(3, 5))) for s in SKILLS),
        budgets=(Budget("fund", spent),) if stock else (),
        weights=Weights(visited=0, stabilised=0, recorded=0, day=1),
    )
