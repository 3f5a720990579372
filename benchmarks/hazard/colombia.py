"""The labelled cells of Antioquia and Caldas (Colombia), and the contamination field on their 1 km lattice."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import optimize, special

from tetrapylon.clear.contamination.field import contaminated
from tetrapylon.clear.contamination.gmrf import Lattice, Matern
from tetrapylon.clear.contamination.laplace import Blocks, Coefficients, posterior
from tetrapylon.clear.contamination.scores import Scores, leave_group_out, score, share_kept

STEP = 0.008974359  # degrees between neighbouring cells
PAD = 9  # cells beyond the outermost
TERRAIN = ("elevation", "population_2020", "rwi")
REGISTER = (
    "No.", "Acto", "Amenaza", "Delitos", "Desaparición", "Desplazamiento", "Homicidio", "Vincuación", "Secuestro",
    "Tortura", "Abandono", "Perdida", "Lesiones", "Confinamiento",
)  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """Cells of 1 km: label, municipality, position (km, as in the reference runs), lattice indices, all features."""

    label: np.ndarray
    town: np.ndarray
    km: np.ndarray
    row: np.ndarray
    col: np.ndarray
    features: np.ndarray
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.label)

    def group(self, names: Sequence[str], *, log: bool) -> np.ndarray:
        """Standardised columns (cells, k)."""
        x = np.nan_to_num(self.features[:, [self.names.index(n) for n in names]])
        x = np.log1p(np.maximum(x, 0)) if log else x
        return (x - x.mean(0)) / (x.std(0) + 1e-9)

    @property
    def terrain(self) -> np.ndarray:
        """Distances and population (log), elevation, wealth index."""
        log = [n for n in self.names if n.endswith("_dist") or n == "population_2020"]
        return np.hstack([self.group(log, log=True), self.group(["elevation", "rwi"], log=False)])

    @property
    def register(self) -> np.ndarray:
        """Counts of the victims register by municipality (log)."""
        return self.group([n for n in self.names if n.startswith(REGISTER)], log=True)


def load(folder: Path, *areas: str) -> Cells:
    """One or both of 'antioquia' and 'caldas', with the features they share."""
    tables = [list(csv.DictReader((folder / f"reland_1km_{a}_labeled.csv").open(encoding="utf-8"))) for a in areas]
    skip = {"", "LATITUD_Y", "LONGITUD_X", "mines_outcome", "Municipio", "geometry"}
    names = tuple(n for n in tables[0][0] if n not in skip and all(n in t[0] for t in tables))
    rows = [r for t in tables for r in t]
    lat, lon = (np.array([float(r[c]) for r in rows]) for c in ("LATITUD_Y", "LONGITUD_X"))
    return Cells(
        label=np.array([float(r["mines_outcome"]) for r in rows]).astype(int),
        town=np.array([r["Municipio"] for r in rows]),
        km=np.column_stack([111.3 * math.cos(math.radians(6)) * lon, 110.6 * lat]),
        row=np.rint((lat.max() - lat) / STEP).astype(int),
        col=np.rint((lon - lon.min()) / STEP).astype(int),
        features=np.array([[float(r[n]) if r[n] not in ("", "nan") else np.nan for n in names] for r in rows]),
        names=names,
    )


@dataclass(frozen=True)
class Candidate:
    """A prior to choose from: field (km), covariates, and mean and sd of their coefficients."""

    name: str
    matern: Matern
    covariates: np.ndarray
    mean: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True)
class Choice:
    """What inner folds chose: the prior, and the share of its prediction kept beside the base rate."""

    candidate: Candidate
    kept: float

    def __str__(self) -> str:
        return f"{self.candidate.name}, {self.kept:.0%} kept"


class FieldModel:
    """The field of the engine on a lattice over the cells: a free cell is exposure, a contaminated one a hit.

    ``size`` : cells along the side of a block; 1 for results, 3 for the many fits of the inner folds.
    """

    def __init__(self, cells: Cells, size: int = 1) -> None:
        self.cells = cells
        row, col = cells.row // size + PAD // size, cells.col // size + PAD // size
        self.lattice = Lattice(int(row.max()) + 1 + PAD // size, int(col.max()) + 1 + PAD // size, float(size))
        self.node = row * self.lattice.columns + col

    def predict(self, train: np.ndarray, candidate: Candidate) -> np.ndarray:
        """Probability (cells,) that each cell is contaminated, from the labels of the training cells alone."""
        y, size = self.cells.label, self.lattice.size
        exposure = np.bincount(self.node[train & (y == 0)], minlength=size).astype(float)
        hit = self.node[train & (y == 1)]
        count = np.maximum(np.bincount(self.node, minlength=size), 1)
        z = np.ones((size, 1 + candidate.mean.size))
        covariates = candidate.covariates
        if covariates.size:  # held at the nearest value seen in training: no extrapolation
            covariates = np.clip(covariates, covariates[train].min(0), covariates[train].max(0))
        for k, values in enumerate(covariates.T, 1):
            z[:, k] = np.bincount(self.node, values, size) / count
        p = posterior(
            Blocks(np.zeros(size), exposure, hit, np.ones(hit.size)),
            Coefficients(z, np.append(-1.0, candidate.mean), np.append(1.5, candidate.sd)),
            self.lattice,
            candidate.matern,
        )
        return contaminated(p.mean[self.node], p.variance[self.node], 1.0)


def choose(cells: Cells, train: np.ndarray, buffer: float) -> Choice:
    """Prior and share kept with the least log loss over five inner folds of the training municipalities.

    The inner folds hold out municipalities spread from west to east, with the same buffer as the outer fold; the labels
    outside ``train`` are not used.
    """
    towns = np.unique(cells.town[train])
    west = np.argsort([cells.km[train & (cells.town == t), 0].mean() for t in towns])
    fold_of = {towns[i]: f"fold {k % 5}" for k, i in enumerate(west)}
    index = np.nonzero(train)[0]
    folds = list(leave_group_out([fold_of[t] for t in cells.town[index]], cells.km[index], buffer=buffer))
    model, y = FieldModel(cells, 3), cells.label[index]
    best, least = None, np.inf
    for candidate in candidates(cells):
        field, base = np.zeros(index.size), np.zeros(index.size)
        for inner_train, inner_test in folds:
            known = np.zeros(len(cells), bool)
            known[index[inner_train]] = True
            field[inner_test] = model.predict(known, candidate)[index][inner_test]
            base[inner_test] = y[inner_train].mean()
        kept = share_kept(y, field, base)
        p = kept * field + (1 - kept) * base
        loss = -float(np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))
        if loss < least:
            best, least = Choice(candidate, kept), loss
    assert best is not None
    return best


def anchored(probability: np.ndarray, rate: float) -> np.ndarray:
    """Probabilities with their log-odds shifted by one constant so that their mean is the prior rate.

    For an area beyond the reach of all labels: the prediction ranks its cells, and its level is that of the prior.
    """
    logit = special.logit(np.clip(probability, 1e-9, 1 - 1e-9))
    shift = optimize.brentq(lambda b: float(special.expit(logit + b).mean()) - rate, -20, 20)
    return np.asarray(special.expit(logit + shift))


def candidates(cells: Cells) -> list[Candidate]:
    """Fields and covariates from which each training fold chooses for itself."""
    terrain, register = cells.terrain, cells.register
    both = np.hstack([terrain, register])
    mines = cells.group(["comimo_dist"], log=True)
    sets = [
        ("labels only, range 5", 5, both[:, :0], 0.0, np.zeros(0)),
        ("labels only, range 12", 12, both[:, :0], 0.0, np.zeros(0)),
        ("old mines", 12, mines, -0.5, np.full(1, 0.25)),  # elicited: fewer items far from recorded mines
        ("register", 12, register, 0.0, np.full(register.shape[1], 0.3)),
        ("terrain and register, tight", 12, both, 0.0, np.repeat([0.3, 0.1], [terrain.shape[1], register.shape[1]])),
        ("terrain and register", 12, both, 0.0, np.full(both.shape[1], 0.3)),
    ]
    return [Candidate(n, Matern(r, 2.2), z, np.full(z.shape[1], m), sd) for n, r, z, m, sd in sets]


def climatology(label: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The training prevalence for every test cell."""
    return np.full(int(test.sum()), label[train].mean())


def forest(x: np.ndarray, y: np.ndarray, test: np.ndarray, *, trees: int = 300, leaf: int = 3) -> np.ndarray | None:
    """Random forest of the reference runs; None where scikit-learn is not installed."""
    try:
        from sklearn.ensemble import RandomForestClassifier
    except ImportError:
        return None
    model = RandomForestClassifier(trees, min_samples_leaf=leaf, random_state=0).fit(np.nan_to_num(x), y)
    return np.asarray(model.predict_proba(np.nan_to_num(test))[:, 1])


def boosting(x: np.ndarray, y: np.ndarray, test: np.ndarray) -> np.ndarray | None:
    """LightGBM with its defaults; None where it is not installed."""
    try:
        from lightgbm import LGBMClassifier
    except ImportError:
        return None
    model = LGBMClassifier(random_state=0, n_jobs=1, verbose=-1).fit(np.nan_to_num(x), y)
    return np.asarray(model.predict_proba(np.nan_to_num(test))[:, 1])


def clipped_scores(label: np.ndarray, probability: np.ndarray) -> Scores:
    """Scores with probabilities kept 1e-3 from certainty, as a forest says 0 and 1."""
    return score(label, np.clip(probability, 1e-3, 1 - 1e-3))
