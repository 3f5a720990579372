"""The atlas: a page for each structure with its place, condition, gate, options and what is told about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tetrapylon.model import Claim, Structure
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.document import Block, Bullets, Document, Facts, Figure, Heading, NewPage, Paragraph, Said
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.restore.options import Opinion

TOLD = 4
"""Latest claims that a page shows."""
REASONS = 3
"""Most pressing reasons of a gate that a page shows."""


def atlas(seen: Situation, structures: Sequence[Claim[Structure]], words: Wording, *, made: dt.datetime) -> Document:
    """Pages of these structures, in the order given."""
    blocks: list[Block] = [*parts.opening(seen, words), parts.the_map(seen, (), words)]
    for structure in structures:
        blocks += _page(seen, structure, words)
    blocks.append(NewPage())
    return parts.compose(seen, words, made, title=words("title"), subtitle=parts.view_of(seen, words), blocks=blocks)


def _page(seen: Situation, structure: Claim[Structure], words: Wording) -> list[Block]:
    gate = seen.gate[structure.uid]
    common, own = parts.reasons(gate, seen)
    reasons = dict.fromkeys(b.text for b in (*common, *(b for found in own.values() for b in found)))
    told = [t for t in structure_parts.told(seen, structure) if t.when is not None]
    options = seen.options.get(structure.uid)
    blocks: list[Block] = [
        NewPage(),
        Heading(Said(structure.body.label, name=True)),
        structure_parts.identity(seen, structure, words),
        structure_parts.locator(seen, structure, words, width=48),
        *structure_parts.condition(seen, structure, words),
        Heading(words("gate_of", state=(parts.gate_word(gate, words),)), 2),
        parts.bullets((phrased(text, words) for text in reasons), REASONS, words=words),
        Heading(words("options"), 2),
    ]
    if options is None:
        blocks.append(Paragraph(words("group")))
    else:
        blocks.append(Facts(tuple((words.term(f.option), words.term(f.verdict)) for f in options.findings)))
        if options.settle:
            blocks += [Heading(words("settle"), 2), Bullets(tuple(phrased(t, words) for t in options.settle))]
        if options.opinions:
            seen.cite(o.claim.uid for o in options.opinions)
            blocks += [Heading(words("estimates"), 2), Bullets(tuple(_opinion(o, words) for o in options.opinions))]
    blocks.append(Heading(words("told", shown=min(TOLD, len(told)), all=len(told)), 2))
    return [*blocks, structure_parts.told_table(seen, told, words, most=TOLD)]


def _opinion(opinion: Opinion, words: Wording) -> parts.Runs:
    body = opinion.claim.body
    who = words.listed((words.when(body.date), Said(body.body, name=True)))
    return (*who, words.colon, Said(body.text), " (", Figure(opinion.claim.name), ")")
