"""Rasters of numbers: cloud-optimised GeoTIFF (OGC 21-026) written window by window, and GeoTIFF read by window.

Needs the optional part `hazard` (rasterio).
"""

from tetrapylon.formats.raster.cog import Band, write_cog
from tetrapylon.formats.raster.read import Raster

__all__ = ["Band", "Raster", "write_cog"]
