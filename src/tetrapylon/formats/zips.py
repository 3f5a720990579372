"""Zip archives from strangers: paths that climb out and contents that swell are refused before anything is unpacked."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from tetrapylon.formats.problems import Bad

LARGEST = 2 * 1024**3
"""Bytes all members together may unpack to."""
SWELL = 200
"""Times its packed size one member may unpack to, beyond `SMALL` (text packs 5 to 30 times; bombs 1,000 and more)."""
SMALL = 16 * 1024**2
MOST_MEMBERS = 10_000
UNREADABLE = (zipfile.BadZipFile, OSError, RuntimeError, EOFError, ValueError, zlib.error, lzma.LZMAError)
"""What `zipfile` raises for an archive that is damaged, encrypted, or packed in a way it does not know."""


def names(path: Path) -> tuple[str, ...]:
    """Names in an archive, to tell what a file is; none for a file that is no zip, or a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except UNREADABLE:
        return ()


def check(path: Path) -> list[zipfile.ZipInfo]:
    """Members of an archive, none of which climbs out, hides, or swells.

    Raises
    ------
    Bad : it is no zip, a member's path leads out, or it unpacks to more than the limits.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except UNREADABLE as error:
        raise Bad("", f"is not a readable zip archive: {error}.") from None
    if len(members) > MOST_MEMBERS:
        raise Bad("", f"holds {len(members)} members; {MOST_MEMBERS} are allowed.", code="zip-bomb")
    total = 0
    for member in members:
        pure = PurePosixPath(member.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or member.filename[1:2] == ":" or "\0" in member.orig_filename:
            raise Bad(member.filename, "leads out of the archive.", code="not-permitted")
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            raise Bad(member.filename, "is a link; links are not unpacked.", code="not-permitted")
        total += member.file_size
        swells = member.file_size > SMALL and member.file_size > SWELL * max(1, member.compress_size)
        if swells or total > LARGEST:
            raise Bad(
                member.filename, "unpacks to far more than it weighs: this looks like a zip bomb.", code="zip-bomb"
            )
    return members


def unpack(path: Path, into: Path) -> None:
    """Unpack an archive that `check` accepts; no member may grow beyond the size it declares.

    Raises
    ------
    Bad : as `check`, or a member is longer than it says, damaged, or cannot lie where it wants to.
    """
    members = check(path)
    with zipfile.ZipFile(path) as archive:
        for member in members:
            target = into / PurePosixPath(member.filename.replace("\\", "/"))
            try:
                if member.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(read_member(archive, member))
            except OSError as error:  # a file where another member needs a folder, a name too long, a full disk
                raise Bad(member.filename, f"cannot be unpacked: {error.strerror}.") from None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Bytes of one member.

    Raises
    ------
    Bad : it is damaged, encrypted, or longer than it declares.
    """
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except UNREADABLE as error:
        raise Bad(member.filename, f"cannot be unpacked: {error}.") from None
    if len(content) > member.file_size:
        raise Bad(member.filename, "is longer than the archive says.", code="zip-bomb")
    return content
