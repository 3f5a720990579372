"""Is this geometry usable? Registered checks that name the flaw, where it is, and a repair somebody may accept.

Nothing is repaired silently. The rules cover those of the mine-action field's reference checker for one geometry
(GICHD geocheck: invalid polygon, fewer than three vertices, duplicate vertices, edges over 5,000 m with the closing
edge included, tolerance 1e-6 degrees) [V, read in its source], and what hostile or careless files bring. Coordinates
are EPSG:4326, longitude first.

GEOS names one topological reason at a time: after a repair is accepted, check again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import GeometryError
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Check, Finding, Flaw, Proposal, Severity, check, registry, run_all
from tetrapylon.geo.raw import Part, Path, Raw, closed, read
from tetrapylon.geo.tangle import Tangle, sample_tangle
from tetrapylon.geo.vertices import DUPLICATE_DEG, SPIKE_DEG, kept, spikes, too_few

LONG_EDGE_M = 5_000.0
"""geocheck's advisory limit for one edge."""
MANY_VERTICES = 100_000
"""More than any surveyed outline has (our choice)."""
REPAIR_VERTICES = 50_000
REPAIR_PAIRS = 200_000
SAMPLED_ABOVE = 20_000
CHECK_PAIRS = 50_000_000
"""No topological repair is proposed beyond these: vertices, and estimated pairs of edges whose boxes meet. Above
20,000 vertices a sample of edges is tested first, and beyond 5e7 such pairs a geometry counts as self-crossing."""


@dataclass(frozen=True)
class Examined:
    """A geometry under examination.

    raw : as it arrived. site : outline (EPSG:4326) it should lie in, or None. expected : geometry types allowed, empty
    = any.
    """

    raw: Raw
    site: BaseGeometry | None = None
    expected: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def shape(self) -> BaseGeometry | None:
        """As shapely sees it, open rings closed; None where it cannot be built."""
        return self.raw.assemble()

    @cached_property
    def reason(self) -> str | None:
        """GEOS's reason why the shape is invalid, None where it is valid or cannot be built.

        GEOS may take minutes over a large tangle, so a sample of the edges of a large geometry is looked at first.
        """
        if self.shape is None:
            return None
        if len(self.raw.coordinates) > SAMPLED_ABOVE:
            if self.tangle.crossing is not None:
                return "Self-intersection[{} {}]".format(*self.tangle.crossing)
            if self.tangle.pairs > CHECK_PAIRS:
                return "Self-intersection"  # cannot be ruled out in reasonable time: on the side of doubt
        reason = str(shapely.is_valid_reason(self.shape))
        return None if reason == "Valid Geometry" else reason

    @cached_property
    def tangle(self) -> Tangle:
        """How often its edges meet, from a sample."""
        return sample_tangle([closed(p) if k == "Polygon" else p for k, p in _kinds(self.raw)])

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the finite coordinates; None without any."""
        xy = self.raw.coordinates
        xy = xy[np.isfinite(xy).all(axis=1)]
        if not len(xy):
            return None
        (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
        return float(west), float(south), float(east), float(north)


def examine(
    geometry: BaseGeometry | Mapping[str, Any] | None,
    *,
    site: BaseGeometry | None = None,
    expected: frozenset[str] | set[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Run every check on one geometry.

    Parameters
    ----------
    geometry : shapely geometry, or a decoded GeoJSON geometry object; EPSG:4326, longitude first.
    site : outline of the site in EPSG:4326; its bounding box decides "outside" and "swapped".
    expected : geometry types allowed ("Polygon", "MultiPolygon", ...); empty = any.

    Returns
    -------
    Findings in the order of :data:`CHECKS`, at most one per check, each with the count and the first place. Proposals
    carry a whole repaired geometry; where heights were stated for every vertex they are kept.
    """
    return run_all(CHECKS, Examined(read(geometry), site, frozenset(expected)))


def require_usable(geometry: BaseGeometry | Mapping[str, Any] | None, **options: Any) -> BaseGeometry:
    """The geometry if no check finds an error (options as for :func:`examine`).

    Raises
    ------
    GeometryError : with every error, and the first proposal as hint.
    """
    errors = [f for f in examine(geometry, **options) if f.severity is Severity.ERROR]
    if not errors:
        shape = read(geometry).assemble()
        if shape is not None:
            return shape
        raise GeometryError("The geometry cannot be built from its coordinates.")
    actions = [proposal.action for finding in errors for proposal in finding.proposals]
    hint = f"Proposed: {actions[0]}." if actions else None
    raise GeometryError(" ".join(finding.message for finding in errors), hint=hint)


