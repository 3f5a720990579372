"""Posterior of the log-Gaussian Cox field on coarse blocks.

Block j holds finds n_j and exposure E_j (area times modifier times share found), so that by Poisson thinning

    log p(data | eta) = sum_j (n_j ln(E_j exp(eta_j)) - E_j exp(eta_j)) + sum_h log(1 - exp(-e_h exp(eta_h)))

where the second sum is over surveyed cells known only to be contaminated (a cell known to be free adds its exposure to
E). eta = x + Z b, x the Matern field, b coefficients with independent normal priors. The log posterior is concave:
Newton's method finds the mode, and the Gaussian there (Laplace) has exact variances. `draws` samples the posterior
itself by Hamiltonian Monte Carlo that follows the Laplace Gaussian exactly and corrects for the rest.

Sources: Rue, Martino and Chopin 2009 (Laplace); Shahbaba et al. 2014 (splitting); first-order correction of the mean
by the third derivative of the likelihood, standard asymptotics [C].
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from tetrapylon.clear.contamination.gmrf import Factor, Lattice, Matern, root
from tetrapylon.errors import OutsideModel, ValueRangeError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Blocks:
    """What the coarse blocks know.

    Parameters
    ----------
    finds, exposure : (blocks,) items found; m2 of area times modifier times share found.
    hit_block, hit_exposure : (hits,) block and exposure (m2) of each surveyed cell known only to be contaminated.
    """

    finds: Floats
    exposure: Floats
    hit_block: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    hit_exposure: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if self.finds.shape != self.exposure.shape or self.hit_block.shape != self.hit_exposure.shape:
            raise ValueRangeError("Finds and exposure, hits and their exposure, must have one shape each.")
        for values in (self.finds, self.exposure, self.hit_exposure):
            if not np.all((values >= 0) & np.isfinite(values)):
                raise ValueRangeError("Finds and exposures must be finite and not negative (no NaN).")
        if np.any((self.finds > 0) & (self.exposure == 0)) or np.any(self.hit_exposure == 0):
            raise OutsideModel("Items were found where nothing was searched: give the search its coverage and PoD.")


@dataclass(frozen=True)
class Coefficients:
    """Covariates Z (blocks, k) with normal priors: mean and sd (k,). The first is usually 1, the log base rate."""

    z: Floats
    mean: Floats
    sd: Floats


@dataclass(frozen=True)
class Posterior:
    """Laplace posterior: mean (first-order corrected) and variance (blocks,) of log intensity, log evidence.

    ``mode`` (blocks,) and ``coefficients`` (k,) maximise the posterior. Intensity is per m2 of exposure.
    """

    mean: Floats
    variance: Floats
    mode: Floats
    coefficients: Floats
    log_evidence: float
    _system: _System = field(repr=False)

    def draws(self, count: int, rng: np.random.Generator, *, steps: int = 4, warm: int = 20) -> Floats:
        """Draws (count, blocks) of log intensity from the posterior itself, not from its Gaussian approximation.

        ``steps`` : corrections by the likelihood in each quarter turn; ``warm`` : draws thrown away.
        """
        return self._system.sample(self.mode, self.coefficients, count, rng, steps, warm)


def posterior(
    blocks: Blocks,
    coefficients: Coefficients,
    lattice: Lattice,
    matern: Matern,
    *,
    start: Floats | None = None,
) -> Posterior:
    """Posterior of log intensity on the blocks of a lattice.

    Parameters
    ----------
    start : (blocks,) log intensity to start from, such as the mode under similar parameters; None: prior mean.

    Raises
    ------
    ValueRangeError : shapes that do not match the lattice. OutsideModel : Newton's method does not converge.
    """
    if blocks.finds.shape != (lattice.size,) or coefficients.z.shape[0] != lattice.size:
        raise ValueRangeError(f"Blocks and covariates must have {lattice.size} rows, as the lattice.")
    system = _System(blocks, coefficients, root(lattice, matern))
    return system.result(*system.find_mode(start))


class _System:
    """The joint precision of (x, b) = F' F with F = [B 0; sqrt(D) sqrt(D) Z; 0 1/sd], and solves with it."""

    def __init__(self, blocks: Blocks, coefficients: Coefficients, b: sparse.csc_matrix) -> None:
        self.blocks, self.b, self.c = blocks, b, coefficients
        self.q = sparse.csc_matrix(b.T @ b)

    def find_mode(self, start: Floats | None) -> tuple[Floats, Floats]:
        c = self.c
        beta = c.mean.copy()
        x = np.zeros(len(c.z)) if start is None else start - c.z @ beta
        value = self.objective(x, beta)
        for _ in range(100):
            eta = x + c.z @ beta
            gradient, curvature, _ = likelihood_derivatives(self.blocks, eta)
            self.factor(curvature)
            step_x, step_b = self.apply_inverse(gradient - self.q @ x, c.z.T @ gradient - (beta - c.mean) / c.sd**2)
            size = 1.0
            while True:
                new = self.objective(x + size * step_x, beta + size * step_b)
                if new >= value - 1e-9 * abs(value) or size < 1e-6:
                    break
                size /= 2
            x, beta, value = x + size * step_x, beta + size * step_b, new
            if size * np.abs(step_x + c.z @ step_b).max() < 1e-6:  # the step after it would be its square
                return x, beta
        raise OutsideModel("The field does not converge: the evidence contradicts the prior too strongly.")

    def result(self, x: Floats, beta: Floats) -> Posterior:
        eta = x + self.c.z @ beta
        log_evidence = self.log_evidence(x, beta)
        third = likelihood_derivatives(self.blocks, eta)[2]
        variance = self.marginal_variance()
        shift_x, shift_b = self.apply_inverse(third * variance / 2, self.c.z.T @ (third * variance / 2))
        return Posterior(eta + shift_x + self.c.z @ shift_b, variance, eta, beta, log_evidence, self)

    def log_evidence(self, x: Floats, beta: Floats) -> float:
        """Laplace approximation at the mode; leaves the precision factorised there."""
        self.factor(likelihood_derivatives(self.blocks, x + self.c.z @ beta)[1])
        prior = Factor(self.b).log_determinant - np.log(self.c.sd).sum()
        return float(self.objective(x, beta) + prior - self.log_determinant / 2)

    def objective(self, x: Floats, beta: Floats) -> float:
        bx, db = self.b @ x, (beta - self.c.mean) / self.c.sd
        return log_likelihood(self.blocks, x + self.c.z @ beta) - float(bx @ bx + db @ db) / 2

    def factor(self, curvature: Floats) -> None:
        """Factorise for this curvature: the sparse part, and the Schur complement of the coefficients."""
        self.curvature = curvature
        self.sparse_factor = Factor(sparse.csc_matrix(self.q + sparse.diags(curvature)))
        border = curvature[:, None] * self.c.z
        self.solved_border = self.sparse_factor.solve(border)
        schur = self.c.z.T @ border + np.diag(1 / self.c.sd**2) - border.T @ self.solved_border
        self.schur: Floats = np.asarray(np.linalg.cholesky(schur), float)

    def apply_inverse(self, rx: Floats, rb: Floats) -> tuple[Floats, Floats]:
        border = self.curvature[:, None] * self.c.z
        sx = self.sparse_factor.solve(rx)
        beta = _cholesky_solve(self.schur, rb - border.T @ sx)
        return sx - self.solved_border @ beta, beta

    @property
    def log_determinant(self) -> float:
        return self.sparse_factor.log_determinant + 2 * float(np.log(np.diag(self.schur)).sum())

    def marginal_variance(self) -> Floats:
        """Var(x + Z b), exact."""
        spread = self.c.z - self.solved_border
        half = np.linalg.solve(self.schur, spread.T)
        return np.asarray(self.sparse_factor.inverse_diagonal() + np.sum(half**2, axis=0))

    def gaussian(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """One draw of the centred Laplace Gaussian: the inverse applied to F' z."""
        n, k = self.c.z.shape
        z2 = np.sqrt(self.curvature) * rng.standard_normal(n)
        return self.apply_inverse(
            self.b.T @ rng.standard_normal(n) + z2, self.c.z.T @ z2 + rng.standard_normal(k) / self.c.sd
        )

    def sample(self, mode: Floats, beta: Floats, count: int, rng: np.random.Generator, steps: int, warm: int) -> Floats:
        """Split Hamiltonian Monte Carlo about the mode: exact rotation in the Gaussian, kicks by what it leaves out."""
        c, angle = self.c, np.pi / 2 / steps
        base_gradient, curvature, _ = likelihood_derivatives(self.blocks, mode)
        self.factor(curvature)
        base = log_likelihood(self.blocks, mode)

        def rest(u: Floats) -> float:
            """Log likelihood beyond its quadratic expansion at the mode; u is the deviation of eta."""
            return log_likelihood(self.blocks, mode + u) - base - float(base_gradient @ u - curvature @ u**2 / 2)

        def kick(u: Floats) -> tuple[Floats, Floats]:
            g = likelihood_derivatives(self.blocks, mode + u)[0] - base_gradient + curvature * u
            return self.apply_inverse(g, c.z.T @ g)

        position = self.gaussian(rng)
        u = position[0] + c.z @ position[1]
        log_rest, force = rest(u), kick(u)
        out = np.empty((count, len(mode)))
        for i in range(-warm, count):
            px, pb = position
            vx, vb = self.gaussian(rng)
            energy = -log_rest + self.kinetic(px, pb) + self.kinetic(vx, vb)
            new_force, turn = force, angle * rng.uniform(0.8, 1.2)
            for _ in range(steps):
                vx, vb = vx + turn / 2 * new_force[0], vb + turn / 2 * new_force[1]
                px, vx = np.cos(turn) * px + np.sin(turn) * vx, np.cos(turn) * vx - np.sin(turn) * px
                pb, vb = np.cos(turn) * pb + np.sin(turn) * vb, np.cos(turn) * vb - np.sin(turn) * pb
                new_u = px + c.z @ pb
                new_force = kick(new_u)
                vx, vb = vx + turn / 2 * new_force[0], vb + turn / 2 * new_force[1]
            new_rest = rest(new_u)
            new_energy = -new_rest + self.kinetic(px, pb) + self.kinetic(vx, vb)
            if np.log(rng.random()) < energy - new_energy:
                position, u, log_rest, force = (px, pb), new_u, new_rest, new_force
            if i >= 0:
                out[i] = mode + u
        return out

    def kinetic(self, vx: Floats, vb: Floats) -> float:
        """Half the quadratic form of the joint precision."""
        bv, eta = self.b @ vx, vx + self.c.z @ vb
        return float(bv @ bv + self.curvature @ eta**2 + ((vb / self.c.sd) ** 2).sum()) / 2


def log_likelihood(blocks: Blocks, eta: Floats) -> float:
    """Log likelihood up to a constant that depends on the finds alone, so that exposures can be compared too."""
    with np.errstate(over="ignore"):
        expected = blocks.exposure * np.exp(eta)
        hit = blocks.hit_exposure * np.exp(eta[blocks.hit_block])
    counts = blocks.finds @ eta + special.xlogy(blocks.finds, blocks.exposure).sum() - expected.sum()
    return float(counts + np.log(-np.expm1(-hit)).sum())


def likelihood_derivatives(blocks: Blocks, eta: Floats) -> tuple[Floats, Floats, Floats]:
    """First, minus second, and third derivative by block.

    For a hit with t = e exp(eta): r = t / (exp(t) - 1); first r, second r (1 - t - r), third from it by the chain rule.
    """
    expected = blocks.exposure * np.exp(eta)
    t = blocks.hit_exposure * np.exp(eta[blocks.hit_block])
    r = 1 / special.exprel(t)
    second = r * (1 - t - r)
    third = second * (1 - t - r) - r * (t + second)
    size = len(eta)
    at = blocks.hit_block
    return (
        blocks.finds - expected + np.bincount(at, r, size),
        expected + np.bincount(at, np.maximum(-second, 0), size),
        -expected + np.bincount(at, third, size),
    )


def _cholesky_solve(lower: Floats, b: Floats) -> Floats:
    return np.asarray(np.linalg.solve(lower.T, np.linalg.solve(lower, b)))
