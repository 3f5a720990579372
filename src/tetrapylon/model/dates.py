"""Dates as stated, with the precision of the statement."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from tetrapylon.errors import ValueRangeError
from tetrapylon.model.vocabulary import Vocabulary

APPROX_DAYS = 7
"""Reach of an approximate date to either side, in days. Our choice [P]: sources that say "about" name no range."""


class Precision(Vocabulary):
    """How exactly a date was stated (EDTF day, month and year precision; ``approx`` is EDTF's "~")."""

    DAY = "day", "day", "jour", "день", "يوم"
    APPROX = "approx", "approximate", "approximatif", "приблизительно", "تقريبي"
    MONTH = "month", "month", "mois", "месяц", "شهر"
    YEAR = "year", "year", "année", "год", "سنة"


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A day as stated and how exactly it was stated."""

    date: dt.date
    precision: Precision = Precision.DAY

    @property
    def earliest(self) -> dt.date:
        """First day the statement may mean."""
        return _span(self.date, self.precision)[0]

    @property
    def latest(self) -> dt.date:
        """Last day the statement may mean; for a source's date the day from which it counts as known."""
        return _span(self.date, self.precision)[1]

    def __str__(self) -> str:
        if self.precision is Precision.YEAR:
            return f"{self.date:%Y}"
        if self.precision is Precision.MONTH:
            return f"{self.date:%Y-%m}"
        return f"{'about ' if self.precision is Precision.APPROX else ''}{self.date.isoformat()}"


@lru_cache(maxsize=100_000)
def _span(date: dt.date, precision: Precision) -> tuple[dt.date, dt.date]:
    if precision is Precision.DAY:
        return date, date
    if precision is Precision.MONTH:
        return date.replace(day=1), date.replace(day=calendar.monthrange(date.year, date.month)[1])
    if precision is Precision.YEAR:
        return dt.date(date.year, 1, 1), dt.date(date.year, 12, 31)
    reach = dt.timedelta(days=APPROX_DAYS)
    return date - reach, date + reach


@lru_cache(maxsize=100_000)
def parse_date(text: str) -> dt.date:
    """Read ``YYYY-MM-DD``.

    Raises
    ------
    ValueRangeError : another form, an impossible day, or a year outside 1800 to 2200.
    """
    try:
        if len(text) != 10:
            raise ValueError
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise ValueRangeError(
            f'"{text}" is not a date.', hint="Write it as YYYY-MM-DD, for example 2016-04-26."
        ) from None
    if not 1800 <= date.year <= 2200:
        raise ValueRangeError(f"{text} lies outside the years 1800 to 2200.")
    return date
