"""TNT equivalence of a fill. Casing gets no credit: a steel case is treated as if it took nothing from the blast."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tetrapylon.clear.disposal.checks import positive
from tetrapylon.clear.disposal.marks import Marked
from tetrapylon.clear.disposal.tables import fill

Purpose: TypeAlias = Literal["pressure", "impulse", "cordon"]


def tnt_equivalent(mass_kg: float, fill_name: str, *, purpose: Purpose) -> Marked:
    """TNT-equivalent mass, kg, of ``mass_kg`` of a listed fill.

    ``purpose``: "pressure" or "impulse" for effects on structures; "cordon" for distances to people, never below
    either of the other two. VocabularyError for a fill that is not listed. Source: IATG 01.80 clause 7.2 and the
    source of each row, with its mark.
    """
    row = fill(fill_name)
    factor = {
        "pressure": row.pressure,
        "impulse": row.impulse,
        "cordon": max(row.cordon, row.pressure, row.impulse),
    }[purpose]
    return Marked(float(positive("Mass", mass_kg)) * factor, "kg TNT", row.verification, row.source)
