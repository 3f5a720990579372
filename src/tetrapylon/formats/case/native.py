"""Our own columns: those of `Entity.columns`, a geometry, and five that speak of the claim itself."""

from __future__ import annotations

from collections.abc import Sequence

from tetrapylon.formats.case.mapping import FieldSpec, IdSpec, TableSpec
from tetrapylon.formats.sheet import EXTRA, GEOMETRY, LOCAL_ID, SOURCE, TIER, UID
from tetrapylon.model import REGISTRY


def native_table(file: str, entity: str, columns: Sequence[str], sheet: str = "") -> TableSpec:
    """How a table with our own columns is read: every column of the entity that it has.

    A geometry stands in "geometry" (GeoJSON or WKT), "wkt", or "lon" and "lat". The identifier stands in "uid",
    "local_id" or "id". Columns we do not know are kept as unknown fields, save those a format itself adds ("@name").
    """
    there = set(columns)
    specs: dict[str, FieldSpec] = {}
    known = {UID, LOCAL_ID, SOURCE, TIER, EXTRA}
    for name, field in REGISTRY[entity].fields().items():
        if name == LOCAL_ID:
            continue
        names = [column.name for column in field.columns]
        if field.kind == "geometry":
            names = [c for c in (GEOMETRY, name, "wkt", "WKT") if c in there][:1]
            if names:
                specs[name] = FieldSpec(column=names[0])
            elif {"lon", "lat"} <= there:
                names = ["lon", "lat"]
                specs[name] = FieldSpec(lon="lon", lat="lat")
        elif names[0] in there:
            second = names[1] if len(names) > 1 and names[1] in there else ""
            specs[name] = FieldSpec(
                column=names[0],
                precision=second if field.kind == "when" else "",
                bound=second if field.kind == "stated" else "",
            )
        known.update(names)
    id_column = LOCAL_ID if LOCAL_ID in there else "id" if "id" in there else "@id" if UID not in there else ""
    known.update((id_column, "@id", GEOMETRY))
    return TableSpec(
        file=file,
        entity=entity,
        id=IdSpec(id_column if id_column in there else ""),
        fields=specs,
        sheet=sheet,
        source=SOURCE if SOURCE in there else "",
        extra={c: c for c in columns if c and c not in known and c[0] != "@"},
        own=True,
    )
