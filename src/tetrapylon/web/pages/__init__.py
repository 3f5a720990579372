"""Pages for people, one module per subject."""

from __future__ import annotations

from fastapi import APIRouter

from tetrapylon.web.pages import (
    assets,
    claims,
    clearance,
    contamination,
    contradictions,
    disposal,
    ground,
    maps,
    planning,
    quarantine,
    schedules,
    statements,
    structures,
)


def router() -> APIRouter:
    """All pages."""
    pages = APIRouter()
    for module in (
        maps, structures, clearance, ground, contamination, disposal, statements, contradictions, planning, schedules,
        quarantine, assets, claims,
    ):  # fmt: skip
        pages.include_router(module.router)
    return pages
