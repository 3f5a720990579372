"""What the record holds about one item of ordnance, as the engine of disposal reads it.

Several claims about one item are taken together, every doubt on the side of danger: the highest mass, the least
favourable casing, effect and place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.cordon import ASK, Casing, Effect, Item
from tetrapylon.clear.disposal.listed import listed_charge, listed_item
from tetrapylon.clear.disposal.marks import ASSUMED, READ, Verification, weakest
from tetrapylon.clear.disposal.ranking import Charge
from tetrapylon.clear.disposal.tables import fill, ordnance
from tetrapylon.errors import NotFound
from tetrapylon.geo.position import COARSE_M
from tetrapylon.model import Claim, HazardReport, OrdnanceItem, Structure, Tier, Void
from tetrapylon.model.terms import ChargeEffect, Disposal, OrdnanceCategory, Surroundings
from tetrapylon.record.view import View

Claims = Sequence[Claim[OrdnanceItem]]
Outlines = Callable[[str], Sequence[tuple[BaseGeometry, float | None]]]
"""Geometries claimed for the structure of a uid (WGS84), each with the radius within which it lies."""

IMPROVISED = (
    OrdnanceCategory.IED,
    OrdnanceCategory.BOOBY_TRAP,
    OrdnanceCategory.OTHER,
    OrdnanceCategory.UNKNOWN,
)
GONE = (Disposal.DESTROYED, Disposal.MOVED, Disposal.STORED, Disposal.HANDED_OVER)
"""Categories of which several in one structure or void may be linked although nobody said so."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Another item whose mass is added, why, and everything claimed about it."""

    item: Claim[OrdnanceItem]
    because: str
    claims: Claims


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the item lies, WGS84: the smallest circle around every place on record, and what that rests on.

    ``radius_m`` is the radius within which it lies, from ``centre``.
    """

    area: BaseGeometry
    accuracy_m: float
    basis: str


def claims_of(view: View, name: str) -> Claims:
    """All live claims about the item with this local id or uid.

    Raises
    ------
    NotFound : there is no such item, or every claim says that it is destroyed.
    """
    every = view.resolved(OrdnanceItem)
    if not every:
        reports = len(view.resolved(HazardReport))
        raise NotFound(
            f'There is no item of ordnance "{name}": none is on record in this view (on {view.on}, known '
            f"{view.known[:10]}). {reports:,} reports of hazards are, but a report is no item: it states neither the "
            "mass nor the position of one device, so there is nothing to draw a cordon around.",
            hint="Import the items themselves: tetrapylon template ordnance_item --out ordnance_item.csv",
        )
    uid = view.one(OrdnanceItem, name).uid
    if view.same:
        uid = min(view.same.get(uid, {uid}))
    found = [c for c in every if c.uid == uid]
    if all(c.body.disposal is Disposal.DESTROYED for c in found):
        raise NotFound(f"{found[0].name} is recorded as destroyed ({found[0].body.disposed or 'date not stated'}).")
    return found


def unreadable_items(view: View) -> str:
    """Why no mass can be relied on: claims about items that this file cannot read. Empty where it reads them all."""
    view.resolved(OrdnanceItem)
    unread = sum(name == OrdnanceItem.name() for name in view.incomplete.values())
    if not unread:
        return ""
    return (
        f"claims about items of ordnance that cannot be read here: {unread}; any may be about this item or one linked "
        f"to it. {ASK}"
    )


def linked_to(claims: Claims, view: View) -> tuple[Linked, ...]:
    """Items that may be linked to it: named so on record, and improvised ones in the same structure or void.

    An item counts until every claim about it says that it is no longer there.
    """
    about: dict[str, list[Claim[OrdnanceItem]]] = {}
    for claim in view.resolved(OrdnanceItem):
        about.setdefault(claim.uid, []).append(claim)
    here = [group for group in about.values() if any(c.body.disposal not in GONE for c in group)]
    every = [claim for group in here for claim in group]
    reached, found = {claims[0].uid}, {}
    grown = True
    while grown:
        grown = False
        for claim in every:
            near = next((o for o in every if o.uid in reached and _why_linked(o, claim)), None)
            near = near or next((o for o in claims if _why_linked(o, claim)), None)
            if claim.uid not in reached and near is not None:
                reached.add(claim.uid)
                found[claim.uid] = Linked(claim, _why_linked(near, claim), about[claim.uid])
                grown = True
    return tuple(found.values())


def _why_linked(one: Claim[OrdnanceItem], other: Claim[OrdnanceItem]) -> str:
    if other.uid in one.body.linked_to or one.uid in other.body.linked_to:
        return f"named as possibly linked with {one.name}"
    if one.body.category in IMPROVISED and other.body.category in IMPROVISED:
        if one.body.void is not None and one.body.void == other.body.void:
            return f"in the same void as {one.name}; nobody excluded a link"
        if one.body.structure is not None and one.body.structure == other.body.structure:
            return f"in the same structure as {one.name}; nobody excluded a link"
    return ""


def item_of(claims: Claims) -> Item:
    """The item for a cordon: highest mass times the number of items, least favourable casing and effect.

    A claim whose masses this file does not hold may state a higher one: then nobody can say.
    """
    number = max(1, *(c.body.quantity for c in claims))
    listed = [listed_item(model) for model in _models(claims)]
    masses = _known(c.body.all_up_mass for c in claims)
    from_table = _known(i.all_up_mass_kg for i in listed)
    taken = not masses or max(from_table, default=0.0) > max(masses)
    mass = None if _hidden(claims, Tier.PARTNERS) else max([*masses, *from_table], default=None)
    charge = charge_of(claims)
    return Item(
        claims[0].body.model or claims[0].name,
        None if mass is None else mass * number,
        None if charge is None or charge.verification is ASSUMED else charge.high_kg,
        _casing(claims),
        next((c.body.casing_confirmed_by for c in claims if c.body.casing_confirmed_by), ""),
        _effect([c.body.effect for c in claims], [i.effect for i in listed]),
        next((i.masses for i in listed if i.all_up_mass_kg is not None), None) if taken else None,
    )


def charge_of(claims: Claims) -> Charge | None:
    """TNT equivalent: as stated, widened by the planning table where the model is listed; None: nobody can say.

    Where only the mass of the whole item is known, all of it counts as explosive [assumption].
    """
    if _hidden(claims, Tier.PARTNERS):
        return None
    number = max(1, *(c.body.quantity for c in claims))
    stated = _known(c.body.net_explosive_quantity for c in claims)
    listed = [listed_charge(model) for model in _models(claims)]
    marks: list[Verification] = [READ] if stated else []
    sources = ["as stated on record"] if stated else []
    low, typical, high = list(stated), list(stated), list(stated)
    for row in listed:
        low.append(row.low_kg)
        high.append(row.high_kg)
        typical += [] if stated else [row.typical_kg]
        marks.append(row.verification)
        sources.append(row.source)
    if not high:
        masses = _known(c.body.all_up_mass for c in claims)
        if not masses:
            return None
        improvised = any(c.body.category in IMPROVISED for c in claims)
        policy = fill("Unknown fill, improvised" if improvised else "Unknown fill, military case")
        whole = max(masses) * max(policy.cordon, policy.pressure)
        low, typical, high = [whole], [whole], [whole]
        marks, sources = [ASSUMED], ["explosive quantity not on record: the whole mass counted as explosive"]
    return Charge(
        min(low) * number,
        max(typical) * number,
        max(high) * number,
        weakest(*marks),
        "; ".join(dict.fromkeys(sources)),
    )


def surroundings_of(claims: Claims) -> tuple[Surroundings, str]:
    """What surrounds it, and what that rests on; the least favourable of what is stated."""
    stated = [c.body.surroundings for c in claims if c.body.surroundings is not Surroundings.UNKNOWN]
    closed = next((s for s in stated if s is not Surroundings.OPEN), None)
    if closed is not None:
        return closed, "as stated on record"
    if any(c.body.void is not None for c in claims):
        return Surroundings.INTERIOR, "it lies in a void or rubble on record"
    if stated:
        return Surroundings.OPEN, "as stated on record"
    return Surroundings.UNKNOWN, "not on record: computed as open ground [assumption]"


def whereabouts_of(claims: Claims, view: View, outlines: Outlines) -> Whereabouts | None:
    """Where the item lies: its own position, else the void's, else anywhere in the structure; None: not on record."""
    own = [(c.body.geometry, c.body.position_accuracy) for c in claims if c.body.geometry is not None]
    if own:
        if _hidden(claims, Tier.RESTRICTED):
            own.append((own[0][0], None))
        return _together(own, "position of the item on record")
    voids = {str(c.body.void) for c in claims if c.body.void}
    found = [(v.body.geometry, None) for v in view.resolved(Void) if v.uid in voids and v.body.geometry is not None]
    if found:
        return _together(found, "position of the void it lies in")
    structures = {str(c.body.structure) for c in claims if c.body.structure}
    structures |= {str(v.body.structure) for v in view.resolved(Void) if v.uid in voids}
    names = [s.body.label for s in view.resolved(Structure) if s.uid in structures]
    around = [outline for uid in sorted(structures) for outline in outlines(uid)]
    if around:
        return _together(around, f"its own position is not on record: anywhere in {', '.join(dict.fromkeys(names))}")
    return None


