"""The five rules, in a frozen registry. Each runs on every figure of every party alike.

A running total can only rise, so a later total whose scope holds that of an earlier one cannot be smaller; a part
cannot be larger than its whole; two figures for one scope and one period cannot exclude each other. Everything else
is no contradiction. Figures of one lineage are one figure: callers give the retellings to `retelling` and leave them
out of the others (`independent`).
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tetrapylon.evidence import intervals, words
from tetrapylon.evidence.findings import (
    Context,
    Examined,
    Figure,
    Finding,
    FindingKind,
    Outcome,
    Rate,
    tally,
)
from tetrapylon.evidence.scopes import Relation, Scope, neighbours
from tetrapylon.model import Bound, Interval

CUMULATIVE, ONE_DAY = "cumulative", "one_day"


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule: its kind, what it says in words, and the function."""

    kind: FindingKind
    statement: str
    apply: Callable[[Sequence[Figure], Context], Outcome]


@dataclass(frozen=True)
class Examination:
    """Findings of all rules, and how many figures of each speaker each rule examined."""

    findings: tuple[Finding, ...]
    examined: tuple[Examined, ...]


def examine(figures: Sequence[Figure], context: Context) -> Examination:
    """Run every rule of `RULES` over all figures; retellings go to the retelling rule only."""
    single = independent(figures, context)
    findings: list[Finding] = []
    examined: list[Examined] = []
    for rule in RULES.values():
        outcome = rule.apply(figures if rule.kind is FindingKind.RETELLING else single, context)
        findings += outcome.findings
        examined += tally(rule.kind, outcome)
    return Examination(tuple(findings), tuple(examined))


def retellings(figures: Sequence[Figure], context: Context) -> Mapping[Figure, tuple[Figure, ...]]:
    """Each independent figure with the figures that retell it.

    A figure retells another when their statements share a root and they speak of one quantity, period and scope. What
    is nearest the root, then earliest, stands for the lineage; a retelling that gives another number is no figure of
    its own either (the retelling rule shows the difference).
    """
    lineage = context.lineage
    kept: dict[tuple[object, ...], Figure] = {}
    found: dict[Figure, list[Figure]] = {}
    nearest_first = sorted(
        figures, key=lambda f: (f.statement is None or not lineage.is_root(f.statement), f.when.date, f.name)
    )
    for figure in nearest_first:
        roots = lineage.of(figure.statement) if figure.statement else frozenset()
        keys = [(root, figure.quantity, figure.period, figure.scope.where, figure.scope.campaigns) for root in roots]
        told = next((kept[key] for key in keys if key in kept), None)
        if told is not None and told.uid != figure.uid:
            found[told].append(figure)
            continue
        found[figure] = []
        for key in keys:
            kept.setdefault(key, figure)
    return {figure: tuple(found[figure]) for figure in figures if figure in found}


def independent(figures: Sequence[Figure], context: Context) -> tuple[Figure, ...]:
    """Figures that retell no other, in the order given."""
    return tuple(retellings(figures, context))


def contradiction(figures: Sequence[Figure], context: Context) -> Outcome:
    """Disjoint intervals in one scope and period, or a part larger than its whole.

    One period: the days the dates may mean overlap, and both are totals, both one day's work, or both levels. A part:
    its scope lies strictly within that of a total not dated before it, or it is one day's work within that scope.
    """
    findings: list[Finding] = []
    compared: set[Figure] = set()
    for quantity in _by_quantity(figures):
        for group in _groups(quantity, lambda f: (f.scope.where, f.scope.campaigns, f.period, f.level)):
            if group[0].scope.where is None:
                continue
            for earlier, later in _same_window(group):
                compared |= {earlier, later}
                if intervals.disjoint(earlier.interval, later.interval):
                    findings.append(_one_scope(earlier, later))
        for part, whole in _largest_parts(quantity, context):
            compared |= {part, whole}
            if intervals.below(whole.interval, part.interval):
                findings.append(_part_of_whole(part, whole))
    return Outcome(tuple(findings), tuple(figures), frozenset(compared))


