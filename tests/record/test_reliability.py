"""Nothing acknowledged is lost: killed programs, full disks, read-only media, lost power, two writers, interruption."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from tests.support.offices import Office, offices, quick_folder

from tetrapylon.errors import RecordBusy, RecordError, TetrapylonError
from tetrapylon.model import Structure, Tier, thing_uid
from tetrapylon.record import importing
from tetrapylon.record.entry import now
from tetrapylon.record.merging import merge
from tetrapylon.record.record import Record
from tetrapylon.record.snapshot import snapshot
from tetrapylon.record.store.geopackage import GeoPackage
from tetrapylon.record.verifying import verify

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes can fork")
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only where the tests may mount a file system (root)"
)

ROWS = 40
"""Rows of one import in these tests."""


class Row:
    """A row of a table, as an import receives it."""

    entity = "structure"
    source: str | None = None
    tier: Tier | None = None

    def __init__(self, batch: int, number: int) -> None:
        self.uid = thing_uid("test", "structure", f"{batch}-{number}")
        self.data = {"label": f"batch {batch}", "note": f"number {number} " + "x" * 300, "role": "whole"}


def import_batch(record: Record, batch: int, progress: Callable[[int], None] | None = None, rows: int = ROWS) -> None:
    staged = importing.Staged(Row(batch, n) for n in range(rows))
    try:
        importing.write(record, staged, cited=False, progress=progress)
    finally:
        staged.close()


def batches_held(record: Record, rows: int = ROWS) -> set[str]:
    """Labels of the imports in the record; each is there as a whole or not at all."""
    counts = dict(record.store.query("SELECT label, count(*) FROM structure GROUP BY label"))
    assert set(counts.values()) <= {rows}
    return set(counts)


@pytest.fixture
def museum() -> Iterator[Office]:
    folder = quick_folder()
    (office,) = offices(folder, "museum")
    yield office
    shutil.rmtree(folder, ignore_errors=True)


def in_child(work: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """Run in a forked process, with a pipe on which it acknowledges; the process and our end of the pipe."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    return process, ours


def received(pipe: Connection) -> list[Any]:
    """Everything a child acknowledged before its end."""
    found = []
    try:
        while True:
            found.append(pipe.recv())
    except (EOFError, OSError):
        return found


# --- kill -9 --------------------------------------------------------------------------------------------------------


def import_until_killed(pipe: Connection, office: Office, first: int) -> None:
    with office.open() as record:
        pipe.send("ready")
        for batch in range(first, first + 1000):
            import_batch(record, batch)
            pipe.send(f"batch {batch}")


@pytest.mark.slow
@needs_fork
def test_killed_at_any_instant_of_an_import_the_record_holds_exactly_what_was_acknowledged(museum: Office) -> None:
    """50 kills of one file: it opens, verifies, and holds every import whole; at most the one in flight is extra."""
    moments = random.Random(20260101)
    museum.says(Structure(label="before"))
    with museum.open() as record, record.writing() as writer:
        writer.retract(record.find_entry(next(iter(record.view().claims(Structure))).entry), "only made the layer")
    held: set[str] = set()
    for kill in range(50):
        process, pipe = in_child(import_until_killed, museum, kill * 1000)
        assert pipe.recv() == "ready"
        time.sleep(moments.uniform(0, 0.12))
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = set(received(pipe))
        process.join()
        with museum.open() as record:
            after = set(record_labels(record))
            assert held | acknowledged <= after
            assert len(after - held - acknowledged) <= 1
            held = after
            if kill % 10 == 9:
                assert verify(record).problems == []
    assert len(held) > 20
    with museum.open() as record:
        before = list(record.dump())
        record.rebuild()
        assert list(record.dump()) == before


def record_labels(record: Record) -> Iterator[str]:
    sql = "SELECT label, count(*) FROM structure WHERE label <> 'before' GROUP BY label"
    for label, count in record.store.query(sql):
        assert count == ROWS
        yield label


