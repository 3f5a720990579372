"""Traps of a GeoPackage as a store: index, type names, triggers, foreign blobs, copies, keys, locks; the standard."""

from __future__ import annotations

import datetime as dt
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from pyogrio.errors import DataSourceError
from shapely.geometry import MultiPolygon, Point, Polygon, box

from tetrapylon.errors import RecordBusy, RecordDamaged
from tetrapylon.model import REGISTRY, HazardReport, Party, Structure, When, parse_date, thing_uid
from tetrapylon.model.field import geometry_to_json
from tetrapylon.model.terms import HazardKind
from tetrapylon.record.layers import layer
from tetrapylon.record.record import Record
from tetrapylon.record.snapshot import snapshot
from tetrapylon.record.store.geopackage import GeoPackage, encode_geometries
from tetrapylon.record.verifying import verify

ARCH = thing_uid("test", "structure", "arch")

GEOPACKAGE_TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "FLOAT", "DOUBLE", "REAL", "TEXT", "BLOB", "DATE",
    "DATETIME", "GEOMETRY",
}  # fmt: skip
"""GeoPackage 1.4 (OGC 12-128r19), table 1, and the root of table of geometry types."""


@pytest.fixture
def filled(gpkg: Record) -> Record:
    with gpkg.writing() as writer:
        for i in range(300):
            writer.claim(
                Structure(
                    local_id=f"s{i}", label=f"House {i}", geometry=box(38 + i / 100, 34, 38.005 + i / 100, 34.01),
                    length=float(i), osm_way=i, aliases=("a", "b"),
                )
            )  # fmt: skip
        first = writer.claim(Structure(local_id="arch", label="Arch", geometry=Point(38.25, 34.55)), subject=ARCH)
        writer.claim(Structure(local_id="lost", label="A thing without a place"))
        writer.claim(
            HazardReport(date=When(parse_date("2016-04-21")), kind=next(iter(HazardKind)), description="Mines"),
        )
    with gpkg.writing() as writer:
        writer.amend(first, Structure(local_id="arch", label="Monumental arch", geometry=Point(38.251, 34.551)))
    return gpkg


@pytest.fixture
def every_layer(gpkg: Record) -> Record:
    with gpkg.store.writing():
        for name in REGISTRY:
            gpkg.store.ensure_layer(layer(name))
    return gpkg


def path_of(record: Record) -> str:
    return record.store.location


def outside(record: Record) -> sqlite3.Connection:
    """The file as another program opens it."""
    return sqlite3.connect(path_of(record))


# --- 1: the spatial index is used -----------------------------------------------------------------------------------


def test_a_window_goes_through_the_rtree(filled: Record) -> None:
    sql = f"EXPLAIN QUERY PLAN SELECT l.fid FROM structure l WHERE {filled.store.window(layer('structure'))}"
    plan = " / ".join(row[3] for row in filled.store.query(sql, (38.0, 38.1, 34.0, 34.1)))
    assert "rtree_structure_geom VIRTUAL TABLE INDEX 2:" in plan  # with its constraints, not a scan of it
    assert "SEARCH l USING INTEGER PRIMARY KEY" in plan
    assert "SCAN l" not in plan


def test_the_view_s_own_statement_goes_through_the_rtree(filled: Record) -> None:
    asked: list[str] = []
    store = filled.store
    assert isinstance(store, GeoPackage)
    store.db.set_trace_callback(asked.append)
    found = filled.view().claims(Structure, box=(38.0, 34.0, 38.02, 34.02))
    store.db.set_trace_callback(None)
    assert {c.body.local_id for c in found} == {"s0", "s1", "s2"}
    (statement,) = [s for s in asked if "rtree_structure_geom" in s and s.startswith("SELECT l.fid")]
    plan = " / ".join(row[3] for row in store.query(f"EXPLAIN QUERY PLAN {statement}"))
    assert "VIRTUAL TABLE INDEX 2:" in plan
    assert "SCAN l" not in plan


