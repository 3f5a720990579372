"""What a view shows: two clocks, identity, settled contradictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely import Point
from tests.support.offices import Office, offices

from tetrapylon.model import (
    Decision,
    DistinctFrom,
    HazardReport,
    OrdnanceItem,
    Precision,
    SameAs,
    Source,
    Structure,
    Team,
    Tier,
    When,
    thing_uid,
)
from tetrapylon.model.hazards import HazardKind
from tetrapylon.model.terms import DecisionKind, OrdnanceCategory
from tetrapylon.record import importing
from tetrapylon.record.entry import now
from tetrapylon.record.record import Record
from tetrapylon.record.shown import RememberingView, ShownView

TOWER, GATE, ARCH = (thing_uid("test", "structure", name) for name in ("tower", "gate", "arch"))


@pytest.fixture
def museum(tmp_path: Path) -> Office:
    (office,) = offices(tmp_path, "museum")
    return office


@pytest.fixture
def engineers(museum: Office) -> Office:
    return Office(museum.folder, "engineers")


def day(text: str, precision: Precision = Precision.DAY) -> When:
    return When(dt.date.fromisoformat(text), precision)


# --- two clocks -----------------------------------------------------------------------------------------------------


def test_cited_history_is_known_from_its_publication_native_claims_from_now(museum: Office) -> None:
    museum.says(Structure(label="cited"), published="2016-04-26")
    museum.says(Structure(label="own words"))
    assert museum.labels(Structure, known="2016-04-25") == []
    assert museum.labels(Structure, known="2016-04-26") == ["cited"]
    assert museum.labels(Structure) == ["cited", "own words"]


def test_a_received_claim_is_known_from_when_it_was_received_never_back_dated(
    museum: Office, engineers: Office
) -> None:
    """Whatever the clock of the engineers' laptop said."""
    engineers.says(Structure(label="levelled"))
    engineers.says(Structure(label="cited by them"), published="2016-04-26")
    before = now()
    museum.takes_in(engineers)
    assert museum.labels(Structure, known=before) == ["cited by them"]
    assert museum.labels(Structure) == ["cited by them", "levelled"]
    assert engineers.labels(Structure, known=before) == ["cited by them", "levelled"]


def test_what_a_copied_file_held_already_keeps_its_time_when_more_of_the_feed_is_received(museum: Office) -> None:
    museum.says(Structure(label="early"))
    laptop = museum.copied_to("laptop")
    laptop.says(Structure(label="from the laptop"))
    museum.says(Structure(label="late"))
    before = now()
    laptop.takes_in(museum)
    assert laptop.labels(Structure, known=before) == ["early", "from the laptop"]
    assert laptop.labels(Structure) == ["early", "from the laptop", "late"]
    assert laptop.verify().problems == []


def test_a_retracted_claim_stays_readable_as_of_an_earlier_day(museum: Office) -> None:
    claim = museum.says(Structure(label="standing"), published="2016-04-26")
    museum.retracts(claim)
    assert museum.labels(Structure) == []
    assert museum.labels(Structure, known="2020-01-01") == ["standing"]


def test_an_amended_claim_shows_the_version_known_at_the_time(museum: Office) -> None:
    claim = museum.says(Structure(label="standing"))
    before = now()
    museum.amends(claim, Structure(label="levelled"))
    assert museum.labels(Structure, known=before) == ["standing"]
    assert museum.labels(Structure) == ["levelled"]


@pytest.mark.parametrize(
    ("published", "not_yet", "known"),
    [
        (day("2016-04-26"), "2016-04-25", "2016-04-26"),
        (day("2016-04-01", Precision.MONTH), "2016-04-29", "2016-04-30"),
        (day("2016-01-01", Precision.YEAR), "2016-12-30", "2016-12-31"),
    ],
)
def test_a_cited_report_counts_as_known_from_the_end_of_its_sources_date(
    museum: Office, published: When, not_yet: str, known: str
) -> None:
    """And where things are is background, known before the case begins."""
    source = thing_uid("test", "source", "paper")
    report = HazardReport(date=day("2016-04-21"), kind=next(iter(HazardKind)), description="mines seen")
    rows = [
        _Row("source", source, Source(heading="paper", published=published), None),
        _Row("hazard_report", GATE, report, source),
        _Row("structure", TOWER, Structure(label="tower"), source),
    ]
    with museum.open() as record:
        importing.write(record, importing.Staged(rows), cited=True)  # type: ignore[arg-type]
        assert not record.view(on="2017-01-01", known=not_yet).claims(HazardReport)
        assert len(record.view(on="2017-01-01", known=known).claims(HazardReport)) == 1
        assert [c.body.label for c in record.view(on="1900-01-01", known="1900-01-01").claims(Structure)] == ["tower"]


class _Row:
    def __init__(self, entity: str, uid: str, body: Source | HazardReport | Structure, source: str | None) -> None:
        self.entity, self.uid, self.data, self.source, self.tier = entity, uid, body.encode(), source, None


def test_on_asks_for_what_was_true_on_the_ground_that_day(museum: Office) -> None:
    museum.says(Team(label="spring team", start=day("2016-04-01"), end=day("2016-06-30")), published="2016-07-01")
    museum.says(Team(label="some time in 2017", start=day("2017-06-01", Precision.YEAR)), published="2018-01-01")
    assert museum.labels(Team, on="2016-03-31") == []
    assert museum.labels(Team, on="2016-04-01") == ["spring team"]
    assert museum.labels(Team, on="2016-06-30") == ["spring team"]
    assert museum.labels(Team, on="2016-07-01") == []
    assert museum.labels(Team, on="2017-01-01") == ["some time in 2017"]  # a year may mean its first day


