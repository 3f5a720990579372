"""The two clocks of a page: *on* (true on the ground) and *known* (known here)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from tetrapylon.errors import ValueRangeError
from tetrapylon.model import parse_date


@dataclass(frozen=True)
class Clocks:
    """Days or, for ``known``, an instant (ISO 8601, UTC). ``asked``: those the address names."""

    on: str
    known: str
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The clocks as the query of an address, only where they were asked for."""
        return urlencode(self.asked)


def read_clocks(on: str | None, known: str | None) -> Clocks:
    """Read the clocks of an address; both default to today.

    Raises
    ------
    ValueRangeError : not a date.
    """
    asked = tuple((name, value) for name, value in (("on", on), ("known", known)) if value)
    day = read_instant(known) if known else dt.datetime.now(dt.UTC).date().isoformat()
    return Clocks(parse_date(on).isoformat() if on else day[:10], day, asked)


def read_instant(text: str) -> str:
    """A day, or an instant, in the form the record writes it.

    Raises
    ------
    ValueRangeError : neither.
    """
    if len(text) <= 10:
        return parse_date(text).isoformat()
    try:
        instant = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ValueRangeError(
            f'"{text[:40]}" is not a day or an instant.', hint="Write 2016-04-26, or 2016-04-26T12:00:00Z."
        ) from None
    parse_date(text[:10])
    utc = instant.replace(tzinfo=instant.tzinfo or dt.UTC).astimezone(dt.UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
