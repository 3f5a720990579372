"""Where voices exclude each other: a change over time, or a contradiction. Nobody is picked as right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from tetrapylon.assess.voices import Happening, ReportReading, Voice, between
from tetrapylon.assess.wording import Pieces
from tetrapylon.model.vocabulary import Vocabulary


class DifferenceKind(Vocabulary):
    """What it means that two voices exclude each other."""

    CHANGE = "change", "change over time", "évolution", "изменение со временем", "تغير مع الزمن"
    RISE = (
        "rise",
        "worse, with no event on record between",
        "aggravation sans événement connu",
        "ухудшение без известного события",
        "تدهور دون حدث مسجل",
    )
    CONTRADICTION = "contradiction", "contradiction", "contradiction", "противоречие", "تناقض"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two voices, or two groups of voices, that exclude each other."""

    kind: DifferenceKind
    about: str
    """grade, standing parts or pieces."""
    text: str
    claims: tuple[str, ...]


def grade_differences(
    voices: tuple[Voice, ...], events: list[Happening], repairs: list[Happening]
) -> tuple[Difference, ...]:
    """Pairs of voices that exclude each other; of a change only the first later voice that shows it."""
    found: list[Difference] = []
    for i, a in enumerate(voices):
        changed = False
        for b in voices[i + 1 :]:
            if a.interval.meet(b.interval) is not None:
                continue
            kind, reason, event = _judge(a, b, events, repairs)
            if kind is not DifferenceKind.CONTRADICTION and changed:
                continue
            changed = changed or kind is not DifferenceKind.CONTRADICTION
            text = f"{a.first}, against {b.first}: {reason}"
            claims = (a.first.claim.uid, b.first.claim.uid, *((event.uid,) if event else ()))
            found.append(Difference(kind, "grade", text, claims))
    return tuple(found)


def _judge(
    a: Voice, b: Voice, events: list[Happening], repairs: list[Happening]
) -> tuple[DifferenceKind, str, Happening | None]:
    earlier, later = a.first.when, b.first.when
    if a.interval.hi < b.interval.lo:
        event = between(events, earlier, later)
        if event:
            return DifferenceKind.CHANGE, f"an event between may explain it, {event.when}: {event.text}", event
        if earlier.latest >= later.earliest:
            return (
                DifferenceKind.CONTRADICTION,
                "their dates do not tell which came first, and no event lies between",
                None,
            )
        return DifferenceKind.RISE, "no event that could explain it is on record", None
    work = between(repairs, earlier, later)
    if work:
        return DifferenceKind.CHANGE, f"works between may explain it, {work.when}: {work.text}", work
    return DifferenceKind.CONTRADICTION, "a lower grade later, and no works on record between", None


def part_differences(readings: list[ReportReading], repairs: list[Happening]) -> tuple[Difference, ...]:
    """Counts of standing parts that rise without works, and pieces called very small by some and large by others."""
    found = []
    counted = [r for r in readings if r.reading.standing]
    for a, b in combinations(counted, 2):
        one, other = a.reading.standing, b.reading.standing
        assert one is not None
        assert other is not None
        if a.root == b.root or one.what != other.what or other.count <= one.count:
            continue
        if not between(repairs, a.when, b.when):
            text = f"{one.count} {one.what} stand ({a}), against {other.count} ({b}): more later, and no works between"
            found.append(Difference(DifferenceKind.CONTRADICTION, "standing parts", text, (a.claim.uid, b.claim.uid)))
    small, large = ([r for r in readings if r.reading.pieces is size] for size in (Pieces.SMALL, Pieces.LARGE))
    if small and large:
        told = [", ".join(sorted({f"{r.said_by} {r.when} ({r.claim.name})" for r in side})) for side in (small, large)]
        text = f"pieces very small: {told[0]}; large or reusable: {told[1]}"
        claims = tuple(r.claim.uid for r in (*small, *large))
        found.append(Difference(DifferenceKind.CONTRADICTION, "pieces", text, claims))
    return tuple(found)
