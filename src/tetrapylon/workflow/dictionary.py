"""The data dictionary: one page that says everything the declarations say.

python -m tetrapylon.workflow.dictionary docs/dictionary.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tetrapylon.assess.differences import DifferenceKind
from tetrapylon.assess.wording import Pieces, Says
from tetrapylon.coordinate.consents import ConsentOf
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.evidence.grades import Distance
from tetrapylon.model import (
    LANGUAGES,
    REGISTRY,
    Bound,
    Entity,
    Field,
    GateState,
    GroundKind,
    Holds,
    Precision,
    Tier,
    Vocabulary,
)
from tetrapylon.model.entity import each_field
from tetrapylon.model.labels import labels
from tetrapylon.model.terms import RestorationOption
from tetrapylon.plan.next import StepState
from tetrapylon.record.layers import META, layer
from tetrapylon.restore.options import Verdict

OF_VALUES = (Precision, Bound, Holds)
"""Closed lists inside a date, a figure and an entity's declaration."""
OF_RESULTS = (
    GateState, GroundKind, RestorationOption, FindingKind, Distance, Says, Pieces, DifferenceKind, Verdict, ConsentOf,
    StepState,
)  # fmt: skip
"""Closed lists that stand in results, not in fields."""

_TYPES = {
    "text": ("text", "text"),
    "flag": ("yes or no", "true or false"),
    "integer": ("whole number", "number"),
    "number": ("number", "number"),
    "term": ("term", "its code"),
    "when": ("date", '`{"date": "2016-04-21", "precision": "approx"}`; no precision: day'),
    "stated": ("figure as stated", '`{"value": 2340000, "bound": "about"}`; no bound: exact'),
    "ref": ("thing", "its uid"),
    "geometry": ("geometry", "GeoJSON geometry, longitude before latitude"),
}
_LANGUAGE_NAMES = {"en": "English", "fr": "French", "ru": "Russian", "ar": "Arabic"}


def vocabularies() -> tuple[type[Vocabulary], ...]:
    """Every closed list: of fields, of values, of results."""
    of_fields = dict.fromkeys(f.vocabulary for _, f in each_field() if f.vocabulary)
    return (*sorted(of_fields, key=lambda v: v.__name__), *OF_VALUES, *OF_RESULTS)


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(["\n\n".join(_page()), ""])


def _page() -> Iterator[str]:
    yield "# Data dictionary"
    yield (
        "Everything the record can hold, written from the declarations in `src/tetrapylon/model` by\n"
        "`python -m tetrapylon.workflow.dictionary docs/dictionary.md`. Change the declaration, not this page; a test\n"
        "compares the two. How claims are stored: [format.md](format.md). How tables are read: "
        "[case-format.md](case-format.md)."
    )
    yield "An asterisk (*) marks an Arabic label that no specialist of the field has reviewed yet."
    yield "## Types"
    yield _table(
        ("type", "as JSON", "columns in a layer"),
        [(name, json, _columns_of_kind(kind)) for kind, (name, json) in _TYPES.items()],
    )
    yield "Several values of one field are a list in JSON and stand in one column, divided by `; `."
    yield (
        "Before its own columns every layer has `fid` and: " + ", ".join(f"`{column.name}`" for column in META) + ". "
        "An own column of one of these names is set apart as `stated_` and the name."
    )
    yield "## Tiers"
    yield "What leaves a file is decided field by field; whoever holds a file reads all of it."
    yield _table(("tier", "meaning"), [(f"`{tier}`", tier.meaning) for tier in Tier])
    yield "## Entities"
    yield _table(
        ("entity", "what it is"), [(f"[{e.label_in('en')}](#{e.name()})", _summary(e)) for e in REGISTRY.values()]
    )
    for module in dict.fromkeys(e.__module__ for e in REGISTRY.values()):
        yield f"## {(sys.modules[module].__doc__ or '').splitlines()[0].rstrip('.')}"
        for entity in REGISTRY.values():
            if entity.__module__ == module:
                yield from _entity(entity)
    yield "## Vocabularies"
    yield "Codes are stored and never reused. A label in any of the four languages is read as well as the code."
    for vocabulary in vocabularies():
        yield from _vocabulary(vocabulary)


# --- entities -----------------------------------------------------------------------------------------------------


