"""Postings: which figures stand in which account, told once, and never added across scopes or campaigns.

An account is one quantity of one place and one set of campaigns. Running totals replace each other and are not added;
one-day figures and figures "as at the date" stand apart. An account whose scope lies inside another's is marked so: its
items are inside that total already. The ledger prints no sum of accounts, because no record says that they are
disjoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.evidence.findings import Figure
from tetrapylon.evidence.scopes import Relation, Scope, Scopes, neighbours
from tetrapylon.model.terms import ClaimPeriod


@dataclass(frozen=True, slots=True)
class Posting:
    """One figure and the names of the claims that retell it."""

    figure: Figure
    retold_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Postings of one quantity for one scope, in order of date.

    label : name of the place or structure, or the source's words. inside : labels of the accounts of the same quantity
    whose scope contains this one: what is posted here is inside their totals.
    """

    quantity: str
    unit: str
    scope: Scope
    label: str
    totals: tuple[Posting, ...]
    days: tuple[Posting, ...]
    at_date: tuple[Posting, ...]
    inside: tuple[str, ...] = ()

    @property
    def latest(self) -> Posting | None:
        """The last running total stated; not the highest, and not a truth."""
        return self.totals[-1] if self.totals else None


def accounts(told: Mapping[Figure, Sequence[Figure]], scopes: Scopes) -> tuple[Account, ...]:
    """Post independent figures (with the figures that retell each) into accounts.

    Returns
    -------
    Accounts ordered by label, campaigns and first posting. A figure without a place has an account of its own wording.
    """
    books: dict[tuple[str, Scope], list[Posting]] = {}
    for figure, again in told.items():
        words = "" if figure.scope.where else figure.scope.words
        key = (figure.quantity, Scope(figure.scope.where, figure.scope.campaigns, words))
        books.setdefault(key, []).append(Posting(figure, tuple(f.name for f in again)))
    labels = {key: _label(key[1], scopes) for key in books}
    near = neighbours((scope for _, scope in books), scopes)
    made = []
    for (quantity, scope), postings in books.items():
        larger = (other for other, how in near[scope] if how is Relation.WITHIN)
        inside = tuple(sorted(labels[quantity, other] for other in larger if (quantity, other) in books))
        ordered = sorted(postings, key=lambda p: (p.figure.when.date, p.figure.name))
        by_period = {
            period: tuple(p for p in ordered if p.figure.period == period.value and not p.figure.level)
            for period in (ClaimPeriod.CUMULATIVE, ClaimPeriod.ONE_DAY)
        }
        placed = {p.figure for held in by_period.values() for p in held}
        made.append(
            Account(
                quantity=quantity,
                unit=ordered[0].figure.unit,
                scope=scope,
                label=labels[quantity, scope],
                totals=by_period[ClaimPeriod.CUMULATIVE],
                days=by_period[ClaimPeriod.ONE_DAY],
                at_date=tuple(p for p in ordered if p.figure not in placed),
                inside=() if ordered[0].figure.level else inside,
            )
        )
    return tuple(sorted(made, key=lambda a: (a.label, a.quantity)))


def _label(scope: Scope, scopes: Scopes) -> str:
    where = scopes.labels.get(scope.where, scope.where) if scope.where else scope.words or "place not stated"
    named = "+".join(sorted(scope.campaigns))
    return f"{where}, {named}" if named else where
