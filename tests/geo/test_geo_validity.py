import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Severity, check, registry
from tetrapylon.geo.validity import CHECKS, examine, require_usable

SITE = shapely.box(38.1, 34.4, 38.4, 34.7)
A, B, C, D = (38.26, 34.55), (38.27, 34.55), (38.27, 34.56), (38.26, 34.56)
SQUARE = [A, B, C, D, A]
NAN, INF = float("nan"), float("inf")


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[list(p) for p in ring] for ring in rings]}


def found(geometry, **options):
    return {f.code: f for f in examine(geometry, **options)}


def errors(geometry, **options):
    return [f.code for f in examine(geometry, **options) if f.severity is Severity.ERROR]


def test_a_good_square_has_no_findings():
    assert examine(polygon(SQUARE), site=SITE, expected={"Polygon"}) == ()
    assert require_usable(polygon(SQUARE)).equals(shapely.Polygon(SQUARE))


@pytest.mark.parametrize(
    ("code", "geometry"),
    [
        ("unreadable", {"type": "Polygon", "coordinates": "38 34"}),
        ("unreadable", {"type": "Ploygon", "coordinates": []}),
        ("unreadable", {}),
        ("empty", None),
        ("empty", polygon()),
        ("empty", shapely.Polygon()),
        ("not-a-number", polygon([A, B, (NAN, 34.56), C, D, A])),
        ("not-a-number", polygon([A, B, (38.27, INF), C, D, A])),
        ("not-a-number", polygon([A, B, ("38.27", 34.555), C, D, A])),
        ("not-a-number", polygon([A, B, (True, 34.555), C, D, A])),
        ("not-a-number", polygon([A, B, (38.27,), C, D, A])),
        ("not-a-number", polygon([A, B, (10**400, 34.5), C, D, A])),
        ("out-of-range", polygon([(433000, 3823000), (434000, 3823000), (434000, 3824000), (433000, 3823000)])),
        ("too-few-vertices", polygon([A, B, A])),
        ("too-few-vertices", polygon([A, A, A, A])),
        ("too-few-vertices", {"type": "LineString", "coordinates": [A]}),
        ("not-closed", polygon([A, B, C, D])),
        ("duplicate-vertices", polygon([A, B, B, C, D, A])),
        ("duplicate-vertices", polygon([A, B, C, D, (38.2600004, 34.5500004), A])),
        ("repeated-vertex", polygon([A, B, C, (38.265, 34.555), D, (38.262, 34.558), (38.265, 34.555), A])),
        ("spike", polygon([A, B, (38.28, 34.55), (38.27, 34.5501), C, D, A])),
        ("long-edge", polygon([A, (38.4, 34.55), (38.4, 34.56), D, A])),
        ("self-crossing", polygon([A, C, B, D, A])),
        ("hole-outside", polygon(SQUARE, [(39, 35), (39.01, 35), (39.01, 35.01), (39, 35)])),
        (
            "nested",
            {
                "type": "MultiPolygon",
                "coordinates": [[SQUARE], [[(38.262, 34.552), (38.264, 34.552), (38.264, 34.554), (38.262, 34.552)]]],
            },
        ),
        (
            "split-inside",
            polygon(SQUARE, [(38.26, 34.555), (38.265, 34.554), (38.27, 34.555), (38.265, 34.556), (38.26, 34.555)]),
        ),
        ("crosses-antimeridian", polygon([(179.9, 0), (-179.9, 0), (-179.9, 0.1), (179.9, 0.1), (179.9, 0)])),
        ("clockwise-shell", polygon(SQUARE[::-1])),
    ],
)
def test_each_flaw_is_named(code, geometry):
    assert code in found(geometry)


def test_every_check_is_exercised_above_or_below():
    named = {mark.args[0] for mark in ()} | {p[0] for p in test_each_flaw_is_named.pytestmark[0].args[1]}
    elsewhere = {"wrong-type", "swapped-axes", "outside-site", "many-vertices"}
    assert named | elsewhere == set(CHECKS)


def test_the_closing_edge_is_measured_too():
    """Three short edges and a closing one of 9 km; the field's reference checker leaves the last out."""
    open_ring = [A, (38.29, 34.55), (38.32, 34.551), (38.36, 34.552)]
    flaw = found(polygon(open_ring))["long-edge"]
    assert flaw.count == 1
    assert f"{measure.distance(*A, *open_ring[-1]):.0f} m" in flaw.message


def test_repairs_are_proposed_and_lead_to_a_usable_geometry():
    area = measure.area(shapely.Polygon(SQUARE))
    cases = {
        "not-closed": (polygon([A, B, C, D]), area),
        "not-a-number": (polygon([A, B, (NAN, 34), C, D, A]), area),
        "duplicate-vertices": (polygon([A, A, B, C, C, C, D, A]), area),
        "spike": (polygon([A, B, (38.28, 34.55), (38.27, 34.5501), C, D, A]), area),
        "self-crossing": (polygon([A, C, B, D, A]), area / 2),
        "hole-outside": (polygon(SQUARE, [(39, 35), (39.01, 35), (39.01, 35.01), (39, 35)]), area),
        "out-of-range": (polygon([(y, x + 90) for x, y in SQUARE]), None),
    }
    for code, (geometry, expected) in cases.items():
        proposal = found(geometry)[code].proposals[0]
        assert errors(proposal.geometry) == [], code
        if expected is not None:
            assert proposal.area_m2 == pytest.approx(expected, rel=1e-3), code


