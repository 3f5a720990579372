"""A feed continued from two places: the branch already held stands, the other is kept apart, both are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.offices import Office, offices

from tetrapylon.errors import RecordDamaged
from tetrapylon.model import Structure, thing_uid

TOWER = thing_uid("test", "structure", "tower")


@pytest.fixture
def parted(tmp_path: Path) -> tuple[Office, Office, Office]:
    """The museum's file and memory were copied together and both went on in one feed; the engineers know neither."""
    museum, engineers = offices(tmp_path, "museum", "engineers")
    museum.says(Structure(label="common"))
    double = museum.twin(tmp_path / "double")
    museum.says(Structure(label="standing"), about=TOWER)
    double.says(Structure(label="levelled"), about=TOWER)
    double.says(Structure(label="more"))
    return museum, double, engineers


def test_the_branch_already_held_stands_and_both_are_named(parted: tuple[Office, Office, Office]) -> None:
    museum, double, engineers = parted
    engineers.takes_in(museum)
    before = engineers.dump()
    (fork,) = engineers.takes_in(double).forks
    with museum.open() as ours, double.open() as theirs:
        sql = "SELECT hash FROM entry WHERE feed = ? AND seq = 2"
        assert fork.held == next(iter(ours.store.query(sql, (fork.feed,))))[0]
        assert fork.other == next(iter(theirs.store.query(sql, (fork.feed,))))[0]
        assert fork.seq == 2
    assert engineers.dump() == before
    report = engineers.verify()
    assert report.problems == []
    assert report.quarantined == 2


def test_whoever_met_the_other_branch_first_keeps_that_one(parted: tuple[Office, Office, Office]) -> None:
    museum, double, engineers = parted
    engineers.takes_in(double)
    engineers.takes_in(museum)
    assert engineers.labels(Structure) == ["common", "levelled", "more"]
    assert len(museum.takes_in(engineers).forks) == 1
    assert museum.labels(Structure) == ["common", "standing"]


def test_meeting_the_fork_again_keeps_one_copy_of_it(parted: tuple[Office, Office, Office]) -> None:
    museum, double, engineers = parted
    engineers.takes_in(museum, double, double)
    assert engineers.verify().quarantined == 2


@pytest.mark.parametrize(
    "change", ["text = replace(text, 'a', 'b')", "parts = replace(parts, 'levelled', 'l')", "hash = 'x'", "parts = '{'"]
)
def test_damage_in_quarantine_is_named(parted: tuple[Office, Office, Office], change: str) -> None:
    museum, double, engineers = parted
    engineers.takes_in(museum, double)
    with engineers.open() as record, record.store.writing():
        record.store.execute(f"UPDATE quarantine SET {change} WHERE seq = 2")
    problems = engineers.verify().problems
    assert problems
    assert all("quarantine" in p and "entry 2" in p for p in problems)


def test_other_feeds_of_the_forked_file_are_taken_in(parted: tuple[Office, Office, Office]) -> None:
    museum, double, engineers = parted
    third = Office(museum.folder, "surveyors")
    third.says(Structure(label="seen by surveyors"))
    double.takes_in(third)
    engineers.takes_in(museum, double)
    assert "seen by surveyors" in engineers.labels(Structure)


@pytest.mark.parametrize("column", ["text", "hash"])
def test_a_file_that_does_not_verify_is_refused_and_nothing_of_it_kept(
    parted: tuple[Office, Office, Office], column: str
) -> None:
    museum, _, engineers = parted
    with museum.open() as record, record.store.writing():
        record.store.execute("DROP TRIGGER entry_is_fixed")
        record.store.execute(f"UPDATE entry SET {column} = replace({column}, 'a', 'b') WHERE seq = 1")
    before = engineers.dump()
    with pytest.raises(RecordDamaged, match="entry 1"):
        engineers.takes_in(museum)
    assert engineers.dump() == before
    assert engineers.verify().feeds == 1
