"""The next action at each structure, in the order of the phases, and the gate that holds it.

Access comes first, works last. A step counts as done only where works of that kind are on record as done; access
counts only while a Decision in force releases ground, rubble and voids for it. What holds a step is named, never
weighed. Among structures the order is by significance, which is the compiler's judgement and no authority's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import Works
from tetrapylon.model.places import Structure
from tetrapylon.model.terms import RestorationOption, WorksKind
from tetrapylon.model.verdicts import Because
from tetrapylon.model.vocabulary import Vocabulary
from tetrapylon.restore.access import Gates, held
from tetrapylon.restore.doctrine import Phase
from tetrapylon.restore.options import StructureOptions, Verdict

JUDGED_BY = "the compiler's judgement, not the authority's"
"""What every ranking by significance is labelled with."""


class StepState(Vocabulary):
    """Where one step stands."""

    DONE = "done", "done", "fait", "сделано", "منجز"
    ADMISSIBLE = "admissible", "admissible now", "admissible maintenant", "допустимо сейчас", "مقبول الآن"
    HELD = "held", "held", "retenu", "остановлено", "موقوف"
    WAITING = "waiting", "waits for an earlier step", "attend une étape", "ждёт предыдущего шага", "ينتظر خطوة سابقة"


@dataclass(frozen=True, slots=True)
class Step:
    """One phase at one structure. ``because``: what holds it, or what shows it done."""

    phase: Phase
    state: StepState
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next at one structure.

    ``desk_work`` needs no access and can be done while the gate holds. ``unplaced`` are works on record that do not say
    which step they were: nothing is concluded from them.
    """

    structure: Claim[Structure]
    steps: tuple[Step, ...]
    desk_work: tuple[str, ...]
    unplaced: tuple[Claim[Works], ...]

    @property
    def step(self) -> Step | None:
        """The first step that is not done; None when all are."""
        return next((s for s in self.steps if s.state in (StepState.ADMISSIBLE, StepState.HELD)), None)

    @property
    def significance(self) -> str:
        """Significance with its label, for people."""
        body = self.structure.body
        if body.significance is None:
            return "significance not stated"
        reason = f": {body.significance_reason}" if body.significance_reason else ""
        return f"significance {body.significance} of 5 ({JUDGED_BY}){reason}"

    @property
    def summary(self) -> str:
        """One line for people."""
        step = self.step
        if step is None:
            return "every step is on record as done"
        told = f"next: {step.phase.kind.label}, {step.state.label}"
        if step.because and step.state is StepState.HELD:
            told += " by " + "; ".join(b.text for b in step.because)
        return told


def next_actions(
    judged: Sequence[StructureOptions],
    gates: Mapping[str, Gates],
    *,
    on: dt.date,
    works: Sequence[Claim[Works]] = (),
    consents: Mapping[str, bool | None] | None = None,
) -> tuple[Next, ...]:
    """What comes next at every structure, most significant first, then by name.

    Parameters
    ----------
    judged : options of the structures, whose order of phases is followed.
    gates : the gate's verdicts by uid of the structure; absent: held.
    works : works on record; those done on the structure and of a stated kind close their step.
    consents : by uid of the structure, True when all consents are granted, False when one is refused, None when open.
    """
    found = [
        _next(one, gates.get(one.structure.uid), on, works, (consents or {}).get(one.structure.uid)) for one in judged
    ]
    return tuple(sorted(found, key=lambda n: (-(n.structure.body.significance or 0), n.structure.name)))


def _next(
    judged: StructureOptions, gates: Gates | None, on: dt.date, works: Sequence[Claim[Works]], consent: bool | None
) -> Next:
    own = [w for w in works if w.body.structure == judged.structure.uid and w.body.start.earliest <= on]
    steps: list[Step] = []
    for phase in judged.order:
        if any(s.state in (StepState.ADMISSIBLE, StepState.HELD) for s in steps):
            steps.append(Step(phase, StepState.WAITING))
            continue
        steps.append(_step(phase, judged, gates, on, own, consent))
    unplaced = tuple(w for w in own if w.body.kind is None)
    return Next(judged.structure, tuple(steps), judged.desk_work, unplaced)


def _step(
    phase: Phase,
    judged: StructureOptions,
    gates: Gates | None,
    on: dt.date,
    own: Sequence[Claim[Works]],
    consent: bool | None,
) -> Step:
    holds = held(gates, phase.activity, on=on) if phase.activity else ()
    if phase.kind is WorksKind.ACCESS:
        return Step(phase, StepState.HELD, holds) if holds else Step(phase, StepState.DONE)
    done = tuple(w for w in own if w.body.kind is phase.kind and _is_done(w.body, on))
    if done:
        told = Because(f"{phase.kind.label} on record as done", tuple(w.uid for w in done))
        return Step(phase, StepState.DONE, (told,))
    if phase.kind is WorksKind.CONSENTS:
        if consent:
            return Step(phase, StepState.DONE, (Because("all consents granted"),))
        if consent is False:
            return Step(phase, StepState.HELD, (Because("a consent is refused or withdrawn"),))
    if phase.kind is WorksKind.WORKS:
        holds = (*holds, *_no_option(judged, holds))
    return Step(phase, StepState.HELD if holds else StepState.ADMISSIBLE, holds)


def _is_done(work: Works, on: dt.date) -> bool:
    """Whether works are on record as done by a day, in words; planned or begun works are not."""
    stated = (work.status or "").strip().lower().startswith("done")
    return stated and (work.end is None or work.end.latest <= on)


def _no_option(judged: StructureOptions, told: Sequence[Because]) -> tuple[Because, ...]:
    """Why no option of intervention can be carried out now; empty when one can."""
    wanted = [f for f in judged.findings if f.option is not RestorationOption.PRESERVE]
    if any(f.verdict is Verdict.ADMITTED and not f.holds for f in wanted):
        return ()
    reasons = []
    for finding in wanted:
        if finding.verdict is Verdict.ADMITTED:
            reasons += [h for h in finding.holds if h not in told and h not in reasons]
        elif finding.verdict is Verdict.UNDETERMINED:
            text = f"{finding.option.label} undetermined: needs {', '.join(finding.settle)}"
            reasons.append(Because(text, tuple(c for check in finding.trace for c in check.claims)))
    return tuple(reasons) or (Because("no option of intervention is admissible: preserve as found"),)
