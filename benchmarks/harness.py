"""What every benchmark shares: figures with floors, fair timing, the machine's description, the report.

A benchmark is a file ``bench_<name>.py`` with ``run(args) -> list[Figure]``, and ``arguments(parser)`` when it has
options of its own. Its docstring's first line is its title in the list.

Ratios (ours over a peer's, same run) and fractions (shares, errors, recalls) bind: a missed one makes the run fail.
Absolute rates depend on the machine: a missed one is a warning, unless ``--strict``.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
LIBRARIES = ("tetrapylon", "numpy", "scipy", "shapely", "pyproj", "pyogrio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number with what it must reach.

    ``floor`` is the least, ``limit`` the most that is acceptable, both inclusive; None: the number is only reported.
    ``conditions`` says what was measured: sizes, peers, settings. NaN meets no floor and no limit.
    """

    name: str
    value: float
    unit: str = ""
    kind: Literal["ratio", "fraction", "absolute"] = "absolute"
    floor: float | None = None
    limit: float | None = None
    conditions: str = ""

    @property
    def met(self) -> bool:
        """Whether the value lies between floor and limit."""
        above = self.floor is None or self.value >= self.floor
        below = self.limit is None or self.value <= self.limit
        return above and below

    def binds(self, *, strict: bool = False) -> bool:
        """Whether missing it fails the run."""
        return strict or self.kind != "absolute"

    def verdict(self, *, strict: bool = False) -> str:
        """``ok``, ``MISSED``, ``slow here`` (an absolute figure missed) or ``-`` (nothing was asked)."""
        if self.floor is None and self.limit is None:
            return "-"
        if self.met:
            return "ok"
        return "MISSED" if self.binds(strict=strict) else "slow here"


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall-clock seconds of each repetition."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The least disturbed repetition, in seconds."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle repetition, in seconds."""
        return statistics.median(self.seconds)

    def rate(self, count: float) -> float:
        """Things per second when each repetition did ``count`` of them (best repetition)."""
        return count / self.best


def interleave(
    contestants: Mapping[str, Callable[[], object]],
    *,
    repeats: int = 5,
    warm_up: bool = True,
    between: Callable[[], object] | None = None,
) -> dict[str, Timing]:
    """Time ours and the peers in turn, so that a disturbance of the machine falls on all of them.

    The order rotates by one each round. Garbage is collected before, and not during, each repetition. ``between``
    runs untimed before each (to empty a folder, say). ``warm_up`` runs each once, untimed.
    """
    if repeats < 1 or not contestants:
        raise ValueError("at least one repetition of at least one contestant")
    names = list(contestants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-1 if warm_up else 0, repeats):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            if between is not None:
                between()
            elapsed = _once(contestants[name])
            if turn >= 0:
                seconds[name].append(elapsed)
    return {name: Timing(tuple(values)) for name, values in seconds.items()}


def timed(function: Callable[[], object], *, repeats: int = 5, warm_up: bool = True) -> Timing:
    """Time one function alone; for a comparison use ``interleave``."""
    return interleave({"it": function}, repeats=repeats, warm_up=warm_up)["it"]


def _once(function: Callable[[], object]) -> float:
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        begin = time.perf_counter()
        function()
        return time.perf_counter() - begin
    finally:
        if enabled:
            gc.enable()


def data_folder(args: argparse.Namespace, name: str) -> Path:
    """The folder ``name`` under ``--data``; ends the program with a message when it is not there."""
    if args.data is None:
        sys.exit(f"This benchmark reads published data: give --data DIR, the folder that holds '{name}'.")
    folder = Path(args.data) / name
    if not folder.is_dir():
        sys.exit(f"{folder} is not a folder; --data must name the folder that holds '{name}'.")
    return folder


def machine() -> dict[str, str]:
    """What a reader needs to know to compare figures: processor, load, system and library versions."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load": load,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: metadata.version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(figures: Sequence[Figure], *, strict: bool = False) -> str:
    """The figures as text, one line each, with their conditions below them."""
    lines = []
    for figure in figures:
        bounds = [f">= {figure.floor:g}"] if figure.floor is not None else []
        bounds += [f"<= {figure.limit:g}"] if figure.limit is not None else []
        verdict = figure.verdict(strict=strict)
        value = f"{figure.value:,.4g}" if abs(figure.value) < 1000 else f"{figure.value:,.0f}"
        lines.append(f"{verdict:9} {value:>12} {figure.unit:12} {' and '.join(bounds):22} {figure.name}")
        if figure.conditions:
            lines.append(f"{'':36} {figure.conditions}")
    return "\n".join(lines)


def as_json(benchmark: str, figures: Sequence[Figure], *, strict: bool = False) -> str:
    """Machine, figures and verdicts as one JSON document; a figure that is not finite becomes null."""
    rows: list[dict[str, Any]] = []
    for figure in figures:
        row = asdict(figure) | {"verdict": figure.verdict(strict=strict)}
        row["value"] = figure.value if abs(figure.value) < float("inf") else None
        rows.append(row)
    return json.dumps({"benchmark": benchmark, "machine": machine(), "figures": rows}, indent=2, allow_nan=False)


def available(folder: Path = HERE) -> list[str]:
    """Names of the benchmarks in ``folder``."""
    return sorted(path.stem.removeprefix("bench_") for path in folder.glob("bench_*.py"))


def missed(figures: Sequence[Figure], *, strict: bool = False) -> list[Figure]:
    """The figures that make a run fail."""
    return [figure for figure in figures if figure.binds(strict=strict) and not figure.met]


def main(argv: Sequence[str]) -> int:
    """Run the benchmark named first; exit status 1 when a floor that binds is missed, 2 when the name is unknown."""
    if not argv or argv[0] not in available():
        if argv and not argv[0].startswith("-"):
            print(f"There is no benchmark '{argv[0]}'.", file=sys.stderr)
        for name in available():
            title = (_load(name).__doc__ or "").strip().splitlines()[0]
            print(f"{name:18} {title}")
        return 2 if argv and argv[0] not in ("-h", "--help") else 0
    name, *rest = argv
    module = _load(name)
    parser = argparse.ArgumentParser(prog=f"bench {name}", description=module.__doc__)
    parser.add_argument("--data", type=Path, help="folder of published data sets")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--strict", action="store_true", help="absolute rates bind too")
    if hasattr(module, "arguments"):
        module.arguments(parser)
    args = parser.parse_args(rest)
    figures: list[Figure] = module.run(args)
    if args.json:
        print(as_json(name, figures, strict=args.strict))
    else:
        print("\n".join(f"{key}: {value}" for key, value in machine().items()))
        print("\n" + table(figures, strict=args.strict))
    for figure in missed(figures, strict=args.strict):
        print(f"floor missed: {figure.name} = {figure.value:g} {figure.unit}", file=sys.stderr)
    return 1 if missed(figures, strict=args.strict) else 0


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.bench_{name}")
