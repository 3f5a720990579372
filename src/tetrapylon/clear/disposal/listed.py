"""Planning masses of listed items, as a cordon and an effect estimate need them. Not an identification aid."""

from __future__ import annotations

from tetrapylon.clear.disposal.cordon import Effect, Item
from tetrapylon.clear.disposal.marks import weakest
from tetrapylon.clear.disposal.ranking import Charge
from tetrapylon.clear.disposal.tables import Fill, Ordnance, fill, fills, ordnance
from tetrapylon.errors import VocabularyError

_SHAPED = ("HEAT", "combined effects", "DPICM")


def _row(designation: str) -> Ordnance:
    known = ordnance()
    if designation not in known:
        raise VocabularyError(designation, "listed item", known)
    return known[designation]


def _fill(row: Ordnance) -> Fill:
    """Row of the fill when it is listed by exactly that name, else the policy for an unknown fill."""
    if row.fill in fills():
        return fill(row.fill)
    return fill("Unknown fill, improvised" if row.category == "IED" else "Unknown fill, military case")


def _effect(row: Ordnance) -> Effect:
    if "directional" in row.category:
        return "directional"
    if any(word in f"{row.category} {row.designation}" for word in _SHAPED):
        return "shaped"
    return "unknown"


def listed_item(designation: str) -> Item:
    """A listed item for a cordon: highest mass, TNT equivalent for cordons, casing unknown.

    Directional and shaped-charge items carry that effect, so that a cordon answers "outside model". An item listed
    without an all-up mass (every improvised one) has none here. VocabularyError for an unknown name.
    """
    row = _row(designation)
    factor = _fill(row)
    equivalent = row.neq_high_kg * max(factor.cordon, factor.pressure, factor.impulse)
    return Item(row.designation, row.all_up_mass_kg, equivalent, effect=_effect(row), masses=row.verification)


def listed_charge(designation: str) -> Charge:
    """TNT equivalent of a listed item for effects on structures, with the weaker mark of item and fill.

    Low and typical by the pressure factor of the fill, high by its cordon factor.
    """
    row = _row(designation)
    factor = _fill(row)
    return Charge(
        row.neq_low_kg * factor.pressure,
        row.neq_typical_kg * factor.pressure,
        row.neq_high_kg * max(factor.cordon, factor.pressure),
        weakest(row.verification, factor.verification),
        f"{row.source}; {factor.source}",
    )
