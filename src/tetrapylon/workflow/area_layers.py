"""The area ledger's pieces of ground as layers for a map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tetrapylon.clear.area import Piece
from tetrapylon.workflow.map_layers import MapLayer, write_layers

LAYERS = ("area_ledger_terms", "area_ledger_differences")
"""What the identity adds up, and what is to be looked at; the second is drawn over the first."""
COLUMNS = ("kind", "records", "m2", "text")


def write_pieces(pieces: Sequence[Piece], out: Path) -> Path:
    """Write pieces to a .gpkg or .geojson file (`map_layers.write_layers`)."""
    return write_layers([_layer(name, pieces, term=name == LAYERS[0]) for name in LAYERS], out)


def _layer(name: str, pieces: Sequence[Piece], *, term: bool) -> MapLayer:
    own = [p for p in pieces if p.kind.is_term is term]
    rows = [(p.kind.value, "; ".join(p.names), round(p.m2, 2), p.text) for p in own]
    return MapLayer(name, COLUMNS, rows, [p.geometry for p in own])
