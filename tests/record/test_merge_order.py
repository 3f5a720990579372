"""Whatever the order in which records meet, they end up saying the same."""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule
from tests.support.offices import Office, meet, offices, quick_folder

from tetrapylon.errors import NotFound, NotPermitted, ValueRangeError
from tetrapylon.model import DistinctFrom, Party, SameAs, Statement, Structure, Tier, When, thing_uid
from tetrapylon.model.dates import parse_date

THINGS = [thing_uid("test", "structure", f"tower_{i}") for i in range(3)]
DAYS = ("2015-08-30", "2016-04-26", "2017-01-20")

which = st.integers(0, 3)
words = st.sampled_from(["standing", "partly collapsed", "levelled"])


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    folder = quick_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Meetings(RuleBasedStateMachine):
    """Three installations, offline, contradict, correct, dispute and erase; files are copied and carried about."""

    claims = Bundle("claims")

    @initialize()
    def open_three_offices(self) -> None:
        self.folder = quick_folder()
        self.offices = offices(self.folder, "surveyors", "engineers", "museum")
        self.erased: list[str] = []
        self.secrets = itertools.count()

    def office(self, number: int) -> Office:
        return self.offices[number % len(self.offices)]

    @rule(target=claims, who=which, thing=st.sampled_from(THINGS), label=words, day=st.sampled_from((None, *DAYS)))
    def claim(self, who: int, thing: str, label: str, day: str | None) -> str:
        return self.office(who).says(Structure(label=label), about=thing, published=day).hash

    @rule(target=claims, who=which, thing=st.sampled_from(THINGS))
    def claim_with_wording(self, who: int, thing: str) -> str:
        wording = f"secret number {next(self.secrets)}"
        body = Statement(said=When(parse_date("2016-04-26")), wording=wording)
        return self.office(who).says(body, about=thing).hash

    @rule(target=claims, who=which, claim=claims, label=words)
    def amend(self, who: int, claim: str, label: str) -> str:
        try:
            return self.office(who).amends(claim, Structure(label=label)).hash
        except (NotFound, NotPermitted, ValueRangeError):  # not held, not ours, or not a structure
            return claim

    @rule(who=which, claim=claims)
    def retract(self, who: int, claim: str) -> None:
        with contextlib.suppress(NotFound, NotPermitted):
            self.office(who).retracts(claim)

    @rule(target=claims, who=which, claim=claims)
    def dispute(self, who: int, claim: str) -> str:
        try:
            return self.office(who).disputes(claim).hash
        except NotFound:
            return claim

    @rule(who=which, claim=claims)
    def erase(self, who: int, claim: str) -> None:
        try:
            office = self.office(who)
            with office.open() as record:
                stored = record.find_entry(claim)
            office.erases(claim)
            self.erased += [stored.data["wording"]] if "wording" in stored.data else []
        except (NotFound, NotPermitted):
            pass

    @rule(who=which, other=which)
    def merge(self, who: int, other: int) -> None:
        if self.office(who) is not self.office(other):
            assert not self.office(who).takes_in(self.office(other)).forks

    @rule(who=which)
    def carry_on_elsewhere(self, who: int) -> None:
        """A copy of a file is opened by another installation and written to."""
        if len(self.offices) < 4:
            copy = self.office(who).copied_to("field_laptop")
            before = copy.feeds()
            copy.says(Structure(label="standing"), about=THINGS[0])
            assert len(copy.feeds()) == len(before) + 1
            self.offices.append(copy)

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self.all_agree()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def all_agree(self) -> None:
        otherwise = [o.twin(self.folder / "otherwise") for o in self.offices]
        random.Random(len(self.erased)).shuffle(otherwise)
        meet(*self.offices)
        meet(*otherwise)
        dumps = [o.dump() for o in (*self.offices, *otherwise)]
        assert all(dump == dumps[0] for dump in dumps)
        for office in self.offices:
            assert office.verify().problems == []
            with office.open() as record:
                record.rebuild()
            assert office.dump() == dumps[0]
            with office.open() as record:
                bodies = [b for (b,) in record.store.query("SELECT body FROM part")]
            assert not [e for e in self.erased if any(f'"{e}"' in b for b in bodies)]


