"""The OGC services: features and tiles of what may leave, for GDAL, for our map, and for whoever asks nonsense."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import quote

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from starlette.testclient import TestClient

from tetrapylon.model import HazardArea, HazardReport, Place, Statement, Structure, Tier, When, parse_date
from tetrapylon.model.terms import AreaClassification, HazardKind
from tetrapylon.web.app import create_app

DAY = When(parse_date("2020-05-01"))
GRID = "/ogc/collections/{}/tiles/WebMercatorQuad/{}/{}/{}"


def client_of(record, *tiers: Tier) -> TestClient:
    return TestClient(create_app(record.store.location, tiers=tiers or (Tier.PUBLIC,)))


# --- features -------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_layer_hold_every_feature_once(palmyra):
    address, seen = "/ogc/collections/structure/items?f=json&limit=10", []
    while address:
        body = palmyra.get(address, headers={"accept": "application/geo+json"}).json()
        seen += [f["id"] for f in body["features"]]
        assert body["numberReturned"] == len(body["features"])
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == body["numberMatched"] == 73


def test_a_feature_is_one_version_of_one_claim(palmyra):
    first = palmyra.get("/ogc/collections/structure/items?f=json&limit=1").json()["features"][0]
    again = palmyra.get(f"/ogc/collections/structure/items/{first['id']}?f=json").json()
    assert again["properties"] == first["properties"]
    assert palmyra.get(f"/claim/{first['id']}").status_code == 200


def test_a_box_gives_what_shapely_finds_in_it(palmyra):
    box = (38.26, 34.545, 38.272, 34.552)
    every = palmyra.get("/ogc/collections/footprint/items?f=json&limit=1000").json()["features"]
    asked = ",".join(map(str, box))
    found = palmyra.get(f"/ogc/collections/footprint/items?f=json&limit=1000&bbox={asked}").json()["features"]
    meets = {f["id"] for f in every if shapely.box(*shape(f["geometry"]).bounds).intersects(shapely.box(*box))}
    assert {f["id"] for f in found} == meets
    assert 0 < len(found) < len(every)


def test_a_box_across_the_180th_meridian_has_two_halves(new_record):
    with new_record.writing() as writer:
        for name, lon in (("east", 179.5), ("west", -179.5), ("far", 0.0)):
            writer.claim(Place(label=name, local_id=name, geometry=shapely.box(lon - 0.1, 10, lon + 0.1, 10.2)))
    body = client_of(new_record).get("/ogc/collections/place/items?bbox=179,5,-179,15").json()
    assert {f["properties"]["local_id"] for f in body["features"]} == {"east", "west"}


def test_gdal_reads_the_layers(palmyra_address):
    """GDAL's client of OGC API Features, which is not ours; in a process of its own, for it waits without the GIL."""
    program = (
        "import json, sys, pyogrio; address = sys.argv[1]; names = [n for n, _ in pyogrio.list_layers(address)]; "
        "info, _, shapes, _ = pyogrio.raw.read(address, layer='structure'); "
        "print(json.dumps([names, list(info['fields']), len(shapes)]))"
    )
    command = [sys.executable, "-c", program, f"OAPIF:{palmyra_address}/ogc"]
    layers, fields, count = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert {"structure", "footprint", "place", "site"} <= set(layers)
    assert {"label", "known_from", "position_is_area"} <= set(fields)
    assert count == 73


def test_the_description_of_the_api_names_what_it_offers(palmyra):
    api = palmyra.get("/ogc/api").json()
    assert api["openapi"].startswith("3.0")
    assert "/ogc/collections/{name}/items" in api["paths"]
    landing = palmyra.get("/ogc?f=json").json()
    for link in landing["links"]:
        if "json" in link["type"]:
            assert palmyra.get(link["href"], headers={"accept": "application/json"}).status_code == 200, link
    conforms = palmyra.get("/ogc/conformance?f=json").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms


# --- tiers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(new_record):
    """A record with something of every tier."""
    with new_record.writing() as writer:
        tower = writer.claim(
            Structure(label="Tower", local_id="tower", geometry=shapely.Point(38.2, 34.5), position_accuracy=10.0)
        )
        writer.claim(
            HazardReport(
                date=DAY, kind=HazardKind.UXO, description="A device lies here", local_id="device",
                structure=tower.entry.subject, geometry=shapely.Point(38.21734, 34.51234), position_accuracy=5.0,
            )
        )  # fmt: skip
        writer.claim(
            HazardArea(
                classification=AreaClassification.SHA, recorded=DAY, local_id="area", reason="Secret reason of area",
                geometry=shapely.box(38.2, 34.5, 38.3, 34.6),
            ),
            tier=Tier.RESTRICTED,
        )  # fmt: skip
        writer.claim(Statement(said=DAY, local_id="told", stated_by="A", wording="Literal words", published_by="B"))
        writer.claim(
            Place(label="Hidden valley", local_id="valley", geometry=shapely.box(38.0, 34.0, 38.1, 34.1)),
            tier=Tier.PARTNERS,
        )
    return new_record


