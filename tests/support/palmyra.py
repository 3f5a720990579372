"""The Palmyra case as claims, read straight from its CSV files for tests of engines.

Plain and separate from the reader of the software, so that an engine's tests do not depend on it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import tetrapylon
from tetrapylon.model import (
    Bound,
    Claim,
    ClearanceClaim,
    ConditionReport,
    Entity,
    HazardReport,
    Occurrence,
    Place,
    Source,
    Stated,
    Statement,
    Structure,
    When,
    parse_date,
    thing_uid,
)
from tetrapylon.model.dates import Precision
from tetrapylon.model.terms import ClaimPeriod, HazardKind, OccurrenceKind, SourceKind

SHIPPED = Path(tetrapylon.__file__).parent / "cases" / "palmyra"
CASE = SHIPPED if (SHIPPED / "sources.csv").exists() else Path(__file__).parents[3] / "shared" / "palmyra"
AUTHORITY = "tetrapylon/palmyra"
PARTY = thing_uid(AUTHORITY, "party", "compiler")
HECTARE, KILOMETRE = 10_000.0, 1_000.0
KINDS = {"booby-trap": HazardKind.BOOBY_TRAP}


def uid(local_id: str) -> str:
    """Uid of a thing of the case; one name space for all entities, as refs need no entity here."""
    return thing_uid(AUTHORITY, "thing", local_id)


def rows(name: str) -> list[dict[str, str]]:
    with (CASE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def when(date: str, precision: str) -> When:
    return When(parse_date(date), Precision(precision or "day"))


def ref(local_id: str) -> Any:
    return uid(local_id) if local_id else None


def stated(text: str, bound: str = "", factor: float = 1.0) -> Stated | None:
    return Stated(float(text) * factor, Bound(bound or "exact")) if text else None


@lru_cache
def known() -> dict[str, str]:
    """Per source, the last day its date may mean."""
    return {r["id"]: when(r["date"], r["date_precision"]).latest.isoformat() for r in rows("sources.csv")}


def claim(body: Entity, source: str | None, from_: str | None = None) -> Claim[Any]:
    assert body.local_id
    since = from_ or (known()[source] if source else "2013-01-01")
    return Claim(uid=uid(body.local_id), body=body, entry="0" * 64, party=PARTY, known=since, source=ref(source or ""))


@lru_cache
def sources() -> tuple[Claim[Source], ...]:
    return tuple(
        claim(
            Source(
                local_id=r["id"],
                heading=r["title"],
                published=when(r["date"], r["date_precision"]),
                publisher=r["publisher"] or None,
                kind=SourceKind(r["kind"]),
            ),
            r["id"],
        )
        for r in rows("sources.csv")
    )


@lru_cache
def statements() -> tuple[Claim[Statement], ...]:
    return tuple(
        claim(
            Statement(
                local_id=r["statement_id"],
                said=when(r["said_on"], r["date_precision"]),
                stated_by=r["stated_by"] or None,
                quoted_by=r["quoted_by"] or None,
                published_by=r["published_by"] or None,
                source=ref(r["source_id"]),
                derived_from=tuple(ref(p) for p in r["derived_from"].split(";") if p),
            ),
            r["source_id"],
        )
        for r in rows("statements.csv")
    )


@lru_cache
def places() -> tuple[Claim[Place], ...]:
    return tuple(
        claim(Place(local_id=r["place_id"], label=r["name"], part_of=ref(r["part_of"])), None)
        for r in rows("places.csv")
    )


@lru_cache
def structures() -> tuple[Claim[Structure], ...]:
    return tuple(
        claim(Structure(local_id=r["id"], label=r["name"], parent=ref(r["parent_id"])), None)
        for r in rows("structures.csv")
    )


@lru_cache
def clearance() -> tuple[Claim[ClearanceClaim], ...]:
    return tuple(
        claim(
            ClearanceClaim(
                local_id=r["report_id"],
                date=when(r["date"], r["date_precision"]),
                claimed_by=r["actor"],
                place=ref(r["place_id"]),
                scope=r["scope"] or None,
                campaign=r["campaign"] or None,
                period=ClaimPeriod(r["period"]),
                area=stated(r["cumulative_area_ha"], r["area_bound"], HECTARE),
                items=stated(r["cumulative_devices"], r["devices_bound"]),
                roads=stated(r["roads_km"], r["roads_bound"], KILOMETRE),
                buildings=stated(r["buildings"], r["buildings_bound"]),
                personnel=stated(r["personnel"], r["personnel_bound"]),
                days=Stated(2.0) if re.search(r"\btwo days\b", r["qualifier"]) and r["personnel"] else None,
                equipment=r["equipment"] or None,
                qualifier=r["qualifier"] or None,
                statement=ref(r["statement_id"]),
            ),
            r["source_id"],
        )
        for r in rows("clearance_progress.csv")
    )


@lru_cache
def hazards() -> tuple[Claim[HazardReport], ...]:
    return tuple(
        claim(
            HazardReport(
                local_id=r["report_id"],
                date=when(r["date"], r["date_precision"]),
                kind=KINDS.get(r["kind"]) or HazardKind(r["kind"].lower()),
                description=r["description"],
                place_name=r["place"],
                place=ref(r["place_id"]),
                structure=ref(r["structure_id"]),
                statement=ref(r["statement_id"]),
            ),
            r["source_id"],
        )
        for r in rows("hazard_reports.csv")
    )


@lru_cache
def conditions() -> tuple[Claim[ConditionReport], ...]:
    return tuple(
        claim(
            ConditionReport(
                local_id=r["report_id"],
                structure=ref(r["structure_id"]),
                date=when(r["date_observed"], r["date_precision"]),
                wording=r["condition"],
                observer=r["observer"],
                statement=ref(r["statement_id"]),
            ),
            r["source_id"],
        )
        for r in rows("condition_reports.csv")
    )


@lru_cache
def occurrences() -> tuple[Claim[Occurrence], ...]:
    """Changes of control and denied access, and the timeline beside them."""
    said_in = {r["statement_id"]: r["source_id"] for r in rows("statements.csv")}
    happened = [
        claim(
            Occurrence(
                local_id=r["occurrence_id"],
                kind=OccurrenceKind(r["kind"]),
                start=when(r["start"], r["date_precision"]),
                place=ref(r["place_id"]),
                structure=ref(r["structure_id"]),
                actor=r["actor"],
                statements=tuple(ref(s) for s in r["statement_ids"].split(";") if s),
            ),
            None,
            min(known()[said_in[s]] for s in r["statement_ids"].split(";")),
        )
        for r in rows("occurrences.csv")
    ]
    timeline = [
        claim(
            Occurrence(
                local_id=r["event_id"],
                kind=OccurrenceKind.EVENT if r["kind"] == "event" else OccurrenceKind.UTTERANCE,
                start=when(r["date"], r["date_precision"]),
                description=r["event"],
                structure=ref(r["structure_id"]),
                statements=(ref(r["statement_id"]),),
            ),
            r["source_id"],
        )
        for r in rows("events.csv")
    ]
    return (*happened, *timeline)


def known_by(claims: tuple[Claim[Any], ...], day: dt.date) -> tuple[Claim[Any], ...]:
    """Claims known on a day."""
    return tuple(c for c in claims if c.known[:10] <= day.isoformat())
