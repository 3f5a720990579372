"""Tables, wrapped lists and the banner, for a terminal of any width."""

from __future__ import annotations

import json as jsonlib
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
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
    """Columns as wide as they need, the last one wrapped; empty cells stay empty."""
    body = [["" if v is None else str(v) for v in row] for row in rows]
    if not body:
        typer.echo("  (none)")
        return
    sizes = [max(len(h), *(len(r[i]) for r in body)) for i, h in enumerate(headers)]
    room = width() - sum(sizes[:-1]) - 2 * (len(headers) - 1)
    sizes[-1] = max(min(sizes[-1], room), 20)

    def line(cells: Sequence[str]) -> str:
        return "  ".join(c.ljust(s) for c, s in zip(cells, sizes, strict=True)).rstrip()

    typer.echo(line(headers))
    typer.echo(line(["-" * min(s, len(h)) for s, h in zip(sizes, headers, strict=True)]))
    for row in body:
        last = textwrap.wrap(row[-1], sizes[-1], break_on_hyphens=False) or [""]
        typer.echo(line([*row[:-1], last[0]]))
        for more in last[1:]:
            typer.echo(line([*[""] * (len(headers) - 1), more]))


def banner(text: str) -> None:
    """The warning a case carries."""
    if text:
        rule = "=" * min(width(), len(text) + 4)
        typer.echo(f"{rule}\n  {text}\n{rule}")


def note(text: str) -> None:
    """A remark on the error channel, so that output stays clean."""
    print(text, file=sys.stderr)
