"""The sheet of a disposal next to a monument: cordon, limits over the monuments, options; the rest filled in by hand.

What is stated by name, sentries included, is printed; what people do and read on the day is always blank. The sheet
carries its tier on every page, because it shows where an uncleared device lies.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import shapely

from tetrapylon.clear.disposal.marks import Verification
from tetrapylon.clear.disposal.options import OptionKind
from tetrapylon.reports import parts
from tetrapylon.reports.document import (
    Blanks,
    Block,
    Bullets,
    Checklist,
    Document,
    Facts,
    Figure,
    Heading,
    NewPage,
    Paragraph,
    Picture,
    Run,
    Said,
    SignOff,
    Table,
    Text,
)
from tetrapylon.reports.maps import Box, Line, Shape, Style, site_map
from tetrapylon.reports.phrases import phrased
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.wording import Wording
from tetrapylon.workflow.disposal import DisposalSheet, LimitContour, StructureNear, brick_houses
from tetrapylon.workflow.disposal_options import AT_DESTINATION, KINDS

STYLES: dict[str, Style] = {
    "vibration_upper": "dashed",
    "vibration": "dotted",
    "pressure": "dash-dot",
    "impulse": "solid",
}
"""How the outermost contour of each criterion is drawn; the cordon is a heavy solid line."""
METHODS = {kind: method for method, kind in KINDS.items()}
MOST_ROWS = 24
POSTS, READINGS, PHOTOS = 6, 4, 6
"""Rows left blank for sentry posts; structures with a row for a reading and for photographs."""

Runs = tuple[Run, ...]


def disposal_document(seen: Situation, sheet: DisposalSheet, words: Wording, *, made: dt.datetime) -> Document:
    """The sheet of one item on the view's day."""
    seen.cite([sheet.item.uid, *(one.item.uid for one in sheet.linked), *(n.claim.uid for n in sheet.structures)])
    numbered = list(sheet.close)[:MOST_ROWS]
    blocks: list[Block] = [
        *_cordon(sheet, words),
        *_maps(sheet, numbered, words),
        *_limits(sheet, words),
        *_structures(sheet, numbered, words),
        *_options(sheet, words),
        NewPage(),
        *_by_hand(sheet, words),
        *_rests_on(sheet, words),
    ]
    what = [words.term(sheet.item.body.category), *([" ", Said(m, name=True)] if (m := sheet.item.body.model) else [])]
    subtitle = words(
        "subtitle_disposal",
        item=Said(sheet.item.name, name=True),
        what=tuple(what),
        on=seen.view.on,
        known=seen.view.known[:10],
    )
    document = parts.compose(seen, words, made, title=words("title"), subtitle=subtitle, blocks=blocks)
    banner = (*_tier(sheet, words), *((" ", *parts.banner(seen, words)) if seen.banner else ()))
    return replace(document, banner=banner)


def _tier(sheet: DisposalSheet, words: Wording) -> Runs:
    return words("tier_note", tier=words(f"tier_{sheet.tier.value}"))


def _mark(mark: Verification) -> Figure:
    return Figure(str(mark))


def _option(name: str, kind: OptionKind, words: Wording) -> Run:
    return words.term(METHODS[kind]) if name == kind.value else Said(name)


