"""One element of a field report and the data of one claim: read, built afresh, or changed in place.

What was kept as it came in is changed only where a claim says something else by now; so everything in it that nobody
here understands goes out again as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from tetrapylon.formats import values
from tetrapylon.formats.maxml import geospatial, own
from tetrapylon.formats.maxml.names import HEAD, Item, Place, fold, fold_term
from tetrapylon.formats.maxml.parse import local, own_text
from tetrapylon.formats.problems import Bad
from tetrapylon.model import REGISTRY, Field

Wrong = Callable[[Bad], None]
_DAY_AND_MORE = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[-+]\d{2}:\d{2})?", re.ASCII)
_HEAD = f"{HEAD}/"
WIDER_IS_SAFE = frozenset({"hazard_area", "place"})
"""Entities whose ground may be written without its holes: more danger, not more searched ground, than there is."""
SILENT: Mapping[str, Mapping[str, Any]] = {
    "ordnance_item": {"quantity": 1, "disposal": "unknown"},
    "incident": {"kind": "accident"},
}
"""What an element means that says nothing: one device, its fate not stated; an Accident is an accident."""


def read(
    item: Item, element: Element, path: str, *, head: Element | None, outer: Element | None = None, wrong: Wrong
) -> dict[str, Any]:
    """JSON data of a claim, refs as local ids; values that cannot be read go to ``wrong`` and are left out.

    ``head``: the report's FieldReportInfo. ``outer``: the element around a repeated one.
    """
    fields = REGISTRY[item.entity].fields()
    data: dict[str, Any] = dict(item.constant)
    for name, place in item.places.items():
        field = fields[name]
        try:
            value = _geometry(element, place, path) if field.kind == "geometry" else None
            if field.kind != "geometry":
                value = _found(field, place, element, path, head, outer)
        except Bad as bad:
            bad.column = bad.column or path
            wrong(bad)
            continue
        if value is not None:
            data[name] = value
    return data


def build(item: Item, data: Mapping[str, Any], into: Element | None = None) -> Element:
    """An element with what maXML can hold of a claim; ``into``: an element to add missing ones to."""
    element = Element(item.each_written or item.element) if into is None else into
    fields = REGISTRY[item.entity].fields()
    for name, place in item.places.items():
        value = data.get(name)
        if value is None or item.constant.get(name) == value:
            continue
        if fields[name].kind == "geometry":
            if item.entity in WIDER_IS_SAFE or not geospatial.has_holes(value):
                element.extend(geospatial.write(value))
            continue
        for text in _texts(fields[name], value):
            if not own.clean(text).strip():
                continue  # XML can hold none of it: our own element has it
            if place.written.startswith("@"):
                element.set(place.written[1:], text)
            else:
                SubElement(element, place.written).text = text
    return element


def change(
    item: Item, element: Element, data: Mapping[str, Any], before: Mapping[str, Any], outer: Element | None = None
) -> None:
    """Write the fields of ``data`` that differ from ``before``, which was read from the element, over it."""
    fields = REGISTRY[item.entity].fields()
    for name, place in item.places.items():
        value = data.get(name)
        if value == before.get(name):
            continue
        there = _elements(element, place)
        texts = [] if value is None or fields[name].kind == "geometry" else _texts(fields[name], value)
        if len(there) == len(texts) and not any(len(found) for found in there):
            for found, text in zip(there, texts, strict=True):
                found.text = text
            if texts:
                continue
        for found in there:
            element.remove(found)
        for attribute in [a for a in element.attrib if f"@{fold(a.rpartition('}')[2])}" in place.names]:
            del element.attrib[attribute]
        if value is not None:
            one = Item(item.element, item.calls, item.entity, {name: place})
            build(one, {name: value}, into=element)


def made_heading(local_id: str) -> str:
    """Heading of a report that has no name."""
    return f"Field report {local_id}"


def canonical(element: Element) -> tuple[Any, ...]:
    """What two elements must share to say the same: names, attributes, texts and children in their order."""
    attributes = tuple(sorted((fold(k.rpartition("}")[2]), v) for k, v in element.attrib.items()))
    return local(element), attributes, own_text(element), tuple(map(canonical, element))


def without(element: Element, unwanted: Callable[[Element], bool]) -> Element:
    """A copy without the children, at any depth, that are not wanted."""
    copy = deepcopy(element)
    copy.tail = None
    waiting = [copy]
    while waiting:
        parent = waiting.pop()
        for part in list(parent):
            if unwanted(part):
                parent.remove(part)
            else:
                waiting.append(part)
    return copy


def parts(item: Item, element: Element) -> list[Element]:
    """The repeated elements that are claims of their own."""
    return [part for part in element if fold(local(part)) in item.each]


# --- values -----------------------------------------------------------------------------------------------------------


def _elements(element: Element, place: Place) -> list[Element]:
    return [part for part in element if fold(local(part)) in place.names]


def _geometry(element: Element, place: Place, path: str) -> dict[str, Any] | None:
    found = []
    for number, part in enumerate(_elements(element, place), start=1):
        shape = geospatial.read(part, f"{path}/{local(part)}[{number}]")
        if shape:
            found.append(shape)
    return geospatial.join(found)


def _found(field: Field, place: Place, element: Element, path: str, head: Element | None, outer: Element | None) -> Any:
    for name in place.names:
        if name.startswith("@"):
            texts = [v.strip() for k, v in element.attrib.items() if fold(k.rpartition("}")[2]) == name[1:]]
            where = f"{path}/{place.written}"
        else:
            base, wanted, start = element, name, path
            if name.startswith(_HEAD):
                base, wanted, start = (head, name[len(_HEAD) :], path.rpartition("/")[0] + f"/{HEAD}")  # type: ignore[assignment]
            elif name.startswith("../"):
                base, wanted, start = outer, name[3:], path.rpartition("/")[0]  # type: ignore[assignment]
            if base is None:
                continue
            there = [part for part in base if fold(local(part)) == wanted]
            texts = [own_text(part) for part in there if not len(part)]
            where = f"{start}/{local(there[0])}" if there else start
        texts = [t for t in texts if t]
        if not texts:
            continue
        try:
            if field.many:
                return [_value(field, place, part) for t in texts for part in re.split(r"[;,]", t) if part.strip()]
            return _value(field, place, texts[0])
        except Bad as bad:
            bad.column = where
            raise
    return None


def _value(field: Field, place: Place, text: str) -> Any:
    if field.kind == "when":
        whole = _DAY_AND_MORE.fullmatch(text)
        return {"date": values.day(whole[1] if whole else text)}
    if field.kind == "stated":
        figure = values.number(text)
        if figure < 0:
            raise Bad(text, "is less than 0.")
        return {"value": figure}
    if field.kind == "term":
        assert field.vocabulary is not None
        meant = place.values.get(fold_term(text), text)
        return values.term(meant, field.vocabulary)
    if field.kind == "number":
        return values.number(text)
    if field.kind == "integer":
        return values.integer(text)
    if field.kind == "flag":
        return values.flag(text)
    return values.identifier(text) if field.kind == "ref" or field.name == "local_id" else text


def _texts(field: Field, value: Any) -> list[str]:
    if field.many:
        return [_text(field, one) for one in value]
    return [_text(field, value)]


def _text(field: Field, value: Any) -> str:
    if field.kind == "when":
        return str(value["date"])
    if field.kind == "stated":
        return repr(value["value"])
    if field.kind == "term":
        assert field.vocabulary is not None
        return field.vocabulary(value).label
    if field.kind == "flag":
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)
