"""Withdrawal distances for people. Every doubt is settled on the side of danger.

Highest plausible all-up mass (not the explosive alone); an unknown casing fragments; possibly linked items are
summed; tamping, sandbags and casing earn no credit; the smaller fragment rule holds only behind a recorded
evacuation. Where the rules do not reach there is no number: "outside model, ask the EOD operator".

The rules come from IATG 01.80 and IMAS TN 10.20/01 (read through a public EOD application). TN 10.20/01 itself says it
is not for routine single small items. Item-specific distances of national tables enter as ``StatedCordon``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tetrapylon.clear.disposal.checks import not_negative, positive
from tetrapylon.clear.disposal.marks import Marked, Verification, weakest
from tetrapylon.clear.disposal.tables import distance_rules
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

Casing: TypeAlias = Literal["fragmenting", "bare", "unknown"]
Effect: TypeAlias = Literal["all_round", "directional", "shaped", "unknown"]

ASK = "Outside model, ask the EOD operator."

_POUND_KG = 0.45359237


def _ruled(rule: str, metres: float) -> Marked:
    row = distance_rules()[rule]
    return Marked(metres, "m", row.verification, f"{row.formula}; {row.source}")


def fragment_distance(all_up_mass_kg: float, *, public_access: bool = True) -> Marked:
    """Danger area of a fragmenting item, m: 634 AUW^(1/6), or 444 AUW^(1/6) where the public has no access."""
    mass = float(positive("All-up mass", all_up_mass_kg))
    if public_access:
        return _ruled("EDA fragment, normal", 634 * mass ** (1 / 6))
    return _ruled("EDA fragment, reduced", 444 * mass ** (1 / 6))


def spaced_array_distance(all_up_mass_kg: float) -> Marked:
    """370 AUW^(1/5), m, of the largest single item of a spaced linear array. For comparison; no cordon uses it."""
    mass = float(positive("All-up mass", all_up_mass_kg))
    return _ruled("EDA fragment, alternative", 370 * mass ** (1 / 5))


def blast_distance(mass_kg: float) -> Marked:
    """Danger area of a bare charge, m: 130 W^(1/3), where the incident pressure is 0.45 kPa."""
    return _ruled("EDA blast only (bare charge)", 130 * float(positive("Mass", mass_kg)) ** (1 / 3))


def demolition_missile_distance(charge_kg: float) -> Marked:
    """US Army TM 9-1375-213-12: 100 W_lb^(1/3) m, 300 m below 27 lb; OutsideModel above 425 lb (table end)."""
    pounds = float(positive("Charge", charge_kg)) / _POUND_KG
    if pounds > 425:
        raise OutsideModel(f"The missile-distance table ends at 425 lb; {pounds:.0f} lb asked.", hint=ASK)
    return _ruled("Demolition missile distance, bare charge", 300.0 if pounds < 27 else 100 * pounds ** (1 / 3))


_STORAGE = {
    "inhabited": ("Inhabited building (storage)", 22.2, 5.5),
    "traffic": ("Public traffic route (storage)", 14.8, 3.6),
    "vulnerable": ("Vulnerable construction (storage)", 44.4, None),
}


def storage_distance(neq_kg: float, exposed: str) -> Marked:
    """Quantity distance of stored explosive, m, to "inhabited", "traffic" or "vulnerable" (AASTP-1 / IATG 02.20)."""
    if exposed not in _STORAGE:
        raise VocabularyError(exposed, "exposed site", _STORAGE)
    rule, cube, square = _STORAGE[exposed]
    quantity = float(positive("Quantity", neq_kg))
    metres = square * quantity**0.5 if square is not None and quantity < 4500 else cube * quantity ** (1 / 3)
    return _ruled(rule, metres)


@dataclass(frozen=True, slots=True)
class Item:
    """One explosive item, as far as it is known.

    ``all_up_mass_kg`` and ``neq_kg`` are the highest plausible values (``neq_kg`` TNT equivalent for cordons); None
    when nobody can say. ``bare`` counts only with ``casing_confirmed_by``, the EOD operator who confirmed it.
    ``masses`` is the mark of masses taken from a table; None: stated for this item.
    """

    name: str
    all_up_mass_kg: float | None
    neq_kg: float | None = None
    casing: Casing = "unknown"
    casing_confirmed_by: str = ""
    effect: Effect = "unknown"
    masses: Verification | None = None

    def __post_init__(self) -> None:
        for value, known in ((self.casing, ("fragmenting", "bare", "unknown")), (self.effect, _EFFECTS)):
            if value not in known:
                raise VocabularyError(value, "casing or effect", known)
        for name, mass in (("All-up mass", self.all_up_mass_kg), ("Explosive quantity", self.neq_kg)):
            if mass is not None:
                positive(name, mass)

    @property
    def fragments(self) -> bool:
        """True unless a named operator confirmed a bare charge."""
        return not (self.casing == "bare" and self.casing_confirmed_by.strip())


_EFFECTS = ("all_round", "directional", "shaped", "unknown")


@dataclass(frozen=True, slots=True)
class Evacuation:
    """A recorded evacuation: everybody but the team is outside ``radius_m``, written down by a named person."""

    radius_m: float
    recorded_by: str
    recorded_on: str

    def __post_init__(self) -> None:
        positive("Evacuated radius", self.radius_m)
        if not self.recorded_by.strip() or not self.recorded_on.strip():
            raise ValueRangeError("An evacuation counts only with who recorded it and when.")


@dataclass(frozen=True, slots=True)
class Cordon:
    """Nobody inside ``distance_m`` (whole metres, rounded up; stone throw included when known).

    ``fragments`` is None for a confirmed bare charge. ``stone_throw_m`` None: unknown and not included.
    ``statements`` say what was assumed; they are shown with the distance.
    """

    distance_m: int
    governed_by: Literal["fragments", "blast"]
    fragments: Marked | None
    blast: Marked
    all_up_mass_kg: float
    stone_throw_m: float | None
    statements: tuple[str, ...]
    verification: Verification


@dataclass(frozen=True, slots=True)
class StatedCordon:
    """A distance the EOD operator states, from a national table or judgement, under their name."""

    distance_m: float
    stated_by: str
    reference: str

    def __post_init__(self) -> None:
        positive("Stated distance", self.distance_m)
        if not self.stated_by.strip() or not self.reference.strip():
            raise ValueRangeError("A stated distance counts only with who states it and on what ground.")


def cordon(
    items: Sequence[Item], *, evacuation: Evacuation | None = None, stone_throw_m: float | None = None
) -> Cordon:
    """Withdrawal distance for one item, or for all items that may be linked to it.

    Parameters
    ----------
    items : the item and every item possibly linked with it; their masses are summed.
    evacuation : allows the 444 rule once everybody is recorded outside the 634 distance.
    stone_throw_m : throw of masonry as judged on site, added; None: stated as unknown.

    Raises
    ------
    OutsideModel : an all-up mass is missing, or an item is directional or a shaped charge.
    ValueRangeError : no item; a TNT equivalent of more than 1.6 times the all-up mass (no listed fill reaches that).

    Source: IATG 01.80 / IMAS TN 10.20/01 through ``withdrawal_distances.csv``; the reading of the 444 rule is ours.
    """
    if not items:
        raise ValueRangeError("A cordon needs at least one item.")
    for item in items:
        if item.effect in ("directional", "shaped"):
            raise OutsideModel(f"{item.name}: a {item.effect} charge throws farther than the rules reach.", hint=ASK)
    masses = [_mass(item) for item in items]
    total = math.fsum(masses)
    blast_mass = math.fsum(max(mass, item.neq_kg or 0.0) for mass, item in zip(masses, items, strict=True))
    statements = _statements(items)
    blast = blast_distance(blast_mass)
    fragments = None
    if any(item.fragments for item in items):
        fragments = fragment_distance(total)
        if evacuation is not None and evacuation.radius_m >= max(fragments.value, blast.value):
            fragments = fragment_distance(total, public_access=False)
            statements.append(
                f"evacuated to {evacuation.radius_m:g} m, recorded by {evacuation.recorded_by} on "
                f"{evacuation.recorded_on}: rule for no public access"
            )
        elif evacuation is not None:
            statements.append(
                f"evacuation to {evacuation.radius_m:g} m is too small for the rule without public access"
            )
    governing = blast if fragments is None or blast.value > fragments.value else fragments
    if stone_throw_m is None:
        statements.append("stone throw unknown: not included")
    else:
        statements.append(f"stone throw of {float(not_negative('Stone throw', stone_throw_m)):g} m added")
    return Cordon(
        math.ceil(governing.value + (stone_throw_m or 0.0)),
        "blast" if governing is blast else "fragments",
        fragments,
        blast,
        total,
        stone_throw_m,
        tuple(statements),
        weakest(governing.verification, *(item.masses for item in items if item.masses is not None)),
    )


def _mass(item: Item) -> float:
    if item.all_up_mass_kg is None:
        raise OutsideModel(f"{item.name}: the all-up mass is missing.", hint=ASK)
    if item.neq_kg is not None and item.neq_kg > 1.6 * item.all_up_mass_kg:
        raise ValueRangeError(
            f"{item.name}: {item.neq_kg:g} kg of TNT equivalent in an all-up mass of {item.all_up_mass_kg:g} kg."
        )
    return item.all_up_mass_kg


def _statements(items: Sequence[Item]) -> list[str]:
    said = ["highest plausible all-up mass; no credit for casing, tamping or sandbags"]
    if len(items) > 1:
        said.append(f"{len(items)} possibly linked items summed")
    for item in items:
        if item.masses is not None:
            said.append(f"{item.name}: masses from the planning table {item.masses}")
        if item.casing == "unknown":
            said.append(f"{item.name}: casing unknown, counted as fragmenting")
        elif item.casing == "bare" and item.fragments:
            said.append(f"{item.name}: called bare but nobody confirmed it, counted as fragmenting")
        elif item.casing == "bare":
            said.append(f"{item.name}: bare charge, confirmed by {item.casing_confirmed_by}")
        if item.effect == "unknown":
            said.append(f"{item.name}: a directional or shaped effect is not excluded; the EOD operator decides")
    return said
