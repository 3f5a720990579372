"""How badly each structure is damaged as of a date: an interval of grades, who says so, and what nobody assessed.

Damage only grows unless works repair it. So a report still bears on a later day, but what happened since loosens it:
an event that may have damaged the structure lifts its upper end to 5, works that repaired it drop its lower end to 0.
Voices (lineage-distinct statements) are then met. Two voices that exclude each other are a change where an event or
works lie between them, and a contradiction where nothing does; nobody is picked as right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tetrapylon.assess.differences import Difference, grade_differences, part_differences
from tetrapylon.assess.voices import (
    Happening,
    ReportReading,
    Voice,
    bearing,
    combine,
    damaging,
    repairs_fabric,
    voices_of,
)
from tetrapylon.assess.wording import EVERYTHING, Reading, Says, read
from tetrapylon.evidence.lineage import Lineage
from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import ConditionReport, Occurrence, Works
from tetrapylon.model.places import Structure
from tetrapylon.model.terms import Mode, Presence, StructureRole
from tetrapylon.model.verdicts import GradeInterval

NO_LINEAGE = Lineage()
"""Every statement its own root."""
GROUP_TYPES = frozenset({"site", "necropolis"})
"""Types of structure that hold others and have no grade of their own."""


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Something nobody assessed, and why we know."""

    what: str
    because: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """Condition of one structure as of a date.

    ``interval`` is what the voices leave together; None where no report grades the structure, or where it is a group.
    ``contested`` is True where voices still exclude each other; the interval is then the hull of what they say.
    ``at_word`` is what would remain if the latest "no new damage" report were taken at its word.
    """

    structure: Claim[Structure]
    on: dt.date
    interval: GradeInterval | None
    contested: bool
    voices: tuple[Voice, ...]
    readings: tuple[ReportReading, ...]
    differences: tuple[Difference, ...]
    not_assessed: tuple[NotAssessed, ...]
    parts: tuple[tuple[str, GradeInterval | None], ...]
    at_word: GradeInterval | None
    is_group: bool

    @property
    def unread(self) -> tuple[ReportReading, ...]:
        """Reports whose wording no rule of the table matches."""
        return tuple(r for r in self.readings if r.reading.says is None)

    @property
    def summary(self) -> str:
        """One line for people."""
        if self.is_group:
            return "a group has no grade of its own; see its parts"
        if self.interval is None:
            return "not assessed" if not self.readings else f"{_plural(len(self.readings), 'report')}, none grades it"
        told = f"grade {self.interval} from {_plural(len(self.voices), 'voice')}"
        if self.contested:
            told += ", contested"
        if self.at_word and self.at_word != self.interval:
            told += f" ({self.at_word} if the last 'no new damage' holds)"
        return told


def assess(
    structures: Sequence[Claim[Structure]],
    reports: Sequence[Claim[ConditionReport]],
    *,
    on: dt.date,
    occurrences: Sequence[Claim[Occurrence]] = (),
    works: Sequence[Claim[Works]] = (),
    lineage: Lineage = NO_LINEAGE,
) -> tuple[Condition, ...]:
    """Condition of every structure as of a day.

    Parameters
    ----------
    structures, reports, occurrences, works : the claims of one view.
    on : the day on the ground; reports dated later are left out.
    lineage : what the statements retell; without it every statement is its own root.

    Returns
    -------
    One Condition per structure, in the order given.
    """
    family = _Family(structures)
    by_structure: dict[str, list[ReportReading]] = {}
    for claim in reports:
        if claim.body.date.date <= on:
            by_structure.setdefault(claim.body.structure, []).append(_read(claim, family, lineage))
    events = [e for e in damaging(reports, occurrences) if e[1].when.earliest <= on]
    repairs = [w for w in works if repairs_fabric(w.body) and w.body.start.earliest <= on]
    first = {
        s.uid: _structure(
            s,
            family,
            sorted(by_structure.get(s.uid, []), key=lambda r: (r.when.date, r.claim.name)),
            family.touching(s.uid, events),
            [Happening(w.body.end or w.body.start, w.body.text, w.uid) for w in repairs if w.body.structure == s.uid],
            on,
        )
        for s in structures
    }
    return tuple(_with_parts(c, [first[k] for k in family.children(c.structure.uid)]) for c in first.values())


