"""Records of earlier releases, and the format page, must go on being true."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.record import independent_verifier
from tests.record.make_frozen import lines
from tests.support.offices import Office, offices

from tetrapylon.model import REGISTRY, Structure
from tetrapylon.record.entry import Act, Entry, hash_text, part_digest
from tetrapylon.record.store.gpkg_schema import RECORD_TABLES

FROZEN = sorted((Path(__file__).parent / "frozen").iterdir())
PAGE = Path(__file__).parents[2] / "docs" / "format.md"


@pytest.fixture(params=FROZEN, ids=lambda folder: folder.name)
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the folder of one release."""
    copy = tmp_path / "release"
    shutil.copytree(request.param, copy)
    return copy


def opened(release: Path) -> Office:
    return Office(release, "later", release / "record.gpkg")


def test_both_verifiers_accept_the_frozen_record(release: Path) -> None:
    report = opened(release).verify()
    assert report.problems == []
    assert report.feeds == 3
    assert report.withheld == 2
    assert report.erased == 2
    assert independent_verifier.check(release / "record.gpkg") == []


def test_the_frozen_record_holds_every_act(release: Path) -> None:
    with opened(release).open() as record:
        assert {Entry.parse(t).act for (t,) in record.store.query("SELECT text FROM entry")} == set(Act)


def test_layers_are_rebuilt_to_what_they_were(release: Path) -> None:
    known = (release / "layers.txt").read_text("utf-8").splitlines()
    with opened(release).open() as record:
        assert list(lines(record)) == known
        record.rebuild()
        assert list(lines(record)) == known


def test_every_claim_of_the_frozen_record_is_readable(release: Path) -> None:
    with opened(release).open() as record:
        view = record.view()
        read = sum(len(view.claims(entity, ever=True)) for entity in REGISTRY.values())
        assert read >= 10
        assert len(view.incomplete) == 1  # the erased statement


def test_the_frozen_record_can_be_taken_in_and_written_to(release: Path, tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "another museum")
    assert not museum.takes_in(opened(release)).forks
    opened(release).says(Structure(label="new"))
    assert "new" in opened(release).labels(Structure)
    assert museum.verify().problems == opened(release).verify().problems == []


# --- the independent verifier ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE entry SET text = replace(text, 'version 1', 'version 2') WHERE seq = 1", "does not match its hash"),
        ("UPDATE entry SET subject = 'x' WHERE seq = 1", "columns"),
        ("UPDATE entry SET feed = 'x' WHERE fid = 2", "columns"),
        ("DELETE FROM entry WHERE seq = 1", "does not follow"),
        ("DELETE FROM entry WHERE seq = 1", "belongs to no entry"),
        ("UPDATE part SET body = body || ' '", "does not match its digest"),
        ("UPDATE part SET salt = x'00'", "does not match its digest"),
        ("UPDATE part SET tier = 'partners' WHERE tier = 'public'", "does not match its digest"),
        ("DELETE FROM part WHERE entry = 1", "gone without an erasure"),
        ("INSERT INTO part SELECT * FROM part", "here twice"),
    ],
)
def test_the_independent_verifier_names_what_is_wrong(release: Path, statement: str, named: str) -> None:
    db = sqlite3.connect(release / "record.gpkg")
    for (trigger,) in list(db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
        db.execute(f'DROP TRIGGER "{trigger}"')
    db.execute(statement)
    db.commit()
    db.close()
    assert any(named in p for p in independent_verifier.check(release / "record.gpkg"))
    assert opened(release).verify().problems


def test_the_independent_verifier_names_forks_between_files(tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    double = museum.twin(tmp_path / "double")
    museum.says(Structure(label="standing"))
    double.says(Structure(label="levelled"))
    (fork,) = independent_verifier.forks(museum.file, double.file)
    assert "parts at entry 1" in fork


def test_the_independent_verifier_stands_alone(release: Path) -> None:
    """It runs without our packages, and says so in words and by its exit status."""
    program = [sys.executable, "-I", "-S", independent_verifier.__file__, str(release / "record.gpkg")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "everything holds\n"), done.stderr
    assert "tetrapylon." not in Path(independent_verifier.__file__).read_text("utf-8").split('"""', 2)[2]


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_example_on_the_format_page_is_true() -> None:
    page = PAGE.read_text("utf-8")
    (text,) = re.findall(r"```text\n(tetrapylon entry 1\n.*?)```", page, re.DOTALL)
    ((digest, salt, body),) = re.findall(r"hash +([0-9a-f]{64})\nsalt +([0-9a-f]{32})\nbody +(\{.*\})\n", page)
    assert independent_verifier.FORM.fullmatch(text)
    assert hashlib.sha256(text.encode()).hexdigest() == digest == hash_text(text)
    entry = Entry.parse(text)
    assert entry.text() == text
    listed = hashlib.sha256(bytes.fromhex(salt) + body.encode()).hexdigest()
    assert [d for _, d in entry.parts] == [listed] == [part_digest(bytes.fromhex(salt), body)]


def test_the_tables_are_those_of_the_format_page() -> None:
    def columns(statements: list[str]) -> list[str]:
        return [" ".join(s.split()) for s in statements]

    page = columns(re.findall(r"CREATE TABLE [^;]+", PAGE.read_text("utf-8")))
    assert [s.replace("part  (", "part (") for s in page] == columns([RECORD_TABLES[0], RECORD_TABLES[2]])
