"""A small sample of every format, from the Palmyra case: three structures, one inside the other, with outlines."""

from __future__ import annotations

from pathlib import Path

from tetrapylon import cases
from tetrapylon.formats.case import read_case
from tetrapylon.formats.write import write_tables

SAMPLED = ("site_of_palmyra", "temple_of_bel_temenos", "temple_of_bel_cella")


def write_sample(folder: str | Path, fmt: str) -> list[Path]:
    """Write the sample as a case folder in one format, and return its files.

    The outlines are (c) OpenStreetMap contributors, ODbL 1.0. Raises NotFound for an unknown format.
    """
    case = read_case(cases.folder("palmyra"))
    wanted = ("structure", "footprint")
    rows = [r for r in case.rows() if r.entity in wanted and r.data["local_id"] in SAMPLED]
    return write_tables(rows, folder, fmt, name="sample", authority=case.manifest.authority)
