"""Whether a Decision rests on a mandate. Every engine that acts on decisions asks here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tetrapylon.model.claim import Claim
from tetrapylon.model.dates import When
from tetrapylon.model.parties import Decision, Mandate
from tetrapylon.model.terms import MandateMatter


def in_doubt(claim: Claim[Any]) -> bool:
    """Whether a claim is disputed, or contradicted by another version of itself."""
    return claim.contested or bool(claim.disputed_by)


def in_own_words(decision: Claim[Decision]) -> bool:
    """Whether a Decision stands in the feed of the party that made it; a reported one authorises nothing."""
    return not decision.reported and decision.party == decision.body.made_by


def surely_in_force(start: When | None, end: When | None, on: dt.date) -> bool:
    """Whether a span surely holds on a day: its doubtful first and last days do not count."""
    return (start is None or start.latest <= on) and (end is None or on <= end.earliest)


def supports(
    mandate: Claim[Mandate],
    decision: Claim[Decision],
    matter: MandateMatter,
    *,
    on: dt.date,
    covers: Callable[[str | None], bool],
) -> bool:
    """Whether a Decision can rest on a mandate on a day.

    The mandate is its maker's, for the matter, undisputed, surely in force both when the Decision was made and on the
    day; if the Decision names a mandate it is that one. ``covers``: whether the mandate's ``where`` takes in what is
    decided about.
    """
    body, made = mandate.body, decision.body
    return (
        body.party == made.made_by
        and (made.mandate is None or made.mandate == mandate.uid)
        and body.matter is matter
        and not in_doubt(mandate)
        and body.start.latest <= made.start.earliest
        and surely_in_force(body.start, body.end, on)
        and covers(body.where)
    )
