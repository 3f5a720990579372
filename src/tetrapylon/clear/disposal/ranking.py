"""Expected heritage loss of accepted options, and which measurement would change their order.

E[L] = sum over scenarios of p times the sum over structures of value times expected share lost (the larger of
vibration and air blast). Where the air blast is outside the model the share is anything up to 1. Uncertain inputs are
swung one at a time and all together; an order that does not survive is called undetermined, with the input named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from tetrapylon.clear.disposal.airblast import Surroundings
from tetrapylon.clear.disposal.checks import FloatArray, not_negative, positive
from tetrapylon.clear.disposal.effects import Demand, demand, loss_shares
from tetrapylon.clear.disposal.limits import vibration_limit
from tetrapylon.clear.disposal.marks import Verification, weakest
from tetrapylon.clear.disposal.options import Option, Scenario
from tetrapylon.clear.disposal.structures import Structure, nearest_distances
from tetrapylon.clear.disposal.tables import limit_curves
from tetrapylon.clear.disposal.vibration import UNCALIBRATED, VibrationLaw
from tetrapylon.errors import ValueRangeError

Level: TypeAlias = Literal["low", "middle", "high"]


@dataclass(frozen=True, slots=True)
class Charge:
    """TNT-equivalent mass of all possibly linked items: lowest, typical, highest plausible, kg."""

    low_kg: float
    typical_kg: float
    high_kg: float
    verification: Verification
    source: str

    def __post_init__(self) -> None:
        positive("Charge", [self.low_kg, self.typical_kg, self.high_kg])
        if not self.low_kg <= self.typical_kg <= self.high_kg:
            raise ValueRangeError("The charge must ascend: low, typical, high.")

    @classmethod
    def summed(cls, charges: Sequence[Charge]) -> Charge:
        """The charge of items that may be linked: every level summed, the weakest mark kept."""
        return cls(
            sum(c.low_kg for c in charges),
            sum(c.typical_kg for c in charges),
            sum(c.high_kg for c in charges),
            weakest(*(c.verification for c in charges)),
            "; ".join(dict.fromkeys(c.source for c in charges)),
        )

    def at(self, level: Level) -> float:
        """The mass at a level."""
        return {"low": self.low_kg, "middle": self.typical_kg, "high": self.high_kg}[level]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the item lies (plane metres, known to a radius) and what stands around it."""

    x: float
    y: float
    structures: tuple[Structure, ...]
    position_uncertainty_m: float = 0.0
    surroundings: Surroundings = "open"
    law: VibrationLaw = UNCALIBRATED

    def __post_init__(self) -> None:
        not_negative("Position uncertainty", self.position_uncertainty_m)
        if not self.structures:
            raise ValueRangeError("A site needs at least one structure.")


