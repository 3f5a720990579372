"""What contradicts what: figures, conditions, and claims that parties hold against each other."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.evidence.findings import FindingKind
from tetrapylon.model import Structure
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import GRADED_MOST

router = APIRouter()


@router.get("/contradictions", response_class=HTMLResponse, responses=answers(HTML))
def contradictions(asked: Ask) -> HTMLResponse:
    """Contradictions stay visible until a named person with a mandate decides."""
    book = computed.ledger(asked)
    structures = asked.view.claims(Structure)
    compared = len(structures) <= GRADED_MOST
    worked = computed.worked(asked, [c.uid for c in structures] if compared else [])
    torn = [c for c in worked.conditions.values() if c.differences]
    return render(
        asked,
        "contradictions.html",
        findings=[*book.of(FindingKind.CONTRADICTION), *book.of(FindingKind.FALL)],
        compared=compared,
        torn=sorted(torn, key=lambda c: (not c.contested, c.structure.name)),
        contests=asked.reading.computed(asked.clocks, "contests", asked.view.contests),
        parties=asked.reading.parties(asked.clocks),
    )
