"""opening + newly found + reopened = cancelled + reduced + cleared + closing."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tetrapylon.clear.ledger import Balance, balance
from tetrapylon.clear.ledger.balance import Verdict
from tetrapylon.model import Bound, Claim, HazardArea, Interval, LandRelease, Stated, When
from tetrapylon.model.terms import AreaClassification, AreaStatus, DepthDatum, ReleaseKind, SearchMethod

AFTER, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
IN_PERIOD = dt.date(2025, 6, 1)


def area(
    name: str, m2: float | None, status: AreaStatus = AreaStatus.OPEN, bound: Bound = Bound.EXACT
) -> Claim[HazardArea]:
    body = HazardArea(
        local_id=name,
        classification=AreaClassification.CHA,
        recorded=When(AFTER),
        status=status,
        declared_area=None if m2 is None else Stated(m2, bound),
    )
    return Claim(uid=name, body=body, entry="", party="p", known="2025-01-01")


def release(name: str, m2: float, kind: ReleaseKind, on: dt.date = IN_PERIOD) -> Claim[LandRelease]:
    body = LandRelease(
        local_id=name,
        date=When(on),
        kind=kind,
        decided_by="authority",  # type: ignore[arg-type]
        declared_area=Stated(m2),
        depth=0.2,
        depth_datum=DepthDatum.PRE_EVENT_GROUND,
        methods=(SearchMethod.MANUAL,),
    )
    return Claim(uid=name, body=body, entry="", party="p", known="2025-06-01")


def book(opening: list[Claim[HazardArea]], closing: list[Claim[HazardArea]], *releases: Claim[LandRelease]) -> Balance:
    return balance(opening, closing, releases, after=AFTER, until=UNTIL)


def test_a_year_that_balances() -> None:
    result = book(
        [area("a", 10_000), area("b", 5_000), area("c", 700, AreaStatus.CLOSED)],
        [area("a", 10_000, AreaStatus.CLOSED), area("b", 5_000), area("c", 700, AreaStatus.REOPENED), area("d", 300)],
        release("r1", 6_000, ReleaseKind.CLEARED),
        release("r2", 1_000, ReleaseKind.REDUCED),
        release("r3", 3_000, ReleaseKind.CANCELLED),
        release("r4", 99, ReleaseKind.CLEARED, dt.date(2026, 1, 1)),
        release("r5", 99, ReleaseKind.CLEARED, AFTER),
    )
    assert (result.opening, result.found, result.reopened) == (
        Interval(15_000, 15_000), Interval(300, 300), Interval(700, 700)
    )  # fmt: skip
    assert (result.cancelled, result.reduced, result.cleared) == (
        Interval(3_000, 3_000), Interval(1_000, 1_000), Interval(6_000, 6_000)
    )  # fmt: skip
    assert result.closing == Interval(6_000, 6_000)
    assert result.verdict is Verdict.BALANCES
    assert result.arithmetic == "15,000 + 300 + 700 = 3,000 + 1,000 + 6,000 + 6,000 m2, difference 0 m2: balances"


def test_ground_that_vanishes_without_a_release_shows() -> None:
    result = book([area("a", 10_000)], [area("a", 10_000, AreaStatus.CLOSED)], release("r", 4_000, ReleaseKind.CLEARED))
    assert result.difference == Interval(6_000, 6_000)
    assert result.verdict is Verdict.DOES_NOT_BALANCE


def test_an_area_nobody_declared_leaves_it_undetermined_and_is_named() -> None:
    result = book([area("a", None)], [area("a", None)])
    assert result.verdict is Verdict.UNDETERMINED
    assert result.undeclared == ("a",)


def test_a_declared_area_that_changes_between_views_is_named() -> None:
    result = book([area("a", 10_000)], [area("a", 9_000)])
    assert result.restated == ("a",)
    assert result.verdict is Verdict.DOES_NOT_BALANCE


def test_about_leaves_room_and_says_so() -> None:
    closed = area("a", 10_000, AreaStatus.CLOSED, Bound.ABOUT)
    result = book([area("a", 10_000, bound=Bound.ABOUT)], [closed], release("r", 9_800, ReleaseKind.CLEARED))
    assert result.verdict is Verdict.BALANCES
    assert result.by_about


def test_one_area_told_by_two_parties_counts_once() -> None:
    result = book([area("a", 10_000), area("a", 12_000)], [area("a", 10_000)])
    assert result.opening == Interval(10_000, 10_000)


sizes = st.integers(1, 10**9)


@given(st.lists(sizes, max_size=8), st.lists(sizes, max_size=8), st.data())
def test_what_is_released_whole_always_balances(kept: list[int], released: list[int], data: st.DataObject) -> None:
    opening = [area(f"k{i}", m2) for i, m2 in enumerate(kept)] + [area(f"r{i}", m2) for i, m2 in enumerate(released)]
    closing = [area(f"k{i}", m2) for i, m2 in enumerate(kept)]
    closing += [area(f"r{i}", m2, AreaStatus.CLOSED) for i, m2 in enumerate(released)]
    kinds = data.draw(st.lists(st.sampled_from(list(ReleaseKind)), min_size=len(released), max_size=len(released)))
    releases = [release(f"x{i}", m2, kind) for i, (m2, kind) in enumerate(zip(released, kinds, strict=True))]
    result = book(opening, closing, *releases)
    assert result.difference == Interval(0, 0)
    assert result.verdict is Verdict.BALANCES
    if releases:
        assert book(opening, closing, *releases[1:]).difference.lo == released[0]
