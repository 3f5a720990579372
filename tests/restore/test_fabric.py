"""What the monuments were made of before: ancient stone, earlier restoration, and what is left."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.model import Claim, ConditionReport, Fabric, Structure, When
from tetrapylon.restore.fabric import FabricSplit, split


def of(name: str) -> FabricSplit:
    (structure,) = (s for s in palmyra.structures() if s.name == name)
    return split(structure, reports=palmyra.condition_reports())


def test_fifteen_of_the_sixteen_columns_of_the_tetrapylon_were_modern():
    found = of("tetrapylon")
    assert found.ancient_before.lo == found.ancient_before.hi == pytest.approx(1 / 16)
    assert found.restored_before.lo == pytest.approx(15 / 16)
    assert found.ancient.hi == pytest.approx(1 / 16)
    assert found.notes[0].basis == "by count of columns"


def test_the_third_bay_of_the_arch_was_a_restoration_of_the_1930s():
    found = of("monumental_arch")
    assert found.ancient_before.lo == pytest.approx(2 / 3)
    assert "bays" in found.notes[0].basis


def test_half_of_the_lion_is_original():
    found = of("lion_of_allat")
    assert found.ancient.lo < 0.5 < found.ancient.hi
    assert found.lost.lo < 0.5 < found.lost.hi


def test_the_stage_facade_was_restored_before_to_an_extent_nobody_stated():
    found = of("theatre_scaenae_frons")
    assert (found.ancient_before.lo, found.ancient_before.hi) == (0.0, 1.0)
    assert any("1980s" in n.text for n in found.notes)


def test_what_nobody_measured_can_be_anything():
    found = of("temple_of_bel_cella")
    assert (found.lost.lo, found.lost.hi) == (0.0, 1.0)
    assert "not measured" in found.words


def test_a_count_without_its_total_gives_no_share():
    house = Claim("h", Structure(label="A house", note="many columns"), "0", "p", "")
    body = ConditionReport(structure="h", date=When(dt.date(2020, 1, 1)), wording="Nine columns were modern copies.")
    found = split(house, reports=[Claim("r", body, "0", "p", "")])
    assert (found.ancient_before.lo, found.ancient_before.hi) == (0.0, 1.0)
    assert "total is not on record" in found.notes[0].basis


share = st.floats(0, 1)


@given(a=share, b=share, c=share, d=share)
def test_shares_stay_shares(a, b, c, d):
    (ancient_lo, ancient_hi), (restored_lo, restored_hi) = sorted((a, b)), sorted((c, d))
    house = Claim("h", Structure(label="A house"), "0", "p", "")
    measured = Fabric(
        structure="h", date=When(dt.date(2020, 1, 1)), basis="a count",
        ancient_lo=ancient_lo, ancient_hi=ancient_hi, restored_lo=restored_lo, restored_hi=restored_hi,
    )  # fmt: skip
    found = split(house, fabrics=[Claim("f", measured, "0", "p", "")])
    assert 0 <= found.lost.lo <= found.lost.hi <= 1
    assert found.lost.hi == pytest.approx(max(0.0, 1 - ancient_lo - restored_lo))
