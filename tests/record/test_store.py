"""What every store does, run on a GeoPackage file and on a PostGIS schema."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from tetrapylon.errors import NotFound, NotPermitted, RecordBusy, RecordDamaged, RecordError
from tetrapylon.model import REGISTRY, HazardReport, Party, Source, Structure, Tier, When, new_uid, thing_uid
from tetrapylon.model.dates import Precision, parse_date
from tetrapylon.model.terms import HazardKind
from tetrapylon.record import layers
from tetrapylon.record.entry import Act, Entry, body_text, hash_text, part_digest
from tetrapylon.record.installation import Installation
from tetrapylon.record.layers import Layer, layer
from tetrapylon.record.merging import merge
from tetrapylon.record.record import Record
from tetrapylon.record.sharing import share
from tetrapylon.record.snapshot import snapshot
from tetrapylon.record.store import create_store, is_address, open_store
from tetrapylon.record.verifying import verify

ARCH = thing_uid("test", "structure", "arch")
TOMB = thing_uid("test", "structure", "tomb")
ROAD = thing_uid("test", "hazard_report", "road")


def day(text: str, precision: Precision = Precision.DAY) -> When:
    return When(parse_date(text), precision)


def square(x: float, y: float, size: float = 0.001) -> Polygon:
    return box(x, y, x + size, y + size)


def fill(record: Record) -> None:
    """Claims of every kind of value: geometry, dates, numbers, flags, several tiers; an amendment, a dispute."""
    with record.writing() as writer:
        arch = writer.claim(
            Structure(local_id="arch", label="Arch — قوس", geometry=square(38.26, 34.55), length=12.5, osm_way=7),
            subject=ARCH, public="2015-10-05",
        )  # fmt: skip
        writer.claim(Structure(local_id="tomb", label="Tomb", aliases=("Elahbel", "tower 13")), subject=TOMB)
        writer.claim(
            HazardReport(
                date=day("2016-04-01", Precision.MONTH), kind=next(iter(HazardKind)), description="Mines by the road",
                geometry=Point(38.27, 34.56), position_accuracy=30.0,
            ),
            subject=ROAD, public="2016-04-21",
        )  # fmt: skip
        writer.claim(Source(heading="A newspaper", published=day("2016-04-21")))
    with record.writing() as writer:
        amended = writer.amend(
            arch, Structure(local_id="arch", label="Monumental arch", geometry=square(38.261, 34.55))
        )
        writer.dispute(amended, "Not the same arch")


def current(record: Record, table: str, column: str) -> list[Any]:
    sql = f'SELECT "{column}" FROM "{table}_current" ORDER BY 1'
    return [value for (value,) in record.store.query(sql)]


def structures(record: Record, **options: Any) -> dict[str, Structure]:
    return {c.uid: c.body for c in record.view(on="2016-05-01", known="2200-01-01").claims(Structure, **options)}


# --- what goes in comes out -----------------------------------------------------------------------------------------


def test_claims_come_back_as_they_were_written(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    record = Record.open(record.store.location, installation=record.installation)
    with record:
        found = structures(record)
        assert found[ARCH].label == "Monumental arch"
        assert found[ARCH].geometry is not None
        assert found[ARCH].geometry.equals_exact(square(38.261, 34.55))
        assert found[TOMB].aliases == ("Elahbel", "tower 13")
        (report,) = record.view(on="2016-05-01", known="2016-05-01").claims(HazardReport)
        assert report.body.date == day("2016-04-01", Precision.MONTH)
        assert report.body.geometry == Point(38.27, 34.56)
        assert record.view(on="2016-05-01", known="2016-04-20").claims(HazardReport) == []
        assert verify(record).problems == []


def test_a_window_finds_what_it_meets_and_nothing_else(make_record: Callable[..., Record]) -> None:
    record = make_record()
    with record.writing() as writer:
        for i in range(20):
            writer.claim(Structure(local_id=str(i), label=f"House {i}", geometry=square(38 + i / 100, 34.5)))
        writer.claim(Structure(local_id="nowhere", label="A house whose place is not known"))
    found = structures(record, box=(38.0495, 34.4, 38.0705, 34.6))
    assert {s.local_id for s in found.values()} == {"5", "6", "7"}
    assert structures(record, box=(10, 10, 11, 11)) == {}


def test_the_current_view_has_one_row_per_thing(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    assert current(record, "structure", "label") == ["Monumental arch", "Tomb"]
    assert current(record, "structure", "contested") == [0, 1]


def test_flags_and_dates_read_the_same_in_both_stores(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    sql = 'SELECT own_words, "date", date_precision, position_accuracy_m FROM hazard_report'
    assert list(record.store.query(sql)) == [(0, "2016-04-01", "month", 30.0)]


def test_two_reads_at_once_do_not_disturb_each_other(make_record: Callable[..., Record]) -> None:
    record = make_record()
    with record.writing() as writer:
        for i in range(5):
            writer.claim(Structure(label=f"House {i}"))
    outer = record.store.query("SELECT fid FROM entry ORDER BY fid")
    pairs = [(fid, n) for (fid,) in outer for (n,) in record.store.query("SELECT count(*) FROM entry")]
    assert pairs == [(fid, 6) for fid in range(1, 7)]


def test_question_marks_and_percent_signs_inside_text_stay(make_record: Callable[..., Record]) -> None:
    store = make_record().store
    assert list(store.query("SELECT '50 % of what?', ? || '%?'", ("a",))) == [("50 % of what?", "a%?")]


# --- one dump for all stores ----------------------------------------------------------------------------------------


def test_the_dump_is_the_same_in_a_file_and_in_a_database(make_record: Callable[..., Record], tmp_path: Path) -> None:
    record = make_record()
    fill(record)
    path = tmp_path / "copy.gpkg"
    snapshot(record, path)
    with Record.open(str(path)) as copy:
        assert list(copy.dump()) == list(record.dump())
        assert len(list(copy.dump())) >= 7
        copy.rebuild()
        assert list(copy.dump()) == list(record.dump())
    record.rebuild()
    with Record.open(str(path)) as copy:
        assert list(copy.dump()) == list(record.dump())


def test_merging_across_stores_gives_the_same_dump(make_record: Callable[..., Record], tmp_path: Path) -> None:
    """The record under test takes in a file, a file takes in the record under test: both then say the same."""
    one = make_record("Survey")
    fill(one)
    other = make_record("Museum", location=str(tmp_path / "museum.gpkg"))
    with other.writing() as writer:
        writer.claim(Structure(local_id="arch", label="Triumphal arch", geometry=square(38.2, 34.5)), subject=ARCH)
    merge(one, other)
    merge(other, one)
    merge(one, other)
    assert list(one.dump()) == list(other.dump())
    assert verify(one).problems == verify(other).problems == []
    assert current(one, "structure", "contested") == current(other, "structure", "contested") == [0, 1]


def test_a_body_that_fits_no_column_does_not_stop_a_merge(make_record: Callable[..., Record], tmp_path: Path) -> None:
    """What another party's software wrote is kept as it is; the layers leave the cell empty, in both stores alike."""
    one = make_record("Survey")
    other = make_record("Elsewhere", location=str(tmp_path / "elsewhere.gpkg"))
    strange = {
        "label": "nul \x00 here", "length": "long", "width": 2**80, "height": -0.0, "osm_way": 2.5, "type": [1, {}],
        "significance": 2**70, "built": 5, "aliases": 3, "geometry": {"type": "Polygon", "coordinates": "none"},
        "note": True,
    }  # fmt: skip
    point = {"label": "x", "geometry": {"type": "Point", "coordinates": ["a", None]}}
    with other.writing() as writer:
        for data in (strange, point, {"label": "y", "geometry": 7}, {"label": "z", "geometry": {}}):
            add_raw(writer, "structure", json.dumps(data), data)
    mine = make_record("Third", location=str(tmp_path / "third.gpkg"))
    for record in (one, mine):
        merge(record, other)
        assert verify(record).problems == []
    shown = [[line for line in record.dump() if line.startswith('["structure"')] for record in (one, mine)]
    assert len(shown[0]) == 4
    assert shown[0] == shown[1]
    names = "label, length_m, width_m, height_m, osm_way, type, significance, built, note"
    first, *_ = one.store.query(f"SELECT {names} FROM structure ORDER BY fid")
    assert first == ("nul \ufffd here", None, 2.0**80, 0.0, None, "[1, {}]", None, "5", "true")
    assert [g for (g,) in one.store.query("SELECT geom FROM structure")] == [None] * 4


