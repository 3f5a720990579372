"""The survey rules beside GICHD's geocheck, on the same invented hazard records.

geocheck is SQL over the tables of IMSMA NG. Its file is no part of this software: name a copy, and an empty PostGIS
database.

    python3 dev.py bench survey --geocheck geocheck.sql --postgis postgresql://.../empty
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Figure
from tetrapylon.clear.survey import Device, Parcel, Point, Product, Survey, examine_survey
from tetrapylon.geo.checks import Finding

RECORDS = 400
EAST, NORTH = 1 / 91_800, 1 / 110_940
"""Degrees of one metre about 34.5 degrees north."""
FLAWS = (
    "none", "none", "bow", "few", "few different", "same outline", "same outline, other start", "shape id",
    "shape id trimmed", "vertex", "vertex nearly", "vertex id", "vertex id trimmed", "point", "point id",
    "point id trimmed", "local id", "device", "long edge", "long closing edge", "overlap", "edge overlap",
)  # fmt: skip
KINDS = (
    "hazard", "hazreduc", "accident", "mre", "qa", "victim", "victim_assistance", "task", "gazetteer", "location",
    "place", "organisation",
)  # fmt: skip
VIEWS = {
    "outline": (("geocheck_obj_hazard_invalid_polys", "hazard_localid"),
                ("geocheck_obj_hazard_few_vertices_polys", "hazard_localid")),
    "duplicate outline": (("geocheck_duplicate_polygons", "localid"),),
    "shape id": (("geocheck_duplicate_polygon_polyid", "localid"),),
    "shape id, trimmed": (("geocheck_duplicate_polygon_polyid_trimmed", "localid"),),
    "vertex": (("geocheck_duplicate_polygon_points", "localid"),),
    "vertex id": (("geocheck_duplicate_polygon_point_localid", "localid"),),
    "vertex id, trimmed": (("geocheck_duplicate_polygon_point_localid_trimmed", "localid"),),
    "point": (("geocheck_duplicate_points", "localid"),),
    "point id": (("geocheck_duplicate_point_point_localid", "localid"),),
    "point id, trimmed": (("geocheck_duplicate_point_point_localid_trimmed", "localid"),),
    "local id": (("geocheck_duplicate_localids", "duplicate_localid"),),
    "device": (("geocheck_duplicate_devices", "localid"),),
    "edge": (("geocheck_adv_distance_polygon_points", "localid"),),
    "overlap": (("geocheck_adv_overlapping_polygons", "localid"),),
}  # fmt: skip
"""Its views, and the column that holds the record's local id."""
CODES = {
    "outline": {"self-crossing", "hole-outside", "nested", "split-inside", "too-few-vertices"},
    "duplicate outline": {"duplicate-outline"},
    "shape id": {"duplicate-shape-id"},
    "shape id, trimmed": {"duplicate-shape-id", "similar-shape-id"},
    "vertex": {"duplicate-point"},
    "vertex id": {"duplicate-point-id"},
    "vertex id, trimmed": {"duplicate-point-id", "similar-point-id"},
    "point": {"duplicate-point"},
    "point id": {"duplicate-point-id"},
    "point id, trimmed": {"duplicate-point-id", "similar-point-id"},
    "local id": {"duplicate-local-id"},
    "device": {"duplicate-device"},
    "edge": {"long-edge"},
    "overlap": {"overlap", "near-duplicate"},
}
Ring = list[tuple[float, float]]


@dataclass
class Hazard:
    """An invented record. shapes : ring (not closed) and shape id; loose : id and place; devices : how many alike."""

    uid: str
    name: str
    shapes: list[tuple[Ring, str]]
    vertex_ids: dict[int, str] = field(default_factory=dict)
    loose: list[tuple[str, float, float]] = field(default_factory=list)
    devices: int = 1

    def vertex_id(self, shape: int, place: int) -> str:
        """Local id of a vertex."""
        return self.vertex_ids.get(place, f"T{place}") if shape == 0 else f"T{place}"


def compare(sql: str, address: str, *, seed: int) -> list[Figure]:
    """Records each side names, by rule; every one that geocheck names has to be named here."""
    hazards = list(_hazards(random.Random(seed)))
    theirs, ours = _theirs(hazards, sql, address), _ours(hazards)
    names = Counter(h.name for h in hazards)
    twins = {h.uid for h in hazards if names[h.name] > 1}  # geocheck names local ids: these cannot be told apart
    figures = []
    for what in VIEWS:
        apart = set() if what == "local id" else twins
        a, b = theirs[what] - apart, ours[what] - apart
        told = f"geocheck {len(a)}, here {len(b)}, both {len(a & b)}"
        figures.append(
            Figure(f"{what}: of geocheck's also here", len(a & b) / max(1, len(a)), "", "fraction", 1.0, None, told)
        )
    return figures


