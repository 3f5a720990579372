"""The texts of the documents in each language, with the values in them kept as figures.

The texts lie in ``texts/<language>/<document>.toml``; those that every document shares in ``common.toml``. A document
with texts of its own adds one file to each language's folder, with the same keys and the same values in braces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from tetrapylon.errors import VocabularyError
from tetrapylon.model import LANGUAGES, Precision, Vocabulary, When
from tetrapylon.reports.document import Figure, Run, Said, Text, direction, plain

FOLDER = Path(__file__).parent / "texts"
COMMON = "common"


@dataclass(frozen=True)
class Wording:
    """Texts of one language."""

    code: str
    texts: Mapping[str, str]

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return direction(self.code)

    @property
    def colon(self) -> str:
        """What stands between a label and what it labels."""
        return self.texts["colon"]

    def plain(self, key: str, **values: object) -> str:
        """A text as one string, for descriptions and the letters of drawings."""
        return plain(self(key, **values))

    def __call__(self, key: str, **values: object) -> tuple[Run, ...]:
        """A text as runs: ``{name}`` becomes a figure, or, given as a run or several, those runs.

        A term of a vocabulary stands in the words' language.

        Raises
        ------
        KeyError : there is no such text, or a value is missing.
        """
        made: list[Run] = []
        for words, name, _, _ in Formatter().parse(self.texts[key]):
            if words:
                made.append(words)
            if name is not None:
                made += self.runs(values[name])
        return tuple(made)

    def runs(self, value: object) -> tuple[Run, ...]:
        """A value as runs: terms in this language, runs as they are, anything else as a figure."""
        if isinstance(value, Vocabulary):
            return (self.term(value),)
        if isinstance(value, When):
            return self.when(value)
        if isinstance(value, tuple):
            return value
        return (value if isinstance(value, (Said, Figure)) else Figure(str(value)),)

    def term(self, member: Vocabulary) -> str:
        """A term's label."""
        return member.labels[self.code]

    def when(self, date: When) -> tuple[Run, ...]:
        """A date as precise as it is known."""
        if date.precision is Precision.APPROX:
            return self("about", date=date.date)
        return (Figure(str(date)),)

    def listed(self, texts: Iterable[Text], separator: str = "comma") -> tuple[Run, ...]:
        """Texts in a row, with the separator of the language between them."""
        found: list[Run] = []
        for i, text in enumerate(texts):
            if i:
                found.append(self.texts[separator])
            found += (text,) if isinstance(text, (str, Said, Figure)) else text
        return tuple(found)


@cache
def wording(code: str, *documents: str) -> Wording:
    """The texts of a language: the common ones and those of these documents.

    Raises
    ------
    VocabularyError : documents are not written in it; the languages are named.
    """
    if code not in LANGUAGES:
        raise VocabularyError(code, "language of documents", LANGUAGES)
    texts: dict[str, str] = {}
    for document in (COMMON, *documents):
        texts |= tomllib.loads((FOLDER / code / f"{document}.toml").read_text(encoding="utf-8"))
    return Wording(code, texts)
