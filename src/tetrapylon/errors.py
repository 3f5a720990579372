"""Every error a user can meet, and one table from error class to exit code and HTTP status.

An error tells the user what to do: it names where (file, row, field), what (value), why, and the nearest valid
choice where there is one. ``code`` is stable and translatable; the text is for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class TetrapylonError(Exception):
    """Base of everything Tetrapylon raises on purpose."""

    code = "tetrapylon"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message} {hint}")


class VocabularyError(TetrapylonError):
    """A value that is not in a closed list."""

    code = "vocabulary"

    def __init__(self, value: object, vocabulary: str, choices: Iterable[str]) -> None:
        self.value = value
        self.choices = tuple(choices)
        self.nearest = nearest(str(value), self.choices)
        hint = f'Did you mean "{self.nearest}"?' if self.nearest else f"Choose one of: {', '.join(self.choices)}."
        article = "an" if vocabulary[:1] in "aeio" else "a"
        super().__init__(f'"{value}" is not {article} {vocabulary}.', hint=hint)


class ValueRangeError(TetrapylonError):
    """A number, date or text outside what the field can hold (NaN, infinite, negative area, impossible date)."""

    code = "value"


class GeometryError(TetrapylonError):
    """A geometry that cannot be used as it stands: not closed, self-crossing, empty, swapped axes, wrong CRS."""

    code = "geometry"


class OutsideModel(TetrapylonError):
    """The question lies outside the validity of the model; there is no number to give."""

    code = "outside-model"


class RecordError(TetrapylonError):
    """The record file cannot do what was asked."""

    code = "record"


class RecordBusy(RecordError):
    """Another program is writing to the record."""

    code = "record-busy"


class RecordDamaged(RecordError):
    """Stored bytes do not match their hashes or the file is not a record."""

    code = "record-damaged"


class NotPermitted(TetrapylonError):
    """The party may not do this: it does not own the claim, holds no mandate, or may not see the tier."""

    code = "not-permitted"


class NotFound(TetrapylonError):
    """No such thing, feed, entry, file or command argument in this view."""

    code = "not-found"


class MissingExtra(TetrapylonError):
    """An optional part of the installation is needed."""

    code = "missing-extra"

    def __init__(self, extra: str, what: str) -> None:
        hint = f'Install it: pip install "tetrapylon[{extra}]"'
        super().__init__(f"{what} needs the optional part '{extra}'.", hint=hint)


class MissingService(TetrapylonError):
    """A program outside Python is needed (PostGIS, Chromium, Java)."""

    code = "missing-service"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of an imported file.

    ``row`` counts as the user sees it: for CSV and XLSX the header is row 1; for GeoJSON it is the feature number
    from 1; 0 means the file as a whole.
    """

    file: str
    row: int
    field: str
    value: str
    reason: str
    nearest: str | None = None
    code: str = "case"
    warning: bool = False
    """True: worth a look, does not stop the import."""

    def __str__(self) -> str:
        where = self.file + (f" row {self.row}" if self.row else "") + (f", {self.field}" if self.field else "")
        value = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        shown = f' "{value}"' if self.value else ""
        hint = f' Did you mean "{self.nearest}"?' if self.nearest else ""
        return f"{where}:{shown} {self.reason}{hint}"


class CaseError(TetrapylonError):
    """One or more problems in an imported case, file or table; all of them at once."""

    code = "case"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        head = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}:"
        super().__init__("\n".join([head, *map(str, self.problems)]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an error leaves the program: process exit code and HTTP status."""

    exit_code: int
    http_status: int


OUTCOMES: dict[type[TetrapylonError], Outcome] = {
    TetrapylonError: Outcome(1, 500),
    VocabularyError: Outcome(2, 422),
    ValueRangeError: Outcome(2, 422),
    GeometryError: Outcome(2, 422),
    CaseError: Outcome(2, 422),
    OutsideModel: Outcome(3, 422),
    RecordError: Outcome(4, 500),
    RecordBusy: Outcome(5, 503),
    RecordDamaged: Outcome(6, 500),
    NotPermitted: Outcome(7, 403),
    NotFound: Outcome(8, 404),
    MissingExtra: Outcome(9, 501),
    MissingService: Outcome(9, 501),
}


def outcome(error: TetrapylonError) -> Outcome:
    """Exit code and HTTP status of an error, from its class or the nearest base class in the table."""
    return next(OUTCOMES[c] for c in type(error).__mro__ if c in OUTCOMES)


def nearest(value: str, choices: Sequence[str]) -> str | None:
    """The choice most like ``value``, or None when nothing is close (similarity under 60 %)."""
    from rapidfuzz import fuzz, process

    best = process.extractOne(value.lower(), choices, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    return best[0] if best else None
