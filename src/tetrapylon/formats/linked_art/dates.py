"""Dates as TimeSpans (E52): earliest and latest moments, and the date as stated in EDTF (ISO 8601-2)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from tetrapylon.errors import ValueRangeError
from tetrapylon.formats.linked_art.names import DISPLAY, Node, nodes
from tetrapylon.model.dates import Precision, When, parse_date

_EDTF = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(~)?)?)?")
_MOMENTS = ("begin_of_the_begin", "end_of_the_begin", "begin_of_the_end", "end_of_the_end")


def when(data: Any) -> When:
    """A date from its JSON data."""
    return When(parse_date(data["date"]), Precision(data.get("precision", "day")))


def edtf(data: Any) -> str:
    """A date in EDTF: 2016, 2016-04, 2016-04-21, 2016-04-21~."""
    date, precision = str(data["date"]), data.get("precision", "day")
    return {"year": date[:4], "month": date[:7], "approx": f"{date}~"}.get(precision, date)


def is_exact(data: Any) -> bool:
    """Whether EDTF alone gives the date back (a month's day other than the first is lost in it)."""
    return bool(read_edtf(edtf(data)) == data)


def timespan(start: Any, end: Any = None, *, lasting: bool = False) -> Node:
    """A TimeSpan of one date, or from a start to an end; ``lasting`` with no end: the end is unknown."""
    span: Node = {"type": "TimeSpan"}
    text = ""
    if start:
        first = when(start)
        span["begin_of_the_begin"] = f"{first.earliest.isoformat()}T00:00:00Z"
        text = edtf(start)
        if not lasting and not end:
            span["end_of_the_end"] = f"{first.latest.isoformat()}T23:59:59Z"
        else:
            span["end_of_the_begin"] = f"{first.latest.isoformat()}T23:59:59Z"
    if end:
        last = when(end)
        span["begin_of_the_end"] = f"{last.earliest.isoformat()}T00:00:00Z"
        span["end_of_the_end"] = f"{last.latest.isoformat()}T23:59:59Z"
    text = f"{text}/{edtf(end) if end else ''}" if lasting or end else text
    span["identified_by"] = [{"type": "Name", "classified_as": [DISPLAY], "content": text}]
    return {key: span[key] for key in ("type", "identified_by", *_MOMENTS) if key in span}


def read_timespan(span: Node) -> tuple[Any, Any] | None:
    """Start and end of a TimeSpan as JSON data; the end is None for a single date. None: no dates of ours hold it."""
    for name in nodes(span, "identified_by"):
        first, slash, last = str(name.get("content", "")).partition("/")
        start, end = read_edtf(first), read_edtf(last)
        agrees = _agrees(span, start, end or start)
        if (start or end) and agrees and (start or not first) and (end or not last) and (start or slash):
            return start, end
    moments = [_day(span.get(key)) for key in _MOMENTS]
    if any(m is False for m in moments):
        return None
    begin, begun, ending, ended = moments
    if begin and ended and not begun and not ending:
        one = _precise(begin, ended)
        return (one, None) if one else None
    start, end = _precise(begin, begun or begin), _precise(ending or ended, ended)
    if ((begin or begun) and not start) or ((ending or ended) and not end):
        return None
    return (start, end) if start or end else None


def read_edtf(text: str) -> Any:
    """JSON data of an EDTF date; None where it is not one."""
    found = _EDTF.fullmatch(text)
    if not found:
        return None
    year, month, day, about = found.groups()
    try:
        date = parse_date(f"{year}-{month or '01'}-{day or '01'}").isoformat()
    except ValueRangeError:
        return None
    precision = "approx" if about else "" if day else "month" if month else "year"
    return {"date": date, "precision": precision} if precision else {"date": date}


def _agrees(span: Node, start: Any, end: Any) -> bool:
    """Whether the moments of a span are those of the dates in its name."""
    begin, ended = _day(span.get("begin_of_the_begin")), _day(span.get("end_of_the_end"))
    return (not begin or (bool(start) and begin == when(start).earliest)) and (
        not ended or (bool(end) and ended == when(end).latest)
    )


def _day(moment: object) -> dt.date | bool | None:
    """Day of a moment; None where there is none, False where it is not one that a date of ours can be."""
    if moment is None:
        return None
    try:
        return parse_date(str(moment)[:10])
    except ValueRangeError:
        return False


def _precise(first: Any, last: Any) -> Any:
    """The date whose earliest and latest day these are, as JSON data; None where there is none."""
    if not first or not last:
        return None
    if first == last:
        return {"date": first.isoformat()}
    if (first.month, first.day, last) == (1, 1, dt.date(first.year, 12, 31)):
        return {"date": first.isoformat(), "precision": "year"}
    if first.day == 1 and last == first.replace(day=calendar.monthrange(first.year, first.month)[1]):
        return {"date": first.isoformat(), "precision": "month"}
    middle = first + (last - first) / 2
    about = When(middle, Precision.APPROX)
    if (about.earliest, about.latest) == (first, last):
        return {"date": middle.isoformat(), "precision": "approx"}
    return None