@pytest.mark.parametrize("body", ["[]", "7", '{"label": NaN}', '{"width": 1e999}', '{"label": "\\ud800"}', "{", "null"])
def test_a_body_that_is_no_json_object_is_refused(
    make_record: Callable[..., Record], tmp_path: Path, body: str
) -> None:
    one = make_record("Survey")
    before = list(one.dump()), one.heads()
    other = make_record("Elsewhere", location=str(tmp_path / "elsewhere.gpkg"))
    with other.store.writing():
        writer = other._writer(None)
        add_raw(writer, "structure", body, {})
        writer.flush()
    with pytest.raises(RecordDamaged, match="public part is not a JSON object"):
        merge(one, other)
    assert (list(one.dump()), one.heads()) == before


def add_raw(writer: Any, entity: str, body: str, data: dict[str, Any]) -> None:
    """An entry as other software may write it: chained and hashed, whatever it says."""
    subject = new_uid()
    writer.append(Act.ASSERT, entity, 1, subject, new_uid(), None, None, (None,) * 3, (), [(Tier.PUBLIC, body)], data)
    writer.touch(subject)


@pytest.mark.parametrize("entity", ["entry", "part", 'x" (y', "gpkg_contents", "structure_current", "x'; --", "Entry"])
def test_an_entity_name_that_is_no_table_name_is_refused(
    make_record: Callable[..., Record], tmp_path: Path, entity: str
) -> None:
    one = make_record("Survey")
    before = list(one.dump()), one.heads()
    hostile = make_record("Hostile", location=str(tmp_path / "hostile.gpkg"))
    with hostile.store.writing():
        writer = hostile._writer(None)
        writer.append(
            Act.ASSERT, entity, 1, new_uid(), new_uid(), None, None, (None,) * 3, (), [(Tier.PUBLIC, "{}")], {}
        )  # fmt: skip
        writer.flush()
    with pytest.raises(RecordDamaged, match="cannot be the name of an entity"):
        merge(one, hostile)
    assert (list(one.dump()), one.heads()) == before


