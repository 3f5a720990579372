"""What each act does, whoever does it and in whatever order it arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from tests.support.offices import Office, meet, offices

from tetrapylon.errors import NotPermitted, RecordDamaged, ValueRangeError
from tetrapylon.model import REGISTRY, Entity, Party, Statement, Structure, Tier, When, new_uid, thing_uid
from tetrapylon.model.dates import parse_date
from tetrapylon.model.entity import Upcaster
from tetrapylon.record import importing
from tetrapylon.record.derive import Stored
from tetrapylon.record.entry import Act, body_text, hash_text
from tetrapylon.record.layers import layer
from tetrapylon.record.sharing import share

TOWER = thing_uid("test", "structure", "tower")
SAID = When(parse_date("2016-04-26"))


@pytest.fixture
def two(tmp_path: Path) -> list[Office]:
    """A museum and engineers, who have not met yet."""
    return offices(tmp_path, "museum", "engineers")


@pytest.fixture
def three(tmp_path: Path) -> list[Office]:
    return offices(tmp_path, "museum", "engineers", "surveyors")


def live(office: Office) -> list[str]:
    return office.labels(Structure)


def forged(office: Office, act: Act, target: Stored, data: dict[str, Any], *targets: str) -> None:
    """An entry that our own writer refuses to make."""
    with office.open() as record, record.writing() as writer:
        entry = target.entry
        writer.add(
            act, entry.entity, entry.subject, data, claim=entry.claim, targets=targets or (target.hash,),
            splits=act is Act.AMEND,
        )  # fmt: skip


# --- ownership ------------------------------------------------------------------------------------------------------


def test_only_the_party_that_made_a_claim_changes_it(two: list[Office]) -> None:
    museum, engineers = two
    claim = museum.says(Structure(label="standing"), about=TOWER)
    engineers.takes_in(museum)
    for change in (engineers.retracts, engineers.erases):
        with pytest.raises(NotPermitted):
            change(claim)
    with pytest.raises(NotPermitted, match="Only the party"):
        engineers.amends(claim, Structure(label="levelled"))
    assert live(engineers) == ["standing"]


@pytest.mark.parametrize("act", [Act.AMEND, Act.RETRACT, Act.ERASE])
def test_a_forged_change_of_anothers_claim_has_no_effect(two: list[Office], act: Act) -> None:
    museum, engineers = two
    claim = museum.says(Structure(label="standing"), about=TOWER)
    engineers.takes_in(museum)
    forged(engineers, act, claim, {"label": "levelled"} if act is Act.AMEND else {"reason": "forged"})
    museum.takes_in(engineers)
    assert "standing" in live(museum)
    assert museum.dump() == engineers.dump()
    assert museum.verify().problems == []


def test_an_erasure_reaches_only_entries_about_the_thing_it_names(two: list[Office]) -> None:
    """Whether two things are refreshed together or apart must not matter."""
    museum, engineers = two
    tower, gate = museum.says(Structure(label="tower")), museum.says(Structure(label="gate"))
    engineers.takes_in(museum)
    with museum.open() as record, record.writing() as writer:
        writer.add(
            Act.ERASE, "structure", gate.entry.subject, {"reason": "?"}, targets=(f"{tower.hash}/public",), splits=False
        )
        writer.touch(tower.entry.subject)
    engineers.takes_in(museum)
    assert live(museum) == live(engineers) == ["gate", "tower"]


def test_a_claim_stays_a_claim_about_the_same_kind_of_thing(two: list[Office]) -> None:
    museum, _ = two
    claim = museum.says(Structure(label="standing"))
    with pytest.raises(ValueRangeError, match="structure"):
        museum.amends(claim, Party(label="standing"))


def test_anyone_disputes_and_the_disputed_claim_is_flagged(two: list[Office]) -> None:
    museum, engineers = two
    claim = museum.says(Structure(label="standing"), about=TOWER)
    engineers.takes_in(museum)
    dispute = engineers.disputes(claim)
    museum.takes_in(engineers)
    with museum.open() as record:
        (seen,) = record.view().claims(Structure)
        assert seen.contested
        assert seen.disputed_by == (engineers.party,)
    engineers.retracts(dispute)
    museum.takes_in(engineers)
    with museum.open() as record:
        (seen,) = record.view().claims(Structure)
        assert not seen.contested


# --- what arrives before what it is about ----------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["amend", "retract", "dispute", "erase"])
def test_a_change_may_arrive_before_its_target(three: list[Office], act: str) -> None:
    """The museum's laptop (another feed of the museum) changes a claim; its feed reaches the surveyors first."""
    museum, _, surveyors = three
    claim = museum.says(Structure(label="standing"), about=TOWER)
    laptop = museum.copied_to("laptop")
    if act == "amend":
        laptop.amends(claim, Structure(label="levelled"))
    else:
        getattr(laptop, f"{act}s")(claim)
    feed = claim.entry.feed
    only_the_laptop(laptop, surveyors, without=feed)
    assert "standing" not in live(surveyors)
    surveyors.takes_in(museum)
    late = surveyors
    laptop.takes_in(surveyors)
    assert late.dump() == laptop.dump()
    assert live(late) == {"amend": ["levelled"], "retract": [], "dispute": ["standing"], "erase": []}[act]
    assert late.verify().problems == []


