"""Figures of a period: the item ledger closes, nothing is added that should not be, files say the same."""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tetrapylon.errors import NotPermitted, ValueRangeError
from tetrapylon.evidence import intervals
from tetrapylon.model import (
    Claim,
    HazardArea,
    Incident,
    Interval,
    LandRelease,
    OrdnanceItem,
    Party,
    Precision,
    Stated,
    When,
)
from tetrapylon.model import terms as t
from tetrapylon.model.entity import Ref
from tetrapylon.record.record import Record
from tetrapylon.reports.figures import IATI, PERIOD, iati, write_figures
from tetrapylon.workflow.stats import Items, recorded, statistics


def closes(items: Items) -> bool:
    """Found is the sum of what became of the items, unknown included."""
    fates = (items.destroyed, items.moved, items.stored, items.handed_over, items.in_place, items.unknown)
    return intervals.add(fates) == items.found


def test_the_2991_items_of_palmyra_have_no_fate_on_record(palmyra: Record) -> None:
    found = statistics(palmyra, start="2016-03-01", end="2016-06-30", known="2025-10-31").result
    (row,) = (i for i in found.items if "cp_0012" in i.claims)
    assert row.found == row.unknown == Interval(2991.0, 2991.0)
    assert row.destroyed == row.moved == row.stored == row.handed_over == Interval(0.0, 0.0)
    assert all(map(closes, found.items))


def test_a_retelling_is_not_counted_again(palmyra: Record) -> None:
    found = statistics(palmyra, start="2016-03-01", end="2016-06-30", known="2025-10-31").result
    named = [name for i in found.items for name in i.claims]
    assert "cp_0014" not in named  # retells cp_0012
    assert len(named) == len(set(named))


def test_palmyra_has_no_release_in_any_year(palmyra: Record) -> None:
    found = statistics(palmyra, start="2010-01-01", end="2025-10-31", known="2025-10-31").result
    assert found.land == ()
    assert found.releases == ()


@pytest.fixture
def year(made_up: Record) -> Record:
    """Two releases and a third without an area in 2024, one in 2023; items with every fate; two incidents."""

    def day(month: int, of: int = 2024, precision: Precision = Precision.DAY) -> When:
        return When(dt.date(of, month, 10), precision)

    with made_up.writing() as writer:
        party: Ref[Party] = Ref(writer.claim(Party(local_id="p", label="P", kind=t.PartyKind.AUTHORITY)).entry.subject)
        writer.claim(HazardArea(local_id="a1", classification=t.AreaClassification.CHA, recorded=day(1, 2022),
                                declared_area=Stated(5000.0), contamination=(t.HazardKind.MINE,)))  # fmt: skip
        cleared = {"kind": t.ReleaseKind.CLEARED, "decided_by": party, "depth": 0.2,
                   "depth_datum": t.DepthDatum.PRESENT_SURFACE}  # fmt: skip
        dogs, both = (t.SearchMethod.DOGS,), (t.SearchMethod.MANUAL, t.SearchMethod.DOGS)
        for name, when, methods, area in (
            ("r1", day(2), both, Stated(1000.0)), ("r2", day(3), both, Stated(500.0)), ("r3", day(4), dogs, None),
            ("r0", day(5, 2023), dogs, Stated(9.0)),
        ):  # fmt: skip
            writer.claim(LandRelease(local_id=name, date=when, methods=methods, declared_area=area, **cleared))  # type: ignore[arg-type]
        writer.claim(LandRelease(local_id="r4", date=day(6), kind=t.ReleaseKind.CANCELLED, decided_by=party,
                                 declared_area=Stated(70.0)))  # fmt: skip
        for number, disposal in enumerate(t.Disposal, 1):
            writer.claim(OrdnanceItem(local_id=f"i{number}", found=day(number), category=t.OrdnanceCategory.AP_MINE,
                                      quantity=number, disposal=disposal))  # fmt: skip
        writer.claim(OrdnanceItem(local_id="later", found=day(11), category=t.OrdnanceCategory.AP_MINE, quantity=100,
                                  disposal=t.Disposal.DESTROYED, disposed=day(1, 2025)))  # fmt: skip
        writer.claim(Incident(local_id="n1", date=day(7), kind=t.IncidentKind.ACCIDENT, killed=0, injured=2))
        writer.claim(Incident(local_id="n2", date=day(1, 2024, Precision.YEAR), kind=t.IncidentKind.ACCIDENT))
    return made_up


