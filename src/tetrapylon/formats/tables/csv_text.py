"""CSV and other separated text: encoding and separator found out, rows streamed, rows that cannot be read named.

RFC 4180 with UTF-8; also read: a byte-order mark, UTF-16, semicolons, tabs and bars as separators.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tetrapylon.formats.problems import Bad
from tetrapylon.formats.sheet import Record, Sheet

SEPARATORS = ",;\t|"
LARGEST_CELL = 256 * 1024 * 1024
"""Characters one cell may hold; a polygon of 10^6 vertices as WKT has about 40 million."""

csv.field_size_limit(LARGEST_CELL)


def sniff(path: Path) -> bool:
    """True for a text file whose first line is cut by a separator; False for anything binary."""
    with path.open("rb") as file:
        start = file.read(4096)
    if path.suffix.lower() in (".csv", ".tsv"):
        return True
    if start.lstrip()[:1] in (b"{", b"[", b"<") or start[:2] == b"PK":
        return False
    try:
        text = start.decode(_encoding(start), errors="ignore")
    except LookupError:  # pragma: no cover - encodings named here exist
        return False
    first = text.partition("\n")[0]
    return "\0" not in text and any(s in first for s in SEPARATORS)


def read(path: Path, *, file: str = "") -> Sheet:
    """The table in a file.

    Raises
    ------
    Bad : no header, a heading twice, or the text cannot be decoded.
    """
    name = file or path.name
    with path.open("rb") as raw:
        start = raw.read(65536)
    encoding = _encoding(start)
    separator = _separator(path, encoding)
    header = next(_lines(path, encoding, separator), None)
    if header is None or not any(h.strip() for h in header):
        raise Bad("", "The file has no header row.")
    columns = tuple(h.strip() for h in header)
    doubled = sorted({c for c in columns if c and columns.count(c) > 1})
    if doubled:
        raise Bad(doubled[0], "stands twice in the header.")
    return Sheet(name, "", columns, lambda: _records(path, encoding, separator, len(columns)))


def _encoding(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) >= 4 and start[1:64:2].count(0) > len(start[1:64:2]) * 0.6:
        return "utf-16-le"
    if len(start) >= 4 and start[0:64:2].count(0) > len(start[0:64:2]) * 0.6:
        return "utf-16-be"
    return "utf-8"


def _separator(path: Path, encoding: str) -> str:
    """The separator that cuts the header into most columns; a comma where none does."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline(65536)
        if first.lower().startswith("sep=") and len(first.strip()) == 5:
            first = file.readline(65536)
    return max(SEPARATORS, key=lambda s: (len(next(csv.reader([first], delimiter=s), [])), -SEPARATORS.index(s)))


def _open(path: Path, encoding: str) -> IO[str]:
    return path.open(encoding=encoding, newline="")


def _lines(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    with _open(path, encoding) as file:
        try:
            for row in csv.reader(file, delimiter=separator, strict=True):
                if row and not (len(row) == 1 and row[0].lower().startswith("sep=")):
                    yield row
        except UnicodeDecodeError as error:
            raise _undecodable(error) from None
        except csv.Error as error:
            raise Bad("", _in_words(error)) from None


def _records(path: Path, encoding: str, separator: str, width: int) -> Iterator[Record]:
    """Rows under the header; in place of the cells a `Bad` where a row has another number of them."""
    number = 1
    with _open(path, encoding) as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        started = False
        while True:
            try:
                for row in reader:
                    if not started:
                        started = not (len(row) == 1 and row[0].lower().startswith("sep=")) and bool(row)
                        continue
                    number += 1
                    if len(row) == width:
                        yield number, row
                    elif row:
                        yield number, _bad_width(row, width)
                return
            except UnicodeDecodeError as error:
                yield number + 1, _undecodable(error)
                return
            except csv.Error as error:
                number += 1
                yield number, Bad("", _in_words(error))
                if "unexpected end" in str(error):
                    return


def _bad_width(row: list[str], width: int) -> Bad:
    few = len(row) < width
    why = "the row, or the file, may be cut off" if few else "a separator inside a text needs quotes around the text"
    return Bad(row[0], f"has {len(row)} cells where the header has {width}: {why}.")


def _undecodable(error: UnicodeDecodeError) -> Bad:
    return Bad(
        error.object[error.start : error.start + 4].hex(" "),
        f"is not {error.encoding.upper()} text. Save the file as UTF-8.",
        code="encoding",
    )


def _in_words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "A quoted text never ends: the file is cut off, or a quotation mark is missing."
    if "NUL" in text:
        return "The row holds a NUL character: this is not a text table, or the file is damaged."
    if "field larger" in text:
        return f"A cell is longer than {LARGEST_CELL} characters."
    return f"The row is not readable: {text}."
