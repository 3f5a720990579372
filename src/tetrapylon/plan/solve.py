"""Make a plan: rules, then search and proof side by side until optimal, out of time or told to stop.

One thread proves: the whole CP-SAT model, begun again from time to time with the best schedule found elsewhere. The
others improve: a genetic search where the problem has the plain form, otherwise large-neighbourhood search with
CP-SAT. What any of them finds is kept at once, so that an interrupt loses nothing.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from math import ceil
from typing import Any

from tetrapylon.plan import genetic
from tetrapylon.plan.bounds import score_bound
from tetrapylon.plan.compiled import Compiled, compile_problem
from tetrapylon.plan.cpmodel import cp_model
from tetrapylon.plan.cpsat import build
from tetrapylon.plan.draft import Draft, rank, score
from tetrapylon.plan.neighbourhood import Freer, improve
from tetrapylon.plan.problem import Problem
from tetrapylon.plan.relaxation import relaxed_bound
from tetrapylon.plan.rules import RULES, Network, network
from tetrapylon.plan.sampling import sampled
from tetrapylon.plan.serial import serial

PROVABLE = 40
"""Plain problems of up to this many activities are usually proven within a minute."""

WHOLE = 1500
"""Most activities of a plan whose whole model is given to CP-SAT once there is a schedule. That of 3,000 takes 7.7 s of
processor time to build, in which the other threads stand still; improving is worth more (our choice)."""

OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """An improvement: seconds since the start, score reached, and what found it."""

    seconds: float
    score: int
    by: str


@dataclass(frozen=True, slots=True)
class Solution:
    """The best schedule and how good it is known to be.

    ``score`` and ``bound`` are in thousandths of the weights' unit, to be made small: no schedule scores below
    ``bound``. ``gap`` is (score - bound) / max(|score|, 1), 0 when optimal. ``rules`` has the score of every named
    rule there was time for, None where the rule left out required work. ``draft`` is None while no complete schedule is
    known.
    """

    compiled: Compiled
    draft: Draft | None
    status: str
    score: int | None
    bound: int
    rules: Mapping[str, int | None]
    steps: tuple[Step, ...]
    seconds: float
    interrupted: bool

    @property
    def gap(self) -> float | None:
        """Proven relative distance to the optimum; None without a schedule."""
        return None if self.score is None else (self.score - self.bound) / max(abs(self.score), 1)


def solve(
    problem: Problem | Compiled,
    *,
    seconds: float = 60.0,
    workers: int = 2,
    seed: int = 0,
    start: Draft | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[float, int | None, int], None] | None = None,
) -> Solution:
    """Plan as well as the time allows.

    Parameters
    ----------
    seconds : wall-clock limit, counted from the call.
    workers : threads; the first proves, the others improve. 1 does both in turn.
    start : a schedule to begin from, beside those of the rules.
    stop : asked about ten times a second; True ends the search and the best so far is returned.
    progress : told about ten times a second, on the caller's thread: seconds so far, best score (None: no plan yet),
        bound.

    Returns
    -------
    Solution. Ctrl-C ends the search like ``stop`` and sets ``interrupted``. Without OR-Tools the search goes on with
    perturbed rules (and the genetic search where numba is there) and the bound is the one that needs no search.
    """
    began = time.monotonic()
    c = problem if isinstance(problem, Compiled) else compile_problem(problem)
    net = network(c)
    search = _Search(c, net, began, began + seconds, seed)
    search.raise_bound(score_bound(c, net))
    drafts: dict[str, Draft] = {}
    try:
        if start is not None:
            search.offer(start, "start")
        for name, rule in RULES.items():
            if drafts and time.monotonic() - began > 0.4 * seconds:
                break
            drafts[name] = serial(c, rule(c, net))
            search.offer(drafts[name], name)
        if any(r and why for r, why in zip(c.required, c.impossible, strict=True)):
            search.infeasible = True
        else:
            search.run(workers, stop, progress)
    except KeyboardInterrupt:
        search.interrupted = True
    best = search.best if search.best is not None and search.best.complete(c) else None
    status = INFEASIBLE if search.infeasible and best is None else UNKNOWN if best is None else FEASIBLE
    if best is not None and search.value[1] <= search.bound:
        status = OPTIMAL
    return Solution(
        compiled=c,
        draft=best,
        status=status,
        score=score(c, best) if best is not None else None,
        bound=search.bound,
        rules={name: score(c, d) if d.complete(c) else None for name, d in drafts.items()},
        steps=tuple(search.steps),
        seconds=time.monotonic() - began,
        interrupted=search.interrupted,
    )


@dataclass(slots=True)
class _Search:
    """What the threads share. ``value`` is (required activities missing, score) of ``best``."""

    c: Compiled
    net: Network
    began: float
    deadline: float
    seed: int
    best: Draft | None = None
    value: tuple[int, int] = (1 << 60, 0)
    bound: int = -(1 << 60)
    infeasible: bool = False
    interrupted: bool = False
    steps: list[Step] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)
    ended: Any = field(default_factory=threading.Event)
    solvers: set[Any] = field(default_factory=set)
    proof: tuple[Any, float] | None = None
    news: bool = False
    failure: BaseException | None = None

    def offer(self, draft: Draft, by: str) -> bool:
        """Keep a schedule if it is the best; tells whether it is."""
        value = rank(self.c, draft)
        with self.lock:
            if value >= self.value:
                return False
            self.best, self.value = draft, value
            self.news |= by != "proof"
            if value[0] == 0:
                step = Step(time.monotonic() - self.began, value[1], by)
                self.steps.append(step)
                if value[1] <= self.bound:
                    self.ended.set()
        return True

    def raise_bound(self, bound: int) -> None:
        with self.lock:
            self.bound = max(self.bound, bound)
            if self.value[0] == 0 and self.value[1] <= self.bound:
                self.bound = self.value[1]
                self.ended.set()

    def over(self) -> bool:
        return self.ended.is_set() or time.monotonic() >= self.deadline

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def run(
        self, workers: int, stop: Callable[[], bool], progress: Callable[[float, int | None, int], None] | None
    ) -> None:
        """Run the threads until the end, listening for ``stop`` and Ctrl-C and telling ``progress``."""
        proves = find_spec("ortools") is not None
        jobs: list[Callable[[], None]] = []
        if workers == 1:
            jobs.append(self._alone if proves else partial(self._improve, 1))
        else:
            jobs += [self._prove_then_improve if proves else partial(self._improve, 1)]
            jobs += [partial(self._improve, k) for k in range(2, workers + 1)]
        threads = [threading.Thread(target=self._guarded, args=(job,), daemon=True) for job in jobs]
        try:
            for t in threads:
                t.start()
            while any(t.is_alive() for t in threads):
                if self.over() or stop():
                    self._halt()
                self._refresh_proof()
                if progress is not None:
                    known = self.value[1] if self.value[0] == 0 else None
                    progress(time.monotonic() - self.began, known, self.bound)
                for t in threads:
                    t.join(0.1 / len(threads))
        except KeyboardInterrupt:
            self.interrupted = True
            while any(t.is_alive() for t in threads):
                self._halt()
                for t in threads:
                    t.join(0.1)
        if self.failure is not None:
            raise self.failure

    def _halt(self) -> None:
        self.ended.set()
        with self.lock:
            running = list(self.solvers)
        for solver in running:
            solver.stop_search()

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            self.failure = error
            self.ended.set()

    def _prove_then_improve(self) -> None:
        # On large plain problems the genetic search soon outruns the proof; elsewhere the bound is worth all the time.
        share = 0.35 if self.c.plain and genetic.available() and len(self.c.works) > PROVABLE else 1.0
        self._prove(until=self.began + share * (self.deadline - self.began))
        if not self.over():
            self._improve(1)

    def _alone(self) -> None:
        self._prove(until=self.began + 0.4 * (self.deadline - self.began))
        if not self.over():
            self._improve(1)

    def _prove(self, until: float) -> None:
        """The whole model, asked for something better than the best; begun again when others have found better."""
        module = cp_model()
        if self.over():
            return
        bound = relaxed_bound(self.c, self.net, seconds=min(10.0, 0.2 * self.left()))
        if bound is not None:
            self.raise_bound(bound)
        while not self.over() and time.monotonic() < until:
            with self.lock:
                best, value = self.best, self.value
            known = best is not None and value[0] == 0
            if known and len(self.c.works) > WHOLE:
                return
            model = build(self.c, self.net, upper=value[1] - 1 if known else None)
            if best is not None:
                model.hint(best)
            if self.over():
                return
            solver = _solver(module, min(until - time.monotonic(), self.left()), self.seed)
            if self.c.plain and all(len(works) == 1 for works in self.c.works):
                solver.parameters.linearization_level = 0
            with self.lock:
                self.proof = (solver, time.monotonic())
                self.news = False
            # a better schedule than the best known was asked for: the bound holds only as far as the best itself
            ceiling = value[1] if known else None
            solver.best_bound_callback = partial(self._bounded, ceiling)
            status = self._solve(solver, model, _keeper(self, module, model, "proof"))
            with self.lock:
                self.proof = None
            if status == module.INFEASIBLE:
                if known:
                    self.raise_bound(value[1])
                else:
                    self.infeasible = True
                    self.ended.set()
                return
            if status == module.OPTIMAL:
                self.raise_bound(round(solver.objective_value))
                return

    def _bounded(self, ceiling: int | None, bound: float) -> None:
        found = ceil(bound - 1e-6)
        self.raise_bound(found if ceiling is None else min(found, ceiling))

    def _refresh_proof(self) -> None:
        """Stop the present proof where others have found better and it has run for a fifth of the time so far."""
        with self.lock:
            if self.proof is None or not self.news:
                return
            solver, since = self.proof
            now = time.monotonic()
            if now - since > max(1.5, 0.2 * (now - self.began)):
                solver.stop_search()

    def _improve(self, k: int) -> None:
        if self.c.plain and genetic.available():
            self._genetic(k)
        elif find_spec("ortools") is not None:
            self._neighbourhoods(k)
        else:
            self._sample(k)

    def _genetic(self, k: int) -> None:
        population = genetic.Population(self.c, self.net, seed=self.seed + 1_000_003 * k)
        children = 20
        while not self.over():
            t = time.monotonic()
            population.evolve(children)
            spent = time.monotonic() - t
            children = max(10, min(4000, round(children * min(2.0, 0.2 / max(spent, 1e-4)))))
            found = population.best()
            if found is not None:
                self.offer(found, "genetic")

    def _neighbourhoods(self, k: int) -> None:
        freer = Freer(self.c, random.Random(self.seed + k))  # noqa: S311 - search, not secrecy
        while not self.over():
            with self.lock:
                best, value = self.best, self.value
            if best is None or value[0]:
                self._sample(k, tries=5)
                continue
            found = improve(self.c, self.net, best, freer, seconds=min(1.5, max(self.left(), 0.05)), stopped=self.over)
            if found is not None:
                self.offer(found, "neighbourhood")

    def _sample(self, k: int, tries: int | None = None) -> None:
        assert self.best is not None
        for done, found in enumerate(sampled(self.c, self.net, self.best, seed=self.seed + k + len(self.steps))):
            self.offer(found, "sampling")
            if self.over() or (tries is not None and done >= tries):
                return

    def _solve(self, solver: Any, model: Any, callback: Any) -> Any:
        with self.lock:
            self.solvers.add(solver)
        try:
            return solver.solve(model.cp, callback)
        finally:
            with self.lock:
                self.solvers.discard(solver)


def _solver(module: Any, seconds: float, seed: int) -> Any:
    solver = module.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.random_seed = seed
    solver.parameters.catch_sigint_signal = False
    solver.parameters.cp_model_probing_level = 0  # takes longer than it saves on these models
    return solver


def _keeper(search: _Search, module: Any, model: Any, by: str) -> Any:
    """A solution callback that keeps every schedule found."""

    class Keeper(module.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            search.offer(model.draft(self.value, None), by)

    return Keeper()
