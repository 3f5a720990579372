"""What a closed list of terms is: a code, labels in four languages, and the standard's own term."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from tetrapylon.errors import VocabularyError

LANGUAGES = ("en", "fr", "ru", "ar")
"""Languages every label exists in."""


class Vocabulary(StrEnum):
    """Base of the closed lists. A member is declared as ``code, en, fr, ru, ar[, standard term]``.

    The code is stored and never reused for another meaning; labels are for people. A class that sets
    ``_unreviewed_`` names the languages whose labels no specialist has reviewed yet.
    """

    labels: dict[str, str]
    standard: str

    if not TYPE_CHECKING:  # to a type checker a member is made from its code alone

        def __new__(cls, code: str, en: str, fr: str, ru: str, ar: str, standard: str = "") -> Self:
            member = str.__new__(cls, code)
            member._value_ = code
            member.labels = dict(zip(LANGUAGES, (en, fr, ru, ar), strict=True))
            member.standard = standard
            return member

    def __str__(self) -> str:
        return str(self.value)

    @property
    def label(self) -> str:
        """English label."""
        return self.labels["en"]

    @classmethod
    def read(cls, text: str) -> Self:
        """The member whose code is ``text``, or whose label in any language is.

        Raises
        ------
        VocabularyError : naming the nearest valid code.
        """
        found = cls._value2member_map_.get(text)
        if found is not None:
            return found  # type: ignore[return-value]
        folded = text.strip().casefold()
        for member in cls:
            if folded == member.value or folded in (label.casefold() for label in member.labels.values()):
                return member
        raise VocabularyError(text, cls.title(), [m.value for m in cls])

    @classmethod
    def title(cls) -> str:
        """The vocabulary's name in words: ``DamageClass`` gives "damage class"."""
        name = cls.__name__
        return "".join(f" {c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))

    @classmethod
    def unreviewed(cls) -> frozenset[str]:
        """Languages whose labels await a specialist's review."""
        return _UNREVIEWED.get(cls.__name__, frozenset())


_UNREVIEWED: dict[str, frozenset[str]] = {}


def unreviewed(*languages: str) -> Any:
    """Class decorator: the labels in these languages were not reviewed by a specialist of the field."""

    def mark(cls: type[Vocabulary]) -> type[Vocabulary]:
        _UNREVIEWED[cls.__name__] = frozenset(languages)
        return cls

    return mark
