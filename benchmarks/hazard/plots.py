"""Plots of measured results for the method pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tetrapylon.clear.contamination.scores import reliability


def reliability_plot(label: np.ndarray, probability: np.ndarray, path: Path) -> None:
    """Observed against predicted share in ten bins of equal count, with exact 90 % intervals of the observed share."""
    from matplotlib.figure import Figure as Page
    from scipy import stats

    r = reliability(label, probability)
    hits = np.rint(r.observed * r.count).astype(int)
    exact = [stats.binomtest(int(k), int(n)).proportion_ci(0.9) for k, n in zip(hits, r.count, strict=True)]
    spread = np.abs(np.array([[i.low, i.high] for i in exact]).T - r.observed)
    page = Page(figsize=(4.2, 4), layout="constrained")
    axes = page.subplots()
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, label="as stated")
    axes.errorbar(
        r.predicted, r.observed, spread, fmt="ko-", markersize=4, linewidth=1, elinewidth=1,
        label="observed, 10 bins of equal count",
    )  # fmt: skip
    axes.set(xlabel="predicted probability", ylabel="share contaminated", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(frameon=False, loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.savefig(path, metadata={"Date": None})
