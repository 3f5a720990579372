"""Records for tests, in both stores: whatever asks for ``make_location`` or ``make_record`` runs twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tetrapylon.model import Party
from tetrapylon.record.installation import Installation
from tetrapylon.record.record import Record

MakeLocation = Callable[[], str]
MakeRecord = Callable[..., Record]


@pytest.fixture(scope="session")
def record_database(postgis: str) -> Iterator[str]:
    """Address of one database for all tests of this run; each record has a schema of its own in it."""
    import psycopg

    name = f"records_{os.urandom(6).hex()}"
    with psycopg.connect(postgis, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        base, _, _ = postgis.rpartition("/")
        try:
            yield f"{base}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.service)])
def make_location(request: pytest.FixtureRequest, tmp_path: Path) -> MakeLocation:
    """Gives the place of a new record at each call: a file, or a schema of a database."""
    numbers = count()
    if request.param == "geopackage":
        return lambda: str(tmp_path / f"record_{next(numbers)}.gpkg")
    database = request.getfixturevalue("record_database")
    prefix = f"r{os.urandom(5).hex()}"
    return lambda: f"{database}?schema={prefix}_{next(numbers)}"


@pytest.fixture
def record_location(make_location: MakeLocation) -> str:
    """The place of one new record."""
    return make_location()


@pytest.fixture
def make_record(make_location: MakeLocation, tmp_path: Path) -> Iterator[MakeRecord]:
    """Makes a record of a party with the given name; the installation is of that name too. Closed after the test."""
    made: list[Record] = []

    def make(party: str = "Antiquities service", **options: Any) -> Record:
        memory = Installation(tmp_path / f"state of {party}")
        location = options.pop("location", None) or make_location()
        record = Record.create(location, party=Party(label=party), installation=memory, **options)
        made.append(record)
        return record

    yield make
    for record in made:
        record.close()


@pytest.fixture
def gpkg(tmp_path: Path) -> Iterator[Record]:
    """A record in a file."""
    with Record.create(
        str(tmp_path / "one.gpkg"), party=Party(label="Survey"), installation=Installation(tmp_path / "state")
    ) as record:
        yield record
