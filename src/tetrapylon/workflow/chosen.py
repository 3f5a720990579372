"""Condition, gate, options and next step of a few structures out of a large record, without working out all the rest.

What is left out is exactly what cannot matter to them: reports on the condition of other structures that are on record,
neither part of the chosen ones nor holding them, reports of hazards there that state neither place nor position, and
then the structures that nothing else refers to. Such a report names its structure and nothing else, so the gate never
lets it concern another (`clear.release.reach`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tetrapylon.assess.condition import Condition, assess
from tetrapylon.clear.gate import Seen, Statuses, gates
from tetrapylon.coordinate.commitments import Submission, submissions
from tetrapylon.coordinate.consents import ConsentStatus, consents
from tetrapylon.evidence.lineage import Lineage, trace
from tetrapylon.model import (
    Claim,
    ConditionReport,
    Consent,
    Estimate,
    Fabric,
    GateState,
    Occurrence,
    Recommendation,
    Statement,
    Structure,
    Works,
)
from tetrapylon.model.terms import Activity
from tetrapylon.plan.next import Next, next_actions
from tetrapylon.record.view import View
from tetrapylon.restore.access import Gates, together
from tetrapylon.restore.doctrine import shipped
from tetrapylon.restore.options import StructureOptions, options
from tetrapylon.workflow.clear import seen_in

Grouped = Mapping[str, Sequence[tuple[int, Claim[Any]]]]
"""Claims by the structure they name, each with its place in the view's order."""


@dataclass(frozen=True)
class Ground:
    """What any structure of a view is worked out from, read once; ``seen`` without reports on condition and hazards."""

    on: dt.date
    structures: Sequence[Claim[Structure]]
    seen: Seen
    reports: Grouped
    """Reports on condition that hold in the view, by structure."""
    ever: Grouped
    """Those that speak about any day."""
    named: frozenset[str]
    """Structures that anything else in ``seen`` refers to, with all that they are part of."""
    strays: tuple[str, ...]
    """Structures that reports name and the record does not hold."""
    hazards: Grouped
    """Reports of hazards by structure; under ``""`` those that may concern any."""
    lineage: Lineage
    occurrences: Sequence[Claim[Occurrence]]
    works: Sequence[Claim[Works]]
    recommendations: Grouped
    fabrics: Grouped
    estimates: Grouped
    consents: Sequence[Claim[Consent]]
    said: Sequence[Submission]
    up: Mapping[str, frozenset[str]]
    down: Mapping[str, frozenset[str]]

    def family(self, uids: Iterable[str]) -> frozenset[str]:
        """The structures, all that they are part of and all their parts, by any claim on record."""
        chosen = frozenset(uids)
        return _reached(chosen, self.up) | _reached(chosen, self.down)


@dataclass(frozen=True)
class Worked:
    """What was worked out for the chosen structures, by uid."""

    conditions: Mapping[str, Condition]
    gates: Mapping[str, Statuses]
    options: Mapping[str, StructureOptions]
    consents: Mapping[str, ConsentStatus]
    following: Mapping[str, Next]


def ground_of(view: View) -> Ground:
    """Read what structures are worked out from."""
    seen = seen_in(view)
    up: dict[str, set[str]] = {}
    down: dict[str, set[str]] = {}
    for claim in seen.structures:
        if claim.body.parent:
            up.setdefault(claim.uid, set()).add(str(claim.body.parent))
            down.setdefault(str(claim.body.parent), set()).add(claim.uid)
    rest = dataclasses.replace(seen, conditions=(), hazards=())
    ever = _by_structure(seen.conditions)
    hazards = _by_structure(seen.hazards, unless=lambda c: c.body.geometry is not None or c.body.place is not None)
    known = {c.uid for c in seen.structures}
    named = _referred(rest) | _refs(c for _, c in hazards.get("", ()))
    occurrences = view.resolved(Occurrence)
    recommendations = view.resolved(Recommendation)
    return Ground(
        on=view.day,
        structures=view.resolved(Structure),
        seen=rest,
        reports=_by_structure(view.resolved(ConditionReport)),
        ever=ever,
        named=_reached(named, {uid: frozenset(found) for uid, found in up.items()}),
        strays=tuple(sorted(uid for uid in {*ever, *hazards} if uid and uid not in known)),
        hazards=hazards,
        lineage=trace(view.resolved(Statement)),
        occurrences=occurrences,
        works=view.resolved(Works, ever=True),
        recommendations=_by_structure(recommendations),
        fabrics=_by_structure(view.resolved(Fabric)),
        estimates=_by_structure(view.resolved(Estimate)),
        consents=view.resolved(Consent, ever=True),
        said=submissions(recommendations, occurrences),
        up={uid: frozenset(found) for uid, found in up.items()},
        down={uid: frozenset(found) for uid, found in down.items()},
    )


