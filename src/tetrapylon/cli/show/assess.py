"""How conditions look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import typer

from tetrapylon.assess.condition import Condition
from tetrapylon.cli.show.common import banner, bullet, heading, paragraph, table
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product


def conditions(product: Product[tuple[Condition, ...]]) -> None:
    """One structure in full, or all in a table."""
    banner(banner_of(product.view))
    paragraph(
        f"Condition on {product.view.on}, as known {product.view.known[:10]}: grades 0-5 (EMS-98 numbering, 0 none), "
        "read from the wording of reports. A voice is one line of retelling, counted once."
    )
    if len(product.result) == 1:
        one(product.result[0])
        return
    table(
        ["structure", "grade", "voices", "reports", "remarks"],
        [
            (c.structure.name, c.interval or "none", len(c.voices), len(c.readings), "; ".join(_remarks(c)))
            for c in product.result
        ],
    )


def _remarks(condition: Condition) -> Iterator[str]:
    """What the grade alone does not say."""
    if condition.interval is None:
        yield condition.summary
        return
    if condition.contested:
        yield "contested"
    if condition.at_word and condition.at_word != condition.interval:
        yield f"{condition.at_word} if the last 'no new damage' holds"
    kinds = Counter(d.kind for d in condition.differences)
    yield from (f"{kind.label}: {number}" for kind, number in kinds.items())


def one(condition: Condition) -> None:
    """Everything about the condition of one structure."""
    typer.echo()
    paragraph(f"{condition.structure.body.label} ({condition.structure.name}): {condition.summary}")
    heading(f"Reports: {len(condition.readings)}")
    for reading in condition.readings:
        body = reading.claim.body
        grade = reading.reading.interval
        mode = f", {body.mode.label}" if body.mode else ""
        bullet(f"{body.date} {body.observer or 'observer not named'}{mode}: {body.wording} -> "
               f"{f'grade {grade}' if reading.reading.says else 'grades nothing'} ({reading.claim.name})")  # fmt: skip
    if condition.differences:
        heading("Where voices differ")
        for difference in condition.differences:
            bullet(f"{difference.kind.label}, {difference.about}: {difference.text}")
    if condition.not_assessed:
        heading("Not assessed")
        for gap in condition.not_assessed:
            bullet(f"{gap.what}: {gap.because}")
    if condition.parts:
        heading("Parts")
        for name, interval in condition.parts:
            bullet(f"{name}: {'grade ' + str(interval) if interval else 'no grade'}")
