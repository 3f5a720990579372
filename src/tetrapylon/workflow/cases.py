"""Cases that come with the software, by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from tetrapylon.errors import NotFound, nearest

SHIPPED = "case:"
"""How the address of a case that comes with the software begins."""


def shipped_cases() -> dict[str, Path]:
    """Folder of each case that comes with the software, by name."""
    folder = Path(str(resources.files("tetrapylon.cases")))
    return {manifest.parent.name: manifest.parent for manifest in sorted(folder.glob("*/manifest.toml"))}


def case_at(address: str) -> Path:
    """Where a case lies: a path as it is, or ``case:NAME`` for one that comes with the software.

    Raises
    ------
    NotFound : no case of this name comes with the software; the nearest is named.
    """
    if not address.startswith(SHIPPED):
        return Path(address)
    name, known = address.removeprefix(SHIPPED), shipped_cases()
    if name in known:
        return known[name]
    close = nearest(name, list(known))
    hint = f'Did you mean "{SHIPPED}{close}"?' if close else f"Choose one of: {', '.join(known)}."
    raise NotFound(f'No case "{name}" comes with the software.', hint=hint)
