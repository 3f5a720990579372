"""PLAN on the command line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tetrapylon.cli.options import File, Json, Known, On
from tetrapylon.cli.verbs.running import Nouns, Steps, StructureOption, product_command

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

ScenarioOption = Annotated[
    str, typer.Option("--scenario", help="Folder of the scenario, or the name of a shipped case that has one.")
]
TimeOption = Annotated[float, typer.Option("--time", help="Seconds to search; Ctrl-C ends with the best so far.")]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", help="plan.json of a schedule. Default: the last one kept in the record.")
]
Folder = Annotated[Path | None, typer.Option("--out", help="Folder for charts, week maps, CSV and workbook.")]


@product_command
def next_(structure: StructureOption = None) -> Steps:
    """The next admissible action at each structure, and the gate that holds it."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.plan import plan_next

    return partial(plan_next, structure=structure), show.next_actions


@product_command
def schedule(scenario: ScenarioOption, time: TimeOption = 20.0, out: Folder = None) -> Steps:
    """One schedule over clear, assess and restore from a scenario: who, when, and which HOLD each date rests on."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.schedule import scenario_folder
    from tetrapylon.workflow.schedule import schedule as plan

    def compute(record: Record, **clocks: Any) -> Any:
        with show.search_line() as told:
            return plan(record, scenario_folder(scenario), seconds=time, told=told, **clocks)

    return _written(compute, out), show.schedule


@product_command
def replan(
    scenario: ScenarioOption,
    today: Annotated[str, typer.Option("--today", help="Nothing new starts before this day, YYYY-MM-DD.")],
    plan: PlanOption = None,
    time: TimeOption = 20.0,
    out: Folder = None,
) -> Steps:
    """Plan again from the progress in the scenario, moving as little as it pays; what moved is listed."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.schedule import plan_of, scenario_folder
    from tetrapylon.workflow.schedule import replan as again

    def compute(record: Record, **clocks: Any) -> Any:
        before = plan_of(record, record.view(**clocks), plan)
        with show.search_line() as told:
            return again(record, scenario_folder(scenario), before, today=today, seconds=time, told=told, **clocks)

    return _written(compute, out), show.schedule


@product_command
def explain(
    activity: Annotated[str | None, typer.Option("--activity", help="Only this activity. Default: all.")] = None,
    plan: PlanOption = None,
) -> Steps:
    """What keeps an activity from starting a day earlier, or out of the plan: gate, team, way in, season, consent."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.schedule import explained

    def compute(record: Record, **clocks: Any) -> Any:
        return explained(record, plan, activity=activity, **clocks)

    return compute, show.explained


def orders(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder for the PDF files.")] = Path("orders"),
    plan: PlanOption = None,
    team: Annotated[list[str] | None, typer.Option("--team", help="Only this team; repeatable.")] = None,
    week: Annotated[str | None, typer.Option("--week", help="Only the week of this day, YYYY-MM-DD.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="First language: en, fr, ru or ar.")] = "en",
    also: Annotated[str, typer.Option("--also", help="Second language.")] = "ar",
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the task orders of a schedule, one PDF for each team, in two languages; what people sign is blank."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.plan_documents import task_orders

    with opened(file, read_only=True) as record:
        written = task_orders(
            record, out, plan=plan, teams=team or (), week=week, language=lang, also=also, on=on, known=known
        )
    emit(written, show.orders, json=json)


def template(
    out: Annotated[Path, typer.Option("--out", help="A new folder.")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="The tables as one workbook instead of CSV files.")] = False,
    json: Json = False,
) -> None:
    """Write a small scenario that plans as it stands, to begin from: every table with its columns."""
    from tetrapylon.cli.show.common import emit
    from tetrapylon.formats.scenario import write_template
    from tetrapylon.plan.weights import EXAMPLE

    files = [str(path) for path in write_template(out, EXAMPLE, workbook=xlsx)]
    emit(files, lambda found: typer.echo("\n".join(found)), json=json)


def _written(compute: Callable[..., Any], out: Path | None) -> Callable[..., Any]:
    """Compute, and write the files of the plan where asked to."""
    if out is None:
        return compute

    def both(record: Record, **clocks: Any) -> Any:
        from tetrapylon.workflow.plan_documents import plan_files

        product = compute(record, **clocks)
        for path in plan_files(product, out):
            typer.echo(f"Wrote {path}", err=True)
        return product

    return both


NOUNS: Nouns = {
    "next": next_,
    "schedule": schedule,
    "replan": replan,
    "explain": explain,
    "orders": orders,
    "template": template,
}
