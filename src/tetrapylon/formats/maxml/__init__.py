"""maXML, the exchange language of IMSMA: tolerant reading, unknown elements kept, no data of persons."""

from tetrapylon.formats.maxml.parse import sniff
from tetrapylon.formats.maxml.reader import read
from tetrapylon.formats.maxml.sample import template
from tetrapylon.formats.maxml.writer import LOSSES, Writer

__all__ = ["LOSSES", "Writer", "read", "sniff", "template"]
