"""The ledger on the published figures of Palmyra, 2016 to 2025."""

from __future__ import annotations

import math

import pytest
from tests.support import palmyra

from tetrapylon.clear.ledger import RANGES, Ledger, OnRecord, ledger
from tetrapylon.evidence.findings import Finding, FindingKind
from tetrapylon.model import Claim, Progress, QualityCheck, Stated
from tetrapylon.model.terms import CheckResult, SearchMethod


@pytest.fixture(scope="module")
def book() -> Ledger:
    return ledger(palmyra.clearance(), palmyra.statements(), palmyra.places(), structures=palmyra.structures())


def pairs(book: Ledger, kind: FindingKind) -> set[tuple[str, str, str]]:
    return {(f.names[0], f.names[-1], f.quantity) for f in book.of(kind)}


def one(book: Ledger, kind: FindingKind, first: str, last: str, quantity: str) -> Finding:
    (found,) = [f for f in book.of(kind) if (f.names[0], f.names[-1], f.quantity) == (first, last, quantity)]
    return found


def test_falls_of_the_stated_figure(book: Ledger) -> None:
    falls = pairs(book, FindingKind.FALL)
    assert {
        ("cp_0017", "cp_0018", "items"),
        ("cp_0017", "cp_0018", "roads"),
        ("cp_0016", "cp_0018", "buildings"),
        ("cp_0019", "cp_0026", "area"),
        ("cp_0001", "cp_0004", "items"),
    } <= falls


@pytest.mark.parametrize(
    ("first", "last", "quantity", "text"),
    [
        ("cp_0017", "cp_0018", "items", "at least 19,000 -> cp_0018 (2016-06-07): about 17,500"),
        ("cp_0017", "cp_0018", "roads", "116 km -> cp_0018 (2016-06-07): 23 km"),
        ("cp_0016", "cp_0018", "buildings", "8,500 -> cp_0018 (2016-06-07): at least 2,500"),
        ("cp_0019", "cp_0026", "area", "2,600 ha -> cp_0026 (2017-10-05): 2,339 ha"),
    ],
)
def test_each_fall_shows_its_figures(book: Ledger, first: str, last: str, quantity: str, text: str) -> None:
    assert text in one(book, FindingKind.FALL, first, last, quantity).arithmetic


def test_the_buildings_are_compatible_as_a_bound_and_the_items_turn_on_about(book: Ledger) -> None:
    buildings = one(book, FindingKind.FALL, "cp_0016", "cp_0018", "buildings")
    assert buildings.compatible
    assert any("compatible as a bound" in note for note in buildings.notes)
    items = one(book, FindingKind.FALL, "cp_0017", "cp_0018", "items")
    assert not items.compatible
    assert items.by_about


def test_the_area_of_one_campaign_is_larger_than_that_of_both(book: Ledger) -> None:
    fall = one(book, FindingKind.FALL, "cp_0019", "cp_0026", "area")
    assert "part larger than its whole" in fall.notes
    assert ("cp_0019", "cp_0026", "area") in pairs(book, FindingKind.CONTRADICTION)


def test_contradictions_of_the_first_days(book: Ledger) -> None:
    found = pairs(book, FindingKind.CONTRADICTION)
    assert ("cp_0007", "cp_0009", "area") in found  # 20 ha or 51 ha of 234 ha on the same two days
    assert ("cp_0001", "cp_0002", "items") in found  # 1,230 or more than 3,000
    assert ("cp_0002", "cp_0004", "items") in found  # more than 3,000 or about 500
    assert ("cp_0022", "cp_0024", "items") in found  # more than 120 in the first hours, 108 in the first day


@pytest.mark.parametrize(
    ("first", "last", "quantity"),
    [
        ("cp_0016", "cp_0018", "area"),  # 825 ha and "more than 800 ha"
        ("cp_0017", "cp_0018", "area"),
        ("cp_0016", "cp_0018", "items"),  # about 18,000 and about 17,500 are the same within "about"
        ("cp_0011", "cp_0012", "roads"),  # over 30 km for all, 23 km for the historic part
        ("cp_0011", "cp_0013", "roads"),
        ("cp_0007", "cp_0008", "area"),  # 20 ha and more than 20 ha
        ("cp_0026", "cp_0027", "items"),  # another force, another campaign
        ("cp_0020", "cp_0022", "personnel"),  # people present come and go
    ],
)
def test_what_is_no_fall_and_no_contradiction(book: Ledger, first: str, last: str, quantity: str) -> None:
    named = {(f.kind, f.names, f.quantity) for f in book.findings}
    for kind in (FindingKind.FALL, FindingKind.CONTRADICTION):
        assert (kind, (first, last), quantity) not in named


def test_scopes_differ_for_the_roads_of_april(book: Ledger) -> None:
    assert ("cp_0011", "cp_0012", "roads") in pairs(book, FindingKind.SCOPES_DIFFER)


