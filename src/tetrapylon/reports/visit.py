"""The sheet of a visit: per leg the gate for a visit on that day, the Decision it would rest on, and the escort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tetrapylon.model import Claim, Decision, GateState, GroundKind, Structure
from tetrapylon.reports import parts
from tetrapylon.reports.document import Blanks, Block, Document, Figure, Heading, NewPage, Paragraph, Said, Table, Text
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording

NOTE = (
    "A leg that is held is not authorised. A leg is authorised only by the Decision named, for the activity and until "
    "the date named, and the Decision lapses with a find, an accident, a dispute or a change of control."
)


def visit(
    seen: Situation, route: Sequence[Claim[Structure]], party: str, words: Wording, *, made: dt.datetime
) -> Document:
    """The sheet of a visit by ``party`` to the structures of ``route`` in this order, on the view's day."""
    held = [s for s in route if _is_held(seen, s)]
    rows = tuple(_row(seen, number, structure, words) for number, structure in enumerate(route, 1))
    head = ("leg", "structure", *(words.term(k) for k in GroundKind), "Decision", "by, until")
    told = f"{len(held)} of {len(route)} legs are held for at least one of ground, rubble and voids."
    blocks: list[Block] = [
        Paragraph(Said(told), strong=True),
        Paragraph(Said(NOTE)),
        Table(head, rows, (0, 5, 2, 2, 2, 3, 4)),
        parts.the_map(seen, route, words),
    ]
    for number, structure in enumerate(route, 1):
        blocks += [
            Heading((Figure(f"{number}."), " ", Said(structure.body.label))),
            *parts.gate_blocks(seen.gate[structure.uid], seen, words),
            *_conditions(seen, structure),
            Heading("Escort and means of contact (blank: none on record)", 2),
            Blanks(("escort", "contact", "turned back at, because")),
        ]
    blocks += [NewPage(), *parts.signatures(words)]
    subtitle = (Said(f"{party}, "), Figure(seen.view.on), Said(f"; {seen.site}; as known {seen.view.known[:10]}"))
    return parts.compose(seen, words, made, title="Visit sheet", subtitle=subtitle, blocks=blocks)


def _is_held(seen: Situation, structure: Claim[Structure]) -> bool:
    return any(s.state is GateState.HELD for s in seen.gate[structure.uid].statuses.values())


def _row(seen: Situation, number: int, structure: Claim[Structure], words: Wording) -> tuple[Text, ...]:
    statuses = seen.gate[structure.uid].statuses
    standing = [s for s in statuses.values() if s.state is GateState.AUTHORISED]
    decisions = ", ".join(dict.fromkeys(s.decision or "" for s in standing)) or "none in force"
    by = "; ".join(dict.fromkeys(f"{s.by}, {s.until}" for s in standing)) or "-"
    states = (words.term(statuses[kind].state) for kind in GroundKind)
    return (Figure(str(number)), Said(structure.body.label), *states, Said(decisions), Said(by))


def _conditions(seen: Situation, structure: Claim[Structure]) -> list[Block]:
    """Conditions of the Decisions in force here, as they state them."""
    names = {s.decision for s in seen.gate[structure.uid].statuses.values() if s.decision}
    found = [d for d in seen.view.resolved(Decision, ever=True) if d.name in names and d.body.conditions]
    seen.cite(d.uid for d in found)
    return [Paragraph(Said(f"Conditions of {d.name}: {d.body.conditions}")) for d in found]
