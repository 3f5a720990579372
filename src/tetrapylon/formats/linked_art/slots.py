"""Where one field stands in a node: how it is put there, and how it is taken out again.

``take`` removes what it reads, so that what is left of a node afterwards is what we do not know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from tetrapylon.formats.linked_art.dates import is_exact, read_timespan, timespan, when
from tetrapylon.formats.linked_art.names import (
    ALTERNATE,
    BRIEF_TEXT,
    DISPLAY,
    IN_METRES,
    LANGUAGES,
    METRES,
    PRIMARY,
    UNIQUE,
    Node,
    field_type,
    has_type,
    nodes,
    read_field,
    read_term,
    read_thing,
    remove,
    term_type,
    thing,
)
from tetrapylon.model.field import Field

TOLD = field_type("claim", "told_by", "Told by")
"""Type of the assignment that names the texts in which a thing is described."""
ACTIVITIES = frozenset({"AttributeAssignment", "Modification"})
"""Embedded activities: they name the texts that influenced them themselves."""

_NAME = frozenset({"id", "type", "_label", "classified_as", "content"})
"""Keys of a name that says no more than the name."""


class Slot(Protocol):
    """A place for one field."""

    def put(self, node: Node, field: Field, value: Any) -> None: ...
    def take(self, node: Node, field: Field) -> Any: ...


@dataclass(frozen=True)
class Said:
    """A text about the node (P67i), typed by its field and, where there is one, by an AAT term; any field may be so."""

    kind: Node | None = None

    def put(self, node: Node, field: Field, value: Any) -> None:
        unit = f" ({field.unit})" if field.unit else ""
        own = field_type(field.entity, field.name, field.label_in("en") + unit)
        for one in value if field.many else [value]:
            text: Node = {"type": "LinguisticObject", "classified_as": [self.kind] if self.kind else []}
            text["classified_as"].append({**own, "classified_as": [BRIEF_TEXT]})
            text["content"] = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
            node.setdefault("referred_to_by", []).append(text)

    def take(self, node: Node, field: Field) -> Any:
        own = [t for t in nodes(node, "referred_to_by") if read_field(t) == (field.entity, field.name)]
        if not own and self.kind:
            own = [t for t in nodes(node, "referred_to_by") if has_type(t, self.kind) and not read_field(t)][:1]
        values = [self._value(text, field) for text in own]
        for text in own:
            remove(node, "referred_to_by", text)
        return values if field.many and values else values[0] if values else None

    def _value(self, text: Node, field: Field) -> Any:
        content = text.get("content", "")
        if field.kind in ("text", "ref", "term"):
            return str(content)
        try:
            return json.loads(str(content))
        except ValueError:
            return content


SAID = Said()


@dataclass(frozen=True)
class Named:
    """The name of a thing (P1); the primary one, or the others."""

    primary: bool = True

    def put(self, node: Node, field: Field, value: Any) -> None:
        for text in value if field.many else [value]:
            name = {"type": "Name", "classified_as": [PRIMARY if self.primary else ALTERNATE], "content": text}
            node.setdefault("identified_by", []).append(name)

    def take(self, node: Node, field: Field) -> Any:
        names = [n for n in nodes(node, "identified_by") if n.get("type") == "Name" and not read_field(n)]
        if self.primary:
            found = [n for n in names if has_type(n, PRIMARY)] or [n for n in names if not has_type(n, ALTERNATE)]
            found = found[:1]
        else:
            found = [n for n in names if has_type(n, ALTERNATE) and n.keys() <= _NAME]
        for name in found:
            remove(node, "identified_by", name)
        texts = [str(n.get("content", "")) for n in found]
        if field.many:
            return texts or None
        return texts[0] if texts else node.get("_label")


@dataclass(frozen=True)
class Numbered:
    """An identifier (P1), typed by its field."""

    def put(self, node: Node, field: Field, value: Any) -> None:
        kinds = [UNIQUE, field_type(field.entity, field.name, field.label_in("en"))]
        item = {"type": "Identifier", "classified_as": kinds, "content": str(value)}
        node.setdefault("identified_by", []).append(item)

    def take(self, node: Node, field: Field) -> Any:
        for item in nodes(node, "identified_by"):
            if read_field(item) == (field.entity, field.name):
                remove(node, "identified_by", item)
                text = str(item.get("content", ""))
                return int(text) if field.kind == "integer" and text.isdigit() else text
        return None


@dataclass(frozen=True)
class Typed:
    """A term, as a Type the node has (P2) or is assigned (P141)."""

    key: str = "classified_as"

    def put(self, node: Node, field: Field, value: Any) -> None:
        assert field.vocabulary is not None
        member = field.vocabulary._value2member_map_.get(value)
        label = field.vocabulary(value).label if member else str(value)
        node.setdefault(self.key, []).append(term_type(field.entity, field.name, str(value), label))

    def take(self, node: Node, field: Field) -> Any:
        for item in nodes(node, self.key):
            term = read_term(item)
            if term and term[:2] == (field.entity, field.name):
                remove(node, self.key, item)
                return term[2]
        return None


@dataclass(frozen=True)
class Refers:
    """A thing the node refers to, under the last key of a path; the keys before it open nodes of the types named."""

    key: str
    kind: str
    inside: tuple[str, str] | None = None
    single: bool = False

    def put(self, node: Node, field: Field, value: Any) -> None:
        home = _opened(node, *self.inside) if self.inside else node
        links = [reference(field, uid, self.kind) for uid in (value if field.many else [value])]
        if self.single:
            home[self.key] = links[0]
        else:
            home.setdefault(self.key, []).extend(links)

    def take(self, node: Node, field: Field) -> Any:
        home = node.get(self.inside[0]) if self.inside else node
        if not isinstance(home, dict):
            return None
        found = [v for v in nodes(home, self.key) if v.get("type") == self.kind and meant(field, v)]
        found = found if field.many else found[:1]
        for link in found:
            remove(home, self.key, link)
        if self.inside:
            _closed(node, self.inside[0])
        uids = [u for u in (meant(field, link) for link in found) if u]
        return (uids or None) if field.many else uids[0] if uids else None


@dataclass(frozen=True)
class Told:
    """The texts that say so (P15): of the activity itself, or of the assignment by which the thing was described."""

    def put(self, node: Node, field: Field, value: Any) -> None:
        for uid in value if field.many else [value]:
            telling(node).setdefault("influenced_by", []).append(reference(field, uid, "LinguisticObject"))

    def take(self, node: Node, field: Field) -> Any:
        home = node if node.get("type") in ACTIVITIES else _telling(node)
        if home is None:
            return None
        found = [v for v in nodes(home, "influenced_by") if (t := read_thing(v.get("id"))) and t[0] == field.target]
        if not found:  # a target is named by its class
            found = [v for v in nodes(home, "influenced_by") if meant(field, v)]
        for link in found:
            remove(home, "influenced_by", link)
        forget_telling(node)
        uids = [u for u in (meant(field, link) for link in found) if u]
        return (uids or None) if field.many else uids[0] if uids else None


@dataclass(frozen=True)
class Measured:
    """A length (P43), in metres."""

    kind: Node

    def put(self, node: Node, field: Field, value: Any) -> None:
        item = {"type": "Dimension", "classified_as": [self.kind], "value": value, "unit": METRES}
        node.setdefault("dimension", []).append(item)

    def take(self, node: Node, field: Field) -> Any:
        for item in nodes(node, "dimension"):
            unit = item.get("unit")
            factor = IN_METRES.get(unit.get("id", "")) if isinstance(unit, dict) else None
            value = item.get("value")
            if has_type(item, self.kind) and factor and isinstance(value, int | float) and value is not True:
                remove(node, "dimension", item)
                return value if factor == 1.0 else value * factor
        return None


@dataclass(frozen=True)
class Written:
    """The wording of a text itself (P190)."""

    def put(self, node: Node, field: Field, value: Any) -> None:
        node["content"] = value

    def take(self, node: Node, field: Field) -> Any:
        return node.pop("content", None)


@dataclass(frozen=True)
class Spoken:
    """The language of a text (P72); one that the AAT table here lacks is said in words."""

    def put(self, node: Node, field: Field, value: Any) -> None:
        if value not in LANGUAGES:
            SAID.put(node, field, value)
            return
        number, label = LANGUAGES[value]
        language = {"id": f"http://vocab.getty.edu/aat/{number}", "type": "Language", "_label": label}
        node.setdefault("language", []).append(language)

    def take(self, node: Node, field: Field) -> Any:
        for item in nodes(node, "language"):
            for code, (number, _) in LANGUAGES.items():
                if item.get("id") == f"http://vocab.getty.edu/aat/{number}":
                    remove(node, "language", item)
                    return code
        return SAID.take(node, field)


@dataclass(frozen=True)
class Built:
    """When a thing was made, in the words of its source: a name of the time-span of its Production (E12)."""

    def put(self, node: Node, field: Field, value: Any) -> None:
        kinds = [field_type(field.entity, field.name, field.label_in("en"))]
        span = {"type": "TimeSpan", "identified_by": [{"type": "Name", "classified_as": kinds, "content": value}]}
        node["produced_by"] = {"type": "Production", "timespan": span}

    def take(self, node: Node, field: Field) -> Any:
        made = node.get("produced_by")
        span = made.get("timespan") if isinstance(made, dict) else None
        if not isinstance(made, dict) or not isinstance(span, dict):
            return None
        for name in nodes(span, "identified_by"):
            if read_field(name) == (field.entity, field.name):
                remove(span, "identified_by", name)
                _closed(made, "timespan")
                _closed(node, "produced_by")
                return str(name.get("content", ""))
        names = [str(n.get("content", "")) for n in nodes(span, "identified_by")]
        moments = [str(span[k])[:10] for k in ("begin_of_the_begin", "end_of_the_end") if k in span]
        return names[0] if names else " to ".join(moments) or None


@dataclass(frozen=True)
class Dated:
    """A date, or a start with the end in another field, as the time-span of the node or of an event in its life.

    ``inside``: key, type and, for one of several, the Type of the event. ``end``: field of the end. ``lasting``: a
    start without an end means that the end is unknown.
    """

    inside: tuple[str, str, Node | None] | None = None
    end: str = ""
    lasting: bool = False

    def write(self, node: Node, field: Field, start: Any, end: Any) -> None:
        """Both dates at once."""
        home = self._home(node, make=True) if self.inside else node
        assert home is not None
        home["timespan"] = timespan(start, end, lasting=self.lasting)
        for name, date in ((field.name, start), (self.end, end)):
            if date and not is_exact(date):
                kind = field_type(field.entity, name)
                node.setdefault("referred_to_by", []).append(
                    {"type": "LinguisticObject", "classified_as": [kind], "content": json.dumps(date)}
                )

    def read(self, node: Node, field: Field) -> tuple[Any, Any] | None:
        """Both dates, taken out."""
        home = self._home(node) if self.inside else node
        span = home.get("timespan") if home else None
        found = read_timespan(span) if isinstance(span, dict) else None
        if not found or home is None or (found[1] and not self.end):
            return None
        stated = home["timespan"]
        del home["timespan"]
        kept = [n for n in nodes(stated, "identified_by") if not has_type(n, DISPLAY)]
        if kept:
            home["timespan"] = {"type": "TimeSpan", "identified_by": kept}
        if self.inside:
            _closed(node, self.inside[0])
        exact = [self._exact(node, field.entity, name) for name in (field.name, self.end)]
        return exact[0] or found[0], exact[1] or found[1]

    def put(self, node: Node, field: Field, value: Any) -> None:
        self.write(node, field, value, None)

    def take(self, node: Node, field: Field) -> Any:
        found = self.read(node, field)
        return found[0] if found else None

    def _exact(self, node: Node, entity: str, name: str) -> Any:
        for text in nodes(node, "referred_to_by"):
            if read_field(text) == (entity, name):
                try:
                    date = json.loads(str(text.get("content")))
                    when(date)
                except (ValueError, TypeError, KeyError):
                    return None
                remove(node, "referred_to_by", text)
                return date
        return None

    def _home(self, node: Node, *, make: bool = False) -> Node | None:
        assert self.inside is not None
        key, kind, classed = self.inside
        if classed is None:
            return _opened(node, key, kind) if make else (h if isinstance(h := node.get(key), dict) else None)
        for item in nodes(node, key):
            if has_type(item, classed):
                return item
        if not make:
            return None
        made: Node = {"type": kind, "classified_as": [classed]}
        node.setdefault(key, []).append(made)
        return made


def reference(field: Field, uid: str, kind: str) -> Node:
    """A link to a thing that a field refers to."""
    return {"id": thing(str(field.target).lower(), uid), "type": kind}


def meant(field: Field, link: Node) -> str | None:
    """The uid a link names when it is of ours and of the field's entity; its URI when it is of others."""
    uri = link.get("id")
    if not isinstance(uri, str):
        return None
    own = read_thing(uri)
    if own:
        return own[1] if own[0] == str(field.target).lower() and not own[2] else None
    return None if uri.startswith("urn:tetrapylon:") else uri


def telling(node: Node) -> Node:
    """The node whose ``influenced_by`` names the texts that tell of a thing, made where there is none."""
    if node.get("type") in ACTIVITIES:
        return node
    found = _telling(node)
    if found is None:
        found = {"type": "AttributeAssignment", "classified_as": [TOLD]}
        node.setdefault("attributed_by", []).append(found)
    return found


def _telling(node: Node) -> Node | None:
    return next((a for a in nodes(node, "attributed_by") if has_type(a, TOLD)), None)


def forget_telling(node: Node) -> None:
    """Drop the assignment of `telling` when nothing is left in it."""
    found = _telling(node)
    if found is not None and found.keys() <= {"type", "classified_as"}:
        remove(node, "attributed_by", found)


def _opened(node: Node, key: str, kind: str) -> Node:
    found: Node = node.setdefault(key, {"type": kind})
    return found


def _closed(node: Node, key: str) -> None:
    """Drop what is left of an event that says nothing more than its type."""
    value = node.get(key)
    if isinstance(value, dict) and value.keys() <= {"type"}:
        del node[key]
    for item in nodes(node, key):
        if item.keys() <= {"type", "classified_as"}:
            remove(node, key, item)
