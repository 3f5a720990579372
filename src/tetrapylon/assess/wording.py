"""From the words of a report to an interval of damage grades, by a table of phrases that anyone can read and contest.

The table is ``wording.toml``, with the reason of every rule. Words that match no rule grade nothing: [0, 5]. Vertical
imagery cannot give the five grades of EMS-98 (hdl 11583/2677838 [V]), so a report from imagery or from pictures sent
never narrows to one grade.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tetrapylon.errors import ValueRangeError
from tetrapylon.model.terms import Mode
from tetrapylon.model.verdicts import GradeInterval
from tetrapylon.model.vocabulary import Vocabulary

EVERYTHING = GradeInterval(0, 5)
"""What a report says that grades nothing."""

IMAGERY = frozenset({Mode.SATELLITE, Mode.VIDEO})
"""Modes that look from above or through another's lens: they give intervals, never points."""


class Says(Vocabulary):
    """What a matched phrase does for the reading."""

    GRADE = "grade", "gives an interval of grades", "donne un intervalle", "даёт интервал степеней", "يعطي مجالاً"
    RELATIVE = (
        "relative",
        "compares with an earlier visit",
        "compare à une visite antérieure",
        "сравнивает с прежним осмотром",
        "يقارن بزيارة سابقة",
    )
    NOT_ASSESSED = "not_assessed", "not assessed", "non évalué", "не оценено", "غير مقيّم"
    NOT_GIVEN = "not_given", "findings not given", "constat non publié", "выводы не приведены", "النتائج غير مذكورة"
    ELSEWHERE = (
        "elsewhere",
        "speaks of something else",
        "parle d'autre chose",
        "говорит о другом",
        "يتحدث عن شيء آخر",
    )
    PIECES = (
        "pieces",
        "speaks of the fallen pieces",
        "parle des morceaux tombés",
        "говорит об упавших частях",
        "يتحدث عن القطع المتساقطة",
    )


class Pieces(Vocabulary):
    """Size of the fallen pieces as a report puts it; it decides what can be put back, not the grade."""

    LARGE = "large", "large or reusable", "grands ou réutilisables", "крупные или годные", "كبيرة أو صالحة"
    SMALL = "small", "very small", "très petits", "очень мелкие", "صغيرة جداً"


@dataclass(frozen=True, slots=True)
class WordingRule:
    """One row of the table: a phrase, what it means for the grade, and why."""

    name: str
    phrase: str
    """Regular expression, letters of either case."""
    says: Says
    interval: GradeInterval | None
    reason: str
    pieces: Pieces | None = None
    buildings_only: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that applied, and the words it applied to."""

    rule: WordingRule
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A count of parts still standing, as stated ("two columns stand")."""

    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of one report say about the grade.

    ``interval`` is ``EVERYTHING`` where the words grade nothing; ``grades`` tells the two apart. ``says`` is what the
    report does as a whole. ``torn`` is True when its own phrases exclude each other (their hull is given).
    """

    interval: GradeInterval
    says: Says | None
    matches: tuple[Match, ...]
    torn: bool = False
    widened: bool = False
    standing: Standing | None = None
    pieces: Pieces | None = None

    @property
    def grades(self) -> bool:
        """Whether the words narrow the grade at all."""
        return self.says is Says.GRADE

    @property
    def why(self) -> str:
        """The words that decided, rule by rule; a sentence for people."""
        if not self.matches:
            return "wording grades nothing: no rule matches it"
        told = "; ".join(f'"{m.words}" {_meaning(m.rule)}' for m in self.matches)
        return told + (" (imagery: widened to an interval)" if self.widened else "")


def _meaning(rule: WordingRule) -> str:
    return f"means {rule.interval or 'nothing for the grade'}: {rule.reason}"


@cache
def shipped() -> tuple[WordingRule, ...]:
    """The table that comes with the software, ``wording.toml``, in its order."""
    return parse((resources.files("tetrapylon.assess") / "wording.toml").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[WordingRule, ...]:
    """Read a table of rules written as TOML.

    Raises
    ------
    ValueRangeError : not TOML, a phrase that is not a regular expression, a grade without an interval, or outside 0-5.
    VocabularyError : an unknown ``says`` or ``pieces``.
    """
    try:
        return tuple(_rule(raw) for raw in tomllib.loads(text)["rule"])
    except (tomllib.TOMLDecodeError, KeyError, re.error) as error:
        raise ValueRangeError(f"This is not a table of wording rules: {error}.") from error


def _rule(raw: dict[str, Any]) -> WordingRule:
    says = Says.read(raw["says"])
    interval = GradeInterval(raw["lo"], raw["hi"]) if says is Says.GRADE else None
    _compiled(raw["phrase"])
    pieces = Pieces.read(raw["pieces"]) if "pieces" in raw else None
    return WordingRule(
        raw["name"], raw["phrase"], says, interval, raw["reason"], pieces, raw.get("buildings_only", False)
    )


@cache
def _compiled(phrase: str) -> re.Pattern[str]:
    return re.compile(phrase, re.IGNORECASE | re.DOTALL)


_NUMBERS = dict(zip(("one", "two", "three", "four", "five", "six", "seven", "eight"), range(1, 9), strict=True))
_STANDING = re.compile(r"\b(" + "|".join(_NUMBERS) + r") (columns?) stand", re.IGNORECASE)


def read(
    wording: str, *, mode: Mode | None = None, is_object: bool = False, table: Sequence[WordingRule] | None = None
) -> Reading:
    """Read the grade interval from the words of one report.

    Parameters
    ----------
    wording : what the report says, in the record's own words (English).
    mode : how the finding was come by; imagery and pictures sent never give a single grade.
    table : rules to read by, in order; None: the shipped ones.
    is_object : True for a statue or another movable object, whose fragments and heads are itself, not its contents.

    Returns
    -------
    Reading: the phrases' intervals met; their hull with ``torn`` set where they exclude each other; [0, 5] where no
    phrase grades anything.
    """
    rest = wording
    matches: list[tuple[int, Match]] = []
    for rule in shipped() if table is None else table:
        if is_object and rule.buildings_only:
            continue
        for found in list(_compiled(rule.phrase).finditer(rest)):
            matches.append((found.start(), Match(rule, " ".join(found.group().split()))))
            rest = rest[: found.start()] + " " * (found.end() - found.start()) + rest[found.end() :]
    ordered = tuple(match for _, match in sorted(matches, key=lambda m: m[0]))
    pieces = next((m.rule.pieces for m in ordered if m.rule.pieces), None)
    count = _STANDING.search(wording)
    standing = Standing(_NUMBERS[count[1].lower()], count[2].lower().rstrip("s") + "s") if count else None
    graded = [m.rule.interval for m in ordered if m.rule.interval is not None]
    if not graded:
        return Reading(EVERYTHING, ordered[0].rule.says if ordered else None, ordered, standing=standing, pieces=pieces)
    met: GradeInterval | None = EVERYTHING
    hull = graded[0]
    for interval in graded:
        met = met.meet(interval) if met else None
        hull = hull.hull(interval)
    interval, torn = met or hull, met is None
    point = interval.lo == interval.hi
    widened = point and mode in IMAGERY
    if widened:
        interval = GradeInterval(max(interval.lo - 1, 0), min(interval.hi + (interval.hi < 5), 5))
    return Reading(interval, Says.GRADE, ordered, torn, widened, standing, pieces)
