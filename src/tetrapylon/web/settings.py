"""What a server of pages is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.model import Tier

PAGE_LIMIT = 100
"""Rows of a list on one page."""
ITEMS_DEFAULT, ITEMS_MOST = 100, 10_000
"""Features of one answer of the service: unless asked, and at most."""
GRADED_MOST = 300
"""Structures up to which a page works out each one: beyond it the map draws them from tiles, without grades, and the
contradictions of their conditions stand on their own pages."""
TILE_MOST = 2_500
"""Features of one layer in one tile; beyond it those that fall on the same spot are drawn once, with their number."""


@dataclass(frozen=True)
class WebSettings:
    """The record served, what may leave it, and under which names this machine may be asked for it."""

    location: str
    tiers: tuple[Tier, ...] = (Tier.PUBLIC,)
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "testserver")

    @property
    def name(self) -> str:
        """The record's name without its folder or address."""
        return self.location.replace("\\", "/").rstrip("/").rpartition("/")[2].partition("?")[0]
