"""Pages for people, one module per subject."""

from __future__ import annotations

from fastapi import APIRouter

from tetrapylon.web.pages import claims, clearance, contradictions, maps, planning, quarantine, statements, structures


def router() -> APIRouter:
    """All pages."""
    pages = APIRouter()
    for module in (maps, structures, clearance, statements, contradictions, planning, quarantine, claims):
        pages.include_router(module.router)
    return pages
