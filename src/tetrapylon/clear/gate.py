"""The gate: per structure, whether ground, rubble and voids are held, or authorised by a Decision in force.

It fails closed. An operator's claim is not a release, a release without a Decision authorises no activity, nothing is
inherited from a parent structure or a larger place, and everything in doubt holds. There is no third state, and no
answer means that a place is without danger.

Terms after IMAS 07.11 (land release); the rules are those of docs/methods/gate.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tetrapylon.clear.release.authority import Authority
from tetrapylon.clear.release.dangers import Danger, Kind, dangers
from tetrapylon.clear.release.reach import Reach, reach
from tetrapylon.clear.release.seen import Seen
from tetrapylon.errors import NotFound
from tetrapylon.model import Because, Claim, ClearanceClaim, Decision, GateState, GateStatus, GroundKind
from tetrapylon.model.terms import Activity, VoidKind

SHOWN = 3
"""Reports of one kind that are shown in full; further ones are counted and cited."""

Statuses = dict[GroundKind, GateStatus]

__all__ = ["Seen", "Statuses", "gate", "gates"]


def gate(structure: str, seen: Seen, *, on: dt.date, activity: Activity | None = None) -> Statuses:
    """The gate of one structure (uid); see `gates`.

    Raises
    ------
    NotFound : the structure is not in the view.
    """
    return gates(seen, on=on, activity=activity, structures=(structure,))[structure]


def gates(
    seen: Seen, *, on: dt.date, activity: Activity | None = None, structures: Sequence[str] | None = None
) -> dict[str, Statuses]:
    """The gate of many structures at once.

    Parameters
    ----------
    seen : claims of one view, already filtered to what was known.
    on : the day the question is about. What happened surely after it does not count, what may have does.
    activity : what the ground is to be relied on for; None: any activity a Decision authorises, which is then named.
    structures : uids; None: all of the view.

    Returns
    -------
    By structure uid and kind of ground: held with its reasons, most pressing first, or authorised with Decision,
    maker, activity and end.

    Raises
    ------
    NotFound : a structure is not in the view.
    """
    found = tuple(d for d in dangers(seen) if d.start.earliest <= on)
    view = _View(seen, on, activity, found, reach(seen, found))
    wanted = list(view.reach.structures) if structures is None else structures
    for uid in wanted:
        if uid not in view.reach.structures:
            raise NotFound(f"No structure {uid} in this view.")
    return {uid: _one(view, uid) for uid in wanted}


@dataclass(frozen=True)
class _View:
    seen: Seen
    on: dt.date
    activity: Activity | None
    dangers: tuple[Danger, ...]
    reach: Reach


def _one(view: _View, structure: str) -> Statuses:
    authority = Authority(view.seen, view.reach, view.on)
    setbacks = [d for d in view.dangers if view.reach.may_concern(structure, d)]
    shown = [d for d in setbacks if view.reach.shown(structure, d)]
    common = _reasons(view, structure, shown)
    statuses = {}
    for ground in GroundKind:
        decisions = authority.naming(structure, ground)
        against = [(d, authority.against(d, structure, ground, setbacks, view.activity)) for d in decisions]
        standing = next((d for d, reasons in against if not reasons), None)
        if standing is not None and not view.seen.unreadable:
            statuses[ground] = _authorised(view, authority, standing, structure)
            continue
        because = _decisions(against, ground) if standing is None else []
        statuses[ground] = GateStatus(GateState.HELD, (*because, *common, *_searched(view, structure, ground)))
    return statuses


def _authorised(view: _View, authority: Authority, decision: Claim[Decision], structure: str) -> GateStatus:
    body = decision.body
    assert body.end is not None and body.activity is not None  # noqa: PT018  an authority that lacks them does not stand
    labels = {p.uid: p.body.label for p in view.seen.parties}
    mandates = tuple(m.uid for m in authority.mandates(decision, structure))
    conditions = f"; conditions: {body.conditions}" if body.conditions else ""
    return GateStatus(
        GateState.AUTHORISED,
        (Because(f"Decision {decision.name} in force{conditions}", (decision.uid, *mandates)),),
        decision=decision.name,
        by=labels.get(body.made_by, str(body.made_by)),
        until=body.end.earliest,
        activity=str(body.activity),
    )


def _decisions(against: Iterable[tuple[Claim[Decision], tuple[Because, ...]]], ground: GroundKind) -> list[Because]:
    reasons = [r for _, found in against for r in found]
    return reasons or [Because(f"no Decision that names this structure authorises anything for its {ground.label}")]


def _reasons(view: _View, structure: str, shown: Sequence[Danger]) -> list[Because]:
    """Reasons common to all kinds of ground: no report says which kind it speaks of."""
    unreadable = tuple(view.seen.unreadable)
    doubt = [Because(f"{_count(len(unreadable), 'claim')} cannot be read here and may concern this ground", unreadable)]
    control = _latest([d for d in shown if d.kind is Kind.CONTROL])
    claims = _claims(view, structure)
    standing = [c for c in claims if control is None or c.body.date.earliest > control.end.latest]
    latest = max((c.body.date for c in standing), key=lambda w: (w.latest, w.date), default=None)
    refused = [d for d in shown if d.kind is Kind.REFUSED]
    before = [d for d in refused if latest is not None and d.end.latest < latest.earliest]
    because = (doubt if unreadable else []) + _listed(Kind.REFUSED, [d for d in refused if d not in before])
    for kind in (k for k in Kind if k not in (Kind.REFUSED, Kind.CONTROL)):
        because += _listed(kind, [d for d in shown if d.kind is kind])
    if before:
        last = max(d.end.latest for d in before)
        text = f"{_count(len(before), 'report')} of limited access before the latest claim, the last of {last}"
        because.append(Because(text, tuple(d.uid for d in before)))
    if not view.reach.places[structure]:
        because.append(Because("no place on record is tied to this structure: where it lies is in doubt"))
    because += _claimed(view, standing)
    lapsed = [c for c in claims if c not in standing]
    if control is not None and lapsed:
        text = f"{_count(len(lapsed), 'earlier claim')} lapsed with the change of control of {control.start}"
        because.append(Because(text, (control.uid, *(c.uid for c in lapsed))))
    return because


def _listed(kind: Kind, found: list[Danger]) -> list[Because]:
    """Reports of one kind, latest first, those that share a statement as one reason."""
    groups: list[list[Danger]] = []
    for danger in sorted(found, key=lambda d: (d.end.latest, d.end.date, d.name), reverse=True):
        shared = [g for g in groups if any(set(danger.statements) & set(d.statements) for d in g)]
        merged = [d for g in shared for d in g] + [danger]
        groups = [g for g in groups if g not in shared] + [merged]
    because = [
        Because(f"{kind}, {g[0].start}: {_text(g)} ({', '.join(d.name for d in g)})", tuple(d.uid for d in g))
        for g in groups[:SHOWN]
    ]
    rest = [d for g in groups[SHOWN:] for d in g]
    if rest:
        because.append(Because(f"{kind}: {_count(len(rest), 'further report')}", tuple(d.uid for d in rest)))
    return because


def _text(group: Sequence[Danger]) -> str:
    """The longest description: the others rest on the same statement."""
    return max((d.text for d in group), key=len).rstrip(".")


def _claims(view: _View, structure: str) -> list[Claim[ClearanceClaim]]:
    """Clearance claims that may cover a structure: they name it, what it is part of, or a place tied to it."""
    above, places = view.reach.scopes.upward(structure), view.reach.places[structure]
    return [
        c
        for c in view.seen.clearance
        if c.body.date.earliest <= view.on
        and (c.body.structure in above or c.body.place in places)
        and not _people_only(c.body)
    ]


def _people_only(body: ClearanceClaim) -> bool:
    """It states how many people work and nothing that was done."""
    return body.personnel is not None and not (body.area or body.items or body.roads or body.buildings)


def _claimed(view: _View, standing: list[Claim[ClearanceClaim]]) -> list[Because]:
    if not standing:
        return []
    ordered = sorted(standing, key=lambda c: (c.body.date.latest, c.body.date.date), reverse=True)
    where = ordered[0].body.place or ordered[0].body.structure
    last = [c for c in ordered if c.body.date == ordered[0].body.date and (c.body.place or c.body.structure) == where]
    body = last[0].body
    label = body.scope or view.reach.scopes.labels.get(str(where), "place not stated")
    boundary = "" if where in view.reach.scopes.bounded else ", boundary not on record"
    names = ", ".join(sorted(c.name for c in last))
    text = f"claimed cleared {body.date} ({label}{boundary}) by {body.claimed_by}: a claim is not a release ({names})"
    rest = len(standing) - len(last)
    if rest:
        text += f"; {_count(rest, 'earlier claim')}"
    return [Because(text, tuple(c.uid for c in sorted(last, key=lambda c: c.name)))]


def _searched(view: _View, structure: str, ground: GroundKind) -> list[Because]:
    """What the record holds of searches: never a release, and mostly missing."""
    wanted = VoidKind.RUBBLE if ground is GroundKind.RUBBLE else VoidKind.VOID
    voids = {v.uid for v in view.seen.voids if v.body.structure == structure and v.body.kind is wanted}
    if ground is GroundKind.GROUND:
        done = [s for s in view.seen.searches if s.body.structure == structure and s.body.void is None]
    else:
        done = [s for s in view.seen.searches if s.body.void in voids]
    done = [s for s in done if s.body.start.earliest <= view.on]
    if not done:
        return [Because(f"no search of the {ground.label} on record", tuple(sorted(voids)))]
    text = f"{_count(len(done), 'search')} of the {ground.label} on record: a search is not a release"
    if left := voids - {s.body.void for s in done}:
        text += f"; {len(left)} of {len(voids)} not searched"
    return [Because(text, tuple(s.uid for s in done))]


def _latest(found: Sequence[Danger]) -> Danger | None:
    return max(found, key=lambda d: (d.end.latest, d.name), default=None)


def _count(number: int, noun: str) -> str:
    plural = {"search": "searches"}.get(noun, noun + "s")
    return f"{number} {noun if number == 1 else plural}"
