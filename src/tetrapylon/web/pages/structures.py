"""Structures: the list, and a page for each with everything on record about it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import Asset, Source, Structure
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask, Page
from tetrapylon.web.rendering import render
from tetrapylon.web.settings import PAGE_LIMIT
from tetrapylon.workflow.telling import told_about

router = APIRouter()


@router.get("/structures", response_class=HTMLResponse)
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
        conditions=computed.conditions(asked),
        gates=computed.gate_by_structure(asked),
    )


@router.get("/structure/{name}", response_class=HTMLResponse)
def structure(asked: Ask, name: str) -> HTMLResponse:
    """One structure."""
    view = asked.view
    claim = view.one(Structure, name)
    told = told_about(view, claim.uid, Structure)
    chains = [c for t in told for c in t.chains]
    sources = {c.source.uid: c.source for c in chains if c.source is not None}
    direct = {c.uid: c for c in view.claims(Source) if c.uid in {t.claim.source for t in told}}
    family = view.claims(Structure)
    prospects = computed.prospects(asked)
    return render(
        asked,
        "structure.html",
        structure=claim,
        parent=next((c for c in family if c.uid == claim.body.parent), None),
        parts=[c for c in family if c.body.parent == claim.uid],
        gate=computed.gate_by_structure(asked).get(claim.uid),
        condition=computed.conditions(asked).get(claim.uid),
        options=next((o for o in prospects.options if o.structure.uid == claim.uid), None),
        consents=next((c for c in prospects.consents if c.structure.uid == claim.uid), None),
        following=next((n for n in computed.next_actions(asked) if n.structure.uid == claim.uid), None),
        told_list=told,
        assets=[t.claim for t in told if isinstance(t.claim.body, Asset)],
        sources=sorted({**direct, **sources}.values(), key=lambda c: (c.body.published, c.name)),
    )
