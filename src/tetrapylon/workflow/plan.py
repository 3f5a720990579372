"""PLAN: what comes next at each structure, and which gate holds it."""

from __future__ import annotations

from tetrapylon.model import Structure, Works
from tetrapylon.plan.next import Next, next_actions
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.restore import Prospects, prospects_of


def plan_next(
    record: Record, *, structure: str | None = None, on: str | None = None, known: str | None = None
) -> Product[tuple[Next, ...]]:
    """The next action at one structure, or at all.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    """
    view = record.view(on=on, known=known)
    found = next_of(view, prospects_of(view))
    if structure:
        uid = view.one(Structure, structure).uid
        found = tuple(n for n in found if n.structure.uid == uid)
    return Product("plan next", found, view)


def next_of(view: View, prospects: Prospects) -> tuple[Next, ...]:
    """The next action at every structure of a view."""
    return next_actions(
        prospects.options,
        prospects.gates,
        on=view.day,
        works=view.resolved(Works, ever=True),
        consents=prospects.granted,
    )
