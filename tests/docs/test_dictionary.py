"""The dictionary page is the one the declarations give, and leaves nothing out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tetrapylon
from tetrapylon.model import LANGUAGES, REGISTRY, Tier
from tetrapylon.workflow.dictionary import main, page, vocabularies

SOURCE = Path(tetrapylon.__file__).parent


@pytest.fixture(scope="module")
def committed(repository: Path) -> str:
    return (repository / "docs" / "dictionary.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sections(committed: str) -> dict[str, str]:
    parts = re.split(r'<a id="([\w-]+)"></a>', committed)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_is_what_the_declarations_give(committed: str) -> None:
    again = "python -m tetrapylon.workflow.dictionary docs/dictionary.md"
    assert committed == page(), f"a declaration changed; write the page again: {again}"


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    main([str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("entity", REGISTRY.values(), ids=REGISTRY.keys())
def test_every_entity_field_rule_and_label_is_described(sections: dict[str, str], entity: type) -> None:
    section = sections[entity.name()]
    assert all(entity.label_in(language) in section for language in LANGUAGES)
    assert entity.term in section
    assert entity.holds.label in section
    assert all(rule in section for rule in entity.rules().values())
    for field in entity.fields().values():
        (row,) = (line for line in section.splitlines() if line.startswith(f"| `{field.name}`"))
        assert field.description in row
        assert ("(required)" in row) is field.required
        assert (f"`{field.tier}`" in row) is (field.tier is not Tier.PUBLIC)
        assert all(text in row for text in (field.unit, field.crs, field.term) if text)
        assert all(field.label_in(language) in row for language in LANGUAGES)
        assert all(f"{column.name}`" in row for column in field.columns)
        if field.vocabulary:
            assert f"(#terms-{field.vocabulary.title().replace(' ', '-')})" in row


def test_every_declared_vocabulary_and_tier_is_on_the_page(committed: str) -> None:
    declared = {
        node.name
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Vocabulary" for b in node.bases)
    }
    listed = {vocabulary.__name__ for vocabulary in vocabularies()}
    assert declared == listed, "name it in OF_RESULTS of tetrapylon.workflow.dictionary"
    assert len(listed) == len(vocabularies())
    for vocabulary in vocabularies():
        for member in vocabulary:
            labels = [member.labels[language] for language in ("en", "fr", "ru")]
            mark = "*" if "ar" in vocabulary.unreviewed() else ""
            arabic = f'<bdi dir="rtl">{member.labels["ar"]}</bdi>{mark}'
            row = " | ".join(["", f"`{member.value}`", *labels, arabic, member.standard, ""]).strip()
            assert row in committed
    assert all(f"`{tier}` | {tier.meaning}" in committed for tier in Tier)


def test_anchors_are_unique_and_links_lead_to_one(committed: str) -> None:
    anchors = re.findall(r'<a id="([\w-]+)"></a>', committed)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\(#([\w-]+)\)", committed)) <= set(anchors)
