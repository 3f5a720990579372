"""Out of the record again: tables and layers for others, and empty tables to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tetrapylon.errors import NotFound, nearest
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import REGISTRY, Product, Tier
from tetrapylon.model.entity import split_by_tier
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.keeping import read_tiers

AUTHORITY = "tetrapylon/export"
"""Naming authority of an export; every row carries its uid, so no name is made from it."""


def export_view(
    record: Record, out: Path, fmt: str, *, tiers: Iterable[str] = ("public",), on: str | None = None,
    known: str | None = None,
) -> list[str]:  # fmt: skip
    """Write the live claims of a view as a case folder; fields above the given tiers stay behind.

    Raises
    ------
    NotFound : there is no such format. VocabularyError : there is no such tier.
    """
    view = record.view(on=on, known=known)
    chosen = set(read_tiers(tiers)) | {Tier.PUBLIC}
    files = write_tables(exported(view, chosen), out, fmt, name=out.name, authority=AUTHORITY)
    return [str(f) for f in files]


def exported(view: View, tiers: set[Tier]) -> Iterator[Row]:
    """Rows of a view's claims, sources and parties first, with the fields of the given tiers only."""
    first = ("source", "party", "statement")
    for entity in sorted(REGISTRY.values(), key=lambda e: (e.name() not in first, list(REGISTRY).index(e.name()))):
        if entity is Product:
            continue
        for claim in view.claims(entity, ever=True):
            divided = split_by_tier(entity, claim.body.encode())
            data = {k: v for tier, part in divided.items() if tier in tiers for k, v in part.items()}
            yield Row(entity.name(), claim.uid, data, claim.source)


def write_template(entity: str, out: Path) -> None:
    """Write an empty table for one entity, or for ``all``.

    Raises
    ------
    NotFound : there is no such entity, or no template in this format.
    """
    if entity != "all" and entity not in REGISTRY:
        close = nearest(entity, list(REGISTRY))
        raise NotFound(f'There is no entity "{entity}".', hint=f'Did you mean "{close}"?' if close else None)
    names = list(REGISTRY) if entity == "all" else [entity]
    if out.suffix == ".xlsx":
        from tetrapylon.formats.tables.xlsx import template

        template(out, names)
    elif out.suffix == ".csv" and len(names) == 1:
        from tetrapylon.formats.tables.csv_write import template as csv_template

        csv_template(out, names[0])
    else:
        raise NotFound(f"No template of {entity} can be written as {out.name}.", hint="Name a file that ends in .xlsx.")
