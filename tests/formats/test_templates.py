"""An empty workbook for every entity: it opens, offers what may be chosen, and is read when filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tetrapylon.errors import NotPermitted
from tetrapylon.formats.case import read_case
from tetrapylon.model import REGISTRY, thing_uid
from tetrapylon.model.dates import Precision
from tetrapylon.model.field import Field
from tetrapylon.model.quantity import Bound
from tetrapylon.workflow.exporting import write_template


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("blank") / "all.xlsx"
    write_template("all", path)
    return openpyxl.load_workbook(path)


def choices(book: Any, sheet: str, column: int) -> list[list[str]]:
    """What each drop-down of a column offers."""
    cell = f"{get_column_letter(column)}2"
    found = []
    for rule in book[sheet].data_validations.dataValidation:
        if rule.type == "list" and cell in rule.sqref:
            where, _, cells = rule.formula1.partition("!")
            found.append([str(c.value) for row in book[where.strip("'")][cells.replace("$", "")] for c in row])
    return found


def test_the_workbook_has_a_sheet_for_every_entity(book: Any) -> None:
    assert set(book.sheetnames) == {"_columns", "_choices", *REGISTRY}


@pytest.mark.parametrize("entity", list(REGISTRY))
def test_every_column_is_there_explained_and_offers_its_terms(book: Any, entity: str) -> None:
    headings = [cell.value for cell in book[entity][1]]
    described = {
        row[1].value for row in book["_columns"].iter_rows(min_row=2) if row[0].value == entity and row[2].value
    }
    assert set(headings) == described
    for field in REGISTRY[entity].fields().values():
        for part, column in enumerate(field.columns):
            at = headings.index(column.name) + 1
            vocabulary = field.vocabulary
            if part == 1:
                vocabulary = {"when": Precision, "stated": Bound}[field.kind]
            if vocabulary is not None and not field.many:
                assert choices(book, entity, at) == [[member.value for member in vocabulary]], column.name


@pytest.mark.parametrize("entity", list(REGISTRY))
def test_a_row_filled_in_is_read_as_it_was_meant(tmp_path: Path, entity: str) -> None:
    """Typed as a person types: numbers as numbers, terms by their code, references by the other's own identifier."""
    path = tmp_path / f"{entity}.xlsx"
    write_template(entity, path)
    book = openpyxl.load_workbook(path)
    sheet = book[entity]
    headings = [cell.value for cell in sheet[1]]
    fields = REGISTRY[entity].fields()
    expected: dict[str, Any] = {}
    for field in fields.values():
        cells, value = typed(field)
        for column, cell in zip(field.columns, cells, strict=True):
            sheet.cell(2, headings.index(column.name) + 1, cell)
        if field.kind != "geometry":
            expected[field.name] = value
    if "geometry" in headings:
        sheet.cell(2, headings.index("geometry") + 1, "POINT (38.27 34.55)")
    book.save(path)
    case = read_case(path, authority="t", exists=lambda target, uid: True)
    (row,) = case.rows()
    assert case.problems == []
    assert row.uid == thing_uid("t", entity, "text of local_id")
    assert {name: row.data[name] for name in expected} == expected
    if "geometry" in headings:
        assert {"type": "Point", "coordinates": [38.27, 34.55]} in row.data.values()


def typed(field: Field) -> tuple[list[Any], Any]:
    """Cells of a field, and the data they mean."""
    if field.kind == "geometry":
        return [], None
    if field.kind == "when":
        return ["2016-04-21", "approx"], {"date": "2016-04-21", "precision": "approx"}
    if field.kind == "stated":
        return [12.5, "about"], {"value": 12.5, "bound": "about"}
    if field.kind == "ref" and field.target == "Entity":
        uid = thing_uid("t", "structure", "a")
        return [uid], [uid] if field.many else uid
    if field.kind == "ref":
        entity = next(e.name() for e in REGISTRY.values() if e.__name__ == field.target)
        uid = thing_uid("t", entity, field.name)
        return [field.name], [uid] if field.many else uid
    text = str(next(iter(field.vocabulary))) if field.vocabulary else f"text of {field.name}"
    value: Any = {"flag": True, "integer": 3, "number": 0.5}.get(field.kind, text)
    return [value], [value] if field.many else value


@pytest.mark.parametrize("name", ["structures.xlsx", "structures.csv", "structures.xml"])
def test_a_template_never_replaces_what_may_be_filled_in(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a morning's work")
    with pytest.raises(NotPermitted, match="exists already"):
        write_template("structure", path)
    assert path.read_text() == "a morning's work"
