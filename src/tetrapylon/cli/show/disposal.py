"""How a disposal sheet and the log of measured shots look: the cordon first, every number with its mark."""

from __future__ import annotations

import math
from pathlib import Path

import typer

from tetrapylon.clear.disposal.effects import StructureEffect
from tetrapylon.clear.disposal.marks import MEANING
from tetrapylon.clear.disposal.measured import SiteLog
from tetrapylon.clear.disposal.vibration import LEAST_SHOTS
from tetrapylon.cli.show.common import banner, bullet, count, heading, named, paragraph, table
from tetrapylon.workflow.disposal import DisposalSheet, StructureNear, brick_houses
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product

NO_NUMBER = "no number: treat as exceeded"


def sheet(product: Product[DisposalSheet], *, out: Path | None = None) -> None:
    """The sheet of one item."""
    result = product.result
    banner(banner_of(product.view))
    paragraph(f"Tier of what this shows: {result.tier}. It must not go to anybody who may not have that.")
    what = " ".join(filter(None, [result.item.body.category.label, result.item.body.model]))
    paragraph(f"Disposal of {result.item.name} ({what}) on {product.view.on}, as known {product.view.known[:10]}.")
    _cordon(result)
    _limits(result)
    _structures(result)
    _options(result)
    _people(result)
    _known(result)
    if out is not None:
        typer.echo(f"\nSheet to print: {out}")


def _cordon(result: DisposalSheet) -> None:
    heading("Cordon")
    if result.no_distance:
        paragraph(f"NO DISTANCE BY THE RULES: {result.no_distance}")
    for line in result.cordons:
        paragraph(
            f"NOBODY WITHIN {line.radius_m:,} m: {line.where}. Withdrawal distance {line.distance_m:,} m "
            f"{line.verification}, {line.rule} ({line.source})."
        )
    if result.all_up_mass_kg is not None:
        bullet(f"all-up mass {result.all_up_mass_kg:g} kg, possibly linked items included")
    for statement in result.cordons[0].statements if result.cordons else ():
        bullet(statement)
    for one in result.linked:
        bullet(f"summed with {one.item.name}: {one.because}")
    if result.stated is not None:
        s = result.stated
        bullet(f"{s.stated_by} states {s.distance_m:g} m ({s.reference}); the larger distance is drawn")
    if result.place is None:
        bullet("position not on record: no cordon can be drawn, and no effect on any structure computed")
    else:
        bullet(f"{result.place.basis}; it lies within {result.position_uncertainty_m:,.0f} m of the middle drawn")
    bullet(f"surroundings: {result.surroundings.label} ({result.surroundings_basis})")
    if result.charge is not None:
        c = result.charge
        span = f"{c.high_kg:.3g}" if c.low_kg == c.high_kg else f"{c.low_kg:.3g} to {c.high_kg:.3g}"
        bullet(
            f"explosive, TNT equivalent: {span} kg {c.verification} ({c.source}); cordon and contours take the highest"
        )
    for hold in result.holds:
        bullet(f"HOLD for EOD operator and authority: {hold}")


def _limits(result: DisposalSheet) -> None:
    if not result.contours:
        return
    heading("How far the limits reach (position uncertainty included)")
    rows = [(c.label, f"{c.radius_m:,.0f} m", c.verification, named(c.structures, 4)) for c in result.contours]
    table(["limit", "reaches", "mark", "limit of"], rows)


def _structures(result: DisposalSheet) -> None:
    heading("Structures (the full charge where it lies, no mitigation)")
    rows = [(n.claim.body.label, f"{n.distance_m:,.0f} m", _governing(n), *criteria(n.effect)) for n in result.close]
    table(["structure", "distance", "governing", "vibration mm/s", "pressure kPa", "impulse Pa s"], rows)
    paragraph(
        "Distance: the least that the positions allow. Median (upper bound) / limit with its mark; a dash: the "
        "criterion does not apply."
    )
    for text in result.sheet.disagreements:
        bullet(f"the criteria disagree: {text}")
    for text, names in result.assumed.items():
        bullet(f"{named(names, 3)}: {text}")
    for (category, mark), built in brick_houses(result.close).items():
        bullet(
            f"a brick house there: category {category} {mark} by pressure and impulse, Jarrett 1968 ({named(built, 3)})"
        )
    for need, names in result.needs.items():
        bullet(f"to measure: {need} ({named(names, 3)})")
    if result.farther:
        labels = named([n.claim.body.label for n in result.farther], 6)
        bullet(f"{count(len(result.farther), 'structure')} within a cordon, but farther than every contour: {labels}")
    if result.beyond:
        others = count(result.beyond, "other structure")
        if result.reach_m is None:
            bullet(f"{others} farther than 2,000 m: nobody can say how far anything reaches")
        else:
            bullet(f"neither cordon nor any limit reaches {others} with a position on record")
    if result.unplaced:
        lost = named([c.body.label for c in result.unplaced], 6)
        number = count(len(result.unplaced), "structure")
        bullet(f"{number} may lie anywhere, the position not being on record or known to 1,000 m or worse: {lost}")


def _governing(near: StructureNear) -> str:
    return "outside model" if near.outside_model and near.effect is None else near.governing


