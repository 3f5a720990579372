"""The contamination map of a record: a file that outside programs read, its refusals, and what it never does."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity
from tests.workflow.conftest import Ground, Tell

from tetrapylon.errors import CaseError, GeometryError, NotFound, OutsideModel, ValueRangeError
from tetrapylon.formats.raster import Raster, write_cog
from tetrapylon.formats.raster.cog import Band
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.geo.grid import GridSpec
from tetrapylon.model import OrdnanceItem, Search, Site, Structure, When
from tetrapylon.model.terms import OrdnanceCategory, SearchMethod
from tetrapylon.workflow.clear import gate_report
from tetrapylon.workflow.contamination import contamination_map
from tetrapylon.workflow.field_map import opened_map
from tetrapylon.workflow.keeping import opened
from tetrapylon.workflow.practice import EPSG, SOUTH, WEST
from tetrapylon.workflow.prior import read_prior
from tetrapylon.workflow.product import as_json, keep
from tetrapylon.workflow.residual import residual_report

rasterio = pytest.importorskip("rasterio")
DAY = When(dt.date(2024, 6, 1))
KNOWN = "2100-01-01"
"""One view for files that are compared byte by byte."""


def ground(*bounds: float) -> shapely.Geometry:
    """A rectangle of the simulated ground, m, in degrees."""
    return geometry_to_wgs84(shapely.affinity.translate(shapely.box(*bounds), WEST, SOUTH), EPSG)


def spot(x: float, y: float) -> shapely.Geometry:
    return geometry_to_wgs84(shapely.Point(WEST + x, SOUTH + y), EPSG)


@pytest.fixture(scope="module")
def chart(practised: Ground, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("map") / "map.tif"
    with practised.open() as record:
        contamination_map(record, out=out, prior=practised.prior)
    return out


# --- the file -----------------------------------------------------------------------------------------------------


def test_gdal_knows_it_as_a_cloud_optimised_geotiff_with_named_bands(chart: Path) -> None:
    with rasterio.open(chart) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.profile["tiled"]
        assert file.overviews(1)
        assert file.crs.to_epsg() == EPSG
        assert file.descriptions[0] == "expected items left"
        assert file.units == ("items per cell", "1", "1", "m")
        assert math.isnan(file.nodata)


def test_the_legend_in_the_file_says_scenario_prior_beyond_reach_and_no_release(chart: Path) -> None:
    with rasterio.open(chart) as file:
        legend = file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    for said in ("Scenario on simulated ground", "show the prior alone", "Nothing here releases land", "restricted"):
        assert said in legend
    assert opened_map(chart).legend == legend


def test_its_bands_are_what_they_say(chart: Path) -> None:
    raster = Raster.open(chart)
    expected, probability, variance, distance = raster.read(raster.grid.window)
    assert np.all((probability > 0) & (probability <= expected * (1 + 1e-6)))  # P(some) <= E[number]
    assert np.all(variance > 0)
    near = distance[np.isfinite(distance)]
    assert near.min() == 0
    assert near.max() <= opened_map(chart).reach_m
    assert np.isnan(distance).any()  # beyond the reach
    assert opened_map(chart).expected == pytest.approx(expected.sum(), rel=1e-4)


def test_where_searches_found_items_more_is_left_than_where_they_found_none(chart: Path) -> None:
    raster = Raster.open(chart)
    expected = raster.read(raster.grid.window)[0]
    row, col = raster.grid.index([WEST + 118, WEST + 440], [SOUTH + 95, SOUTH + 120])
    assert expected[row[0], col[0]] > 3 * expected[row[1], col[1]]


def test_a_picture_of_it_in_web_mercator_for_map_tiles(chart: Path) -> None:
    made = opened_map(chart)
    west, south, east, north = made.corners()
    assert -28 < west < east < -26
    half = 20037508.342789244
    x = [lon * half / 180 for lon in (west, east)]
    y = [math.log(math.tan((90 + lat) * math.pi / 360)) * half / math.pi for lat in (south, north)]
    picture = made.picture("probability of an item left", (x[0] - 500, y[0], x[1], y[1]), (64, 64))
    assert picture.shape == (64, 64)
    assert np.isnan(picture[:, 0]).all()  # west of the map
    assert np.isfinite(picture).mean() > 0.4
    with pytest.raises(NotFound, match="probability"):
        made.picture("probability", (x[0], y[0], x[1], y[1]), (8, 8))


def test_an_interrupted_map_goes_on_where_it_stopped_and_is_the_same(practised: Ground, tmp_path: Path) -> None:
    whole, halves = tmp_path / "whole.tif", tmp_path / "halves.tif"
    seen: list[int] = []

    def stop(what: str, done: int, total: int) -> None:
        if what == "map" and done == 2:
            raise KeyboardInterrupt

    def count(what: str, done: int, total: int) -> None:
        if what == "map":
            seen.append(done)

    with practised.open() as record:
        contamination_map(record, out=whole, prior=practised.prior, cell=0.8, known=KNOWN)
        with pytest.raises(KeyboardInterrupt):
            contamination_map(record, out=halves, prior=practised.prior, cell=0.8, known=KNOWN, progress=stop)
        assert not halves.exists()
        contamination_map(record, out=halves, prior=practised.prior, cell=0.8, known=KNOWN, progress=count)
    assert seen[0] == 3
    assert halves.read_bytes() == whole.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["halves.tif", "whole.tif"]


def test_work_of_another_prior_is_not_taken_over(practised: Ground, tmp_path: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "map":
            raise KeyboardInterrupt

    out, other, fresh = tmp_path / "map.tif", tmp_path / "other.toml", tmp_path / "fresh.tif"
    other.write_text(practised.prior.read_text().replace("items_per_m2 = 0.0003", "items_per_m2 = 0.01"))
    with practised.open() as record:
        with pytest.raises(KeyboardInterrupt):
            contamination_map(record, out=out, prior=practised.prior, cell=2.0, known=KNOWN, progress=stop)
        contamination_map(record, out=out, prior=other, cell=2.0, known=KNOWN)
        contamination_map(record, out=fresh, prior=other, cell=2.0, known=KNOWN)
    assert out.read_bytes() == fresh.read_bytes()


def test_without_evidence_the_prior_comes_back(told: Tell, practised: Ground, tmp_path: Path) -> None:
    file = told([Site(label="Empty", simulated=True, geometry=ground(0, 0, 100, 100))])
    with opened(str(file), read_only=True) as record:
        contamination_map(record, out=tmp_path / "map.tif", prior=practised.prior)
    raster = Raster.open(tmp_path / "map.tif")
    expected, _, variance, distance = raster.read(raster.grid.window)
    prior = read_prior(practised.prior)
    sd2 = prior.field_sd**2 + math.log(prior.factor) ** 2
    middle = variance[variance.shape[0] // 2, variance.shape[1] // 2]
    assert middle == pytest.approx(prior.field_sd**2 + math.log(prior.factor) ** 2, rel=0.02)
    assert expected.mean() == pytest.approx(prior.items_per_m2 * math.exp(sd2 / 2) * raster.grid.cell_m**2, rel=0.1)
    assert np.isnan(distance).all()


# --- what it never does -------------------------------------------------------------------------------------------


def test_a_prediction_never_changes_a_gate(mine: Ground, tmp_path: Path) -> None:
    with mine.open(read_only=False) as record:
        with record.writing() as writer:
            for name, x in (("in_the_rows", 118), ("beyond_reach", 480)):
                writer.claim(Structure(label=name, local_id=name, geometry=spot(x, 300), position_accuracy=2.0))
        before = as_json(gate_report(record).result)
        product = contamination_map(record, out=tmp_path / "map.tif", prior=mine.prior, cell=5.0)
        keep(record, product)
        after = as_json(gate_report(record).result)
    assert before["of"]
    assert after == before


# --- refusals -----------------------------------------------------------------------------------------------------


def test_palmyra_gets_the_extents_of_its_reports_and_no_figure(
    palmyra_file: Path, practised: Ground, tmp_path: Path
) -> None:
    with opened(str(palmyra_file), read_only=True) as record:
        for prior in (None, practised.prior):
            product = contamination_map(record, out=tmp_path / "map.tif", prior=prior)
            result = product.result
            assert result.field is None
            assert "no item position and no surveyed cell is on record" in str(result.refused)
            assert "differ between countries" in str(result.refused)
            assert not (tmp_path / "map.tif").exists()
        assert any("same country" in need for need in result.needed)
        with pytest.raises(OutsideModel, match="no probability is given"):
            residual_report(record, "site", prior=practised.prior)
    features = json.loads((tmp_path / "map.geojson").read_text())["features"]
    assert len(features) == len(result.extents) >= 20
    assert {f["properties"]["probability"] for f in features} == {None}
    town = [f for f in features if f["properties"]["accuracy_m"] == 1000]
    assert town
    assert all(f["geometry"]["type"] == "Polygon" for f in town)  # known to a kilometre: an area, never a point
    assert [f["geometry"] for f in features if f["properties"]["shown_by"].startswith("named only")] == [None] * 3


def test_the_scenarios_for_palmyra_are_shares_under_assumed_detection(palmyra_file: Path) -> None:
    with opened(str(palmyra_file), read_only=True) as record:
        first, second = contamination_map(record).result.scenarios
    assert first.left[2] == pytest.approx(0.030, abs=5e-4)  # the published worked figure: 3.0 %, naive 0.10 %
    assert first.naive[2] == pytest.approx(0.0010, abs=5e-5)
    assert second.left == pytest.approx((0.3, 0.09, 0.027))


def real(country: str | None, tmp_path: Path, told: Tell) -> Path:
    lane = Search(local_id="lane", method=SearchMethod.MANUAL, start=DAY, geometry=ground(0, 0, 60, 60), coverage=0.9)
    item = OrdnanceItem(local_id="one", found=DAY, category=OrdnanceCategory.AP_MINE, geometry=spot(30, 30))
    return told([Site(label="Ground", country=country, geometry=ground(-50, -50, 200, 200)), lane, item])


@pytest.mark.parametrize(
    ("country", "learnt", "said"),
    [("CO", "KH", "learnt in KH"), ("CO", None, "a simulation"), (None, "CO", "does not say in which country")],
)
def test_a_prior_from_elsewhere_gives_no_map(
    country: str | None, learnt: str | None, said: str, told: Tell, practised: Ground, tmp_path: Path
) -> None:
    prior = tmp_path / "prior.toml"
    where = f'country = "{learnt}"\nlocated_outcomes = 900\n' if learnt else ""
    prior.write_text(where + practised.prior.read_text())
    with opened(str(real(country, tmp_path, told)), read_only=True) as record:
        result = contamination_map(record, out=tmp_path / "map.tif", prior=prior).result
    assert result.field is None
    assert said in str(result.refused)


def test_a_prior_from_the_same_country_gives_a_map_that_is_no_scenario(
    told: Tell, practised: Ground, tmp_path: Path
) -> None:
    prior = tmp_path / "prior.toml"
    prior.write_text('country = "CO"\nlocated_outcomes = 900\n' + practised.prior.read_text())
    with opened(str(real("CO", tmp_path, told)), read_only=True) as record:
        result = contamination_map(record, out=tmp_path / "map.tif", prior=prior).result
    assert result.field is not None
    assert not result.field.scenario
    assert "cenario" not in result.field.legend
    assert any("no blind trial is on record" in text for text in result.left_out)  # so the search counts for nothing
    assert result.used is not None
    assert (result.used.searches, result.used.finds, result.used.hits) == (0, 0, 1)


def test_there_is_no_default_prior(practised: Ground, tmp_path: Path) -> None:
    with practised.open() as record, pytest.raises(OutsideModel, match="needs a prior"):
        contamination_map(record, out=tmp_path / "map.tif")


# --- bad input ----------------------------------------------------------------------------------------------------


def test_ground_both_searched_and_left_out_is_refused_by_name(mine: Ground, tmp_path: Path) -> None:
    skipped = Search(
        local_id="left_out", method=SearchMethod.MANUAL, start=When(dt.date(2024, 5, 9)), coverage=0.0,
        geometry=ground(60, 60, 120, 80),
    )  # fmt: skip
    with mine.open(read_only=False) as record:
        with record.writing() as writer:
            writer.claim(skipped)
        with pytest.raises(GeometryError, match=r"lane_1 and left_out: 1200\.\d m2 .*both searched and left out"):
            contamination_map(record, out=tmp_path / "map.tif", prior=mine.prior)


def test_evidence_outside_the_site_is_refused_by_name(mine: Ground, tmp_path: Path) -> None:
    stray = OrdnanceItem(local_id="stray", found=DAY, category=OrdnanceCategory.MORTAR, geometry=spot(30_500, 200))
    with mine.open(read_only=False) as record:
        with record.writing() as writer:
            writer.claim(stray)
        with pytest.raises(GeometryError, match=r"Item stray lies 30\.0 km outside the site"):
            contamination_map(record, out=tmp_path / "map.tif", prior=mine.prior)


def modifier(path: Path, epsg: int = EPSG, *, hole: bool = False, west: float = WEST - 100) -> Path:
    grid = GridSpec(epsg, west, SOUTH + 600, 10.0, 80, 80)
    values = np.zeros((1, 80, 80), np.float32)
    values[0, 30:40, 30:40] = np.nan if hole else 2.0
    write_cog(path, grid, [Band("ln m", "1")], lambda w: values[:, *w.slices], tags={})
    return path


def test_a_modifier_of_ones_own_raises_what_it_covers(practised: Ground, tmp_path: Path) -> None:
    plain, raised = tmp_path / "plain.tif", tmp_path / "raised.tif"
    with practised.open() as record:
        contamination_map(record, out=plain, prior=practised.prior, cell=10.0)
        contamination_map(record, out=raised, prior=practised.prior, cell=10.0, modifier=modifier(tmp_path / "m.tif"))
    one, other = Raster.open(plain), Raster.open(raised)
    ratio = other.read(other.grid.window)[0] / one.read(one.grid.window)[0]
    row, col = one.grid.index(WEST + 250, SOUTH + 250)
    assert ratio[row, col] > 3
    assert ratio[0, 0] < 1.5


@pytest.mark.parametrize(
    ("bad", "error", "said"),
    [
        ({"hole": True}, ValueRangeError, "holds no number at"),
        ({"epsg": 32637}, GeometryError, "gdalwarp -t_srs EPSG:32626"),
        ({"west": WEST + 5000}, GeometryError, "does not cover the site"),
    ],
)
def test_a_modifier_that_cannot_be_used_is_refused(
    bad: dict[str, float], error: type[Exception], said: str, practised: Ground, tmp_path: Path
) -> None:
    with practised.open() as record, pytest.raises(error, match=said):
        contamination_map(
            record, out=tmp_path / "map.tif", prior=practised.prior, cell=10.0,
            modifier=modifier(tmp_path / "m.tif", **bad),  # type: ignore[arg-type]
        )  # fmt: skip
    assert not (tmp_path / "map.tif").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("range_m = 60.0", "rang_m = 60.0", 'Did you mean "range_m"'),
        ("factor = 3.0", "factor = 1.0", "above 1"),
        ("items_per_m2 = 0.0003", "", "items_per_m2: is needed"),
        ('"too deep" = 0.05', '"too deep" = 0.5', "must sum to 1"),
        ("sha = 2.0", "shaa = 2.0", 'Did you mean "sha"'),
        ("field_sd = 1.2", "field_sd = nan", "above 0"),
        ('name = "simulated ground, invented"', 'name = "x"\ncountry = "Colombia"', "ISO 3166-1"),
    ],
)
def test_a_prior_that_cannot_be_is_refused_by_its_setting(
    old: str, new: str, said: str, practised: Ground, tmp_path: Path
) -> None:
    path = tmp_path / "prior.toml"
    text = practised.prior.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(CaseError, match=said):
        read_prior(path)


def test_a_file_that_is_no_contamination_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match="no contamination map"):
        opened_map(modifier(tmp_path / "m.tif"))
