"""What was set aside: branches of feeds in quarantine, claims that lack values, erasures."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.record.shown import branches_set_aside
from tetrapylon.web.asked import Ask
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render

router = APIRouter()


@router.get("/quarantine", response_class=HTMLResponse, responses=answers(HTML))
def quarantine(asked: Ask) -> HTMLResponse:
    """Branches set aside, and what this file lacks."""
    record = asked.reading.record()
    view = asked.view
    contests = asked.reading.computed(asked.clocks, "contests", view.contests)
    return render(
        asked,
        "quarantine.html",
        branches=branches_set_aside(record),
        parties=asked.reading.parties(asked.clocks),
        disputed=[c for c in contests if c.disputed_by],
        erasures=sorted(record.erasures()),
        feeds=list(record.feeds().values()),
    )