def places_of(
    claims: Claims, linked: Sequence[Linked], view: View, outlines: Outlines
) -> tuple[Whereabouts | None, tuple[str, ...]]:
    """Where the item and what may be linked to it lie, taken together; and of which linked item nobody can say."""
    own = whereabouts_of(claims, view, outlines)
    others = [(one.item.name, whereabouts_of(one.claims, view, outlines)) for one in linked]
    unplaced = tuple(
        f"{name} may be linked and its position is not on record: no cordon is drawn around it"
        for name, place in others
        if place is None
    )
    placed = [place for _, place in others if place is not None]
    if own is None or not placed:
        return own, unplaced
    basis = dict.fromkeys([f"{own.basis}; where items that may be linked lie is taken in", *_vague(placed)])
    area = shapely.union_all([own.area, *(place.area for place in placed)])
    return Whereabouts(area, max(w.accuracy_m for w in (own, *placed)), "; ".join(basis)), unplaced


def _vague(places: Sequence[Whereabouts]) -> list[str]:
    return [f"a linked item: {w.basis}" for w in places if w.accuracy_m >= COARSE_M]


def _together(places: Sequence[tuple[BaseGeometry, float | None]], basis: str) -> Whereabouts:
    unstated = any(accuracy is None or not accuracy >= 0 for _, accuracy in places)
    worst = max(accuracy if accuracy is not None and accuracy >= 0 else COARSE_M for _, accuracy in places)
    if unstated:
        basis += f"; its accuracy is not stated and counts as {COARSE_M:,.0f} m"
    return Whereabouts(shapely.union_all([geometry for geometry, _ in places]), worst, basis)


def _models(claims: Claims) -> list[str]:
    return sorted({c.body.model for c in claims if c.body.model in ordnance()} - {None})


def _hidden(claims: Claims, tier: Tier) -> bool:
    """Whether this file lacks, withheld or erased, what a claim says in this tier."""
    return any(tier in claim.withheld for claim in claims)


def _known(values: Iterable[float | None]) -> list[float]:
    """What is stated and can be a mass; a value of another software that cannot counts as not stated."""
    return [value for value in values if value is not None and math.isfinite(value) and value > 0]


def _casing(claims: Claims) -> Casing:
    said = {c.body.cased for c in claims}
    return "fragmenting" if True in said else "unknown" if None in said else "bare"


def _effect(stated: Sequence[ChargeEffect], listed: Sequence[Effect]) -> Effect:
    if ChargeEffect.DIRECTIONAL in stated or "directional" in listed:
        return "directional"
    if ChargeEffect.SHAPED in stated or "shaped" in listed:
        return "shaped"
    return "all_round" if set(stated) == {ChargeEffect.ALL_ROUND} else "unknown"
