"""H6: fused evidence update against plain numpy and against the memory bandwidth of the same run."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.harness import Figure, interleave
from tetrapylon.clear.contamination.kernels import add_evidence, compiled


def _triad(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    for i in range(a.size):
        a[i] = b[i] + c[i]


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = int(args.cells)
    rng = np.random.default_rng(0)
    code = np.resize(rng.integers(0, 256, 1 << 22).astype(np.uint8), cells)
    table = rng.normal(0, 0.1, 256).astype(np.float32)
    log_odds, probability = np.zeros(cells, np.float32), np.full(cells, 0.1, np.float32)
    ratio = np.exp(table)
    triad = [np.zeros(cells, np.float32) for _ in range(3)]

    def bayes() -> None:
        """The same update in probability space, as a careful numpy user writes it."""
        r = ratio[code]
        odds = probability * r
        np.divide(odds, odds + (1 - probability), out=probability)

    def plain() -> None:
        log_odds.__iadd__(table[code])

    times = interleave(
        {
            "fused": lambda: add_evidence(log_odds, code, table),
            "numpy": bayes,
            "numpy log-odds": plain,
            "triad": lambda: compiled(_triad)(*triad),
        },
        repeats=7,
    )
    moved = 9 * cells / times["fused"].best  # bytes/s: read and write 4, read 1
    bandwidth = 12 * cells / times["triad"].best
    where = f"{cells:,} cells, one thread, best of 7, interleaved"
    return [
        Figure("H6 fused update", times["fused"].rate(cells) / 1e6, "Mcells/s", floor=2000, conditions=where),
        Figure("H6 over numpy in probability space", times["numpy"].best / times["fused"].best, "times", "ratio", 8.0,
               conditions=where),
        Figure("H6 over numpy in log-odds", times["numpy log-odds"].best / times["fused"].best, "times",
               conditions=where),
        Figure("H6 share of triad bandwidth", moved / bandwidth, "", "fraction", 0.7,
               conditions=f"{where}; compiled triad {bandwidth / 1e9:.1f} GB/s"),
    ]  # fmt: skip
