"""Where tiles read from and write to: arrays in memory, .npy files larger than memory, point clouds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.grid import Window
from tetrapylon.tiling.tiles import coarsen


class Source(Protocol):
    """Anything that gives the part of itself that lies in a window."""

    def read(self, window: Window) -> Any: ...


class Sink(Protocol):
    """Anything that takes the result of a window. ``shared``: workers in other processes write to the same place."""

    @property
    def shared(self) -> bool: ...

    def write(self, window: Window, result: Any) -> None: ...

    def flush(self) -> None:
        """Return when everything written is durable."""


@dataclass(frozen=True)
class MemoryArray:
    """An array (..., rows, columns) in memory, as source and sink."""

    array: NDArray[Any]
    shared: bool = False

    def read(self, window: Window) -> NDArray[Any]:
        return self.array[(..., *window.slices)]

    def write(self, window: Window, result: Any) -> None:
        self.array[(..., *window.slices)] = _checked(result, (*self.array.shape[:-2], window.rows, window.cols))

    def flush(self) -> None:
        pass


@dataclass(frozen=True)
class FileArray:
    """An array (..., rows, columns) in a .npy file, read and written by windows; never mapped nor loaded whole.

    Make one with `create` or `open`. It pickles as its path, so workers of a cluster with a common file system share
    it. Windows may be written in any order, from any number of threads and processes, as long as they are disjoint.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    shared: bool = True

    @classmethod
    def create(cls, path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> FileArray:
        """New file of zeros (sparse where the file system can); forgets the progress of an earlier run on this path."""
        kind = np.dtype(dtype)
        if kind.hasobject or len(shape) < 2:
            raise ValueRangeError("A file array needs numbers in at least two dimensions.")
        header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        path.with_name(path.name + ".done").unlink(missing_ok=True)
        with path.open("wb") as file:
            np.lib.format.write_array_header_2_0(file, header)
            offset = file.tell()
            file.truncate(offset + int(np.prod(shape, dtype=np.int64)) * kind.itemsize)
        return cls(path, shape, kind, offset)

    @classmethod
    def open(cls, path: Path) -> FileArray:
        """A .npy file as it stands; ValueRangeError when not in C order or of fewer than two dimensions."""
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, kind = read(file)
            if fortran or len(shape) < 2 or kind.hasobject:
                raise ValueRangeError(
                    f"{path.name}: only numbers in C order with at least two dimensions can be tiled."
                )
            return cls(path, shape, kind, file.tell())

    def read(self, window: Window) -> NDArray[Any]:
        out = np.empty((*self.shape[:-2], window.rows, window.cols), self.dtype)
        with self.path.open("rb", buffering=0) as file:
            for position, line in self._lines(window, out):
                file.seek(position)
                if file.readinto(line.data.cast("B")) != line.nbytes:
                    raise ValueRangeError(f"{self.path.name} is shorter than its header says.")
        return out

    def write(self, window: Window, result: Any) -> None:
        wanted = (*self.shape[:-2], window.rows, window.cols)
        array = np.ascontiguousarray(_checked(result, wanted), self.dtype)
        with self.path.open("r+b", buffering=0) as file:
            for position, line in self._lines(window, array):
                file.seek(position)
                file.write(line.data.cast("B"))

    def flush(self) -> None:
        with self.path.open("r+b") as file:
            os.fsync(file.fileno())

    def _lines(self, window: Window, array: NDArray[Any]) -> list[tuple[int, NDArray[Any]]]:
        """Position in the file and memory of each contiguous run of the window."""
        rows, columns = self.shape[-2:]
        if window.row < 0 or window.col < 0 or window.row + window.rows > rows:
            raise ValueRangeError(f"{window} lies outside {rows} x {columns} cells.")
        if window.col + window.cols > columns:
            raise ValueRangeError(f"{window} lies outside {rows} x {columns} cells.")
        bands = array.reshape(-1, window.rows, window.cols)
        whole = window.cols == columns
        lines = []
        for band, plane in enumerate(bands):
            for i, run in enumerate([plane.reshape(-1)] if whole else list(plane)):
                cell = (band * rows + window.row + i) * columns + window.col
                lines.append((self.offset + cell * self.dtype.itemsize, run))
        return lines


@dataclass(frozen=True)
class BlockSink:
    """Takes one value for each block of ``block`` x ``block`` cells: tiles must be aligned to blocks."""

    sink: MemoryArray | FileArray
    block: int

    @property
    def shared(self) -> bool:
        return self.sink.shared

    def write(self, window: Window, result: Any) -> None:
        self.sink.write(coarsen(window, self.block), result)

    def flush(self) -> None:
        self.sink.flush()


@dataclass(frozen=True)
class Cloud:
    """Points of a window: their index in the whole cloud, ascending, and their coordinates (n, k)."""

    index: NDArray[np.int64]
    points: NDArray[Any]


class PointSource:
    """A point cloud seen through a grid.

    Parameters
    ----------
    points : (n, k), the first two columns x and y, m; may be a memory map.
    origin : x, y of the north-west corner of the grid, m. cell : side of a cell, m. shape : rows and columns.

    Raises
    ------
    ValueRangeError : a point outside the grid, or NaN.
    """

    def __init__(
        self, points: NDArray[Any], *, origin: tuple[float, float], cell: float, shape: tuple[int, int]
    ) -> None:
        column = np.floor((points[:, 0] - origin[0]) / cell)
        row = np.floor((origin[1] - points[:, 1]) / cell)
        if not np.all((column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])):
            raise ValueRangeError("A point lies outside the grid or is not a number.")
        key = (row * shape[1] + column).astype(np.int64)
        self.points, self.shape = points, shape
        self.order = np.argsort(key, kind="stable")
        self.key = key[self.order]

    def read(self, window: Window) -> Cloud:
        first = (window.row + np.arange(window.rows)) * self.shape[1] + window.col
        begin, end = np.searchsorted(self.key, first), np.searchsorted(self.key, first + window.cols)
        parts = [self.order[b:e] for b, e in zip(begin, end, strict=True)]
        index = np.sort(np.concatenate(parts)).astype(np.int64)
        return Cloud(index, self.points[index])


@dataclass(frozen=True)
class PointSink:
    """Takes values (n, ...) at the indices of the points of a tile's core, as a pair (index, values)."""

    values: NDArray[Any]
    shared: bool = False

    def write(self, window: Window, result: tuple[NDArray[np.int64], ArrayLike]) -> None:
        index, values = result
        self.values[index] = values

    def flush(self) -> None:
        pass


def _checked(result: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    array = np.asarray(result)
    if array.shape != shape:
        raise ValueRangeError(f"A tile returned {array.shape}, but its core is {shape}.")
    return array
