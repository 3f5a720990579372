"""The ledger: what was claimed cleared, posted once, with what the rules find."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.clear.ledger.rates import RANGES
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.web import computed
from tetrapylon.web.asked import Ask
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render

router = APIRouter()


@router.get("/ledger", response_class=HTMLResponse, responses=answers(HTML))
def ledger(asked: Ask) -> HTMLResponse:
    """Accounts, findings, rates, and whose figures the rules looked at."""
    book = computed.ledger(asked)
    speakers: dict[str, dict[str, str]] = {}
    for e in book.examined:
        speakers.setdefault(e.speaker, {})[str(e.rule)] = f"{e.compared} / {e.numbers}"
    return render(
        asked, "ledger.html", book=book, kinds=list(FindingKind), speakers=dict(sorted(speakers.items())), ranges=RANGES
    )
