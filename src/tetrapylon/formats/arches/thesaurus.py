"""Labels of concept values: from the SKOS files an Arches instance exports, read safely from beside the data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

_SKOS, _RDF = "{http://www.w3.org/2004/02/skos/core#}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DEEPEST = 200
MOST_BESIDE = 20

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_uuid(text: object) -> bool:
    """True for the canonical form of a UUID."""
    return isinstance(text, str) and UUID.fullmatch(text) is not None


@dataclass
class Thesaurus:
    """Labels by value id, values of a concept, and concepts of a collection."""

    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    """Concept id to its preferred labels: language, value id, label."""
    collections: dict[str, list[str]] = field(default_factory=dict)

    def label(self, value: str) -> str | None:
        """English label of a value of any language, where the concept has one; None for an unknown value."""
        return self.labels.get(value)

    def value(self, label: str, collection: str) -> str | None:
        """Value id of a label in a collection, English before other languages."""
        wanted = label.strip().casefold()
        found: list[tuple[bool, str]] = []
        for concept in self.collections.get(collection, []):
            for language, value, text in self.values.get(concept, []):
                if text.strip().casefold() == wanted:
                    found.append((not language.lower().startswith("en"), value))
        return min(found)[1] if found else None


def beside(path: Path) -> Thesaurus:
    """What the SKOS files in the folder of ``path`` say; files that are not SKOS, or not safe, are passed over."""
    thesaurus = Thesaurus()
    for file in sorted(path.parent.glob("*.xml"))[:MOST_BESIDE]:
        with file.open("rb") as opened:
            start = opened.read(4096)
        if b"skos" in start:
            try:
                _read(file, thesaurus)
            except (ParseError, DefusedXmlException, LookupError, ValueError):
                continue
    for labels in thesaurus.values.values():
        english = next((text for language, _, text in labels if language.lower().startswith("en")), None)
        for _, value, text in labels:
            thesaurus.labels[value] = english or text
    return thesaurus


def _read(path: Path, thesaurus: Thesaurus) -> None:
    stack: list[Element] = []
    with path.open("rb") as file:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                stack.append(element)
                if len(stack) > _DEEPEST:
                    raise ValueError("nested too deeply")
                if element.tag == f"{_SKOS}Concept":
                    about = _about(element)
                    holder = next((e for e in reversed(stack[:-1]) if e.tag == f"{_SKOS}Collection"), None)
                    if holder is not None:
                        thesaurus.collections.setdefault(_about(holder), []).append(about)
                continue
            stack.pop()
            if element.tag == f"{_SKOS}prefLabel" and stack and stack[-1].tag == f"{_SKOS}Concept":
                value, text = _value(element.text or "")
                if value:
                    labels = thesaurus.values.setdefault(_about(stack[-1]), [])
                    labels.append((element.get(_LANG, ""), value, text))


def _about(element: Element) -> str:
    return element.get(f"{_RDF}about", "").rpartition("/")[2]


def _value(text: str) -> tuple[str, str]:
    """Arches writes a label as JSON: its value id and the text."""
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return "", text
    return (str(found.get("id", "")), str(found.get("value", ""))) if isinstance(found, dict) else ("", text)
