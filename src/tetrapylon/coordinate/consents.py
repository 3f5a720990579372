"""Consents to works at each structure: whose is needed, where it stands, and what is only said to have been agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tetrapylon.coordinate.commitments import Submission
from tetrapylon.evidence.mandates import in_doubt
from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import Consent
from tetrapylon.model.parties import Party
from tetrapylon.model.places import Structure
from tetrapylon.model.terms import ConsentState, PartyKind, StructureRole
from tetrapylon.model.vocabulary import Vocabulary


class ConsentOf(Vocabulary):
    """Whose consent works need (guide to the field: authority, community, World Heritage)."""

    AUTHORITY = (
        "authority",
        "antiquities authority",
        "autorité des antiquités",
        "орган охраны древностей",
        "سلطة الآثار",
    )
    COMMUNITY = "community", "community", "communauté", "община", "المجتمع المحلي"
    WORLD_HERITAGE = (
        "world_heritage",
        "World Heritage Committee",
        "Comité du patrimoine mondial",
        "Комитет всемирного наследия",
        "لجنة التراث العالمي",
    )


_BY_KIND = {
    PartyKind.ANTIQUITIES: ConsentOf.AUTHORITY,
    PartyKind.AUTHORITY: ConsentOf.AUTHORITY,
    PartyKind.INTERGOVERNMENTAL: ConsentOf.WORLD_HERITAGE,
}


@dataclass(frozen=True, slots=True)
class ConsentStatus:
    """Consents of one structure on a day. A consent that is not on record is None: asked of nobody we know of."""

    structure: Claim[Structure]
    states: tuple[tuple[ConsentOf, ConsentState | None, tuple[str, ...]], ...]
    said: tuple[Submission, ...]
    """Approvals and submissions as reported: not consents."""

    @property
    def granted(self) -> bool | None:
        """True when all are granted, False when one is refused or withdrawn, None while one is open."""
        states = [state for _, state, _ in self.states]
        if any(s in (ConsentState.REFUSED, ConsentState.WITHDRAWN) for s in states):
            return False
        return True if all(s is ConsentState.GRANTED for s in states) else None

    @property
    def summary(self) -> str:
        """One line for people."""
        told = [f"{of.label}: {state.label if state else 'not on record'}" for of, state, _ in self.states]
        said = [f"said: {s.when} {s.text} ({s.name})" for s in self.said]
        return "; ".join(told + said)


def consents(
    structures: Sequence[Claim[Structure]],
    given: Sequence[Claim[Consent]] = (),
    *,
    on: dt.date,
    parties: Sequence[Claim[Party]] = (),
    said: Sequence[Submission] = (),
) -> tuple[ConsentStatus, ...]:
    """Where the consents of every structure that is not a group stand on a day.

    Parameters
    ----------
    given : consents on record; of several of one body the latest counts; a grant that may have ended, or is disputed,
        counts as none. A consent of nobody in particular, or of another kind of party, is the community's.
    parties : tells what kind of body was asked.
    said : approvals and submissions as reported, shown beside and counted as nothing.
    """
    kinds = {p.uid: p.body.kind for p in parties}
    found = []
    for structure in structures:
        if structure.body.role is StructureRole.GROUP:
            continue
        own = [c for c in given if c.body.structure == structure.uid and _made(c, on)]
        states = []
        for of in ConsentOf:
            asked = [c for c in own if _of(c.body, kinds) is of]
            latest = max((c.body.date for c in asked), default=None)
            last = [c for c in asked if c.body.date == latest]
            states.append((of, _state(last, on), tuple(c.uid for c in asked)))
        heard = tuple(s for s in said if s.structure == structure.uid and s.when.date <= on)
        found.append(ConsentStatus(structure, tuple(states), heard))
    return tuple(found)


def _of(consent: Consent, kinds: dict[str, PartyKind]) -> ConsentOf:
    return _BY_KIND.get(kinds.get(consent.asked_of or "", PartyKind.OTHER), ConsentOf.COMMUNITY)


def _made(consent: Claim[Consent], on: dt.date) -> bool:
    """Whether a consent counts by a day: an undisputed grant once it is surely given, a refusal once it may be."""
    body = consent.body
    if body.state in (ConsentState.GRANTED, ConsentState.REQUESTED):
        return body.date.latest <= on and not in_doubt(consent)
    return body.date.earliest <= on


def _state(last: Sequence[Claim[Consent]], on: dt.date) -> ConsentState | None:
    """State of the latest claims of one day: a refusal among them prevails, and an expired grant is open again."""
    order = (ConsentState.REFUSED, ConsentState.WITHDRAWN, ConsentState.REQUESTED, ConsentState.GRANTED)
    standing = [c.body.state for c in last if c.body.until is None or on <= c.body.until.earliest]
    return next((state for state in order if state in standing), None)