# --- interruption ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [1, 2])
def test_an_interrupted_import_leaves_nothing_and_the_feed_goes_on(museum: Office, moment: int) -> None:
    museum.says(Structure(label="before"))
    steps = iter(range(10))

    def interrupt(done: int) -> None:
        if next(steps) == moment:
            raise KeyboardInterrupt

    with museum.open() as record:
        before = list(record.dump()), record.heads()
        with pytest.raises(KeyboardInterrupt):
            import_batch(record, 1, interrupt, rows=3 * importing.CHUNK)
        assert (list(record.dump()), record.heads()) == before
        import_batch(record, 2)
        assert list(record.heads()) == list(before[1])
    assert museum.verify().problems == []


def test_an_interrupted_merge_leaves_nothing(museum: Office) -> None:
    engineers = Office(museum.folder, "engineers")
    with engineers.open() as record:
        import_batch(record, 1, rows=6000)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with museum.open() as record, engineers.open(read_only=True) as theirs:
        before = list(record.dump()), record.heads()
        with pytest.raises(KeyboardInterrupt):
            merge(record, theirs, progress=interrupt)
        assert (list(record.dump()), record.heads()) == before


# --- two writers ----------------------------------------------------------------------------------------------------


def import_some(pipe: Connection, office: Office, first: int) -> None:
    with office.open() as record:
        for batch in range(first, first + 5):
            import_batch(record, batch)
    pipe.send("done")


@needs_fork
def test_two_programs_that_import_at_once_both_get_through(museum: Office) -> None:
    children = [in_child(import_some, museum, first) for first in (100, 200, 300)]
    for process, pipe in children:
        assert received(pipe) == ["done"]
        process.join()
    with museum.open() as record:
        assert len(batches_held(record)) == 15
        assert len(record.feeds()) == 1
        assert verify(record).problems == []


