"""IIIF manifests: judged by IIIF's own models, read back, nothing above the tier handed out, nothing fetched."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tetrapylon.cli.main import app
from tetrapylon.errors import ValueRangeError
from tetrapylon.formats.case import read_case
from tetrapylon.formats.iiif import Writer, read, sniff
from tetrapylon.formats.iiif.addresses import Addresses
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import Asset, Party, Site, Structure, Tier, When, parse_date, thing_uid
from tetrapylon.model.entity import Entity, Ref
from tetrapylon.model.terms import AssetKind
from tetrapylon.record.record import Record

SITE, ARCH, COURT, SOURCE = (thing_uid("t", e, "a") for e in ("site", "structure", "place", "source"))
COLUMN = thing_uid("t", "structure", "column")
SHA = "ab" * 32
BANNER = "historical case from published reports; not for deciding where to go"
THINGS = [
    Row("site", SITE, {"label": "Ancient city", "banner": BANNER, "licence": "Outlines: ODbL 1.0"}),
    Row("structure", ARCH, {"label": 'Arch "of" <Triumph>', "aliases": ["قوس النصر", "Porta"], "type": "arch"}),
    Row("structure", COLUMN, {"label": "Column"}),
    Row("source", SOURCE, {"heading": "Survey & report", "published": {"date": "2016-04-30"}}),
]


def photo(number: int = 1, **data: Any) -> Row:
    base = {
        "local_id": f"p{number}", "sha256": f"{number:064x}", "media_type": "image/jpeg", "kind": "photo", "size": 123,
        "about": [ARCH], "taken": {"date": "2016-04-21"}, "tier": "public", "caption": "From the east",
        "pixel_width": 4000, "pixel_height": 3000, "credit": "Photograph: survey team",
        "rights": "https://creativecommons.org/licenses/by/4.0/",
    }  # fmt: skip
    kept = {k: v for k, v in {**base, **data}.items() if v is not None}
    return Row("asset", thing_uid("t", "asset", str(number)), kept, SOURCE)


def export(folder: Path, *assets: Row, tiers: set[Tier] | None = None) -> dict[str, Any]:
    """The documents written, by name."""
    files = write_tables([*THINGS, *assets], folder, "iiif", name="t", authority="t", tiers=tiers or {Tier.PUBLIC})
    return {str(f.relative_to(folder)): json.loads(f.read_text(encoding="utf-8")) for f in files if f.suffix == ".json"}


def read_again(folder: Path) -> list[Row]:
    case = read_case(folder, exists=lambda entity, uid: True)
    rows = [row._replace(file="", row=0) for row in case.rows()]
    assert case.problems == []
    return sorted(rows, key=lambda row: row.uid)


def test_a_structure_has_a_manifest_with_its_names_its_source_and_the_warning(tmp_path: Path) -> None:
    documents = export(tmp_path, photo())
    manifest = documents[f"manifests/{ARCH}.json"]
    assert manifest["label"] == {"none": ['Arch "of" <Triumph>']}
    assert manifest["requiredStatement"]["value"] == {"none": [BANNER, "Outlines: ODbL 1.0"]}
    assert set(manifest["requiredStatement"]["label"]) == {"en", "fr", "ru", "ar"}
    assert manifest["metadata"][0]["value"] == {"none": ["قوس النصر", "Porta"]}
    (canvas,) = manifest["items"]
    assert (canvas["width"], canvas["height"]) == (4000, 3000)
    assert canvas["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert canvas["navDate"] == "2016-04-21T00:00:00Z"
    assert canvas["requiredStatement"]["value"] == {"none": ["Photograph: survey team"]}
    text = json.dumps(canvas)
    assert "Survey &amp; report" in text
    assert "Arch &quot;of&quot; &lt;Triumph&gt;" in text
    kinds = next(p["value"] for p in canvas["metadata"] if p["label"]["en"] == ["Kind"])
    assert kinds == {"en": ["photograph"], "fr": ["photographie"], "ru": ["фотография"], "ar": ["صورة"]}
    (listed,) = documents["collection.json"]["items"]
    assert listed["id"] == manifest["id"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = [
        photo(1),
        photo(2, about=[ARCH, COLUMN, SITE], caption=None, credit=None, rights="on request", local_id=None),
        photo(3, about=[COURT], taken={"date": "2016-04-15", "precision": "month"}, media_type="image/png", size=None),
        photo(4, about=None, taken=None, rights=None)._replace(source=None),
    ]
    export(tmp_path, *rows)
    assert read_again(tmp_path) == sorted(rows, key=lambda row: row.uid)


def test_an_image_of_two_structures_stands_with_both_and_is_read_once(tmp_path: Path) -> None:
    documents = export(tmp_path, photo(about=[ARCH, COLUMN]))
    one, other = (documents[f"manifests/{uid}.json"]["items"][0] for uid in (ARCH, COLUMN))
    assert one["id"] == other["id"]
    assert other["partOf"][0]["id"] == documents[f"manifests/{ARCH}.json"]["id"]
    assert len(read_again(tmp_path)) == 1


def test_files_that_are_no_images_are_offered_for_download(tmp_path: Path) -> None:
    scan = photo(2, media_type="model/gltf-binary", kind="scan", pixel_width=None, pixel_height=None)
    unmeasured = photo(3, pixel_width=None, about=[COLUMN])
    documents = export(tmp_path, photo(1), scan, unmeasured)
    (model,) = documents[f"manifests/{ARCH}.json"]["rendering"]
    assert (model["type"], model["format"]) == ("Dataset", "model/gltf-binary")
    assert f"manifests/{COLUMN}.json" not in documents
    (image,) = documents["collection.json"]["rendering"]
    assert (image["type"], image["id"][-4:]) == ("Image", ".jpg")


@pytest.mark.parametrize("tiers", [{Tier.PUBLIC}, {Tier.PUBLIC, Tier.PARTNERS}, set(Tier)])
def test_a_file_leaves_only_with_the_tier_of_its_content(tmp_path: Path, tiers: set[Tier]) -> None:
    """A file that does not say its tier is for partners, as the declaration has it."""
    assert Asset.fields()["tier"].required is False
    rows = [photo(i, tier=tier.value, caption=f"only for {tier.value}") for i, tier in enumerate(Tier, start=1)]
    export(tmp_path, *rows, photo(9, tier=None, caption="says no tier"), tiers=tiers)
    everything = "".join(f.read_text(encoding="utf-8") for f in tmp_path.rglob("*.json"))
    for tier in Tier:
        assert (f"only for {tier.value}" in everything) is (tier in tiers)
    assert ("says no tier" in everything) is (Tier.PARTNERS in tiers)


@pytest.mark.parametrize(
    "assets", [[], [photo()], [photo(1), photo(2, about=[SITE], caption=None, taken=None, credit=None)]]
)
def test_iiifs_own_models_accept_it(tmp_path: Path, assets: list[Row]) -> None:
    """iiif-prezi3, made by the consortium from its JSON schema."""
    prezi = pytest.importorskip("iiif_prezi3")
    for document in export(tmp_path, *assets).values():
        model = getattr(prezi, document["type"]).model_validate(document)
        kept = json.loads(model.json())
        assert kept["id"] == document["id"]
        assert len(kept["items"]) == len(document["items"])
        for canvas, ours in zip(kept["items"], document["items"], strict=True):
            assert canvas["label"] == ours["label"]


def test_a_manifest_that_iiifs_own_models_refuse(tmp_path: Path) -> None:
    """So that the test above can fail: a label that is no language map."""
    prezi = pytest.importorskip("iiif_prezi3")
    manifest = export(tmp_path, photo())[f"manifests/{ARCH}.json"]
    with pytest.raises(ValueError, match="label"):
        prezi.Manifest.model_validate({**manifest, "label": 3})


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda t: not t.isspace()
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    caption=st.none() | TEXT, credit=st.none() | TEXT, rights=st.none() | TEXT, width=st.integers(1, 10**6),
    kind=st.sampled_from([k.value for k in AssetKind]), precision=st.sampled_from(["", "approx", "month", "year"]),
    about=st.lists(st.sampled_from([SITE, ARCH, COLUMN, COURT]), unique=True, max_size=4),
)  # fmt: skip
def test_whatever_is_said_of_an_image_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, caption: str | None, credit: str | None, rights: str | None, width: int,
    kind: str, precision: str, about: list[str],
) -> None:  # fmt: skip
    taken = {"date": "2016-04-21", **({"precision": precision} if precision else {})}
    row = photo(
        1, caption=caption, credit=credit, rights=rights, pixel_width=width, kind=kind, taken=taken, about=about or None
    )
    folder = tmp_path_factory.mktemp("iiif")
    export(folder, row)
    assert read_again(folder) == [row]


# --- the base -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base", ["", "ftp://x", "https://", "https://x/ y", 'https://x/"onload=', "https://x/?q", "/etc"]
)
def test_a_base_that_is_no_address_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(ValueRangeError, match=r"Write it as https://server/folder\."):
        Writer(tmp_path, base=base)


def test_a_digest_cannot_lead_elsewhere() -> None:
    assert Addresses().file("../../../etc/passwd", "image/png").count("/assets/..%2F") == 1


# --- the command ----------------------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A grey picture, by the PNG specification."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_the_export_of_a_record_holds_the_files_and_imports_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    place, out = tmp_path / "r.gpkg", tmp_path / "out"
    picture = png(4, 3)
    digest = hashlib.sha256(picture).hexdigest()
    beside = Path(f"{place}.assets")
    beside.mkdir()
    (beside / f"{digest}.png").write_bytes(picture)
    shared: dict[str, Any] = {"media_type": "image/png", "kind": AssetKind.PHOTO, "pixel_width": 4, "pixel_height": 3}
    with Record.create(str(place), party=Party(label="Surveyors")) as record, record.writing() as writer:
        writer.claim(Site(label="Site", local_id="s", banner=BANNER))
        arch = Ref[Entity](writer.claim(Structure(label="Arch", local_id="a")).entry.subject)
        taken = When(parse_date("2020-05-01"))
        writer.claim(Asset(sha256=digest, about=(arch,), taken=taken, caption="Whole", tier="public", **shared))
        writer.claim(Asset(sha256="c" * 64, about=(arch,), caption="Lost", tier="public", **shared))
        writer.claim(Asset(sha256="d" * 64, caption="Secret", tier="restricted", **shared))
    command = [
        "export",
        str(place),
        "--format",
        "iiif",
        "--out",
        str(out),
        "--base",
        "https://museum.example.org/iiif/",
    ]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    printed = " ".join(told.output.split())
    assert "1 files do not lie beside the record" in printed
    assert "3 claims are left out: asset 1, site 1, structure 1." in printed
    assert (out / "assets" / f"{digest}.png").read_bytes() == picture
    everything = "".join(f.read_text(encoding="utf-8") for f in out.rglob("*.json"))
    assert f"https://museum.example.org/iiif/assets/{digest}.png" in everything
    assert BANNER in everything
    assert "Secret" not in everything
    assert "d" * 64 not in everything
    case = read_case(out, exists=lambda entity, uid: True)
    assert {row.data["caption"] for row in case.rows()} == {"Whole", "Lost"}
    assert case.problems == []


def test_a_base_is_for_this_format_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    with Record.create(str(tmp_path / "r.gpkg"), party=Party(label="P")):
        pass
    command = ["export", str(tmp_path / "r.gpkg"), "--out", str(tmp_path / "out"), "--base", "https://x.example"]
    told = CliRunner().invoke(app, command)
    assert "A base is for the format iiif, not for csv." in str(told.exception or told.output)


# --- those of others, and hostile ones ------------------------------------------------------------------------------


def problems(path: Path, content: object) -> list[str]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return [str(p) for p in read_case(path, authority="t", entity="asset").check()]


def test_a_manifest_of_others_says_what_is_missing(tmp_path: Path) -> None:
    own = export(tmp_path / "own", photo())[f"manifests/{ARCH}.json"]
    (canvas,) = own["items"]
    body = {"id": "https://images.example.org/1/full/max/0/default.jpg", "type": "Image"}
    page = {"id": "https://x.example/page", "type": "AnnotationPage", "items": [{"type": "Annotation", "body": body}]}
    theirs = {"id": "https://x.example/canvas/1", "type": "Canvas", "label": {"en": ["Photo"]}, "items": [page]}
    (found,) = problems(tmp_path / "m.json", {**own, "items": [theirs, theirs]})
    assert found == (
        'm.json: "2 images" do not say the SHA-256 of their file, by which a record names it; download them and import '
        "them as files."
    )
    both = problems(tmp_path / "m.json", {**own, "items": [canvas, theirs]})
    assert [p for p in both if "names no" not in p] == [
        found.replace("m.json:", "m.json, asset:").replace("2 im", "1 im")
    ]


def test_a_canvas_of_others_with_the_digest_in_its_metadata_is_read(tmp_path: Path) -> None:
    canvas: dict[str, Any] = {
        "id": "https://x.example/canvas/1", "type": "Canvas", "label": {"en": ["Arch from the east"]},
        "width": 40, "height": 30, "metadata": [{"label": {"en": ["SHA-256"]}, "value": {"en": [SHA]}}],
        "items": [{"items": [{"body": {"id": "https://x.example/1.jpg", "type": "Image", "format": "image/jpeg"}}]}],
    }  # fmt: skip
    path = tmp_path / "m.json"
    context = "http://iiif.io/api/presentation/3/context.json"
    label = Asset.fields()["sha256"].label_in("en")
    canvas["metadata"][0]["label"] = {"en": [label]}
    path.write_text(
        json.dumps({"@context": context, "type": "Manifest", "id": "https://x.example/m", "items": [canvas]})
    )
    (row,) = read_case(path, authority="t", entity="asset").rows()
    assert row.data["sha256"] == SHA
    assert row.data["caption"] == "Arch from the east"
    assert (row.data["pixel_width"], row.data["media_type"]) == (40, "image/jpeg")
    assert row.data["tier"] == "partners"
    assert row.uid == thing_uid("t", "asset", "https://x.example/canvas/1")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t[:-40], "The file ends in the middle: it is cut off (line"),
        (lambda t: t.replace("presentation/3", "presentation/2"), "is another version than IIIF Presentation 3."),
        (lambda t: t.replace('"Manifest"', '"Range"'), '"Range" is neither a Manifest nor a Collection.'),
        (lambda t: t.replace('"items":', '"items": ' + "[" * 100_000 + ', "x":'), "nested too deeply"),
        (lambda t: t.replace('"items":', "items:", 1), "is not readable JSON"),
    ],
)
def test_broken_manifests_say_what_is_wrong(tmp_path: Path, change: Any, said: str) -> None:
    text = json.dumps(export(tmp_path / "own", photo())[f"manifests/{ARCH}.json"])
    (found,) = problems(tmp_path / "m.json", change(text))
    assert said in found


def test_a_giant_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[read.__module__], "LARGEST", 100)
    (found,) = problems(tmp_path / "m.json", export(tmp_path / "own", photo())[f"manifests/{ARCH}.json"])
    assert "is more than the 0 MiB of a manifest that are read." in found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["none", "en", "id", "items", "label"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=JSON)
def test_any_damage_ends_with_rows_and_problems(tmp_path: Path, data: st.DataObject, value: object) -> None:
    whole = export(tmp_path / "own", photo())[f"manifests/{ARCH}.json"]
    at: Any = whole["items"]
    while data.draw(st.booleans()):
        inner = at[data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))]
        if not isinstance(inner, dict | list) or not inner:
            break
        at = inner
    at[data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))] = value
    assert all(problems(tmp_path / "m.json", whole)) is True


def test_its_own_sign_is_known_from_those_of_others(tmp_path: Path) -> None:
    export(tmp_path, photo())
    assert sniff(tmp_path / "collection.json")
    (tmp_path / "other.json").write_text('{"@context": "https://linked.art/ns/v1/linked-art.json"}')
    assert not sniff(tmp_path / "other.json")
