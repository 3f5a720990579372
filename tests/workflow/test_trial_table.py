"""Blind trials: read from tables as people keep them, kept in the record, and the only source of a detection."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.workflow.conftest import Ground

from tetrapylon.clear.search import PoD
from tetrapylon.errors import CaseError, NotFound, OutsideModel, VocabularyError
from tetrapylon.model.terms import SearchMethod
from tetrapylon.workflow.product import keep
from tetrapylon.workflow.trial import evidenced, read_seeds, trial_report, trials

ROWS = [
    ("item_class", "blind", "found_1", "found_2"),
    *[("easy", "yes", "yes", "yes")] * 18,
    ("easy", "yes", "no", "yes"),
    ("easy", "yes", "no", "no"),
    *[("hard", "yes", "no", "yes")] * 3,
    *[("hard", "yes", "yes", "no")] * 5,
    ("easy", "no", "yes", "yes"),
]


def table(path: Path, rows: list[tuple[str, ...]] = ROWS) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("".join(",".join(row) + "\n" for row in rows))
    return path


def test_a_workbook_and_a_text_table_say_the_same(tmp_path: Path) -> None:
    text, book = (read_seeds(table(tmp_path / f"t.{suffix}")) for suffix in ("csv", "xlsx"))
    assert (text.item_class, text.found, text.blind) == (book.item_class, book.found, book.blind)
    assert text.sha256 == book.sha256
    assert len(text.blind) == 29


def test_the_first_walk_of_blind_seeds_gives_the_detection(practised: Ground, tmp_path: Path) -> None:
    with practised.open() as record:
        result = trial_report(record, table(tmp_path / "t.csv"), method="dogs", lane_area=50, false_alarms=3).result
    assert {c.name: c.pod for c in result.report.classes} == {"easy": PoD(18, 20), "hard": PoD(5, 8)}
    assert (result.seeds, result.blind, result.walks) == (29, 28, 2)
    assert result.report.correlation is not None


def test_every_cell_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    rows = [ROWS[0], ("easy", "maybe", "yes", "yes"), ("", "yes", "yes", ""), ("hard", "yes", "7", "no")]
    with pytest.raises(CaseError) as caught:
        read_seeds(table(tmp_path / "t.csv", rows))
    said = str(caught.value)
    assert 't.csv row 2, blind: "maybe" is neither true nor false' in said
    assert "t.csv row 3, item_class: names no detectability class" in said
    assert "t.csv row 3, found_2: is empty" in said
    assert 't.csv row 4, found_1: "7"' in said


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r'item_class: .*needed.* Did you mean "item_clas"'):
        read_seeds(table(tmp_path / "t.csv", [("item_clas", "blind", "found"), ("easy", "yes", "yes")]))
    with pytest.raises(CaseError, match="found: is a column that is needed"):
        read_seeds(table(tmp_path / "t.csv", [("item_class", "blind"), ("easy", "yes")]))
    with pytest.raises(CaseError, match="holds no seed"):
        read_seeds(table(tmp_path / "t.csv", [ROWS[0]]))
    with pytest.raises(NotFound):
        read_seeds(tmp_path / "none.csv")


def test_a_method_that_does_not_exist_names_the_nearest(practised: Ground, tmp_path: Path) -> None:
    with practised.open() as record, pytest.raises(VocabularyError, match="manual"):
        trial_report(record, table(tmp_path / "t.csv"), method="manuel", lane_area=50, false_alarms=0)


def test_a_kept_trial_counts_once_and_two_tables_are_pooled(mine: Ground, tmp_path: Path) -> None:
    first, second = table(tmp_path / "a.csv"), table(tmp_path / "b.csv", ROWS[:12])
    with mine.open(read_only=False) as record:
        for file in (first, first, second):
            keep(record, trial_report(record, file, method="dogs", lane_area=50, false_alarms=3))
        view = record.view()
        assert sum(t["method"] == "dogs" for t in trials(view)) == 2
        found = evidenced(view, SearchMethod.DOGS, ["easy", "hard"])
    assert found.pods == (PoD(18 + 11, 20 + 11), PoD(5, 8))
    assert found.trials == 2


def test_a_trial_of_another_instrument_does_not_count(mine: Ground, tmp_path: Path) -> None:
    with mine.open(read_only=False) as record:
        trial = trial_report(
            record, table(tmp_path / "t.csv"), method="dogs", lane_area=50, false_alarms=3, instrument="Team A"
        )
        keep(record, trial)
        view = record.view()
        assert evidenced(view, SearchMethod.DOGS, ["easy"], instrument="team a").pods == (PoD(18, 20),)
        assert evidenced(view, SearchMethod.DOGS, ["easy"]).trials == 1
        with pytest.raises(OutsideModel, match="no blind trial is on record"):
            evidenced(view, SearchMethod.DOGS, ["easy"], instrument="Team B")


def test_detection_has_no_default_and_a_class_never_seeded_has_none(practised: Ground) -> None:
    with practised.open() as record:
        view = record.view()
        with pytest.raises(OutsideModel, match="a probability of detection has no default"):
            evidenced(view, SearchMethod.DOGS, ["metal-rich"])
        with pytest.raises(OutsideModel, match=r'no blind seed of class metal-ric .*Did you mean "metal-rich"'):
            evidenced(view, SearchMethod.MANUAL, ["metal-ric"])


def test_finding_every_seed_is_no_certain_detection(practised: Ground, tmp_path: Path) -> None:
    rows = [ROWS[0], *[("easy", "yes", "yes", "yes")] * 30]
    with practised.open() as record:
        report = trial_report(record, table(tmp_path / "t.csv", rows), method="dogs", lane_area=50, false_alarms=0)
    (easy,) = report.result.report.classes
    assert easy.pod.mean == pytest.approx(31 / 32)  # Beta(31, 1), never 1
    assert easy.credible[0] < 0.95
    assert report.result.report.correlation is None  # and what walks share cannot be seen
