"""Linked Art 1.0: structures, their condition and who said so as CIDOC CRM in JSON-LD, without a network."""

from tetrapylon.formats.linked_art.documents import sniff
from tetrapylon.formats.linked_art.mapping import ENTITIES
from tetrapylon.formats.linked_art.read import read
from tetrapylon.formats.linked_art.write import LOSSES, Writer

__all__ = ["ENTITIES", "LOSSES", "Writer", "read", "sniff"]
