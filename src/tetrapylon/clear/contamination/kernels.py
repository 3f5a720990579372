"""Loops that must be compiled: fused evidence update, selected inverse. Written as plain Python, compiled on first use.

The uncompiled functions are their own reference; `compiled` needs the optional part `hazard` (numba).
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tetrapylon.errors import MissingExtra, ValueRangeError


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled by numba, without the interpreter lock. Raises MissingExtra without numba."""
    try:
        import numba
    except ImportError:
        raise MissingExtra("hazard", "The contamination field") from None
    result: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    return result


def add_evidence(
    log_odds: NDArray[np.float32], code: NDArray[np.uint8], table: NDArray[np.float32], *, workers: int = 1
) -> NDArray[np.float32]:
    """Add to each cell, in place, the log likelihood ratio of its evidence code.

    Parameters
    ----------
    log_odds : (...) float32, contiguous; changed. code : (...) uint8, same shape, contiguous. table : (256,) float32.
    workers : threads, each with a stretch of cells of its own; the result is the same for any number.

    Nine bytes move for each cell. One thread is held up by looking up the table, two or more by memory.
    """
    if log_odds.shape != code.shape or table.shape != (256,):
        raise ValueRangeError("Log-odds and codes need one shape, and the table 256 entries.")
    if log_odds.dtype != np.float32 or code.dtype != np.uint8 or table.dtype != np.float32:
        raise ValueRangeError("Log-odds and table must be float32, codes uint8.")
    if not (log_odds.flags.c_contiguous and code.flags.c_contiguous):
        raise ValueRangeError("Log-odds and codes must be contiguous.")
    values, codes = log_odds.reshape(-1), code.reshape(-1)
    whole = values.size // 8 * 8 if sys.byteorder == "little" else 0
    words = codes[:whole].view(np.uint64)
    add_eight = compiled(_add_eight)
    if workers == 1 or words.size < workers:
        add_eight(values[:whole], words, table)
    else:
        cuts = [words.size * k // workers for k in range(workers + 1)]
        with ThreadPoolExecutor(workers) as pool:
            parts = [
                pool.submit(add_eight, values[8 * a : 8 * b], words[a:b], table) for a, b in itertools.pairwise(cuts)
            ]
            for part in parts:
                part.result()
    compiled(_add_evidence)(values[whole:], codes[whole:], table)
    return log_odds


def _add_eight(log_odds: Any, codes: Any, table: Any) -> None:
    """Eight cells for each word of codes read, lowest byte first: fewer loads than one code at a time."""
    for j in range(codes.size):
        word, i = codes[j], 8 * j
        log_odds[i] += table[word & 255]
        log_odds[i + 1] += table[(word >> 8) & 255]
        log_odds[i + 2] += table[(word >> 16) & 255]
        log_odds[i + 3] += table[(word >> 24) & 255]
        log_odds[i + 4] += table[(word >> 32) & 255]
        log_odds[i + 5] += table[(word >> 40) & 255]
        log_odds[i + 6] += table[(word >> 48) & 255]
        log_odds[i + 7] += table[word >> 56]


def _add_evidence(log_odds: Any, code: Any, table: Any) -> None:
    for i in range(log_odds.size):
        log_odds[i] += table[code[i]]


def selected_inverse(
    pointer: NDArray[np.integer], row: NDArray[np.integer], lower: NDArray[np.float64], pivot: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Diagonal of the inverse of L diag(pivot) L' from the sparse unit lower triangle L alone.

    Parameters
    ----------
    pointer, row, lower : L by columns (CSC), rows sorted, the unit diagonal included. pivot : (n,).

    Source: Takahashi, Fagan and Chen 1973 (recursion on the pattern of L).
    """
    return np.asarray(compiled(_selected_inverse)(pointer, row, lower, pivot))


def _selected_inverse(pointer: Any, row: Any, lower: Any, pivot: Any) -> Any:
    n = pivot.size
    inverse = np.zeros(lower.size)  # on the pattern of L
    scattered = np.zeros(n)  # column being computed
    where = np.full(n, -1)
    for j in range(n - 1, -1, -1):
        first, last = pointer[j], pointer[j + 1]
        for p in range(first + 1, last):
            scattered[row[p]] = 0.0
            where[row[p]] = p
        # column j below the diagonal: - sum_k Z[i, k] L[k, j], each Z of the lower triangle used for both its halves
        for p in range(first + 1, last):
            k = row[p]
            weight = lower[p]
            scattered[k] -= inverse[pointer[k]] * weight
            for q in range(pointer[k] + 1, pointer[k + 1]):
                i = row[q]
                at = where[i]
                if at >= 0:
                    scattered[i] -= inverse[q] * weight
                    scattered[k] -= inverse[q] * lower[at]
        diagonal = 1.0 / pivot[j]
        for p in range(first + 1, last):
            i = row[p]
            inverse[p] = scattered[i]
            diagonal -= lower[p] * scattered[i]
            where[i] = -1
        inverse[first] = diagonal
    out = np.empty(n)
    for j in range(n):
        out[j] = inverse[pointer[j]]
    return out
