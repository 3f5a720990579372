"""Out of the record and in again: nothing changes, and nothing leaves that may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point
from tests.main_job.conftest import Command

from tetrapylon.formats.case import read_case
from tetrapylon.formats.tables import xlsx
from tetrapylon.model import HazardReport, Tier, When, parse_date
from tetrapylon.model.terms import HazardKind
from tetrapylon.workflow.keeping import opened


def again(command: Command, export: Path, fmt: str, folder: Path) -> Path:
    """Import an export into a new record of another office, and export that."""
    file = folder / "again.gpkg"
    assert command("init", file, "--party", "Another office").code == 0
    done = command("import", export, "--into", file)
    assert done.code == 0, done.err
    out = folder / "again"
    assert command("export", file, "--out", out, "--format", fmt).code == 0
    return out


def values(folder: Path) -> list[Any]:
    case = read_case(folder)
    assert case.errors == 0
    return [(r.entity, r.uid, r.data, r.source, r.tier) for r in case.rows()]


@pytest.mark.parametrize("fmt", ["csv", "geojson"])
def test_text_formats_are_byte_stable(command: Command, palmyra_file: Path, tmp_path: Path, fmt: str) -> None:
    first = tmp_path / "first"
    assert command("export", palmyra_file, "--out", first, "--format", fmt).code == 0
    second = again(command, first, fmt, tmp_path)
    names = sorted(p.name for p in first.iterdir())
    assert names == sorted(p.name for p in second.iterdir())
    assert len(names) > 10
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.parametrize("fmt", ["xlsx", "gpkg"])
def test_binary_formats_are_value_stable(command: Command, palmyra_file: Path, tmp_path: Path, fmt: str) -> None:
    first = tmp_path / "first"
    assert command("export", palmyra_file, "--out", first, "--format", fmt).code == 0
    found = values(first)
    assert len(found) == 1034
    assert values(again(command, first, fmt, tmp_path)) == found


def test_an_export_holds_all_rows_of_the_case_and_not_who_keeps_the_record(
    command: Command, palmyra_file: Path, tmp_path: Path
) -> None:
    command("export", palmyra_file, "--out", tmp_path / "csv")
    parties = (tmp_path / "csv" / "party.csv").read_text(encoding="utf-8").splitlines()
    assert len(parties) == 65
    assert not [line for line in parties if ",Compiler," in line]


@pytest.fixture
def with_secrets(copy: Path) -> Path:
    day = When(parse_date("2025-06-01"))
    by_field, whole = (
        HazardReport(local_id=name, date=day, kind=HazardKind.UXO, description=name, geometry=Point(38.123456, 34.55))
        for name in ("field_report", "whole_report")
    )
    with opened(str(copy)) as record, record.writing() as writer:
        writer.claim(by_field)
        writer.claim(whole, tier=Tier.RESTRICTED)
    return copy


@pytest.mark.parametrize("fmt", ["csv", "geojson"])
def test_only_the_public_tier_leaves_unless_more_is_named(
    command: Command, with_secrets: Path, tmp_path: Path, fmt: str
) -> None:
    def text(tiers: str) -> str:
        out = tmp_path / tiers.replace(",", "-")
        done = command("export", with_secrets, "--out", out, "--format", fmt, "--tiers", tiers)
        assert done.code == 0, done.err
        return "".join(p.read_text(encoding="utf-8") for p in out.iterdir())

    for tiers in ("public", "public,partners"):
        assert "field_report" in text(tiers)
        assert "whole_report" not in text(tiers)
        assert "38.123456" not in text(tiers)
    full = text("public,restricted")
    assert full.count("38.123456") == 2
    assert "whole_report" in full


def test_a_claim_restricted_as_a_whole_stays_so_on_the_way_through_a_file(
    command: Command, with_secrets: Path, tmp_path: Path
) -> None:
    out, file = tmp_path / "csv", tmp_path / "again.gpkg"
    command("export", with_secrets, "--out", out, "--tiers", "public,partners,restricted")
    command("init", file, "--party", "Another office")
    assert command("import", out, "--into", file).code == 0
    command("export", file, "--out", tmp_path / "public")
    text = (tmp_path / "public" / "hazard_report.csv").read_text(encoding="utf-8")
    assert "field_report" in text
    assert "whole_report" not in text


def test_an_amended_claim_keeps_its_tier(command: Command, with_secrets: Path, tmp_path: Path) -> None:
    with opened(str(with_secrets)) as record:
        (claim,) = (c for c in record.view().claims(HazardReport) if c.name == "whole_report")
        with record.writing() as writer:
            writer.amend(record.find_entry(claim.entry), replace(claim.body, description="whole_report 2"))
    command("export", with_secrets, "--out", tmp_path / "csv")
    assert "whole_report" not in (tmp_path / "csv" / "hazard_report.csv").read_text(encoding="utf-8")


def test_kml_lists_what_it_loses_and_the_others_lose_nothing(
    command: Command, palmyra_file: Path, tmp_path: Path
) -> None:
    from tetrapylon.formats.registry import FORMATS

    assert FORMATS["kml"].losses
    assert all(not FORMATS[name].losses for name in ("csv", "geojson", "gpkg"))
    done = command("export", palmyra_file, "--out", tmp_path / "kml", "--format", "kml")
    assert done.code == 0
    assert all(" ".join(loss.split()) in done.words for loss in FORMATS["kml"].losses)


@pytest.mark.parametrize("entity", ["structure", "hazard_report"])
def test_templates(command: Command, tmp_path: Path, entity: str) -> None:
    table, book = tmp_path / f"{entity}.csv", tmp_path / f"{entity}.xlsx"
    assert command("template", entity, "--out", table).code == 0
    assert command("template", entity, "--out", book).code == 0
    (head,) = table.read_text(encoding="utf-8").splitlines()
    (sheet,) = xlsx.read(book)
    assert tuple(head.split(",")) == sheet.columns
    assert command("template", "structur", "--out", table).err.endswith('Did you mean "structure"?\n')
