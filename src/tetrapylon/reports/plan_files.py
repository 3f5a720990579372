"""A schedule as files: JSON, charts and maps (SVG), GeoJSON for each week, CSV and a workbook."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tetrapylon import __version__
from tetrapylon.errors import NotPermitted
from tetrapylon.formats.tables.cells import guard
from tetrapylon.reports.gantt import gantt
from tetrapylon.reports.plan_maps import weeks_map
from tetrapylon.workflow.schedule_map import week_map
from tetrapylon.workflow.schedule_result import NO_PERMISSION, Planned, Schedule

PLAN = "plan.json"
ACTIVITIES = (
    "activity", "label", "kind", "structure", "place", "first", "last", "hold", "mode", "method", "teams",
    "days_low", "days_likely", "days_high", "days_source", "days_mark", "because", "assumes", "follows_hold", "worth",
    "source", "mark",
)  # fmt: skip
Row = Sequence[Any]


def write_plan(schedule: Schedule, text: str, folder: Path) -> tuple[Path, ...]:
    """Write a schedule into a folder, each file whole or not at all; files of an earlier plan there are replaced.

    Parameters
    ----------
    text : the product as JSON text, written to ``plan.json``.

    Returns
    -------
    plan.json, gantt.svg, gantt-teams.svg, weeks.svg, activities.csv, plan.xlsx and the folder weeks of GeoJSON files.

    Raises
    ------
    NotPermitted : the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
            made = Path(temporary)
            _make(schedule, text, made)
            old = made / "old"
            if (folder / "weeks").is_dir():
                (folder / "weeks").rename(old)
            found = sorted(p for p in made.iterdir() if p != old)
            for path in found:
                path.replace(folder / path.name)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise NotPermitted(f"{folder} cannot be written: {error.strerror}.", hint="Name another --out.") from error
    return tuple(folder / p.name for p in found)


def _make(schedule: Schedule, text: str, folder: Path) -> None:
    (folder / PLAN).write_text(text + "\n", encoding="utf-8")
    (folder / "gantt.svg").write_text(gantt(schedule), encoding="utf-8")
    (folder / "gantt-teams.svg").write_text(gantt(schedule, by="team"), encoding="utf-8")
    (folder / "weeks.svg").write_text(weeks_map(schedule), encoding="utf-8")
    (folder / "weeks").mkdir()
    for monday, _ in schedule.weeks():
        data = json.dumps(week_map(schedule, monday), ensure_ascii=False, indent=1)
        (folder / "weeks" / f"{monday}.geojson").write_text(data + "\n", encoding="utf-8")
    with (folder / "activities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ACTIVITIES)
        writer.writerows(_guarded(_activity(a)) for a in _ordered(schedule))
    _workbook(schedule, folder / "plan.xlsx")


def _ordered(schedule: Schedule) -> tuple[Planned, ...]:
    return (*schedule.planned, *schedule.left_out)


def _activity(a: Planned) -> Row:
    return (
        a.id, a.label, a.kind, a.structure or "", a.place or "", _day(a.first), _day(a.last), "HOLD" if a.hold else "",
        a.mode or "", a.method or "", "; ".join(f"{t} {n}" if n > 1 else t for t, n in a.teams), *a.days, a.days_source,
        a.days_mark, "; ".join(text for _, text in a.reasons), "; ".join(a.holds), "; ".join(a.holds_through),
        round(a.worth, 6), a.source, a.mark,
    )  # fmt: skip


def _workbook(schedule: Schedule, path: Path) -> None:
    from openpyxl import Workbook

    about: list[Row] = [
        ("title", schedule.title),
        ("warning", schedule.banner),
        ("note", schedule.note),
        ("reads as", NO_PERMISSION),
        ("software", f"tetrapylon {__version__}"),
        ("view on, known", f"{schedule.on}, {schedule.known}"),
        ("status", schedule.status),
        ("worth", schedule.worth),
        ("no plan is worth more than", schedule.most),
        ("gap", schedule.gap),
        ("weights set by", schedule.weights_set_by or "nobody: the weights name no one"),
        *((f"weight: {name}", value) for name, value in schedule.weights.items()),
        *((f"marked scenario: {i.table}", f"{i.rows} of {i.of} rows") for i in schedule.invented),
    ]
    opened = [
        (s.id, s.label, s.significance, s.significance_by, _day(s.opened), "HOLD" if s.hold else "")
        for s in (*schedule.opening_order, *(s for s in schedule.structures if s.opened is None))
    ]
    teams = [
        (t.label, a.id, a.label, _day(a.first), _day(a.last), "HOLD" if a.hold else "")
        for t in schedule.teams
        for a in schedule.of_team(t.id)
    ]
    milestones = [
        (m.id, m.label, _day(m.by), _day(m.planned), m.chance, *(m.interval or (None, None)), m.reached,
         *map(_day, m.quantiles))
        for m in schedule.milestones
    ]  # fmt: skip
    rules = [(r.name, r.worth, r.gain) for r in schedule.rules]
    moves = [(m.activity, _day(m.before), _day(m.now), m.mode_before, m.mode_now) for m in schedule.moves]
    sheets: tuple[tuple[str, Row, Iterable[Row]], ...] = (
        ("about", ("what", "value"), about),
        ("activities", ACTIVITIES, map(_activity, _ordered(schedule))),
        ("teams", ("team", "activity", "label", "first", "last", "hold"), teams),
        ("opened", ("structure", "label", "significance", "judged by", "first visit or survey", "hold"), opened),
        ("milestones", ("milestone", "label", "by", "in the plan", "chance", "low", "high", "reached", "10 %", "50 %",
                        "80 %", "90 %"), milestones),
        ("rules", ("priority rule", "worth", "gain over it"), rules),
        ("moved", ("activity", "before", "now", "mode before", "mode now"), moves),
    )  # fmt: skip
    book = Workbook(write_only=True)
    for title, head, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append(list(head))
        for row in rows:
            sheet.append(_guarded(row))
    book.save(path)


def _guarded(row: Row) -> list[Any]:
    return [guard(c) if isinstance(c, str) else c for c in row]


def _day(day: Any) -> str:
    return "" if day is None else day.isoformat()