def _hazards(rng: random.Random) -> Iterator[Hazard]:
    before = ""
    for i in range(RECORDS):
        x, y = i % 20 * 3000.0, i // 20 * 3000.0
        flaw = rng.choice(FLAWS)
        shapes = [(_ring(rng, x, y, 100, rng.randint(4, 9)), f"P{i}-1")]
        if rng.random() < 0.4:
            shapes.append((_ring(rng, x + 400, y, 80, 6), f"P{i}-2"))
        hazard = Hazard(f"g{i}", before if flaw == "local id" and before else f"H{i}", shapes)
        _spoil(hazard, flaw, _ring(rng, x, y + 500, 60, 5), f"P{i}", (x, y))
        before = hazard.name
        yield hazard


def _ring(rng: random.Random, x: float, y: float, radius: float, corners: int) -> Ring:
    angles = 2 * np.pi * np.arange(corners) / corners
    return [
        _at(x + radius * np.cos(a) * rng.uniform(0.8, 1), y + radius * np.sin(a) * rng.uniform(0.8, 1)) for a in angles
    ]


def _at(x: float, y: float) -> tuple[float, float]:
    return round(38.2 + float(x) * EAST, 7), round(34.5 + float(y) * NORTH, 7)


def _spoil(hazard: Hazard, flaw: str, other: Ring, name: str, corner: tuple[float, float]) -> None:
    """Put one flaw into a record."""
    (ring, first), (x, y) = hazard.shapes[0], corner
    here, there = _at(x, y), _at(x + 90, y)
    again = {
        "same outline": (list(ring), f"{name}-9"),
        "same outline, other start": (ring[2:] + ring[:2], f"{name}-9"),
        "shape id": (other, first),
        "shape id trimmed": (other, f"{first} "),
        "overlap": ([(a + 60 * EAST, b) for a, b in ring], f"{name}-9"),
        "edge overlap": ([(a + 187 * EAST, b) for a, b in ring], f"{name}-9"),
    }
    replaced = {
        "bow": [ring[0], ring[2], ring[1], *ring[3:]],
        "few": ring[:2],
        "few different": [ring[0], ring[0], ring[1]],
        "vertex": [ring[0], ring[1], *ring[1:]],
        "vertex nearly": [ring[0], ring[1], (ring[1][0] + 3e-7, ring[1][1]), *ring[2:]],
        "long edge": [here, _at(x + 6000, y), _at(x + 3000, y + 50)],
        "long closing edge": [here, *(_at(x + 1500 * k, y + 40) for k in (1, 2, 3)), _at(x + 6000, y)],
    }
    if flaw in again:
        hazard.shapes.append(again[flaw])
    if flaw in replaced:
        hazard.shapes[0] = (replaced[flaw], first)
    hazard.vertex_ids = {"vertex id": {0: "V", 1: "V"}, "vertex id trimmed": {0: "V", 1: "V "}}.get(flaw, {})
    loose = {"point": (("a", here), ("b", here)), "point id": (("a", here), ("a", there)),
             "point id trimmed": (("a", here), ("a ", there))}.get(flaw, ())  # fmt: skip
    hazard.loose = [(local, *place) for local, place in loose]
    hazard.devices = 2 if flaw == "device" else 1


def _ours(hazards: list[Hazard]) -> dict[str, set[str]]:
    parcels, points, devices = [], [], []
    for h in hazards:
        for k, (ring, shape_id) in enumerate(h.shapes):
            uid, closed = f"{h.uid}#{k}", [list(p) for p in [*ring, ring[0]]]
            outline = {"type": "Polygon", "coordinates": [closed]}
            parcels.append(Parcel(uid, h.name, Product.OUTLINE, outline, shape_id))
            points += [Point(f"{uid}v{j}", h.vertex_id(k, j), *p, of=uid) for j, p in enumerate(ring)]
        points += [Point(f"{h.uid}#L{k}", *p) for k, p in enumerate(h.loose)]
        devices += [Device(f"{h.uid}#d{k}", "d", h.uid, "AP mine", "blast", "M1") for k in range(h.devices)]
    found = examine_survey(Survey(tuple(parcels), tuple(points), tuple(devices)), keep=10**9).findings
    return {what: set().union(*(_named(f, what) for f in found if f.code in CODES[what])) for what in CODES}


def _named(finding: Finding, what: str) -> set[str]:
    """Records a finding names; of one about several things those with two of them: geocheck looks inside a record."""
    parts = [uid.split("#") for uid in finding.about]
    vertices, loose = "v" in parts[0][1], parts[0][1].startswith("L")
    if (what.startswith("vertex") and not vertices) or (what.startswith("point") and not loose):
        return set()
    records = Counter(record for record, _ in parts)
    if what == "local id":
        return set(records) if len(records) > 1 else set()
    return {record for record, count in records.items() if count > 1 or len(parts) == 1}


