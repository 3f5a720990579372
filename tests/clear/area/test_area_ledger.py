"""The area identity on polygons, accounts and withheld releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.area import PieceKind, Standing, accounts, area_ledger, identity, posted, standing, withheld
from tetrapylon.clear.release.dangers import Danger, Kind, dangers
from tetrapylon.clear.release.seen import Seen
from tetrapylon.clear.survey import Parcel, Product
from tetrapylon.geo import measure
from tetrapylon.model import (
    Bound,
    Claim,
    DetectorSignal,
    DetectorSweep,
    HazardArea,
    Incident,
    Interval,
    LandRelease,
    OrdnanceItem,
    Precision,
    Ref,
    Stated,
    When,
)
from tetrapylon.model.terms import (
    AreaClassification,
    AreaStatus,
    DepthDatum,
    IncidentKind,
    OrdnanceCategory,
    ReleaseKind,
    SearchMethod,
    SignalOutcome,
)

LON, LAT = 38.26, 34.55
AFTER, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
JUNE, JULY = dt.date(2025, 6, 1), dt.date(2025, 7, 1)
RELEASES = (Product.CANCELLED, Product.REDUCED, Product.CLEARED)


def box(x: float = 0, y: float = 0, width: float = 100, height: float = 100) -> shapely.Polygon:
    east, north = 1 / 91_800, 1 / 110_940
    return shapely.box(LON + x * east, LAT + y * north, LON + (x + width) * east, LAT + (y + height) * north)


def m2(*shapes: shapely.Geometry) -> float:
    return float(measure.areas(list(shapes), edges="lonlat").sum())


def parcel(name: str, product: Product, shape: Any, **more: Any) -> Parcel:
    return Parcel(name, name, product, shape, **more)


def at(*parcels: Parcel) -> Standing:
    return Standing(AFTER, parcels)


def hazard(name: str, shape: Any, *, closed: bool = False) -> Parcel:
    return parcel(name, Product.HAZARD, shape, closed=closed)


# --- the identity -----------------------------------------------------------------------------------------------------

ring = st.lists(st.floats(0.3, 1.0), min_size=5, max_size=30).map(
    lambda radii: shapely.Polygon(
        [
            (LON + 0.02 * r * np.cos(a), LAT + 0.02 * r * np.sin(a))
            for r, a in zip(radii, np.linspace(0, 2 * np.pi, len(radii), endpoint=False), strict=True)
        ]
    )
)
cuts = st.lists(
    st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.floats(0, np.pi)), min_size=1, max_size=8
)  # fmt: skip


def parts_of(whole: shapely.Polygon, lines: list[tuple[float, float, float]]) -> list[shapely.Polygon]:
    """The polygon cut along straight lines."""
    drawn = [
        shapely.LineString(
            [(LON + x - np.cos(a), LAT + y - np.sin(a)), (LON + x + np.cos(a), LAT + y + np.sin(a))]
        )
        for x, y, a in lines
    ]  # fmt: skip
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([whole.boundary, *drawn])]))
    return [f for f in faces if whole.contains(shapely.point_on_surface(f))]


@settings(max_examples=80, deadline=None)
@given(ring, cuts, st.data())
def test_any_partition_of_a_polygon_posts_back_to_its_area(whole: Any, lines: Any, data: st.DataObject) -> None:
    """About 9 km2 cut along up to 8 lines; each part cancelled, reduced, cleared or still open."""
    parts = parts_of(whole, lines)
    kinds = data.draw(st.lists(st.sampled_from((*RELEASES, None)), min_size=len(parts), max_size=len(parts)))
    releases = [parcel(f"r{i}", k, p) for i, (k, p) in enumerate(zip(kinds, parts, strict=True)) if k]
    left = [p for k, p in zip(kinds, parts, strict=True) if k is None]
    closing = [hazard("h", shapely.union_all(left))] if left else [hazard("h", whole, closed=True)]
    result = identity(at(hazard("h", whole)), at(*closing), releases)
    assert result.opening == pytest.approx(m2(whole), abs=1e-3)
    posted = result.cancelled + result.reduced + result.cleared + result.closing
    assert posted == pytest.approx(m2(whole), abs=1.0)
    assert result.balances is True
    covered = sum(a.covered for a in accounts(releases)) + m2(*left)
    assert covered == pytest.approx(m2(whole), abs=1.0)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_the_difference_is_always_taken_apart(data: st.DataObject) -> None:
    """left - right = lost - outside + twice left - twice right, whatever the outlines."""

    def some(name: str, products: tuple[Product, ...]) -> list[Parcel]:
        spots = data.draw(
            st.lists(
                st.tuples(
                    st.integers(0, 9), st.integers(0, 9), st.integers(1, 5), st.sampled_from(products), st.booleans()
                ),
                max_size=6,
            )
        )
        return [
            parcel(f"{name}{i}", product, box(20 * x, 20 * y, 20 * w, 60), closed=closed and product is Product.HAZARD)
            for i, (x, y, w, product, closed) in enumerate(spots)
        ]

    result = identity(at(*some("h", (Product.HAZARD,))), at(*some("h", (Product.HAZARD,))), some("r", RELEASES))
    apart = result.lost_m2 - result.outside_m2 + result.twice_left_m2 - result.twice_right_m2
    assert result.difference == pytest.approx(apart, abs=0.01)


def test_a_year_that_balances() -> None:
    opening = [hazard("a", box()), hazard("b", box(200)), hazard("c", box(400), closed=True)]
    closing = [
        hazard("a", box(), closed=True),
        hazard("b", box(260, 0, 40)),
        hazard("c", box(400)),
        hazard("d", box(600, 0, 10)),
    ]
    releases = [
        parcel("r1", Product.CLEARED, box()),
        parcel("r2", Product.CANCELLED, box(200, 0, 30)),
        parcel("r3", Product.REDUCED, box(230, 0, 30)),
    ]
    result = identity(at(*opening), at(*closing), releases)
    assert result.balances is True
    rounded = [
        round(v, -1)
        for v in (result.opening, result.found, result.reopened, result.cancelled, result.reduced, result.cleared)
    ]
    assert rounded == [20_000, 1_000, 10_000, 3_000, 3_000, 10_000]
    assert result.arithmetic.endswith("balances (lost 0, outside 0, counted twice 0 and 0 m2)")


def test_as_much_lost_as_counted_twice_does_not_balance() -> None:
    releases = [parcel("r1", Product.CLEARED, box(0, 0, 60)), parcel("r2", Product.REDUCED, box(20, 0, 40))]
    result = identity(at(hazard("a", box())), at(hazard("a", box(), closed=True)), releases)
    assert result.difference == pytest.approx(0.0, abs=1.0)
    assert result.balances is False
    assert result.lost_m2 == pytest.approx(result.twice_right_m2, abs=1.0)
    assert (
        result.lost.equals_exact(box(60, 0, 40), 1e-9) or result.lost.symmetric_difference(box(60, 0, 40)).area < 1e-12
    )


def test_a_missing_outline_leaves_it_undetermined() -> None:
    result = identity(
        at(hazard("a", box()), hazard("undrawn", None)), at(hazard("a", box()), hazard("undrawn", None)), []
    )
    assert result.balances is None
    assert result.undrawn == ("undrawn",)
    assert "undetermined" in result.arithmetic


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_other_depths_data_and_methods_are_other_accounts() -> None:
    def cleared(name: str, x: float, depth: float, datum: str, *methods: str) -> Parcel:
        return parcel(name, Product.CLEARED, box(x), depth=depth, datum=datum, methods=methods, start=JUNE)

    found = accounts(
        [
            cleared("a", 0, 0.2, "rubble_top", "manual"),
            cleared("b", 50, 0.2, "rubble_top", "manual"),
            cleared("c", 0, 0.2, "pre_event_ground", "manual"),
            cleared("d", 0, 0.5, "rubble_top", "manual"),
            cleared("e", 0, 0.2, "rubble_top", "dogs", "manual"),
        ]
    )
    assert [a.names for a in found] == [("e",), ("c",), ("a", "b"), ("d",)]
    both = found[2]
    assert both.posted == pytest.approx(m2(box(), box(50)))
    assert both.covered == pytest.approx(m2(box(0, 0, 150)), abs=0.01)
    assert both.double_counted == pytest.approx(m2(box(50, 0, 50)), abs=0.01)
    assert str(both.terms) == "cleared, manual, 0.2 m below rubble top"


def test_declared_against_computed() -> None:
    (account,) = accounts(
        [
            parcel("a", Product.CANCELLED, box(), declared=Stated(10_000, Bound.AT_LEAST)),
            parcel("b", Product.CANCELLED, box(500), declared=Stated(20_000)),
        ]
    )
    assert account.declared == Interval(30_000, np.inf)
    assert account.declared_less_covered.lo == pytest.approx(10_000, abs=100)
    (open_above,) = accounts([parcel("a", Product.CANCELLED, box()), parcel("b", Product.CANCELLED, None)])
    assert open_above.declared == Interval(0, np.inf)
    assert open_above.undeclared == ("a", "b")
    assert open_above.undrawn == ("b",)


def test_periods() -> None:
    posted = [
        parcel("early", Product.CLEARED, box(), start=AFTER),
        parcel("in", Product.CLEARED, box(), start=JUNE),
        parcel("undated", Product.CLEARED, box()),
        parcel("late", Product.CLEARED, box(), start=JUNE, end=dt.date(2026, 1, 1)),
    ]
    (account,) = accounts(posted, after=AFTER, until=UNTIL)
    assert account.names == ("in", "undated")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=8))
def test_double_count_is_never_negative_and_sum_less_union(spots: list[tuple[int, int]]) -> None:
    shapes = [box(10 * x, 0, 10 * w) for x, w in spots]
    found = accounts([parcel(str(i), Product.REDUCED, s) for i, s in enumerate(shapes)])
    for account in found:
        assert account.double_counted >= 0
        assert account.double_counted == pytest.approx(m2(*shapes) - m2(shapely.union_all(shapes)), abs=0.01)


# --- claims: withheld, and the whole ledger ---------------------------------------------------------------------------


def claim(uid: str, body: Any, **more: Any) -> Claim[Any]:
    return Claim(uid=uid, body=body, entry="", party="p", known="2025-01-01", **more)


def area(uid: str, shape: Any, status: AreaStatus = AreaStatus.OPEN) -> Claim[HazardArea]:
    body = HazardArea(classification=AreaClassification.CHA, recorded=When(AFTER), status=status, geometry=shape)
    return claim(uid, body)


def release(
    uid: str, shape: Any, on: dt.date = JUNE, precision: Precision = Precision.DAY, *, area_of: tuple[str, ...] = (),
    **more: Any,
) -> Claim[Any]:  # fmt: skip
    body = LandRelease(
        area_of=area_of,  # type: ignore[arg-type]
        date=When(on, precision),
        kind=ReleaseKind.CLEARED,
        decided_by="authority",  # type: ignore[arg-type]
        geometry=shape,
        depth=0.2,
        depth_datum=DepthDatum.PRE_EVENT_GROUND,
        methods=(SearchMethod.MANUAL,),
    )
    return claim(uid, body, **more)


def find(on: dt.date, shape: Any) -> tuple[Danger, ...]:
    item = OrdnanceItem(found=When(on), category=OrdnanceCategory.AP_MINE, geometry=shape)
    return dangers(Seen(structures=(), ordnance=(claim("item", item),)))


INSIDE = shapely.Point(LON + 5e-4, LAT + 5e-4)
BESIDE = shapely.Point(LON - 1e-4, LAT + 5e-4)


def test_a_find_in_released_land_withholds_it_at_once() -> None:
    result = withheld([release("r", box()), release("other", box(500))], find(JUNE, INSIDE))
    (alert,) = result.alerts
    assert (alert.release, alert.since, alert.because, alert.surely_inside) == ("r", JUNE, ("item", "r"), True)
    assert "find" in alert.text
    assert result.releases == {"r"}


def test_a_find_before_the_release_or_elsewhere_does_not() -> None:
    assert not withheld([release("r", box(), JULY)], find(JUNE, INSIDE)).alerts
    assert not withheld([release("r", box())], find(JULY, BESIDE)).alerts


def test_doubt_about_the_day_falls_on_the_side_of_danger() -> None:
    assert withheld([release("r", box(), dt.date(2025, 1, 1), Precision.YEAR)], find(AFTER, INSIDE)).alerts


def test_doubt_about_the_place_falls_on_the_side_of_danger() -> None:
    (danger,) = find(JULY, BESIDE)
    near = replace(danger, accuracy=50.0)
    (alert,) = withheld([release("r", box())], [near]).alerts
    assert not alert.surely_inside
    assert not withheld([release("r", box())], [replace(danger, accuracy=2.0)]).alerts


def test_an_accident_withholds_and_what_has_no_place_is_listed() -> None:
    accident = Incident(date=When(JULY), kind=IncidentKind.ACCIDENT, geometry=INSIDE)
    nowhere = Incident(date=When(JULY), kind=IncidentKind.ACCIDENT, local_id="nowhere")
    seen = Seen(structures=(), incidents=(claim("acc", accident), claim("nowhere", nowhere)))
    result = withheld([release("r", box())], dangers(seen))
    assert [a.because[0] for a in result.alerts] == ["acc"]
    assert result.unplaced == ("nowhere",)


def signals(*bodies: DetectorSignal, grounds: Sequence[Any] = ()) -> tuple[Danger, ...]:
    sweeps = [claim("sweep", DetectorSweep(method=SearchMethod.MANUAL, start=When(JULY), geometry=g)) for g in grounds]
    return dangers(Seen(structures=(), sweeps=sweeps, signals=[claim(str(b.local_id), b) for b in bodies]))


def signal(name: str, shape: Any, outcome: SignalOutcome = SignalOutcome.OPEN, **more: Any) -> DetectorSignal:
    return DetectorSignal(local_id=name, date=When(JULY), sweep=Ref("sweep"), outcome=outcome, geometry=shape, **more)


def test_signals_that_nobody_dug_for_withhold_a_release_together() -> None:
    met = signals(signal("s2", INSIDE), signal("s1", INSIDE), signal("far", BESIDE))
    (alert,) = withheld([release("r", box())], met).alerts
    assert "3 detector signals not investigated, among them far" in alert.text
    assert not withheld([release("r", box())], signals(signal("s1", INSIDE, SignalOutcome.CLUTTER))).alerts


def test_a_signal_keeps_its_own_accuracy_beside_others() -> None:
    near, vague = signal("near", BESIDE, position_accuracy=30.0), signal("vague", BESIDE)
    assert withheld([release("r", box())], signals(near)).releases == {"r"}
    assert withheld([release("r", box())], signals(vague, near)).releases == {"r"}


def test_an_item_at_a_signal_that_is_not_on_record_withholds() -> None:
    assert withheld([release("r", box())], signals(signal("s1", INSIDE, SignalOutcome.ITEM))).releases == {"r"}


def test_a_signal_without_a_position_lies_on_the_ground_of_its_sweep() -> None:
    lost = signal("s1", None)
    both = [release("r", box()), release("other", box(500))]
    assert withheld(both, signals(lost, grounds=[box()])).releases == {"r"}
    assert withheld(both, signals(lost, grounds=[box(), box(500)])).releases == {"r", "other"}
    line = shapely.LineString([(LON, LAT), (LON + 1e-3, LAT)])
    bow_tie = shapely.Polygon([(LON, LAT), (LON + 1e-3, LAT + 1e-3), (LON + 1e-3, LAT), (LON, LAT + 1e-3)])
    for grounds in ([], [None], [box(500), None], [line], [bow_tie, bow_tie]):
        assert withheld(both, signals(lost, grounds=grounds)).unplaced == ("s1",), "it may lie anywhere"
    assert withheld(both, signals(signal("empty", shapely.Point()), lost)).unplaced == ("empty", "s1")


def test_a_failed_check_that_names_the_release_withholds_it_wherever_it_was() -> None:
    check = replace(find(JULY, BESIDE)[0], kind=Kind.CHECK, geometry=None, about=("r",))
    result = withheld([release("r", None), release("other", box())], [check])
    assert result.releases == {"r"}
    assert result.unplaced == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 28)), max_size=10))
def test_withheld_is_what_the_double_loop_finds(spots: list[tuple[int, int]]) -> None:
    releases = [release(f"r{i}", box(60.0 * i), dt.date(2025, 6, 1 + 5 * i)) for i in range(5)]
    met = [
        replace(find(dt.date(2025, 6, day), shapely.Point(box(10.0 * x).exterior.coords[0]))[0], uid=f"d{k}")
        for k, (x, day) in enumerate(spots)
    ]
    wanted = {
        (r.uid, d.uid)
        for r in releases
        for d in met
        if r.body.geometry.intersects(d.geometry) and d.end.date >= r.body.date.date
    }
    assert {(a.release, a.because[0]) for a in withheld(releases, met).alerts} == wanted


def test_a_dispute_withholds() -> None:
    (alert,) = withheld([release("r", box(), disputed_by=("x",))], ()).alerts
    assert "disputed" in alert.text
    (alert,) = withheld([release("r", box(), contested=True)], ()).alerts
    assert "contradict" in alert.text


def test_a_later_area_on_record_is_not_an_alert_but_newly_found() -> None:
    danger = replace(find(JULY, INSIDE)[0], kind=Kind.AREA)
    assert not withheld([release("r", box())], [danger]).alerts


def book_of(
    opening: list[Claim[Any]], closing: list[Claim[Any]], releases: list[Claim[Any]], **more: Any
) -> Any:  # fmt: skip
    """The ledger where all that is on record was entered in time."""
    return area_ledger(
        standing(opening, opening, releases, day=AFTER), standing(closing, closing, releases, day=UNTIL), releases,
        known_then=frozenset(c.uid for c in releases), **more,
    )  # fmt: skip


def test_the_whole_ledger() -> None:
    opening = [area("h", box())]
    closing = [area("h", box(), AreaStatus.CLOSED), area("g", box(500))]
    releases = [
        release("before", box(0, 0, 30), AFTER - dt.timedelta(days=400)),
        release("in", box(0, 0, 120)),
        release("after", box(), UNTIL + dt.timedelta(days=1)),
    ]
    book = book_of(opening, closing, releases, dangers=find(JULY, INSIDE))
    assert book.identity.balances is False
    assert book.identity.outside_m2 == pytest.approx(2_000, rel=0.01)
    assert book.cleared_outside == pytest.approx(2_000, rel=0.01)
    assert book.cleared_again == pytest.approx(3_000, rel=0.01)
    assert book.withheld.releases == {"in"}
    assert book.withheld_m2 == pytest.approx(12_000, rel=0.01)
    assert [a.names for a in book.accounts] == [("g",), ("in",)]
    assert book.identity.found == book.identity.closing > 0
    terms = [(p.kind, p.names) for p in book.pieces if p.kind.is_term]
    assert terms == [
        (PieceKind.OPENING, ("h",)),
        (PieceKind.FOUND, ("g",)),
        (PieceKind.CLEARED, ("in",)),
        (PieceKind.CLOSING, ("g",)),
    ]  # fmt: skip
    (outside,) = book.of(PieceKind.OUTSIDE)
    assert (outside.names, outside.m2) == (("in",), pytest.approx(2_000, rel=0.01))
    (held,) = book.of(PieceKind.WITHHELD)
    assert held.names == ("in",)
    assert "find" in held.text
    assert [p.names for p in book.of(PieceKind.CLEARED_AGAIN)] == [("in", "before")]


def test_an_empty_record_accounts_for_nothing() -> None:
    book = book_of([], [], [])
    assert book.identity.balances is None
    assert book.identity.verdict == "undetermined: no ground on record"
    assert book.accounts == book.pieces == ()
    assert book.cleared_outside == book.cleared_again == 0.0


def test_every_difference_is_a_piece_of_ground_with_its_records() -> None:
    opening = [area("a", box()), area("b", box(200))]
    closing = [area("a", box(), AreaStatus.CLOSED), area("b", box(200))]
    book = book_of(
        opening, closing, [release("r", box(0, 0, 60)), release("s", box(40, 0, 20)), release("t", box(250))]
    )
    (lost,) = book.of(PieceKind.LOST)
    assert (lost.names, lost.m2) == (("a",), pytest.approx(4_000, rel=0.01))
    (outside,) = book.of(PieceKind.OUTSIDE)
    assert (outside.names, outside.m2) == (("t",), pytest.approx(5_000, rel=0.01))
    (twice,) = book.of(PieceKind.TWICE)
    assert (twice.names, twice.text) == (("t", "b"), "cleared and closing")
    (shared,) = book.of(PieceKind.SHARED)
    assert shared.names == ("r", "s")
    (still,) = book.of(PieceKind.STILL_OPEN)
    assert (still.names, still.m2) == (("t", "b"), pytest.approx(5_000, rel=0.01))
    assert book.still_open == pytest.approx(still.m2)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pieces_add_up_to_the_differences(data: st.DataObject) -> None:
    """On a grid of 20 m no piece is too small to be listed, so they cover what is lost and outside."""

    def some(name: str, products: tuple[Product, ...]) -> list[Parcel]:
        spot = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5), st.sampled_from(products))
        spots = data.draw(st.lists(spot, max_size=6))
        return [parcel(f"{name}{i}", p, box(20 * x, 20 * y, 20 * w, 60)) for i, (x, y, w, p) in enumerate(spots)]

    result = identity(at(*some("h", (Product.HAZARD,))), at(*some("g", (Product.HAZARD,))), some("r", RELEASES))
    for kind, total in ((PieceKind.LOST, result.lost_m2), (PieceKind.OUTSIDE, result.outside_m2)):
        assert sum(p.m2 for p in result.differences if p.kind is kind) == pytest.approx(total, abs=0.01)
    assert m2(result.lost) == pytest.approx(result.lost_m2, abs=0.01)
    left, right = result.opening + result.found + result.reopened, result.difference
    assert (not result.differences) == (result.balances is not False)
    assert left == 0 or right == pytest.approx(
        result.lost_m2 - result.outside_m2 + result.twice_left_m2 - result.twice_right_m2, abs=0.01
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_clusters_give_what_one_union_of_everything_gives(data: st.DataObject) -> None:
    """The plain reference: unions and differences of whole sides."""
    spot = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5))
    before, after, gone = (
        [box(20 * x, 20 * y, 20 * w, 60) for x, y, w in data.draw(st.lists(spot, max_size=7))] for _ in range(3)
    )
    result = identity(
        at(*(hazard(f"h{i}", s) for i, s in enumerate(before))), at(*(hazard(f"g{i}", s) for i, s in enumerate(after))),
        [parcel(f"r{i}", Product.CLEARED, s) for i, s in enumerate(gone)],
    )  # fmt: skip
    left, right = shapely.union_all(before + after), shapely.union_all(gone + after)
    assert result.opening == pytest.approx(m2(shapely.union_all(before)), abs=0.01)
    assert result.cleared == pytest.approx(m2(shapely.union_all(gone)), abs=0.01)
    assert result.lost_m2 == pytest.approx(m2(shapely.difference(left, right)), abs=0.01)
    assert result.outside_m2 == pytest.approx(m2(shapely.difference(right, left)), abs=0.01)
    assert result.twice_left_m2 == pytest.approx(result.opening + result.found - m2(left), abs=0.01)


# --- what was entered late --------------------------------------------------------------------------------------------


def test_a_register_brought_in_late_opens_with_what_was_there() -> None:
    """All entered after the period: states of the opening come from the dates of the releases."""
    now = [
        area("before", box(), AreaStatus.CLOSED), area("within", box(200), AreaStatus.CLOSED),
        area("unsaid", box(400), AreaStatus.CLOSED), area("open", box(600)),
    ]  # fmt: skip
    releases = [
        release("r0", box(), AFTER, area_of=("before",)), release("r1", box(200), JUNE, area_of=("within",)),
    ]  # fmt: skip
    opening, closing = standing([], now, releases, day=AFTER), standing([], now, releases, day=UNTIL)
    assert opening.open == {"within", "open"}
    assert closing.open == {"open"}
    assert opening.undated == ("unsaid",)
    assert opening.entered_late == ("before", "within", "unsaid", "open")
    book = area_ledger(opening, closing, releases, known_until=frozenset())
    assert book.identity.balances is True
    assert book.identity.cleared == pytest.approx(10_000, rel=0.01)
    assert book.identity.found == 0


def test_a_release_entered_late_counts_when_the_record_let_its_area_go() -> None:
    """Decided in June, entered in January: the closing record still holds the area open, so the next year takes it."""
    before, after = [area("h", box())], [area("h", box(), AreaStatus.CLOSED)]
    entered = [release("r", box(), JUNE, area_of=("h",))]
    first = posted(entered, standing(before, before, entered, day=AFTER), standing(before, before, entered, day=UNTIL))
    assert (first.of_period, first.deferred) == ((), ("r",))
    following = standing(after, after, entered, day=dt.date(2026, 12, 31))
    second = posted(entered, standing(before, before, entered, day=UNTIL), following, known_until={"r"})
    assert (second.of_period, second.belated) == (tuple(entered), ("r",))
    in_time = posted(
        entered, standing(before, before, entered, day=AFTER), standing(after, after, entered, day=UNTIL),
        known_until={"r"},
    )  # fmt: skip
    assert in_time.of_period == tuple(entered)
    assert not in_time.deferred


def test_an_area_taken_back_is_named() -> None:
    book = book_of([area("h", box())], [], [])
    assert book.withdrawn == ("h",)
    assert book.identity.balances is False


def test_whoever_says_open_is_heard() -> None:
    """Two claims about one area, one says closed: it is open, in the opening and at the end."""
    both = [area("h", box(), AreaStatus.CLOSED), area("h", box())]
    book = book_of(both, both, [])
    assert book.identity.balances is True
    assert book.identity.opening == book.identity.closing == pytest.approx(10_000, rel=0.01)
