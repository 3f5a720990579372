"""The language of a page: which one is asked for, its texts, and how terms read in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tetrapylon.errors import VocabularyError
from tetrapylon.model import LANGUAGES, Vocabulary

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Language:
    """A language of the pages.

    ``direction``: ``ltr`` or ``rtl``. ``endonym``: its name in itself. ``unreviewed``: no specialist of the field has
    reviewed its texts.
    """

    code: str
    texts: Mapping[str, str]
    direction: str
    endonym: str
    unreviewed: bool

    def __call__(self, key: str, **values: object) -> str:
        """A text of the pages; ``{name}`` in it stands for a value.

        Raises
        ------
        KeyError : no language has such a text.
        """
        return self.texts[key].format(**values)

    def term(self, member: Vocabulary | None) -> str:
        """A term's label."""
        return "" if member is None else member.labels[self.code]


@cache
def language(code: str) -> Language:
    """The language with this code.

    Raises
    ------
    VocabularyError : the pages do not exist in it.
    """
    if code not in LANGUAGES:
        raise VocabularyError(code, "language of the pages", LANGUAGES)
    texts = {**_read("en"), **_read(code)}
    about = {name: texts.pop(name) for name in ("direction", "endonym", "unreviewed")}
    return Language(code, texts, about["direction"], about["endonym"], about["unreviewed"] == "yes")


def choose(asked: str | None, header: str) -> Language:
    """The language asked for in the address, else the first of the browser's that the pages exist in, else English."""
    if asked:
        return language(asked)
    for entry in header.split(","):
        code = entry.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return language(code)
    return language("en")


def _read(code: str) -> dict[str, str]:
    return tomllib.loads((TEXTS / f"{code}.toml").read_text("utf-8"))
