"""Import, amend, keep, share, snapshot and merge on the record of the case."""

from __future__ import annotations

import csv
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from shapely.geometry import Point
from tests.main_job.conftest import LAST, ON, Command

from tetrapylon.model import ClearanceClaim, HazardReport, Product, Structure, Tier, When, parse_date, thing_uid
from tetrapylon.model.terms import HazardKind
from tetrapylon.record import importing
from tetrapylon.record.merging import merge
from tetrapylon.record.record import Record
from tetrapylon.record.verifying import verify
from tetrapylon.workflow.clear import clearance_ledger, gate_report
from tetrapylon.workflow.headline import headline
from tetrapylon.workflow.keeping import begin, opened, share_with

DATED_AFTER_SOURCE = {"cr_0037", "work_busts_2017", "work_arch_phase1"}
"""The three facts of the case that are dated after the source that tells them."""
AUTHORITY = "tetrapylon/palmyra"


def bytes_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def heads(file: Path) -> dict[str, tuple[int, str]]:
    with opened(str(file), read_only=True) as record:
        return record.heads()


# --- import ---------------------------------------------------------------------------------------------------------


def test_the_dry_run_names_the_facts_dated_after_their_source_and_writes_nothing(
    command: Command, case: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.gpkg"
    assert command("init", file, "--party", "Office").code == 0
    before = heads(file)
    done = command("import", case, "--into", file, "--dry-run", "--json")
    assert done.code == 0
    warned = done.json["warnings"]
    assert len(warned) == 3
    rows = {name: next(i for i, row in enumerate(_rows(case, name), 2) if row[0] in DATED_AFTER_SOURCE)
            for name in ("condition_reports.csv",)}  # fmt: skip
    assert warned[0]["row"] == rows["condition_reports.csv"]
    assert {w["field"].split(",")[0] for w in warned} == DATED_AFTER_SOURCE
    assert heads(file) == before
    shown = command("import", case, "--into", file, "--dry-run")
    assert "Nothing was written." in shown.out
    assert all(name in shown.words for name in DATED_AFTER_SOURCE)


def _rows(case: Path, name: str) -> list[list[str]]:
    with (case / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_importing_again_adds_nothing(command: Command, copy: Path, case: Path) -> None:
    before = heads(copy)
    done = command("import", case, "--into", copy, "--json")
    report = done.json["report"]
    assert (report["added"], report["amended"]) == (0, 0)
    assert report["unchanged"] == done.json["rows"] == 1034
    assert heads(copy) == before


def test_a_changed_row_becomes_an_amendment(command: Command, copy: Path, case: Path) -> None:
    file = case / "clearance_progress.csv"
    text = file.read_text(encoding="utf-8")
    (line,) = (row for row in text.splitlines() if row.startswith("cp_0018,"))
    file.write_text(text.replace(line, line.replace("17500", "17600")), encoding="utf-8")
    report = command("import", case, "--into", copy, "--json").json["report"]
    assert (report["added"], report["amended"], report["unchanged"]) == (0, 1, 1033)
    with opened(str(copy), read_only=True) as record:
        (claim,) = (c for c in record.view().claims(ClearanceClaim) if c.name == "cp_0018")
        assert claim.body.items is not None
        assert claim.body.items.value == 17600
        assert str(headline(record.view(**LAST))).startswith("28 figures, 23 statements")
        assert verify(record).problems == []


def test_every_problem_is_named_at_once_and_nothing_is_written(command: Command, copy: Path, case: Path) -> None:
    before = heads(copy)
    reports = case / "condition_reports.csv"
    head, *rows = reports.read_text(encoding="utf-8").splitlines()
    at = head.split(",").index("structure_id")
    for i in (3, 7):
        cells = next(csv.reader([rows[i]]))
        cells[at] = "temple_of_bell_cella"
        rows[i] = ",".join(f'"{c}"' for c in cells)
    reports.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    done = command("import", case, "--into", copy)
    assert done.code == 2
    for row in (5, 9):
        assert f"condition_reports.csv row {row}" in done.err
    assert done.err.count('Did you mean "temple_of_bel_cella"?') == 2
    assert "Traceback" not in done.err
    assert heads(copy) == before


def test_an_interrupted_import_leaves_nothing(
    state: Path, tmp_path: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new.gpkg"
    begin(str(file), party="Office")
    before = heads(file)
    monkeypatch.setattr(importing, "CHUNK", 100)

    def stop(what: str, done: int) -> None:
        if what == "written" and done >= 500:
            raise KeyboardInterrupt

    from tetrapylon.workflow.importing import import_case

    with opened(str(file)) as record, pytest.raises(KeyboardInterrupt):
        import_case(record, case, progress=stop)
    assert heads(file) == before
    with opened(str(file)) as record:
        assert record.view().claims(Structure) == []
        assert verify(record).problems == []
        assert import_case(record, case).report.added == 1034


# --- reading, keeping -----------------------------------------------------------------------------------------------


def test_commands_that_read_change_nothing(command: Command, copy: Path, tmp_path: Path) -> None:
    before, were = bytes_of(copy), heads(copy)
    for arguments in (
        ("check", copy), ("verify", copy), ("clear", "ledger", copy), ("clear", "gate", copy),
        ("assess", "condition", copy), ("restore", "options", copy), ("coordinate", "statements", copy),
        ("coordinate", "commitments", copy), ("coordinate", "consents", copy), ("plan", "next", copy),
    ):  # fmt: skip
        assert command(*arguments).code == 0, arguments
    assert bytes_of(copy) == before
    (tmp_path / "elsewhere").mkdir()
    command("export", copy, "--out", tmp_path / "elsewhere" / "csv")
    command("share", copy, "--for", "Museum", "--out", tmp_path / "elsewhere" / "share.gpkg")
    command("snapshot", copy, "--out", tmp_path / "elsewhere" / "whole.gpkg")
    assert bytes_of(copy) == before
    assert heads(copy) == were


def test_a_kept_product_says_what_it_was_computed_from(command: Command, copy: Path) -> None:
    done = command("clear", "ledger", copy, "--on", ON, "--known", ON, "--json", "--keep")
    assert done.code == 0
    with opened(str(copy), read_only=True) as record:
        (kept,) = (c.body for c in record.view().claims(Product))
        view = record.view(on=ON, known=ON)
        again = clearance_ledger(record, on=ON, known=ON)
        heads_then = json.loads(kept.heads)
    assert kept.kind == "clear ledger"
    assert kept.inputs_digest == again.view.digest() == done.json["inputs_digest"]
    assert json.loads(kept.view) == view.arguments()
    artefact = (copy.parent / f"{copy.name}.assets" / f"{kept.artefact_sha256}.json").read_bytes()
    assert sha256(artefact).hexdigest() == kept.artefact_sha256
    assert json.loads(artefact) == done.json
    (feed,) = heads_then
    assert heads(copy)[feed][0] == heads_then[feed][0] + 1
    assert command("verify", copy).code == 0


def test_two_inputs_that_differ_have_different_digests(palmyra: Record) -> None:
    digests = {clearance_ledger(palmyra, on=day, known=day).view.digest() for day in ("2016-04-30", "2016-06-30", ON)}
    assert len(digests) == 3


# --- share, snapshot, merge -----------------------------------------------------------------------------------------


@pytest.fixture
def with_position(copy: Path) -> Path:
    """The record with a report whose position is restricted by declaration, and one restricted as a whole."""
    day = When(parse_date("2025-06-01"))
    known, whole = (
        HazardReport(local_id=name, date=day, kind=HazardKind.UXO, description=name, geometry=Point(38.27, 34.55))
        for name in ("known_report", "whole_report")
    )
    with opened(str(copy)) as record, record.writing() as writer:
        writer.claim(known)
        writer.claim(whole, tier=Tier.RESTRICTED)
    return copy


def test_a_share_withholds_and_still_verifies(command: Command, with_position: Path, tmp_path: Path) -> None:
    out = tmp_path / "share.gpkg"
    done = command("share", with_position, "--for", "Museum", "--out", out, "--json")
    assert done.json["report"]["withheld"] == {"restricted": 2}
    verified = command("verify", out, "--json").json
    assert verified["problems"] == []
    assert verified["withheld"] == 2
    assert verified["entries"] == command("verify", with_position, "--json").json["entries"]
    raw = out.read_bytes()
    assert b"whole_report" not in raw
    assert b"known_report" in raw
    with opened(str(out), read_only=True) as record:
        assert str(headline(record.view(**LAST))).startswith("28 figures")
        (held,) = (c for c in record.view().claims(HazardReport) if c.name == "known_report")
        assert held.body.geometry is None
    shown = command("share", with_position, "--for", "Museum", "--out", tmp_path / "two.gpkg").words
    assert "restricted 0 2" in shown


def test_a_share_merged_back_brings_its_withheld_parts_later(with_position: Path, tmp_path: Path) -> None:
    out, mine = tmp_path / "share.gpkg", tmp_path / "mine.gpkg"
    begin(str(mine), party="Museum")
    with opened(str(with_position), read_only=True) as whole:
        share_with(whole, out, party="Museum", tiers=["public", "partners"])
    with opened(str(mine)) as record:
        with opened(str(out), read_only=True) as less:
            merge(record, less)
        assert len(record.view().claims(HazardReport)) == 51
        with opened(str(with_position), read_only=True) as whole:
            assert merge(record, whole).parts == 2
        assert len(record.view().claims(HazardReport)) == 52
        assert verify(record).problems == []


def test_a_snapshot_is_the_whole_record(command: Command, copy: Path, tmp_path: Path) -> None:
    out = tmp_path / "folder" / "whole.gpkg"
    out.parent.mkdir()
    assert command("snapshot", copy, "--out", out).code == 0
    assert [p.name for p in out.parent.iterdir()] == ["whole.gpkg"], "no side files"
    with opened(str(copy), read_only=True) as one, opened(str(out), read_only=True) as other:
        assert list(one.dump()) == list(other.dump())
        assert one.heads() == other.heads()
    assert command("snapshot", copy, "--out", out).code == 4


def test_two_installations_that_differ_come_to_the_same_record(
    palmyra_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    first, second = tmp_path / "first.gpkg", tmp_path / "second.gpkg"
    bel = thing_uid(AUTHORITY, "structure", "temple_of_bel_cella")
    for name, file in (("first", first), ("second", second)):
        monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / name))
        assert command("init", file, "--party", f"Office {name}", "--kind", "operator").code == 0
        assert command("merge", file, palmyra_file).code == 0
        body = HazardReport(local_id=f"find_{name}", date=When(parse_date("2025-11-01")), kind=HazardKind.UXO,
                            description=f"found by {name}", structure=bel)  # fmt: skip
        with opened(str(file)) as record, record.writing() as writer:
            writer.claim(body)
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "first"))
    assert command("merge", first, second).code == 0
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "second"))
    assert command("merge", second, first).code == 0
    with opened(str(first), read_only=True) as one, opened(str(second), read_only=True) as other:
        assert list(one.dump()) == list(other.dump())
        for record in (one, other):
            (found,) = gate_report(record, structure="temple_of_bel_cella", on="2025-11-30").result.of
            reasons = " ".join(b.text for s in found.statuses.values() for b in s.because)
            assert "found by first" in reasons
            assert "found by second" in reasons
            assert verify(record).problems == []
    assert "Nothing new" in command("merge", second, first).out or heads(first) != heads(second)


