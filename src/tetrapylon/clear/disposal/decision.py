"""The decision sheet for one item: hard constraints first, then heritage among what the EOD operator accepts.

The authority stays with the operator; the sheet shows consequences. Options that put a person on the item are never
ranked by heritage, nor is their heritage loss computed: it can be no argument for them. In a zone without disposal in
place the answer is hold, for operator and heritage authority together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import shapely

from tetrapylon.clear.disposal.cordon import Cordon, Evacuation, StatedCordon
from tetrapylon.clear.disposal.effects import StructureEffect, structure_effects
from tetrapylon.clear.disposal.options import DETONATES_IN_PLACE, Option, OptionKind, Scenario
from tetrapylon.clear.disposal.ranking import Charge, Ranking, Site, distances, rank
from tetrapylon.clear.disposal.structures import disc
from tetrapylon.errors import ValueRangeError

BLANKS = (
    "sentries: posts, names, relief",
    "evacuation: area, confirmed empty by, at",
    "notifications: authority, police, medical, air space, neighbours",
    "photographs before: structure, direction, by",
    "photographs after: structure, direction, by",
    "monitor reading: place, instrument, peak particle velocity mm/s, frequency Hz, overpressure kPa",
    "EOD operator: name, signature, date",
    "heritage authority: name, signature, date",
)
"""Fields of the printed sheet that are filled in by hand."""

AUTHORITY = "Authority stays with the EOD operator. This sheet shows consequences, never procedures."
NO_IN_PLACE_CAN_COST = "Forbidding detonation in place can raise the risk to the operator (Novik, CISR Journal 27.1)."


class OptionStatus(StrEnum):
    """Where an option stands after the hard constraints."""

    NOT_ACCEPTED = "not accepted by the EOD operator"
    REFUSED = "refused"
    HOLD = "hold for EOD operator and authority"
    OPERATOR_ALONE = "the EOD operator alone decides"
    ELIGIBLE = "eligible"


@dataclass(frozen=True, slots=True)
class Zone:
    """An area where the heritage authority allows no disposal in place."""

    name: str
    area: shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the sheet reads.

    ``site`` or ``charge`` None: not known, so that no effect can be computed and every option is held; ``unknown`` says
    why. ``cordon`` a computed or stated distance, or the sentence that says why there is none.
    ``position_uncertainty_m``: the item lies that near to the position it is given, which every distance is added to.
    ``evacuation_possible`` and ``explosives_permitted`` (national rules) None when not stated.
    """

    item: str
    site: Site | None
    charge: Charge | None
    cordon: Cordon | StatedCordon | str
    evacuation: Evacuation | None = None
    evacuation_possible: bool | None = None
    explosives_permitted: bool | None = None
    no_disposal_zones: tuple[Zone, ...] = ()
    unknown: tuple[str, ...] = ()
    position_uncertainty_m: float = 0.0

    def __post_init__(self) -> None:
        if (self.site is None or self.charge is None) and not self.unknown:
            raise ValueRangeError("A situation without a place or a charge says why there is none.")


@dataclass(frozen=True, slots=True)
class OptionAssessment:
    """One option: status with its reasons, conditions still to be met, place in the ranking (None: not ranked)."""

    option: Option
    status: OptionStatus
    because: tuple[str, ...]
    conditions: tuple[str, ...]
    place: int | None


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """The sheet as data. ``status`` is "hold", "operator decides" or "options ranked".

    ``effects`` is the full charge detonating where the item lies, without mitigation: the emergency picture.
    ``unconfirmed`` lists every recalled or assumed input with its mark.
    """

    item: str
    status: str
    because: tuple[str, ...]
    cordon: Cordon | StatedCordon | str
    options: tuple[OptionAssessment, ...]
    ranking: Ranking | None
    effects: tuple[StructureEffect, ...]
    governing: tuple[str, ...]
    disagreements: tuple[str, ...]
    measurements: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    notes: tuple[str, ...]
    blanks: tuple[str, ...] = BLANKS


