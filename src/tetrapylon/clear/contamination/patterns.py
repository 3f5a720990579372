"""Belts and rows of items among clutter: a mixture of strips and ellipses on a uniform background.

Each hypothesis has K components of one shape, an ellipse (normal density) or a strip (uniform along, normal across),
and uniform clutter over the site; it is fitted by expectation-maximisation and weighed by exp(-BIC / 2). Probabilities
that a signal is an item, and intensities, are averaged over the hypotheses with these weights: no single pattern is
asserted.

Sources: Dasgupta and Raftery 1998 (JASA 93:294, mixture with uniform clutter, choice by BIC); the strip shape is ours,
fitted by moments: a uniform law of half-length h has variance h^2 / 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tetrapylon.errors import OutsideModel, ValueRangeError

Floats = NDArray[np.float64]
Shape = Literal["ellipse", "strip"]
PARAMETERS = 6  # of a component: centre (2), direction, length, width, share


@dataclass(frozen=True)
class Component:
    """One belt: centre (m), unit direction, half-length (strip) or sd along (ellipse), sd across, share of points."""

    shape: Shape
    centre: tuple[float, float]
    direction: tuple[float, float]
    length: float
    width: float
    share: float

    def density(self, points: Floats) -> Floats:
        """Probability density (n,), 1/m2."""
        along, across = self.coordinates(points)
        cross = np.exp(-0.5 * (across / self.width) ** 2) / (self.width * math.sqrt(2 * math.pi))
        if self.shape == "ellipse":
            return np.asarray(
                cross * np.exp(-0.5 * (along / self.length) ** 2) / (self.length * math.sqrt(2 * math.pi))
            )
        ends = special.ndtr((along + self.length) / self.width) - special.ndtr((along - self.length) / self.width)
        return np.asarray(cross * ends / (2 * self.length))

    def coordinates(self, points: Floats) -> tuple[Floats, Floats]:
        """Distance along and across the belt from its centre (n,), m."""
        x, y = points[:, 0] - self.centre[0], points[:, 1] - self.centre[1]
        ux, uy = self.direction
        return x * ux + y * uy, y * ux - x * uy


@dataclass(frozen=True)
class Hypothesis:
    """A fitted mixture: components, share of clutter, log likelihood, BIC (lower is better)."""

    components: tuple[Component, ...]
    clutter: float
    log_likelihood: float
    bic: float

    def item_density(self, points: Floats) -> Floats:
        """Density (n,) of items at points, 1/m2, of all points together."""
        total = np.zeros(len(points))
        for c in self.components:
            total += c.share * c.density(points)
        return total


@dataclass(frozen=True)
class Patterns:
    """Hypotheses and their weights (sum 1) for ``count`` signals on ``area`` m2."""

    hypotheses: tuple[Hypothesis, ...]
    weights: Floats
    count: int
    area: float

    def item_probability(self, points: Floats) -> Floats:
        """Probability (n,) that a signal at each point is an item and not clutter."""
        total = np.zeros(len(points))
        for w, h in zip(self.weights, self.hypotheses, strict=True):
            items = h.item_density(points)
            total += w * items / (items + h.clutter / self.area)
        return total

    def intensity(self, points: Floats) -> Floats:
        """Expected items per m2 (n,), for the modifier of the field."""
        each = [w * self.count * h.item_density(points) for w, h in zip(self.weights, self.hypotheses, strict=True)]
        return np.asarray(np.sum(each, axis=0))


def log_modifier(patterns: Patterns, points: Floats, *, base: float) -> Floats:
    """Natural log (n,) of the modifier m = 1 + intensity / base that adds the patterns to a base intensity (per m2)."""
    if not base > 0:
        raise ValueRangeError("The base intensity must be positive.")
    return np.asarray(np.log1p(patterns.intensity(points) / base))


def fit(
    points: Floats,
    *,
    area: float,
    most: int = 4,
    shapes: Sequence[Shape] = ("ellipse", "strip"),
    restarts: int = 6,
    seed: int = 0,
) -> Patterns:
    """Fit 0 to ``most`` components of each shape and weigh them.

    Parameters
    ----------
    points : (n, 2) signals, m. area : of the site searched, m2. restarts : random starts for each hypothesis.

    Raises
    ------
    ValueRangeError : NaN, or an area smaller than what the points span cannot be. OutsideModel : fewer than 10 points.
    """
    if points.ndim != 2 or points.shape[1] != 2 or not np.all(np.isfinite(points)):
        raise ValueRangeError("Signals need finite x and y.")
    if len(points) < 10:
        raise OutsideModel("Fewer than 10 signals show no pattern.")
    if not (area > 0 and math.isfinite(area)):
        raise ValueRangeError("The area searched must be positive.")
    rng = np.random.default_rng(seed)
    found = [_none(points, area)]
    for shape in shapes:
        for k in range(1, most + 1):
            fits = [_expectation_maximisation(points, area, shape, k, rng) for _ in range(restarts)]
            found.append(max(fits, key=lambda h: h.log_likelihood))
    bic = np.array([h.bic for h in found])
    weights = np.exp(-(bic - bic.min()) / 2)
    return Patterns(tuple(found), weights / weights.sum(), len(points), area)


def _none(points: Floats, area: float) -> Hypothesis:
    log_likelihood = -len(points) * math.log(area)
    return Hypothesis((), 1.0, log_likelihood, -2 * log_likelihood)


def _expectation_maximisation(
    points: Floats, area: float, shape: Shape, k: int, rng: np.random.Generator
) -> Hypothesis:
    components, clutter = _start(points, shape, k, rng), 0.5
    previous = -np.inf
    smallest = 1e-3 * math.sqrt(area)
    log_likelihood = previous
    for _ in range(500):
        parts = np.array([c.share * c.density(points) for c in components])
        total = parts.sum(axis=0) + clutter / area
        log_likelihood = float(np.log(total).sum())
        if log_likelihood - previous < 1e-6 * abs(log_likelihood):
            break
        previous = log_likelihood
        responsibility = parts / total
        clutter = max(1 - float(responsibility.sum()) / len(points), 1e-6)
        components = [
            _moments(points, r, c, smallest) if r.sum() > 3 else replace(c, share=float(r.sum()) / len(points))
            for c, r in zip(components, responsibility, strict=True)
        ]
    bic = -2 * log_likelihood + PARAMETERS * k * math.log(len(points))
    return Hypothesis(tuple(components), clutter, log_likelihood, bic)


def _start(points: Floats, shape: Shape, k: int, rng: np.random.Generator) -> list[Component]:
    """Centres far apart (k-means++), each with the spread of its nearest points."""
    centres = [points[rng.integers(len(points))]]
    for _ in range(k - 1):
        gap = np.min([np.sum((points - c) ** 2, axis=1) for c in centres], axis=0)
        centres.append(points[rng.choice(len(points), p=gap / gap.sum())])
    nearest = np.argmin([np.sum((points - c) ** 2, axis=1) for c in centres], axis=0)
    first = Component(shape, (0.0, 0.0), (1.0, 0.0), 1.0, 1.0, 0.5 / k)
    smallest = 1e-3 * float(np.ptp(points, axis=0).max())
    parts = [_moments(points, (nearest == i).astype(float), first, smallest) for i in range(k)]
    return [replace(c, share=0.5 / k) for c in parts]


def _moments(points: Floats, weight: Floats, component: Component, smallest: float) -> Component:
    total = float(weight.sum())
    centre = weight @ points / total
    deviation = points - centre
    values, vectors = np.linalg.eigh((weight[:, None] * deviation).T @ deviation / total)
    width = max(math.sqrt(max(values[0], 0.0)), smallest)
    along = max(math.sqrt(max(values[1], 0.0)), smallest)
    if component.shape == "strip":  # the ends are blurred by the width
        along = max(math.sqrt(3 * max(values[1] - width**2, 0.0)), width)
    return replace(
        component,
        centre=(float(centre[0]), float(centre[1])),
        direction=(float(vectors[0, 1]), float(vectors[1, 1])),
        length=along,
        width=width,
        share=total / len(points),
    )
