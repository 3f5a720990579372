"""Parts about one structure: what it is, where, in which condition, and what is told about it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely

from tetrapylon.geo.measure import extent
from tetrapylon.model import REGISTRY, Claim, Structure, Vocabulary
from tetrapylon.reports.charts import grade_scale
from tetrapylon.reports.document import Block, Bullets, Facts, Figure, Paragraph, Picture, Said, Table, Text
from tetrapylon.reports.maps import Shape, site_map
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.mapping import Drawn
from tetrapylon.workflow.telling import Told, told_about

AROUND_M = 250.0
"""Ground shown on each side of a structure on its map, in m."""
FLAT = 0.45
"""Height of that map as a share of its width."""


def identity(seen: Situation, structure: Claim[Structure]) -> Block:
    """Name, kind, what it is part of, and how well its position is known."""
    body = structure.body
    parent = seen.claims.get(body.parent or "")
    accuracy = (
        f"known to {body.position_accuracy:,g} m" if body.position_accuracy is not None else "accuracy not stated"
    )
    place = accuracy if body.geometry is not None else "not on record"
    if body.significance is None:
        significance = "not stated"
    else:
        significance = f"{body.significance} of 5 (the compiler's judgement, not the authority's)"
    rows: list[tuple[Text, Text]] = [
        ("identifier", Figure(structure.name)),
        ("kind", Said(", ".join(filter(None, (body.role.label, body.type))))),
        ("part of", Said(parent.body.label if parent else "nothing on record")),
        ("position", Said(", ".join(filter(None, (place, body.position_source))))),
        ("significance", Said(significance)),
    ]
    return Facts(tuple(rows))


def locator(seen: Situation, structure: Claim[Structure], *, width: int = 55) -> Block:
    """Where it lies among its neighbours; the structure itself is marked."""
    own = [d for d in seen.drawn if d.structure.uid == structure.uid]
    if not own:
        return Paragraph("No position on record.", quiet=True)
    box = _around(shapely.total_bounds([d.outline for d in own]))
    frame = shapely.box(*box)
    shapes = [_shape(d, own[0]) for d in seen.drawn if d in own or (not d.coarse and d.outline.intersects(frame))]
    caption = "Dashed: the area in which it lies." if own[0].coarse else "1: the structure."
    legend = " Fill: lowest damage grade, edge: highest; hatched: no grade. "
    described = f"Map of the surroundings of {structure.body.label}."
    return Picture(site_map(shapes, box=box, lettering=1.6), (caption, legend, Said(seen.licences)), described, width)


def _around(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """The ground shown: `AROUND_M` on each side, widened to the shape of the map; degrees."""
    west, south, east, north = (float(b) for b in bounds)
    lon, lat = (west + east) / 2, (south + north) / 2
    margin = extent(lon, lat, AROUND_M).bounds
    wide, tall = east - west + margin[2] - margin[0], north - south + margin[3] - margin[1]
    shrink = math.cos(math.radians(lat))
    wide = max(wide, tall / FLAT / shrink)
    tall = max(tall, wide * shrink * FLAT)
    return lon - wide / 2, lat - tall / 2, lon + wide / 2, lat + tall / 2


def _shape(drawn: Drawn, own: Drawn) -> Shape:
    grade = drawn.condition.interval if drawn.condition else None
    group = drawn.condition is not None and drawn.condition.is_group and not drawn.coarse and drawn is not own
    outline = drawn.outline.boundary if group and drawn.outline.area else drawn.outline
    return Shape(outline, grade, drawn.coarse, "1" if drawn is own and not drawn.coarse else "")


def condition(seen: Situation, structure: Claim[Structure]) -> list[Block]:
    """The grade interval, drawn and in words."""
    found = seen.condition[structure.uid]
    seen.cite(r.claim.uid for r in found.readings)
    caption = Said(f"Damage grade 0 (none) to 5: {found.summary}.")
    blocks: list[Block] = [Picture(grade_scale(found.interval), caption, found.summary, 55)]
    if found.differences:
        blocks.append(Bullets(tuple(Said(f"{d.kind.label}, {d.about}: {d.text}") for d in found.differences)))
    return blocks


def told_table(seen: Situation, told: Sequence[Told], words: Wording, *, most: int | None = None) -> Block:
    """What is told, by date: kind, words, who said it, claim; of many, the latest."""
    if not told:
        return Paragraph(words("none"))
    shown = told if most is None else told[-most:]
    seen.cite(t.claim.uid for t in shown)
    rows = tuple(
        (
            Figure(str(t.when) if t.when else "-"),
            Said(_kind(t)),
            Said(t.text),
            Said("; ".join(dict.fromkeys(c.statement.body.stated_by or "" for c in t.chains)) or "-"),
            Said(t.claim.name),
        )
        for t in shown
    )
    return Table(("date", "kind", "what", "said by", "claim"), rows, (0, 3, 7, 3, 0))


def _kind(told: Told) -> str:
    """What kind of claim it is, and of that kind what it says it is."""
    kind = getattr(told.claim.body, "kind", None)
    title = REGISTRY[told.entity].title()
    return f"{title}: {kind.label}" if isinstance(kind, Vocabulary) else title


def told(seen: Situation, structure: Claim[Structure], *entities: str) -> list[Told]:
    """Claims about a structure up to the view's day, of these entities only where any are named."""
    found = told_about(seen.view, structure.uid, Structure)
    return [
        t
        for t in found
        if (not entities or t.entity in entities) and (t.when is None or t.when.earliest <= seen.view.day)
    ]
