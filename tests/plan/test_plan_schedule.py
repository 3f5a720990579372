"""A schedule from a scenario and a record: what is read, what is refused, what holds, what is kept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scenarios_on_disk import add, change, sample

from tetrapylon.errors import CaseError, NotFound, NotPermitted, ValueRangeError
from tetrapylon.model import Decision, GroundKind, Mandate, Party, Structure, Tier, When
from tetrapylon.model import Product as Kept
from tetrapylon.model.entity import Ref
from tetrapylon.model.terms import Activity, DecisionKind, MandateMatter
from tetrapylon.plan import KINDS
from tetrapylon.record.record import Record
from tetrapylon.workflow.product import keep
from tetrapylon.workflow.schedule import explained, plan_of, replan, scenario_folder, schedule
from tetrapylon.workflow.schedule_map import state_of, week_map
from tetrapylon.workflow.schedule_result import Schedule, from_json


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    with Record.create(str(tmp_path / "r.gpkg"), party=Party(label="Authority")) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample(tmp_path / "scenario")


def planned(record: Record, folder: Path, **more: Any) -> Schedule:
    return schedule(record, folder, seconds=30, **more).result


def lines(plan: Schedule) -> dict[str, str]:
    return {a.id: f"{a.first:%d %b} to {a.last:%d %b}{' HOLD' if a.hold else ''}" for a in plan.planned if a.first}


def problems(record: Record, folder: Path) -> list[str]:
    with pytest.raises(CaseError) as caught:
        schedule(record, folder)
    return [str(p) for p in caught.value.problems]


# --- what is planned --------------------------------------------------------------------------------------------------


def test_the_sample_plans_as_it_stands_and_what_assumes_a_release_is_a_hold(record: Record, folder: Path) -> None:
    plan = planned(record, folder)
    # 600 m2 by 8 at 20 m2 a day: 4 days from Saturday; Friday rests; the lane opens 2 working days after its check
    assert lines(plan) == {
        "lane": "02 Mar to 05 Mar",
        "quality_lane": "06 Mar to 06 Mar",
        "strip": "10 Mar to 18 Mar HOLD",
        "quality_temple": "19 Mar to 19 Mar HOLD",
        "visit": "01 Apr to 01 Apr HOLD",
        "record": "02 Apr to 04 Apr HOLD",
    }
    assert plan.status == "optimal"
    assert plan.gap == 0
    strip = next(a for a in plan.activities if a.id == "strip")
    assert dict(strip.teams) == {"north": 1, "archaeologist": 1}
    assert "assumed release of lane" in strip.way


def test_a_workbook_says_the_same_as_csv_files(record: Record, folder: Path, tmp_path: Path) -> None:
    assert lines(planned(record, sample(tmp_path / "book", workbook=True))) == lines(planned(record, folder))


def test_the_shipped_scenario_of_palmyra_marks_its_inventions() -> None:
    path = scenario_folder("palmyra")
    text = (path / "README.md").read_text(encoding="utf-8")
    assert "nothing about what was done" in text
    assert (path / "teams.csv").read_text(encoding="utf-8").count(",scenario\n") == 13


def test_a_schedule_survives_json(record: Record, folder: Path) -> None:
    product = schedule(record, folder, seconds=30)
    assert from_json(json.loads(product.text())) == product.result
    with pytest.raises(ValueRangeError, match="no schedule"):
        from_json({"title": 5})


def test_a_scenario_cannot_authorise_and_a_decision_in_force_of_the_record_does(record: Record, folder: Path) -> None:
    with record.writing() as writer:
        authority: Ref[Party] = Ref(next(iter(record.parties().values())))
        temple: Ref[Any] = Ref(writer.claim(Structure(local_id="temple", label="Temple")).entry.subject)
        begun = When(dt.date(2029, 1, 1))
        mandate = writer.claim(Mandate(party=authority, matter=MandateMatter.LAND_RELEASE, start=begun, where=temple))
        writer.claim(
            Decision(
                local_id="dec_1",
                kind=DecisionKind.AUTHORISE,
                made_by=authority,
                mandate=Ref(mandate.entry.subject),
                start=begun,
                end=When(dt.date(2030, 6, 1)),
                about=(temple,),
                activity=Activity.VISIT,
                ground_kinds=tuple(k.name.lower() for k in GroundKind),
            )
        )
    change(folder, "gates", 3, structure="temple", activity="visit")
    change(folder, "gates", 2, after="", lag_low="", lag_likely="", lag_high="", structure="temple", activity="visit")
    free = planned(record, folder, on="2030-03-01")
    assert not any(a.hold for a in free.planned)
    with pytest.raises(ValueRangeError, match="gate lane must hold"):  # before the Decision there is no way in
        planned(record, folder, on="2028-12-31")


def test_a_required_activity_without_a_way_in_names_the_smallest_conflicting_set(record: Record, folder: Path) -> None:
    change(folder, "gates", 2, after="", lag_low="", lag_likely="", lag_high="")
    with pytest.raises(ValueRangeError) as caught:
        schedule(record, folder, seconds=20)
    said = str(caught.value)
    assert "the smallest such set" in said
    assert "gate lane must hold" in said
    assert "strip must be done" in said


def test_every_activity_says_what_keeps_it_where_it_is(record: Record, folder: Path, tmp_path: Path) -> None:
    product = schedule(record, folder, seconds=30)
    file = tmp_path / "plan.json"
    file.write_text(product.text(), encoding="utf-8")
    (visit,) = explained(record, file, activity="visit").result
    assert visit.reasons == (("season", "calendar of mission closed before 2030-04-01"),)
    with pytest.raises(NotFound, match="quality_lane"):
        explained(record, file, activity="quality_lan")


# --- again ------------------------------------------------------------------------------------------------------------


def test_what_has_happened_stands_and_the_rest_moves_only_as_far_as_it_must(
    record: Record, folder: Path, tmp_path: Path
) -> None:
    before = planned(record, folder)
    add(folder, "progress", activity="lane", started="2030-03-02", finished="2030-03-09")
    after = replan(record, folder, before, today="2030-03-10", seconds=30).result
    assert lines(after) == {
        "lane": "02 Mar to 09 Mar",
        "quality_lane": "10 Mar to 10 Mar",
        "strip": "13 Mar to 21 Mar HOLD",
        "quality_temple": "23 Mar to 23 Mar HOLD",
        "visit": "01 Apr to 01 Apr HOLD",
        "record": "02 Apr to 04 Apr HOLD",
    }
    assert {m.activity for m in after.moves} == {"quality_lane", "strip", "quality_temple"}
    late = replan(record, sample(tmp_path / "nothing done"), before, today="2030-03-10", seconds=30).result
    assert next(a for a in late.activities if a.id == "lane").reasons == (
        ("date", "nothing new starts before 2030-03-10"),
    )
    with pytest.raises(ValueRangeError, match="lane"):
        replan(record, folder, before, today="2030-03-05", seconds=5)


def test_work_that_has_begun_without_a_decision_in_force_goes_on_as_a_hold(record: Record, folder: Path) -> None:
    before = planned(record, folder)
    add(folder, "progress", activity="visit", started="2030-04-01", remaining="3")
    after = replan(record, folder, before, today="2030-04-02", seconds=30).result
    visit = next(a for a in after.activities if a.id == "visit")
    assert (visit.first, visit.hold) == (dt.date(2030, 4, 1), True)
    assert any("visit_temple: no Decision in force" in text for text in visit.holds)
    change(folder, "progress", 2, finished="2030-04-01", remaining="")
    done = replan(record, folder, before, today="2030-04-02", seconds=30).result
    assert not next(a for a in done.activities if a.id == "visit").hold


def test_a_kept_schedule_is_restricted_and_the_last_one_is_found_again(record: Record, folder: Path) -> None:
    product = schedule(record, folder, seconds=30)
    with pytest.raises(NotFound, match="No schedule is kept"):
        plan_of(record, record.view(), None)
    keep(record, product)
    (kept,) = record.view().claims(Kept, ever=True)
    assert kept.body.highest_tier == Tier.RESTRICTED
    change(folder, "teams", 2, size="2")
    again = schedule(record, folder, seconds=30)
    assert again.parameters["scenario_sha256"] != product.parameters["scenario_sha256"]
    assert plan_of(record, record.view(), None) == product.result


# --- week by week -----------------------------------------------------------------------------------------------------


def test_ways_open_by_assumption_only_after_the_release_they_assume(record: Record, folder: Path) -> None:
    plan = planned(record, folder)
    weeks = list(plan.weeks())
    assert weeks[0] == (dt.date(2030, 2, 25), dt.date(2030, 3, 3))
    states = []
    for monday, _ in weeks[:3]:
        (way,) = (f for f in week_map(plan, monday)["features"] if f["properties"]["what"] == "corridor")
        states.append((way["properties"]["state"], way["properties"]["hold"]))
    assert states == [("closed", False), ("open by assumption", True), ("open by assumption", True)]
    assert [f["id"] for f in _work(week_map(plan, weeks[0][0]))] == ["lane"]


def test_a_structure_becomes_what_the_plan_has_finished_there(record: Record, folder: Path) -> None:
    with record.writing() as writer:
        writer.claim(Structure(local_id="temple", label="Temple", significance=4))
    for row in (6, 7):
        change(folder, "activities", row, structure="temple", significance="")
    plan = planned(record, folder)
    assert state_of(plan, "temple", dt.date(2030, 3, 31)) == "not opened"
    assert state_of(plan, "temple", dt.date(2030, 4, 1)) == "visited"
    assert state_of(plan, "temple", dt.date(2030, 4, 4)) == "recorded"
    (temple,) = plan.opening_order
    assert (temple.significance, temple.significance_by) == (4.0, "the compiler of the case")


def _work(week: dict[str, Any]) -> list[dict[str, Any]]:
    return [f["properties"] for f in week["features"] if f["properties"]["what"] == "work"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "cells", "said"),
    [
        ("activities", 2, {"kind": "lanes"}, 'kind: "lanes" is not a kind. Did you mean "lane"?'),
        ("activities", 3, {"after": "lan"}, 'after: "lan" stands in no row of activities. Did you mean "lane"?'),
        ("activities", 3, {"structure": "tempel"}, 'structure: "tempel" is not a structure.'),
        ("activities", 4, {"delivers": "visit"}, 'delivers: "visit" is not a deliverable. Did you mean "visited"?'),
        ("activities", 2, {"earliest": "03/04/2030"}, 'earliest: "03/04/2030" may mean two days'),
        ("modes", 3, {"likely": "1.5"}, 'likely: "1.5" is not a whole number.'),
        ("modes", 3, {"likely": ""}, "likely: is empty"),
        ("modes", 3, {"needs": "qualty"}, 'needs: "qualty" is a skill of no team. Did you mean "quality"?'),
        ("modes", 3, {"needs": "quality 0"}, 'needs: "quality 0" is not a need'),
        ("modes", 7, {"spends": "find 5"}, 'spends: "find" stands in no row of budgets. Did you mean "fund"?'),
        ("gates", 2, {"lag_high": ""}, "lag_high: is empty"),
        ("modes", 3, {"cost": "-1"}, 'cost: "-1" is below zero.'),
        ("modes", 3, {"activity": "lane", "mode": "by hand"}, 'mode: "by hand" stands already in an earlier row'),
        ("separations", 2, {"metres": "-25"}, 'metres: "-25" is below zero.'),
        ("gates", 2, {"mark": "sure"}, 'mark: "sure" is not a mark.'),
        ("zones", 2, {"methods": "manuel"}, 'methods: "manuel" is a method of no mode. Did you mean "manual"?'),
        ("teams", 3, {"team": "north"}, 'team: "north" stands already in row 2.'),
        ("calendars", 3, {"last": "2030-03-01"}, 'last: "2030-03-01" lies before first'),
    ],
)  # fmt: skip
def test_an_error_names_file_row_field_value_and_the_nearest_choice(
    record: Record, folder: Path, table: str, row: int, cells: dict[str, str], said: str
) -> None:
    change(folder, table, row, **cells)
    found = problems(record, folder)
    assert any(p.startswith(f"{table}.csv row {row}, {said}") for p in found), found


@pytest.mark.parametrize(
    ("table", "cells", "said"),
    [
        ("corridors", {"to": "camp"}, "joins a node to itself"),
        ("activities", {"after": "quality_lane"}, "wait for each other"),
    ],
)
def test_what_only_the_whole_shows_is_named_too(
    record: Record, folder: Path, table: str, cells: dict[str, str], said: str
) -> None:
    change(folder, table, 2, **cells)
    assert said in problems(record, folder)[0]


def test_all_problems_are_named_at_once(record: Record, folder: Path) -> None:
    change(folder, "activities", 2, kind="lanes")
    change(folder, "modes", 3, likely="x")
    change(folder, "teams", 2, size="-1")
    assert len(problems(record, folder)) == 3


def test_nobody_goes_to_the_ground_without_a_way_in_and_a_gate(record: Record, folder: Path) -> None:
    change(folder, "activities", 2, place="")
    change(folder, "activities", 6, gates="", place="")
    change(folder, "activities", 7, gates="")
    assert [p.split(" is empty")[0] for p in problems(record, folder)] == [
        "activities.csv row 2, place:",
        "activities.csv row 6, place:",
        "activities.csv row 6, gates:",
        "activities.csv row 7, gates:",
    ]


def test_a_disposal_keeps_everybody_away(record: Record, folder: Path) -> None:
    add(folder, "activities", activity="blast", kind="disposal", place="camp")
    add(folder, "modes", activity="blast", mode="pit", low="1", likely="1", high="1", needs="clearance")
    add(folder, "separations", method="manual", other="disposal", metres="25")
    assert problems(record, folder) == [
        'modes.csv row 8, method: "disposal" has no row in separations that keeps everybody (*) away; give the '
        "withdrawal distance in metres."
    ]
    add(folder, "separations", method="disposal", other="*", metres="679")
    assert any(s[:3] == ("disposal", "*", 679) for s in planned(record, folder).separations)


def test_artefact_rich_ground_asks_for_a_rate_instead_of_assuming_one(record: Record, folder: Path) -> None:
    change(folder, "modes", 4, rate_low="", rate_likely="", rate_high="")
    (said,) = problems(record, folder)[:1]
    assert "modes.csv row 4, rate" in said
    assert "No rate may be assumed for manual, artefact-rich" in said


def test_what_is_missing_or_unknown_in_the_folder_is_named(record: Record, folder: Path, tmp_path: Path) -> None:
    (folder / "weights.toml").unlink()
    (folder / "modes.csv").rename(folder / "mods.csv")
    said = problems(record, folder)
    assert any('mods.csv: "mods" is not a table of a scenario. Did you mean "modes"?' in p for p in said)
    assert any("modes.csv: The table is missing." in p for p in said)
    assert any("weights.toml: There is no weights.toml" in p for p in said)
    with pytest.raises(NotFound, match="plan template"):
        schedule(record, tmp_path / "nowhere")
    with pytest.raises(NotFound, match='Did you mean "palmyra"'):
        scenario_folder("palmira")


@pytest.mark.parametrize("text", ["first = 2030-03-01\nlast = 2030-02-01", "fist = 2030-03-01", "title ="])
def test_settings_that_cannot_be_are_refused(record: Record, folder: Path, text: str) -> None:
    (folder / "scenario.toml").write_text(text)
    assert problems(record, folder)[0].startswith("scenario.toml")


def test_a_template_overwrites_nothing(tmp_path: Path) -> None:
    sample(tmp_path / "a")
    with pytest.raises(NotPermitted, match="not empty"):
        sample(tmp_path / "a")


def test_every_kind_of_activity_belongs_to_a_verb_of_the_chart() -> None:
    from tetrapylon.reports.gantt import VERBS

    assert set(VERBS) == set(KINDS)
