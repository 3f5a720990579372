"""Tiling: the same result however the work is split, stopped, resumed or shared."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tetrapylon.errors import ValueRangeError
from tetrapylon.tiling import (
    BlockSink,
    Cloud,
    FileArray,
    MemoryArray,
    PointSink,
    PointSource,
    Tile,
    Tiling,
    Window,
    block_spread,
    block_sum,
    chunk_for,
    grow,
    run,
)

HALO = 8


def smooth(tile: Tile, grid: np.ndarray) -> np.ndarray:
    """Gaussian of 2 cells; looks 8 cells far, and beyond the edge of the grid sees zeros."""
    return tile.crop(ndimage.gaussian_filter(grid.astype(float), 2.0, radius=HALO, mode="constant", axes=(-2, -1)))


def slow_smooth(tile: Tile, grid: np.ndarray) -> np.ndarray:
    time.sleep(0.15)
    return smooth(tile, grid)


def sum_of_blocks(tile: Tile, grid: np.ndarray) -> np.ndarray:
    return block_sum(grid, 4)


def whole(grid: np.ndarray) -> np.ndarray:
    window = Window(0, 0, *grid.shape[-2:])
    return smooth(Tile(0, window, window), grid)


shapes = st.tuples(st.integers(1, 60), st.integers(1, 60))


@given(shapes, shapes, st.integers(0, 9), st.integers(1, 7))
def test_tiles_cover_every_cell_once(shape: tuple[int, int], chunk: tuple[int, int], halo: int, align: int) -> None:
    count = np.zeros(shape, int)
    for tile in Tiling(shape, chunk, halo=halo, align=align):
        count[tile.core.slices] += 1
        assert tile.core.row % align == tile.core.col % align == 0
        assert tile.padded == grow(tile.core, halo, shape)
    assert np.all(count == 1)


@settings(max_examples=25, deadline=None)
@given(shapes, shapes, st.integers(1, 3), st.integers(0, 99))
def test_any_chunking_gives_identical_results(
    shape: tuple[int, int], chunk: tuple[int, int], workers: int, seed: int
) -> None:
    grid = np.random.default_rng(seed).normal(size=shape)
    out = MemoryArray(np.full(shape, np.nan))
    run(smooth, Tiling(shape, chunk, halo=HALO), [MemoryArray(grid)], out, workers=workers)
    assert np.array_equal(out.array, whole(grid))


@settings(max_examples=25, deadline=None)
@given(shapes, shapes, st.integers(0, 99))
def test_aligned_blocks_sum_identically(shape: tuple[int, int], chunk: tuple[int, int], seed: int) -> None:
    grid = np.random.default_rng(seed).normal(size=shape)
    blocks = tuple(-(-n // 4) for n in shape)
    out = MemoryArray(np.full(blocks, np.nan))
    run(sum_of_blocks, Tiling(shape, chunk, align=4), [MemoryArray(grid)], BlockSink(out, 4))
    assert np.array_equal(out.array, block_sum(grid, 4))
    assert out.array.sum() == pytest.approx(grid.sum())
    spread = block_spread(out.array, 4, shape)
    assert spread.shape == shape
    assert spread[-1, -1] == out.array[-1, -1]


def test_image_stacks_are_tiled_in_space(tmp_path: Path) -> None:
    stack = np.random.default_rng(1).normal(size=(5, 40, 33)).astype(np.float32)
    np.save(tmp_path / "stack.npy", stack)
    out = FileArray.create(tmp_path / "out.npy", stack.shape, np.float64)
    run(smooth, Tiling((40, 33), (16, 10), halo=HALO), [FileArray.open(tmp_path / "stack.npy")], out, workers=2)
    assert np.array_equal(np.load(tmp_path / "out.npy"), whole(stack))


def nearest_distance(tile: Tile, cloud: Cloud) -> tuple[np.ndarray, np.ndarray]:
    """Distance (at most 10 m) to the nearest other point, for the points of the core."""
    x, y = cloud.points[:, 0], cloud.points[:, 1]
    row, column = np.floor((100 - y) / 5), np.floor(x / 5)
    w = tile.core
    inside = (row >= w.row) & (row < w.row + w.rows) & (column >= w.col) & (column < w.col + w.cols)
    gap = np.hypot(x[inside, None] - x, y[inside, None] - y)
    gap[cloud.index[inside, None] == cloud.index] = np.inf
    return cloud.index[inside], np.minimum(gap.min(axis=1, initial=10.0), 10.0)


@pytest.mark.parametrize("chunk", [(1, 1), (3, 7), (20, 20)])
def test_clouds_are_tiled_by_a_grid(chunk: tuple[int, int]) -> None:
    points = np.random.default_rng(2).uniform(0, 100, (400, 3))
    source = PointSource(points, origin=(0, 100), cell=5.0, shape=(20, 20))
    out = PointSink(np.full(400, np.nan))
    run(nearest_distance, Tiling((20, 20), chunk, halo=2), [source], out)
    gap = np.hypot(*(points[:, None, i] - points[None, :, i] for i in (0, 1)))
    np.fill_diagonal(gap, np.inf)
    assert np.array_equal(out.values, np.minimum(gap.min(axis=1), 10.0))


def test_a_point_outside_its_grid_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="outside"):
        PointSource(np.array([[5.0, -0.1, 0.0]]), origin=(0, 100), cell=5.0, shape=(20, 20))


def test_interrupted_work_goes_on_where_it_stopped(tmp_path: Path) -> None:
    grid = np.random.default_rng(3).normal(size=(50, 50))
    tiling = Tiling(grid.shape, (10, 10), halo=HALO)
    out = FileArray.create(tmp_path / "out.npy", grid.shape, float)
    seen: list[int] = []

    def fragile(tile: Tile, part: np.ndarray) -> np.ndarray:
        if tile.index == 13 and not seen:
            seen.append(tile.index)
            raise KeyboardInterrupt
        return smooth(tile, part)

    with pytest.raises(KeyboardInterrupt):
        run(fragile, tiling, [MemoryArray(grid)], out, resume="smooth 2.0")
    done = run(fragile, tiling, [MemoryArray(grid)], FileArray.open(out.path), resume="smooth 2.0")
    assert done.resumed >= 12
    assert done.computed + done.resumed == len(tiling)
    assert np.array_equal(np.load(out.path), whole(grid))
    assert run(smooth, tiling, [MemoryArray(grid)], out, resume="smooth 2.0").computed == 0


def test_a_torn_last_line_of_progress_counts_as_not_done(tmp_path: Path) -> None:
    grid = np.ones((20, 20))
    out = FileArray.create(tmp_path / "out.npy", grid.shape, float)
    tiling = Tiling(grid.shape, (5, 5), halo=HALO)
    run(smooth, tiling, [MemoryArray(grid)], out, resume="a")
    progress = tmp_path / "out.npy.done"
    progress.write_text(progress.read_text()[:-2])
    assert run(smooth, tiling, [MemoryArray(grid)], out, resume="a").computed == 1


def test_progress_of_other_work_is_not_taken_over(tmp_path: Path) -> None:
    grid = np.ones((20, 20))
    out = FileArray.create(tmp_path / "out.npy", grid.shape, float)
    run(smooth, Tiling(grid.shape, (5, 5), halo=HALO), [MemoryArray(grid)], out, resume="a")
    for tiling, name in ((Tiling(grid.shape, (5, 5), halo=HALO), "b"), (Tiling(grid.shape, (10, 5), halo=HALO), "a")):
        with pytest.raises(ValueRangeError, match="other work"):
            run(smooth, tiling, [MemoryArray(grid)], out, resume=name)
    again = FileArray.create(tmp_path / "out.npy", grid.shape, float)
    assert run(smooth, Tiling(grid.shape, (5, 5), halo=HALO), [MemoryArray(grid)], again, resume="b").resumed == 0


def test_a_tile_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="core is"):
        run(
            lambda _, g: g, Tiling((9, 9), (3, 3), halo=1), [MemoryArray(np.ones((9, 9)))], MemoryArray(np.ones((9, 9)))
        )


OUT_OF_CORE = """
    import resource, sys
    from pathlib import Path
    import numpy as np
    from tetrapylon.tiling import FileArray, Tile, Tiling, chunk_for, run

    def shift(tile, grid):
        return tile.crop(grid * 2 + 1)

    folder = Path(sys.argv[1])
    source = FileArray.open(folder / "in.npy")
    budget = 48 << 20
    side = chunk_for(budget, bytes_per_cell=40, halo=8, in_flight=2)
    used = int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) << 10
    # address space for what is loaded, the budget, and one thread with its stack and arena
    limit = used + budget + (80 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    rows, columns = source.shape
    assert rows * columns * 8 > 2 * (limit - used)
    try:
        np.zeros(source.shape) + 1
    except MemoryError:
        pass
    else:
        sys.exit("the grid fits into memory: this shows nothing")
    out = FileArray.create(folder / "out.npy", source.shape, np.float64)
    run(shift, Tiling(source.shape, (side, side), halo=8), [source], out, workers=1)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the address space of a process")
def test_a_grid_larger_than_the_memory_it_is_given(tmp_path: Path) -> None:
    """300 MB of cells through a process that may allocate about 130 MB."""
    shape = (6100, 6150)
    grid = FileArray.create(tmp_path / "in.npy", shape, np.float64)
    grid.write(Window(3000, 0, 1, shape[1]), np.arange(shape[1], dtype=float)[None])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OUT_OF_CORE), str(tmp_path)], check=True, env=environment, timeout=120
    )
    out = FileArray.open(tmp_path / "out.npy")
    assert np.array_equal(out.read(Window(3000, 0, 1, shape[1]))[0], np.arange(shape[1]) * 2.0 + 1)
    assert np.all(out.read(Window(0, 0, 100, shape[1])) == 1)
    assert np.all(out.read(Window(6000, 0, 100, shape[1])) == 1)


