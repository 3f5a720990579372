"""How far a statement is from whoever saw what it speaks of: an order of words, never a probability.

``confidence`` on a claim means "the source says so"; no grade is read from it. A grade says how a statement came to
us, not whether it is right: an official text far from the ground and a retold eyewitness can each be correct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tetrapylon.model import Claim, Source, Statement
from tetrapylon.model.terms import Access, SourceKind
from tetrapylon.model.vocabulary import Vocabulary, unreviewed


@unreviewed("ar")
class Distance(Vocabulary):
    """Steps between the speaker and us, nearest first. Our order [P]."""

    OWN = "own", "published by the speaker", "publié par son auteur", "опубликовано самим автором", "نشره قائله"
    OFFICIAL = "official", "official text", "texte officiel", "официальный текст", "نص رسمي"
    QUOTED = "quoted", "quoted by the publisher", "cité par l'éditeur", "процитировано изданием", "نقله الناشر"
    RELAYED = (
        "relayed",
        "quoted through another outlet or person",
        "cité par un intermédiaire",
        "процитировано через посредника",
        "نقل عبر وسيط",
    )
    RETOLD = "retold", "retells another statement", "redit une autre déclaration", "пересказ", "إعادة رواية"
    UNNAMED = "unnamed", "no speaker named", "sans auteur nommé", "автор не назван", "القائل غير مسمى"

    @property
    def rank(self) -> int:
        """0 nearest."""
        return list(Distance).index(self)


@dataclass(frozen=True, slots=True)
class SourceGrade:
    """Distance of a statement, how much of its source could be read, and both in words."""

    distance: Distance
    access: Access | None
    words: str


def grade(statement: Claim[Statement], source: Claim[Source] | None = None) -> SourceGrade:
    """Grade one statement by its recorded chain.

    Retold where ``derived_from`` names a statement; unnamed where nobody is named as speaker; relayed where somebody
    other than speaker and publisher quotes it, or the publisher's name says so ("AFP via ..."); own where speaker and
    publisher bear one name; official where the source is an official text or statement; quoted otherwise.
    """
    body = statement.body
    kind = source.body.kind if source else None
    speaker, quoted, publisher = (_fold(w) for w in (body.stated_by, body.quoted_by, body.published_by))
    if body.derived_from:
        distance = Distance.RETOLD
    elif not speaker and not body.speaker:
        distance = Distance.UNNAMED
    elif (quoted and quoted not in (speaker, publisher)) or _RELAY.search(publisher):
        distance = Distance.RELAYED
    elif speaker and speaker == publisher:
        distance = Distance.OWN
    elif kind in (SourceKind.OFFICIAL, SourceKind.STATEMENT):
        distance = Distance.OFFICIAL
    else:
        distance = Distance.QUOTED
    access = source.body.access if source else None
    read = access.label if access else "how much of it was read is not on record"
    return SourceGrade(distance, access, f"{distance.label}; {read}")


_RELAY = re.compile(r"\b(via|after|reposted|mirror|quoted)\b")


def _fold(words: str | None) -> str:
    return " ".join((words or "").casefold().split())
