"""Outlines of different records against each other: what geocheck, which looks inside one record, cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.clear.survey.outlines import inside
from tetrapylon.clear.survey.overlay import outside, overlaps, square_metres
from tetrapylon.clear.survey.subject import Parcel, Product, Survey
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Flaw, Proposal, Severity, check

RELEASES = (Product.CANCELLED, Product.REDUCED, Product.CLEARED)


@check("overlap", Severity.ADVICE, "hazard areas, or outlines of one layer, that share ground")
def overlap(it: Survey) -> Iterator[Flaw]:
    """More than 0.9 % of the smaller and 1 m2. Pairs nearly alike have a finding of their own."""
    for products in ((Product.HAZARD,), (Product.OUTLINE,)):
        yield from _sharing(it, products, "share", near_alike=False)


@check("near-duplicate", Severity.ADVICE, "two records of nearly the same ground")
def near_duplicate(it: Survey) -> Iterator[Flaw]:
    """Shared by united area above 0.8, same product, different records."""
    for products in ((Product.HAZARD,), (Product.OUTLINE,)):
        yield from _sharing(it, products, "are nearly the same ground: they share", near_alike=True)


@check("released-twice", Severity.ADVICE, "two releases that share ground")
def released_twice(it: Survey) -> Iterator[Flaw]:
    """The shared ground counts twice in any sum. Two clearances of one ground are a re-clearance."""
    for pair in _pairs(it, RELEASES):
        a, b = pair.first, pair.second
        again = " cleared again" if a.product is b.product is Product.CLEARED else ""
        yield Flaw(
            f"{a.name} ({a.product}) and {b.name} ({b.product}) share {pair.m2:,.0f} m2{again} "
            f"({pair.m2 / pair.smaller:.1%} of the smaller); a sum counts it twice.",
            pair.where,
            proposals=pair.proposals,
            about=(a.uid, b.uid),
        )


@check("worked-twice", Severity.NOTE, "ground searched or worked more than once")
def worked_twice(it: Survey) -> Iterator[Flaw]:
    """Several passes are usual; the sum of the areas is not the ground covered."""
    for product in (Product.SEARCHED, Product.WORKED):
        for pair in _pairs(it, (product,)):
            a, b = pair.first, pair.second
            yield Flaw(f"{a.name} and {b.name} ({product}) share {pair.m2:,.0f} m2.", pair.where, about=(a.uid, b.uid))


@check("released-outside", Severity.ADVICE, "ground released or cleared outside any hazard area on record")
def released_outside(it: Survey) -> Iterator[Flaw]:
    """Silent for a release about a hazard area without a usable outline: that ground may be inside it."""
    hazards = it.indices(Product.HAZARD)
    drawn = {it.parcels[i].uid for i in hazards}
    own = np.array([i for i in it.indices(*RELEASES) if drawn.issuperset(it.parcels[i].of)], dtype=np.intp)
    areas = square_metres(it.shapes[own])
    for k, ground, m2 in outside(it.shapes[own], it.shapes[hazards]):
        if _matters(it, m2, float(areas[k])):
            parcel = it.parcels[own[k]]
            yield Flaw(
                f"{m2:,.0f} m2 of {parcel.name} ({parcel.product}; {m2 / areas[k]:.1%}) lie outside any hazard area.",
                inside(ground),
                about=(parcel.uid,),
            )


@check("released-still-open", Severity.ADVICE, "released ground inside a hazard area that is not closed")
def released_still_open(it: Survey) -> Iterator[Flaw]:
    """Its outline still holds what was released: opening and closing areas cannot balance."""
    releases = it.indices(*RELEASES)
    hazards = np.array([i for i in it.indices(Product.HAZARD) if not it.parcels[i].closed], dtype=np.intp)
    areas = square_metres(it.shapes[releases])
    for block in overlaps(it.shapes[releases], it.shapes[hazards]):
        whole = areas[block.left]
        kept = (block.area > it.limits.overlap_m2) & (block.area > it.limits.overlap_share * whole)
        for pair in _details(
            it, releases[block.left[kept]], hazards[block.right[kept]], block.shared[kept], whole[kept], "released"
        ):
            release, hazard = pair.first, pair.second
            yield Flaw(
                f"{pair.m2:,.0f} m2 of {release.name} ({release.product}) lie in {hazard.name}, which is not closed.",
                pair.where,
                proposals=pair.proposals,
                about=(release.uid, hazard.uid),
            )


@check("closed-unaccounted", Severity.ERROR, "a closed hazard area with ground that no release holds")
def closed_unaccounted(it: Survey) -> Iterator[Flaw]:
    """Conservation: initial = cancelled + reduced + cleared + remaining, and nothing remains of a closed area."""
    closed = np.array([i for i in it.indices(Product.HAZARD) if it.parcels[i].closed], dtype=np.intp)
    undrawn = {uid for i, p in enumerate(it.parcels) if p.product.is_release and not it.usable[i] for uid in p.of}
    closed = np.array([i for i in closed if it.parcels[i].uid not in undrawn], dtype=np.intp)
    areas = square_metres(it.shapes[closed])
    for k, ground, m2 in outside(it.shapes[closed], it.shapes[it.indices(*RELEASES)]):
        if _matters(it, m2, float(areas[k])):
            parcel = it.parcels[closed[k]]
            yield Flaw(
                f"{parcel.name} is closed, but {m2:,.0f} m2 of it ({m2 / areas[k]:.1%}) are neither cancelled, reduced "
                "nor cleared.",
                inside(ground),
                about=(parcel.uid,),
            )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two records that share ground: m2 of it, of the smaller, a place in it, the second without it."""

    first: Parcel
    second: Parcel
    m2: float
    smaller: float
    where: tuple[float, float]
    proposals: tuple[Proposal, ...]


