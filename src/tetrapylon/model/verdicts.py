"""Results that cross engines. None of them says "safe"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tetrapylon.errors import ValueRangeError
from tetrapylon.model.quantity import Interval
from tetrapylon.model.vocabulary import Vocabulary, unreviewed


@unreviewed("ar")
class GateState(Vocabulary):
    """What the gate says about one kind of ground: there is no third state."""

    HELD = "held", "held", "retenu", "закрыто", "موقوف"
    AUTHORISED = "authorised", "authorised", "autorisé", "разрешено", "مصرح به"


@unreviewed("ar")
class GroundKind(Vocabulary):
    """What carries an explosive-ordnance status of its own at a structure."""

    GROUND = "ground", "ground", "sol", "грунт", "الأرض"
    RUBBLE = "rubble", "rubble", "décombres", "завалы", "الأنقاض"
    VOIDS = "voids", "voids", "vides", "пустоты", "الفراغات"


@dataclass(frozen=True, slots=True)
class Because:
    """One reason, with the claims (uids of their things) it rests on."""

    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateStatus:
    """Held, because ...; or authorised by a Decision in force, for an activity, until a date.

    Raises
    ------
    ValueRangeError : held without a reason, or authorised without decision, maker and end.
    """

    state: GateState
    because: tuple[Because, ...] = ()
    decision: str | None = None
    by: str | None = None
    until: dt.date | None = None
    activity: str | None = None

    def __post_init__(self) -> None:
        if self.state is GateState.HELD and not self.because:
            raise ValueRangeError("A held gate names at least one reason.")
        if self.state is GateState.AUTHORISED and not (self.decision and self.by and self.until and self.activity):
            raise ValueRangeError("An authorised gate names the Decision, its maker, its activity and its end.")

    def __str__(self) -> str:
        if self.state is GateState.HELD:
            return "held: " + "; ".join(b.text for b in self.because)
        return f"authorised ({self.decision}, by {self.by}, for {self.activity}, until {self.until})"


@dataclass(frozen=True, slots=True)
class GradeInterval:
    """Damage grade on the 0-5 scale (EMS-98 numbering with 0 for none): lowest and highest grade the evidence allows.

    Raises
    ------
    ValueRangeError : outside 0 to 5, or lowest above highest.
    """

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if not 0 <= self.lo <= self.hi <= 5:
            raise ValueRangeError(f"[{self.lo}, {self.hi}] is not an interval of damage grades 0 to 5.")

    def meet(self, other: GradeInterval) -> GradeInterval | None:
        """Grades both allow; None when they exclude each other."""
        lo, hi = max(self.lo, other.lo), min(self.hi, other.hi)
        return GradeInterval(lo, hi) if lo <= hi else None

    def hull(self, other: GradeInterval) -> GradeInterval:
        """Smallest interval that holds both."""
        return GradeInterval(min(self.lo, other.lo), max(self.hi, other.hi))

    def __str__(self) -> str:
        return str(self.lo) if self.lo == self.hi else f"{self.lo}-{self.hi}"


@dataclass(frozen=True, slots=True)
class Residual:
    """Items expected to remain in an area after searching, with its interval at ``level``."""

    expected: float
    interval: Interval
    level: float
    area_m2: float
