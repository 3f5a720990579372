"""A genetic search over activity lists with forward-backward improvement, compiled with numba.

For the plain form of the problem (`Compiled.plain`: precedence, pools, budgets, several modes, the makespan to be made
small). Schedules are activity lists decoded by serial generation; every child is right- and then left-justified.

Sources: Hartmann, S. (2001). Project scheduling with multiple modes: a genetic algorithm. Annals of Operations
Research 102, 111-135 (two-point crossover on lists and modes, penalty for overspent budgets). Valls, V., Ballestin, F.
and Quintanilla, S. (2005). Justification and RCPSP: a technique that pays. EJOR 165, 375-386 (double justification).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tetrapylon.errors import MissingExtra
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import Draft
from tetrapylon.plan.rules import Network

_PENALTY = 1_000_000
_NOTHING = 1 << 60
Row = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Arrays:
    """A plain problem as arrays: duration (n, modes), use (n, modes, pools), spend (n, modes, budgets), CSR links."""

    duration: np.ndarray[Any, Any]
    use: np.ndarray[Any, Any]
    spend: np.ndarray[Any, Any]
    modes: np.ndarray[Any, Any]
    pred_at: np.ndarray[Any, Any]
    pred: np.ndarray[Any, Any]
    succ_at: np.ndarray[Any, Any]
    succ: np.ndarray[Any, Any]
    size: np.ndarray[Any, Any]
    stock: np.ndarray[Any, Any]

    @classmethod
    def of(cls, c: Compiled) -> Arrays:
        """Arrays of a plain compiled problem."""
        n, width = len(c.works), max(map(len, c.works))
        duration = np.zeros((n, width), np.int64)
        use = np.zeros((n, width, max(len(c.pools), 1)), np.int64)
        spend = np.zeros((n, width, max(len(c.budgets), 1)), np.int64)
        for i, works in enumerate(c.works):
            for m, w in enumerate(works):
                duration[i, m] = w.duration
                for pools, units in w.draws:
                    use[i, m, pools[0]] += units
                for b, s in w.spends:
                    spend[i, m, b] = s
        return cls(
            duration,
            use,
            spend,
            np.array([len(w) for w in c.works], np.int64),
            *_csr(c.preds),
            *_csr(c.succs),
            np.array([p.size for p in c.pools] or [0], np.int64),
            np.array(c.budgets or [0], np.int64),
        )

    def arguments(self) -> tuple[np.ndarray[Any, Any], ...]:
        """In the order the kernel takes them."""
        return (
            self.duration, self.use, self.spend, self.modes,
            self.pred_at, self.pred, self.succ_at, self.succ, self.size, self.stock,
        )  # fmt: skip


def _csr(links: Sequence[Sequence[int]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    at = np.concatenate(([0], np.cumsum([len(x) for x in links])))
    return at.astype(np.int64), np.array([j for x in links for j in x], np.int64)


class Population:
    """Lists, modes, starts and fitness (makespan + penalty x overspending) of a set of schedules.

    A population that has become equally fit and stopped improving has done its work: the best of it goes to the
    archive and a new one is founded. Every third epoch is founded on the archive.
    """

    def __init__(self, c: Compiled, net: Network, *, seed: int = 0, size: int | None = None) -> None:
        n = len(c.works)
        self.c = c
        self.arrays = Arrays.of(c)
        self.kernel = kernels()
        self.seed = seed
        self.size = size if size is not None else min(max(60, 5 * n), 600)
        self.tail = np.array(net.tail, np.int64)
        self.archive: list[tuple[int, Row, Row, Row]] = []
        self.epoch = 0
        self._found()

    def _found(self) -> None:
        n = len(self.c.works)
        self.lists = np.zeros((self.size, n), np.int64)
        self.modes = np.zeros((self.size, n), np.int64)
        self.starts = np.zeros((self.size, n), np.int64)
        self.fitness = np.full(self.size, _NOTHING, np.int64)
        self.young = self.size
        self.stale = 0
        self.epoch += 1
        if self.epoch % 3 == 0:
            for k, (fitness, order, modes, starts) in enumerate(self.archive[: self.size // 2]):
                self.fitness[k], self.lists[k], self.modes[k], self.starts[k] = fitness, order, modes, starts
                self.young -= 1

    def evolve(self, children: int) -> None:
        """Make about this many children, founding a new population where the present one has run dry."""
        self.seed += 1
        if self.young > 0:
            made = self.kernel.found
            children = min(children, self.young)
            self.young -= children
        else:
            made = self.kernel.evolve
        before = self.fitness.min()
        made(
            *self.arrays.arguments(), self.tail, self.lists, self.modes, self.starts, self.fitness, children, self.seed
        )
        self.stale = 0 if self.fitness.min() < before else self.stale + children
        if self.young <= 0 and self.stale > 25 * self.size and self.fitness.max() - self.fitness.min() <= 1:
            self._retire()
            self._found()

    def _retire(self) -> None:
        for k in np.argsort(self.fitness, kind="stable")[: max(1, self.size // 20)]:
            self.archive.append(
                (int(self.fitness[k]), self.lists[k].copy(), self.modes[k].copy(), self.starts[k].copy())
            )
        self.archive.sort(key=lambda row: row[0])

    def best(self) -> Draft | None:
        """The best schedule of this population and the archive, or None while every one overspends a budget."""
        k = int(np.argmin(self.fitness))
        rows = [(int(self.fitness[k]), self.lists[k], self.modes[k], self.starts[k]), *self.archive[:1]]
        fitness, _, modes, starts = min(rows, key=lambda row: row[0])
        if fitness >= _PENALTY:
            return None
        drawn = tuple(
            tuple((pools[0], units) for pools, units in self.c.works[i][m].draws) for i, m in enumerate(modes.tolist())
        )
        return Draft(tuple(starts.tolist()), tuple(modes.tolist()), drawn)

    def take(self, draft: Draft) -> None:
        """Put a schedule in the place of the worst, unless it is there already."""
        starts = np.array(draft.starts, np.int64)
        if (self.starts == starts).all(axis=1).any():
            return
        k = int(np.argmax(self.fitness))
        position = {i: x for x, i in enumerate(self.c.order)}
        self.starts[k] = starts
        self.modes[k] = draft.modes
        self.lists[k] = sorted(range(len(starts)), key=lambda i: (draft.starts[i], position[i]))
        self.fitness[k] = max(draft.ends(self.c))


@dataclass(frozen=True, slots=True)
class Kernels:
    """Compiled functions."""

    found: Callable[..., None]
    evolve: Callable[..., None]
    forward: Callable[..., Any]
    backward: Callable[..., Any]


def available() -> bool:
    """Whether numba is installed."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


@cache
def kernels() -> Kernels:
    """Compile on first use.

    Raises
    ------
    MissingExtra : numba is not installed.
    """
    try:
        from tetrapylon.plan import genetic_kernels
    except ImportError as error:
        raise MissingExtra("solve", "The genetic search") from error
    return Kernels(genetic_kernels.found, genetic_kernels.evolve, genetic_kernels.forward, genetic_kernels.backward)
