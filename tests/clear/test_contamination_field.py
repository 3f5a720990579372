"""The contamination field: against dense algebra, quadrature, closed forms and simulation; and its invariants."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, special

from tetrapylon.clear.contamination import field as fields
from tetrapylon.clear.contamination.evidence import (
    Evidence,
    log_modifier,
    one_per_lineage,
    shrunken_ratios,
)
from tetrapylon.clear.contamination.field import (
    Prior,
    contaminated,
    infer,
    infer_windows,
    left_by_block,
    reduce_exposure,
    residual_draws,
    write_field,
)
from tetrapylon.clear.contamination.footprint import (
    blurred_fractions,
    cell_fractions,
    contradictory_lanes,
    lane_coverage,
)
from tetrapylon.clear.contamination.gmrf import Factor, Lattice, Matern, correlation, root
from tetrapylon.clear.contamination.kernels import _selected_inverse, add_evidence
from tetrapylon.clear.contamination.laplace import (
    Blocks,
    Coefficients,
    likelihood_derivatives,
    log_likelihood,
    posterior,
)
from tetrapylon.clear.residual import from_draws, one_block
from tetrapylon.clear.validity import SIMULATION, Basis, Ground, PriorSource
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window
from tetrapylon.tiling import MemoryArray

GRID = GridSpec(32637, 500_000.0, 3_800_000.0, 5.0, 60, 48)
PRIOR = Prior(SIMULATION, Matern(120.0, 1.2), math.log(2e-3), 0.7)


def constant(value: float, dtype: type = float) -> MemoryArray:
    return MemoryArray(np.full(GRID.shape, value, dtype))


def write(field: fields.Field, m: MemoryArray, q: MemoryArray, e: MemoryArray, chunk: int = 1024) -> np.ndarray:
    out = MemoryArray(np.full((4, *GRID.shape), np.nan))
    write_field(field, m, q, e, out, chunk=chunk)
    return np.asarray(out.array)


# --- the Gaussian field ---


@pytest.mark.parametrize(("spacing", "range_"), [(5.0, 100.0), (25.0, 60.0)])
def test_the_field_has_the_standard_deviation_asked_for_and_the_matern_range(spacing: float, range_: float) -> None:
    lattice = Lattice(101, 101, spacing)
    b = root(lattice, Matern(range_, 1.7))
    variance = Factor((b.T @ b).tocsc()).inverse_diagonal().reshape(101, 101)
    assert variance[50, 50] == pytest.approx(1.7**2, rel=1e-3)
    if range_ / spacing >= 8:  # the continuous Matern correlation of smoothness 1: k r K1(k r)
        rho = correlation(lattice, Matern(range_, 1.7), 50 * 101 + 50).reshape(101, 101)[50, 51:65]
        kr = math.sqrt(8) * spacing * np.arange(1, 15) / range_
        assert rho == pytest.approx(kr * special.k1(kr), abs=0.012)


def test_selected_inverse_equals_the_dense_inverse_compiled_or_not() -> None:
    b = root(Lattice(9, 13, 1.0), Matern(4.0, 1.0))
    q = (b.T @ b).toarray() + np.diag(np.linspace(0, 3, 117))
    factor = Factor(sparse.csc_matrix(q))
    exact = np.diag(np.linalg.inv(q))
    assert factor.inverse_diagonal() == pytest.approx(exact, rel=1e-10)
    assert factor.log_determinant == pytest.approx(np.linalg.slogdet(q)[1], rel=1e-12)
    lower = sparse.csc_matrix(factor._lu.L)
    lower.sort_indices()
    plain = _selected_inverse(lower.indptr, lower.indices, lower.data, factor.pivot)
    assert plain[factor._lu.perm_c] == pytest.approx(exact, rel=1e-10)


# --- the posterior ---


def test_derivatives_of_the_likelihood_are_those_of_the_likelihood() -> None:
    rng = np.random.default_rng(0)
    blocks = Blocks(np.array([0.0, 3, 1]), np.array([2.0, 4, 1]), np.array([0, 0, 2]), np.array([1.0, 0.3, 5.0]))
    eta, h = rng.normal(size=3), 1e-5
    first, curvature, third = likelihood_derivatives(blocks, eta)
    for i, e in enumerate(np.eye(3)):
        up, down = (log_likelihood(blocks, eta + s * h * e) for s in (1, -1))
        assert (up - down) / (2 * h) == pytest.approx(first[i], rel=1e-5, abs=1e-8)
        up1, up2, _ = likelihood_derivatives(blocks, eta + h * e)
        down1, down2, _ = likelihood_derivatives(blocks, eta - h * e)
        assert (up1[i] - down1[i]) / (2 * h) == pytest.approx(-curvature[i], rel=1e-5)
        assert (up2[i] - down2[i]) / (2 * h) == pytest.approx(-third[i], rel=1e-5)


@pytest.mark.parametrize(("finds", "exposure"), [(0, 3.0), (2, 3.0), (15, 4.0)])
def test_one_block_agrees_with_quadrature(finds: int, exposure: float) -> None:
    """A lattice of one block: eta ~ N(rate, sd^2 + rate_sd^2); the posterior draws must match the exact integral."""
    lattice, matern = Lattice(1, 1, 1.0), Matern(1.0, 0.8)
    variance = 1 / root(lattice, matern)[0, 0] ** 2 + 0.5**2
    exact = one_block(
        lambda x: -((x - 0.3) ** 2) / (2 * variance), finds=finds, exposure=exposure, left=2.0, support=(-20, 9)
    )
    p = posterior(
        Blocks(np.array([float(finds)]), np.array([exposure])),
        Coefficients(np.ones((1, 1)), np.array([0.3]), np.array([0.5])),
        lattice,
        matern,
    )
    draws = p.draws(3000, np.random.default_rng(1))[:, 0]
    assert draws.mean() == pytest.approx(exact.mean_log, abs=0.06)
    assert draws.var() == pytest.approx(exact.var_log, rel=0.12)
    assert np.exp(-2 * np.exp(draws)).mean() == pytest.approx(exact.none_left, abs=0.02)
    assert p.mean[0] == pytest.approx(exact.mean_log, abs=0.05)
    assert p.variance[0] == pytest.approx(exact.var_log, rel=0.12)


def test_the_evidence_of_a_field_integrates_to_the_quadrature() -> None:
    """Log evidence, which weighs ranges and PoD draws: Laplace within 0.05 of the exact integral of one block."""
    lattice, matern = Lattice(1, 1, 1.0), Matern(1.0, 0.8)
    variance = 1 / root(lattice, matern)[0, 0] ** 2 + 0.5**2
    normal = -0.5 * math.log(2 * math.pi * variance)
    for finds in (0, 4):
        exact = one_block(
            lambda x: normal - (x - 0.3) ** 2 / (2 * variance), finds=finds, exposure=3.0, left=1, support=(-20, 9)
        )
        p = posterior(
            Blocks(np.array([float(finds)]), np.array([3.0])),
            Coefficients(np.ones((1, 1)), np.array([0.3]), np.array([0.5])),
            lattice,
            matern,
        )
        assert p.log_evidence == pytest.approx(exact.log_evidence, abs=0.05)


def test_simulation_based_calibration_of_the_residual() -> None:
    """Truth drawn from the prior: 90 % intervals of the expected items left hold it about 90 % of the time."""
    rng = np.random.default_rng(3)
    lattice, matern = Lattice(8, 8, 25.0), Matern(80.0, 1.0)
    coefficients = Coefficients(np.ones((64, 1)), np.array([0.0]), np.array([0.5]))
    b = root(lattice, matern)
    factor, inside, trials = Factor((b.T @ b).tocsc()), 0, 60
    for _ in range(trials):
        eta = factor.solve(b.T @ rng.standard_normal(64)) + 0.5 * rng.standard_normal()
        exposure = rng.uniform(0, 2, 64) * (rng.random(64) < 0.6)
        finds = rng.poisson(exposure * np.exp(eta)).astype(float)
        left = rng.uniform(0, 1, 64) * (np.arange(64) < 24)
        draws = posterior(Blocks(finds, exposure), coefficients, lattice, matern).draws(200, rng)
        result = from_draws(np.exp(draws) @ left, basis=SIMULATION)
        inside += result.low <= np.exp(eta) @ left <= result.high
    assert 0.78 <= inside / trials <= 0.97


# --- fine cells ---


def test_no_evidence_returns_the_prior() -> None:
    m, q, e = constant(0.0), constant(1.0), constant(0, np.uint8)
    exposure = reduce_exposure(GRID, m, q, block=6)
    assert not exposure.any()
    field = infer(PRIOR, GRID, block=6, exposure=exposure, finds=np.zeros((0, 2)))
    expected, probability, variance, distance = write(field, m, q, e)
    prior_variance = 1.2**2 + 0.7**2
    inner = (slice(12, -12), slice(12, -12))  # reflecting edges of the padded lattice lie one range away
    assert variance[inner] == pytest.approx(prior_variance, rel=0.02)
    assert expected[inner] == pytest.approx(25 * 2e-3 * math.exp(prior_variance / 2), rel=0.03)
    assert probability[inner] == pytest.approx(
        float(contaminated(np.array(math.log(2e-3)), np.array(prior_variance), 25.0)), rel=0.02
    )
    assert np.all(np.isinf(distance))
    assert "Scenario" in field.legend
    assert "prior alone" in field.legend


def test_finds_raise_the_field_nearby_and_it_fades_to_the_prior() -> None:
    grid = GridSpec(32637, 0.0, 2000.0, 10.0, 200, 200)
    q = np.ones(grid.shape)
    q[:20, :20] = 0.3
    m = MemoryArray(np.zeros(grid.shape))
    exposure = reduce_exposure(grid, m, MemoryArray(q), block=4)
    finds = np.column_stack([np.linspace(20, 180, 40), np.full(40, 1900.0)])
    field = infer(PRIOR, grid, block=4, exposure=exposure, finds=finds)
    assert field.mean[2, 2] > math.log(2e-3) + 0.5
    fixed = Prior(SIMULATION, PRIOR.matern, PRIOR.log_rate, 1e-3)
    far = infer(fixed, grid, block=4, exposure=exposure, finds=finds)
    assert far.mean[45, 45] == pytest.approx(PRIOR.log_rate, abs=1e-3)
    assert far.variance[45, 45] == pytest.approx(1.2**2, rel=0.05)
    assert far.variance[2, 2] < 0.5 * 1.2**2


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 70), st.integers(0, 99))
def test_any_chunking_gives_the_same_field(chunk: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, q = MemoryArray(rng.normal(0, 0.3, GRID.shape)), MemoryArray(rng.random(GRID.shape))
    e = MemoryArray((rng.random(GRID.shape) < 0.01).astype(np.uint8))
    finds = np.column_stack([rng.uniform(500_000, 500_240, 9), rng.uniform(3_799_700, 3_800_000, 9)])
    whole = reduce_exposure(GRID, m, q, block=6)
    assert np.array_equal(whole, reduce_exposure(GRID, m, q, block=6, chunk=chunk))
    field = infer(PRIOR, GRID, block=6, exposure=whole, finds=finds)
    assert np.array_equal(write(field, m, q, e), write(field, m, q, e, chunk=chunk))


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([2, 5]), st.integers(0, 99))
def test_splitting_a_cell_preserves_the_sum(parts: int, seed: int) -> None:
    """The same ground in smaller cells: the field stays, and each cell holds what its parts hold together."""
    rng = np.random.default_rng(seed)
    coarse = GridSpec(32637, 500_000.0, 3_800_000.0, 10.0, 30, 24)
    fine = GridSpec(32637, 500_000.0, 3_800_000.0, 10.0 / parts, 30 * parts, 24 * parts)
    m, q = rng.normal(0, 0.3, coarse.shape), rng.random(coarse.shape)
    finds = np.column_stack([rng.uniform(500_000, 500_240, 9), rng.uniform(3_799_700, 3_800_000, 9)])

    def expected(grid: GridSpec, times: int) -> np.ndarray:
        cells = [MemoryArray(np.kron(v, np.ones((times, times)))) for v in (m, q, np.zeros(coarse.shape))]
        field = infer(
            PRIOR, grid, block=3 * times, exposure=reduce_exposure(grid, *cells[:2], block=3 * times), finds=finds
        )
        out = MemoryArray(np.full((4, *grid.shape), np.nan))
        write_field(field, *cells, out)
        return np.asarray(out.array)[0]

    whole, split = expected(coarse, 1), expected(fine, parts)
    assert whole.max() > 0
    assert split.reshape(30, parts, 24, parts).sum(axis=(1, 3)) == pytest.approx(whole, rel=1e-6)


@given(st.floats(0.01, 50), st.integers(2, 6))
def test_parts_independent_given_the_intensity_give_the_probability_of_the_whole(exposure: float, parts: int) -> None:
    eta = np.array(-1.0)
    whole = contaminated(eta, np.array(0.0), exposure)
    assert whole == pytest.approx(1 - math.exp(-exposure * math.exp(-1.0)), rel=1e-9)
    split = contaminated(eta, np.array(0.0), exposure / parts)
    assert 1 - (1 - split) ** parts == pytest.approx(whole, rel=1e-9)


def test_the_residual_of_a_polygon_splits_into_that_of_its_parts() -> None:
    rng = np.random.default_rng(5)
    m, q = MemoryArray(rng.normal(0, 0.3, GRID.shape)), MemoryArray(rng.random(GRID.shape))
    polygon = shapely.Point(500_120, 3_799_850).buffer(77)
    west = shapely.intersection(polygon, shapely.box(500_000, 3_799_000, 500_101.3, 3_801_000))
    east = shapely.difference(polygon, west)
    parts = [
        left_by_block(GRID, m, q, MemoryArray(cell_fractions(g, GRID, GRID.window)), block=6)
        for g in (polygon, west, east)
    ]
    assert parts[1] + parts[2] == pytest.approx(parts[0], rel=1e-9)
    field = infer(PRIOR, GRID, block=6, exposure=reduce_exposure(GRID, m, q, block=6), finds=np.zeros((0, 2)))
    draws = residual_draws(field, parts[0], count=300, rng=rng)
    result = from_draws(draws, basis=PRIOR.basis)
    assert 0 < result.low < result.expected < result.high
    nothing = left_by_block(GRID, m, constant(0.0), MemoryArray(np.ones(GRID.shape)), block=6)
    assert from_draws(residual_draws(field, nothing, count=300, rng=rng), basis=PRIOR.basis).none_left == pytest.approx(
        1, abs=1e-12
    )


def test_windows_with_three_ranges_around_them_agree_with_the_whole() -> None:
    grid = GridSpec(32637, 0.0, 1000.0, 10.0, 100, 110)
    rng = np.random.default_rng(8)
    exposure = rng.uniform(0, 2000, (25, 28)) * (rng.random((25, 28)) < 0.5)
    row, col = np.nonzero((rng.random((25, 28)) < 0.1) & (exposure > 0))
    finds = np.column_stack([col * 40 + 20.0, 1000 - row * 40 - 20.0])
    prior = Prior(SIMULATION, Matern(90.0, 1.0), math.log(1e-4), 1e-3)  # else each window learns its own rate
    whole = infer(prior, grid, block=4, exposure=exposure, finds=finds)
    mosaic = infer_windows(prior, grid, block=4, exposure=exposure, finds=finds, core=9)
    assert mosaic.mean == pytest.approx(whole.mean, abs=0.02)
    assert mosaic.variance == pytest.approx(whole.variance, abs=0.02)
    assert mosaic.legend == whole.legend
    with pytest.raises(GeometryError, match="outside the site"):
        infer_windows(prior, grid, block=4, exposure=exposure, finds=np.array([[-5.0, 500.0]]))


def test_draws_of_the_pod_are_weighed_by_how_well_they_explain_the_finds() -> None:
    """Many finds where much was searched speak for a PoD that finds; the weights follow the exact one-block law."""
    row, col = np.mgrid[:60, :48]
    finds = np.column_stack(GRID.centre(row[3::12, 3::12].ravel(), col[3::12, 3::12].ravel()))
    made = [
        infer(PRIOR, GRID, block=6, finds=finds, exposure=reduce_exposure(GRID, constant(0.0), constant(q), block=6))
        for q in (0.1, 0.999)
    ]
    weights = fields.mix(made)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.95


def test_bad_input_is_refused() -> None:
    m, q = constant(0.0), constant(0.5)
    holed = MemoryArray(np.where(np.eye(60, 48) > 0, np.nan, 0.5))
    for rasters in ((holed, q), (m, holed), (m, constant(1.5))):
        with pytest.raises(ValueRangeError):
            reduce_exposure(GRID, *rasters, block=6)
    exposure = reduce_exposure(GRID, m, q, block=6)
    with pytest.raises(GeometryError, match="outside the site"):
        infer(PRIOR, GRID, block=6, exposure=exposure, finds=np.array([[38.2, 34.5]]))
    with pytest.raises(OutsideModel, match="nothing was searched"):
        infer(PRIOR, GRID, block=6, exposure=exposure * 0, finds=np.array([[500_100.0, 3_799_900.0]]))
    with pytest.raises(OutsideModel, match="cannot carry"):
        infer(PRIOR, GRID, block=20, exposure=reduce_exposure(GRID, m, q, block=20), finds=np.zeros((0, 2)))


def test_a_prior_from_another_country_gives_no_field() -> None:
    with pytest.raises(OutsideModel, match="outside the model"):
        Prior(Basis(PriorSource("Antioquia", "CO", 4489), Ground("site", "SY", 30)), PRIOR.matern, -6, 1)


# --- evidence ---


def place(x: float, y: float, radius: float = 12.0) -> shapely.Geometry:
    return shapely.Point(500_000 + x, 3_800_000 - y).buffer(radius)


def test_a_report_retold_by_four_agencies_counts_once() -> None:
    once = [Evidence("press conference", place(100, 100), 10, 2.0)]
    four = [Evidence("press conference", place(100, 100), 10, r) for r in (2.0, 0.5, -1.0, 2.0)]
    assert np.array_equal(log_modifier(once, GRID, GRID.window), log_modifier(four, GRID, GRID.window))
    assert one_per_lineage(four)[0].log_ratio == 2.0


def test_the_order_of_evidence_changes_not_a_bit() -> None:
    evidence = [Evidence(n, place(40 * i, 50 * i), 15, 1.5 - i) for i, n in enumerate("abcd")]
    results = [log_modifier(p, GRID, GRID.window) for p in permutations(evidence)]
    assert all(np.array_equal(r, results[0]) for r in results)


def test_location_error_spreads_the_footprint_and_keeps_its_mass() -> None:
    sharp = blurred_fractions(place(120, 150), 0.0, GRID, GRID.window)
    blurred = blurred_fractions(place(120, 150), 12.0, GRID, GRID.window)
    assert sharp.sum() * 25 == pytest.approx(place(0, 0).area, rel=1e-9)
    assert blurred.sum() == pytest.approx(sharp.sum(), rel=1e-3)
    assert blurred.max() < 0.6 * sharp.max()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.integers(0, 40), st.integers(1, 20), st.integers(1, 20), st.floats(0, 25))
def test_evidence_is_the_same_in_every_window(row: int, col: int, rows: int, cols: int, accuracy: float) -> None:
    window = Window(row, col, min(rows, 60 - row), min(cols, 48 - col))
    evidence = [Evidence("a", place(120, 150, 31), accuracy, 2.0), Evidence("b", place(60, 30), 3, -1.0)]
    whole = log_modifier(evidence, GRID, GRID.window)
    assert np.array_equal(whole[window.slices], log_modifier(evidence, GRID, window))


def test_evidence_far_away_changes_nothing() -> None:
    m = log_modifier([Evidence("a", place(20, 20), 5.0, 3.0)], GRID, GRID.window)
    assert m[3, 3] > 2
    assert np.all(m[20:, 20:] == 0)


def test_coverage_of_cells_is_exact() -> None:
    polygon = shapely.Polygon([(500_003, 3_799_991), (500_131, 3_799_955), (500_077, 3_799_800)])
    fractions = cell_fractions(polygon, GRID, GRID.window)
    x, y = GRID.centre(np.arange(60)[:, None], np.arange(48)[None, :])
    brute = shapely.area(shapely.intersection(shapely.box(x - 2.5, y - 2.5, x + 2.5, y + 2.5), polygon)) / 25
    assert fractions == pytest.approx(brute, abs=1e-9)
    assert fractions.sum() * 25 == pytest.approx(polygon.area)


def test_overlapping_lanes_of_one_pass_count_once() -> None:
    lane = shapely.box(500_000, 3_799_900, 500_050, 3_799_910)
    assert np.array_equal(lane_coverage([lane, lane], GRID, GRID.window), lane_coverage([lane], GRID, GRID.window))
    with pytest.raises(GeometryError, match="both searched and left out"):
        contradictory_lanes([lane], [lane], tolerance=1.0)


def test_evidence_outside_the_site_or_in_degrees_is_refused() -> None:
    with pytest.raises(GeometryError, match="outside the site"):
        log_modifier([Evidence("a", place(5000, 0), 5, 1)], GRID, GRID.window)
    with pytest.raises(GeometryError, match="degrees"):
        log_modifier([Evidence("a", shapely.Point(38.27, 34.55).buffer(0.01), 5, 1)], GRID, GRID.window)
    with pytest.raises(ValueRangeError):
        Evidence("a", place(0, 0), float("nan"), 1.0)


def test_ratios_move_from_the_elicited_to_the_observed_as_outcomes_come() -> None:
    elicited = [2.0, 0.0]
    assert shrunken_ratios(elicited, [], [], base_rate=0.1) == pytest.approx(elicited)
    grade, outcome = [1] * 4000, [True] * 2000 + [False] * 2000
    learned = shrunken_ratios(elicited, grade, outcome, base_rate=0.1)
    assert learned[0] == 2.0
    assert learned[1] == pytest.approx(math.log(9), abs=0.02)  # half of them true: odds 1 against 1 to 9


@given(st.integers(0, 2**31), st.integers(1, 5))
def test_fused_update_equals_the_plain_one_on_any_number_of_threads(seed: int, workers: int) -> None:
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(size=(17, 23)).astype(np.float32)
    code = rng.integers(0, 256, (17, 23)).astype(np.uint8)
    table = rng.normal(size=256).astype(np.float32)
    expected = log_odds + table[code]
    assert np.array_equal(add_evidence(log_odds, code, table, workers=workers), expected)