# --- can it be read at all? -------------------------------------------------------------------------------------------


@check("unreadable", Severity.ERROR, "not a geometry")
def unreadable(it: Examined) -> Iterator[Flaw]:
    if it.raw.problem is not None:
        yield Flaw(it.raw.problem)


@check("empty", Severity.ERROR, "no coordinates")
def empty(it: Examined) -> Iterator[Flaw]:
    if it.raw.problem is None and not len(it.raw.coordinates):
        yield Flaw("The geometry has no coordinates.")


@check("wrong-type", Severity.ERROR, "not a geometry type this field takes")
def wrong_type(it: Examined) -> Iterator[Flaw]:
    if it.raw.problem is None and it.expected and len(it.raw.parts) and it.raw.kind not in it.expected:
        yield Flaw(f"A {it.raw.kind} stands where {' or '.join(sorted(it.expected))} is expected.")


@check("not-a-number", Severity.ERROR, "coordinates that are not finite numbers")
def not_a_number(it: Examined) -> Iterator[Flaw]:
    xy = it.raw.coordinates
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        repaired = it.raw.changed(lambda path, _: path[np.isfinite(path).all(axis=1)])
        n = int(bad.sum())
        yield Flaw(
            f"{n} of {len(xy)} positions are not finite numbers.",
            count=n,
            proposals=_proposed("leave these positions out", repaired.assemble()),
        )


@check("out-of-range", Severity.ERROR, "not on the globe in degrees")
def out_of_range(it: Examined) -> Iterator[Flaw]:
    lon, lat = it.raw.coordinates.T
    bad = (np.abs(lon) > 180.0) | (np.abs(lat) > 90.0)  # NaN compares false and is reported by its own check
    if not bad.any():
        return
    first = int(np.flatnonzero(bad)[0])
    if not ((np.abs(lat) > 180.0) | (np.abs(lon) > 90.0)).any():
        hint, proposals = "Latitude seems to stand first.", _proposed("swap the axes", _swapped(it.raw).assemble())
    elif np.abs(it.raw.coordinates[bad]).max() > 1000.0:
        hint, proposals = "They look like metres: state the coordinate reference system.", ()
    else:
        hint, proposals = "", ()
    n = int(bad.sum())
    message = f"{n} positions are not longitude within 180 and latitude within 90 degrees. {hint}".rstrip()
    yield Flaw(message, _place(it.raw.coordinates[first]), n, proposals)


# --- is it where it should be? ----------------------------------------------------------------------------------------


@check("swapped-axes", Severity.ERROR, "latitude and longitude exchanged")
def swapped_axes(it: Examined) -> Iterator[Flaw]:
    if it.site is None or it.bounds is None or _meets(it.bounds, it.site.bounds):
        return
    west, south, east, north = it.bounds
    if _meets((south, west, north, east), it.site.bounds):
        yield Flaw(
            "The geometry lies outside the site, but inside it with the axes swapped.",
            (west, south),
            proposals=_proposed("swap the axes", _swapped(it.raw).assemble()),
        )


@check("outside-site", Severity.ADVICE, "away from the site")
def outside_site(it: Examined) -> Iterator[Flaw]:
    if it.site is None or it.bounds is None or _meets(it.bounds, it.site.bounds) or any(swapped_axes.find(it)):
        return
    west, south, east, north = it.bounds
    yield Flaw("The geometry lies wholly outside the site's bounding box.", ((west + east) / 2, (south + north) / 2))


@check("crosses-antimeridian", Severity.ADVICE, "an edge longer than half the globe")
def crosses_antimeridian(it: Examined) -> Iterator[Flaw]:
    for path in _paths(it.raw):
        jumps = np.flatnonzero(np.abs(np.diff(path[:, 0])) > 180.0)
        if len(jumps):
            yield Flaw(
                "An edge jumps across the 180th meridian; cut the geometry there (RFC 7946, 3.1.9).",
                _place(path[jumps[0]]),
            )
            return


# --- are its rings well formed? ---------------------------------------------------------------------------------------


@check("too-few-vertices", Severity.ERROR, "fewer than three corners, or a line of one point")
def too_few_vertices(it: Examined) -> Iterator[Flaw]:
    short = [path for part in it.raw.parts if part.kind != "Point" for path in part.paths if too_few(path, part.kind)]
    if short:
        rest = it.raw.changed(lambda path, kind: path[:0] if too_few(path, kind) else path)
        yield Flaw(
            f"{len(short)} rings or lines have too few different vertices (a ring needs 3, a line 2).",
            _place(short[0][0]) if len(short[0]) else None,
            len(short),
            _proposed("leave these parts out", rest.assemble()) if rest.parts else (),
        )


