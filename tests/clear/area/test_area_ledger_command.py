"""The ledger on polygons from a record: the example of the documentation, layers, and what is not on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from tetrapylon.clear.area import Piece, PieceKind
from tetrapylon.cli.main import app
from tetrapylon.errors import ValueRangeError
from tetrapylon.geo import measure
from tetrapylon.model import LandRelease
from tetrapylon.record.record import Record
from tetrapylon.workflow.area_layers import LAYERS, write_pieces
from tetrapylon.workflow.area_ledger import GroundAccount, ground_account
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, change

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "areas"
YEAR = {"start": "2024-12-31", "end": "2025-12-31"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example's two registers in one record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(tmp_path_factory.mktemp("state")))
        file = str(tmp_path_factory.mktemp("areas") / "example.gpkg")
        begin(file, party="Example Mine Action Centre", kind="authority")
        for year in ("register_2024", "register_2025"):
            with Record.open(file) as opened:
                import_case(opened, EXAMPLE / year)
        yield file


def account(file: str, **when: Any) -> GroundAccount:
    with Record.open(file, read_only=True) as opened:
        return ground_account(opened, **when).result


def test_the_year_of_the_example(record: str) -> None:
    """Each fault built into the example is found, with its ground."""
    result = account(record, **YEAR)
    book = result.ledger
    assert result.verdict == "does not balance"
    assert {p.names for p in book.of(PieceKind.REOPENED)} == {("CHA-05",)}
    assert {p.names for p in book.of(PieceKind.FOUND)} == {("CHA-04",)}
    assert {p.names for p in book.of(PieceKind.WITHHELD)} == {("REL-00",)}
    assert {p.names for p in book.of(PieceKind.LOST)} == {("SHA-02",)}
    assert {p.names for p in book.of(PieceKind.OUTSIDE)} == {("REL-02",)}
    assert {p.names for p in book.of(PieceKind.CLEARED_OUTSIDE)} == {("REL-02",)}
    assert {p.names for p in book.of(PieceKind.CLEARED_AGAIN)} == {("REL-01", "REL-02")}
    assert {p.names for p in book.of(PieceKind.STILL_OPEN)} == {("REL-06", "CHA-03"), ("REL-00", "CHA-05")}
    assert [f.message.split()[0] for f in result.declared] == ["REL-06"]
    assert result.inspection.checks == 2
    assert 0 < result.inspection.share < 1  # type: ignore[operator]
    assert result.missing == ("No progress is on record.",)
    assert not book.entered_late


def test_the_closing_of_one_period_is_the_opening_of_the_next(record: str) -> None:
    first = account(record, end="2024-12-31").ledger.identity
    second = account(record, **YEAR).ledger.identity
    third = account(record, start="2025-12-31").ledger.identity
    assert first.balances is True
    assert first.closing == second.opening > 0
    assert second.closing == third.opening == third.closing


def test_a_find_withholds_in_every_period_once_it_is_known(record: str) -> None:
    assert account(record, end="2024-12-31").ledger.withheld.releases
    assert not account(record, end="2024-12-31", known="2024-12-31").ledger.withheld.releases


def test_late_entry_of_the_whole_register_gives_the_same_opening(tmp_path: Path, record: str) -> None:
    """Brought in with the last register alone, all is entered after the opening day; only the reopening is unknown."""
    file = str(tmp_path / "late.gpkg")
    begin(file, party="Example Mine Action Centre", kind="authority")
    with Record.open(file) as opened:
        import_case(opened, EXAMPLE / "register_2025")
    book, whole = account(file, **YEAR).ledger, account(record, **YEAR).ledger
    assert set(book.entered_late) == {"CHA-01", "SHA-02", "CHA-03", "CHA-05"}
    opened_with = {p.names[0]: p.m2 for p in book.of(PieceKind.OPENING)}
    assert opened_with == {p.names[0]: p.m2 for p in whole.of(PieceKind.OPENING, PieceKind.REOPENED)}


def test_the_command_writes_layers_that_gis_reads(record: str, tmp_path: Path) -> None:
    out = tmp_path / "ledger.gpkg"
    arguments = ["clear", "area", record, "--from", "2024-12-31", "--to", "2025-12-31", "--out", str(out)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "Withheld: 1 release" in shown.output
    assert [str(name) for name in pyogrio.list_layers(out)[:, 0]] == list(LAYERS)
    for layer in LAYERS:
        info, _, shapes, columns = pyogrio.raw.read(out, layer=layer)
        assert info["crs"] == "EPSG:4326"
        m2 = columns[list(info["fields"]).index("m2")]
        assert measure.areas(shapely.from_wkb(shapes), edges="lonlat") == pytest.approx(m2, abs=0.1)
    data = json.loads(CliRunner().invoke(app, [*arguments[:-2], "--json"]).output)
    assert data["parameters"]["from"] == "2024-12-31"
    assert {p["geometry"]["type"] for p in data["result"]["ledger"]["pieces"]} <= {"Polygon", "MultiPolygon"}


def test_geojson_and_the_same_pieces(record: str, tmp_path: Path) -> None:
    pieces = account(record, **YEAR).ledger.pieces
    file = write_pieces(pieces, tmp_path / "ledger.geojson")
    read = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["kind"] for f in read] == [p.kind.value for p in pieces]


@pytest.mark.parametrize("name", ["ledger.shp", "nowhere/ledger.gpkg", "ledger"])
def test_a_layer_that_cannot_be_written_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError):
        write_pieces((), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    file = tmp_path / "ledger.geojson"
    file.write_text("before")
    broken = Piece(PieceKind.LOST, float("nan"), (), (), "", shapely.box(0, 0, 1, 1))
    with pytest.raises(ValueError, match="JSON compliant"):
        write_pieces((broken,), file)
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.geojson"]
    assert file.read_text() == "before"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"start": "2025-12-31", "end": "2025-01-01"}, "not after its opening day"),
        ({"start": "2025-13-01"}, "2025-13-01"),
        ({"end": "2025-12-31", "on": "2025-06-30"}, "ends on 2025-12-31 and on 2025-06-30"),
        ({"end": "31.12.2025"}, "31.12.2025"),
    ],
)
def test_days_that_cannot_be(when: dict[str, str], said: str, record: str) -> None:
    with pytest.raises(ValueRangeError, match=said):
        account(record, **when)


def test_an_empty_record_says_what_is_missing(tmp_path: Path) -> None:
    file = str(tmp_path / "empty.gpkg")
    begin(file, party="Survey team")
    shown = CliRunner().invoke(app, ["clear", "area", file])
    assert shown.exit_code == 0
    assert "so no ground is" in shown.output
    assert "No hazard area is on record." in shown.output
    assert account(file).verdict.startswith("undetermined")


def test_the_product_is_kept_with_what_both_views_read(record: str) -> None:
    with Record.open(record, read_only=True) as opened:
        product = ground_account(opened, **YEAR)
    assert len({product.parameters["opening_digest"], product.parameters["closing_digest"]}) == 2
    assert json.loads(product.text())["result"]["verdict"] == "does not balance"


def test_a_dispute_withholds_a_release_at_once(tmp_path: Path) -> None:
    file = str(tmp_path / "disputed.gpkg")
    begin(file, party="Example Mine Action Centre", kind="authority")
    with Record.open(file) as opened:
        import_case(opened, EXAMPLE / "register_2024")
    assert not account(file).ledger.withheld.releases
    with Record.open(file) as opened:
        (release,) = opened.view().claims(LandRelease)
        change(opened, "dispute", release.entry, "the users report signs of mines")
    held = account(file).ledger
    assert held.withheld.releases == {release.uid}
    (piece,) = held.of(PieceKind.WITHHELD)
    assert "disputed" in piece.text
    assert held.identity.balances is True, "withholding reopens nothing"
