"""Parts that documents share. How to make a document of them, for whoever writes the next one:

1. Texts: ``texts/<en|fr|ru|ar>/<document>.toml``, the same keys in every language, values in braces. Load them with
   ``words = wording(language, "<document>")``; ``words("key", when=date)`` gives runs with the values set apart,
   ``words.term(member)`` the label of a term, ``words.plain("key")`` one string for drawings and descriptions.
2. Look once: ``seen = Situation(record.view(on=on, known=known))`` computes what every verb makes of the view, each
   part when it is first asked for. Call ``seen.cite(uids)`` for each claim that is shown: the sources follow from it.
3. Blocks (`tetrapylon.reports.document`), in order; a plain ``str`` is in the document's language:

   - ``Said(text, language)`` quotes the record; ``phrased(text, words)`` puts a sentence of a calculation into the
     document's language; ``Figure(text)`` is a number with its unit, a date, an identifier;
   - text: `Heading`, `Paragraph` (``strong``: in a frame; ``quiet``: small), `Bullets`, `Facts`, `Table`;
   - by hand, always printed blank: `Checklist` (squares), `SignOff` (boxes), `Blanks` (lines), `signatures`;
   - two languages side by side: ``Parallel("ar", rows=((block in the document's language, block in Arabic), ...))``,
     with ``wording("ar", "<document>")`` for the second; what belongs together lies in one row;
   - of a whole view: `opening`, `the_map`; of a structure: `gate_blocks`, ``structure_parts.identity``, ``locator``,
     ``condition``, ``told_table``.
4. Maps: ``Picture(maps.site_map(shapes, lines=contours, box=box), caption, description, width)``. A `maps.Shape` is
   filled (a structure with its grade, a point as circle, cross or triangle, ``mark`` a number beside it); a `maps.Line`
   is a contour, cordon or route with its label written on it: give each its ``style``, colour alone tells nothing.
   Charts: `charts`. Everything in EPSG:4326. Say in the caption what the styles mean.
5. ``compose(seen, words, made, title=, subtitle=, blocks=)`` adds sources, how the document came about, foot and
   banner of every page; ``render.pdf(document)`` gives the bytes of a PDF/A, and
   ``workflow.reporting.write(document, path)`` writes them, or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from tetrapylon.model import Because, Claim, GateState, GateStatus, GroundKind, Source, Structure
from tetrapylon.model.terms import Activity
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
    Run,
    Said,
    Table,
    Text,
)
from tetrapylon.reports.maps import Line, Shape, site_map
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.clear import GateOf

Runs = tuple[Run, ...]


def opening(seen: Situation, words: Wording) -> list[Block]:
    """The view in one sentence, and what no document may be read as."""
    counts = seen.headline
    told = words(
        "headline",
        figures=counts.figures,
        statements=counts.statements,
        releases=counts.releases,
        reported=counts.reported_on,
        structures=counts.structures,
    )
    return [Paragraph(told, strong=True), *cautions(words)]


def cautions(words: Wording) -> list[Block]:
    """That nothing here says a place is free of danger, and how far the texts of the language can be relied on."""
    notes = [words(key) for key in ("no_danger_free", "record_words", "unreviewed") if words.texts[key]]
    return [Paragraph(note, quiet=i > 0) for i, note in enumerate(notes)]


def bullets(texts: Iterable[Text], most: int | None = None, *, words: Wording) -> Bullets:
    """Texts as a list; of many, the first and how many more."""
    listed = list(texts)
    shown: list[Text] = list(listed[:most])
    if most is not None and len(listed) > most:
        shown.append(words("more", count=len(listed) - most))
    return Bullets(tuple(shown) or (words("none"),))


def counted(found: Sequence[tuple[str, int]], most: int, *, words: Wording) -> Block:
    """Sentences of calculations with the number of structures they hold for."""
    if not found:
        return Paragraph(words("none"))
    rows = tuple((Figure(f"{number}"), phrased(text, words)) for text, number in found[:most])
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
    return words.texts["comma"].join(
        f"{words.term(kind)}{words.colon}{words.term(state)}" for kind, state in states.items()
    )


def state_words(status: GateStatus, words: Wording) -> tuple[Run, ...]:
    """Held, or authorised by which Decision, of whom, for what and until when."""
    if status.state is GateState.HELD:
        return (words.term(status.state),)
    return words(
        "authorised_by",
        decision=Figure(status.decision or ""),
        by=Said(status.by or "", name=True),
        activity=words.term(Activity(str(status.activity))),
        until=status.until,
    )


def gate_blocks(gate: GateOf, seen: Situation, words: Wording) -> list[Block]:
    """The gate of one structure with every reason."""
    common, own = reasons(gate, seen)
    rows: list[tuple[Text, Text]] = []
    for kind, status in gate.statuses.items():
        told = list(state_words(status, words))
        for i, because in enumerate(own[kind]):
            told += [words.colon if i == 0 else words.texts["semicolon"], *phrased(because.text, words)]
        rows.append((words.term(kind), told))
    blocks: list[Block] = [Facts(tuple(rows))]
    if common:
        blocks += [
            Paragraph(words("all_because"), lead=True),
            Bullets(tuple(phrased(b.text, words) for b in common)),
        ]
    return blocks


def the_map(
    seen: Situation,
    numbered: Sequence[Claim[Structure]],
    words: Wording,
    *,
    lines: Sequence[Line] = (),
    note: Sequence[Run] = (),
    width: int = 100,
) -> Block:
    """The site with its structures, these numbered; ``note`` says in the caption what the lines mean."""
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
    told = (words("map"), *((words("map_numbers"),) if numbered else ()), tuple(note), (Said(seen.licences),))
    caption = tuple(run for text in told if text for run in (*text, " "))
    return Picture(site_map(shapes, lines=lines), caption, words.plain("map_description"), width)


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
        (
            words.when(c.body.published),
            Said(c.body.publisher or "", name=True),
            Said(c.body.heading),
            Said(c.name, name=True),
        )
        for c in found
    )
    return [*blocks, Table(tuple(words(k) for k in ("date", "publisher", "heading", "source")), rows, (0, 2, 4, 0))]


def provenance(seen: Situation, words: Wording, made: dt.datetime) -> list[Block]:
    """Who keeps the record, when and with what the document was made, and from which entries."""
    return [
        Heading(words("provenance")),
        Facts(
            (
                (words("keeper"), Said(", ".join(seen.keepers), name=True)),
                (words("made"), Figure(f"{made:%Y-%m-%d %H:%M} UTC")),
                (words("software"), Figure(seen.software)),
                (words("inputs"), Figure(seen.view.digest())),
                (words("tier"), words(f"tier_{seen.view.highest_tier.value}")),
            )
        ),
    ]


def signatures(words: Wording) -> list[Block]:
    """Fields for whoever reads and signs: always blank."""
    return [Heading(words("signed"), 2), Blanks((words("name"), words("function"), words("signature")))]


def banner(seen: Situation, words: Wording) -> tuple[Run, ...]:
    """The warning of the case in the document's language where it is a known one, and always as the record has it."""
    told = phrased(seen.banner, words)
    if not seen.banner or told == (Said(seen.banner),):
        return (Said(seen.banner),) if seen.banner else ()
    return (*told, " ", Said(seen.banner, name=True))


def view_of(seen: Situation, words: Wording) -> tuple[Run, ...]:
    """Site and both clocks, for the line below the title."""
    return words("subtitle", site=Said(seen.site, name=True), on=seen.view.on, known=seen.view.known[:10])


def compose(
    seen: Situation, words: Wording, made: dt.datetime, *, title: Text, subtitle: Text, blocks: Sequence[Block]
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
        banner=banner(seen, words),
        foot=foot,
        made=int(made.timestamp()),
        blocks=(*blocks, *closing),
        language=words.code,
        page_word=words.plain("page"),
    )
