"""The Palmyra case as claims, read straight from its tables: what engines are tested with.

Written without the case reader on purpose, so that a fault in one shows in the other.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tetrapylon.model import (
    Claim,
    Commitment,
    ConditionReport,
    Entity,
    Estimate,
    Occurrence,
    Precision,
    Recommendation,
    Source,
    Statement,
    Structure,
    When,
    Works,
    thing_uid,
)
from tetrapylon.model import terms as t
from tetrapylon.model.terms import StructureRole

AUTHORITY = "tetrapylon/palmyra"
ROOT = Path(__file__).resolve().parents[2]
PARTY = thing_uid(AUTHORITY, "party", "compiler")


def folder() -> Path:
    """The shipped case, or the shared tables beside the repository while it is not shipped yet."""
    shipped = ROOT / "src" / "tetrapylon" / "cases" / "palmyra"
    return shipped if (shipped / "structures.csv").exists() else ROOT.parent / "shared" / "palmyra"


def uid(entity: str, local_id: str) -> str:
    """Uid of a thing of the case."""
    return thing_uid(AUTHORITY, entity, local_id)


def structure_uid(local_id: str) -> str:
    """Uid of a structure of the case."""
    return uid("structure", local_id)


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Rows of one table."""
    with (folder() / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def when(date: str, precision: str = "day") -> When | None:
    """A stated date, or None."""
    return When(dt.date.fromisoformat(date), Precision(precision or "day")) if date else None


def claim(body: Entity, *, known: str = "", source: str | None = None) -> Claim[Any]:
    """A claim about a thing of the case."""
    assert body.local_id
    return Claim(uid(body.name(), body.local_id), body, "0" * 64, PARTY, known, source)


def _known(row: dict[str, str]) -> str:
    published = _published().get(row.get("source_id", ""))
    return published.latest.isoformat() if published else ""


@cache
def _published() -> dict[str, When]:
    return {r["id"]: w for r in rows("sources") if (w := when(r["date"], r["date_precision"]))}


def _ref(entity: str, local_id: str) -> str | None:
    return uid(entity, local_id) if local_id else None


def _load(table: str, build: Callable[[dict[str, str]], Entity]) -> tuple[Claim[Any], ...]:
    return tuple(claim(build(r), known=_known(r), source=_ref("source", r.get("source_id", ""))) for r in rows(table))


ELEMENTS = {"theatre_scaenae_frons", "temple_of_bel_portico", "castle_footbridge"}


@cache
def structures() -> tuple[Claim[Structure], ...]:
    """All 73 structures."""

    def build(r: dict[str, str]) -> Structure:
        role = {"statue": StructureRole.OBJECT, "site": StructureRole.GROUP, "necropolis": StructureRole.GROUP}
        return Structure(
            local_id=r["id"],
            label=r["name"],
            role=StructureRole.ELEMENT if r["id"] in ELEMENTS else role.get(r["type"], StructureRole.WHOLE),
            type=r["type"],
            parent=_ref("structure", r["parent_id"]),
            significance=int(r["significance"]),
            significance_reason=r["significance_reason"],
            note=r["notes"] or None,
        )

    return _load("structures", build)


@cache
def condition_reports() -> tuple[Claim[ConditionReport], ...]:
    """All 158 condition reports."""

    def build(r: dict[str, str]) -> ConditionReport:
        return ConditionReport(
            local_id=r["report_id"],
            structure=uid("structure", r["structure_id"]),
            date=when(r["date_observed"], r["date_precision"]),
            wording=r["condition"],
            date_kind=t.DateKind(r["date_kind"]),
            observer=r["observer"],
            mode=t.Mode(r["method"]),
            damage_class=t.DamageClass(r["damage_class"]),
            extent=float(r["extent_pct"]) / 100 if r["extent_pct"] else None,
            cause=r["cause"] or None,
            restorability_note=r["restorability_note"] or None,
            statement=uid("statement", r["statement_id"]),
        )

    return _load("condition_reports", build)


@cache
def statements() -> tuple[Claim[Statement], ...]:
    """All 258 statements."""

    def build(r: dict[str, str]) -> Statement:
        return Statement(
            local_id=r["statement_id"],
            said=when(r["said_on"], r["date_precision"]),
            stated_by=r["stated_by"].replace(" (by omission)", ""),
            quoted_by=r["quoted_by"] or None,
            published_by=r["published_by"] or None,
            source=_ref("source", r["source_id"]),
            derived_from=tuple(uid("statement", s) for s in r["derived_from"].split(";") if s),
            lineage_certainty=t.LineageCertainty(r["lineage_certainty"]) if r["lineage_certainty"] else None,
            by_omission="(by omission)" in r["stated_by"],
            occasion=r["occasion"] or None,
            note=r["note"] or None,
        )

    return _load("statements", build)


@cache
def sources() -> tuple[Claim[Source], ...]:
    """All 180 sources."""

    def build(r: dict[str, str]) -> Source:
        return Source(
            local_id=r["id"],
            heading=r["title"],
            published=when(r["date"], r["date_precision"]) or When(dt.date(2026, 1, 1)),
            publisher=r["publisher"],
        )

    return _load("sources", build)


@cache
def occurrences() -> tuple[Claim[Occurrence], ...]:
    """The timeline and the occurrences together."""

    def event(r: dict[str, str]) -> Occurrence:
        return Occurrence(
            local_id=r["event_id"],
            kind=t.OccurrenceKind.UTTERANCE if r["kind"] == "statement" else t.OccurrenceKind.EVENT,
            start=when(r["date"], r["date_precision"]),
            description=r["event"],
            structure=_ref("structure", r["structure_id"]),
            actor=r["stated_by"],
            statements=(uid("statement", r["statement_id"]),),
        )

    def happening(r: dict[str, str]) -> Occurrence:
        return Occurrence(
            local_id=r["occurrence_id"],
            kind=t.OccurrenceKind(r["kind"]),
            start=when(r["start"], r["date_precision"]),
            end=when(r["end"], r["date_precision"]),
            place=_ref("place", r["place_id"]),
            structure=_ref("structure", r["structure_id"]),
            actor=r["actor"],
            statements=tuple(uid("statement", s) for s in r["statement_ids"].split(";") if s),
        )

    return (*_load("events", event), *_load("occurrences", happening))


def _recommended(kinds: frozenset[str], build: Callable[[dict[str, str]], Entity]) -> tuple[Claim[Any], ...]:
    return tuple(
        claim(build(r), known=_known(r), source=_ref("source", r["source_id"]))
        for r in rows("recommendations")
        if r["kind"] in kinds
    )


def _common(r: dict[str, str]) -> dict[str, Any]:
    return {
        "local_id": r["id"],
        "body": r["body"],
        "text": r["text"],
        "structure": _ref("structure", r["structure_id"]),
        "status": r["status"],
        "statement": _ref("statement", r["statement_id"]),
    }


@cache
def estimates() -> tuple[Claim[Estimate], ...]:
    """The four estimates."""
    return _recommended(
        frozenset({"estimate"}), lambda r: Estimate(date=when(r["date"], r["date_precision"]), **_common(r))
    )


@cache
def works() -> tuple[Claim[Works], ...]:
    """The thirteen works."""
    return _recommended(frozenset({"work"}), lambda r: Works(start=when(r["date"], r["date_precision"]), **_common(r)))


@cache
def recommendations() -> tuple[Claim[Recommendation], ...]:
    """Recommendations, decisions of bodies, plans and funding."""
    return _recommended(
        frozenset({"recommendation", "decision", "plan", "funding"}),
        lambda r: Recommendation(
            date=when(r["date"], r["date_precision"]), kind=t.RecommendationKind(r["kind"]), **_common(r)
        ),
    )


@cache
def commitments() -> tuple[Claim[Commitment], ...]:
    """The six pledges."""

    def build(r: dict[str, str]) -> Commitment:
        return Commitment(
            local_id=r["commitment_id"],
            made_by=r["made_by"],
            made_to=r["made_to"] or None,
            made_on=when(r["made_on"]),
            text=r["text"],
            scope_stated=r["scope_stated"] or None,
            scope_unspecified=r["scope_unspecified"] or None,
            due=when(r["due"]),
            status_on_record=r["status_on_record"] or None,
            statement=_ref("statement", r["statement_id"]),
        )

    return _load("commitments", build)
