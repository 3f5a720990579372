"""Standing stone against numerical integration; damage and fragility against published and worked values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from tetrapylon.clear.disposal import airblast, damage, waveform
from tetrapylon.clear.disposal.overturning import FreeStanding, overturning, parts_above_joints, rectangular_pulse
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

COLUMN = FreeStanding(9.5, 0.95, 2300)

bodies = st.builds(FreeStanding, st.floats(1, 15), st.floats(0.3, 1.5), st.floats(1800, 2800))
decays = st.floats(-0.9, 8)


def falls(body: FreeStanding, pressure: float, duration: float, decay: float) -> bool:
    """The non-linear rocking equation, started upright."""
    alpha, rate = body.edge_angle, body.rocking_rate
    lever = body.face_m2 * body.height_m / 2 / body.inertia_kg_m2

    def motion(t: float, state: np.ndarray) -> list[float]:
        push = pressure * (1 - t / duration) * np.exp(-decay * t / duration) if t < duration else 0.0
        return [state[1], -(rate**2) * np.sin(alpha - state[0]) + lever * push]

    def over(t: float, state: np.ndarray) -> float:
        return float(state[0] - 1.5 * alpha)

    def back(t: float, state: np.ndarray) -> float:
        return float(state[0] + 1e-6)

    over.terminal = back.terminal = True  # type: ignore[attr-defined]
    first = solve_ivp(
        motion, (0, duration), [0.0, 0.0], rtol=1e-9, atol=1e-12, events=(over, back), max_step=duration / 50
    )
    if first.status == 1:
        return bool(first.t_events[0].size)
    then = solve_ivp(motion, (duration, duration + 60), first.y[:, -1], rtol=1e-9, atol=1e-12, events=(over, back))
    return bool(then.t_events[0].size)


@pytest.mark.parametrize(("duration", "decay"), [(0.01, 1.0), (0.3, 0.0), (0.05, 3.0)])
def test_the_pulse_criterion_agrees_with_the_rocking_equation(duration: float, decay: float) -> None:
    critical = 1 / float(overturning(COLUMN, 1.0, duration, decay=decay).pulse)
    assert falls(COLUMN, 1.005 * critical, duration, decay)
    assert not falls(COLUMN, 0.99 * critical, duration, decay)


@given(body=bodies, pressure=st.floats(100, 1e6), duration=st.floats(1e-3, 2.0), decay=decays)
@settings(max_examples=100, deadline=None)
def test_impulsive_and_quasi_static_criteria_bound_the_pulse(
    body: FreeStanding, pressure: float, duration: float, decay: float
) -> None:
    result = overturning(body, pressure, duration, decay=decay)
    assert result.pulse <= min(result.impulsive, result.quasi_static) * (1 + 1e-9)


@given(body=bodies, duration=st.floats(1e-3, 2.0), lean=st.floats(0.05, 0.9))
@settings(max_examples=60, deadline=None)
def test_a_lean_toward_the_fall_never_helps(body: FreeStanding, duration: float, lean: float) -> None:
    leaning = FreeStanding(body.height_m, body.depth_m, body.density_kg_m3, lean_rad=lean * body.edge_angle)
    upright, tilted = (overturning(b, 5000, duration, decay=1.0) for b in (body, leaning))
    for name in ("impulsive", "quasi_static", "pulse", "working"):
        assert getattr(tilted, name) == pytest.approx(getattr(upright, name) / (1 - lean), rel=1e-9)
    assert upright.lean_known is False
    assert tilted.lean_known is True


def test_the_critical_lean_brings_the_working_limit() -> None:
    pressure = 0.5 * COLUMN.working_impulse_pa_s / 0.01 / float(waveform.shape_factor(0.0))
    lean = float(overturning(COLUMN, pressure, 0.01, decay=0.0).critical_lean_rad)
    leaning = FreeStanding(9.5, 0.95, 2300, lean_rad=lean)
    assert overturning(leaning, pressure, 0.01, decay=0.0).working == pytest.approx(1.0)


@given(body=bodies, pressure=st.floats(100, 1e5))
@settings(max_examples=40, deadline=None)
def test_a_long_rectangle_tends_to_the_static_load(body: FreeStanding, pressure: float) -> None:
    static = pressure / (body.quasi_static_pressure_pa * body.edge_angle / np.sin(body.edge_angle))
    assert rectangular_pulse(body, pressure, 1000.0) == pytest.approx(static, rel=1e-6)


@pytest.mark.parametrize(
    ("height", "depth", "impulse", "pressure"),
    [(9.5, 0.95, 1357, 1683), (6.0, 0.60, 681, 1063), (3.0, 0.50, 673, 1477), (1.0, 0.90, 4583, 14354)],
)
def test_limestone_columns_and_the_single_drum(height: float, depth: float, impulse: float, pressure: float) -> None:
    body = FreeStanding(height, depth, 2300)
    assert body.critical_impulse_pa_s == pytest.approx(impulse, rel=1e-3)
    assert body.quasi_static_pressure_pa == pytest.approx(pressure, rel=1e-3)


def test_the_whole_column_is_its_own_weakest_stack_when_uniform() -> None:
    parts = parts_above_joints(COLUMN, [1.9] * 5)
    impulses = [part.critical_impulse_pa_s for part in parts]
    assert parts[0].height_m == pytest.approx(9.5)
    assert impulses == sorted(impulses)
    with pytest.raises(ValueRangeError, match="add up"):
        parts_above_joints(COLUMN, [1.0, 2.0])


def test_a_body_past_its_edge_angle_is_outside() -> None:
    with pytest.raises(OutsideModel):
        FreeStanding(9.5, 0.95, 2300, lean_rad=0.2)
    with pytest.raises(ValueRangeError):
        FreeStanding(2.0, 0.6, 2300, shape="block")


def test_tm_62m_at_twelve_metres_from_the_column() -> None:
    """Worked check: Z 6.130, P 30.7 kPa, ir 196 Pa s, IM 0.145, P(IM > 0.2) 0.209, P(overturn) 7e-7."""
    blast = airblast.kingery_bulmash(7.5, 12.0)
    assert blast.scaled_distance == pytest.approx(6.130, abs=5e-4)
    assert blast.incident_pressure_kpa == pytest.approx(30.7, abs=0.05)
    assert blast.reflected_impulse_kpa_ms == pytest.approx(196, abs=0.5)
    intensity = blast.reflected_impulse_kpa_ms / COLUMN.critical_impulse_pa_s
    states = damage.state_probabilities(intensity, (0.2, 0.5, 1.0), 0.4)
    assert states[0] == pytest.approx(0.209, abs=0.001)
    assert states[2] == pytest.approx(7e-7, rel=0.05)
    leaning = FreeStanding(9.5, 0.95, 2300, lean_rad=0.03)
    assert blast.reflected_impulse_kpa_ms / leaning.critical_impulse_pa_s == pytest.approx(0.207, abs=5e-4)


@pytest.mark.parametrize(
    ("charge", "a_fifth", "whole"), [(1.5, 3.3, 0.9), (7.5, 9.0, 2.4), (97, 46, 11), (300, 96, 22)]
)
def test_published_radii_of_the_column(charge: float, a_fifth: float, whole: float) -> None:
    levels = COLUMN.critical_impulse_pa_s * np.array([0.2, 1.0])
    radii = airblast.distance_for("reflected_impulse", levels, charge)
    assert radii == pytest.approx([a_fifth, whole], rel=0.03)


@given(decay=st.floats(-2.5, 40))
@settings(max_examples=80, deadline=None)
def test_the_decay_is_recovered_from_the_impulse_of_the_wave(decay: float) -> None:
    t = np.linspace(0, 4.0, 20001)
    impulse = np.trapezoid(waveform.overpressure(t, 30.0, 4.0, decay), t)
    if impulse < 0.99 * 30.0 * 4.0:
        assert waveform.friedlander_decay(30.0, impulse, 4.0) == pytest.approx(decay, abs=1e-2)


def test_a_wave_larger_than_its_rectangle_does_not_exist() -> None:
    with pytest.raises(OutsideModel):
        waveform.friedlander_decay(1.0, 1.1, 1.0)
    assert np.isnan(waveform.friedlander_decay([1.0, 1.0], [1.1, 0.5], 1.0)[0])


def test_dynamic_pressure_of_a_weak_wave() -> None:
    assert waveform.dynamic_pressure(6.9) == pytest.approx(2.5 * 6.9**2 / (7 * 101.325 + 6.9))


def test_brick_houses_tie_jarrett_to_clancey_at_large_charges() -> None:
    """At large W category Cb lies where Clancey places 15.8 kPa; for 7.5 kg pressure alone reaches 18.7 m, not 2.5."""
    radius = float(damage.jarrett_radius(1e6, "Cb"))
    assert airblast.kingery_bulmash(1e6, radius).incident_pressure_kpa == pytest.approx(15.8, rel=0.01)
    assert damage.jarrett_radius(7.5, "Cb") == pytest.approx(2.5, abs=0.05)
    assert airblast.distance_for("incident_pressure", 15.8, 7.5) == pytest.approx(18.7, abs=0.1)


def test_the_pressure_impulse_curve_needs_more_pressure_where_impulse_is_small() -> None:
    curve = damage.pressure_impulse_curve("Cb", np.geomspace(5, 1e5, 30))
    assert (np.diff(curve.pressure_kpa) < 0).all()
    assert (np.diff(curve.impulse_kpa_ms) > 0).sum() > 20
    assert curve.verification.mark == "R/X"


def test_the_category_at_a_distance() -> None:
    assert damage.jarrett_category(7.5, 0.5) == "A"
    assert damage.jarrett_category(7.5, 5.0) == "Ca"
    assert damage.jarrett_category(7.5, 50.0) is None
    with pytest.raises(VocabularyError):
        damage.jarrett_radius(1.0, "E")


def test_the_vibration_fragility_is_the_reading_of_the_swiss_rule() -> None:
    fragility = damage.VIBRATION_FRAGILITY
    reached = damage.state_probabilities([1.0, 2.0], fragility.medians, fragility.beta)
    assert reached[:, 0] == pytest.approx([0.05, 0.5], abs=0.001)


@given(low=st.floats(0, 5), more=st.floats(0, 5), scatter=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_expected_loss_grows_with_intensity_and_stays_a_share(low: float, more: float, scatter: float) -> None:
    losses = damage.expected_loss_share([low, low + more], damage.OVERTURNING_FRAGILITY, demand_ln_sd=scatter)
    assert 0 <= losses[0] <= losses[1] <= 1


def test_a_nan_intensity_stays_nan() -> None:
    assert np.isnan(damage.expected_loss_share(np.nan, damage.OVERTURNING_FRAGILITY))


def test_the_linear_root_is_the_linear_root() -> None:
    """The Laplace criterion integrates the pulse against exp(-pt): checked by quadrature."""
    t = np.linspace(0, 0.3, 200_001)
    wave = waveform.overpressure(t * 1000, 10.0, 300.0, 2.0) * 1000
    scale = brentq(lambda p: float(rectangular_pulse(COLUMN, p, 1e6)) - 1, 1, 1e6)
    integral = COLUMN.rocking_rate * np.trapezoid(wave / scale * np.exp(-COLUMN.rocking_rate * t), t)
    assert overturning(COLUMN, 10_000.0, 0.3, decay=2.0).pulse == pytest.approx(integral, rel=1e-6)
