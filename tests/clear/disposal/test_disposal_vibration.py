"""Ground vibration: site calibration against a second library, limits of the standards, learning from shots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tetrapylon.clear.disposal import measured, vibration
from tetrapylon.clear.disposal.limits import lowest, sbr_a_limit, vibration_limit
from tetrapylon.clear.disposal.tables import limit_curves
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

SHOTS = [
    vibration.Shot(w, r, v)
    for w, r, v in [(0.2, 10, 5.1), (0.2, 20, 1.9), (0.5, 15, 4.0), (0.5, 40, 0.7), (1.0, 30, 2.3), (1.0, 60, 0.61)]
]


def test_the_calibration_is_the_least_squares_line_of_scipy() -> None:
    law = vibration.calibrate(SHOTS)
    line = stats.linregress(
        np.log([s.distance_m / s.charge_kg**0.5 for s in SHOTS]), np.log([s.ppv_mm_s for s in SHOTS])
    )
    assert pytest.approx(-line.slope) == law.B
    assert pytest.approx(np.exp(line.intercept)) == law.K


def test_the_prediction_interval_covers_new_shots_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(2000):
        scaled = np.geomspace(4, 60, 8)[rng.permutation(8)]
        ppv = 900 * scaled**-1.5 * np.exp(0.4 * rng.standard_normal(8))
        law = vibration.calibrate([vibration.Shot(1.0, r, v) for r, v in zip(scaled[:7], ppv[:7], strict=True)])
        bounds = law.predict(1.0, scaled[7])
        covered += bool(bounds.lower <= ppv[7] <= bounds.upper)
    assert covered / 2000 == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 2000))


@pytest.mark.parametrize(
    ("shots", "words"),
    [
        (SHOTS[:4], "at least 5"),
        ([vibration.Shot(1, 10, v) for v in (1, 2, 3, 4, 5)], "one scaled distance"),
        ([vibration.Shot(1, r, r) for r in (5, 10, 20, 40, 80)], "does not fall"),
    ],
)
def test_shots_that_cannot_calibrate_a_site(shots: list[vibration.Shot], words: str) -> None:
    with pytest.raises(OutsideModel, match=words):
        vibration.calibrate(shots)


@given(charge=st.floats(0.1, 500), distance=st.floats(1, 2000))
@settings(max_examples=60, deadline=None)
def test_away_from_the_calibrated_range_the_factor_of_four_stays(charge: float, distance: float) -> None:
    law = vibration.calibrate(SHOTS)
    upper = vibration.planning_upper(law, charge, distance)
    if law.predict(charge, distance).extrapolated:
        assert upper >= vibration.UncalibratedSite().predict(charge, distance).upper
    assert upper >= law.predict(charge, distance).upper


@given(limit=st.floats(0.5, 100), charge=st.floats(0.05, 500))
@settings(max_examples=50, deadline=None)
def test_distance_and_charge_for_a_limit_invert_the_law(limit: float, charge: float) -> None:
    distance = vibration.distance_for_ppv(limit, charge, K=1140, B=1.6)
    assert vibration.median_ppv(charge, distance, K=1140, B=1.6) == pytest.approx(limit)
    assert vibration.charge_for_ppv(limit, distance, K=1140, B=1.6) == pytest.approx(charge)


@pytest.mark.parametrize(("charge", "ppv_3", "ppv_10"), [(0.24, 20, 10), (1.5, 50, 24), (7.5, 112, 53), (20, 183, 86)])
def test_published_radii_of_vibration(charge: float, ppv_3: float, ppv_10: float) -> None:
    assert vibration.distance_for_ppv([3, 10], charge, K=1140, B=1.6) == pytest.approx([ppv_3, ppv_10], abs=1)


@pytest.mark.parametrize(("kg", "near", "far"), [(0.2, 6, 24), (1, 12, 53), (1.5, 15, 65), (6, 31, 130), (50, 89, 376)])
def test_caltrans_screening_distances_for_3_mm_per_s(kg: float, near: float, far: float) -> None:
    for imperial, expected in ((24, near), (242, far)):
        distance = vibration.distance_for_ppv(3.0, kg, K=vibration.caltrans_k(imperial), B=1.6)
        assert distance == pytest.approx(expected, abs=1)


def test_air_slap_of_5_kpa() -> None:
    assert vibration.air_slap_ppv(5.0, density_kg_m3=1800, wave_speed_m_s=500) == pytest.approx(5.6, abs=0.05)


def test_limits_of_the_standards() -> None:
    table = """
    curve                              Hz    mm/s
    din4150-3/line-3                   10    3
    din4150-3/line-3                   50    8
    din4150-3/line-3                   150   10
    bs7385-2/line-2                    4     15
    bs7385-2/line-2                    40    50
    bs7385-2/line-2/historic           40    25
    sn640312a/class-3/occasional       30    15
    sn640312a/class-3/occasional       45    20
    sn640312a/class-4/occasional       100   15
    dgms-1997/historic                 8     2
    dgms-1997/historic                 30    10
    gb6722-2003/ancient                5     1
    caltrans/ruins/transient           20    3.05
    """
    for line in table.split("\n")[2:-1]:
        curve, hertz, expected = line.split()
        assert vibration_limit(float(hertz), curve=curve).limit_mm_s == pytest.approx(float(expected)), line


def test_recalled_limits_say_so() -> None:
    assert vibration_limit(20).verification.confirmed
    for curve in ("din4150-3/line-3/top-floor", "sn640312a/class-4/occasional", "caltrans/ruins/transient"):
        assert not vibration_limit(20, curve=curve).verification.confirmed
    assert not vibration_limit(20, curve="usbm-ri8507/plaster").verification.confirmed


@pytest.mark.parametrize("curve", sorted(limit_curves()))
def test_an_unknown_frequency_gets_the_lowest_limit(curve: str) -> None:
    segments = limit_curves()[curve]
    frequencies = np.linspace(max(segments[0].f_low_hz, 0.1), segments[-1].f_high_hz, 400)
    assert vibration_limit(None, curve=curve).limit_mm_s <= np.nanmin(
        vibration_limit(frequencies, curve=curve).limit_mm_s
    )
    assert lowest(segments) > 0


def test_monument_limits_are_millimetres_not_tenths() -> None:
    assert vibration_limit(None).limit_mm_s == 3.0


@pytest.mark.parametrize(("frequency", "curve"), [(0.5, "din4150-3/line-3"), (300.0, "sn640312a/class-3/occasional")])
def test_no_limit_where_the_standard_gives_none(frequency: float, curve: str) -> None:
    with pytest.raises(OutsideModel):
        vibration_limit(frequency, curve=curve)
    assert np.isnan(vibration_limit([frequency], curve=curve).limit_mm_s).all()


def test_unknown_curves_name_the_nearest() -> None:
    with pytest.raises(VocabularyError, match="din4150-3/line-3"):
        vibration_limit(10, curve="din4150-3/line3")


def test_sbr_a_for_repeated_events_at_a_monument() -> None:
    assert sbr_a_limit(5) == pytest.approx(1.23, abs=0.005)
    assert sbr_a_limit(100, repetition="single", measurement="detailed", monument=False) == pytest.approx(20)


shots = st.lists(
    st.builds(vibration.Shot, st.floats(0.1, 5), st.floats(2, 200), st.floats(0.05, 200)), min_size=1, max_size=4
)


@given(log=shots)
@settings(max_examples=80, deadline=None)
def test_before_five_shots_measurements_only_widen(log: list[vibration.Shot]) -> None:
    prior = vibration.UncalibratedSite()
    law = measured.update(prior, log)
    assert isinstance(law, vibration.UncalibratedSite)
    assert law.upper_factor >= prior.upper_factor
    assert law.lower_factor <= prior.lower_factor
    compared = measured.compare(law, log)
    assert (compared.measured_mm_s <= compared.upper_mm_s * (1 + 1e-9)).all()


def test_five_shots_in_any_grouping_calibrate_the_site() -> None:
    step = vibration.UncalibratedSite()
    for shot in SHOTS:
        step = measured.update(step, [shot])
    whole = measured.update(vibration.UncalibratedSite(), SHOTS)
    assert step == whole == vibration.calibrate(SHOTS)


def test_the_comparison_shows_bias_before_learning() -> None:
    law = vibration.UncalibratedSite()
    log = [vibration.Shot(1.0, r, 0.5 * float(law.predict(1.0, r).median)) for r in (10, 20, 40)]
    result = measured.compare(law, log)
    assert result.bias == pytest.approx(0.5)
    assert result.ln_sd == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueRangeError):
        measured.compare(law, [])
