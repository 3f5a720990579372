"""GeoJSON (RFC 7946): feature collections read feature by feature, written byte for byte the same every time."""

from tetrapylon.formats.geojson.stream import read, sniff

__all__ = ["read", "sniff"]
