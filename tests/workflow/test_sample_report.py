"""Samples: random whole squares inside the lot, written so that others read them, and judged honestly."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from tests.workflow.conftest import Ground

from tetrapylon.clear.sampling import plan
from tetrapylon.clear.search import PoD
from tetrapylon.errors import CaseError, GeometryError, OutsideModel, ValueRangeError
from tetrapylon.workflow.ground import named_area
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.sampling import SampleReport, sample_report

EASY = {"unit": 5.0, "clean_share": 0.95, "method": "manual", "classes": ["metal-rich"], "seed": 7}


def sampled(ground: Ground, *areas: str, **changed: object) -> Product[SampleReport]:
    with ground.open() as record:
        return sample_report(record, areas or ("cha_1", "sha_1"), **{**EASY, **changed})  # type: ignore[arg-type]


def test_the_plan_is_the_exact_one_for_the_squares_and_the_trial(practised: Ground) -> None:
    result = sampled(practised).result
    assert [s.units for s in result.strata] == [2560, 2432]  # 200 x 320 m and 190 x 320 m of 25 m2
    wanted = plan([2560, 2432], clean_share=0.95, confidence=0.95, sensitivity=PoD(39, 40))
    assert tuple(s.sample for s in result.strata) == wanted.sample
    assert result.planned == wanted.confidence >= 0.95


def test_points_are_centres_of_whole_squares_inside_and_repeat_from_their_seed(practised: Ground) -> None:
    result = sampled(practised, "cha_1").result
    with practised.open() as record:
        lot = named_area(record.view(), "cha_1")[1]
    points = [shapely.Point(p.lon, p.lat) for p in result.points]
    assert all(lot.contains(p) for p in points)
    assert len({p.name for p in result.points}) == len(points) == result.strata[0].sample
    assert sampled(practised, "cha_1").result.points == result.points
    assert sampled(practised, "cha_1", seed=8).result.points != result.points
    fresh = {sampled(practised, "cha_1", seed=None).result.seed for _ in range(3)}
    assert len(fresh) == 3  # nobody can know beforehand where will be looked


@pytest.mark.parametrize("suffix", ["gpx", "kml", "geojson"])
def test_gdal_reads_the_points_where_they_are(suffix: str, practised: Ground, tmp_path: Path) -> None:
    out = tmp_path / f"points.{suffix}"
    result = sampled(practised, out=[out]).result
    layer = "waypoints" if suffix == "gpx" else pyogrio.list_layers(out)[0][0]
    meta, _, geometry, fields = pyogrio.raw.read(out, layer=layer)
    names = fields[[f.lower() for f in meta["fields"]].index("name")]
    assert list(names) == [p.name for p in result.points]
    at = shapely.get_coordinates(shapely.from_wkb(geometry))
    assert np.allclose(at, [(p.lon, p.lat) for p in result.points], rtol=0, atol=1e-8)
    assert meta["crs"] == "EPSG:4326"


def results_file(ground: Ground, path: Path, found: dict[str, str], *, default: str = "0") -> Path:
    sampled(ground, out=[path])
    with path.open() as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "found": found.get(row["name"], default)} for row in rows)
    return path


def test_nothing_found_gives_the_confidence_planned(practised: Ground, tmp_path: Path) -> None:
    result = sampled(practised, results=results_file(practised, tmp_path / "r.csv", {})).result
    assert result.verdict is not None
    assert result.verdict.accepted
    assert result.verdict.confidence == pytest.approx(result.planned)
    assert result.missing == 0


def test_one_find_refuses_the_lot(practised: Ground, tmp_path: Path) -> None:
    name = sampled(practised).result.points[5].name
    result = sampled(practised, results=results_file(practised, tmp_path / "r.csv", {name: "1"})).result
    assert result.verdict is not None
    assert not result.verdict.accepted
    assert result.verdict.confidence is None


def test_squares_without_a_result_lower_the_confidence(practised: Ground, tmp_path: Path) -> None:
    skipped = {p.name: "" for p in sampled(practised).result.points[:20]}
    result = sampled(practised, results=results_file(practised, tmp_path / "r.csv", skipped)).result
    assert result.missing == 20
    assert result.verdict is not None
    assert result.verdict.confidence is not None
    assert result.verdict.confidence < 0.9


def test_results_of_squares_that_were_not_drawn_are_refused(practised: Ground, tmp_path: Path) -> None:
    file = results_file(practised, tmp_path / "r.csv", {})
    lines = file.read_text().splitlines()
    lines[2] = "S1-999999" + lines[2][9:]
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(CaseError, match=r'r\.csv row 3, name: "S1-999999" is no square of this plan'):
        sampled(practised, results=file)
    with pytest.raises(ValueRangeError, match="--seed"):
        sampled(practised, results=file, seed=None)


def test_the_inspector_has_no_default(practised: Ground) -> None:
    with pytest.raises(OutsideModel, match="has no default"):
        sampled(practised, method=None)
    with pytest.raises(OutsideModel, match="no blind trial is on record"):
        sampled(practised, method="dogs", classes=[])
    with pytest.raises(ValueRangeError, match="nobody sees everything"):
        sampled(practised, method=None, assume=1.0)


def test_without_a_class_the_worst_one_decides_and_an_assumption_is_a_scenario(practised: Ground) -> None:
    worst = sampled(practised, classes=[]).result
    assert "too deep" in worst.sensitivity.source
    assert not worst.sensitivity.scenario
    assert worst.strata[0].sample > sampled(practised).result.strata[0].sample
    assumed = sampled(practised, method=None, assume=0.8).result
    assert assumed.sensitivity.scenario


def test_an_area_smaller_than_a_square_is_refused(practised: Ground) -> None:
    with pytest.raises(GeometryError, match="no whole square"):
        sampled(practised, unit=400.0)


def test_a_square_of_two_areas_counts_once(practised: Ground) -> None:
    first, second = sampled(practised, "sha_1", "practice").result.strata
    assert first.units + second.units == 100 * 80  # the site of 500 x 400 m
