"""Exceedance: the closed form and random draws agree; fragments and TNT equivalence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal import airblast, exceedance, fragments
from tetrapylon.clear.disposal.equivalence import tnt_equivalent
from tetrapylon.clear.disposal.tables import fills
from tetrapylon.errors import ValueRangeError, VocabularyError


@pytest.mark.parametrize(("distance", "probability"), [(30, 0.999686), (150, 0.225601), (300, 0.00537667)])
def test_worked_exceedance_of_3_mm_per_s(distance: float, probability: float) -> None:
    law = exceedance.vibration_power_law(1140, 1.6, 0.6)
    assert exceedance.exceedance(
        law, 3.0, charge_kg=7.5, distance_m=distance, charge_ln_sd=0.15, distance_ln_sd=0.05
    ) == pytest.approx(probability, rel=1e-4)


@given(
    distance=st.floats(20, 400),
    sd_w=st.floats(0, 0.4),
    sd_r=st.floats(0, 0.2),
    sd_k=st.floats(0.05, 0.8),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=25, deadline=None)
def test_draws_agree_with_the_closed_form(distance: float, sd_w: float, sd_r: float, sd_k: float, seed: int) -> None:
    law = exceedance.vibration_power_law(1140, 1.6, sd_k)
    exact = float(
        exceedance.exceedance(law, 3.0, charge_kg=7.5, distance_m=distance, charge_ln_sd=sd_w, distance_ln_sd=sd_r)
    )
    drawn = exceedance.simulate_exceedance(
        law,
        3.0,
        charge_kg=7.5,
        distance_m=distance,
        law_ln_sd=sd_k,
        charge_ln_sd=sd_w,
        distance_ln_sd=sd_r,
        draws=20_000,
        rng=np.random.default_rng(seed),
    )
    assert drawn.probability == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-3)


def test_draws_through_the_full_air_blast_agree_with_its_far_power_law() -> None:
    law = exceedance.far_pressure_power_law()
    exact = float(exceedance.exceedance(law, 0.6, charge_kg=7.5, distance_m=200, charge_ln_sd=0.2))
    drawn = exceedance.simulate_exceedance(
        lambda w, r: airblast.scaled_quantity("incident_pressure", r / np.cbrt(w)),
        0.6,
        charge_kg=7.5,
        distance_m=200,
        law_ln_sd=law.ln_sd,
        charge_ln_sd=0.2,
        rng=np.random.default_rng(3),
    )
    assert drawn.probability == pytest.approx(exact, abs=5 * drawn.standard_error)


def test_draws_outside_the_model_give_no_probability() -> None:
    with pytest.raises(ValueRangeError, match="outside the model"):
        exceedance.simulate_exceedance(
            lambda w, r: airblast.scaled_quantity("incident_pressure", r / np.cbrt(w)),
            1.0,
            charge_kg=1.0,
            distance_m=190.0,
            law_ln_sd=0.1,
            distance_ln_sd=0.5,
            draws=1000,
            rng=np.random.default_rng(1),
        )


def test_without_scatter_a_limit_is_reached_or_not() -> None:
    law = exceedance.PowerLaw(1140, 0.8, 1.6, 0.0)
    assert exceedance.exceedance(law, 3.0, charge_kg=7.5, distance_m=[50, 500]) == pytest.approx([1, 0])


def test_composition_b_and_the_c4_misprint() -> None:
    assert tnt_equivalent(10, "Composition B", purpose="pressure").value == pytest.approx(11.1)
    c4 = tnt_equivalent(1, "Composition C4 / PE4 class", purpose="impulse")
    assert c4.value == pytest.approx(1.19)
    assert not c4.verification.confirmed


@pytest.mark.parametrize("name", sorted(fills()))
def test_the_cordon_factor_is_never_the_smaller_one(name: str) -> None:
    cordon = tnt_equivalent(1, name, purpose="cordon").value
    assert cordon >= max(tnt_equivalent(1, name, purpose=p).value for p in ("pressure", "impulse"))


def test_an_unlisted_fill_names_the_nearest() -> None:
    with pytest.raises(VocabularyError, match="Tritonal"):
        tnt_equivalent(1, "Tritonal 80-20", purpose="cordon")


def test_mott_counts_the_whole_mass() -> None:
    """The number above zero times the mean mass 2 M_A^2 is the mass of the case."""
    root = float(fragments.mott_mass_root(0.01, 0.1))
    masses = np.linspace(0, (60 * root) ** 2, 2_000_001)
    total = np.trapezoid(fragments.count_above(masses, 20.0, root), masses)
    assert total == pytest.approx(20.0, rel=1e-3)


def test_hazardous_fragments() -> None:
    velocity = float(fragments.gurney_velocity(2.0, 1.0, 2438.0))
    mass = float(fragments.hazardous_mass(velocity))
    assert 0.5 * mass * velocity**2 == pytest.approx(79.0)
    assert fragments.strike_probability(fragments.HAZARDOUS_DENSITY_PER_M2) == pytest.approx(0.0104, abs=1e-4)
    with pytest.raises(VocabularyError):
        fragments.gurney_velocity(1.0, 1.0, 2438.0, shape="cube")  # type: ignore[arg-type]
