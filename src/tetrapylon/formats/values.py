"""One cell of text to one value, or `Bad` with what is wrong and the nearest valid choice."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.sheet import DateCell, NumberCell
from tetrapylon.model import Vocabulary, parse_date

UNITS: Mapping[str | None, Mapping[str, str]] = {
    "m2": {"m2": "1", "ha": "10000", "km2": "1000000", "dunam": "1000", "acre": "4046.8564224"},
    "m": {"m": "1", "km": "1000", "cm": "0.01", "mm": "0.001", "ft": "0.3048", "mi": "1609.344"},
    "m3": {"m3": "1", "l": "0.001"},
    "kg": {"kg": "1", "g": "0.001", "t": "1000"},
    "h": {"h": "1", "min": str(Decimal(1) / Decimal(60)), "d": "24"},
    None: {"%": "0.01"},
}
"""Factors to the unit a field is stored in. Exact by definition (acre: international acre; dunam: metric)."""

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[-+]?\d{1,3}([ ,.\u00a0\u202f']\d{3})+(\.\d+)?", re.ASCII)
_WITH_UNIT = re.compile(r"([-+]?[\d.,]+)\s*([^\d\s.,].*)")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2,}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)

EXCEL_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of spreadsheet day numbers after February 1900 (ECMA-376 part 1, 18.17.4.1; the 1904 system counts from
1904-01-01, 1,462 days later)."""
EXCEL_1904_DAYS = 1462