def _cordon(sheet: DisposalSheet, words: Wording) -> list[Block]:
    blocks: list[Block] = []
    if sheet.no_distance:
        blocks.append(Paragraph((*words("no_distance"), " ", *phrased(sheet.no_distance, words)), strong=True))
    for line in sheet.cordons:
        told = words(
            "nobody_within",
            radius=f"{line.radius_m:,} m",
            distance=f"{line.distance_m:,} m {line.verification}",
        )
        where: Runs = words("where_it_lies")
        if line.where.endswith(AT_DESTINATION):
            option = next(o for o in sheet.sheet.options if line.where.startswith(f"{o.option.name}: "))
            where = words("at_destination", option=(_option(option.option.name, option.option.kind, words),))
        blocks.append(Paragraph((*told, " ", *where), strong=True))
    rows: list[tuple[Text, Text]] = []
    if sheet.cordons:
        first = sheet.cordons[0]
        rows.append((words("rule"), (Figure(first.rule), " ", _mark(first.verification), " ", Said(first.source))))
    if sheet.all_up_mass_kg is not None:
        rows.append((words("all_up_mass"), Figure(f"{sheet.all_up_mass_kg:g} kg")))
    if sheet.charge is not None:
        c = sheet.charge
        span = Figure(f"{c.high_kg:.3g} kg" if c.low_kg == c.high_kg else f"{c.low_kg:.3g} - {c.high_kg:.3g} kg")
        rows.append((words("explosive"), (span, " ", _mark(c.verification), " ", *phrased(c.source, words))))
    if sheet.centre is not None and sheet.position_uncertainty_m is not None:
        lon, lat = sheet.centre.x, sheet.centre.y
        rows.append(
            (
                words("position"),
                words("position_of", at=f"{lat:.5f}, {lon:.5f}", within=f"{sheet.position_uncertainty_m:,.0f} m"),
            )
        )
    else:
        rows.append((words("position"), words("position_unknown")))
    rows.append(
        (words("surroundings"), (words.term(sheet.surroundings), ": ", *phrased(sheet.surroundings_basis, words)))
    )
    if sheet.stated is not None:
        by = f"{sheet.stated.distance_m:g} m"
        rows.append(
            (
                words("stated"),
                (Figure(by), " ", Said(sheet.stated.stated_by, name=True), ", ", Said(sheet.stated.reference)),
            )
        )
    blocks.append(Facts(tuple(rows)))
    said = [phrased(s, words) for s in (sheet.cordons[0].statements if sheet.cordons else ())]
    said += [
        words("summed", item=Said(one.item.name, name=True), because=phrased(one.because, words))
        for one in sheet.linked
    ]
    if said:
        blocks.append(Bullets(tuple(said)))
    blocks += [Paragraph(words("hold", why=Said(hold)), strong=True) for hold in sheet.holds]
    return blocks


def _maps(sheet: DisposalSheet, numbered: Sequence[StructureNear], words: Wording) -> list[Block]:
    if sheet.centre is None:
        return [Paragraph(words("no_map"))]
    shapes = [Shape(n.outline, mark=str(i)) for i, n in enumerate(numbered, 1)]
    far = [Shape(n.outline) for n in sheet.farther]
    item = Shape(sheet.centre, symbol="cross")
    heavy = [Line(c.outline, f"{c.radius_m:,} m", "solid", weight=6.0) for c in sheet.cordons if c.outline is not None]
    posts = [
        Shape(shapely.Point(p.lon, p.lat), symbol="triangle", mark=chr(65 + i)) for i, p in enumerate(sheet.sentries)
    ]
    outer = _outermost(sheet.contours)
    thin = [Line(c.outline, f"{c.radius_m:,.0f} m", STYLES[c.criterion], weight=2.5) for c in outer]
    bare = [replace(s, mark="") for s in shapes]
    blocks: list[Block] = []
    if heavy:
        svg = site_map(
            [*far, *bare, *posts, item], lines=[*heavy, *(replace(t, label="") for t in thin)], lettering=1.5
        )
        blocks.append(Picture(svg, words("map_cordon"), words.plain("map_cordon_description"), 46 if thin else 80))
    if thin:
        reach = max(c.radius_m for c in outer)
        svg = site_map([*shapes, item], lines=thin, box=_box(sheet.centre, reach * 1.15), lettering=1.5)
        legend = words("map_limits", styles=words.listed([words(f"style_{c.criterion}") for c in outer], "semicolon"))
        blocks.append(Picture(svg, legend, words.plain("map_limits_description"), 50))
    return blocks


def _outermost(contours: Sequence[LimitContour]) -> list[LimitContour]:
    """The farthest contour of each criterion."""
    found: dict[str, LimitContour] = {}
    for contour in contours:
        if contour.criterion not in found or contour.radius_m > found[contour.criterion].radius_m:
            found[contour.criterion] = contour
    return [found[c] for c in STYLES if c in found]


