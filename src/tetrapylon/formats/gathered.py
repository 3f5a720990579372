"""What formats of one nested document (XML, JSON) share: rows gathered from it, and a document written whole or not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import IO, Any, ClassVar, Self

from tetrapylon.formats.flat import Flat, plain
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import GEOMETRY, Record, Sheet
from tetrapylon.formats.tables.cells import guard


class Gathered:
    """Rows by entity, in the order they were met; `sheets` gives them as `case.native` reads them.

    ``file``: name for messages.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._flats: dict[str, Flat] = {}
        self._rows: dict[str, list[Record]] = {}

    def flat(self, entity: str) -> Flat:
        """Columns of an entity."""
        if entity not in self._flats:
            self._flats[entity] = Flat(entity)
            self._rows[entity] = []
        return self._flats[entity]

    def add(self, number: int, row: Row) -> None:
        """Take in one row; its refs and source may be local ids, and its uid may be empty."""
        flat = self.flat(row.entity)
        self.add_values(number, row.entity, flat.values(row), flat.shape(row))

    def add_values(self, number: int, entity: str, values: list[Any], shape: dict[str, Any] | None) -> None:
        """Take in one row as `Flat.values` gives it, with its geometry."""
        flat = self.flat(entity)
        cells: list[Any] = [_cell(value) for value in values]
        if flat.geometry:
            cells.append(shape or "")
        self._rows[entity].append((number, cells))

    def bad(self, number: int, entity: str, bad: Bad) -> None:
        """Note what is wrong with row ``number``, in place of it or beside it."""
        self.flat(entity)
        self._rows[entity].append((number, bad))

    def sheets(self) -> list[Sheet]:
        """One table per entity met."""
        return [self._sheet(entity, flat) for entity, flat in self._flats.items()]

    def _sheet(self, entity: str, flat: Flat) -> Sheet:
        names = (*flat.names, *((GEOMETRY,) if flat.geometry else ()))
        rows = self._rows[entity]
        return Sheet(self.file, entity, names, lambda: iter(rows))


def _cell(value: Any) -> Any:
    """A value as the text that a text table would have."""
    if type(value) is str:
        return guard(value)
    value = plain(value)
    return value if isinstance(value, str) else repr(value)


def partial(path: Path) -> Path:
    """Where a document is written until it is whole."""
    return path.with_name(f"{path.name}.part")


def settle(path: Path, whole: bool) -> None:
    """Put a whole document in its place, or take away what was begun."""
    if whole:
        partial(path).replace(path)
    else:
        partial(path).unlink(missing_ok=True)


class DocumentWriter(ABC):
    """Base of writers of one document that grows row by row; a context manager.

    The document is begun with the first row, and put in its place when it is whole; without a row there is none.
    ``format`` and ``file`` are its name in the manifest and in the folder.
    """

    format: ClassVar[str]
    file: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.path = folder / self.file
        self.out: IO[str] | None = None
        self.flats: dict[str, Flat] = {}

    @property
    def files(self) -> dict[str, str]:
        """Names for the manifest."""
        return {self.format: self.file} if self.out else {}

    def flat(self, entity: str) -> Flat:
        """Columns of an entity."""
        if entity not in self.flats:
            self.flats[entity] = Flat(entity)
        return self.flats[entity]

    def begin(self) -> IO[str]:
        """Open the document."""
        self.out = partial(self.path).open("w", encoding="utf-8", newline="\n")
        return self.out

    @abstractmethod
    def finish(self, out: IO[str]) -> None:
        """Write what comes after the last row."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.out is None:
            return
        whole = False
        try:
            if error is None:
                self.finish(self.out)
                whole = True
        finally:
            self.out.close()
            settle(self.path, whole)
