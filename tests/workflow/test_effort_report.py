"""Effort on a map: hours add up, the margin is one for all, and nothing is called enough."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from tests.workflow.conftest import Ground

from tetrapylon.cli.show import hazard
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.formats.raster import Raster, write_cog
from tetrapylon.model import Bound, Progress, Stated, When
from tetrapylon.model.terms import SearchMethod
from tetrapylon.workflow.contamination import contamination_map
from tetrapylon.workflow.effort import EffortReport, effort_report
from tetrapylon.workflow.product import Product


@pytest.fixture(scope="module")
def chart(practised: Ground, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("map") / "map.tif"
    with practised.open() as record:
        contamination_map(record, out=out, prior=practised.prior, cell=4.0)
    return out


def planned(ground: Ground, chart: Path, **changed: object) -> Product[EffortReport]:
    asked = {"budget": 300.0, "method": "manual", "prior": ground.prior, "rate": 60.0, **changed}
    with ground.open() as record:
        return effort_report(record, chart, **asked)  # type: ignore[arg-type]


def test_hours_and_finds_of_the_areas_add_up(practised: Ground, chart: Path, tmp_path: Path) -> None:
    out = tmp_path / "hours.tif"
    result = planned(practised, chart, out=out).result
    assert sum(a.hours for a in result.areas) == pytest.approx(300, rel=1e-9)
    assert sum(a.found for a in result.areas) == pytest.approx(result.found, rel=1e-9)
    assert sum(a.expected for a in result.areas) == pytest.approx(result.expected, rel=1e-9)
    hours = Raster.open(out)
    assert hours.read(hours.grid.window).sum(dtype=float) == pytest.approx(300, rel=1e-4)
    assert result.scenario


def test_ten_more_hours_find_ten_times_the_margin(practised: Ground, chart: Path) -> None:
    less, more = (planned(practised, chart, budget=b).result for b in (300.0, 310.0))
    gained = more.found - less.found
    assert 10 * more.margin <= gained <= 10 * less.margin


def test_only_the_areas_named_get_hours(practised: Ground, chart: Path) -> None:
    (area,) = planned(practised, chart, areas=("sha_1",)).result.areas
    assert area.name == "sha_1"
    assert area.hours == pytest.approx(300)


def test_the_rate_comes_from_days_of_work_or_is_asked_for(mine: Ground, chart: Path) -> None:
    with pytest.raises(OutsideModel, match="--rate"):
        planned(mine, chart, rate=None)
    work = [
        Progress(date=When(dt.date(2024, 5, d)), method=SearchMethod.MANUAL, area=Stated(a, Bound.EXACT), staff_hours=h)
        for d, a, h in ((7, 900.0, 20.0), (8, 600.0, 5.0))
    ]
    with mine.open(read_only=False) as record, record.writing() as writer:
        for day in work:
            writer.claim(day)
    result = planned(mine, chart, rate=None).result
    assert result.rate_m2_h == pytest.approx(1500 / 25)
    assert result.rate_from == "2 days of work on record"


def test_detection_has_no_default_and_shares_of_classes_come_from_a_prior(practised: Ground, chart: Path) -> None:
    assert planned(practised, chart).result.detection == pytest.approx(0.7 * 40 / 42 + 0.25 * 20 / 32 + 0.05 * 5 / 22)
    with pytest.raises(OutsideModel, match="--prior"):
        planned(practised, chart, prior=None)
    with pytest.raises(OutsideModel, match="has no default"):
        planned(practised, chart, method="dogs")


def test_maps_that_cannot_be_used_are_refused(practised: Ground, chart: Path, tmp_path: Path) -> None:
    raster = Raster.open(chart)
    other = tmp_path / "other.tif"
    write_cog(other, raster.grid, raster.bands[:1], lambda w: raster.read(w)[:1], tags={})
    with pytest.raises(GeometryError, match="no contamination map"):
        planned(practised, other)
    holes = tmp_path / "holes.tif"
    write_cog(
        holes, raster.grid, raster.bands, lambda w: np.where(raster.read(w) > 0.005, np.nan, raster.read(w)),
        tags=raster.tags,
    )  # fmt: skip
    with pytest.raises(ValueRangeError, match="NaN"):
        planned(practised, holes)
    with pytest.raises(ValueRangeError, match="budget"):
        planned(practised, chart, budget=0.0)


def test_the_margin_is_economic_and_enough_is_for_the_authority(
    practised: Ground, chart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with practised.open() as record:
        hazard.effort(effort_report(record, chart, budget=300.0, method="manual", prior=practised.prior, rate=60.0))
    said = " ".join(capsys.readouterr().out.split())
    assert "Expected items per unit effort at the margin" in said
    assert "for the national authority to say" in said
    assert "reasonable" not in said
