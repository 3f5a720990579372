"""Cells of text tables: formulas made harmless and given back exactly, and several values in one cell.

A cell that a spreadsheet would run as a formula gets an apostrophe before it; one that already has apostrophes before
such a start gets one more, so that taking one off always gives back what was there.
"""

from __future__ import annotations

import re

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""First characters that make a spreadsheet read a cell as a formula (OWASP, CSV injection; with full-width forms)."""

_GUARDED = re.compile(f"'+[{re.escape(STARTS)}]")


def guard(text: str) -> str:
    """The text as it may stand in a spreadsheet."""
    if text and (text[0] in STARTS or (text[0] == "'" and _GUARDED.match(text))):
        return "'" + text
    return text


def restore(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def join_many(values: list[str]) -> str:
    """Several values in one cell, "; " between them; a semicolon or backslash inside a value gets a backslash."""
    return "; ".join(v.replace("\\", "\\\\").replace(";", "\\;") for v in values)


def split_many(cell: str) -> list[str]:
    """Values of one cell, separated by semicolons."""
    if "\\" not in cell:
        return [part.strip() for part in cell.split(";") if part.strip()]
    parts, current, escaped = [], "", False
    for character in cell:
        if escaped:
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        elif character == ";":
            parts.append(current.strip())
            current = ""
        else:
            current += character
    return [part for part in [*parts, current.strip()] if part]
