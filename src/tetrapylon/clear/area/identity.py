"""The area identity on polygons: opening + newly found + reopened = cancelled + reduced + cleared + closing.

Each term is the ground its outlines cover. The identity holds exactly when both sides are the same ground, each metre
in one term. Where it does not hold, the difference is taken apart into ground: lost (on the left, in no term of the
right), outside (on the right, in no term of the left), and counted twice on either side.

    left - right = lost - outside + twice_left - twice_right

which is an identity of sets, so it is right whatever the record says. Measured with edges straight in longitude and
latitude, in which parts add up. Ground is compared within clusters of outlines that share some, so that the work grows
with their number. Source: the conservation rule of land release (IMAS 07.11 terms).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.area.pieces import LEFT, RIGHT, Piece, PieceKind
from tetrapylon.clear.area.standing import Standing
from tetrapylon.clear.survey.overlay import clusters, square_metres, union
from tetrapylon.clear.survey.subject import Parcel, Product, Survey

TOLERANCE_M2 = 1.0
"""A difference below this is rounding of coordinates. Floor of the design: partitions post back within 1 m2."""
RELEASED = {
    PieceKind.CANCELLED: Product.CANCELLED,
    PieceKind.REDUCED: Product.REDUCED,
    PieceKind.CLEARED: Product.CLEARED,
}
_SAID = {
    PieceKind.LOST: "in no release and in no open area at the end",
    PieceKind.OUTSIDE: "in no area of the beginning, newly found or reopened",
}


@dataclass(frozen=True)
class Identity:
    """Both sides in m2 of covered ground, and the ground by which they differ.

    lost_m2, outside_m2 : ground of one side only. twice_left_m2, twice_right_m2 : sum of the terms of a side minus the
    area of their union. differences : that ground, each connected piece of 1 m2 or more (lost, outside, in two terms).
    undrawn : names without a usable outline; with any, the identity is undetermined. verdict : in words.
    """

    opening: float
    found: float
    reopened: float
    cancelled: float
    reduced: float
    cleared: float
    closing: float
    lost_m2: float
    outside_m2: float
    twice_left_m2: float
    twice_right_m2: float
    differences: tuple[Piece, ...]
    undrawn: tuple[str, ...]
    verdict: str

    @property
    def difference(self) -> float:
        """Left side less right side, m2."""
        left = self.opening + self.found + self.reopened
        return left - (self.cancelled + self.reduced + self.cleared + self.closing)

    @property
    def balances(self) -> bool | None:
        """Whether no ground is lost, outside or counted twice (each below 1 m2).

        None where outlines are missing, or where there is no ground at all. A difference of 0 is not enough: as much
        may be lost as is counted twice.
        """
        return {"balances": True, "does not balance": False}.get(self.verdict)

    @property
    def lost(self) -> BaseGeometry:
        """Ground on the left and in no term of the right."""
        return union([p.geometry for p in self.differences if p.kind is PieceKind.LOST])

    @property
    def outside(self) -> BaseGeometry:
        """Ground on the right and in no term of the left."""
        return union([p.geometry for p in self.differences if p.kind is PieceKind.OUTSIDE])

    @property
    def arithmetic(self) -> str:
        """Both sides in numbers, and what the difference is made of."""
        left = " + ".join(map(_whole, (self.opening, self.found, self.reopened)))
        right = " + ".join(map(_whole, (self.cancelled, self.reduced, self.cleared, self.closing)))
        return (
            f"{left} = {right} m2, difference {_whole(self.difference)} m2: {self.verdict} "
            f"(lost {_whole(self.lost_m2)}, outside {_whole(self.outside_m2)}, counted twice "
            f"{_whole(self.twice_left_m2)} and {_whole(self.twice_right_m2)} m2)"
        )


def terms_of(
    opening: Standing, closing: Standing, releases: Sequence[Parcel]
) -> Mapping[PieceKind, tuple[Parcel, ...]]:
    """Outlines of each term, in the order of the identity.

    Newly found: in the closing standing only, whatever became of it since. Reopened: closed in the opening one, open in
    the closing one. Closing: what is not closed, with its outline as it stands then.
    """
    still, shut = tuple(p for p in closing.parcels if not p.closed), opening.uids - opening.open
    return {
        PieceKind.OPENING: tuple(p for p in opening.parcels if not p.closed),
        PieceKind.FOUND: tuple(p for p in closing.parcels if p.uid not in opening.uids),
        PieceKind.REOPENED: tuple(p for p in still if p.uid in shut),
        **{kind: tuple(p for p in releases if p.product is product) for kind, product in RELEASED.items()},
        PieceKind.CLOSING: still,
    }


def identity(opening: Standing, closing: Standing, releases: Sequence[Parcel]) -> Identity:
    """Account for ground between two standings of the hazard areas.

    Parameters
    ----------
    releases : cancelled, reduced and cleared in the period.
    """
    terms = terms_of(opening, closing, releases)
    survey = Survey(tuple(p for parcels in terms.values() for p in parcels))
    of = np.array([kind for kind, parcels in terms.items() for _ in parcels], dtype=object)
    undrawn = tuple(dict.fromkeys(p.name for p, ok in zip(survey.parcels, survey.usable, strict=True) if not ok))
    at = np.flatnonzero(survey.usable)
    shapes, kinds = survey.shapes[at], of[at]
    ground: dict[PieceKind | str, list[BaseGeometry]] = defaultdict(list)
    places: dict[PieceKind, list[NDArray[np.intp]]] = defaultdict(list)
    for members in clusters(shapes):
        for what, shape in _compared(shapes[members], kinds[members]):
            ground[what].append(shape)
            if what in (PieceKind.LOST, PieceKind.OUTSIDE, PieceKind.TWICE):
                places[PieceKind(what)].append(members)
    m2 = {what: float(square_metres(shapes).sum()) for what, shapes in ground.items()}
    parcels = [survey.parcels[i] for i in at]
    whole = {side: m2.get(side, 0.0) for side in ("left", "right")}
    sides = {
        side: sum(m2.get(kind, 0.0) for kind in kinds) - whole[side]
        for side, kinds in (("left", LEFT), ("right", RIGHT))
    }
    lost, outside = m2.get(PieceKind.LOST, 0.0), m2.get(PieceKind.OUTSIDE, 0.0)
    left, right = max(0.0, sides["left"]), max(0.0, sides["right"])
    return Identity(
        **{kind.name.lower(): m2.get(kind, 0.0) for kind in (*LEFT, *RIGHT)},
        lost_m2=lost,
        outside_m2=outside,
        twice_left_m2=left,
        twice_right_m2=right,
        differences=tuple(_pieces(ground, places, shapes, kinds, parcels)),
        undrawn=undrawn,
        verdict=_verdict(bool(undrawn), len(at) > 0, max(lost, outside, left, right)),
    )


def _compared(
    shapes: NDArray[np.object_], kinds: NDArray[np.object_]
) -> Iterator[tuple[PieceKind | str, BaseGeometry]]:
    """Ground of one cluster: of each term, of each side ("left", "right"), and that by which the sides differ."""
    of = {kind: _united(shapes[kinds == kind]) for kind in dict.fromkeys(kinds)}
    yield from of.items()
    side = {}
    for name, those in (("left", LEFT), ("right", RIGHT)):
        own = [of[kind] for kind in those if kind in of]
        side[name] = _united(np.array([None, *own], dtype=object)[1:]) if own else None
        if own:
            yield name, side[name]
        for k, one in enumerate(own):
            for other in own[k + 1 :]:
                yield PieceKind.TWICE, shapely.intersection(one, other)
    left, right = side["left"], side["right"]
    if left is not None:
        yield PieceKind.LOST, left if right is None else shapely.difference(left, right)
    if right is not None:
        yield PieceKind.OUTSIDE, right if left is None else shapely.difference(right, left)


def _pieces(
    ground: Mapping[PieceKind | str, list[BaseGeometry]],
    places: Mapping[PieceKind, list[NDArray[np.intp]]],
    shapes: NDArray[np.object_],
    kinds: NDArray[np.object_],
    parcels: Sequence[Parcel],
) -> Iterator[Piece]:
    """Connected pieces of the differences with the records they come from."""
    for kind in (PieceKind.LOST, PieceKind.OUTSIDE, PieceKind.TWICE):
        parts, owner = shapely.get_parts(np.array([None, *ground[kind]], dtype=object)[1:], return_index=True)
        areas = square_metres(parts)
        for k in np.flatnonzero(areas >= TOLERANCE_M2):
            inside = shapely.point_on_surface(parts[k])
            of = [i for i in places[kind][owner[k]] if shapely.intersects(shapes[i], inside)]
            said = _SAID.get(kind, "")
            if kind is PieceKind.TWICE:
                of, said = _of_side(of, kinds)
            named = tuple(dict.fromkeys(parcels[i].name for i in of))
            yield Piece(kind, float(areas[k]), named, tuple(dict.fromkeys(parcels[i].uid for i in of)), said, parts[k])


def _of_side(members: Sequence[int], kinds: NDArray[np.object_]) -> tuple[list[int], str]:
    """Those of a side that has ground in two terms, and these terms."""
    sides = [[i for i in members if kinds[i] in side] for side in (LEFT, RIGHT)]
    double = [i for side in sides if len({kinds[i] for i in side}) > 1 for i in side]
    return double, " and ".join(dict.fromkeys(str(kinds[i]) for i in double))


def _verdict(undrawn: bool, any_ground: bool, largest: float) -> str:
    if undrawn:
        return "undetermined: outlines are missing"
    if not any_ground:
        return "undetermined: no ground on record"
    return "balances" if largest < TOLERANCE_M2 else "does not balance"


def _united(shapes: NDArray[np.object_]) -> BaseGeometry:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _whole(m2: float) -> str:
    return f"{round(m2):,}"
