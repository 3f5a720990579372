"""Addresses in IIIF documents. The standard wants http(s) addresses; whoever publishes says under which base."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from tetrapylon.errors import ValueRangeError

NAME = "iiif"
CONTEXT = "http://iiif.io/api/presentation/3/context.json"

BASE = "https://record.invalid/iiif"
"""Base where none is given: a name that no server can ever have (RFC 2606)."""

_UID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_CANVAS = re.compile(rf"https?://.+/canvases/{_UID}")
_THING = re.compile(rf'href="https?://[^"]+/things/{_UID}"')
_FILE = re.compile(r"https?://.+/assets/([0-9a-f]{64})(?:\.[a-z]+)?")

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/svg+xml": ".svg",
    "model/gltf-binary": ".glb",
    "application/pdf": ".pdf",
}


def suffix(media_type: str) -> str:
    """Ending of the name of a file of a media type; "" where none is usual."""
    return _SUFFIXES.get(media_type, "")


@dataclass(frozen=True)
class Addresses:
    """The addresses under one base.

    Raises
    ------
    ValueRangeError : the base is not an http(s) address.
    """

    base: str = BASE

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[^\s/?#\"<>]+(/[^\s?#\"<>]*)?", self.base):
            raise ValueRangeError(
                f'"{self.base}" is not an address that documents can be served under.',
                hint="Write it as https://server/folder.",
            )
        object.__setattr__(self, "base", self.base.rstrip("/"))

    @property
    def collection(self) -> str:
        """The list of all manifests."""
        return f"{self.base}/collection.json"

    def manifest(self, uid: str) -> str:
        """The manifest of a thing."""
        return f"{self.base}/manifests/{uid}.json"

    def canvas(self, uid: str) -> str:
        """The canvas of an image."""
        return f"{self.base}/canvases/{uid}"

    def thing(self, uid: str) -> str:
        """Name of a thing that a document speaks of."""
        return f"{self.base}/things/{uid}"

    def file(self, sha256: str, media_type: str) -> str:
        """The file itself."""
        return f"{self.base}/assets/{quote(sha256, safe='')}{suffix(media_type)}"


def canvas_uid(address: object) -> str | None:
    """Uid in the address of a canvas of ours."""
    found = _CANVAS.fullmatch(address) if isinstance(address, str) else None
    return found[1] if found else None


def thing_uids(html: object) -> list[str]:
    """Uids in links to things of ours."""
    return _THING.findall(html) if isinstance(html, str) else []


def file_digest(address: object) -> str | None:
    """SHA-256 in the address of a file of ours."""
    found = _FILE.fullmatch(address) if isinstance(address, str) else None
    return found[1] if found else None
