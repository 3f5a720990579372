"""H4: learn in Antioquia, predict Caldas, whose labels are not seen."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.harness import Figure, data_folder
from benchmarks.hazard.colombia import (
    Candidate,
    FieldModel,
    anchored,
    boosting,
    candidates,
    choose,
    clipped_scores,
    forest,
    load,
)
from tetrapylon.clear.contamination.scores import score


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = load(data_folder(args, "hazard"), "antioquia", "caldas")
    test = np.arange(len(cells)) >= 4489
    train = ~test
    model = FieldModel(cells)
    choice = choose(cells, train, 10.0, anchor=True)  # Caldas lies beyond the reach of most labels
    base = cells.label[train].mean()
    raw = model.predict(train, choice.candidate)[test]
    field = choice.kept * anchored(raw, base) + (1 - choice.kept) * base
    s = score(cells.label[test], field)
    climate = float(np.mean((base - cells.label[test]) ** 2))
    x, y = np.hstack([cells.features, cells.km]), cells.label
    distance = cells.group(["comimo_dist"], log=False)
    elicited = model.predict(train, next(c for c in candidates(cells) if c.name == "old mines"))[test]
    one = _logistic(model, train, distance)[test]
    unanchored = np.mean((raw - cells.label[test]) ** 2)
    where = (
        f"1,305 cells; level anchored to the base rate of Antioquia (without: Brier {unanchored:.4f}); chosen there "
        f"by inner folds with 10 km buffers: {choice}; AP {s.ap:.3f}"
    )
    figures = [
        Figure("H4 ROC-AUC", s.auc, "", "fraction", 0.69, conditions=where),
        Figure(
            "H4 Brier score", s.brier, "", "fraction", limit=0.1445, conditions=f"{where}; climatology {climate:.4f}"
        ),
        _told("peer: distance to old mines alone", y[test], one),
        _told("elicited prior: old mines alone with its sign, not chosen by the inner folds", y[test], elicited),
    ]
    for name, learner in (("random forest with coordinates", forest), ("LightGBM", boosting)):
        p = learner(x[train], y[train], x[test])
        if p is not None:
            figures.append(_told(f"peer: {name}", y[test], p))
    return figures


def _logistic(model: FieldModel, train: np.ndarray, covariate: np.ndarray) -> np.ndarray:
    """Logistic-like regression on one covariate: the engine with a field of no size."""
    from tetrapylon.clear.contamination.gmrf import Matern

    return model.predict(train, Candidate("one distance", Matern(10, 1e-3), covariate, np.zeros(1), np.full(1, 10.0)))


def _told(name: str, label: np.ndarray, p: np.ndarray) -> Figure:
    s = clipped_scores(label, p)
    return Figure(f"H4 {name}, ROC-AUC", s.auc, conditions=f"Brier {s.brier:.4f}, AP {s.ap:.3f}")
