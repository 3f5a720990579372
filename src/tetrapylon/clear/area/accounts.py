"""Accounts on polygons: what is posted, what it covers, and what is counted twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.survey.overlay import square_metres, union_area
from tetrapylon.clear.survey.subject import Parcel, Product, Survey
from tetrapylon.evidence import intervals
from tetrapylon.model import Interval


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account is kept for. A figure with another depth, datum or method is another figure.

    methods : codes, sorted; empty: not stated. depth : m below ``datum`` (a code: top of the rubble, ground before the
    event ...); None: not stated.
    """

    product: Product
    methods: tuple[str, ...] = ()
    depth: float | None = None
    datum: str | None = None

    def __str__(self) -> str:
        if self.product is Product.HAZARD:
            return str(self.product)
        datum = (self.datum or "a datum not stated").replace("_", " ")
        depth = "depth not stated" if self.depth is None else f"{self.depth:g} m below {datum}"
        methods = " + ".join(self.methods).replace("_", " ") or "method not stated"
        return f"{self.product}, {methods}, {depth}"


@dataclass(frozen=True, slots=True)
class Account:
    """Outlines of the same terms within one period; all m2, edges straight in longitude and latitude.

    uids, names : posted. posted : sum of the computed areas. covered : area of their union. declared : sum of what was
    stated; open above where something was not. undeclared : names without a declared area. undrawn : names without a
    usable outline, which add nothing to ``posted``.
    """

    terms: Terms
    uids: tuple[str, ...]
    names: tuple[str, ...]
    posted: float
    covered: float
    declared: Interval
    undeclared: tuple[str, ...]
    undrawn: tuple[str, ...]

    @property
    def double_counted(self) -> float:
        """Sum minus union, m2: ground that a sum counts more than once."""
        return max(0.0, self.posted - self.covered)

    @property
    def declared_less_covered(self) -> Interval:
        """Declared minus computed ground, m2; 0 inside where they can agree."""
        return intervals.subtract(self.declared, Interval(self.covered, self.covered))


def accounts(
    parcels: Sequence[Parcel], *, after: dt.date | None = None, until: dt.date | None = None
) -> tuple[Account, ...]:
    """Post outlines by product, method, depth and datum.

    Parameters
    ----------
    after, until : the period; a parcel belongs to it by its last day, ``after`` itself excluded. None: open. Parcels
        without a date belong to every period: doubt is not dropped. Hazard areas stand whenever they were recorded up
        to ``until``.

    Returns
    -------
    Accounts ordered by product, methods, depth, datum. Sums across accounts are not given: other depths and methods
    are other figures, and the same ground may stand in several.
    """
    survey = Survey(tuple(p for p in parcels if _in_period(p, after, until)))
    return tuple(_account(terms, places, survey) for terms, places in _by_terms(survey.parcels))


def _by_terms(parcels: Iterable[Parcel]) -> list[tuple[Terms, list[int]]]:
    found: dict[Terms, list[int]] = defaultdict(list)
    for i, p in enumerate(parcels):
        hazard = p.product is Product.HAZARD
        terms = Terms(p.product) if hazard else Terms(p.product, tuple(sorted(p.methods)), p.depth, p.datum)
        found[terms].append(i)
    order = list(Product)
    return sorted(
        found.items(),
        key=lambda item: (
            order.index(item[0].product), item[0].methods, -1.0 if item[0].depth is None else item[0].depth,
            item[0].datum or "",
        ),
    )  # fmt: skip


def _account(terms: Terms, places: Sequence[int], survey: Survey) -> Account:
    own = [survey.parcels[i] for i in places]
    drawn: NDArray[np.object_] = survey.shapes[[i for i in places if survey.usable[i]]]
    return Account(
        terms=terms,
        uids=tuple(p.uid for p in own),
        names=tuple(p.name for p in own),
        posted=float(square_metres(drawn).sum()),
        covered=union_area(drawn),
        declared=intervals.add(p.declared.interval if p.declared else Interval(0.0, np.inf) for p in own),
        undeclared=tuple(p.name for p in own if p.declared is None),
        undrawn=tuple(survey.parcels[i].name for i in places if not survey.usable[i]),
    )


def _in_period(parcel: Parcel, after: dt.date | None, until: dt.date | None) -> bool:
    day = parcel.end or parcel.start
    if day is None:
        return True
    if parcel.product is Product.HAZARD:
        return until is None or day <= until
    return (after is None or after < day) and (until is None or day <= until)
