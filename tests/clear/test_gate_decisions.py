"""When a Decision authorises, and everything that withholds it. Parties, places and dates are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.gate import Seen, gate
from tetrapylon.model import (
    Bound,
    Claim,
    ClearanceClaim,
    ConditionReport,
    Decision,
    DetectorSignal,
    Entity,
    GateState,
    GroundKind,
    HazardArea,
    HazardReport,
    Incident,
    LandRelease,
    Mandate,
    Occurrence,
    OrdnanceItem,
    Party,
    Place,
    Precision,
    QualityCheck,
    Stated,
    Structure,
    When,
)
from tetrapylon.model import terms as t

MADE, ON, END = dt.date(2026, 3, 10), dt.date(2026, 6, 1), dt.date(2026, 12, 31)
BEFORE, AFTER, LONG_AFTER = dt.date(2026, 1, 5), dt.date(2026, 4, 20), dt.date(2026, 9, 1)
AUTHORITY, OPERATOR = "authority", "operator"


def day(date: dt.date, precision: Precision = Precision.DAY) -> When:
    return When(date, precision)


def claim(body: Entity, party: str = AUTHORITY, **more: Any) -> Claim[Any]:
    values = {"known": "2026-01-06", "reported": False, **more}
    return Claim(uid=str(body.local_id), body=body, entry="", party=party, **values)


def structures(**options: Any) -> tuple[Claim[Structure], ...]:
    return (
        claim(Structure(local_id="precinct", label="precinct")),
        claim(Structure(local_id="cella", label="cella", parent="precinct", **options)),  # type: ignore[arg-type]
        claim(Structure(local_id="arch", label="arch")),
    )


def decision(local_id: str = "dc_1", start: When | None = None, **more: Any) -> Claim[Decision]:
    values: dict[str, Any] = {
        "kind": t.DecisionKind.AUTHORISE,
        "made_by": AUTHORITY,
        "start": start or day(MADE),
        "end": day(END),
        "about": ("cella",),
        "activity": t.Activity.RECORDING,
        "ground_kinds": ("ground", "rubble"),
        **more,
    }
    return claim(Decision(local_id=local_id, **values), known="2026-03-10")


def mandate(local_id: str = "md_1", **more: Any) -> Claim[Mandate]:
    values: dict[str, Any] = {
        "party": AUTHORITY,
        "matter": t.MandateMatter.LAND_RELEASE,
        "start": day(dt.date(2025, 1, 1)),
        "where": "precinct",
        **more,
    }
    return claim(Mandate(local_id=local_id, **values))


GRANTED = Seen(structures=structures(), decisions=(decision(),), mandates=(mandate(),))


def state(seen: Seen, ground: GroundKind = GroundKind.GROUND, **options: Any) -> GateState:
    return gate("cella", seen, on=options.pop("on", ON), **options)[ground].state


def hazard(on: dt.date, known: str = "2026-01-06", **more: Any) -> Claim[HazardReport]:
    values: dict[str, Any] = {"kind": t.HazardKind.MINE, "description": "a mine", "structure": "cella", **more}
    return claim(HazardReport(local_id=f"hz_{on}", date=day(on), **values), known=known)


# --- what authorises ------------------------------------------------------------------------------------------------


def test_a_decision_in_force_authorises_the_ground_it_names_and_no_other() -> None:
    seen = replace(GRANTED, parties=(claim(Party(local_id=AUTHORITY, label="National authority")),))
    found = gate("cella", seen, on=ON)
    assert found[GroundKind.GROUND].state is found[GroundKind.RUBBLE].state is GateState.AUTHORISED
    assert found[GroundKind.VOIDS].state is GateState.HELD
    ground = found[GroundKind.GROUND]
    assert (ground.decision, ground.by, ground.until, ground.activity) == (
        "dc_1",
        "National authority",
        END,
        "recording",
    )
    assert ground.because[0].claims == ("dc_1", "md_1")


def test_nothing_is_inherited() -> None:
    for about in (("precinct",), ("historic_part",), ()):
        assert state(replace(GRANTED, decisions=(decision(about=about),))) is GateState.HELD
    assert gate("precinct", GRANTED, on=ON)[GroundKind.GROUND].state is GateState.HELD
    assert gate("arch", GRANTED, on=ON)[GroundKind.GROUND].state is GateState.HELD


def test_a_claim_that_cannot_be_read_holds_what_a_decision_authorised() -> None:
    in_doubt = replace(GRANTED, unreadable=("0" * 64,))
    status = gate("cella", in_doubt, on=ON)[GroundKind.GROUND]
    assert state(GRANTED) is GateState.AUTHORISED
    assert status.state is GateState.HELD
    assert any("cannot be read" in b.text and b.claims == ("0" * 64,) for b in status.because)


def test_it_authorises_its_own_activity_only() -> None:
    assert state(GRANTED, activity=t.Activity.RECORDING) is GateState.AUTHORISED
    assert state(GRANTED, activity=t.Activity.PUBLIC_ACCESS) is GateState.HELD


def test_an_operators_claim_and_a_release_are_no_decision() -> None:
    cleared = claim(ClearanceClaim(local_id="cp", date=day(AFTER), claimed_by="x", structure="cella", party=OPERATOR))  # type: ignore[arg-type]
    released = LandRelease(
        local_id="lr",
        date=day(AFTER),
        kind=t.ReleaseKind.CLEARED,
        decided_by=AUTHORITY,  # type: ignore[arg-type]
        structures=("cella",),  # type: ignore[arg-type]
        depth=0.2,
        depth_datum=t.DepthDatum.RUBBLE_TOP,
        methods=(t.SearchMethod.MANUAL,),
    )
    seen = Seen(structures=structures(), mandates=(mandate(),), clearance=(cleared,), releases=(claim(released),))
    assert all(s.state is GateState.HELD for s in gate("cella", seen, on=ON).values())


@pytest.mark.parametrize(
    "where", ["cella", "precinct", "bounded"], ids=["the structure", "what it is part of", "a place that holds it"]
)
def test_a_mandate_may_cover_the_structure_in_three_ways(where: str) -> None:
    shape = shapely.box(38.273, 34.546, 38.275, 34.548)
    seen = replace(
        GRANTED,
        structures=structures(geometry=shapely.Point(38.274, 34.547), position_accuracy=20.0),
        places=(claim(Place(local_id="bounded", label="bounded", geometry=shape)),),
        mandates=(mandate(where=where),),
    )
    assert state(seen) is GateState.AUTHORISED


# --- what holds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("states no end", decision(end=None)),
        ("states no activity", decision(activity=None)),
        ("may have ended", decision(end=day(dt.date(2026, 5, 31)))),
        ("may have ended", decision(end=day(dt.date(2026, 6, 15), Precision.YEAR))),
        ("not surely in force", decision(start=day(dt.date(2026, 6, 2)))),
        ("not surely in force", decision(start=day(dt.date(2026, 5, 28), Precision.APPROX))),
        ("no mandate", decision(made_by="somebody")),
        ("no mandate", decision(mandate="another")),
        ("own words", dataclasses.replace(decision(), reported=True)),
        ("own words", dataclasses.replace(decision(), party="somebody")),
        ("disputed", dataclasses.replace(decision(), contested=True)),
        ("disputed", dataclasses.replace(decision(), disputed_by=("x",))),
    ],
)
def test_a_decision_in_doubt_holds(words: str, wrong: Claim[Decision]) -> None:
    status = gate("cella", replace(GRANTED, decisions=(wrong,)), on=ON)[GroundKind.GROUND]
    assert status.state is GateState.HELD
    assert words in str(status)


@pytest.mark.parametrize(
    "wrong",
    [
        mandate(matter=t.MandateMatter.HERITAGE_CONSENT),
        mandate(where=None),
        mandate(where="arch"),
        mandate(where="unbounded"),
        mandate(start=day(dt.date(2026, 3, 11))),
        mandate(start=day(dt.date(2026, 3, 8), Precision.APPROX)),
        mandate(end=day(dt.date(2026, 5, 31))),
        dataclasses.replace(mandate(), disputed_by=("x",)),
    ],
)
def test_a_mandate_in_doubt_holds(wrong: Claim[Mandate]) -> None:
    places = (claim(Place(local_id="unbounded", label="unbounded")),)
    assert state(replace(GRANTED, places=places, mandates=(wrong,))) is GateState.HELD


def test_whoever_claims_the_clearance_does_not_release_it() -> None:
    own = claim(ClearanceClaim(local_id="cp", date=day(BEFORE), claimed_by="x", structure="cella", party=AUTHORITY))  # type: ignore[arg-type]
    assert state(replace(GRANTED, clearance=(own,))) is GateState.HELD


def setbacks() -> dict[str, dict[str, Any]]:
    after = day(AFTER)
    checked = QualityCheck(
        local_id="qc",
        date=after,
        inspector="qa",  # type: ignore[arg-type]
        result=t.CheckResult.NONCONFORMING,
        about=("cella",),  # type: ignore[arg-type]
    )
    found = OrdnanceItem(local_id="oi", found=after, category=t.OrdnanceCategory.UNKNOWN, structure="cella")  # type: ignore[arg-type]
    area = HazardArea(
        local_id="ha",
        classification=t.AreaClassification.SHA,
        recorded=after,
        structure="cella",  # type: ignore[arg-type]
    )
    out_of_reach = ConditionReport(
        local_id="cr",
        structure="cella",
        date=after,
        wording="Seen from a distance only.",  # type: ignore[arg-type]
    )
    return {
        "a mine": {"hazards": (hazard(AFTER),)},
        "a find by clearance": {"hazards": (hazard(AFTER, kind=t.HazardKind.CLEARANCE, count=Stated(3)),)},
        "refused access": {"hazards": (hazard(AFTER, kind=t.HazardKind.ACCESS),)},
        "on the parent": {"hazards": (hazard(AFTER, structure="precinct"),)},
        "somewhere": {"hazards": (hazard(AFTER, structure=None),)},
        "at a place without boundary": {"hazards": (hazard(AFTER, structure=None, place="somewhere"),)},
        "at a structure nobody knows": {"hazards": (hazard(AFTER, structure="unknown"),)},
        "an old report, known since": {"hazards": (hazard(BEFORE, known="2026-05-01"),)},
        "a report of the same day": {"hazards": (hazard(MADE),)},
        "an accident": {"incidents": (claim(Incident(local_id="in", date=after, kind=t.IncidentKind.ACCIDENT)),)},
        "an item": {"ordnance": (claim(found),)},
        "a hazard area": {"hazard_areas": (claim(area),)},
        "a failed check": {"checks": (claim(checked),)},
        "a failed check of who knows what": {"checks": (claim(dataclasses.replace(checked, about=("search",))),)},
        "out of reach": {"conditions": (claim(out_of_reach),)},
        "control changed": {
            "occurrences": (claim(Occurrence(local_id="oc", kind=t.OccurrenceKind.CHANGE_OF_CONTROL, start=after)),)
        },
        "withdrawn": {
            "decisions": (
                decision(),
                decision("dc_2", day(AFTER), kind=t.DecisionKind.WITHDRAW, about=("dc_1",), made_by="anybody"),
            )
        },
        "refused": {
            "decisions": (decision(), decision("dc_2", day(AFTER), kind=t.DecisionKind.REFUSE, made_by="anybody"))
        },
    }


@pytest.mark.parametrize("what", setbacks())
def test_what_happens_after_a_decision_withholds_it_at_once(what: str) -> None:
    assert state(replace(GRANTED, **setbacks()[what])) is GateState.HELD


@pytest.mark.parametrize("what", [w for w in setbacks() if w not in ("withdrawn", "refused")])
def test_only_a_new_decision_restores(what: str) -> None:
    newer = dataclasses.replace(decision("dc_3", day(dt.date(2026, 5, 20))), known="2026-05-20")
    seen = replace(GRANTED, **setbacks()[what])
    assert state(replace(seen, decisions=(*seen.decisions, newer))) is GateState.AUTHORISED


def test_a_refusal_is_lifted_by_a_newer_decision_and_not_by_an_older() -> None:
    refusal = decision("dc_2", day(AFTER), kind=t.DecisionKind.REFUSE)
    newer, older = decision("dc_3", day(dt.date(2026, 5, 20))), decision("dc_0", day(dt.date(2026, 3, 1)))
    assert state(replace(GRANTED, decisions=(decision(), refusal, older))) is GateState.HELD
    assert state(replace(GRANTED, decisions=(decision(), refusal, newer))) is GateState.AUTHORISED


@pytest.mark.parametrize(
    "harmless",
    [
        {"hazards": (hazard(BEFORE),)},
        {"hazards": (hazard(AFTER, structure="arch"),)},
        {"hazards": (hazard(LONG_AFTER),)},
        {"hazards": (hazard(AFTER, kind=t.HazardKind.CLEARANCE),)},
        {
            "checks": (
                claim(
                    QualityCheck(
                        local_id="qc",
                        date=day(AFTER),
                        inspector="qa",  # type: ignore[arg-type]
                        result=t.CheckResult.NONCONFORMING,
                        about=("arch",),  # type: ignore[arg-type]
                    )
                ),
            )
        },
    ],
    ids=[
        "before the decision",
        "at another structure",
        "after the day asked about",
        "clearance without a find",
        "a failed check of another structure",
    ],
)
def test_what_does_not_withhold(harmless: dict[str, Any]) -> None:
    assert state(replace(GRANTED, **harmless)) is GateState.AUTHORISED


def test_what_lies_surely_elsewhere_does_not_withhold_and_what_may_be_near_does() -> None:
    placed = structures(geometry=shapely.Point(38.274, 34.547), position_accuracy=20.0)
    seen = replace(GRANTED, structures=placed)
    far, near = shapely.Point(38.30, 34.547), shapely.Point(38.2745, 34.547)

    def with_find(point: shapely.Point, accuracy: float | None) -> Seen:
        report = hazard(AFTER, structure=None, geometry=point, position_accuracy=accuracy)
        return replace(seen, hazards=(report,))

    assert state(with_find(far, 50.0)) is GateState.AUTHORISED  # 2.4 km away
    assert state(with_find(far, 3_000.0)) is GateState.HELD
    assert state(with_find(far, None)) is GateState.HELD
    assert state(with_find(near, 50.0)) is GateState.HELD  # 46 m away


@pytest.mark.parametrize(
    "useless",
    [
        shapely.Point(),
        shapely.Point(float("nan"), 34.5),
        shapely.Point(float("inf"), 34.5),
        shapely.Polygon([(39, 35), (39.1, 35.1), (39.1, 35), (39, 35.1)]),
    ],
    ids=["empty", "not a number", "infinite", "crossing itself"],
)
def test_a_position_that_cannot_be_read_is_no_proof_of_being_elsewhere(useless: shapely.Geometry) -> None:
    placed = structures(geometry=shapely.Point(38.274, 34.547), position_accuracy=20.0)
    report = hazard(AFTER, structure=None, geometry=useless, position_accuracy=50.0)
    assert state(replace(GRANTED, structures=placed, hazards=(report,))) is GateState.HELD
    far = hazard(AFTER, structure=None, geometry=shapely.Point(39, 35), position_accuracy=50.0)
    for shape, accuracy in ((useless, 20.0), (shapely.Point(38.274, 34.547), float("nan"))):
        unknown = structures(geometry=shape, position_accuracy=accuracy)
        assert state(replace(GRANTED, structures=unknown, hazards=(far,))) is GateState.HELD


# --- whatever is added ----------------------------------------------------------------------------------------------

dates = st.dates(dt.date(2025, 12, 1), dt.date(2026, 9, 1))
whens = st.builds(When, dates, st.sampled_from(list(Precision)))
wheres = st.sampled_from([None, "cella", "precinct", "arch", "unknown"])
spots = st.sampled_from([None, "historic_part", "all", "far"])
ids = st.uuids().map(str)


def claims(body: st.SearchStrategy[Any]) -> st.SearchStrategy[Claim[Any]]:
    return st.builds(lambda b, k: claim(b, known=k.isoformat()), body, dates)


extra: dict[str, st.SearchStrategy[Claim[Any]]] = {
    "hazards": claims(
        st.builds(
            HazardReport,
            local_id=ids,
            date=whens,
            kind=st.sampled_from(list(t.HazardKind)),
            description=st.just("x"),
            structure=wheres,
            place=spots,
            count=st.one_of(st.none(), st.just(Stated(3, Bound.ABOUT))),
        )
    ),
    "incidents": claims(
        st.builds(
            Incident,
            local_id=ids,
            date=whens,
            kind=st.sampled_from(list(t.IncidentKind)),
            structure=wheres,
            place=spots,
        )
    ),
    "ordnance": claims(
        st.builds(
            OrdnanceItem,
            local_id=ids,
            found=whens,
            category=st.sampled_from(list(t.OrdnanceCategory)),
            structure=wheres,
            place=spots,
        )
    ),
    "signals": claims(
        st.builds(
            DetectorSignal,
            local_id=ids,
            date=whens,
            sweep=st.just("sweep"),
            outcome=st.sampled_from(list(t.SignalOutcome)),
            geometry=st.sampled_from([None, shapely.Point(), shapely.Point(38.274, 34.547), shapely.Point(39, 35)]),
            position_accuracy=st.sampled_from([None, 0.0, 20.0, 200_000.0]),
        )
    ),
    "occurrences": claims(
        st.builds(
            Occurrence,
            local_id=ids,
            kind=st.sampled_from(list(t.OccurrenceKind)),
            start=whens,
            structure=wheres,
            place=spots,
        )
    ),
    "clearance": claims(
        st.builds(
            ClearanceClaim,
            local_id=ids,
            date=whens,
            claimed_by=st.just("x"),
            structure=wheres,
            place=spots,
            party=st.sampled_from([None, OPERATOR, AUTHORITY]),
        )
    ),
}
PLACES = (
    claim(Place(local_id="all", label="all")),
    claim(Place(local_id="historic_part", label="historic part", part_of="all")),  # type: ignore[arg-type]
    claim(Place(local_id="far", label="far")),
)
more = st.fixed_dictionaries({name: st.lists(found, max_size=2).map(tuple) for name, found in extra.items()})


@settings(max_examples=100)
@given(more, more)
def test_adding_reports_and_claims_never_opens_the_gate(first: dict[str, Any], second: dict[str, Any]) -> None:
    base = replace(GRANTED, places=PLACES, **first)
    added = replace(base, **{name: (*first[name], *second[name]) for name in first})
    for ground in GroundKind:
        if state(base, ground) is GateState.HELD:
            assert state(added, ground) is GateState.HELD


@settings(max_examples=60)
@given(more, st.sampled_from([k for k in t.DecisionKind if k is not t.DecisionKind.AUTHORISE]))
def test_without_an_authorising_decision_nothing_is_authorised(reports: dict[str, Any], kind: t.DecisionKind) -> None:
    for decisions in ((), (decision(kind=kind),)):
        seen = replace(GRANTED, places=PLACES, decisions=decisions, **reports)
        assert all(s.state is GateState.HELD for s in gate("cella", seen, on=ON).values())
    seen = replace(GRANTED, mandates=(), **reports)
    assert all(s.state is GateState.HELD for s in gate("cella", seen, on=ON).values())


WIDER = {
    Precision.DAY: [Precision.APPROX, Precision.MONTH, Precision.YEAR],
    Precision.MONTH: [Precision.YEAR],
}


@settings(max_examples=100)
@given(st.data())
def test_a_vaguer_date_never_opens_the_gate(data: st.DataObject) -> None:
    def pair(around: dt.date) -> tuple[When, When]:
        exact = data.draw(st.sampled_from(list(WIDER)))
        wide = data.draw(st.sampled_from([exact, *WIDER[exact]]))
        date = around + dt.timedelta(days=data.draw(st.integers(-60, 60)))
        return When(date, exact), When(date, wide)

    start, end, since, until, report = (pair(d) for d in (MADE, END, dt.date(2026, 1, 1), END, MADE))

    def seen(which: int) -> Seen:
        hazards = (claim(HazardReport(local_id="h", date=report[which], kind=t.HazardKind.MINE, description="x")),)
        return replace(
            GRANTED,
            decisions=(decision(start=start[which], end=end[which]),),
            mandates=(mandate(start=since[which], end=until[which]),),
            hazards=hazards if data_has_report else (),
        )

    data_has_report = data.draw(st.booleans())
    if state(seen(0)) is GateState.HELD:
        assert state(seen(1)) is GateState.HELD
