"""Charts, maps, tables and task orders of a schedule: what they show of it, and that HOLD is never lost."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from tetrapylon.errors import NotFound, NotPermitted, ValueRangeError
from tetrapylon.formats.scenario import write_template
from tetrapylon.model import Party
from tetrapylon.plan.weights import EXAMPLE
from tetrapylon.record.record import Record
from tetrapylon.reports.document import Blanks, Document, Parallel, plain
from tetrapylon.reports.gantt import gantt
from tetrapylon.reports.plan_files import write_plan
from tetrapylon.reports.plan_maps import team_map, weeks_map
from tetrapylon.reports.situation import Situation
from tetrapylon.reports.task_order import task_order
from tetrapylon.reports.wording import wording
from tetrapylon.workflow.plan_documents import task_orders
from tetrapylon.workflow.product import Product, as_json
from tetrapylon.workflow.schedule import schedule
from tetrapylon.workflow.schedule_result import NO_PERMISSION, Schedule, from_json

SVG = "{http://www.w3.org/2000/svg}"
MADE = dt.datetime(2030, 2, 1, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record and the sample scenario."""
    made = tmp_path_factory.mktemp("plan")
    write_template(made / "scenario", EXAMPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(made / "state"))
        with Record.create(str(made / "r.gpkg"), party=Party(label="Authority")):
            pass
    return made


@pytest.fixture(scope="module")
def product(folder: Path) -> Product[Schedule]:
    with Record.open(str(folder / "r.gpkg"), read_only=True) as record:
        return schedule(record, folder / "scenario", seconds=30, on="2030-02-01")


@pytest.fixture(scope="module")
def text(product: Product[Schedule]) -> str:
    return json.dumps({"result": as_json(product.result)})


def order(folder: Path, plan: Schedule, team: str, **more: Any) -> Document:
    with Record.open(str(folder / "r.gpkg"), read_only=True) as record:
        seen = Situation(record.view(on="2030-02-01"))
        words = wording("en", "task_order"), wording("ar", "task_order")
        return task_order(seen, plan, team, *words, made=MADE, **more)


@pytest.mark.parametrize("by", ["structure", "team"])
def test_the_chart_shows_every_planned_activity_with_its_dates_and_hold(product: Product[Schedule], by: Any) -> None:
    plan = product.result
    root = ET.fromstring(gantt(plan, by=by))
    titles = [t.text or "" for t in root.iter(f"{SVG}title")]
    for a in plan.planned:
        told = f"{'HOLD: ' if a.hold else ''}{a.label}, {a.first} to {a.last}"
        assert any(t.startswith(told) for t in titles), told
    hatched = [r for r in root.iter(f"{SVG}rect") if r.get("fill") == "url(#hold)"]
    bars = sum(len(a.teams) if by == "team" else 1 for a in plan.planned if a.hold)
    assert len(hatched) == bars + 1  # and one in the legend
    assert NO_PERMISSION in {t.text for t in root.iter(f"{SVG}text")}


def test_bars_of_one_lane_do_not_cover_each_other(product: Product[Schedule]) -> None:
    root = ET.fromstring(gantt(product.result))
    lanes: dict[float, list[tuple[float, float]]] = {}
    for group in root.iter(f"{SVG}g"):
        bar = next((r for r in group.iter(f"{SVG}rect")), None)
        if bar is not None:
            x, y, width = (float(bar.get(k, "0")) for k in ("x", "y", "width"))
            lanes.setdefault(y, []).append((x, x + width))
    assert lanes
    for spans in lanes.values():
        spans.sort()
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_maps_are_drawn_for_the_weeks_in_which_something_changes(product: Product[Schedule]) -> None:
    root = ET.fromstring(weeks_map(product.result))
    texts = [t.text or "" for t in root.iter(f"{SVG}text")]
    assert "25 Feb 2030 to 3 Mar 2030" in texts
    assert any("way open by assumption (HOLD)" in t for t in texts)
    ET.fromstring(team_map(product.result, product.result.of_team("north")))
    assert team_map(product.result, []) == ""


