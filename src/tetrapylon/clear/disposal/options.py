"""The options the EOD operator may accept, each with what could detonate where. Consequences only, never procedures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tetrapylon.clear.disposal.airblast import Surroundings
from tetrapylon.clear.disposal.checks import positive
from tetrapylon.clear.disposal.effects import NO_MITIGATION, Mitigation
from tetrapylon.errors import ValueRangeError


class OptionKind(StrEnum):
    """What the operator may consider."""

    RENDER_SAFE_BY_HAND = "render safe by hand"
    RENDER_SAFE_BY_ROBOT = "render safe by robot"
    MOVE = "move"
    IN_PLACE = "in place with mitigation"
    LOW_ORDER = "low order, planned as high order"
    DEFER = "defer with protection"


DETONATES_IN_PLACE = (OptionKind.IN_PLACE, OptionKind.LOW_ORDER)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The EOD operator marks an option acceptable, by name."""

    operator: str
    on: str
    conditions: str = ""

    def __post_init__(self) -> None:
        if not self.operator.strip() or not self.on.strip():
            raise ValueRangeError("An acceptance counts only with the operator's name and the date.")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A detonation that may follow from an option.

    ``x``, ``y`` plane metres; None: where the item lies. ``spread_m``: it may happen that far from them. ``share`` of
    the full charge that detonates, 1 unless there is a reason on record. ``intended`` marks the planned detonation, as
    on a demolition ground. ``otherwise`` is the probability at the other end where nobody judged it (``probability`` is
    then the dangerous end); None: judged.
    """

    name: str
    probability: float
    x: float | None = None
    y: float | None = None
    share: float = 1.0
    reason_for_share: str = ""
    surroundings: Surroundings = "open"
    mitigation: Mitigation = NO_MITIGATION
    intended: bool = False
    otherwise: float | None = None
    spread_m: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1 or not 0 <= (self.otherwise or 0) <= 1:
            raise ValueRangeError(f"{self.name}: a probability lies between 0 and 1.")
        if (self.x is None) != (self.y is None):
            raise ValueRangeError(f"{self.name}: give both coordinates or none.")
        positive("Share of the charge", self.share)
        if self.share > 1 or (self.share < 1 and not self.reason_for_share.strip()):
            raise ValueRangeError(f"{self.name}: the share of the charge is 1, or less with the reason for it.")


def _other_end(scenario: Scenario) -> float:
    return scenario.probability if scenario.otherwise is None else scenario.otherwise


@dataclass(frozen=True, slots=True)
class Option:
    """One option with its scenarios; what remains to probability 1 is no detonation.

    ``person_on_item``: somebody works at the item; None (not stated) counts as yes. An option that detonates in place
    has one scenario, with certainty, of the full charge: low order is planned as high order.
    """

    name: str
    kind: OptionKind
    scenarios: tuple[Scenario, ...]
    acceptance: Acceptance | None = None
    person_on_item: bool | None = None

    def __post_init__(self) -> None:
        ends = ([s.probability for s in self.scenarios], [_other_end(s) for s in self.scenarios])
        if max(map(sum, ends)) > 1 + 1e-9:
            raise ValueRangeError(f"{self.name}: the probabilities add up to more than 1.")
        if self.kind is OptionKind.RENDER_SAFE_BY_HAND and self.person_on_item is False:
            raise ValueRangeError(f"{self.name}: work by hand puts a person on the item.")
        if self.kind in DETONATES_IN_PLACE:
            certain = len(self.scenarios) == 1 and self.scenarios[0].probability == _other_end(self.scenarios[0]) == 1
            if not certain or self.scenarios[0].share != 1 or self.scenarios[0].x is not None:
                raise ValueRangeError(
                    f"{self.name}: planned as one certain detonation of the full charge where the item lies."
                )

    @property
    def judged(self) -> bool:
        """False when nobody judged the chance of a detonation."""
        return all(s.otherwise is None for s in self.scenarios)

    @property
    def exposes_person(self) -> bool:
        """True unless the operator states that nobody works at the item."""
        return self.person_on_item is not False
