"""The contamination map: kept ones as layers with their legend, or why no figure can be given."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.errors import NotFound, TetrapylonError
from tetrapylon.model import Claim, HazardArea, HazardReport, Product
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.pictures import tile_picture
from tetrapylon.web.rendering import render
from tetrapylon.workflow.field_map import FieldMap
from tetrapylon.workflow.kept_map import KIND, kept_map

router = APIRouter()

PNG = "image/png"


@dataclass(frozen=True)
class Shown:
    """A kept map. field: None where the file is gone or was changed, which ``problem`` says."""

    claim: Claim[Product]
    field: FieldMap | None
    problem: str


@router.get("/contamination", response_class=HTMLResponse, responses=answers(HTML))
def contamination(asked: Ask) -> HTMLResponse:
    """Kept maps with their legends; what keeps the record from a figure; the extents of the reports."""
    from tetrapylon.workflow.contamination import NEEDED, search_scenarios, why_outside
    from tetrapylon.workflow.ground import ground_record

    view = asked.reading.record().view(on=asked.clocks.on, known=asked.clocks.known)
    return render(
        asked,
        "contamination.html",
        maps=kept_maps(asked),
        refused=why_outside(ground_record(view), None),
        needed=NEEDED,
        ground=ground_record(asked.view),
        scenarios=search_scenarios(),
        claims={c.name: c for entity in (HazardReport, HazardArea) for c in asked.view.claims(entity)},
    )


@router.get("/contamination/{uid}/{band}/{z}/{x}/{y}.png", response_class=Response,
            responses=answers(PNG, s204="The map does not reach there."))  # fmt: skip
def picture(asked: Ask, uid: str, band: int, z: int, x: int, y: int) -> Response:
    """One tile of one band of a kept map."""
    field = next((m.field for m in kept_maps(asked) if m.claim.uid == uid), None)
    if field is None or not 0 <= band < len(BANDS):
        raise NotFound("There is no such map, or it may not leave this server.")
    found = tile_picture(field, BANDS[band], z, x, y)
    return Response(found, media_type=PNG) if found else Response(status_code=204)


def kept_maps(asked: Asked) -> list[Shown]:
    """Maps kept in the view, the last first; a map of a tier that may not leave is not among them."""
    return asked.reading.computed(asked.clocks, f"kept maps {asked.view.shown}", lambda: _kept(asked))


def _kept(asked: Asked) -> list[Shown]:
    claims = [c for c in asked.view.claims(Product, ever=True) if c.body.kind == KIND and c.body.artefact_sha256]
    found = []
    for claim in sorted(claims, key=lambda c: (c.known, c.entry), reverse=True):
        try:
            field, problem = kept_map(asked.reading.record(), claim.body), ""
        except TetrapylonError as error:
            field, problem = None, str(error)
        if field is not None or problem:
            found.append(Shown(claim, field, problem))
    return found
