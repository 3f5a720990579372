"""The plan: what comes next at each structure and what holds it; plans that were kept."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import Product
from tetrapylon.plan.next import JUDGED_BY
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Page
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import PAGE_LIMIT

router = APIRouter()


@router.get("/plan", response_class=HTMLResponse)
def plan(asked: Ask, page: Page = 1) -> HTMLResponse:
    """Next steps, most significant structures first."""
    steps = computed.next_actions(asked)
    return render(
        asked,
        "plan.html",
        steps=steps[(page - 1) * PAGE_LIMIT : page * PAGE_LIMIT],
        page=page,
        pages=-(-len(steps) // PAGE_LIMIT),
        judged_by=JUDGED_BY,
        kept=[c for c in asked.view.claims(Product, ever=True) if c.body.kind.startswith("plan")],
    )
