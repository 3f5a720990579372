"""The shipped Palmyra case as claims, all entities, as the case reader gives them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import tetrapylon
from tetrapylon.formats.case import read_case
from tetrapylon.model import (
    REGISTRY,
    Claim,
    Commitment,
    ConditionReport,
    Estimate,
    Occurrence,
    Party,
    Recommendation,
    Statement,
    Structure,
    Works,
    thing_uid,
)

AUTHORITY = "tetrapylon/palmyra"
PARTY = thing_uid(AUTHORITY, "party", "compiler")


def uid(entity: str, local_id: str) -> str:
    """Uid of a thing of the case."""
    return thing_uid(AUTHORITY, entity, local_id)


def structure_uid(local_id: str) -> str:
    """Uid of a structure of the case."""
    return uid("structure", local_id)


@cache
def _claims() -> dict[str, tuple[Claim[Any], ...]]:
    case = read_case(Path(tetrapylon.__file__).parent / "cases" / "palmyra")
    found: dict[str, list[Claim[Any]]] = {}
    published: dict[str, str] = {}
    for row in case.rows():
        body = REGISTRY[row.entity].decode(row.data)
        if row.entity == "source":
            published[row.uid] = body.published.latest.isoformat()  # type: ignore[attr-defined]
        known = published.get(row.source or "", "2013-01-01")
        found.setdefault(row.entity, []).append(Claim(row.uid, body, "0" * 64, PARTY, known, row.source))
    assert not case.errors, case.problems
    return {entity: tuple(claims) for entity, claims in found.items()}


def structures() -> tuple[Claim[Structure], ...]:
    return _claims()["structure"]


def condition_reports() -> tuple[Claim[ConditionReport], ...]:
    return _claims()["condition_report"]


def statements() -> tuple[Claim[Statement], ...]:
    return _claims()["statement"]


def parties() -> tuple[Claim[Party], ...]:
    return _claims()["party"]


def occurrences() -> tuple[Claim[Occurrence], ...]:
    return _claims()["occurrence"]


def estimates() -> tuple[Claim[Estimate], ...]:
    return _claims()["estimate"]


def works() -> tuple[Claim[Works], ...]:
    return _claims()["works"]


def recommendations() -> tuple[Claim[Recommendation], ...]:
    return _claims()["recommendation"]


def commitments() -> tuple[Claim[Commitment], ...]:
    return _claims()["commitment"]
