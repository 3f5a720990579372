"""The five rules, on figures made up to show each; none of them knows a case."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tetrapylon.evidence import rules
from tetrapylon.evidence.findings import Context, Figure, Finding, FindingKind, PublishedRange, Rate
from tetrapylon.evidence.lineage import Lineage
from tetrapylon.evidence.scopes import Scope, Scopes, campaigns
from tetrapylon.model import Bound, Interval, Precision, Stated, When

INSIDE = Scopes({"field": frozenset({"farm"}), "farm": frozenset(), "town": frozenset()}, {})
CONTEXT = Context(INSIDE)
AT_LEAST, ABOUT, EXACT = Bound.AT_LEAST, Bound.ABOUT, Bound.EXACT


def figure(
    day: str,
    value: float,
    bound: Bound = EXACT,
    *,
    where: str | None = "farm",
    campaign: str = "one",
    name: str = "",
    period: str = "cumulative",
    precision: str = "day",
    statement: str | None = None,
    level: bool = False,
) -> Figure:
    when = When(dt.date.fromisoformat(day), Precision(precision))
    name = name or f"{day}/{value:g}/{where}/{period}"
    scope = Scope(where, campaigns(campaign))
    return Figure(name, name, "items", "", Stated(value, bound), when, scope, period, "x", statement, level)


def found(kind: FindingKind, *figures: Figure, context: Context = CONTEXT) -> list[Finding]:
    return [f for f in rules.examine(figures, context).findings if f.kind is kind]


EARLY, LATE = "2020-01-10", "2020-03-10"


@pytest.mark.parametrize(
    ("earlier", "later", "falls", "compatible"),
    [
        (figure(EARLY, 100), figure(LATE, 90), True, False),
        (figure(EARLY, 100), figure(LATE, 100), False, None),
        (figure(EARLY, 100), figure(LATE, 110), False, None),
        (figure(EARLY, 8_500), figure(LATE, 2_500, AT_LEAST), True, True),
        (figure(EARLY, 825), figure(LATE, 800, AT_LEAST), False, None),  # rounded down, not fallen
        (figure(EARLY, 18_000, ABOUT), figure(LATE, 17_500, ABOUT), False, None),  # the same within "about"
        (figure(EARLY, 19_000, AT_LEAST), figure(LATE, 17_500, ABOUT), True, False),
        (figure(EARLY, 100, where="field"), figure(LATE, 90), True, False),
        (figure(EARLY, 100), figure(LATE, 90, where="field"), False, None),
        (figure(EARLY, 100), figure(LATE, 90, where="town"), False, None),
        (figure(EARLY, 100), figure(LATE, 90, campaign="one+two"), True, False),
        (figure(EARLY, 100), figure(LATE, 90, campaign="two"), False, None),
        (figure(EARLY, 100, period="one_day"), figure(LATE, 90), False, None),
        (figure(EARLY, 100, level=True), figure(LATE, 90, level=True), False, None),
        (figure(EARLY, 100, where=None), figure(LATE, 90, where=None), False, None),
        (figure(EARLY, 100), figure("2020-01-15", 90, precision="approx"), False, None),  # perhaps one day
    ],
)
def test_when_a_stated_total_falls(earlier: Figure, later: Figure, falls: bool, compatible: bool | None) -> None:
    findings = found(FindingKind.FALL, later, earlier)
    assert bool(findings) is falls
    if findings:
        assert findings[0].figures == (earlier, later)
        assert findings[0].compatible is compatible


def test_of_several_earlier_totals_the_highest_is_shown() -> None:
    totals = [figure("2020-01-10", 50), figure("2020-01-11", 120), figure("2020-01-12", 130), figure(LATE, 90)]
    (last,) = [f for f in found(FindingKind.FALL, *totals) if f.figures[1] == totals[3]]
    assert last.figures[0] == totals[2]


def test_a_lower_total_for_a_part_is_no_fall_but_scopes_that_differ() -> None:
    whole, part = figure(EARLY, 30, AT_LEAST), figure(LATE, 23, where="field")
    assert not found(FindingKind.FALL, whole, part)
    assert not found(FindingKind.CONTRADICTION, whole, part)
    (finding,) = found(FindingKind.SCOPES_DIFFER, whole, part)
    assert finding.figures == (whole, part)


def test_a_part_larger_than_its_whole() -> None:
    part, whole = figure(EARLY, 2_600, where="field"), figure(LATE, 2_339)
    (contradiction,) = found(FindingKind.CONTRADICTION, part, whole)
    (fall,) = found(FindingKind.FALL, part, whole)
    assert "larger than its whole" in contradiction.arithmetic
    assert "part larger than its whole" in fall.notes
    assert not found(FindingKind.CONTRADICTION, figure(LATE, 2_600, where="field"), figure(EARLY, 2_339))  # growth


def test_one_day_is_part_of_the_total() -> None:
    assert found(FindingKind.CONTRADICTION, figure(EARLY, 152, period="one_day"), figure(LATE, 100))
    assert not found(FindingKind.CONTRADICTION, figure(EARLY, 152, period="one_day"), figure(LATE, 152))
    assert not found(FindingKind.CONTRADICTION, figure(EARLY, 20, AT_LEAST, period="one_day"), figure(LATE, 20))


def test_two_figures_for_one_day_and_scope_that_exclude_each_other() -> None:
    (finding,) = found(FindingKind.CONTRADICTION, figure(EARLY, 20, name="a"), figure(EARLY, 51, name="b"))
    assert finding.names == ("a", "b")
    assert not found(FindingKind.CONTRADICTION, figure(EARLY, 20, AT_LEAST, name="a"), figure(EARLY, 51, name="b"))
    assert not found(FindingKind.CONTRADICTION, figure(EARLY, 20), figure("2020-01-11", 51))


def test_whether_the_width_of_about_decides() -> None:
    (narrow,) = found(FindingKind.FALL, figure(EARLY, 19_000, AT_LEAST), figure(LATE, 17_500, ABOUT))
    assert narrow.by_about
    assert any("+-8.6%" in note for note in narrow.notes)
    (wide,) = found(FindingKind.FALL, figure(EARLY, 1_230), figure(LATE, 520, ABOUT))
    assert not wide.by_about


def test_a_retelling_is_posted_once_and_its_other_number_shown() -> None:
    lineage = Lineage({"root": frozenset({"root"}), "echo": frozenset({"root"})})
    context = Context(INSIDE, lineage)
    first = figure("2020-01-11", 100, statement="root", name="first")
    echo = figure("2020-01-10", 900, statement="echo", name="echo")
    assert rules.independent([echo, first], context) == (first,)
    (finding,) = found(FindingKind.RETELLING, echo, first, context=context)
    assert finding.names == ("first", "echo")
    assert "echo gives 900 where first gives 100" in finding.notes
    assert not finding.compatible
    assert not found(FindingKind.CONTRADICTION, echo, first, context=context)


def test_one_statement_about_two_places_is_not_its_own_retelling() -> None:
    context = Context(INSIDE, Lineage({"root": frozenset({"root"})}))
    pair = [figure(EARLY, 234, statement="root"), figure(EARLY, 40, where="town", statement="root")]
    assert rules.independent(pair, context) == tuple(pair)


def test_a_rate_is_outside_a_range_only_when_all_of_it_is() -> None:
    area = figure(EARLY, 1.0)
    published = PublishedRange("by hand", Interval(10, 50), "m2/person/day", "V", "somebody")

    def outside(lo: float, hi: float) -> list[Finding]:
        value = Interval(lo, hi)
        rate = Rate((area,), value, value, "m2/person/day", "a / b = c", ("persons include support staff",))
        return found(FindingKind.OUTSIDE_RANGE, area, context=Context(INSIDE, rates=(rate,), ranges=(published,)))

    assert not outside(5, 12)
    assert not outside(20, 30)
    assert not outside(50, 80)
    (below,) = outside(1, 9)
    (above,) = outside(200, 200)
    assert "below the lower end" in below.notes[0]
    assert above.notes[0].startswith("4 times the upper end of by hand: 10 to 50 m2/person/day (somebody) [V]")
    assert above.arithmetic == "a / b = c"


figures = st.builds(
    figure,
    st.dates(dt.date(2020, 1, 1), dt.date(2020, 2, 1)).map(str),
    st.integers(0, 40).map(float),
    st.sampled_from(list(Bound)),
    where=st.sampled_from(["field", "farm", "town", None]),
    campaign=st.sampled_from(["one", "two", "one+two", ""]),
    period=st.sampled_from(["cumulative", "one_day", "at_date"]),
    precision=st.sampled_from(["day", "approx", "month"]),
    name=st.uuids().map(str),
)


@given(st.lists(figures, max_size=12))
def test_the_fast_rules_agree_with_comparing_every_pair(some: list[Figure]) -> None:
    def first_day(f: Figure) -> dt.date:
        return f.when.earliest

    expected = set()
    for later in some:
        for earlier in some:
            holds = INSIDE.relation(later.scope, earlier.scope).value in ("same", "contains")
            totals = later.period == earlier.period == "cumulative"
            surely_earlier = earlier.when.latest < first_day(later)
            if holds and totals and surely_earlier and rules.intervals.reach(later.stated) < earlier.interval.lo:
                expected.add(later.name)
    assert {f.figures[1].name for f in found(FindingKind.FALL, *some)} == expected


@given(st.lists(figures, max_size=10), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_claims(some: list[Figure], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = rules.examine(some, CONTEXT), rules.examine(shuffled, CONTEXT)
    assert set(map(str, one.findings)) == set(map(str, other.findings))
    assert set(one.examined) == set(other.examined)


@given(st.lists(figures, max_size=10))
def test_nothing_is_called_false_and_every_figure_examined_is_counted(some: list[Figure]) -> None:
    result = rules.examine(some, CONTEXT)
    assert not any(re.search(r"\b(false|lie|lied|wrong|safe|true)\b", str(f)) for f in result.findings)
    counted = sum(e.numbers for e in result.examined if e.rule is FindingKind.CONTRADICTION)
    assert counted == len(some)
    assert all(e.compared <= e.numbers for e in result.examined)


def test_the_registry_is_frozen() -> None:
    with pytest.raises(TypeError):
        rules.RULES[FindingKind.FALL] = rules.RULES[FindingKind.RETELLING]  # type: ignore[index]
    assert set(rules.RULES) == set(FindingKind)
