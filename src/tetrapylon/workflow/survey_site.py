"""The outline a survey should lie in, as people name it: four edges, a file, or a site on record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey.subject import usable_polygons
from tetrapylon.errors import CaseError, NotFound, ValueRangeError
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.registry import open_sheets
from tetrapylon.formats.values import number
from tetrapylon.model import Site
from tetrapylon.record.view import View
from tetrapylon.workflow.layer_cells import outlines_of

EDGES = "west,south,east,north in degrees"


def site_outline(text: str, view: View | None = None) -> BaseGeometry:
    """The outline meant by ``text``: ``west,south,east,north``, a file with polygons, or a site of the view.

    Raises
    ------
    ValueRangeError : edges that bound nothing, or a file without a polygon. NotFound : no such file or site, or the
    site has no outline. CaseError : the file cannot be read.
    """
    if "," in text and not Path(text).exists():
        return _box(text)
    if Path(text).is_file():
        return _of_file(Path(text))
    if view is None:
        raise NotFound(f'There is no file "{text}" with the outline of the site.', hint=f"Or give {EDGES}.")
    outline = view.one(Site, text).body.geometry
    if outline is None or not usable_polygons(np.array([outline], dtype=object))[0]:
        raise NotFound(f'The site "{text}" has no outline on record.', hint=f"Give a file with it, or {EDGES}.")
    return outline


def _box(text: str) -> BaseGeometry:
    try:
        edges = [number(part) for part in text.split(",")]
    except Bad as bad:
        raise ValueRangeError(f'"{text}" is no site: "{bad.value}" {bad.reason}', hint=f"Give {EDGES}.") from None
    if len(edges) != 4 or not (-180 <= edges[0] < edges[2] <= 180 and -90 <= edges[1] < edges[3] <= 90):
        raise ValueRangeError(f'"{text}" bounds no ground.', hint=f"Give {EDGES}, west of east and south of north.")
    return shapely.box(*edges)


def _of_file(path: Path) -> BaseGeometry:
    problems = Problems()
    try:
        shapes = [shape for sheet in open_sheets(path) for shape in outlines_of(sheet)]
    except Bad as bad:
        problems.bad(path.name, 0, "", bad)
        raise CaseError(problems.listed()) from None
    outlines = np.array([None, *shapes], dtype=object)[1:]
    usable = outlines[usable_polygons(outlines)]
    if not len(usable):
        raise ValueRangeError(f"{path.name} holds no valid polygon: it gives no outline of a site.")
    return shapely.union_all(usable)
