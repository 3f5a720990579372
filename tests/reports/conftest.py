"""One Palmyra record for the tests of documents, and reading a PDF back with poppler."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tetrapylon.record.record import Record
from tetrapylon.workflow.demo import case_folder
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, opened


@dataclass(frozen=True)
class Word:
    """A word of a page and where it stands, in points."""

    text: str
    left: float
    right: float
    top: float


@pytest.fixture(scope="session")
def palmyra_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("palmyra") / "palmyra.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(tmp_path_factory.mktemp("state")))
        begin(str(file), party="Compiler", kind="research")
        with opened(str(file)) as record:
            import_case(record, case_folder())
    return file


@pytest.fixture
def palmyra(palmyra_copy: Path) -> Iterator[Record]:
    with opened(str(palmyra_copy), read_only=True) as record:
        yield record


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """An empty record of our own to write made-up claims into."""
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    begin(str(tmp_path / "made_up.gpkg"), party="Authority", kind="authority")
    with opened(str(tmp_path / "made_up.gpkg")) as record:
        yield record


@pytest.fixture
def words(tmp_path: Path) -> Callable[[bytes], list[list[Word]]]:
    """Words of each page of a PDF with their places, as poppler finds them."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")

    def read(pdf: bytes) -> list[list[Word]]:
        (tmp_path / "read.pdf").write_bytes(pdf)
        subprocess.run([program, "-bbox", "read.pdf", "read.html"], cwd=tmp_path, check=True, capture_output=True)
        html = (tmp_path / "read.html").read_text(encoding="utf-8")
        found = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>'
        return [
            [Word(text, float(left), float(right), float(top)) for left, top, right, text in re.findall(found, page)]
            for page in html.split("<page ")[1:]
        ]

    return read
