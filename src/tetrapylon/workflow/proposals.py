"""Proposed repairs as a layer of their own, beside the data they are about: whoever accepts one does so by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tetrapylon.geo.checks import Finding
from tetrapylon.workflow.map_layers import MapLayer, write_layers

LAYER = "proposed_repairs"
COLUMNS = ("code", "severity", "records", "action", "area_m2", "message")


def write_proposals(findings: Sequence[Finding], out: Path, *, names: Mapping[str, str]) -> int:
    """Write every proposal of ``findings`` to a .gpkg or .geojson file; how many there were.

    Parameters
    ----------
    names : of the records by uid; a uid without one stands for itself.

    Raises
    ------
    ValueRangeError : see `map_layers.write_layers`.
    """
    rows, shapes = [], []
    for finding in findings:
        records = "; ".join(names.get(uid, uid) for uid in finding.about)
        for proposal in finding.proposals:
            area = round(float(proposal.area_m2), 2)
            rows.append((finding.code, finding.severity.value, records, proposal.action, area, finding.message))
            shapes.append(proposal.geometry)
    write_layers([MapLayer(LAYER, COLUMNS, rows, shapes)], out)
    return len(rows)