def test_a_second_writer_that_waits_too_long_is_told_so(museum: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRAPYLON_BUSY_SECONDS", "0.1")
    with museum.open() as one, museum.open() as other, one.store.writing(), pytest.raises(RecordBusy, match="Another"):
        import_batch(other, 1)
    with museum.open() as record:
        import_batch(record, 2)
        assert batches_held(record) == {"batch 2"}


@needs_fork
def test_two_files_of_one_installation_written_at_once_each_go_on_in_their_feed(museum: Office) -> None:
    """What the installation remembers of one file is not overwritten by what it remembers of the other."""
    second = Office(museum.folder, "second")
    shutil.rmtree(second.memory)
    second.memory = museum.memory
    for office in (museum, second):
        with office.open() as record:
            import_batch(record, 0)
    feeds = museum.feeds(), second.feeds()
    children = [in_child(import_some, office, 100) for office in (museum, second)]
    for process, pipe in children:
        assert received(pipe) == ["done"]
        process.join()
    assert (museum.feeds(), second.feeds()) == feeds


# --- full disk, read-only media ---------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"only where a file system can be mounted: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=False)


def import_as_many_as_fit(record: Record, acknowledged: set[str]) -> None:
    for batch in range(1000):
        import_batch(record, batch)
        acknowledged.add(f"batch {batch}")


@needs_root
def test_a_full_disk_loses_nothing_and_is_named(small_disk: Path, tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    disk = Office(museum.folder, "museum", Path(shutil.copy(museum.file, small_disk / "museum.gpkg")))
    acknowledged: set[str] = set()
    with disk.open() as record:
        with pytest.raises(RecordError, match="full"):
            import_as_many_as_fit(record, acknowledged)
        assert acknowledged
        assert batches_held(record) == acknowledged
        assert verify(record).problems == []
    with disk.open() as record:
        assert batches_held(record) == acknowledged
        assert verify(record).problems == []
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    with disk.open() as record:
        import_batch(record, 5000)
        assert batches_held(record) == acknowledged | {"batch 5000"}
        assert verify(record).problems == []


@needs_root
def test_a_new_record_or_share_on_a_full_disk_leaves_nothing_behind(small_disk: Path, museum: Office) -> None:
    (small_disk / "filler").write_bytes(b"x" * (1024 * 1024 - 40_000))
    with pytest.raises(RecordError):
        Office(small_disk, "another")
    with museum.open() as record, pytest.raises(RecordError):
        snapshot(record, small_disk / "copy.gpkg")
    assert {p.name for p in small_disk.iterdir()} <= {"filler", "another-memory"}


@needs_root
def test_a_read_only_medium_is_read_and_refuses_writing(small_disk: Path, tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    with museum.open() as record:
        import_batch(record, 1)
    disk = Office(museum.folder, "museum", small_disk / "museum.gpkg")
    museum.snapshot(disk.file)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for read_only in (True, False):
        with disk.open(read_only=read_only) as record:
            assert batches_held(record) == {"batch 1"}
            assert verify(record).problems == []
            with pytest.raises(RecordError, match="read-only"):
                import_batch(record, 2)
    with pytest.raises(RecordError):
        Office(small_disk, "another")


def read_as_somebody_else(pipe: Connection, office: Office) -> None:
    os.setgid(65534)
    os.setuid(65534)
    with office.open() as record:
        held = batches_held(record)
        try:
            import_batch(record, 2)
        except TetrapylonError as refused:
            pipe.send((held, type(refused), str(refused)))


@needs_root
@needs_fork
def test_a_file_without_permission_to_write_is_read_and_refuses_writing(museum: Office) -> None:
    with museum.open() as record:
        import_batch(record, 1)
    for path in [museum.folder.parent, museum.folder, museum.memory, *museum.memory.rglob("*")]:
        path.chmod(0o755)
    museum.file.chmod(0o444)
    process, pipe = in_child(read_as_somebody_else, museum)
    ((held, kind, text),) = received(pipe)
    process.join()
    assert held == {"batch 1"}
    assert issubclass(kind, RecordError)
    assert "read-only" in text


# --- loss of power --------------------------------------------------------------------------------------------------


def test_what_was_acknowledged_survives_the_loss_of_unsynced_writes(museum: Office) -> None:
    """Each commit is synced to the journal before it returns, so a loss of power keeps at least that much of it.

    Beyond the synced length the journal may hold nothing, a torn write or anything at all.
    """
    chance = random.Random(7)
    synced: list[int] = []
    with museum.open() as record:
        assert isinstance(record.store, GeoPackage)
        for pragma, value in (("synchronous", 2), ("journal_mode", "wal")):
            assert record.store.db.execute(f"PRAGMA {pragma}").fetchone() == (value,)
        record.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        record.store.db.execute("PRAGMA wal_autocheckpoint = 0")
        file = museum.file.read_bytes()
        journal = Path(f"{museum.file}-wal")
        for batch in range(6):
            import_batch(record, batch, rows=5)
            synced.append(journal.stat().st_size)
        wal = journal.read_bytes()
    lengths = [0, *synced, *(n - 1 for n in synced), *(chance.randrange(len(wal)) for _ in range(40))]
    for length in lengths:
        at_least = {f"batch {i}" for i, end in enumerate(synced) if end <= length}
        lost = wal[length:]
        for tail in (
            b"",
            bytes(len(lost)),
            chance.randbytes(len(lost)),
            lost[: 512 * chance.randrange(1, 9)] + b"\0" * 99,
        ):
            assert held_after_power_loss(museum, file, wal[:length] + tail) >= at_least


def held_after_power_loss(museum: Office, file: bytes, wal: bytes) -> set[str]:
    copy = museum.folder / "after.gpkg"
    for leftover in museum.folder.glob("after.gpkg*"):
        leftover.unlink()
    copy.write_bytes(file)
    Path(f"{copy}-wal").write_bytes(wal)
    with Office(museum.folder, "elsewhere", copy).open() as record:
        assert verify(record).problems == []
        held = batches_held(record, 5) if "structure" in record.store.layers() else set()
        assert held == {f"batch {i}" for i in range(len(held))}  # a prefix: none of the later without the earlier
        return held


def test_the_time_of_an_entry_is_written_in_utc_to_the_millisecond() -> None:
    assert now()[10] == "T"
    assert now().endswith("Z")
    assert len(now()) == len("2026-01-01T00:00:00.000Z")
