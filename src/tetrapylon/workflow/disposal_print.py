"""The disposal sheet on paper: a product, and the PDF written beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tetrapylon.record.record import Record
from tetrapylon.reports.disposal_sheet import disposal_document
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import wording
from tetrapylon.workflow.disposal import DisposalSheet
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.reporting import now, write


def printed(
    compute: Callable[..., Product[DisposalSheet]],
    out: Path,
    record: Record,
    *,
    language: str = "en",
    on: str | None = None,
    known: str | None = None,
) -> Product[DisposalSheet]:
    """Compute the sheet and write it as PDF/A too.

    Raises
    ------
    VocabularyError : sheets are not written in this language. NotPermitted : the file cannot be written.
    """
    words = wording(language, "disposal")
    product = compute(record, on=on, known=known)
    write(disposal_document(Situation(product.view), product.result, words, made=now()), out)
    return product
