"""RESTORE: what is still possible to restore, by which rule, and what holds it for now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tetrapylon.assess.condition import Condition
from tetrapylon.clear.gate import gates
from tetrapylon.coordinate.commitments import Submission, submissions
from tetrapylon.coordinate.consents import ConsentStatus, consents
from tetrapylon.model import (
    ConditionReport,
    Consent,
    Decision,
    Estimate,
    Fabric,
    GateState,
    Mandate,
    Occurrence,
    Party,
    Recommendation,
    Structure,
)
from tetrapylon.model.terms import Activity
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.restore.access import Gates, together
from tetrapylon.restore.doctrine import shipped
from tetrapylon.restore.options import StructureOptions, options
from tetrapylon.workflow.assess import conditions_of
from tetrapylon.workflow.clear import seen_in
from tetrapylon.workflow.product import Product


@dataclass(frozen=True)
class Prospects:
    """Options of every structure of a view, with what they were judged from."""

    options: tuple[StructureOptions, ...]
    gates: Mapping[str, Gates]
    consents: tuple[ConsentStatus, ...]
    conditions: tuple[Condition, ...]
    illustrative: bool

    @property
    def granted(self) -> dict[str, bool | None]:
        """Whether all consents are granted, by uid of the structure."""
        return {c.structure.uid: c.granted for c in self.consents}


def restoration_options(
    record: Record, *, structure: str | None = None, illustrative: bool = False, on: str | None = None,
    known: str | None = None,
) -> Product[tuple[StructureOptions, ...]]:  # fmt: skip
    """Options of one structure, or of all.

    ``illustrative``: use the doctrine's example thresholds where no authority set one; every result is labelled so.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    """
    view = record.view(on=on, known=known)
    found = prospects_of(view, illustrative=illustrative).options
    if structure:
        uid = view.one(Structure, structure).uid
        found = tuple(o for o in found if o.structure.uid == uid)
    return Product("restore options", found, view, {"illustrative": illustrative})


def prospects_of(view: View, *, illustrative: bool = False) -> Prospects:
    """Judge the options of every structure of a view."""
    structures = view.resolved(Structure)
    said = submissions(view.resolved(Recommendation), view.resolved(Occurrence))
    stand = consents(
        structures, view.resolved(Consent, ever=True), on=view.day, parties=view.resolved(Party, ever=True), said=said
    )
    conditions = conditions_of(view)
    asked = gates_for_activities(view)
    judged = options(
        structures,
        on=view.day,
        doctrine=shipped(),
        grades={c.structure.uid: c.interval for c in conditions},
        gates=asked,
        fabrics=view.resolved(Fabric),
        reports=view.resolved(ConditionReport),
        estimates=view.resolved(Estimate),
        recommendations=view.resolved(Recommendation),
        decisions=view.resolved(Decision, ever=True),
        mandates=view.resolved(Mandate, ever=True),
        consents={c.structure.uid: c.granted for c in stand},
        submissions=_submitted(said),
        illustrative=illustrative,
    )
    return Prospects(judged, asked, stand, conditions, illustrative)


def gates_for_activities(view: View) -> dict[str, Gates]:
    """The gate of every structure for each activity a Decision may authorise; once, where none authorises any."""
    seen = seen_in(view)
    any_activity = gates(seen, on=view.day)
    if all(s.state is GateState.HELD for statuses in any_activity.values() for s in statuses.values()):
        return {uid: together(statuses) for uid, statuses in any_activity.items()}
    asked = [gates(seen, on=view.day, activity=activity) for activity in Activity]
    return {uid: together(*(one[uid] for one in asked)) for uid in any_activity}


def _submitted(said: tuple[Submission, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in said:
        if one.structure and not one.is_approval:
            found[one.structure] = (*found.get(one.structure, ()), one.claim)
    return found