def test_a_tangled_outline_may_be_taken_so_that_no_ground_is_left_out():
    """Cutting a bow tie at its crossing halves the area; the convex outline is the cautious proposal."""
    split, hull = found(polygon([A, C, B, D, A]))["self-crossing"].proposals
    assert hull.area_m2 == pytest.approx(2 * split.area_m2, rel=1e-3)
    assert shapely.covers(hull.geometry, shapely.MultiPoint([A, B, C, D]))


def test_nothing_is_changed_silently():
    geometry = polygon([A, B, B, C, D])
    before = json.dumps(geometry)
    examine(geometry, site=SITE)
    assert json.dumps(geometry) == before
    with pytest.raises(GeometryError, match="not closed") as caught:
        require_usable(geometry)
    assert "repeat the first vertex" in caught.value.hint


def test_swapped_axes_are_suspected_against_the_site():
    swapped = polygon([(y, x) for x, y in SQUARE])
    flaw = found(swapped, site=SITE)["swapped-axes"]
    assert flaw.proposals[0].geometry.equals(shapely.Polygon(SQUARE))
    assert "swapped-axes" not in found(swapped)  # without a site nothing is suspected
    elsewhere = found(polygon([(x - 10, y) for x, y in SQUARE]), site=SITE)
    assert "outside-site" in elsewhere
    assert "swapped-axes" not in elsewhere


def test_wrong_type_is_named_with_what_is_expected():
    line = {"type": "LineString", "coordinates": [A, B]}
    assert "LineString" in found(line, expected={"Polygon", "MultiPolygon"})["wrong-type"].message
    assert errors(line) == []


def test_heights_survive_a_repair():
    geometry = polygon([(*A, 400.0), (*B, 401.0), (*C, 402.0), (*D, 403.0)])
    repaired = found(geometry)["not-closed"].proposals[0].geometry
    assert repaired.has_z
    assert repaired.exterior.coords[1][2] == 401.0


def test_nested_collections_have_a_bottom():
    geometry = {"type": "Point", "coordinates": list(A)}
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert errors(geometry) == ["unreadable"]


def test_dense_traces_are_thinned_to_the_tolerance_not_to_nothing():
    angle = np.linspace(0, 2 * np.pi, 4001)
    ring = np.c_[38.26 + 1e-4 * np.cos(angle), 34.55 + 1e-4 * np.sin(angle)]
    ring[-1] = ring[0]
    thin = found(polygon(ring.tolist()))["duplicate-vertices"].proposals[0]
    corners = np.array(thin.geometry.exterior.coords)
    assert len(corners) < 1000
    assert (np.abs(np.diff(corners[:-1], axis=0)).max(axis=1) > 1e-6).all()
    assert thin.area_m2 == pytest.approx(measure.area(shapely.Polygon(ring)), rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("tangled", [False, True])
def test_a_million_vertices(tangled):
    """Hostile size: examined, never repaired, in bounded time."""
    n = 1_000_000
    rng = np.random.default_rng(4)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    xy = rng.random((n, 2)) * 0.1 if tangled else np.c_[np.cos(angle), np.sin(angle)]
    xy = np.r_[xy, xy[:1]] + [38.2, 34.5]
    flaws = found(shapely.Polygon(xy))
    assert flaws["many-vertices"].count == n + 1
    assert ("self-crossing" in flaws) == tangled
    if tangled:
        assert flaws["self-crossing"].proposals == ()


def test_a_small_tangle_is_not_repaired_at_any_price():
    xy = np.random.default_rng(5).random((3000, 2)) * 0.1 + [38.2, 34.5]
    flaw = found(polygon(xy.tolist()))["self-crossing"]
    assert flaw.proposals == ()
    assert "drawn again" in flaw.message


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3), lambda x: st.lists(x, max_size=4), max_leaves=20
    )
)
def test_no_junk_breaks_the_checks(junk):
    for kind in ("Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection"):
        for finding in examine({"type": kind, "coordinates": junk, "geometries": junk}):
            assert finding.message


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9))
def test_errors_agree_with_geos(points):
    """A closed ring of at least three different corners has an error exactly where GEOS calls it invalid."""
    ring = [(38.26 + x / 1000, 34.55 + y / 1000) for x, y in points]
    ring.append(ring[0])
    if len(set(ring)) >= 3:
        assert bool(errors(polygon(ring))) == (not shapely.Polygon(ring).is_valid)


def test_a_registry_is_frozen_and_its_codes_are_unique():
    with pytest.raises(TypeError):
        CHECKS["new"] = CHECKS["empty"]
    one = check("same", Severity.NOTE, "one")(lambda subject: ())
    with pytest.raises(ValueRangeError):
        registry(one, one)
