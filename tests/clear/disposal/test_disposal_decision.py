"""The decision sheet: safety before heritage, the operator's authority, and what would change the order."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal.cordon import Evacuation, Item, StatedCordon, cordon
from tetrapylon.clear.disposal.damage import Fragility
from tetrapylon.clear.disposal.decision import BLANKS, DecisionSheet, OptionStatus, Situation, Zone, decide
from tetrapylon.clear.disposal.effects import Mitigation
from tetrapylon.clear.disposal.marks import ASSUMED, READ
from tetrapylon.clear.disposal.options import Acceptance, Option, OptionKind, Scenario
from tetrapylon.clear.disposal.overturning import FreeStanding
from tetrapylon.clear.disposal.ranking import Charge, Site, rank
from tetrapylon.clear.disposal.structures import Structure
from tetrapylon.clear.disposal.vibration import Shot, calibrate
from tetrapylon.errors import ValueRangeError

ACCEPTED = Acceptance("the EOD operator on duty", "2025-03-01")
BODY = FreeStanding(9.5, 0.95, 2300)
COLUMN = Structure("column", "column", shapely.box(10, -0.5, 11, 0.5), value=5, free_standing=BODY)
CELLA = Structure("cella", "cella", shapely.box(40, -10, 60, 10), value=10, frequency_hz=20)
SITE = Site(0.0, 0.0, (COLUMN, CELLA))
CHARGE = Charge(7.0, 7.5, 8.0, READ, "EOD operator")
SITUATION = Situation("TM-62M", SITE, CHARGE, cordon([Item("TM-62M", 9.5, 8.0)]), explosives_permitted=True)

SAND = Mitigation(0.3, 0.3, "measured at an earlier shot on this site", "the EOD operator on duty")


def in_place(mitigation: Mitigation = SAND, **options: object) -> Option:
    scenario = Scenario("detonation in place", 1.0, mitigation=mitigation, intended=True)
    return Option("in place", OptionKind.IN_PLACE, (scenario,), ACCEPTED, False, **options)  # type: ignore[arg-type]


def robot(failure: float = 0.05) -> Option:
    return Option("robot", OptionKind.RENDER_SAFE_BY_ROBOT, (Scenario("fails", failure),), ACCEPTED, False)


def by_hand(failure: float = 0.01) -> Option:
    return Option("by hand", OptionKind.RENDER_SAFE_BY_HAND, (Scenario("fails", failure),), ACCEPTED, True)


def removed(probability: float = 0.02) -> Option:
    scenarios = (Scenario("on the way", probability), Scenario("at the ground", 0.98, 5000.0, 0.0, intended=True))
    return Option("move", OptionKind.MOVE, scenarios, ACCEPTED, False)


def status(sheet: DecisionSheet, name: str) -> OptionStatus:
    return next(a.status for a in sheet.options if a.option.name == name)


def test_only_what_the_named_operator_accepts_is_ranked() -> None:
    unaccepted = replace(robot(), acceptance=None)
    sheet = decide(SITUATION, [in_place(), unaccepted])
    assert status(sheet, "robot") is OptionStatus.NOT_ACCEPTED
    assert sheet.ranking is not None
    assert sheet.ranking.order == ("in place",)
    with pytest.raises(ValueRangeError):
        Acceptance(" ", "2025-03-01")


def test_heritage_never_argues_for_a_person_on_the_item() -> None:
    """By hand would lose least; it is neither ranked nor given a loss."""
    sheet = decide(SITUATION, [in_place(), by_hand(0.0001)])
    hand = next(a for a in sheet.options if a.option.name == "by hand")
    assert hand.status is OptionStatus.OPERATOR_ALONE
    assert hand.place is None
    assert sheet.ranking is not None
    assert [loss.option for loss in sheet.ranking.losses] == ["in place"]


def test_unstated_exposure_counts_as_a_person_on_the_item() -> None:
    sheet = decide(SITUATION, [replace(removed(), person_on_item=None), in_place()])
    assert status(sheet, "move") is OptionStatus.OPERATOR_ALONE
    with pytest.raises(ValueRangeError, match="puts a person on the item"):
        replace(by_hand(), person_on_item=False)


@given(failure=st.floats(0, 1), sand=st.floats(0.01, 1))
@settings(max_examples=40, deadline=None)
def test_the_ranking_does_not_depend_on_options_with_a_person(failure: float, sand: float) -> None:
    mitigation = Mitigation(sand, sand, "measured", "the EOD operator on duty")
    without = decide(SITUATION, [in_place(mitigation), robot()])
    with_hand = decide(SITUATION, [in_place(mitigation), by_hand(failure), robot()])
    assert with_hand.ranking == without.ranking


def test_no_disposal_in_place_means_hold() -> None:
    zone = Zone("temple precinct", shapely.box(-30, -30, 30, 30))
    low_order = replace(in_place(), name="low order", kind=OptionKind.LOW_ORDER)
    sheet = decide(replace(SITUATION, no_disposal_zones=(zone,)), [in_place(), low_order])
    assert sheet.status == "hold"
    assert status(sheet, "in place") is status(sheet, "low order") is OptionStatus.HOLD
    assert any("temple precinct" in reason for reason in sheet.because)
    assert any("raise the risk" in note for note in sheet.notes)
    assert sheet.ranking is None


def test_an_uncertain_position_that_may_lie_in_the_zone_holds_too() -> None:
    zone = Zone("temple precinct", shapely.box(10, -30, 30, 30))
    there = replace(SITUATION, no_disposal_zones=(zone,))
    unsure = replace(there, site=replace(SITE, position_uncertainty_m=12.0))
    assert status(decide(there, [in_place()]), "in place") is OptionStatus.ELIGIBLE
    assert status(decide(unsure, [in_place()]), "in place") is OptionStatus.HOLD


def test_a_demolition_ground_inside_a_zone_holds() -> None:
    zone = Zone("necropolis", shapely.box(4900, -100, 5100, 100))
    sheet = decide(replace(SITUATION, no_disposal_zones=(zone,)), [removed(), robot()])
    assert status(sheet, "move") is OptionStatus.HOLD
    assert status(sheet, "robot") is OptionStatus.ELIGIBLE


def test_without_a_withdrawal_distance_everything_holds() -> None:
    sheet = decide(replace(SITUATION, cordon="outside model, ask the EOD operator"), [in_place(), robot(), by_hand()])
    assert sheet.status == "hold"
    assert {a.status for a in sheet.options} == {OptionStatus.HOLD}


def test_evacuation_is_a_condition_until_it_is_recorded() -> None:
    before = decide(SITUATION, [robot()]).options[0]
    done = replace(SITUATION, evacuation=Evacuation(1000, "site manager", "2025-03-01"))
    assert any("923 m" in c for c in before.conditions)
    assert decide(done, [robot()]).options[0].conditions == ()
    impossible = decide(replace(SITUATION, evacuation_possible=False), [robot()])
    assert status(impossible, "robot") is OptionStatus.REFUSED
    assert impossible.status == "hold"


def test_moving_needs_the_distance_at_the_other_end_too() -> None:
    (move,) = decide(SITUATION, [removed()]).options
    assert any("at the ground" in condition for condition in move.conditions)


@pytest.mark.parametrize(("rule", "expected"), [(False, OptionStatus.REFUSED), (None, OptionStatus.HOLD)])
def test_national_rules_on_explosives(rule: bool | None, expected: OptionStatus) -> None:
    sheet = decide(replace(SITUATION, explosives_permitted=rule), [in_place(), robot()])
    assert status(sheet, "in place") is expected
    assert status(sheet, "robot") is OptionStatus.ELIGIBLE


def test_low_order_is_planned_as_high_order() -> None:
    for scenario in (Scenario("burns out", 0.5), Scenario("burns out", 1.0, share=0.1, reason_for_share="low order")):
        with pytest.raises(ValueRangeError, match="full charge"):
            Option("low order", OptionKind.LOW_ORDER, (scenario,), ACCEPTED, False)
    with pytest.raises(ValueRangeError, match="reason"):
        Scenario("partial", 0.5, share=0.1)


def test_attempting_first_pays_below_the_ratio_of_the_losses() -> None:
    """Render safe before detonation in place is better for heritage iff its failure is rarer than L_C / L_full."""
    mitigated = rank(SITE, CHARGE, [in_place()]).losses[0].central
    full = rank(SITE, CHARGE, [robot(1.0)]).losses[0].central
    threshold = mitigated / full
    assert 0 < threshold < 1
    for failure, first in ((0.98 * threshold, "robot"), (1.02 * threshold, "in place")):
        assert rank(SITE, CHARGE, [in_place(), robot(failure)]).order[0] == first


@given(failure=st.floats(0, 1), more=st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_expected_loss_is_linear_in_probability_and_bounded_by_value(failure: float, more: float) -> None:
    loss = rank(SITE, CHARGE, [robot(failure)]).losses[0]
    unit = rank(SITE, CHARGE, [robot(1.0)]).losses[0]
    assert loss.central == pytest.approx(failure * unit.central)
    assert 0 <= loss.low <= loss.central <= loss.central_high <= loss.high <= 15 * failure + 1e-12


def test_a_settled_order_needs_no_measurement() -> None:
    ranking = rank(SITE, CHARGE, [in_place(), removed(0.0)])
    assert ranking.order[0] == "move"
    assert ranking.settled
    assert ranking.deciding == ()


def test_the_measurement_that_would_change_the_order_is_named() -> None:
    """Near the break-even the site's vibration decides; a tight calibration settles it."""
    massive = Fragility((500.0,), 0.4, (1.0,), ASSUMED, "a massive podium")
    podium = replace(CELLA, footprint=shapely.box(150, -10, 170, 10), pressure_fragility=massive)
    far = replace(SITE, structures=(podium,))
    quiet = Mitigation(1.0, 0.5, "trench measured on site", "the EOD operator on duty")
    mitigated = rank(far, CHARGE, [in_place(quiet)]).losses[0].central
    full = rank(far, CHARGE, [robot(1.0)]).losses[0].central
    options = [in_place(quiet), robot(0.95 * mitigated / full)]
    open_question = rank(far, CHARGE, options)
    assert not open_question.settled
    assert any("site calibration" in m for m in open_question.deciding)
    assert "undetermined" in open_question.summary[0]


