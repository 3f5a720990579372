"""What a schedule leaves behind: files of a plan, and the task orders of its teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from tetrapylon.errors import NotFound, ValueRangeError
from tetrapylon.model.dates import parse_date
from tetrapylon.record.record import Record
from tetrapylon.reports.document import Document
from tetrapylon.reports.plan_files import write_plan
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.task_order import task_order
from tetrapylon.reports.wording import wording
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.reporting import Written, now, write
from tetrapylon.workflow.schedule import plan_of
from tetrapylon.workflow.schedule_result import Schedule


def plan_files(product: Product[Schedule], folder: Path) -> tuple[Path, ...]:
    """Write a schedule with its charts, maps and tables into a folder.

    Raises
    ------
    NotPermitted : the folder cannot be written.
    """
    return write_plan(product.result, product.text(), folder)


def task_orders(
    record: Record,
    folder: Path,
    *,
    plan: Path | None = None,
    teams: Sequence[str] = (),
    week: str | None = None,
    language: str = "en",
    also: str = "ar",
    on: str | None = None,
    known: str | None = None,
    made: dt.datetime | None = None,
) -> tuple[Written, ...]:
    """Write the order of every team that has work, or of those named, as PDF/A; for one week or the whole plan.

    Raises
    ------
    NotFound : no such plan or team, or nothing to do in the week. VocabularyError : no such language.
    """
    if language == also:
        raise ValueRangeError("A task order is written in two languages.", hint="Name another one: --also.")
    seen = Situation(record.view(on=on, known=known))
    schedule = plan_of(record, seen.view, plan)
    first = last = None
    if week is not None:
        day = parse_date(week)
        first = day - dt.timedelta(days=day.weekday())
        last = first + dt.timedelta(days=6)
    wanted = list(teams) or [
        t.id for t in schedule.teams if schedule.of_team(t.id, first or dt.date.min, last or dt.date.max)
    ]
    if not wanted:
        raise NotFound(f"No team has work in the week of {week}." if week else "No team has work in this plan.")
    words, other = wording(language, "task_order"), wording(also, "task_order")
    orders: list[tuple[str, Document]] = [
        (name, task_order(seen, schedule, name, words, other, made=made or now(), first=first, last=last))
        for name in wanted
    ]
    return tuple(write(document, folder / _file(name, first)) for name, document in orders)


def _file(team: str, first: dt.date | None) -> str:
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in team)
    return f"order-{safe}{f'-{first}' if first else ''}.pdf"
