"""Sentences that calculations write, in the language of a document, with what they quote left as it was said.

``texts/<language>/phrases.toml`` holds the same keys in every language. The English text of a key is also the pattern
by which a sentence is recognised. How a name in braces begins says what stands there:

========== =========================================================================================
``quote``  words of the record: left in their language, which is marked
``told``   a sentence that is looked up in turn, or else words of the record
``name``   a proper name or identifiers: left as they are, not marked
``term``   a term of a vocabulary
``phrase`` a sentence that is looked up in turn: what does not know it does not match
``list``   such sentences in a row, with ", ", "and" or "or" between them
``date``   a date; ``count`` a number; ``figure`` an amount; ``code`` an identifier
========== =========================================================================================

``(s)`` and ``(es)`` in a pattern are the plural of the word before. A sentence that no pattern matches is left in
English and marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter

from tetrapylon.model import Vocabulary, terms, verdicts
from tetrapylon.reports.document import Figure, Run, Said
from tetrapylon.reports.wording import Wording, wording

PHRASES = "phrases"
_DAY = r"\d{4}(?:-\d\d){0,2}"
_AMOUNT = rf"(?:(?:[\d,.]+|\d-\d)(?: [a-z]+[23]?(?:/[a-z]+)*)?|{_DAY})"
_GROUPS = {"count": r"[\d,.]+", "code": r"[\w.-]+", "date": f"(?:about )?{_DAY}", "figure": _AMOUNT}
_FIGURE = re.compile(_AMOUNT)
_BETWEEN = re.compile(r", (?:and |or )?| and | or ")


def phrased(text: str, words: Wording) -> tuple[Run, ...]:
    """A sentence of a calculation in the language of ``words``; what nothing matches stays in English, marked."""
    if words.code == "en" or not text:
        return (Said(text),) if text else ()
    return _found(text, words) or (Said(text),)


def untold(text: str) -> bool:
    """Whether no pattern matches a sentence."""
    return _found(text, wording("fr")) is None


def _found(text: str, words: Wording) -> tuple[Run, ...] | None:
    if _FIGURE.fullmatch(text):
        return (Figure(text),)
    own = wording(words.code, PHRASES)
    for key, pattern in _patterns():
        if match := pattern.fullmatch(text):
            values = {name: _value(name, value, words) for name, value in match.groupdict().items()}
            if None not in values.values():
                return own(key, **values)
    return None


def _value(name: str, value: str, words: Wording) -> tuple[Run, ...] | None:
    if name.startswith("quote"):
        return (Said(value),)
    if name.startswith("name"):
        return (Said(value, name=True),)
    if name.startswith("told"):
        return _found(value, words) or (Said(value),)
    if name.startswith("phrase"):
        return _found(value, words)
    if name.startswith("term"):
        member = _terms().get(value)
        return (words.term(member),) if member is not None else None
    if name.startswith("list"):
        parts = [_found(part, words) for part in _BETWEEN.split(value)]
        return None if None in parts else words.listed([part for part in parts if part is not None])
    if name.startswith("date") and value.startswith("about "):
        return words("about", date=value.removeprefix("about "))
    return (Figure(value),)


@cache
def _terms() -> Mapping[str, Vocabulary]:
    """Terms by their English label; where two read alike, the first."""
    vocabularies = [v for m in (verdicts, terms) for v in vars(m).values() if isinstance(v, type)]
    members = [m for v in vocabularies if issubclass(v, Vocabulary) and v is not Vocabulary for m in v]
    return {member.label: member for member in reversed(members)}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns by key, those with the most words of their own first."""
    common = wording("en").texts
    texts = {key: text for key, text in wording("en", PHRASES).texts.items() if key not in common}
    ordered = sorted(texts.items(), key=lambda item: -sum(len(words) for words, *_ in Formatter().parse(item[1])))
    return tuple((key, re.compile("".join(_pieces(text)), re.DOTALL)) for key, text in ordered)


def _pieces(text: str) -> Iterator[str]:
    for words, name, _, _ in Formatter().parse(text):
        yield re.escape(words).replace(r"\(s\)", "s?").replace(r"\(es\)", "(?:es)?")
        if name is not None:
            yield f"(?P<{name}>{_GROUPS.get(name.partition('_')[0], '.+?')})"