def fall(figures: Sequence[Figure], context: Context) -> Outcome:
    """A running total named lower than an earlier one whose scope the later scope holds.

    The earlier figure is surely earlier (no day its date may mean reaches the later one's). Of several earlier figures
    the highest is shown. The stated figure falls when the largest number its words name (`intervals.reach`) is below
    the lowest the earlier words allow; whether the intervals still allow both is said beside it.
    """
    findings: list[Finding] = []
    compared: set[Figure] = set()
    totals = [f for f in figures if f.period == CUMULATIVE and not f.level]
    holds = (Relation.SAME, Relation.CONTAINS)
    for quantity in _by_quantity(totals):
        for later, earlier in _highest_before(quantity, context, holds):
            compared |= {earlier, later}
            if intervals.reach(later.stated) < earlier.interval.lo:
                findings.append(_fall(earlier, later, context))
    return Outcome(tuple(findings), tuple(totals), frozenset(compared))


def scopes_differ(figures: Sequence[Figure], context: Context) -> Outcome:
    """A total lower than an earlier one that covers more: no fall, because the later figure covers a part only."""
    findings: list[Finding] = []
    compared: set[Figure] = set()
    totals = [f for f in figures if f.period == CUMULATIVE and not f.level]
    for quantity in _by_quantity(totals):
        for later, earlier in _highest_before(quantity, context, (Relation.WITHIN,)):
            compared |= {earlier, later}
            if intervals.reach(later.stated) < earlier.interval.lo:
                text = f"{earlier}, scope {_scope(earlier, context)}; {later}, scope {_scope(later, context)}"
                findings.append(
                    Finding(
                        FindingKind.SCOPES_DIFFER,
                        later.quantity,
                        (earlier, later),
                        text,
                        ("the later figure covers a part of the earlier scope: not a fall",),
                        compatible=True,
                    )
                )
    return Outcome(tuple(findings), tuple(totals), frozenset(compared))


def outside_range(figures: Sequence[Figure], context: Context) -> Outcome:
    """A rate whose whole interval lies outside a published range; the arithmetic is shown, no cause is named."""
    findings = []
    for rate in context.rates:
        lines, decides = [], False
        for known in context.ranges:
            if known.unit != rate.unit:
                continue
            if intervals.disjoint(rate.value, known.interval):
                decides = decides or not intervals.disjoint(rate.wide, known.interval)
            if intervals.above(rate.value, known.interval):
                lines.append(f"{_times(rate, known.interval.hi)} the upper end of {known}")
            elif intervals.below(rate.value, known.interval):
                lines.append(f"below the lower end of {known}")
        if lines:
            findings.append(
                Finding(
                    FindingKind.OUTSIDE_RANGE,
                    rate.unit,
                    rate.figures,
                    rate.arithmetic,
                    (*lines, *rate.notes),
                    by_about=decides,
                )
            )
    used = frozenset(f for rate in context.rates for f in rate.figures)
    quantities = {rate.figures[0].quantity for rate in context.rates}
    looked = [f for f in figures if f in used or f.quantity in quantities]
    return Outcome(tuple(findings), tuple(looked), used)


def retelling(figures: Sequence[Figure], context: Context) -> Outcome:
    """Figures whose statements go back to one root: counted once."""
    groups: dict[str, list[tuple[Figure, tuple[Figure, ...]]]] = defaultdict(list)
    for told, again in retellings(figures, context).items():
        if again:
            groups[told.uid].append((told, again))
    findings = tuple(map(_retold, groups.values()))
    compared = {f for group in groups.values() for told, again in group for f in (told, *again)}
    carried = tuple(f for f in figures if f.statement)
    return Outcome(findings, carried, frozenset(compared))


RULES: Mapping[FindingKind, Rule] = MappingProxyType(
    {
        rule.kind: rule
        for rule in (
            Rule(
                FindingKind.CONTRADICTION,
                "Figures for one scope and period exclude each other, or a part is larger than its whole.",
                contradiction,
            ),
            Rule(FindingKind.FALL, "A later running total for the same or a larger scope is named lower.", fall),
            Rule(FindingKind.OUTSIDE_RANGE, "A rate lies wholly outside a published range.", outside_range),
            Rule(FindingKind.SCOPES_DIFFER, "A lower later total covers a part only: not comparable.", scopes_differ),
            Rule(FindingKind.RETELLING, "Statements that go back to one root are one lineage.", retelling),
        )
    }
)
"""Every rule by its kind; frozen."""


