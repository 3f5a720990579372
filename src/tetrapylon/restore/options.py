"""Which restoration options are admissible at each structure, with the rule that admitted, refused or left open each.

Nothing here picks an option. Each is judged by the doctrine from intervals: a need met at both ends is met, one failed
at both ends refuses, one that straddles its threshold leaves the option undetermined and names the measurement that
would settle it. What holds work back for now (no release, a decision of a body) stands beside the judgement. Experts'
estimates are never measurements: each is shown with what would follow if it were right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import ConditionReport, Estimate, Fabric, Recommendation
from tetrapylon.model.parties import Decision, Mandate
from tetrapylon.model.places import Structure
from tetrapylon.model.quantity import Interval
from tetrapylon.model.terms import Mode, RecommendationKind, RestorationOption, StructureRole
from tetrapylon.model.verdicts import Because, GradeInterval
from tetrapylon.model.vocabulary import Vocabulary
from tetrapylon.restore.access import Gates, held
from tetrapylon.restore.doctrine import Doctrine, Need, OptionRule, Phase, Threshold, thresholds_for
from tetrapylon.restore.fabric import ANY, FabricSplit, share, split

SURVEY = re.compile(r"\b3D survey\b|\bto be counted from the model\b", re.IGNORECASE)
"""Words by which a report tells of a survey that blocks can be counted in."""
SHARE = re.compile(r"count of the reusable blocks", re.IGNORECASE)
"""The measurement such a survey would give."""
GRADE_UNKNOWN = GradeInterval(0, 5)


class Verdict(Vocabulary):
    """What the doctrine says of an option."""

    ADMITTED = "admitted", "admissible", "admissible", "допустимо", "مقبول"
    REFUSED = "refused", "refused", "refusé", "отклонено", "مرفوض"
    UNDETERMINED = "undetermined", "undetermined", "indéterminé", "не определено", "غير محدد"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the trace: a rule, what it found, and from which claims."""

    verdict: Verdict
    text: str
    source: str
    claims: tuple[str, ...] = ()
    settle: str | None = None
    desk: bool = False
    """Whether what would settle it needs no access."""


@dataclass(frozen=True, slots=True)
class OptionFinding:
    """One option: the doctrine's verdict, its trace, and what holds the work for now whatever the verdict."""

    option: RestorationOption
    verdict: Verdict
    trace: tuple[Check, ...]
    holds: tuple[Because, ...]

    @property
    def settle(self) -> tuple[str, ...]:
        """Measurements and decisions that would settle an option that is open."""
        if self.verdict is not Verdict.UNDETERMINED:
            return ()
        return tuple(dict.fromkeys(c.settle for c in self.trace if c.settle and c.verdict is Verdict.UNDETERMINED))


@dataclass(frozen=True, slots=True)
class Opinion:
    """An attributed estimate, and the verdicts that would follow if its share of new material were right."""

    claim: Claim[Estimate]
    new: Interval | None
    verdicts: tuple[tuple[RestorationOption, Verdict], ...]

    def __str__(self) -> str:
        body = self.claim.body
        return f"{self.claim.name}: {body.body}, {body.date}: {body.text}"


@dataclass(frozen=True, slots=True)
class StructureOptions:
    """Options of one structure, least intervention first. ``order``: the phases any work would go through."""

    structure: Claim[Structure]
    on: dt.date
    findings: tuple[OptionFinding, ...]
    fabric: FabricSplit
    opinions: tuple[Opinion, ...]
    thresholds: tuple[Threshold, ...]
    order: tuple[Phase, ...]

    def of(self, option: RestorationOption) -> OptionFinding:
        """Finding on one option."""
        return next(f for f in self.findings if f.option is option)

    @property
    def settle(self) -> tuple[str, ...]:
        """What would settle the options that are open, each once, in the order of the options."""
        return tuple(dict.fromkeys(text for f in self.findings for text in f.settle))

    @property
    def desk_work(self) -> tuple[str, ...]:
        """What would settle open options and needs no access: it can be done while the gate holds."""
        checks = [c for f in self.findings if f.verdict is Verdict.UNDETERMINED for c in f.trace]
        return tuple(dict.fromkeys(c.settle for c in checks if c.settle and c.desk))

    @property
    def summary(self) -> str:
        """One line for people: options by verdict."""
        parts = []
        for verdict in Verdict:
            named = [f.option.label for f in self.findings if f.verdict is verdict]
            if named:
                parts.append(f"{verdict.label}: {', '.join(named)}")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class _Known:
    """A quantity as an interval, in words, with the claims it rests on."""

    interval: Interval
    text: str
    claims: tuple[str, ...] = ()


