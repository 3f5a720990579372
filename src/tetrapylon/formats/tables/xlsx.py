"""Excel workbooks (ECMA-376): read as text with a note of what the cell was; written with headings people understand.

A workbook written here has one sheet per entity, a sheet "_columns" that describes every column, and a sheet "_choices"
that the drop-downs of closed lists draw on. Both begin with "_" and are not read back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from tetrapylon.errors import ValueRangeError
from tetrapylon.formats import zips
from tetrapylon.formats.flat import Flat, geometry_text
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import GEOMETRY, DateCell, NumberCell, Record, Sheet
from tetrapylon.formats.tables.cells import guard
from tetrapylon.model import LANGUAGES, Bound, Precision, Vocabulary

FILE = "case.xlsx"
LONGEST = 32_767
"""Characters a cell of a workbook may hold (ECMA-376 limit of Excel)."""
ROWS_WITH_CHOICES = 5_000
"""Rows of a sheet that get drop-downs."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f]|_x(?=[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sniff(path: Path) -> bool:
    """True for a zip archive that holds a workbook."""
    return "xl/workbook.xml" in zips.names(path)


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The sheets of a workbook whose name does not begin with "_".

    Formulas are read as the value last computed. Raises `Bad` for a zip bomb or a file that is no workbook.
    """
    zips.check(path)
    name = file or path.name
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise Bad("", f"is not a readable workbook ({type(error.__cause__ or error).__name__}).") from None
    try:
        sheets = []
        for title in book.sheetnames:
            if title.startswith("_") or not hasattr(book[title], "iter_rows"):
                continue
            first = next(iter(_rows(book, title, 1)), ())
            columns = tuple(_text(v).strip() for v in first)
            while columns and not columns[-1]:
                columns = columns[:-1]
            doubled = sorted({c for c in columns if c and columns.count(c) > 1})
            if doubled:
                raise Bad(doubled[0], f"stands twice in the header of sheet {title}.")
            if columns:
                sheets.append(Sheet(name, title, columns, partial(_records, path, title, len(columns))))
        return sheets
    finally:
        book.close()


def _records(path: Path, title: str, width: int) -> Iterator[Record]:
    number = 1
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for number, values in enumerate(_rows(book, title, None), start=1):
            if number > 1 and any(v is not None and v != "" for v in values[:width]):
                cells = [_text(v) for v in values[:width]]
                yield number, cells + [""] * (width - len(cells))
    except Bad as bad:
        yield number + 1, bad
    finally:
        book.close()


def _rows(book: Workbook, title: str, last: int | None) -> Iterator[tuple[Any, ...]]:
    try:
        sheet: Any = book[title]
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=last, values_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise Bad("", f"The sheet {title} is not readable ({type(error).__name__}).") from None


def _text(value: Any) -> str:
    """A cell as text that remembers having been a number or a date."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return (
            NumberCell(int(value) if value == int(value) and abs(value) < 1e21 else value) if _finite(value) else "nan"
        )
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time()
        return DateCell(value.date().isoformat() if whole else value.isoformat(sep=" "))
    return DateCell(value.isoformat()) if isinstance(value, dt.date) else str(value)


def _finite(value: float) -> bool:
    return value == value and abs(value) != float("inf")


