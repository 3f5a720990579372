"""A draft answer on the state of conservation: decision by decision, what the record holds, and room for the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tetrapylon.coordinate.commitments import Submission
from tetrapylon.model import Claim, Recommendation, Works
from tetrapylon.reports import parts
from tetrapylon.reports.brief import asked_words
from tetrapylon.reports.charts import grade_scale
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Picture,
    Run,
    Said,
    Table,
    Text,
    plain,
)
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.structure_parts import condition_words
from tetrapylon.reports.wording import Wording

SHOWN = 12
"""Works and submissions shown under one decision; further ones are counted."""


@dataclass(frozen=True)
class _Since:
    """A decision, and what the record holds since."""

    decision: Claim[Recommendation]
    works: tuple[Claim[Works], ...]
    said: tuple[Submission, ...]


def soc(seen: Situation, words: Wording, *, made: dt.datetime) -> Document:
    """The draft answer, one section per decision, in the order they were made."""
    found = [_gathered(seen, decision) for decision in seen.promised.decisions]
    blocks: list[Block] = [
        *parts.opening(seen, words),
        Paragraph(words("note")),
        parts.the_map(seen, (), words),
        Heading(words("overview")),
        _overview(seen, found, words),
    ]
    for number, since in enumerate(found, 1):
        blocks += _section(seen, number, since, words)
    blocks += parts.signatures(words)
    return parts.compose(seen, words, made, title=words("title"), subtitle=parts.view_of(seen, words), blocks=blocks)


def _gathered(seen: Situation, decision: Claim[Recommendation]) -> _Since:
    within = set(_within(seen, decision.body.structure))
    works = [w for w in seen.view.resolved(Works, ever=True) if _is_since(w, decision, within)]
    works.sort(key=lambda w: (w.body.start.date, w.name))
    day = decision.body.date.earliest
    said = [s for s in seen.promised.submissions if s.structure in within and s.when.latest >= day]
    return _Since(decision, tuple(works), tuple(said))


def _overview(seen: Situation, found: list[_Since], words: Wording) -> Block:
    if not found:
        return Paragraph(words("none"))
    rows = tuple(
        (
            Figure(str(number)),
            words.when(one.decision.body.date),
            Said(one.decision.body.body, name=True),
            _about(seen, one.decision, words),
            Figure(str(len(one.works))),
            Figure(str(len(one.said))),
        )
        for number, one in enumerate(found, 1)
    )
    keys = ("date", "decision", "concerns", "works", "submissions")
    return Table(("", *(words(k) for k in keys)), rows, (0, 0, 4, 4, 2, 2))


def _section(seen: Situation, number: int, since: _Since, words: Wording) -> list[Block]:
    decision, body = since.decision, since.decision.body
    seen.cite((decision.uid, *(w.uid for w in since.works), *(s.claim for s in since.said)))
    who = words.listed((Said(body.body, name=True), words.when(body.date)))
    facts: list[tuple[Text, Text]] = [
        (words("decision"), Said(body.text)),
        (words("by_on"), (*who, " (", Figure(decision.name), ")")),
        (words("concerns"), _about(seen, decision, words)),
        (words("status"), Said(body.status) if body.status else words("not_stated")),
    ]
    heading = (Figure(f"{number}."), " ", *words.when(body.date), " ", Said(body.body, name=True))
    blocks: list[Block] = [Heading(heading), Facts(tuple(facts))]
    condition = seen.condition.get(body.structure or "")
    if condition is not None and not condition.is_group:
        seen.cite(r.claim.uid for r in condition.readings)
        told = condition_words(condition, words)
        caption = (*words("condition"), words.colon, *told, ".")
        blocks.append(Picture(grade_scale(condition.interval), caption, plain(told), 40))
    works = (_work(w, words) for w in since.works)
    said = (_submission(s, words) for s in since.said)
    blocks += [Heading(words("works_since"), 2), parts.bullets(works, SHOWN, words=words)]
    blocks += [Heading(words("submitted_since"), 2), parts.bullets(said, SHOWN, words=words)]
    asked = [a for a in seen.promised.asked if decision.uid in {d.uid for d in a.decisions}]
    if asked:
        blocks += [Heading(words("works_after"), 2)]
        blocks.append(parts.bullets((asked_words(a, words) for a in asked), SHOWN, words=words))
    return [*blocks, Heading(words("answer_heading"), 2), Blanks((words("answer"), "", words("evidence")))]


def _about(seen: Situation, decision: Claim[Recommendation], words: Wording) -> Text:
    structure = decision.body.structure
    return Said(seen.claims[structure].body.label, name=True) if structure else words("no_structure")


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


def _is_since(work: Claim[Works], decision: Claim[Recommendation], within: set[str]) -> bool:
    """Works at the structure or a part of it that began, or may have begun, after the decision."""
    return work.body.structure in within and work.body.start.latest >= decision.body.date.earliest


def _work(work: Claim[Works], words: Wording) -> tuple[Run, ...]:
    who = words.listed((words.when(work.body.start), Said(work.body.body, name=True)))
    status = phrased(work.body.status, words) if work.body.status else words("no_status")
    return (*who, words.colon, Said(work.body.text), " (", *words.listed((status, Figure(work.name)), "semicolon"), ")")


def _submission(said: Submission, words: Wording) -> tuple[Run, ...]:
    told = words("approved" if said.is_approval else "submitted")
    return (*words.when(said.when), " ", *told, words.colon, Said(said.text), " (", Figure(said.name), ")")