def test_land_stands_under_all_its_methods_together(year: Record) -> None:
    found = statistics(year, start="2024-01-01", end="2024-12-31").result
    land = {(one.kind, one.methods): one for one in found.land}
    both = land["cleared", "detection dogs + manual with detector"]
    assert both.area == Interval(1500.0, 1500.0)
    dogs = land["cleared", "detection dogs"]
    assert dogs.area == Interval(0.0, math.inf)
    assert dogs.undeclared == ("r3",)
    assert land["cancelled", "method not stated"].area == Interval(70.0, 70.0)
    assert not any("r0" in one.claims for one in found.land)
    assert found.identity.verdict == "undetermined"


def test_items_go_where_the_record_says_and_the_ledger_closes(year: Record) -> None:
    (row,) = statistics(year, start="2024-01-01", end="2024-12-31").result.items
    numbers = {d: n for n, d in enumerate(t.Disposal, 1)}
    assert row.found.lo == sum(numbers.values()) + 100
    assert row.in_place.lo == numbers[t.Disposal.IN_PLACE] + 100  # destroyed only after the period
    assert row.destroyed.lo == numbers[t.Disposal.DESTROYED]
    assert row.unknown.lo == numbers[t.Disposal.UNKNOWN]
    assert closes(row)


def test_incidents_count_people_only_where_they_are_stated(year: Record) -> None:
    (row,) = statistics(year, start="2024-01-01", end="2024-12-31").result.incidents
    assert (row.number, row.not_stated) == (2, ("n2",))
    assert row.killed == Interval(0.0, math.inf)  # n2 does not say: none stated is not none
    assert row.injured == Interval(2.0, math.inf)
    (told,) = statistics(year, start="2024-07-01", end="2024-07-31").result.incidents
    assert (told.killed, told.injured) == (Interval(0.0, 0.0), Interval(2.0, 2.0))


def test_a_date_that_may_lie_outside_is_named(year: Record) -> None:
    first_half = statistics(year, start="2024-01-01", end="2024-06-30").result
    assert "n2" in first_half.doubtful
    assert first_half.incidents == ()


def test_the_files_say_the_same(year: Record, tmp_path: Path) -> None:
    product = statistics(year, start="2024-01-01", end="2024-12-31")
    xlsx, iati, article_7 = write_figures(product, tmp_path / "out")
    book = load_workbook(xlsx)
    assert book.sheetnames == ["about", "land", "items", "incidents"]
    land = {(r[0], r[1]): r[2] for r in book["land"].iter_rows(values_only=True)}
    assert land["cleared", "detection dogs + manual with detector"] == 1500
    assert land["cleared", "detection dogs"] is None
    assert list(book["incidents"].values)[1][1:6] == (2, 0, None, 2, None)
    rows = list(csv.DictReader(Path(iati).read_text(encoding="utf-8").splitlines()))
    indicator, of, actual = (
        "result/indicator/title/narrative",
        f"{PERIOD}/actual/dimension/@value",
        f"{PERIOD}/actual/@value",
    )
    cleared = [r for r in rows if r[indicator] == "land cleared, m2" and "manual" in r[of]]
    assert [r[actual] for r in cleared] == ["1500"]
    days = {(r[f"{PERIOD}/period-start/@iso-date"], r[f"{PERIOD}/period-end/@iso-date"]) for r in rows}
    assert days == {("2024-01-01", "2024-12-31")}
    assert {r["result/@aggregation-status"] for r in rows} == {"false"}  # scopes overlap: nothing may be added up
    forms = list(csv.DictReader(Path(article_7).read_text(encoding="utf-8").splitlines()))
    mined = [(r["paragraph"], r["name"], r["known_or_suspected"], r["area_m2"]) for r in forms if r["form"] == "C"]
    assert mined == [("7(1)(c)", "a1", "known", "5000")]
    destroyed = [(r["type"], r["quantity"]) for r in forms if r["form"] == "G"]
    numbers = {d: n for n, d in enumerate(t.Disposal, 1)}
    assert destroyed == [("anti-personnel mine", str(numbers[t.Disposal.DESTROYED]))]
    assert {r["name"] for r in forms if not r["form"]} == {"r1", "r2", "r3", "r4"}
    assert not any("lat" in column or "lon" in column for column in forms[0])


