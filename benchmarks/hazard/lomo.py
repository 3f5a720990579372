"""H1, H2: leave one municipality out, with the labels within a buffer removed, everything chosen inside the fold."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.harness import Figure, data_folder
from benchmarks.hazard.colombia import (
    Cells,
    FieldModel,
    boosting,
    choose,
    climatology,
    clipped_scores,
    forest,
    load,
)
from benchmarks.hazard.grid import grid, pooled
from benchmarks.hazard.plots import reliability_plot
from tetrapylon.clear.contamination.scores import leave_group_out, score


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = load(data_folder(args, "hazard"), "antioquia")
    return _lomo(cells, args.plots) if case == "H1" else [f for b in (3.0, 5.0, 10.0) for f in _buffered(cells, b)]


def predict(cells: Cells, buffer: float) -> tuple[np.ndarray, np.ndarray, str]:
    """Held-out probabilities of the field and of climatology, and what the folds chose."""
    model, kept = FieldModel(cells), 0.0
    field, base, chosen = np.zeros(len(cells)), np.zeros(len(cells)), Counter[str]()
    for train, test in leave_group_out(cells.town, cells.km, buffer=buffer):
        choice = choose(cells, train, buffer)
        chosen[choice.candidate.name] += 1
        kept += choice.kept / len(np.unique(cells.town))
        base[test] = climatology(cells.label, train, test)
        raw = model.predict(train, choice.candidate)[test]
        field[test] = choice.kept * raw + (1 - choice.kept) * base[test]
    told = "; ".join(f"{n} x {name}" for name, n in chosen.most_common())
    return field, base, f"chosen by inner folds: {told}; {kept:.0%} of the prediction kept on average"


def _lomo(cells: Cells, plots: str | None) -> list[Figure]:
    field, weights, base = np.zeros(len(cells)), Counter[str](), 0.0
    folds = list(leave_group_out(cells.town, cells.km))
    for train, test in folds:
        pool = pooled(cells, train, 0.0, folds=3, size=2)
        field[test] = pool.probability[test]
        weights.update(pool.weights)
        base += pool.base / len(folds)
    s = score(cells.label, field)
    told = "; ".join(f"{w / len(folds):.0%} {name}" for name, w in weights.most_common())
    where = (
        f"{len(folds)} municipalities held out; {len(grid(cells))} priors stated beforehand, pooled by 3 inner folds, "
        f"blocks of 2 km; {told}; {base:.0%} base rate"
    )
    if plots:
        reliability_plot(cells.label, field, Path(plots) / "contamination_reliability.svg")
    return [
        Figure("H1 ROC-AUC", s.auc, "", "fraction", 0.80, conditions=where),
        Figure("H1 average precision", s.ap, "", "fraction", 0.58, conditions=where),
        Figure("H1 log loss", s.log_loss, "", "fraction", limit=0.466, conditions=where),
        Figure("H1 A95", s.a95, "", "fraction", limit=0.725, conditions=where),
        Figure("H1 Brier score", s.brier, conditions=where),
        *_peers(cells, "H1", 0.0),
    ]


def _buffered(cells: Cells, buffer: float) -> list[Figure]:
    field, base, chosen = predict(cells, buffer)
    ours, climate = score(cells.label, field), score(cells.label, base)
    where = f"labels within {buffer:g} km removed; AUC {ours.auc:.3f}; climatology {climate.brier:.4f}; {chosen}"
    limit = 0.182 if buffer == 3 else climate.brier
    return [
        Figure(f"H2 Brier score at {buffer:g} km", ours.brier, "", "fraction", limit=limit, conditions=where),
        *_peers(cells, "H2", buffer),
    ]


def _peers(cells: Cells, case: str, buffer: float) -> list[Figure]:
    x = np.hstack([cells.features, cells.km])
    figures = []
    for name, learner in (("random forest with coordinates", forest), ("LightGBM", boosting)):
        p = np.zeros(len(cells))
        for train, test in leave_group_out(cells.town, cells.km, buffer=buffer):
            held = learner(x[train], cells.label[train], x[test])
            if held is None:
                break
            p[test] = held
        else:
            s = clipped_scores(cells.label, p)
            told = f"AUC {s.auc:.3f}, AP {s.ap:.3f}, log loss {s.log_loss:.3f}, A95 {s.a95:.3f}; buffer {buffer:g} km"
            figures.append(Figure(f"{case} peer: {name}, Brier score", s.brier, conditions=told))
    return figures
