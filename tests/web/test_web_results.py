"""Pages of results: ground on polygons, contamination, disposal, kept schedules, photos; and what never leaves."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import shapely
from starlette.testclient import TestClient

from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.model import (
    LANGUAGES,
    Asset,
    HazardArea,
    OrdnanceItem,
    Structure,
    Tier,
    When,
    parse_date,
)
from tetrapylon.model import Product as Kept
from tetrapylon.model.terms import AreaClassification, AssetKind, ChargeEffect, OrdnanceCategory, Surroundings
from tetrapylon.record.record import Record
from tetrapylon.web.app import create_app
from tetrapylon.web.pictures import COLOURS, EDGES, FAR, NEAR, classes, coloured, png
from tetrapylon.workflow.product import asset_folder

DAY = When(parse_date("2026-03-01"))


def client_of(record: Record, *tiers: Tier) -> TestClient:
    app = create_app(record.store.location, tiers=tiers or (Tier.PUBLIC,))
    return TestClient(app, headers={"accept": "text/html"})


def words(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:400]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


# --- ground on polygons -------------------------------------------------------------------------------------------


def test_without_outlines_there_is_no_ground_to_account_for(palmyra):
    text = words(palmyra, "/ledger/ground")
    assert "undetermined: no ground on record" in text
    assert "28 clearance figures are stated without a boundary" in text


def test_ground_in_two_outlines_is_shown_once_and_leads_to_both(new_record):
    with new_record.writing() as writer:
        for name, west in (("first", 38.2), ("second", 38.205)):
            shape = shapely.box(west, 34.5, west + 0.01, 34.51)
            writer.claim(
                HazardArea(
                    classification=AreaClassification.SHA, recorded=DAY, local_id=name, reason="R", geometry=shape
                )
            )
    client = client_of(new_record, *Tier)
    page = client.get("/ledger/ground").text
    assert "counted twice" in page
    assert {"first", "second"} <= set(re.findall(r'/thing/[^"]+"><bdi dir="ltr">(\w+)', page))
    one = shapely.box(38.2, 34.5, 38.21, 34.51)
    both = shapely.union(one, shapely.box(38.205, 34.5, 38.215, 34.51)).area / one.area
    areas = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) m²", page)]
    assert max(areas) / 2 * both == pytest.approx(sorted(set(areas))[-2], rel=1e-3)  # sum of two, and their union


@pytest.mark.parametrize("since", ["2030-01-01", "yesterday"])
def test_a_period_that_cannot_be_is_refused(palmyra, since):
    assert palmyra.get(f"/ledger/ground?since={since}&on=2025-10-31").status_code == 422


def test_ground_that_rests_on_a_withheld_tier_is_not_given_out(new_record):
    with new_record.writing() as writer:
        shape = shapely.box(38.2, 34.5, 38.21, 34.51)
        area = HazardArea(
            classification=AreaClassification.SHA, recorded=DAY, local_id="secret", reason="R", geometry=shape
        )
        writer.claim(area, tier=Tier.RESTRICTED)
    answer = client_of(new_record).get("/ledger/ground")
    assert answer.status_code == 403
    assert "--tiers public,partners,restricted" in answer.text
    assert "secret" not in answer.text


# --- contamination ------------------------------------------------------------------------------------------------


def test_where_no_figure_holds_the_page_says_why_and_what_one_would_take(palmyra):
    text = words(palmyra, "/contamination")
    assert "It changes no gate and releases nothing" in text
    assert "a prior from another is not used" in text
    assert "a blind trial with seeded items" in text
    page = palmyra.get("/contamination").text
    reports = re.findall(r'href="/claim/[^"]+"><bdi dir="ltr">hz_\d+', page)
    assert len(reports) >= 20


@pytest.fixture
def mapped(new_record, tmp_path) -> tuple[Record, str]:
    """A record with a kept map of 64 x 64 cells, known in its left half only near evidence."""
    pytest.importorskip("rasterio")
    from tetrapylon.formats.raster import Band, write_cog
    from tetrapylon.geo.grid import GridSpec
    from tetrapylon.workflow.contamination import ContaminationMap
    from tetrapylon.workflow.field_map import KIND, opened_map
    from tetrapylon.workflow.product import Product, keep

    grid = GridSpec(epsg=32637, west=520_000.0, north=3_823_000.0, cell_m=10.0, rows=64, cols=64)
    layers = np.stack([np.full((64, 64), v, np.float32) for v in (0.05, 0.04, 1.5)])
    distance = np.tile(np.linspace(0, 400, 64, dtype=np.float32), (64, 1))
    values = np.concatenate([layers, distance[None]])

    def read(window):
        return values[:, window.row : window.row + window.rows, window.col : window.col + window.cols]

    tags = {
        "LEGEND": "Nothing here releases land.", "REACH_M": "100", "SCENARIO": "no", "PRIOR": "trial prior",
        "TIER": "restricted", "EXPECTED": "204.8",
    }  # fmt: skip
    path = tmp_path / "map.tif"
    write_cog(path, grid, [Band(n, "1") for n in BANDS], read, tags=tags)
    result = ContaminationMap("Here", opened_map(path), None, (), (), None, (), None, ())
    keep(new_record, Product(KIND, result, new_record.view(), {}, Tier.RESTRICTED))
    (claim,) = new_record.view().claims(Kept)
    return new_record, claim.uid


def test_a_kept_map_is_drawn_pale_beyond_the_reach_of_evidence(mapped):
    image = pytest.importorskip("PIL.Image")
    record, uid = mapped
    client = client_of(record, *Tier)
    page = client.get("/").text
    assert "Nothing here releases land." in page
    assert "farther than" in page
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(32637, 4326, always_xy=True).transform(520_320, 3_822_680)
    x = int((lon + 180) / 360 * 2**13)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**13)
    answer = client.get(f"/contamination/{uid}/0/13/{x}/{y}.png")
    assert answer.headers["content-type"] == "image/png"
    pixels = np.asarray(image.open(io.BytesIO(answer.content)))
    assert pixels.shape == (256, 256, 4)
    assert set(np.unique(pixels[..., 3]).tolist()) == {0, FAR, NEAR}
    assert client.get(f"/contamination/{uid}/0/13/0/0.png").status_code == 204
    assert client.get(f"/contamination/{uid}/9/13/{x}/{y}.png").status_code == 404


def test_a_map_of_a_withheld_tier_is_neither_listed_nor_drawn(mapped):
    record, uid = mapped
    client = client_of(record)
    assert "trial prior" not in client.get("/contamination").text
    assert client.get(f"/contamination/{uid}/0/0/0/0.png").status_code == 404


def test_a_map_changed_since_it_was_kept_is_said_so(mapped):
    record, _ = mapped
    (claim,) = record.view().claims(Kept)
    kept = json.loads((asset_folder(record) / f"{claim.body.artefact_sha256}.json").read_text("utf-8"))
    path = Path(kept["result"]["field"]["file"])
    path.write_bytes(path.read_bytes() + b" ")
    assert "it was changed since" in words(client_of(record, *Tier), "/contamination")
    path.unlink()
    assert "is gone" in words(client_of(record, *Tier), "/contamination")


def test_colours_follow_the_classes_of_the_legend():
    assert all(len(classes(band)) == len(COLOURS) == len(EDGES[band]) + 1 for band in BANDS)
    values = np.array([[0.0, 2e-4, 0.5, np.nan]], np.float32)
    picture = coloured(values, np.array([[0, 0, 500, 0]], np.float32), EDGES[BANDS[0]], 100.0)
    shown = ["#{:02x}{:02x}{:02x}".format(*p[:3]) for p in picture[0]]
    assert shown[:3] == [COLOURS[0], COLOURS[1], COLOURS[-1]]
    assert picture[0, :, 3].tolist() == [NEAR, NEAR, FAR, 0]


def test_pillow_reads_our_png():
    image = pytest.importorskip("PIL.Image")
    picture = np.random.default_rng(1).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    assert np.array_equal(np.asarray(image.open(io.BytesIO(png(picture)))), picture)


# --- disposal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def armed(new_record) -> Record:
    """An item 9 m from a tower; where it lies is restricted."""
    with new_record.writing() as writer:
        writer.claim(
            Structure(
                label="Tower", local_id="tower", geometry=shapely.box(38.26860, 34.55155, 38.26880, 34.55170),
                position_accuracy=1.0, significance=5,
            )
        )  # fmt: skip
        writer.claim(
            OrdnanceItem(
                local_id="item", found=DAY, category=OrdnanceCategory.PROJECTILE, all_up_mass=1.5,
                net_explosive_quantity=1.0, effect=ChargeEffect.ALL_ROUND, surroundings=Surroundings.OPEN,
                geometry=shapely.Point(38.26851, 34.55161), position_accuracy=2.0,
            )
        )  # fmt: skip
    return new_record


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sheet_shows_cordon_and_limits_over_the_monuments(armed, code):
    """679 m for 1.5 kg by R = 634 AUW^(1/6) (IATG 01.80), and 2 m of position."""
    client = client_of(armed, *Tier)
    page = client.get(f"/disposal/item?lang={code}").text
    assert "681" in page
    assert page.count("<svg") == 2
    assert 'role="img"' in page
    assert re.search(r'<a href="/structure/tower[^"]*"><bdi>Tower', page)
    assert 'href="/disposal/item' in client.get("/disposal").text


def test_where_an_item_lies_does_not_leave_through_its_sheet(armed):
    client = client_of(armed)
    assert "item" in words(client, "/disposal")
    answer = client.get("/disposal/item")
    assert answer.status_code == 403
    assert not {"38.26851", "34.55161", "681"} & set(re.findall(r"[\d.]+", answer.text))
    assert client.get("/disposal/itm").status_code == 404


# --- schedules ----------------------------------------------------------------------------------------------------


def test_a_kept_schedule_shows_chart_weeks_and_holds(new_record, tmp_path):
    pytest.importorskip("ortools")
    from tetrapylon.formats.scenario import write_template
    from tetrapylon.plan.weights import EXAMPLE
    from tetrapylon.workflow.product import keep
    from tetrapylon.workflow.schedule import schedule

    write_template(tmp_path / "scenario", EXAMPLE)
    with new_record.writing() as writer:
        writer.claim(Structure(label="Tower", local_id="tower"))
    product = schedule(new_record, tmp_path / "scenario", seconds=5)
    keep(new_record, product)
    (claim,) = new_record.view().claims(Kept)
    client = client_of(new_record, *Tier)
    assert f"/plan/schedule/{claim.uid}" in client.get("/plan").text
    text = words(client, f"/plan/schedule/{claim.uid}")
    assert "This schedule authorises nothing." in text
    assert all(a.label in text for a in product.result.planned)
    assert client.get(f"/plan/schedule/{claim.uid}").text.count("<svg") == 3
    assert any(a.hold for a in product.result.planned) == ("■ HOLD" in text)
    assert client_of(new_record).get(f"/plan/schedule/{claim.uid}").status_code == 404


# --- photos and other files ---------------------------------------------------------------------------------------


@pytest.fixture
def photographed(new_record) -> Record:
    """A structure with a public photo, one for partners, a page of HTML called a photo, and one that is not there."""
    folder = asset_folder(new_record)
    folder.mkdir()
    picture = png(np.full((4, 4, 4), 200, np.uint8))
    with new_record.writing() as writer:
        tower = writer.claim(Structure(label="Tower", local_id="tower")).entry.subject
        for name, kind, tier, content in (
            ("seen", "image/png", Tier.PUBLIC, picture),
            ("guarded", "image/png", Tier.PARTNERS, picture + b"2"),
            ("trick", "text/html", Tier.PUBLIC, b"<script>alert(1)</script>"),
            ("absent", "image/png", Tier.PUBLIC, b"nowhere"),
        ):
            digest = sha256(content).hexdigest()
            if name != "absent":
                (folder / digest).write_bytes(content)
            about = Asset(
                sha256=digest, media_type=kind, kind=AssetKind.PHOTO, about=(tower,), taken=DAY, tier=tier.value,
                caption=f"The tower, {name}", local_id=name,
            )  # fmt: skip
            writer.claim(about)
    return new_record


def test_photos_stand_on_the_page_of_their_structure(photographed):
    client = client_of(photographed)
    page = client.get("/structure/tower").text
    uids = {c.name: c.uid for c in photographed.view().claims(Asset)}
    assert re.search(rf'<img src="/asset/{uids["seen"]}[^"]*" alt="The tower, seen"', page)
    assert page.count("<img") == 1
    assert "The file is of the tier partners" in page
    assert "The file is not beside this record." in page
    shown = client.get(f"/asset/{uids['seen']}")
    assert shown.headers["content-type"] == "image/png"
    assert client.get(f"/asset/{uids['guarded']}").status_code == 403
    assert client.get(f"/asset/{uids['absent']}").status_code == 404
    partner = client_of(photographed, Tier.PUBLIC, Tier.PARTNERS)
    assert partner.get(f"/asset/{uids['guarded']}").status_code == 200


def test_a_file_that_is_no_picture_is_saved_never_run(photographed):
    uid = next(c.uid for c in photographed.view().claims(Asset) if c.name == "trick")
    answer = client_of(photographed).get(f"/asset/{uid}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


# --- the map of one structure, and what the API says of itself ----------------------------------------------------


def test_the_map_opens_on_one_structure(palmyra):
    boxes = []
    for path in ("/", "/?at=temple_of_bel_cella"):
        found = re.search(r'data-box="([^"]+)"', palmyra.get(path).text)
        boxes.append(tuple(map(float, found[1].split(","))))
    whole, one = boxes
    assert one[2] - one[0] < (whole[2] - whole[0]) / 5
    assert palmyra.get("/?at=nobody").status_code == 404


def test_the_api_says_when_it_refuses_and_in_which_media_types(palmyra):
    paths = palmyra.get("/ogc/api").json()["paths"]
    for path, item in paths.items():
        said = item["get"]["responses"]
        wrong = "400" if path.startswith("/ogc") else "422"
        assert {"200", wrong, "404"} <= set(said), path
        assert said[wrong]["content"].keys() == {"application/problem+json", "text/html"}
        for parameter in item["get"].get("parameters", []):
            assert "anyOf" not in parameter["schema"], (path, parameter["name"])  # OpenAPI 3.0 knows no type null


def test_the_pattern_of_a_day_in_the_api_is_what_the_pages_accept():
    from tetrapylon.web.clocks import DAY as PATTERN

    day, found = dt.date(1800, 1, 1), re.compile(f"^({PATTERN})$")
    while day.year < 2200:
        assert found.match(day.isoformat())
        day += dt.timedelta(days=1)
    for wrong in ("2016-02-30", "1900-02-29", "2015-02-29", "2016-04-31", "1799-12-31", "2016-13-01"):
        assert not found.match(wrong)
