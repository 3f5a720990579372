"""Reads the pages and runs the commands they show."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it, with the output under it."""

    command: str
    output: str


def pages(repository: Path) -> list[Path]:
    """Every page of the documentation."""
    return [repository / "README.md", repository / "CONTRIBUTING.md", *sorted((repository / "docs").rglob("*.md"))]


def shown(text: str) -> Iterator[Shown]:
    """Commands of a page's console and shell blocks, in order; a line that ends in a backslash goes on."""
    for language, block in FENCE.findall(text):
        if language in ("console", "sh"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.replace("\\\n", "").partition("\n")
                yield Shown(" ".join(command.split()), output)


def expected(output: str) -> re.Pattern[str]:
    """What the output has to look like: ``...`` in a line stands for any text, alone on a line for any lines."""
    lines = [re.sub(r"(?:\\\.){3}", ".*", re.escape(line.rstrip())) for line in output.rstrip().split("\n")]
    return re.compile("".join("(?:.*\n)*?" if line == ".*" else f"{line}\n" for line in lines))


def plain(output: str) -> str:
    """Output without blanks at line ends and at its end."""
    return "".join(f"{line.rstrip()}\n" for line in output.rstrip().split("\n"))


def run(command: str) -> tuple[int, str]:
    """Run ``tetrapylon ...`` in this process: exit status, and what it printed."""
    from tetrapylon.cli.main import run as tetrapylon

    printed, before = io.StringIO(), sys.argv
    sys.argv = shlex.split(command)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            tetrapylon()
        status: int | str | None = 0
    except SystemExit as end:
        status = end.code
    finally:
        sys.argv = before
    return status if isinstance(status, int) else int(status is not None), printed.getvalue()


def slug(heading: str) -> str:
    """The anchor a heading gets: lower case, letters, digits, hyphens and underscores, blanks as hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Everything a link into a page can lead to."""
    bare = FENCE.sub("", text)
    return set(ANCHOR.findall(bare)) | {slug(heading) for heading in HEADING.findall(bare)}
