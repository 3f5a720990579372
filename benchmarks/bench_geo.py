"""Areas and lengths of 100,000 octagons, beside pyproj.Geod polygon by polygon in the same run."""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import shapely

from tetrapylon.geo import measure
from tetrapylon.geo.screen import needs_examination
from tetrapylon.geo.validity import examine


def octagons(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    corner = 0.001 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    middle = np.array([38.0, 34.0]) + 0.5 * rng.random((count, 2))
    return shapely.polygons(middle[:, None, :] + corner)


def seconds(action) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    polygons = octagons(options.count)
    measure.areas(polygons[:100])
    figures = {
        "polygons": options.count,
        "areas_geodesic_s": seconds(lambda: measure.areas(polygons)),
        "areas_lonlat_s": seconds(lambda: measure.areas(polygons, edges="lonlat")),
        "lengths_s": seconds(lambda: measure.lengths(polygons)),
        "peer_geod_one_by_one_s": seconds(lambda: [measure.WGS84.geometry_area_perimeter(p)[0] for p in polygons]),
        "screen_s": seconds(lambda: needs_examination(polygons)),
        "examine_1000_s": seconds(lambda: [examine(p) for p in polygons[:1000]]),
    }
    figures["ratio_to_peer"] = figures["peer_geod_one_by_one_s"] / figures["areas_geodesic_s"]
    print(json.dumps(figures) if options.json else "\n".join(f"{k:26} {v:,.3f}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