class _Family:
    """Which structure is part of which."""

    def __init__(self, structures: Iterable[Claim[Structure]]) -> None:
        self.claims = {s.uid: s for s in structures}

    def ancestors(self, uid: str) -> set[str]:
        """The structure itself and everything it is part of."""
        chain: set[str] = set()
        while uid and uid not in chain:
            chain.add(uid)
            claim = self.claims.get(uid)
            uid = (claim.body.parent or "") if claim else ""
        return chain

    def related(self, one: str, other: str) -> bool:
        """Whether what happens to one touches the other: the same, a part of it, or what it is part of."""
        return one in self.ancestors(other) or (other in self.ancestors(one) and not self.is_group(other))

    def touching(self, uid: str, events: list[tuple[str | None, Happening]]) -> list[Happening]:
        """Events that may have touched a structure: those that name it first, those that name no structure last."""
        near = [(about, e) for about, e in events if about is None or self.related(about, uid)]
        return [e for _, e in sorted(near, key=lambda found: (found[0] != uid, found[0] is None, found[1].when))]

    def children(self, uid: str) -> list[str]:
        """Parts one level down."""
        return [c.uid for c in self.claims.values() if c.body.parent == uid]

    def is_group(self, uid: str) -> bool:
        """Whether the structure is a group without a grade of its own."""
        claim = self.claims.get(uid)
        return claim is not None and (claim.body.role is StructureRole.GROUP or claim.body.type in GROUP_TYPES)

    def is_object(self, uid: str) -> bool:
        """Whether the structure is a movable object."""
        claim = self.claims.get(uid)
        return claim is not None and (claim.body.role is StructureRole.OBJECT or claim.body.type == "statue")


def _read(claim: Claim[ConditionReport], family: _Family, lineage: Lineage) -> ReportReading:
    body = claim.body
    statement = body.statement or claim.uid
    if body.presence is Presence.NOT_ASSESSED:
        reading = Reading(EVERYTHING, Says.NOT_ASSESSED, ())
    elif body.grade_lo is not None and body.grade_hi is not None:
        reading = Reading(GradeInterval(body.grade_lo, body.grade_hi), Says.GRADE, ())
    else:
        reading = read(body.wording, mode=body.mode, is_object=family.is_object(body.structure))
    return ReportReading(claim, reading, min(lineage.of(statement)))


def _structure(
    claim: Claim[Structure],
    family: _Family,
    readings: list[ReportReading],
    events: list[Happening],
    repairs: list[Happening],
    on: dt.date,
) -> Condition:
    is_group = family.is_group(claim.uid)
    voices = voices_of([r for r in readings if r.reading.grades], events, repairs)
    differences = (
        () if is_group else (*grade_differences(voices, events, repairs), *part_differences(readings, repairs))
    )
    interval, contested = (None, False) if is_group else combine([v.bearing for v in voices])
    return Condition(
        structure=claim,
        on=on,
        interval=interval,
        contested=contested,
        voices=voices,
        readings=tuple(readings),
        differences=differences,
        not_assessed=tuple(_gaps(readings, voices, events, family.is_object(claim.uid) or is_group)),
        parts=(),
        at_word=None if is_group or contested else _at_word(readings, voices, events, repairs),
        is_group=is_group,
    )


def _gaps(
    readings: list[ReportReading], voices: tuple[Voice, ...], events: list[Happening], has_no_inside: bool
) -> Iterable[NotAssessed]:
    if not readings:
        yield NotAssessed("the whole", "no report on record")
        return
    for r in readings:
        if r.reading.says in (Says.NOT_ASSESSED, Says.NOT_GIVEN):
            what = "the whole" if r.reading.says is Says.NOT_ASSESSED else "findings"
            yield NotAssessed(what, f"{r.said_by}, {r.when}: {r.claim.body.wording}", (r.claim.uid,))
    ground = {Mode.FIELD, Mode.SCAN}
    if voices and not has_no_inside and not any(r.claim.body.mode in ground for v in voices for r in v.reports):
        yield NotAssessed("interior and undersides", "no report from the ground grades it")
    last = max((r.when.date for v in voices for r in v.reports), default=None)
    since = next((e for e in sorted(events, key=lambda e: e.when) if last and e.when.latest > last), None)
    if since:
        yield NotAssessed("the whole since then", f"nothing grades it after {since.when}: {since.text}", (since.uid,))


def _at_word(
    readings: list[ReportReading], voices: tuple[Voice, ...], events: list[Happening], repairs: list[Happening]
) -> GradeInterval | None:
    """Combined interval if nothing damaged it before the latest "no new damage" report, as that report says."""
    visits = [
        r for r in readings if r.reading.says is Says.RELATIVE and r.reading.matches[0].rule.name == "no new damage"
    ]
    if not visits or not voices:
        return None
    seen = visits[-1].when
    after = [e for e in events if e.when.earliest > seen.date]
    combined, torn = combine([bearing(v.interval, v.first.when, after, repairs) for v in voices])
    return None if torn else combined


def _with_parts(condition: Condition, parts: list[Condition]) -> Condition:
    """Add the parts, and name those nobody graded: a report on a part never grades the whole."""
    ungraded = tuple(
        NotAssessed(f"part {p.structure.name}", "no report grades it")
        for p in parts
        if p.interval is None and not p.is_group
    )
    named = tuple((p.structure.name, p.interval) for p in parts)
    return replace(condition, not_assessed=condition.not_assessed + ungraded, parts=named)


def _plural(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
