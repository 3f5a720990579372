"""Documents of a record: compose one from a view, and write it as PDF/A."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from tetrapylon.errors import VocabularyError
from tetrapylon.record.record import Record
from tetrapylon.reports.brief import brief
from tetrapylon.reports.document import Document
from tetrapylon.reports.render import pdf
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.soc import soc
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
    if template != "situation" and language != "en":
        raise VocabularyError(language, f"language of the template {template}", ("en",))
    seen = Situation(record.view(on=on, known=known))
    return TEMPLATES[template](seen, wording(language), made=made or now())


def write(document: Document, out: Path) -> Written:
    """Write a document as PDF/A-2b; the folder is made where there is none.

    Raises
    ------
    MissingExtra : the part ``report`` is not installed.
    """
    made = pdf(document)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made)
    return Written(str(out), document.title, len(made))


def now() -> dt.datetime:
    """This minute, UTC."""
    return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
