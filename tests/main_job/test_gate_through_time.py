"""The gate on the record of the case, as of several days on the ground and of knowledge."""

from __future__ import annotations

import pytest
from tests.main_job.conftest import LAST, Command

from tetrapylon.model import GateState, LandRelease
from tetrapylon.record.record import Record
from tetrapylon.workflow.clear import gate_report

BEL = "temple_of_bel_cella"


def because(record: Record, structure: str, on: str, known: str) -> str:
    (found,) = gate_report(record, structure=structure, on=on, known=known).result.of
    assert all(s.state is GateState.HELD for s in found.statuses.values())
    assert len(found.statuses) == 3
    return "\n".join(dict.fromkeys(b.text for s in found.statuses.values() for b in s.because))


def test_bel_before_and_after_the_refusal_was_published(palmyra: Record) -> None:
    before = because(palmyra, BEL, "2016-04-26", "2016-04-26")
    assert "claimed cleared 2016-04-21" in before
    assert "a claim is not a release" in before
    for name in ("hz_0028", "ev_0040", "cr_0092"):
        assert name not in before
    after = because(palmyra, BEL, "2016-04-26", "2016-04-27")
    for name in ("hz_0028", "ev_0040", "cr_0092"):
        assert name in after
    assert "access refused or not possible, 2016-04-26" in after


def test_bel_on_the_command_line(command: Command, palmyra_file: object) -> None:
    def gate(known: str) -> str:
        done = command("clear", "gate", palmyra_file, "--structure", BEL, "--on", "2016-04-26", "--known", known)
        assert done.code == 0
        return done.words

    before, after = gate("2016-04-26"), gate("2016-04-27")
    for kind in ("ground: held", "rubble: held", "voids: held"):
        assert kind in before
        assert kind in after
    assert "claimed cleared 2016-04-21" in before
    assert "access refused" not in before
    assert "hz_0028, ev_0040" in after
    assert "(cr_0092)" in after


def test_october_2025_holds_every_structure(palmyra: Record, seen: Command) -> None:
    gates = gate_report(palmyra, **LAST).result
    assert (gates.released, len(gates.of), gates.held) == (0, 73, 73)
    assert palmyra.view(**LAST).claims(LandRelease) == []
    words = seen("clear", "gate").words
    assert "0 of 73 structures have a release Decision; 73 are held for ground, rubble and voids." in words
    assert "(hz_0047)" in words
    assert "no formal survey exists (hz_0048)" in words
    assert words.count("no formal survey exists (hz_0048)") == 1, "shared reasons are said once"


def test_the_overview_names_every_structure_and_every_reason(palmyra: Record, seen: Command) -> None:
    words = seen("clear", "gate").words
    for gate in gate_report(palmyra, **LAST).result.of:
        assert gate.structure.name in words
        for status in gate.statuses.values():
            for reason in status.because:
                assert " ".join(reason.text.split()) in words


def test_a_change_of_control_lapses_earlier_claims(palmyra: Record) -> None:
    assert "lapsed with" not in because(palmyra, BEL, "2016-12-10", "2017-01-31")
    assert "lapsed with the change of control of 2016-12-11" in because(palmyra, BEL, "2016-12-11", "2017-03-31")
    assert "lapsed with the change of control of 2017-03-02" in because(palmyra, BEL, **LAST)


@pytest.mark.parametrize("activity", ["visit", "recording", "works"])
def test_no_activity_is_authorised_anywhere(palmyra: Record, activity: str) -> None:
    assert gate_report(palmyra, activity=activity, **LAST).result.held == 73


def test_the_software_never_says_safe(seen: Command) -> None:
    words = seen("clear", "gate").words.lower()
    assert "safe" not in words.split()
    assert "nothing here says that a place is without danger" in words