def test_chunks_fit_the_memory() -> None:
    side = chunk_for(10**8, bytes_per_cell=50, halo=20, align=16, in_flight=3)
    assert side % 16 == 0
    assert (side + 40) ** 2 * 50 * 3 <= 10**8
    assert (side + 16 + 40) ** 2 * 50 * 3 > 10**8
    with pytest.raises(ValueRangeError, match="hold no tile"):
        chunk_for(1000, bytes_per_cell=50, halo=20)


def test_file_arrays_travel_by_path(tmp_path: Path) -> None:
    array = FileArray.create(tmp_path / "a.npy", (2, 30, 40), np.uint8)
    other = pickle.loads(pickle.dumps(array))
    other.write(Window(3, 4, 2, 5), np.full((2, 2, 5), 7, np.uint8))
    assert np.load(array.path).sum() == 7 * 20
    with pytest.raises(ValueRangeError, match="outside"):
        array.read(Window(29, 0, 2, 40))


@pytest.mark.slow
def test_a_worker_killed_mid_run_still_finishes_with_the_same_result(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    grid = np.random.default_rng(6).normal(size=(90, 90))
    np.save(tmp_path / "in.npy", grid)
    out = FileArray.create(tmp_path / "out.npy", grid.shape, float)
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    )
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if done == 5:
            victim = next(iter(cluster.workers.values()))
            killed.append(victim.process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    with cluster, distributed.Client(cluster) as client:
        tiling = Tiling(grid.shape, (15, 15), halo=HALO)
        done = run(
            slow_smooth,
            tiling,
            [FileArray.open(tmp_path / "in.npy")],
            out,
            client=client,
            progress=kill_one,
            resume="x",
        )
    assert killed
    assert done.computed == len(tiling)
    assert np.array_equal(np.load(out.path), whole(grid))


@pytest.mark.slow
def test_a_cluster_returns_results_to_a_sink_in_memory() -> None:
    distributed = pytest.importorskip("distributed")
    grid = np.random.default_rng(7).normal(size=(40, 40))
    out = MemoryArray(np.zeros((40, 40)))
    with distributed.Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as client:
        run(smooth, Tiling(grid.shape, (13, 9), halo=HALO), [MemoryArray(grid)], out, client=client)
    assert np.array_equal(out.array, whole(grid))
