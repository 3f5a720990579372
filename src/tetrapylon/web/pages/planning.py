"""The plan: what comes next at each structure and what holds it; plans that were kept."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import Product, Structure
from tetrapylon.model.terms import StructureRole
from tetrapylon.plan.next import JUDGED_BY
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Page
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import PAGE_LIMIT

router = APIRouter()


@router.get("/plan", response_class=HTMLResponse, responses=answers(HTML))
def plan(asked: Ask, page: Page = 1) -> HTMLResponse:
    """Next steps, most significant structures first."""
    ranked = sorted(asked.view.claims(Structure), key=lambda c: (-(c.body.significance or 0), c.name))
    single = [c for c in ranked if c.body.role is not StructureRole.GROUP]
    shown = single[(page - 1) * PAGE_LIMIT : page * PAGE_LIMIT]
    following = computed.worked(asked, [c.uid for c in shown]).following
    return render(
        asked,
        "plan.html",
        steps=[following[c.uid] for c in shown if c.uid in following],
        page=page,
        pages=-(-len(single) // PAGE_LIMIT),
        judged_by=JUDGED_BY,
        kept=[c for c in asked.view.claims(Product, ever=True) if c.body.kind.startswith("plan")],
    )
