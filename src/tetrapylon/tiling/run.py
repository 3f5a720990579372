"""Run a tile function over all tiles: threads or a dask cluster, bounded memory, resume after interruption."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tetrapylon.errors import ValueRangeError
from tetrapylon.tiling.stores import BlockSink, FileArray, Sink, Source
from tetrapylon.tiling.tiles import Tile, Tiling

TileFunction = Callable[..., Any]


@dataclass(frozen=True)
class Done:
    """Tiles computed by this call, and tiles found finished from an interrupted one."""

    computed: int
    resumed: int


def run(
    function: TileFunction,
    tiling: Tiling,
    sources: Sequence[Source],
    sink: Sink,
    *,
    workers: int = 1,
    client: Any = None,
    resume: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Done:
    """Apply ``function(tile, *parts)`` to every tile and write what it returns for the core.

    Parameters
    ----------
    function : pure; given the tile and, of each source, the part in the padded window; returns the core's result.
    workers : threads; at most workers + 1 tiles are in flight, which bounds memory whatever the size of the grid.
    client : a dask.distributed Client instead of threads: the same function, tiles and results. A worker that dies is
        replaced and its tiles are done again. Sources and sink must pickle; a sink that is not shared is written here.
    resume : names the work (function, parameters, inputs). Progress is then kept beside the sink's file, and a later
        call with the same name and tiling goes on where this one was stopped. Needs a FileArray (or blocks of one).
    progress : called with tiles finished and tiles in all.

    Raises
    ------
    ValueRangeError : a tile returned another shape than its core; resume without a file; progress of other work.
    Whatever the function raises; tiles finished before stay finished.
    """
    if workers < 1:
        raise ValueRangeError("At least one worker is needed.")
    journal = None if resume is None else _Journal(_file_of(sink), f"{resume} {tiling}")
    finished = set() if journal is None else journal.finished
    todo = [i for i in range(len(tiling)) if i not in finished]
    count = len(finished)
    steps = _threads(function, tiling, sources, sink, todo, workers) if client is None else None
    for index in steps or _cluster(client, function, tiling, sources, sink, todo):
        count += 1
        if journal is not None:
            sink.flush()
            journal.add(index)
        if progress is not None:
            progress(count, len(tiling))
    return Done(computed=len(todo), resumed=len(finished))


def compute(function: TileFunction, tile: Tile, sources: Sequence[Source], sink: Sink | None) -> Any:
    """One tile: read, apply, and write when given a sink, else return the result. Doing it twice changes nothing."""
    result = function(tile, *(source.read(tile.padded) for source in sources))
    if sink is None:
        return result
    sink.write(tile.core, result)
    return None


def _threads(
    function: TileFunction, tiling: Tiling, sources: Sequence[Source], sink: Sink, todo: Sequence[int], workers: int
) -> Iterator[int]:
    rest = iter(todo)
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[Any], int] = {}
        try:
            while True:
                for index in rest:
                    running[pool.submit(compute, function, tiling[index], sources, sink)] = index
                    if len(running) > workers:
                        break
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    index = running.pop(future)
                    future.result()
                    yield index
        finally:
            for future in running:
                future.cancel()


def _cluster(
    client: Any, function: TileFunction, tiling: Tiling, sources: Sequence[Source], sink: Sink, todo: Sequence[int]
) -> Iterator[int]:
    from distributed import as_completed

    remote_sink = sink if sink.shared else None
    rest = iter(todo)

    def submit(index: int) -> Any:
        future = client.submit(compute, function, tiling[index], sources, remote_sink, pure=False, retries=2)
        indices[future.key] = index
        return future

    indices: dict[str, int] = {}
    width = max(2, 2 * sum(client.nthreads().values()))
    stream: Any = as_completed([submit(i) for _, i in zip(range(width), rest, strict=False)])  # type: ignore[no-untyped-call]
    for future in stream:
        result = future.result()
        index = indices.pop(future.key)
        future.release()
        if remote_sink is None:
            sink.write(tiling[index].core, result)
        for following in rest:
            stream.add(submit(following))
            break
        yield index


class _Journal:
    """Finished tiles, one line each, durable line by line; a torn last line counts as not finished."""

    def __init__(self, file: FileArray, work: str) -> None:
        self.path: Path = file.path.with_name(file.path.name + ".done")
        head = hashlib.sha256(work.encode()).hexdigest()
        if not self.path.exists():
            self._append(head)
        lines = self.path.read_text().split("\n")
        if lines[0] != head:
            raise ValueRangeError(
                f"{self.path.name} holds the progress of other work.",
                hint="Create the output anew, or resume with the same tiling and parameters.",
            )
        self.finished = {int(line) for line in lines[1:-1]}
        if lines[-1]:  # torn by a crash
            self.path.write_text("\n".join([*lines[:-1], ""]))

    def add(self, index: int) -> None:
        self._append(str(index))

    def _append(self, line: str) -> None:
        with self.path.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def _file_of(sink: Sink) -> FileArray:
    inner = sink.sink if isinstance(sink, BlockSink) else sink
    if not isinstance(inner, FileArray):
        raise ValueRangeError("Work can only be resumed when its output lies in a file.")
    return inner
