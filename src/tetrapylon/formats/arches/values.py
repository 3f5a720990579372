"""One value of a tile, by the data type of its node, to text or geometry and back."""

from __future__ import annotations

import re
from typing import Any

from tetrapylon.formats.arches.graph import Node, words
from tetrapylon.formats.arches.thesaurus import Thesaurus, is_uuid
from tetrapylon.formats.problems import Bad

GEOMETRY = "geojson-feature-collection"
CONCEPTS = ("concept", "concept-list", "domain-value", "domain-value-list", "reference")
DATES = ("date", "edtf")

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?", re.ASCII)
_EDTF = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?([~?%]?)", re.ASCII)


def texts(node: Node, value: Any, thesaurus: Thesaurus) -> list[str]:
    """What a value says, in words; concepts by label. Empty for nothing, and for a concept whose label is not known."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [text for one in value for text in texts(node, one, thesaurus)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [repr(value)]
    if isinstance(value, dict):
        if "resourceId" in value:
            return [str(value["resourceId"])]
        text = words(value)
        return [text] if text.strip() else []
    text = str(value)
    if node.datatype in CONCEPTS and is_uuid(text):
        label = thesaurus.label(text)
        return [label] if label else []
    return [text] if text.strip() else []


def unlabelled(node: Node, value: Any, thesaurus: Thesaurus) -> bool:
    """True for a concept whose label is not known."""
    many = value if isinstance(value, list) else [value]
    return node.datatype in CONCEPTS and any(is_uuid(v) and thesaurus.label(str(v)) is None for v in many)


def when(text: str) -> dict[str, str]:
    """A date of Arches: a day, a day with a time (which is left off), or an EDTF day, month or year, "~" approximate.

    Raises
    ------
    Bad : another form of EDTF (interval, set, season, before the common era), or a day that is none.
    """
    from tetrapylon.formats import values

    stripped = text.strip()
    day = _DAY.fullmatch(stripped)
    if day:
        return {"date": values.day(day[1])}
    edtf = _EDTF.fullmatch(stripped)
    if not edtf or (edtf[2] and not edtf[3] and int(edtf[2]) > 12):
        reason = "is not a day, month or year: intervals, sets and seasons of EDTF cannot be one date."
        if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}", stripped, re.ASCII):
            values.day(stripped)  # says what is wrong with it
        raise Bad(text, reason, code="value")
    year, month, date, mark = edtf.groups()
    if mark and date is None:
        raise Bad(text, f"is an uncertain {'month' if month else 'year'}: no precision holds that.", code="value")
    found = {"date": values.day(f"{year}-{month or '01'}-{date or '01'}")}
    if mark:
        found["precision"] = "approx"
    elif date is None:
        found["precision"] = "month" if month else "year"
    return found


def edtf(when: dict[str, Any]) -> str:
    """EDTF of a date as stated."""
    day, precision = str(when["date"]), when.get("precision", "day")
    cut = {"year": 4, "month": 7}.get(precision, 10)
    return day[:cut] + ("~" if precision == "approx" else "")


def shape(value: Any) -> dict[str, Any] | None:
    """GeoJSON geometry of a feature collection or of one geometry object; None for anything else."""
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        found = value.get("features")
        features = [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []
        shapes = [s for s in (f.get("geometry") for f in features) if isinstance(s, dict)]
    elif isinstance(value, dict) and value.get("type"):
        shapes = [value]
    else:
        shapes = []
    parts = [p for s in shapes for p in _flat(s)]
    if len(parts) < 2:
        return parts[0] if parts else None
    kinds = {p.get("type") for p in parts}
    if len(kinds) == 1 and kinds <= {"Point", "LineString", "Polygon"}:
        return {"type": f"Multi{parts[0]['type']}", "coordinates": [p.get("coordinates") for p in parts]}
    return {"type": "GeometryCollection", "geometries": parts}


def _flat(shape: dict[str, Any]) -> list[dict[str, Any]]:
    inner = shape.get("geometries")
    if shape.get("type") == "GeometryCollection" and isinstance(inner, list) and len(inner) == 1:
        return [s for s in inner if isinstance(s, dict)]
    return [shape]


def collection(shape: dict[str, Any], node: Node) -> dict[str, Any]:
    """A geometry as the feature collection that a tile holds."""
    feature = {"type": "Feature", "geometry": shape, "properties": {"nodeId": node.id}}
    return {"type": "FeatureCollection", "features": [feature]}


def encode(node: Node, text: str, thesaurus: Thesaurus, like: Any = None) -> Any:
    """A text as a tile holds it, in the form of ``like`` where a value stood; None for a concept that is not known."""
    if node.datatype == "string":
        if like is None or isinstance(like, dict):
            return {**(like or {}), "en": {"value": text, "direction": "ltr"}}
        return text
    if node.datatype in CONCEPTS:
        value = text if is_uuid(text) else thesaurus.value(text, node.collection)
        if value is None:
            return None
        return [value] if node.datatype.endswith("-list") else value
    if node.datatype == "number":
        return float(text)
    if node.datatype == "boolean":
        return text == "true"
    return text