def test_every_row_with_a_place_is_in_the_index(filled: Record) -> None:
    with outside(filled) as db:
        assert db.execute("SELECT rtreecheck('rtree_structure_geom')").fetchone() == ("ok",)
        indexed = {i for (i,) in db.execute("SELECT id FROM rtree_structure_geom")}
        placed = {i for (i,) in db.execute("SELECT fid FROM structure WHERE geom IS NOT NULL")}
    assert indexed == placed
    assert len(placed) == 302


# --- 2 and 3: type names and dates ----------------------------------------------------------------------------------


def test_all_columns_have_geopackage_types(every_layer: Record) -> None:
    with outside(every_layer) as db:
        tables = [t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")]
        assert len([t for t in tables if t.endswith("_current")]) == len(REGISTRY)
        for table in tables:
            if table.startswith(("rtree_", "sqlite_")):
                continue
            for _, column, kind, *_ in db.execute(f'PRAGMA table_info("{table}")'):
                assert kind in GEOPACKAGE_TYPES, f"{table}.{column} is {kind}"


def test_gdal_reads_every_column_of_every_layer(every_layer: Record) -> None:
    path = path_of(every_layer)
    listed = {name for name, _ in pyogrio.list_layers(path)}
    assert listed == {t + suffix for t in REGISTRY for suffix in ("", "_current")}
    for name in REGISTRY:
        for suffix in ("", "_current"):
            info = pyogrio.read_info(path, layer=name + suffix)
            fields = [f for f in info["fields"] if f != "OGC_FID"]  # GDAL takes it for the key, unless a view is empty
            assert fields == list(layer(name).names[1:]), name + suffix
            assert (info["geometry_type"] is not None) == layer(name).spatial
            if layer(name).spatial:
                assert info["crs"] == "EPSG:4326"


def test_gdal_reads_values_as_written(filled: Record) -> None:
    meta, fids, geometry, columns = pyogrio.raw.read(
        path_of(filled), layer="structure", where="local_id = 's7'", return_fids=True, force_2d=False
    )
    row = dict(zip(meta["fields"], (c[0] for c in columns), strict=True))
    assert (row["label"], row["length_m"], row["osm_way"], row["aliases"]) == ("House 7", 7.0, 7, "a; b")
    assert row["is_current"]
    assert not row["contested"]
    assert row["known_to"] is None
    assert shapely.from_wkb(geometry[0]).equals_exact(box(38.07, 34, 38.075, 34.01))
    ((fid,),) = filled.store.query("SELECT fid FROM structure WHERE local_id = 's7'")
    assert list(fids) == [fid]


def test_gdal_reads_dates_as_dates(filled: Record) -> None:
    meta, _, _, columns = pyogrio.raw.read(path_of(filled), layer="hazard_report")
    dates = columns[list(meta["fields"]).index("date")]
    assert dates.dtype.kind == "M"
    assert list(dates) == [np.datetime64("2016-04-21")]


def test_times_have_the_form_the_standard_demands(filled: Record) -> None:
    with outside(filled) as db:
        stamps = [s for (s,) in db.execute("SELECT last_change FROM gpkg_contents")]
        stamps += [e.split("recorded ")[1].split("\n")[0] for (e,) in db.execute("SELECT text FROM entry")]
    for stamp in stamps:
        assert dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ")
        assert len(stamp) == 24


# --- 4: triggers survive --------------------------------------------------------------------------------------------


def triggers(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))


def test_triggers_stand_again_after_every_writing(filled: Record) -> None:
    with outside(filled) as db:
        before = triggers(db)
    assert {n.removeprefix("rtree_structure_geom_") for n in before if n.startswith("rtree_structure_")} == {
        "insert", "update2", "update4", "update5", "update6", "update7", "delete",
    }  # fmt: skip
    assert {n for n in before if n.startswith("structure_")} == {
        f"structure_guard_{e}" for e in ("insert", "update", "delete")
    }
    with filled.writing() as writer:
        writer.claim(Structure(label="One more", geometry=Point(1, 1)))
    filled.rebuild()

    def fail_midway() -> None:
        with filled.writing() as writer:
            writer.claim(Structure(label="Never", geometry=Point(1, 1)))
            writer.flush()
            filled.refresh([ARCH])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    with outside(filled) as db:
        assert triggers(db) == before