def worked_out(ground: Ground, uids: Sequence[str]) -> Worked:
    """Condition, gate, options, consents and next step of the chosen structures."""
    family = ground.family(uids)
    chosen = frozenset(uids)
    kin = [s for s in ground.structures if s.uid in family]
    conditions = {
        c.structure.uid: c
        for c in assess(
            kin,
            _of(ground.reports, family),
            on=ground.on,
            occurrences=ground.occurrences,
            works=ground.works,
            lineage=ground.lineage,
        )
    }
    concerned = [*family, *ground.strays, ""]
    seen = dataclasses.replace(
        ground.seen,
        structures=[s for s in ground.seen.structures if s.uid in family or s.uid in ground.named],
        conditions=_of(ground.ever, concerned),
        hazards=_of(ground.hazards, concerned),
    )
    held = gates(seen, on=ground.on, structures=[s.uid for s in kin if s.uid in chosen])
    asked = _for_activities(seen, ground.on, held)
    stand = consents(
        [s for s in kin if s.uid in chosen], ground.consents, on=ground.on, parties=seen.parties, said=ground.said
    )
    granted = {c.structure.uid: c.granted for c in stand}
    judged = options(
        kin,
        on=ground.on,
        doctrine=shipped(),
        grades={uid: c.interval for uid, c in conditions.items()},
        gates=asked,
        fabrics=_of(ground.fabrics, family),
        reports=_of(ground.reports, family),
        estimates=_of(ground.estimates, family),
        recommendations=_of(ground.recommendations, family),
        decisions=seen.decisions,
        mandates=seen.mandates,
        consents=granted,
        submissions=_submitted(ground.said),
    )
    mine = [o for o in judged if o.structure.uid in chosen]
    following = next_actions(mine, asked, on=ground.on, works=ground.works, consents=granted)
    return Worked(
        conditions={uid: c for uid, c in conditions.items() if uid in chosen},
        gates=held,
        options={o.structure.uid: o for o in mine},
        consents={c.structure.uid: c for c in stand},
        following={n.structure.uid: n for n in following},
    )


def _for_activities(seen: Seen, on: dt.date, held: Mapping[str, Statuses]) -> dict[str, Gates]:
    """The gate for each activity a Decision may authorise; once, where none authorises any."""
    if all(s.state is GateState.HELD for statuses in held.values() for s in statuses.values()):
        return {uid: together(statuses) for uid, statuses in held.items()}
    asked = [gates(seen, on=on, activity=activity, structures=list(held)) for activity in Activity]
    return {uid: together(*(one[uid] for one in asked)) for uid in held}


def _by_structure(claims: Iterable[Claim[Any]], unless: Callable[[Claim[Any]], bool] = lambda claim: False) -> Grouped:
    """Claims by the structure they name; under ``""`` those that name none, and those that ``unless`` picks out."""
    found: dict[str, list[tuple[int, Claim[Any]]]] = {}
    for i, claim in enumerate(claims):
        found.setdefault("" if unless(claim) else str(claim.body.structure or ""), []).append((i, claim))
    return found


def _of(grouped: Grouped, uids: Iterable[str]) -> list[Claim[Any]]:
    """Claims that name any of the structures, in the view's order."""
    numbered = sorted((pair for uid in uids for pair in grouped.get(uid, ())), key=lambda pair: pair[0])
    return [claim for _, claim in numbered]


def _reached(start: frozenset[str], links: Mapping[str, frozenset[str]]) -> frozenset[str]:
    reached, ahead = set(start), list(start)
    while ahead:
        for uid in links.get(ahead.pop(), frozenset()):
            if uid not in reached:
                reached.add(uid)
                ahead.append(uid)
    return frozenset(reached)


def _referred(seen: Seen) -> frozenset[str]:
    """Whatever the claims of a view refer to, structures' own references aside."""
    groups = (getattr(seen, f.name) for f in dataclasses.fields(seen) if f.name not in ("structures", "unreadable"))
    return frozenset().union(*map(_refs, groups))


def _refs(claims: Iterable[Claim[Any]]) -> frozenset[str]:
    found: set[str] = set()
    for claim in claims:
        for field in type(claim.body).fields().values():
            if field.kind == "ref" and (value := getattr(claim.body, field.name)):
                found.update(map(str, value if field.many else (value,)))
    return frozenset(found)


def _submitted(said: Iterable[Submission]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in said:
        if one.structure and not one.is_approval:
            found[one.structure] = (*found.get(one.structure, ()), one.claim)
    return found
