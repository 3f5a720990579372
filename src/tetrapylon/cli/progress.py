"""A line of progress on long work, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """Give a function that shows a text in place of the last; the line goes when the work ends."""
    shown = False

    def show(text: str) -> None:
        nonlocal shown
        if sys.stderr.isatty():
            shown = True
            sys.stderr.write(f"\r{text}\x1b[K")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@contextmanager
def progress_line() -> Iterator[Callable[[str, int], None]]:
    """Give a function that shows ``(what, how many)``, at most ten times a second; the line goes when the work ends."""
    last = 0.0
    with status_line() as show:

        def count(what: str, number: int) -> None:
            nonlocal last
            if time.monotonic() - last > 0.1:
                last = time.monotonic()
                show(f"{what} {number:,}")

        yield count
