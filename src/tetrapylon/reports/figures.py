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
from tetrapylon.evidence import words
from tetrapylon.formats.tables.cells import guard
from tetrapylon.model import Interval
from tetrapylon.model.terms import AreaClassification, OrdnanceCategory
from tetrapylon.record.view import View
from tetrapylon.reports.files import in_folder
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.stats import NOT_STATED, Items, Statistics

Row = Sequence[Any]
LAND = ("kind", "methods", "value_m2", "low_m2", "high_m2", "claims", "without declared area")
ITEMS = (
    "what", "when", "stated by", "found low", "found high", "destroyed", "moved", "stored", "handed over", "in place",
    "unknown low", "unknown high", "claims",
)  # fmt: skip
INCIDENTS = (
    "kind", "number", "killed low", "killed high", "injured low", "injured high", "people not stated in", "claims",
)  # fmt: skip
PERIOD = "result/indicator/period"
IATI = (
    "sector/@vocabulary", "sector/@code", "result/@type", "result/@aggregation-status", "result/title/narrative",
    "result/indicator/@measure", "result/indicator/@aggregation-status", "result/indicator/title/narrative",
    f"{PERIOD}/period-start/@iso-date", f"{PERIOD}/period-end/@iso-date", f"{PERIOD}/actual/@value",
    f"{PERIOD}/actual/dimension/@name", f"{PERIOD}/actual/dimension/@value", f"{PERIOD}/actual/comment/narrative",
    "low", "high",
)  # fmt: skip
"""Where each column belongs in an activity of IATI 2.03 (iati-activities-schema.xsd 2.03, read [V]; rows were
found valid against it). The standard has no place for the last two: the comment repeats them."""
SECTOR = ("1", "15250")
"""Sector vocabulary 1 (OECD DAC CRS purpose codes) and in it removal of land mines and explosive remnants of war:
IATI code lists SectorVocabulary and Sector of 2026-06-22, read [V]."""
OUTPUT, UNIT = "1", "1"
"""Codes "output" of ResultType and "unit" of IndicatorMeasure, recalled [K]."""
NOT_TO_BE_ADDED = "false"
"""Figures of different scopes are never added up: they are not marked as suitable for aggregation."""
ARTICLE_7 = (
    "form", "paragraph", "subject", "name", "known_or_suspected", "type", "quantity", "quantity_low", "quantity_high",
    "date_of_emplacement", "methods", "area_m2", "area_low_m2", "area_high_m2", "status", "date",
    "supplementary_information",
)  # fmt: skip
"""What the Anti-Personnel Mine Ban Convention asks for in Article 7(1)(c) and (g) (text of the treaty, read [V]): per
mined area whether mines are known or suspected, their type, quantity and date of emplacement; types and quantities of
mines destroyed. That its reports call these Form C and Form G is known from reports of states, not from the forms."""


def write_figures(product: Product[Statistics], folder: Path) -> tuple[str, ...]:
    """Write ``statistics.xlsx``, ``iati.csv`` and ``article7.csv``, all or none; the folder is made if needed.

    Raises
    ------
    NotPermitted : the folder or a file in it cannot be written.
    """
    found, view = product.result, product.view
    return in_folder(
        folder,
        {
            "statistics.xlsx": lambda path: _workbook(path, found, view),
            "iati.csv": lambda path: _csv(path, IATI, iati(found)),
            "article7.csv": lambda path: _csv(path, ARTICLE_7, article_7(found)),
        },
    )


def iati(found: Statistics) -> list[Row]:
    """Results as IATI organises them: one row per indicator and disaggregation, for the period."""
    period = found.start.isoformat(), found.end.isoformat()

    def row(result: str, indicator: str, by: str, of: str, value: Interval, comment: str) -> Row:
        actual, low, high = numbers(value)
        told = comment if actual is not None else f"{words.span(value)}; {comment}"
        return (
            *SECTOR, OUTPUT, NOT_TO_BE_ADDED, result, UNIT, NOT_TO_BE_ADDED, indicator, *period, actual,
            by if of else "", of, told, low, high,
        )  # fmt: skip

    rows = [
        row("Land", f"land {one.kind}, m2", "method", one.methods, one.area, _claims(one.claims, one.undeclared))
        for one in found.land
    ]
    for items in found.items:
        what = f"{items.what} {items.when}".strip()
        by = f"; stated by {items.stated_by}" if items.stated_by else ""
        for name, value in fates(items):
            if name == "found" or value.hi > 0:
                rows.append(row("Items", f"items {name}", "items", what, value, _claims(items.claims, ()) + by))
    for one in found.incidents:
        rows.append(row("Incidents", one.kind, "", "", _point(one.number), _claims(one.claims, ())))
    return rows


def article_7(found: Statistics) -> list[Row]:
    """Areas as Article 7(1)(c) asks for them, mines destroyed as (g) does, then land released; without positions."""
    rows: list[Row] = [
        (
            "C", "7(1)(c)", "mined area", area.name,
            "known" if area.body.classification is AreaClassification.CHA else "suspected",
            ", ".join(k.label for k in area.body.contamination) or "not stated", None, None, None, "", "",
            *_declared(area.body.declared_area), area.body.status.label, str(area.body.recorded),
            area.body.reason or "",
        )
        for area in found.areas
    ]  # fmt: skip
    rows += [
        (
            "G", "7(1)(g)", "mines destroyed in the period", items.what, "", items.what, *numbers(items.destroyed),
            "", "", None, None, None, "", "", _claims(items.claims, ()),
        )
        for items in found.items
        if items.what == OrdnanceCategory.AP_MINE.label and items.destroyed.hi > 0
    ]  # fmt: skip
    rows += [
        (
            "", "", "land released in the period", release.name, "", "", None, None, None, "",
            " + ".join(sorted(m.label for m in release.body.methods)) or NOT_STATED,
            *_declared(release.body.declared_area), release.body.kind.label, str(release.body.date),
            release.body.residual_risk or "",
        )
        for release in found.releases
    ]  # fmt: skip
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


def _point(number: int) -> Interval:
    return Interval(float(number), float(number))


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
            *((None, None) if one.reports else numbers(one.killed)[1:]),
            *((None, None) if one.reports else numbers(one.injured)[1:]),
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
