"""Who said what, through whom: the chain of every statement, and how often each speaker is heard.

A chain runs from the speaker through whoever quoted them to the publisher. A speaker who is heard only through
another's spokesman is counted as the speaker, with the way named. A newspaper's remark on what somebody did not say is
not that person's statement, and is counted apart. Retellings stand under the statement they retell and are not counted
again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.evidence.lineage import Lineage, trace
from tetrapylon.model.claim import Claim
from tetrapylon.model.parties import Party, Statement

OWN_WORDS = re.compile(r"\breport of an occurrence\b", re.IGNORECASE)
"""Occasion under which an outlet or a body tells an event; nobody is quoted as saying it."""
_LINKS = re.compile(r",\s*quoted by\s+|,\s+|\s+via\s+|;\s*", re.IGNORECASE)
_ROLE = re.compile(r"\s*\([^)]*\)|\s+observing$|,.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chain:
    """One statement with its chain. ``links`` run from whoever quoted the speaker to the publisher."""

    claim: Claim[Statement]
    speaker: str
    links: tuple[str, ...]
    roots: tuple[str, ...]
    """Statements it goes back to (uids); its own where it retells none."""
    retold_by: tuple[str, ...]

    @property
    def is_retelling(self) -> bool:
        """Whether it retells a statement on record."""
        return self.claim.uid not in self.roots

    @property
    def via(self) -> str | None:
        """Who stands between the speaker and the outlet first: a spokesman or an agency; None when nobody does."""
        return self.links[0] if len(self.links) > 1 else None

    def __str__(self) -> str:
        remark = " (a remark on what was not said)" if self.claim.body.by_omission else ""
        return f"{self.claim.name}: " + " < ".join((self.speaker, *self.links)) + remark


@dataclass(frozen=True, slots=True)
class Heard:
    """How often one speaker is heard: roots and single statements count, retellings do not."""

    speaker: str
    statements: tuple[str, ...]
    """Names of the statements."""
    via: tuple[str, ...]
    by_omission: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of statements."""
        return len(self.statements)


def chains(
    statements: Sequence[Claim[Statement]], *, parties: Sequence[Claim[Party]] = (), lineage: Lineage | None = None
) -> tuple[Chain, ...]:
    """Chain of every statement, in order of the day it was said.

    Parameters
    ----------
    parties : gives speakers the name they have on record; without it the source's own words are shortened to a name.
    lineage : what the statements retell; None: traced from the statements given.
    """
    lineage = lineage or trace(statements)
    labels = {p.uid: p.body.label for p in parties}
    names = {c.uid: c.name for c in statements}
    retold: dict[str, list[str]] = {}
    for claim in statements:
        for root in lineage.of(claim.uid) - {claim.uid}:
            retold.setdefault(root, []).append(names[claim.uid])
    ordered = sorted(statements, key=lambda c: (c.body.said, c.name))
    return tuple(
        Chain(
            claim=c,
            speaker=speaker(c.body, labels),
            links=links(c.body),
            roots=tuple(sorted(lineage.of(c.uid))),
            retold_by=tuple(sorted(retold.get(c.uid, ()))),
        )
        for c in ordered
    )


def speaker(body: Statement, labels: Mapping[str, str]) -> str:
    """Name of the speaker: the party's on record, else the words of the source without office and remark."""
    named = labels.get(body.speaker or "")
    return _name(named or body.stated_by or "not named")


def links(body: Statement) -> tuple[str, ...]:
    """Whoever quoted the speaker, then the publisher; each once."""
    quoted = [part.strip() for part in _LINKS.split(body.quoted_by or "") if part.strip()]
    chain = [*quoted, *([body.published_by] if body.published_by else [])]
    found: list[str] = []
    for link in chain:
        if not found or _name(found[-1]).casefold() != _name(link).casefold():
            found.append(link)
    return tuple(found)


def heard(found: Sequence[Chain], *, also: Sequence[str] = (), quoted_only: bool = False) -> tuple[Heard, ...]:
    """How often each speaker is heard, most often first.

    Parameters
    ----------
    also : speakers to show even when they are not heard at all, such as a party that others speak about.
    quoted_only : True: leave out reports of occurrences, which quote nobody.
    """
    said: dict[str, list[Chain]] = {name: [] for name in also}
    for chain in found:
        if chain.is_retelling or (quoted_only and OWN_WORDS.search(chain.claim.body.occasion or "")):
            continue
        said.setdefault(chain.speaker, []).append(chain)
    rows = [
        Heard(
            speaker=name,
            statements=tuple(c.claim.name for c in own if not c.claim.body.by_omission),
            via=tuple(dict.fromkeys(_name(c.via) for c in own if c.via and not c.claim.body.by_omission)),
            by_omission=tuple(c.claim.name for c in own if c.claim.body.by_omission),
        )
        for name, own in said.items()
    ]
    return tuple(sorted(rows, key=lambda r: (-r.count, r.speaker)))


def _name(words: str) -> str:
    """A name without office, remark or what follows a comma."""
    return _ROLE.sub("", words).strip() or words.strip()