def test_calibration_narrows_the_range_of_the_loss() -> None:
    shots = [
        Shot(w, r, 300 * (r / w**0.5) ** -1.6 * f)
        for w, r, f in [(0.5, 10, 1.1), (0.5, 20, 0.9), (1, 30, 1.05), (1, 50, 0.97), (2, 80, 1.0), (0.2, 3, 1.02)]
    ]
    calibrated = replace(SITE, structures=(CELLA,), law=calibrate(shots))
    before = rank(replace(SITE, structures=(CELLA,)), CHARGE, [robot(1.0)]).losses[0]
    after = rank(calibrated, CHARGE, [robot(1.0)]).losses[0]
    assert after.high - after.low < before.high - before.low


def test_indoors_the_air_blast_is_outside_the_model_and_the_loss_an_interval() -> None:
    """Five charges linked in a wall inside a hall."""
    five = Charge.summed([Charge(1.5, 1.5, 1.5, READ, "press")] * 5)
    assert five.high_kg == 7.5
    inside = replace(SITE, surroundings="interior", structures=(CELLA,))
    weaker = Mitigation(1.0, 0.2, "measured on site", "the EOD operator on duty")
    ranking = rank(inside, five, [in_place(weaker), robot(0.5)])
    assert all(loss.central_high > loss.central for loss in ranking.losses)
    assert not ranking.settled
    assert any("computational study" in m for m in ranking.deciding)


