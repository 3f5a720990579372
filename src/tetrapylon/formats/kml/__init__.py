"""KML 2.2 (OGC 07-147r2) and KMZ: placemarks with their data, read without trusting the XML."""

from tetrapylon.formats.kml.placemarks import read, sniff
from tetrapylon.formats.kml.write import LOSSES, Writer

__all__ = ["LOSSES", "Writer", "read", "sniff"]
