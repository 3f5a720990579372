"""The figures of a period as files: a workbook, and CSV shaped after IATI results and after Article 7 reports.

No file carries a position. Texts are guarded against being run as formulas. A number stands in ``value`` only where it
is one number; else its lowest and highest values stand in ``low`` and ``high``, an open end as an empty cell.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tetrapylon import __version__
from tetrapylon.formats.tables.cells import guard
from tetrapylon.model import Interval
from tetrapylon.record.view import View
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.stats import Items, Statistics

Row = Sequence[Any]
LAND = ("kind", "methods", "value_m2", "low_m2", "high_m2", "claims", "without declared area")
ITEMS = (
    "what", "when", "stated by", "found low", "found high", "destroyed", "moved", "stored", "handed over", "in place",
    "unknown low", "unknown high", "claims",
)  # fmt: skip
INCIDENTS = ("kind", "number", "killed", "injured", "people not stated in", "claims")
IATI = (
    "result_title", "indicator_title", "measure", "disaggregation", "period_start", "period_end", "actual_value",
    "actual_low", "actual_high", "sector_vocabulary", "sector_code", "comment",
)  # fmt: skip
ARTICLE_7 = (
    "form", "subject", "name", "kind", "contamination_or_method", "status", "date", "value_m2", "low_m2", "high_m2",
    "comment",
)  # fmt: skip
SECTOR = ("1", "15250")
"""IATI sector vocabulary 1 (DAC five-digit) [V] and in it the code of mine and ordnance clearance [K]."""


def write_figures(product: Product[Statistics], folder: Path) -> tuple[str, ...]:
    """Write ``statistics.xlsx``, ``iati.csv`` and ``article7.csv``; the folder is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    found, view = product.result, product.view
    _workbook(folder / "statistics.xlsx", found, view)
    _csv(folder / "iati.csv", IATI, iati(found))
    _csv(folder / "article7.csv", ARTICLE_7, article_7(found))
    return tuple(str(folder / name) for name in ("statistics.xlsx", "iati.csv", "article7.csv"))


def iati(found: Statistics) -> list[Row]:
    """Results as IATI organises them: one row per indicator and disaggregation, for the period."""
    period = found.start.isoformat(), found.end.isoformat()

    def row(result: str, indicator: str, measure: str, by: str, value: Interval, comment: str) -> Row:
        return (result, indicator, measure, by, *period, *numbers(value), *SECTOR, comment)

    rows = [
        row("Land", f"land {one.kind}", "m2", one.methods, one.area, _claims(one.claims, one.undeclared))
        for one in found.land
    ]
    for items in found.items:
        what = f"{items.what} {items.when}".strip()
        by = f"; stated by {items.stated_by}" if items.stated_by else ""
        for name, value in fates(items):
            if name == "found" or value.hi > 0:
                rows.append(row("Items", f"items {name}", "count", what, value, _claims(items.claims, ()) + by))
    for one in found.incidents:
        number = Interval(float(one.number), float(one.number))
        rows.append(row("Incidents", one.kind, "count", "", number, _claims(one.claims, ())))
    return rows


def article_7(found: Statistics) -> list[Row]:
    """Areas as Form C lists mined areas, then what was released in the period; without positions."""
    rows: list[Row] = [
        (
            "C",
            "hazardous area",
            area.name,
            area.body.classification.label,
            ", ".join(k.label for k in area.body.contamination) or "not stated",
            area.body.status.label,
            str(area.body.recorded),
            *_declared(area.body.declared_area),
            area.body.reason or "",
        )
        for area in found.areas
    ]
    rows += [
        (
            "",
            "land released in the period",
            release.name,
            release.body.kind.label,
            " + ".join(sorted(m.label for m in release.body.methods)) or "method not stated",
            "",
            str(release.body.date),
            *_declared(release.body.declared_area),
            release.body.residual_risk or "",
        )
        for release in found.releases
    ]
    return rows


def fates(items: Items) -> tuple[tuple[str, Interval], ...]:
    """What became of items, by name; "found" first."""
    return (
        ("found", items.found),
        ("destroyed", items.destroyed),
        ("moved", items.moved),
        ("stored", items.stored),
        ("handed over", items.handed_over),
        ("in place", items.in_place),
        ("with no fate on record", items.unknown),
    )


def numbers(value: Interval) -> tuple[Any, Any, Any]:
    """The number where it is one; its low and high ends, empty where open."""
    low, high = _whole(value.lo), None if math.isinf(value.hi) else _whole(value.hi)
    return (low if value.is_point else None), low, high


def _declared(stated: Any) -> tuple[Any, Any, Any]:
    return numbers(stated.interval) if stated else (None, None, None)


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _claims(claims: Iterable[str], undeclared: Sequence[str]) -> str:
    told = "from " + ", ".join(claims)
    return f"{told}; no declared area: {', '.join(undeclared)}" if undeclared else told


def _csv(path: Path, head: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([guard(c) if isinstance(c, str) else c for c in row] for row in rows)


def _workbook(path: Path, found: Statistics, view: View) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    about = [
        ("warning", banner_of(view)),
        ("period", f"{found.start} to {found.end}, both included; a date counts by the last day it may mean"),
        ("as known", view.known),
        ("software", f"tetrapylon {__version__}"),
        ("digest of the entries read", view.digest()),
        ("area identity, m2", found.identity.arithmetic),
        ("date may lie outside the period", ", ".join(found.doubtful)),
    ]
    land = [
        (one.kind, one.methods, *numbers(one.area), ", ".join(one.claims), ", ".join(one.undeclared))
        for one in found.land
    ]
    items = [
        (
            one.what,
            one.when,
            one.stated_by,
            *numbers(one.found)[1:],
            *(numbers(value)[1] for value in (one.destroyed, one.moved, one.stored, one.handed_over, one.in_place)),
            *numbers(one.unknown)[1:],
            ", ".join(one.claims),
        )
        for one in found.items
    ]
    incidents = [
        (
            one.kind,
            one.number,
            None if one.reports else one.killed,
            None if one.reports else one.injured,
            ", ".join(one.not_stated),
            ", ".join(one.claims),
        )
        for one in found.incidents
    ]
    sheets = (("about", ("what", "value"), about), ("land", LAND, land), ("items", ITEMS, items),
              ("incidents", INCIDENTS, incidents))  # fmt: skip
    for title, head, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.append(list(head))
        for row in rows:
            sheet.append([guard(c) if isinstance(c, str) else c for c in row])
    book.save(path)