def _sharing(it: Survey, products: tuple[Product, ...], verb: str, *, near_alike: bool) -> Iterator[Flaw]:
    for pair in _pairs(it, products, near_alike=near_alike):
        a, b = pair.first, pair.second
        yield Flaw(
            f"{a.name} and {b.name} {verb} {pair.m2:,.0f} m2 ({pair.m2 / pair.smaller:.1%} of the smaller).",
            pair.where,
            proposals=pair.proposals,
            about=(a.uid, b.uid),
        )


def _pairs(it: Survey, products: tuple[Product, ...], *, near_alike: bool | None = None) -> Iterator[_Pair]:
    """Pairs of different records that share enough ground, block by block."""
    own = it.indices(*products)
    areas = square_metres(it.shapes[own])
    for block in overlaps(it.shapes[own]):
        smaller = np.minimum(areas[block.left], areas[block.right])
        united = areas[block.left] + areas[block.right] - block.area
        kept = (block.area > it.limits.overlap_m2) & (block.area > it.limits.overlap_share * smaller)
        if near_alike is not None:
            kept &= (block.area > it.limits.near_duplicate * united) == near_alike
        yield from _details(
            it, own[block.left[kept]], own[block.right[kept]], block.shared[kept], smaller[kept], "shared"
        )


def _details(
    it: Survey,
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    shared: NDArray[np.object_],
    whole: NDArray[np.float64],
    ground: str,
) -> Iterator[_Pair]:
    """Pairs of different records with what is shared; proposed is the second without the ground of the first."""
    places = shapely.get_coordinates(shapely.point_on_surface(shared))
    rest = shapely.difference(it.shapes[right], it.shapes[left])
    figures = zip(
        left, right, square_metres(shared).tolist(), whole.tolist(), places.tolist(), rest,
        measure.areas(rest).tolist(), strict=True,
    )  # fmt: skip
    for i, j, m2, smaller, (lon, lat), without, rest_m2 in figures:
        first, second = it.parcels[i], it.parcels[j]
        if first.uid != second.uid:
            action = f"leave the {ground} ground out of {second.name}"
            proposals = () if without.is_empty else (Proposal(action, without, rest_m2),)
            yield _Pair(first, second, m2, smaller, (lon, lat), proposals)


def _matters(it: Survey, m2: float, whole: float) -> bool:
    return m2 > it.limits.overlap_m2 and m2 > it.limits.overlap_share * whole
