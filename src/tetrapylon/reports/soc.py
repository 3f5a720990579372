"""A draft answer on the state of conservation: decision by decision, what the record holds, and room for the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tetrapylon.coordinate.commitments import Submission
from tetrapylon.model import Claim, Recommendation, Works
from tetrapylon.reports import parts
from tetrapylon.reports.document import Blanks, Block, Document, Facts, Figure, Heading, Paragraph, Said
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording

NOTE = (
    "Draft for the State Party. Each decision on record is followed by what the record holds since; what is not on "
    "record is a gap of the record, which is no proof. The answer itself is the State Party's and is left blank."
)
SHOWN = 12
"""Works and submissions shown under one decision; further ones are counted."""


def soc(seen: Situation, words: Wording, *, made: dt.datetime) -> Document:
    """The draft answer, one section per decision, in the order they were made."""
    blocks: list[Block] = [*parts.opening(seen, words), Paragraph(Said(NOTE)), parts.the_map(seen, (), words)]
    decisions = seen.promised.decisions
    if not decisions:
        blocks.append(Paragraph(words("none")))
    for number, decision in enumerate(decisions, 1):
        blocks += _section(seen, number, decision, words)
    blocks += parts.signatures(words)
    view = seen.view
    subtitle = words("subtitle", site=Said(seen.site), on=view.on, known=view.known[:10])
    title = "State of conservation: draft answer, decision by decision"
    return parts.compose(seen, words, made, title=title, subtitle=subtitle, blocks=blocks)


def _section(seen: Situation, number: int, decision: Claim[Recommendation], words: Wording) -> list[Block]:
    body = decision.body
    seen.cite((decision.uid,))
    within = set(_within(seen, body.structure))
    about = seen.claims[body.structure].body.label if body.structure else "no structure named"
    condition = seen.condition.get(body.structure or "")
    facts = [
        ("decision", Said(body.text)),
        ("by, on", Said(f"{body.body}, {body.date} ({decision.name})")),
        ("concerns", Said(about)),
        ("status as stated", Said(body.status or "not stated")),
    ]
    if condition is not None:
        facts.append(("condition now", Said(condition.summary)))
        seen.cite(r.claim.uid for r in condition.readings)
    works = [w for w in seen.view.resolved(Works, ever=True) if _since(w, decision, within)]
    works.sort(key=lambda w: (w.body.start.date, w.name))
    said = [s for s in seen.promised.submissions if s.structure in within and s.when.latest >= body.date.earliest]
    seen.cite(w.uid for w in works)
    seen.cite(s.claim for s in said)
    blocks: list[Block] = [Heading((Figure(f"{number}. {body.date}"), " ", Said(body.body))), Facts(tuple(facts))]
    blocks += [Heading("Works on record since", 2), parts.bullets(map(_work, works), SHOWN, words=words)]
    blocks += [Heading("Submitted or approved since, as reported", 2)]
    blocks.append(parts.bullets(map(_submission, said), SHOWN, words=words))
    asked = [a for a in seen.promised.asked if decision.uid in {d.uid for d in a.decisions}]
    if asked:
        blocks += [Heading("Works begun after this decision asked for a project", 2)]
        blocks.append(parts.bullets(map(str, asked), SHOWN, words=words))
    return [*blocks, Heading("Answer of the State Party", 2), Blanks(("answer", "", "evidence attached"))]


def _within(seen: Situation, uid: str | None) -> Iterator[str]:
    """A structure and everything that is part of it."""
    children: dict[str, list[str]] = {}
    for structure in seen.structures:
        if structure.body.parent:
            children.setdefault(structure.body.parent, []).append(structure.uid)
    level, met = [uid] if uid else [], set()
    while level:
        yield from level
        met.update(level)
        level = [c for one in level for c in children.get(one, ()) if c not in met]


def _since(work: Claim[Works], decision: Claim[Recommendation], within: set[str]) -> bool:
    """Works at the structure or a part of it that began, or may have begun, after the decision."""
    return work.body.structure in within and work.body.start.latest >= decision.body.date.earliest


def _work(work: Claim[Works]) -> str:
    return f"{work.body.start}, {work.body.body}: {work.body.text} ({work.body.status or 'no status'}; {work.name})"


def _submission(said: Submission) -> str:
    return f"{said.when} {'approved' if said.is_approval else 'submitted'}: {said.text} ({said.name})"