SECRETS = ("38.21734", "34.51234", "Secret reason", "Literal words", "Hidden valley")


def every_answer(client: TestClient, record) -> str:
    """All that the server says about a record."""
    hashes = [h for (h,) in record.store.query("SELECT hash FROM entry")]
    subjects = [s for (s,) in record.store.query("SELECT DISTINCT subject FROM entry")]
    layers = [c["id"] for c in client.get("/ogc/collections").json()["collections"]]
    addresses = [
        "/", "/structures", "/structure/tower", "/ledger", "/ledger/ground", "/contamination", "/disposal",
        "/disposal/device", "/?at=tower", "/statements", "/contradictions", "/plan", "/quarantine",
        "/map/structures.json", *(f"/claim/{h}" for h in hashes), *(f"/thing/{s}" for s in subjects),
        *(f"/ogc/collections/{name}/items?f={f}" for name in layers for f in ("json", "html")),
        *(f"/ogc/collections/{name}/items/{h}" for name in layers for h in hashes),
        *(GRID.format(name, 0, 0, 0) for name in layers),
    ]  # fmt: skip
    return "\n".join(client.get(a).content.decode("utf-8", "replace") for a in addresses)


def test_only_the_public_tier_leaves(guarded):
    said = every_answer(client_of(guarded), guarded)
    assert [s for s in SECRETS if s in said] == []
    assert "A device lies here" in said  # the report is public; where the device lies is not


def test_partners_see_what_is_for_partners_and_no_more(guarded):
    said = every_answer(client_of(guarded, Tier.PUBLIC, Tier.PARTNERS), guarded)
    assert [s for s in SECRETS if s in said] == ["Literal words", "Hidden valley"]


def test_whoever_may_see_everything_sees_it(guarded):
    """The check above can fail: with all tiers the same answers hold every secret."""
    said = every_answer(client_of(guarded, *Tier), guarded)
    assert [s for s in SECRETS if s in said] == list(SECRETS)


def test_a_withheld_hazard_still_holds_the_gate(guarded):
    """Fail closed: the gate is worked out from everything in the file, and only the words are withheld."""
    page = client_of(guarded).get("/structure/tower", headers={"accept": "text/html"}).text
    assert "withheld: it rests on a claim of a tier that this page does not show" in page
    assert "Secret reason" not in page


# --- tiles ----------------------------------------------------------------------------------------------------------


def test_a_tile_holds_what_the_items_hold(palmyra):
    x, y, z = 2483, 1628, 12  # Palmyra
    layer = mapbox_vector_tile.decode(palmyra.get(GRID.format("footprint", z, y, x)).content)["footprint"]
    items = palmyra.get("/ogc/collections/footprint/items?f=json&limit=1000").json()["features"]
    assert {f["properties"]["uid"] for f in layer["features"]} == {i["properties"]["uid"] for i in items}


def test_a_tile_follows_the_clocks(new_record):
    with new_record.writing() as writer:
        source = {"source": None, "public": "2016-04-27"}
        writer.claim(Place(label="Camp", local_id="camp", geometry=shapely.box(38.2, 34.5, 38.3, 34.6)), **source)
    client = client_of(new_record)
    assert client.get(GRID.format("place", 0, 0, 0) + "?known=2016-04-26").status_code == 204
    assert client.get(GRID.format("place", 0, 0, 0) + "?known=2016-04-27").status_code == 200


