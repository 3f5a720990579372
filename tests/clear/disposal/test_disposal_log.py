"""The log of measured shots, the marks of contours, and sheets without a place, a charge or a distance."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal.contours import contours
from tetrapylon.clear.disposal.cordon import Item, cordon
from tetrapylon.clear.disposal.decision import OptionStatus, Situation, Zone, decide
from tetrapylon.clear.disposal.listed import listed_item
from tetrapylon.clear.disposal.marks import READ
from tetrapylon.clear.disposal.measured import site_log
from tetrapylon.clear.disposal.options import Acceptance, Option, OptionKind, Scenario
from tetrapylon.clear.disposal.overturning import FreeStanding
from tetrapylon.clear.disposal.ranking import Charge, Site
from tetrapylon.clear.disposal.structures import Structure
from tetrapylon.clear.disposal.vibration import UNCALIBRATED, Shot, calibrate
from tetrapylon.errors import ValueRangeError

shots = st.lists(st.builds(Shot, st.floats(0.1, 5), st.floats(5, 200), st.floats(0.05, 200)), min_size=1, max_size=9)
COLUMN = Structure("column", "Column", shapely.box(10, 0, 11, 1), free_standing=FreeStanding(9.5, 0.95, 2300))
HALL = Structure("hall", "Hall", shapely.box(40, 0, 60, 20))
ACCEPTED = Acceptance("the EOD operator on duty", "2025-03-01")
ROBOT = Option("robot", OptionKind.RENDER_SAFE_BY_ROBOT, (Scenario("fails", 0.1),), ACCEPTED, False)
IN_PLACE = Option("in place", OptionKind.IN_PLACE, (Scenario("here", 1.0, intended=True),), ACCEPTED, False)


@given(shots)
@settings(max_examples=60)
def test_a_prediction_knows_only_the_shots_before_it(every: list[Shot]) -> None:
    whole = site_log(every)
    for n in range(1, len(every)):
        assert site_log(every[:n]).shots == whole.shots[:n]
    assert whole.law.calibrated == (whole.uncalibrated_because == "")
    for logged in whole.shots:
        assert logged.above_upper == (logged.shot.ppv_mm_s > logged.upper_mm_s)
        assert logged.lower_mm_s <= logged.predicted_mm_s <= logged.upper_mm_s


@given(shots)
@settings(max_examples=60)
def test_fewer_than_five_shots_only_widen(every: list[Shot]) -> None:
    law = site_log(every[:4]).law
    assert (law.K, law.B) == (UNCALIBRATED.K, UNCALIBRATED.B)
    bounds = law.predict(1.0, 30.0), UNCALIBRATED.predict(1.0, 30.0)
    assert bounds[0].upper >= bounds[1].upper
    assert bounds[0].lower <= bounds[1].lower


def test_from_the_fifth_shot_on_the_log_leaves_the_fit_of_all() -> None:
    rng = np.random.default_rng(7)
    every = [
        Shot(1.0, float(r), 500 * float(r) ** -1.5 * math.exp(rng.normal(0, 0.2))) for r in (15, 25, 40, 60, 90, 130)
    ]
    assert site_log(every).law == calibrate(every)
    assert "at least 5" in site_log(every[:3]).uncalibrated_because


def test_every_contour_carries_the_weakest_mark_of_limit_and_model() -> None:
    drawn = contours(0, 0, 7.5, [COLUMN, HALL], cordon([Item("mine", 9.5, 8.0)]))
    marks = {ring.criterion: ring.verification for ring in drawn.rings}
    assert not marks["vibration"].confirmed, "the law of confined charges used for a surface charge"
    assert not marks["impulse"].confirmed, "a fifth of the critical impulse is a proposal"
    assert marks["pressure"].confirmed
    law = calibrate(
        [Shot(1.0, r, 300 * r**-1.6 * f) for r, f in ((10, 1.1), (20, 0.9), (40, 1), (80, 1.1), (160, 0.9))]
    )
    calibrated = contours(0, 0, 7.5, [COLUMN, HALL], cordon([Item("mine", 9.5, 8.0)]), law=law)
    assert next(r for r in calibrated.rings if r.criterion == "vibration").verification.confirmed


def test_masses_of_the_table_weaken_the_mark_of_the_cordon() -> None:
    from_table = cordon([listed_item("TM-62M")])
    assert str(from_table.verification) == "[R]"
    assert str(cordon([replace(listed_item("TM-62M"), masses=None)]).verification) == "[V]"


def test_without_a_distance_everybody_counts_as_inside() -> None:
    drawn = contours(0, 0, 7.5, [COLUMN, HALL], None)
    assert drawn.cordon is None
    assert drawn.in_cordon.all()


def test_without_a_place_or_a_charge_every_accepted_option_is_held() -> None:
    zone = Zone("old town", shapely.box(1000, 1000, 1001, 1001))
    charge = Charge(1, 1, 1, READ, "operator")
    distance = cordon([Item("item", 1.5, 1.0)])
    for site, known, why in ((None, charge, "no position"), (Site(0, 0, (HALL,)), None, "no charge")):
        situation = Situation(
            "item", site, known, distance, explosives_permitted=True, no_disposal_zones=(zone,), unknown=(why,)
        )
        sheet = decide(situation, [ROBOT, IN_PLACE])
        assert {a.status for a in sheet.options} == {OptionStatus.HOLD}
        assert sheet.effects == ()
        assert sheet.ranking is None
        held = {a.option.name: a.because for a in sheet.options}
        assert any(why in text for text in held["robot"])
        assert ("old town: no disposal in place" in held["in place"]) is (site is None)
    with pytest.raises(ValueRangeError, match="says why"):
        Situation("item", None, charge, distance)


def test_a_chance_nobody_judged_is_swung_to_its_other_end() -> None:
    unjudged = replace(ROBOT, name="unjudged", scenarios=(Scenario("fails", 1.0, otherwise=0.0),))
    situation = Situation("item", Site(0, 0, (HALL,)), Charge(1, 1, 1, READ, "operator"), cordon([Item("i", 1.5, 1.0)]))
    ranking = decide(situation, [ROBOT, unjudged]).ranking
    assert ranking is not None
    assert ranking.order[0] == "robot"
    assert not ranking.settled
    assert any("chance" in text for text in ranking.deciding)
    with pytest.raises(ValueRangeError, match="more than 1"):
        Option("x", OptionKind.MOVE, (Scenario("a", 1.0, otherwise=0.8), Scenario("b", 0.0, otherwise=0.8)))