@check("not-closed", Severity.ERROR, "a ring whose last vertex is not its first")
def not_closed(it: Examined) -> Iterator[Flaw]:
    rings = [r for part in it.raw.parts if part.kind == "Polygon" for r in part.paths if not too_few(r, part.kind)]
    open_rings = [r for r in rings if not np.array_equal(r[0], r[-1], equal_nan=True)]
    if open_rings:
        proposals = _proposed("repeat the first vertex at the end", it.shape)
        yield Flaw(f"{len(open_rings)} rings are not closed.", _place(open_rings[0][-1]), len(open_rings), proposals)


@check("duplicate-vertices", Severity.ADVICE, "the same vertex twice in a row")
def duplicate_vertices(it: Examined) -> Iterator[Flaw]:
    count, first = 0, None
    for path in _paths(it.raw):
        repeated = np.flatnonzero(~kept(path))
        count += len(repeated)
        first = _place(path[repeated[0]]) if first is None and len(repeated) else first
    if count:
        thinned = it.raw.changed(lambda path, kind: path if kind == "Point" else path[kept(path)])
        yield Flaw(
            f"{count} vertices repeat the one before them (within {DUPLICATE_DEG:g} degrees).",
            first,
            count,
            _proposed("keep one of each", thinned.assemble()),
        )


@check("repeated-vertex", Severity.ADVICE, "a ring that comes back to a vertex")
def repeated_vertex(it: Examined) -> Iterator[Flaw]:
    count, first = 0, None
    for part in it.raw.parts:
        for ring in part.paths if part.kind == "Polygon" else ():
            corners = closed(ring)[:-1, :2]
            corners = corners[kept(corners)]
            corners = corners[np.isfinite(corners).all(axis=1)]
            unique, counts = np.unique(corners[:, 0] + 1j * corners[:, 1], return_counts=True)  # sorts much faster
            again = unique[counts > 1]
            count += int((counts - 1).sum())
            first = (float(again[0].real), float(again[0].imag)) if first is None and len(again) else first
    if count:
        yield Flaw(f"{count} vertices stand elsewhere in the same ring already.", first, count)


@check("spike", Severity.ADVICE, "a ring that turns back on itself")
def spike(it: Examined) -> Iterator[Flaw]:
    tips = [tip for part in it.raw.parts if part.kind == "Polygon" for r in part.paths for tip in closed(r)[spikes(r)]]
    if tips:
        smooth = it.raw.changed(lambda path, kind: closed(path)[~spikes(path)] if kind == "Polygon" else path)
        yield Flaw(
            f"{len(tips)} vertices are spikes (edges under {SPIKE_DEG:g} degree apart).",
            _place(tips[0]),
            len(tips),
            _proposed("leave the tips out", smooth.assemble()),
        )


@check("long-edge", Severity.ADVICE, "an edge over 5,000 m, the closing one included")
def long_edge(it: Examined) -> Iterator[Flaw]:
    if it.shape is None or any(out_of_range.find(it)):
        return
    metres = measure.edge_lengths(it.shape)
    long = metres[metres > LONG_EDGE_M]
    if len(long):
        yield Flaw(
            f"{len(long)} edges are longer than {LONG_EDGE_M:.0f} m (up to {long.max():.0f} m).", None, len(long)
        )


@check("many-vertices", Severity.ADVICE, "more vertices than a surveyed outline has")
def many_vertices(it: Examined) -> Iterator[Flaw]:
    n = len(it.raw.coordinates)
    if n > MANY_VERTICES:
        yield Flaw(f"The geometry has {n} vertices; outlines of more than {MANY_VERTICES} are rarely meant.", None, n)


# --- is its topology sound? -------------------------------------------------------------------------------------------


def _topology(it: Examined, starts: tuple[str, ...], message: str) -> Iterator[Flaw]:
    if it.reason is None or it.shape is None or not it.reason.startswith(starts):
        return
    repairs = _repairs(it)
    more = "" if repairs else " It is too tangled for a repair to be proposed: have it drawn again."
    yield Flaw(message + more, _reason_place(it.reason), 1, repairs)


@check("self-crossing", Severity.ERROR, "edges that cross or touch")
def self_crossing(it: Examined) -> Iterator[Flaw]:
    yield from _topology(it, ("Self-intersection", "Ring Self-intersection"), "Its edges cross or touch each other.")


