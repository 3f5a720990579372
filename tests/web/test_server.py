"""Serving from a process of its own: it answers as soon as it names its address, and ends when told to."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

import tetrapylon.web
from tetrapylon.errors import NotFound, TetrapylonError
from tetrapylon.web.server import serve

STATIC = Path(tetrapylon.web.__file__).parent / "static"
PROGRAM = """
import sys
from tetrapylon.web.server import serve
serve(sys.argv[1], port=0, open_browser=False, ready=lambda address: print(address, flush=True))
"""


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT"])
def test_it_answers_at_once_and_stops_when_asked(palmyra_file, how):
    if os.name == "nt":
        pytest.skip("only where signals end a program")
    command = [sys.executable, "-c", PROGRAM, palmyra_file]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=30) as page:
            assert b"Not for deciding where to go" in page.read()
        server.send_signal(getattr(signal, how))
        _, complaints = server.communicate(timeout=20)
        assert complaints == ""
    finally:
        server.kill()
        server.wait()


def test_a_taken_port_is_said_so(palmyra_file):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(TetrapylonError, match="Choose another --port"):
            serve(palmyra_file, port=other.getsockname()[1], open_browser=False)


def test_without_a_record_there_is_nothing_to_serve(tmp_path):
    with pytest.raises(NotFound):
        serve(str(tmp_path / "nothing.gpkg"), port=0, open_browser=False)


def test_vendored_files_are_what_their_manifest_says():
    vendor = STATIC / "vendor"
    manifest = tomllib.loads((vendor / "VENDOR.toml").read_text("utf-8"))
    listed = {"VENDOR.toml"}
    for package in manifest["package"]:
        assert package["licence"]
        assert package["version"]
        assert any(f["name"].startswith("LICENSE") for f in package["file"])
        for file in package["file"]:
            content = (vendor / package["name"] / file["name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"], file["name"]
            assert len(content) < 5_000_000
            assert b"sourceMappingURL=" not in content[-200:]
            listed.add(f"{package['name']}/{file['name']}")
    present = {p.relative_to(vendor).as_posix() for p in vendor.rglob("*") if p.is_file()}
    assert present == listed


def test_base_maps_exist_and_name_whom_they_come_from():
    listed = tomllib.loads((STATIC / "basemap" / "BASEMAPS.toml").read_text("utf-8"))["basemap"]
    for entry in listed:
        assert (STATIC / "basemap" / entry["file"]).read_bytes()[:7] == b"PMTiles"
        assert "OpenStreetMap" in entry["attribution"]
