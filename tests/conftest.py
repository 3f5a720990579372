"""What all tests share: the report header, services (PostGIS, Chromium, Java), and what a skip means."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest

SERVICES = {"postgis", "postgis_database", "chromium", "java"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CLUSTER_OWNER = "postgres"

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-services",
        action="store_true",
        help='a skipped test is a failed test, unless its reason begins with "only" (only on Windows, only for ...)',
    )


def pytest_report_header() -> list[str]:
    import pyogrio
    import pyproj
    import shapely

    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    libraries = f"GDAL {gdal}, GEOS {shapely.geos_version_string}, PROJ {pyproj.proj_version_str}"
    return [f"libraries: {libraries}, SQLite {sqlite3.sqlite_version}, {platform.machine()} {platform.system()}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a service is marked ``service``."""
    for item in items:
        if SERVICES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``--require-services`` turn a skip into a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--require-services"):
        reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "skipped"
        if not reason.lower().startswith("only"):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, which --require-services does not allow: {reason}"
    return report


def missing(what: str, package: str) -> NoReturn:
    """Skip (or, with ``--require-services``, fail) a test whose service is not installed."""
    pytest.skip(f"{what} is not installed (Debian: {package}; or python3 dev.py services)")


# --- PostGIS --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgis() -> Iterator[str]:
    """Address of a PostGIS server: TETRAPYLON_TEST_POSTGIS, else a throw-away cluster of our own.

    The role may create databases, and in a new database of our own cluster the extension is already there.
    """
    given = os.environ.get("TETRAPYLON_TEST_POSTGIS")
    if given:
        yield given
        return
    programs = postgresql_programs()
    if programs is None:
        missing("PostGIS", "postgresql-15-postgis-3")
    owner = CLUSTER_OWNER if os.name != "nt" and os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="tetrapylon-postgis-"))
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=owner)
        if done.returncode:
            pytest.fail(f"{program} failed:\n{(folder / 'log').read_text()}")

    port = free_port()
    data = str(folder / "data")
    server = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c timezone=UTC"
    dsn = f"postgresql://{CLUSTER_OWNER}@127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        run("initdb", "-D", data, "-A", "trust", "-U", CLUSTER_OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "server-log"), "-o", server, "start")
        try:
            run("psql", f"{dsn}/template1", "-c", "CREATE EXTENSION postgis")
            yield f"{dsn}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgis_database(postgis: str) -> Iterator[str]:
    """Address of an empty database with PostGIS, dropped after the test."""
    import psycopg

    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(postgis, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        dsn = psycopg.conninfo.make_conninfo(postgis, dbname=name)
        with psycopg.connect(dsn, autocommit=True) as fresh:
            fresh.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        try:
            yield dsn
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgresql_programs() -> Path | None:
    """Folder of the programs of the newest PostgreSQL that has PostGIS (found by its postgis.control)."""
    controls = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    versions = sorted((path.parts[4] for path in controls), key=int, reverse=True)
    if versions:
        return Path("/usr/lib/postgresql") / versions[0] / "bin"
    if pg_config := shutil.which("pg_config"):
        shared, programs = (
            Path(subprocess.run([pg_config, option], capture_output=True, text=True, check=True).stdout.strip())
            for option in ("--sharedir", "--bindir")
        )
        if (shared / "extension" / "postgis.control").exists():
            return programs
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- programs -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium: TETRAPYLON_TEST_BROWSER, else the first on PATH."""
    found = os.environ.get("TETRAPYLON_TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or missing("Chromium", "chromium")


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    """Flags for a browser that draws in software, identically on every machine."""
    flags = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    return [*flags, "--no-sandbox"] if os.name != "nt" and os.geteuid() == 0 else flags


@pytest.fixture(scope="session")
def java() -> str:
    """Path of a Java runtime (ODK Validate needs one)."""
    return shutil.which("java") or missing("Java", "default-jre-headless")


# --- helpers --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return Path(__file__).resolve().parent.parent