@check("hole-outside", Severity.ERROR, "a hole that is not inside its shell")
def hole_outside(it: Examined) -> Iterator[Flaw]:
    for flaw in _topology(it, ("Hole lies outside shell",), "A hole lies outside its shell."):
        without = Raw(it.raw.kind, tuple(Part(part.kind, _inner_paths(part)) for part in it.raw.parts))
        yield replace(
            flaw, proposals=_proposed("leave out the holes outside their shell", without.assemble()) + flaw.proposals
        )


@check("nested", Severity.ERROR, "holes in holes, shells in shells, duplicate rings")
def nested(it: Examined) -> Iterator[Flaw]:
    starts = ("Holes are nested", "Nested shells", "Nested holes", "Duplicate Rings", "Duplicate rings")
    yield from _topology(it, starts, "Rings of the same kind lie in or on one another.")


@check("split-inside", Severity.ERROR, "holes that cut the polygon apart")
def split_inside(it: Examined) -> Iterator[Flaw]:
    yield from _topology(it, ("Interior is disconnected",), "Its holes cut the inside into separate pieces.")


@check("clockwise-shell", Severity.NOTE, "orientation, information only: areas do not depend on it")
def clockwise_shell(it: Examined) -> Iterator[Flaw]:
    if it.shape is None or it.reason is not None:
        return
    shells = [part.paths[0] for part in it.raw.parts if part.kind == "Polygon" and len(part.paths[0])]
    clockwise = [shell for shell in shells if not shapely.is_ccw(shapely.LinearRing(closed(shell)))]
    if clockwise:
        turned = shapely.orient_polygons(it.shape)
        yield Flaw(
            f"{len(clockwise)} of {len(shells)} outer rings run clockwise.",
            _place(clockwise[0][0]),
            len(clockwise),
            _proposed("turn them, as RFC 7946 asks", turned),
        )


CHECKS: Mapping[str, Check[Examined]] = registry(
    unreadable,
    empty,
    wrong_type,
    not_a_number,
    out_of_range,
    swapped_axes,
    outside_site,
    crosses_antimeridian,
    too_few_vertices,
    not_closed,
    duplicate_vertices,
    repeated_vertex,
    spike,
    long_edge,
    many_vertices,
    self_crossing,
    hole_outside,
    nested,
    split_inside,
    clockwise_shell,
)
"""Every check of one geometry, by code."""


# --- helpers ----------------------------------------------------------------------------------------------------------


def _kinds(raw: Raw) -> list[tuple[str, Path]]:
    return [(part.kind, path) for part in raw.parts for path in part.paths]


def _paths(raw: Raw) -> list[Path]:
    return [path for part in raw.parts if part.kind != "Point" for path in part.paths if len(path)]


def _place(position: NDArray[np.float64]) -> tuple[float, float]:
    return float(position[0]), float(position[1])


def _reason_place(reason: str) -> tuple[float, float] | None:
    """The point in GEOS's reason, "Self-intersection[38.2 34.5]"."""
    try:
        x, y = reason[reason.index("[") + 1 : reason.index("]")].split()[:2]
        return float(x), float(y)
    except ValueError:
        return None


def _proposed(action: str, geometry: BaseGeometry | None) -> tuple[Proposal, ...]:
    if geometry is None or geometry.is_empty:
        return ()
    try:
        return (Proposal(action, geometry, measure.area(geometry)),)
    except GeometryError:  # another flaw keeps it from being measured; that one has its own finding
        return ()


def _swapped(raw: Raw) -> Raw:
    return raw.changed(lambda path, _: np.concatenate([path[:, 1::-1], path[:, 2:]], axis=1))


def _meets(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _inner_paths(part: Part) -> tuple[Path, ...]:
    """The shell and the holes that lie in it."""
    shell = shapely.Polygon(closed(part.paths[0])) if part.kind == "Polygon" else None
    if shell is None or not shell.is_valid:
        return part.paths
    return part.paths[:1] + tuple(hole for hole in part.paths[1:] if shell.covers(shapely.LinearRing(closed(hole))))


def _repairs(it: Examined) -> tuple[Proposal, ...]:
    """Repairs of an invalid polygon: nodes added where edges cross, and the outline that leaves nothing out."""
    shape, raw = it.shape, it.raw
    if shape is None or len(raw.coordinates) > REPAIR_VERTICES or it.tangle.pairs > REPAIR_PAIRS:
        return ()
    try:
        split = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.errors.GEOSException:
        return ()
    hull = shapely.convex_hull(shapely.MultiPoint(raw.coordinates))
    return (
        *_proposed("rebuild it from its rings, split where edges cross", split),
        *_proposed("take the convex outline around every vertex (leaves no ground out)", hull),
    )