def only_the_laptop(laptop: Office, receiver: Office, *, without: str) -> None:
    """Hand over a file from which one feed is missing, as an older or partial copy may be."""
    partial = laptop.twin(laptop.folder / "partial")
    with partial.open() as record, record.store.writing():
        record.store.execute("DROP TRIGGER entry_is_kept")
        record.store.execute("DROP TRIGGER part_is_kept")
        record.store.execute("DELETE FROM part WHERE entry IN (SELECT fid FROM entry WHERE feed = ?)", (without,))
        record.store.execute("DELETE FROM entry WHERE feed = ?", (without,))
    receiver.takes_in(partial)


# --- erasure and what is withheld -----------------------------------------------------------------------------------


def parts_held(office: Office, of: Stored) -> list[str]:
    with office.open() as record:
        sql = "SELECT p.tier FROM part p JOIN entry e ON e.fid = p.entry WHERE e.hash = ? ORDER BY p.tier"
        return [t for (t,) in record.store.query(sql, (of.hash,))]


def test_an_erasure_wins_over_every_later_merge(three: list[Office]) -> None:
    """Also over a share made before it, and over a copy that never heard of it."""
    museum, engineers, surveyors = three
    claim = museum.says(Statement(said=SAID, wording="said in confidence"))
    surveyors.takes_in(museum)
    with museum.open() as record:
        share(record, museum.folder / "share.gpkg")
    museum.erases(claim, [Tier.PARTNERS])
    engineers.takes_in(museum)
    for late in (surveyors, Office(museum.folder, "share", museum.folder / "share.gpkg")):
        engineers.takes_in(late)
        museum.takes_in(late)
    assert parts_held(museum, claim) == parts_held(engineers, claim) == ["public"]
    assert surveyors.takes_in(museum).erased == 1
    assert parts_held(surveyors, claim) == ["public"]
    for office in three:
        report = office.verify()
        assert report.problems == []
        assert report.erased == 1


def test_erasing_a_claim_erases_its_earlier_versions_too(two: list[Office]) -> None:
    museum, engineers = two
    first = museum.says(Statement(said=SAID, wording="said in confidence"))
    second = museum.amends(first, Statement(said=SAID, wording="said in confidence", note="corrected"))
    engineers.takes_in(museum)
    museum.erases(second, [Tier.PARTNERS])
    engineers.takes_in(museum)
    for office in two:
        assert parts_held(office, first) == parts_held(office, second) == ["public"]


def test_an_erased_text_is_gone_from_the_file(two: list[Office]) -> None:
    museum, _ = two
    claim = museum.says(Statement(said=SAID, wording="said in confidence"))
    museum.erases(claim)
    museum.snapshot(museum.folder / "copy.gpkg")
    assert b"said in confidence" not in (museum.folder / "copy.gpkg").read_bytes()
    assert b"said in confidence" not in museum.file.read_bytes()


def test_a_share_withholds_tiers_and_a_later_merge_fills_them_in(two: list[Office]) -> None:
    museum, engineers = two
    claim = museum.says(Statement(said=SAID, wording="said in confidence"))
    with museum.open() as record:
        report = share(record, museum.folder / "share.gpkg", tiers=[Tier.PUBLIC])
    assert report.withheld == {Tier.PARTNERS: 1}
    engineers.takes_in(Office(museum.folder, "share", museum.folder / "share.gpkg"))
    assert parts_held(engineers, claim) == ["public"]
    assert engineers.verify().withheld == 1
    with engineers.open() as record:
        (seen,) = record.view().claims(Statement)
        assert seen.body.wording is None
        assert seen.withheld == ("partners",)
    assert engineers.takes_in(museum).parts == 1
    with engineers.open() as record:
        assert [c.body.wording for c in record.view().claims(Statement)] == ["said in confidence"]
    museum.takes_in(engineers)
    assert engineers.dump() == museum.dump()


