"""Tables of a record in a GeoPackage: the standard's own, the frozen two, and what a layer is made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tetrapylon.record.layers import META, Layer

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10400  # GeoPackage 1.4.0

OURS = "every version of every claim; written by tetrapylon"
"""Description by which a layer of the record is told from layers other programs keep in the same file."""

GEOPACKAGE_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
       organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
       description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
       identifier TEXT UNIQUE, description TEXT DEFAULT '',
       last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
       min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
       CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
       geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
       CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
       CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
       CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
       definition TEXT NOT NULL, scope TEXT NOT NULL,
       CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
REFERENCE_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude/latitude coordinates in decimal degrees"),
)

RECORD_TABLES = (
    """CREATE TABLE entry (fid INTEGER PRIMARY KEY, feed TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
       subject TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (feed, seq))""",
    "CREATE INDEX entry_subject ON entry (subject)",
    "CREATE TABLE part (entry INTEGER NOT NULL, tier TEXT NOT NULL, salt BLOB NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX part_entry ON part (entry)",
    "CREATE TABLE local_feed (feed TEXT PRIMARY KEY)",
    "CREATE TABLE erased (entry TEXT NOT NULL, tier TEXT NOT NULL, PRIMARY KEY (entry, tier))",
    "CREATE TABLE received (feed TEXT NOT NULL, since INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL)",
    """CREATE TABLE quarantine (feed TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL,
       parts TEXT NOT NULL, PRIMARY KEY (feed, seq, hash))""",
    """CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN
       SELECT RAISE(ABORT, 'entries are append-only'); END""",
    """CREATE TRIGGER entry_is_fixed BEFORE UPDATE ON entry BEGIN
       SELECT RAISE(ABORT, 'entries are append-only'); END""",
    """CREATE TRIGGER part_is_fixed BEFORE UPDATE ON part BEGIN
       SELECT RAISE(ABORT, 'parts are append-only'); END""",
    """CREATE TRIGGER part_is_kept BEFORE DELETE ON part
       WHEN NOT EXISTS (SELECT 1 FROM erased JOIN entry ON entry.hash = erased.entry
                        WHERE entry.fid = OLD.entry AND erased.tier = OLD.tier)
       BEGIN SELECT RAISE(ABORT, 'parts are append-only; erase them with a reason instead'); END""",
)
"""The frozen tables ``entry`` and ``part`` (docs/format.md) and this store's own bookkeeping beside them."""

ODD = {
    "entry": "typeof(feed) <> 'text' OR typeof(seq) <> 'integer' OR typeof(hash) <> 'text' OR "
    "typeof(subject) <> 'text' OR typeof(text) <> 'text' OR "
    "instr(text, char(10) || 'feed ' || feed || char(10) || 'seq ' || seq || char(10)) <> 19",
    "part": "typeof(entry) <> 'integer' OR typeof(tier) <> 'text' OR typeof(salt) <> 'blob' OR typeof(body) <> 'text'",
}
"""True for a row whose columns hold values of another kind, or whose feed and number are not those of its text."""


def layer_statements(layer: Layer) -> list[str]:
    """Create a layer's table, its registration, its index and the view of what is current."""
    table = layer.table
    columns = ", ".join(f'"{c.name}" {c.sql}' for c in (*META, *layer.columns))
    geometry = ", geom GEOMETRY" if layer.spatial else ""
    view_columns = ", ".join(f'"{n}"' for n in layer.names[1:]) + (", geom" if layer.spatial else "")
    kind, srs = ("features", "4326") if layer.spatial else ("attributes", "NULL")
    statements = [
        f'CREATE TABLE "{table}" (fid INTEGER PRIMARY KEY{geometry}, {columns})',
        f'CREATE VIEW "{table}_current" AS SELECT fid AS OGC_FID, {view_columns} FROM "{table}" WHERE is_current',  # noqa: S608
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES "  # noqa: S608
        f"('{table}', '{kind}', '{layer.title}', '{OURS}', {srs}), "
        f"('{table}_current', '{kind}', '{layer.title} (current)', 'one row per thing, flagged where contested', "
        f"{srs})",
    ]
    if layer.spatial:
        statements += [
            "INSERT INTO gpkg_geometry_columns VALUES "  # noqa: S608
            f"('{table}', 'geom', 'GEOMETRY', 4326, 0, 0), ('{table}_current', 'geom', 'GEOMETRY', 4326, 0, 0)",
            "INSERT INTO gpkg_extensions VALUES "  # noqa: S608
            f"('{table}', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', "
            "'write-only')",
            f'CREATE VIRTUAL TABLE "rtree_{table}_geom" USING rtree(id, minx, maxx, miny, maxy)',
        ]
    return statements


