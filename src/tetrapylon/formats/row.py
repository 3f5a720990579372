"""One claim on its way in or out: what every format reads into and writes from."""

from __future__ import annotations

from typing import Any, NamedTuple

from tetrapylon.model import Tier


class Row(NamedTuple):
    """One thing with the data claimed about it.

    ``entity``: name of the entity (``clearance_claim``). ``uid``: uid of the thing, `model.thing_uid` of the naming
    authority, entity and local id, unless the file gave a uid. ``data``: JSON data as `Entity.encode` gives it, with
    refs already uids and defaults filled in; values may be shared between rows, so treat it as read-only. ``source``:
    uid of the Source that dates the claim (its own, else its statement's); None where no source dates it (a Source is
    known from its own ``published``). ``tier``: raises every field to at least this tier. ``file`` and ``row``: where
    it stands, as the user sees it (header of a table = row 1, features of GeoJSON from 1; 0: no file).
    """

    entity: str
    uid: str
    data: dict[str, Any]
    source: str | None = None
    tier: Tier | None = None
    file: str = ""
    row: int = 0
