"""Where the contamination and residual models may speak at all.

A figure for real ground needs a prior learnt in the same country and at least one located outcome on that ground: an
item with a position, or a surveyed cell with its result. Otherwise the answer is `OutsideModel`, with no number:
rates of contamination differ between countries by orders of magnitude and a map without located outcomes would show
nothing but its prior. Simulated ground is exempt, and everything computed for it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.errors import OutsideModel, ValueRangeError


@dataclass(frozen=True)
class Ground:
    """The ground asked about.

    Parameters
    ----------
    name : for messages.
    country : ISO 3166-1 alpha-2 code; None for simulated ground.
    located_outcomes : items with a position plus surveyed cells with a result, on this ground.
    """

    name: str
    country: str | None
    located_outcomes: int = 0

    @property
    def simulated(self) -> bool:
        return self.country is None


@dataclass(frozen=True)
class PriorSource:
    """Where a prior was learnt: country (None for one invented for a simulation) and number of located outcomes."""

    name: str
    country: str | None
    located_outcomes: int


@dataclass(frozen=True)
class Basis:
    """A prior and the ground it is applied to; cannot be made where the models do not hold.

    Raises
    ------
    OutsideModel : prior from another country or from no located outcome, or ground without a located outcome.
    """

    prior: PriorSource
    ground: Ground

    def __post_init__(self) -> None:
        prior, ground = self.prior, self.ground
        if prior.located_outcomes < 0 or ground.located_outcomes < 0:
            raise ValueRangeError("A number of located outcomes cannot be negative.")
        if ground.simulated:
            return
        if ground.located_outcomes == 0:
            raise OutsideModel(
                f"{ground.name}: no item position and no surveyed cell is on record, so no probability is given.",
                hint="Record finds and survey results with their positions.",
            )
        if prior.country != ground.country:
            raise OutsideModel(
                f"{ground.name} lies in {ground.country}; the prior '{prior.name}' was learnt in "
                f"{prior.country or 'a simulation'}: outside the model.",
                hint="Use a prior learnt from located outcomes in the same country.",
            )
        if prior.located_outcomes == 0:
            raise OutsideModel(f"The prior '{prior.name}' rests on no located outcome: outside the model.")

    @property
    def scenario(self) -> bool:
        """True when the ground is simulated: every figure is a scenario."""
        return self.ground.simulated


SIMULATION = Basis(PriorSource("simulation", None, 0), Ground("simulated ground", None))
