"""The weights as a file an authority can read, change and sign."""

from __future__ import annotations

import tomllib
from dataclasses import fields

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.plan.problem import Weights

EXAMPLE = """\
# What counts how much in the plan. Set by the authority; the software proposes nothing.
# value of a finished activity = (weight of what it delivers x significance of the structure in the case
#                                 + item x expected explosive items removed) x discount
set_by = ""              # who decided these weights, and when

visited = 1.0            # a structure visited by assessors
recorded = 1.0           # a structure recorded
stabilised = 2.0         # a structure stabilised
item = 0.1               # one explosive item removed

cost = 0.0               # taken off for every unit of cost of the modes chosen
day = 0.0                # taken off for every working day until the last finish
disturbance = 0.05       # taken off, when planning again, for every working day an activity moves

discount_per_year = 0.05 # 0.05: what is finished a year later counts 1 / 1.05
step_days = 20           # the discount falls in steps of this many working days
"""


def weights_from_toml(text: str) -> Weights:
    """Read weights from TOML text; what is not named keeps its default.

    Raises
    ------
    VocabularyError : an unknown name. ValueRangeError : not TOML, not a number, or out of range.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueRangeError(f"The weights file is not readable TOML: {error}.") from error
    names = {f.name for f in fields(Weights)}
    for name, value in table.items():
        if name not in names:
            raise VocabularyError(name, "weight", names)
        expected = str if name == "set_by" else int if name == "step_days" else (int, float)
        if isinstance(value, bool) or not isinstance(value, expected):
            raise ValueRangeError(f'The weight "{name}" cannot be {value!r}.')
    return Weights(**table)
