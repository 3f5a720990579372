"""The documents of a file of JSON-LD: one, a list, a graph, or one a line. What is hostile is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tetrapylon.formats.linked_art.context import check
from tetrapylon.formats.linked_art.names import Node
from tetrapylon.formats.problems import Bad, broken_json

LARGEST = 256 * 1024**2
"""Bytes a file may have: it is read whole."""
DEEPEST = 100
"""Levels a document may be nested; those of Linked Art's own examples reach about ten."""

_LISTS = frozenset(
    {
        *("about", "added_to_by", "assigned", "attributed_by", "caused_by", "carried_out", "carried_out_by"),
        *("classified_as", "contact_point", "dimension", "equivalent", "identified_by", "influenced_by", "language"),
        *("made_of", "member_of", "modified_by", "part", "part_of", "participant", "participated_in", "referred_to_by"),
        *("representation", "residence", "shows", "subject_of", "took_place_at", "used_for", "used_specific_object"),
    }
)
"""Keys whose value is a list here, even where a document has one alone."""

_TEXTS = frozenset({"_label", "assigned_property", "content", "defined_by", "id", "type"})
"""Keys whose value is a text here; of several the first."""


def sniff(path: Path) -> bool:
    """True for JSON whose start names a JSON-LD context and is neither GeoJSON nor a IIIF document."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] not in (b"{", b"[") or b'"@context"' not in start:
        return False
    return b"iiif.io/api/presentation" not in start and b"FeatureCollection" not in start


def read_documents(path: Path) -> list[Node]:
    """Every document of a file, in a common form: ``id`` and ``type``, lists where Linked Art has lists.

    Raises
    ------
    Bad : the file is larger than `LARGEST`, not UTF-8, not JSON, cut off, nested deeper than `DEEPEST`, or names a
        context other than Linked Art's, which would have to be fetched.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise Bad(f"{size:,} bytes", f"is more than the {LARGEST // 1024**2} MiB that are read; divide the file.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Bad("", "is not UTF-8 text. Save the file as UTF-8.", code="encoding") from None
    found: list[Node] = []
    for value in _values(text):
        _collect(value, found, named=False)
    return found


def _values(text: str) -> list[Any]:
    decoder, values, at = json.JSONDecoder(parse_constant=_no_number), [], 0
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            while at < len(text) and text[at] in " \t\r\n":
                at += 1
    except RecursionError:
        raise Bad("", "is nested too deeply to be Linked Art.", code="depth") from None
    except json.JSONDecodeError as error:
        raise broken_json(error) from None
    return values


def _no_number(text: str) -> Any:
    raise Bad(text, "is not a number in JSON.", code="json")


def _collect(value: Any, found: list[Node], *, named: bool) -> None:
    if isinstance(value, list):
        for one in value:
            _collect(one, found, named=named)
        return
    if not isinstance(value, dict):
        raise Bad(str(value)[:60], "stands where a document of Linked Art is expected.", code="json")
    if "@context" in value:
        check(value["@context"])
        named = True
    if not named:
        raise Bad(str(value.get("id", ""))[:60], "names no context; a Linked Art document does.", column="@context")
    if "@graph" in value:
        _collect(value["@graph"], found, named=named)
        return
    found.append(_common({k: v for k, v in value.items() if k != "@context"}, 0))


def _common(node: Node, depth: int) -> Node:
    """A node in the common form."""
    if depth > DEEPEST:
        raise Bad(str(node.get("id", ""))[:60], "is nested too deeply to be Linked Art.", code="depth")
    made: Node = {}
    for key, value in node.items():
        name = {"@id": "id", "@type": "type"}.get(key, key)
        if "@context" in node:
            check(node["@context"])
        if name in _LISTS and not isinstance(value, list):
            value = [value]
        made[name] = _value(value, depth, listed=name in _LISTS)
    made.pop("@context", None)
    for name in made.keys() & _TEXTS:
        value = made[name][0] if isinstance(made[name], list) and made[name] else made[name]
        made[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return made


def _value(value: Any, depth: int, *, listed: bool = False) -> Any:
    if isinstance(value, dict):
        return _common(value, depth + 1)
    if isinstance(value, list):
        if depth > DEEPEST:
            raise Bad("", "is nested too deeply to be Linked Art.", code="depth")
        return [{"id": v} if listed and isinstance(v, str) else _value(v, depth + 1) for v in value]
    return value
