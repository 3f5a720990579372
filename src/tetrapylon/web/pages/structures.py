"""Structures: the list, and a page for each with everything on record about it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import Asset, Source, Structure
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Page
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.pages.assets import standing
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import PAGE_LIMIT
from tetrapylon.workflow.telling import index, told_about

router = APIRouter()


@router.get("/structures", response_class=HTMLResponse, responses=answers(HTML))
def structures(asked: Ask, page: Page = 1) -> HTMLResponse:
    """All structures with condition and gate."""
    claims = asked.view.claims(Structure)
    shown = claims[(page - 1) * PAGE_LIMIT : page * PAGE_LIMIT]
    return render(
        asked,
        "structures.html",
        structures=shown,
        total=len(claims),
        page=page,
        pages=-(-len(claims) // PAGE_LIMIT),
        worked=computed.worked(asked, [c.uid for c in shown]),
    )


@router.get("/structure/{name}", response_class=HTMLResponse, responses=answers(HTML))
def structure(asked: Ask, name: str) -> HTMLResponse:
    """One structure."""
    view = asked.view
    claim = view.one(Structure, name)
    told = told_about(view, claim.uid, Structure)
    chains = [c for t in told for c in t.chains]
    sources = {c.source.uid: c.source for c in chains if c.source is not None}
    on_record = index(view, Source)
    direct = {uid: on_record[uid] for t in told if (uid := str(t.claim.source)) in on_record}
    family = view.claims(Structure)
    worked = computed.worked(asked, [claim.uid])
    return render(
        asked,
        "structure.html",
        structure=claim,
        parent=next((c for c in family if c.uid == claim.body.parent), None),
        parts=[c for c in family if c.body.parent == claim.uid],
        gate=worked.gates.get(claim.uid),
        condition=worked.conditions.get(claim.uid),
        options=worked.options.get(claim.uid),
        consents=worked.consents.get(claim.uid),
        following=worked.following.get(claim.uid),
        told_list=told,
        assets=[(t.claim, standing(asked, t.claim)) for t in told if isinstance(t.claim.body, Asset)],
        sources=sorted({**direct, **sources}.values(), key=lambda c: (c.body.published, c.name)),
    )
