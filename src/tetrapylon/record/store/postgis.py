"""The store of a whole country: a schema of a PostGIS database, through psycopg 3 (extra ``postgis``).

An address is ``postgresql://user@host:port/database?schema=name`` with whatever else libpq takes; the schema holds one
record and is ``tetrapylon`` unless named. Needs PostgreSQL 14, PostGIS 3, and a database in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from hashlib import sha256
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
import shapely

from tetrapylon.errors import MissingExtra, MissingService, NotFound, RecordBusy, RecordDamaged, RecordError
from tetrapylon.record.layers import Layer
from tetrapylon.record.store import postgis_schema as schema
from tetrapylon.record.store.fitting import fitted, shapes
from tetrapylon.settings import busy_seconds

DEFAULT_SCHEMA = "tetrapylon"
FETCH = 5_000
"""Rows fetched from the server at a time: bounds the memory of reading a whole record."""

_SCHEMA_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")


class PostGIS:
    """A record in a schema of a database. What a commit acknowledged is on the server's disk."""

    def __init__(self, location: str, schema_name: str, connection: Any) -> None:
        self.location = location
        self.schema = schema_name
        self.db = connection
        self._names = count()

    @classmethod
    def create(cls, address: str) -> Self:
        """Tables of a new record, in a schema that is new or empty.

        Raises
        ------
        RecordError : the schema is taken or may not be made, or the server cannot be reached.
        MissingExtra, MissingService : psycopg or PostGIS is not installed.
        """
        store = cls._connect(address, read_only=False)
        try:
            with store._explained():
                _prepare_database(store)
                with store.writing():
                    if store._taken():
                        raise RecordError(
                            f"Schema {store.schema} of {store.location} holds tables already.",
                            hint="Choose another: ...?schema=NAME",
                        )
                    for statement in schema.RECORD_TABLES:
                        store.db.execute(statement)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, address: str, *, read_only: bool = False) -> Self:
        """An existing record.

        Raises
        ------
        NotFound, RecordDamaged, RecordError, MissingExtra
        """
        store = cls._connect(address, read_only=read_only)
        try:
            with store._explained():
                sql = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'"
                tables = {name for (name,) in store.db.execute(sql, (store.schema,))}
            if not tables:
                raise NotFound(f"There is no record in schema {store.schema} of {store.location}.")
            if not {"entry", "part"} <= tables:
                raise RecordDamaged(f"Schema {store.schema} of {store.location} is not a Tetrapylon record.")
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _connect(cls, address: str, *, read_only: bool) -> Self:
        psycopg = _psycopg()
        target, location, schema_name = split_address(address)
        try:
            db = psycopg.connect(target, autocommit=True, application_name="tetrapylon")
        except psycopg.OperationalError as error:
            text = str(error).strip().splitlines()[-1]
            if "does not exist" in text and "database" in text:
                raise NotFound(f"{location}: {text}.") from None
            raise RecordError(f"{location} cannot be reached: {text}.") from None
        store = cls(location, schema_name, db)
        db.adapters.register_loader("bool", _flag_loader())
        db.adapters.register_loader("date", _text_loader())
        with store._explained():
            (home,) = db.execute(
                "SELECT coalesce((SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
                "WHERE extname = 'postgis'), 'public')"
            ).fetchone()
            settings = {
                "search_path": f'"{schema_name}", "{home}"',
                "synchronous_commit": "on",
                "datestyle": "ISO",
                "cursor_tuple_fraction": "1",
                "default_transaction_read_only": "on" if read_only else "off",
            }
            for name, value in settings.items():
                db.execute("SELECT set_config(%s, %s, false)", (name, value))
        return store

    def _taken(self) -> bool:
        sql = (
            "SELECT EXISTS (SELECT 1 FROM pg_class c WHERE relnamespace = to_regnamespace(%s) AND NOT EXISTS "
            "(SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))"
        )
        return bool(self.db.execute(sql, (self.schema,)).fetchone()[0])

    # --- reading -------------------------------------------------------------------------------------------------

    def query(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading statement, fetched bit by bit; flags come as 0 and 1 and dates as text, as in a file."""
        with self._explained():
            held = not self._in_transaction()
            with self.db.cursor(name=f"rows_{next(self._names)}", withhold=held) as cursor:
                cursor.itersize = FETCH
                cursor.execute(_translated(sql), tuple(values))
                yield from cursor

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Statements inside see one state of the record."""
        if self._in_transaction():
            yield
            return
        with self._explained():
            self.db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield
            finally:
                with suppress(_psycopg().Error):
                    self.db.execute("ROLLBACK")

    # --- writing -------------------------------------------------------------------------------------------------

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one writing statement."""
        with self._explained():
            self.db.execute(_translated(sql), tuple(values))

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows through COPY."""
        names = ", ".join(f'"{c}"' for c in columns)
        with (
            self._explained(),
            self.db.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The one writer's transaction: an advisory lock of the schema, held until it ends."""
        with self._explained():
            if self._in_transaction():
                raise RecordError(f"{self.location} is in the middle of another transaction.")
            self.db.execute("BEGIN")
            try:
                wait = f"{max(1, round(busy_seconds() * 1000))}ms"
                self.db.execute("SELECT set_config('lock_timeout', %s, true)", (wait,))
                self.db.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_number(self.schema),))
                self.db.execute("SELECT set_config(%s, 'yes', true)", (schema.WRITER,))
                yield
                self.db.execute("COMMIT")
            except BaseException:
                with suppress(_psycopg().Error):
                    self.db.execute("ROLLBACK")
                raise

    # --- layers --------------------------------------------------------------------------------------------------

    def layers(self) -> list[str]:
        """Names of the layers that exist."""
        return sorted(self.layer_columns())

    def layer_columns(self) -> dict[str, set[str]]:
        """Columns of each layer; layers are the tables that have a ``known_from``."""
        sql = (
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped "
            "GROUP BY c.relname HAVING 'known_from' = ANY (array_agg(a.attname::text))"
        )
        with self._explained():
            return {table: set(columns) for table, columns in self.db.execute(sql, (self.schema,))}

    def ensure_layer(self, layer: Layer) -> None:
        """Create table, spatial index, view of what is current, and guard."""
        with self._explained():
            found = self.db.execute("SELECT to_regclass(%s)", (f'"{self.schema}"."{layer.table}"',)).fetchone()
            if found[0] is None:
                for statement in schema.layer_statements(layer):
                    self.db.execute(statement)

    def drop_layer(self, table: str) -> None:
        """Remove a layer, its index and its view."""
        with self._explained():
            self.db.execute(f'DROP VIEW IF EXISTS "{table}_current"')
            self.db.execute(f'DROP TABLE "{table}"')

    def insert_layer(self, layer: Layer, rows: Sequence[Sequence[Any]], geometries: Sequence[Any]) -> None:
        """Add layer rows with their geometries."""
        values = fitted(layer, rows)
        if not layer.spatial:
            self.insert(layer.table, layer.names, values)
            return
        outlines = shapely.to_wkb(
            shapely.set_srid(shapes(geometries), 4326), hex=True, output_dimension=2, byte_order=1, include_srid=True
        )
        complete = ([*row, outline] for row, outline in zip(values, outlines.tolist(), strict=True))
        self.insert(layer.table, (*layer.names, "geom"), complete)

    def delete_layer(self, layer: Layer, fids: Sequence[int]) -> None:
        """Remove layer rows."""
        with self._explained():
            self.db.execute(f'DELETE FROM "{layer.table}" WHERE fid = ANY (%s)', (list(fids),))  # noqa: S608

    def geometry_column(self) -> str:
        """Well-known binary."""
        return 'ST_AsBinary(l."geom")'

    def decode_geometries(self, stored: Sequence[bytes | None]) -> np.ndarray:
        """Geometries from well-known binary."""
        found: np.ndarray = shapely.from_wkb(np.array(list(stored), dtype=object))
        return found

    def window(self, layer: Layer) -> str:
        """Search of the GiST index."""
        return 'l."geom" && box_of(?, ?, ?, ?)'

    # --- the rest ------------------------------------------------------------------------------------------------

    def renew_indexes(self) -> None:
        """Nothing to do: the server keeps its indexes to the rows."""

    def faults(self, entries: int) -> list[str]:
        """None to look for: the server answers from the rows themselves and keeps its indexes to them."""
        return []

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def _in_transaction(self) -> bool:
        return bool(self.db.info.transaction_status != _psycopg().pq.TransactionStatus.IDLE)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the server says into what the user can do."""
        psycopg = _psycopg()
        try:
            yield
        except psycopg.Error as error:
            state = error.sqlstate or ""
            text = (error.diag.message_primary or str(error)).strip()
            if state in ("55P03", "40P01", "40001"):
                raise RecordBusy(
                    f"Another program is writing to {self.location}.", hint="Try again when it has finished."
                ) from error
            if state == "53100":
                raise RecordError(
                    f"The disk that holds {self.location} is full; nothing was changed.", hint="Free some space."
                ) from error
            if state in ("25006", "42501"):
                raise RecordError(f"{self.location} may not be written to: {text}; nothing was changed.") from error
            if state == "42P01":
                raise RecordDamaged(f"{self.location} is damaged or not a record: {text}.") from error
            if self.db.closed or state.startswith(("08", "57P")):
                raise RecordError(
                    f"The connection to {self.location} was lost: {text}.", hint="Look at the record before going on."
                ) from error
            raise RecordError(f"{self.location}: {text}.") from error


def split_address(address: str) -> tuple[str, str, str]:
    """What libpq gets, what people are shown (no password), and the schema.

    Raises
    ------
    RecordError : the schema's name is not lower-case letters, digits and underscores.
    """
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    name = dict(pairs).get("schema", DEFAULT_SCHEMA)
    if not _SCHEMA_NAME.fullmatch(name):
        raise RecordError(f'"{name}" cannot be the schema of a record.', hint="Use lower-case letters, digits and _.")
    rest = [(k, v) for k, v in pairs if k != "schema"]
    user, at, host = parts.netloc.rpartition("@")
    shown = parts._replace(
        netloc=f"{user.partition(':')[0]}{at}{host}", query=urlencode([p for p in pairs if p[0] != "password"])
    )
    return urlunsplit(parts._replace(query=urlencode(rest))), urlunsplit(shown), name


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise MissingExtra("postgis", "A record in a PostGIS database") from None
    return psycopg


@cache
def _flag_loader() -> Any:
    from psycopg.adapt import Loader

    class Flag(Loader):
        def load(self, data: Any) -> int:
            return int(bytes(data) == b"t")

    return Flag


@cache
def _text_loader() -> Any:
    from psycopg.adapt import Loader

    class Text(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode()

    return Text


def _lock_number(schema_name: str) -> int:
    """Number of the schema's advisory lock: 64 bits of a hash, so that other programs' locks do not meet it."""
    return int.from_bytes(sha256(b"tetrapylon record " + schema_name.encode()).digest()[:8], "big", signed=True)


def _prepare_database(store: PostGIS) -> None:
    """Extension and schema; UTF-8 only."""
    db = store.db
    (encoding,) = db.execute("SHOW server_encoding").fetchone()
    if encoding != "UTF8":
        raise RecordError(f"{store.location} is a database in {encoding}; a record needs UTF-8.")
    if db.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() is None:
        try:
            db.execute("CREATE EXTENSION postgis SCHEMA public")
        except _psycopg().Error as error:
            raise MissingService(
                f"{store.location} has no PostGIS: {error.diag.message_primary}.",
                hint="Have the database's owner run: CREATE EXTENSION postgis",
            ) from error
    if db.execute("SELECT to_regnamespace(%s)", (store.schema,)).fetchone()[0] is None:
        db.execute(f'CREATE SCHEMA IF NOT EXISTS "{store.schema}"')


_TOKENS = re.compile(r"""'[^']*'|"[^"]*"|\?|%|CAST\(([\w.]+) AS BLOB\)""")


@lru_cache(maxsize=256)
def _translated(sql: str) -> str:
    """The record's SQL as psycopg takes it: ``?`` becomes ``%s``; bytes of text by a function of our own."""

    def translate(match: re.Match[str]) -> str:
        if match[0] == "?":
            return "%s"
        if match[1]:
            return f"bytes_of({match[1]})"
        return match[0].replace("%", "%%")

    return _TOKENS.sub(translate, sql)
