"""The one place that knows how work on grids, image stacks and clouds is split.

A tile function takes a `Tile` and the padded part of each source, and returns the result for the tile's core. Whatever
the chunking, the executor or the number of interruptions, the result is the same as that of one call on the whole,
provided that the function looks no farther than the halo, adds nothing across the borders of aligned blocks, and
computes each cell in an order that does not depend on the tile.
"""

from tetrapylon.geo.grid import Window
from tetrapylon.tiling.blocks import block_spread, block_sum
from tetrapylon.tiling.run import Done, run
from tetrapylon.tiling.stores import BlockSink, Cloud, FileArray, MemoryArray, PointSink, PointSource, Sink, Source
from tetrapylon.tiling.tiles import Tile, Tiling, chunk_for, coarsen, grow

__all__ = [
    "BlockSink",
    "Cloud",
    "Done",
    "FileArray",
    "MemoryArray",
    "PointSink",
    "PointSource",
    "Sink",
    "Source",
    "Tile",
    "Tiling",
    "Window",
    "block_spread",
    "block_sum",
    "chunk_for",
    "coarsen",
    "grow",
    "run",
]