def _entity(entity: type[Entity]) -> Iterator[str]:
    yield f'<a id="{entity.name()}"></a>\n\n### {entity.label_in("en")}'
    yield (entity.__doc__ or "").strip()
    yield "\n".join(f"- {fact}" for fact in _facts(entity))
    own = dict(zip(entity.columns(), layer(entity.name()).columns, strict=True))
    yield _table(
        ("field", "type", "description", "standard term", "tier", "columns", "labels"),
        [
            (
                f"`{field.name}`" + (" (required)" if field.required else ""),
                _type(field),
                field.description,
                field.term or "",
                "" if field.tier is Tier.PUBLIC else f"`{field.tier}`",
                ", ".join(f"`{own[column].name}`" for column in field.columns) or "`geom`",
                _labels(
                    (field.label_in(language) for language in LANGUAGES),
                    labels("ar").field_reviewed(entity.name(), field.name),
                ),
            )
            for field in entity.fields().values()
        ],
    )


def _facts(entity: type[Entity]) -> Iterator[str]:
    yield f"Name: `{entity.name()}`, version {entity.entity_version}"
    yield "Labels: " + _labels(
        (entity.label_in(language) for language in LANGUAGES), labels("ar").entity_reviewed(entity.name())
    )
    if entity.term:
        yield f"Standard term: {entity.term}"
    start, end = entity.span
    span = " ".join(f"{word} `{name}`" for word, name in (("from", start), ("to", end)) if name)
    yield f"Holds: {entity.holds.label}" + (f" ({span})" if span else "")
    if entity.background:
        yield "Background: in a cited case known from its beginning, whatever the date of its source"
    for statement in entity.rules().values():
        yield f"Rule: {statement}"


def _summary(entity: type[Entity]) -> str:
    return (entity.__doc__ or "").strip().splitlines()[0]


def _type(field: Field) -> str:
    name = _TYPES[field.kind][0]
    if field.vocabulary:
        name = f"[{field.vocabulary.title()}](#{_anchor(field.vocabulary)})"
    elif field.target:
        name = "any thing" if field.target == "Entity" else _target(field.target)
    details = [detail for detail in (field.unit, field.crs) if detail]
    return ("several: " if field.many else "") + ", ".join([name, *details])


def _target(class_name: str) -> str:
    target = next(entity for entity in REGISTRY.values() if entity.__name__ == class_name)
    return f"[{target.title()}](#{target.name()})"


def _columns_of_kind(kind: str) -> str:
    return {
        "when": "`NAME`, `NAME_precision`",
        "stated": "`NAME` (with its unit: `NAME_m2`), `NAME_bound`",
        "geometry": "`geom`",
        "number": "`NAME` (with its unit: `NAME_m`)",
    }.get(kind, "`NAME`")


def _labels(four: Iterable[str], reviewed: bool) -> str:
    *others, arabic = four
    return " · ".join([*others, f'<bdi dir="rtl">{arabic}</bdi>' + ("" if reviewed else "*")])


# --- vocabularies -------------------------------------------------------------------------------------------------


def _vocabulary(vocabulary: type[Vocabulary]) -> Iterator[str]:
    title = vocabulary.title()
    yield f'<a id="{_anchor(vocabulary)}"></a>\n\n### {title[0].upper()}{title[1:]}'
    yield (vocabulary.__doc__ or "").strip()
    users = [f"`{entity.name()}.{field.name}`" for entity, field in each_field() if field.vocabulary is vocabulary]
    yield f"`{vocabulary.__name__}`" + (f", in {', '.join(users)}" if users else "")
    mark = "*" if "ar" in vocabulary.unreviewed() else ""
    yield _table(
        ("code", *(_LANGUAGE_NAMES[language] for language in LANGUAGES), "standard term"),
        [
            (
                f"`{member.value}`",
                *(member.labels[language] for language in LANGUAGES[:-1]),
                f'<bdi dir="rtl">{member.labels["ar"]}</bdi>{mark}',
                member.standard,
            )
            for member in vocabulary
        ],
    )


def _anchor(vocabulary: type[Vocabulary]) -> str:
    return f"terms-{vocabulary.title().replace(' ', '-')}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main(arguments: list[str]) -> None:
    """Write the page to the file named, or print it."""
    if arguments:
        Path(arguments[0]).write_text(page(), encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main(sys.argv[1:])