def test_the_files_agree_with_the_schedule_and_replace_an_earlier_plan(
    product: Product[Schedule], text: str, tmp_path: Path
) -> None:
    plan = product.result
    out = tmp_path / "out"
    (out / "weeks").mkdir(parents=True)
    (out / "weeks" / "1999-01-04.geojson").write_text("old")
    write_plan(plan, text, out)
    assert from_json(json.loads((out / "plan.json").read_text(encoding="utf-8"))) == plan
    with (out / "activities.csv").open(newline="", encoding="utf-8") as file:
        rows = {r["activity"]: r for r in csv.DictReader(file)}
    assert {k: (r["first"], r["hold"]) for k, r in rows.items()} == {
        a.id: (str(a.first), "HOLD" if a.hold else "") for a in plan.planned
    }
    weeks = sorted(p.name for p in (out / "weeks").iterdir())
    assert weeks == [f"{monday}.geojson" for monday, _ in plan.weeks()]
    assert not [p for p in out.iterdir() if p.name.startswith(".")]
    book = load_workbook(out / "plan.xlsx", read_only=True)
    assert {r[1].value for r in book["about"].iter_rows()} >= {NO_PERMISSION, plan.title}
    assert len(list(book["activities"].iter_rows())) == len(plan.activities) + 1
    book.close()


def test_a_folder_that_is_a_file_is_refused(product: Product[Schedule], text: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(NotPermitted):
        write_plan(product.result, text, tmp_path / "out")


def test_an_order_prints_hold_for_what_assumes_a_release_and_leaves_the_decision_blank(
    product: Product[Schedule], folder: Path
) -> None:
    document = order(folder, product.result, "mission")
    told = _all(document)
    assert "HOLD: 2 of 2 tasks" in told
    assert "موقوف: 2 من 2" in told
    assert "assumed release of visit_temple after quality_temple" in told
    labels = [plain(label) for b in document.blocks if isinstance(b, Blanks) for label in b.labels]
    assert sum(label.startswith("Decision, number") for label in labels) == 2
    assert any(label.startswith("medic on site") for label in labels)
    assert any(label.startswith("channel and call sign") for label in labels)


def test_an_order_without_an_assumed_release_still_authorises_nothing(product: Product[Schedule], folder: Path) -> None:
    document = order(folder, product.result, "north", last=dt.date(2030, 3, 8))
    told = _all(document)
    assert "HOLD:" not in told
    assert "This order authorises nothing" in told
    assert "The gate on the day decides all the same" in told


def test_an_order_names_methods_zone_and_distances(product: Product[Schedule], folder: Path) -> None:
    told = _all(order(folder, product.result, "north", first=dt.date(2030, 3, 10)))
    assert "archaeology" in told
    assert "25 m from manual" in told
    assert "What is known of hazards here." in told


def test_every_text_of_the_order_is_there_in_every_language() -> None:
    texts = {code: wording(code, "task_order").texts for code in ("en", "ar", "fr", "ru")}
    for code, found in texts.items():
        assert found.keys() == texts["en"].keys(), code
        for key, said in found.items():
            assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", texts["en"][key])), (code, key)


def test_orders_are_written_for_every_team_that_has_work(product: Product[Schedule], text: str, folder: Path) -> None:
    file = folder / "plan.json"
    file.write_text(text, encoding="utf-8")
    with Record.open(str(folder / "r.gpkg"), read_only=True) as record:
        written = task_orders(record, folder / "orders", plan=file, week="2030-03-11", made=MADE)
        assert [Path(w.file).name for w in written] == [
            "order-north-2030-03-11.pdf",
            "order-archaeologist-2030-03-11.pdf",
        ]
        assert all(Path(w.file).read_bytes().startswith(b"%PDF") for w in written)
        with pytest.raises(NotFound, match="north"):
            task_orders(record, folder / "orders", plan=file, teams=["nort"])
        with pytest.raises(NotFound, match="No team has work"):
            task_orders(record, folder / "orders", plan=file, week="2031-01-01")
        with pytest.raises(ValueRangeError, match="two languages"):
            task_orders(record, folder / "orders", plan=file, language="ar")


def _all(document: Document) -> str:
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "text" in value and isinstance(value["text"], str):
                found.append(value["text"])
            for key, inner in value.items():
                if key not in ("text", "svg") or not isinstance(inner, str):
                    collect(inner)
        elif isinstance(value, list):
            collect_all(value)

    def collect_all(values: list[Any]) -> None:
        if values and all(isinstance(v, dict) and "as" in v for v in values):
            found.append("".join(v["text"] for v in values))
        else:
            for v in values:
                collect(v)

    collect(document.data())
    assert any(isinstance(b, Parallel) for b in document.blocks)
    return "\n".join(found)
