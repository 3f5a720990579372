"""Simulated ground to practise on: a case, a trial, a prior, and the truth that a real site never shows.

Nothing in it exists; it lies in the open Atlantic, its site is marked as simulated, and every figure computed from it
is a scenario.
"""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray

from tetrapylon.errors import ValueRangeError
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.model import (
    DetectorSignal,
    DetectorSweep,
    Entity,
    HazardArea,
    HazardReport,
    Incident,
    OrdnanceItem,
    Ref,
    Search,
    Site,
    When,
)
from tetrapylon.model.terms import (
    AreaClassification,
    HazardKind,
    IncidentKind,
    OrdnanceCategory,
    SearchMethod,
)

EPSG, WEST, SOUTH = 32626, 500_000.0, 3_900_000.0
WIDTH, HEIGHT = 500.0, 400.0
NAMESPACE = uuid.UUID("6f1f9a52-6c1c-5c57-9b3a-2f0c1f6d1e55")
CLASSES = (("metal-rich", 0.70, 0.95), ("minimum-metal", 0.25, 0.70), ("too deep", 0.05, 0.10))
"""Class, share of the items, and true probability of detection of one pass."""
SWEPT = (415.0, 180.0, 440.0, 220.0)
"""Bounds (m from the south-west corner) of ground swept with a detector and not dug."""
FALSE_ALARMS = 31 / 200
"""False alarms per m2 of a detector."""
BANNER = "Simulated ground for practice. Nothing here exists."
PRIOR = """\
# What is assumed of simulated ground. A prior for real ground names its country and how much it was learnt from.
name = "simulated ground, invented"
items_per_m2 = 0.0003     # median intensity before any evidence
factor = 3.0              # within this factor of it with probability 0.68
range_m = 60.0            # distance at which places say little of each other
field_sd = 1.2            # of the log intensity
surroundings_m = 15.0     # what a report about a point speaks of
belts = false             # true: finds in belts and rows raise what continues them

[classes]                 # share of the items in each detectability class
"metal-rich" = 0.70
"minimum-metal" = 0.25
"too deep" = 0.05

[ratios]                  # how much more likely the evidence is where there is a hazard; judged, not measured
report = 4.0
sha = 2.0
cha = 5.0
"""


@dataclass(frozen=True)
class Practice:
    """What was written."""

    folder: str
    case: str
    trial: str
    prior: str
    truth: str
    items: int
    found: int


def practice_ground(folder: Path, *, seed: int = 1) -> Practice:
    """Write simulated ground into a new or empty folder; the same seed gives the same ground.

    Raises
    ------
    ValueRangeError : the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueRangeError(f"{folder} is not empty.", hint="Name a new folder.")
    rng = np.random.default_rng(seed)
    items, classes = _items(rng)
    lanes = _lanes()
    found = np.zeros(len(items), int)  # number of the lane that found it, from 1
    detected = np.array([d for _, _, d in CLASSES])[classes]
    for number, (lane, passes, coverage) in enumerate(lanes, 1):
        inside = shapely.contains_xy(lane, items[:, 0], items[:, 1])
        for _ in range(passes):
            seen = inside & (found == 0) & (rng.random(len(items)) < coverage * detected)
            found[seen] = number
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(_rows(items, found, lanes, rng), folder / "case", "geojson", name="practice", authority="practice")
    _table(folder / "trial.csv", ["item_class", "blind", "found_1", "found_2"], _trial(rng))
    (folder / "prior.toml").write_text(PRIOR, encoding="utf-8")
    lonlat = [geometry_to_wgs84(shapely.Point(p), EPSG) for p in items]
    truth = [
        (f"{p.x:.8f}", f"{p.y:.8f}", CLASSES[c][0], "yes" if f else "no")
        for p, c, f in zip(lonlat, classes, found, strict=True)
    ]
    _table(folder / "truth.csv", ["lon", "lat", "item_class", "found"], truth)
    case, trial, prior, answers = (str(folder / n) for n in ("case", "trial.csv", "prior.toml", "truth.csv"))
    return Practice(str(folder), case, trial, prior, answers, items=len(items), found=int(np.count_nonzero(found)))


def _items(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Positions (n, 2) and classes (n,): three rows in the west, scattered items everywhere."""
    rows = [
        np.column_stack([np.full(18, x) + rng.normal(0, 0.5, 18), np.arange(60, 330, 15) + rng.normal(0, 1, 18)])
        for x in (110.0, 118.0, 126.0)
    ]
    scattered = rng.uniform((0, 0), (WIDTH, HEIGHT), (40, 2))
    items = np.vstack([*rows, scattered]) + np.array([WEST, SOUTH])
    return items, rng.choice(len(CLASSES), len(items), p=[s for _, s, _ in CLASSES])


def _lanes() -> list[tuple[shapely.Polygon, int, float]]:
    """Polygon, passes and coverage of each search lane."""
    box = shapely.box
    west_east = [(box(60, y, 260, y + 25), 1 + i % 2, 0.95) for i, y in enumerate(range(60, 260, 50))]
    north_south = [(box(x, 40, x + 30, 360), 1, 0.9) for x in (300, 380)]
    return [(shapely.affinity.translate(p, WEST, SOUTH), k, f) for p, k, f in west_east + north_south]


