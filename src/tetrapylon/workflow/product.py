"""A product: what an engine computed, and from which view of the record; kept only when asked."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from shapely.geometry.base import BaseGeometry

from tetrapylon import __version__
from tetrapylon.model import Product as Kept
from tetrapylon.model import Tier, When
from tetrapylon.model.entity import Entity
from tetrapylon.model.field import geometry_to_json
from tetrapylon.record.record import Record
from tetrapylon.record.store import is_address
from tetrapylon.record.view import View
from tetrapylon.settings import assets_folder

R = TypeVar("R")


@dataclass(frozen=True)
class Product(Generic[R]):
    """``result`` of the computation ``kind``; the view knows what was read for it.

    ``tier``: lowest tier the result may be kept in, whatever was read for it (a schedule of teams is restricted).
    """

    kind: str
    result: R
    view: View
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tier: Tier = Tier.PUBLIC

    @property
    def highest_tier(self) -> Tier:
        """Highest tier of what was read and of the result itself."""
        return Tier.highest((self.tier, self.view.highest_tier))

    def data(self) -> dict[str, Any]:
        """The product as JSON data, with its provenance."""
        return {
            "kind": self.kind,
            "software": f"tetrapylon {__version__}",
            "view": self.view.arguments(),
            "inputs_digest": self.view.digest(),
            "parameters": dict(self.parameters),
            "result": as_json(self.result),
        }

    def text(self) -> str:
        """The product as JSON text."""
        return json.dumps(self.data(), ensure_ascii=False, indent=2)


def keep(record: Record, product: Product[Any], *, author: str | None = None) -> str:
    """Append a Product claim and put its artefact beside the record; returns the artefact's SHA-256.

    Raises
    ------
    NotPermitted : the record has no feed of this side.
    """
    artefact = product.text().encode()
    digest = sha256(artefact).hexdigest()
    folder = asset_folder(record)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{digest}.json"
    draft = target.with_suffix(".tmp")
    draft.write_bytes(artefact)
    draft.replace(target)
    body = Kept(
        kind=product.kind,
        made=When(dt.datetime.now(dt.UTC).date()),
        software=f"tetrapylon {__version__}",
        parameters=json.dumps(as_json(product.parameters), sort_keys=True, ensure_ascii=False),
        view=json.dumps(product.view.arguments(), sort_keys=True),
        heads=json.dumps(record.heads(), sort_keys=True),
        inputs_digest=product.view.digest(),
        artefact_sha256=digest,
        highest_tier=product.highest_tier.value,
    )
    with record.writing(author) as writer:
        writer.claim(body, tier=product.highest_tier)
    return digest


def asset_folder(record: Record) -> Path:
    """Folder where artefacts and assets lie, named by SHA-256: beside the file; for a database where settings say."""
    if is_address(record.store.location):
        return assets_folder()
    return Path(f"{record.store.location}.assets")


def as_json(value: Any) -> Any:
    """Dataclasses, entities, vocabularies, dates and arrays as JSON data; infinite numbers as null."""
    if isinstance(value, Entity):
        return value.encode()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseGeometry):
        return geometry_to_json(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(as_json(k)): as_json(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {k: as_json(v) for k, v in value._asdict().items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [as_json(v) for v in value]
        return sorted(items) if isinstance(value, (set, frozenset)) else items
    if hasattr(value, "tolist"):
        return as_json(value.tolist())
    return value
