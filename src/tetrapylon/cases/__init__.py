"""Cases that ship with the software."""

from __future__ import annotations

from pathlib import Path

from tetrapylon.errors import NotFound, nearest

_HERE = Path(__file__).parent


def names() -> list[str]:
    """Names of the shipped cases."""
    return sorted(p.parent.name for p in _HERE.glob("*/manifest.toml"))


def folder(name: str) -> Path:
    """Folder of a shipped case.

    Raises
    ------
    NotFound : there is no such case.
    """
    if name not in names():
        near = nearest(name, names())
        raise NotFound(f'There is no case "{name}".', hint=f'Did you mean "{near}"?' if near else None)
    return _HERE / name
