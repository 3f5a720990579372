"""The area ledger on polygons: two views of the record, the ground between them, and what is not on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tetrapylon.clear.area import AreaLedger, Standing, area_ledger, standing
from tetrapylon.clear.area.inspection import Inspection, inspection
from tetrapylon.clear.release.dangers import dangers
from tetrapylon.clear.survey import CHECKS, Product, Survey, survey_of
from tetrapylon.clear.survey.claims import release_parcel
from tetrapylon.clear.survey.subject import usable_polygons
from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.checks import Finding
from tetrapylon.model import (
    Claim,
    ClearanceClaim,
    Entity,
    HazardArea,
    LandRelease,
    Progress,
    QualityCheck,
    Search,
    parse_date,
)
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.area_layers import write_pieces
from tetrapylon.workflow.clear import seen_in
from tetrapylon.workflow.product import Product as Computed

USED: tuple[type[Entity], ...] = (HazardArea, LandRelease, Search, Progress, QualityCheck)
"""Entities the ledger is made of."""


@dataclass(frozen=True)
class Held:
    """How much of one entity is on record. outlines : with an outline that can be measured; declared : with an area
    stated in words."""

    entity: str
    title: str
    records: int
    outlines: int
    declared: int


@dataclass(frozen=True)
class GroundAccount:
    """The ledger of a period with what it rests on.

    verdict : of the identity. declared : records whose stated area and outline differ. inspection : of what was cleared
    in the period. held : what is on record at all; figures : clearance figures stated without any outline.
    """

    verdict: str
    ledger: AreaLedger
    declared: tuple[Finding, ...]
    inspection: Inspection
    held: tuple[Held, ...]
    figures: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What the ledger would need and the record does not hold, in sentences."""
        found = [f"No {h.title} is on record." for h in self.held if not h.records]
        found += [
            f"{h.records - h.outlines} of {h.records} records of {h.title} have no outline that can be measured."
            for h in self.held
            if h.records > h.outlines
        ]
        if self.figures and not any(h.outlines for h in self.held if h.entity == LandRelease.name()):
            found.append(
                f"{self.figures} clearance figures are stated without a boundary: no ground can be worked out from "
                "them (tetrapylon clear ledger compares the figures)."
            )
        return tuple(found)


def ground_account(
    record: Record, *, start: str | None = None, end: str | None = None, on: str | None = None, known: str | None = None
) -> Computed[GroundAccount]:
    """The area ledger on polygons of a period.

    Parameters
    ----------
    start : its opening day, itself excluded; None: from the beginning of the record.
    end : its closing day; None: ``on``, or the day of ``known``.

    Raises
    ------
    ValueRangeError : a day cannot be read, the period ends before it begins, or ``end`` and ``on`` differ.
    """
    if end and on and end != on:
        raise ValueRangeError(f"The period ends on {end} and on {on}.", hint="Give --to or --on, not both.")
    now = record.view(on=end or on, known=known)
    first = parse_date(start) if start else None
    if first is not None and first >= now.day:
        raise ValueRangeError(
            f"The period ends on {now.on}, not after its opening day {start}.", hint="Give --from a day before --to."
        )
    releases = now.resolved(LandRelease, ever=True)
    digests: dict[str, Any] = {}
    closing, until = _standing(record, now, now.day, releases, digests, "closing")
    opening, then = (
        _standing(record, now, first, releases, digests, "opening") if first else (Standing(), frozenset[str]())
    )  # fmt: skip
    work = survey_of(
        (), (), now.resolved(Search, ever=True), now.resolved(Progress, ever=True)
    ).parcels  # fmt: skip
    book = area_ledger(
        opening, closing, releases, known_then=then, known_until=until, work=work, dangers=dangers(seen_in(now))
    )
    own = set(book.posted)
    recent = [release_parcel(c) for c in releases if c.uid in own]
    result = GroundAccount(
        verdict=book.identity.verdict,
        ledger=book,
        declared=tuple(CHECKS["declared-area"].run(Survey((*closing.parcels, *recent)))),
        inspection=inspection(
            [p for p in recent if p.product is Product.CLEARED], now.resolved(QualityCheck, ever=True)
        ),
        held=tuple(_held(entity, now.resolved(entity, ever=True)) for entity in USED),
        figures=len(now.resolved(ClearanceClaim, ever=True)),
    )
    return Computed("clear area", result, now, {"from": start, "to": now.on, **digests})


def with_layer(
    compute: Callable[..., Computed[GroundAccount]], out: Path, record: Record, **when: str | None
) -> Computed[GroundAccount]:
    """The ledger, its pieces of ground also written as a layer (`area_layers.write_pieces`)."""
    product = compute(record, **when)
    write_pieces(product.result.ledger.pieces, out)
    return product


def _standing(
    record: Record, now: View, day: dt.date, releases: Sequence[Claim[LandRelease]], digests: dict[str, Any], name: str
) -> tuple[Standing, frozenset[str]]:
    """Areas at the end of a day, and the releases known then; the digest of what was read of the record of that day."""
    text = day.isoformat()
    then = record.view(on=text, known=text if text < now.known[:10] else now.known)
    later = record.view(on=text, known=now.known)
    stood = standing(then.resolved(HazardArea), later.resolved(HazardArea), releases, day=day)
    known = frozenset(c.uid for c in then.resolved(LandRelease, ever=True))
    digests[f"{name}_digest"] = then.digest()
    return stood, known


def _held(entity: type[Entity], claims: Sequence[Claim[Any]]) -> Held:
    outlines = np.array([None, *(c.body.geometry for c in claims)], dtype=object)[1:]
    stated = sum(any(getattr(c.body, f, None) for f in ("declared_area", "area")) for c in claims)
    return Held(entity.name(), entity.title(), len(claims), int(usable_polygons(outlines).sum()), stated)
