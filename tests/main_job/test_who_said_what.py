"""COORDINATE on the record of the case."""

from __future__ import annotations

import pytest
from tests.main_job.conftest import LAST, Command

from tetrapylon.record.record import Record
from tetrapylon.workflow.coordinate import Said, commitments, consent_report, statements

ORIGIN = "moscow_times_20160328"


@pytest.fixture
def said(palmyra: Record) -> Said:
    return statements(palmyra, source=ORIGIN, also=("UNESCO",), **LAST).result


def test_who_is_heard_in_the_origin_article(said: Said, seen: Command) -> None:
    heard = {h.speaker: len(h.statements) for h in said.heard}
    assert heard == {"Vladimir Putin": 4, "Dmitry Peskov": 2, "Bashar al-Assad": 1, "UNESCO": 0}
    words = seen("coordinate", "statements", "--source", ORIGIN, "--also", "UNESCO").words
    assert "Vladimir Putin: 4, via Dmitry Peskov" in words
    assert "Bashar al-Assad: 1, via Dmitry Peskov" in words
    assert "UNESCO: 0" in words


def test_all_eight_statements_with_their_chains(said: Said) -> None:
    names = {c.claim.name for c in said.chains}
    assert {f"st_ev_{n:04}" for n in range(15, 23)} <= names
    (chain,) = (str(c) for c in said.chains if c.claim.name == "st_ev_0019")
    assert chain == "st_ev_0019: Bashar al-Assad < Dmitry Peskov < TASS < The Moscow Times"


def test_pledges_and_what_was_left_open(palmyra: Record, seen: Command) -> None:
    promised = commitments(palmyra, **LAST).result
    assert len(promised.pledges) == 6
    words = seen("coordinate", "commitments").words
    assert "Help to remove mines from Palmyra; not specified: forces, dates, boundary, depth, quality checks" in words
    assert "no release decision on record" in words


def test_decisions_of_the_committee_and_what_was_submitted_when(palmyra: Record, seen: Command) -> None:
    promised = commitments(palmyra, **LAST).result
    assert {"rec_42com_limit_work", "rec_43com_first_aid_only"} <= {d.name for d in promised.decisions}
    assert {s.name for s in promised.submissions} == {"ev_0067", "rec_45com_taskforce"}
    words = seen("coordinate", "commitments").words
    assert "work_arch_phase1 (about 2022-07-14): asked for by rec_43com_first_aid_only; no submission before" in words


def test_no_consent_is_on_record_and_none_is_made_of_what_was_said(palmyra: Record, seen: Command) -> None:
    found = consent_report(palmyra, **LAST).result
    assert len(found) == 67, "every structure that is not a group"
    assert all(c.granted is None for c in found)
    (arch,) = (c for c in found if c.structure.name == "monumental_arch")
    assert [s.name for s in arch.said] == ["ev_0067", "rec_45com_taskforce"]
    words = seen("coordinate", "consents").words
    assert "66 structures" in words
    assert "World Heritage Committee: not on record" in words


def test_what_is_published_later_is_not_heard_earlier(palmyra: Record) -> None:
    early = statements(palmyra, on="2016-03-27", known="2016-03-27").result
    assert ORIGIN not in {c.claim.name for c in early.chains}
    assert "st_ev_0030" not in {c.claim.name for c in early.chains}
