"""Out of the record again: tables and layers for others, and empty tables to fill in."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tetrapylon.errors import NotFound, NotPermitted, nearest
from tetrapylon.formats import arches, iiif, maxml
from tetrapylon.formats.registry import FORMATS, Format
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import REGISTRY, Claim, Party, Product, Tier
from tetrapylon.model.entity import split_by_tier
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.record.writer import raise_tier
from tetrapylon.reports.files import drafted
from tetrapylon.workflow.importing import CITED
from tetrapylon.workflow.keeping import read_tiers
from tetrapylon.workflow.product import asset_folder

NAME, AUTHORITY = "export", "tetrapylon/export"
"""Name and naming authority of an export; every row carries its uid, so no name is made from them."""


@dataclass(frozen=True)
class Exported:
    """Files that were written, and what their format cannot hold."""

    files: tuple[str, ...]
    losses: tuple[str, ...] = ()


def export_view(
    record: Record, out: Path, fmt: str, *, tiers: Iterable[str] = ("public",), on: str | None = None,
    known: str | None = None, graph: Path | None = None, base: str | None = None,
) -> Exported:  # fmt: skip
    """Write the live claims of a view as a case folder, whole or not at all; fields above the given tiers stay behind.

    ``graph``: with the format arches, the resource model to write into in place of our own. ``base``: with the format
    iiif, the address under which the folder will be served; the files it shows are copied into it.

    Raises
    ------
    NotFound : there is no such format, or no mapping for the graph, or an option is for another format. CaseError :
        the graph cannot be read. VocabularyError : there is no such tier. ValueRangeError : the base is no address.
        NotPermitted : the folder cannot be written into, or a record lies where a file would go.
    """
    view = record.view(on=on, known=known)
    chosen = set(read_tiers(tiers)) | {Tier.PUBLIC}
    known_from = CITED if is_cited(view) else ""
    left = Counter[str]()
    rows = _held(exported(view, chosen), FORMATS.get(fmt), chosen, left)
    with drafted(out) as draft:
        into = _writer(draft, fmt, graph, base)
        files = write_tables(
            rows, draft, fmt, name=NAME, authority=AUTHORITY, known_from=known_from, tiers=chosen, writer=into
        )
        losses: tuple[str, ...] = () if isinstance(into, arches.GraphWriter) else FORMATS[fmt].losses
        if isinstance(into, arches.GraphWriter):
            left.update(into.left)
            files += into.beside
        missing: list[str] = []
        if isinstance(into, iiif.Writer):
            copied, missing = _copied(asset_folder(record), into)
            files += copied
    named = tuple(str(out / file.relative_to(draft)) for file in files)
    return Exported(named, (*losses, *_left_out(left), *missing))


def _writer(folder: Path, fmt: str, graph: Path | None, base: str | None) -> arches.GraphWriter | iiif.Writer | None:
    """The writer that the options ask for; None: the format's own."""
    for given, option, name in ((graph, "A graph", arches.NAME), (base, "A base", iiif.NAME)):
        if given is not None and fmt != name:
            raise NotFound(f"{option} is for the format {name}, not for {fmt}.", hint=f"Add --format {name}.")
    if graph is not None and not graph.is_file():
        raise NotFound(f"There is no file {graph}.")
    if graph is not None:
        return arches.GraphWriter(folder, graph)
    return iiif.Writer(folder, base=base or iiif.BASE) if fmt == iiif.NAME else None


def _copied(folder: Path, into: iiif.Writer) -> tuple[list[Path], list[str]]:
    """Copy the files that manifests show from beside the record; say how many are not there or not as named."""
    copied, absent = [], 0
    for row in into.assets:
        digest = row.data["sha256"]
        found = sorted(folder.glob(f"{digest}*")) if re.fullmatch("[0-9a-f]{64}", digest) else []
        if not found or sha256(found[0].read_bytes()).hexdigest() != digest:
            absent += 1
            continue
        (into.folder / "assets").mkdir(exist_ok=True)
        target = into.folder / "assets" / f"{digest}{iiif.suffix(row.data['media_type'])}"
        shutil.copyfile(found[0], target)
        copied.append(target)
    said = "files do not lie beside the record under their SHA-256 and were not copied."
    return copied, [f"{absent} {said}"] if absent else []


