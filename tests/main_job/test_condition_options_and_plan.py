"""ASSESS, RESTORE and PLAN on the record of the case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.main_job.conftest import LAST, Command

from tetrapylon.assess.condition import Condition, assess
from tetrapylon.assess.differences import DifferenceKind
from tetrapylon.model import ConditionReport, GradeInterval, Structure
from tetrapylon.model.terms import RestorationOption
from tetrapylon.plan.next import StepState
from tetrapylon.record.record import Record
from tetrapylon.restore.options import StructureOptions, Verdict
from tetrapylon.workflow.assess import condition_report
from tetrapylon.workflow.plan import plan_next
from tetrapylon.workflow.restore import restoration_options

BEL = "temple_of_bel_cella"


def condition(record: Record, structure: str, on: str = LAST["on"]) -> Condition:
    (found,) = condition_report(record, structure=structure, on=on, known=LAST["known"]).result
    return found


@pytest.fixture
def bel(palmyra: Record) -> StructureOptions:
    (found,) = restoration_options(palmyra, structure=BEL, **LAST).result
    return found


# --- condition ------------------------------------------------------------------------------------------------------


def test_grades_of_the_best_documented_structures(palmyra: Record) -> None:
    grades = {
        "temple_of_bel_cella": (5, 5),
        "temple_of_baalshamin": (5, 5),
        "monumental_arch": (4, 4),
        "tetrapylon": (4, 5),
        "theatre_scaenae_frons": (3, 4),
        "palmyra_castle": (3, 3),
    }
    for name, interval in grades.items():
        assert condition(palmyra, name).interval == GradeInterval(*interval), name


def test_no_new_damage_grades_nothing(palmyra: Record) -> None:
    found = condition(palmyra, BEL)
    (reading,) = (r for r in found.readings if r.claim.name == "cr_0096")
    assert "No further damage" in reading.claim.body.wording
    assert not reading.reading.grades
    assert all(r.claim.name != "cr_0096" for v in found.voices for r in v.reports)


def test_the_class_column_is_not_read(palmyra: Record) -> None:
    """The interval comes from the wording: it stays the same when the class is taken away."""
    readings = {r.claim.name: r for r in condition(palmyra, BEL).readings}
    still_standing, destroyed = readings["cr_0086"], readings["cr_0087"]
    assert still_standing.reading.interval.hi < destroyed.reading.interval.lo
    view = palmyra.view(**LAST)
    reports = view.claims(ConditionReport)
    assert sum(r.body.damage_class is not None for r in reports) > 100
    bare = [replace(r, body=replace(r.body, damage_class=None)) for r in reports]
    with_class, without = (assess(view.claims(Structure), told, on=view.day) for told in (reports, bare))
    assert [c.interval for c in with_class] == [c.interval for c in without]


def test_contradiction_is_told_apart_from_change_over_time(palmyra: Record, seen: Command) -> None:
    found = condition(palmyra, BEL)
    kinds = {d.kind for d in found.differences}
    assert {DifferenceKind.CONTRADICTION, DifferenceKind.CHANGE} <= kinds
    pair = next(d for d in found.differences if "cr_0086" in d.text and "cr_0087" in d.text)
    assert pair.kind is DifferenceKind.CONTRADICTION
    shown = seen("assess", "condition", "--structure", BEL).words
    assert f"- contradiction, grade: {' '.join(pair.text.split())}" in shown
    assert "Difference(" not in shown


def test_voices_are_distinct_lineages(palmyra: Record) -> None:
    found = condition(palmyra, BEL)
    roots = [v.first.root for v in found.voices]
    assert len(roots) == len(set(roots)) < len(found.readings)


def test_what_was_not_assessed_is_named(palmyra: Record, seen: Command) -> None:
    assert "still out of reach" in condition(palmyra, BEL).not_assessed[0].because
    assert "Not assessed" in seen("assess", "condition", "--structure", BEL).out


def test_condition_before_the_destruction(palmyra: Record) -> None:
    early = condition(palmyra, BEL, on="2015-08-29")
    assert early.interval is None


def test_the_overview_lists_all_structures(seen: Command) -> None:
    words = seen("assess", "condition").words
    assert "1 report, none grades it" in words
    assert "1 reports" not in words
    assert "temple_of_bel_cella 5 9 13 change over time: 2; contradiction: 2" in words


# --- options --------------------------------------------------------------------------------------------------------


def test_preserve_as_found_is_always_admissible(palmyra: Record) -> None:
    for found in restoration_options(palmyra, **LAST).result:
        assert found.of(RestorationOption.PRESERVE).verdict is Verdict.ADMITTED


def test_bel_is_undetermined_with_both_opinions_and_what_would_settle_it(bel: StructureOptions, seen: Command) -> None:
    for option in (RestorationOption.ANASTYLOSIS, RestorationOption.PARTIAL_ANASTYLOSIS):
        assert bel.of(option).verdict is Verdict.UNDETERMINED
    assert [o.claim.name for o in bel.opinions] == ["est_bel_afresh", "est_bel_third"]
    assert any("count of the reusable blocks" in text and "cr_0093" in text for text in bel.settle)
    shown = seen("restore", "options", "--structure", BEL).words
    assert "est_bel_afresh" in shown
    assert "est_bel_third" in shown
    assert "none is a measurement" in shown


def test_the_share_of_new_material_has_no_default(bel: StructureOptions, seen: Command) -> None:
    trace = " ".join(c.text for c in bel.of(RestorationOption.ANASTYLOSIS).trace)
    assert "threshold not set by the authority" in trace
    assert "0.25" not in seen("restore", "options", "--structure", BEL).words
    labelled = seen("restore", "options", "--structure", BEL, "--illustrative").words
    assert "illustrative" in labelled
    assert "0.25" in labelled


def test_works_wait_for_a_release_and_for_the_committee(bel: StructureOptions) -> None:
    holds = " ".join(h.text for h in bel.of(RestorationOption.ANASTYLOSIS).holds)
    assert "no release for works by a Decision in force" in holds
    assert "work is limited to first aid and emergency measures" in holds


def test_the_order_of_work(bel: StructureOptions) -> None:
    kinds = [phase.kind.value for phase in bel.order]
    assert kinds[0] == "access"
    assert kinds[-1] == "works"
    assert len(kinds) == len(set(kinds)) == 8


# --- plan -----------------------------------------------------------------------------------------------------------


def test_access_comes_first_and_is_held_by_the_gate(palmyra: Record, seen: Command) -> None:
    for found in plan_next(palmyra, **LAST).result:
        assert found.step is not None
        assert (found.step.phase.kind.value, found.step.state) == ("access", StepState.HELD)
        assert all("by a Decision in force" in b.text for b in found.step.because)
    words = seen("plan", "next").words
    assert "What holds them (number of structures)" in words
    assert "ground: no release for" in words
    assert "Can be done without access" in words


def test_the_plan_is_ordered_by_significance_and_says_whose(palmyra: Record, seen: Command) -> None:
    order = [n.structure.body.significance or 0 for n in plan_next(palmyra, **LAST).result]
    assert order == sorted(order, reverse=True)
    assert "the compiler's judgement, not the authority's" in seen("plan", "next").words
