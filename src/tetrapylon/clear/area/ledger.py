"""The whole ledger of a period: accounts, identity, ground cleared outside hazards or again, withheld releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.area.accounts import Account, Terms, accounts
from tetrapylon.clear.area.identity import Identity, identity, terms_of
from tetrapylon.clear.area.pieces import Piece, PieceKind
from tetrapylon.clear.area.standing import Standing, posted
from tetrapylon.clear.area.withheld import Withheld, withheld
from tetrapylon.clear.release.dangers import Danger
from tetrapylon.clear.survey.claims import release_parcel
from tetrapylon.clear.survey.overlay import outside, overlaps, square_metres, union_area
from tetrapylon.clear.survey.subject import Parcel, Product, Survey
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model import Claim, LandRelease

SMALLEST_M2 = 1.0
"""Smaller pieces are rounding of coordinates and are not listed; sums hold them."""


@dataclass(frozen=True)
class AreaLedger:
    """One period: after the opening day, up to the closing day.

    accounts : of hazard areas open at the end, releases and work of the period. cleared_outside : m2 cleared in the
    period outside any hazard area of either day. cleared_again : m2 cleared in the period and by an earlier or another
    clearance too. still_open : m2 released, in the period or before, inside the outline of an area still open.
    withheld_m2 : released ground not to be relied on. posted : uids of the releases of the period; belated, deferred :
    as in `Posted`. entered_late, undated : as in `Standing`, of either day. withdrawn : names of areas open at the
    beginning that the record no longer holds at the end. pieces : the terms record by record, then what is to be
    looked at.
    """

    after: dt.date | None
    until: dt.date | None
    accounts: tuple[Account, ...]
    identity: Identity
    cleared_outside: float
    cleared_again: float
    still_open: float
    withheld: Withheld
    withheld_m2: float
    posted: tuple[str, ...]
    belated: tuple[str, ...]
    deferred: tuple[str, ...]
    entered_late: tuple[str, ...]
    undated: tuple[str, ...]
    withdrawn: tuple[str, ...]
    pieces: tuple[Piece, ...]

    def of(self, *kinds: PieceKind) -> tuple[Piece, ...]:
        """Pieces of these kinds."""
        return tuple(p for p in self.pieces if p.kind in kinds)


def area_ledger(
    opening: Standing,
    closing: Standing,
    releases: Sequence[Claim[LandRelease]],
    *,
    known_then: frozenset[str] = frozenset(),
    known_until: frozenset[str] | None = None,
    work: Sequence[Parcel] = (),
    dangers: Sequence[Danger] = (),
) -> AreaLedger:
    """The ledger on polygons between two standings of the hazard areas.

    Parameters
    ----------
    opening, closing : `standing` at either end of the period.
    releases : every release on record, of whatever day; earlier ones are what ground is cleared again after.
    known_then, known_until : uids of the releases known at the end of either day; None: all.
    work : searched and worked ground of whatever day; the accounts take what is of the period.
    dangers : `clear.release.dangers.dangers` as known now: a danger withholds at once, whatever the period.
    """
    every = frozenset(c.uid for c in releases)
    split = posted(
        releases, opening, closing, known_then=known_then, known_until=every if known_until is None else known_until
    )
    recent, earlier = [release_parcel(c) for c in split.of_period], [release_parcel(c) for c in split.earlier]
    hazards = (*opening.parcels, *closing.parcels)
    still = [p for p in closing.parcels if not p.closed]
    until = closing.day or dt.date.max
    known = [c for c in releases if c.body.date.earliest <= until]
    stops, book = withheld(known, dangers), identity(opening, closing, recent)
    worked = [p for p in work if p.product in (Product.SEARCHED, Product.WORKED)]
    own = accounts([*still, *recent]) + accounts(worked, after=opening.day, until=closing.day)
    beyond = tuple(_beyond([p for p in recent if p.product is Product.CLEARED], hazards))
    again = tuple(_shared(_cleared(recent), _cleared(recent), PieceKind.CLEARED_AGAIN, once=True))
    again += tuple(_shared(_cleared(recent), _cleared(earlier), PieceKind.CLEARED_AGAIN))
    left_open = tuple(_shared([*recent, *earlier], still, PieceKind.STILL_OPEN))
    held = tuple(_held([release_parcel(c) for c in known], stops))
    doubles = tuple(p for a in own for p in _doubles(a, [*still, *recent, *worked]))
    return AreaLedger(
        after=opening.day,
        until=closing.day,
        accounts=own,
        identity=book,
        cleared_outside=_covered(beyond),
        cleared_again=_covered(again),
        still_open=_covered(left_open),
        withheld=stops,
        withheld_m2=_covered(held),
        posted=tuple(c.uid for c in split.of_period),
        belated=split.belated,
        deferred=split.deferred,
        entered_late=tuple(dict.fromkeys((*opening.entered_late, *closing.entered_late))),
        undated=tuple(dict.fromkeys((*opening.undated, *closing.undated))),
        withdrawn=tuple(p.name for p in opening.parcels if not p.closed and p.uid not in closing.uids),
        pieces=(
            *_terms(opening, closing, recent), *held, *book.differences, *_listed(doubles), *_listed(beyond),
            *_listed(again), *_listed(left_open),
        ),
    )  # fmt: skip


def _terms(opening: Standing, closing: Standing, releases: Sequence[Parcel]) -> Iterator[Piece]:
    """Every record of every term that has a usable outline."""
    for kind, parcels in terms_of(opening, closing, releases).items():
        for parcel, shape, m2 in _measured(parcels):
            text = str(Terms(parcel.product, parcel.methods, parcel.depth, parcel.datum))
            yield Piece(kind, m2, (parcel.name,), (parcel.uid,), text, shape)


def _held(releases: Sequence[Parcel], stops: Withheld) -> Iterator[Piece]:
    """Released ground that is withheld, with every reason."""
    for parcel, shape, m2 in _measured([p for p in releases if p.uid in stops.releases]):
        why = dict.fromkeys(f"{a.text}, {a.since}" for a in stops.alerts if a.release == parcel.uid)
        yield Piece(PieceKind.WITHHELD, m2, (parcel.name,), (parcel.uid,), "; ".join(why), shape)


def _beyond(cleared: Sequence[Parcel], hazards: Sequence[Parcel]) -> Iterator[Piece]:
    own, covers = _drawn(cleared), Survey(tuple(hazards))
    for k, ground, m2 in outside(_shapes(own), covers.shapes[covers.usable]):
        parcel = own[k][0]
        text = "cleared where no hazard area is on record"
        yield Piece(PieceKind.CLEARED_OUTSIDE, m2, (parcel.name,), (parcel.uid,), text, _ground(ground))


def _shared(
    ones: Sequence[Parcel], others: Sequence[Parcel], kind: PieceKind, *, once: bool = False
) -> Iterator[Piece]:
    """Ground that two records share; ``once``: both lists are one."""
    left = _drawn(ones)
    right = left if once else _drawn(others)
    for block in overlaps(_shapes(left), None if once else _shapes(right)):
        for i, j, ground, m2 in zip(block.left, block.right, block.shared, block.area, strict=True):
            one, other = left[i][0], right[j][0]
            if one.uid != other.uid:
                text = f"{one.product} and {other.product}"
                yield Piece(kind, float(m2), (one.name, other.name), (one.uid, other.uid), text, _ground(ground))


def _doubles(account: Account, parcels: Sequence[Parcel]) -> Iterator[Piece]:
    """Ground that the outlines of one account share."""
    own = set(account.uids)
    if account.double_counted >= SMALLEST_M2:
        same = [p for p in parcels if p.uid in own and p.product is account.terms.product]
        yield from _shared(same, same, PieceKind.SHARED, once=True)


def _covered(pieces: Sequence[Piece]) -> float:
    """m2 of the ground at least one of them holds."""
    return union_area([p.geometry for p in pieces])


def _listed(pieces: Iterable[Piece]) -> Iterator[Piece]:
    return (p for p in pieces if p.m2 >= SMALLEST_M2)


def _cleared(parcels: Sequence[Parcel]) -> list[Parcel]:
    return [p for p in parcels if p.product is Product.CLEARED]


def _drawn(parcels: Sequence[Parcel]) -> list[tuple[Parcel, BaseGeometry]]:
    """Records with a usable outline, and the outline."""
    survey = Survey(tuple(parcels))
    return [(survey.parcels[i], survey.shapes[i]) for i in np.flatnonzero(survey.usable)]


def _measured(parcels: Sequence[Parcel]) -> Iterator[tuple[Parcel, BaseGeometry, float]]:
    drawn = _drawn(parcels)
    for (parcel, shape), m2 in zip(drawn, square_metres(_shapes(drawn)), strict=True):
        yield parcel, shape, float(m2)


def _shapes(drawn: Sequence[tuple[Parcel, BaseGeometry]]) -> NDArray[np.object_]:
    out = np.empty(len(drawn), dtype=object)
    out[:] = [shape for _, shape in drawn]
    return out


def _ground(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of what an overlay left, without the lines and points where outlines only touch."""
    if shape.geom_type in POLYGONS:
        return shape
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