# --- importing again ------------------------------------------------------------------------------------------------


class Row:
    """A row of a table, as an import receives it."""

    def __init__(self, label: str, uid: str = TOWER) -> None:
        self.entity = "structure"
        self.uid = uid
        self.data = Structure(label=label).encode()
        self.source = None
        self.tier = None


def imports(office: Office, *rows: Row) -> importing.ImportReport:
    with office.open() as record:
        staged = importing.Staged(rows)  # type: ignore[arg-type]
        report = importing.write(record, staged, cited=False)
        staged.close()
        return report


def test_importing_again_adds_nothing_and_a_changed_row_amends(two: list[Office]) -> None:
    museum, _ = two
    assert imports(museum, Row("standing")).added == 1
    assert imports(museum, Row("standing")).unchanged == 1
    assert imports(museum, Row("levelled")).amended == 1
    assert live(museum) == ["levelled"]


def test_what_was_retracted_stays_retracted_when_it_is_imported_again(two: list[Office]) -> None:
    museum, engineers = two
    imports(museum, Row("standing"))
    museum.retracts(TOWER)
    report = imports(museum, Row("standing"), Row("another", thing_uid("test", "structure", "gate")))
    assert (report.retracted, report.added) == (1, 1)
    assert live(museum) == ["another"]
    engineers.takes_in(museum)
    assert live(engineers) == ["another"]


def test_an_import_does_not_bring_an_erased_part_back(two: list[Office]) -> None:
    museum, _ = two
    imports(museum, Row("standing"))
    museum.erases(TOWER)
    assert imports(museum, Row("standing")).unchanged == 1
    assert live(museum) == []


def test_the_same_case_imported_on_two_machines_of_a_party_is_amended_as_one(tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    laptop = museum.copied_to("laptop")
    imports(museum, Row("standing"))
    imports(laptop, Row("standing"))
    meet(museum, laptop)
    with museum.open() as record:
        assert not [c for c in record.view().claims(Structure) if c.contested]
    assert imports(museum, Row("levelled")).amended == 1
    assert imports(museum, Row("levelled")).unchanged == 1
    meet(museum, laptop)
    assert set(live(museum)) == set(live(laptop)) == {"levelled"}


def test_a_new_feed_of_a_party_begins_with_what_the_party_says_of_itself_now(tmp_path: Path) -> None:
    """Also when its first words about itself were amended or erased since."""
    (museum,) = offices(tmp_path, "museum")
    museum.amends(museum.party, Party(label="museum and archive"))
    laptop = museum.copied_to("laptop")
    laptop.says(Structure(label="standing"))
    museum.takes_in(laptop)
    assert set(museum.labels(Party)) == {"museum and archive"}
    with museum.open() as record:
        rows = list(record.store.query("SELECT contested FROM party WHERE is_current"))
    assert [bool(c) for (c,) in rows] == [False]


def test_a_party_that_erased_its_own_name_can_still_go_on_elsewhere(tmp_path: Path) -> None:
    (museum,) = offices(tmp_path, "museum")
    museum.erases(museum.party)
    laptop = museum.copied_to("laptop")
    laptop.says(Structure(label="standing"))
    assert live(laptop) == ["standing"]
    assert laptop.verify().problems == []


# --- what this version does not know --------------------------------------------------------------------------------


def test_an_entity_this_version_does_not_know_is_kept_and_passed_on(three: list[Office]) -> None:
    museum, engineers, surveyors = three
    with museum.open() as record, record.writing() as writer:
        writer.add(Act.ASSERT, "moon_base", TOWER, {"crew": 3}, version=7)
    engineers.takes_in(museum)
    surveyors.takes_in(engineers)
    with surveyors.open() as record:
        bodies = [b for (b,) in record.store.query("SELECT body FROM part")]
        assert '{"crew":3}' in bodies
        assert [v for (v,) in record.store.query("SELECT uid FROM moon_base")] == [TOWER]


def test_fields_this_version_does_not_know_survive_an_amendment_and_are_withheld_from_shares(two: list[Office]) -> None:
    museum, engineers = two
    claim = museum.says(Structure(label="standing", extra={"colour": "ochre"}), about=TOWER)
    museum.amends(claim, Structure(label="levelled", extra={"colour": "ochre"}))
    engineers.takes_in(museum)
    with engineers.open() as record:
        (seen,) = record.view().claims(Structure)
        assert (seen.body.label, seen.body.extra) == ("levelled", {"colour": "ochre"})
    with museum.open() as record:
        assert share(record, museum.folder / "share.gpkg").withheld == {Tier.RESTRICTED: 2}


def test_a_term_this_version_does_not_know_does_not_hide_the_other_claims(two: list[Office]) -> None:
    museum, engineers = two
    museum.says(Structure(label="standing"))
    with engineers.open() as record, record.writing() as writer:
        writer.add(Act.ASSERT, "structure", TOWER, {"label": "x", "role": "orbiting"})
        body = {"said": {"date": "the day after"}}
        writer.append(
            Act.ASSERT, "statement", 1, TOWER, new_uid(), None, None, (None, None, None), (),
            [(Tier.PUBLIC, body_text(body))], body,
        )  # fmt: skip
        writer.touch(TOWER)
    museum.takes_in(engineers)
    assert live(museum) == ["standing"]
    with museum.open() as record:
        view = record.view()
        view.claims(Structure)
        view.claims(Statement)
        assert len(view.incomplete) == 2


@pytest.fixture
def column_now() -> Iterator[type[Entity]]:
    """An entity whose second version renamed a field and turned feet into metres."""

    def to_two(data: dict[str, Any]) -> dict[str, Any]:
        feet = data.pop("feet", None)
        return data if feet is None else {**data, "tall": feet * 0.3048}

    class TestColumn(Entity):
        """A column."""

        entity_version: ClassVar[int] = 2
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: to_two}

        label: Annotated[str, "Name"]
        tall: Annotated[float | None, "Height"] = None

    layer.cache_clear()
    yield TestColumn
    del REGISTRY["test_column"]
    layer.cache_clear()


