"""Who is heard in the article the project began with, and through whom."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.coordinate.statements import Chain, chains, heard
from tetrapylon.model import Claim, Statement, When

ARTICLE = palmyra.uid("source", "moscow_times_20160328")


def article() -> list[Chain]:
    found = chains(palmyra.statements(), parties=palmyra.parties())
    return [c for c in found if c.claim.body.source == ARTICLE and c.claim.name != "st_ev_0030"]


CHAINS = """
st_ev_0015: Vladimir Putin < Dmitry Peskov (Kremlin spokesman) < TASS < The Moscow Times
st_ev_0016: Vladimir Putin < Dmitry Peskov < TASS < The Moscow Times
st_ev_0017: Dmitry Peskov < TASS < The Moscow Times
st_ev_0018: Dmitry Peskov < TASS < The Moscow Times
st_ev_0019: Bashar al-Assad < Dmitry Peskov < TASS < The Moscow Times
st_ev_0020: Vladimir Putin < Dmitry Peskov < TASS < The Moscow Times
st_ev_0021: Vladimir Putin < Dmitry Peskov < TASS < The Moscow Times
st_ev_0022: Dmitry Peskov < The Moscow Times observing (a remark on what was not said)
"""


def test_chains_of_the_article():
    assert [str(c) for c in article()] == CHAINS.strip().splitlines()


def test_putin_four_peskov_two_assad_one_through_peskov_and_unesco_none():
    """An article about Russia and UNESCO quotes nobody of UNESCO."""
    rows = {h.speaker: h for h in heard(article(), also=["UNESCO"])}
    assert {name: h.count for name, h in rows.items()} == {
        "Vladimir Putin": 4, "Dmitry Peskov": 2, "Bashar al-Assad": 1, "UNESCO": 0,
    }  # fmt: skip
    assert rows["Bashar al-Assad"].via == ("Dmitry Peskov",)
    assert rows["Dmitry Peskov"].by_omission == ("st_ev_0022",)


def test_speakers_are_the_same_with_and_without_the_parties():
    by_party, by_words = (chains(palmyra.statements(), parties=p) for p in (palmyra.parties(), ()))
    of = {c.claim.name: c.speaker for c in by_words}
    assert all(of[c.claim.name] == c.speaker for c in by_party if c.claim.body.source == ARTICLE)


def test_a_report_of_an_occurrence_quotes_nobody():
    found = chains(palmyra.statements(), parties=palmyra.parties())
    outlet = [c for c in found if c.claim.name == "st_ev_0030"]
    assert [h.speaker for h in heard(outlet)] == ["The Moscow Times"]
    assert not heard(outlet, quoted_only=True)


def test_retellings_are_shown_and_not_counted():
    found = {c.claim.name: c for c in chains(palmyra.statements())}
    assert sum(c.is_retelling for c in found.values()) == 5
    assert found["st_cp_0001"].retold_by == ("st_cp_0003",)
    assert found["st_cp_0003"].is_retelling
    counted = [name for row in heard(list(found.values())) for name in row.statements]
    assert "st_cp_0003" not in counted
    assert "st_cp_0001" in counted


def test_a_spokesman_who_speaks_for_another_is_the_way_not_the_speaker():
    found = {c.claim.name: c for c in chains(palmyra.statements())}
    assert found["st_ev_0027"].speaker == "Vladimir Putin"
    assert found["st_ev_0027"].via == "Irina Bokova"


names = st.sampled_from(["A", "B", "C"])


@given(st.lists(st.tuples(names, st.integers(0, 3), st.booleans()), max_size=12))
def test_every_root_is_counted_once_for_one_speaker(drawn):
    """However often statements are retold, the counts add up to the statements that retell nothing and omit nothing."""
    statements, expected = [], 0
    for i, (name, copies, omission) in enumerate(drawn):
        body = Statement(local_id=f"s{i}", said=When(dt.date(2020, 1, 1)), stated_by=name, by_omission=omission)
        statements.append(Claim(f"s{i}", body, "0", "p", ""))
        expected += not omission
        for k in range(copies):
            copy = Statement(
                local_id=f"s{i}.{k}", said=When(dt.date(2020, 1, 2)), stated_by="Z", derived_from=(f"s{i}",)
            )
            statements.append(Claim(f"s{i}.{k}", copy, "0", "p", ""))
    rows = heard(chains(statements))
    assert sum(r.count for r in rows) == expected
    assert "Z" not in {r.speaker for r in rows}
