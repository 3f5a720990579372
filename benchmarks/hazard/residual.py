"""H7: residual against the closed form, interval coverage, calibration by simulation, the naive product failing."""

from __future__ import annotations

import argparse
import math

import numpy as np
from scipy import special, stats

from benchmarks.harness import Figure
from tetrapylon.clear.contamination.gmrf import Factor, Lattice, Matern, root
from tetrapylon.clear.contamination.laplace import Blocks, Coefficients, posterior
from tetrapylon.clear.residual import from_draws, gamma_block, one_block
from tetrapylon.clear.search import naive_error
from tetrapylon.clear.validity import SIMULATION


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    return [*_closed_form(), *_gamma_coverage(args.simulate), *_field_calibration(args.simulate), *_naive()]


def _closed_form() -> list[Figure]:
    """Largest relative error of the engine and of its independent quadrature against the closed form."""
    rng, engine, quadrature = np.random.default_rng(0), 0.0, 0.0
    for _ in range(200):
        alpha, beta, area, d = *rng.uniform(0.2, 20, 3), rng.uniform(0.01, 0.99)
        n = int(rng.integers(0, 30))
        mean = (alpha + n) * area * (1 - d) / (beta + area * d)
        none = math.exp((alpha + n) * math.log((beta + area * d) / (beta + area)))
        r = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - d)
        engine = max(engine, abs(r.expected / mean - 1), abs(r.none_left / none - 1))
        low = math.log((alpha + n) / (beta + area)) - 42 / (alpha + n) - 2  # also where none is left
        high = math.log((alpha + n + 60) / (beta + area * d)) + 2
        q = one_block(
            lambda x, a=alpha, b=beta: a * np.log(b) - special.gammaln(a) + a * x - b * np.exp(x),
            finds=n, exposure=area * d, left=area * (1 - d), support=(low, high), points=20001,
        )  # fmt: skip
        quadrature = max(quadrature, abs(q.expected / mean - 1), abs(q.none_left / none - 1))
    where = "200 random blocks, Gamma prior, relative error of mean and P(none left)"
    return [
        Figure("H7 closed form, engine", engine, kind="fraction", limit=1e-10, conditions=where),
        Figure("H7 closed form, quadrature", quadrature, kind="fraction", limit=1e-10, conditions=where),
    ]


def _gamma_coverage(count: int) -> list[Figure]:
    """Intervals under an uncertain PoD: truth and trial drawn from the model."""
    rng, inside, trials = np.random.default_rng(1), 0, 4 * count
    for _ in range(trials):
        intensity, d = rng.gamma(2.0, 0.5), rng.beta(1, 1)
        found = rng.binomial(30, d)
        n = rng.poisson(intensity * 5 * d)
        draws = 1 - rng.beta(1 + found, 31 - found, 400)
        r = gamma_block(basis=SIMULATION, alpha=2.0, beta=2.0, area=5.0, finds=n, unfound=draws)
        inside += r.low <= intensity * 5 * (1 - d) <= r.high
    where = f"{trials} blocks, PoD from a trial of 30 seeds, integrated"
    return [
        Figure("H7 coverage, one block", inside / trials, kind="fraction", floor=0.87, limit=0.93, conditions=where)
    ]


def _field_calibration(count: int) -> list[Figure]:
    """Log-Gaussian field: truth from the prior, half of the blocks searched; rank of the truth among 200 draws."""
    rng = np.random.default_rng(2)
    lattice, matern = Lattice(10, 10, 25.0), Matern(100.0, 1.2)
    z = Coefficients(np.ones((100, 1)), np.array([-0.5]), np.array([0.7]))
    b = root(lattice, matern)
    factor = Factor((b.T @ b).tocsc())
    inside, ranks = 0, []
    for _ in range(count):
        eta = factor.solve(b.T @ rng.standard_normal(100)) - 0.5 + 0.7 * rng.standard_normal()
        exposure = rng.uniform(0, 2, 100) * (rng.random(100) < 0.5)
        finds = rng.poisson(exposure * np.exp(eta)).astype(float)
        row, col = np.divmod(np.arange(100), 10)
        left = rng.uniform(0.2, 1, 100) * (
            np.hypot(row - rng.uniform(0, 9), col - rng.uniform(0, 9)) < rng.uniform(1, 4)
        )
        if not left.any():
            left[rng.integers(100)] = 1.0
        draws = np.exp(posterior(Blocks(finds, exposure), z, lattice, matern).draws(200, rng)) @ left
        truth = np.exp(eta) @ left
        r = from_draws(draws, basis=SIMULATION)
        inside += r.low <= truth <= r.high
        ranks.append(np.mean(draws < truth))
    counts = np.histogram(ranks, np.linspace(0, 1 + 1e-9, 11))[0]
    p_value = stats.chisquare(counts).pvalue
    where = f"{count} simulated sites of 10 x 10 blocks, random discs, 200 posterior draws each"
    return [
        Figure("H7 coverage, field", inside / count, kind="fraction", floor=0.87, limit=0.93, conditions=where),
        Figure("H7 calibration ranks, chi-square p", float(p_value), kind="fraction", floor=0.01,
               conditions=f"{where}; 10 rank bins {counts.tolist()}"),
    ]  # fmt: skip


def _naive() -> list[Figure]:
    e = naive_error([0.8, 0.15, 0.05], [0.98, 0.70, 0.20], 3)
    where = "shares .8/.15/.05, PoD .98/.70/.20, three passes"
    return [
        Figure("H7 left after three passes", 100 * e.left, "%", conditions=where),
        Figure("H7 naive (1 - mean PoD)^3 claims", 100 * e.naive, "%", conditions=where),
        Figure("H7 naive understates by", e.understated_by, "times", kind="ratio", floor=2.0, conditions=where),
    ]
