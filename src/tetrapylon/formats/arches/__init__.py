"""Arches business data (JSON and CSV) read and written through the graph of its resource model."""

from tetrapylon.formats.arches.reader import read, sniff
from tetrapylon.formats.arches.writer import LOSSES, NAME, GraphWriter, Writer

__all__ = ["LOSSES", "NAME", "GraphWriter", "Writer", "read", "sniff"]
