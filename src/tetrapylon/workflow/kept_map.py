"""Contamination maps that were kept in a record, found again with their files."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from tetrapylon.errors import NotFound, RecordDamaged
from tetrapylon.model import Product as Kept
from tetrapylon.record.record import Record
from tetrapylon.workflow.field_map import KIND, FieldMap, opened_map
from tetrapylon.workflow.product import asset_folder

__all__ = ["KIND", "kept_map"]


def kept_map(record: Record, product: Kept) -> FieldMap | None:
    """The map of a kept product, its file looked for where it was written and beside the record; None: refused then.

    Raises
    ------
    NotFound : the file is gone. RecordDamaged : the artefact is not beside the record, or the file was changed since.
    """
    artefact = asset_folder(record) / f"{product.artefact_sha256}.json"
    if not artefact.is_file() or sha256(content := artefact.read_bytes()).hexdigest() != product.artefact_sha256:
        raise RecordDamaged(f"The artefact {artefact.name} of a kept map is not beside the record as it was kept.")
    field = json.loads(content)["result"]["field"]
    if field is None:
        return None
    written = Path(field["file"])
    for path in (written, asset_folder(record).parent / written.name):
        if path.is_file():
            found = opened_map(path)
            if found.sha256 == field["sha256"]:
                return found
            raise RecordDamaged(f"{path.name} is not the map that was kept: it was changed since.")
    raise NotFound(f"The file {written.name} of a kept map is gone.", hint="Put it beside the record.")
