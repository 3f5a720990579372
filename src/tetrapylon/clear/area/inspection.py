"""How much of the ground cleared was inspected, and what inspections found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tetrapylon.clear.survey.overlay import overlaps, union_area
from tetrapylon.clear.survey.subject import Parcel, Survey, usable_polygons
from tetrapylon.model import Claim, QualityCheck
from tetrapylon.model.terms import CheckResult


@dataclass(frozen=True)
class Inspection:
    """Quality checks of some cleared ground.

    checks : number that lie on it or name it. not_passed : names of those with a nonconformity. undrawn : names of
    those without an outline, whose ground is not measured. cleared_m2, inspected_m2 : ground, each metre once.
    """

    checks: int
    not_passed: tuple[str, ...]
    undrawn: tuple[str, ...]
    cleared_m2: float
    inspected_m2: float

    @property
    def share(self) -> float | None:
        """Share of the cleared ground that was inspected, 0 to 1; None where nothing was cleared."""
        return self.inspected_m2 / self.cleared_m2 if self.cleared_m2 > 0 else None


def inspection(cleared: Sequence[Parcel], checks: Sequence[Claim[QualityCheck]]) -> Inspection:
    """Cleared ground against the quality checks that lie on it or name it, whatever their day."""
    survey = Survey(tuple(cleared))
    ground = survey.shapes[survey.usable]
    outlines = np.array([None, *(c.body.geometry for c in checks)], dtype=object)[1:]
    drawn = np.flatnonzero(usable_polygons(outlines))
    blocks = list(overlaps(ground, outlines[drawn]))
    uids = {p.uid for p in cleared}
    met = {int(drawn[i]) for block in blocks for i in block.right}
    met |= {k for k, c in enumerate(checks) if uids & set(map(str, c.body.about))}
    own = [checks[k] for k in sorted(met)]
    without = [checks[k].name for k in sorted(met - set(drawn.tolist()))]
    shared = [shape for block in blocks for shape in block.shared]
    return Inspection(
        checks=len(own),
        not_passed=tuple(c.name for c in own if c.body.result is CheckResult.NONCONFORMING),
        undrawn=tuple(without),
        cleared_m2=union_area(ground),
        inspected_m2=union_area(shared),
    )
