"""Places of files to be written: a record or a device is never replaced, and a failure leaves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from shapely import Point

from tetrapylon.errors import NotFound, NotPermitted
from tetrapylon.record.record import Record
from tetrapylon.reports.files import in_folder, put, spare
from tetrapylon.workflow.contamination import contamination_map
from tetrapylon.workflow.exporting import export_view
from tetrapylon.workflow.map_layers import MapLayer, write_layers
from tetrapylon.workflow.sampling import sample_report

A_POINT = [MapLayer("found", ("name",), [("a",)], [Point(38.27, 34.55)])]
WRITERS: dict[str, Callable[[Record, Path], object]] = {
    "a document": lambda record, at: put(at, b"%PDF"),
    "layers of a map": lambda record, at: write_layers(A_POINT, at),
    "a contamination map": lambda record, at: contamination_map(record, out=at),
    "points of a sample": lambda record, at: sample_report(record, ["x"], unit=10.0, out=[at]),
    "an export": lambda record, at: export_view(record, at.parent, "gpkg"),
}


@pytest.fixture
def record(palmyra_copy: Path, tmp_path: Path) -> Path:
    """A record of its own, where an export as GeoPackage would put its file."""
    at = tmp_path / "case.gpkg"
    at.write_bytes(palmyra_copy.read_bytes())
    return at


@pytest.mark.parametrize("kind", WRITERS)
def test_nothing_is_written_over_a_record(palmyra: Record, record: Path, kind: str) -> None:
    before = record.read_bytes()
    with pytest.raises(NotPermitted, match="is a record"):
        WRITERS[kind](palmyra, record)
    assert record.read_bytes() == before
    assert list(record.parent.iterdir()) == [record]


def test_an_export_may_replace_an_export(palmyra: Record, tmp_path: Path) -> None:
    export_view(palmyra, tmp_path, "gpkg", known="2016-04-21")
    early = (tmp_path / "case.gpkg").stat().st_size
    export_view(palmyra, tmp_path, "gpkg")
    assert (tmp_path / "case.gpkg").stat().st_size > early


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(NotPermitted, match="is a device"):
        spare(Path(os.devnull))


def test_an_export_that_fails_leaves_no_folder(palmyra: Record, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        export_view(palmyra, tmp_path / "out", "arches", graph=tmp_path / "missing.json")
    assert not (tmp_path / "out").exists()


def test_an_export_into_a_file_is_refused(palmyra: Record, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("taken")
    with pytest.raises(NotPermitted, match="is a file, not a folder"):
        export_view(palmyra, tmp_path / "out", "csv")


def test_files_of_a_folder_come_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(NotPermitted, match=r"b\.csv is a folder"):
        in_folder(tmp_path, {"a.csv": lambda path: path.write_text("a"), "b.csv": lambda path: path.write_text("b")})
    assert list(tmp_path.iterdir()) == [tmp_path / "b.csv"]