def test_retellings_are_posted_once(book: Ledger) -> None:
    assert (book.claims, book.lineages) == (28, 23)
    retold = {(f.names[0], *f.names[1:]) for f in book.of(FindingKind.RETELLING)}
    assert retold == {
        ("cp_0001", "cp_0003"),
        ("cp_0012", "cp_0014"),
        ("cp_0013", "cp_0015"),
        ("cp_0022", "cp_0023"),
        ("cp_0027", "cp_0028"),
    }
    posted = [p.figure.name for a in book.accounts for p in (*a.totals, *a.days, *a.at_date)]
    assert not {"cp_0003", "cp_0014", "cp_0015", "cp_0023", "cp_0028"} & set(posted)
    assert len(posted) == len(book.figures) - 7


def test_one_day_figures_stand_apart_and_parts_are_marked_as_inside(book: Ledger) -> None:
    historic = next(a for a in book.accounts if a.quantity == "items" and a.label.startswith("Historic"))
    assert [p.figure.name for p in historic.totals] == ["cp_0010", "cp_0012"]
    assert [p.figure.name for p in historic.days] == ["cp_0006"]
    assert historic.inside == (
        "All ground in the clearance totals, 2016",
        "All ground in the clearance totals, 2016+2017",
    )
    assert historic.latest is not None
    assert historic.latest.figure.stated == Stated(2_991)
    assert all(len({p.figure.scope.campaigns for p in (*a.totals, *a.days)}) <= 1 for a in book.accounts)


def test_the_rates_with_their_arithmetic(book: Ledger) -> None:
    by_area = {rate.figures[0].name: rate for rate in book.rates}
    own, joined = by_area["cp_0007"], by_area["cp_0024"]
    assert own.arithmetic.startswith("200,000 m2 / (100 persons x 2 days) = 1,000 m2/person/day")
    assert joined.arithmetic.startswith("40,000 m2 / 150 persons = 267 m2/person/day")
    assert "area: about 4 ha from cp_0024 (about 2017-03-19); persons: 150 from cp_0022 (2017-03-18)" in joined.notes
    assert all("persons include support staff" in rate.notes for rate in book.rates)
    assert by_area["cp_0006"].value.hi == math.inf  # more than 20 ha in one day
    assert {f.names[0] for f in book.of(FindingKind.OUTSIDE_RANGE)} == set(by_area)


def test_the_published_ranges_carry_their_marks(book: Ledger) -> None:
    assert {r.mark for r in RANGES} <= {"V", "C", "K", "R"}
    finding = next(f for f in book.of(FindingKind.OUTSIDE_RANGE) if f.names[0] == "cp_0007")
    assert any("manual clearance: 10 to 50 m2/person/day (HALO Trust) [V]" in note for note in finding.notes)


def test_what_the_record_lacks_to_read_the_figures_by(book: Ledger) -> None:
    lacking = "no area per method, depth, completion report or quality check on record"
    assert book.missing_text == f"methods named; {lacking}"


def test_a_check_on_record_is_no_longer_missing() -> None:
    day = palmyra.when("2016-05-01", "day")
    check = QualityCheck(local_id="qc", date=day, inspector="somebody", result=CheckResult.CONFORMING)  # type: ignore[arg-type]
    progress = Progress(local_id="p", date=day, method=SearchMethod.DOGS, area=Stated(100))
    more = OnRecord(
        checks=(Claim(uid="qc", body=check, entry="", party="p", known="2016-05-01"),),
        progress=(Claim(uid="p", body=progress, entry="", party="p", known="2016-05-01"),),
    )
    book = ledger(palmyra.clearance(), palmyra.statements(), palmyra.places(), on_record=more)
    assert book.missing_text == "methods named; no depth or completion report on record"


def test_every_party_is_examined_by_the_same_rules(book: Ledger) -> None:
    speakers = {c.body.claimed_by for c in palmyra.clearance()}
    told = {e.speaker for e in book.examined if e.rule is FindingKind.RETELLING}
    assert told == speakers
    totals = {e.speaker: e for e in book.examined if e.rule is FindingKind.FALL}
    assert totals["Russian Ministry of Defence"].numbers == 4
    assert totals["Syrian army engineers (new authorities)"].compared == 0  # nothing on record to compare it with


def test_a_likely_retelling_is_proposed_and_not_merged(book: Ledger) -> None:
    names = {c.uid: c.name for c in palmyra.statements()}
    assert [(names[p.one], names[p.other]) for p in book.proposals] == [("st_cp_0007", "st_cp_0008")]


def test_an_empty_record_has_nothing_to_say() -> None:
    empty = ledger((), (), ())
    assert (empty.claims, empty.lineages, empty.findings, empty.accounts, empty.missing) == (0, 0, (), (), ())
