"""The two clocks of a page: *on* (true on the ground) and *known* (known here)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from tetrapylon.errors import ValueRangeError
from tetrapylon.model import parse_date

DAY = (
    r"(18|19|20|21)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|((18|19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29"
)
"""A day of the years 1800 to 2199 as a regular expression."""


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
