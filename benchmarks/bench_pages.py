"""Pages: the first map in a browser, tiles of 100,000 polygons, the encoder beside its peer, structure pages."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.harness import Figure, interleave

FEATURES_OF_THE_PEER = 1_116
"""Features in the tile that both encoders encode."""
EXTENT = 4096


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--count", type=int, default=100_000, help="polygons, and claims (default 100,000)")
    parser.add_argument("--no-browser", action="store_true", help="leave the first map out")


def run(args: argparse.Namespace) -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="tetrapylon-pages-") as there:
        folder = Path(there)
        os.environ["TETRAPYLON_STATE"] = str(folder / "state")
        figures = [encoder()]
        figures += tiles(folder, args.count)
        figures += structure_pages(folder, args.count)
        if not args.no_browser:
            figures += first_map(folder)
    return figures


def blobs(count: int, *, seed: int = 0, width: float = 0.5) -> np.ndarray:
    """Twelve-cornered polygons scattered over a square of so many degrees around Palmyra."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * (0.0002 + 0.0006 * rng.random((count, 1, 1)))
    return shapely.polygons(np.array([38.0, 34.3]) + width * rng.random((count, 1, 2)) + corners)


def encoder() -> Figure:
    """Our encoder beside mapbox-vector-tile, which is handed geometries already in tile units and clips nothing."""
    import mapbox_vector_tile

    from tetrapylon.formats.mvt import TileLayer, encode_tile, tile_box, web_mercator
    from tetrapylon.formats.mvt.grid import HALF_WORLD_M

    z, x, y = 11, 1240, 813
    west, south, east, north = tile_box(z, x, y)
    rng = np.random.default_rng(2)
    inside = np.array([west, south]) + rng.random((FEATURES_OF_THE_PEER, 2)) * [east - west, north - south] * 0.9
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    corners = 0.001 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    polygons = np.array(shapely.polygons(inside[:, None, :] + corners), dtype=object)
    names = [f"area {i}" for i in range(FEATURES_OF_THE_PEER)]
    kinds = ["sha" if i % 3 else "cha" for i in range(FEATURES_OF_THE_PEER)]
    layer = TileLayer("areas", polygons, np.arange(FEATURES_OF_THE_PEER), {"name": names, "kind": kinds})
    scale = EXTENT * 2**z / (2 * HALF_WORLD_M)

    def peer() -> bytes:
        placed = shapely.transform(
            polygons, lambda p: (web_mercator(p) * [1, -1] + HALF_WORLD_M) * scale - [x * EXTENT, y * EXTENT]
        )
        features = [
            {"geometry": shape, "properties": {"name": n, "kind": k}, "id": i}
            for i, (shape, n, k) in enumerate(zip(placed, names, kinds, strict=True))
        ]
        options = {"y_coord_down": True, "extents": EXTENT}
        return mapbox_vector_tile.encode({"name": "areas", "features": features}, default_options=options)

    ours = mapbox_vector_tile.decode(encode_tile([layer], z=z, x=x, y=y))
    theirs = mapbox_vector_tile.decode(peer())
    assert len(ours["areas"]["features"]) == len(theirs["areas"]["features"]) == FEATURES_OF_THE_PEER
    seconds = interleave({"ours": lambda: encode_tile([layer], z=z, x=x, y=y), "peer": peer}, repeats=7)
    return Figure(
        "encoder against mapbox-vector-tile", seconds["peer"].median / seconds["ours"].median, "times", "ratio",
        floor=5, conditions=f"{FEATURES_OF_THE_PEER} polygons of 12 corners, 2 properties; ours "
        f"{seconds['ours'].median * 1e3:.1f} ms, peer {seconds['peer'].median * 1e3:.1f} ms; medians of 7, same run",
    )  # fmt: skip


def tiles(folder: Path, count: int) -> list[Figure]:
    """Panning over a record of polygons, with the layer in memory."""
    from starlette.testclient import TestClient

    from tetrapylon.model import Party, Place
    from tetrapylon.record.record import Record
    from tetrapylon.web.app import create_app

    with Record.create(str(folder / "areas.gpkg"), party=Party(label="Bench")) as record, record.writing() as writer:
        for i, polygon in enumerate(blobs(count)):
            writer.claim(Place(label=f"Area {i}", local_id=f"a{i}", geometry=polygon))
    client = TestClient(create_app(str(folder / "areas.gpkg")))
    first, _ = once(client, address(8, 38.25, 34.55))
    rng = np.random.default_rng(4)
    spots = [(int(z), *p) for z in range(9, 17) for p in 0.5 * rng.random((25, 2)) + [38.0, 34.3]]
    near = np.array([once(client, address(*spot)) for spot in spots])
    far = np.array([once(client, address(z, 38.25, 34.55)) for z in (0, 2, 4, 6, 7, 8) for _ in range(4)])
    conditions = f"{count:,} polygons of 12 corners"
    return [
        Figure("tile, 95th percentile", p95(near[:, 0]) * 1e3, "ms", limit=150,
               conditions=f"{conditions}; 200 tiles of zoom 9 to 16, in turn; {spent(near)}"),
        Figure("tile that holds them all, 95th percentile", p95(far[:, 0]) * 1e3, "ms",
               conditions=f"{conditions}; zoom 0 to 8: crowded tiles are thinned; {spent(far)}"),
        Figure("first tile after the server starts", first, "s", conditions=f"{conditions}; reads the layer once"),
    ]  # fmt: skip