def drop_statements(table: str) -> list[str]:
    """Remove a layer and everything that belongs to it."""
    names = f"('{table}', '{table}_current')"
    return [
        f'DROP VIEW IF EXISTS "{table}_current"',
        f'DROP TABLE IF EXISTS "rtree_{table}_geom"',
        f'DROP TABLE "{table}"',
        f"DELETE FROM gpkg_extensions WHERE table_name IN {names}",  # noqa: S608
        f"DELETE FROM gpkg_geometry_columns WHERE table_name IN {names}",  # noqa: S608
        f"DELETE FROM gpkg_contents WHERE table_name IN {names}",  # noqa: S608
    ]


def content_update(layer: Layer) -> tuple[str, tuple[Any, ...]]:
    """Statement that notes the time of the change, and the layer's extent."""
    stamp = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    table = layer.table
    if not layer.spatial:
        return "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (stamp, table)
    box = f'(SELECT min(minx), min(miny), max(maxx), max(maxy) FROM "rtree_{table}_geom")'  # noqa: S608
    return (
        f"UPDATE gpkg_contents SET last_change = ?, (min_x, min_y, max_x, max_y) = {box} WHERE table_name IN (?, ?)",  # noqa: S608
        (stamp, table, f"{table}_current"),
    )


def guard_triggers(table: str) -> list[str]:
    """A layer rejects edits and names the command that makes changes."""
    return [
        f'CREATE TRIGGER "{table}_guard_{event.lower()}" BEFORE {event} ON "{table}" BEGIN SELECT RAISE(ABORT, '
        f"'{table} is a view of the record: change it with tetrapylon import'); END"
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def rtree_triggers(table: str) -> list[str]:
    """The seven triggers of the R-tree extension (GeoPackage 1.4, clause F.3)."""
    rtree = f'"rtree_{table}_geom"'
    box = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    new = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
    old = "(OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"
    no_new = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    no_old = "(OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"
    put = f"INSERT OR REPLACE INTO {rtree} VALUES (NEW.fid, {box});"  # noqa: S608
    sides = "minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)"
    move = f"UPDATE {rtree} SET {sides} WHERE id = NEW.fid;"  # noqa: S608
    drop = f"DELETE FROM {rtree} WHERE id = OLD.fid;"  # noqa: S608
    drop_both = f"DELETE FROM {rtree} WHERE id IN (OLD.fid, NEW.fid);"  # noqa: S608
    triggers = (
        ("insert", "AFTER INSERT", new, put),
        ("update2", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {no_new}", drop),
        ("update4", "AFTER UPDATE", f"OLD.fid != NEW.fid AND {no_new}", drop_both),
        ("update5", "AFTER UPDATE", f"OLD.fid != NEW.fid AND {new}", drop + put),
        ("update6", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {new} AND {old}", move),
        ("update7", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {new} AND {no_old}", put),
        ("delete", "AFTER DELETE", "OLD.geom NOT NULL", drop),
    )
    return [
        f'CREATE TRIGGER "rtree_{table}_geom_{name}" {when} ON "{table}" WHEN {condition} BEGIN {body} END'
        for name, when, condition, body in triggers
    ]


def trigger_names(layer: Layer) -> list[str]:
    """Names of all triggers on a layer's table."""
    names = [f"{layer.table}_guard_{event}" for event in ("insert", "update", "delete")]
    if layer.spatial:
        kinds = ("insert", "update2", "update4", "update5", "update6", "update7", "delete")
        names += [f"rtree_{layer.table}_geom_{kind}" for kind in kinds]
    return names
