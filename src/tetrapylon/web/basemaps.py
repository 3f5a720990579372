"""Base maps that ship with the software: PMTiles of map data under their own licence, drawn under the claims."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "basemap"


@dataclass(frozen=True)
class Basemap:
    """One file, where it lies, and whom it names. box: west, south, east, north."""

    file: str
    box: tuple[float, float, float, float]
    attribution: str


def basemap_for(box: Sequence[float]) -> Basemap | None:
    """The first base map that meets a box."""
    west, south, east, north = box
    return next(
        (b for b in shipped() if b.box[0] <= east and b.box[2] >= west and b.box[1] <= north and b.box[3] >= south),
        None,
    )


@cache
def shipped() -> tuple[Basemap, ...]:
    """All base maps."""
    listed = tomllib.loads((FOLDER / "BASEMAPS.toml").read_text("utf-8"))["basemap"]
    return tuple(Basemap(b["file"], tuple(b["box"]), b["attribution"]) for b in listed)