# --- identity ---------------------------------------------------------------------------------------------------------


def clusters(record: Record, known: str | None = None) -> set[frozenset[str]]:
    return set(record.view(known=known).same.values())


def test_things_said_to_be_the_same_form_clusters_nothing_is_merged(museum: Office, engineers: Office) -> None:
    museum.says(SameAs(one=TOWER, other=GATE))
    before = now()
    engineers.says(SameAs(one=GATE, other=ARCH))
    museum.takes_in(engineers)
    with museum.open() as record:
        assert clusters(record) == {frozenset({TOWER, GATE, ARCH})}
        assert clusters(record, before) == {frozenset({TOWER, GATE})}


def test_distinct_from_undoes_same_as_and_a_dispute_suspends_it(museum: Office, engineers: Office) -> None:
    museum.says(SameAs(one=TOWER, other=GATE))
    apart = museum.says(DistinctFrom(one=GATE, other=TOWER))
    with museum.open() as record:
        assert clusters(record) == set()
    museum.retracts(apart)
    with museum.open() as record:
        assert clusters(record) == {frozenset({TOWER, GATE})}
        (same,) = record.view().claims(SameAs)
    engineers.takes_in(museum)
    engineers.disputes(same.entry)
    with engineers.open() as record:
        assert clusters(record) == set()


# --- contradiction and decision -----------------------------------------------------------------------------------


@pytest.fixture
def contested(museum: Office, engineers: Office) -> tuple[str, str]:
    """Museum and engineers contradict each other about the tower; entry hashes of both claims."""
    ours = museum.says(Structure(label="standing"), about=TOWER)
    theirs = engineers.says(Structure(label="levelled"), about=TOWER)
    museum.takes_in(engineers)
    return ours.hash, theirs.hash


def settled(office: Office, *recognise: str) -> list[str]:
    """Labels about the tower that are not contested in a view that recognises these parties."""
    with office.open() as record:
        claims = record.view(recognise=recognise).claims(Structure, uid=TOWER)
        return [c.body.label for c in claims if not c.contested]


def test_contradictions_stay_visible_until_decided(museum: Office, contested: tuple[str, str]) -> None:
    with museum.open() as record:
        (contest,) = [c for c in record.view().contests() if c.entity == "structure"]
        assert set(contest.entries) == set(contested)
        assert len(contest.parties) == 2


def test_a_decision_settles_only_where_its_maker_is_recognised(
    museum: Office, engineers: Office, contested: tuple[str, str]
) -> None:
    maker = museum.party
    museum.says(Decision(kind=DecisionKind.SETTLE, made_by=maker, start=day("2016-01-01"), about=(contested[1],)))
    assert settled(museum) == []
    assert settled(museum, engineers.party) == []
    assert settled(museum, maker) == ["levelled"]
    with museum.open() as record:
        first = record.view(recognise=[maker]).claims(Structure, uid=TOWER)[0]
        assert (first.body.label, first.contested) == ("levelled", False)


def test_nobody_decides_in_anothers_name(museum: Office, engineers: Office, contested: tuple[str, str]) -> None:
    """A decision ascribed to the museum counts only from the museum, or from a party the view recognises too."""
    decision = Decision(kind=DecisionKind.SETTLE, made_by=museum.party, start=day("2016-01-01"), about=(contested[1],))
    engineers.says(decision)
    museum.takes_in(engineers)
    assert settled(museum, museum.party) == []
    assert settled(museum, museum.party, engineers.party) == ["levelled"]


def test_a_decision_no_longer_in_force_settles_nothing(museum: Office, contested: tuple[str, str]) -> None:
    maker = museum.party
    museum.says(
        Decision(
            kind=DecisionKind.SETTLE, made_by=maker, start=day("2016-01-01"), end=day("2016-12-31"), about=contested[:1]
        )
    )
    assert settled(museum, maker) == []
    with museum.open() as record:
        view = record.view(on="2016-06-01", recognise=[maker])
        assert [c.contested for c in view.claims(Structure, uid=TOWER)] == [False, True]


def test_a_view_that_remembers_knows_what_it_was_made_of(make_record: Callable[..., Record]) -> None:
    """Highest tier and digest are those of a view that reads everything itself, also when another view had read it."""
    record = make_record()
    with record.writing() as writer:
        writer.claim(Structure(label="Gate"))
        writer.claim(
            OrdnanceItem(found=When(dt.date(2016, 4, 1)), category=OrdnanceCategory.OTHER, geometry=Point(38.2, 34.5))
        )
    kept: dict[tuple[Any, ...], Any] = {}

    def remember(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def views() -> Iterator[RememberingView]:
        yield RememberingView(record, remember=remember)
        yield ShownView(record, tiers=tuple(Tier), remember=remember)

    plain = record.view()
    assert plain.claims(Structure)
    assert plain.highest_tier is Tier.PUBLIC
    assert plain.claims(OrdnanceItem)
    assert plain.highest_tier is Tier.RESTRICTED
    for _ in range(2):
        for view in views():
            assert view.claims(Structure) == plain.claims(Structure)
            assert view.highest_tier is Tier.PUBLIC
            view.claims(OrdnanceItem)
            assert (view.highest_tier, view.digest()) == (plain.highest_tier, plain.digest())