def test_unconfirmed_inputs_are_never_shown_unmarked() -> None:
    guess = replace(SITUATION, charge=replace(CHARGE, verification=ASSUMED, source="planning value"))
    sheet = decide(guess, [in_place()])
    assert any("[assumption]" in line and "explosive quantity" in line for line in sheet.unconfirmed)
    assert any("column: limit" in line and "[assumption]" in line for line in sheet.unconfirmed)
    assert all("[R" in line or "[assumption]" in line for line in sheet.unconfirmed)


def test_the_sheet_shows_where_criteria_disagree_and_leaves_blanks() -> None:
    sheet = decide(SITUATION, [in_place(), robot()])
    assert any(line.startswith("column: exceeded by vibration") for line in sheet.disagreements)
    assert len(sheet.governing) == 2
    assert any("casing unknown" in note for note in sheet.notes)
    assert sheet.notes[0].startswith("Authority stays with the EOD operator")
    assert {"sentries", "evacuation", "notifications", "monitor reading"} <= {b.split(":")[0] for b in sheet.blanks}
    assert sheet.blanks == BLANKS
    assert {f.name for f in fields(sheet)} >= {"measurements", "governing", "disagreements", "unconfirmed"}


def test_a_stated_cordon_serves_as_well() -> None:
    stated = replace(SITUATION, cordon=StatedCordon(1200, "the EOD operator on duty", "national item table"))
    assert any("1200 m" in c for c in decide(stated, [robot()]).options[0].conditions)


def test_badly_formed_options_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="own name"):
        decide(SITUATION, [robot(), robot()])
    with pytest.raises(ValueRangeError, match="add up"):
        Option("x", OptionKind.DEFER, (Scenario("a", 0.7), Scenario("b", 0.7)), ACCEPTED, False)
    with pytest.raises(ValueRangeError, match="ascend"):
        Charge(8, 7.5, 9, READ, "x")
