"""Tables, wrapped lists and the banner, for a terminal of any width."""

from __future__ import annotations

import json as jsonlib
import shutil
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any, TypeVar

import typer

T = TypeVar("T")


def width() -> int:
    """Columns to write in: the terminal's, between 60 and 120; 100 where there is none."""
    return max(60, min(120, shutil.get_terminal_size((100, 24)).columns))


def emit(result: T, show: Callable[[T], None], *, json: bool) -> None:
    """Print a result as JSON or through its ``show`` function."""
    if json:
        from tetrapylon.workflow.product import as_json

        typer.echo(jsonlib.dumps(as_json(result), ensure_ascii=False, indent=2))
    else:
        show(result)


def heading(text: str) -> None:
    """A heading, underlined."""
    typer.echo(f"\n{text}\n{'-' * min(len(text), width())}")


def paragraph(text: str, *, indent: int = 0) -> None:
    """Wrapped text."""
    pad = " " * indent
    typer.echo(textwrap.fill(text, width(), initial_indent=pad, subsequent_indent=pad, break_on_hyphens=False))


def bullet(text: str, *, indent: int = 0) -> None:
    """One item of a list, wrapped under its dash."""
    pad = " " * indent
    lines = textwrap.fill(
        text, width(), initial_indent=f"{pad}- ", subsequent_indent=f"{pad}  ", break_on_hyphens=False
    )
    typer.echo(lines)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as they need; where the screen is narrower, the widest ones wrap. Empty cells stay empty."""
    body = [["" if v is None else str(v) for v in row] for row in rows]
    if not body:
        typer.echo("  (none)")
        return
    sizes = _sizes([list(headers), *body], width() - 2 * (len(headers) - 1))
    _row(headers, sizes)
    _row(["-" * min(size, _columns(header)) for size, header in zip(sizes, headers, strict=True)], sizes)
    for row in body:
        _row(row, sizes)


def _sizes(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Column widths: natural ones, the widest shrunk until the row fits; words of up to 30 letters stay whole."""
    columns = list(zip(*rows, strict=True))
    sizes = [max(_columns(cell) for cell in column) for column in columns]
    words = [max((len(w) for cell in column for w in cell.split()), default=1) for column in columns]
    for least in ([min(w, 30) for w in words], [min(w, 8) for w in words]):
        while sum(sizes) > room and any(s > low for s, low in zip(sizes, least, strict=True)):
            widest = max(range(len(sizes)), key=lambda i: sizes[i] if sizes[i] > least[i] else -1)
            sizes[widest] -= 1
    return sizes


def _row(cells: Sequence[str], sizes: Sequence[int]) -> None:
    wrapped = [textwrap.wrap(c, s, break_on_hyphens=False) or [""] for c, s in zip(cells, sizes, strict=True)]
    for lines in zip_longest(*wrapped, fillvalue=""):
        typer.echo("  ".join(_padded(text, size) for text, size in zip(lines, sizes, strict=True)).rstrip())


def _padded(text: str, size: int) -> str:
    """Text padded to a number of terminal columns; right-to-left text isolated, so that its neighbours stay put."""
    shown = f"\u2068{text}\u2069" if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text) else text
    return shown + " " * (size - _columns(text))


def _columns(text: str) -> int:
    """Terminal columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def count(number: int, noun: str, many: str | None = None) -> str:
    """ "1 entry", "2,000 entries": a number with its noun."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def named(names: Iterable[str], most: int = 12) -> str:
    """Names in one line; of many, the first and how many more."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def banner(text: str) -> None:
    """The warning a case carries."""
    if text:
        rule = "=" * min(width(), len(text) + 4)
        typer.echo(rule)
        paragraph(text, indent=2)
        typer.echo(rule)
