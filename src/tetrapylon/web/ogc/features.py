"""Features of a layer: pages of them, one of them, as GeoJSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import NotFound
from tetrapylon.model import Claim, Entity
from tetrapylon.model.field import geometry_to_json
from tetrapylon.web.asked import Asked
from tetrapylon.web.ogc.parameters import Period
from tetrapylon.workflow.mapping import drawable


def seen(asked: Asked, entity: type[Entity]) -> np.ndarray:
    """Which versions of a layer the view holds."""
    clocks = asked.clocks
    return asked.reading.computed(
        clocks, f"seen {entity.name()}", lambda: asked.reading.frame(entity).seen(on=clocks.on, known=clocks.known)
    )


def rows_asked(
    asked: Asked, entity: type[Entity], box: tuple[float, float, float, float] | None, period: Period | None
) -> np.ndarray:
    """Rows of a layer that a request asks for, ascending."""
    frame = asked.reading.frame(entity)
    held = seen(asked, entity)
    if period is not None:
        held = held & (frame.valid[:, 0] <= period.last) & (frame.valid[:, 1] >= period.first)
    if box is None:
        return np.flatnonzero(held)
    rows = frame.within(box)
    return np.asarray(rows[held[rows]])


def features(asked: Asked, entity: type[Entity], fids: list[int]) -> list[dict[str, Any]]:
    """GeoJSON features of claims by the number of their entry."""
    return [feature(claim) for claim in asked.view.numbered(entity, fids)]


def feature(claim: Claim[Any]) -> dict[str, Any]:
    """One claim as a feature; its id is the hash of its entry."""
    body = claim.body
    field = type(body).geometry_field()
    outline, area = _outline(body)
    values = {k: v for k, v in body.encode().items() if field is None or k != field.name}
    about = {
        "uid": claim.uid,
        "party": claim.party,
        "known_from": claim.known,
        "source": claim.source,
        "own_words": not claim.reported,
        "contested": claim.contested,
        "withheld": list(claim.withheld),
        "position_is_area": area,
    }
    return {
        "type": "Feature",
        "id": claim.entry,
        "geometry": None if outline is None else geometry_to_json(outline),
        "properties": {**values, **about},
    }


def _outline(body: Entity) -> tuple[BaseGeometry | None, bool]:
    """The geometry to hand out; True where it is the area a thing lies in, because its position is known no better."""
    field = type(body).geometry_field()
    outline = getattr(body, field.name) if field else None
    if outline is None or "position_accuracy" not in type(body).fields():
        return outline, False
    (drawn,), (area,) = drawable(np.array([outline]), [body.position_accuracy])  # type: ignore[attr-defined]
    return drawn, bool(area)


def one(asked: Asked, entity: type[Entity], digest: str) -> dict[str, Any]:
    """The feature with this id.

    Raises
    ------
    NotFound : no claim of this layer in the view has it.
    """
    record = asked.reading.record()
    if len(digest) == 64 and set(digest) <= set("0123456789abcdef"):
        found = asked.view.numbered(entity, [record.find_entry(digest).fid])
        if found:
            return feature(found[0])
    raise NotFound(f'There is no {entity.title()} "{digest[:70]}" in this view.')
