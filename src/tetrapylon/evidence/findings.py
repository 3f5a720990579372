"""What a finding is: a relation between stated figures that a person should look at.

A finding says what was stated, by whom, with the arithmetic that relates it. It merges nothing, settles nothing and
calls nothing untrue. The rules that make findings are in `rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tetrapylon.evidence import words
from tetrapylon.evidence.lineage import Lineage
from tetrapylon.evidence.scopes import Scope, Scopes
from tetrapylon.model import Interval, Stated, When
from tetrapylon.model.vocabulary import Vocabulary, unreviewed


@unreviewed("ar")
class FindingKind(Vocabulary):
    """Kinds of finding."""

    CONTRADICTION = "contradiction", "contradiction", "contradiction", "противоречие", "تناقض"
    FALL = (
        "fall",
        "fall of the stated figure",
        "baisse du chiffre annoncé",
        "снижение названной цифры",
        "انخفاض الرقم المعلن",
    )
    OUTSIDE_RANGE = (
        "outside_range",
        "outside published ranges",
        "hors des valeurs publiées",
        "вне опубликованных пределов",
        "خارج النطاقات المنشورة",
    )
    SCOPES_DIFFER = "scopes_differ", "scopes differ", "périmètres différents", "охват различается", "النطاقات مختلفة"
    RETELLING = "retelling", "retelling", "reprise", "пересказ", "إعادة رواية"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one claim, with all that decides what it may be compared with.

    uid, name : of the claim. unit : SI symbol, "" for counts. period : cumulative, one_day or at_date (the codes of
    ``ClaimPeriod``). level : True for quantities that do not add up over time (people present). speaker : in the
    source's words.
    """

    uid: str
    name: str
    quantity: str
    unit: str
    stated: Stated
    when: When
    scope: Scope
    period: str
    speaker: str
    statement: str | None = None
    level: bool = False

    @property
    def interval(self) -> Interval:
        """Numbers the wording allows, in SI units."""
        return self.stated.interval

    @property
    def said(self) -> str:
        """The figure in words, with its unit."""
        return words.stated(self.stated, self.unit)

    def __str__(self) -> str:
        return f"{self.name} ({self.when}): {self.said}"


@dataclass(frozen=True, slots=True)
class PublishedRange:
    """A range of a rate as published. ``mark``: V read in the source, C computed from such, K or R recalled."""

    label: str
    interval: Interval
    unit: str
    mark: str
    source: str

    def __str__(self) -> str:
        return f"{self.label}: {words.span(self.interval, self.unit)} ({self.source}) [{self.mark}]"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate worked out from stated figures: which, how, and what it does not say.

    wide : the value if every "about" were twice as wide.
    """

    figures: tuple[Figure, ...]
    value: Interval
    wide: Interval
    unit: str
    arithmetic: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    figures : the figures it relates, earliest first. arithmetic : the comparison in numbers. notes : what would explain
    it, what is not known. compatible : True where the intervals still allow both (a bound leaves room). by_about: True
    where the width given to "about" decides: the finding would go if it were twice as wide.
    """

    kind: FindingKind
    quantity: str
    figures: tuple[Figure, ...]
    arithmetic: str
    notes: tuple[str, ...] = ()
    compatible: bool = False
    by_about: bool = False

    @property
    def claims(self) -> tuple[str, ...]:
        """Uids of the claims."""
        return tuple(dict.fromkeys(f.uid for f in self.figures))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the claims."""
        return tuple(dict.fromkeys(f.name for f in self.figures))

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """What each figure's wording allows, SI units, in the order of ``figures``."""
        return tuple(f.interval for f in self.figures)

    def __str__(self) -> str:
        head = f"{self.kind.label}, {self.quantity}: {self.arithmetic}"
        return "; ".join((head, *self.notes))


@dataclass(frozen=True)
class Context:
    """What rules know besides the figures: scopes, lineages, worked-out rates and the ranges to hold them against."""

    scopes: Scopes
    lineage: Lineage = field(default_factory=Lineage)
    rates: Sequence[Rate] = ()
    ranges: Sequence[PublishedRange] = ()


@dataclass(frozen=True)
class Outcome:
    """What a rule found, the figures it looked at, and those of them that had something to be compared with."""

    findings: tuple[Finding, ...]
    examined: tuple[Figure, ...]
    compared: frozenset[Figure]


@dataclass(frozen=True, slots=True)
class Examined:
    """How many of one speaker's figures one rule looked at, and how many of them had anything to be compared with.

    claims, numbers : claims looked at, and numbers in them.
    """

    speaker: str
    rule: FindingKind
    claims: int
    numbers: int
    compared: int


def tally(rule: FindingKind, outcome: Outcome) -> tuple[Examined, ...]:
    """Count per speaker, in alphabetical order."""
    by_speaker: dict[str, list[Figure]] = {}
    for figure in outcome.examined:
        by_speaker.setdefault(figure.speaker, []).append(figure)
    return tuple(
        Examined(who, rule, len({f.uid for f in figures}), len(figures), _among(figures, outcome.compared))
        for who, figures in sorted(by_speaker.items())
    )


def _among(figures: Iterable[Figure], compared: frozenset[Figure]) -> int:
    return sum(f in compared for f in figures)