def decide(situation: Situation, options: Sequence[Option]) -> DecisionSheet:
    """Assess the options of one item.

    Order: accepted by a named operator; a cordon exists and can be kept; national rules; zones without disposal in
    place; then expected heritage loss, among options that keep everybody off the item.
    ValueRangeError without options or with two of one name.
    """
    if not options or len({o.name for o in options}) != len(options):
        raise ValueRangeError("Give at least one option, each under its own name.")
    judged = [_constrain(situation, option) for option in options]
    eligible = [o for o, (status, _, _) in zip(options, judged, strict=True) if status is OptionStatus.ELIGIBLE]
    ranking = None
    if eligible and situation.site is not None and situation.charge is not None:
        ranking = rank(situation.site, situation.charge, eligible)
    places = {} if ranking is None else {name: i + 1 for i, name in enumerate(ranking.order)}
    assessed = tuple(
        OptionAssessment(option, status, because, conditions, places.get(option.name))
        for option, (status, because, conditions) in zip(options, judged, strict=True)
    )
    status, because = _overall(assessed, ranking)
    effects = _effects_in_place(situation)
    return DecisionSheet(
        situation.item,
        status,
        because,
        situation.cordon,
        assessed,
        ranking,
        effects,
        tuple(f"{e.name}: {e.governing or 'no number, treat as exceeded'}" for e in effects),
        _disagreements(effects, ranking),
        ranking.deciding if ranking is not None else (),
        _unconfirmed(situation, effects),
        _notes(situation, assessed),
    )


def _constrain(situation: Situation, option: Option) -> tuple[OptionStatus, tuple[str, ...], tuple[str, ...]]:
    """Status, reasons and open conditions of one option; the worst applicable status."""
    if option.acceptance is None:
        return OptionStatus.NOT_ACCEPTED, ("no EOD operator marked it acceptable",), ()
    refused: list[str] = []
    held: list[str] = []
    conditions: list[str] = []
    if situation.evacuation_possible is False:
        unable = held if option.kind is OptionKind.DEFER else refused
        unable.append("the danger area cannot be emptied")
    if isinstance(situation.cordon, str):
        held.append(f"no withdrawal distance: {situation.cordon}")
    else:
        conditions += _evacuation_conditions(situation.cordon, situation, option)
    if option.kind is OptionKind.MOVE and all(s.x is None for s in option.scenarios):
        held.append("where it would be moved to is not on record")
    if option.kind in DETONATES_IN_PLACE and situation.explosives_permitted is not True:
        if situation.explosives_permitted is False:
            refused.append("national rules do not permit explosives here")
        else:
            held.append("national rules on the use of explosives are not stated")
    held += [f"no effect on the monuments can be computed: {why}" for why in situation.unknown]
    held += [
        f"{name}: no disposal in place"
        for scenario in option.scenarios
        if scenario.intended or option.kind in DETONATES_IN_PLACE
        for name in _zones_at(situation, scenario)
    ]
    if option.acceptance.conditions:
        conditions.append(f"operator's condition: {option.acceptance.conditions}")
    if refused:
        return OptionStatus.REFUSED, tuple(refused), tuple(conditions)
    if held:
        return OptionStatus.HOLD, tuple(held), tuple(conditions)
    accepted = (f"accepted by {option.acceptance.operator} on {option.acceptance.on}",)
    if option.exposes_person:
        return (
            OptionStatus.OPERATOR_ALONE,
            (*accepted, "puts a person on the item: heritage neither ranks it nor argues for it"),
            tuple(conditions),
        )
    return OptionStatus.ELIGIBLE, accepted, tuple(conditions)


def _evacuation_conditions(cordon: Cordon | StatedCordon, situation: Situation, option: Option) -> list[str]:
    conditions, evacuation = [], situation.evacuation
    if evacuation is None or evacuation.radius_m < cordon.distance_m:
        unsure = max(situation.position_uncertainty_m, situation.site.position_uncertainty_m if situation.site else 0.0)
        radius = math.ceil(cordon.distance_m + unsure)
        conditions.append(f"only once everybody is recorded outside {radius:g} m")
    conditions += [
        f"{math.ceil(cordon.distance_m + scenario.spread_m):g} m also around: {scenario.name}"
        for scenario in option.scenarios
        if scenario.x is not None
    ]
    return conditions