def options(
    structures: Sequence[Claim[Structure]],
    *,
    on: dt.date,
    doctrine: Doctrine,
    grades: Mapping[str, GradeInterval | None],
    gates: Mapping[str, Gates],
    fabrics: Sequence[Claim[Fabric]] = (),
    reports: Sequence[Claim[ConditionReport]] = (),
    estimates: Sequence[Claim[Estimate]] = (),
    recommendations: Sequence[Claim[Recommendation]] = (),
    decisions: Sequence[Claim[Decision]] = (),
    mandates: Sequence[Claim[Mandate]] = (),
    consents: Mapping[str, bool | None] | None = None,
    submissions: Mapping[str, tuple[str, ...]] | None = None,
    illustrative: bool = False,
) -> tuple[StructureOptions, ...]:
    """Judge every option at every structure that is not a group.

    Parameters
    ----------
    structures, fabrics, reports, estimates, recommendations, decisions, mandates : the claims of one view.
    grades : combined damage grade by uid of the structure; None or absent: not assessed.
    gates : the gate's verdicts by uid of the structure; absent: held.
    consents : by uid of the structure, True when all consents are granted, False when one is refused, None when open.
    submissions : by uid of the structure, claims of a project submitted for review.
    illustrative : True: use the doctrine's illustrative thresholds where no authority set one, labelled so.

    Returns
    -------
    One StructureOptions per structure, in the order given.
    """
    parents = {s.uid: s.body.parent for s in structures}
    found = []
    for structure in structures:
        if structure.body.role is StructureRole.GROUP:
            continue
        places = _upwards(structure.uid, parents)
        told = [r for r in reports if r.body.structure == structure.uid and r.body.date.date <= on]
        fabric = split(structure, fabrics=[f for f in fabrics if f.body.date.date <= on], reports=told)
        thresholds = thresholds_for(
            doctrine, places, on=on, decisions=decisions, mandates=mandates, illustrative=illustrative
        )
        standing_parts = tuple(
            s.uid
            for s in structures
            if s.body.parent == structure.uid and s.body.role is not StructureRole.OBJECT and _stands(grades.get(s.uid))
        )
        known = _quantities(structure, fabric, grades, standing_parts, (consents or {}).get(structure.uid))
        survey = _survey(told)
        limits = [
            r
            for r in recommendations
            if r.body.kind is RecommendationKind.DECISION and r.body.structure in places and r.body.date.latest <= on
        ]
        findings = tuple(
            _finding(
                rule,
                known,
                thresholds,
                survey,
                (
                    *_held(rule, gates.get(structure.uid), on),
                    *_limited(rule, structure, doctrine, limits, (submissions or {}).get(structure.uid, ())),
                ),
            )
            for rule in doctrine.options
        )
        opinions = tuple(
            _opinion(e, doctrine, known, thresholds, survey)
            for e in estimates
            if e.body.structure == structure.uid and e.body.date.date <= on
        )
        order = _order(doctrine.phases, grades.get(structure.uid) or GRADE_UNKNOWN)
        found.append(StructureOptions(structure, on, findings, fabric, opinions, tuple(thresholds.values()), order))
    return tuple(found)


