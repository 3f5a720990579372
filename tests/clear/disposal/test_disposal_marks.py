"""Marks of verification: every row has one, none is lost, none is promoted."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tetrapylon.clear.disposal import tables
from tetrapylon.clear.disposal.marks import ASSUMED, COMPUTED, READ, RECALLED, Marked, Verification, weakest
from tetrapylon.errors import ValueRangeError

ROWS = [
    *tables.fills().values(),
    *tables.ordnance().values(),
    *(segment for curve in tables.limit_curves().values() for segment in curve),
    *tables.thresholds(),
    *tables.distance_rules().values(),
]


def test_every_row_has_a_mark_and_a_source() -> None:
    assert len(ROWS) > 150
    for row in ROWS:
        assert row.verification.grades
        assert row.source


@pytest.mark.parametrize(
    ("text", "confirmed"),
    [
        ("V", True),
        ("V/X", True),
        ("V secondary", True),
        ("R/X", False),
        ("V mass / R fill", False),
        ("V/assumption", False),
        ("assumption", False),
        ("R / V high", False),
    ],
)
def test_any_recalled_or_assumed_part_makes_a_row_unconfirmed(text: str, confirmed: bool) -> None:
    assert Verification(text).confirmed is confirmed


def test_a_row_without_a_known_mark_is_refused() -> None:
    with pytest.raises(ValueRangeError):
        Verification("checked")


@given(st.lists(st.sampled_from([READ, COMPUTED, RECALLED, ASSUMED, Verification("R/X")]), min_size=1))
def test_marks_combine_to_the_weakest(marks: list[Verification]) -> None:
    combined = weakest(*marks)
    assert combined in marks
    assert combined.confirmed == all(mark.confirmed for mark in marks)


@given(st.sampled_from([m.verification for m in ROWS]))
def test_a_shown_value_shows_its_mark(mark: Verification) -> None:
    shown = str(Marked(3.05, "mm/s", mark, "somewhere"))
    assert f"[{mark.mark}]" in shown
    assert mark.meaning


def test_the_recalled_mine_says_so() -> None:
    mine = tables.ordnance()["TM-62M"]
    assert (mine.neq_low_kg, mine.neq_typical_kg, mine.neq_high_kg) == (7.0, 7.5, 8.0)
    assert not mine.verification.confirmed
    assert tables.ordnance()["PMN"].verification.confirmed


def test_masses_ascend_and_fit_into_their_case() -> None:
    for item in tables.ordnance().values():
        assert 0 < item.neq_low_kg <= item.neq_typical_kg <= item.neq_high_kg, item.designation
        assert item.all_up_mass_kg is None or item.neq_high_kg < item.all_up_mass_kg, item.designation


def test_limit_curves_cover_their_frequencies_without_a_gap() -> None:
    for name, segments in tables.limit_curves().items():
        for before, after in pairwise(segments):
            assert before.f_high_hz == after.f_low_hz, name


def test_the_readme_beside_the_tables_names_every_one() -> None:
    folder = files("tetrapylon.clear.disposal") / "data"
    named = set(re.findall(r"\w+\.csv", (folder / "README.md").read_text(encoding="utf-8")))
    assert named == {entry.name for entry in folder.iterdir() if entry.name.endswith(".csv")}