def _theirs(hazards: list[Hazard], sql: str, address: str) -> dict[str, set[str]]:
    import psycopg

    with psycopg.connect(address, autocommit=True) as database:
        for statement in _tables():
            database.execute(statement)
        for statement in sql.split(";"):
            if statement.strip() and "version" not in statement:  # views of older versions of records need more tables
                database.execute(statement)
        with database.cursor() as cursor:
            for table, rows in _rows(hazards).items():
                marks = ",".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        uids = defaultdict(set)
        for h in hazards:
            uids[h.name].add(h.uid)
        return {
            what: {
                uid
                for view, column in views
                for (name,) in database.execute(f"SELECT {column} FROM {view}").fetchall()
                for uid in uids[name]
            }
            for what, views in VIEWS.items()
        }


def _tables() -> Iterator[str]:
    """The columns of IMSMA NG that geocheck reads; and the PostGIS function it calls by a name that is gone."""
    yield "CREATE EXTENSION IF NOT EXISTS postgis"
    yield (
        "CREATE FUNCTION st_distance_sphere(geometry, geometry) RETURNS float8 LANGUAGE sql "
        "AS 'SELECT ST_DistanceSphere($1, $2)'"
    )
    for kind in KINDS:
        key = "org" if kind == "organisation" else kind
        own = "guid" if kind in ("task", "victim_assistance") else f"{key}_guid"
        yield f"CREATE TABLE {kind} ({own} text, {key}_localid text, localid text)"
        yield f"CREATE TABLE {kind}_has_geospatialinfo ({key}_guid text, geospatialinfo_guid text)"
    yield (
        "CREATE TABLE geospatialinfo (geospatialinfo_guid text, shape_id text, shapeenum_guid text, isactive bool, "
        "dataentrydate date, dataenterer text, poly_prop_enum_guid text)"
    )
    yield (
        "CREATE TABLE geopoint (geopoint_guid text, geospatialinfo_guid text, pointlocal_id text, pointno int, "
        "pointtypeenum_guid text, longitude float8, latitude float8, pointdescription text, coordrefsys text, "
        "fixedby_guid text, bearing float8, distance float8, frompoint_guid text, frompointinput text, "
        "userinputformat text, coordformat text, dataentrydate date, dataenterer text, elevation float8, "
        "user_entered_x text, user_entered_y text, user_entered_mgrs text)"
    )
    yield "CREATE TABLE imsmaenum (imsmaenum_guid text, enumvalue text)"
    yield "INSERT INTO imsmaenum VALUES ('o', 'Polygon'), ('p', 'Point'), ('t', 'Turning point'), ('m', 'AP mine')"
    yield (
        "CREATE TABLE ordnance (ordnance_guid text, ordcategoryenum_guid text, ordsubcategoryenum_guid text, "
        "model text)"
    )
    for table, key in (("hazdeviceinfo", "hazard"), ("hazreducdeviceinfo", "hazreduc"), ("accdeviceinfo", "accident")):
        yield f"CREATE TABLE {table} ({key}_guid text, ordnance_guid text, qty int)"


def _rows(hazards: list[Hazard]) -> dict[str, list[tuple[Any, ...]]]:
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for h in hazards:
        rows["hazard (hazard_guid, hazard_localid)"].append((h.uid, h.name))
        shapes = [(f"{h.uid}/{k}", "o", shape_id, [(h.vertex_id(k, j), *p) for j, p in enumerate(ring)])
                  for k, (ring, shape_id) in enumerate(h.shapes)]  # fmt: skip
        shapes += [(f"{h.uid}/L{k}", "p", f"L{k}", [point]) for k, point in enumerate(h.loose)]
        for guid, kind, shape_id, points in shapes:
            rows["geospatialinfo (geospatialinfo_guid, shape_id, shapeenum_guid)"].append((guid, shape_id, kind))
            rows["hazard_has_geospatialinfo"].append((h.uid, guid))
            rows[
                "geopoint (geopoint_guid, geospatialinfo_guid, pointlocal_id, pointno, pointtypeenum_guid, longitude, "
                "latitude)"
            ] += [(f"{guid}/{j}", guid, local, j, "t", lon, lat) for j, (local, lon, lat) in enumerate(points)]
        for k in range(h.devices):
            rows["ordnance"].append((f"{h.uid}/d{k}", "m", None, "M1"))
            rows["hazdeviceinfo"].append((h.uid, f"{h.uid}/d{k}", 1))
    return rows


def figures(geocheck: str, address: str, *, seed: int) -> list[Figure]:
    """`compare` with geocheck's file at a path."""
    return compare(Path(geocheck).read_text(encoding="utf-8-sig"), address, seed=seed)