def test_our_own_entities_can_all_be_layers() -> None:
    for name in REGISTRY:
        assert len(layer(name).table + "_current") <= 63  # PostgreSQL cuts longer names
        assert not {"fid", "geom"} & {c.name for c in layer(name).columns}
        assert name not in layers._RESERVED
        assert layers._NAME.fullmatch(name)


# --- append-only ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET text = 'another'",
        "DELETE FROM entry WHERE seq = 1",
        "UPDATE part SET body = '{}'",
        "DELETE FROM part",
    ],
)
def test_entries_and_parts_cannot_be_changed(make_record: Callable[..., Record], statement: str) -> None:
    record = make_record()
    fill(record)
    with pytest.raises(RecordError, match="append-only"), record.store.writing():
        record.store.execute(statement)
    assert verify(record).problems == []
    assert len(structures(record)) == 2


def test_an_erased_part_goes_and_only_that(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    (report,) = record.view().claims(HazardReport)
    with record.writing() as writer:
        writer.erase(record.find_entry(report.entry), "given in confidence", [Tier.RESTRICTED])
    held = record.read_parts(record.find_entry(report.entry).fid)
    assert set(held) == {Tier.PUBLIC}
    outcome = verify(record)
    assert (outcome.erased, outcome.problems) == (1, [])


def test_what_fails_leaves_nothing_behind(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    before = list(record.dump()), record.heads(), record.store.layers()

    def fail_midway() -> None:
        with record.writing() as writer:
            writer.claim(HazardReport(date=day("2016-04-22"), kind=next(iter(HazardKind)), description="..."))
            writer.claim(Party(label="Someone"))
            writer.flush()
            record.refresh([ARCH])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert (list(record.dump()), record.heads(), record.store.layers()) == before
    with record.writing() as writer:
        writer.claim(Structure(label="After it"))
    assert verify(record).problems == []


# --- several at once ------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_to_wait(make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRAPYLON_BUSY_SECONDS", "0.2")
    record = make_record()
    second = Record.open(record.store.location, installation=record.installation)
    with second:
        with record.writing() as writer:
            writer.claim(Structure(label="First"))
            with pytest.raises(RecordBusy, match="Another program is writing"), second.writing():
                pass
        with second.writing() as writer:
            writer.claim(Structure(label="Second"))
    assert current(record, "structure", "label") == ["First", "Second"]


def test_a_reader_sees_all_of_a_change_or_nothing(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    reader = Record.open(record.store.location)
    with reader:
        with record.writing() as writer:
            writer.claim(Structure(label="Being written"))
            writer.flush()
            assert len(structures(reader)) == 2
        assert len(structures(reader)) == 3


def test_reading_keeps_to_one_state(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    count = "SELECT count(*) FROM entry"
    reader = Record.open(record.store.location)
    with reader:
        with reader.store.reading():
            before = list(reader.store.query(count))
            with record.writing() as writer:
                writer.claim(Structure(label="Meanwhile"))
            assert list(reader.store.query(count)) == before
        assert list(reader.store.query(count)) != before


def test_an_open_reader_sees_layers_that_another_makes(make_record: Callable[..., Record]) -> None:
    """A web server that was started before the first hazard report came in must show it."""
    record = make_record()
    reader = Record.open(record.store.location)
    with reader:
        assert reader.view().claims(HazardReport) == []
        fill(record)
        assert len(reader.view().claims(HazardReport)) == 1


def test_what_another_program_received_counts_at_the_next_writing(
    make_record: Callable[..., Record], make_location: Callable[[], str]
) -> None:
    """Receipts date native claims of others; a program that has been open all along reads them before it derives."""
    one = make_record("Survey")
    other = make_record("Museum")
    with other.writing() as writer:
        theirs = writer.claim(Structure(label="Arch"), subject=ARCH)
    with one.writing() as writer:
        writer.claim(Structure(label="Tomb"), subject=TOMB)
    sibling = Record.open(one.store.location, installation=one.installation)
    with sibling:
        merge(sibling, other)
    with one.writing() as writer:
        writer.claim(Structure(label="Our arch"), subject=ARCH)
    ((received,),) = one.store.query("SELECT at FROM received WHERE feed = ?", (theirs.entry.feed,))
    ((known,),) = one.store.query("SELECT known_from FROM structure WHERE label = 'Arch'")
    assert known == received


# --- software that declares more ------------------------------------------------------------------------------------


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Pretend to be software whose declaration of an entity lacks columns, its geometry, or the entity altogether."""
    real = layers.layer

    def pretend(entity: str, *without: str) -> None:
        shape = real(entity)
        kept = [(i, c) for i, c in enumerate(shape.columns) if c.name not in without]
        slim = Layer(
            shape.table, shape.title, tuple(c for _, c in kept), shape.spatial and "geom" not in without, shape.holds,
            lambda data: [row[i] for row in [shape.values(data)] for i, _ in kept],
        )  # fmt: skip
        for module in ("tetrapylon.record.record", "tetrapylon.record.derive", "tetrapylon.record.view"):
            monkeypatch.setattr(f"{module}.layer", lambda name: slim if name == entity else real(name))

    yield pretend
    monkeypatch.undo()


def test_a_field_newly_declared_gets_its_column_filled_from_the_entries(
    make_record: Callable[..., Record], older: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = make_record("Survey")
    fill(expected)
    record = make_record("Survey again")
    older("structure", "length_m", "osm_way")
    merge(record, expected)
    assert "length_m" not in record.store.layer_columns()["structure"]
    monkeypatch.undo()
    with Record.open(record.store.location, installation=record.installation) as renewed:
        sql = "SELECT length_m, osm_way FROM {} WHERE label = ?"
        assert list(renewed.store.query(sql.format("structure"), ("Arch — قوس",))) == [(12.5, 7)]
        assert list(renewed.store.query(sql.format("structure_current"), ("Tomb",))) == [(None, None)]
        merge(expected, renewed)
        merge(renewed, expected)
        assert list(renewed.dump()) == list(expected.dump())


def test_an_entity_newly_known_becomes_a_map_layer(
    make_record: Callable[..., Record], older: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries of an entity that older software did not know have a layer of meta columns only, without geometry."""
    expected = make_record("Survey")
    fill(expected)
    record = make_record("Survey again")
    older("structure", "geom", *(c.name for c in layer("structure").columns))
    merge(record, expected)
    monkeypatch.undo()
    with Record.open(record.store.location, installation=record.installation) as renewed:
        assert set(structures(renewed, box=(38, 34, 39, 35))) == {ARCH}
        assert verify(renewed).problems == []


# --- places ---------------------------------------------------------------------------------------------------------


def test_a_place_that_is_taken_is_refused_and_left_alone(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    before = list(record.dump())
    with pytest.raises(RecordError):
        create_store(record.store.location)
    assert list(record.dump()) == before


def test_a_place_without_a_record_is_not_found(make_location: Callable[[], str]) -> None:
    with pytest.raises(NotFound):
        open_store(make_location())


def test_read_only_reads_and_does_not_write(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    with Record.open(record.store.location, read_only=True, installation=record.installation) as reader:
        assert list(reader.dump()) == list(record.dump())
        with pytest.raises(RecordError, match="nothing was changed"), reader.writing() as writer:
            writer.claim(Structure(label="No"))


def test_a_share_of_any_store_is_a_file_that_verifies(make_record: Callable[..., Record], tmp_path: Path) -> None:
    record = make_record()
    fill(record)
    report = share(record, tmp_path / "share.gpkg")
    assert report.withheld == {Tier.RESTRICTED: 1}
    with Record.open(str(tmp_path / "share.gpkg"), read_only=True) as copy:
        assert verify(copy).problems == []
        (hazard,) = copy.view(on="2016-05-01").claims(HazardReport)
        assert hazard.body.geometry is None
        with pytest.raises(NotPermitted):
            copy.own_party()


def test_a_whole_copy_is_a_record_of_ours(make_record: Callable[..., Record], tmp_path: Path) -> None:
    """It holds every part and the own feed; going on in it opens a new feed only if the original went on meanwhile."""
    record = make_record()
    fill(record)
    path = tmp_path / "backup.gpkg"
    snapshot(record, path)
    assert [p.name for p in tmp_path.glob("backup*")] == ["backup.gpkg"]
    with pytest.raises(RecordError, match="exists already"):
        snapshot(record, path)
    with record.writing() as writer:
        writer.claim(Structure(label="After the backup"))
    with Record.open(str(path), installation=record.installation) as copy:
        assert verify(copy).problems == []
        assert copy.own_party() == record.own_party()
        with copy.writing() as writer:
            writer.claim(Structure(label="In the restored backup"))
        assert len(copy.feeds()) == 2
        assert merge(copy, record).forks == []


def test_layers_reject_edits_and_name_the_command(make_record: Callable[..., Record]) -> None:
    record = make_record()
    fill(record)
    before = list(record.dump())
    for statement in (
        "UPDATE structure SET label = 'mine'",
        "DELETE FROM structure",
        "INSERT INTO structure (fid, label) VALUES (99, 'mine')",
    ):
        with pytest.raises(Exception, match="tetrapylon import"):
            edit_from_outside(record, statement)
    assert list(record.dump()) == before
    with record.writing() as writer:  # our own writer passes, and the guards stand again afterwards
        writer.claim(Structure(label="Ours"))
    with pytest.raises(Exception, match="tetrapylon import"):
        edit_from_outside(record, "UPDATE structure SET label = 'mine'")


def edit_from_outside(record: Record, statement: str) -> None:
    """As a program that knows nothing of us does it."""
    location = record.store.location
    if is_address(location):
        import psycopg

        with psycopg.connect(location.partition("?")[0]) as other:
            other.execute(f"SET search_path = {location.partition('schema=')[2]}, public")
            other.execute(statement)
    else:
        import sqlite3

        other_file = sqlite3.connect(location)
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # every program that reads GeoPackages
            other_file.create_function(name, 1, lambda _: 0)
        try:
            other_file.execute(statement)
            other_file.commit()
        finally:
            other_file.close()


# --- the chain of one feed, from outside --------------------------------------------------------------------------


def test_rows_hold_the_frozen_bytes(make_record: Callable[..., Record]) -> None:
    """Hashes recomputed from the rows themselves, with nothing but the format page's words."""
    record = make_record()
    fill(record)
    prev = "-"
    rows = list(record.store.query("SELECT fid, hash, text FROM entry ORDER BY seq"))
    for fid, digest, text in rows:
        assert hash_text(text) == digest
        assert f"\nprev {prev}\n" in text
        prev = digest
        listed = dict(Entry.parse(text).parts)
        held = list(record.store.query("SELECT tier, salt, body FROM part WHERE entry = ?", (fid,)))
        assert {Tier(t): part_digest(bytes(salt), body) for t, salt, body in held} == listed
    assert len(rows) == 7


def test_text_of_every_script_and_backslashes_are_kept(make_record: Callable[..., Record]) -> None:
    record = make_record()
    label = 'قوس النصر \\ "arc" \' de\ttriomphe\r\nПальмира 𐡕𐡃𐡌𐡓 %s ? {} \\N \\x41'
    with record.writing() as writer:
        writer.claim(Structure(label=label), subject=ARCH)
    assert structures(record)[ARCH].label == label
    assert current(record, "structure", "label") == [label]
    assert verify(record).problems == []
    (body,) = (b for (b,) in record.store.query("SELECT p.body FROM part p WHERE p.entry = 2"))
    assert body == body_text({"label": label}) or json.loads(body)["label"] == label


def test_empty_and_three_dimensional_geometries(make_record: Callable[..., Record]) -> None:
    record = make_record()
    with record.writing() as writer:
        writer.claim(Structure(label="empty", geometry=shapely.from_wkt("POLYGON EMPTY")), subject=ARCH)
        writer.claim(Structure(label="3D", geometry=shapely.from_wkt("POINT Z (38 34 400)")), subject=TOMB)
    assert set(structures(record, box=(0, 0, 90, 90))) == {TOMB}
    assert verify(record).problems == []


# --- addresses --------------------------------------------------------------------------------------------------------


def test_an_address_names_schema_and_hides_the_password() -> None:
    from tetrapylon.record.store.postgis import split_address

    target, shown, schema = split_address("postgresql://ana:secret@db.example:5433/site?schema=bel&sslmode=require")
    assert target == "postgresql://ana:secret@db.example:5433/site?sslmode=require"
    assert "secret" not in shown
    assert shown.startswith("postgresql://ana@db.example:5433/site?")
    assert schema == "bel"
    assert split_address("postgresql://db.example/site")[2] == "tetrapylon"
    for name in ("Bel", "a b", "x;y", "pg_x", "", "1a", 'a"b'):
        with pytest.raises(RecordError, match="cannot be the schema"):
            split_address(f"postgresql://db.example/site?schema={name}")


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from tetrapylon.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"tetrapylon\[postgis\]"):
        open_store("postgresql://db.example/site")


def test_a_server_that_does_not_answer_is_named_without_password() -> None:
    with pytest.raises(RecordError, match="cannot be reached") as caught:
        open_store("postgresql://ana:secret@127.0.0.1:1/site?connect_timeout=2")
    assert "secret" not in str(caught.value)


@pytest.mark.service
def test_a_database_that_does_not_exist_is_not_found(record_database: str) -> None:
    with pytest.raises(NotFound):
        open_store(record_database + "_other")


@pytest.mark.service
def test_a_schema_with_other_tables_is_refused(record_database: str) -> None:
    import psycopg

    name = f"other_{os.urandom(4).hex()}"
    with psycopg.connect(record_database, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}")
        server.execute(f"CREATE TABLE {name}.observations (id int)")
    with pytest.raises(RecordError, match="holds tables already"):
        create_store(f"{record_database}?schema={name}")
    with pytest.raises(RecordDamaged, match="not a Tetrapylon record"):
        open_store(f"{record_database}?schema={name}")


@pytest.mark.service
def test_the_database_window_uses_its_index(record_database: str, tmp_path: Path) -> None:
    location = f"{record_database}?schema=idx_{os.urandom(4).hex()}"
    memory = Installation(tmp_path / "state")
    with Record.create(location, party=Party(label="Survey"), installation=memory) as record:
        with record.writing() as writer:
            for i in range(2000):
                writer.claim(Structure(label=str(i), geometry=Point(i / 50, i / 50)))
        shape = layer("structure")
        record.store.execute("ANALYZE structure")
        sql = f"EXPLAIN SELECT l.fid FROM structure l WHERE {record.store.window(shape)}"
        from tetrapylon.record.store.postgis import _translated

        plan = "\n".join(row[0] for row in record.store.db.execute(_translated(sql), (1.0, 1.1, 1.0, 1.1)))
    assert "structure_geom" in plan
    assert "Index Cond" in plan


@pytest.mark.service
def test_truncating_and_editing_through_the_view_are_refused(record_database: str, tmp_path: Path) -> None:
    location = f"{record_database}?schema=trunc_{os.urandom(4).hex()}"
    with Record.create(location, party=Party(label="S"), installation=Installation(tmp_path / "state")) as record:
        fill(record)
        before = list(record.dump())
        for statement, words in (
            ("TRUNCATE structure", "tetrapylon import"),
            ("UPDATE structure_current SET label = 'mine'", "tetrapylon import"),
            ("TRUNCATE entry", "append-only"),
            ("TRUNCATE part", "append-only"),
        ):
            with pytest.raises(Exception, match=words):
                edit_from_outside(record, statement)
        assert list(record.dump()) == before
