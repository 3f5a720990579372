"""The shipped case says what its sources say."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from tetrapylon import cases
from tetrapylon.errors import NotFound
from tetrapylon.formats.case import read_case
from tetrapylon.formats.row import Row
from tetrapylon.model import REGISTRY, thing_uid

AUTHORITY = "tetrapylon/palmyra"


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], Row]:
    return {(r.entity, r.data["local_id"]): r for r in read_case(cases.folder("palmyra")).rows()}


def uid(entity: str, local_id: str) -> str:
    return thing_uid(AUTHORITY, entity, local_id)


def test_every_row_of_the_compilation_arrives(rows: dict[tuple[str, str], Row]) -> None:
    counts = Counter(entity for entity, _ in rows)
    assert counts == {
        "source": 180, "structure": 73, "condition_report": 158, "hazard_report": 50, "clearance_claim": 28,
        "occurrence": 72 + 7, "statement": 258, "place": 10, "commitment": 6, "footprint": 60 + 8 + 5,
        "estimate": 4, "works": 13, "recommendation": 37, "site": 1,
        "party": len((cases.folder("palmyra") / "parties.csv").read_text(encoding="utf-8").splitlines()) - 1,
    }  # fmt: skip
    assert counts["estimate"] + counts["works"] + counts["recommendation"] == 54


def test_the_dry_run_names_the_three_facts_dated_after_their_source() -> None:
    found = read_case(cases.folder("palmyra")).check()
    assert all(p.warning for p in found)
    assert [p.field.partition(",")[0] for p in found] == ["cr_0037", "work_busts_2017", "work_arch_phase1"]
    assert str(found[0]) == (
        'condition_reports.csv row 38, cr_0037, date: "2016-04-05" lies after the last day (2016-03-31) '
        "the date of its source gatesofnineveh_20160331 may mean."
    )


def test_data_are_what_the_entity_itself_would_encode(rows: dict[tuple[str, str], Row]) -> None:
    for row in rows.values():
        again = REGISTRY[row.entity].decode(row.data).encode()
        assert again == row.data
        assert list(again) == list(row.data)
        assert row.uid == uid(row.entity, row.data["local_id"])


def test_figures_in_si_units_with_the_bound_of_their_wording(rows: dict[tuple[str, str], Row]) -> None:
    """cp_0007: 20 ha by about 100 people in about two days; cp_0011: over 30 km; cp_0018: more than 2,500 buildings."""
    seven = rows["clearance_claim", "cp_0007"].data
    assert seven["area"] == {"value": 200_000.0}
    assert seven["personnel"] == {"value": 100.0, "bound": "about"}
    assert seven["days"] == {"value": 2.0, "bound": "about"}
    assert rows["clearance_claim", "cp_0011"].data["roads"] == {"value": 30_000.0, "bound": "at_least"}
    assert rows["clearance_claim", "cp_0018"].data["buildings"] == {"value": 2500.0, "bound": "at_least"}
    assert rows["clearance_claim", "cp_0012"].data["methods"] == ["dogs", "robot"]


def test_the_army_engineers_of_2016_and_of_2025_are_two(rows: dict[tuple[str, str], Row]) -> None:
    assert rows["clearance_claim", "cp_0001"].data["party"] == uid("party", "syrian_engineers")
    assert rows["clearance_claim", "cp_0027"].data["party"] == uid("party", "syrian_engineers_2025")


def test_speakers_are_found_under_every_wording(rows: dict[tuple[str, str], Row]) -> None:
    """Origin article, statements 1 to 8: Putin 4, Peskov 3 of which one by omission, Assad 1."""
    spoken = [rows["statement", f"st_ev_{n:04d}"].data for n in range(15, 23)]
    names = {uid("party", p): p for p in ("putin", "peskov", "assad")}
    speakers = [names[s["speaker"]] for s in spoken]
    assert speakers == ["putin", "putin", "peskov", "peskov", "assad", "putin", "putin", "peskov"]
    assert [s["by_omission"] for s in spoken] == [False] * 7 + [True]
    assert spoken[7]["stated_by"] == "Dmitry Peskov"


def test_a_wording_that_names_two_parties_stays_text(rows: dict[tuple[str, str], Row]) -> None:
    found = rows["statement", "st_ev_0009"].data
    assert found["stated_by"] == "SOHR; later UNOSAT"
    assert "speaker" not in found


def test_party_names_all_stand_in_the_case() -> None:
    folder = cases.folder("palmyra")
    texts = "\n".join(p.read_text(encoding="utf-8") for p in folder.glob("*.csv") if p.name != "parties.csv")
    with (folder / "parties.csv").open(encoding="utf-8", newline="") as file:
        for party in csv.DictReader(file):
            names = [party["label"], *(a.strip() for a in party["aliases"].split(";"))]
            assert any(name and name in texts for name in names), party


def test_what_dates_a_claim_is_its_source_or_that_of_its_statement(rows: dict[tuple[str, str], Row]) -> None:
    assert rows["hazard_report", "hz_0028"].source == uid("source", "un_news_20160427")
    assert rows["commitment", "cm_ru_demine"].source == uid("source", "moscow_times_20160328")
    assert rows["occurrence", "oc_control_2016_12"].source == uid("source", "dgam_20170305")
    assert rows["statement", "st_cp_0012"].source == uid("source", "kremlin_20160421")
    assert rows["structure", "temple_of_bel_cella"].source is None


def test_several_lines_of_one_structure_keep_their_identity(rows: dict[tuple[str, str], Row]) -> None:
    lines = [k[1] for k in rows if k[0] == "footprint" and "_line_" in k[1]]
    assert len(lines) == 8
    assert Counter(name.partition("_line_")[0] for name in lines) == {"great_colonnade": 6, "transverse_colonnade": 2}
    assert sum(1 for r in rows.values() if r.entity == "footprint" and "structure" not in r.data) == 37


def test_estimates_carry_their_numbers_and_only_theirs(rows: dict[tuple[str, str], Row]) -> None:
    arch = rows["estimate", "est_arch_70_75"].data
    assert (arch["quantity"], arch["lo"], arch["hi"]) == ("share_new", 0.70, 0.75)
    assert not {"quantity", "lo", "hi"} & rows["estimate", "est_bel_afresh"].data.keys()
    assert "hi" not in rows["estimate", "est_bel_third"].data


def test_two_dates_of_one_happening_share_its_name(rows: dict[tuple[str, str], Row]) -> None:
    both = [rows["occurrence", f"oc_control_2016_03_{x}"].data for x in "ab"]
    assert {d["happening"] for d in both} == {"oc_control_2016_03"}
    assert all("note" not in d for d in both)
    assert rows["occurrence", "oc_control_2017_03"].data["note"] == "public in this case from its source date"


def test_an_unknown_case_names_the_nearest() -> None:
    with pytest.raises(NotFound, match='Did you mean "palmyra"'):
        cases.folder("palmira")
