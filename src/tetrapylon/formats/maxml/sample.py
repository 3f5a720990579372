"""An empty field report to fill in: every element that is read, with what belongs into it as a comment."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from tetrapylon.errors import NotFound
from tetrapylon.formats.maxml.names import Item, shipped
from tetrapylon.model import REGISTRY


def template(path: Path, entities: list[str]) -> None:
    """Write one empty field report for each entity that maXML has an item for; entities without one are passed over.

    Raises
    ------
    NotFound : none of the entities has an item.
    """
    names = shipped()
    made = [item for entity in entities if (item := names.of(entity)) is not None]
    if not made:
        known = ", ".join(sorted({i.entity for i in names.items}))
        raise NotFound(f"maXML has no item for {', '.join(entities)}.", hint=f"It has one for: {known}.")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<MineActionFieldReport>"]
    for item in made:
        lines += [" <FieldReport>", '  <FieldReportInfo fieldReportGUID="" reportID="">']
        lines += [*_elements(names.head, "   "), "  </FieldReportInfo>", *_item(item), " </FieldReport>"]
    path.write_text("\n".join([*lines, "</MineActionFieldReport>", ""]), encoding="utf-8", newline="\n")


def _item(item: Item) -> list[str]:
    if not item.each:
        return [f"  <{item.element}>", *_elements(item, "   "), f"  </{item.element}>"]
    inner = [f"   <{item.each_written}>", *_elements(item, "    "), f"   </{item.each_written}>"]
    return [f"  <{item.element}>", *inner, f"  </{item.element}>"]


def _elements(item: Item, indent: str) -> list[str]:
    fields = REGISTRY[item.entity].fields()
    lines = []
    for name, place in item.places.items():
        if place.written.startswith("@"):
            continue
        field = fields[name]
        said = field.description + (f" ({field.unit})" if field.unit else "")
        if field.vocabulary:
            said += ": " + ", ".join(member.label for member in field.vocabulary)
        lines.append(f"{indent}<{place.written}/> <!-- {escape(said).replace('--', '-')} -->")
    return lines