def _rows(
    items: NDArray[np.float64], found: NDArray[np.int64], lanes: Sequence[tuple[shapely.Polygon, int, float]],
    rng: np.random.Generator,
) -> Iterator[Row]:  # fmt: skip
    def ground(shape: Any) -> Any:
        return geometry_to_wgs84(shape, EPSG)

    def metres(*bounds: float) -> Any:
        return shapely.affinity.translate(shapely.box(*bounds), WEST, SOUTH)

    start = dt.date(2024, 5, 6)
    outline = metres(0, 0, WIDTH, HEIGHT)
    bodies: list[Entity] = [
        Site(local_id="practice", label="Practice ground", geometry=ground(outline), simulated=True, banner=BANNER),
        HazardArea(
            local_id="cha_1", classification=AreaClassification.CHA, recorded=When(start),
            geometry=ground(metres(60, 40, 260, 360)), contamination=(HazardKind.MINE,),
        ),
        HazardArea(
            local_id="sha_1", classification=AreaClassification.SHA, recorded=When(start),
            geometry=ground(metres(280, 40, 470, 360)), contamination=(HazardKind.UXO,),
        ),
    ]  # fmt: skip
    for number, (lane, passes, coverage) in enumerate(lanes, 1):
        bodies.append(
            Search(
                local_id=f"lane_{number}", method=SearchMethod.MANUAL, start=When(_day(start, number)),
                end=When(_day(start, number + 1)), geometry=ground(lane), passes=passes, coverage=coverage,
            )
        )  # fmt: skip
    for number, index in enumerate(np.flatnonzero(found), 1):
        bodies.append(
            OrdnanceItem(
                local_id=f"item_{number:03}", found=When(_day(start, int(found[index]))),
                category=OrdnanceCategory.AP_MINE if index < 54 else OrdnanceCategory.PROJECTILE,
                geometry=ground(shapely.Point(items[index])),
            )
        )  # fmt: skip
    searched = shapely.union_all([lane for lane, _, _ in lanes])
    open_ = [i for i in np.flatnonzero(found == 0) if not searched.contains(shapely.Point(items[i]))]
    bodies.append(
        Incident(
            local_id="accident_1", date=When(dt.date(2024, 4, 2)), kind=IncidentKind.ACCIDENT,
            geometry=ground(shapely.Point(items[rng.choice(open_)])), description="An animal was killed by a mine.",
        )
    )  # fmt: skip
    for number, index in enumerate(rng.choice(len(items), 3, replace=False), 1):
        near = shapely.Point(items[index] + rng.normal(0, 8, 2))
        bodies.append(
            HazardReport(
                local_id=f"report_{number}", date=When(dt.date(2024, 3, number)), kind=HazardKind.MINE,
                description="A herder saw an item.", geometry=ground(near), position_accuracy=20.0,
            )
        )  # fmt: skip
    bodies += _sweep(items, start)
    for body in bodies:
        yield Row(body.name(), _uid(str(body.local_id)), body.encode(), None, None)


def _sweep(items: NDArray[np.float64], start: dt.date) -> list[Entity]:
    """A sweep with its signals: the items there that one pass detects, and false alarms."""
    rng = np.random.default_rng(len(items))  # its own, so that the rest of the ground does not depend on it
    west, south, east, north = SWEPT
    box = shapely.affinity.translate(shapely.box(*SWEPT), WEST, SOUTH)
    false = rng.poisson(FALSE_ALARMS * box.area)
    heard = items[shapely.contains_xy(box, items[:, 0], items[:, 1])]
    heard = heard[rng.random(len(heard)) < 0.8]
    invented = rng.uniform((WEST + west, SOUTH + south), (WEST + east, SOUTH + north), (false, 2))
    found: list[Entity] = [
        DetectorSweep(
            local_id="sweep_1", method=SearchMethod.MANUAL, start=When(_day(start, 8)), end=When(_day(start, 9)),
            geometry=geometry_to_wgs84(box, EPSG), coverage=1.0,
        )
    ]  # fmt: skip
    for number, place in enumerate(np.vstack([heard, invented]), 1):
        found.append(
            DetectorSignal(
                local_id=f"signal_{number:03}", date=When(_day(start, 8)), sweep=Ref(_uid("sweep_1")),
                geometry=geometry_to_wgs84(shapely.Point(place), EPSG), position_accuracy=0.3,
            )
        )  # fmt: skip
    return found


def _uid(local_id: str) -> str:
    return str(uuid.uuid5(NAMESPACE, local_id))


def _day(start: dt.date, number: int) -> dt.date:
    return start + dt.timedelta(days=3 * number)


def _trial(rng: np.random.Generator) -> Iterable[Sequence[str]]:
    """Seeds of a blind trial of two walks, and a few that the searcher had been told of."""
    for name, seeds in (("metal-rich", 40), ("minimum-metal", 30), ("too deep", 20)):
        detect = next(d for n, _, d in CLASSES if n == name)
        for _ in range(seeds):
            easy = rng.beta(detect * 4, (1 - detect) * 4)  # items of a class differ: passes are correlated
            yield (name, "yes", *("yes" if rng.random() < easy else "no" for _ in range(2)))
    for _ in range(5):
        yield "metal-rich", "no", "yes", "yes"


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
