"""Reading a case of 100,000 reports, beside plain csv and a converter written by hand for these columns."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import tempfile
import tracemalloc
import uuid
from pathlib import Path

from benchmarks.harness import Figure, interleave
from tetrapylon.formats.case import read_case

COLUMNS = [
    "local_id", "claim_source", "date", "date_precision", "kind", "description", "place_name", "structure", "count",
    "count_bound", "lon", "lat", "position_accuracy_m", "confidence",
]  # fmt: skip
KINDS = ("mine", "ied", "uxo", "access")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--count", type=int, default=100_000, help="reports in the case")


def synthetic(folder: Path, count: int) -> None:
    """A case of reports, 500 sources and 1,000 structures."""
    rng = random.Random(1)
    (folder / "manifest.toml").write_text(
        'name = "synthetic"\nnaming_authority = "bench/synthetic"\nextent = [38.0, 34.0, 39.0, 35.0]\n[files]\n'
        'source = "source.csv"\nstructure = "structure.csv"\nhazard_report = "hazard_report.csv"\n'
    )
    _write(
        folder / "source.csv",
        ["local_id", "heading", "published"],
        ([f"s{i}", f"Source {i}", "2018-01-01"] for i in range(500)),
    )
    _write(folder / "structure.csv", ["local_id", "label"], ([f"t{i}", f"Structure {i}"] for i in range(1000)))
    first = dt.date(2016, 1, 1)
    reports = (
        [
            f"hz_{i:06d}", f"s{i % 500}", (first + dt.timedelta(i % 700)).isoformat(), "day", KINDS[i % 4],
            f"Report number {i} of something seen near the wall", "town", f"t{i % 1000}", i % 40 or "",
            "about" if i % 3 else "exact", round(38 + rng.random(), 6), round(34 + rng.random(), 6), 20, "medium",
        ]
        for i in range(count)
    )  # fmt: skip
    _write(folder / "hazard_report.csv", COLUMNS, reports)


def _write(path: Path, header: list[str], rows: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def by_hand(path: Path) -> int:
    """What a script for exactly these columns would do, without naming a single problem well."""
    namespace = uuid.uuid5(uuid.NAMESPACE_DNS, "bench")
    done = 0
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            lon, lat = float(row["lon"]), float(row["lat"])
            if row["kind"] not in KINDS or not (38 <= lon <= 39 and 34 <= lat <= 35):
                raise ValueError(row["local_id"])
            count = {"value": float(row["count"]), "bound": row["count_bound"]} if row["count"] else None
            record = {
                "uid": str(uuid.uuid5(namespace, row["local_id"])),
                "structure": str(uuid.uuid5(namespace, row["structure"])),
                "source": str(uuid.uuid5(namespace, row["claim_source"])),
                "date": dt.date.fromisoformat(row["date"]).isoformat(),
                "kind": row["kind"],
                "description": row["description"],
                "count": count,
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
                "position_accuracy": float(row["position_accuracy_m"]),
            }
            done += len(record) > 0
    return done


def plain(path: Path) -> int:
    """The csv module alone."""
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def run(args: argparse.Namespace) -> list[Figure]:
    """Rate against both peers, and the memory the reader keeps."""
    count = getattr(args, "count", 100_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthetic(folder, count)
        reports = folder / "hazard_report.csv"
        timings = interleave(
            {
                "ours": lambda: sum(1 for _ in read_case(folder).rows()),
                "by hand": lambda: by_hand(reports),
                "csv alone": lambda: plain(reports),
            },
            repeats=3,
        )
        tracemalloc.start()
        errors = 0
        case = read_case(folder)
        for _ in case.rows():
            pass
        errors = case.errors
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    what = f"{count:,} reports of 14 columns, validated, references and duplicates checked"
    ours, hand, alone = (timings[k].best for k in ("ours", "by hand", "csv alone"))
    return [
        Figure("rows read and validated", (count + 1500) / ours, "rows/s", floor=40_000, conditions=what),
        Figure("rate against a converter written by hand", hand / ours, "", "ratio", floor=1.0, conditions=what),
        Figure(
            "rate against the csv module alone", alone / ours, "", "ratio", conditions="parsing only, no conversion"
        ),
        Figure("memory kept while reading", peak / 1e6, "MB", "fraction", limit=20.0, conditions="tracemalloc peak"),
        Figure("errors found in a good case", errors, "", "fraction", limit=0),
    ]