def test_the_index_triggers_work_for_who_takes_the_guards_away(filled: Record) -> None:
    """They are the standard's: with the functions every GeoPackage program has, an edit keeps the index right."""
    db = outside(filled)
    for number, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        db.create_function(name, 1, lambda blob, n=number: decode(blob).bounds[n])
    db.create_function("ST_IsEmpty", 1, lambda blob: None if blob is None else int(decode(blob).is_empty))
    for event in ("insert", "update", "delete"):
        db.execute(f"DROP TRIGGER structure_guard_{event}")

    def boxed(fid: int) -> tuple[float, ...] | None:
        found: tuple[float, ...] | None = db.execute(
            "SELECT minx, maxx, miny, maxy FROM rtree_structure_geom WHERE id = ?", (fid,)
        ).fetchone()
        return found

    (point, empty), _ = encode_geometries(
        [{"type": "Point", "coordinates": [3, 4]}, {"type": "Polygon", "coordinates": []}]
    )
    fid: int = db.execute("SELECT fid FROM structure WHERE local_id = 's0'").fetchone()[0]
    steps = (
        ("UPDATE structure SET geom = :point WHERE fid = :fid", (3, 3, 4, 4)),  # 6: moved
        ("UPDATE structure SET geom = NULL WHERE fid = :fid", None),  # 2: emptied
        ("UPDATE structure SET geom = :point WHERE fid = :fid", (3, 3, 4, 4)),  # 7: filled
        ("UPDATE structure SET geom = :empty WHERE fid = :fid", None),
        ("UPDATE structure SET fid = 9000, geom = :point WHERE fid = :fid", None),  # 5: renumbered
    )
    for statement, expected in steps:
        db.execute(statement, {"point": point, "empty": empty, "fid": fid})
        assert boxed(fid) == expected, statement
    assert boxed(9000) == (3, 3, 4, 4)
    db.execute("UPDATE structure SET fid = 9001, geom = NULL WHERE fid = 9000")  # 4
    assert boxed(9000) is None
    assert boxed(9001) is None
    db.execute("INSERT INTO structure (fid, geom) VALUES (9002, ?)", (point,))
    db.execute(
        "INSERT INTO structure (fid, geom) VALUES (9002, ?) ON CONFLICT (fid) DO UPDATE SET label = 'x'", (point,)
    )
    assert boxed(9002) == (3, 3, 4, 4)
    db.execute("DELETE FROM structure WHERE fid = 9002")
    assert boxed(9002) is None
    db.close()


def decode(blob: bytes) -> shapely.Geometry:
    """A GeoPackage geometry read by its definition: 8 bytes, an envelope of 0, 4, 6, 6 or 8 doubles, WKB."""
    magic, version, flags, _srs = struct.unpack("<2sBBi", blob[:8])
    assert (magic, version, flags & 1) == (b"GP", 0, 1)
    envelope = (0, 4, 6, 6, 8)[flags >> 1 & 7] * 8
    shape = shapely.from_wkb(blob[8 + envelope :])
    assert shape.is_empty == bool(flags >> 4 & 1)
    if envelope:
        minx, maxx, miny, maxy = struct.unpack("<4d", blob[8:40])
        assert (minx, miny, maxx, maxy) == shape.bounds
    return shape


# --- 5: blobs of another kind ---------------------------------------------------------------------------------------


