"""Writing IIIF: a manifest for each structure and site with images, and a collection of them."""

from __future__ import annotations

import json
import re
from collections.abc import Set
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any

from tetrapylon.formats.gathered import partial, settle
from tetrapylon.formats.iiif.addresses import BASE, CONTEXT, Addresses
from tetrapylon.formats.iiif.pairs import Pair, labels, pair, plain
from tetrapylon.formats.row import Row
from tetrapylon.model import REGISTRY, Tier
from tetrapylon.model.terms import AssetKind

Document = dict[str, Any]

ENTITIES = frozenset({"asset"})
NAMES = frozenset({"site", "source", "structure"})
"""Entities whose rows say what the things are called that files show and come from."""

LOSSES = (
    "Only files are written; structures, sites and sources lend their names.",
    "A file that is no image, or an image without its size in pixels, is offered for download with its caption alone.",
    "Fields that this version does not know are left out.",
)

ATTRIBUTION = {"en": ["Attribution"], "fr": ["Attribution"], "ru": ["Указание источника"], "ar": ["نسب المصدر"]}
FILES = {"en": ["Files"], "fr": ["Fichiers"], "ru": ["Файлы"], "ar": ["الملفات"]}
SOURCE = {"en": ["Source"], "fr": ["Source"], "ru": ["Источник"], "ar": ["المصدر"]}

_RIGHTS = re.compile(r"https?://(creativecommons\.org/(?:licenses|publicdomain)/.*|rightsstatements\.org/vocab/.*)")
_SHOWN_ELSEWHERE = frozenset({"about", "caption", "credit"})


def admits(row: Row, tiers: Set[Tier]) -> bool:
    """A file leaves only when the tier of its content is handed out; one that says none is for partners."""
    return row.entity != "asset" or row.data.get("tier", Tier.PARTNERS.value) in tiers


