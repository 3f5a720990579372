"""What a check is: a code, a severity, a title and a function that finds flaws in one subject.

Checks are small functions gathered in a frozen registry. They propose, they never change anything: whoever accepts a
proposal does so by name, and the geometry as it came stays on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import ValueRangeError

Subject = TypeVar("Subject")


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The geometry cannot be used as it stands."""
    ADVICE = "advice"
    """Usable, but somebody should look: probably not what was meant."""
    NOTE = "note"
    """Information only."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that a person may accept. ``area_m2`` is the geodesic area afterwards (0 for points and lines)."""

    action: str
    geometry: BaseGeometry
    area_m2: float


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a check function yields: everything but its own code and severity.

    where : (lon, lat) of the first place, None where there is none. count : how many such places. about : uids of the
    records concerned, where the subject is more than one geometry.
    """

    message: str
    where: tuple[float, float] | None = None
    count: int = 1
    proposals: tuple[Proposal, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw with the check that found it."""

    code: str
    severity: Severity
    message: str
    where: tuple[float, float] | None
    count: int
    proposals: tuple[Proposal, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One rule."""

    code: str
    severity: Severity
    title: str
    find: Callable[[Subject], Iterable[Flaw]]

    def run(self, subject: Subject) -> Iterator[Finding]:
        for flaw in self.find(subject):
            yield Finding(
                self.code, self.severity, flaw.message, flaw.where, flaw.count, flaw.proposals, flaw.about
            )  # fmt: skip


def check(code: str, severity: Severity, title: str) -> Callable[[Callable[[Subject], Iterable[Flaw]]], Check[Subject]]:
    """Decorator: make a check of a function that yields flaws."""
    return lambda find: Check(code, severity, title, find)


def registry(*checks: Check[Subject]) -> Mapping[str, Check[Subject]]:
    """A read-only mapping from code to check, in the order given.

    Raises
    ------
    ValueRangeError : two checks share a code.
    """
    by_code = {c.code: c for c in checks}
    if len(by_code) != len(checks):
        raise ValueRangeError("Two checks share a code.")
    return MappingProxyType(by_code)


def run_all(checks: Mapping[str, Check[Subject]], subject: Subject) -> tuple[Finding, ...]:
    """Every finding of every check on one subject, in the registry's order."""
    return tuple(finding for c in checks.values() for finding in c.run(subject))
