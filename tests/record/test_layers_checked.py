"""A layer is a view of the record: one that says something else than the entries is named by verification."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
import shapely

from tetrapylon.model import OrdnanceItem, Party, Structure, When
from tetrapylon.model.terms import OrdnanceCategory
from tetrapylon.record.installation import Installation
from tetrapylon.record.record import Record
from tetrapylon.record.verifying import verify


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "record.gpkg"
    with Record.create(str(path), party=Party(label="Office"), installation=Installation(tmp_path / "state")) as record:
        with record.writing() as writer:
            for name, x in (("theatre", 38.2689), ("castle", 38.2571)):
                writer.claim(Structure(local_id=name, label=name.title(), geometry=shapely.Point(x, 34.55)))
            found = When(dt.date(2016, 4, 1))
            writer.claim(
                OrdnanceItem(found=found, category=OrdnanceCategory.UNKNOWN, geometry=shapely.Point(38.27, 34.55))
            )
        assert verify(record).problems == []
    return path


TAMPERED = {
    "a position moved": "UPDATE structure SET geom = (SELECT geom FROM structure WHERE local_id = 'castle')"
    " WHERE local_id = 'theatre'",
    "a label changed": "UPDATE structure SET label = 'Arch' WHERE local_id = 'theatre'",
    "a claim hidden by ending it": "UPDATE ordnance_item SET known_to = '2020-01-01'",
    "a claim hidden by dating it later": "UPDATE ordnance_item SET valid_from = '2099-01-01'",
    "a row taken out": "DELETE FROM ordnance_item",
    "a row put in": "INSERT INTO structure (fid, label) VALUES (99, 'Nowhere')",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_a_layer_that_says_something_else_is_named_and_a_rebuild_mends_it(statement: str, file: Path) -> None:
    db = sqlite3.connect(file)
    for name in [
        n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%ST_%'")
    ]:
        db.execute(f'DROP TRIGGER "{name}"')
    for name in [
        n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%guard%'")
    ]:
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute(statement)
    db.commit()
    db.close()
    with Record.open(str(file), installation=Installation(file.parent / "state")) as record:
        (problem,) = verify(record).problems
        assert problem.startswith("layer ")
        assert verify(record, layers=False).problems == []
        record.rebuild()
        assert verify(record).problems == []
