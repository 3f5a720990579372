"""Tables of a record in a schema of a PostGIS database: as in the GeoPackage, with PostgreSQL's own guards."""

from __future__ import annotations

from tetrapylon.record.layers import META, Layer

WRITER = "tetrapylon.writing"
"""Transaction-local setting under which our own writer passes the guards of layers."""

_TEXT = 'text COLLATE "C"'
"""Text that compares byte by byte, as days, instants and uids must."""

_TYPES = {"TEXT": _TEXT, "DOUBLE": "double precision", "INTEGER": "bigint", "BOOLEAN": "boolean", "DATE": "date"}
"""PostgreSQL type of each GeoPackage type a layer uses."""

RECORD_TABLES = (
    f"""CREATE TABLE entry (fid bigint PRIMARY KEY, feed {_TEXT} NOT NULL, seq bigint NOT NULL, hash {_TEXT} NOT NULL,
        subject {_TEXT} NOT NULL, text {_TEXT} NOT NULL, UNIQUE (feed, seq))""",
    "CREATE INDEX entry_subject ON entry (subject)",
    f"CREATE TABLE part (entry bigint NOT NULL, tier {_TEXT} NOT NULL, salt bytea NOT NULL, body {_TEXT} NOT NULL)",
    "CREATE INDEX part_entry ON part (entry)",
    f"CREATE TABLE local_feed (feed {_TEXT} PRIMARY KEY)",
    f"CREATE TABLE erased (entry {_TEXT} NOT NULL, tier {_TEXT} NOT NULL, PRIMARY KEY (entry, tier))",
    f"CREATE TABLE received (feed {_TEXT} NOT NULL, since bigint NOT NULL, seq bigint NOT NULL, at {_TEXT} NOT NULL)",
    f"""CREATE TABLE quarantine (feed {_TEXT} NOT NULL, seq bigint NOT NULL, hash {_TEXT} NOT NULL,
        text {_TEXT} NOT NULL, parts {_TEXT} NOT NULL, PRIMARY KEY (feed, seq, hash))""",
    # --- guards ---
    """CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% are append-only%', TG_ARGV[0], TG_ARGV[1]; END $$""",
    """CREATE FUNCTION part_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE is_erased boolean;
       BEGIN
         EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.erased d JOIN %1$I.entry e ON e.hash = d.entry
                                        WHERE e.fid = $1 AND d.tier = $2)', TG_TABLE_SCHEMA)
         INTO is_erased USING OLD.entry, OLD.tier;
         IF NOT is_erased THEN RAISE EXCEPTION 'parts are append-only; erase them with a reason instead'; END IF;
         RETURN OLD;
       END $$""",
    f"""CREATE FUNCTION layer_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF current_setting('{WRITER}', true) IS DISTINCT FROM 'yes' THEN
           RAISE EXCEPTION '% is a view of the record: change it with tetrapylon import', TG_TABLE_NAME;
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER entry_is_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
       FOR EACH STATEMENT EXECUTE FUNCTION append_only('entries', '')""",
    """CREATE TRIGGER part_is_fixed BEFORE UPDATE OR TRUNCATE ON part
       FOR EACH STATEMENT EXECUTE FUNCTION append_only('parts', '; erase them with a reason instead')""",
    "CREATE TRIGGER part_is_kept BEFORE DELETE ON part FOR EACH ROW EXECUTE FUNCTION part_is_kept()",
    # --- what the portable SQL of the record needs ---
    """CREATE FUNCTION bytes_of(text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
       RETURN convert_to($1, 'UTF8')""",
    "CREATE FUNCTION bytes_of(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1",
    """CREATE FUNCTION box_of(minx float8, maxx float8, miny float8, maxy float8) RETURNS geometry
       LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ST_MakeEnvelope(minx, miny, maxx, maxy, 4326)""",
)
"""The frozen tables ``entry`` and ``part`` (docs/format.md), this store's own bookkeeping, guards and functions."""


def layer_statements(layer: Layer) -> list[str]:
    """Create a layer's table, its index, its guard and the view of what is current."""
    table = layer.table
    columns = ", ".join(f'"{c.name}" {_TYPES[c.sql]}' for c in (*META, *layer.columns))
    geometry = ", geom geometry(Geometry, 4326)" if layer.spatial else ""
    names = ", ".join(f'"{n}"' for n in layer.names) + (", geom" if layer.spatial else "")
    statements = [
        f'CREATE TABLE "{table}" (fid bigint PRIMARY KEY, {columns}{geometry})',
        f'CREATE VIEW "{table}_current" AS SELECT {names} FROM "{table}" WHERE is_current',  # noqa: S608
        f"COMMENT ON TABLE \"{table}\" IS '{layer.title}: every version of every claim; written by tetrapylon'",
        f"COMMENT ON VIEW \"{table}_current\" IS '{layer.title}: one row per thing, flagged where contested'",
        f'CREATE TRIGGER "{table}_guard" BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION layer_is_derived()",
    ]
    if layer.spatial:
        statements.append(f'CREATE INDEX "{table}_geom" ON "{table}" USING gist (geom)')
    return statements
