"""The situation report: what a view comes to, verb by verb, on a few pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tetrapylon.clear.ledger import Ledger
from tetrapylon.coordinate.commitments import Asked, Pledge, Submission
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.model import Claim, GradeInterval, Recommendation, Structure
from tetrapylon.reports import parts
from tetrapylon.reports.charts import Dot, grade_bars, stated_dots
from tetrapylon.reports.document import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Picture,
    Run,
    Said,
    Table,
    Text,
)
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.restore.options import StructureOptions, Verdict

NUMBERED = 15
"""Structures that the map numbers and the table lists."""
FIRST = 8
"""Reasons, findings and decisions of one kind that are shown; further ones are counted."""
KINDS = (FindingKind.CONTRADICTION, FindingKind.FALL, FindingKind.OUTSIDE_RANGE)


def brief(seen: Situation, words: Wording, *, made: dt.datetime) -> Document:
    """The situation report in the language of ``words``."""
    blocks = [
        *parts.opening(seen, words),
        parts.the_map(seen, _listed(seen), words),
        *_clear(seen, words),
        *_assess(seen, words),
        *_restore(seen, words),
        *_coordinate(seen, words),
        *_plan(seen, words),
        *parts.signatures(words),
    ]
    return parts.compose(seen, words, made, title=words("title"), subtitle=parts.view_of(seen, words), blocks=blocks)


def _listed(seen: Situation) -> list[Claim[Structure]]:
    """The most significant structures; groups are shown by their parts."""
    return [s for s in seen.structures if not seen.condition[s.uid].is_group][:NUMBERED]


def _clear(seen: Situation, words: Wording) -> list[Block]:
    gates, book = seen.gates, seen.ledger
    texts: list[str] = []
    for gate in gates.of:
        common, own = parts.reasons(gate, seen)
        texts += dict.fromkeys(b.text for b in (*common, *(b for one in own.values() for b in one)))
    blocks: list[Block] = [
        Heading(words("clear")),
        Paragraph(words("gates", released=gates.released, structures=len(gates.of), held=gates.held)),
        Heading(words("holds"), 2),
        parts.counted(seen.counted(texts), FIRST, words=words),
        Heading(words("stated"), 2),
        Paragraph(words("stated_note"), quiet=True),
        _totals(book, seen, words),
        *_items(seen, words),
        Heading(words("findings"), 2),
    ]
    for kind in KINDS:
        found = book.of(kind)
        for finding in found:
            seen.cite(finding.claims)
        blocks.append(Paragraph((words.term(kind), words.colon, Figure(str(len(found)))), lead=bool(found)))
        if found:
            told = ((*phrased(f.quantity, words), words.colon, *phrased(f.arithmetic, words)) for f in found)
            blocks.append(parts.bullets(told, FIRST, words=words))
    if book.missing_text:
        blocks += [Heading(words("missing"), 2), Paragraph(phrased(book.missing_text, words))]
    return blocks


def _totals(book: Ledger, seen: Situation, words: Wording) -> Block:
    rows = []
    for account in book.accounts:
        if account.latest is None or account.quantity == "personnel":
            continue
        figure = account.latest.figure
        seen.cite((figure.uid,))
        rows.append(
            (
                Said(account.label, name=True),
                phrased(account.quantity, words),
                phrased(figure.said, words),
                Said(figure.speaker, name=True),
                words.when(figure.when),
                Figure(figure.name),
            )
        )
    if not rows:
        return Paragraph(words("none"))
    head = tuple(words(key) for key in ("scope", "quantity", "figure", "by", "date", "claim"))
    return Table(head, tuple(rows), (4, 0, 0, 4, 0, 0))


def _items(seen: Situation, words: Wording) -> list[Block]:
    """The stated numbers of items, retellings left out."""
    told = {p.figure.uid: p.figure for a in seen.ledger.accounts if a.quantity == "items" for p in (*a.totals, *a.days)}
    if not told:
        return []
    ordered = sorted(told.values(), key=lambda f: (f.when.date, f.name))
    dots = [Dot(f"{f.when.date} {f.name}", f.stated.value, f.interval, f"{f.stated.value:,.0f}") for f in ordered]
    described = "; ".join(str(f) for f in ordered)
    return [Picture(stated_dots(dots), words("items_chart"), described)]


def _assess(seen: Situation, words: Wording) -> list[Block]:
    conditions = seen.prospects.conditions
    graded = [c for c in conditions if c.interval is not None]
    contested = [c for c in graded if c.contested]
    none = words.plain("no_grade")
    counts = _by_grade((c.interval for c in conditions), none)
    rows = []
    for i, structure in enumerate(_listed(seen), 1):
        condition, options = seen.condition[structure.uid], seen.options.get(structure.uid)
        seen.cite(r.claim.uid for r in condition.readings)
        rows.append(
            (
                Figure(str(i)),
                Said(structure.body.label, name=True),
                Figure(str(condition.interval) if condition.interval else "?"),
                Figure(str(len(condition.voices))),
                parts.gate_word(seen.gate[structure.uid], words),
                _options(options, Verdict.ADMITTED, words),
                _options(options, Verdict.UNDETERMINED, words),
            )
        )
    keys = ("structure", "grade", "voices", "gate", "admissible", "undetermined")
    described = "; ".join(f"{label}: {number}" for label, number in counts.items())
    return [
        Heading(words("assess")),
        Paragraph(words("graded", graded=len(graded), structures=len(conditions), contested=len(contested))),
        Picture(grade_bars(counts, unknown=none), words("grades_chart"), described, 60),
        Heading(words("structures"), 2),
        Paragraph(words("judgement"), quiet=True),
        Table(("", *(words(k) for k in keys)), tuple(rows), (0, 4, 0, 0, 2, 4, 4)),
    ]


def _by_grade(intervals: Iterable[GradeInterval | None], none: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for interval in sorted(intervals, key=lambda i: (i is None, (i.lo, i.hi) if i else ())):
        label = str(interval) if interval else none
        found[label] = found.get(label, 0) + 1
    return found


def _options(options: StructureOptions | None, verdict: Verdict, words: Wording) -> Text:
    if options is None:  # a group of structures has options at its parts only
        return "-"
    return words.listed(words.term(f.option) for f in options.findings if f.verdict is verdict) or "-"


def _restore(seen: Situation, words: Wording) -> list[Block]:
    settle = seen.counted(text for o in seen.prospects.options for text in o.settle)
    return [
        Heading(words("restore")),
        Paragraph(words("no_threshold")),
        Heading(words("settle"), 2),
        parts.counted(settle, FIRST, words=words),
    ]


def _coordinate(seen: Situation, words: Wording) -> list[Block]:
    promised = seen.promised
    latest = tuple(reversed(promised.decisions))
    seen.cite(p.claim.uid for p in promised.pledges)
    seen.cite(d.uid for d in latest[:FIRST])
    seen.cite(a.works.uid for a in promised.asked)
    return [
        Heading(words("coordinate")),
        Heading(words("pledges"), 2),
        parts.bullets((_pledge(p, words) for p in promised.pledges), words=words),
        Heading(words("decisions"), 2),
        parts.bullets((_decision(d, words) for d in latest), FIRST, words=words),
        Heading(words("asked"), 2),
        parts.bullets((asked_words(a, words) for a in promised.asked), FIRST, words=words),
    ]


def _pledge(pledge: Pledge, words: Wording) -> tuple[Run, ...]:
    body = pledge.claim.body
    key = "pledge_to" if body.made_to else "pledge"
    told = words(key, date=body.made_on, by=_name(body.made_by), to=_name(body.made_to or ""), text=Said(body.text))
    if pledge.open_points:
        told += words("left_open", points=Said(", ".join(pledge.open_points)))
    return told + words("on_record", status=phrased(pledge.status, words))


def _decision(decision: Claim[Recommendation], words: Wording) -> tuple[Run, ...]:
    body = decision.body
    who = words.listed((words.when(body.date), _name(body.body)))
    return (*who, words.colon, Said(body.text), " (", Figure(decision.name), ")")


def asked_words(asked: Asked, words: Wording) -> tuple[Run, ...]:
    """Works begun while a decision asked for a project first, beside what was submitted by then."""
    named = Figure(", ".join(d.name for d in asked.decisions))
    told = words("asked_for", works=Figure(asked.works.name), start=asked.works.body.start, decisions=named)
    if asked.before:
        return told + words("asked_before", submissions=_submitted(asked.before, words))
    told += words("asked_none")
    return told + words("asked_later", submissions=_submitted(asked.after, words)) if asked.after else told


def _submitted(found: Iterable[Submission], words: Wording) -> tuple[Run, ...]:
    told = ((*words.when(s.when), " ", Said(s.text), " (", Figure(s.name), ")") for s in found)
    return words.listed(told, "semicolon")


def _name(text: str) -> Said:
    return Said(text, name=True)


def _plan(seen: Situation, words: Wording) -> list[Block]:
    steps = [(n.step.phase.kind, n.step.state) for n in seen.next if n.step]
    counted: dict[tuple[str, str], int] = {}
    for kind, state in steps:
        key = words.term(kind), words.term(state)
        counted[key] = counted.get(key, 0) + 1
    rows = tuple((kind, state, Figure(str(number))) for (kind, state), number in counted.items())
    desk = seen.counted(work for n in seen.next for work in n.desk_work)
    return [
        Heading(words("plan")),
        Table((words("step"), words("state"), words("count_of")), rows) if rows else Bullets((words("none"),)),
        Heading(words("desk"), 2),
        parts.counted(desk, FIRST, words=words),
    ]
