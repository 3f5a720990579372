"""Files of the user's choosing: each is written beside its place first and then put there, or nothing is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tetrapylon.errors import NotPermitted

HINT = "Name another place with --out."


def put(path: Path, data: bytes) -> None:
    """Write a file; the folder is made where there is none.

    Raises
    ------
    NotPermitted : it is a folder, or cannot be written.
    """
    in_folder(path.parent, {path.name: lambda draft: draft.write_bytes(data)})


def in_folder(folder: Path, files: Mapping[str, Callable[[Path], object]]) -> tuple[str, ...]:
    """Write files into a folder, all or none; it is made where there is none.

    Parameters
    ----------
    files : by name, what writes the file to the path it is given.

    Raises
    ------
    NotPermitted : the folder or a file in it cannot be written.
    """
    taken = next((path for path in (folder / name for name in files) if path.is_dir()), None)
    if taken is not None:
        raise NotPermitted(f"{taken} is a folder, not a file.", hint=HINT)
    if folder.exists() and not folder.is_dir():
        raise NotPermitted(f"{folder} is a file, not a folder.", hint=HINT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as there:
            for name, write in files.items():
                write(Path(there) / name)
            for name in files:
                (Path(there) / name).replace(folder / name)
    except OSError as error:
        raise NotPermitted(f"Nothing can be written into {folder}: {error.strerror or error}.", hint=HINT) from error
    return tuple(str(folder / name) for name in files)
