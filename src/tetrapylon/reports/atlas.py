"""The atlas: a page for each structure with its place, condition, gate, options and what is told about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tetrapylon.model import Claim, Structure
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.document import Block, Bullets, Document, Facts, Heading, NewPage, Paragraph, Said
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording

TOLD = 6
"""Latest claims that a page shows."""
REASONS = 3
"""Most pressing reasons of a gate that a page shows."""


def atlas(seen: Situation, structures: Sequence[Claim[Structure]], words: Wording, *, made: dt.datetime) -> Document:
    """Pages of these structures, in the order given."""
    blocks: list[Block] = [*parts.opening(seen, words), parts.the_map(seen, (), words)]
    for structure in structures:
        blocks += _page(seen, structure, words)
    blocks.append(NewPage())
    subtitle = words("subtitle", site=Said(seen.site), on=seen.view.on, known=seen.view.known[:10])
    return parts.compose(seen, words, made, title="Atlas of structures", subtitle=subtitle, blocks=blocks)


def _page(seen: Situation, structure: Claim[Structure], words: Wording) -> list[Block]:
    gate = seen.gate[structure.uid]
    common, own = parts.reasons(gate, seen)
    reasons = list(dict.fromkeys(b.text for b in (*common, *(b for found in own.values() for b in found))))
    told = [t for t in structure_parts.told(seen, structure) if t.when is not None]
    options = seen.options.get(structure.uid)
    blocks: list[Block] = [
        NewPage(),
        Heading(Said(structure.body.label)),
        structure_parts.identity(seen, structure),
        structure_parts.locator(seen, structure, width=60),
        *structure_parts.condition(seen, structure),
        Heading(f"Gate: {parts.gate_word(gate, words)}", 2),
        parts.bullets(reasons, REASONS, words=words),
        Heading("Options", 2),
    ]
    if options is None:
        blocks.append(Paragraph("A group has options at its parts only."))
    else:
        rows = tuple((f.option.label, Said(f.verdict.label)) for f in options.findings)
        blocks.append(Facts(rows))
        if options.settle:
            blocks += [Heading("What would settle what is open", 2), Bullets(tuple(Said(t) for t in options.settle))]
        if options.opinions:
            blocks.append(Heading("Estimates on record; none is a measurement", 2))
            blocks.append(Bullets(tuple(Said(str(o)) for o in options.opinions)))
    blocks.append(Heading(f"Told about it: the latest {min(TOLD, len(told))} of {len(told)} claims", 2))
    return [*blocks, structure_parts.told_table(seen, told, words, most=TOLD)]
