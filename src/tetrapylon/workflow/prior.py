"""The prior of the contamination field: a TOML file that says what is assumed, where it was learnt, and from how much.

There is no default for any of it. Likelihood ratios in it are judgements of people until outcomes re-estimate them.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tetrapylon.clear.contamination.field import Prior
from tetrapylon.clear.contamination.gmrf import Matern
from tetrapylon.clear.search import Classes
from tetrapylon.clear.validity import Basis, Ground, PriorSource
from tetrapylon.errors import CaseError, NotFound, Problem, nearest
from tetrapylon.model.terms import AreaClassification, SearchMethod

RATIOS = ("report", *(c.value for c in AreaClassification))
"""What a likelihood ratio may be given for: a report of a hazard, and the classes of hazard areas."""
SWEEPS = "sweep"
"""What a weight may be given for besides: silence and signals of detector sweeps."""
_NUMBERS = ("items_per_m2", "factor", "range_m", "field_sd")
_KNOWN = ("name", "country", "located_outcomes", *_NUMBERS, "surroundings_m", "belts", "classes", "correlation",
          "ratios", "weights", "terrain")  # fmt: skip


@dataclass(frozen=True)
class PriorFile:
    """A prior as it was read.

    Parameters
    ----------
    name, country, located_outcomes : where it was learnt; country None: invented for simulated ground.
    items_per_m2 : median intensity. factor : it lies within this factor of the median with probability 0.68.
    range_m, field_sd : of the field of the log intensity.
    surroundings_m : radius around a point or line that evidence about it speaks of.
    belts : whether finds in belts and rows raise what continues them.
    classes : detectability classes and their shares. correlation : between passes, by method, where no trial shows it.
    ratios, weights : likelihood ratio and weight by kind of evidence. terrain : likelihood ratio by class of terrain.
    """

    name: str
    country: str | None
    located_outcomes: int
    items_per_m2: float
    factor: float
    range_m: float
    field_sd: float
    classes: Classes
    surroundings_m: float = 0.0
    belts: bool = False
    correlation: Mapping[SearchMethod, float] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    terrain: Mapping[int, float] = field(default_factory=dict)
    sha256: str = ""

    def on(self, ground: Ground) -> Prior:
        """The prior applied to ground. Raises OutsideModel where it does not hold there."""
        source = PriorSource(self.name, self.country, self.located_outcomes)
        return Prior(
            Basis(source, ground),
            Matern(self.range_m, self.field_sd),
            math.log(self.items_per_m2),
            math.log(self.factor),
        )


def read_prior(path: Path) -> PriorFile:
    """Read a prior.

    Raises
    ------
    NotFound : no such file. CaseError : everything in it that is missing, unknown or impossible.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    content = path.read_bytes()
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError([Problem(path.name, 0, "", "", f"is not TOML: {error}.")]) from None
    problems = list(_problems(path.name, data))
    if problems:
        raise CaseError(problems)
    classes = data["classes"]
    return PriorFile(
        name=data["name"], country=data.get("country"), located_outcomes=data.get("located_outcomes", 0),
        **{name: float(data[name]) for name in _NUMBERS},
        classes=Classes(tuple(classes), tuple(float(v) for v in classes.values())),
        surroundings_m=float(data.get("surroundings_m", 0)), belts=bool(data.get("belts", False)),
        correlation={SearchMethod(k): float(v) for k, v in data.get("correlation", {}).items()},
        ratios={k: float(v) for k, v in data.get("ratios", {}).items()},
        weights={k: float(v) for k, v in data.get("weights", {}).items()},
        terrain={int(k): float(v) for k, v in data.get("terrain", {}).items()},
        sha256=sha256(content).hexdigest(),
    )  # fmt: skip


def _problems(file: str, data: Mapping[str, Any]) -> list[Problem]:
    found: list[Problem] = []

    def bad(key: str, value: object, reason: str, close: str | None = None) -> None:
        found.append(Problem(file, 0, key, str(value), reason, close))

    for key in data:
        if key not in _KNOWN:
            bad(key, "", "is not a setting of a prior.", nearest(key, _KNOWN))
    if not isinstance(data.get("name"), str) or not data["name"].strip():
        bad("name", data.get("name", ""), "Say what the prior was learnt from.")
    country = data.get("country")
    if country is not None and not (isinstance(country, str) and len(country) == 2 and country.isupper()):
        bad("country", country, "is not an ISO 3166-1 alpha-2 code; leave it out only for simulated ground.")
    outcomes = data.get("located_outcomes", 0)
    if not isinstance(outcomes, int) or isinstance(outcomes, bool) or outcomes < 0:
        bad("located_outcomes", outcomes, "is not a number of items and surveyed cells with a position.")
    for key in _NUMBERS:
        if key not in data:
            bad(key, "", "is needed; it has no default.")
        elif not _number(data[key]) or data[key] <= (1 if key == "factor" else 0):
            bad(key, data[key], "must be a number above 1." if key == "factor" else "must be a number above 0.")
    if "surroundings_m" in data and not (_number(data["surroundings_m"]) and data["surroundings_m"] >= 0):
        bad("surroundings_m", data["surroundings_m"], "must be metres, not below 0.")
    if "belts" in data and not isinstance(data["belts"], bool):
        bad("belts", data["belts"], "must be true or false.")
    _table(data, "classes", bad, low=0, high=1, known=None)
    classes = data.get("classes")
    if not isinstance(classes, dict) or not classes:
        bad("classes", "", "Give the detectability classes and the share of items in each.")
    elif all(map(_number, classes.values())) and abs(sum(classes.values()) - 1) > 1e-9:
        bad("classes", sum(classes.values()), "The shares must sum to 1.")
    _table(data, "correlation", bad, low=0, high=1, known=[m.value for m in SearchMethod])
    _table(data, "ratios", bad, low=1e-6, high=1e6, known=RATIOS)
    _table(data, "weights", bad, low=0, high=1, known=(*RATIOS, SWEEPS))
    _table(data, "terrain", bad, low=1e-6, high=1e6, known=[str(code) for code in range(256)], listed="0 to 255")
    return found


def _table(
    data: Mapping[str, Any], name: str, bad: Any, *, low: float, high: float, known: Any, listed: str | None = None
) -> None:
    table = data.get(name, {})
    if not isinstance(table, dict):
        bad(name, table, "must be a table.")
        return
    for key, value in table.items():
        if known is not None and key not in known:
            bad(f"{name}.{key}", "", f"is unknown; choose one of: {listed or ', '.join(known)}.", nearest(key, known))
        if not _number(value) or not low <= value <= high:
            bad(f"{name}.{key}", value, f"must be a number from {low:g} to {high:g}.")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