# --- how findings are worded ----------------------------------------------------------------------------------------


def _one_scope(earlier: Figure, later: Figure) -> Finding:
    notes = _speakers(earlier, later)
    if earlier.when != later.when:
        notes += ("the dates may mean one day or several: growth between them would explain it",)
    low, high = sorted((earlier, later), key=lambda f: f.interval.lo)
    about, width = _about(low, high)
    text = f"{earlier} and {later}, for one scope and period: the figures exclude each other"
    return Finding(FindingKind.CONTRADICTION, later.quantity, (earlier, later), text, notes + width, by_about=about)


def _part_of_whole(part: Figure, whole: Figure) -> Finding:
    notes = _speakers(part, whole)
    if part.when.latest >= whole.when.earliest:
        notes += ("the order of the two dates is not certain",)
    about, width = _about(whole, part)
    what = "one day's work" if part.period == ONE_DAY else "the part"
    text = f"{part} is part of {whole}: {what} is larger than its whole"
    return Finding(FindingKind.CONTRADICTION, whole.quantity, (part, whole), text, notes + width, by_about=about)


def _fall(earlier: Figure, later: Figure, context: Context) -> Finding:
    notes = _speakers(earlier, later)
    compatible = not intervals.below(later.interval, earlier.interval)
    if context.scopes.relation(later.scope, earlier.scope) is Relation.CONTAINS:
        notes += (f"the later scope ({_scope(later, context)}) contains the earlier ({_scope(earlier, context)})",)
        if not compatible:
            notes += ("part larger than its whole",)
    if compatible:
        notes += (f'compatible as a bound: "{later.said}" leaves room for {earlier.said}',)
    about, width = _about(later, earlier)
    text = f"{earlier} -> {later}"
    return Finding(
        FindingKind.FALL, later.quantity, (earlier, later), text, notes + width, compatible=compatible, by_about=about
    )


def _retold(group: list[tuple[Figure, tuple[Figure, ...]]]) -> Finding:
    """One finding for a claim and all that its retellings repeat of it."""
    first = group[0][0]
    differing = [(told, f) for told, again in group for f in again if f.stated != told.stated]
    notes = [f"{f.name} gives {f.said} where {told.name} gives {told.said}" for told, f in differing]
    names = dict.fromkeys(f.name for _, again in group for f in again)
    said = ", ".join(told.said for told, _ in group)
    return Finding(
        FindingKind.RETELLING,
        ", ".join(told.quantity for told, _ in group),
        tuple(f for told, again in group for f in (told, *again)),
        f"{first.name} ({first.when}): {said}, told again by {', '.join(names)}",
        ("one lineage, counted once", *notes),
        compatible=not any(intervals.disjoint(told.interval, f.interval) for told, f in differing),
    )


def _about(lower: Figure, upper: Figure) -> tuple[bool, tuple[str, ...]]:
    """Whether the width of "about" decides (twice the width would undo the finding), and in words what it takes."""
    critical = intervals.critical_about(lower.stated, upper.stated)
    if critical is None:
        return False, ()
    counted = [
        f'"{f.said}" counts as {words.amount(f.interval.lo, f.unit)} to {words.amount(f.interval.hi, f.unit)}'
        for f in (lower, upper)
        if f.stated.bound is Bound.ABOUT
    ]
    decides = not intervals.below(intervals.twice_as_wide(lower.stated), intervals.twice_as_wide(upper.stated))
    return decides, (f"{' and '.join(counted)}; the figures would meet at +-{critical:.1%}",)


def _speakers(one: Figure, other: Figure) -> tuple[str, ...]:
    if one.speaker == other.speaker:
        return ()
    return (f"stated by {one.speaker} and by {other.speaker}: whether both count the same work is not on record",)


def _scope(figure: Figure, context: Context) -> str:
    where = figure.scope.where
    label = context.scopes.labels.get(where, figure.scope.words) if where else figure.scope.words
    named = "+".join(sorted(figure.scope.campaigns))
    return f"{label}, {named}" if named else label


