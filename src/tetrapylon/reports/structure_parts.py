"""Parts about one structure: what it is, where, in which condition, and what is told about it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely

from tetrapylon.assess.condition import Condition
from tetrapylon.evidence.words import stated
from tetrapylon.geo.measure import extent
from tetrapylon.model import REGISTRY, Claim, Stated, Structure, Vocabulary
from tetrapylon.reports.charts import grade_scale
from tetrapylon.reports.document import Block, Bullets, Facts, Figure, Paragraph, Picture, Run, Said, Table, Text, plain
from tetrapylon.reports.maps import Shape, site_map
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.mapping import Drawn
from tetrapylon.workflow.telling import Told, figures_of, told_about, words_of

AROUND_M = 250.0
"""Ground shown on each side of a structure on its map, in m."""
FLAT = 0.45
"""Height of that map as a share of its width."""


def identity(seen: Situation, structure: Claim[Structure], words: Wording) -> Block:
    """Name, kind, what it is part of, and how well its position is known."""
    body = structure.body
    parent = seen.claims.get(body.parent or "")
    if body.geometry is None:
        place: Text = words("not_on_record")
    elif body.position_accuracy is None:
        place = words("accuracy_not_stated")
    else:
        place = words("known_to", metres=Figure(f"{body.position_accuracy:,g} m"))
    source = (Said(body.position_source),) if body.position_source else ()
    kind = (Said(body.type),) if body.type else ()
    valued = words("of_five", value=body.significance) if body.significance is not None else words("not_stated")
    rows: list[tuple[Text, Text]] = [
        (words("identifier"), Figure(structure.name)),
        (words("kind"), words.listed((words.term(body.role), *kind))),
        (words("part_of"), Said(parent.body.label, name=True) if parent else words("none")),
        (words("position"), words.listed((place, *source))),
        (words("significance"), valued),
    ]
    return Facts(tuple(rows))


def locator(seen: Situation, structure: Claim[Structure], words: Wording, *, width: int = 55) -> Block:
    """Where it lies among its neighbours; the structure itself is marked."""
    own = [d for d in seen.drawn if d.structure.uid == structure.uid]
    if not own:
        return Paragraph(words("no_position"), quiet=True)
    box = _around(shapely.total_bounds([d.outline for d in own]))
    frame = shapely.box(*box)
    shapes = [_shape(d, own[0]) for d in seen.drawn if d in own or (not d.coarse and d.outline.intersects(frame))]
    key = words("locator_area" if own[0].coarse else "locator_one")
    described = words.plain("locator_description", structure=Said(structure.body.label))
    caption = (*key, " ", *words("locator_legend"), " ", Said(seen.licences))
    return Picture(site_map(shapes, box=box, lettering=1.6), caption, described, width)


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


def condition(
    seen: Situation, structure: Claim[Structure], words: Wording, *, width: int = 55, differing: bool = True
) -> list[Block]:
    """The grade interval, drawn and in words; ``differing``: with the voices that exclude each other."""
    found = seen.condition[structure.uid]
    seen.cite(r.claim.uid for r in found.readings)
    summary = condition_words(found, words)
    blocks: list[Block] = [
        Picture(grade_scale(found.interval), (*words("grade_caption"), *summary, "."), plain(summary), width)
    ]
    if differing and found.differences:
        excluding = [
            (
                *words("excluding", about=phrased(d.about, words), kind=d.kind),
                words.colon,
                *phrased(d.text, words),
            )
            for d in found.differences
        ]
        blocks.append(Bullets(tuple(excluding)))
    return blocks


def condition_words(found: Condition, words: Wording) -> tuple[Run, ...]:
    """The grade interval in words."""
    if found.is_group:
        return words("grade_group")
    if found.interval is None:
        return words("grade_unread", count=len(found.readings)) if found.readings else words("grade_none")
    told: list[Text] = [words("grade_of", grade=found.interval, voices=len(found.voices))]
    if found.contested:
        told.append(words("grade_contested"))
    if found.at_word and found.at_word != found.interval:
        told.append(words("grade_at_word", grade=found.at_word))
    return words.listed(told)


def told_table(seen: Situation, told: Sequence[Told], words: Wording, *, most: int | None = None) -> Block:
    """What is told, by date: kind, words, who said it, claim; of many, the latest."""
    if not told:
        return Paragraph(words("none"))
    shown = told if most is None else told[-most:]
    seen.cite(t.claim.uid for t in shown)
    rows = tuple(
        (
            words.when(t.when) if t.when else "-",
            _kind(t, words),
            _told(t, words),
            Said("; ".join(dict.fromkeys(c.statement.body.stated_by or "" for c in t.chains)) or "-", name=True),
            Said(t.claim.name, name=True),
        )
        for t in shown
    )
    return Table(tuple(words(k) for k in ("date", "kind", "what", "said_by", "claim")), rows, (0, 4, 8, 3, 0))


def _told(told: Told, words: Wording) -> Text:
    """The words of a claim, then its figures."""
    said = words_of(told.claim.body)
    texts: list[Text] = [Said(said)] if said else []
    for stated_field, value in figures_of(told.claim.body):
        figure = stated_words(value, stated_field.unit or "", words)
        texts.append((stated_field.label_in(words.code), words.colon, *figure))
    return words.listed(texts, "semicolon")


def stated_words(value: Stated, unit: str, words: Wording) -> tuple[Run, ...]:
    """A stated figure with its qualifier."""
    return phrased(stated(value, unit), words)


def _kind(told: Told, words: Wording) -> str:
    """What kind of claim it is, and of that kind what it says it is."""
    kind = getattr(told.claim.body, "kind", None)
    title = REGISTRY[told.entity].label_in(words.code)
    return f"{title}{words.colon}{words.term(kind)}" if isinstance(kind, Vocabulary) else title


def told(seen: Situation, structure: Claim[Structure], *entities: str) -> list[Told]:
    """Claims about a structure up to the view's day, of these entities only where any are named."""
    found = told_about(seen.view, structure.uid, Structure)
    return [
        t
        for t in found
        if (not entities or t.entity in entities) and (t.when is None or t.when.earliest <= seen.view.day)
    ]
