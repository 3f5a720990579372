"""The sheet of a visit: per leg the gate for a visit on that day, the Decision it would rest on, and the escort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import shapely

from tetrapylon.model import Claim, Decision, GateState, GroundKind, Structure
from tetrapylon.reports import parts, structure_parts
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Checklist,
    Document,
    Figure,
    Heading,
    NewPage,
    Paragraph,
    Said,
    Table,
    Text,
)
from tetrapylon.reports.maps import Line
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording

CHECKS = ("gate", "decision", "escort", "contact")
"""What is gone through before leaving, by the key of its text."""


def visit(
    seen: Situation, route: Sequence[Claim[Structure]], party: str, words: Wording, *, made: dt.datetime
) -> Document:
    """The sheet of a visit by ``party`` to the structures of ``route`` in this order, on the view's day."""
    held = sum(_is_held(seen, s) for s in route)
    rows = tuple(_row(seen, number, structure, words) for number, structure in enumerate(route, 1))
    kinds = tuple(words.term(k) for k in GroundKind)
    head = (words("leg"), words("structure"), *kinds, words("decision"), words("by_until"))
    blocks: list[Block] = [
        Paragraph(words("held_legs", held=held, legs=len(route)), strong=True),
        Paragraph(words("note")),
        *parts.cautions(words),
        Table(head, rows, (0, 5, 2, 2, 2, 3, 4)),
        parts.the_map(seen, route, words, lines=_route(seen, route), note=words("route")),
        Heading(words("before_leaving")),
        Checklist(tuple(words(f"check_{key}") for key in CHECKS)),
    ]
    for number, structure in enumerate(route, 1):
        blocks += [
            NewPage(),
            Heading((Figure(f"{number}."), " ", Said(structure.body.label, name=True))),
            structure_parts.locator(seen, structure, words, width=45),
            *structure_parts.condition(seen, structure, words, width=45, differing=False),
            Heading(words("gate_of", state=(parts.gate_word(seen.gate[structure.uid], words),)), 2),
            *parts.gate_blocks(seen.gate[structure.uid], seen, words),
            *_conditions(seen, structure, words),
            Heading(words("escort_heading"), 2),
            Blanks((words("escort"), words("contact"), words("turned_back"))),
        ]
    blocks += [NewPage(), *parts.signatures(words)]
    subtitle = words(
        "subtitle_visit",
        party=Said(party, name=True),
        on=seen.view.on,
        site=Said(seen.site, name=True),
        known=seen.view.known[:10],
    )
    return parts.compose(seen, words, made, title=words("title"), subtitle=subtitle, blocks=blocks)


def _is_held(seen: Situation, structure: Claim[Structure]) -> bool:
    return any(s.state is GateState.HELD for s in seen.gate[structure.uid].statuses.values())


def _route(seen: Situation, route: Sequence[Claim[Structure]]) -> list[Line]:
    """The order of the legs between the structures whose position is known."""
    places = {
        d.structure.uid: shapely.get_coordinates(d.outline.representative_point()) for d in seen.drawn if not d.coarse
    }
    points = [places[s.uid] for s in route if s.uid in places]
    return [Line(shapely.LineString(np.concatenate(points)), style="dash-dot", weight=2.0)] if len(points) > 1 else []


def _row(seen: Situation, number: int, structure: Claim[Structure], words: Wording) -> tuple[Text, ...]:
    statuses = seen.gate[structure.uid].statuses
    standing = [s for s in statuses.values() if s.state is GateState.AUTHORISED]
    decisions = ", ".join(dict.fromkeys(s.decision or "" for s in standing))
    ends = dict.fromkeys((s.by or "", s.until) for s in standing)
    by = [words("until", by=Said(name, name=True), date=date) for name, date in ends]
    states = (words.term(statuses[kind].state) for kind in GroundKind)
    return (
        Figure(str(number)),
        Said(structure.body.label, name=True),
        *states,
        Figure(decisions) if decisions else words("none_in_force"),
        words.listed(by, "semicolon") or "-",
    )


def _conditions(seen: Situation, structure: Claim[Structure], words: Wording) -> list[Block]:
    """Conditions of the Decisions in force here, as they state them."""
    names = {s.decision for s in seen.gate[structure.uid].statuses.values() if s.decision}
    found = [d for d in seen.view.resolved(Decision, ever=True) if d.name in names and d.body.conditions]
    seen.cite(d.uid for d in found)
    return [
        Paragraph(words("conditions", decision=Figure(d.name), conditions=Said(d.body.conditions or ""))) for d in found
    ]