def _held(rows: Iterator[Row], fmt: Format | None, tiers: set[Tier], left: Counter[str]) -> Iterator[Row]:
    """The rows that a format holds; ``left`` counts the others by entity."""
    for row in rows:
        if fmt is None or fmt.holds(row, tiers):
            yield row
            continue
        left[row.entity] += 1
        if row.entity in fmt.names:
            yield row


def _left_out(left: Counter[str]) -> Iterator[str]:
    if left:
        named = ", ".join(f"{REGISTRY[e].title()} {n}" for e, n in sorted(left.items()))
        yield f"{left.total()} claims are left out: {named}."


def is_cited(view: View) -> bool:
    """Whether the view is cited history alone: then whoever imports its export knows it from its sources' dates too.

    With words of a party's own among them, the export says nothing of knowledge, and all counts as known when imported.
    """
    keepers = _keepers(view)
    claims = (c for e in REGISTRY.values() if e is not Product for c in view.claims(e, ever=True))
    return all(c.reported for c in claims if c.uid not in keepers)


def exported(view: View, tiers: set[Tier]) -> Iterator[Row]:
    """Rows of a view's claims, sources and parties first, with the fields of the given tiers only.

    A party that only keeps a feed here, and that no claim speaks of, stays out: another record keeps its own.
    """
    first = ("source", "party", "statement")
    for entity in sorted(REGISTRY.values(), key=lambda e: (e.name() not in first, list(REGISTRY).index(e.name()))):
        if entity is Product:
            continue
        keepers = _keepers(view) if entity is Party else frozenset()
        for claim in view.claims(entity, ever=True):
            if claim.uid in keepers:
                continue
            raised = view.raised.get(claim.entry)
            divided = split_by_tier(entity, claim.body.encode())
            if raised:
                divided = raise_tier(divided, raised)
            data = {k: v for tier, part in divided.items() if tier in tiers for k, v in part.items()}
            if data:
                yield Row(entity.name(), claim.uid, data, claim.source, raised)


def _keepers(view: View) -> frozenset[str]:
    """Parties that keep a feed and that no other claim of the view refers to."""
    keepers = set(view.record.parties().values())
    for entity in REGISTRY.values():
        refs = [f.name for f in entity.fields().values() if f.kind == "ref"]
        for claim in view.claims(entity, ever=True) if refs else ():
            keepers.difference_update(*(_uids(claim, name) for name in refs))
    return frozenset(keepers)


def _uids(claim: Claim[Any], field: str) -> tuple[str, ...]:
    value = getattr(claim.body, field)
    return value if isinstance(value, tuple) else (value,)


def write_template(entity: str, out: Path) -> None:
    """Write an empty table for one entity, or for ``all``.

    Raises
    ------
    NotFound : there is no such entity, or no template in this format.
    NotPermitted : the file exists; it may have been filled in.
    """
    if entity != "all" and entity not in REGISTRY:
        close = nearest(entity, list(REGISTRY))
        raise NotFound(f'There is no entity "{entity}".', hint=f'Did you mean "{close}"?' if close else None)
    if out.exists():
        raise NotPermitted(f"{out} exists already, and may be filled in.", hint="Name another file, or move it away.")
    names = list(REGISTRY) if entity == "all" else [entity]
    if out.suffix == ".xlsx":
        from tetrapylon.formats.tables.xlsx import template

        template(out, names)
    elif out.suffix == ".csv" and len(names) == 1:
        from tetrapylon.formats.tables.csv_write import template as csv_template

        csv_template(out, names[0])
    elif out.suffix == ".xml":
        maxml.template(out, names)
    else:
        raise NotFound(f"No template of {entity} can be written as {out.name}.", hint="Name a file that ends in .xlsx.")
