"""Whether a Decision authorises, and if not, everything that stands against it.

Only a Decision of the kind *authorise* counts, that names the structure and the kind of ground, in its maker's own
words, by a party with a mandate for the release of land in force for that structure, for an activity, until a date.
Whatever speaks against relying on the ground on or after the first day it may have been made, or became known since,
withholds it; only a new Decision restores. All doubt about dates is read on the side of danger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tetrapylon.clear.release.dangers import Danger
from tetrapylon.clear.release.reach import Reach
from tetrapylon.clear.release.seen import Seen
from tetrapylon.evidence.mandates import in_doubt, in_own_words, supports
from tetrapylon.model import Because, Claim, Decision, GroundKind, Mandate
from tetrapylon.model.terms import Activity, DecisionKind, MandateMatter

MATTER = MandateMatter.LAND_RELEASE
"""The matter a mandate must cover for its holder to authorise reliance on ground (IMAS 07.11 release of land)."""


@dataclass(frozen=True)
class Authority:
    """Decisions and mandates of a view on one day."""

    seen: Seen
    reach: Reach
    on: dt.date

    def naming(self, structure: str, ground: GroundKind) -> list[Claim[Decision]]:
        """Authorising Decisions that name the structure and the kind of ground, the latest first.

        One about a larger place or a parent structure is not among them: nothing is inherited.
        """
        found = [
            d
            for d in self.seen.decisions
            if d.body.kind is DecisionKind.AUTHORISE and structure in _about(d) and str(ground) in d.body.ground_kinds
        ]
        return sorted(found, key=lambda d: (d.body.start.date, d.uid), reverse=True)

    def against(
        self,
        decision: Claim[Decision],
        structure: str,
        ground: GroundKind,
        setbacks: Sequence[Danger],
        activity: Activity | None,
    ) -> tuple[Because, ...]:
        """Reasons why a Decision does not authorise; empty: it does."""
        return (
            *self._form(decision, activity),
            *self._mandate(decision, structure),
            *self._operator(decision, structure),
            *self._other_decisions(decision, structure, ground),
            *self._disputed_releases(structure),
            *self._since(decision, setbacks),
        )

    def mandates(self, decision: Claim[Decision], structure: str) -> list[Claim[Mandate]]:
        """Mandates in force that a Decision can rest on for a structure."""

        def covers(where: str | None) -> bool:
            return where is not None and self._covers(str(where), structure)

        return [m for m in self.seen.mandates if supports(m, decision, MATTER, on=self.on, covers=covers)]

    def _form(self, decision: Claim[Decision], activity: Activity | None) -> Iterable[Because]:
        body, name, uid = decision.body, decision.name, (decision.uid,)
        if in_doubt(decision):
            yield Because(f"Decision {name} is disputed", (decision.uid, *decision.disputed_by))
        if not in_own_words(decision):
            yield Because(f"Decision {name} is not on record in its maker's own words", uid)
        if body.start.latest > self.on:
            yield Because(f"Decision {name} is not surely in force before {body.start.latest}", uid)
        if body.end is None:
            yield Because(f"Decision {name} states no end", uid)
        elif body.end.earliest < self.on:
            yield Because(f"Decision {name} may have ended on {body.end.earliest}", uid)
        if body.activity is None:
            yield Because(f"Decision {name} states no activity", uid)
        elif activity is not None and body.activity is not activity:
            yield Because(f"Decision {name} is for {body.activity.label}, not for {activity.label}", uid)

    def _mandate(self, decision: Claim[Decision], structure: str) -> Iterable[Because]:
        if not self.mandates(decision, structure):
            maker = f"the maker of Decision {decision.name}"
            text = f"{maker} has no mandate for {MATTER.label} that is in force, undisputed and surely covers this"
            yield Because(text, (decision.uid,))

    def _covers(self, where: str, structure: str) -> bool:
        if where in self.reach.scopes.upward(structure) or self.reach.surely_within(structure, where):
            return True
        return [where] == sorted({s.uid for s in self.seen.sites})  # the one site the record is about

    def _operator(self, decision: Claim[Decision], structure: str) -> Iterable[Because]:
        maker = decision.body.made_by
        worked = [
            c.uid
            for c in self.seen.clearance
            if c.body.party == maker and (c.body.structure == structure or c.body.structure is None)
        ]
        worked += [r.uid for r in self.seen.releases if r.body.operator == maker and structure in r.body.structures]
        if worked:
            yield Because(f"the maker of Decision {decision.name} claims the clearance itself", (decision.uid, *worked))

    def _other_decisions(self, decision: Claim[Decision], structure: str, ground: GroundKind) -> Iterable[Because]:
        body = decision.body
        for other in self.seen.decisions:
            about, said = _about(other), other.body
            if said.start.earliest > self.on:
                continue
            if said.kind is DecisionKind.WITHDRAW and decision.uid in about:
                yield Because(f"withdrawn by Decision {other.name} ({said.start})", (other.uid, decision.uid))
            refuses = (
                said.kind is DecisionKind.REFUSE
                and said.start.latest >= body.start.earliest
                and (not about or any(a in self.reach.scopes.upward(structure) for a in about) or decision.uid in about)
                and (said.activity is None or said.activity is body.activity)
                and (not said.ground_kinds or str(ground) in said.ground_kinds)
            )
            if refuses:
                yield Because(f"refused by Decision {other.name} ({said.start})", (other.uid,))

    def _disputed_releases(self, structure: str) -> Iterable[Because]:
        for release in self.seen.releases:
            if structure in release.body.structures and in_doubt(release):
                yield Because(f"land release {release.name} is disputed", (release.uid, *release.disputed_by))

    def _since(self, decision: Claim[Decision], setbacks: Sequence[Danger]) -> Iterable[Because]:
        made = decision.body.start.earliest
        for danger in setbacks:
            if danger.end.latest >= made or danger.known[:10] >= made.isoformat():
                text = f"withheld since Decision {decision.name}: {danger.kind} {danger.start} ({danger.name})"
                yield Because(text, (danger.uid, decision.uid))


def _about(decision: Claim[Decision]) -> frozenset[str]:
    return frozenset(map(str, decision.body.about))
