"""H6: fused evidence update against plain numpy and against the memory bandwidth of the same run.

The share of the bandwidth compares the update with a triad on the same number of threads: one, and as many as there are
cores for this process. Bytes are counted as in STREAM (McCalpin 1995): 12 a cell for the triad, though the cache reads
what it is about to write, which makes 16 move.
"""

from __future__ import annotations

import argparse
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.harness import Figure, interleave
from tetrapylon.clear.contamination.kernels import add_evidence, compiled


def _triad(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    for i in range(a.size):
        a[i] = b[i] + c[i]


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = int(args.cells)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    rng = np.random.default_rng(0)
    code = np.resize(rng.integers(0, 256, 1 << 22).astype(np.uint8), cells)
    table = rng.normal(0, 0.1, 256).astype(np.float32)
    log_odds, probability = np.zeros(cells, np.float32), np.full(cells, 0.1, np.float32)
    ratio = np.exp(table)
    triad = [np.full(cells, v, np.float32) for v in (0, 1, 2)]  # written once: untouched pages are one page of zeros
    cuts = [cells * k // cores for k in range(cores + 1)]

    def bayes() -> None:
        """The same update in probability space, as a careful numpy user writes it."""
        r = ratio[code]
        odds = probability * r
        np.divide(odds, odds + (1 - probability), out=probability)

    def plain() -> None:
        log_odds.__iadd__(table[code])

    def wide_triad() -> None:
        with ThreadPoolExecutor(cores) as pool:
            parts = [pool.submit(compiled(_triad), *(t[a:b] for t in triad)) for a, b in itertools.pairwise(cuts)]
            for part in parts:
                part.result()

    times = interleave(
        {
            "fused": lambda: add_evidence(log_odds, code, table),
            "fused wide": lambda: add_evidence(log_odds, code, table, workers=cores),
            "numpy": bayes,
            "numpy log-odds": plain,
            "triad": lambda: compiled(_triad)(*triad),
            "triad wide": wide_triad,
        },
        repeats=7,
    )
    share, told = {}, {}
    for kind, threads in (("", 1), (" wide", cores)):
        moved = 9 * cells / times["fused" + kind].best  # bytes/s: read and write 4, read 1
        bandwidth = 12 * cells / times["triad" + kind].best
        share[kind] = moved / bandwidth
        told[kind] = (
            f"{cells:,} cells, {threads} thread{'s' if threads > 1 else ''}, best of 7, interleaved; compiled triad "
            f"{bandwidth / 1e9:.1f} GB/s, update {moved / 1e9:.1f} GB/s; load {os.getloadavg()[0]:.1f}"
        )
    where = f"{cells:,} cells, one thread, best of 7, interleaved"
    return [
        Figure("H6 fused update", times["fused"].rate(cells) / 1e6, "Mcells/s", floor=2000, conditions=where),
        Figure("H6 fused update, all cores", times["fused wide"].rate(cells) / 1e6, "Mcells/s",
               conditions=told[" wide"]),
        Figure("H6 over numpy in probability space", times["numpy"].best / times["fused"].best, "times", "ratio", 8.0,
               conditions=where),
        Figure("H6 over numpy in log-odds", times["numpy log-odds"].best / times["fused"].best, "times",
               conditions=where),
        Figure("H6 share of triad bandwidth, all cores", share[" wide"], "", "fraction", 0.7, conditions=told[" wide"]),
        Figure("H6 share of triad bandwidth, one thread", share[""], "", "fraction", 0.7, conditions=told[""]),
    ]  # fmt: skip
