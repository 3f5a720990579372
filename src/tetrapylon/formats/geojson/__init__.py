"""GeoJSON (RFC 7946): feature collections read feature by feature, written byte for byte the same every time."""

from tetrapylon.formats.geojson.stream import read, sniff
from tetrapylon.formats.geojson.write import Writer

__all__ = ["Writer", "read", "sniff"]
