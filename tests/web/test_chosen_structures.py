"""What a page works out for one structure is what the whole record says of it, in every detail."""

from __future__ import annotations

import threading
import time

import pytest
import shapely

from tetrapylon.model import (
    ConditionReport,
    Decision,
    GateState,
    GroundKind,
    HazardReport,
    Mandate,
    Party,
    Place,
    Structure,
    When,
    new_uid,
    parse_date,
)
from tetrapylon.model.terms import Activity, DecisionKind, HazardKind, MandateMatter
from tetrapylon.record.record import Record
from tetrapylon.web.memo import Memo
from tetrapylon.workflow.assess import conditions_of
from tetrapylon.workflow.chosen import ground_of, worked_out
from tetrapylon.workflow.clear import gates_of
from tetrapylon.workflow.plan import next_of
from tetrapylon.workflow.restore import prospects_of


def compare(view) -> int:
    """Hold every structure, worked out alone, against all structures worked out together."""
    ground = ground_of(view)
    gates = {g.structure.uid: g.statuses for g in gates_of(view).of}
    prospects = prospects_of(view)
    options = {o.structure.uid: o for o in prospects.options}
    consents = {c.structure.uid: c for c in prospects.consents}
    following = {n.structure.uid: n for n in next_of(view, prospects)}
    for condition in conditions_of(view):
        uid = condition.structure.uid
        alone = worked_out(ground, [uid])
        assert alone.conditions[uid] == condition
        assert alone.gates[uid] == gates[uid]
        assert alone.options.get(uid) == options.get(uid)
        assert alone.consents.get(uid) == consents.get(uid)
        assert alone.following.get(uid) == following.get(uid)
    return len(gates)


@pytest.mark.parametrize("day", ["2015-09-01", "2016-04-27", "2017-03-01", "2026-01-01"])
def test_one_structure_alone_is_as_in_the_whole_record(palmyra_file, day):
    with Record.open(palmyra_file, read_only=True) as record:
        assert compare(record.view(on=day, known=day)) == 73


def test_reports_that_may_concern_others_are_never_left_out(new_record):
    """A hazard next door, one tied by its place, one of an unknown structure, a part's, and an authorised neighbour."""
    may = When(parse_date("2020-05-01"))
    authority, mandate, house, shed, wall, valley = (new_uid() for _ in range(6))
    with new_record.writing() as writer:
        writer.claim(Party(label="Authority"), subject=authority)
        writer.claim(Place(label="Valley", geometry=shapely.box(38.19, 34.49, 38.21, 34.51)), subject=valley)
        for uid, name, lon, parent in (
            (house, "house", 38.2, None),
            (shed, "shed", 38.2001, None),
            (wall, "wall", 38.2, house),
        ):
            body = Structure(
                label=name, local_id=name, geometry=shapely.Point(lon, 34.5), position_accuracy=5.0, parent=parent
            )
            writer.claim(body, subject=uid)
        near = {"geometry": shapely.Point(38.2001, 34.5), "position_accuracy": 20.0}
        reports = (
            {"structure": shed, **near}, {"structure": shed, "place": valley}, {"structure": shed},
            {"structure": new_uid()}, {"structure": wall}, {"place": valley}, {},
        )  # fmt: skip
        for n, extra in enumerate(reports):
            writer.claim(
                HazardReport(date=may, kind=HazardKind.UXO, description=f"Report {n}", local_id=f"h{n}", **extra)
            )
        for n, about in enumerate((house, shed, wall, new_uid())):
            writer.claim(
                ConditionReport(structure=about, date=may, wording=f"Kept out, no access {n}.", local_id=f"c{n}")
            )
        writer.claim(Mandate(party=authority, matter=MandateMatter.ACCESS, start=may), subject=mandate)
        writer.claim(Decision(
            kind=DecisionKind.AUTHORISE, made_by=authority, mandate=mandate, start=When(parse_date("2020-06-01")),
            end=When(parse_date("2021-06-01")), about=(shed,), activity=Activity.ASSESSMENT, local_id="d1",
            ground_kinds=tuple(k.value for k in GroundKind),
        ))  # fmt: skip
    view = new_record.view(on="2020-07-01", known="2030-01-01")
    ground = ground_of(view)
    together = {g.structure.uid: g.statuses for g in gates_of(view).of}
    for uid in (house, shed, wall):
        assert worked_out(ground, [uid]).gates[uid] == together[uid]
    assert all(s.state is GateState.HELD for s in together[house].values())


def test_something_costly_is_made_once_however_many_ask():
    made, memo = [], Memo(10)

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return 7

    asking = [threading.Thread(target=memo.get, args=("key", make)) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert made == [1]
    assert memo.get("key", make) == 7


def test_what_was_used_last_stays():
    memo = Memo(5)
    for key in ("a", "b"):
        memo.get(key, lambda: [1, 2])
    memo.get("a", lambda: pytest.fail("it is still there"))
    memo.get("c", lambda: [1, 2])  # b goes
    memo.get("a", lambda: pytest.fail("it is still there"))
    assert memo.get("b", lambda: "anew") == "anew"


def test_a_value_that_could_not_be_made_is_tried_again():
    memo = Memo(5)
    with pytest.raises(ZeroDivisionError):
        memo.get("key", lambda: 1 // 0)
    assert memo.get("key", lambda: 1) == 1


def test_pages_follow_the_record_when_somebody_writes_to_it(new_record):
    from starlette.testclient import TestClient

    from tetrapylon.web.app import create_app

    client = TestClient(create_app(new_record.store.location), headers={"accept": "text/html"})
    assert "Late tower" not in client.get("/structures").text
    with new_record.writing() as writer:
        writer.claim(Structure(label="Late tower", local_id="late"))
    assert "Late tower" in client.get("/structures").text
