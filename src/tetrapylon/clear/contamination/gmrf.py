"""Matern random field on a lattice of blocks as a sparse Gaussian Markov field.

The field solves (kappa^2 - Laplacian) tau x = white noise; on a lattice of spacing h its precision is

    Q = B' B,   B = tau (kappa^2 h^2 I + G) / h

with G the graph Laplacian of the four neighbours (reflecting edges). This is the Matern field of smoothness 1: range
rho = sqrt(8) / kappa is the distance at which the correlation has fallen to 0.14. tau is set so that the standard
deviation far from the edges is exactly the one asked for, also where h is not small against the range.

Source: Lindgren, Rue and Lindstrom 2011 (JRSS B 73:423), alpha = 2; exact lattice variance by its Fourier sum [C].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from tetrapylon.clear.contamination.kernels import selected_inverse
from tetrapylon.errors import ValueRangeError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """Rows and columns of blocks and their spacing, m."""

    rows: int
    columns: int
    spacing: float

    @property
    def size(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True)
class Matern:
    """Range (m) and standard deviation of the log intensity."""

    range: float
    sd: float

    def __post_init__(self) -> None:
        if not (self.range > 0 and self.sd > 0 and math.isfinite(self.range) and math.isfinite(self.sd)):
            raise ValueRangeError("Range and standard deviation of the field must be positive and finite.")


def root(lattice: Lattice, matern: Matern) -> sparse.csc_matrix:
    """B with Q = B' B, sparse (size, size), blocks numbered row by row; B is symmetric."""
    kh2 = 8 * (lattice.spacing / matern.range) ** 2
    laplacian = sparse.kronsum(_path(lattice.columns), _path(lattice.rows))
    b = sparse.identity(lattice.size) * kh2 + laplacian
    return sparse.csc_matrix(b * (math.sqrt(_unit_variance(kh2)) / matern.sd))


def correlation(lattice: Lattice, matern: Matern, block: int) -> Floats:
    """Covariance (size,) of one block with all, divided by its variance: for plots and tests."""
    b = root(lattice, matern)
    e = np.zeros(lattice.size)
    e[block] = 1
    lu = Factor(sparse.csc_matrix(b))
    column = lu.solve(lu.solve(e))
    return np.asarray(column / column[block])


class Factor:
    """L D L' of a sparse symmetric positive definite matrix."""

    def __init__(self, matrix: sparse.csc_matrix) -> None:
        self._lu = linalg.splu(
            sparse.csc_matrix(matrix),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        self.pivot: Floats = self._lu.U.diagonal()
        if not np.all(self.pivot > 0) or not np.array_equal(self._lu.perm_r, self._lu.perm_c):
            raise ValueRangeError("The precision of the field is not positive definite.")

    def solve(self, b: Floats) -> Floats:
        return np.asarray(self._lu.solve(b))

    @property
    def log_determinant(self) -> float:
        return float(np.log(self.pivot).sum())

    def inverse_diagonal(self) -> Floats:
        """Variances: the diagonal of the inverse, exact."""
        lower = sparse.csc_matrix(self._lu.L)
        lower.sort_indices()
        diagonal = selected_inverse(lower.indptr, lower.indices, lower.data, self.pivot)
        return np.asarray(diagonal[self._lu.perm_c])


def _path(n: int) -> sparse.csc_matrix:
    """Graph Laplacian of a row of n blocks."""
    off = -np.ones(n - 1)
    degree = np.zeros(n)
    degree[:-1] += 1
    degree[1:] += 1
    return sparse.csc_matrix(sparse.diags([off, degree, off], [-1, 0, 1]) if n > 1 else np.zeros((1, 1)))


def _unit_variance(kh2: float) -> float:
    """Variance of the solution of (kh2 + G) x = unit white noise on the infinite lattice.

    (1/2pi) integral over one angle of the closed form of the other: with s = kh2 + 2 - 2 cos(theta),
    mean over phi of (s + 2 - 2 cos phi)^-2 = (s + 2) / (s^2 + 4 s)^(3/2). The trapezoidal rule on the periodic
    integrand converges geometrically, at a rate set by sqrt(kh2).
    """
    points = int(min(1 << 20, max(256, 64 / math.sqrt(kh2))))
    s = kh2 + 2 - 2 * np.cos(2 * np.pi * np.arange(points) / points)
    return float(np.mean((s + 2) / (s * s + 4 * s) ** 1.5))
