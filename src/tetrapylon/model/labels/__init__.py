"""Labels of entities and fields for people, in the languages of `LANGUAGES`: one TOML file per language in this folder.

``[entities]`` labels entities, ``[fields]`` a field name wherever it occurs, ``[own.ENTITY]`` the fields that mean
something of their own there. ``unreviewed`` names the labels that no specialist of the field has reviewed yet.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tetrapylon.errors import NotFound
from tetrapylon.model.vocabulary import LANGUAGES

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one language; ``unreviewed`` holds addresses: ``fields.depth``, ``own.search.geometry``."""

    entities: dict[str, str]
    fields: dict[str, str]
    own: dict[str, dict[str, str]]
    unreviewed: frozenset[str]

    def entity(self, entity: str) -> str:
        """Label of an entity by its name."""
        return self.entities[entity]

    def field(self, entity: str, field: str) -> str:
        """Label of a field of an entity by their names."""
        return self.own.get(entity, {}).get(field) or self.fields[field]

    def entity_reviewed(self, entity: str) -> bool:
        """Whether the entity's label needs no further review by a specialist."""
        return f"entities.{entity}" not in self.unreviewed

    def field_reviewed(self, entity: str, field: str) -> bool:
        """Whether the field's label there needs no further review by a specialist."""
        own = field in self.own.get(entity, {})
        return (f"own.{entity}.{field}" if own else f"fields.{field}") not in self.unreviewed


@cache
def labels(language: str) -> Labels:
    """The labels of a language.

    Raises
    ------
    NotFound : there are none in this language.
    """
    if language not in LANGUAGES:
        raise NotFound(f'There are no labels in "{language}".', hint=f"Choose one of: {', '.join(LANGUAGES)}.")
    read = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Labels(read["entities"], read["fields"], read["own"], frozenset(read.get("unreviewed", ())))
