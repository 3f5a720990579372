"""Statements with their chains, and commitments with what they left open."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import Source
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Page
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import PAGE_LIMIT
from tetrapylon.workflow.telling import Told, index, told_by

router = APIRouter()

CARRIED_MOST = 5
"""Claims shown that one statement carries."""


@router.get("/statements", response_class=HTMLResponse, responses=answers(HTML))
def statements(asked: Ask, page: Page = 1) -> HTMLResponse:
    """Who said what through whom; who is heard how often; what was promised."""
    said = computed.said(asked)
    shown = said.chains[(page - 1) * PAGE_LIMIT : page * PAGE_LIMIT]
    view = asked.view

    def carried(uid: str) -> list[Told]:
        return told_by(view, uid)[:CARRIED_MOST]

    return render(
        asked,
        "statements.html",
        said=said,
        shown=shown,
        page=page,
        pages=-(-len(said.chains) // PAGE_LIMIT),
        promised=computed.promised(asked),
        sources=index(view, Source),
        carried=carried,
    )
