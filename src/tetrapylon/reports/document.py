"""What a document consists of: blocks of text, tables and pictures, in one language, with figures kept apart.

A text is a sequence of runs. A plain ``str`` is in the document's language; `Said` is in the words of the record or of
an engine (English); `Figure` is a number, date or identifier, which must never be reordered by the text around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the record or of an engine, in English whatever the language of the document."""

    text: str


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
    """A paragraph; ``quiet`` in small grey type, ``strong`` in a box of its own."""

    text: Text
    quiet: bool = False
    strong: bool = False

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "paragraph", "text": runs(self.text), "quiet": self.quiet, "strong": self.strong}


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
class NewPage:
    """What follows begins on a new page."""

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {"kind": "page"}


Block = Heading | Paragraph | Bullets | Table | Facts | Picture | Blanks | NewPage


@dataclass(frozen=True)
class Document:
    """A document: title, the warning it carries on every page, blocks, and how it came about.

    ``foot``: one line at the foot of every page; ``made`` seconds since 1970 (UTC), the time written into the file.
    """

    title: str
    subtitle: Text
    banner: str
    foot: Text
    made: int
    blocks: tuple[Block, ...] = field(repr=False)
    language: str = "en"
    direction: str = "ltr"
    page_word: str = "page"

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "title": self.title,
            "subtitle": runs(self.subtitle),
            "banner": self.banner,
            "foot": runs(self.foot),
            "language": self.language,
            "direction": self.direction,
            "page_word": self.page_word,
            "blocks": [b.data() for b in self.blocks],
        }


def runs(text: Text) -> list[dict[str, str]]:
    """Runs of a text for the template."""
    parts: Iterable[Run] = (text,) if isinstance(text, (str, Said, Figure)) else text
    names: dict[type, str] = {str: "own", Said: "said", Figure: "figure"}
    return [{"as": names[type(p)], "text": p if isinstance(p, str) else p.text} for p in parts]