def test_a_copied_file_goes_on_as_a_new_feed(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Path(shutil.copy(copy, tmp_path / "other.gpkg"))
    body = HazardReport(date=When(parse_date("2025-11-01")), kind=HazardKind.UXO, description="found")
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "elsewhere"))
    with opened(str(other)) as record, record.writing() as writer:
        writer.claim(body)
    assert len(heads(other)) == len(heads(copy)) + 1


def test_beginning_twice_opens_one_feed(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "office.gpkg"
    first = command("init", file, "--party", "Office", "--json").json
    second = command("init", file, "--party", "Office", "--json").json
    assert (first["new"], second["new"]) == (True, False)
    assert first["feed"] == second["feed"]
    assert len(heads(file)) == 1
    third = command("init", file, "--party", "Another office", "--json").json
    assert third["feed"] != first["feed"]


def test_take_back_dispute_and_check(command: Command, copy: Path) -> None:
    uid = thing_uid(AUTHORITY, "clearance_claim", "cp_0018")
    assert command("dispute", copy, uid, "--reason", "another count").code == 0
    words = command("check", copy).words
    assert "Contested: 1" in words
    assert "clearance claim cp_0018: 1 claim by Compiler; disputed by Compiler" in words
    assert command("retract", copy, uid, "--reason", "withdrawn").code == 0
    with opened(str(copy), read_only=True) as record:
        assert clearance_ledger(record).result.claims == 27
    with opened(str(copy), read_only=True) as record:
        assert clearance_ledger(record, **LAST).result.claims == 28, "as known before it was taken back"
