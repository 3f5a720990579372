"""Small charts as SVG: grades, stated figures, numbers by kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.model import GradeInterval, Interval
from tetrapylon.reports.svg import GREY, HATCH, INK, PALE, SHADES, WIDTH, drawing, letters


@dataclass(frozen=True)
class Dot:
    """A stated figure of a chart: its label below, the interval its wording allows, the number beside it."""

    label: str
    value: float
    allowed: Interval
    said: str


def grade_bars(counts: Mapping[str, int], *, unknown: str) -> str:
    """How many structures have each grade or interval of grades; the bar labelled ``unknown`` is hatched."""
    most = max(counts.values(), default=1)
    row, left = 44.0, 210.0
    body = []
    for i, (label, number) in enumerate(counts.items()):
        top = i * row
        fill, edge = ("url(#hatch)", INK) if label == unknown else (SHADES[int(label[0])], SHADES[int(label[-1])])
        length = (WIDTH - left - 90) * number / most
        body.append(letters(left - 14, top + 30, label, 28, anchor="end"))
        body.append(
            f'<rect x="{left}" y="{top + 6}" width="{length:.1f}" height="32" fill="{fill}" stroke="{edge}" '
            'stroke-width="4"/>'
        )
        body.append(letters(left + length + 12, top + 30, f"{number}", 28))
    return drawing(row * max(len(counts), 1) + 4, HATCH + "".join(body))


def stated_dots(dots: Sequence[Dot]) -> str:
    """Stated figures one beside the other, in the order given, on a logarithmic scale.

    A bar spans what the wording allows; an arrow says that it is open above.
    """
    top, bottom, left = 40.0, 340.0, 110.0
    values = [d.value for d in dots if d.value > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    high = max(high, low + 1)

    def y(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return bottom - min(share, 1.0) * (bottom - top)

    body = []
    for power in range(low, high + 1):
        at = y(10.0**power)
        body.append(f'<line x1="{left}" x2="{WIDTH}" y1="{at:.1f}" y2="{at:.1f}" stroke="{PALE}" stroke-width="1.5"/>')
        body.append(letters(left - 10, at + 7, f"{10**power:,}", 22, anchor="end"))
    step = (WIDTH - left) / max(len(dots), 1)
    for i, dot in enumerate(dots):
        x = left + (i + 0.5) * step
        open_above = math.isinf(dot.allowed.hi)
        high_end = top - 14 if open_above else y(dot.allowed.hi)
        body.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y(dot.allowed.lo):.1f}" y2="{high_end:.1f}" stroke="{GREY}" '
            'stroke-width="3"/>'
        )
        if open_above:
            body.append(
                f'<path d="M{x - 7:.1f} {high_end + 10:.1f} L{x:.1f} {high_end - 3:.1f} L{x + 7:.1f} '
                f'{high_end + 10:.1f}" fill="none" stroke="{GREY}" stroke-width="3"/>'
            )
        body.append(f'<circle cx="{x:.1f}" cy="{y(dot.value):.1f}" r="7" fill="{SHADES[4]}"/>')
        body.append(letters(x - 4, y(dot.value) - 13, dot.said, 18, anchor="end" if i else "middle"))
        body.append(
            f'<g transform="translate({x + 6:.1f} {bottom + 20}) rotate(-60)">'
            + letters(0, 0, dot.label, 19, anchor="end")
            + "</g>"
        )
    return drawing(bottom + 178, "".join(body))


def grade_scale(interval: GradeInterval | None) -> str:
    """One grade interval on the scale 0 to 5; without one the whole scale is hatched: anything is possible."""
    width = WIDTH / 6
    body = []
    for grade in range(6):
        inside = interval is not None and interval.lo <= grade <= interval.hi
        fill = "url(#hatch)" if interval is None else SHADES[grade] if inside else "#ffffff"
        body.append(
            f'<rect x="{grade * width + 2:.1f}" y="2" width="{width - 4:.1f}" height="56" fill="{fill}" '
            f'stroke="{INK if inside else PALE}" stroke-width="{4 if inside else 2}"/>'
        )
        dark = inside and grade >= 4
        body.append(
            letters(
                (grade + 0.5) * width,
                42,
                str(grade),
                34,
                anchor="middle",
                colour="#ffffff" if dark else INK if inside else GREY,
            )
        )
    return drawing(60, HATCH + "".join(body))
