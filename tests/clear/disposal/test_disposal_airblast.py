"""Air blast: shock physics the fits must obey, where they stop, altitude, and the inverse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal import airblast
from tetrapylon.clear.disposal.tables import airblast_segments
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

FIELDS = (
    "incident_pressure_kpa",
    "reflected_pressure_kpa",
    "incident_impulse_kpa_ms",
    "reflected_impulse_kpa_ms",
    "arrival_ms",
    "duration_ms",
    "front_velocity_m_per_ms",
)

scaled = st.floats(1.0, 39.9)
charges = st.floats(0.05, 5000.0)
bursts = st.sampled_from(["surface", "free_air"])


@given(z=scaled, burst=bursts)
@settings(max_examples=100, deadline=None)
def test_the_fits_obey_rankine_and_hugoniot(z: float, burst: airblast.Burst) -> None:
    blast = airblast.kingery_bulmash(1.0, z, burst=burst)
    front, reflected = airblast.rankine_hugoniot(blast.incident_pressure_kpa)
    assert blast.front_velocity_m_per_ms == pytest.approx(float(front), rel=0.006)
    assert blast.reflected_pressure_kpa == pytest.approx(float(reflected), rel=0.016)


@given(z=st.floats(1.0, 30.0), burst=bursts)
@settings(max_examples=50, deadline=None)
def test_the_arrival_time_grows_as_the_front_travels(z: float, burst: airblast.Burst) -> None:
    step = 1e-3 * z
    late = airblast.kingery_bulmash(1.0, z + step, burst=burst)
    early = airblast.kingery_bulmash(1.0, z - step, burst=burst)
    slope = (late.arrival_ms - early.arrival_ms) / (2 * step)
    assert slope == pytest.approx(1 / airblast.kingery_bulmash(1.0, z, burst=burst).front_velocity_m_per_ms, rel=0.03)


@given(z=st.floats(0.2, 39.0), charge=charges, burst=bursts)
@settings(max_examples=60, deadline=None)
def test_cube_root_scaling(z: float, charge: float, burst: airblast.Burst) -> None:
    root = charge ** (1 / 3)
    unit, blast = airblast.kingery_bulmash(1.0, z, burst=burst), airblast.kingery_bulmash(charge, z * root, burst=burst)
    for name in FIELDS:
        factor = root if name.endswith("ms") and "per" not in name else 1.0
        assert getattr(blast, name) == pytest.approx(getattr(unit, name) * factor, rel=1e-9)


@given(z=st.floats(0.0675, 180.0), further=st.floats(1.02, 1.5))
@settings(max_examples=100, deadline=None)
def test_incident_pressure_falls_with_distance(z: float, further: float) -> None:
    near, far = airblast.kingery_bulmash(1, z), airblast.kingery_bulmash(1, z * further if z * further < 198 else 198.4)
    assert far.incident_pressure_kpa < near.incident_pressure_kpa


def plain_value(quantity: str, z: float, burst: str) -> float:
    """The published form, term by term."""
    for segment in airblast_segments("KB84_metric", burst, quantity):
        if segment.z_min <= z <= segment.z_max:
            u = segment.k0 + segment.k1 * math.log10(z)
            return 10 ** sum(c * u**i for i, c in enumerate(segment.coefficients))
    return math.nan


@given(z=st.lists(st.floats(0.01, 45.0), min_size=1, max_size=20), burst=bursts)
@settings(max_examples=60, deadline=None)
def test_arrays_agree_with_the_plain_reference_and_are_nan_outside(z: list[float], burst: airblast.Burst) -> None:
    table = {"surface": "hemispherical", "free_air": "free_air"}[burst]
    for quantity in ("reflected_pressure", "positive_duration", "incident_impulse", "shock_front_velocity"):
        ours = airblast.scaled_quantity(quantity, z, burst=burst)
        expected = [plain_value(quantity, value, table) for value in z]
        np.testing.assert_allclose(ours, expected, rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("distance", [0.05, 199.0, 1000.0])
def test_a_single_question_outside_gets_no_number(distance: float) -> None:
    with pytest.raises(OutsideModel, match="scaled distance"):
        airblast.kingery_bulmash(1.0, distance)


def test_free_air_has_no_far_fit() -> None:
    with pytest.raises(OutsideModel):
        airblast.kingery_bulmash(1.0, 41.0, burst="free_air")


def test_in_arrays_outside_is_marked_and_never_a_number() -> None:
    blast = airblast.kingery_bulmash([1.0, 1.0, 1.0, 8.0], [0.05, 5.0, 60.0, 1000.0])
    assert list(blast.outside) == [True, False, False, True]
    assert list(blast.beyond_kb) == [False, False, True, False]
    for name in FIELDS:
        assert np.isnan(getattr(blast, name)[[0, 3]]).all()


def test_charge_and_distance_broadcast() -> None:
    blast = airblast.kingery_bulmash(np.array([[1.0], [8.0]]), np.array([2.0, 4.0, 8.0]))
    assert blast.incident_pressure_kpa.shape == (2, 3)
    assert blast.incident_pressure_kpa[1, 1] == pytest.approx(blast.incident_pressure_kpa[0, 0])


@pytest.mark.parametrize("surroundings", ["interior", "behind_wall", "street", "contact"])
def test_rooms_walls_streets_and_contact_are_outside_the_model(surroundings: airblast.Surroundings) -> None:
    with pytest.raises(OutsideModel, match="Outside the air-blast model"):
        airblast.kingery_bulmash([1.0, 2.0], 10.0, surroundings=surroundings)


@pytest.mark.parametrize(("charge", "distance"), [(0, 1), (1, 0), (-1, 1), (math.nan, 1), (1, math.inf)])
def test_impossible_inputs_are_refused(charge: float, distance: float) -> None:
    with pytest.raises(ValueRangeError):
        airblast.kingery_bulmash(charge, distance)


def test_an_unknown_burst_is_refused() -> None:
    with pytest.raises(VocabularyError):
        airblast.kingery_bulmash(1, 5, burst="underground")  # type: ignore[arg-type]


def test_at_400_m_altitude_pressure_falls_two_percent_at_z_5() -> None:
    air = airblast.standard_atmosphere(400)
    assert air.pressure_kpa == pytest.approx(96.6, abs=0.05)
    ratio = (
        airblast.kingery_bulmash(1, 5, ambient=air).incident_pressure_kpa
        / airblast.kingery_bulmash(1, 5).incident_pressure_kpa
    )
    assert ratio == pytest.approx(0.98, abs=0.005)


@given(altitude=st.floats(0, 3000), z=st.floats(1.2, 30))
@settings(max_examples=50, deadline=None)
def test_rankine_hugoniot_holds_at_altitude_too(altitude: float, z: float) -> None:
    air = airblast.standard_atmosphere(altitude)
    blast = airblast.kingery_bulmash(1.0, z, ambient=air)
    front, reflected = airblast.rankine_hugoniot(blast.incident_pressure_kpa, ambient=air)
    assert blast.front_velocity_m_per_ms == pytest.approx(float(front), rel=0.007)
    assert blast.reflected_pressure_kpa == pytest.approx(float(reflected), rel=0.017)


@given(
    quantity=st.sampled_from(["incident_pressure", "reflected_pressure", "reflected_impulse"]),
    z=st.floats(0.07, 39.9),
    charge=charges,
    altitude=st.floats(0, 2000),
)
@settings(max_examples=60, deadline=None)
def test_the_distance_for_a_level_gives_that_level(quantity: str, z: float, charge: float, altitude: float) -> None:
    air = airblast.standard_atmosphere(altitude)
    field = quantity + ("_kpa_ms" if "impulse" in quantity else "_kpa")
    distance = z * charge ** (1 / 3)
    try:
        level = getattr(airblast.kingery_bulmash(charge, distance, ambient=air), field)
    except OutsideModel:
        return
    if math.isnan(level):
        return
    found = float(airblast.distance_for(quantity, level, charge, ambient=air))  # type: ignore[arg-type]
    again = getattr(airblast.kingery_bulmash(charge, found * (1 - 1e-12), ambient=air), field)
    assert again == pytest.approx(level, rel=1e-6)
    assert found >= distance * (1 - 1e-9)


@pytest.mark.parametrize(
    ("charge", "kpa_2_07", "kpa_6_9"), [(0.24, 27, 11), (1.5, 51, 21), (7.5, 86, 36), (20, 120, 49), (300, 295, 121)]
)
def test_published_radii_of_pressure(charge: float, kpa_2_07: float, kpa_6_9: float) -> None:
    radii = airblast.distance_for("incident_pressure", [2.07, 6.9], charge)
    assert radii == pytest.approx([kpa_2_07, kpa_6_9], abs=0.8)


def test_levels_without_a_distance_are_nan() -> None:
    assert np.isnan(airblast.distance_for("incident_pressure", [1e6, 0.01], 1.0)).all()


@pytest.mark.parametrize(
    ("quantity", "index", "misprint"),
    [("reflected_pressure", 2, 0.35119031446), ("shock_front_velocity", 7, 0.098926178054)],
)
def test_rankine_hugoniot_catches_the_misprints_in_circulation(quantity: str, index: int, misprint: float) -> None:
    (segment,) = airblast_segments("KB84_metric", "free_air", quantity)
    wrong = list(segment.coefficients)
    wrong[index] = misprint
    u = segment.k0 + segment.k1 * math.log10(39)
    value = 10 ** sum(c * u**i for i, c in enumerate(wrong))
    pressure = airblast.kingery_bulmash(1, 39, burst="free_air").incident_pressure_kpa
    front, reflected = airblast.rankine_hugoniot(pressure)
    expected = float(reflected if quantity == "reflected_pressure" else front)
    assert abs(value / expected - 1) > 1


def test_sound_levels() -> None:
    assert airblast.pressure_from_decibels(airblast.decibels([0.2, 34.5])) == pytest.approx([0.2, 34.5])
    assert airblast.as2187_far_pressure(airblast.as2187_scaled_distance(0.0893)) == pytest.approx(0.0893)
