"""The order of clearing of a record's area: what it learns from, what stays in it, and what it never says."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from tests.workflow.conftest import Tell
from tests.workflow.test_belts_and_reports import DAY, SITE, degrees

from tetrapylon.cli.show import hazard
from tetrapylon.errors import NotFound, OutsideModel, ValueRangeError
from tetrapylon.geo.crs import from_wgs84
from tetrapylon.model import (
    DetectorSignal,
    DetectorSweep,
    Entity,
    HazardArea,
    Incident,
    OrdnanceItem,
    Ref,
    Search,
    When,
)
from tetrapylon.model.terms import AreaClassification, IncidentKind, OrdnanceCategory, SearchMethod
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.order import OrderReport, order_report
from tetrapylon.workflow.practice import EPSG, SOUTH, WEST
from tetrapylon.workflow.product import Product, as_json

AREA = shapely.box(100, 100, 140, 140)
LATER = When(dt.date(2024, 6, 9))


def search(*bounds: float, name: str = "lane", **other: object) -> Search:
    facts = {"method": SearchMethod.MANUAL, "start": DAY, "geometry": degrees(shapely.box(*bounds)), "coverage": 1.0}
    return Search(local_id=name, **{**facts, **other})


def item(x: float, y: float, **other: object) -> OrdnanceItem:
    facts = {"found": DAY, "category": OrdnanceCategory.AP_MINE, "geometry": degrees(shapely.Point(x, y))}
    return OrdnanceItem(**{**facts, **other})


def area() -> HazardArea:
    return HazardArea(
        local_id="cha_9", classification=AreaClassification.CHA, recorded=DAY, geometry=degrees(AREA),
    )  # fmt: skip


def ordered(told: Tell, bodies: Iterable[Entity], **asked: object) -> Product[OrderReport]:
    with opened(str(told([SITE, area(), *bodies])), read_only=True) as record:
        return order_report(record, "cha_9", **asked)


def places(result: OrderReport) -> np.ndarray:
    """Centres (n, 2) of the squares named, m from the south-west corner of the practice ground."""
    x, y = from_wgs84(np.array([s.lon for s in result.first]), np.array([s.lat for s in result.first]), EPSG)
    return np.column_stack([x - WEST, y - SOUTH])


ROW = [item(x, 121.5) for x in range(101, 120, 3)]


def test_squares_that_continue_a_row_come_first(told: Tell) -> None:
    result = ordered(told, [search(100, 100, 121, 140), *ROW], count=10).result
    assert (result.squares, result.cleared) == (1600, 840)
    assert result.items == 7
    assert result.rows > 0.5
    x, y = places(result).T
    assert np.all(x > 121)
    assert np.mean(np.abs(y - 121.5) < 2) >= 0.8
    assert [s.rank for s in result.first] == list(range(1, 11))
    assert result.first[0].score == 1.0
    assert all(a.score >= b.score > 0 for a, b in zip(result.first, result.first[1:], strict=False))


def test_every_square_not_cleared_is_in_the_order(told: Tell) -> None:
    result = ordered(told, [search(100, 100, 121, 140), *ROW], count=5000).result
    assert len(result.first) == 1600 - 840
    assert len({(s.lon, s.lat) for s in result.first}) == len(result.first)


def test_searches_that_leave_ground_out_keep_it_in_the_order(told: Tell) -> None:
    thin = search(100, 100, 121, 140, name="thin", coverage=0.4)
    survey = search(100, 100, 140, 140, name="survey", method=SearchMethod.NTS)
    result = ordered(told, [thin, survey, search(121, 100, 123, 140, name="full"), *ROW]).result
    assert result.cleared == 80
    assert "search thin: covers 40%, so its squares stay in the order" in result.left_out


def test_a_visual_search_clears_nothing(told: Tell) -> None:
    look = search(100, 100, 140, 140, name="look", method=SearchMethod.VISUAL)
    assert ordered(told, [look, *ROW]).result.cleared == 0


@pytest.mark.parametrize(("west", "columns"), [(100, 20), (120.5, 21)])
def test_half_a_square_searched_twice_is_not_the_whole(west: float, columns: int, told: Tell) -> None:
    lanes = [
        search(100, 100, 120.5, 140, name="lane"),
        search(west, 100, 120.5 if west == 100 else 121, 140, name="on"),
    ]
    assert ordered(told, [*lanes, *ROW]).result.cleared == columns * 40


def test_an_accident_after_the_search_puts_its_square_back(told: Tell) -> None:
    late = Incident(date=LATER, kind=IncidentKind.ACCIDENT, geometry=degrees(shapely.Point(110.5, 130.5)))
    result = ordered(told, [search(100, 100, 121, 140), *ROW, late], count=5000).result
    assert result.cleared == 840 - 1
    assert np.hypot(*(places(result) - (110.5, 130.5)).T).min() < 0.1


@pytest.mark.parametrize(("again", "cleared"), [(True, 840), (False, 840 - 1)])
def test_what_a_second_search_found_does_not_put_back_what_it_cleared(again: bool, cleared: int, told: Tell) -> None:
    second = [search(100, 100, 110, 140, name="again", start=LATER, end=LATER)] if again else []
    found = item(105.5, 130.5, found=LATER)
    assert ordered(told, [search(100, 100, 121, 140), *second, *ROW, found]).result.cleared == cleared


def test_a_signal_of_a_sweep_not_on_record_and_a_crossing_outline_keep_squares_in_the_order(told: Tell) -> None:
    bow_tie = shapely.Polygon([(100, 100), (121, 140), (121, 100), (100, 140)])
    crossing = Search(local_id="x", method=SearchMethod.MANUAL, start=DAY, geometry=degrees(bow_tie), coverage=1.0)
    loose = DetectorSignal(date=LATER, sweep=Ref("0" * 8), geometry=degrees(shapely.Point(105.5, 130.5)))
    result = ordered(told, [search(100, 120, 121, 140), crossing, *ROW, loose]).result
    assert result.cleared == 420 - 1
    assert result.first[0].signal
    assert any("its polygon is not valid" in text for text in result.left_out)


def test_squares_with_open_signals_come_first_also_on_cleared_ground(told: Tell) -> None:
    spots = [(110.5, 130.5), (135.5, 105.5)]
    with opened(str(told([SITE, area(), search(100, 100, 121, 140), *ROW]))) as record:
        with record.writing() as writer:
            sweep = DetectorSweep(method=SearchMethod.MANUAL, start=LATER, end=LATER, geometry=degrees(AREA))
            uid = writer.claim(sweep).entry.subject
            for x, y in spots:
                writer.claim(DetectorSignal(date=LATER, sweep=uid, geometry=degrees(shapely.Point(x, y))))
        result = order_report(record, "cha_9", count=5000).result
    assert {tuple(np.round(p, 1)) for p in places(result)[:2]} == set(spots)
    assert [s.signal for s in result.first[:3]] == [True, True, False]


@pytest.mark.parametrize(
    ("shape", "side"), [(shapely.box(100, 100, 101, 140), 2.5), (shapely.box(100, 100, 104, 104), 10.0)]
)
def test_ground_narrower_than_a_square_is_ranked_too(shape: shapely.Geometry, side: float, told: Tell) -> None:
    narrow = HazardArea(local_id="path", classification=AreaClassification.CHA, recorded=DAY, geometry=degrees(shape))
    with opened(str(told([SITE, narrow, search(200, 200, 220, 220), item(102, 110)])), read_only=True) as record:
        result = order_report(record, "path", square=side).result
    assert result.cleared == 0
    assert result.first


def test_an_accident_on_ground_not_cleared_raises_what_lies_around_it(told: Tell) -> None:
    accident = Incident(date=LATER, kind=IncidentKind.ACCIDENT, geometry=degrees(shapely.Point(131.5, 111.5)))
    x, y = places(ordered(told, [search(100, 100, 110, 140), accident], count=9).result).T
    assert np.hypot(x - 131.5, y - 111.5).max() < 6


def test_what_was_found_later_than_the_day_asked_for_is_not_known(told: Tell) -> None:
    far = item(135.5, 135.5, found=LATER)
    with opened(str(told([SITE, area(), search(100, 100, 121, 140), *ROW, far])), read_only=True) as record:
        before = order_report(record, "cha_9", on="2024-06-05").result
        after = order_report(record, "cha_9", on="2024-06-10").result
    assert (before.items, after.items) == (7, 8)
    assert np.hypot(*(places(after)[0] - 135.5)) < 3


def test_files_for_the_field_hold_the_squares_in_their_order(told: Tell, tmp_path: Path) -> None:
    files = [tmp_path / f"next.{kind}" for kind in ("geojson", "gpx", "kml", "csv")]
    result = ordered(told, [search(100, 100, 121, 140), *ROW], count=20, out=files).result
    assert result.files == tuple(map(str, files))
    for file in files[:3]:  # GDAL reads them
        frame = pyogrio.raw.read(file, layer="waypoints" if file.suffix == ".gpx" else None)
        assert len(frame[2]) == 20
    read = json.loads(files[0].read_text())["features"]
    assert [f["properties"]["name"] for f in read][:3] == ["1", "2", "3"]
    assert "probab" not in files[0].read_text()


def test_it_says_that_it_is_a_ranking_and_no_probability(told: Tell, capsys: pytest.CaptureFixture[str]) -> None:
    product = ordered(told, [search(100, 100, 121, 140), *ROW])
    hazard.order(product)
    said = " ".join(capsys.readouterr().out.split())
    assert "A ranking of work, no probability: squares ranked last are cleared last, not left out." in said
    assert "840 of 1,600 squares of 1 m are cleared." in said
    assert "probability" not in as_json(product)


def test_ground_of_which_nothing_is_known_is_not_ranked(told: Tell) -> None:
    with pytest.raises(OutsideModel, match="nothing ranks its squares"):
        ordered(told, [])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"square": 0.1}, "too many to rank"),
        ({"square": 0.0}, "side above 0"),
        ({"spacing": (9.0, 5.0)}, "spacing"),
        ({"count": 0}, "count"),
    ],
)
def test_impossible_orders_are_refused(asked: dict[str, object], said: str, told: Tell) -> None:
    with pytest.raises(ValueRangeError, match=said):
        ordered(told, [search(100, 100, 121, 140)], **asked)


def test_ground_cleared_whole_has_no_order(told: Tell) -> None:
    with pytest.raises(ValueRangeError, match="cleared already"):
        ordered(told, [search(99, 99, 141, 141)])


def test_an_area_not_on_record_is_named_with_the_nearest(told: Tell) -> None:
    with (
        opened(str(told([SITE, area()])), read_only=True) as record,
        pytest.raises(NotFound, match="cha_8") as refused,
    ):
        order_report(record, "cha_8")
    assert "cha_9" in str(refused.value.hint)
