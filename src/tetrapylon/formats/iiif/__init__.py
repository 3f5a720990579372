"""IIIF Presentation 3.0: the images of a structure or site as manifests, with credit, rights and the case's warning."""

from tetrapylon.formats.iiif.addresses import BASE, NAME, suffix
from tetrapylon.formats.iiif.read import read, sniff
from tetrapylon.formats.iiif.write import ENTITIES, LOSSES, NAMES, Writer, admits

__all__ = ["BASE", "ENTITIES", "LOSSES", "NAME", "NAMES", "Writer", "admits", "read", "sniff", "suffix"]
