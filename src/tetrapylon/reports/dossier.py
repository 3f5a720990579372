"""Evidence for a release decision about one structure. It decides nothing; what people decide and sign is blank."""

from __future__ import annotations

import datetime as dt

from tetrapylon.model import REGISTRY, Claim, LandRelease, Stated, Structure, Vocabulary, When
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.document import Blanks, Block, Document, Facts, Figure, Heading, Paragraph, Run, Said, Text
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.telling import Chains, tell

EVIDENCE = ("search", "quality_check", "void", "ordnance_item", "incident", "hazard_area", "land_release", "decision")
"""What bears on a release, beside the claims that the gate rests on."""
STATED = (
    "kind",
    "declared_area",
    "depth",
    "depth_datum",
    "methods",
    "operator",
    "decided_by",
    "mandate",
    "residual_risk",
)
"""What a release states (IMAS 07.11): fields of `LandRelease`."""
BLANK = ("decision", "covers", "depth", "activity", "risk", "authority", "name", "signature")
"""What the authority fills in, by the key of its text."""


def dossier(seen: Situation, structure: Claim[Structure], words: Wording, *, made: dt.datetime) -> Document:
    """The evidence on one structure."""
    gate = seen.gate[structure.uid]
    rests_on = dict.fromkeys(uid for s in gate.statuses.values() for b in s.because for uid in b.claims)
    chains = Chains(seen.view)
    claims = [tell(seen.claims[uid], chains) for uid in rests_on if uid in seen.claims]
    claims.sort(key=lambda t: (t.when is not None, t.when, t.claim.name))
    blocks: list[Block] = [
        Paragraph(words("warning"), strong=True),
        *parts.cautions(words),
        structure_parts.identity(seen, structure, words),
        structure_parts.locator(seen, structure, words),
        Heading(words("condition")),
        *structure_parts.condition(seen, structure, words),
        Heading(words("gate_heading")),
        *parts.gate_blocks(gate, seen, words),
        Heading(words("rests_on")),
        structure_parts.told_table(seen, claims, words),
        Heading(words("evidence")),
        *_evidence(seen, structure, words),
        Heading(words("must_state")),
        _stated(seen, structure, words),
        Heading(words("authority")),
        Blanks(tuple(words(f"blank_{key}") for key in BLANK)),
    ]
    title = words("title", structure=Said(structure.body.label, name=True))
    return parts.compose(seen, words, made, title=title, subtitle=parts.view_of(seen, words), blocks=blocks)


def _evidence(seen: Situation, structure: Claim[Structure], words: Wording) -> list[Block]:
    """What is on record by kind, then the kinds of which there is nothing."""
    blocks: list[Block] = []
    missing = []
    for entity in EVIDENCE:
        title = REGISTRY[entity].label_in(words.code)
        told = structure_parts.told(seen, structure, entity)
        if told:
            blocks += [Heading(title, 2), structure_parts.told_table(seen, told, words)]
        else:
            missing.append(title)
    if missing:
        blocks.append(Paragraph(words("nothing", kinds=words.listed(missing))))
    return blocks


def _stated(seen: Situation, structure: Claim[Structure], words: Wording) -> Block:
    """Each field of a release that names the structure, or that it is not on record."""
    releases = [r for r in seen.view.resolved(LandRelease) if structure.uid in r.body.structures]
    seen.cite(r.uid for r in releases)
    fields = LandRelease.fields()
    rows: list[tuple[Text, Text]] = []
    for name in STATED:
        values = [
            (*_value(seen, getattr(r.body, name), fields[name].unit or "", words), " (", Figure(r.name), ")")
            for r in releases
            if getattr(r.body, name)
        ]
        rows.append((fields[name].label_in(words.code), words.listed(values, "semicolon") or words("not_on_record")))
    return Facts(tuple(rows))


def _value(seen: Situation, value: object, unit: str, words: Wording) -> tuple[Run, ...]:
    if isinstance(value, tuple):
        return words.listed(_value(seen, v, unit, words) for v in value)
    if isinstance(value, Stated):
        return structure_parts.stated_words(value, unit, words)
    if isinstance(value, (Vocabulary, When)):
        return words.runs(value)
    if isinstance(value, (int, float)):
        return (Figure(f"{value:g} {unit}".rstrip()),)
    claim = seen.claims.get(str(value))
    if claim is None:
        return (Said(str(value)),)
    return (Said(getattr(claim.body, "label", None) or claim.name, name=True),)
