"""Remember what was computed, as much of it as fits; one computation per key even when many ask at once."""

from __future__ import annotations

import gc
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Any

COSTLY_S = 0.1
"""A value that took longer to make (s) is set apart from the garbage collector, which would else walk it again and
again (half a second at a million objects); it is let go of by its reference count all the same."""


class Memo:
    """Keeps what was used last, up to ``most`` things in all (the length of each value, at least 1)."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held = 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._busy: dict[Hashable, threading.RLock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key, made when it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            mine = self._busy.setdefault(key, threading.RLock())
        with mine:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            begun = time.perf_counter()
            value = make()
            with self._lock:
                self._values[key] = value
                self._held += _weight(value)
                self._busy.pop(key, None)
                while self._held > self.most and len(self._values) > 1:
                    _, gone = self._values.popitem(last=False)
                    self._held -= _weight(gone)
            if time.perf_counter() - begun >= COSTLY_S:
                gc.collect()
                gc.freeze()
            return value


def _weight(value: Any) -> int:
    """Things in a value; in a tuple, those of its members."""
    if isinstance(value, tuple):
        return max(1, sum(map(_weight, value)))
    return max(1, len(value)) if isinstance(value, Sized) else 1