def test_a_crowded_tile_leaves_no_place_empty(new_record, monkeypatch):
    """Beyond the limit one outline stands for those in its cell, with their number: nothing looks like "none"."""
    monkeypatch.setattr("tetrapylon.web.ogc.tiles.TILE_MOST", 50)
    spots = np.random.default_rng(3).uniform((38.0, 34.0), (39.0, 35.0), (400, 2))
    with new_record.writing() as writer:
        for i, (lon, lat) in enumerate(spots):
            writer.claim(Place(label=f"P{i}", local_id=f"p{i}", geometry=shapely.box(lon, lat, lon + 1e-3, lat + 1e-3)))
    z, x, y = 6, 38, 25
    tile = mapbox_vector_tile.decode(client_of(new_record).get(GRID.format("place", z, y, x)).content)
    found = tile["place"]["features"]
    assert len(found) < 400
    assert sum(f["properties"]["count"] for f in found) == 400
    west, east = 38 / 64 * 360 - 180, 39 / 64 * 360 - 180
    drawn = {int((shape(f["geometry"]).centroid.x) // 64) for f in found}
    real = {int((lon + 5e-4 - west) / (east - west) * 4096 // 64) for lon, _ in spots}
    assert real <= {d + s for d in drawn for s in (-1, 0, 1)}


# --- hostile and mistaken questions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/ogc/collections/structures", 404, "structure"),
        ("/ogc/collections/hazard_report/items", 404, "collection"),
        ("/ogc/collections/structure/items?bbox=1,2,3", 400, "west,south,east,north"),
        ("/ogc/collections/structure/items?bbox=nan,0,1,1", 400, "not a box"),
        ("/ogc/collections/structure/items?bbox=-1e308,-1e308,1e308,1e308", 400, "does not lie on the globe"),
        ("/ogc/collections/structure/items?bbox=4260000,4100000,4270000,4110000", 400, "metres"),
        ("/ogc/collections/structure/items?bbox=38,35,39,34", 400, "south above its north"),
        (
            "/ogc/collections/structure/items?bbox=38,34,39,35&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857",
            400,
            "CRS84",
        ),
        ("/ogc/collections/structure/items?crs=EPSG:32637", 400, "CRS84"),
        ("/ogc/collections/structure/items?datetime=2016-13-01", 400, "not a date"),
        ("/ogc/collections/structure/items?datetime=2016-05-01/2016-04-01", 400, "ends before it begins"),
        ("/ogc/collections/structure/items?limit=0", 400, "limit"),
        ("/ogc/collections/structure/items?limit=-5", 400, "limit"),
        ("/ogc/collections/structure/items?offset=99999999999999999999", 400, "offset"),
        ("/ogc/collections/structure/items?limt=5", 400, 'Did you mean "limit"?'),
        ("/ogc/collections/structure/items?f=xml", 400, "json or html"),
        ("/ogc/collections/structure/items/%27%20OR%201=1", 404, "no structure"),
        ("/ogc/collections/structure/tiles/Other", 404, "WebMercatorQuad"),
        ("/ogc/collections/structure/tiles/WebMercatorQuad/3/9/0", 404, "no tile"),
        ("/ogc/collections/structure/tiles/WebMercatorQuad/99/0/0", 400, "z"),
        ("/ogc/nowhere", 404, "no such page"),
        ("/ledger?on=2016-02-30", 422, "not a date"),
        ("/ledger?known=yesterday", 422, "not a date"),
        ("/ledger?known=9999-01-01", 422, "1800 to 2200"),
        ("/ledger?lang=xx", 422, "not a language of the pages"),
        ("/structures?page=0", 422, "page"),
        ("/structure/temple_of_bell_cella", 404, 'Did you mean "temple_of_bel_cella"?'),
        ("/claim/zzzz", 404, "hash"),
        ("/thing/00000000-0000-0000-0000-000000000000", 404, "nothing on record"),
        ("/static/../app.py", 404, ""),
        ("/static/%2e%2e/app.py", 404, ""),
    ],
)
def test_a_mistake_is_answered_with_its_status_and_what_to_do(palmyra, address, status, told):
    for accept in ("text/html", "application/json"):
        answer = palmyra.get(address, headers={"accept": accept})
        assert answer.status_code == status
        kind = answer.headers["content-type"]
        assert kind.startswith("text/html" if accept == "text/html" else ("application/problem+json", "text/html"))
        if kind.startswith("application"):
            assert told.lower() in answer.json()["detail"].lower()


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
NASTY = st.sampled_from(
    [
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "-1",
        "1e999",
        "NaN",
        "🏛",
        "٢٠١٦",
        "a" * 5000,
    ]
)
VALUE = st.one_of(ANY_TEXT, NASTY, st.integers().map(str), st.floats().map(str), st.dates().map(str))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_anybody_asks_breaks_the_server(palmyra, data):
    """Every operation the server describes of itself, with any values: an answer below 500, and no echo of markup."""
    paths = palmyra.get("/ogc/api").json()["paths"]
    path = data.draw(st.sampled_from(sorted(paths)))
    for parameter in paths[path]["get"].get("parameters", []):
        if parameter["in"] == "path":
            value = data.draw(VALUE.filter(lambda v: v.strip("/.") != ""))
            path = path.replace("{" + parameter["name"] + "}", quote(value, safe=""))
    names = [
        p["name"]
        for p in paths.get(path, next(iter(paths.values())))["get"].get("parameters", [])
        if p["in"] == "query"
    ]
    query = data.draw(st.dictionaries(st.sampled_from([*names, "f", "on", "known", "bbox", "q"]), VALUE, max_size=4))
    answer = palmyra.get(
        path, params=query, headers={"accept": data.draw(st.sampled_from(["text/html", "*/*", "application/json"]))}
    )
    assert answer.status_code < 500, answer.text[:300]
    assert "content-security-policy" in answer.headers
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>alert(1)" not in answer.text
    elif "json" in answer.headers.get("content-type", ""):
        json.loads(answer.text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    west=st.floats(-180, 180), east=st.floats(-180, 180), south=st.floats(-90, 90), north=st.floats(-90, 90),
    limit=st.integers(1, 200), offset=st.integers(0, 100),
)  # fmt: skip
def test_any_box_on_the_globe_is_answered_and_counted(palmyra, west, east, south, north, limit, offset):
    box = f"{west},{min(south, north)},{east},{max(south, north)}"
    asked = {"bbox": box, "limit": limit, "offset": offset, "f": "json"}
    body = palmyra.get("/ogc/collections/structure/items", params=asked).json()
    assert body["numberReturned"] == len(body["features"]) == min(limit, max(0, body["numberMatched"] - offset))
