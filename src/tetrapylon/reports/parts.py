"""Parts that several documents share: map, reasons of a gate, sources, how the document came about, signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from tetrapylon.model import Because, Claim, GateState, GroundKind, Source, Structure
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Bullets,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Picture,
    Said,
    Table,
    Text,
)
from tetrapylon.reports.drawing import Shape, site_map
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.clear import GateOf


def bullets(texts: Iterable[str], most: int | None = None, *, words: Wording) -> Bullets:
    """English texts as a list; of many, the first and how many more."""
    listed = list(texts)
    shown: list[Text] = [Said(t) for t in listed[:most]]
    if most is not None and len(listed) > most:
        shown.append(words("more", count=len(listed) - most))
    return Bullets(tuple(shown) or (words("none"),))


def counted(found: Sequence[tuple[str, int]], most: int, *, words: Wording) -> Block:
    """Texts with the number of structures they hold for, as a table without a head."""
    if not found:
        return Paragraph(words("none"))
    rows = tuple((Figure(f"{number}"), Said(text)) for text, number in found[:most])
    return Table((words("number"), ""), rows, (0, 1))


def reasons(gate: GateOf, seen: Situation) -> tuple[list[Because], dict[GroundKind, list[Because]]]:
    """Reasons that hold for ground, rubble and voids alike, and those of each alone; all are cited."""
    statuses = gate.statuses
    first = next(iter(statuses.values()))
    common = [b for b in first.because if all(b in s.because for s in statuses.values())]
    own = {kind: [b for b in status.because if b not in common] for kind, status in statuses.items()}
    for status in statuses.values():
        for because in status.because:
            seen.cite(because.claims)
    return common, own


def gate_word(gate: GateOf, words: Wording) -> str:
    """The gate in a word or three: one state for all kinds of ground, else each."""
    states = {kind: status.state for kind, status in gate.statuses.items()}
    if len(set(states.values())) == 1:
        return words.term(next(iter(states.values())))
    return ", ".join(f"{words.term(kind)}: {words.term(state)}" for kind, state in states.items())


def gate_blocks(gate: GateOf, seen: Situation, words: Wording) -> list[Block]:
    """The gate of one structure with every reason."""
    common, own = reasons(gate, seen)
    rows: list[tuple[Text, Text]] = []
    for kind, status in gate.statuses.items():
        told = str(status) if status.state is GateState.AUTHORISED else status.state.label
        own_words = "; ".join(b.text for b in own[kind])
        rows.append((words.term(kind), Said(f"{told}: {own_words}" if own_words else told)))
    blocks: list[Block] = [Facts(tuple(rows))]
    if common:
        blocks += [Paragraph(Said("All of them, because:")), Bullets(tuple(Said(b.text) for b in common))]
    return blocks


def the_map(seen: Situation, numbered: Sequence[Claim[Structure]], words: Wording, *, width: int = 100) -> Block:
    """The site with its structures, the first ones numbered."""
    if not seen.drawn:
        return Paragraph(words("no_position"), quiet=True)
    marks = {c.uid: str(i) for i, c in enumerate(numbered, 1)}
    shapes = []
    for drawn in seen.drawn:
        grade = drawn.condition.interval if drawn.condition else None
        group = drawn.condition is not None and drawn.condition.is_group
        outline = drawn.outline.boundary if group and not drawn.coarse and drawn.outline.area else drawn.outline
        mark = "" if drawn.coarse else marks.pop(drawn.structure.uid, "")
        shapes.append(Shape(outline, grade, drawn.coarse, mark))
    caption = (*words("map"), " ", *(words("map_numbers") if numbered else ()), " ", Said(seen.licences))
    return Picture(site_map(shapes), caption, words.plain("map_description"), width)


def sources(seen: Situation, words: Wording) -> list[Block]:
    """Sources of the claims cited."""
    found = seen.sources()
    blocks: list[Block] = [
        Heading(words("sources")),
        Paragraph(words("sources_note", all=len(seen.view.claims(Source, ever=True))), quiet=True),
    ]
    if not found:
        return [*blocks, Paragraph(words("none"))]
    rows = tuple(
        (Figure(str(c.body.published)), Said(c.body.publisher or ""), Said(c.body.heading), Said(c.name)) for c in found
    )
    return [*blocks, Table(tuple(words(k) for k in ("date", "publisher", "heading", "source")), rows, (0, 2, 4, 0))]


def provenance(seen: Situation, words: Wording, made: dt.datetime) -> list[Block]:
    """Who keeps the record, when and with what the document was made, and from which entries."""
    return [
        Heading(words("provenance")),
        Facts(
            (
                (words("keeper"), Said(", ".join(seen.keepers))),
                (words("made"), Figure(f"{made:%Y-%m-%d %H:%M} UTC")),
                (words("software"), Figure(seen.software)),
                (words("inputs"), Figure(seen.view.digest())),
                (words("tier"), Figure(seen.view.highest_tier.value)),
            )
        ),
    ]


def signatures(words: Wording) -> list[Block]:
    """Fields for whoever reads and signs: always blank."""
    return [Heading(words("signed"), 2), Blanks((words("name"), words("function"), words("signature")))]


def compose(
    seen: Situation, words: Wording, made: dt.datetime, *, title: str, subtitle: Text, blocks: Sequence[Block]
) -> Document:
    """The document with its sources, provenance and foot."""
    closing = [*sources(seen, words), *provenance(seen, words, made)]
    heads = seen.view.record.heads().values()
    foot = words(
        "foot",
        software=seen.software,
        made=f"{made:%Y-%m-%d}",
        on=seen.view.on,
        known=seen.view.known[:10],
        head=", ".join(digest[:12] for _, digest in heads),
    )
    return Document(
        title=title,
        subtitle=subtitle,
        banner=seen.banner,
        foot=foot,
        made=int(made.timestamp()),
        blocks=(*blocks, *closing),
        language=words.code,
        direction=words.direction,
        page_word=words.plain("page"),
    )
