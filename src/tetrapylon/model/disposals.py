"""What is put on record about the disposal of one item next to a monument, and what was measured. Never a procedure."""

from __future__ import annotations

from typing import Annotated

from shapely.geometry.base import BaseGeometry

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref, rule
from tetrapylon.model.field import Unit
from tetrapylon.model.hazards import OrdnanceItem
from tetrapylon.model.places import WGS84, Site, Structure
from tetrapylon.model.terms import DisposalMethod
from tetrapylon.model.tiers import Tier


class DisposalTask(Entity):
    """What the EOD operator and the authorities state about the disposal of one item."""

    span = ("date", None)

    item: Annotated[Ref[OrdnanceItem], "The item"]
    date: Annotated[When, "When it was put on record"]
    explosives_permitted: Annotated[bool | None, "Whether national rules permit explosives there"] = None
    evacuation_possible: Annotated[bool | None, "Whether the danger area can be emptied"] = None
    evacuated_radius: Annotated[
        float | None, "Radius outside of which everybody but the team is recorded to be", Unit("m"), Tier.PARTNERS
    ] = None
    evacuated: Annotated[When | None, "When that was recorded"] = None
    evacuation_recorded_by: Annotated[str | None, "Name of whoever recorded it", Tier.PERSONAL] = None
    stated_distance: Annotated[
        float | None, "Withdrawal distance the EOD operator states", Unit("m"), Tier.PARTNERS
    ] = None
    distance_stated_by: Annotated[str | None, "Name of the EOD operator who states it", Tier.PERSONAL] = None
    distance_reference: Annotated[str | None, "Table or judgement it rests on"] = None
    stone_throw: Annotated[float | None, "Throw of masonry as judged on the ground", Unit("m"), Tier.PARTNERS] = None
    sentries: Annotated[tuple[str, ...], "Sentry posts agreed", Tier.RESTRICTED] = ()
    notifications: Annotated[tuple[str, ...], "Whom to notify, by office"] = ()
    note: Annotated[str | None, "Remarks"] = None

    @rule("distances are greater than zero")
    def distances_are_positive(self) -> bool:
        """A stone throw may be none."""
        stated = (self.evacuated_radius, self.stated_distance)
        return all(d > 0 for d in stated if d is not None) and (self.stone_throw or 0) >= 0

    @rule("an evacuated radius states when it was recorded")
    def evacuation_is_dated(self) -> bool:
        """An evacuation counts only as a recorded one."""
        return self.evacuated_radius is None or self.evacuated is not None

    @rule("a stated distance states what it rests on")
    def distance_is_grounded(self) -> bool:
        """A distance without its ground cannot be checked by anybody."""
        return self.stated_distance is None or bool(self.distance_reference)


class DisposalOption(Entity):
    """One option for an item. It counts once a named EOD operator has marked it acceptable."""

    span = ("date", None)

    item: Annotated[Ref[OrdnanceItem], "The item"]
    method: Annotated[DisposalMethod, "What would be done"]
    date: Annotated[When, "When it was put on record"]
    label: Annotated[str | None, "Name of the option, where two are alike"] = None
    accepted: Annotated[When | None, "When the EOD operator marked it acceptable"] = None
    accepted_by: Annotated[str | None, "Name of the EOD operator who marked it acceptable", Tier.PERSONAL] = None
    conditions: Annotated[str | None, "Conditions of the EOD operator"] = None
    person_on_item: Annotated[bool | None, "Whether somebody works at the item; none: counts as yes"] = None
    chance: Annotated[
        float | None, "Chance of a detonation that is not intended, 0 to 1, as the EOD operator judges it"
    ] = None
    geometry: Annotated[BaseGeometry | None, "Where it would be moved to", WGS84, Tier.RESTRICTED] = None
    air_factor: Annotated[float | None, "Factor on the air blast that mitigation earns; none: no credit"] = None
    vibration_factor: Annotated[float | None, "Factor on the vibration that mitigation earns; none: no credit"] = None
    mitigation: Annotated[str | None, "The mitigation and the evidence for its factors"] = None
    mitigation_stated_by: Annotated[str | None, "Name of whoever states the factors", Tier.PERSONAL] = None
    note: Annotated[str | None, "Remarks"] = None

    @rule("a chance and the factors of mitigation lie between 0 and 1")
    def shares_are_shares(self) -> bool:
        """A factor of 0 would say that nothing arrives."""
        factors = [f for f in (self.air_factor, self.vibration_factor) if f is not None]
        return (self.chance is None or 0 <= self.chance <= 1) and all(0 < f <= 1 for f in factors)

    @rule("mitigation earns credit only with its evidence")
    def credit_has_evidence(self) -> bool:
        """The default is no credit."""
        credit = min(self.air_factor or 1.0, self.vibration_factor or 1.0) < 1
        return not credit or bool(self.mitigation)


class MeasuredShot(Entity):
    """A detonation measured at one place. Five or more calibrate the ground of a site."""

    holds = Holds.INSTANT
    span = ("date", None)

    date: Annotated[When, "When"]
    charge: Annotated[float, "Charge, TNT equivalent", Unit("kg")]
    distance: Annotated[float, "Distance from the charge to the instrument", Unit("m")]
    peak_velocity: Annotated[float, "Peak particle velocity, largest of the three components", Unit("mm/s")]
    frequency: Annotated[float | None, "Dominant frequency", Unit("Hz")] = None
    overpressure: Annotated[float | None, "Peak overpressure", Unit("kPa")] = None
    site: Annotated[Ref[Site] | None, "Site whose ground it calibrates"] = None
    structure: Annotated[Ref[Structure] | None, "Structure at whose foundation it was measured"] = None
    item: Annotated[Ref[OrdnanceItem] | None, "Item that was disposed of; none: a calibration shot"] = None
    instrument: Annotated[str | None, "Instrument"] = None
    note: Annotated[str | None, "Remarks"] = None

    @rule("charge, distance and what was measured are greater than zero")
    def values_are_positive(self) -> bool:
        """The law of a site is fitted to their logarithms."""
        measured = (self.charge, self.distance, self.peak_velocity, self.frequency, self.overpressure)
        return all(value > 0 for value in measured if value is not None)


__all__ = ["DisposalOption", "DisposalTask", "MeasuredShot"]
