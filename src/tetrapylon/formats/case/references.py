"""Which things a case names and which it refers to, in little memory: 8 bytes per id, exact when something is amiss.

Ids are kept as 64-bit hashes. Where two hashes agree or one is wanted and not there, the reader goes through the rows
once more and compares the uids themselves, so no collision becomes a problem.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tetrapylon.model import thing_uid

ANY = "Entity"
"""Target of a reference that may point to a thing of any entity."""

_CACHED = 200_000
_UID_LENGTH = 36
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Hashes = NDArray[np.int64]


def is_uid(text: str) -> bool:
    """True for the canonical form of a UUID."""
    return len(text) == _UID_LENGTH and _UID.fullmatch(text) is not None


class References:
    """Uids that the case's rows define, and those they refer to."""

    def __init__(self, authority: str) -> None:
        self.authority = authority
        self.defined: dict[str, array[int]] = {}
        self.wanted: dict[str, array[int]] = {}

    def uid(self, entity: str, local_id: str) -> str:
        """Uid of a thing by its local id; a uid stands for itself."""
        return local_id if is_uid(local_id) else thing_uid(self.authority, entity, local_id)

    def definer(self, entity: str) -> Callable[[str], None]:
        """A function that notes a uid as defined by a row of ``entity``."""
        append = self.defined.setdefault(entity, array("q")).append
        return lambda uid: append(hash(uid))

    def resolver(self, target: str) -> Callable[[str], str]:
        """A function from local id to uid of a thing of ``target``; notes that it is wanted.

        For a reference to any entity the text is "entity:local id" or a uid.
        """
        cache: dict[str, str] = {}
        wanted = self.wanted.setdefault(target, array("q"))

        def resolve(local_id: str) -> str:
            uid = cache.get(local_id)
            if uid is None:
                entity, colon, rest = local_id.partition(":") if target == ANY else (target, "", local_id)
                uid = self.uid(entity, rest if colon or target != ANY else local_id)
                if len(cache) >= _CACHED:
                    cache.clear()
                cache[local_id] = uid
                wanted.append(hash(uid))
            return uid

        return resolve

    def twice(self) -> dict[str, set[int]]:
        """Hashes that more than one row of an entity defines."""
        found = {}
        for entity, hashes in self.defined.items():
            unique, counts = np.unique(_array(hashes), return_counts=True)
            if (counts > 1).any():
                found[entity] = set(unique[counts > 1].tolist())
        return found

    def missing(self) -> dict[str, set[int]]:
        """Hashes that rows refer to and none defines, by target."""
        found = {}
        for target, hashes in self.wanted.items():
            pools = self.defined.values() if target == ANY else [self.defined.get(target, array("q"))]
            known = np.concatenate([_array(p) for p in pools]) if pools else np.zeros(0, np.int64)
            absent = np.setdiff1d(_array(hashes), known)
            if len(absent):
                found[target] = set(absent.tolist())
        return found


def _array(hashes: array[int]) -> Hashes:
    return np.frombuffer(hashes, dtype=np.int64) if len(hashes) else np.zeros(0, np.int64)
