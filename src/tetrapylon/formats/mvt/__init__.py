"""Mapbox Vector Tile 2.1: writing tiles with numpy, whole layers at a time."""

from tetrapylon.formats.mvt.encode import TileLayer, encode_tile
from tetrapylon.formats.mvt.grid import tile_box, web_mercator

__all__ = ["TileLayer", "encode_tile", "tile_box", "web_mercator"]
