"""Writing rows out: a case folder in one of the formats, which `case.read_case` reads back without a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from pathlib import Path

from tetrapylon.errors import NotFound, nearest
from tetrapylon.formats.registry import FORMATS, Writer
from tetrapylon.formats.row import Row
from tetrapylon.model import Tier


def write_tables(
    rows: Iterable[Row], folder: str | Path, fmt: str, *, name: str, authority: str, known_from: str = "",
    tiers: Set[Tier] = frozenset({Tier.PUBLIC}), writer: Writer | None = None,
) -> list[Path]:  # fmt: skip
    """Write rows as a case folder: the files of the format and a manifest.

    Parameters
    ----------
    rows : in the order in which they are to be written; they are streamed, one file, sheet or layer per entity. Rows
        that the format does not hold (``FORMATS[fmt].holds``) are left out.
    folder : made where it does not exist; files of the same name are replaced.
    fmt : a name in `registry.FORMATS`.
    name, authority : name and naming authority of the case. known_from : "source date" where rows that name a source
        are cited history, known from the end of its date; "" where all are the party's own words.
    tiers : tiers that are handed out, for formats that carry or point to files with a tier of their own.
    writer : in place of the format's own.

    Returns
    -------
    The files written, the manifest last. The same rows give the same bytes as CSV and GeoJSON, the same values as XLSX
    and GeoPackage; KML loses what ``FORMATS["kml"].losses`` lists.

    Raises
    ------
    NotFound : there is no such format.
    ValueRangeError : a text does not fit the format (XLSX).
    """
    if fmt not in FORMATS:
        near = nearest(fmt, list(FORMATS))
        raise NotFound(
            f'There is no format "{fmt}".', hint=f'Did you mean "{near}"?' if near else f"Choose: {', '.join(FORMATS)}."
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with writer or FORMATS[fmt].writer(folder) as written:
        for row in rows:
            if FORMATS[fmt].holds(row, tiers) or row.entity in FORMATS[fmt].names:
                written.add(row)
    lines = [f"name = {_toml(name)}", f"naming_authority = {_toml(authority)}", 'crs = "EPSG:4326"']
    lines += [f"known_from = {_toml(known_from)}"] if known_from else []
    lines += ["", "[files]"]
    lines += [f"{key} = {_toml(value)}" for key, value in written.files.items()]
    manifest = folder / "manifest.toml"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return [*(folder / file for file in written.files.values()), manifest]


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
