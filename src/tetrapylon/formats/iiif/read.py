"""Reading IIIF manifests: images whose bytes are named by their SHA-256 become files on record; the rest is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tetrapylon.formats.gathered import Gathered
from tetrapylon.formats.iiif.addresses import CONTEXT, canvas_uid, file_digest, thing_uids
from tetrapylon.formats.iiif.pairs import first, read_pair
from tetrapylon.formats.iiif.write import SOURCE
from tetrapylon.formats.problems import Bad, broken_json
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import Sheet

LARGEST = 64 * 1024**2
"""Bytes a document may have: it is read whole."""
_PREFIX = b"iiif.io/api/presentation"


def sniff(path: Path) -> bool:
    """True for JSON whose start names the context of the IIIF Presentation API, of any version."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"{" and b'"@context"' in start and _PREFIX in start


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The files a manifest shows, one row per canvas, numbered from 1. A collection only lists manifests: no rows.

    Raises
    ------
    Bad : the file is too large, not UTF-8 JSON, cut off, nested too deeply, or of another version; or none of its
        images is named by its SHA-256.
    """
    document = _document(path)
    if document.get("type") == "Collection":
        return []
    if document.get("type") != "Manifest":
        raise Bad(str(document.get("type"))[:60], "is neither a Manifest nor a Collection.", "Manifest", column="type")
    gathered = Gathered(file or path.name)
    rows = nameless = 0
    for number, canvas in enumerate(_dicts(document.get("items")), start=1):
        if any(p.get("type") == "Manifest" and p.get("id") != document.get("id") for p in _dicts(canvas.get("partOf"))):
            rows += 1  # stands in another manifest of the same folder
            continue
        row = _row(canvas)
        if row is None:
            nameless += 1
            continue
        rows += 1
        try:
            gathered.add(number, row)
        except (TypeError, KeyError, AttributeError):
            gathered.bad(
                number, "asset", Bad(str(canvas.get("id"))[:80], "holds a value that is not one of its field.")
            )
    reason = "do not say the SHA-256 of their file, by which a record names it; download them and import them as files."
    if nameless and not rows:
        raise Bad(f"{nameless} images", reason, code="left-out")
    if nameless:
        gathered.bad(0, "asset", Bad(f"{nameless} images", reason, code="left-out", warning=True))
    return gathered.sheets()


def _document(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    if size > LARGEST:
        raise Bad(f"{size:,} bytes", f"is more than the {LARGEST // 1024**2} MiB of a manifest that are read.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text)
    except UnicodeDecodeError:
        raise Bad("", "is not UTF-8 text. Save the file as UTF-8.", code="encoding") from None
    except RecursionError:
        raise Bad("", "is nested too deeply to be a manifest.", code="depth") from None
    except json.JSONDecodeError as error:
        raise broken_json(error) from None
    context = document.get("@context")
    if CONTEXT not in (context if isinstance(context, list) else [context]):
        shown = context if isinstance(context, str) else json.dumps(context)
        raise Bad(shown[:100], "is another version than IIIF Presentation 3.", CONTEXT, column="@context")
    found: dict[str, Any] = document
    return found


def _row(canvas: dict[str, Any]) -> Row | None:
    """The file on a canvas; None where its bytes are not named."""
    body = next(_bodies(canvas), {})
    data: dict[str, Any] = {}
    source = None
    for found in _dicts(canvas.get("metadata")):
        text = first(found.get("value"))
        known = read_pair(found)
        if known is not None and known[0].name == "about":
            data["about"] = thing_uids(text)
        elif known is not None:
            data[known[0].name] = known[1]
        elif found.get("label") == SOURCE:
            source = next(iter(thing_uids(text)), None)
    digest = data.get("sha256") or file_digest(body.get("id"))
    if not digest:
        return None
    data["sha256"] = digest
    for name, there in (("pixel_width", canvas.get("width")), ("pixel_height", canvas.get("height"))):
        if name not in data and isinstance(there, int):
            data[name] = there
    if "media_type" not in data and isinstance(body.get("format"), str):
        data["media_type"] = body["format"]
    label = canvas.get("label")
    uid = canvas_uid(canvas.get("id")) or ""
    if not uid or (isinstance(label, dict) and "none" in label):  # without a caption ours is labelled by its kind
        data["caption"] = first(label) or None
    statement = canvas.get("requiredStatement")
    if isinstance(statement, dict) and (credit := first(statement.get("value"))):
        data["credit"] = credit
    if "rights" not in data and isinstance(canvas.get("rights"), str):
        data["rights"] = canvas["rights"]
    if not uid and "local_id" not in data:
        data["local_id"] = str(canvas.get("id", digest))
    return Row("asset", uid, {name: value for name, value in data.items() if value is not None}, source)


def _bodies(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is painted on a canvas."""
    for page in _dicts(canvas.get("items")):
        for painted in _dicts(page.get("items")):
            body = painted.get("body")
            yield from _dicts(body if isinstance(body, list) else [body])


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