def number(text: str) -> float:
    """A finite decimal number with a point, without unit or thousands separators."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        value = float(stripped)
        if math.isfinite(value):
            return value
        raise Bad(text, "is too large to be a number.")
    if stripped.lower().lstrip("+-") in ("nan", "inf", "infinity", "#n/a", "#div/0!", "#num!", "#value!"):
        raise Bad(text, "is not a finite number; leave the cell empty where nothing is stated.")
    if _GROUPED.fullmatch(stripped):
        plain = re.sub(r"(?<=\d)[ ,\u00a0\u202f'](?=\d{3})", "", stripped)
        raise Bad(text, "has thousands separators; write digits and at most one decimal point.", plain)
    with_unit = _WITH_UNIT.fullmatch(stripped)
    if with_unit:
        raise Bad(text, "is not a bare number: the unit belongs in the heading or the mapping.", with_unit[1])
    if re.fullmatch(r"[-+]?\d+,\d+", stripped):
        raise Bad(text, "has a decimal comma; write a point.", stripped.replace(",", "."))
    raise Bad(text, "is not a number.")


def scaled(text: str, factor: Decimal) -> float:
    """A number times an exact factor, rounded once."""
    number(text)
    try:
        return float(Decimal(text.strip()) * factor)
    except InvalidOperation:  # pragma: no cover - number() has accepted it
        raise Bad(text, "is not a number.") from None


def factor(unit: str, field_unit: str | None) -> Decimal:
    """Factor from ``unit`` to the unit a field is stored in.

    Raises
    ------
    VocabularyError : the unit is not known for the field.
    """
    known = UNITS.get(field_unit, {field_unit or "": "1"})
    if unit not in known:
        raise VocabularyError(unit, f"unit for a field in {field_unit or 'plain numbers'}", [k for k in known if k])
    return Decimal(known[unit])


def integer(text: str) -> int:
    """A whole number."""
    stripped = text.strip()
    if re.fullmatch(r"[-+]?\d+", stripped, re.ASCII) and len(stripped) <= 18:
        return int(stripped)
    value = number(text)
    if value != int(value) or abs(value) >= 2**53:
        raise Bad(text, "is not a whole number.")
    return int(value)


def flag(text: str) -> bool:
    """Yes or no."""
    folded = text.strip().casefold()
    if folded in ("true", "yes", "1", "oui", "да", "نعم"):
        return True
    if folded in ("false", "no", "0", "non", "нет", "لا"):
        return False
    raise Bad(text, "is neither true nor false.")


def day(text: str, pattern: str = "") -> str:
    """An ISO day (YYYY-MM-DD), from ``pattern`` (strptime) where one is given. Never guesses day and month."""
    stripped = text.strip()
    if pattern:
        try:
            return parse_date(dt.datetime.strptime(stripped, pattern).date().isoformat()).isoformat()
        except (ValueError, ValueRangeError):
            raise Bad(text, f"is not a date written as {pattern}.") from None
    try:
        return parse_date(stripped).isoformat()
    except ValueRangeError:
        reason, nearest = _why_no_date(stripped)
        raise Bad(text, reason, nearest) from None


def _why_no_date(text: str) -> tuple[str, str | None]:
    swapped = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    if swapped and int(swapped[2]) > 12 and 1 <= int(swapped[3]) <= 12:
        return "is not a date: day and month are exchanged.", _iso(swapped[1], swapped[3], swapped[2])
    if swapped:
        if not 1800 <= int(swapped[1]) <= 2200:
            return "lies outside the years 1800 to 2200.", None
        return "is not a day of the calendar.", None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].*", text, re.ASCII):
        return "has a time of day; give the day alone.", _iso(text[:4], text[5:7], text[8:10])
    local = _DAY_FIRST.fullmatch(text)
    if local:
        first, second = int(local[1]), int(local[2])
        if first > 12 or second > 12 or first == second:
            month, one = (second, first) if first > 12 or first == second else (first, second)
            return "is not written as YYYY-MM-DD.", _iso(local[3], f"{month:02d}", f"{one:02d}")
        return "may mean two days (day first or month first); write it as YYYY-MM-DD.", None
    if _SERIAL.fullmatch(text):
        days = dt.timedelta(int(float(text)))
        return (
            "is a spreadsheet's number for a day (or, in a file of the 1904 system, "
            f"{(EXCEL_EPOCH + days + dt.timedelta(EXCEL_1904_DAYS)).isoformat()}); write it as YYYY-MM-DD.",
            (EXCEL_EPOCH + days).isoformat(),
        )
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return "is only a year; write its first day and precision year.", f"{text}-01-01"
    if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
        return "is only a month; write its first day and precision month.", _iso(text[:4], text[5:7], "01")
    return "is not a date; write it as YYYY-MM-DD.", None


def _iso(year: str, month: str, one: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(one)).isoformat()
    except ValueError:
        return None


def term(text: str, vocabulary: type[Vocabulary], values: Mapping[str, str] | None = None) -> str:
    """The code of a term: through the mapping's own values first, then by code or label in any language."""
    stripped = text.strip()
    if values and stripped in values:
        return values[stripped]
    try:
        return vocabulary.read(stripped).value
    except VocabularyError as error:
        from tetrapylon.errors import nearest

        near = nearest(stripped, [*(values or {})]) or error.nearest
        choices = ", ".join(error.choices)
        reason = f"is not a {vocabulary.title()}." + ("" if near else f" Choose one of: {choices}.")
        raise Bad(text, reason, near, "vocabulary") from None


def identifier(text: str) -> str:
    """A local id as it stands, without spaces around it; what a spreadsheet made of one is refused."""
    if type(text) is not str:
        _untouched(text)
    stripped = text.strip()
    if stripped[:1].isdigit() and _SCIENTIFIC.fullmatch(stripped):
        raise Bad(text, "looks like an identifier that a spreadsheet turned into a rounded number; restore it as text.")
    if not stripped.isprintable() and any(ord(c) < 32 for c in stripped):
        raise Bad(text, "holds control characters.")
    return stripped


def _untouched(text: str) -> None:
    """Refuse what a workbook holds as a date, or as a number of more digits than it can keep."""
    if isinstance(text, DateCell):
        raise Bad(text, "is a date in the workbook; an identifier such as 3-12 was turned into it. Restore it as text.")
    if isinstance(text, NumberCell) and (not text.isdigit() or len(text) > 15):
        raise Bad(text, "is a number in the workbook and has lost digits; restore the identifier as text.")
