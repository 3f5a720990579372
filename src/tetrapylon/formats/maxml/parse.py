"""Field reports of a maXML file, streamed; what could harm is refused: a DTD, entities, deep nests, endless reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from tetrapylon.formats.maxml.names import fold
from tetrapylon.formats.problems import Bad

DEEPEST = 100
"""Elements inside each other (our choice: IMSMA exports nest 8 deep)."""
MOST_ELEMENTS = 200_000
"""Elements of one field report (our choice; a report of 10,000 coordinates has 70,000)."""
MOST_TEXT = 64 * 1024**2
"""Characters of one field report."""

ROOT, REPORT, HEADER = "mineactionfieldreport", "fieldreport", "documentheader"
_START = 65_536


def sniff(path: Path) -> bool:
    """True for XML whose outermost element is a MineActionFieldReport, in whatever encoding and namespace."""
    with path.open("rb") as file:
        start = file.read(_START)
    plain = start.replace(b"\0", b"").lower()  # UTF-16 of ASCII names
    return b"mineactionfieldreport" in plain and b"<" in plain[:8]


def reports(path: Path) -> Iterator[tuple[int, Element]]:
    """Every child of the root with its number from 1; the document header has number 0.

    Raises
    ------
    Bad : the file is not XML, is cut off, declares a DTD or entities, is nested too deeply, or one report is endless.
    """
    try:
        with path.open("rb") as file:
            metered = _Metered(file)
            yield from _children(iterparse(metered, events=("start", "end"), forbid_dtd=True), metered)
    except DefusedXmlException:
        raise Bad("", "declares XML entities or a DTD; such files are refused.", code="xml") from None
    except ParseError as error:
        cut = "no element" in str(error) or "unclosed" in str(error)
        reason = (
            "The file ends in the middle: it is cut off"
            if cut
            else "is not readable XML: damaged, or not in the encoding it declares"
        )
        raise Bad("", f"{reason} ({error}).", code="xml") from None
    except (LookupError, ValueError) as error:  # an encoding nobody knows, or one of several bytes
        raise Bad("", f"is in an encoding that cannot be read ({error}). Save it as UTF-8.", code="encoding") from None


class _Metered:
    """A file that gives no more than one report may have without one having ended."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.since = file, 0

    def read(self, size: int = -1) -> bytes:
        """Bytes of the file."""
        found = self.file.read(size)
        self.since += len(found)
        if self.since > 4 * MOST_TEXT:  # markup around the text
            raise Bad("", f"One field report holds more than {MOST_TEXT:,} characters.", code="xml-bomb")
        return found


def _children(events: Iterator[tuple[str, Element]], metered: _Metered) -> Iterator[tuple[int, Element]]:
    depth = number = elements = text = 0
    root: Element | None = None
    for event, element in events:
        if event == "start":
            depth += 1
            elements += 1
            if root is None:
                root = element
                if fold(local(element)) != ROOT:
                    raise Bad(local(element), "is not the root of a maXML file.", "MineActionFieldReport", "xml")
            if depth > DEEPEST:
                raise Bad(local(element), f"lies more than {DEEPEST} elements deep; maXML does not.", code="xml")
            if elements > MOST_ELEMENTS:
                raise Bad(
                    local(element), f"One field report holds more than {MOST_ELEMENTS:,} elements.", code="xml-bomb"
                )
            continue
        depth -= 1
        text += len(element.text or "") + len(element.tail or "") + sum(map(len, element.attrib.values()))
        if text > MOST_TEXT:
            raise Bad(local(element), f"One field report holds more than {MOST_TEXT:,} characters.", code="xml-bomb")
        if depth == 1 and root is not None:
            is_header = fold(local(element)) == HEADER
            number += not is_header
            yield (0 if is_header else number), element
            root.remove(element)
            elements = 1
            text = metered.since = 0


def fragment(text: str) -> Element | None:
    """One element from text that was kept; None where it is not XML."""
    try:
        found: Element = fromstring(text, forbid_dtd=True)
        return found
    except (ParseError, DefusedXmlException, ValueError):
        return None


def local(element: Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def own_text(element: Element) -> str:
    """Text of an element itself, without space around it."""
    return (element.text or "").strip()


def child(element: Element, folded: str) -> Element | None:
    """First child of a folded name."""
    return next((c for c in element if fold(local(c)) == folded), None)
