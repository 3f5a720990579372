"""The record: import of 100,000 reports end to end, verification, window queries, a past view, memory, storage."""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import shapely

from benchmarks.bench_formats import synthetic
from benchmarks.harness import HERE, Figure, timed
from tetrapylon.formats.row import Row
from tetrapylon.model import HazardReport, Party, Structure, Tier, thing_uid
from tetrapylon.record import importing
from tetrapylon.record.frame import read_frame
from tetrapylon.record.installation import Installation
from tetrapylon.record.record import Record
from tetrapylon.record.verifying import verify
from tetrapylon.workflow.importing import import_case

WINDOW_M = 100
METRE_LON, METRE_LAT = 1 / 91_290, 1 / 110_940  # degrees per metre near Palmyra (34.55 N)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--count", type=int, default=100_000, help="reports, and polygons")
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the import whose memory is measured")
    parser.add_argument("--repeats", type=int, default=3, help="imports and plain inserts, in turn; the best counts")


def run(args: argparse.Namespace) -> list[Figure]:
    """Measure; every file lies in a temporary folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        installation = Installation(folder / "state")
        figures = _import(folder, installation, args)
        figures += _reading(folder, installation, args)
        figures += _windows(folder, installation, args)
        figures += _memory(folder, args)
    return figures


def _import(folder: Path, installation: Installation, args: argparse.Namespace) -> list[Figure]:
    case = folder / "case"
    case.mkdir()
    synthetic(case, args.count)
    ours, plain = [], []
    copied: list[tuple[str, int, list[tuple[object, ...]]]] = []
    for turn in range(args.repeats):
        file = folder / f"import{turn}.gpkg"
        with Record.create(str(file), party=Party(label="Bench"), installation=installation) as record:
            started = time.perf_counter()
            result = import_case(record, case)
            ours.append(time.perf_counter() - started)
            if not copied:
                copied = _stored(record)
        plain.append(_plain(folder / f"plain{turn}.db", copied))
    rows = result.rows
    size = (folder / "import0.gpkg").stat().st_size
    best, peer = min(ours), min(plain)
    conditions = (
        f"{rows:,} rows of CSV with points, WAL, synchronous=FULL; validation, chain, layers, R-tree; "
        f"best of {args.repeats}"
    )
    return [
        Figure("import, records per second", rows / best, "1/s", floor=5_000, conditions=conditions),
        Figure(
            "plain sqlite3 inserts of the same rows",
            rows / peer,
            "1/s",
            conditions="no hashes, no indexes, one transaction",
        ),
        Figure("import over plain inserts", peer / best, "x", "ratio", floor=0.20, conditions="same run, in turn"),
        Figure("storage per claim", size / rows, "bytes", conditions="whole file over claims, two parts per report"),
    ]


def _stored(record: Record) -> list[tuple[str, int, list[tuple[object, ...]]]]:
    """Every row the import wrote: entries, parts, layers and their boxes."""
    tables = ["entry", "part", *record.store.layers()]
    tables += [f"rtree_{t}_geom" for t in record.store.layers() if t in ("hazard_report", "structure")]
    found = []
    for table in tables:
        rows = list(record.store.query(f'SELECT * FROM "{table}"'))
        if rows:
            found.append((table, len(rows[0]), rows))
    return found


def _plain(path: Path, tables: list[tuple[str, int, list[tuple[object, ...]]]]) -> float:
    """Seconds that plain ``executemany`` takes for the same bytes under the same journal."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    for table, width, _ in tables:
        db.execute(f'CREATE TABLE "{table}" ({", ".join(f"c{i}" for i in range(width))})')
    started = time.perf_counter()
    db.execute("BEGIN IMMEDIATE")
    for table, width, rows in tables:
        db.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * width)})', rows)
    db.execute("COMMIT")
    seconds = time.perf_counter() - started
    db.close()
    return seconds


def _reading(folder: Path, installation: Installation, args: argparse.Namespace) -> list[Figure]:
    with Record.open(str(folder / "import0.gpkg"), installation=installation) as record:
        report = verify(record, layers=False)
        if report.problems:
            raise SystemExit(f"the record does not verify: {report.problems[:3]}")
        checked = _best(lambda: verify(record, layers=False))
        whole_check = _best(lambda: verify(record))
        texts = [t.encode() for (t,) in record.store.query("SELECT text FROM entry")]
        bodies = [s + b.encode() for s, b in record.store.query("SELECT salt, body FROM part")]
        hashing = _best(lambda: [sha256(x).hexdigest() for x in texts + bodies])
        past = _best(lambda: record.view(on="2017-06-30").claims(HazardReport))
        seen = len(record.view(on="2017-06-30").claims(HazardReport))
        frame = _best(lambda: _seen(record))
        whole = _best(lambda: record.view(on="2018-12-31").claims(HazardReport))
    return [
        Figure("verify, entries per second", report.entries / checked, "1/s", floor=150_000,
               conditions=f"{report.entries:,} entries, {report.parts:,} parts"),
        Figure("verify over bare hashing of the same bytes", hashing / checked, "x", "fraction",
               conditions="the limit: SHA-256 alone, bytes already in memory"),
        Figure("verify with layers, entries per second", report.entries / whole_check, "1/s",
               conditions="every layer row derived anew and compared"),
        Figure("view of a past date, as arrays", frame, "s", limit=2.0,
               conditions=f"{args.count:,} claims with geometry, held against both clocks"),
        Figure("view of a past date, as objects", past, "s", limit=2.0, conditions=f"{seen:,} claims, geometry too"),
        Figure("view of all, as objects", whole, "s", conditions=f"{args.count:,} claims as objects with geometry"),
    ]  # fmt: skip


