"""Damage is named: any changed byte in what is stored, wherever it lies."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record import independent_verifier
from tests.support.offices import Office, offices, quick_folder

from tetrapylon.errors import TetrapylonError
from tetrapylon.model import Statement, Structure, Tier, When, thing_uid
from tetrapylon.model.dates import parse_date
from tetrapylon.record.verifying import verify

TOWER = thing_uid("test", "structure", "tower")


@pytest.fixture(scope="module")
def sound() -> Iterator[Office]:
    """The museum's file: two feeds, several tiers, an amendment, a dispute and an erasure."""
    folder = quick_folder()
    museum, engineers = offices(folder, "museum", "engineers")
    said = When(parse_date("2016-04-26"))
    tower = engineers.says(Structure(label="standing", extra={"colour": "ochre"}), about=TOWER)
    engineers.says(Statement(said=said, wording="kept", note="both tiers"))
    museum.takes_in(engineers)
    museum.says(Structure(label="levelled"), about=TOWER)
    gone = museum.says(Statement(said=said, wording="erased"))
    museum.amends(museum.says(Structure(label="gate")), Structure(label="arch"))
    museum.disputes(tower)
    museum.erases(gone, [Tier.PARTNERS])
    for i in range(20):
        museum.says(Structure(label=f"tomb {i}", note="x" * 200))
    museum.snapshot(folder / "sound.gpkg")
    yield Office(folder, "museum", folder / "sound.gpkg")
    shutil.rmtree(folder, ignore_errors=True)


def stored(file: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What the frozen tables hold."""
    db = sqlite3.connect(file)
    try:
        entries = list(db.execute("SELECT feed, seq, hash, subject, text FROM entry NOT INDEXED ORDER BY fid"))
        sql = "SELECT e.hash, p.tier, p.salt, p.body FROM part p JOIN entry e ON e.fid = p.entry ORDER BY p.rowid"
        return entries, list(db.execute(sql))
    finally:
        db.close()


def damaged(sound: Office) -> Office:
    """A fresh copy to damage."""
    copy = sound.folder / "damaged.gpkg"
    for leftover in sound.folder.glob("damaged.gpkg*"):
        leftover.unlink()
    shutil.copy(sound.file, copy)
    return Office(sound.folder, "museum", copy)


def test_the_sound_record_has_no_problems(sound: Office) -> None:
    report = sound.verify()
    assert (report.problems, report.feeds, report.erased) == ([], 2, 1)


# --- changed values -------------------------------------------------------------------------------------------------

COLUMNS = [
    ("entry", "feed"), ("entry", "seq"), ("entry", "hash"), ("entry", "subject"), ("entry", "text"),
    ("part", "entry"), ("part", "tier"), ("part", "salt"), ("part", "body"),
]  # fmt: skip


@settings(max_examples=100)
@given(column=st.sampled_from(COLUMNS), row=st.integers(0, 200), place=st.integers(0, 2000), bit=st.integers(0, 7))
def test_any_changed_bit_of_an_entry_or_part_is_named(
    sound: Office, column: tuple[str, str], row: int, place: int, bit: int
) -> None:
    table, name = column
    office = damaged(sound)
    db = sqlite3.connect(office.file)
    triggers = [
        n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,))
    ]
    for trigger in triggers:
        db.execute(f'DROP TRIGGER "{trigger}"')
    ids = [i for (i,) in db.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
    chosen = ids[row % len(ids)]
    joined = "part p JOIN entry e ON e.fid = p.entry WHERE p.rowid = ?" if table == "part" else "entry e WHERE fid = ?"
    ((feed, seq),) = db.execute(f"SELECT e.feed, e.seq FROM {joined}", (chosen,))
    ((value,),) = db.execute(f"SELECT {name} FROM {table} WHERE rowid = ?", (chosen,))
    changed = flipped(value, place, bit)
    try:
        db.execute(f"UPDATE {table} SET {name} = CAST(? AS {sql_type(value)}) WHERE rowid = ?", (changed, chosen))
    except sqlite3.IntegrityError:  # the file itself refuses a second entry with this number
        return
    finally:
        db.commit()
        db.close()
    try:
        problems = office.verify().problems
    except TetrapylonError as refused:
        problems = [str(refused)]
    assert problems
    assert independent_verifier.check(office.file)
    if (table, name) not in (("entry", "feed"), ("part", "entry")):
        assert any(f"entry {seq}" in p and feed in p for p in problems) or name == "seq", problems


def flipped(value: object, place: int, bit: int) -> bytes | int:
    if isinstance(value, int):
        return value ^ (1 << bit)
    raw = bytearray(value.encode() if isinstance(value, str) else bytes(value))  # type: ignore[call-overload]
    raw[place % len(raw)] ^= 1 << bit
    return bytes(raw)


def sql_type(value: object) -> str:
    return {int: "INTEGER", str: "TEXT", bytes: "BLOB"}[type(value)]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM entry WHERE seq = 3", "does not follow"),
        ("DELETE FROM part WHERE rowid = (SELECT max(rowid) FROM part)", "gone without an erasure"),
        (
            "INSERT INTO erased SELECT hash, 'public' FROM entry WHERE fid = 9; DELETE FROM part WHERE entry = 9",
            "gone without an erasure",
        ),
        ("INSERT INTO part SELECT entry, tier, salt, body FROM part LIMIT 1", "here twice"),
        ("INSERT INTO part VALUES (9999, 'public', x'00', '{}')", "belong to no entry"),
        ("UPDATE entry SET seq = -seq - 1", "columns"),
    ],
)
def test_what_was_removed_added_or_reordered_is_named(sound: Office, statement: str, named: str) -> None:
    office = damaged(sound)
    db = sqlite3.connect(office.file)
    for (trigger,) in list(
        db.execute("SELECT name FROM sqlite_schema WHERE type='trigger' AND tbl_name IN ('entry','part')")
    ):
        db.execute(f'DROP TRIGGER "{trigger}"')
    db.executescript(statement)
    db.commit()
    db.close()
    assert any(named in p for p in office.verify().problems)


# --- changed bytes of the file --------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_changed_byte_of_the_file_is_named_or_refused_or_harmless(sound: Office, place: float, bit: int) -> None:
    """Harmless: free space, layers and indexes, which are derived and rebuilt to the same."""
    office = damaged(sound)
    raw = bytearray(office.file.read_bytes())
    raw[int(place * len(raw))] ^= 1 << bit
    office.file.write_bytes(raw)
    try:
        with office.open() as record:
            if verify(record).problems:
                return
            assert stored(office.file) == stored(sound.file)
            record.rebuild()
            assert list(record.dump()) == sound.dump()
    except TetrapylonError:
        return
