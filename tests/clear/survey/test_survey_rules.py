"""Each rule finds what it is for, and is silent where nothing is wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.survey import (
    CHECKS,
    Device,
    Event,
    FieldCensus,
    Limits,
    Loop,
    Parcel,
    Point,
    Product,
    Survey,
    Tally,
    examine_survey,
)
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Finding, Severity
from tetrapylon.geo.crs import geometry_from_wgs84, geometry_to_wgs84
from tetrapylon.geo.traverse import BearingReference, Leg, TraverseEntry
from tetrapylon.model import Bound, Stated

LON, LAT = 38.26, 34.55
MAY, JUNE, JULY = (dt.date(2025, month, 1) for month in (5, 6, 7))


def box(x: float = 0, y: float = 0, width: float = 100, height: float = 100) -> shapely.Polygon:
    """A rectangle of about these metres, its south-west corner x, y metres from a place in Palmyra."""
    east, north = 1 / 91_800, 1 / 110_940
    return shapely.box(LON + x * east, LAT + y * north, LON + (x + width) * east, LAT + (y + height) * north)


def hazard(name: str, shape: Any, **more: Any) -> Parcel:
    return Parcel(name, name, Product.HAZARD, shape, start=MAY, **more)


def cleared(name: str, shape: Any, **more: Any) -> Parcel:
    stated: dict[str, Any] = {"methods": ("manual",), "depth": 0.2, "datum": "pre_event_ground", "start": JUNE}
    return Parcel(name, name, Product.CLEARED, shape, **(stated | more))


def outline(name: str, shape: Any, **more: Any) -> Parcel:
    return Parcel(name, name, Product.OUTLINE, shape, **more)


def run(*parcels: Parcel, notes: bool = True, **more: Any) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in examine_survey(Survey(parcels, **more), notes=notes).findings:
        found.setdefault(finding.code, []).append(finding)
    return found


def about(found: dict[str, list[Finding]], code: str) -> list[tuple[str, ...]]:
    return [f.about for f in found.get(code, [])]


def loop(*legs: tuple[float, float]) -> Loop:
    entry = TraverseEntry(LON, LAT, tuple(Leg(*leg) for leg in legs), BearingReference.TRUE)
    return Loop("t", "t", entry)


SQUARE = ((90.0, 100.0), (180.0, 100.0), (270.0, 100.0), (360.0, 100.0))
SITE = box(-2000, -2000, 5000, 5000)
AT_LEAST_900 = Stated(900, Bound.AT_LEAST)
BEFORE = Event("find", "find", MAY, shapely.Point(box(50, 50).exterior.coords[3]), 0.1)
AFTER = replace(BEFORE, on=JULY)
DEVICE = Device("d1", "d1", "record", "submunition", "", "x", 2)

CASES: dict[str, tuple[Survey, Survey]] = {
    "duplicate-local-id": (
        Survey((replace(hazard("a", box()), name="H1"), replace(hazard("b", box(500)), name="H1"))),
        Survey((replace(hazard("a", box()), name="H1"), replace(cleared("b", box()), name="H1"))),
    ),
    "similar-local-id": (
        Survey((replace(hazard("a", box()), name="H1 "), replace(hazard("b", box(500)), name="h1"))),
        Survey((replace(hazard("a", box()), name="H1"), replace(hazard("b", box(500)), name="H11"))),
    ),
    "duplicate-shape-id": (
        Survey((hazard("a", box(), shape_id="s"), hazard("b", box(500), shape_id="s"))),
        Survey((hazard("a", box(), shape_id="s"), hazard("b", box(500), shape_id="t"), hazard("c", box(900)))),
    ),
    "similar-shape-id": (
        Survey((hazard("a", box(), shape_id="s 1"), hazard("b", box(500), shape_id="S1"))),
        Survey((hazard("a", box(), shape_id="s1"), hazard("b", box(500), shape_id="s1"))),
    ),
    "duplicate-outline": (
        Survey((hazard("a", box()), hazard("b", shapely.reverse(box())))),
        Survey((hazard("a", box()), cleared("b", box()))),
    ),
    "duplicate-point": (
        Survey(points=(Point("1", "p1", LON, LAT), Point("2", "p2", LON, LAT + 1e-7))),
        Survey(points=(Point("1", "p1", LON, LAT), Point("2", "p2", LON, LAT, "ring"), Point("3", "p3", LON, 34.0))),
    ),
    "duplicate-point-id": (
        Survey(points=(Point("1", "p", LON, LAT, "ring"), Point("2", "p", LON, 34.0, "ring"))),
        Survey(points=(Point("1", "p", LON, LAT, "ring"), Point("2", "p", LON, 34.0, "other"))),
    ),
    "similar-point-id": (
        Survey(points=(Point("1", "P 1", LON, LAT), Point("2", "p1", LON, 34.0))),
        Survey(points=(Point("1", "p1", LON, LAT), Point("2", "p2", LON, 34.0))),
    ),
    "duplicate-device": (
        Survey(devices=(DEVICE, replace(DEVICE, uid="d2"))),
        Survey(devices=(DEVICE, replace(DEVICE, uid="d2", quantity=3), replace(DEVICE, uid="d3", of="other"))),
    ),
    "duplicate-field": (
        Survey(headings=(("hazard_area", ("local_id", "depth_m", "Depth m")),)),
        Survey(headings=(("hazard_area", ("depth_m",)), ("search", ("depth_m", "depth_datum")))),
    ),
    "similar-values": (
        Survey(census=(FieldCensus("hazard_area", "status", (("open", 40), ("Open ", 2))),)),
        Survey(census=(FieldCensus("hazard_area", "status", (("open", 40), ("reopened", 2), ("worked_on", 1))),)),
    ),
    "not-an-outline": (
        Survey((hazard("a", box().exterior),)),
        Survey((hazard("a", box()), outline("road", box().exterior), hazard("none", None))),
    ),
    "parts-overlap": (
        Survey((hazard("a", shapely.MultiPolygon([box(), box(50)])),)),
        Survey((hazard("a", shapely.MultiPolygon([box(), box(500)])),)),
    ),
    "wrong-zone": (
        Survey((hazard("a", geometry_to_wgs84(geometry_from_wgs84(box(), 32637), 32638)),), site=SITE),
        Survey((hazard("a", box()), hazard("b", box(20_000))), site=SITE),
    ),
    "accuracy-too-coarse": (
        Survey((hazard("a", box(), accuracy=10.0),)),
        Survey((hazard("a", box(), accuracy=3.0), hazard("b", box(500)))),
    ),
    "declared-area": (
        Survey((hazard("a", box(), declared=Stated(14_700)),)),  # as measured in World Mercator
        Survey((hazard("a", box(), declared=Stated(10_050)), hazard("b", box(500), declared=AT_LEAST_900))),
    ),
    "unspecified-clearance": (
        Survey((cleared("a", box(), depth=None),)),
        Survey((cleared("a", box()), Parcel("b", "b", Product.CANCELLED, box(500)))),
    ),
    "unspecified-search": (
        Survey((Parcel("a", "a", Product.SEARCHED, box(), methods=("dogs",)),)),
        Survey((Parcel("a", "a", Product.SEARCHED, box(), methods=("dogs",), depth=0.2),)),
    ),
    "implausible-depth": (
        Survey((cleared("a", box(), depth=13.0),)),  # 13 cm
        Survey((cleared("a", box(), depth=0.13), hazard("b", box(500))), events=(BEFORE,)),
    ),
    "overlap": (
        Survey((hazard("a", box()), hazard("b", box(90)))),
        Survey((hazard("a", box()), hazard("b", box(100)), hazard("c", box(0, 99.5, 500)), cleared("d", box()))),
    ),
    "near-duplicate": (
        Survey((hazard("a", box()), hazard("b", box(5)))),
        Survey((hazard("a", box()), hazard("b", box(40)))),
    ),
    "released-twice": (
        Survey((cleared("a", box()), cleared("b", box(80)))),
        Survey((cleared("a", box()), cleared("b", box(100)))),
    ),
    "worked-twice": (
        Survey((Parcel("a", "a", Product.WORKED, box()), Parcel("b", "b", Product.WORKED, box(80)))),
        Survey((Parcel("a", "a", Product.WORKED, box()), Parcel("b", "b", Product.SEARCHED, box(80)))),
    ),
    "released-outside": (
        Survey((hazard("h", box()), cleared("a", box(80)))),
        Survey((hazard("h", box()), hazard("h2", box(100)), cleared("a", box(50)))),
    ),
    "released-still-open": (
        Survey((hazard("h", box()), cleared("a", box(0, 0, 50)))),
        Survey((hazard("h", box(), closed=True), cleared("a", box(0, 0, 50)), hazard("i", box(500)))),
    ),
    "closed-unaccounted": (
        Survey((hazard("h", box(), closed=True), cleared("a", box(0, 0, 50)))),
        Survey(
            (
                hazard("h", box(), closed=True),
                cleared("a", box(0, 0, 50)),
                Parcel("b", "b", Product.CANCELLED, box(50, 0, 50)),
            )
        ),
    ),
    "impossible-dates": (
        Survey((Parcel("a", "a", Product.SEARCHED, box(), start=JULY, end=MAY),)),
        Survey((Parcel("a", "a", Product.SEARCHED, box(), start=MAY, end=MAY),), today=MAY),
    ),
    "released-before-recorded": (
        Survey((replace(hazard("h", box()), start=JULY), cleared("a", box(), of=("h",)))),
        Survey((hazard("h", box()), cleared("a", box(), of=("h",)))),
    ),
    "impossible-productivity": (
        Survey((Parcel("a", "a", Product.WORKED, box(), methods=("manual",), staff_days=100.0),)),
        Survey(
            (
                Parcel("a", "a", Product.WORKED, box(), methods=("manual",), staff_days=250.0),
                Parcel("b", "b", Product.WORKED, box(), methods=("manual", "machine"), staff_days=1.0),
            )
        ),
    ),
    "find-outside-work": (
        Survey((Parcel("a", "a", Product.SEARCHED, box(500)),), events=(BEFORE,)),
        Survey((Parcel("a", "a", Product.SEARCHED, box()),), events=(BEFORE,)),
    ),
    "find-below-search": (
        Survey((Parcel("a", "a", Product.SEARCHED, box(), depth=0.05),), events=(BEFORE,)),
        Survey((Parcel("a", "a", Product.SEARCHED, box(), depth=0.1),), events=(BEFORE,)),
    ),
    "danger-in-released": (
        Survey((cleared("a", box()),), events=(AFTER,)),
        Survey((cleared("a", box()), cleared("b", box(500))), events=(BEFORE,)),
    ),
    "misclosure": (
        Survey(loops=(loop((90, 100), (180, 100), (270, 100), (360, 90)),)),
        Survey(loops=(loop(*SQUARE),)),
    ),
}  # fmt: skip


def test_every_rule_has_a_case() -> None:
    assert list(CASES) == list(CHECKS)


@pytest.mark.parametrize("code", CASES)
def test_a_rule_finds_what_it_is_for(code: str) -> None:
    wrong, right = CASES[code]
    (finding,) = CHECKS[code].run(wrong)
    assert finding.code == code
    assert finding.about or code in ("misclosure", "duplicate-field", "similar-values")
    assert finding.message.endswith(".")
    assert not list(CHECKS[code].run(right))


@pytest.mark.parametrize("code", CASES)
def test_a_proposal_settles_its_finding_when_accepted(code: str) -> None:
    wrong, _ = CASES[code]
    for finding in CHECKS[code].run(wrong):
        for proposal in finding.proposals:
            assert proposal.area_m2 == pytest.approx(measure.area(proposal.geometry))
            accepted = tuple(
                replace(p, geometry=proposal.geometry) if p.uid == finding.about[-1] else p for p in wrong.parcels
            )
            assert code == "misclosure" or not list(CHECKS[code].run(replace(wrong, parcels=accepted)))


def test_nothing_is_changed() -> None:
    parcels = (hazard("a", box()), hazard("b", box(90)), cleared("c", box(60)))
    before = [shapely.to_wkb(p.geometry) for p in parcels]
    assert run(*parcels)
    assert [shapely.to_wkb(p.geometry) for p in parcels] == before


def test_two_hazards_that_overlap_are_measured_geodesically() -> None:
    (finding,) = run(hazard("a", box()), hazard("b", box(90)))["overlap"]
    shared = measure.area(box().intersection(box(90)))
    assert shared == pytest.approx(1000, rel=0.01)
    assert f"share {shared:,.0f} m2 (10.0% of the smaller)" in finding.message
    (proposal,) = finding.proposals
    assert proposal.area_m2 == pytest.approx(9000, rel=0.01)


def test_the_closing_edge_is_measured_too() -> None:
    """A U whose only edge over 5,000 m is the one from the last vertex back to the first, left out in the file."""
    east = 6000 / 91_800
    ring = [[LON, LAT], [LON, LAT + 0.001], [LON + east / 2, LAT + 0.001], [LON + east, LAT + 0.001], [LON + east, LAT]]
    found = run(outline("u", {"type": "Polygon", "coordinates": [ring]}))
    assert {"long-edge", "not-closed"} <= set(found)
    assert found["long-edge"][0].count == 1
    assert found["long-edge"][0].about == ("u",)


def test_broken_outlines_are_named_and_left_out_of_comparisons() -> None:
    bow = shapely.Polygon([(LON, LAT), (LON + 1e-3, LAT + 1e-3), (LON + 1e-3, LAT), (LON, LAT + 1e-3)])
    nan = {"type": "Polygon", "coordinates": [[[LON, "x"], [LON, LAT], [LON + 1, LAT], [LON, LAT]]]}
    few = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON, LAT]]]}
    found = run(
        outline("bow", bow), outline("nan", nan), outline("few", few), outline("good", box()), outline("none", None)
    )
    assert about(found, "self-crossing") == [("bow",)]
    assert about(found, "not-a-number") == [("nan",)]
    assert ("few",) in about(found, "too-few-vertices")
    assert "overlap" not in found


def test_swapped_axes_and_outside_the_site() -> None:
    site = box(-1000, -1000, 3000, 3000)
    swapped = shapely.transform(box(), lambda xy: xy[:, ::-1])
    found = run(outline("s", swapped), outline("far", box(90_000)), outline("in", box()), site=site)
    assert about(found, "swapped-axes") == [("s",)]
    assert about(found, "outside-site") == [("far",)]


@pytest.mark.parametrize(
    ("unit", "m2"), [("square feet", 0.09290304), ("acres", 4046.8564224), ("dunams", 1000), ("hectares", 10_000)]
)
def test_a_figure_in_another_unit_is_recognised(unit: str, m2: float) -> None:
    """The outline of 10,000 m2 is declared as so many square feet, dunams ... in a column of m2."""
    area = measure.area(box())
    (finding,) = run(hazard("a", box(), declared=Stated(round(area / m2, 3))))["declared-area"]
    assert finding.message.endswith(f" In {unit} it would agree.")
    (finding,) = run(hazard("a", box(), declared=Stated(3 * area)))["declared-area"]
    assert "would agree" not in finding.message


def test_a_depth_below_nothing_and_one_in_centimetres() -> None:
    found = run(cleared("up", box(), depth=-0.2), cleared("cm", box(500), depth=20.0))["implausible-depth"]
    assert ["positive downwards" in f.message for f in found] == [True, False]
    assert "centimetres or feet?" in found[1].message


def test_a_rare_value_that_reads_like_a_frequent_one() -> None:
    field = FieldCensus("activity", "type", (("clearance", 60), ("technical survey", 30), ("clearence", 2), ("EOD", 1)))
    (finding,) = run(census=(field,))["similar-values"]
    assert finding.message == 'activity, type: "clearence" (2) reads nearly like "clearance" (60).'
    assert not run(census=(replace(field, values=(("clearance", 6), ("clearence", 5))),))


def test_another_pass_over_the_same_ground_is_no_duplicate() -> None:
    def searched(name: str, method: str, **more: Any) -> Parcel:
        return Parcel(name, name, Product.SEARCHED, box(), methods=(method,), depth=0.2, **more)

    assert "duplicate-outline" not in run(searched("a", "manual", start=MAY), searched("b", "dogs", start=MAY))
    assert "duplicate-outline" not in run(searched("a", "manual", start=MAY), searched("b", "manual", start=JUNE))
    assert "duplicate-outline" in run(searched("a", "manual", start=MAY), searched("b", "manual", start=MAY))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["open", "Open", "closed", "", "reopened", None]), max_size=40))
def test_a_census_counts_every_value(values: list[str | None]) -> None:
    tally = Tally("t", ("status", "shape"))
    for value in values:
        tally.add([value, box()])
    found = {f.field: f for f in tally.result()}
    assert "shape" not in found
    wanted = Counter(v for v in values if v)
    if any(n > 1 for n in wanted.values()):
        assert dict(found["status"].values) == wanted
        assert found["status"].empty == sum(not v for v in values)
        assert [n for _, n in found["status"].values] == sorted(wanted.values(), reverse=True)
    else:
        assert "status" not in found


def test_counting_stops_where_there_is_no_enumeration() -> None:
    tally = Tally("t", ("id", "remark", "kind"))
    for i in range(1000):
        tally.add([f"H{i // 2}", "a long remark " * 10, "CHA"])
    assert [f.field for f in tally.result()] == ["kind"]
    assert tally.counts[0] is None


def test_a_release_of_an_area_without_outline_is_not_called_outside() -> None:
    found = run(hazard("h", box(500)), hazard("undrawn", None), cleared("a", box(), of=("undrawn",)))
    assert "released-outside" not in found


def test_clearing_again_is_named() -> None:
    (finding,) = run(cleared("a", box()), cleared("b", box(50), start=JULY))["released-twice"]
    assert "cleared again" in finding.message
    (finding,) = run(cleared("a", box()), Parcel("b", "b", Product.CANCELLED, box(50)))["released-twice"]
    assert "cleared again" not in finding.message


def test_an_undated_release_is_not_trusted() -> None:
    assert run(cleared("a", box(), start=None), events=(BEFORE,))["danger-in-released"]


def test_many_findings_are_counted_and_few_kept() -> None:
    many = tuple(outline(f"p{i}", box(i * 5.0)) for i in range(30))
    result = examine_survey(Survey(many), keep=3)
    assert len(result.of("overlap")) == 3
    assert result.counts["overlap"] == sum(min(29 - i, 19) for i in range(30)) - result.counts["near-duplicate"]
    assert result.left_out == sum(result.counts.values()) - len(result.findings) > 0


def test_limits_are_the_callers() -> None:
    parcels = (hazard("a", box()), hazard("b", box(90)))
    assert "overlap" not in run(*parcels, limits=Limits(overlap_share=0.2))


def test_notes_only_when_asked() -> None:
    parcels = (Parcel("a", "a", Product.WORKED, box()), Parcel("b", "b", Product.WORKED, box(80)))
    assert "worked-twice" in run(*parcels)
    assert all(f.severity is not Severity.NOTE for fs in run(*parcels, notes=False).values() for f in fs)


def test_nothing_to_check() -> None:
    assert examine_survey(Survey()).findings == ()


shuffled: Callable[..., Any] = st.permutations


@settings(max_examples=25, deadline=None)
@given(shuffled(range(6)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    parcels = [
        hazard("a", box()), hazard("b", box(90)), cleared("c", box(60)), cleared("d", box(100, 0)), hazard("e", box(3)),
        Parcel("f", "f", Product.REDUCED, box(-50)),
    ]  # fmt: skip

    def seen(those: list[Parcel]) -> set[tuple[str, frozenset[str]]]:
        return {(code, frozenset(f.about)) for code, fs in run(*those).items() for f in fs}

    assert seen([parcels[i] for i in order]) == seen(parcels)
