"""From a document to PDF/A and PDF/UA, with fonts that come along; nothing is fetched and no system font is used."""

from __future__ import annotations

import json
from pathlib import Path

from tetrapylon.errors import MissingExtra
from tetrapylon.reports.document import Document

FOLDER = Path(__file__).parent


def pdf(document: Document) -> bytes:
    """The document as PDF/A-2a (ISO 19005-2, level a: to be kept, tagged) and PDF/UA-1 (ISO 14289-1: to be read aloud).

    The same document gives the same bytes.

    Raises
    ------
    MissingExtra : the part ``report`` is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise MissingExtra("report", "A document") from error
    folder = str(FOLDER)
    return typst.compile(
        f"{folder}/document.typ",
        root=folder,
        font_paths=[f"{folder}/fonts"],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=document.made,
        sys_inputs={"document": json.dumps(document.data(), ensure_ascii=False)},
    )
