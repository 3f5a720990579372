"""The ledger on polygons: ground accounted for between two days."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from tetrapylon.web import computed
from tetrapylon.web.asked import Ask
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render

router = APIRouter()

PIECES_MOST = 100
"""Pieces of ground listed at most, the largest first."""
Since = Annotated[
    str | None, Query(max_length=10, description="Opening day, itself excluded. Default: from the beginning.")
]


@router.get("/ledger/ground", response_class=HTMLResponse, responses=answers(HTML, s403="Its tier may not leave."))
def ground(asked: Ask, since: Since = None) -> HTMLResponse:
    """The identity with its differences, accounts, what to look at, and what is not on record."""
    from tetrapylon.clear.area.pieces import LEFT, RIGHT, PieceKind

    account, tier = computed.ground_account(asked, since or None)
    computed.must_be_shown(asked, tier, "The ledger on polygons")
    book = account.ledger
    terms = {kind: getattr(book.identity, kind.name.lower()) for kind in (*LEFT, *RIGHT)}
    look = [p for kind in PieceKind if not kind.is_term for p in sorted(book.of(kind), key=lambda p: -p.m2)]
    return render(
        asked, "ground.html", account=account, book=book, left=LEFT, right=RIGHT, terms=terms,
        pieces=look[:PIECES_MOST], more=len(look[PIECES_MOST:]), since=since or "",
    )  # fmt: skip
