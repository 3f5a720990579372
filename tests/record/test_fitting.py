"""Values of bodies written elsewhere, fitted to typed columns: the quick way by column says what the slow one says."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.model import Column, Holds
from tetrapylon.record.layers import META, Layer
from tetrapylon.record.store.fitting import fitted, shapes

KINDS = ("TEXT", "DOUBLE", "INTEGER", "BOOLEAN", "DATE")
SHAPE = Layer("thing", "thing", tuple(Column(k.lower(), k) for k in KINDS), False, Holds.UNTIL_SUPERSEDED, lambda _: [])
BLANK = [None] * len(META)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=())),
    st.dates().map(str), st.just(-0.0), st.just(2**63), st.just("2016-02-30"),
)  # fmt: skip
values = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(st.text(max_size=2), scalars, max_size=2))


def is_of(kind: str, value: Any) -> bool:
    """The plain meaning of a column's type."""
    if value is None:
        return True
    if kind == "TEXT":
        return type(value) is str and "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if kind == "DOUBLE":
        return type(value) is float and math.isfinite(value) and str(value) != "-0.0"
    if kind == "INTEGER":
        return type(value) is int and -(2**63) < value < 2**63
    if kind == "BOOLEAN":
        return type(value) is bool
    return type(value) is str and str(dt.date.fromisoformat(value)) == value


@settings(max_examples=100)
@given(st.lists(st.tuples(*[values] * len(KINDS)), max_size=4))
def test_all_cells_are_of_their_columns_and_what_fitted_is_kept(cells: list[tuple[Any, ...]]) -> None:
    rows = [[i, *BLANK, *row] for i, row in enumerate(cells)]
    result = fitted(SHAPE, rows)
    assert len(result) == len(rows)
    for before, after in zip(rows, result, strict=True):
        assert list(after[: 1 + len(META)]) == before[: 1 + len(META)]
        for kind, given_, kept in zip(KINDS, before[-len(KINDS) :], after[-len(KINDS) :], strict=True):
            assert is_of(kind, kept)
            if kind == "DATE":
                assert kept in (given_, None)
            elif is_of(kind, given_):
                assert kept == given_


@given(st.lists(st.tuples(*[values] * len(KINDS)), min_size=2, max_size=4))
@settings(max_examples=100)
def test_a_row_is_fitted_the_same_alone_and_among_others(cells: list[tuple[Any, ...]]) -> None:
    rows = [[i, *BLANK, *row] for i, row in enumerate(cells)]
    together = [[repr(v) for v in row] for row in fitted(SHAPE, rows)]
    alone = [[repr(v) for v in fitted(SHAPE, [row])[0]] for row in rows]
    assert together == alone


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("TEXT", 5, "5"),
        ("TEXT", ["a", {"b": None}], '["a", {"b": null}]'),
        ("TEXT", "half \ud800 pair", "half \ufffd pair"),
        ("TEXT", "nul \x00", "nul \ufffd"),
        ("DOUBLE", 3, 3.0),
        ("DOUBLE", float("nan"), None),
        ("DOUBLE", 10**400, None),
        ("DOUBLE", True, None),
        ("INTEGER", 4.0, 4),
        ("INTEGER", 4.5, None),
        ("INTEGER", 2**63, None),
        ("BOOLEAN", 1, None),
        ("DATE", "2016-02-30", None),
        ("DATE", "20160421", None),
    ],
)
def test_what_becomes_of_values_that_do_not_fit(kind: str, value: Any, expected: Any) -> None:
    row = [1, *BLANK, *[value if k == kind else None for k in KINDS]]
    ((*_, text, number, integer, flag, date),) = fitted(SHAPE, [row])
    cell = {"TEXT": text, "DOUBLE": number, "INTEGER": integer, "BOOLEAN": flag, "DATE": date}[kind]
    assert (cell, type(cell)) == (expected, type(expected))


def test_no_rows() -> None:
    assert list(fitted(SHAPE, [])) == []


def test_what_is_no_geometry_is_none() -> None:
    found = shapes([None, {"type": "Point", "coordinates": [1, 2]}, {"type": "Point", "coordinates": "x"}, 7, {}, "a"])
    assert found[1] == shapely.Point(1, 2)
    assert [g for i, g in enumerate(found) if i != 1] == [None] * 5