@dataclass(frozen=True, slots=True)
class _Setting:
    """Levels of the uncertain inputs; ``chance``: the option whose unjudged probabilities stand at their other end."""

    vibration: Level = "middle"
    charge: Level = "middle"
    position: Level = "middle"
    frequency: Level = "middle"
    lean: Level = "middle"
    chance: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """Expected loss in units of value: central, its range over the settings, and by each mechanism alone.

    ``central_high`` exceeds ``central`` where the air blast is outside the model.
    """

    option: str
    central: float
    central_high: float
    low: float
    high: float
    vibration: float
    air_blast: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options by central expected loss (upper end), least first; ties keep the order given.

    ``settled`` True when the first place survives every setting. ``deciding`` names the inputs that would change the
    first place, as measurements. ``by_vibration`` and ``by_air_blast`` rank by one mechanism alone.
    """

    order: tuple[str, ...]
    losses: tuple[Loss, ...]
    settled: bool
    deciding: tuple[str, ...]
    by_vibration: tuple[str, ...]
    by_air_blast: tuple[str, ...]
    summary: tuple[str, ...]


_MEASUREMENTS: dict[str, str] = {
    "vibration": "site calibration of ground vibration (5 shots or more)",
    "charge": "the EOD operator's estimate of the explosive quantity",
    "position": "position of the item",
    "frequency": "dominant frequency of the ground motion at the foundations",
    "lean": "lean of the free-standing stone",
    "chance": "the EOD operator's judgement of the chance of a detonation",
}


def distances(site: Site, scenario: Scenario, *, uncertain: bool) -> FloatArray:
    """Distance to every structure; ``uncertain`` takes the nearest the item may lie (only where the item lies)."""
    if scenario.x is None or scenario.y is None:
        spread = site.position_uncertainty_m if uncertain else 0.0
        return nearest_distances(site.x, site.y, site.structures, position_uncertainty_m=spread)
    return nearest_distances(scenario.x, scenario.y, site.structures)


def rank(site: Site, charge: Charge, options: Sequence[Option]) -> Ranking:
    """Rank options by expected heritage loss. The caller has applied every hard constraint."""
    if not options:
        raise ValueRangeError("There is no option to rank.")
    central = [_option_loss(site, charge, o, _Setting()) for o in options]
    swings = _swings(site, charge, options)
    values = {setting: [_option_loss(site, charge, o, setting) for o in options] for setting in _all(swings)}
    names = [o.name for o in options]
    order = _order(names, [c.high for c in central])
    leader = order[0]
    deciding = [
        _MEASUREMENTS[name]
        for name, settings in swings.items()
        if any(_order(names, [v.high for v in values[s]])[0] != leader for s in settings)
    ]
    first = central[names.index(leader)]
    overlap = [n for n, c in zip(names, central, strict=True) if n != leader and c.low < first.high]
    if overlap:
        deciding.append("a computational study of the air blast where the model does not reach")
    together = any(_order(names, [x.high for x in v])[0] != leader for v in values.values())
    settled = not deciding and not together
    losses = tuple(
        Loss(
            name,
            c.low,
            c.high,
            min([c.low, *(v[i].low for v in values.values())]),
            max([c.high, *(v[i].high for v in values.values())]),
            c.vibration,
            c.air_blast,
        )
        for i, (name, c) in enumerate(zip(names, central, strict=True))
    )
    summary = (
        f"least expected heritage loss: {leader}"
        if settled
        else f"undetermined: {leader} by central values; "
        + ("settled by " + "; ".join(deciding) if deciding else "no single measurement settles it"),
    )
    return Ranking(
        tuple(order),
        losses,
        settled,
        tuple(deciding),
        tuple(_order(names, [c.vibration for c in central])),
        tuple(_order(names, [c.air_blast for c in central])),
        summary,
    )


@dataclass(frozen=True, slots=True)
class _OptionLoss:
    low: float
    high: float
    vibration: float
    air_blast: float


def _option_loss(site: Site, charge: Charge, option: Option, setting: _Setting) -> _OptionLoss:
    structures = _structures_at(site.structures, setting)
    value = np.array([s.value for s in structures])
    totals = np.zeros(4)
    for scenario in option.scenarios:
        here = scenario.x is None
        found = demand(
            charge.at(setting.charge) * scenario.share,
            distances(site, scenario, uncertain=setting.position == "high"),
            structures,
            law=site.law,
            surroundings=site.surroundings if here and site.surroundings != "open" else scenario.surroundings,
            mitigation=scenario.mitigation,
        )
        vibration, air = loss_shares(_at_level(found, setting.vibration, site.law), structures, law=site.law)
        known = np.fmax(np.nan_to_num(vibration), np.nan_to_num(air))
        worst = np.where(np.isnan(vibration) | np.isnan(air), 1.0, known)
        shares = (known, worst, np.nan_to_num(vibration, nan=1.0), np.nan_to_num(air, nan=1.0))
        otherwise = setting.chance == option.name and scenario.otherwise is not None
        probability = (scenario.otherwise or 0.0) if otherwise else scenario.probability
        totals += probability * np.array([float(value @ share) for share in shares])
    return _OptionLoss(*(float(t) for t in totals))


def _at_level(found: Demand, level: Level, law: VibrationLaw) -> Demand:
    """The demand with the vibration of the law at its median, upper or lower bound."""
    if level == "high":
        return replace(found, vibration_ratio=found.vibration_upper_ratio)
    if level == "low":
        # The mirror of the upper bound in the logarithm: never nearer to the median than the law's own lower bound.
        lower = found.vibration_ratio**2 / found.vibration_upper_ratio
        return replace(found, vibration_ratio=lower)
    return found


def _structures_at(structures: tuple[Structure, ...], setting: _Setting) -> tuple[Structure, ...]:
    """Structures at the ends of a swing: an unknown frequency at that of the highest limit, an unknown lean at half
    the edge angle [assumption]."""
    swung = []
    for structure in structures:
        body = structure.free_standing
        if setting.frequency == "high" and structure.frequency_hz is None:
            structure = replace(structure, frequency_hz=_kindest_frequency(structure.vibration_curve))
        if setting.lean == "high" and body is not None and body.lean_rad is None:
            structure = replace(structure, free_standing=replace(body, lean_rad=body.edge_angle / 2))
        swung.append(structure)
    return tuple(swung)


def _kindest_frequency(curve: str) -> float:
    ends = [f for segment in limit_curves()[curve] for f in (segment.f_low_hz, segment.f_high_hz) if f > 0]
    return max(ends, key=lambda f: float(vibration_limit(f, curve=curve).limit_mm_s))


def _swings(site: Site, charge: Charge, options: Sequence[Option]) -> dict[str, list[_Setting]]:
    swings: dict[str, list[_Setting]] = {}
    swings["vibration"] = [_Setting(vibration="low"), _Setting(vibration="high")]
    if charge.low_kg < charge.high_kg:
        swings["charge"] = [_Setting(charge="low"), _Setting(charge="high")]
    if site.position_uncertainty_m > 0:
        swings["position"] = [_Setting(position="high")]
    if any(s.frequency_hz is None for s in site.structures):
        swings["frequency"] = [_Setting(frequency="high")]
    if any(s.free_standing is not None and s.free_standing.lean_rad is None for s in site.structures):
        swings["lean"] = [_Setting(lean="high")]
    if unjudged := [option.name for option in options if not option.judged]:
        swings["chance"] = [_Setting(chance=name) for name in unjudged]
    return swings


def _all(swings: dict[str, list[_Setting]]) -> list[_Setting]:
    """Every single swing, and the two ends of all of them together."""
    settings = [s for group in swings.values() for s in group]
    return [
        *settings,
        _Setting("low", "low", "middle", "high", "middle"),
        _Setting("high", "high", "high", "middle", "high"),
    ]


def _order(names: Sequence[str], losses: Sequence[float]) -> list[str]:
    return [names[i] for i in np.argsort(np.asarray(losses), kind="stable")]
