"""H5: belts of items among clutter, on the simulated chevron of Dasgupta and Raftery."""

from __future__ import annotations

import argparse

import numpy as np
from scipy import spatial

from benchmarks.harness import Figure, data_folder
from tetrapylon.clear.contamination.patterns import fit
from tetrapylon.clear.contamination.scores import score


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    table = np.genfromtxt(data_folder(args, "hazard") / "chevron_minefield_simulated.csv", delimiter=",", skip_header=1)
    points, item = table[:, :2], table[:, 2] == 1
    area = float(np.prod(np.ptp(points, axis=0)))
    where = "1,104 simulated signals, 350 of them items; labels never seen"
    ours = fit(points, area=area).item_probability(points)
    peer = fit(points, area=area, shapes=("ellipse",)).item_probability(points)
    nearest = spatial.cKDTree(points).query(points, 11)[0][:, -1]
    s, p = score(item, ours), score(item, peer)
    near = score(item, 1 / (1 + nearest))
    error = float(np.mean((ours > 0.5) != item))
    return [
        Figure("H5 ROC-AUC", s.auc, "", "fraction", 0.993, conditions=where),
        Figure("H5 average precision", s.ap, "", "fraction", 0.985, conditions=where),
        Figure("H5 Brier score", s.brier, "", "fraction", limit=0.049, conditions=where),
        Figure("H5 error at one half", error, "", "fraction", limit=0.052, conditions=where),
        Figure("H5 peer: normal mixture with uniform clutter, ROC-AUC", p.auc, conditions="K by BIC, same run"),
        Figure("H5 peer: distance to tenth neighbour, ROC-AUC", near.auc, conditions="same run"),
    ]
