"""H8: squares cleared until the last item is found, on simulated rows, against three baselines.

No real field with item positions is published, so the fields are simulated: 2 to 4 parallel rows 6 to 10 m apart in any
direction, items 2 to 4 m apart with 0.4 m of jitter, one in ten missing, on 40 x 40 m. The orders see only what they
have cleared. A second set of fields without rows (clusters) shows what considering rows costs where there are none.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from benchmarks.harness import Figure
from tetrapylon.clear.contamination.clearing_order import Site, begin, learn, probability, site
from tetrapylon.clear.contamination.rows import families

SIDE = 40
Y, X = (v.ravel() for v in np.mgrid[:SIDE, :SIDE])
LAWN = np.array([r * SIDE + (c if r % 2 == 0 else SIDE - 1 - c) for r in range(SIDE) for c in range(SIDE)])


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    ground = site((SIDE, SIDE), families((SIDE, SIDE), spacing=np.arange(5, 11.1, 0.75)))
    orders: dict[str, Callable[[np.ndarray], int]] = {
        "lawn-mower": lawn_mower,
        "nearest neighbour": nearest_neighbour,
        "greedy on smoothed finds, 2.5 m": lambda f: greedy(f, 2.5),
        "greedy on smoothed finds, 4 m": lambda f: greedy(f, 4.0),
        "greedy on smoothed finds, 6 m": lambda f: greedy(f, 6.0),
        "ours": lambda f: by_forecast(f, ground),
    }
    figures = []
    for kind, make, count in (("rows", row_field, args.fields), ("clusters", cluster_field, max(3, args.fields // 3))):
        rng = np.random.default_rng(1)
        made = [make(rng) for _ in range(count)]
        mean = {name: float(np.mean([order(f) for f in made])) for name, order in orders.items()}
        best = min((n for n in mean if n != "ours"), key=mean.__getitem__)
        told = f"{count} simulated fields of {kind}; " + "; ".join(f"{n} {t:.0f}" for n, t in mean.items())
        floor = 0.24 if kind == "rows" else 0.0
        saved = 1 - mean["ours"] / mean[best]
        figures.append(
            Figure(
                f"H8 less time than the best baseline ({best}), {kind}", saved, "", "fraction", floor, conditions=told
            )
        )
    return figures


def row_field(rng: np.random.Generator) -> np.ndarray:
    """Items (squares,) of one field of parallel rows, at least 12 of them."""
    while True:
        angle, gap, count = rng.uniform(0, np.pi), rng.uniform(6, 10), rng.integers(2, 5)
        step, length, centre = rng.uniform(2, 4), rng.uniform(20, 34), SIDE / 2 + rng.uniform(-5, 5, 2)
        points = []
        for row in range(count):
            along = np.arange(-length / 2 + rng.uniform(0, step), length / 2, step)
            along = along + rng.normal(0, 0.4, along.size)
            across = (row - (count - 1) / 2) * gap + rng.normal(0, 0.4, along.size)
            keep = rng.random(along.size) > 0.1
            x = centre[0] + along * np.cos(angle) - across * np.sin(angle)
            y = centre[1] + along * np.sin(angle) + across * np.cos(angle)
            points.append(np.column_stack([x, y])[keep])
        field = _squares(np.vstack(points))
        if field.sum() >= 12:
            return field


def cluster_field(rng: np.random.Generator) -> np.ndarray:
    """Items (squares,) of a field of three round clusters."""
    centres = rng.uniform(5, SIDE - 5, (3, 2))
    return _squares(np.vstack([c + rng.normal(0, 3, (9, 2)) for c in centres]))


def lawn_mower(field: np.ndarray) -> int:
    return int(np.nonzero(field[LAWN])[0].max()) + 1


def nearest_neighbour(field: np.ndarray) -> int:
    """Nearest open square to any find; lane by lane until the first."""
    open_, gap, waiting = np.ones(field.size, bool), np.full(field.size, np.inf), list(LAWN[::-1])
    left, cleared = int(np.count_nonzero(field)), 0
    while left:
        square = waiting.pop() if np.isinf(gap).all() else int(np.argmin(np.where(open_, gap, np.inf)))
        open_[square] = False
        cleared += 1
        if field[square]:
            left -= 1
            gap = np.minimum(gap, np.hypot(Y - Y[square], X - X[square]))
    return cleared


def greedy(field: np.ndarray, scale: float) -> int:
    """Most probable open square, by finds and clearance smoothed with a normal kernel (Gamma-Poisson mean)."""
    kernel = np.exp(-((Y[:, None] - Y) ** 2 + (X[:, None] - X) ** 2) / (2 * scale**2))
    open_, finds, searched = np.ones(field.size, bool), np.zeros(field.size), np.zeros(field.size)
    left, cleared = int(np.count_nonzero(field)), 0
    while left:
        density = (0.5 + finds) / (0.5 / 0.012 + searched)
        square = int(np.argmax(np.where(open_, density, -1)))
        open_[square] = False
        searched += kernel[square]
        cleared += 1
        if field[square]:
            left -= 1
            finds += kernel[square]
    return cleared


def by_forecast(field: np.ndarray, ground: Site) -> int:
    """The engine's order, three squares for each ranking (ranked anew after a find)."""
    learnt, left, cleared = begin(ground), int(np.count_nonzero(field)), 0
    while left:
        p = probability(ground, learnt)
        for square in np.argsort(-p, kind="stable")[:3]:
            found = int(field[square] > 0)
            learnt = learn(ground, learnt, [int(square)], [found])
            cleared += 1
            left -= found
            if found:
                break
    return cleared


def _squares(points: np.ndarray) -> np.ndarray:
    cell = np.floor(points).astype(int)
    cell = cell[np.all((cell >= 0) & (cell < SIDE), axis=1)]
    return np.bincount(cell[:, 1] * SIDE + cell[:, 0], minlength=SIDE * SIDE)
