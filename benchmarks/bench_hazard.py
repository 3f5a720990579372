"""Hazard: contamination field, imperfect search, patterns, throughput (H1 to H8; name some to run only those).

H1 lomo, H2 buffered lomo, H3 reveal lanes, H4 transfer, H5 pattern, H6 throughput, H7 residual, H8 clearing order.
H1 to H5 read published data under --data; H1 to H4 use scikit-learn and LightGBM as peers where they are installed.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.harness import Figure

CASES = {
    "H1": "lomo", "H2": "lomo", "H3": "reveal", "H4": "transfer",
    "H5": "pattern", "H6": "throughput", "H7": "residual", "H8": "order",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="*", metavar="H1..H8", default=[], help="cases to run; all when none is named")
    parser.add_argument("--cells", type=float, default=1e8, help="H6: cells of the fused update")
    parser.add_argument("--simulate", type=int, default=500, help="H7: simulated sites")
    parser.add_argument("--fields", type=int, default=20, help="H8: simulated fields")
    parser.add_argument("--draws", type=int, default=5, help="H3: random choices of lanes")
    parser.add_argument("--plots", help="folder for reliability plots (needs matplotlib)")


def run(args: argparse.Namespace) -> list[Figure]:
    wanted = [c.upper() for c in args.cases] or list(CASES)
    unknown = [c for c in wanted if c not in CASES]
    if unknown:
        raise SystemExit(f"There is no case {', '.join(unknown)}; choose from {', '.join(CASES)}.")
    figures: list[Figure] = []
    for case in wanted:
        figures += importlib.import_module(f"benchmarks.hazard.{CASES[case]}").run(args, case)
    return figures
