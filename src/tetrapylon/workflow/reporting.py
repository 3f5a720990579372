"""Documents of a record: compose one from a view, and write it as PDF/A."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.model.terms import Activity
from tetrapylon.record.record import Record
from tetrapylon.reports.atlas import atlas
from tetrapylon.reports.brief import brief
from tetrapylon.reports.document import Document
from tetrapylon.reports.dossier import dossier
from tetrapylon.reports.files import put
from tetrapylon.reports.render import pdf
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.soc import soc
from tetrapylon.reports.visit import visit
from tetrapylon.reports.wording import wording


@dataclass(frozen=True)
class Written:
    """A document that was written."""

    file: str
    title: str
    bytes: int


TEMPLATES = {"situation": brief, "soc": soc}
"""Reports on a whole view, by the name of their template."""


def brief_from(
    record: Record, template: str = "situation", *, language: str = "en", on: str | None = None,
    known: str | None = None, made: dt.datetime | None = None,
) -> Document:  # fmt: skip
    """A report on a view: the situation report (``situation``), or the state-of-conservation answer (``soc``).

    Raises
    ------
    VocabularyError : there is no such template, or it is not written in this language.
    """
    if template not in TEMPLATES:
        raise VocabularyError(template, "report template", tuple(TEMPLATES))
    words = wording(language, "brief", *(() if template == "situation" else (template,)))
    seen = Situation(record.view(on=on, known=known))
    return TEMPLATES[template](seen, words, made=made or now())


def release_dossier(
    record: Record, structure: str, *, language: str = "en", on: str | None = None, known: str | None = None,
    made: dt.datetime | None = None,
) -> Document:  # fmt: skip
    """The evidence on one structure for whoever decides on its release.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    VocabularyError : documents are not written in this language.
    """
    words = wording(language, "dossier")
    seen = Situation(record.view(on=on, known=known))
    return dossier(seen, seen.structure(structure), words, made=made or now())


def structure_atlas(
    record: Record, *, structures: Sequence[str] = (), language: str = "en", on: str | None = None,
    known: str | None = None, made: dt.datetime | None = None,
) -> Document:  # fmt: skip
    """A page per structure; without names all of them, the most significant first.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    VocabularyError : documents are not written in this language.
    """
    words = wording(language, "atlas")
    seen = Situation(record.view(on=on, known=known))
    chosen = [seen.structure(name) for name in structures] or list(seen.structures)
    return atlas(seen, chosen, words, made=made or now())


def visit_sheet(
    record: Record, route: Sequence[str], *, date: str, party: str, language: str = "en",
    known: str | None = None, made: dt.datetime | None = None,
) -> Document:  # fmt: skip
    """The gates for a visit on one day along a route.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    VocabularyError : documents are not written in this language.
    ValueRangeError : the route is empty, or nobody visits.
    """
    if not route:
        raise ValueRangeError("A visit needs at least one structure.", hint="Name them in order: --route ID,ID,...")
    if not party.strip():
        raise ValueRangeError("A visit needs a party.", hint="Say who visits with --party.")
    words = wording(language, "visit")
    seen = Situation(record.view(on=date, known=known), activity=Activity.VISIT)
    return visit(seen, [seen.structure(name) for name in route], party, words, made=made or now())


def write(document: Document, out: Path) -> Written:
    """Write a document as PDF/A, whole or not at all; the folder is made where there is none.

    Raises
    ------
    MissingExtra : the part ``report`` is not installed. NotPermitted : the file cannot be written.
    """
    made = pdf(document)
    put(out, made)
    return Written(str(out), document.heading, len(made))


def now() -> dt.datetime:
    """This minute, UTC."""
    return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
