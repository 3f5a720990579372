"""Fields of a file as the labelled pairs that a viewer shows, in four languages, and back."""

from __future__ import annotations

import json
import re
from typing import Any

from tetrapylon.errors import TetrapylonError
from tetrapylon.model import REGISTRY, Vocabulary
from tetrapylon.model.field import Field
from tetrapylon.model.vocabulary import LANGUAGES

Pair = dict[str, Any]

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?: \((\w+)\))?")
_FIELDS = {f.label_in("en"): f for f in REGISTRY["asset"].fields().values()}


def plain(text: str) -> dict[str, list[str]]:
    """A text whose language is not on record."""
    return {"none": [text]}


def labels(field: Field) -> dict[str, list[str]]:
    """The label of a field in every language."""
    return {language: [field.label_in(language)] for language in LANGUAGES}


def pair(field: Field, value: Any) -> Pair:
    """A field with its value."""
    if field.kind == "term" and field.vocabulary is not None and value in list(field.vocabulary):
        member = field.vocabulary(value)
        return {"label": labels(field), "value": {one: [member.labels[one]] for one in LANGUAGES}}
    if field.kind == "when":
        precision = value.get("precision")
        return {"label": labels(field), "value": plain(value["date"] + (f" ({precision})" if precision else ""))}
    return {"label": labels(field), "value": plain(value if isinstance(value, str) else json.dumps(value))}


def read_pair(found: Any) -> tuple[Field, Any] | None:
    """Field and value of a pair that `pair` made; None for those of others."""
    if not isinstance(found, dict):
        return None
    field = _FIELDS.get(first(found.get("label"), "en"))
    if field is None:
        return None
    text = first(found.get("value"), "en")
    if field.kind == "term" and field.vocabulary is not None:
        return field, _code(field.vocabulary, text)
    if field.kind == "when":
        dated = _DATED.fullmatch(text)
        date = {"date": dated[1], **({"precision": dated[2]} if dated[2] else {})} if dated else {"date": text}
        return field, date
    if field.kind == "integer":
        return field, int(text) if text.isdigit() else text
    return field, text


def first(texts: Any, language: str = "none") -> str:
    """The first text of a language map: of the language, of none, or of any."""
    if not isinstance(texts, dict):
        return ""
    for values in (texts.get(language), texts.get("none"), *texts.values()):
        if isinstance(values, list) and values and isinstance(values[0], str):
            return values[0]
    return ""


def _code(vocabulary: type[Vocabulary], text: str) -> str:
    try:
        return vocabulary.read(text).value
    except TetrapylonError:
        return text
