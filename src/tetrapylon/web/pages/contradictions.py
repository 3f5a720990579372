"""What contradicts what: figures, conditions, and claims that parties hold against each other."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.evidence.findings import FindingKind
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask
from tetrapylon.web.rendering import render

router = APIRouter()


@router.get("/contradictions", response_class=HTMLResponse)
def contradictions(asked: Ask) -> HTMLResponse:
    """Contradictions stay visible until a named person with a mandate decides."""
    book = computed.ledger(asked)
    torn = [c for c in computed.conditions(asked).values() if c.differences]
    return render(
        asked,
        "contradictions.html",
        findings=[*book.of(FindingKind.CONTRADICTION), *book.of(FindingKind.FALL)],
        torn=sorted(torn, key=lambda c: (not c.contested, c.structure.name)),
        contests=asked.reading.computed(asked.clocks, "contests", asked.view.contests),
        parties=asked.reading.parties(asked.clocks),
    )
