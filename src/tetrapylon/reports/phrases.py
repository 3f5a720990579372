"""Sentences that calculations write, in the language of a document, with what they quote left as it was said.

``texts/<language>/phrases.toml`` holds the same keys in every language. The English text of a key is also the pattern
by which a sentence is recognised. What stands in braces is told by the beginning of its name:

========== =========================================================================================
``quote``  words of the record: left in their language, which is marked
``name``   a proper name: left as it is, not marked
``phrase`` a sentence or a term that is looked up in turn
``list``   such phrases in a row, with ", " between them; ``series`` with "; "
others     a number, date or identifier: left as it is and set apart
========== =========================================================================================

``(s)`` and ``(es)`` in a pattern are the plural of the word before. A sentence that no pattern matches is left in
English and marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

from tetrapylon.reports.document import Figure, Run, Said
from tetrapylon.reports.wording import Wording, wording

PHRASES = "phrases"
_COUNT = r"[\d,.]+"
_NUMBER = re.compile(r"[\d.,\s<>=%+-]+")


def phrased(text: str, words: Wording) -> tuple[Run, ...]:
    """A sentence of a calculation in the language of ``words``; what nothing matches stays in English, marked."""
    if words.code == "en":
        return (Said(text),)
    if not text or _NUMBER.fullmatch(text):
        return (Figure(text),) if text else ()
    for key, pattern in _patterns():
        if found := pattern.fullmatch(text):
            own = wording(words.code, PHRASES)
            return own(key, **{name: _value(name, value, words) for name, value in found.groupdict().items()})
    return (Said(text),)


def untold(text: str) -> bool:
    """Whether no pattern matches a sentence."""
    return not any(pattern.fullmatch(text) for _, pattern in _patterns())


def _value(name: str, value: str, words: Wording) -> tuple[Run, ...]:
    if name.startswith("quote"):
        return (Said(value),)
    if name.startswith("name"):
        return (Said(value, name=True),)
    if name.startswith("phrase"):
        return phrased(value, words)
    if name.startswith(("list", "series")):
        separator = ", " if name.startswith("list") else "; "
        return words.listed([phrased(part, words) for part in value.split(separator)])
    return (Figure(value),)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns by key, those with the most words of their own first."""
    texts = wording("en", PHRASES).texts
    own = {key: text for key, text in texts.items() if key not in wording("en").texts}
    ordered = sorted(own.items(), key=lambda item: -sum(len(words) for words, *_ in Formatter().parse(item[1])))
    return tuple((key, re.compile("".join(_pieces(text)), re.DOTALL)) for key, text in ordered)


def _pieces(text: str) -> Iterator[str]:
    for words, name, _, _ in Formatter().parse(text):
        yield re.escape(words).replace(r"\(s\)", "s?").replace(r"\(es\)", "(?:es)?")
        if name is not None:
            yield f"(?P<{name}>{_COUNT if name.startswith('count') else '.+?'})"
