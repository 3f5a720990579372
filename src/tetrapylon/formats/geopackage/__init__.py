"""GeoPackage (OGC 12-128): one layer per entity, read and written through GDAL, without data frames."""

from tetrapylon.formats.geopackage.layers import Writer, read, sniff

__all__ = ["Writer", "read", "sniff"]
