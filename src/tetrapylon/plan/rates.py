"""How long clearance takes: rates with their sources, and the places where nobody may assume one.

Every figure keeps its mark of verification. Where no published rate fits (artefact-rich ground, dogs) the question goes
back to the user instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError
from tetrapylon.plan.problem import Duration


@dataclass(frozen=True, slots=True)
class Rate:
    """Square metres per worker (or machine) and working day, low to high; None: must be asked."""

    low: float | None
    likely: float | None
    high: float | None
    source: str
    mark: str


RATES: Mapping[str, Rate] = {
    "manual": Rate(10, 20, 50, "range: HALO [V]; 20 is a choice of this software", "assumption"),
    "manual, artefact-rich": Rate(
        None, None, None, "single press report from Bamiyan: under 2 m² a deminer and day; ask the operator", "V"
    ),
    "dog": Rate(None, None, None, "no daily rate found; ask the operator", "assumption"),
    "machine": Rate(None, None, None, "up to 5,000 m² an hour claimed; never 'cleared' alone; ask the operator", "V"),
}


def clearance_days(
    area_m2: float, method: str, workers: int, *, measured: tuple[float, float, float] | None = None, source: str = ""
) -> Duration:
    """Working days to clear an area.

    Parameters
    ----------
    area_m2 : area in square metres, above zero.
    method : a key of `RATES`.
    workers : deminers, dogs or machines at work every day, at least one.
    measured : the operator's own low, likely and high rate, m² per worker and day, with its ``source``; used instead
        of the published one.

    Returns
    -------
    Duration with the slowest rate as ``high``.

    Raises
    ------
    OutsideModel : no rate may be assumed for the method and none was given.
    VocabularyError : unknown method. ValueRangeError : numbers out of range, or a measured rate without source.
    """
    if method not in RATES:
        raise VocabularyError(method, "clearance method", RATES)
    if not (math.isfinite(area_m2) and area_m2 > 0 and workers >= 1):
        raise ValueRangeError("Clearance needs an area above zero and at least one worker.")
    rate = RATES[method]
    if measured is not None:
        if (
            not source
            or not all(math.isfinite(x) for x in measured)
            or not 0 < measured[0] <= measured[1] <= measured[2]
        ):
            raise ValueRangeError("A measured rate needs 0 < low <= likely <= high and a source.")
        rate = Rate(*measured, source, "R")
    if rate.low is None or rate.likely is None or rate.high is None:
        raise OutsideModel(f"No rate may be assumed for {method}.", hint=f"Give a measured rate ({rate.source}).")
    days = [math.ceil(area_m2 / (workers * r)) for r in (rate.high, rate.likely, rate.low)]
    return Duration(days[0], days[1], days[2], rate.source, rate.mark)
