"""The map: structures and layers by verb, through both clocks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, JSONResponse, Response

from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.model import REGISTRY, Claim, Footprint, GateState, Place, Site, Structure
from tetrapylon.model.field import geometry_to_json
from tetrapylon.restore.options import StructureOptions, Verdict
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.basemaps import basemap_for
from tetrapylon.web.describing import GEOJSON, HTML, answers
from tetrapylon.web.pages.contamination import kept_maps
from tetrapylon.web.pictures import classes
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import GRADED_MOST
from tetrapylon.workflow.chosen import Worked
from tetrapylon.workflow.mapping import Drawn, drawn_structures
from tetrapylon.workflow.telling import everything_told

router = APIRouter()

LAYERS = {
    "clear": (
        "hazard_area", "hazard_report", "search", "progress", "ordnance_item", "incident", "quality_check",
        "land_release",
    ),
    "restore": ("heritage_zone", "void"),
    "coordinate": ("site", "place", "footprint"),
}  # fmt: skip
"""Layers of the record by the verb they belong to; structures are drawn under every verb."""


At = Annotated[str | None, Query(max_length=200, description="Name of a structure that the map opens on.")]


@router.get("/", response_class=HTMLResponse, responses=answers(HTML))
@router.get("/map", response_class=HTMLResponse, responses=answers(HTML))
def the_map(asked: Ask, at: At = None) -> HTMLResponse:
    """The map, and beside it the same structures as a list."""
    box = (at and around(asked, at)) or extent(asked)
    page = render(
        asked,
        "map.html",
        box=box,
        at=at,
        basemap=basemap_for(box),
        layers={verb: present(asked, names) for verb, names in LAYERS.items()},
        fields=[k for k in kept_maps(asked) if k.field is not None],
        bands=BANDS,
        classes=classes,
        graded=count(asked) <= GRADED_MOST,
        structures=count(asked),
        summary=None if asked.reading.looking_ahead else summary(asked),  # else the script fills it in
    )
    asked.reading.first_page_made()
    return page


@router.get("/map/structures.json", response_class=Response, responses=answers(GEOJSON))
def structures(asked: Ask) -> JSONResponse:
    """Structures as GeoJSON with what each verb says of them; empty where there are too many to grade each."""
    if count(asked) > GRADED_MOST:
        nothing = {"type": "FeatureCollection", "features": [], "summary": summary(asked)}
        return JSONResponse(nothing, media_type=GEOJSON)
    worked = every(asked)
    drawn, missing = drawn_structures(asked.view, worked.conditions, worked.gates)
    told = everything_told(asked.view)
    features = [_feature(asked, d, told.get(d.structure.uid, 0), worked.options.get(d.structure.uid)) for d in drawn]
    body = {"type": "FeatureCollection", "features": features, "summary": summary(asked, missing)}
    return JSONResponse(body, media_type=GEOJSON)


def _feature(asked: Asked, drawn: Drawn, told: int, options: StructureOptions | None) -> dict[str, Any]:
    structure = drawn.structure
    condition = drawn.condition
    interval = condition.interval if condition else None
    return {
        "type": "Feature",
        "geometry": geometry_to_json(drawn.outline),
        "properties": {
            "name": structure.name,
            "label": structure.body.label,
            "href": asked.href(f"/structure/{structure.name}"),
            "coarse": drawn.coarse,
            "lo": interval.lo if interval else -1,
            "hi": interval.hi if interval else -1,
            "grade": str(interval) if interval else "?",
            "group": bool(condition and condition.is_group),
            "held": -1 if drawn.held is None else drawn.held,
            "told": told,
            "contested": bool((condition and condition.contested) or structure.contested),
            "open": sum(f.verdict is Verdict.UNDETERMINED for f in options.findings) if options else -1,
            "admitted": sum(f.verdict is Verdict.ADMITTED for f in options.findings) if options else -1,
        },
    }


def summary(asked: Asked, missing: tuple[Claim[Structure], ...] = ()) -> dict[str, int]:
    """Counts that change as knowledge arrives."""
    view = asked.view
    told = everything_told(view)
    found = {"claims": told[""], "structures": count(asked)}
    if count(asked) <= GRADED_MOST:
        worked = every(asked)
        found |= {
            "graded": sum(c.interval is not None for c in worked.conditions.values()),
            "held": sum(any(s.state is GateState.HELD for s in of.values()) for of in worked.gates.values()),
            "undrawn": len(missing),
        }
    return found


def every(asked: Asked) -> Worked:
    """What is worked out for all structures of the view."""
    return computed.worked(asked, [c.uid for c in asked.view.claims(Structure)])


def count(asked: Asked) -> int:
    """Structures in the view."""
    return len(asked.view.claims(Structure))


def extent(asked: Asked) -> tuple[float, float, float, float]:
    """West, south, east, north of what the map opens on: footprints, else positions, else the world."""
    for entity in (Footprint, Structure, Place, Site):
        found: tuple[float, float, float, float] | None = asked.reading.frame(entity).box
        if found is not None:
            return found
    return (-180.0, -60.0, 180.0, 75.0)


def around(asked: Asked, name: str) -> tuple[float, float, float, float] | None:
    """What the map opens on to show one structure; None where it has no drawn position.

    Raises
    ------
    NotFound : there is no such structure; the nearest is named.
    """
    uid = asked.view.one(Structure, name).uid
    boxes = [d.outline.bounds for d in drawn_structures(asked.view, {}, {})[0] if d.structure.uid == uid]
    if not boxes:
        return None
    return (
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )  # fmt: skip


def present(asked: Asked, names: tuple[str, ...]) -> list[str]:
    """Those of the layers that hold anything drawn in any view."""
    return [name for name in names if asked.reading.frame(REGISTRY[name]).box is not None]
