"""Every format in one frozen table: how it is recognised, read and written, and what it cannot keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from tetrapylon.formats import arches, geojson, geopackage, iiif, kml, linked_art, maxml, zips
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import Sheet
from tetrapylon.formats.tables import csv_text, csv_write, xlsx
from tetrapylon.model import Tier


class Writer(Protocol):
    """What a format writes with: a context manager that takes rows; ``files`` then names what was written."""

    @property
    def files(self) -> dict[str, str]: ...
    def add(self, row: Row) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True)
class Format:
    """One exchange format.

    ``stable``: "bytes" or "values" that survive export, import, export. ``entities``: those it can hold; empty: all.
    ``admits``: whether a row may leave in it when the given tiers are handed out; None: the fields decide. ``names``:
    entities whose rows its writer takes for the names of things alone.
    """

    name: str
    title: str
    sniff: Callable[[Path], bool]
    read: Callable[..., list[Sheet]]
    writer: Callable[[Path], Writer]
    stable: str
    losses: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()
    admits: Callable[[Row, Set[Tier]], bool] | None = None
    names: frozenset[str] = frozenset()

    def holds(self, row: Row, tiers: Set[Tier] = frozenset({Tier.PUBLIC})) -> bool:
        """Whether a row is written in this format when the given tiers are handed out."""
        return (not self.entities or row.entity in self.entities) and (self.admits is None or self.admits(row, tiers))


def _single(read: Callable[..., Sheet]) -> Callable[..., list[Sheet]]:
    return lambda path, *, file="": [read(path, file=file)]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        f.name: f
        for f in (
            Format(
                "xlsx", "XLSX", xlsx.sniff, xlsx.read, xlsx.Writer, "values",
                (f"A text longer than {xlsx.LONGEST} characters cannot be written.",),
            ),
            Format("gpkg", "GeoPackage", geopackage.sniff, geopackage.read, geopackage.Writer, "values"),
            Format("maxml", "maXML", maxml.sniff, maxml.read, maxml.Writer, "values", maxml.LOSSES),
            Format("kml", "KML", kml.sniff, _single(kml.read), kml.Writer, "values", kml.LOSSES),
            Format(
                iiif.NAME, "IIIF", iiif.sniff, iiif.read, iiif.Writer, "values", iiif.LOSSES, iiif.ENTITIES,
                iiif.admits, iiif.NAMES,
            ),
            Format(
                "linked-art", "Linked Art", linked_art.sniff, linked_art.read, linked_art.Writer, "values",
                linked_art.LOSSES, linked_art.ENTITIES,
            ),
            Format("arches", "Arches", arches.sniff, arches.read, arches.Writer, "values", arches.LOSSES),
            Format("geojson", "GeoJSON", geojson.sniff, _single(geojson.read), geojson.Writer, "bytes"),
            Format("csv", "CSV", csv_text.sniff, _single(csv_text.read), csv_write.Writer, "bytes"),
        )
    }
)  # fmt: skip
"""Formats in the order in which a file is tried."""


def open_sheets(path: Path, *, file: str = "") -> list[Sheet]:
    """The tables of a file in whatever format it is; its content decides, not its name.

    Raises
    ------
    Bad : the format is not known, or the file is not what it says.
    """
    for known in FORMATS.values():
        if known.sniff(path):
            return known.read(path, file=file or path.name)
    titles = ", ".join(f.title for f in FORMATS.values())
    raise Bad(file or path.name, f"is in no format that can be read ({titles}).", code="format")


def is_zipped_case(path: Path) -> bool:
    """True for a zip that holds a manifest."""
    return any(PurePosixPath(n).name == "manifest.toml" for n in zips.names(path))


def unpack_case(path: Path, into: Path) -> Path:
    """Unpack a zipped case and return the folder of its manifest.

    Raises
    ------
    Bad : a path leads out, or the archive looks like a bomb.
    """
    zips.unpack(path, into)
    return min(into.rglob("manifest.toml"), key=lambda p: len(p.parts)).parent
