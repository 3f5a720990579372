"""The atlas: a page for each structure with its place, condition, gate, options and what is told about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tetrapylon.model import Claim, Structure
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.brief import opening
from tetrapylon.reports.document import Block, Bullets, Document, Heading, NewPage, Paragraph, Said, Table
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording

TOLD = 8
"""Latest claims that a page shows."""
REASONS = 4
"""Most pressing reasons of a gate that a page shows."""


def atlas(seen: Situation, structures: Sequence[Claim[Structure]], words: Wording, *, made: dt.datetime) -> Document:
    """Pages of these structures, in the order given."""
    blocks: list[Block] = [*opening(seen, words), parts.the_map(seen, (), words)]
    for structure in structures:
        blocks += _page(seen, structure, words)
    blocks.append(NewPage())
    subtitle = words("subtitle", site=Said(seen.site), on=seen.view.on, known=seen.view.known[:10])
    return parts.compose(seen, words, made, title="Atlas of structures", subtitle=subtitle, blocks=blocks)


def _page(seen: Situation, structure: Claim[Structure], words: Wording) -> list[Block]:
    gate = seen.gate[structure.uid]
    common, own = parts.reasons(gate, seen)
    reasons = list(dict.fromkeys(b.text for b in (*common, *(b for found in own.values() for b in found))))
    told = structure_parts.told(seen, structure)
    options = seen.options.get(structure.uid)
    blocks: list[Block] = [
        NewPage(),
        Heading(Said(structure.body.label)),
        structure_parts.identity(seen, structure),
        structure_parts.locator(seen, structure, width=50),
        *structure_parts.condition(seen, structure),
        Heading(f"Gate: {parts.gate_word(gate, words)}", 2),
        parts.bullets(reasons, REASONS, words=words),
        Heading("Options", 2),
    ]
    if options is None:
        blocks.append(Paragraph("A group has options at its parts only."))
    else:
        rows = tuple(
            (Said(f.option.label), Said(f.verdict.label), Said("; ".join(f.settle) or "-")) for f in options.findings
        )
        blocks.append(Table(("option", "verdict", "what would settle it"), rows, (3, 2, 7)))
        if options.opinions:
            blocks.append(Bullets(tuple(Said(str(o)) for o in options.opinions)))
    blocks.append(Heading(f"Told about it: the latest {min(TOLD, len(told))} of {len(told)} claims", 2))
    return [*blocks, structure_parts.told_table(seen, told, words, most=TOLD)]
