"""Finding the party a source's words mean: by exact label or alias, and by the date where two parties share one."""

from __future__ import annotations

from typing import Any


class PartyNames:
    """Labels and aliases of the parties of a case."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, str, str]]] = {}

    def add(self, uid: str, data: dict[str, Any]) -> None:
        """Take in one party."""
        start = data.get("start", {}).get("date", "")
        end = data.get("end", {}).get("date", "")
        for name in dict.fromkeys([data.get("label", ""), *data.get("aliases", ())]):
            if name:
                self._by_name.setdefault(name, []).append((uid, start, end))

    def find(self, name: str, day: str) -> str | None:
        """Uid of the one party of that name on ``day`` (ISO), or None where none or several fit.

        A party ends on the day another begins: the end counts as no longer, the start as already.
        """
        found = self._by_name.get(name)
        if not found:
            return None
        if len(found) == 1:
            return found[0][0]
        fitting = [uid for uid, start, end in found if (not start or start <= day) and (not end or day < end)]
        return fitting[0] if len(fitting) == 1 else None