Meetings.TestCase.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
test_any_order_of_meeting_gives_the_same_record = Meetings.TestCase


def test_three_installations_contradict_erase_and_copy_and_still_see_the_same(memory_folder: Path) -> None:
    """The reference scenario, in several orders of meeting."""
    surveyors, engineers, museum = offices(memory_folder, "surveyors", "engineers", "museum")
    tower = THINGS[0]
    surveyors.says(Structure(label="standing"), about=tower)
    engineers.says(Structure(label="levelled"), about=tower)
    wording = surveyors.says(Statement(said=When(parse_date("2016-04-26")), wording="said in confidence"))
    museum.takes_in(surveyors)
    laptop = surveyors.copied_to("field_laptop")
    laptop.says(Structure(label="partly collapsed"), about=tower)
    surveyors.erases(wording, [Tier.PARTNERS])
    everyone = [surveyors, engineers, museum, laptop]

    seen = []
    for i, order in enumerate(["0123", "3210", "1302", "2031"]):
        twins = [everyone[int(k)].twin(memory_folder / f"order-{i}") for k in order]
        meet(*twins)
        for twin in twins:
            assert twin.verify().problems == []
            with twin.open() as record:
                view = record.view(on="2026-01-01")
                contested = {c.uid: c.parties for c in view.contests()}
                claims = sorted((c.entry, c.body.label, c.contested) for c in view.claims(Structure))
                wordings = [c.body.wording for c in view.claims(Statement)]
            seen.append((tuple(twin.dump()), tuple(claims), tuple(contested), tuple(wordings)))
    assert len(set(seen)) == 1
    _, claims, contested, wordings = seen[0]
    assert [label for _, label, _ in sorted(claims, key=lambda c: c[1])] == ["levelled", "partly collapsed", "standing"]
    assert contested == (tower,)
    assert wordings == (None,)


def test_a_continued_copy_is_a_new_feed_of_the_same_party_not_a_fork(tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    museum.says(Structure(label="standing"), about=THINGS[0])
    copy = museum.copied_to("laptop")
    copy.says(Structure(label="levelled"), about=THINGS[1])
    museum.says(Structure(label="levelled"), about=THINGS[2])
    report = museum.takes_in(copy)
    assert not report.forks
    with museum.open() as record:
        assert {f.party for f in record.feeds().values()} == {museum.party}
        assert len(record.feeds()) == 2
        assert [c.body.label for c in record.view().claims(Party)].count("museum") == 2
        assert not [c for c in record.view().claims(Party) if c.contested]


def test_a_restored_backup_goes_on_in_a_new_feed(tmp_path: Path) -> None:
    (museum, other) = offices(tmp_path, "museum", "other")
    backup = tmp_path / "backup.gpkg"
    museum.says(Structure(label="standing"), about=THINGS[0])
    museum.snapshot(backup)
    museum.says(Structure(label="levelled"), about=THINGS[1])
    other.takes_in(museum)
    for leftover in museum.folder.glob("museum.gpkg*"):
        leftover.unlink()
    shutil.copy(backup, museum.file)
    museum.says(Structure(label="partly collapsed"), about=THINGS[2])
    assert not other.takes_in(museum).forks
    assert not museum.takes_in(other).forks
    assert museum.dump() == other.dump()
    assert museum.labels(Structure) == ["levelled", "partly collapsed", "standing"]


def test_merging_the_same_file_again_adds_nothing(tmp_path: Path) -> None:
    museum, engineers = offices(tmp_path, "museum", "engineers")
    engineers.says(Structure(label="standing"))
    assert museum.takes_in(engineers).entries == 2
    again = museum.takes_in(engineers)
    assert (again.entries, again.parts, again.feeds) == (0, 0, {})


def test_disputed_things_are_flagged_the_same_everywhere(tmp_path: Path) -> None:
    museum, engineers = offices(tmp_path, "museum", "engineers")
    one, other = THINGS[:2]
    museum.says(SameAs(one=one, other=other))
    engineers.says(DistinctFrom(one=one, other=other))
    meet(museum, engineers)
    assert museum.dump() == engineers.dump()
