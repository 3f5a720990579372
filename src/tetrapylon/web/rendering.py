"""Templates and what they may call: texts, terms, isolated numbers, links to claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from tetrapylon import __version__
from tetrapylon.evidence import words
from tetrapylon.model import LANGUAGES, Stated
from tetrapylon.web.asked import Asked, address
from tetrapylon.web.language import Language, language
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.telling import Named

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
NAVIGATION = (
    "map", "structures", "ledger", "contamination", "disposal", "statements", "contradictions", "plan", "quarantine",
)  # fmt: skip
CITED_AT_ONCE = 5
"""Claims named behind a figure before the rest is folded away."""


def isolated(value: object) -> Markup:
    """A number, date or identifier that keeps its order in text of either direction."""
    return Markup(f'<bdi dir="ltr">{escape(value)}</bdi>')  # noqa: S704


def stated(figure: Stated | None, unit: str | None = "") -> Markup:
    """A stated figure with its unit."""
    return isolated(words.stated(figure, unit or "")) if figure else Markup("")


def in_english(text: str) -> Markup:
    """Words of the record or of the engines, which are English whatever the language of the page."""
    return Markup(f'<span lang="en" dir="ltr" class="told">{escape(text)}</span>')  # noqa: S704


def sentence(text: str, code: str) -> Markup:
    """A sentence that the engines wrote, in the language of the page; what it quotes stays as it was said, marked."""
    if code == "en":
        return in_english(text)
    from tetrapylon.reports.document import Figure, Said, direction
    from tetrapylon.reports.phrases import phrased
    from tetrapylon.reports.wording import wording

    found = Markup("")
    for run in phrased(text, wording(code)):
        if isinstance(run, Figure):
            found += isolated(run.text)
        elif not isinstance(run, Said):
            found += escape(run)
        elif run.name:
            found += Markup("<bdi>{}</bdi>").format(run.text)
        else:
            told = '<span lang="{}" dir="{}" class="told">{}</span>'
            found += Markup(told).format(run.language, direction(run.language), run.text)  # noqa: S704
    return found


def drawn(svg: str) -> Markup:
    """A drawing of ours (`reports`), whose texts are escaped where it is made; its letters are those of the page."""
    return Markup(svg)  # noqa: S704


TEMPLATES.filters |= {"iso": isolated, "stated": stated, "en": in_english, "drawn": drawn}


def render(asked: Asked, template: str, **context: Any) -> HTMLResponse:
    """A page."""
    view = asked.view
    names = asked.reading.namer()
    hidden = asked.reading.hidden()
    texts = asked.language

    def cite(uids: Iterable[str]) -> dict[str, list[Named]]:
        found = names(tuple(dict.fromkeys(map(str, uids))))
        return {"first": found[:CITED_AT_ONCE], "rest": found[CITED_AT_ONCE:]}

    def told(text: str, claims: Iterable[str] = ()) -> Markup:
        if hidden.isdisjoint(claims):
            return sentence(text, texts.code)
        return Markup('<span class="withheld">{}</span>').format(texts("withheld_text"))

    def other_language(code: str) -> str:
        return address(asked.request.url.path, asked.clocks, code)

    page = TEMPLATES.get_template(template).render(
        **_frame(asked.request, texts, asked.lang),
        asked=asked,
        clocks=asked.clocks,
        banner=banner_of(view),
        href=asked.href,
        other_language=other_language,
        cite=cite,
        told=told,
        names=names,
        first_day=asked.reading.first_day() or asked.clocks.known[:10],
        today=dt.datetime.now(dt.UTC).date().isoformat(),
        tiers=[t.value for t in asked.reading.settings.tiers],
        record=asked.reading.settings.name,
        head=asked.reading.head(),
        path=asked.request.url.path,
        **context,
    )
    return HTMLResponse(page)


def render_error(request: Request, texts: Language, status: int, message: str, hint: str | None) -> str:
    """The page of an error; it needs no view, which may be what failed."""
    frame = _frame(request, texts, texts.code)
    return TEMPLATES.get_template("error.html").render(
        **frame, status=status, message=message, hint=hint, banner=_banner(request)
    )


def _banner(request: Request) -> str:
    """The warning of the record, also on error pages, wherever it can still be read."""
    from tetrapylon.web.clocks import read_clocks

    reading = getattr(request.app.state, "reading", None)
    if reading is None:
        return ""
    try:
        return banner_of(reading.view(read_clocks(None, None)))
    except Exception:  # the page of an error must not fail for what failed before it
        return ""


def _frame(request: Request, texts: Language, lang: str | None) -> dict[str, Any]:
    return {
        "t": texts,
        "term": texts.term,
        "say": lambda text: sentence(text, texts.code),
        "languages": [language(code) for code in LANGUAGES],
        "lang": lang,
        "navigation": NAVIGATION,
        "version": __version__,
        "here": request.url.path,
    }
