"""Things entered twice: records, outlines, points, devices.

The rules of the field's reference checker (GICHD geocheck) [V, read in its source]: the same coordinates, the same
identifier, the same identifier but for blanks and capitals, the same device in one record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np
import shapely

from tetrapylon.clear.survey.subject import Device, Parcel, Point, Product, Survey
from tetrapylon.geo.checks import Flaw, Severity, check
from tetrapylon.geo.vertices import DUPLICATE_DEG

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Named = Parcel | Point | Device
BLOCK = 5_000
"""Outlines brought to one form at a time."""
NAMED = 5
"""Names listed in one message."""


@check("duplicate-local-id", Severity.ERROR, "two records of one kind with one local id")
def duplicate_local_id(it: Survey) -> Iterator[Flaw]:
    for (product, name), same in _groups(it.parcels, lambda p: (p.product, p.name)):
        if name and len({p.uid for p in same}) > 1:
            yield Flaw(f'{len(same)} records ({product}) are called "{name}".', None, len(same), about=_uids(same))


@check("similar-local-id", Severity.ADVICE, "local ids that differ in blanks or capitals only")
def similar_local_id(it: Survey) -> Iterator[Flaw]:
    for _, same in _groups(it.parcels, lambda p: (p.product, trimmed(p.name))):
        names = sorted({p.name for p in same})
        if len(names) > 1 and names[0].strip():
            yield Flaw(
                f"Local ids differ in blanks or capitals only: {_quoted(names)}.", None, len(same), (), _uids(same)
            )


@check("duplicate-shape-id", Severity.ERROR, "two outlines with one shape id")
def duplicate_shape_id(it: Survey) -> Iterator[Flaw]:
    shaped = [p for p in it.parcels if p.shape_id]
    for shape_id, same in _groups(shaped, lambda p: p.shape_id):
        yield Flaw(f'{len(same)} outlines have the shape id "{shape_id}".', None, len(same), about=_uids(same))


@check("similar-shape-id", Severity.ADVICE, "shape ids that differ in blanks or capitals only")
def similar_shape_id(it: Survey) -> Iterator[Flaw]:
    shaped = [p for p in it.parcels if p.shape_id]
    for _, same in _groups(shaped, lambda p: trimmed(p.shape_id or "")):
        ids = sorted({p.shape_id or "" for p in same})
        if len(ids) > 1:
            yield Flaw(
                f"Shape ids differ in blanks or capitals only: {_quoted(ids)}.", None, len(same), (), _uids(same)
            )


@check("duplicate-outline", Severity.ERROR, "two outlines of one kind with the same vertices")
def duplicate_outline(it: Survey) -> Iterator[Flaw]:
    """Wherever the ring begins and whichever way it runs; to 1e-6 degrees, as geocheck compares.

    Ground searched or worked again on another day or by another method is usual, and no duplicate.
    """
    keys: dict[int, bytes] = {}
    at = np.flatnonzero(it.usable)
    for start in range(0, len(at), BLOCK):
        block = at[start : start + BLOCK]
        rounded = shapely.transform(it.shapes[block], lambda xy: np.round(xy / DUPLICATE_DEG))
        same_start = shapely.to_wkb(shapely.normalize(rounded))
        keys |= {int(i): blake2b(wkb, digest_size=16).digest() for i, wkb in zip(block, same_start, strict=True)}
    for _, same in _groups(keys, lambda i: (*_work(it.parcels[i]), keys[i])):
        parcels = [it.parcels[i] for i in same]
        if len({p.uid for p in parcels}) > 1:
            yield Flaw(
                f"The same outline stands in {_names(parcels)}.", _middle(it, same[0]), len(same), (), _uids(parcels)
            )


@check("duplicate-point", Severity.ADVICE, "points at the same coordinates")
def duplicate_point(it: Survey) -> Iterator[Flaw]:
    def key(p: Point) -> tuple[str | None, int, int]:
        return p.of, round(p.lon / DUPLICATE_DEG), round(p.lat / DUPLICATE_DEG)

    for _, same in _groups([p for p in it.points if np.isfinite([p.lon, p.lat]).all()], key):
        kind = "vertices" if same[0].of is not None else "loose points"
        yield Flaw(
            f"{len(same)} {kind} stand at one place: {_names(same)}.",
            (same[0].lon, same[0].lat),
            len(same),
            about=_uids(same),
        )


@check("duplicate-point-id", Severity.ERROR, "points with one local id")
def duplicate_point_id(it: Survey) -> Iterator[Flaw]:
    for (_, name), same in _groups([p for p in it.points if p.name], lambda p: (p.of, p.name)):
        kind = "vertices of one outline" if same[0].of is not None else "loose points"
        yield Flaw(f'{len(same)} {kind} are called "{name}".', (same[0].lon, same[0].lat), len(same), (), _uids(same))


@check("similar-point-id", Severity.ADVICE, "point ids that differ in blanks or capitals only")
def similar_point_id(it: Survey) -> Iterator[Flaw]:
    for _, same in _groups([p for p in it.points if p.name], lambda p: (p.of, trimmed(p.name))):
        names = sorted({p.name for p in same})
        if len(names) > 1:
            yield Flaw(
                f"Point ids differ in blanks or capitals only: {_quoted(names)}.", None, len(same), (), _uids(same)
            )


@check("duplicate-device", Severity.ADVICE, "the same device listed twice in one record")
def duplicate_device(it: Survey) -> Iterator[Flaw]:
    for key, same in _groups(it.devices, lambda d: (d.of, d.category, d.subcategory, d.model, d.quantity)):
        what = " ".join(str(part) for part in key[1:4] if part)
        yield Flaw(
            f"{len(same)} times {key[4]} x {what} in one record: {_names(same)}.", None, len(same), (), _uids(same)
        )


def _work(parcel: Parcel) -> tuple[Hashable, ...]:
    """What makes two outlines of one kind two pieces of work."""
    passes = parcel.product in (Product.SEARCHED, Product.WORKED)
    return (parcel.product, *((parcel.methods, parcel.start, parcel.end) if passes else ()))


def trimmed(text: str) -> str:
    """An identifier without blanks, in lower case."""
    return "".join(text.split()).casefold()


def _groups(things: Iterable[T], key: Callable[[T], K]) -> Iterator[tuple[K, list[T]]]:
    """Keys shared by two things or more, in order of first appearance."""
    found: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    yield from ((shared, same) for shared, same in found.items() if len(same) > 1)


def _uids(same: Iterable[Named]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(thing.uid for thing in same))


def _names(same: Sequence[Named]) -> str:
    more = f" and {len(same) - NAMED} more" if len(same) > NAMED else ""
    return ", ".join(thing.name for thing in same[:NAMED]) + more


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{n}"' for n in names[:NAMED])


def _middle(it: Survey, index: int) -> tuple[float, float]:
    point = shapely.point_on_surface(it.shapes[index])
    return float(point.x), float(point.y)
