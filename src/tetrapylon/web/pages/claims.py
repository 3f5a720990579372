"""One claim, and everything on record about one thing: where every figure of the pages leads."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tetrapylon.errors import NotFound
from tetrapylon.model import REGISTRY, Tier
from tetrapylon.record.derive import Stored
from tetrapylon.record.entry import Act
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render
from tetrapylon.workflow.telling import Chains, tell

router = APIRouter()

HASH = re.compile(r"[0-9a-f]{8,64}")
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@router.get("/claim/{entry}", response_class=HTMLResponse, responses=answers(HTML))
def claim(asked: Ask, entry: str) -> HTMLResponse:
    """One entry of the record: who claims what, known since when, through whom, and how it is secured."""
    if not HASH.fullmatch(entry):
        raise NotFound("A claim is named by the first 8 to 64 characters of its entry's hash.")
    record = asked.reading.record()
    stored = record.find_entry(entry)
    about = list(record.entries([stored.entry.subject]))
    cls = REGISTRY.get(stored.entry.entity)
    body: Any = None
    if cls is not None and stored.entry.act in (Act.ASSERT, Act.AMEND):
        body = next(
            (c for c in asked.view.claims(cls, uid=stored.entry.subject, ever=True) if c.entry == stored.hash), None
        )
    return render(
        asked,
        "claim.html",
        stored=stored,
        told_claim=tell(body, Chains(asked.view)) if body else None,
        values=values(asked, stored),
        withheld=[tier for tier, _ in stored.entry.parts if tier not in shown(asked)],
        known_from=record.known_from(stored),
        others=[s for s in about if s.hash != stored.hash],
        known={s.hash: record.known_from(s) for s in about},
        parties=asked.reading.parties(asked.clocks),
    )


@router.get("/thing/{uid}", response_class=HTMLResponse, responses=answers(HTML, s303="The one claim about it."))
def thing(asked: Ask, uid: str) -> Response:
    """Everything about one thing; straight to its claim where there is only one."""
    if not UID.fullmatch(uid):
        raise NotFound("A thing is named by its uid.")
    record = asked.reading.record()
    entries = list(record.entries([uid]))
    if not entries:
        raise NotFound(f"There is nothing on record about {uid}.")
    if len(entries) == 1:
        return RedirectResponse(asked.href(f"/claim/{entries[0].hash[:16]}"), 303)
    return render(
        asked,
        "thing.html",
        uid=uid,
        entries=entries,
        known={s.hash: record.known_from(s) for s in entries},
        parties=asked.reading.parties(asked.clocks),
    )


def shown(asked: Asked) -> frozenset[Tier]:
    """Tiers that may be shown."""
    return frozenset(asked.reading.settings.tiers) | {Tier.PUBLIC}


def values(asked: Asked, stored: Stored) -> list[tuple[str, str, Any, Any]]:
    """Name, description, field (None: unknown here) and value of what may be shown of an entry's body."""
    parts = asked.reading.record().read_parts(stored.fid)
    data = {k: v for tier, body in parts.items() if tier in shown(asked) for k, v in body.items()}
    cls = REGISTRY.get(stored.entry.entity)
    fields = cls.fields() if cls else {}
    found = []
    for name, value in data.items():
        field = fields.get(name)
        if field is not None and field.tier not in shown(asked):
            continue
        found.append((name, field.description if field else "", field, field.decode(value) if field else value))
    return sorted(found, key=lambda row: list(fields).index(row[0]) if row[0] in fields else len(fields))
