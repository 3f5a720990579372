"""Screening and contours over structures: the fast kernel against a plain one, polygons that never fall short."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal import airblast, contours, effects, screening, vibration
from tetrapylon.clear.disposal.cordon import Item, StatedCordon, cordon
from tetrapylon.clear.disposal.overturning import FreeStanding
from tetrapylon.clear.disposal.structures import SAFE_PRESSURE, Structure, disc, nearest_distances
from tetrapylon.errors import GeometryError, ValueRangeError, VocabularyError

COLUMN = FreeStanding(9.5, 0.95, 2300)


def structure(uid: str, x: float, y: float, **options: object) -> Structure:
    return Structure(uid, uid, shapely.box(x, y, x + 5, y + 5), **options)  # type: ignore[arg-type]


def plain_screen(charge: float, distance: float, ppv: float, kpa: float, impulse: float) -> tuple[float, int]:
    """One pair at a time, from the full air blast; largest ratio and its criterion."""
    ratios = [1140 * (distance / math.sqrt(charge)) ** -1.6 / ppv, math.nan, math.nan]
    z = distance / charge ** (1 / 3)
    if 0.0674 <= z <= 198.5:
        blast = airblast.kingery_bulmash(charge, distance)
        ratios[1:] = [blast.incident_pressure_kpa / kpa, blast.reflected_impulse_kpa_ms / impulse]
    known = [(r, -i) for i, r in enumerate(ratios) if not math.isnan(r)]
    best = max(known)
    return best[0], -best[1]


@given(
    pairs=st.lists(st.tuples(st.floats(0.05, 500), st.floats(0.5, 2000)), min_size=1, max_size=12),
    ppv=st.floats(0.5, 50),
    kpa=st.floats(0.1, 50),
    impulse=st.one_of(st.just(math.nan), st.floats(5, 2000)),
)
@settings(max_examples=60, deadline=None)
def test_screening_agrees_with_the_plain_reference(
    pairs: list[tuple[float, float]], ppv: float, kpa: float, impulse: float
) -> None:
    charge, distance = np.array(pairs).T
    found = screening.screen(charge, distance, ppv_limit_mm_s=ppv, pressure_limit_kpa=kpa, impulse_limit_pa_s=impulse)
    for i, (w, r) in enumerate(pairs):
        largest, governing = plain_screen(w, r, ppv, kpa, impulse)
        assert found.largest[i] == pytest.approx(largest, rel=1e-9)
        assert found.governing[i] == governing
        assert bool(found.too_close[i]) == (r / w ** (1 / 3) < 0.0674)
        assert found.vibration_upper[i] == pytest.approx(4 * found.vibration[i])


def test_blocks_do_not_change_the_answer() -> None:
    rng = np.random.default_rng(5)
    charge, distance = rng.uniform(0.1, 50, (300, 1)), rng.uniform(5, 500, (300, 120))
    limits = {"ppv_limit_mm_s": 3.0, "pressure_limit_kpa": 2.07, "impulse_limit_pa_s": 271.0}
    whole = screening.screen(charge, distance, **limits)
    row = screening.screen(charge[17], distance[17], **limits)
    np.testing.assert_array_equal(whole.largest[17], row.largest)
    assert whole.largest.shape == (300, 120)


def test_limits_must_be_positive_and_nothing_applicable_governs_nothing() -> None:
    with pytest.raises(ValueRangeError):
        screening.screen(1, 10, ppv_limit_mm_s=0, pressure_limit_kpa=1)
    none = screening.screen(1, 10, ppv_limit_mm_s=np.nan, pressure_limit_kpa=np.nan)
    assert none.governing == -1
    assert np.isnan(none.largest)


@given(radius=st.floats(1, 3000), angle=st.floats(0, 2 * math.pi), x=st.floats(2e5, 8e5), y=st.floats(0, 9e6))
@settings(max_examples=80, deadline=None)
def test_the_drawn_disc_contains_the_whole_circle(radius: float, angle: float, x: float, y: float) -> None:
    edge = shapely.Point(x + radius * math.cos(angle), y + radius * math.sin(angle))
    assert disc(x, y, radius).covers(edge)


def test_distances_shrink_by_the_position_uncertainty_and_the_grid_scale() -> None:
    site = [structure("near", 100, 0), structure("around", -2, -2)]
    assert nearest_distances(0, 0, site) == pytest.approx([100 / 1.001, 0])
    assert nearest_distances(0, 0, site, position_uncertainty_m=20)[0] == pytest.approx(100 / 1.001 - 20)


def test_contours_of_an_antitank_mine_between_columns() -> None:
    """TM-62M: cordon 923 m and more, 2.07 kPa at 86 m, PPV 3 mm/s at 112 m, a fifth of the critical impulse at 9 m."""
    site = [
        structure("cella", 80, 0),
        structure("wall", 100, 0),
        structure("column", 12, 0, free_standing=COLUMN),
        structure("museum", 1500, 0),
    ]
    drawn = contours.contours(0, 0, 7.5, site, cordon([Item("TM-62M", 9.5, 8.0)]))
    assert drawn.cordon_radius_m == 923
    assert list(drawn.in_cordon) == [True, True, True, False]
    assert list(drawn.reached["pressure"]) == [True, False, True, False]
    assert list(drawn.reached["vibration"]) == [True, True, True, False]
    assert list(drawn.reached["impulse"]) == [False, False, False, False]
    radii = {ring.criterion: ring.radius_m for ring in drawn.rings}
    assert radii["vibration"] == pytest.approx(112, abs=0.5)
    assert radii["vibration_upper"] == pytest.approx(112 * 2.4, rel=0.01)
    assert radii["pressure"] == pytest.approx(86, abs=0.5)
    assert radii["impulse"] == pytest.approx(9.0, abs=0.1)
    assert drawn.cordon.area > math.pi * 923**2


def test_position_uncertainty_enlarges_every_ring() -> None:
    site = [structure("cella", 80, 0)]
    sure = contours.contours(0, 0, 7.5, site, StatedCordon(900, "EOD operator", "national table"))
    unsure = contours.contours(
        0, 0, 7.5, site, StatedCordon(900, "EOD operator", "national table"), position_uncertainty_m=25
    )
    assert unsure.cordon_radius_m == sure.cordon_radius_m + 25
    for before, after in zip(sure.rings, unsure.rings, strict=True):
        assert after.radius_m == pytest.approx(before.radius_m + 25)
        assert after.polygon.covers(before.polygon)


def test_a_limit_the_fit_cannot_place_counts_as_reached() -> None:
    """A very slender stele: the impulse still exceeds its working limit where the fit ends."""
    stele = structure("stele", 300, 0, free_standing=FreeStanding(1.2, 0.06, 2300))
    drawn = contours.contours(0, 0, 100.0, [stele], StatedCordon(900, "EOD operator", "national table"))
    assert np.isnan(drawn.radius_m["impulse"][0])
    assert drawn.reached["impulse"][0]


def test_structures_the_air_blast_model_does_not_see_are_flagged() -> None:
    site = [structure("hall", -2, -2), structure("behind", 30, 0, sheltered=True), structure("open", 30, 30)]
    drawn = contours.contours(0, 0, 7.5, site, StatedCordon(900, "EOD operator", "national table"))
    assert list(drawn.outside_model) == [True, True, False]
    assert np.isnan(drawn.radius_m["pressure"][1])


def test_inside_a_room_no_air_blast_ring_is_drawn_and_everything_counts_as_reached() -> None:
    stated = StatedCordon(900, "EOD operator", "national table")
    site = [structure("cella", 80, 0), structure("museum", 1500, 0)]
    drawn = contours.contours(0, 0, 7.5, site, stated, surroundings="interior")
    assert {ring.criterion for ring in drawn.rings} == {"vibration", "vibration_upper"}
    assert drawn.reached["pressure"].all()
    assert drawn.outside_model.all()


def test_a_loose_calibration_gives_no_upper_distance() -> None:
    scaled = np.geomspace(9, 13, 5)
    ppv = 30 / scaled * np.array([1.2, 0.5, 1.6, 0.6, 0.9])
    law = vibration.calibrate([vibration.Shot(1, r, v) for r, v in zip(scaled, ppv, strict=True)])
    assert math.isnan(contours.upper_vibration_distance(3.0, 7.5, law))


@given(limit=st.floats(0.5, 30), charge=st.floats(0.1, 100))
@settings(max_examples=25, deadline=None)
def test_the_upper_distance_is_the_outermost(limit: float, charge: float) -> None:
    shots = [(0.2, 10, 5.1), (0.2, 20, 1.9), (0.5, 15, 4.0), (0.5, 40, 0.7), (1.0, 30, 2.3), (1.0, 60, 0.61)]
    law = vibration.calibrate([vibration.Shot(*s) for s in shots])
    outermost = float(contours.upper_vibration_distance(limit, charge, law))
    beyond = np.geomspace(outermost * 1.001, 1e5, 500)
    assert (vibration.planning_upper(law, charge, beyond) < limit).all()


def test_very_low_pressure_limits_use_the_far_law_of_as_2187() -> None:
    distance = float(contours.pressure_distance(0.0893, 1.0))
    assert distance == pytest.approx(393, abs=1)


def test_tm_62m_shows_both_criteria_where_they_disagree() -> None:
    """107 mm/s by the law for confined charges, 36 times the limit; the impulse stays under the working limit."""
    (effect,) = effects.structure_effects(
        7.5, np.array([12.0]), [structure("column", 12, 0, free_standing=COLUMN, pressure_limit=None)]
    )
    by_name = {c.name: c for c in effect.criteria}
    assert by_name["vibration"].demand == pytest.approx(107, abs=0.5)
    assert by_name["vibration"].ratio == pytest.approx(36, abs=0.5)
    assert by_name["impulse"].ratio == pytest.approx(0.145 / 0.2, abs=0.003)
    assert effect.governing == "vibration"
    assert effect.disagree == (("vibration",), ("impulse",))
    assert not by_name["impulse"].limit.verification.confirmed
    assert any("site calibration" in need for need in effect.needs)
    assert any("lean" in need for need in effect.needs)


@pytest.mark.parametrize(
    ("options", "distance", "surroundings"),
    [({"sheltered": True}, 20.0, "open"), ({}, 20.0, "interior"), ({}, 0.05, "open"), ({}, 0.0, "open")],
)
def test_outside_the_air_blast_model_there_is_no_reading(
    options: dict[str, object], distance: float, surroundings: airblast.Surroundings
) -> None:
    (effect,) = effects.structure_effects(
        7.5, np.array([distance]), [structure("cella", 0, 0, **options)], surroundings=surroundings
    )
    pressure = next(c for c in effect.criteria if c.name == "pressure")
    assert math.isnan(pressure.ratio)
    assert pressure.why == "outside model, ask the EOD operator"
    assert effect.brick_house is None


def test_beyond_the_fit_the_reading_is_an_upper_bound_and_says_so() -> None:
    (effect,) = effects.structure_effects(1.0, np.array([500.0]), [structure("cella", 0, 0)])
    pressure = next(c for c in effect.criteria if c.name == "pressure")
    assert "at most" in pressure.why
    end = airblast.kingery_bulmash(1.0, 198.5).incident_pressure_kpa
    assert pressure.ratio == pytest.approx(end / SAFE_PRESSURE.value)


def test_mitigation_earns_credit_only_with_evidence() -> None:
    with pytest.raises(ValueRangeError, match="evidence"):
        effects.Mitigation(air_factor=0.5)
    credit = effects.Mitigation(air_factor=0.5, evidence="measured on site", stated_by="EOD operator")
    site = [structure("cella", 0, 0)]
    with_credit = effects.demand(7.5, np.array([50.0]), site, mitigation=credit)
    without = effects.demand(7.5, np.array([50.0]), site)
    assert with_credit.pressure_ratio == pytest.approx(0.5 * without.pressure_ratio)
    assert with_credit.vibration_ratio == pytest.approx(without.vibration_ratio)


def test_what_cannot_be_a_structure_or_surroundings() -> None:
    with pytest.raises(GeometryError):
        Structure("x", "x", shapely.Polygon())
    with pytest.raises(VocabularyError):
        effects.demand(1.0, np.array([5.0]), [structure("x", 0, 0)], surroundings="garden")  # type: ignore[arg-type]