def test_geometry_blobs_are_those_of_the_standard() -> None:
    shapes = [
        Point(38.2, 34.5), box(38, 34, 39, 35), Polygon(), MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
        shapely.from_wkt("POINT Z (1 2 3)"), shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 2))"),
    ]  # fmt: skip
    data = [geometry_to_json(s) for s in shapes]
    blobs, boxes = encode_geometries([None, *data])
    assert (blobs[0], boxes[0]) == (None, None)
    for shape, blob, bounds in zip(shapes, blobs[1:], boxes[1:], strict=True):
        assert blob is not None
        assert decode(blob).equals_exact(shapely.force_2d(shape))
        assert struct.unpack("<i", blob[4:8]) == (4326,)
        if shape.is_empty:
            assert bounds is None
        else:
            assert bounds == (shape.bounds[0], shape.bounds[2], shape.bounds[1], shape.bounds[3])


def test_a_spatialite_blob_in_a_layer_is_named_and_a_rebuild_repairs_it(filled: Record) -> None:
    """Some programs write SpatiaLite's own form into a geometry column (it begins with 00 01)."""
    before = list(filled.dump())
    db = outside(filled)
    db.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY"):
        db.create_function(name, 1, lambda _: 0.0)
    db.execute("DROP TRIGGER structure_guard_update")
    spatialite = struct.pack("<BBi4dBIddB", 0, 1, 4326, 1, 1, 1, 1, 0x7C, 1, 1.0, 1.0, 0xFE)
    db.execute("UPDATE structure SET geom = ? WHERE local_id = 's3'", (spatialite,))
    db.commit()
    db.close()
    with pytest.raises(RecordDamaged, match="not a GeoPackage geometry"):
        filled.view().claims(Structure)
    assert verify(filled, layers=False).problems == []  # the layers are derived: nothing of the record is lost
    assert [p for p in verify(filled).problems if "structure" in p]
    filled.rebuild()
    assert list(filled.dump()) == before
    assert verify(filled).problems == []


# --- 6: copies ------------------------------------------------------------------------------------------------------


