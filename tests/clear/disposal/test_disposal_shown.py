"""The disposal sheet as printed, as JSON, on paper and in exports."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.docs.harness import run

from tetrapylon.clear.disposal.marks import MEANING
from tetrapylon.cli.show.disposal import criteria
from tetrapylon.errors import NotFound
from tetrapylon.model import LANGUAGES
from tetrapylon.record.record import Record
from tetrapylon.reports.wording import wording
from tetrapylon.workflow.cases import case_at, shipped_cases
from tetrapylon.workflow.disposal import disposal_sheet
from tetrapylon.workflow.exporting import export_view
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, opened

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


@pytest.fixture
def file(scenario: Record, monkeypatch: pytest.MonkeyPatch) -> str:
    """The scenario's file, let go of."""
    monkeypatch.setenv("COLUMNS", "100")
    scenario.close()
    return scenario.store.location


def printed(file: str, *words: str) -> str:
    status, text = run(" ".join(["tetrapylon clear", *words[:1], file, *words[1:]]))
    assert status == 0, text
    return " ".join(text.split())


def test_the_cordon_comes_first_and_every_number_has_its_mark(file: str, scenario: Record) -> None:
    text = printed(file, "disposal", "--item", "scenario_mine")
    first, rest = text.split("NOBODY WITHIN 925 m", 1)
    assert not re.search(r"\d (m|kPa|mm/s)\b", first), "nothing with a number stands before the cordon"
    assert "withdrawal distance 923 m [r]" in rest.lower()
    with opened(file, read_only=True) as record:
        result = disposal_sheet(record, item="scenario_mine").result
    for contour in result.contours:
        assert re.search(rf"{contour.radius_m:,.0f} m\s+{re.escape(str(contour.verification))}", rest)
    for near in result.structures:
        cells = criteria(near.effect)
        assert len(cells) == 3
        assert all(re.fullmatch(r"-|outside model|(at most )?.+ \(.+\) / .+ \[(V|X|R|assumption)\]", c) for c in cells)
    for said in result.sheet.unconfirmed:
        assert said in rest
    assert all(f"[{mark}] {meaning}" in rest for mark, meaning in MEANING.items())
    assert "undetermined: move by central values" in rest
    assert "SCENARIO" in first
    assert "personal" in first


def test_no_distance_says_so_before_anything_else(file: str) -> None:
    text = printed(file, "disposal", "--item", "scenario_unknown")
    assert "NO DISTANCE BY THE RULES: scenario_unknown: the all-up mass is missing." in text
    assert "ask the EOD operator" in text
    assert "NOBODY WITHIN" not in text


def test_a_hold_is_said(file: str) -> None:
    text = printed(file, "disposal", "--item", "scenario_charge_a")
    assert "HOLD for EOD operator and authority: Scenario zone around the hall" in text
    assert "named as possibly linked with scenario_charge_a" in text
    assert "outside model" in text


def test_json_holds_what_is_drawn(file: str) -> None:
    status, text = run(f"tetrapylon clear disposal {file} --item scenario_mine --json")
    assert status == 0
    product = json.loads(text)
    assert product["kind"] == "clear disposal"
    assert product["result"]["tier"] == "personal"
    assert product["result"]["cordons"][0]["outline"]["type"] == "Polygon"
    assert {c["criterion"] for c in product["result"]["contours"]} == {
        "vibration", "vibration_upper", "pressure", "impulse",
    }  # fmt: skip


def test_a_sheet_can_be_kept_and_stays_in_its_tier(file: str, tmp_path: Path) -> None:
    status, text = run(f"tetrapylon clear disposal {file} --item scenario_mine --keep")
    assert status == 0, text
    with opened(file, read_only=True) as record:
        export_view(record, tmp_path / "public", "csv")
        export_view(record, tmp_path / "all", "csv", tiers=("public", "partners", "restricted", "personal"))
    everything = "".join(p.read_text("utf-8") for p in (tmp_path / "all").glob("*.csv"))
    public = "".join(p.read_text("utf-8") for p in (tmp_path / "public").glob("*.csv"))
    for hidden in ("38.268521", "Scenario operator", "38.2618"):
        assert hidden in everything
        assert hidden not in public


def test_measured_shots_stand_against_what_was_predicted(file: str) -> None:
    text = printed(file, "measured")
    assert "6 measured shots" in text
    assert "calibrated: site calibration" in text
    assert re.search(r"0\.2 20 3\.9 2\.61 \(1\.04 to 10\.4\) 1\.50 general law", text)


def test_palmyra_has_no_item_and_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    begin(str(tmp_path / "p.gpkg"), party="Compiler", kind="research")
    with opened(str(tmp_path / "p.gpkg")) as record:
        import_case(record, case_at("case:palmyra"))
        with pytest.raises(NotFound, match=r"none is on record in this view.*neither the mass nor the position"):
            disposal_sheet(record, item="anything", on="2016-04-26", known="2016-12-31")


def test_cases_that_come_with_the_software_have_a_name() -> None:
    assert {"palmyra", "disposal_scenario"} <= shipped_cases().keys()
    assert case_at("a/folder") == Path("a/folder")
    with pytest.raises(NotFound, match='Did you mean "case:palmyra"'):
        case_at("case:palmira")


@pytest.mark.parametrize("language", LANGUAGES)
@needs_poppler
def test_the_sheet_on_paper(file: str, tmp_path: Path, language: str) -> None:
    out = tmp_path / "sheet.pdf"
    status, text = run(f"tetrapylon clear disposal {file} --item scenario_mine --out {out} --lang {language}")
    assert status == 0, text
    pages = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True).stdout
    words = wording(language, "disposal")
    for page in pages.split("\f")[:-1]:
        assert "SCENARIO" in page, "the banner stands on every page"
        if language != "ar":  # poppler gives Arabic letters in the order they are drawn
            assert words.plain("tier_personal") in page, "so does the tier"
    assert "925" in pages
    assert "[R]" in pages
    assert "[assumption]" in pages
    if language != "ar":
        flat = " ".join(pages.split())
        for key in ("sentries", "evacuation", "notifications", "photographs", "readings", "eod_operator", "sources"):
            assert words.plain(key) in flat


@needs_poppler
def test_a_sheet_without_a_distance_has_no_cordon_on_paper(file: str, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    status, text = run(f"tetrapylon clear disposal {file} --item scenario_unknown --out {out}")
    assert status == 0, text
    pages = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True).stdout
    assert "NO WITHDRAWAL DISTANCE BY THE RULES" in pages
    assert "NOBODY WITHIN" not in pages
