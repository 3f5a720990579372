"""Disposal next to a monument: the items on record, and the sheet of one with cordon and limits on a map."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.model import OrdnanceItem
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.computed import must_be_shown
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render

if TYPE_CHECKING:
    from tetrapylon.reports.document import Document
    from tetrapylon.workflow.disposal import DisposalSheet

router = APIRouter()


@router.get("/disposal", response_class=HTMLResponse, responses=answers(HTML))
def items(asked: Ask) -> HTMLResponse:
    """Items of ordnance on record."""
    return render(asked, "items.html", items=asked.view.claims(OrdnanceItem))


@router.get("/disposal/{name}", response_class=HTMLResponse, responses=answers(HTML, s403="Its tier may not leave."))
def sheet(asked: Ask, name: str) -> HTMLResponse:
    """The sheet of one item; only where everything that it rests on may leave."""
    from tetrapylon.reports.document import NewPage

    item = asked.view.one(OrdnanceItem, name)
    found, document = asked.reading.computed(
        asked.clocks, f"sheet {item.uid} {asked.language.code}", lambda: _sheet(asked, item.uid)
    )
    must_be_shown(asked, found.tier, "The sheet of this item")
    blocks = [b.data() for b in takewhile(lambda b: not isinstance(b, NewPage), document.blocks)]
    about = (item.uid, *(one.item.uid for one in found.linked), *(n.claim.uid for n in found.structures))
    return render(asked, "disposal.html", item=item, sheet=found, document=document.data(), blocks=blocks, about=about)


def _sheet(asked: Asked, uid: str) -> tuple[DisposalSheet, Document]:
    """The sheet, from a view of its own: it knows the highest tier of all that was read for it."""
    from tetrapylon.reports.disposal_sheet import disposal_document
    from tetrapylon.reports.situation import Situation
    from tetrapylon.reports.wording import wording
    from tetrapylon.workflow.disposal import sheet_of

    view = asked.reading.record().view(on=asked.clocks.on, known=asked.clocks.known)
    found = sheet_of(view, uid)
    words = wording(asked.language.code, "disposal")
    return found, disposal_document(Situation(view), found, words, made=dt.datetime.now(dt.UTC))