class Writer:
    """Writes manifests and their collection; use as a context manager. All rows are held until it closes.

    ``base``: address under which the folder will be served; the files themselves lie in ``assets`` under it, named by
    their SHA-256 (`addresses.Addresses.file`).

    Raises
    ------
    ValueRangeError : the base is not an http(s) address.
    """

    def __init__(self, folder: Path, *, base: str = BASE) -> None:
        self.folder = folder
        self.at = Addresses(base)
        self.assets: list[Row] = []
        self.things: dict[str, Row] = {}
        self.files: dict[str, str] = {}

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Keep one row."""
        if row.entity == "asset" and {"sha256", "media_type"} <= row.data.keys():
            self.assets.append(row)
        elif row.entity != "asset":
            self.things.setdefault(row.uid, row)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        listed, loose = [], []
        written: dict[str, str] = {}  # image: the manifest its canvas stands in
        for uid, assets in self._by_thing().items():
            if not any(is_image(a) for a in assets):
                loose += assets
                continue
            document = self._manifest(uid, assets, written)
            self._write(f"manifests/{uid}.json", document, f"manifest-{uid}")
            listed.append({"id": document["id"], "type": "Manifest", "label": document["label"]})
        collection: Document = {"@context": CONTEXT, "id": self.at.collection, "type": "Collection"}
        collection |= {"label": self._site_label(), **self._statement(), "items": listed}
        if loose:
            collection["rendering"] = [self._download(row) for row in {r.uid: r for r in loose}.values()]
        self._write("collection.json", collection, "collection")

    def _by_thing(self) -> dict[str, list[Row]]:
        """Files by structure and site; those of nothing on record under the first site, or under themselves."""
        homes = [uid for uid, row in self.things.items() if row.entity == "site"][:1]
        found: dict[str, list[Row]] = {}
        for row in self.assets:
            shown = [u for u in row.data.get("about", ()) if u in self.things and self.things[u].entity != "source"]
            for uid in shown or homes or [row.uid]:
                found.setdefault(uid, []).append(row)
        return found

    def _write(self, name: str, document: Document, key: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = False
        try:
            text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
            partial(path).write_text(text + "\n", encoding="utf-8", newline="\n")
            whole = True
        finally:
            settle(path, whole)
        self.files[key] = name

    def _manifest(self, uid: str, assets: list[Row], written: dict[str, str]) -> Document:
        thing = self.things.get(uid)
        address = self.at.manifest(uid)
        document: Document = {"@context": CONTEXT, "id": address, "type": "Manifest"}
        document["label"] = self._label(uid) if thing else FILES
        if thing is not None:
            document["metadata"] = _described(thing)
        document |= self._statement()
        document["partOf"] = [{"id": self.at.collection, "type": "Collection"}]
        canvases = []
        for row in assets:
            if not is_image(row):
                document.setdefault("rendering", []).append(self._download(row))
                continue
            canvas = self._canvas(row)
            if row.uid in written:
                canvas["partOf"] = [{"id": written[row.uid], "type": "Manifest"}]
            written.setdefault(row.uid, address)
            canvases.append(canvas)
        return {**document, "items": canvases}

    def _canvas(self, row: Row) -> Document:
        data, address = row.data, self.at.canvas(row.uid)
        size = {"width": data["pixel_width"], "height": data["pixel_height"]}
        canvas: Document = {"id": address, "type": "Canvas", "label": _caption(row), **size}
        canvas["metadata"] = self._pairs(row)
        if credit := data.get("credit"):
            canvas["requiredStatement"] = {"label": ATTRIBUTION, "value": plain(credit)}
        if rights := _RIGHTS.fullmatch(data.get("rights") or ""):
            canvas["rights"] = f"http://{rights[1]}"  # the standard wants the form without s
        if (taken := data.get("taken")) and taken.get("precision", "day") == "day":
            canvas["navDate"] = f"{taken['date']}T00:00:00Z"
        file = self.at.file(data["sha256"], data["media_type"])
        body = {"id": file, "type": "Image", "format": data["media_type"], **size}
        painted = {"id": f"{address}/image", "type": "Annotation", "motivation": "painting"}
        page = {"id": f"{address}/page", "type": "AnnotationPage"}
        return {**canvas, "items": [{**page, "items": [{**painted, "body": body, "target": address}]}]}

    def _pairs(self, row: Row) -> list[Pair]:
        fields = REGISTRY["asset"].fields()
        found = [
            pair(field, row.data[name])
            for name, field in fields.items()
            if name not in _SHOWN_ELSEWHERE and row.data.get(name) is not None
        ]
        if about := row.data.get("about"):
            links = ", ".join(self._link(uid) for uid in about)
            found.append({"label": labels(fields["about"]), "value": plain(f"<span>{links}</span>")})
        if row.source:
            found.append({"label": SOURCE, "value": plain(f"<span>{self._link(row.source)}</span>")})
        return found

    def _link(self, uid: str) -> str:
        return f'<a href="{self.at.thing(uid)}">{escape(self._name(uid))}</a>'

    def _name(self, uid: str) -> str:
        data = self.things[uid].data if uid in self.things else {}
        return str(data.get("label") or data.get("heading") or data.get("local_id") or uid)

    def _label(self, uid: str) -> dict[str, list[str]]:
        return plain(self._name(uid))

    def _download(self, row: Row) -> Document:
        kind = "Image" if row.data["media_type"].startswith("image/") else "Dataset"
        file = self.at.file(row.data["sha256"], row.data["media_type"])
        return {"id": file, "type": kind, "label": _caption(row), "format": row.data["media_type"]}

    def _sites(self) -> list[Row]:
        return [row for row in self.things.values() if row.entity == "site"]

    def _site_label(self) -> dict[str, list[str]]:
        names = [self._name(row.uid) for row in self._sites()]
        return plain(", ".join(names)) if names else FILES

    def _statement(self) -> Document:
        """Warning and licences of the sites: viewers must show it."""
        said = [row.data[name] for row in self._sites() for name in ("banner", "licence") if row.data.get(name)]
        return {"requiredStatement": {"label": ATTRIBUTION, "value": {"none": said}}} if said else {}


def is_image(row: Row) -> bool:
    """Whether a file can be painted on a canvas: an image whose size in pixels is on record."""
    sizes = (row.data.get("pixel_width"), row.data.get("pixel_height"))
    return str(row.data.get("media_type", "")).startswith("image/") and all(isinstance(s, int) and s > 0 for s in sizes)


def _caption(row: Row) -> dict[str, list[str]]:
    """The caption; without one the kind of file, in every language."""
    if caption := row.data.get("caption"):
        return plain(caption)
    return dict(pair(REGISTRY["asset"].fields()["kind"], row.data.get("kind", AssetKind.OTHER.value))["value"])


def _described(thing: Row) -> list[Pair]:
    fields = REGISTRY[thing.entity].fields()
    shown = [name for name in ("type", "built", "listing", "local_id") if name in fields and thing.data.get(name)]
    found = [pair(fields[name], thing.data[name]) for name in shown]
    if aliases := thing.data.get("aliases"):
        found.insert(0, {"label": labels(fields["aliases"]), "value": {"none": list(aliases)}})
    return found
