"""A line of progress on long work, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_line() -> Iterator[Callable[[str, int], None]]:
    """Give a function that shows ``(what, how many)``, at most ten times a second; the line goes when the work ends."""
    last = 0.0
    shown = False

    def show(what: str, count: int) -> None:
        nonlocal last, shown
        if sys.stderr.isatty() and time.monotonic() - last > 0.1:
            last, shown = time.monotonic(), True
            sys.stderr.write(f"\r{what} {count:,}\x1b[K")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
