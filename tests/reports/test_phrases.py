"""Sentences of calculations in the languages of the documents: none is left out, and quotations stay as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.release.dangers import Kind
from tetrapylon.evidence import words as said
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.model import Stated
from tetrapylon.model.quantity import Bound
from tetrapylon.record.record import Record
from tetrapylon.reports.document import Figure, Said, plain
from tetrapylon.reports.phrases import PHRASES, phrased, untold
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import wording
from tetrapylon.restore.doctrine import shipped

DAYS = ("2015-12-01", "2016-04-26", "2017-03-05", "2020-01-01", "2025-10-31")


def sentences(seen: Situation) -> Iterator[str]:
    """Everything that calculations say in the documents of a view."""
    for gate in seen.gates.of:
        for status in gate.statuses.values():
            yield from (b.text for b in status.because)
    for options in seen.prospects.options:
        yield from options.settle
        yield from options.desk_work
    for condition in seen.prospects.conditions:
        for difference in condition.differences:
            yield difference.about
            yield difference.text
    for kind in (FindingKind.CONTRADICTION, FindingKind.FALL, FindingKind.OUTSIDE_RANGE):
        for finding in seen.ledger.of(kind):
            yield finding.quantity
            yield finding.arithmetic
    for account in seen.ledger.accounts:
        yield account.quantity
        if account.latest:
            yield account.latest.figure.said
    if seen.ledger.missing_text:
        yield seen.ledger.missing_text


@pytest.mark.parametrize("day", DAYS)
def test_every_sentence_about_palmyra_is_known(day: str, palmyra: Record) -> None:
    found = list(dict.fromkeys(sentences(Situation(palmyra.view(on=day, known=day)))))
    assert len(found) > 20
    assert [text for text in found if untold(text)] == []


def test_the_kinds_of_danger_and_what_settles_an_option_are_known() -> None:
    assert [kind for kind in Kind if untold(kind.value)] == []
    settle = [need.settle for option in shipped().options for need in option.needs if need.settle]
    assert settle
    assert [text for text in settle if untold(text)] == []


@pytest.mark.parametrize("key", [k for k in wording("en", PHRASES).texts if k not in wording("en").texts])
def test_every_phrase_is_reached_by_its_own_english(key: str) -> None:
    """Filled with an example, the English text is recognised again; no other pattern hides it."""
    examples = {
        "date": "2016-04-01", "count": "3", "code": "cp_0001", "figure": "20 ha", "quote": "words",
        "told": "words", "name": "Somebody", "term": "ground", "list": "depth", "phrase": "depth",
    }  # fmt: skip
    text = wording("en", PHRASES).texts[key]
    names = [name for _, name, _, _ in Formatter().parse(text) if name]
    filled = text.format(**{n: examples[n.partition("_")[0]] for n in names})
    filled = filled.replace("(s)", "s").replace("(es)", "es")
    assert not untold(filled)


def test_a_quotation_keeps_its_words_and_is_marked_english() -> None:
    runs = phrased("hazard reported, 2015-06-20: Some mines laid around the theatre (hz_0002)", wording("fr"))
    assert Said("Some mines laid around the theatre") in runs
    assert Figure("2015-06-20") in runs
    assert "danger signalé" in plain(runs)


def test_what_nothing_matches_stays_english() -> None:
    assert phrased("a sentence nobody has written before", wording("ru")) == (
        Said("a sentence nobody has written before"),
    )


@settings(max_examples=60)
@given(st.integers(1, 10**7), st.sampled_from(Bound), st.sampled_from(["", "m2", "m"]))
def test_a_stated_figure_keeps_its_number_in_every_language(value: int, bound: Bound, unit: str) -> None:
    text = said.stated(Stated(float(value), bound), unit)
    (amount,) = re.findall(r"[\d,.]+(?: \S+)?$", text)
    for code in ("fr", "ru", "ar"):
        runs = phrased(text, wording(code))
        assert [r for r in runs if isinstance(r, Figure)] == [Figure(amount)]
        assert not any(isinstance(r, Said) for r in runs)
