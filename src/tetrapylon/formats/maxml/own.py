"""Our own element inside an item: which claim it is, and what maXML has no element for. Other programs skip it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from tetrapylon.formats.flat import Flat, plain
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import EXTRA, GEOMETRY

NAMESPACE = "urn:tetrapylon:claim:1"
CLAIM, FIELD = f"{{{NAMESPACE}}}claim", f"{{{NAMESPACE}}}field"
MADE = f"{{{NAMESPACE}}}made"
"""Attribute of a FieldReportInfo that we made up because a field report must have one."""
RAW, PART, GROUP, HEAD_RAW, REST = "maxml", "maxml_part", "maxml_group", "maxml_head", "maxml_rest"
"""Unknown fields of a claim that keep what came in: the item as XML, the place of a repeated element in it, the item
it came from, the head of its report where that became no source, and the other elements of a report."""
KEPT = (RAW, PART, GROUP, HEAD_RAW, REST)

_REFUSED = dict.fromkeys((*(c for c in range(32) if c not in (9, 10)), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))


def is_own(element: Element) -> bool:
    """True for our own element."""
    return element.tag == CLAIM


def clean(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold, or does not give back."""
    return text.translate(_REFUSED)


def add(element: Element, flat: Flat, row: Row, readable: Mapping[str, Any] | None) -> None:
    """Put the claim into its item: its uid, source, tier, and every column that reading the item does not give.

    ``readable``: the data that reading the item gives, None where there is nothing to read.
    """
    claim = SubElement(element, CLAIM, {"entity": row.entity, "uid": row.uid})
    if row.source:
        claim.set("source", row.source)
    if row.tier:
        claim.set("tier", str(row.tier))
    if GROUP in row.data:
        claim.set("group", str(row.data[GROUP]))
    back = dict(readable or {})
    known = {k: v for k, v in row.data.items() if k not in KEPT}
    given = flat.values(Row(row.entity, row.uid, known, row.source, row.tier))
    read = flat.values(Row(row.entity, row.uid, back, row.source, row.tier))
    for name, value, there in zip(flat.names, given, read, strict=True):
        if value != there or type(value) is not type(there):
            _field(claim, name, value)
    shape, there = flat.shape(row), back.get(flat.geometry or "")
    if flat.geometry and shape != there:
        _field(claim, GEOMETRY, None if shape is None else json.dumps(shape, separators=(",", ":")))


def _field(claim: Element, name: str, value: Any) -> None:
    field = SubElement(claim, FIELD, {"name": name})
    if value is None:
        field.set("none", "true")
        return
    if isinstance(value, str):
        text = value
    else:
        text = plain(value) if isinstance(value, bool) else repr(value)
    if clean(text) != text or text != text.strip():
        field.set("as", "json")
        text = json.dumps(text)
    field.text = text


def apply(claim: Element, flat: Flat, row: Row) -> tuple[list[Any], dict[str, Any] | None]:
    """Values and geometry of a row as reading the item gave it, with those of the claim over them.

    Raises
    ------
    Bad : a field is not one of the entity, or its text is damaged.
    """
    values = flat.values(row)
    shape = flat.shape(row)
    at = {name: i for i, name in enumerate(flat.names)}
    for field in claim:
        name = field.get("name", "")
        text: str | None = None if field.get("none") else field.text or ""
        if text is not None and field.get("as") == "json":
            text = _loaded(text, name)
        if name == GEOMETRY and flat.geometry:
            shape = None if text is None else _loaded(text, name)
        elif name == EXTRA and text is not None:
            kept = values[at[EXTRA]]
            both = {**(json.loads(kept) if kept else {}), **_object(text, name)}
            values[at[EXTRA]] = json.dumps(both, ensure_ascii=False, sort_keys=True)
        elif name in at:
            values[at[name]] = text
        else:
            from tetrapylon.errors import nearest

            raise Bad(name, f"is not a column of a {row.entity}.", nearest(name, list(at)), "column")
    return values, shape


def _loaded(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise Bad(text[:60], "is not JSON.", column=name) from None


def _object(text: str, name: str) -> dict[str, Any]:
    found = _loaded(text, name)
    if not isinstance(found, dict):
        raise Bad(text[:60], "is not a JSON object.", column=name)
    return found
