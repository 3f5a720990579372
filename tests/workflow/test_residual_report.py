"""What is left in a polygon: only from measured detection, and near the truth that simulated ground knows."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from tests.workflow.conftest import Ground

from tetrapylon.clear.search import Search as Passes
from tetrapylon.clear.search import unfound_draw
from tetrapylon.errors import NotFound, OutsideModel
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.model import Search, When
from tetrapylon.model.terms import SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.workflow import residual
from tetrapylon.workflow.frame import frame
from tetrapylon.workflow.ground import ground_record, named_area
from tetrapylon.workflow.practice import EPSG, SOUTH, WEST
from tetrapylon.workflow.prior import read_prior
from tetrapylon.workflow.residual import _Searched, residual_report


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for these tests: 240 draws."""
    monkeypatch.setattr(residual, "POD_DRAWS", 4)
    monkeypatch.setattr(residual, "FIELD_DRAWS", 60)


def truth(ground: Ground, polygon: shapely.Geometry) -> tuple[int, int]:
    """Items found and items left inside."""
    with Path(ground.practice.truth).open() as file:
        inside = [r for r in csv.DictReader(file) if polygon.contains(shapely.Point(float(r["lon"]), float(r["lat"])))]
    found = sum(r["found"] == "yes" for r in inside)
    return found, len(inside) - found


def polygon_of(record: Record, name: str) -> shapely.Geometry:
    return named_area(record.view(), name)[1]


def test_the_truth_of_simulated_ground_lies_in_the_interval(practised: Ground) -> None:
    with practised.open() as record:
        result = residual_report(record, "cha_1", prior=practised.prior, cell=5.0).result
        found, left = truth(practised, polygon_of(record, "cha_1"))
    assert result.finds == found
    assert result.left.count_low <= left <= result.left.count_high
    assert result.left.low < result.left.expected < result.left.high
    assert result.before > result.left.expected
    assert result.scenario
    assert result.legend.startswith("Scenario")
    assert result.searched == pytest.approx(4 * 200 * 25 / (200 * 320), abs=0.02)  # four lanes of 200 x 25 m


def test_the_naive_product_claims_less_than_is_left_where_passes_miss_the_same_items(practised: Ground) -> None:
    with practised.open() as record:
        naive = residual_report(record, "cha_1", prior=practised.prior, cell=5.0).result.naive
    assert naive is not None
    assert 0 < naive.naive < naive.left < 1


def test_the_same_seed_gives_the_same_figure(practised: Ground) -> None:
    with practised.open() as record:
        one, two = (residual_report(record, "sha_1", prior=practised.prior, cell=5.0).result.left for _ in range(2))
    assert one == two


def test_kinds_of_cells_worked_out_once_are_those_worked_out_cell_by_cell(practised: Ground) -> None:
    with practised.open() as record:
        view = record.view()
        made = frame(view, ground_record(view), read_prior(practised.prior), cell_m=5.0)
    fast = _Searched(made).drawn(np.random.default_rng(3))
    source = made.unfound()
    passes = [Passes(layer.method, source.coverage(layer, made.grid.window)) for layer in made.layers]
    plain = unfound_draw(made.classes, passes, np.random.default_rng(3)).share
    assert np.allclose(fast, plain, rtol=0, atol=1e-12)


def test_a_search_without_measured_detection_is_refused_by_name_and_has_no_default(mine: Ground) -> None:
    lane = geometry_to_wgs84(shapely.box(WEST + 100, SOUTH + 300, WEST + 140, SOUTH + 340), EPSG)
    dogs = Search(
        local_id="dogs_1", method=SearchMethod.DOGS, start=When(dt.date(2024, 7, 1)), geometry=lane, coverage=1.0
    )
    with mine.open(read_only=False) as record:
        with record.writing() as writer:
            writer.claim(dogs)
        with pytest.raises(OutsideModel, match=r"Search dogs_1: .*no blind trial is on record, .*has no default"):
            residual_report(record, "cha_1", prior=mine.prior)


def test_an_area_that_is_not_on_record_is_not_found_and_the_nearest_is_named(practised: Ground) -> None:
    with practised.open() as record, pytest.raises(NotFound, match='Did you mean "cha_1"'):
        residual_report(record, "cha1", prior=practised.prior)


def test_the_polygon_may_come_from_a_file(practised: Ground, tmp_path: Path) -> None:
    shape = geometry_to_wgs84(shapely.box(WEST + 60, SOUTH + 60, WEST + 260, SOUTH + 85), EPSG)
    file = tmp_path / "lane.geojson"
    file.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": '
        f"{shapely.to_geojson(shape)}}}]}}"
    )
    with practised.open() as record:
        result = residual_report(record, str(file), prior=practised.prior, cell=5.0).result
    assert result.searched == pytest.approx(1.0, abs=0.01)
    assert result.area_m2 == pytest.approx(5000, rel=2e-3)
