"""What a document consists of: blocks of text, tables and pictures, with quotations and figures kept apart.

A text is a run or a sequence of runs. A plain ``str`` is in the document's language; `Said` quotes the record, in the
language it was said in, which is marked where it is not the document's; `Figure` is a number, date or identifier, which
must never be reordered by the text around it.

Blocks: `Heading`, `Paragraph`, `Bullets`, `Table`, `Facts` (labels with values), `Picture` (a drawing), `Parallel` (the
same in two languages, side by side), `NewPage`; and for people to fill in by hand, always printed empty: `Blanks`
(lines), `Checklist` (squares to tick), `SignOff` (boxes to sign in).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ur"})
"""Languages written from right to left (ISO 639)."""


_ARABIC, _CYRILLIC, _LATIN = (re.compile(f"[{letters}]") for letters in ("\u0600-\u06ff", "\u0400-\u04ff", "A-Za-zÀ-ž"))


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def language_of(text: str) -> str:
    """The language of words by most of their letters: Arabic, Russian where Cyrillic, else English.

    No record declares it. Records in Latin letters are kept in English unless they say otherwise.
    """
    arabic = len(_ARABIC.findall(text))
    cyrillic = len(_CYRILLIC.findall(text))
    latin = len(_LATIN.findall(text))
    most = max(arabic, cyrillic, latin)
    return "en" if most == latin else "ar" if most == arabic else "ru"


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the record, in the language they were said in, whatever the language of the document.

    ``language``: by default that of their letters. ``name``: a proper name or an identifier, whose language is not
    marked.
    """

    text: str
    language: str = ""
    name: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "language", self.language or language_of(self.text))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, a date, or an identifier: set left to right and apart."""

    text: str


Run = str | Said | Figure
Text = Run | Sequence[Run]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is the largest below the title."""

    text: Text
    level: int = 1

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "heading", "text": runs(self.text), "level": self.level}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``quiet`` in small grey type, ``strong`` in a frame, ``lead`` kept with what follows."""

    text: Text
    quiet: bool = False
    strong: bool = False
    lead: bool = False

    def data(self) -> dict[str, Any]:
        """For the template."""
        kind = "strong" if self.strong else "quiet" if self.quiet else "paragraph"
        return {"kind": kind, "text": runs(self.text), "lead": self.lead}


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Text, ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "bullets", "items": [runs(i) for i in self.items]}


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page. ``widths``: shares of the page; 0: as wide as its content."""

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "kind": "table",
            "head": [runs(c) for c in self.head],
            "rows": [[runs(c) for c in row] for row in self.rows],
            "widths": list(self.widths or [1] * len(self.head)),
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[Text, Text], ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "facts", "rows": [[runs(label), runs(value)] for label, value in self.rows]}


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (SVG) with its caption, and its description for whoever cannot see it. ``width``: share, 0 to 100."""

    svg: str
    caption: Text
    description: str
    width: int = 100

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "kind": "picture",
            "svg": self.svg,
            "caption": runs(self.caption),
            "description": self.description,
            "width": self.width,
        }


@dataclass(frozen=True, slots=True)
class Blanks:
    """Fields that people fill in by hand: always printed empty."""

    labels: tuple[Text, ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "blanks", "labels": [runs(label) for label in self.labels]}


@dataclass(frozen=True, slots=True)
class Checklist:
    """Points to go through, each with a square to tick by hand: always printed empty."""

    items: tuple[Text, ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "checklist", "items": [runs(i) for i in self.items]}


@dataclass(frozen=True, slots=True)
class SignOff:
    """Boxes that people fill in and sign: a row for each who signs, a box for each column. Always printed empty."""

    columns: tuple[Text, ...]
    rows: tuple[Text, ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "kind": "sign_off",
            "columns": [runs(c) for c in self.columns],
            "rows": [runs(r) for r in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Parallel:
    """The same in two languages, the document's and ``other``, side by side: what belongs together lies in a row."""

    other: str
    rows: tuple[tuple[Block, Block], ...]

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "kind": "parallel",
            "language": self.other,
            "direction": direction(self.other),
            "rows": [[own.data(), other.data()] for own, other in self.rows],
        }


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a new page."""

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "page"}


Block = Heading | Paragraph | Bullets | Table | Facts | Picture | Blanks | Checklist | SignOff | Parallel | NewPage


@dataclass(frozen=True)
class Document:
    """A document: title, the warning it carries on every page, blocks, and how it came about.

    ``foot``: one line at the foot of every page; ``made`` seconds since 1970 (UTC), the time written into the file.
    """

    title: Text
    subtitle: Text
    banner: Text
    foot: Text
    made: int
    blocks: tuple[Block, ...] = field(repr=False)
    language: str = "en"
    page_word: str = "page"

    @property
    def heading(self) -> str:
        """The title as one string."""
        return plain(self.title)

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "title": runs(self.title),
            "heading": self.heading,
            "subtitle": runs(self.subtitle),
            "banner": runs(self.banner),
            "foot": runs(self.foot),
            "language": self.language,
            "direction": direction(self.language),
            "page_word": self.page_word,
            "blocks": [b.data() for b in self.blocks],
        }


def runs(text: Text) -> list[dict[str, Any]]:
    """Runs of a text for the template."""
    return [_run(part) for part in _parts(text)]


def plain(text: Text) -> str:
    """A text as one string, for titles of files and descriptions of pictures."""
    return "".join(part if isinstance(part, str) else part.text for part in _parts(text))


def _parts(text: Text) -> Iterable[Run]:
    return (text,) if isinstance(text, (str, Said, Figure)) else text


def _run(part: Run) -> dict[str, Any]:
    if isinstance(part, str):
        return {"as": "own", "text": part}
    if isinstance(part, Figure):
        return {"as": "figure", "text": part.text}
    return {
        "as": "said",
        "text": part.text,
        "language": part.language,
        "direction": direction(part.language),
        "name": part.name,
    }
