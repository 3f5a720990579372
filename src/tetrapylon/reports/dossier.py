"""Evidence for a release decision about one structure. It decides nothing; what people decide and sign is blank."""

from __future__ import annotations

import datetime as dt

from tetrapylon.model import REGISTRY, Claim, LandRelease, Structure
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.document import Blanks, Block, Document, Facts, Heading, Paragraph, Said, Text
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.telling import Chains, tell

WARNING = (
    "This dossier gathers evidence. It is not a release and recommends none: an operator's claim is not a release, and "
    "only an authority with a mandate decides."
)
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
BLANK = (
    "decision (released or not, and how)",
    "ground, rubble and voids it covers",
    "depth, datum and methods",
    "activity, and until when",
    "residual risk as stated",
    "authority and mandate",
    "name and function",
    "signature and date",
)


def dossier(seen: Situation, structure: Claim[Structure], words: Wording, *, made: dt.datetime) -> Document:
    """The evidence on one structure."""
    gate = seen.gate[structure.uid]
    rests_on = dict.fromkeys(uid for s in gate.statuses.values() for b in s.because for uid in b.claims)
    chains = Chains(seen.view)
    claims = [tell(seen.claims[uid], chains) for uid in rests_on if uid in seen.claims]
    claims.sort(key=lambda t: (t.when is not None, t.when, t.claim.name))
    blocks: list[Block] = [
        Paragraph(WARNING, strong=True),
        structure_parts.identity(seen, structure),
        structure_parts.locator(seen, structure),
        Heading("The gate"),
        *parts.gate_blocks(gate, seen, words),
        Heading("Claims the gate rests on"),
        structure_parts.told_table(seen, claims, words),
        Heading("Evidence on record about this structure"),
    ]
    for entity in EVIDENCE:
        blocks.append(Heading(REGISTRY[entity].title(), 2))
        blocks.append(structure_parts.told_table(seen, structure_parts.told(seen, structure, entity), words))
    blocks += [
        Heading("What a release has to state"),
        _stated(seen, structure),
        Heading("Condition"),
        *structure_parts.condition(seen, structure),
        Heading("Decision of the authority (blank: not decided, not signed)"),
        Blanks(BLANK),
    ]
    subtitle = words("subtitle", site=Said(seen.site), on=seen.view.on, known=seen.view.known[:10])
    title = f"Evidence for a release decision: {structure.body.label}"
    return parts.compose(seen, words, made, title=title, subtitle=subtitle, blocks=blocks)


def _stated(seen: Situation, structure: Claim[Structure]) -> Block:
    """Each field of a release that names the structure, or that it is not on record."""
    releases = [r for r in seen.view.resolved(LandRelease) if structure.uid in r.body.structures]
    seen.cite(r.uid for r in releases)
    fields = LandRelease.fields()
    rows: list[tuple[Text, Text]] = []
    for name in STATED:
        values = [f"{_words(seen, getattr(r.body, name))} ({r.name})" for r in releases if getattr(r.body, name)]
        rows.append((fields[name].description, Said("; ".join(values) or "not on record")))
    return Facts(tuple(rows))


def _words(seen: Situation, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_words(seen, v) for v in value)
    claim = seen.claims.get(str(value))
    label = getattr(claim.body, "label", None) if claim else getattr(value, "label", None)
    return str(label or (claim.name if claim else value))
