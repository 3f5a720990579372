"""The doctrine as configuration: read, checked, and thresholds as an authority has set them."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tetrapylon.errors import ValueRangeError
from tetrapylon.evidence.mandates import in_doubt, in_own_words, supports, surely_in_force
from tetrapylon.model.claim import Claim
from tetrapylon.model.parties import Decision, Mandate
from tetrapylon.model.terms import Activity, DecisionKind, MandateMatter, RestorationOption, WorksKind

QUANTITIES = frozenset({"new", "placed", "documentation", "foundations", "standing", "consents"})
"""What a need may ask about."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that decides between options. ``value`` None: not set; ``set_by`` says who set it and how."""

    name: str
    meaning: str
    source: str
    value: float | None = None
    illustrative: float | None = None
    set_by: str = "doctrine as shipped"
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of an option: a quantity against a threshold (a name) or a number."""

    quantity: str
    relation: str
    """at_least, at_most or above."""
    bound: str | float
    settle: str
    """The measurement that would settle it."""
    desk: bool = False
    """Whether it can be made without access, from what is on record."""


@dataclass(frozen=True, slots=True)
class OptionRule:
    """One option with what it needs. ``activity`` None: nothing is handled, so no release is needed."""

    code: RestorationOption
    rule: str
    source: str
    activity: Activity | None
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Words of a body's decision that hold options back while the decision stands."""

    phrase: str
    holds: tuple[RestorationOption, ...]
    reason: str
    lifted_by: str | None
    unless_type: Mapping[str, str]

    def applies(self, text: str, structure_type: str | None) -> bool:
        """Whether a decision's text limits work on a structure of this type."""
        if not re.search(self.phrase, text, re.IGNORECASE):
            return False
        exempt = self.unless_type.get(structure_type or "")
        return exempt is None or not re.search(exempt, text, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the order. ``from_grade`` None: always needed; else only where the grade may reach it."""

    kind: WorksKind
    reason: str
    activity: Activity | None
    from_grade: int | None


@dataclass(frozen=True, slots=True)
class Doctrine:
    """Everything options are judged by."""

    thresholds: Mapping[str, Threshold]
    options: tuple[OptionRule, ...]
    limits: tuple[Limit, ...]
    phases: tuple[Phase, ...]


@cache
def shipped() -> Doctrine:
    """The doctrine that comes with the software, ``doctrine.toml``."""
    return parse((resources.files("tetrapylon.restore") / "doctrine.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Doctrine:
    """Read a doctrine written as TOML.

    Raises
    ------
    ValueRangeError : not TOML, a key missing, an unknown quantity or threshold, a phrase that is no regular expression.
    VocabularyError : an option, phase or activity that is not in its list.
    """
    try:
        raw = tomllib.loads(text)
        thresholds = {name: Threshold(name=name, **entry) for name, entry in raw["threshold"].items()}
        options = tuple(_option(entry) for entry in raw["option"])
        limits = tuple(_limit(entry) for entry in raw.get("limit", ()))
        phases = tuple(
            Phase(WorksKind.read(e["kind"]), e["reason"], _activity(e), e.get("from_grade")) for e in raw["phase"]
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, re.error) as error:
        raise ValueRangeError(f"This is not a doctrine: {error}.") from error
    for need in (n for option in options for n in option.needs):
        if need.quantity not in QUANTITIES:
            raise ValueRangeError(f'"{need.quantity}" is not a quantity an option can need.')
        if isinstance(need.bound, str) and need.bound not in thresholds:
            raise ValueRangeError(f'"{need.bound}" is not a threshold of this doctrine.')
    return Doctrine(thresholds, options, limits, phases)


def _activity(raw: Mapping[str, Any]) -> Activity | None:
    return Activity.read(raw["activity"]) if "activity" in raw else None


def _option(raw: Mapping[str, Any]) -> OptionRule:
    needs = []
    for need in raw["needs"]:
        relations = [r for r in ("at_least", "at_most", "above") if r in need]
        if len(relations) != 1:
            raise ValueRangeError("A need says one of at_least, at_most, above.")
        needs.append(Need(need["quantity"], relations[0], need[relations[0]], need["settle"], need.get("desk", False)))
    return OptionRule(RestorationOption.read(raw["code"]), raw["rule"], raw["source"], _activity(raw), tuple(needs))


def _limit(raw: Mapping[str, Any]) -> Limit:
    re.compile(raw["phrase"])
    holds = tuple(RestorationOption.read(code) for code in raw["holds"])
    return Limit(raw["phrase"], holds, raw["reason"], raw.get("lifted_by"), raw.get("unless_type", {}))


def thresholds_for(
    doctrine: Doctrine,
    places: Collection[str],
    *,
    on: dt.date,
    decisions: Sequence[Claim[Decision]] = (),
    mandates: Sequence[Claim[Mandate]] = (),
    illustrative: bool = False,
) -> dict[str, Threshold]:
    """Thresholds as they stand for a structure on a day.

    Parameters
    ----------
    places : uids of the structure and of everything it is part of.
    decisions, mandates : a Decision of kind threshold counts while it is in force, in its maker's own words and
        undisputed, and where its maker holds an undisputed mandate over doctrine; the latest counts, and two of one
        day that differ set nothing.
    illustrative : True: use illustrative values where no authority set one, labelled so. For demonstrations only.
    """

    def covers(where: str | None) -> bool:
        return where is None or where in places

    standing = dict(doctrine.thresholds)
    for name, threshold in doctrine.thresholds.items():
        made = [
            d
            for d in decisions
            if d.body.kind is DecisionKind.THRESHOLD
            and d.body.threshold == name
            and d.body.threshold_value is not None
            and in_own_words(d)
            and not in_doubt(d)
            and surely_in_force(d.body.start, d.body.end, on)
            and (not d.body.about or set(d.body.about) & set(places))
            and any(supports(m, d, MandateMatter.DOCTRINE, on=on, covers=covers) for m in mandates)
        ]
        latest = [d for d in made if d.body.start.date == max(m.body.start.date for m in made)]
        values = {d.body.threshold_value for d in latest}
        claims = tuple(d.uid for d in latest)
        if len(values) == 1:
            told = f"set by {latest[0].body.made_by} in {latest[0].name}"
            standing[name] = _with(threshold, values.pop(), told, claims)
        elif values:
            standing[name] = _with(threshold, None, "two decisions of one day set different values", claims)
        elif threshold.value is None and illustrative and threshold.illustrative is not None:
            standing[name] = _with(threshold, threshold.illustrative, "ILLUSTRATIVE, set by no authority", ())
        elif threshold.value is None:
            standing[name] = _with(threshold, None, "threshold not set by the authority", ())
    return standing


def _with(threshold: Threshold, value: float | None, set_by: str, claims: tuple[str, ...]) -> Threshold:
    return Threshold(threshold.name, threshold.meaning, threshold.source, value, threshold.illustrative, set_by, claims)
