"""Where the next unit of search effort does most: Koopman-Stone allocation over a stream of cells.

With p_i expected items in cell i, area a_i (m2), sweep width w_i (m2 swept per unit of search, so that z units find a
share 1 - exp(-w_i z / a_i)) and cost c_i of a unit, the allocation that finds most within a budget is

    z_i = (a_i / w_i) [ln(p_i w_i / (a_i c_i mu))]_+

where mu is the expected items found per unit effort at the margin. mu is bisected on the budget through a histogram of
the log rates, one pass over the cells for each refinement, so the cells may be far larger than memory. Sums are taken
over fixed blocks: the result does not depend on how the stream is cut.

mu is an economic margin, no criterion of effort: that belongs to the national authority.
Source: Koopman 1957; Stone, Theory of Optimal Search, 1975 (Lagrange multipliers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tetrapylon.errors import ValueRangeError

Floats = NDArray[np.float64]
BLOCK = 1 << 16
BINS = 1024


@dataclass(frozen=True)
class Cells:
    """A chunk of cells: expected items, area (m2), sweep width (m2 per unit), cost of a unit; all (n,)."""

    expected: Floats
    area: Floats
    sweep: Floats
    cost: Floats


@dataclass(frozen=True)
class Allocation:
    """The margin and what the budget buys.

    marginal_rate : expected items found per unit effort at the margin, mu. spent : effort, as the budget.
    found, expected : expected items found by the allocation, and in all cells. searched : cells that get effort.
    """

    marginal_rate: float
    spent: float
    found: float
    expected: float
    searched: int


def allocate(stream: Callable[[], Iterable[Cells]], budget: float) -> Allocation:
    """Find the margin for a budget.

    Parameters
    ----------
    stream : gives a fresh iteration over the chunks of cells each time it is called (about five times).
    budget : effort in units of cost, > 0.

    Returns
    -------
    Allocation; use `units` for the effort in each cell.

    Raises
    ------
    ValueRangeError : NaN, negative or zero numbers where none can be, or no cell expects an item.
    """
    if not (budget > 0 and np.isfinite(budget)):
        raise ValueRangeError(f"A budget must be positive and finite, not {budget}.")
    low, high = np.inf, -np.inf
    for key, _ in _keys(stream):
        low, high = min(low, float(key.min())), max(high, float(key.max()))
    if not np.isfinite(high):
        raise ValueRangeError("No cell expects an item: there is nothing to allocate effort to.")
    # spend(t) = sum of slope * (key - t) over keys above t: bracket its root, keeping sums of what lies above
    bracket, weight_above, moment_above = (low, high), 0.0, 0.0
    while True:
        edges = np.linspace(*bracket, BINS + 1)
        weight, moment = _histogram(stream, edges, last=bracket[1] == high)
        weight_from = weight_above + np.cumsum(weight[::-1])[::-1]  # of keys at or above the lower edge of each bin
        moment_from = moment_above + np.cumsum(moment[::-1])[::-1]
        enough = np.nonzero(moment_from - weight_from * edges[:-1] >= budget)[0]
        if enough.size == 0:  # the root lies below the bracket: all keys in it count, and spend is linear there
            weight_above, moment_above = float(weight_from[0]), float(moment_from[0])
            break
        b = int(enough[-1])
        if b + 1 < BINS:
            weight_above, moment_above = float(weight_from[b + 1]), float(moment_from[b + 1])
        if weight[b] == 0:
            break
        if edges[b + 1] - edges[b] < 1e-13 * max(1.0, abs(edges[b])):
            weight_above, moment_above = float(weight_from[b]), float(moment_from[b])
            break
        bracket = (float(edges[b]), float(edges[b + 1]))
    log_margin = (moment_above - budget) / weight_above
    return _account(stream, log_margin)


def units(cells: Cells, marginal_rate: float) -> Floats:
    """Units of search (n,) each cell gets at this margin; zero where the first unit would find less than the margin."""
    _check(cells)
    with np.errstate(divide="ignore"):
        excess = _log_rate(cells) - np.log(marginal_rate)
    return np.asarray(cells.area / cells.sweep * np.maximum(excess, 0))


def _account(stream: Callable[[], Iterable[Cells]], log_margin: float) -> Allocation:
    spent = found = expected = 0.0
    searched = 0
    for cells in _blocks(stream):
        z = units(cells, float(np.exp(log_margin)))
        spent += float((z * cells.cost).sum())
        found += float((cells.expected * -np.expm1(-z * cells.sweep / cells.area)).sum())
        expected += float(cells.expected.sum())
        searched += int(np.count_nonzero(z))
    return Allocation(float(np.exp(log_margin)), spent, found, expected, searched)


def _histogram(stream: Callable[[], Iterable[Cells]], edges: Floats, *, last: bool) -> tuple[Floats, Floats]:
    """Sums of slope and slope * key in each bin; the last bin of all holds its upper edge too."""
    weight, moment = np.zeros(BINS), np.zeros(BINS)
    for key, slope in _keys(stream):
        inside = (key >= edges[0]) & ((key <= edges[-1]) if last else (key < edges[-1]))
        key, slope = key[inside], slope[inside]
        bin_ = np.clip(np.searchsorted(edges, key, side="right") - 1, 0, BINS - 1)
        weight += np.bincount(bin_, slope, BINS)
        moment += np.bincount(bin_, slope * key, BINS)
    return weight, moment


def _log_rate(cells: Cells) -> Floats:
    """Log of the items found per unit cost by the first unit of search; -inf where none is expected."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(cells.expected * cells.sweep / (cells.area * cells.cost)))


def _keys(stream: Callable[[], Iterable[Cells]]) -> Iterator[tuple[Floats, Floats]]:
    """Log rate and slope a c / w of the cells that expect items, in fixed blocks."""
    for cells in _blocks(stream):
        _check(cells)
        some = cells.expected > 0
        if some.any():
            yield _log_rate(cells)[some], (cells.area * cells.cost / cells.sweep)[some]


def _blocks(stream: Callable[[], Iterable[Cells]]) -> Iterator[Cells]:
    """The stream in blocks of fixed size, however it was cut."""
    pending: list[Floats] = []
    held = 0
    for chunk in stream():
        pending.append(np.vstack(np.broadcast_arrays(chunk.expected, chunk.area, chunk.sweep, chunk.cost)))
        held += pending[-1].shape[1]
        if held >= BLOCK:
            joined = np.hstack(pending)
            whole = held // BLOCK * BLOCK
            for start in range(0, whole, BLOCK):
                yield Cells(*joined[:, start : start + BLOCK])
            pending, held = [joined[:, whole:]], held - whole
    if held:
        yield Cells(*np.hstack(pending))


def _check(cells: Cells) -> None:
    if not np.all((cells.expected >= 0) & np.isfinite(cells.expected)):
        raise ValueRangeError("Expected items must be finite and not negative (no NaN).")
    for name in ("area", "sweep", "cost"):
        values = getattr(cells, name)
        if not np.all((values > 0) & np.isfinite(values)):
            raise ValueRangeError(f"Every {name} must be positive and finite.")
