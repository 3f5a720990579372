"""Reading GeoJSON one feature at a time, so that a file larger than memory can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tetrapylon.formats.problems import Bad
from tetrapylon.formats.sheet import GEOMETRY, Record, Sheet
from tetrapylon.formats.tables.cells import join_many

FEATURE_ID = "@id"
"""Column of a feature's own id."""
LARGEST_FEATURE = 512 * 1024 * 1024
"""Characters one feature may have."""
_CHUNK = 1 << 20
_WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "urn:ogc:def:crs:OGC::CRS84")


def sniff(path: Path) -> bool:
    """True for a file that begins as a GeoJSON collection or feature."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] != b"{" or b'"business_data"' in start:  # Arches data holds feature collections of its own
        return False
    return b"Feature" in start or path.suffix.lower() in (".geojson", ".geojsonl")


def read(path: Path, *, file: str = "") -> Sheet:
    """The features of a file as a table: their id as "@id", their properties, and the geometry.

    Raises
    ------
    Bad : the file is not GeoJSON, or names another reference system than WGS 84.
    """
    columns: dict[str, None] = {FEATURE_ID: None}
    for feature in _features(path):
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
            columns.update(dict.fromkeys(feature["properties"]))
    columns.pop(GEOMETRY, None)
    names = (*columns, GEOMETRY)
    return Sheet(file or path.name, "", names, lambda: _records(path, names))


def _records(path: Path, names: tuple[str, ...]) -> Iterator[Record]:
    properties = names[1:-1]
    number = 0
    try:
        for number, feature in enumerate(_features(path), start=1):
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                yield number, Bad(str(feature)[:60], "is not a GeoJSON feature.")
                continue
            values = feature.get("properties") or {}
            cells = [_text(feature.get("id")), *(_text(values.get(p)) for p in properties), feature.get("geometry")]
            yield number, cells
    except Bad as bad:
        yield number + 1, bad


def _text(value: Any) -> str:
    """A property as the text a table would have."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return join_many(value)
    return repr(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def _features(path: Path) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from _Scanner(file).features()
    except UnicodeDecodeError:
        raise Bad("", "is not UTF-8 text. Save the file as UTF-8.", code="encoding") from None
    except RecursionError:
        raise Bad("", "is nested too deeply to be GeoJSON.") from None


class _Scanner:
    """Walks the members of the outermost object and yields the features inside "features"."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.text, self.at, self.ended = file, "", 0, False
        self.keep = True  # what the file is may stand after what it holds
        self.decoder = json.JSONDecoder()

    def features(self) -> Iterator[Any]:
        self._expect("{")
        first = self.at
        kind = None
        while self._peek() != "}":
            key = self._value()
            self._expect(":")
            if key == "features":
                yield from self._list()
                kind = "FeatureCollection"
            else:
                value = self._value()
                if key == "type":
                    kind = value
                if key == "type" and value == "Feature":  # a single feature, or one per line
                    yield from self._lines(first)
                    return
                if key == "crs":
                    _check_crs(value)
            if self._peek() == ",":
                self.at += 1
        if kind != "FeatureCollection":
            raise Bad(str(kind), "is not a GeoJSON FeatureCollection.")

    def _lines(self, first: int) -> Iterator[Any]:
        self.at, self.keep = first - 1, False
        while self._peek():
            yield self._value()

    def _list(self) -> Iterator[Any]:
        self._expect("[")
        self.keep = False
        while self._peek() != "]":
            yield self._value()
            if self._peek() == ",":
                self.at += 1
        self.at += 1

    def _peek(self) -> str:
        """Next character that is not white space; "" at the end of the file."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def _expect(self, character: str) -> None:
        found = self._peek()
        if found != character:
            if not found:
                raise Bad("", "The file ends in the middle: it is cut off.")
            raise Bad(self.text[self.at : self.at + 20], f'stands where "{character}" is expected.')
        self.at += 1

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.at)
                if end < len(self.text) or self.ended or self.text[end - 1] in '}]"':
                    break
            except json.JSONDecodeError as error:
                if self.ended:
                    cut = error.pos >= len(self.text.rstrip()) - 1
                    reason = "The file ends in the middle: it is cut off." if cut else f"is not JSON: {error.msg}."
                    raise Bad(self.text[error.pos : error.pos + 20], reason) from None
            self._more()
        self.at = end
        return value

    def _more(self) -> bool:
        """Read on; what was consumed is dropped, and the steps grow with what is pending: few are in vain."""
        if self.ended:
            return False
        if not self.keep and self.at > _CHUNK:
            self.text, self.at = self.text[self.at :], 0
        pending = len(self.text) - self.at
        if pending > LARGEST_FEATURE:
            raise Bad("", f"A feature is longer than {LARGEST_FEATURE} characters.")
        chunk = self.file.read(max(_CHUNK, 3 * pending))
        self.ended = not chunk
        self.text += chunk
        return bool(chunk)


def _check_crs(crs: Any) -> None:
    name = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    if crs is not None and name not in _WGS84:
        raise Bad(
            str(name or crs)[:60], "is not WGS 84: GeoJSON holds longitude and latitude.", "EPSG:4326", "geometry"
        )