def _times(rate: Rate, end: float) -> str:
    return f"{words.span(intervals.ratio(rate.value, Interval(end, end)))} times"


# --- which figures meet ---------------------------------------------------------------------------------------------


def _groups(figures: Iterable[Figure], key: Callable[[Figure], object]) -> list[list[Figure]]:
    groups: dict[object, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[key(figure)].append(figure)
    return list(groups.values())


def _by_quantity(figures: Iterable[Figure]) -> list[list[Figure]]:
    return _groups(figures, lambda f: f.quantity)


def _same_window(group: list[Figure]) -> list[tuple[Figure, Figure]]:
    """Pairs whose possible days overlap, by a sweep over the first possible day."""
    pairs = []
    open_: list[Figure] = []
    for figure in sorted(group, key=lambda f: (f.when.earliest, f.name)):
        open_ = [f for f in open_ if f.when.latest >= figure.when.earliest]
        pairs += [_in_order(f, figure) for f in open_ if f.uid != figure.uid]
        open_.append(figure)
    return pairs


def _in_order(one: Figure, other: Figure) -> tuple[Figure, Figure]:
    return (one, other) if (one.when.date, one.name) <= (other.when.date, other.name) else (other, one)


class _Peaks:
    """The figure with the highest lower end among those dated up to a day."""

    def __init__(self, figures: Iterable[Figure], day: Callable[[Figure], dt.date]) -> None:
        self.days: list[dt.date] = []
        self.best: list[Figure] = []
        for figure in sorted(figures, key=lambda f: (day(f), f.name)):
            peak = self.best[-1] if self.best and self.best[-1].interval.lo > figure.interval.lo else figure
            self.days.append(day(figure))
            self.best.append(peak)

    def until(self, day: dt.date, *, inclusive: bool) -> Figure | None:
        """Highest dated up to ``day`` (with it or without)."""
        at = (bisect.bisect_right if inclusive else bisect.bisect_left)(self.days, day)
        return self.best[at - 1] if at else None


def _highest_before(
    totals: list[Figure], context: Context, relations: tuple[Relation, ...]
) -> list[tuple[Figure, Figure]]:
    """Each later total with the highest surely earlier one in a scope that stands so to its own."""
    groups = {_bare(group[0].scope): group for group in _groups(totals, lambda f: _bare(f.scope))}
    peaks = {scope: _Peaks(group, lambda f: f.when.latest) for scope, group in groups.items()}
    near = neighbours(peaks, context.scopes)
    related = {s: [peaks[other] for other, how in near[s] if how in relations] for s in peaks}
    pairs = []
    for later in totals:
        key = _bare(later.scope)
        earlier = [e for p in related[key] if (e := p.until(later.when.earliest, inclusive=False))]
        if earlier:
            pairs.append((later, max(earlier, key=lambda f: (f.interval.lo, f.when.date, f.name))))
    return pairs


def _largest_parts(figures: list[Figure], context: Context) -> list[tuple[Figure, Figure]]:
    """Each total with the largest part of it not dated after it."""
    summed = [f for f in figures if not f.level and f.period in (CUMULATIVE, ONE_DAY)]
    peaks = {
        (_bare(group[0].scope), group[0].period): _Peaks(group, lambda f: f.when.date)
        for group in _groups(summed, lambda f: (_bare(f.scope), f.period))
    }
    near = neighbours((scope for scope, _ in peaks), context.scopes)
    holds = {
        scope: [
            peaks[other, period]
            for other, how in others
            for period in ((CUMULATIVE, ONE_DAY) if how is Relation.CONTAINS else (ONE_DAY,))
            if how is not Relation.WITHIN and (other, period) in peaks
        ]
        for scope, others in near.items()
    }
    pairs = []
    for whole in (f for f in summed if f.period == CUMULATIVE):
        found = [peak.until(whole.when.date, inclusive=True) for peak in holds[_bare(whole.scope)]]
        parts = [part for part in found if part is not None and part.uid != whole.uid]
        if parts:
            pairs.append((max(parts, key=lambda f: (f.interval.lo, f.when.date, f.name)), whole))
    return pairs


def _bare(scope: Scope) -> Scope:
    """The scope without its wording."""
    return Scope(scope.where, scope.campaigns)
