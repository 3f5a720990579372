"""What the EOD operator and the authorities put on record about an item: the task and the options marked acceptable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from tetrapylon.clear.disposal.cordon import Evacuation, StatedCordon
from tetrapylon.clear.disposal.effects import NO_MITIGATION, Mitigation
from tetrapylon.clear.disposal.options import DETONATES_IN_PLACE, Acceptance, Option, OptionKind, Scenario
from tetrapylon.model import Claim, DisposalOption, DisposalTask, Tier, by_uid
from tetrapylon.model.terms import DisposalMethod
from tetrapylon.record.view import View
from tetrapylon.workflow.disposal_ground import Around

KINDS = {
    DisposalMethod.BY_HAND: OptionKind.RENDER_SAFE_BY_HAND,
    DisposalMethod.BY_ROBOT: OptionKind.RENDER_SAFE_BY_ROBOT,
    DisposalMethod.MOVE: OptionKind.MOVE,
    DisposalMethod.IN_PLACE: OptionKind.IN_PLACE,
    DisposalMethod.LOW_ORDER: OptionKind.LOW_ORDER,
    DisposalMethod.DEFER: OptionKind.DEFER,
}
WHERE_IT_LIES = "detonates where it lies"
AT_DESTINATION = "detonated where it is moved to"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who marked an option acceptable; the claim it stands in may be disputed, then it does not count."""

    option: str
    operator: str
    on: str
    counts: bool
    claim: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What all tasks on record about one item state together, the least favourable of each."""

    evacuation: Evacuation | None = None
    evacuation_possible: bool | None = None
    explosives_permitted: bool | None = None
    distance: StatedCordon | None = None
    stone_throw_m: float | None = None
    sentries: tuple[str, ...] = ()
    notifications: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def stated_of(view: View, uid: str) -> Stated:
    """The tasks about an item. What lacks its name or its date does not count, and a remark says so."""
    claims = [c for c in view.resolved(DisposalTask) if c.body.item == uid]
    tasks, disputed = [c.body for c in claims], [c.body for c in claims if c.disputed_by]
    remarks = []
    hidden = any(Tier.PARTNERS in c.withheld for c in claims) or DisposalTask.name() in view.incomplete.values()
    if hidden:
        remarks.append("distances about this item are on record that this file does not hold; no evacuation counts")
    emptied = [t for t in tasks if t.evacuated_radius is not None]
    evacuations = []
    for task in emptied:
        radius = task.evacuated_radius or 0.0
        if (
            not radius > 0
            or not task.evacuation_recorded_by
            or task.evacuated is None
            or task.evacuated.latest > view.day
        ):
            remarks.append("an evacuation without radius, date and the name of who recorded it does not count")
        elif task in disputed:
            remarks.append("a disputed evacuation does not count")
        elif task.evacuated.latest < view.day:
            remarks.append(
                f"the evacuation recorded on {task.evacuated} does not count on another day: people come back"
            )
        else:
            evacuations.append(Evacuation(radius, task.evacuation_recorded_by, str(task.evacuated)))
    distances = []
    for task in tasks:
        if (task.stated_distance or 0.0) > 0 and task.distance_stated_by and task.distance_reference:
            distances.append(
                StatedCordon(task.stated_distance or 0.0, task.distance_stated_by, task.distance_reference)
            )
        elif task.stated_distance is not None:
            remarks.append("a distance without the name of who states it and its ground does not count")
    throws = [t.stone_throw for t in tasks if t.stone_throw is not None and t.stone_throw >= 0]
    counted = len(evacuations) == len(emptied) and not hidden
    return Stated(
        min(evacuations, key=lambda e: e.radius_m) if evacuations and counted else None,
        _least([t.evacuation_possible for t in tasks]),
        _least([t.explosives_permitted for t in tasks]),
        max(distances, key=lambda d: d.distance_m, default=None),
        max(throws, default=None),
        tuple(dict.fromkeys(s for t in tasks for s in t.sentries)),
        tuple(dict.fromkeys(n for t in tasks for n in t.notifications)),
        tuple(dict.fromkeys(remarks)),
    )


def options_of(
    view: View, uid: str, around: Around, plane: tuple[float, float] | None
) -> tuple[list[Option], tuple[Accepted, ...], tuple[str, ...]]:
    """Options on record about an item, who accepted them, and remarks; without any, every method, accepted by nobody.

    ``plane``: where the item lies, plane metres; None: no destination can be placed either.
    """
    claims = [c for c in by_uid(view.resolved(DisposalOption)).values() if c.body.item == uid]
    if not claims:
        return [_option(kind.value, kind, ()) for kind in OptionKind], (), ("no option is on record for this item",)
    options, accepted, remarks = [], [], []
    names = _names(claims)
    for claim in claims:
        body, name = claim.body, names[claim.uid]
        acceptance = None
        if body.accepted is not None and body.accepted_by:
            counts = not claim.contested and body.accepted.earliest <= view.day
            accepted.append(Accepted(name, body.accepted_by, str(body.accepted), counts, claim.name))
            if counts:
                acceptance = Acceptance(body.accepted_by, str(body.accepted), body.conditions or "")
            else:
                remarks.append(f"{name}: its acceptance is contested or dated later and does not count")
        elif body.accepted is not None or body.accepted_by:
            remarks.append(f"{name}: an acceptance without the operator's name and the date does not count")
        kind = KINDS[body.method]
        scenarios, said = _scenarios(body, name, kind, around, plane)
        remarks += said
        options.append(_option(name, kind, scenarios, acceptance, body.person_on_item))
    return options, tuple(accepted), tuple(remarks)


def _option(
    name: str,
    kind: OptionKind,
    scenarios: tuple[Scenario, ...],
    acceptance: Acceptance | None = None,
    person: bool | None = None,
) -> Option:
    if not scenarios:
        certain = kind in DETONATES_IN_PLACE
        scenarios = (Scenario(WHERE_IT_LIES, 1.0, intended=certain, otherwise=None if certain else 0.0),)
    by_hand = kind is OptionKind.RENDER_SAFE_BY_HAND
    return Option(name, kind, scenarios, acceptance, True if by_hand else person)


def _scenarios(
    body: DisposalOption, name: str, kind: OptionKind, around: Around, plane: tuple[float, float] | None
) -> tuple[tuple[Scenario, ...], list[str]]:
    mitigation, remarks = _mitigation(body, name)
    if kind in DETONATES_IN_PLACE:
        return (Scenario(WHERE_IT_LIES, 1.0, intended=True, mitigation=mitigation),), remarks
    judged = body.chance is not None and 0 <= body.chance <= 1
    chance, otherwise = (body.chance or 0.0, None) if judged else (1.0, 0.0)
    if not judged:
        remarks.append(f"{name}: nobody judged the chance of a detonation; planned as certain")
    found = [Scenario(WHERE_IT_LIES, chance, mitigation=mitigation, otherwise=otherwise)]
    if kind is OptionKind.MOVE:
        if body.geometry is None or plane is None:
            remarks.append(f"{name}: where it would be moved to is not on record; nothing is computed there")
        else:
            ground = around.plane(body.geometry)
            there = shapely.centroid(shapely.minimum_bounding_circle(ground))
            spread = float(shapely.minimum_bounding_radius(ground))
            other = None if otherwise is None else 1.0
            found.append(
                Scenario(
                    AT_DESTINATION, 1.0 - chance, there.x, there.y, intended=True, otherwise=other, spread_m=spread
                )
            )
    return tuple(found), remarks


def _mitigation(body: DisposalOption, name: str) -> tuple[Mitigation, list[str]]:
    air, vibration = body.air_factor or 1.0, body.vibration_factor or 1.0
    if air == vibration == 1.0:
        return NO_MITIGATION, []
    if not (0 < air <= 1 and 0 < vibration <= 1 and body.mitigation and body.mitigation_stated_by):
        return NO_MITIGATION, [f"{name}: mitigation without evidence and a name earns no credit"]
    return Mitigation(air, vibration, body.mitigation, body.mitigation_stated_by), []


def _names(claims: Sequence[Claim[DisposalOption]]) -> dict[str, str]:
    """A name of its own for each option."""
    names = {c.uid: c.body.label or KINDS[c.body.method].value for c in claims}
    doubled = {n for n in names.values() if list(names.values()).count(n) > 1}
    return {c.uid: f"{names[c.uid]} ({c.name})" if names[c.uid] in doubled else names[c.uid] for c in claims}


def _least(said: Sequence[bool | None]) -> bool | None:
    """False where anybody says so, True only where nobody does not."""
    known = [s for s in said if s is not None]
    return all(known) if known else None
