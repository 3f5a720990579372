"""Every rule of survey geometry in one frozen registry, and the run over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey import census, crossing, identity, work
from tetrapylon.clear.survey import outlines as stated
from tetrapylon.clear.survey.subject import Survey
from tetrapylon.geo.checks import Check, Finding, Severity, registry
from tetrapylon.geo.screen import needs_examination
from tetrapylon.geo.validity import examine

CHECKS: Mapping[str, Check[Survey]] = registry(
    identity.duplicate_local_id,
    identity.similar_local_id,
    identity.duplicate_shape_id,
    identity.similar_shape_id,
    identity.duplicate_outline,
    identity.duplicate_point,
    identity.duplicate_point_id,
    identity.similar_point_id,
    identity.duplicate_device,
    census.duplicate_field,
    census.similar_values,
    stated.not_an_outline,
    stated.parts_overlap,
    stated.wrong_zone,
    stated.accuracy_too_coarse,
    stated.declared_area,
    stated.unspecified_clearance,
    stated.unspecified_search,
    stated.implausible_depth,
    crossing.overlap,
    crossing.near_duplicate,
    crossing.released_twice,
    crossing.worked_twice,
    crossing.released_outside,
    crossing.released_still_open,
    crossing.closed_unaccounted,
    work.impossible_dates,
    work.released_before_recorded,
    work.impossible_productivity,
    work.find_outside_work,
    work.find_below_search,
    work.danger_in_released,
    work.traverse_misclosure,
)
"""Rules over records, by code; those of one geometry are `geo.validity.CHECKS`."""

KEPT = 1_000
"""Findings of one code kept in an examination; beyond them only their number is (our choice)."""


@dataclass(frozen=True)
class Examination:
    """What the rules found. findings : at most ``keep`` of each code; counts : how many there were of each code."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    def of(self, code: str) -> tuple[Finding, ...]:
        """Findings of one rule."""
        return tuple(f for f in self.findings if f.code == code)

    @property
    def left_out(self) -> int:
        """Findings counted but not kept."""
        return sum(self.counts.values()) - len(self.findings)


def examine_survey(
    survey: Survey, *, outlines: bool = True, notes: bool = False, keep: int = KEPT
) -> Examination:  # fmt: skip
    """Run every rule on a survey; nothing is changed.

    Parameters
    ----------
    outlines : also the checks of each single geometry. notes : also findings that are information only.
    keep : findings of one code to keep; all are counted.
    """
    counts: Counter[str] = Counter()
    kept = []
    for finding in findings(survey, outlines=outlines, notes=notes):
        counts[finding.code] += 1
        if counts[finding.code] <= keep:
            kept.append(finding)
    return Examination(tuple(kept), dict(counts))


def findings(survey: Survey, *, outlines: bool = True, notes: bool = False) -> Iterator[Finding]:
    """Findings one after the other: first those of single geometries, then those of each rule over records."""
    single = _of_outlines(survey) if outlines else iter(())
    yield from (f for f in single if notes or f.severity is not Severity.NOTE)
    for rule in CHECKS.values():
        if notes or rule.severity is not Severity.NOTE:
            yield from rule.run(survey)


def _of_outlines(survey: Survey) -> Iterator[Finding]:
    """Findings of `geo.validity` on each geometry that a vectorised sieve does not find in order."""
    plain = np.array([p.geometry is None or isinstance(p.geometry, BaseGeometry) for p in survey.parcels], dtype=bool)
    suspicious = ~plain
    if plain.any():
        suspicious[plain] = needs_examination(survey.shapes[plain], site=survey.site)
    for i in np.flatnonzero(suspicious):
        parcel = survey.parcels[i]
        if parcel.geometry is not None:
            for finding in examine(parcel.geometry, site=survey.site):
                yield replace(finding, message=f"{parcel.name}: {finding.message}", about=(parcel.uid,))