def _upwards(uid: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The structure and everything it is part of."""
    chain: list[str] = []
    step: str | None = uid
    while step and step not in chain:
        chain.append(step)
        step = parents.get(step)
    return tuple(chain)


def _stands(grade: GradeInterval | None) -> bool:
    return grade is not None and grade.hi <= 4


def _quantities(
    structure: Claim[Structure],
    fabric: FabricSplit,
    grades: Mapping[str, GradeInterval | None],
    standing_parts: tuple[str, ...],
    consent: bool | None,
) -> dict[str, _Known]:
    grade = grades.get(structure.uid)
    if standing_parts or _stands(grade):
        what = "a part of it stands" if standing_parts else f"grade {grade}: not total"
        standing = _Known(Interval(1.0, 1.0), what, standing_parts)
    elif grade is not None and grade.lo == 5:
        standing = _Known(Interval(0.0, 0.0), "grade 5 and no part on record that stands")
    else:
        standing = _Known(ANY, f"grade {grade}" if grade else "not assessed")
    measured = "measured" if fabric.measured else "not measured"
    if fabric.conflict:
        measured = "measurements exclude each other"
    agreed = {True: Interval(1.0, 1.0), False: Interval(0.0, 0.0), None: ANY}[consent]
    consent_text = {True: "all granted", False: "one refused", None: "not all on record"}[consent]
    return {
        "new": _Known(fabric.lost, f"share of new material {share(fabric.lost)} ({measured})", fabric.measured),
        "placed": _Known(fabric.placed, f"pieces with proven place {share(fabric.placed)}", fabric.measured),
        "documentation": _Known(fabric.documentation, f"documentation of the state before {fabric.documentation}"),
        "foundations": _Known(
            fabric.foundations,
            {(1.0, 1.0): "foundations verified", (0.0, 0.0): "foundations found wanting"}.get(
                (fabric.foundations.lo, fabric.foundations.hi), "foundations not verified"
            ),
        ),
        "standing": _Known(standing.interval, f"standing fabric: {standing.text}", standing.claims),
        "consents": _Known(agreed, f"consents: {consent_text}"),
    }


def _finding(
    rule: OptionRule,
    known: Mapping[str, _Known],
    thresholds: Mapping[str, Threshold],
    survey: Claim[ConditionReport] | None,
    holds: tuple[Because, ...],
) -> OptionFinding:
    trace = [Check(Verdict.ADMITTED, rule.rule, rule.source)] if not rule.needs else []
    trace += [_check(need, known[need.quantity], thresholds, survey) for need in rule.needs]
    verdicts = {c.verdict for c in trace}
    verdict = next(v for v in (Verdict.REFUSED, Verdict.UNDETERMINED, Verdict.ADMITTED) if v in verdicts)
    return OptionFinding(rule.code, verdict, tuple(trace), holds)


def _check(
    need: Need, known: _Known, thresholds: Mapping[str, Threshold], survey: Claim[ConditionReport] | None
) -> Check:
    threshold = thresholds[need.bound] if isinstance(need.bound, str) else None
    source = threshold.source if threshold else "doctrine"
    bound = threshold.value if threshold else float(need.bound)
    relation = need.relation.replace("_", " ")
    if threshold is not None and bound is None:
        return Check(
            Verdict.UNDETERMINED,
            f"{threshold.meaning}: {threshold.set_by}",
            source,
            threshold.claims,
            f"a Decision of the authority that sets the {threshold.meaning}",
        )
    assert bound is not None
    verdict = _compare(known.interval, need.relation, bound)
    by = f" ({threshold.set_by})" if threshold else ""
    text = f"{known.text}; needs {relation} {bound:g}{by}"
    claims = known.claims + (threshold.claims if threshold else ())
    settle, desk = need.settle, need.desk
    if survey and SHARE.search(settle):
        desk = True
        settle += f", from the survey in {survey.name} ({survey.body.observer}, {survey.body.date})"
        claims += (survey.uid,)
    return Check(verdict, text, source, claims, settle if verdict is Verdict.UNDETERMINED else None, desk)


def _compare(value: Interval, relation: str, bound: float) -> Verdict:
    """Three answers: met at both ends, failed at both ends, or undetermined."""
    met = {"at_least": value.lo >= bound, "at_most": value.hi <= bound, "above": value.lo > bound}[relation]
    failed = {"at_least": value.hi < bound, "at_most": value.lo > bound, "above": value.hi <= bound}[relation]
    return Verdict.ADMITTED if met else Verdict.REFUSED if failed else Verdict.UNDETERMINED


def _held(rule: OptionRule, gates: Gates | None, on: dt.date) -> tuple[Because, ...]:
    return held(gates, rule.activity, on=on) if rule.activity else ()


def _limited(
    rule: OptionRule,
    structure: Claim[Structure],
    doctrine: Doctrine,
    decisions: Iterable[Claim[Recommendation]],
    submitted: tuple[str, ...],
) -> Iterable[Because]:
    """Decisions of a body that hold the option while they stand; a submission answers the one that asks for it."""
    for decision in decisions:
        for limit in doctrine.limits:
            if rule.code in limit.holds and limit.applies(decision.body.text, structure.body.type):
                if limit.lifted_by == "submission" and submitted:
                    continue
                text = f"{limit.reason}: {decision.body.body}, {decision.body.date} ({decision.name})"
                yield Because(text, (decision.uid,))


def _opinion(
    estimate: Claim[Estimate],
    doctrine: Doctrine,
    known: Mapping[str, _Known],
    thresholds: Mapping[str, Threshold],
    survey: Claim[ConditionReport] | None,
) -> Opinion:
    new = _new_share(estimate.body)
    if new is None:
        return Opinion(estimate, None, ())
    supposed = {
        **known,
        "new": _Known(new, f"share of new material {share(new)} ({estimate.name})", (estimate.uid,)),
    }
    verdicts = tuple((r.code, _finding(r, supposed, thresholds, survey, ()).verdict) for r in doctrine.options)
    return Opinion(estimate, new, verdicts)


def _new_share(estimate: Estimate) -> Interval | None:
    """Share of new material an estimate means; None where it names no share."""
    if estimate.lo is None and estimate.hi is None:
        return None
    lo, hi = estimate.lo or 0.0, 1.0 if estimate.hi is None else estimate.hi
    if estimate.quantity == "share_new":
        return Interval(lo, hi)
    if estimate.quantity in ("share_restorable", "share_surviving", "share_original"):
        return Interval(1.0 - hi, 1.0 - lo)
    return None


def _survey(reports: Iterable[Claim[ConditionReport]]) -> Claim[ConditionReport] | None:
    """The latest report that tells of a survey blocks can be counted in."""
    surveys = [
        r
        for r in reports
        if r.body.mode is Mode.SCAN or SURVEY.search(f"{r.body.wording} {r.body.restorability_note or ''}")
    ]
    return max(surveys, key=lambda r: r.body.date, default=None)


def _order(phases: Sequence[Phase], grade: GradeInterval) -> tuple[Phase, ...]:
    """Phases in order; one that begins at a grade is left out only where the grade surely stays below it."""
    return tuple(p for p in phases if p.from_grade is None or grade.hi >= p.from_grade)
