"""What a structure's fabric was and is: ancient, earlier restoration, lost; as intervals, with who says so.

Shares are of the volume before the event. Measured shares come from Fabric claims; what a structure was made of
before is read from words that count ("two of three bays were ancient"), by count and labelled so. A share nobody
stated is [0, 1].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import ConditionReport, Fabric
from tetrapylon.model.places import Structure
from tetrapylon.model.quantity import Bound, Interval, Stated

ANY = Interval(0.0, 1.0)
"""A share nobody stated."""
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBER = "(" + "|".join(_NUMBERS) + r"|\d+)"
ANCIENT_OF = re.compile(rf"\b{_NUMBER} of {_NUMBER} (\w+) were ancient", re.IGNORECASE)
""" "Two of three bays were ancient": a share by count."""
COPIES = re.compile(rf"\b{_NUMBER} (\w+) were modern copies", re.IGNORECASE)
"""Fifteen columns were modern copies: a count that needs the total, which is read from the structure's own note."""
HALF_ORIGINAL = re.compile(r"\babout half of the \w+ is original", re.IGNORECASE)
EARLIER = re.compile(
    r"[^.;]*\b(restored before|earlier restoration|restoration of the \d{4}s|\d{4}s restoration)\b[^.;]*"
)
"""Words that tell of an earlier restoration without its share."""


@dataclass(frozen=True, slots=True)
class FabricNote:
    """One thing said or measured about the fabric."""

    text: str
    basis: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FabricSplit:
    """Fabric of one structure, all as shares of its volume before the event.

    ``ancient`` and ``restored``: what is left and usable of ancient stone and of earlier restoration.
    ``ancient_before``: how much of the structure was ancient before the event. ``conflict``: measurements that exclude
    each other, spanned.
    """

    ancient: Interval
    restored: Interval
    ancient_before: Interval
    placed: Interval
    documentation: Interval
    foundations: Interval
    measured: tuple[str, ...]
    notes: tuple[FabricNote, ...]
    conflict: bool

    @property
    def restored_before(self) -> Interval:
        """Share that was earlier restoration before the event."""
        return Interval(1.0 - self.ancient_before.hi, 1.0 - self.ancient_before.lo)

    @property
    def lost(self) -> Interval:
        """Share that is gone or unusable; also the new material needed to bring back the extent before the event."""
        left = (self.ancient.lo + self.restored.lo, self.ancient.hi + self.restored.hi)
        return Interval(max(0.0, 1.0 - left[1]), max(0.0, 1.0 - left[0]))

    @property
    def words(self) -> str:
        """The split in one line for people."""
        was = "not stated" if self.ancient_before == ANY else share(self.ancient_before)
        told = f"ancient before the event {was}"
        if not self.measured:
            return f"{told}; what is left was not measured"
        left = f"ancient {share(self.ancient)}, earlier restoration {share(self.restored)}"
        return f"{told}; left: {left}; lost {share(self.lost)}"


def split(
    structure: Claim[Structure],
    *,
    fabrics: Sequence[Claim[Fabric]] = (),
    reports: Sequence[Claim[ConditionReport]] = (),
) -> FabricSplit:
    """Split of one structure's fabric.

    Parameters
    ----------
    fabrics, reports : claims of one view; those of other structures are passed over.
    """
    own = [f for f in fabrics if f.body.structure == structure.uid]
    told = [r for r in reports if r.body.structure == structure.uid]
    notes, before = [], ANY
    for report in told:
        note, share = _composition(report, structure)
        if note:
            notes.append(note)
        before = share or before
    ancient, torn_ancient = _meet([_span(f.body.ancient_lo, f.body.ancient_hi, 1.0) for f in own], before.hi)
    restored, torn_restored = _meet([_span(f.body.restored_lo, f.body.restored_hi, 1.0) for f in own], 1.0 - before.lo)
    notes += [FabricNote(f.body.basis, "measured or estimated", (f.uid,)) for f in own]
    for report in told:
        if HALF_ORIGINAL.search(report.body.wording):
            half = Stated(0.5, Bound.ABOUT).interval
            ancient, restored = Interval(half.lo, half.hi), Interval(0.0, 0.0)
            notes.append(
                FabricNote("about half is original, the rest made up in restoration", "as stated", (report.uid,))
            )
    placed, torn_placed = _meet([_span(f.body.placed_lo, f.body.placed_hi, 1.0) for f in own], 1.0)
    levels = [float(f.body.documentation) for f in own if f.body.documentation is not None]
    sound = [float(f.body.foundations_verified) for f in own if f.body.foundations_verified is not None]
    return FabricSplit(
        ancient=ancient,
        restored=restored,
        ancient_before=before,
        placed=placed,
        documentation=Interval(max(levels), max(levels)) if levels else Interval(0.0, 4.0),
        foundations=Interval(min(sound), max(sound)) if sound else ANY,
        measured=tuple(f.uid for f in own) + tuple(r.uid for r in told if HALF_ORIGINAL.search(r.body.wording)),
        notes=tuple(notes),
        conflict=torn_ancient or torn_restored or torn_placed,
    )


def _composition(
    report: Claim[ConditionReport], structure: Claim[Structure]
) -> tuple[FabricNote | None, Interval | None]:
    """What a report says the structure was made of before the event: a note, and the ancient share by count."""
    wording = report.body.wording
    found = ANCIENT_OF.search(wording)
    if found:
        share = _number(found[1]) / _number(found[2])
        return FabricNote(found[0], f"by count of {found[3]}", (report.uid,)), Interval(share, share)
    found = COPIES.search(wording)
    if found:
        total = re.search(rf"\b{_NUMBER} {found[2]}\b", structure.body.note or "", re.IGNORECASE)
        if not total:
            return FabricNote(found[0], "a count whose total is not on record", (report.uid,)), None
        share = 1.0 - _number(found[1]) / _number(total[1])
        text = f"{found[0]} of {total[1].lower()}"
        return FabricNote(text, f"by count of {found[2]}", (report.uid, structure.uid)), Interval(share, share)
    earlier = EARLIER.search(f"{wording} {report.body.restorability_note or ''}")
    if earlier:
        return FabricNote(earlier[0].strip(), "an earlier restoration, its share not stated", (report.uid,)), None
    return None, None


def _number(word: str) -> float:
    return float(word) if word.isdigit() else float(_NUMBERS.index(word.lower()))


def _span(lo: float | None, hi: float | None, top: float) -> Interval:
    return Interval(0.0 if lo is None else lo, top if hi is None else hi)


def _meet(spans: Sequence[Interval], top: float) -> tuple[Interval, bool]:
    """Meet of all spans below ``top``; where they exclude each other their hull, and True."""
    bounded = [Interval(min(s.lo, top), min(s.hi, top)) for s in spans] or [Interval(0.0, top)]
    lo, hi = max(s.lo for s in bounded), min(s.hi for s in bounded)
    if lo <= hi:
        return Interval(lo, hi), False
    return Interval(min(s.lo for s in bounded), max(s.hi for s in bounded)), True


def share(interval: Interval) -> str:
    """A share in percent, as people read it."""
    return f"{interval.lo:.0%}" if interval.is_point else f"{interval.lo:.0%} to {interval.hi:.0%}"
