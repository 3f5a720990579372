"""Evidence of a record in the field: reports once per lineage, belts that continue, searches that do not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import shapely
from tests.workflow.conftest import Ground, Tell

from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.model import (
    Entity,
    HazardReport,
    Occurrence,
    OrdnanceItem,
    Place,
    Search,
    Site,
    Statement,
    Structure,
    When,
)
from tetrapylon.model.terms import HazardKind, OccurrenceKind, OrdnanceCategory, PlaceKind, SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.workflow.frame import Frame, frame
from tetrapylon.workflow.ground import ground_record
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.practice import EPSG, SOUTH, WEST
from tetrapylon.workflow.prior import read_prior

DAY, LATER = When(dt.date(2024, 6, 1)), When(dt.date(2100, 1, 1))


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    moved = shapely.transform(shape, lambda xy: xy + np.array([WEST, SOUTH]))
    return geometry_to_wgs84(moved, EPSG)


SITE = Site(label="Ground", simulated=True, geometry=degrees(shapely.box(0, 0, 300, 300)))


def framed(record: Record, prior: Path) -> Frame:
    view = record.view()
    return frame(view, ground_record(view), read_prior(prior), cell_m=5.0)


def modifier_at(made: Frame, x: float, y: float) -> float:
    row, col = made.grid.index(WEST + x, SOUTH + y)
    return float(np.exp(made.modifier.read(made.grid.window)[row, col]))


def told_record(told: Tell, bodies: Iterable[Entity]) -> Record:
    return opened(str(told([SITE, *bodies])), read_only=True)


def test_a_report_raises_its_surroundings_by_the_ratio_of_the_prior(told: Tell, practised: Ground) -> None:
    report = HazardReport(
        date=DAY, kind=HazardKind.MINE, description="seen", geometry=degrees(shapely.Point(150, 150)),
        position_accuracy=0.001,
    )  # fmt: skip
    with told_record(told, [report]) as record:
        made = framed(record, practised.prior)
    assert modifier_at(made, 150, 150) == pytest.approx(4.0, rel=0.01)
    assert modifier_at(made, 250, 250) == 1.0


def test_reports_of_work_and_access_are_no_evidence_of_a_hazard(told: Tell, practised: Ground) -> None:
    reports = [
        HazardReport(
            date=DAY, kind=kind, description="x", geometry=degrees(shapely.Point(150, 150)), position_accuracy=1.0
        )
        for kind in (HazardKind.CLEARANCE, HazardKind.ACCESS)
    ]
    with told_record(told, reports) as record:
        assert ground_record(record.view()).extents == ()


def test_a_structure_or_a_road_named_in_a_report_is_where_it_lies(told: Tell, practised: Ground) -> None:
    file = told([SITE])
    with opened(str(file)) as record:
        with record.writing() as writer:
            tower = writer.claim(
                Structure(label="Tower", geometry=degrees(shapely.Point(60, 60)), position_accuracy=1.0)
            ).entry.subject
            road = writer.claim(
                Place(label="Road", kind=PlaceKind.ROAD, geometry=degrees(shapely.box(200, 0, 206, 300)))
            ).entry.subject
            lost = writer.claim(Place(label="Hills")).entry.subject
            for where in ({"structure": tower}, {"place": road}, {"place": lost}):
                writer.claim(HazardReport(date=DAY, kind=HazardKind.MINE, description="x", **where))
        made = framed(record, practised.prior)
    assert modifier_at(made, 60, 60) > 3.5
    assert modifier_at(made, 203, 150) > 3.5
    assert modifier_at(made, 120, 200) == 1.0
    assert any("named only: Hills, boundary not on record" in text for text in made.left_out)


def test_one_statement_retold_by_four_outlets_counts_once_for_each_spot(told: Tell, practised: Ground) -> None:
    def at(x: float) -> shapely.Geometry:
        return degrees(shapely.box(x, 140, x + 20, 160))

    file = told([SITE])
    with opened(str(file)) as record:
        with record.writing() as writer:
            first = writer.claim(Statement(stated_by="Ministry", said=DAY)).entry.subject
            roots = [first] + [
                writer.claim(Statement(stated_by=f"Outlet {i}", said=DAY, derived_from=(first,))).entry.subject
                for i in range(3)
            ]
            for i, root in enumerate(roots):  # each draws the spot a little differently, and all speak of two
                for x in (40 + i, 240 + i):
                    writer.claim(
                        HazardReport(date=DAY, kind=HazardKind.MINE, description="x", geometry=at(x), statement=root)
                    )
        made = framed(record, practised.prior)
    assert len(made.modifier.evidence) == 2
    assert modifier_at(made, 52, 150) == modifier_at(made, 252, 150) == pytest.approx(4.0, rel=1e-6)


def test_belts_of_finds_raise_what_continues_them(told: Tell, practised: Ground, tmp_path: Path) -> None:
    finds = [
        OrdnanceItem(
            found=DAY, category=OrdnanceCategory.AP_MINE, geometry=degrees(shapely.Point(40 + 12 * i, 150 + i % 3))
        )
        for i in range(14)
    ]
    prior = tmp_path / "belts.toml"
    prior.write_text(practised.prior.read_text().replace("belts = false", "belts = true"))
    with told_record(told, finds) as record:
        plain, belts = framed(record, practised.prior), framed(record, prior)
    assert plain.modifier.belts is None
    assert modifier_at(belts, 130, 151) > 5 * modifier_at(belts, 130, 60)


def test_an_accident_or_a_find_outside_searches_shows_its_cell_once(told: Tell, practised: Ground) -> None:
    items = [
        OrdnanceItem(found=DAY, category=OrdnanceCategory.MORTAR, geometry=degrees(shapely.Point(101 + d, 101)))
        for d in (0.0, 1.0)
    ]
    with told_record(told, items) as record:
        made = framed(record, practised.prior)
    assert len(made.hits) == 1
    assert len(made.finds) == 0
    assert made.hit_exposure == pytest.approx([25.0])


def test_unfinished_searches_and_those_without_coverage_do_not_count(told: Tell, practised: Ground) -> None:
    lane = degrees(shapely.box(50, 50, 100, 100))
    searches = [
        Search(local_id="bare", method=SearchMethod.MANUAL, start=DAY, geometry=lane),
        Search(
            local_id="later", method=SearchMethod.MANUAL, start=When(dt.date(2100, 1, 1)), geometry=lane, coverage=1.0
        ),
        Search(local_id="nowhere", method=SearchMethod.MANUAL, start=DAY, coverage=1.0),
    ]
    with told_record(told, searches) as record:
        ground = ground_record(record.view())
    assert ground.searches == ()
    assert any("search bare: the share of the ground covered is not stated" in text for text in ground.left_out)
    assert any("search nowhere: the ground searched is not on record" in text for text in ground.left_out)


@pytest.mark.parametrize(("coverage", "passes"), [(1.5, 1), (-0.1, 1), (0.9, 0)])
def test_an_impossible_search_is_refused_by_name(coverage: float, passes: int, told: Tell) -> None:
    lane = degrees(shapely.box(50, 50, 100, 100))
    search = Search(
        local_id="odd", method=SearchMethod.MANUAL, start=DAY, geometry=lane, coverage=coverage, passes=passes
    )
    with told_record(told, [search]) as record, pytest.raises(ValueRangeError, match=r"Search odd: .* impossible"):
        ground_record(record.view())


@pytest.mark.parametrize(("day", "counts"), [("2024-05-20", True), ("2024-06-01", False), ("2024-07-01", False)])
def test_a_search_before_control_changed_does_not_count(day: str, counts: bool, told: Tell) -> None:
    lane = degrees(shapely.box(50, 50, 100, 100))
    search = Search(local_id="lane", method=SearchMethod.MANUAL, start=DAY, geometry=lane, coverage=1.0)
    change = Occurrence(
        local_id="retaken", kind=OccurrenceKind.CHANGE_OF_CONTROL, start=When(dt.date.fromisoformat(day))
    )
    with told_record(told, [search, change]) as record:
        ground = ground_record(record.view())
        before = ground_record(record.view(on="2024-06-02")) if day == "2024-07-01" else ground
    assert bool(ground.searches) is counts
    assert any("control changed since (retaken)" in text for text in ground.left_out) is not counts
    assert bool(before.searches) is (counts or day == "2024-07-01")


def test_a_disputed_search_does_not_count_but_a_disputed_item_does(told: Tell) -> None:
    lane = Search(
        local_id="lane", method=SearchMethod.MANUAL, start=DAY, geometry=degrees(shapely.box(50, 50, 100, 100)),
        coverage=0.9,
    )  # fmt: skip
    item = OrdnanceItem(
        local_id="item", found=DAY, category=OrdnanceCategory.MORTAR, geometry=degrees(shapely.Point(60, 60))
    )
    file = told([SITE])
    with opened(str(file)) as record:
        with record.writing() as writer:
            stored = [writer.claim(body) for body in (lane, item)]
        with record.writing() as writer:
            for one in stored:
                writer.dispute(one, "nobody worked there that day")
        ground = ground_record(record.view())
    assert ground.searches == ()
    assert "search lane: it is disputed" in ground.left_out
    assert len(ground.items) == 1


def test_reports_alone_make_a_map_around_them(told: Tell, practised: Ground) -> None:
    report = HazardReport(
        date=DAY, kind=HazardKind.MINE, description="x", geometry=degrees(shapely.Point(9, 9)), position_accuracy=5.0
    )
    with opened(str(told([Site(label="No outline", simulated=True), report])), read_only=True) as record:
        made = framed(record, practised.prior)
    assert modifier_at(made, 9, 9) > 2
