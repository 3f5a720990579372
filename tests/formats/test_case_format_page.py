"""The page on the case format is complete and its examples are read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from tetrapylon.formats.case.manifest import Manifest
from tetrapylon.formats.case.mapping import FieldSpec, TableSpec
from tetrapylon.formats.registry import FORMATS
from tetrapylon.formats.sheet import EXTRA, LOCAL_ID, SOURCE, TIER, UID
from tetrapylon.formats.values import UNITS

PAGE = (Path(__file__).parents[2] / "docs" / "case-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [f.name for s in (FieldSpec, TableSpec) for f in fields(s) if f.name != "own"])
def test_every_key_of_a_mapping_is_described(key: str) -> None:
    assert re.search(rf"^\|[^|]*`{key}`[^|]*\| .+ \|$", PAGE, re.MULTILINE), key


@pytest.mark.parametrize("column", [EXTRA, LOCAL_ID, SOURCE, TIER, UID])
def test_every_column_of_our_own_is_described(column: str) -> None:
    assert f"`{column}`" in PAGE


def test_every_unit_and_format_is_named() -> None:
    for units in UNITS.values():
        for unit in units:
            assert re.search(rf"[ `;,]{re.escape(unit)}[`;,| ]", PAGE), unit
    for known in FORMATS.values():
        assert f"| {known.title} | the same {known.stable}" in PAGE


def test_the_examples_are_toml_with_known_keys() -> None:
    manifest, mapping = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    known = {f.name for f in fields(Manifest)} - {"authority"} | {"naming_authority"}
    assert set(manifest) <= known
    (table,) = mapping["table"]
    assert set(table) <= {f.name for f in fields(TableSpec)}
    for spec in table["fields"].values():
        assert isinstance(spec, str) or set(spec) <= {f.name for f in fields(FieldSpec)}
