"""ASSESS: how badly each structure is damaged, how sure, and who said so."""

from __future__ import annotations

from tetrapylon.assess.condition import Condition, assess
from tetrapylon.evidence.lineage import trace
from tetrapylon.model import ConditionReport, Occurrence, Statement, Structure, Works
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.product import Product


def condition_report(
    record: Record, *, structure: str | None = None, on: str | None = None, known: str | None = None
) -> Product[tuple[Condition, ...]]:
    """Condition of one structure, or of all.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    """
    view = record.view(on=on, known=known)
    found = conditions_of(view)
    if structure:
        uid = view.one(Structure, structure).uid
        found = tuple(c for c in found if c.structure.uid == uid)
    return Product("assess condition", found, view)


def conditions_of(view: View) -> tuple[Condition, ...]:
    """Condition of every structure of a view."""
    return assess(
        view.resolved(Structure),
        view.resolved(ConditionReport),
        on=view.day,
        occurrences=view.resolved(Occurrence),
        works=view.resolved(Works, ever=True),
        lineage=trace(view.resolved(Statement)),
    )
