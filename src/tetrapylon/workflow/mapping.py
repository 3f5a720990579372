"""What a map draws of each structure as of two clocks: where it is known to lie, its condition, its gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.assess.condition import Condition
from tetrapylon.clear.gate import Statuses
from tetrapylon.errors import OutsideModel
from tetrapylon.geo.position import COARSE_M, Position
from tetrapylon.model import Claim, Footprint, GateState, Structure
from tetrapylon.record.view import View


@dataclass(frozen=True)
class Drawn:
    """One outline of a structure on a map.

    ``coarse``: the outline is the area within which the structure lies (known to 1,000 m or worse), not the structure.
    """

    structure: Claim[Structure]
    outline: BaseGeometry
    coarse: bool
    condition: Condition | None
    held: int | None
    """How many of ground, rubble and voids the gate holds; None: not asked."""


def drawn_structures(
    view: View, conditions: Mapping[str, Condition], gates: Mapping[str, Statuses]
) -> tuple[tuple[Drawn, ...], tuple[Claim[Structure], ...]]:
    """Outlines of all structures of a view, and the structures that have none; conditions and gates by uid.

    Footprints are drawn as claimed, all of them; a structure without one is drawn at its own position. Largest first,
    so that what lies inside another is drawn over it.
    """
    held = {uid: sum(s.state is GateState.HELD for s in of.values()) for uid, of in gates.items()}
    footprints = _outlines(view)
    drawn, missing = [], []
    for claim in view.claims(Structure):
        outlines = footprints.get(claim.uid) or _shown(claim.body.geometry, claim.body.position_accuracy)
        if not outlines:
            missing.append(claim)
        for outline, coarse in outlines:
            drawn.append(Drawn(claim, outline, coarse, conditions.get(claim.uid), held.get(claim.uid)))
    return tuple(sorted(drawn, key=lambda d: -d.outline.area)), tuple(missing)


def drawable(
    geometries: NDArray[np.object_], accuracy_m: Sequence[float | None]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """What may be drawn of positions, and which of that is only the area a thing lies in; None where nothing may."""
    drawn = geometries.copy()
    coarse = np.zeros(len(drawn), dtype=bool)
    points = shapely.get_dimensions(geometries) == 0
    stated = np.array([np.nan if a is None else a for a in accuracy_m], dtype=np.float64)
    for i in np.flatnonzero((stated >= COARSE_M) | (points & np.isnan(stated))).tolist():
        shown = _shown(geometries[i], accuracy_m[i])
        drawn[i], coarse[i] = shown[0] if shown else (None, False)
    return drawn, coarse


def _outlines(view: View) -> Mapping[str, list[tuple[BaseGeometry, bool]]]:
    """Footprints by structure; points only where there is nothing with an extent."""
    found: dict[str, list[tuple[BaseGeometry, bool]]] = {}
    for claim in view.claims(Footprint):
        if claim.body.structure:
            shown = _shown(claim.body.geometry, claim.body.position_accuracy)
            found.setdefault(str(claim.body.structure), []).extend(shown)
    return {
        uid: [o for o in outlines if shapely.get_dimensions(o[0]) > 0 and not o[1]] or outlines
        for uid, outlines in found.items()
    }


def _shown(geometry: BaseGeometry | None, accuracy_m: float | None) -> list[tuple[BaseGeometry, bool]]:
    """What may be drawn: a point only where it is known to better than 1,000 m, else the area it lies in."""
    if geometry is None or geometry.is_empty:
        return []
    if shapely.get_dimensions(geometry) > 0 and (accuracy_m is None or Position(0.0, 0.0, accuracy_m).is_point):
        return [(geometry, False)]
    middle = shapely.centroid(geometry)
    position = Position(middle.x, middle.y, accuracy_m)
    try:
        return [(position.shown(), not position.is_point)]
    except OutsideModel:
        return []
