"""The JSON-LD context of Linked Art: the vendored copy, and a document loader that never leaves the machine."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tetrapylon.formats.problems import Bad

CONTEXT = "https://linked.art/ns/v1/linked-art.json"
"""Address that Linked Art documents name as their context; a name here, never fetched."""

_NAMES = frozenset({CONTEXT, CONTEXT.replace("https:", "http:")})


@cache
def vendored() -> dict[str, Any]:
    """The context as published, from the copy in ``vendor``."""
    text = files(__package__).joinpath("vendor", "linked-art.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def load(address: str, options: object = None) -> dict[str, Any]:
    """Document loader for a JSON-LD processor (the interface of pyld): the one context known, else a refusal.

    Raises
    ------
    Bad : any other address; nothing is fetched.
    """
    if address not in _NAMES:
        raise Bad(str(address)[:200], "is a context that would have to be fetched; nothing is fetched.", CONTEXT)
    return {"contextUrl": None, "documentUrl": CONTEXT, "contentType": "application/ld+json", "document": vendored()}


def check(context: object) -> None:
    """Refuse a document whose terms mean something other than Linked Art's.

    Raises
    ------
    Bad : another context is named, or the document defines terms of its own.
    """
    named = context if isinstance(context, list) else [context]
    for one in named:
        if isinstance(one, str):
            load(one)
        else:
            shown = json.dumps(one, ensure_ascii=False)[:60]
            raise Bad(shown, "defines terms of its own; only Linked Art's are read.", CONTEXT, column="@context")
    if not named:
        raise Bad("", "names no context; a Linked Art document does.", CONTEXT, column="@context")
