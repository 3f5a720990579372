"""Routes of the services: one handler for each page, answering as JSON or HTML."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from tetrapylon.errors import NotFound
from tetrapylon.model import Entity
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.describing import GEOJSON, HTML, JSON, TILE, answers
from tetrapylon.web.errors import SERVICE, wants_json
from tetrapylon.web.ogc.features import features, one, rows_asked
from tetrapylon.web.ogc.parameters import (
    CRS84,
    Box,
    Collection,
    CrsName,
    Datetime,
    Form,
    collections,
    entity_named,
    known_parameters,
    read_box,
    read_crs,
    read_datetime,
)
from tetrapylon.web.ogc.tiles import tile
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import ITEMS_DEFAULT, ITEMS_MOST

router = APIRouter(
    prefix=SERVICE, tags=["OGC API"], default_response_class=Response, responses=answers(JSON, HTML, refused=400)
)
FEATURES = answers(GEOJSON, HTML, refused=400)

GRID = "WebMercatorQuad"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
)
Limit = Annotated[
    int, Query(ge=1, le=1_000_000_000, description=f"Features at most; more than {ITEMS_MOST:,} counts as that.")
]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="Features to pass over.")]
Step = Annotated[int, Path(ge=0, le=5_000_000)]


@router.get("")
@router.get("/", include_in_schema=False)
def landing(asked: Ask, f: Form = None) -> Response:
    """What is offered."""
    known_parameters(asked.request)
    links = [
        _link(asked, "self", "", "application/json", "This document"),
        _link(asked, "alternate", "", "text/html", "This document as HTML", f="html"),
        _link(asked, "service-desc", "/api", OPENAPI, "The API"),
        _link(asked, "service-doc", "", "text/html", "The API, for people", f="html"),
        _link(asked, "conformance", "/conformance", "application/json", "Conformance"),
        _link(asked, "data", "/collections", "application/json", "Layers"),
        _link(
            asked,
            "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
            "/tileMatrixSets",
            "application/json",
            "Tile grids",
        ),
    ]
    body = {"title": asked.reading.settings.name, "description": _description(asked), "links": links}
    return _answer(asked, body)


@router.get("/api", responses=answers(OPENAPI, refused=400))
def api(request: Request, f: Form = None) -> Response:
    """The API as OpenAPI 3.0."""
    known_parameters(request)
    return JSONResponse(request.app.openapi(), media_type=OPENAPI)


@router.get("/conformance")
def conformance(asked: Ask, f: Form = None) -> Response:
    """Classes of the standards this follows."""
    known_parameters(asked.request)
    return _answer(asked, {"title": "Conformance", "conformsTo": list(CONFORMANCE), "links": []})


@router.get("/collections")
def all_collections(asked: Ask, f: Form = None) -> Response:
    """Layers whose geometry may leave."""
    known_parameters(asked.request)
    described = [_collection(asked, entity) for entity in collections(asked).values()]
    links = [_link(asked, "self", "/collections", "application/json", "Layers")]
    return _answer(asked, {"title": "Layers", "collections": described, "links": links})


@router.get("/collections/{name}")
def one_collection(asked: Ask, name: Collection, f: Form = None) -> Response:
    """One layer."""
    known_parameters(asked.request)
    return _answer(asked, _collection(asked, entity_named(asked, name)))


@router.get("/collections/{name}/items", responses=FEATURES)
def items(
    asked: Ask, name: Collection, bbox: Box = None, datetime: Datetime = None, limit: Limit = ITEMS_DEFAULT,
    offset: Offset = 0, crs: CrsName = None, f: Form = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs", max_length=200)] = None,
) -> Response:  # fmt: skip
    """Features of a layer as of the two clocks."""
    known_parameters(asked.request, "bbox", "bbox-crs", "datetime", "limit", "offset", "crs")
    read_crs(crs)
    entity = entity_named(asked, name)
    limit = min(limit, ITEMS_MOST)
    frame = asked.reading.frame(entity)
    rows = rows_asked(asked, entity, read_box(bbox, bbox_crs), read_datetime(datetime))
    found = features(asked, entity, frame.fids[rows[offset : offset + limit]].tolist())
    path = f"/collections/{name}/items"
    links = [
        _link(asked, "self", path, GEOJSON, "This document", keep=True),
        _link(asked, "alternate", path, "text/html", "This document as HTML", keep=True, f="html"),
        _link(asked, "collection", f"/collections/{name}", "application/json", "The layer"),
    ]
    if offset + limit < len(rows):
        links.append(_link(asked, "next", path, GEOJSON, "Next page", keep=True, offset=str(offset + limit)))
    if offset:
        links.append(
            _link(asked, "prev", path, GEOJSON, "Previous page", keep=True, offset=str(max(0, offset - limit)))
        )
    body = {
        "type": "FeatureCollection",
        "features": found,
        "numberMatched": len(rows),
        "numberReturned": len(found),
        "timeStamp": f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "links": links,
    }
    return _answer(asked, body, media_type=GEOJSON, title=entity.title())


@router.get("/collections/{name}/items/{feature_id}", responses=FEATURES)
def item(
    asked: Ask, name: Collection, feature_id: Annotated[str, Path(max_length=200)], crs: CrsName = None, f: Form = None
) -> Response:
    """One feature: one version of one claim."""
    known_parameters(asked.request, "crs")
    read_crs(crs)
    entity = entity_named(asked, name)
    body = one(asked, entity, feature_id)
    path = f"/collections/{name}"
    body["links"] = [
        _link(asked, "self", f"{path}/items/{feature_id}", GEOJSON, "This document"),
        _link(asked, "alternate", f"{path}/items/{feature_id}", "text/html", "This document as HTML", f="html"),
        _link(asked, "collection", path, "application/json", "The layer"),
    ]
    return _answer(asked, body, media_type=GEOJSON, title=entity.title())


@router.get("/collections/{name}/tiles")
def tilesets(asked: Ask, name: Collection, f: Form = None) -> Response:
    """Tile sets of a layer."""
    known_parameters(asked.request)
    entity = entity_named(asked, name)
    return _answer(asked, {"title": entity.title(), "tilesets": [_tileset(asked, entity)], "links": []})


@router.get("/collections/{name}/tiles/{grid}")
def tileset(asked: Ask, name: Collection, grid: str, f: Form = None) -> Response:
    """One tile set."""
    known_parameters(asked.request)
    _known_grid(grid)
    return _answer(asked, _tileset(asked, entity_named(asked, name)))


@router.get(
    "/collections/{name}/tiles/{grid}/{z}/{y}/{x}", responses=answers(TILE, refused=400, s204="Nothing lies there.")
)
def one_tile(
    asked: Ask, name: Collection, grid: str, z: Annotated[int, Path(ge=0, le=30)], y: Step, x: Step,
    f: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:  # fmt: skip
    """One vector tile; 204 where nothing lies."""
    _known_grid(grid)
    found = tile(asked, entity_named(asked, name), z, x, y)
    if not found:
        return Response(status_code=204)
    return Response(found, media_type=TILE)


@router.get("/tileMatrixSets")
def grids(asked: Ask, f: Form = None) -> Response:
    """Tile grids."""
    known_parameters(asked.request)
    link = _link(asked, "self", f"/tileMatrixSets/{GRID}", "application/json", GRID)
    listed = {"id": GRID, "title": "Google Maps Compatible for the World", "uri": _GRID_URI, "links": [link]}
    return _answer(asked, {"title": "Tile grids", "tileMatrixSets": [listed], "links": []})


@router.get("/tileMatrixSets/{grid}")
def one_grid(asked: Ask, grid: str, f: Form = None) -> Response:
    """One tile grid (OGC 17-083r4, annex D.1)."""
    known_parameters(asked.request)
    _known_grid(grid)
    return _answer(asked, {"id": GRID, "title": GRID, "uri": _GRID_URI, "crs": _MERCATOR, "tileMatrices": _matrices()})


_GRID_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"


def _known_grid(grid: str) -> None:
    if grid != GRID:
        raise NotFound(f'There is no tile grid "{grid[:60]}".', hint=f'Did you mean "{GRID}"?')


def _matrices() -> list[dict[str, Any]]:
    from tetrapylon.formats.mvt.grid import DEEPEST, matrix

    return [matrix(z) for z in range(DEEPEST + 1)]


def _collection(asked: Asked, entity: type[Entity]) -> dict[str, Any]:
    name = entity.name()
    path = f"/collections/{name}"
    box = asked.reading.frame(entity).box
    spatial = {"bbox": [list(box)] if box else [[-180.0, -90.0, 180.0, 90.0]], "crs": CRS84}
    return {
        "id": name,
        "title": entity.title(),
        "description": (entity.__doc__ or "").strip().split("\n")[0],
        "itemType": "feature",
        "extent": {"spatial": spatial, "temporal": {"interval": [[None, None]]}},
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            _link(asked, "self", path, "application/json", "This layer"),
            _link(asked, "items", f"{path}/items", GEOJSON, "Features"),
            _link(
                asked,
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                f"{path}/tiles",
                "application/json",
                "Tiles",
            ),
        ],
    }


def _tileset(asked: Asked, entity: type[Entity]) -> dict[str, Any]:
    path = f"/collections/{entity.name()}/tiles/{GRID}"
    template = _link(asked, "item", path, TILE, "Tiles")
    base, _, query = template["href"].partition("?")
    template |= {"href": base + "/{tileMatrix}/{tileRow}/{tileCol}" + (f"?{query}" if query else ""), "templated": True}
    return {
        "title": entity.title(),
        "dataType": "vector",
        "crs": _MERCATOR,
        "tileMatrixSetURI": _GRID_URI,
        "links": [_link(asked, "self", path, "application/json", "This tile set"), template],
    }


def _description(asked: Asked) -> str:
    from tetrapylon.workflow.headline import banner_of

    return banner_of(asked.view) or "Claims on record."


def _link(
    asked: Asked, rel: str, path: str, media_type: str, title: str, *, keep: bool = False, **more: str
) -> dict[str, Any]:
    """A link with the clocks of this request; ``keep``: with all its parameters."""
    pairs = dict(asked.request.query_params) if keep else dict(asked.clocks.asked)
    pairs.pop("f", None)
    pairs |= more
    address = f"{str(asked.request.base_url).rstrip('/')}{SERVICE}{path}"
    return {"rel": rel, "type": media_type, "title": title, "href": address + (f"?{urlencode(pairs)}" if pairs else "")}


def _answer(asked: Asked, body: dict[str, Any], *, media_type: str = "application/json", title: str = "") -> Response:
    if wants_json(asked.request):
        return JSONResponse(body, media_type=media_type)
    return render(asked, "service.html", body=body, title=title or body.get("title") or body.get("id") or "")
