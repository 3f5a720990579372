"""The texts of the documents in each language, with the values in them kept as figures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from tetrapylon.errors import VocabularyError
from tetrapylon.model import Vocabulary
from tetrapylon.reports.document import Figure, Run, Said

FOLDER = Path(__file__).parent / "texts"
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
"""Languages that documents are written in, with the direction each is read in."""


@dataclass(frozen=True)
class Wording:
    """Texts of one language."""

    code: str
    texts: Mapping[str, str]

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return DIRECTIONS[self.code]

    def plain(self, key: str, **values: object) -> str:
        """A text as one string, for descriptions and titles."""
        return self.texts[key].format(**values)

    def __call__(self, key: str, **values: object) -> tuple[Run, ...]:
        """A text as runs: ``{name}`` becomes a figure, or, given as a run, that run.

        Raises
        ------
        KeyError : there is no such text, or a value is missing.
        """
        made: list[Run] = []
        for words, name, _, _ in Formatter().parse(self.texts[key]):
            if words:
                made.append(words)
            if name is not None:
                value = values[name]
                made.append(value if isinstance(value, (Said, Figure)) else Figure(str(value)))
        return tuple(made)

    def term(self, member: Vocabulary) -> str:
        """A term's label."""
        return member.labels[self.code]


@cache
def wording(code: str) -> Wording:
    """The texts of a language.

    Raises
    ------
    VocabularyError : documents are not written in it; the languages are named.
    """
    if code not in DIRECTIONS:
        raise VocabularyError(code, "language of documents", tuple(DIRECTIONS))
    return Wording(code, tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8")))