def test_an_open_figure_has_no_value_and_its_words_stand_in_the_comment(palmyra: Record) -> None:
    rows = iati(statistics(palmyra, start="2016-03-01", end="2016-06-30", known="2025-10-31").result)
    named = [dict(zip(IATI, row, strict=True)) for row in rows]
    (found,) = (
        r
        for r in named
        if "cp_0002" in r[f"{PERIOD}/actual/comment/narrative"] and "found" in r["result/indicator/title/narrative"]
    )
    assert found[f"{PERIOD}/actual/@value"] is None
    assert (found["low"], found["high"]) == (3000, None)
    assert found[f"{PERIOD}/actual/comment/narrative"].startswith("3,000 or more; from cp_0002")


@pytest.mark.parametrize("place", ["taken", "taken/inside", "half"])
def test_a_folder_that_cannot_be_written_leaves_nothing(place: str, year: Record, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "half" / "article7.csv").mkdir(parents=True)
    product = statistics(year, start="2024-01-01", end="2024-12-31")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(NotPermitted, match="--out"):
        write_figures(product, tmp_path / place)
    assert sorted(tmp_path.rglob("*")) == before


def after(month: int, months: int) -> dt.date:
    """The first day so many months after a month of 2024."""
    return dt.date(2024 + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1)


HOW_MANY = st.integers(min_value=1, max_value=1000)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(t.OrdnanceCategory),
            HOW_MANY,
            st.sampled_from(t.Disposal),
            st.integers(1, 12),
            st.integers(0, 24),
        ),
        max_size=12,
    ),
    st.integers(1, 12),
)
def test_the_item_ledger_balances_whatever_was_found_and_done(
    found: list[tuple[t.OrdnanceCategory, int, t.Disposal, int, int]], last: int
) -> None:
    """found = destroyed + moved + stored + handed over + in place + unknown, for each category and altogether."""
    items = []
    for n, (category, quantity, disposal, month, later) in enumerate(found):
        body = OrdnanceItem(
            local_id=f"i{n}",
            found=When(dt.date(2024, month, 1)),
            category=category,
            quantity=quantity,
            disposal=disposal,
            disposed=When(after(month, later)),
        )
        items.append(Claim(uid=f"i{n}", entry=f"e{n}", party="p", known="2024-01-01", body=body))
    end = dt.date(2024, last, 28)
    rows = recorded(items, end)
    assert all(map(closes, rows))
    assert sum(r.found.lo for r in rows) == sum(quantity for _, quantity, *_ in found)
    undone = sum(
        quantity
        for _, quantity, disposal, month, later in found
        if disposal is t.Disposal.IN_PLACE or after(month, later) > end
    )
    assert sum(r.in_place.lo for r in rows) == undone


def test_a_period_that_ends_before_it_begins_is_refused(palmyra: Record) -> None:
    with pytest.raises(ValueRangeError, match="before it begins"):
        statistics(palmyra, start="2024-02-01", end="2024-01-01")