def _seen(record: Record) -> int:
    """How many reports a past view holds, through the arrays that maps are drawn from."""
    frame = read_frame(record, HazardReport, tiers=tuple(Tier), names=("local_id", "kind"))
    return int(frame.seen(on="2017-06-30", known="2200-01-01").sum())


def _windows(folder: Path, installation: Installation, args: argparse.Namespace) -> list[Figure]:
    """Polygons 20 m across, one per 45 m of a square: about 8 meet a window of 100 m."""
    side = int(args.count**0.5)
    step = 45

    def rows() -> object:
        for i in range(args.count):
            x, y = 38.0 + (i % side) * step * METRE_LON, 34.4 + (i // side) * step * METRE_LAT
            outline = shapely.Point(x, y).buffer(10 * METRE_LON, quad_segs=3)
            ring = [list(p) for p in outline.exterior.coords]
            data = {"local_id": f"s{i}", "label": f"S{i}", "geometry": {"type": "Polygon", "coordinates": [ring]}}
            yield Row("structure", thing_uid("bench", "structure", f"s{i}"), data)

    with Record.create(str(folder / "polygons.gpkg"), party=Party(label="Bench"), installation=installation) as record:
        staged = importing.Staged(rows())  # type: ignore[arg-type]
        importing.write(record, staged, cited=True)
        staged.close()
        centres = [((37 * k) % side, (91 * k) % side) for k in range(2_000)]
        boxes = []
        for a, b in centres:
            x, y = 38.0 + a * step * METRE_LON, 34.4 + b * step * METRE_LAT
            reach_x, reach_y = WINDOW_M / 2 * METRE_LON, WINDOW_M / 2 * METRE_LAT
            boxes.append((x - reach_x, y - reach_y, x + reach_x, y + reach_y))
        view = record.view()
        found = sum(len(view.claims(Structure, box=box)) for box in boxes[:200]) / 200
        seconds = _best(lambda: [view.claims(Structure, box=box) for box in boxes])
        sql = 'SELECT id FROM "rtree_structure_geom" WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?'
        bare = _best(lambda: [list(record.store.query(sql, (b[0], b[2], b[1], b[3]))) for b in boxes])
    return [
        Figure("100 m window, queries per second", len(boxes) / seconds, "1/s", floor=1_000,
               conditions=f"{args.count:,} polygons of 13 vertices; {found:.1f} claims as objects a query"),
        Figure("bare R-tree search, queries per second", len(boxes) / bare, "1/s", conditions="the limit: ids only"),
    ]  # fmt: skip


def _memory(folder: Path, args: argparse.Namespace) -> list[Figure]:
    """Peak memory of an import in a process of its own, at a tenth of the entries and at all of them."""
    peaks = {}
    for entries in (args.entries // 10, args.entries):
        command = [
            sys.executable,
            "-c",
            _CHILD,
            str(folder / f"big{entries}.gpkg"),
            str(entries),
            str(folder / "state"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parent)
        peaks[entries] = json.loads(done.stdout)
        (folder / f"big{entries}.gpkg").unlink()
    small, large = (peaks[n]["peak_mb"] for n in (args.entries // 10, args.entries))
    return [
        Figure("peak memory of an import", large, "MB", conditions=f"{args.entries:,} entries in one transaction"),
        Figure("peak memory, ten times the entries", large / small, "x", "ratio", limit=1.5,
               conditions=f"{args.entries:,} over {args.entries // 10:,} entries: bounded, whatever the import"),
        Figure("import of a million, records per second", args.entries / peaks[args.entries]["seconds"], "1/s",
               conditions="rows generated in the same process"),
    ]  # fmt: skip


_CHILD = """
import json, resource, sys, time
from pathlib import Path
from tetrapylon.formats.row import Row
from tetrapylon.model import Party, thing_uid
from tetrapylon.record import importing
from tetrapylon.record.frame import read_frame
from tetrapylon.record.installation import Installation
from tetrapylon.record.record import Record
file, count, state = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
def rows():
    for i in range(count):
        data = {"local_id": f"hz_{i}", "date": {"date": "2016-04-%02d" % (i % 28 + 1)}, "kind": "mine",
                "description": f"Report number {i}",
                "geometry": {"type": "Point", "coordinates": [38 + i % 997 / 997, 34.5]}}
        yield Row("hazard_report", thing_uid("bench", "hazard_report", str(i)), data)
started = time.perf_counter()
with Record.create(file, party=Party(label="Bench"), installation=Installation(state)) as record:
    staged = importing.Staged(rows())
    importing.write(record, staged, cited=False)
status = Path("/proc/self/status")  # this program's own peak: ru_maxrss may be that of whoever started it
if status.exists():
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak_mb": peak, "seconds": time.perf_counter() - started}))
"""


def _best(work: Callable[[], object]) -> float:
    """Shortest of a few runs, in seconds."""
    return timed(work, repeats=3, warm_up=False).best