def test_an_old_body_is_read_as_the_present_version_and_never_rewritten(
    two: list[Office], column_now: type[Entity]
) -> None:
    museum, engineers = two
    with museum.open() as record, record.writing() as writer:
        old = writer.add(Act.ASSERT, "test_column", TOWER, {"label": "old", "feet": 10.0}, version=1)
        writer.add(Act.ASSERT, "test_column", thing_uid("t", "c", "2"), {"label": "new", "tall": 2.0}, version=2)
    engineers.takes_in(museum)
    with engineers.open() as record:
        heights = {c.body.label: c.body.tall for c in record.view().claims(column_now)}  # type: ignore[attr-defined]
        assert heights == {"old": pytest.approx(3.048), "new": 2.0}
        assert dict(record.store.query("SELECT label, tall FROM test_column")) == heights
        sql = "SELECT p.body FROM part p JOIN entry e ON e.fid = p.entry WHERE e.hash = ? ORDER BY p.tier"
        assert [b for (b,) in record.store.query(sql, (old.hash,))] == ['{"label":"old"}', '{"feet":10.0}']


# --- what no line of an entry can hold ------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", ["", "-", "two words", "two\nlines", "a\u2028b"])
def test_a_uid_that_would_break_an_entrys_lines_is_refused(two: list[Office], uid: str) -> None:
    museum, _ = two
    with museum.open() as record, record.writing() as writer, pytest.raises(ValueRangeError, match="uid"):
        writer.add(Act.ASSERT, "structure", uid, {"label": "x"})


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("\nversion 1\n", "\nversion 01\n", "form"),
        ("\nentity structure\n", "\nentity Structure\n", "entity"),
        ("\nact assert\n", "\nact applaud\n", "not understood"),
        ("\nfrom -\n", "\nfrom yesterday\n", "yesterday"),
        ("\nentity party\n", "\nentity place\n", "begins with"),
    ],
)
def test_an_entry_in_another_form_is_refused_even_when_its_hash_fits(
    two: list[Office], before: str, after: str, named: str
) -> None:
    museum, engineers = two
    if "party" not in before:
        engineers.says(Structure(label="standing"))
    with engineers.open() as record, record.store.writing():
        sql = "SELECT fid, text FROM entry ORDER BY seq DESC LIMIT 1"
        fid, text = next(record.store.query(sql))
        record.store.execute("DROP TRIGGER entry_is_fixed")
        text = text.replace(before, after)
        record.store.execute("UPDATE entry SET text = ?, hash = ? WHERE fid = ?", (text, hash_text(text), fid))
    with pytest.raises(RecordDamaged, match=named):
        museum.takes_in(engineers)
