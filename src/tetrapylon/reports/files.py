"""Files of the user's choosing: each is written beside its place first and then put there, or nothing is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tetrapylon.errors import NotPermitted
from tetrapylon.record.store import is_record

HINT = "Name another place with --out."


def put(path: Path, data: bytes) -> None:
    """Write a file; the folder is made where there is none.

    Raises
    ------
    NotPermitted : see `spare`, or it cannot be written.
    """
    in_folder(path.parent, {path.name: lambda draft: draft.write_bytes(data)})


def in_folder(folder: Path, files: Mapping[str, Callable[[Path], object]]) -> tuple[str, ...]:
    """Write files into a folder, all or none; it is made where there is none.

    Parameters
    ----------
    files : by name, what writes the file to the path it is given.

    Raises
    ------
    NotPermitted : see `drafted`.
    """
    for name in files:
        spare(folder / name)
    with drafted(folder) as draft:
        for name, write in files.items():
            write(draft / name)
    return tuple(str(folder / name) for name in files)


@contextmanager
def drafted(folder: Path) -> Iterator[Path]:
    """A folder to write into; what lies in it at the end is put into ``folder``, which is made where there is none.

    Raises
    ------
    NotPermitted : the folder is a file, cannot be written into, or one of the files may not be replaced (`spare`).
    """
    if folder.exists() and not folder.is_dir():
        raise NotPermitted(f"{folder} is a file, not a folder.", hint=HINT)
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as there:
            draft = Path(there)
            yield draft
            places = {file: folder / file.relative_to(draft) for file in sorted(draft.rglob("*")) if file.is_file()}
            for place in places.values():
                spare(place)
            for file, place in places.items():
                place.parent.mkdir(parents=True, exist_ok=True)
                file.replace(place)
    except OSError as error:
        raise NotPermitted(f"Nothing can be written into {folder}: {error.strerror or error}.", hint=HINT) from error
    finally:
        if new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def spare(path: Path) -> Path:
    """The path itself, where a file may be written or replaced.

    Raises
    ------
    NotPermitted : a folder, a device or a record lies there.
    """
    if path.is_dir():
        raise NotPermitted(f"{path} is a folder, not a file.", hint=HINT)
    if path.exists() and not path.is_file():
        raise NotPermitted(f"{path} is a device, not a file.", hint=HINT)
    if is_record(path):
        raise NotPermitted(f"{path} is a record: nothing is written over it.", hint=HINT)
    return path
