"""The headline and the ledger, from the record of the case to the words on the screen."""

from __future__ import annotations

import pytest
from tests.main_job.conftest import LAST, Command

from tetrapylon.clear.ledger import Ledger
from tetrapylon.evidence.findings import Finding, FindingKind
from tetrapylon.record.record import Record
from tetrapylon.workflow.clear import clearance_ledger
from tetrapylon.workflow.headline import banner_of, headline


@pytest.fixture
def book(palmyra: Record) -> Ledger:
    return clearance_ledger(palmyra, **LAST).result


def one(book: Ledger, kind: FindingKind, quantity: str, *names: str) -> Finding:
    (found,) = (f for f in book.of(kind) if (f.quantity, f.names) == (quantity, names))
    return found


def test_the_headline_and_the_banner(palmyra: Record) -> None:
    view = palmyra.view(**LAST)
    assert str(headline(view)) == "28 figures, 23 statements, 0 release decisions; 53 of 73 structures reported on"
    assert banner_of(view) == "Historical case from published reports. Not for deciding where to go."


@pytest.mark.parametrize(
    ("quantity", "first", "last", "shown"),
    [
        ("items", "cp_0017", "cp_0018", "at least 19,000 -> cp_0018 (2016-06-07): about 17,500"),
        ("roads", "cp_0017", "cp_0018", "116 km -> cp_0018 (2016-06-07): 23 km"),
        ("buildings", "cp_0016", "cp_0018", "8,500 -> cp_0018 (2016-06-07): at least 2,500"),
        ("area", "cp_0019", "cp_0026", "2,600 ha -> cp_0026 (2017-10-05): 2,339 ha"),
    ],
)
def test_falls(book: Ledger, seen: Command, quantity: str, first: str, last: str, shown: str) -> None:
    assert shown in one(book, FindingKind.FALL, quantity, first, last).arithmetic
    assert shown in seen("clear", "ledger").words


def test_buildings_are_compatible_as_a_bound(book: Ledger, seen: Command) -> None:
    assert one(book, FindingKind.FALL, "buildings", "cp_0016", "cp_0018").compatible
    assert 'compatible as a bound: "at least 2,500" leaves room for 8,500' in seen("clear", "ledger").words


def test_the_first_campaign_is_larger_than_both(book: Ledger, seen: Command) -> None:
    one(book, FindingKind.CONTRADICTION, "area", "cp_0019", "cp_0026")
    words = seen("clear", "ledger").words
    assert (
        "cp_0019 (2016-06-09): 2,600 ha is part of cp_0026 (2017-10-05): 2,339 ha: the part is larger than its whole"
        in words
    )


@pytest.mark.parametrize(
    "shown",
    [
        "200,000 m2 / (100 persons x 2 days) = 1,000 m2/person/day",
        "40,000 m2 / 150 persons = 267 m2/person/day",
        "persons include support staff",
        "manual clearance: 10 to 50 m2/person/day (HALO Trust) [V]",
        "methods named; no area per method, depth, completion report or quality check on record",
    ],
)
def test_rates_with_arithmetic_and_ranges_and_what_is_missing(seen: Command, shown: str) -> None:
    assert shown in seen("clear", "ledger").words


def test_a_retelling_is_posted_once(book: Ledger, seen: Command) -> None:
    told_again = {f.names[1:] for f in book.of(FindingKind.RETELLING)}
    posted = {p.figure.name for a in book.accounts for p in (*a.totals, *a.days, *a.at_date)}
    again = {name for names in told_again for name in names}
    assert len(again) == book.claims - book.lineages == 5
    assert not posted & again
    assert "told again by cp_0003 - one lineage, counted once" in seen("clear", "ledger").words


def test_no_account_mixes_scopes_or_campaigns(book: Ledger) -> None:
    for account in book.accounts:
        scopes = {p.figure.scope for p in (*account.totals, *account.days, *account.at_date)}
        assert len({(s.where, s.campaigns) for s in scopes}) == 1
    assert not hasattr(book, "total")


def test_scopes_that_differ_are_named(book: Ledger, seen: Command) -> None:
    one(book, FindingKind.SCOPES_DIFFER, "roads", "cp_0011", "cp_0012")
    assert "the later figure covers a part of the earlier scope: not a fall" in seen("clear", "ledger").words


def test_every_party_is_shown_with_how_many_of_its_figures_were_examined(book: Ledger, seen: Command) -> None:
    shown = seen("clear", "ledger").out.split("Whose figures the rules examined")[1]
    first_words = {e.speaker.split()[0] for e in book.examined}
    assert all(word in shown for word in first_words)
    mod = {e.rule: e for e in book.examined if e.speaker == "Russian Ministry of Defence"}
    assert (mod[FindingKind.FALL].numbers, mod[FindingKind.FALL].compared) == (4, 4)
    assert "4 (4)" in shown


def test_nothing_is_called_false_or_a_lie(seen: Command) -> None:
    words = seen("clear", "ledger").words.lower()
    assert not any(word in words.split() for word in ("false", "lie", "lied", "wrong", "untrue"))


def test_an_earlier_day_of_knowledge_knows_fewer_figures(palmyra: Record) -> None:
    early = clearance_ledger(palmyra, on="2016-04-30", known="2016-04-30").result
    assert 0 < early.claims < 28
    assert not [f for f in early.findings if "cp_0018" in f.names]
