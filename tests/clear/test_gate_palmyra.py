"""The gate on the published record of Palmyra: held everywhere, and why."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from tests.clear.harness import assert_gate
from tests.support import palmyra

from tetrapylon.clear.gate import Seen, gate, gates
from tetrapylon.errors import NotFound
from tetrapylon.model import GateState, GroundKind


@cache
def view(known: dt.date) -> Seen:
    return Seen(
        structures=palmyra.structures(),
        places=palmyra.places(),
        hazards=palmyra.known_by(palmyra.hazards(), known),
        occurrences=palmyra.known_by(palmyra.occurrences(), known),
        conditions=palmyra.known_by(palmyra.conditions(), known),
        clearance=palmyra.known_by(palmyra.clearance(), known),
    )


def check(table: str) -> None:
    assert_gate(table, view, palmyra.uid)


def test_the_cella_of_bel_in_april_2016() -> None:
    check(
        """
        structure            on          known       ground  gate  because
        temple_of_bel_cella  2016-04-26  2016-04-26  all     held  claimed cleared 2016-04-21 (historic part, boundary not on record); cp_0012; no Decision; not access refused; not hz_0028; not ev_0040; not cr_0092
        temple_of_bel_cella  2016-04-26  2016-04-27  all     held  as above; access refused; UNESCO mission kept out; hz_0028; ev_0040; cr_0092; oc_access_denied_2016_04_26
        """  # noqa: E501
    )


def test_reports_on_a_parent_and_on_a_part_count() -> None:
    check(
        """
        structure              on          known       ground  gate  because
        temple_of_bel_portico  2016-04-26  2016-04-27  all     held  hz_0028; cr_0092; ev_0040
        temple_of_bel_temenos  2016-04-26  2016-04-27  all     held  hz_0028; cr_0092
        palmyra_castle         2016-04-26  2016-04-27  all     held  hz_0029; cr_0051; not hz_0028
        theatre                2016-04-26  2016-04-27  all     held  cp_0012; hz_0002; not hz_0028; not hz_0029
        """
    )


def test_changes_of_control_lapse_what_was_claimed_before() -> None:
    check(
        """
        structure            on          known       ground  gate  because
        temple_of_bel_cella  2016-12-10  2017-01-31  all     held  claimed cleared 2016-06-09; not lapsed with
        temple_of_bel_cella  2016-12-11  2017-03-31  all     held  lapsed with the change of control of 2016-12-11; oc_control_2016_12; not claimed cleared
        temple_of_bel_cella  2017-03-27  2017-10-31  all     held  lapsed with the change of control of 2017-03-02; oc_control_2017_03; not claimed cleared
        """  # noqa: E501
    )


def test_october_2025() -> None:
    check(
        """
        structure            on          known       ground  gate  because
        temple_of_bel_cella  2025-10-31  2025-10-31  all     held  no formal survey exists; hz_0048; no Decision; cp_0026; not hz_0047; not hz_0044
        modern_town_tadmur   2025-10-31  2025-10-31  all     held  hz_0047; hz_0048; no Decision
        palmyra_museum       2025-10-31  2025-10-31  all     held  hz_0047; hz_0048; cp_0027
        shrine_shagaf        2025-10-31  2025-10-31  all     held  where it lies is in doubt; no Decision
        """  # noqa: E501
    )


def test_no_structure_has_a_release_decision_and_none_is_authorised() -> None:
    day = dt.date(2025, 10, 31)
    found = gates(view(day), on=day)
    assert len(found) == 73
    assert all(set(statuses) == set(GroundKind) for statuses in found.values())
    assert {s.state for statuses in found.values() for s in statuses.values()} == {GateState.HELD}
    reasons = [status.because[0].text for statuses in found.values() for status in statuses.values()]
    assert all(text.startswith("no Decision that names this structure") for text in reasons)


def test_no_text_calls_anything_safe() -> None:
    day = dt.date(2025, 10, 31)
    for statuses in gates(view(day), on=day).values():
        for status in statuses.values():
            assert " safe" not in str(status)


def test_every_reason_cites_claims_of_the_view() -> None:
    day = dt.date(2025, 10, 31)
    seen = view(day)
    known = {c.uid for claims in vars(seen).values() for c in claims}
    for statuses in gates(seen, on=day).values():
        for status in statuses.values():
            assert {uid for reason in status.because for uid in reason.claims} <= known


def test_a_structure_that_is_not_in_the_view() -> None:
    with pytest.raises(NotFound):
        gate("nothing", view(dt.date(2025, 10, 31)), on=dt.date(2025, 10, 31))