def test_a_snapshot_keeps_id_triggers_and_index_and_has_no_side_files(filled: Record, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with filled.writing() as writer:  # the journal is not folded in yet
        writer.claim(Structure(label="Last", geometry=Point(2, 2)))
    snapshot(filled, folder / "snapshot.gpkg")
    assert [p.name for p in folder.iterdir()] == ["snapshot.gpkg"]
    with outside(filled) as original, sqlite3.connect(folder / "snapshot.gpkg") as copy:
        for pragma in ("application_id", "user_version"):
            assert copy.execute(f"PRAGMA {pragma}").fetchone() == original.execute(f"PRAGMA {pragma}").fetchone()
        assert triggers(copy) == triggers(original)
        assert copy.execute("SELECT rtreecheck('rtree_structure_geom')").fetchone() == ("ok",)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count = "SELECT count(*) FROM rtree_structure_geom"
        assert copy.execute(count).fetchone() == original.execute(count).fetchone()
    with Record.open(str(folder / "snapshot.gpkg"), installation=filled.installation) as copy_record:
        assert list(copy_record.dump()) == list(filled.dump())
        assert verify(copy_record).problems == []


def test_the_last_to_close_leaves_no_side_files(filled: Record) -> None:
    path = Path(path_of(filled))
    filled.close()
    assert [p.name for p in path.parent.glob(f"{path.name}*")] == [path.name]


# --- 7: keys --------------------------------------------------------------------------------------------------------


def test_every_layer_has_an_integer_fid_and_a_uid_apart(every_layer: Record) -> None:
    with outside(every_layer) as db:
        for name in REGISTRY:
            keys = [(c, kind) for _, c, kind, _, _, key in db.execute(f'PRAGMA table_info("{name}")') if key]
            assert keys == [("fid", "INTEGER")]
            columns = {c: kind for _, c, kind, *_ in db.execute(f'PRAGMA table_info("{name}")')}
            assert columns["uid"] == "TEXT"


def test_fid_is_the_number_of_the_entry(filled: Record) -> None:
    sql = "SELECT count(*) FROM structure l JOIN entry e ON e.fid = l.fid AND e.subject = l.uid"
    assert list(filled.store.query(sql)) == list(filled.store.query("SELECT count(*) FROM structure"))


# --- 8: the write lock comes first ----------------------------------------------------------------------------------


def test_writing_takes_the_lock_before_it_reads_the_last_hash(filled: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    store = filled.store
    assert isinstance(store, GeoPackage)
    store.db.set_trace_callback(asked.append)
    with filled.writing() as writer:
        writer.claim(Structure(label="x"))
    store.db.set_trace_callback(None)
    assert asked[0] == "BEGIN IMMEDIATE"
    monkeypatch.setenv("TETRAPYLON_BUSY_SECONDS", "0.1")
    other = outside(filled)
    other.isolation_level = None
    other.execute("BEGIN IMMEDIATE")
    with Record.open(path_of(filled), installation=filled.installation) as waiting:
        with pytest.raises(RecordBusy), waiting.writing():
            pass
        other.execute("ROLLBACK")
        with waiting.writing() as writer:
            writer.claim(Structure(label="y"))
    other.close()


def test_two_programs_writing_by_turns_keep_one_chain(filled: Record) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tetrapylon.model import Structure\n"
        "from tetrapylon.record.installation import Installation\n"
        "from tetrapylon.record.record import Record\n"
        "with Record.open(sys.argv[1], installation=Installation(Path(sys.argv[2]))) as record:\n"
        "    for i in range(20):\n"
        "        with record.writing() as writer:\n"
        "            writer.claim(Structure(label=str(i)))\n"
    )
    before = verify(filled).entries
    command = [sys.executable, "-c", script, path_of(filled), str(filled.installation.folder)]
    writers = [subprocess.Popen(command) for _ in range(2)]
    assert [w.wait(timeout=120) for w in writers] == [0, 0]
    report = verify(filled)
    assert report.problems == []
    assert report.entries == before + 40
    assert len(filled.feeds()) == 1


# --- the standard ---------------------------------------------------------------------------------------------------


def test_the_file_says_what_it_is(filled: Record) -> None:
    filled.close()
    head = Path(path_of(filled)).read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\x00"
    assert head[68:72] == b"GPKG"  # requirement 2
    assert struct.unpack(">I", head[60:64]) == (10400,)


def test_the_required_tables_say_the_truth(filled: Record) -> None:
    with outside(filled) as db:
        systems = {i: (org, code) for _, i, org, code, *_ in db.execute("SELECT * FROM gpkg_spatial_ref_sys")}
        assert systems.items() >= {4326: ("EPSG", 4326), -1: ("NONE", -1), 0: ("NONE", 0)}.items()  # requirement 11
        contents = {
            t: (kind, srs) for t, kind, srs in db.execute("SELECT table_name, data_type, srs_id FROM gpkg_contents")
        }
        present = {n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
        assert contents.keys() <= present
        assert contents["structure"] == contents["structure_current"] == ("features", 4326)
        assert contents["party"][0] == "attributes"
        geometries = {t for (t,) in db.execute("SELECT table_name FROM gpkg_geometry_columns")}
        assert geometries == {t for t, (kind, _) in contents.items() if kind == "features"}  # requirement 22, 23
        extensions = list(db.execute("SELECT table_name, column_name, extension_name, scope FROM gpkg_extensions"))
        assert ("structure", "geom", "gpkg_rtree_index", "write-only") in extensions
        assert {t for t, *_ in extensions} == {t for t in geometries if not t.endswith("_current")}
        box_ = db.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'structure'")
        minx, miny, maxx, maxy = box_.fetchone()
        assert minx <= 38
        assert miny <= 34
        assert maxx >= 40.995
        assert maxy >= 34.551
        assert maxx - minx < 3
        assert maxy - miny < 0.6
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    ("name", "expected"), [("structure", {"Arch", "Monumental arch"}), ("structure_current", {"Monumental arch"})]
)
def test_gdal_opens_layer_and_view_with_a_window(filled: Record, name: str, expected: set[str]) -> None:
    meta, fids, geometry, columns = pyogrio.raw.read(
        path_of(filled), layer=name, bbox=(38.2495, 34.5495, 38.252, 34.552), return_fids=True
    )
    assert set(columns[list(meta["fields"]).index("label")]) == expected
    assert meta["crs"] == "EPSG:4326"
    assert len(geometry) == len(expected)
    known = {fid for (fid,) in filled.store.query("SELECT fid FROM structure")}
    assert set(fids.tolist()) <= known  # the view's rows carry the numbers of the layer's


def test_gdal_edits_are_refused_with_the_command_that_makes_changes(filled: Record) -> None:
    before = list(filled.dump())
    for name in ("structure", "party"):
        with pytest.raises((DataSourceError, RuntimeError, pyogrio.errors.FeatureError), match="tetrapylon import"):
            append_with_gdal(path_of(filled), name)
    assert list(filled.dump()) == before


def append_with_gdal(path: str, name: str) -> None:
    geometry = np.array([shapely.to_wkb(Point(1, 1))], dtype=object) if name == "structure" else None
    pyogrio.raw.write(
        path, geometry=geometry, layer=name, append=True,
        field_data=[np.array(["mine"], dtype=object)], fields=np.array(["label"], dtype=object),
        driver="GPKG", crs="EPSG:4326" if geometry is not None else None,
        geometry_type="Unknown" if geometry is not None else None,
    )  # fmt: skip


def test_plain_sqlite_is_refused_too(filled: Record) -> None:
    """On map layers SQLite already stops at the index triggers' functions, which it does not have."""
    with outside(filled) as db:
        for event in ("UPDATE party SET label = 'mine'", "DELETE FROM party", "INSERT INTO party (fid) VALUES (900)"):
            with pytest.raises(sqlite3.IntegrityError, match=r"party is a view of the record.*tetrapylon import"):
                db.execute(event)
        with pytest.raises(sqlite3.OperationalError, match="no such function"):
            db.execute("UPDATE structure SET label = 'mine'")
        with pytest.raises(sqlite3.OperationalError, match="cannot modify party_current"):
            db.execute("UPDATE party_current SET label = 'mine'")


def test_replacing_an_entry_is_refused_or_named(filled: Record) -> None:
    """``INSERT OR REPLACE`` deletes without firing delete triggers; the chain still tells."""
    db = outside(filled)
    db.execute(
        "INSERT OR REPLACE INTO entry SELECT fid, feed, seq, hash, subject, replace(text, 'structure', 'party') "
        "FROM entry WHERE seq = 3"
    )
    db.commit()
    db.close()
    (problem, *_) = verify(filled).problems
    assert "entry 3" in problem


def test_a_record_opened_by_gdal_for_update_still_verifies(filled: Record, tmp_path: Path) -> None:
    """A program adds a layer of its own to the file: nothing of ours changes, and its layer stays."""
    before = list(filled.dump())
    pyogrio.raw.write(
        path_of(filled), geometry=np.array([shapely.to_wkb(Point(1, 1))], dtype=object), layer="sketch", driver="GPKG",
        field_data=[np.array(["x"], dtype=object)], fields=np.array(["name"], dtype=object), crs="EPSG:4326",
        geometry_type="Point", append=False,
    )  # fmt: skip
    with Record.open(path_of(filled), installation=filled.installation) as again:
        assert verify(again).problems == []
        assert list(again.dump()) == before
        again.rebuild()
        with again.writing() as writer:
            writer.claim(Structure(label="after"))
    assert pyogrio.read_info(path_of(filled), layer="sketch")["features"] == 1


def test_party_is_registered(gpkg: Record) -> None:
    (party,) = gpkg.view().claims(Party)
    assert party.body.label == "Survey"