def criteria(effect: StructureEffect | None) -> list[str]:
    """Each criterion as "median (upper) / limit mark"."""
    found = {c.name: c for c in effect.criteria} if effect is not None else {}
    cells = []
    for name in ("vibration", "pressure", "impulse"):
        criterion = found.get(name)
        if criterion is None:
            cells.append("-")
        elif math.isnan(criterion.ratio):
            cells.append("outside model")
        else:
            bound = "at most " if criterion.why else ""
            limit = f"{criterion.limit.value:.3g} {criterion.limit.verification}"
            cells.append(f"{bound}{short(criterion.demand)} ({short(criterion.upper)}) / {limit}")
    return cells


def short(value: float) -> str:
    """Two figures, or whole ones from 100 on: no model here knows more."""
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.2g}"


def _options(result: DisposalSheet) -> None:
    heading(f"Options: {result.sheet.status}")
    assessed = sorted(result.sheet.options, key=lambda a: a.place or 99)
    shared = [c for c in assessed[0].conditions if all(c in a.conditions for a in assessed if a.conditions)]
    for one in assessed:
        typer.echo(f"{f'{one.place}.' if one.place else '-':3}{one.option.name}: {one.status.value}")
        for text in (*one.because, *(c for c in one.conditions if c not in shared)):
            bullet(text, indent=6)
    for text in shared:
        bullet(f"for every option: {text}")
    ranking = result.sheet.ranking
    if ranking is None:
        return
    for text in ranking.summary:
        bullet(text)
    for text in ranking.deciding:
        if not any(text in summary for summary in ranking.summary):
            bullet(f"would change the ranking: {text}")
    paragraph("Expected heritage loss in weights of significance [assumption], and its range over uncertain inputs:")
    losses = {loss.option: loss for loss in ranking.losses}
    table(
        ["option", "central", "range", "by vibration alone", "by air blast alone"],
        [
            (
                loss.option,
                f"{loss.central:.2g}" + (f" to {loss.central_high:.2g}" if loss.central_high > loss.central else ""),
                f"{loss.low:.2g} to {loss.high:.2g}",
                f"{loss.vibration:.2g}",
                f"{loss.air_blast:.2g}",
            )
            for loss in map(losses.__getitem__, ranking.order)
        ],
    )


def _people(result: DisposalSheet) -> None:
    heading("Sentries, evacuation, notifications")
    for post in result.sentries_stated:
        bullet(f"sentry post agreed: {post}")
    for proposed in result.sentries:
        bullet(
            f"the cordon crosses {proposed.line}, bearing {proposed.bearing_deg:.0f} degrees "
            f"({proposed.lat:.5f}, {proposed.lon:.5f}): proposal"
        )
    if not result.sentries and not result.sentries_stated:
        bullet("no post is on record and no line on record crosses the cordon: choose the posts on the ground")
    bullet(f"to be empty: {named(result.evacuate, 20) or 'no structure on record'}; people are not on record")
    bullet(f"to notify: {', '.join(result.notify) or 'nobody is on record'}")
    bullet(f"mandates on record: {'; '.join(result.mandates) or 'none'}")


def _known(result: DisposalSheet) -> None:
    heading("What this rests on")
    for text in result.sheet.notes:
        if not (result.cordons and text in result.cordons[0].statements):
            bullet(text)
    for text in result.remarks:
        bullet(text)
    law = result.log.law
    bullet(f"ground: {_law(result.log)}: {law.source} {law.verification}")
    for text in result.sheet.unconfirmed:
        bullet(f"not confirmed: {text}")
    paragraph("Marks: " + "; ".join(f"[{mark}] {meaning}" for mark, meaning in MEANING.items()) + ".")


def measured(product: Product[SiteLog]) -> None:
    """The log of measured shots."""
    log = product.result
    banner(banner_of(product.view))
    paragraph(
        f"{count(len(log.shots), 'measured shot')} on {product.view.on}, as known {product.view.known[:10]}. Each "
        "prediction knows only the shots before it."
    )
    table(
        ["charge kg", "distance m", "measured mm/s", "predicted (lower to upper)", "ratio", "by", "remark"],
        [
            (
                f"{s.shot.charge_kg:g}",
                f"{s.shot.distance_m:g}",
                f"{s.shot.ppv_mm_s:g}",
                f"{s.predicted_mm_s:.3g} ({s.lower_mm_s:.3g} to {s.upper_mm_s:.3g})",
                f"{s.ratio:.2f}",
                "site" if s.calibrated else "general law",
                "ABOVE THE BOUND" if s.above_upper else "outside range" if s.calibrated and s.extrapolated else "",
            )
            for s in log.shots
        ],
    )
    heading("Law of the ground from now on")
    paragraph(f"{_law(log)}: {log.law.source} {log.law.verification}.")
    if log.uncalibrated_because:
        bullet(log.uncalibrated_because)
    if any(s.above_upper for s in log.shots):
        bullet("a shot lay above its bound: stop and look before the next one")
    bullet(f"fewer than {LEAST_SHOTS} shots only widen the uncertainty; from then on every shot refits the law")


def _law(log: SiteLog) -> str:
    law = log.law
    text = f"V = {law.K:.4g} (R/sqrt Q)^-{law.B:.3g} mm/s, ln sd {law.ln_sd:.2g}, {count(len(law.shots), 'shot')}"
    return f"{text}, calibrated" if law.calibrated else f"{text}, NOT calibrated"
