"""A record of the Palmyra case, and a client of the pages over it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from tetrapylon.cases import folder
from tetrapylon.model import Party
from tetrapylon.record.record import Record
from tetrapylon.web.app import create_app
from tetrapylon.workflow.importing import import_case


@pytest.fixture(scope="session")
def palmyra_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A record that holds the Palmyra case; read only."""
    there = tmp_path_factory.mktemp("palmyra")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(there / "state"))
        with Record.create(str(there / "palmyra.gpkg"), party=Party(label="Compiler")) as record:
            import_case(record, folder("palmyra"))
    return str(there / "palmyra.gpkg")


@pytest.fixture(scope="session")
def palmyra(palmyra_file: str) -> TestClient:
    """A client of the pages over Palmyra that asks for HTML."""
    return TestClient(create_app(palmyra_file), headers={"accept": "text/html"})


@pytest.fixture
def new_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """An empty record that a test may fill."""
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    with Record.create(str(tmp_path / "record.gpkg"), party=Party(label="Compiler")) as record:
        yield record


@pytest.fixture(scope="session")
def palmyra_address(palmyra_file: str) -> Iterator[str]:
    """Address of a real server of the pages over Palmyra."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(palmyra_file), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
