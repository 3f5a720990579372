"""Photos, scans and other files that lie beside the record, each only where its own tier may leave."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from tetrapylon.errors import NotFound, NotPermitted
from tetrapylon.model import Asset, Claim
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.describing import answers
from tetrapylon.workflow.product import asset_folder

router = APIRouter()

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
"""Media types that a page shows; any other file is handed out to be saved, never run here."""
ANY = "application/octet-stream"


@router.get("/asset/{uid}", response_class=Response, responses=answers(*PICTURES, ANY, s403="Its tier may not leave."))
def asset(asked: Ask, uid: str) -> Response:
    """The content of one file."""
    claim = next((c for c in asked.view.claims(Asset, uid=uid, ever=True)), None)
    if claim is None:
        raise NotFound("There is no such file on record.")
    where = standing(asked, claim)
    if where == "withheld":
        raise NotPermitted(f"The file is of the tier {claim.body.tier}, which this server does not give out.")
    path = lying(asked, claim)
    if path is None:
        raise NotFound("The file is not beside this record.")
    shown = where == "picture"
    return FileResponse(
        path, media_type=claim.body.media_type if shown else ANY, filename=path.name,
        content_disposition_type="inline" if shown else "attachment",
    )  # fmt: skip


def standing(asked: Asked, claim: Claim[Asset]) -> str:
    """``picture`` to show, ``file`` to save, ``withheld`` or ``missing``."""
    if claim.body.tier not in {t.value for t in asked.view.shown}:
        return "withheld"
    if lying(asked, claim) is None:
        return "missing"
    return "picture" if claim.body.media_type in PICTURES else "file"


def lying(asked: Asked, claim: Claim[Asset]) -> Path | None:
    """Where the file lies: beside the record under its SHA-256, with or without an ending; None: not there."""
    digest = claim.body.sha256
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        return None
    folder = asset_folder(asked.reading.record())
    return next((p for p in (folder / digest, *sorted(folder.glob(f"{digest}.*"))) if p.is_file()), None)