def _zones_at(situation: Situation, scenario: Scenario) -> list[str]:
    site = situation.site
    if site is None:
        return [zone.name for zone in situation.no_disposal_zones]
    if scenario.x is None or scenario.y is None:
        place = disc(site.x, site.y, max(site.position_uncertainty_m, 1.0))
    else:
        place = disc(scenario.x, scenario.y, max(scenario.spread_m, 1.0))
    return [zone.name for zone in situation.no_disposal_zones if zone.area.intersects(place)]


def _overall(assessed: Sequence[OptionAssessment], ranking: Ranking | None) -> tuple[str, tuple[str, ...]]:
    if ranking is not None:
        return "options ranked", ranking.summary
    alone = [a.option.name for a in assessed if a.status is OptionStatus.OPERATOR_ALONE]
    if alone:
        return "operator decides", (f"only options with a person on the item remain: {', '.join(alone)}",)
    return "hold", tuple(f"{a.option.name}: {'; '.join(a.because)}" for a in assessed)


def _effects_in_place(situation: Situation) -> tuple[StructureEffect, ...]:
    site = situation.site
    if site is None or situation.charge is None:
        return ()
    return structure_effects(
        situation.charge.high_kg,
        distances(site, Scenario("where it lies", 1.0), uncertain=True),
        site.structures,
        law=site.law,
        surroundings=site.surroundings,
    )


def _disagreements(effects: Sequence[StructureEffect], ranking: Ranking | None) -> tuple[str, ...]:
    said = [
        f"{e.name}: exceeded by {', '.join(e.disagree[0])}; not by {', '.join(e.disagree[1])}"
        for e in effects
        if e.disagree is not None
    ]
    if ranking is not None and ranking.by_vibration[:1] != ranking.by_air_blast[:1]:
        said.append(f"by vibration {ranking.by_vibration[0]} ranks first, by air blast {ranking.by_air_blast[0]}")
    return tuple(said)


def _unconfirmed(situation: Situation, effects: Sequence[StructureEffect]) -> tuple[str, ...]:
    said: dict[str, None] = {}
    site, charge = situation.site, situation.charge
    if isinstance(situation.cordon, Cordon) and not situation.cordon.verification.confirmed:
        said[f"withdrawal distance {situation.cordon.verification}: {situation.cordon.verification.meaning}"] = None
    if charge is not None and not charge.verification.confirmed:
        said[f"explosive quantity {charge.verification}: {charge.source}"] = None
    if site is None or charge is None:
        return tuple(said)
    for structure in site.structures:
        limits = (structure.ppv_limit, structure.pressure_limit, structure.impulse_limit)
        for limit in limits:
            if limit is not None and not limit.verification.confirmed:
                said[f"{structure.name}: limit {limit} ({limit.source})"] = None
        fragility = structure.pressure_fragility
        if structure.free_standing is None and not fragility.verification.confirmed:
            said[f"air-blast fragility {fragility.verification}: {fragility.source}"] = None
    said["scatter of the air-blast model [assumption]"] = None
    said["vibration fragility [assumption]: reading of SN 640312a"] = None
    if any(s.free_standing is not None for s in site.structures):
        said["overturning fragility [assumption]; an unmeasured lean is swung to half the edge angle [assumption]"] = (
            None
        )
    if not site.law.calibrated:
        said["ground vibration: law for confined charges used for a surface charge [assumption]"] = None
    for effect in effects:
        if effect.brick_house is not None:
            said[f"brick-house category {effect.brick_house_verification}: Jarrett 1968"] = None
    return tuple(said)


def _notes(situation: Situation, assessed: Sequence[OptionAssessment]) -> tuple[str, ...]:
    notes = [AUTHORITY, "Fragment scars on carved stone are a loss that none of these limits captures."]
    if isinstance(situation.cordon, Cordon):
        notes += situation.cordon.statements
    if any(a.option.kind in DETONATES_IN_PLACE and a.status is OptionStatus.HOLD for a in assessed):
        notes.append(NO_IN_PLACE_CAN_COST)
    return tuple(notes)
