"""Ground swept with detectors whose signals were marked and not dug for at once, and those signals."""

from __future__ import annotations

from typing import Annotated

from shapely.geometry.base import BaseGeometry

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref, rule
from tetrapylon.model.field import Unit
from tetrapylon.model.hazards import OrdnanceItem
from tetrapylon.model.parties import Team
from tetrapylon.model.places import WGS84
from tetrapylon.model.terms import SearchMethod, SignalOutcome
from tetrapylon.model.tiers import Tier


class DetectorSweep(Entity):
    """A sweep of ground with a detector that marked its signals; it removed nothing, so it is no search."""

    holds = Holds.INTERVAL
    span = ("start", "end")

    method: Annotated[SearchMethod, "Method"]
    start: Annotated[When, "Start"]
    end: Annotated[When | None, "End"] = None
    geometry: Annotated[BaseGeometry | None, "Ground swept", WGS84, Tier.PARTNERS] = None
    coverage: Annotated[float | None, "Share of the ground covered, 0 to 1"] = None
    instrument: Annotated[str | None, "Instrument"] = None
    team: Annotated[Ref[Team] | None, "Team"] = None

    @rule("coverage is a share from 0 to 1, and the ground swept not empty")
    def coverage_is_a_share(self) -> bool:
        """More than all of the ground cannot be swept."""
        return (self.coverage is None or 0 <= self.coverage <= 1) and not (self.geometry and self.geometry.is_empty)


class DetectorSignal(Entity):
    """A signal of a detector at a position."""

    holds = Holds.UNTIL_SUPERSEDED
    span = ("date", None)

    date: Annotated[When, "When it was heard"]
    sweep: Annotated[Ref[DetectorSweep], "The sweep it belongs to"]
    outcome: Annotated[SignalOutcome, "What became of it"] = SignalOutcome.OPEN
    item: Annotated[Ref[OrdnanceItem] | None, "The item found there"] = None
    geometry: Annotated[BaseGeometry | None, "Position", WGS84, Tier.RESTRICTED] = None
    position_accuracy: Annotated[float | None, "Radius within which it lies", Unit("m"), Tier.RESTRICTED] = None

    @rule("a position is no empty geometry, and its radius a finite number of metres, not below 0")
    def position_is_possible(self) -> bool:
        """A signal that lies nowhere is no evidence."""
        known = self.position_accuracy is None or (0 <= self.position_accuracy < float("inf"))
        return known and (self.geometry is None or not self.geometry.is_empty)


__all__ = ["DetectorSignal", "DetectorSweep"]