class Writer:
    """Writes rows into one workbook; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.book = Workbook(write_only=True)
        self.choices: dict[type[Vocabulary], str] = {}
        self.columns = self.book.create_sheet("_columns")
        self.columns.append(
            _bold(self.columns, ["sheet", "column", "description", "unit", "required", "choices", "term"])
        )
        self.sheets: dict[str, tuple[Any, Flat]] = {}

    def __enter__(self) -> Writer:
        return self

    def sheet(self, entity: str) -> None:
        """Begin the sheet of an entity: headings and drop-downs."""
        flat = Flat(entity)
        sheet = self.book.create_sheet(entity)
        sheet.freeze_panes = "A2"
        names = [*flat.names, *([GEOMETRY] if flat.geometry else [])]
        for at, name in enumerate(names, start=1):
            sheet.column_dimensions[get_column_letter(at)].width = max(12, len(name) + 2)
        self._describe(entity, flat)
        self._drop_downs(sheet, flat)
        sheet.append(_bold(sheet, names))
        self.sheets[entity] = (sheet, flat)

    def add(self, row: Row) -> None:
        """Write one row.

        Raises
        ------
        ValueRangeError : a text is longer than a cell of a workbook may be.
        """
        if row.entity not in self.sheets:
            self.sheet(row.entity)
        sheet, flat = self.sheets[row.entity]
        values = flat.values(row)
        if flat.geometry:
            values.append(geometry_text(flat.shape(row)))
        sheet.append([self._cell(v, row) for v in values])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.book.save(BytesIO())  # closes the temporary files of its sheets
            return
        sheet = self.book.create_sheet("_choices")
        for vocabulary in self.choices:
            for language in LANGUAGES:
                sheet.append([vocabulary.title(), language, *(m.labels[language] for m in vocabulary)])
            sheet.append([vocabulary.title(), "code", *(m.value for m in vocabulary)])
        self.book.save(self.path)

    @property
    def files(self) -> dict[str, str]:
        """Names for the manifest."""
        return {"workbook": FILE}

    def _cell(self, value: Any, row: Row) -> Any:
        if isinstance(value, float) and float(f"{value:.16g}") != value:
            return repr(value)  # openpyxl writes 16 digits; as text all 17 survive
        if not isinstance(value, str):
            return value
        text = guard(_CONTROL.sub(lambda found: f"_x{ord(found[0][0]):04X}_" + found[0][1:], value))
        if len(text) > LONGEST:
            raise ValueRangeError(
                f"{row.entity} {row.data.get('local_id', row.uid)} holds a text of {len(text)} characters; "
                f"a cell of a workbook holds {LONGEST}.",
                hint="Export it as CSV, GeoJSON or GeoPackage.",
            )
        return text

    def _describe(self, entity: str, flat: Flat) -> None:
        for column in flat.columns:
            field = column.field
            if field is None:
                self.columns.append([entity, column.name, _OWN[column.name]])
                continue
            description, vocabulary = field.description, field.vocabulary
            if column.part:
                vocabulary = Precision if field.kind == "when" else Bound
                description = f"{field.description}: {vocabulary.title()}"
            codes = ", ".join(m.value for m in vocabulary) if vocabulary else ""
            required = "yes" if field.required and not column.part else ""
            self.columns.append([entity, column.name, description, field.unit or "", required, codes, field.term or ""])
        if flat.geometry:
            self.columns.append([entity, GEOMETRY, "GeoJSON or WKT, EPSG:4326, longitude first", "degrees"])

    def _drop_downs(self, sheet: Any, flat: Flat) -> None:
        for at, column in enumerate(flat.columns, start=1):
            field = column.field
            if field is None or field.many:
                continue
            second = {"when": Precision, "stated": Bound}.get(field.kind) if column.part else None
            vocabulary: type[Vocabulary] | None = second or (field.vocabulary if not column.part else None)
            if vocabulary is None:
                continue
            if vocabulary not in self.choices:
                line = len(self.choices) * 5 + 5
                self.choices[vocabulary] = f"_choices!$C${line}:${get_column_letter(2 + len(vocabulary))}${line}"
            rule = DataValidation(type="list", formula1=self.choices[vocabulary], allow_blank=True)
            rule.error, rule.errorTitle = f"Choose a {vocabulary.title()} of the list.", "Not in the list"
            letter = get_column_letter(at)
            rule.add(f"{letter}2:{letter}{ROWS_WITH_CHOICES}")
            sheet.data_validations.append(rule)


def template(path: Path, entities: list[str]) -> None:
    """Write an empty workbook to be filled in: one sheet per entity, descriptions and drop-downs."""
    with Writer(path.parent) as writer:
        writer.path = path
        for entity in entities:
            writer.sheet(entity)


_OWN = {
    "uid": "Identifier of the thing in Tetrapylon; leave empty for a new one and give local_id",
    "claim_source": "The source that dates the claim: local id or uid",
    "claim_tier": "Sensitivity of the whole row: public, partners, restricted or personal; empty: as the fields say",
    "extra": "Fields this version does not know, as one JSON object",
}


def _bold(sheet: Any, texts: list[str]) -> list[Any]:
    cells = []
    for text in texts:
        cell = WriteOnlyCell(sheet, value=text)
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
        cells.append(cell)
    return cells
