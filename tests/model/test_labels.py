"""Labels are complete in every language, and none is left of what no longer exists."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tetrapylon.errors import NotFound
from tetrapylon.model import LANGUAGES, REGISTRY, ConditionReport, HazardArea, Mandate, Party, Vocabulary
from tetrapylon.model.entity import each_field
from tetrapylon.model.labels import labels
from tetrapylon.workflow.dictionary import vocabularies

LETTERS = {"en": r"[A-Za-z]", "fr": r"[A-Za-z]", "ru": r"[А-Яа-я]", "ar": r"[\u0600-\u06ff]"}
SAME_EVERYWHERE = {"SHA-256"}
HAZARD_TERMS = {name for name, entity in REGISTRY.items() if entity.__module__.endswith(".hazards")} | {"void"}
VOCABULARIES = vocabularies()


def vocabulary_name(vocabulary: type[Vocabulary]) -> str:
    return vocabulary.__name__


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entity_and_field_has_a_label_in_the_letters_of_the_language(language: str) -> None:
    known = labels(language)
    missing = [f"[entities] {name}" for name in REGISTRY if not known.entities.get(name)]
    missing += [
        f"[fields] {field.name} (or [own.{entity.name()}])"
        for entity, field in each_field()
        if field.name not in known.own.get(entity.name(), {}) and not known.fields.get(field.name)
    ]
    assert not missing, f"src/tetrapylon/model/labels/{language}.toml lacks {missing}"
    shown = [entity.label_in(language) for entity in REGISTRY.values()] + [
        f.label_in(language) for _, f in each_field()
    ]
    strange = {s for s in shown if not re.search(LETTERS[language], s) or s != s.strip()} - SAME_EVERYWHERE
    assert not strange


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_left_of_what_no_longer_exists(language: str) -> None:
    known = labels(language)
    names = {(entity.name(), field.name) for entity, field in each_field()}
    everywhere = {field for entity, field in names if field not in known.own.get(entity, {})}
    assert known.entities.keys() == REGISTRY.keys()
    assert known.fields.keys() == everywhere, "a label in [fields] that no entity uses"
    assert {(entity, field) for entity, own in known.own.items() for field in own} <= names


def test_the_languages_differ_in_the_same_places() -> None:
    english = labels("en")
    for language in LANGUAGES:
        known = labels(language)
        assert {e: set(own) for e, own in known.own.items()} == {e: set(own) for e, own in english.own.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_fields_of_an_entity_share_a_label(language: str) -> None:
    for entity in REGISTRY.values():
        counts = Counter(field.label_in(language) for field in entity.fields().values())
        assert not [label for label, count in counts.items() if count > 1], entity.name()


def test_labels_say_what_a_field_means_at_its_entity() -> None:
    assert Party.fields()["label"].label_in("en") == "Name at the time"
    assert Mandate.fields()["party"].label_in("fr") == "Titulaire"
    assert ConditionReport.label_in("ru") == "Отчёт о состоянии"
    assert HazardArea.label_in("ar") == "منطقة خطرة"
    with pytest.raises(NotFound, match="en, fr, ru, ar"):
        HazardArea.label_in("de")


def test_arabic_hazard_terms_are_marked_unreviewed() -> None:
    arabic = labels("ar")
    assert not [name for name in sorted(HAZARD_TERMS) if arabic.entity_reviewed(name)]
    carrying = {
        (entity.name(), field.name)
        for entity, field in each_field()
        if field.vocabulary and "ar" in field.vocabulary.unreviewed()
    }
    plain = {"kind", "disposal"}  # words of every day: the terms they lead to are marked
    assert not [f for f in sorted(carrying) if f[1] not in plain and arabic.field_reviewed(*f)]
    for language in ("en", "fr", "ru"):
        assert not labels(language).unreviewed


def test_marks_of_review_name_labels_that_exist() -> None:
    arabic = labels("ar")
    known = {f"entities.{e}" for e in arabic.entities} | {f"fields.{f}" for f in arabic.fields}
    known |= {f"own.{entity}.{field}" for entity, own in arabic.own.items() for field in own}
    assert arabic.unreviewed <= known


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=vocabulary_name)
def test_every_term_has_a_code_of_its_own_and_four_labels(vocabulary: type[Vocabulary]) -> None:
    codes = [member.value for member in vocabulary]
    assert len(codes) == len(set(codes)) == len(vocabulary.__members__)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes), "codes are stored: letters, digits, _"
    for member in vocabulary:
        assert tuple(member.labels) == LANGUAGES
        for language, label in member.labels.items():
            assert re.search(LETTERS[language], label), (member.value, language, label)
            assert label == label.strip()


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=vocabulary_name)
def test_a_label_leads_back_to_its_term(vocabulary: type[Vocabulary]) -> None:
    for language in LANGUAGES:
        counts = Counter(member.labels[language].casefold() for member in vocabulary)
        assert not [label for label, count in counts.items() if count > 1], language