def structure_pages(folder: Path, count: int) -> list[Figure]:
    """Pages of structures drawn at random, none twice, from a record of many claims."""
    from starlette.testclient import TestClient

    from tetrapylon.model import Party
    from tetrapylon.record.record import Record
    from tetrapylon.web.app import create_app

    structures = max(20, count // 25)
    with Record.create(str(folder / "claims.gpkg"), party=Party(label="Bench")) as record, record.writing() as writer:
        fill(writer, count, structures)
    client = TestClient(create_app(str(folder / "claims.gpkg")), headers={"accept": "text/html"})
    first, _ = once(client, "/structure/s0")
    picked = np.random.default_rng(5).permutation(np.arange(1, structures))[:200]
    seconds = np.array([once(client, f"/structure/s{i}") for i in picked])
    conditions = f"{count:,} claims, {structures:,} structures, {len(picked)} different pages, both clocks at today"
    return [
        Figure("structure page, 95th percentile", p95(seconds[:, 0]) * 1e3, "ms", limit=100,
               conditions=f"{conditions}; {spent(seconds)}"),
        Figure("structure page, first at a pair of clocks", first, "s", conditions=f"{conditions}; reads the view"),
    ]  # fmt: skip


def fill(writer: Any, count: int, structures: int) -> None:
    """Structures with statements, condition and hazard reports."""
    from tetrapylon.model import ConditionReport, HazardReport, Source, Statement, Structure, When, new_uid
    from tetrapylon.model.terms import HazardKind

    day = lambda i: When(dt.date(2016, 1, 1) + dt.timedelta(days=i % 3000))  # noqa: E731
    rng = np.random.default_rng(6)
    things = [new_uid() for _ in range(structures)]
    sources = [new_uid() for _ in range(max(1, count // 200))]
    told = [new_uid() for _ in range(count // 7)]
    hazards = count // 50
    for i, uid in enumerate(things):
        spot = shapely.Point(*(np.array([38.0, 34.3]) + 0.5 * rng.random(2)))
        writer.claim(
            Structure(label=f"Structure {i}", local_id=f"s{i}", geometry=spot, position_accuracy=20.0), subject=uid
        )
    for i, uid in enumerate(sources):
        writer.claim(Source(heading=f"Source {i}", local_id=f"source{i}", published=day(i)), subject=uid)
    for i, uid in enumerate(told):
        body = Statement(
            said=day(i),
            local_id=f"t{i}",
            stated_by="A speaker",
            published_by="An outlet",
            source=sources[i % len(sources)],
        )
        writer.claim(body, subject=uid)
    for i in range(hazards):
        writer.claim(HazardReport(date=day(i), local_id=f"h{i}", kind=HazardKind.UXO, description=f"Report {i}",
                                  structure=things[i % structures], statement=told[i % len(told)]))  # fmt: skip
    for i in range(count - structures - len(sources) - len(told) - hazards):
        words = "Main building destroyed." if i % 3 == 0 else "Part of the roof collapsed."
        writer.claim(ConditionReport(structure=things[i % structures], date=day(i), local_id=f"c{i}", wording=words,
                                     observer="A speaker", statement=told[i % len(told)]))  # fmt: skip


SERVER = """
import sys
from tetrapylon.web.server import serve
serve(sys.argv[1], port=0, open_browser=False, ready=lambda address: print(address, flush=True))
"""


def first_map(folder: Path) -> list[Figure]:
    """From the moment the server answers to a map that is drawn and takes clicks, in Chromium drawing in software."""
    from playwright.sync_api import sync_playwright

    from tetrapylon.cases import folder as case
    from tetrapylon.model import Party
    from tetrapylon.record.record import Record
    from tetrapylon.workflow.importing import import_case

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return []
    with Record.create(str(folder / "palmyra.gpkg"), party=Party(label="Bench")) as record:
        import_case(record, case("palmyra"))
    flags = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    drawn, shown = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        for _ in range(3):
            command = [sys.executable, "-c", SERVER, str(folder / "palmyra.gpkg")]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            try:
                assert server.stdout is not None
                where = server.stdout.readline().strip()
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                page = context.new_page()
                begun = time.perf_counter()
                page.goto(where, wait_until="domcontentloaded")
                page.wait_for_selector("#summary", timeout=60_000)
                shown.append(time.perf_counter() - begun)
                page.wait_for_selector("#map[data-ready=yes]", timeout=60_000)
                drawn.append(time.perf_counter() - begun)
                context.close()
            finally:
                server.kill()
        browser.close()
    conditions = "Palmyra, a fresh server each time, best of 3; Chromium draws with SwiftShader on the processor"
    return [
        Figure("first map drawn and taking clicks", min(drawn), "s", limit=2, conditions=conditions),
        Figure("first page with its figures", min(shown), "s", conditions=conditions),
    ]


def address(z: int, lon: float, lat: float) -> str:
    """Address of the tile at a place."""
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return f"/ogc/collections/place/tiles/WebMercatorQuad/{z}/{y}/{x}"


def once(client: Any, path: str) -> tuple[float, float]:
    """Seconds of one request through the whole application, by the clock and of the processor."""
    begun, worked = time.perf_counter(), time.process_time()
    answer = client.get(path)
    taken = time.perf_counter() - begun, time.process_time() - worked
    assert answer.status_code in (200, 204), (path, answer.status_code)
    return taken


def spent(seconds: np.ndarray) -> str:
    """What requests (by the clock, of the processor) took besides what a figure says, in words."""
    clock, processor = np.median(seconds, axis=0) * 1e3
    most = p95(seconds[:, 1]) * 1e3
    return f"median {clock:.0f} ms; of the processor alone: median {processor:.0f}, 95th percentile {most:.0f} ms"


def p95(seconds: np.ndarray) -> float:
    """95th percentile."""
    return float(np.quantile(seconds, 0.95))
