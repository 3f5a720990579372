"""Plans on published instances against the best known, beside a plain CP-SAT model, and on synthetic sites.

The 102 instances (PSPLIB j30, j60, j120; MMLIB50) are read from DIR/best_known.csv and the folders beside it, where DIR
is --data or DIR/plan; they are solved through the same `Problem` and `solve` that a user's plan goes through. The peer
is the textbook CP-SAT model (one interval a mode, one cumulative a resource, two workers, default settings) given the
same time on the same cores in the same run. The best known makespans are those of OptalCP and CP Optimizer.

Both stop as soon as they have proven their plan best. Every result is written to --resume FILE (JSON lines) as it is
found and not computed again, whatever ended the run; what is left is told after each. --only takes a subset: names of
sets or instances (j30,j120/j12016_4.sm) and of parts (site, large), separated by commas.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, data_folder
from benchmarks.plan_scenario import site
from tetrapylon.plan import SCALE, Problem, compile_problem, solve
from tetrapylon.plan.psplib import parse

SETS = ("j30", "j60", "j120", "mmlib50")
LIMITS = {"j60": 0.3, "j120": 2.5, "mmlib50": 2.0}
WORKERS = 2
Solver = Callable[[Problem, float], dict[str, Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--time", type=float, default=60.0, help="seconds per instance and solver")
    parser.add_argument("--resume", type=Path, help="JSON-lines file of results, read first and added to")
    parser.add_argument("--only", default="", help="sets, instances, 'site' or 'large', separated by commas")


def run(args: argparse.Namespace) -> list[Figure]:
    """Solve what is asked for and not yet in the file, then sum up."""
    results = Results(args.resume, args.time)
    jobs = [job for job in asked(args) if (job.name, job.by) not in results.rows]
    if any("/" in job.name for job in jobs):
        warm_up()
    began = time.monotonic()
    for number, job in enumerate(jobs, 1):
        results.keep(job, job.action())
        spent = time.monotonic() - began
        left = len(jobs) - number
        told = f"{number} of {len(jobs)} solved in {clock(spent)}; left: about {clock(spent / number * left)}"
        print(f"{told}, at most {clock(left * args.time * 1.05)}", file=sys.stderr, flush=True)
    return summary(results, args.time)


@dataclass(frozen=True)
class Job:
    """One instance to be solved by one solver."""

    name: str
    by: str
    action: Callable[[], dict[str, Any]]


def asked(args: argparse.Namespace) -> Iterator[Job]:
    """What the options ask for, ours and the peer in turn on each instance."""
    wanted = [w for w in args.only.split(",") if w]

    def wants(*names: str) -> bool:
        return not wanted or any(n in wanted for n in names)

    if any(wants(s) for s in SETS) or any("/" in w for w in wanted):
        given = args.data and (Path(args.data) / "best_known.csv").exists()
        folder = Path(args.data) if given else data_folder(args, "plan")
        with (folder / "best_known.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                name = f"{row['set']}/{row['file']}"
                if wants(row["set"], name):
                    problem = parse((folder / name).read_text(), name)
                    known = {"best": int(row["best_makespan"]), "lower": int(row["lower_bound"])}
                    yield Job(name, "ours", partial(beside, known, ours, problem, args.time))
                    yield Job(name, "plain", partial(beside, known, plain, problem, args.time))
    if wants("site"):
        yield Job("site", "ours", partial(scenario, 30, 20, args.time))
    if wants("large"):
        yield Job("large", "ours", partial(scenario, 300, 100, args.time))


def beside(known: dict[str, Any], solver: Solver, problem: Problem, seconds: float) -> dict[str, Any]:
    """What a solver finds, beside what is known."""
    return known | solver(problem, seconds)


def clock(seconds: float) -> str:
    """Hours and minutes, or minutes and seconds."""
    if seconds >= 3600:
        return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:02.0f} min"
    return f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


class Results:
    """Results by (instance, solver), kept in a file line by line; only those of the same time limit count.

    A line is on disk before the next instance begins. What a sudden end left of a line is cut off when the file is
    read, so that it costs that one instance.
    """

    def __init__(self, path: Path | None, seconds: float) -> None:
        self.path = path
        self.seconds = seconds
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        if path is None or not path.exists():
            return
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            print(f"{path}: a line without an end is cut off; that instance is solved again.", file=sys.stderr)
            with path.open("r+b") as file:
                file.truncate(len(whole))
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                row = json.loads(line)
                key = row["name"], row["by"]
            except (ValueError, KeyError, TypeError):
                sys.exit(f"{path} line {number} is no result. Name another file with --resume.")
            if row["time"] == seconds:
                self.rows[key] = row

    def keep(self, job: Job, found: dict[str, Any]) -> None:
        """Add a result, and see it safely on disk."""
        row = {"name": job.name, "by": job.by, "time": self.seconds, "load": round(os.getloadavg()[0], 1)} | found
        self.rows[job.name, job.by] = row
        line = json.dumps(row) + "\n"
        print(line, end="", file=sys.stderr, flush=True)
        if self.path is not None:
            with self.path.open("a") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())

    def of(self, group: str, by: str) -> list[dict[str, Any]]:
        """Rows of one set by one solver that have a counterpart by the other."""
        return [
            row
            for (name, who), row in self.rows.items()
            if who == by and name.startswith(group + "/") and all((name, w) in self.rows for w in ("ours", "plain"))
        ]


def warm_up() -> None:
    """Compile the kernels and import the solver once, untimed."""
    solve(site(2, 10), seconds=2)
    solve(tiny(), seconds=30)


def tiny() -> Problem:
    """A plain problem of three activities in two modes."""
    rows = [
        "jobs (incl. supersource/sink ):  3",
        "- renewable : 1 R",
        "- nonrenewable : 1 N",
        "- doubly constrained : 0 D",
    ]
    rows += ["PRECEDENCE RELATIONS:", "jobnr.", "1 2 1 2", "2 2 1 3", "3 1 0", "REQUESTS/DURATIONS:", "jobnr."]
    rows += ["1 1 3 2 1", "2 5 1 0", "2 1 3 2 1", "2 5 1 0", "3 1 1 1 0", "RESOURCE AVAILABILITIES:", "R 1 N 1", "2 1"]
    return parse("\n".join(rows), "tiny")


def ours(problem: Problem, seconds: float) -> dict[str, Any]:
    """The plan's own solver."""
    s = solve(problem, seconds=seconds, workers=WORKERS)
    made = None if s.score is None else s.score // SCALE
    return {"makespan": made, "bound": -(-s.bound // SCALE), "optimal": s.status == "optimal", "seconds": s.seconds}


def plain(problem: Problem, seconds: float) -> dict[str, Any]:
    """The textbook model with CP-SAT's defaults, in the same conditions: time counts from the call, same threads."""
    from ortools.sat.python import cp_model

    began = time.monotonic()
    horizon = sum(max(m.duration.likely for m in a.modes) for a in problem.activities)
    model = cp_model.CpModel()
    start = {a.id: model.new_int_var(0, horizon, "") for a in problem.activities}
    end = {a.id: model.new_int_var(0, horizon, "") for a in problem.activities}
    intervals: dict[str, list[Any]] = {t.id: [] for t in problem.teams}
    demands: dict[str, list[int]] = {t.id: [] for t in problem.teams}
    spends: dict[str, list[Any]] = {b.id: [] for b in problem.budgets}
    for a in problem.activities:
        chosen = [model.new_bool_var("") for _ in a.modes]
        model.add_exactly_one(chosen)
        for mode, x in zip(a.modes, chosen, strict=True):
            interval = model.new_optional_interval_var(start[a.id], mode.duration.likely, end[a.id], x, "")
            for need in mode.needs:
                intervals[need.skill].append(interval)
                demands[need.skill].append(need.units)
            for budget, spend in mode.spends.items():
                spends[budget].append(spend * x)
        for p in a.after:
            model.add(start[a.id] >= end[p])
    for t in problem.teams:
        model.add_cumulative(intervals[t.id], demands[t.id], t.size)
    for b in problem.budgets:
        model.add(sum(spends[b.id]) <= b.amount)
    makespan = model.new_int_var(0, horizon, "")
    model.add_max_equality(makespan, list(end.values()))
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds - (time.monotonic() - began)
    solver.parameters.num_workers = WORKERS
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {
        "makespan": round(solver.objective_value) if found else None,
        "bound": round(solver.best_objective_bound),
        "optimal": status == cp_model.OPTIMAL,
        "seconds": time.monotonic() - began,
    }


def scenario(structures: int, teams: int, seconds: float) -> dict[str, Any]:
    """A synthetic site: the gap proven, the gain over every named rule, and when the first plans came."""
    problem = site(structures, teams)
    began = time.monotonic()
    c = compile_problem(problem)
    compiled = time.monotonic() - began
    s = solve(c, seconds=max(seconds - compiled, 1.0), workers=WORKERS)
    if s.score is None:
        return {"activities": len(problem.activities), "score": None}
    return {
        "activities": len(problem.activities),
        "score": s.score,
        "bound": s.bound,
        "gap": s.gap,
        "gain": {rule: (r - s.score) / abs(r) if r else None for rule, r in s.rules.items()},
        "first_s": compiled + s.steps[0].seconds,
        "improved": s.score < min(r for r in s.rules.values() if r is not None),
        "steps": [(round(compiled + x.seconds, 1), x.score, x.by) for x in s.steps],
    }


def distance(rows: list[dict[str, Any]]) -> float:
    """Mean distance to the best known makespan, per cent; infinite where an instance has no plan."""
    return sum(
        100 * (r["makespan"] - r["best"]) / r["best"] if r["makespan"] is not None else float("inf") for r in rows
    ) / len(rows)


def summary(results: Results, seconds: float) -> list[Figure]:
    """The figures with their floors, of what has been solved so far."""
    figures = []
    for group in SETS:
        mine, peer = results.of(group, "ours"), results.of(group, "plain")
        if not mine:
            continue
        told = f"{len(mine)} instances, {seconds:g} s each, {WORKERS} workers"
        proven = sum(r["optimal"] for r in mine) / len(mine)
        note = f"{told}; plain CP-SAT {sum(r['optimal'] for r in peer) / len(peer):.3f}"
        figures.append(
            Figure(
                f"{group} proven optimal",
                proven,
                "",
                "fraction",
                floor=1.0 if group == "j30" else None,
                conditions=note,
            )
        )
        gap, other = distance(mine), distance(peer)
        limit = 0.0 if group == "j30" else LIMITS[group]
        figures.append(
            Figure(
                f"{group} to best known",
                gap,
                "%",
                "fraction",
                limit=limit,
                conditions=f"{told}; plain CP-SAT {other:.3f} %",
            )
        )
        figures.append(
            Figure(f"{group} ours minus plain CP-SAT", gap - other, "points", "fraction", limit=0.0, conditions=told)
        )
        better = sum(m["makespan"] < p["makespan"] for m, p in pairs(mine, peer))
        worse = sum(m["makespan"] > p["makespan"] for m, p in pairs(mine, peer))
        figures.append(Figure(f"{group} instances better than plain", better, "", conditions=f"{worse} worse"))
    for name in ("site", "large"):
        row = results.rows.get((name, "ours"))
        if row is None or row["score"] is None:
            continue
        told = f"{row['activities']} activities, {seconds:g} s, {WORKERS} workers"
        figures.append(Figure(f"{name}: gap proven", row["gap"], "", conditions=told))
        for rule, gain in row["gain"].items():
            if gain is not None:
                figures.append(Figure(f"{name}: gain over {rule}", gain, "", "fraction", floor=0.0, conditions=told))
        figures.append(Figure(f"{name}: first plan after", row["first_s"], "s", limit=10.0, conditions=told))
        figures.append(
            Figure(
                f"{name}: improves on every rule", float(row["improved"]), "", "fraction", floor=1.0, conditions=told
            )
        )
    return figures


def pairs(mine: list[dict[str, Any]], peer: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of the same instance where both found a plan."""
    other = {r["name"]: r for r in peer}
    return [
        (r, other[r["name"]]) for r in mine if r["makespan"] is not None and other[r["name"]]["makespan"] is not None
    ]
