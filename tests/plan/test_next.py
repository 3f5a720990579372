"""What comes next at Palmyra as of October 2025, and how a structure moves through the phases."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.assess.condition import assess
from tetrapylon.model import (
    Claim,
    Fabric,
    GateState,
    GateStatus,
    GradeInterval,
    GroundKind,
    Structure,
    When,
    Works,
)  # fmt: skip
from tetrapylon.model.terms import Activity, WorksKind
from tetrapylon.plan.next import JUDGED_BY, Next, StepState, next_actions
from tetrapylon.restore.access import together
from tetrapylon.restore.doctrine import shipped
from tetrapylon.restore.options import options

ON = dt.date(2025, 10, 31)


@cache
def at_palmyra() -> tuple[Next, ...]:
    grades = {c.structure.uid: c.interval for c in assess(palmyra.structures(), palmyra.condition_reports(), on=ON)}
    judged = options(
        palmyra.structures(),
        on=ON,
        doctrine=shipped(),
        grades=grades,
        gates={},
        reports=palmyra.condition_reports(),
        recommendations=palmyra.recommendations(),
    )
    return next_actions(judged, {}, on=ON, works=palmyra.works())


def test_access_is_next_everywhere_and_held_by_ground_rubble_and_voids():
    for found in at_palmyra():
        assert found.step is not None
        assert found.step.phase.kind is WorksKind.ACCESS
        assert found.step.state is StepState.HELD
        assert [b.text.split(":")[0] for b in found.step.because] == ["ground", "rubble", "voids"]
        assert all(s.state is StepState.WAITING for s in found.steps[1:])


def test_counting_blocks_at_bel_needs_no_access():
    found = {n.structure.name: n for n in at_palmyra()}
    assert any("cr_0093" in text for text in found["temple_of_bel_cella"].desk_work)
    assert not any("count of the reusable blocks" in text for text in found["monumental_arch"].desk_work)


def test_significance_orders_and_says_whose_judgement_it_is():
    found = at_palmyra()
    ranks = [n.structure.body.significance or 0 for n in found]
    assert ranks == sorted(ranks, reverse=True)
    assert all(JUDGED_BY in n.significance for n in found)


def test_works_that_do_not_say_their_step_close_none():
    found = {n.structure.name: n for n in at_palmyra()}
    assert {w.name for w in found["monumental_arch"].unplaced} == {"work_arch_phase1", "work_arch_phase1_sputnik"}


# --- a made-up house that moves through the phases --------------------------------------------------------------------

HOUSE = Claim("house", Structure(local_id="house", label="A house", significance=3), "0", "p", "")
FABRIC = Claim(
    "f",
    Fabric(
        structure="house", date=When(dt.date(2024, 1, 1)), basis="count", ancient_lo=0.9, ancient_hi=0.9,
        restored_hi=0.0, placed_lo=0.9, documentation=4, foundations_verified=True,
    ),
    "0", "p", "",
)  # fmt: skip


DAMAGED = GradeInterval(3, 4)


def release(*activities: Activity) -> Any:
    def status(activity: Activity) -> dict[GroundKind, GateStatus]:
        given = GateStatus(
            GateState.AUTHORISED, decision="d", by="authority", until=dt.date(2026, 1, 1), activity=activity.value
        )
        return dict.fromkeys(GroundKind, given)

    return {"house": together(*map(status, activities))}


def done(*kinds: WorksKind, status: str = "done") -> list[Claim[Works]]:
    def works(kind: WorksKind) -> Works:
        start = When(dt.date(2025, 1, 1))
        return Works(start=start, body="A team", text=kind.label, kind=kind, status=status, structure="house")

    return [Claim(k.value, works(k), "0", "p", "") for k in kinds]


def house(gates: Any, works: list[Claim[Works]], *, grade: GradeInterval = DAMAGED, **more: Any) -> Next:
    judged = options(
        [HOUSE], on=ON, doctrine=shipped(), grades={"house": grade}, gates=gates, fabrics=[FABRIC], illustrative=True
    )
    return next_actions(judged, gates, on=ON, works=works, **more)[0]


def kind(found: Next) -> tuple[str, str] | None:
    return (found.step.phase.kind.value, found.step.state.value) if found.step else None


ALL = release(*Activity)
UPTO = {k: done(*list(WorksKind)[1:i]) for i, k in enumerate(WorksKind)}


def test_each_step_follows_the_one_before():
    for step in WorksKind:
        if step not in (WorksKind.ACCESS, WorksKind.WORKS):
            assert kind(house(ALL, UPTO[step])) == (step.value, "admissible")
    assert kind(house(ALL, UPTO[WorksKind.WORKS], consents={"house": True})) == ("works", "admissible")
    assert kind(house(ALL, done(*list(WorksKind)[1:]))) is None


def test_a_release_for_assessment_opens_no_recording():
    assert kind(house(release(Activity.ASSESSMENT), [])) == ("rapid_record", "held")
    assert kind(house(release(Activity.RECORDING), [])) == ("access", "held")


def test_works_that_were_only_begun_close_no_step():
    assert kind(house(ALL, done(WorksKind.RAPID_RECORD, status="under way"))) == ("rapid_record", "admissible")
    assert kind(house(ALL, done(WorksKind.RAPID_RECORD, status="planned"))) == ("rapid_record", "admissible")


def test_a_refused_consent_holds():
    before = UPTO[WorksKind.CONSENTS]
    assert kind(house(ALL, before, consents={"house": False})) == ("consents", "held")
    assert kind(house(ALL, before, consents={"house": None})) == ("consents", "admissible")


def test_a_structure_that_is_surely_sound_needs_no_stabilising():
    found = house(ALL, done(WorksKind.RAPID_RECORD), grade=GradeInterval(0, 1))
    assert kind(found) == ("full_record", "admissible")
    assert WorksKind.STABILISE not in [s.phase.kind for s in found.steps]


kinds = st.sets(st.sampled_from(list(WorksKind)))


@settings(max_examples=40)
@given(works=kinds, released=st.sets(st.sampled_from(list(Activity))), consent=st.sampled_from([True, False, None]))
def test_nothing_is_admissible_behind_a_step_that_is_not_done(works, released, consent):
    found = house(release(*released), done(*works), consents={"house": consent})
    states = [s.state for s in found.steps]
    first = next((i for i, s in enumerate(states) if s is not StepState.DONE), len(states))
    assert all(s is StepState.WAITING for s in states[first + 1 :])
    if Activity.ASSESSMENT not in released:
        assert kind(found) == ("access", "held")
    for step in found.steps:
        assert step.because or step.state is not StepState.HELD


@settings(max_examples=40)
@given(works=kinds, released=st.sets(st.sampled_from(list(Activity))))
def test_taking_a_release_away_never_brings_a_structure_further(works, released):
    def reached(activities: set[Activity]) -> int:
        found = house(release(*activities), done(*works))
        return sum(s.state is StepState.DONE for s in found.steps)

    for activity in released:
        assert reached(released - {activity}) <= reached(released)
