"""H3: survey lanes reveal a tenth or a fifth of a municipality; predict the rest of it."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.harness import Figure, data_folder
from benchmarks.hazard.colombia import FieldModel, choose, clipped_scores, forest, load

FLOORS = {0.1: 0.480, 0.2: 0.463}


def run(args: argparse.Namespace, case: str) -> list[Figure]:
    cells = load(data_folder(args, "hazard"), "antioquia")
    model = FieldModel(cells)
    names = [
        t for t in np.unique(cells.town) if (cells.town == t).sum() >= 150 and cells.label[cells.town == t].sum() >= 20
    ]
    x = np.hstack([cells.features, cells.km])
    # the prior is chosen once for each municipality, from the labels outside it
    chosen = {t: choose(cells, cells.town != t, 0.0) for t in names}
    figures = []
    for share, limit in FLOORS.items():
        ours, peer = [], []
        for draw in range(args.draws):
            rng = np.random.default_rng(draw)
            for town in names:
                here = cells.town == town
                lanes = rng.permutation(np.unique(cells.row[here]))
                shown = here & np.isin(cells.row, lanes[: max(1, round(share * lanes.size))])
                test, train = here & ~shown, ~here | shown
                field = model.predict(train, chosen[town].candidate)[test]
                ours.append(clipped_scores(cells.label[test], field))
                if draw < 2:  # the peer is slow and its mean over two draws is stable to 0.003
                    other = forest(x[train], cells.label[train], x[test], trees=250)
                    if other is not None:
                        peer.append(clipped_scores(cells.label[test], other))
        where = f"{len(names)} municipalities, {args.draws} draws, {share:.0%} of rows revealed; " + (
            f"AUC {np.mean([s.auc for s in ours]):.3f}"
        )
        loss = float(np.mean([s.log_loss for s in ours]))
        figures.append(
            Figure(f"H3 log loss, {share:.0%} revealed", loss, "", "fraction", limit=limit, conditions=where)
        )
        if peer:
            told = f"two draws; AUC {np.mean([s.auc for s in peer]):.3f}"
            figures.append(
                Figure(
                    f"H3 peer: random forest, {share:.0%}", float(np.mean([s.log_loss for s in peer])), conditions=told
                )
            )
    return figures
