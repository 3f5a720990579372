"""Parameters of the services, read and checked."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query, Request

from tetrapylon.errors import GeometryError, NotFound, ValueRangeError, nearest
from tetrapylon.model import REGISTRY, Entity, Tier
from tetrapylon.web.asked import Asked

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
COMMON = frozenset({"f", "on", "known", "lang"})

Collection = Annotated[str, Path(max_length=60, description="Name of a layer.")]
Box = Annotated[
    str | None,
    Query(max_length=200, description="west,south,east,north in degrees (CRS84); west > east crosses 180 degrees."),
]
Datetime = Annotated[
    str | None, Query(max_length=80, description="Day, instant or interval (start/end, .. open) the claim speaks of.")
]
CrsName = Annotated[str | None, Query(max_length=200, description="Only CRS84.")]
Form = Annotated[
    str | None, Query(max_length=20, description="json or html.", json_schema_extra={"enum": ["json", "html"]})
]


def known_parameters(request: Request, *names: str) -> None:
    """Refuse what the operation does not know (17-069r4, 7.15.8 B).

    Raises
    ------
    ValueRangeError : naming the nearest parameter.
    """
    known = COMMON.union(names)
    for name in request.query_params:
        if name not in known:
            near = nearest(name, sorted(known))
            raise ValueRangeError(
                f'There is no parameter "{name[:40]}" here.',
                hint=f'Did you mean "{near}"?' if near else f"There are: {', '.join(sorted(known))}.",
            )
    if request.query_params.get("f") not in (None, "json", "html"):
        raise ValueRangeError("f is json or html.")


def entity_named(asked: Asked, name: str) -> type[Entity]:
    """The entity of a layer whose geometry may leave.

    Raises
    ------
    NotFound : there is no such layer, or its geometry may not leave; the nearest is named.
    """
    offered = collections(asked)
    if name not in offered:
        near = nearest(name, list(offered))
        raise NotFound(
            f'There is no collection "{name[:60]}".',
            hint=f'Did you mean "{near}"?' if near else f"There are: {', '.join(offered)}.",
        )
    return offered[name]


def collections(asked: Asked) -> dict[str, type[Entity]]:
    """Layers whose geometry may leave, by name."""
    shown = frozenset(asked.reading.settings.tiers) | {Tier.PUBLIC}
    return {
        name: entity
        for name, entity in sorted(REGISTRY.items())
        if (field := entity.geometry_field()) is not None and field.tier in shown
    }


def read_box(text: str | None, crs: str | None) -> tuple[float, float, float, float] | None:
    """Read ``bbox``; with six numbers the heights are left out.

    Raises
    ------
    ValueRangeError, GeometryError : not a box in degrees.
    """
    read_crs(crs)
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise ValueRangeError(
            f'"{text[:60]}" is not a box.', hint="Write west,south,east,north, for example 38.2,34.5,38.3,34.6."
        )
    west, south, east, north = numbers
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise GeometryError(
            f"The box {text[:60]} does not lie on the globe.",
            hint="Degrees of longitude, then latitude (CRS84); coordinates in metres are not accepted here.",
        )
    if south > north:
        raise GeometryError(f"The box {text[:60]} has its south above its north.", hint="Write west,south,east,north.")
    return west, south, east, north


def read_crs(name: str | None) -> None:
    """Accept CRS84 alone.

    Raises
    ------
    GeometryError : another one.
    """
    if name not in (None, "", CRS84, "CRS84", "OGC:CRS84"):
        raise GeometryError(f'"{name[:80]}" is not offered.', hint=f"Coordinates go in and out as {CRS84}.")


@dataclass(frozen=True)
class Period:
    """First and last day, as text; ``""`` and ``"~"`` where open."""

    first: str
    last: str


def read_datetime(text: str | None) -> Period | None:
    """Read ``datetime`` (RFC 3339, or days).

    Raises
    ------
    ValueRangeError : not a date, or an interval that runs backwards.
    """
    if text is None:
        return None
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 2 and all(e in ("", "..") for e in ends)):
        raise ValueRangeError(
            f'"{text[:60]}" is not a day or an interval.',
            hint="Write 2016-04-26, or 2016-04-01/2016-04-30, or ../2016-04-30.",
        )
    days = [None if e in ("", "..") and len(ends) == 2 else _day(e) for e in ends]
    first, last = days[0], days[-1]
    if first and last and first > last:
        raise ValueRangeError(f'The interval "{text[:60]}" ends before it begins.')
    return Period(first or "", last or "~")


def _day(text: str) -> str:
    from tetrapylon.web.clocks import read_instant

    read = read_instant(text)
    return dt.date.fromisoformat(read[:10]).isoformat()
