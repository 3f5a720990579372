"""Archives from strangers: whatever stands in them, they are read or refused with a reason."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tetrapylon.formats import zips
from tetrapylon.formats.problems import Bad

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
TEXT = "hazard areas and monuments " * 40


def archive(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as out:
        out.writestr("folder/doc.kml", TEXT)
        out.writestr("names.csv", "a,b\n1,2\n")
    return made.getvalue()


@pytest.mark.parametrize("method", METHODS)
def test_a_whole_archive_is_unpacked_as_it_was(tmp_path: Path, method: int) -> None:
    path = tmp_path / "whole.zip"
    path.write_bytes(archive(method))
    zips.unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "folder" / "doc.kml").read_text() == TEXT


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(METHODS),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=8),
    st.integers(0, 400),
)
def test_a_damaged_archive_is_refused_or_read_never_an_exception(
    tmp_path: Path, method: int, flips: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(archive(method))
    for at, change in flips:
        content[at % len(content)] ^= change
    path = tmp_path / "damaged.zip"
    path.write_bytes(content[: len(content) - cut])
    assert isinstance(zips.names(path), tuple)
    with TemporaryDirectory() as out, suppress(Bad):
        zips.unpack(path, Path(out))


def test_a_stream_that_cannot_be_inflated_is_named(tmp_path: Path) -> None:
    content = bytearray(archive(zipfile.ZIP_DEFLATED))
    start = content.find(b"doc.kml") + len("doc.kml")
    content[start : start + 20] = b"\xff" * 20
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    with pytest.raises(Bad, match="cannot be unpacked"):
        zips.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("second", ["a/b", "x" * 300])
def test_members_that_cannot_lie_where_they_want_are_named(tmp_path: Path, second: str) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a", "a file")
        out.writestr(second, "another")
    with pytest.raises(Bad, match="cannot be unpacked"):
        zips.unpack(path, tmp_path / "out")
