"""H4: learn in Antioquia, predict Caldas, whose labels are not seen."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.harness import Figure, data_folder
from benchmarks.hazard.colombia import Candidate, FieldModel, boosting, clipped_scores, forest, load
from benchmarks.hazard.grid import matched, pooled
from tetrapylon.clear.contamination.gmrf import Matern
from tetrapylon.clear.contamination.scores import score


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = load(data_folder(args, "hazard"), "antioquia", "caldas")
    test = np.arange(len(cells)) >= 4489
    train, y = ~test, cells.label
    climate = float(np.mean((y[train].mean() - y[test]) ** 2))
    figures = []
    designs = {
        "": matched(cells, train, test),
        ", folds dealt from west to east": (10.0, 5, False),
        ", contiguous folds": (10.0, 5, True),
    }
    for name, (buffer, folds, contiguous) in designs.items():
        pool = pooled(cells, train, buffer, folds=folds, contiguous=contiguous, anchor=True)
        s = score(y[test], pool.probability[test])
        told = "; ".join(f"{w:.0%} {prior}" for prior, w in pool.weights.items())
        kind = "contiguous" if contiguous else "dealt"
        where = (
            f"{folds} {kind} inner folds, buffers of {buffer:g} km; {told}; {pool.base:.0%} base rate; level anchored "
            f"to the base rate of Antioquia; AP {s.ap:.3f}; climatology {climate:.4f}"
        )
        if not name:
            where = "inner folds as far from labels as Caldas is: " + where
        figures += [
            Figure(f"H4 ROC-AUC{name}", s.auc, "", "fraction", None if name else 0.69, conditions=where),
            Figure(f"H4 Brier score{name}", s.brier, "", "fraction", limit=None if name else 0.1445, conditions=where),
        ]
    x, distance = np.hstack([cells.features, cells.km]), cells.group(["comimo_dist"], log=False)
    figures.append(
        _told("peer: distance to old mines alone", y[test], _logistic(FieldModel(cells), train, distance)[test])
    )
    for name, learner in (("random forest with coordinates", forest), ("LightGBM", boosting)):
        p = learner(x[train], y[train], x[test])
        if p is not None:
            figures.append(_told(f"peer: {name}", y[test], p))
    return figures


def _logistic(model: FieldModel, train: np.ndarray, covariate: np.ndarray) -> np.ndarray:
    """Logistic-like regression on one covariate: the engine with a field of no size."""
    return model.predict(train, Candidate("one distance", Matern(10, 1e-3), covariate, np.zeros(1), np.full(1, 10.0)))


def _told(name: str, label: np.ndarray, p: np.ndarray) -> Figure:
    s = clipped_scores(label, p)
    return Figure(f"H4 {name}, ROC-AUC", s.auc, conditions=f"Brier {s.brier:.4f}, AP {s.ap:.3f}")
