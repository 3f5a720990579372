"""Geometries of many rows at once: read, checked, and turned into JSON data; what is wrong is named with a repair."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.formats.problems import Bad
from tetrapylon.geo.checks import Severity
from tetrapylon.geo.validity import MANY_VERTICES, examine

Extent = tuple[float, float, float, float]
_SAID = ("swapped-axes", "outside-site", "many-vertices", "crosses-antimeridian")
"""Advice worth a warning on import; the rest is for the geometry page."""


def settle(
    raws: list[Any], *, extent: Extent | None, wrong: Callable[[int, Bad], None], remark: Callable[[int, Bad], None]
) -> list[dict[str, Any] | None]:
    """Read and check geometries.

    Parameters
    ----------
    raws : GeoJSON geometry objects, GeoJSON or WKT text, or WKB bytes; EPSG:4326, longitude first.
    extent : west, south, east, north (degrees) of the site; None: anywhere.
    wrong, remark : called with the place in ``raws`` and what is wrong, or worth a look.

    Returns
    -------
    One GeoJSON geometry object per entry, as `model.field.geometry_to_json` writes it; None where it is wrong.
    """
    shapes = np.array([None] * len(raws), dtype=object)
    texts: list[tuple[int, str]] = []
    for i, raw in enumerate(raws):
        try:
            raws[i] = raw = json.loads(raw) if isinstance(raw, str) and raw.lstrip()[:1] == "{" else raw
            if isinstance(raw, dict):
                texts.append((i, json.dumps(raw)))
        except (json.JSONDecodeError, RecursionError):
            wrong(i, Bad(_short(raw), "is not a readable geometry.", code="geometry"))
            raws[i] = None
    if texts:
        shapes[[i for i, _ in texts]] = shapely.from_geojson([text for _, text in texts], on_invalid="ignore")
    for kind, read in ((str, shapely.from_wkt), (bytes, shapely.from_wkb)):
        places = [i for i, raw in enumerate(raws) if isinstance(raw, kind)]
        if places:
            shapes[places] = read([raws[i] for i in places], on_invalid="ignore")
    found = [i for i, shape in enumerate(shapes) if shape is not None]
    result: list[dict[str, Any] | None] = [None] * len(raws)
    if found:
        kept = shapes[found]
        good = _unremarkable(kept, extent)
        counts = shapely.get_num_coordinates(kept)
        for k in np.flatnonzero(good & (counts > MANY_VERTICES)):
            said = f"has {counts[k]} vertices; outlines of more than {MANY_VERTICES} are rarely meant."
            remark(found[k], Bad(_short(raws[found[k]]), said, code="geometry-many-vertices"))
        for i, text in zip(np.array(found)[good], shapely.to_geojson(kept[good]), strict=True):
            result[i] = json.loads(text)
        suspicious = [i for i, ok in zip(found, good, strict=True) if not ok]
    else:
        suspicious = []
    suspicious += [i for i, raw in enumerate(raws) if raw is not None and shapes[i] is None]
    site = shapely.box(*extent) if extent else None
    for i in sorted(suspicious):
        result[i] = _examined(i, raws[i], shapes[i], site, wrong, remark)
    return result


def _unremarkable(shapes: NDArray[np.object_], extent: Extent | None) -> NDArray[np.bool_]:
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, 0] >= -180) & (bounds[:, 1] >= -90) & (bounds[:, 2] <= 180) & (bounds[:, 3] <= 90)
        meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    good: NDArray[np.bool_] = inside & meets & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    return good


def _examined(i: int, raw: Any, shape: Any, site: Any, wrong: Any, remark: Any) -> dict[str, Any] | None:
    if shape is None and not isinstance(raw, dict):
        wrong(i, Bad(_short(raw), "is not a readable geometry.", code="geometry"))
        return None
    findings = examine(raw if isinstance(raw, dict) else shape, site=site)
    errors = [f for f in findings if f.severity is Severity.ERROR]
    errors = [f for f in errors if f.code == "not-a-number"] or errors  # the rest only follows from it
    for finding in errors or [f for f in findings if f.code in _SAID]:
        proposals = [p.action for p in finding.proposals]
        hint = f" Proposed: {proposals[0]}." if proposals else ""
        (wrong if errors else remark)(i, Bad(_short(raw), finding.message + hint, code=f"geometry-{finding.code}"))
    if errors:
        return None
    if shape is None:
        wrong(i, Bad(_short(raw), "cannot be built from its coordinates.", code="geometry"))
        return None
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def _short(raw: Any) -> str:
    if isinstance(raw, dict):
        return str(raw.get("type", ""))
    return raw[:60] if isinstance(raw, str) else f"{len(raw)} bytes of WKB"
