"""H4: learn in Antioquia, predict Caldas, whose labels are not seen."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.harness import Figure, data_folder
from benchmarks.hazard.colombia import Candidate, FieldModel, boosting, choose, clipped_scores, forest, load
from tetrapylon.clear.contamination.scores import score


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = load(data_folder(args, "hazard"), "antioquia", "caldas")
    test = np.arange(len(cells)) >= 4489
    train = ~test
    model = FieldModel(cells)
    choice = choose(cells, train, 10.0)  # Caldas lies beyond the reach of most labels
    base = cells.label[train].mean()
    s = score(cells.label[test], choice.kept * model.predict(train, choice.candidate)[test] + (1 - choice.kept) * base)
    climate = float(np.mean((base - cells.label[test]) ** 2))
    x, y = np.hstack([cells.features, cells.km]), cells.label
    distance = cells.group(["comimo_dist"], log=False)
    one = _logistic(model, train, distance)[test]
    where = f"1,305 cells; chosen in Antioquia by inner folds with 10 km buffers: {choice}; AP {s.ap:.3f}"
    figures = [
        Figure("H4 ROC-AUC", s.auc, "", "fraction", 0.69, conditions=where),
        Figure(
            "H4 Brier score", s.brier, "", "fraction", limit=0.1445, conditions=f"{where}; climatology {climate:.4f}"
        ),
        _told("distance to old mines alone", y[test], one),
    ]
    for name, learner in (("random forest with coordinates", forest), ("LightGBM", boosting)):
        p = learner(x[train], y[train], x[test])
        if p is not None:
            figures.append(_told(name, y[test], p))
    return figures


def _logistic(model: FieldModel, train: np.ndarray, covariate: np.ndarray) -> np.ndarray:
    """Logistic-like regression on one covariate: the engine with a field of no size."""
    from tetrapylon.clear.contamination.gmrf import Matern

    return model.predict(train, Candidate("one distance", Matern(10, 1e-3), covariate, np.zeros(1), np.full(1, 10.0)))


def _told(name: str, label: np.ndarray, p: np.ndarray) -> Figure:
    s = clipped_scores(label, p)
    return Figure(f"H4 peer: {name}, ROC-AUC", s.auc, conditions=f"Brier {s.brier:.4f}, AP {s.ap:.3f}")