def _box(centre: shapely.Point, metres: float) -> Box:
    """The ground within a distance of a point, a little flatter than wide."""
    tall = metres / 111_195
    wide = metres / 111_195 / math.cos(math.radians(centre.y))
    return centre.x - wide * 1.25, centre.y - tall, centre.x + wide * 1.25, centre.y + tall


def _limits(sheet: DisposalSheet, words: Wording) -> list[Block]:
    if not sheet.contours:
        return []
    rows = tuple(
        (
            words(f"criterion_{c.criterion}"),
            Figure(f"{c.limit:.3g} {c.unit}"),
            Figure(f"{c.radius_m:,.0f} m {c.verification}"),
            _names(c.structures),
        )
        for c in sheet.contours[:MOST_ROWS]
    )
    head = (words("criterion"), words("limit"), words("reaches"), words("limit_of"))
    return [Heading(words("limits")), Table(head, rows, (4, 2, 3, 5)), Paragraph(words("marks"), quiet=True)]


def _structures(sheet: DisposalSheet, numbered: Sequence[StructureNear], words: Wording) -> list[Block]:
    rows = tuple(
        (
            Figure(str(i)),
            Said(n.claim.body.label, name=True),
            Figure(f"{n.distance_m:,.0f} m"),
            _governing(n, words),
            *(_criterion(n, name, words) for name in ("vibration", "pressure", "impulse")),
        )
        for i, n in enumerate(numbered, 1)
    )
    units = tuple(words(f"head_{name}") for name in ("vibration", "pressure", "impulse"))
    head = ("", words("structure"), words("distance"), words("governing"), *units)
    blocks: list[Block] = [
        Heading(words("structures_near")),
        Table(head, rows, (0, 4, 0, 3, 4, 4, 4)),
        Paragraph(words("structures_note"), quiet=True),
    ]
    told: list[Text] = [phrased(text, words) for text in sheet.sheet.disagreements]
    told += [(_names(names), ": ", *phrased(text, words)) for text, names in sheet.assumed.items()]
    for (category, mark), built in brick_houses(sheet.close).items():
        told.append(words("brick_house", category=f"{category} {mark}", names=_names(built)))
    told += [
        (*words("to_measure", what=phrased(need, words)), " (", _names(names), ")")
        for need, names in sheet.needs.items()
    ]
    if len(sheet.close) > len(numbered):
        told.append(words("more", count=len(sheet.close) - len(numbered)))
    if sheet.farther:
        labels = _names([n.claim.body.label for n in sheet.farther])
        told.append(words("farther", number=len(sheet.farther), names=labels))
    if sheet.unplaced:
        lost = _names([c.body.label for c in sheet.unplaced])
        told.append(words("unplaced", number=len(sheet.unplaced), names=lost))
    return [*blocks, *([Bullets(tuple(told))] if told else [])]


def _names(names: Sequence[str], most: int = 5) -> Said:
    """Names of structures in a row; of many the first and how many more."""
    more = f" + {len(names) - most}" if len(names) > most else ""
    return Said(", ".join(names[:most]) + more, name=True)


def _governing(near: StructureNear, words: Wording) -> Text:
    if near.effect is None or near.effect.governing is None:
        return words("treat_as_exceeded")
    return words(f"criterion_{near.effect.governing}")


def _criterion(near: StructureNear, name: str, words: Wording) -> Text:
    """Median (upper bound) / limit with its mark."""
    found = next((c for c in near.effect.criteria if c.name == name), None) if near.effect is not None else None
    if found is None:
        return "-"
    if math.isnan(found.ratio):
        return words("outside_model")
    figure = f"{short(found.demand)} ({short(found.upper)}) / {found.limit.value:.3g} {found.limit.verification}"
    return words("at_most", figure=figure) if found.why else Figure(figure)


def short(value: float) -> str:
    """Two figures, or whole ones from 100 on: no model here knows more."""
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.2g}"


