"""The manifest of a case: its name, naming authority, site and files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tetrapylon.formats.problems import Problems

MANIFEST = "manifest.toml"


@dataclass(frozen=True)
class Manifest:
    """What a case says about itself.

    ``authority``: naming authority; uids are UUIDv5 of it, the entity and the local id. ``extent``: west, south, east,
    north in degrees within which positions of the case lie. ``files``: name to the paths it stands for, relative to
    the folder. ``mapping``: path of the mapping file, "" where the columns are our own.
    """

    name: str
    authority: str
    title: str = ""
    site: str = ""
    crs: str = "EPSG:4326"
    banner: str = ""
    known_from: str = ""
    licence: str = ""
    extent: tuple[float, float, float, float] | None = None
    mapping: str = ""
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_manifest(folder: Path, problems: Problems) -> Manifest:
    """Read ``manifest.toml`` of a case folder; what is wrong with it goes to ``problems``.

    Paths are refused that are absolute, climb with "..", or lead out of the folder by a link.
    """
    path = folder / MANIFEST
    if not path.is_file():
        problems.add(MANIFEST, 0, "", "", f"There is no {MANIFEST} in {folder.name or folder}.", code="not-found")
        return Manifest(name=folder.name, authority="")
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(MANIFEST, 0, "", "", f"This is not readable TOML: {error}.")
        return Manifest(name=folder.name, authority="")
    authority = raw.get("naming_authority", "")
    if not isinstance(authority, str) or not authority.strip():
        problems.add(MANIFEST, 0, "naming_authority", "", "A naming authority is needed: stable uids are made from it.")
        authority = ""
    crs = str(raw.get("crs", "EPSG:4326"))
    if crs.upper() not in ("EPSG:4326", "OGC:CRS84"):
        problems.add(
            MANIFEST, 0, "crs", crs, "Positions must be longitude and latitude on WGS 84.", "EPSG:4326", "geometry"
        )
    return Manifest(
        name=str(raw.get("name", folder.name)),
        authority=authority,
        title=str(raw.get("title", "")),
        site=str(raw.get("site", "")),
        crs=crs,
        banner=str(raw.get("banner", "")),
        known_from=str(raw.get("known_from", "")),
        licence=str(raw.get("licence", "")),
        extent=_extent(raw.get("extent"), problems),
        mapping=_mapping(folder, raw.get("mapping"), problems),
        files=_files(folder, raw.get("files", {}), problems),
    )


def _extent(value: Any, problems: Problems) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 4 and all(type(v) in (int, float) for v in value):
        west, south, east, north = map(float, value)
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    problems.add(MANIFEST, 0, "extent", value, "The extent is four numbers in degrees: [west, south, east, north].")
    return None


def _mapping(folder: Path, value: Any, problems: Problems) -> str:
    if value is None:
        return "mapping.toml" if (folder / "mapping.toml").is_file() else ""
    inside = _inside(folder, value, "mapping", problems)
    return inside or ""


def _files(folder: Path, table: Any, problems: Problems) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        problems.add(MANIFEST, 0, "files", table, "[files] is a table of names and paths.")
        return {}
    files: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        paths = value if isinstance(value, list) else [value]
        inside = [p for p in (_inside(folder, path, f"files.{name}", problems) for path in paths) if p]
        files[name] = tuple(inside)
    return files


def _inside(folder: Path, value: Any, where: str, problems: Problems) -> str | None:
    """The path if it is a file inside the folder, else None with the reason noted."""
    if not isinstance(value, str) or not value:
        problems.add(MANIFEST, 0, where, value, "A path is text.")
        return None
    pure = PurePosixPath(value.replace("\\", "/"))
    climbs = pure.is_absolute() or ".." in pure.parts or (len(value) > 1 and value[1] == ":") or "\0" in value
    if climbs or not (folder / pure).resolve().is_relative_to(folder.resolve()):
        problems.add(MANIFEST, 0, where, value, "The path leads out of the case folder.", code="not-permitted")
        return None
    if not (folder / pure).is_file():
        from tetrapylon.errors import nearest

        there = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        problems.add(MANIFEST, 0, where, value, "There is no such file.", nearest(value, there), "not-found")
        return None
    return pure.as_posix()
