"""Input checks shared by the modules of this folder: a wrong number is refused before it is used."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tetrapylon.errors import ValueRangeError

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Values: TypeAlias = float | FloatArray
"""A number, or float64 arrays that broadcast."""


def positive(name: str, values: npt.ArrayLike) -> FloatArray:
    """``values`` as float64; raises ValueRangeError unless every one is finite and above zero."""
    array = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array) & (array > 0)):
        raise ValueRangeError(f"{name} must be finite and greater than zero.")
    return array


def not_negative(name: str, values: npt.ArrayLike) -> FloatArray:
    """``values`` as float64; raises ValueRangeError unless every one is finite and zero or more."""
    array = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array) & (array >= 0)):
        raise ValueRangeError(f"{name} must be finite and not negative.")
    return array


def plain(values: FloatArray) -> Values:
    """A Python float when ``values`` has no dimension, else the array."""
    return float(values) if values.ndim == 0 else values