def _options(sheet: DisposalSheet, words: Wording) -> list[Block]:
    assessed = sorted(sheet.sheet.options, key=lambda a: a.place or 99)
    rows = tuple(
        (
            Figure(str(a.place)) if a.place else "",
            (_option(a.option.name, a.option.kind, words),),
            words(f"status_{a.status.name.lower()}"),
            words.listed([phrased(t, words) for t in (*a.because, *a.conditions)], "semicolon"),
        )
        for a in assessed
    )
    head = (words("place"), words("option"), words("status"), words("because"))
    blocks: list[Block] = [
        Heading(words("options")),
        Paragraph(words("authority"), strong=True),
        Table(head, rows, (0, 3, 3, 7)),
    ]
    if sheet.sheet.ranking is None:
        blocks.append(Paragraph(words("not_ranked")))
    else:
        told = [phrased(s, words) for s in sheet.sheet.ranking.summary]
        told += [words("would_change", what=phrased(d, words)) for d in sheet.sheet.ranking.deciding]
        blocks += [Bullets(tuple(told)), Paragraph(words("ranked_by"), quiet=True)]
    return blocks


def _by_hand(sheet: DisposalSheet, words: Wording) -> list[Block]:
    """Sentries, evacuation, notifications, photographs, readings: what is on record, and room for what is done."""
    proposed = [
        words("post_proposed", letter=chr(65 + i), line=Said(p.line, name=True), bearing=f"{p.bearing_deg:.0f}")
        for i, p in enumerate(sheet.sentries)
    ]
    posts: list[Text] = [Said(post) for post in sheet.sentries_stated]
    posts += proposed
    posts += [Figure(str(i + 1)) for i in range(len(posts), POSTS)]
    inside = [n for n in sheet.structures if n.in_cordon]
    notify: list[Text] = [Said(n) for n in sheet.notify]
    notify += [""] * max(2, 5 - len(notify))
    reached = [n for n in sheet.structures if n.reached or n.outside_model][:READINGS]
    photographed = reached[:PHOTOS]
    return [
        Heading(words("sentries")),
        SignOff((words("name"), words("relief"), words("in_place_at")), tuple(posts)),
        Heading(words("evacuation")),
        Checklist(tuple((Said(n.claim.body.label, name=True),) for n in inside[:MOST_ROWS]) or (words("none"),)),
        Blanks((words("area_empty"), words("confirmed_by"), words("at"))),
        Heading(words("notifications")),
        SignOff((words("told_by"), words("at")), tuple(notify)),
        Heading(words("photographs")),
        SignOff(
            (words("photo_before"), words("photo_after")),
            tuple((Said(n.claim.body.label, name=True),) for n in photographed) or ("",),
        ),
        Heading(words("readings")),
        Paragraph(words("readings_note"), quiet=True),
        SignOff(
            tuple(words(k) for k in ("instrument_at", "ppv", "frequency", "overpressure")),
            (*(_predicted(n, words) for n in reached), ""),
        ),
        Heading(words("signed_by")),
        SignOff((words("name"), words("signature")), (words("eod_operator"), words("heritage_authority"))),
    ]


def _predicted(near: StructureNear, words: Wording) -> Text:
    criteria = near.effect.criteria if near.effect is not None else ()
    found = next((c for c in criteria if c.name == "vibration" and not math.isnan(c.ratio)), None)
    name = Said(near.claim.body.label, name=True)
    if found is None:
        return (name,)
    return (name, " ", *words("predicted", median=short(found.demand), upper=short(found.upper)))


def _rests_on(sheet: DisposalSheet, words: Wording) -> list[Block]:
    law = sheet.log.law
    formula = Figure(f"V = {law.K:.4g} (R/sqrt Q)^-{law.B:.3g} mm/s {law.verification}")
    shots = words("calibrated" if law.calibrated else "not_calibrated", shots=len(law.shots))
    told: list[Text] = [words("fragments_scar"), (*words("ground"), " ", formula, " ", *shots)]
    told += [phrased(r, words) for r in sheet.remarks]
    told += [
        (Said(a.option), ": ", *words("accepted", by=Said(a.operator, name=True), on=a.on)) for a in sheet.accepted
    ]
    unconfirmed = tuple(phrased(u, words) for u in sheet.sheet.unconfirmed)
    return [
        Heading(words("rests_on")),
        *parts.cautions(words),
        Bullets(tuple(told)),
        Heading(words("not_confirmed"), 2),
        Bullets(unconfirmed or (words("none"),)),
    ]
