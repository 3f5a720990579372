"""The disposal sheet of an item on record: every doubt about what is on record falls on the side of danger."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from tetrapylon.clear.disposal.decision import OptionStatus
from tetrapylon.errors import NotFound, ValueRangeError
from tetrapylon.geo.measure import distance
from tetrapylon.model import (
    DisposalOption,
    DisposalTask,
    Entity,
    HeritageHold,
    HeritageZone,
    MeasuredShot,
    OrdnanceItem,
    Structure,
    Tier,
    Void,
    When,
    parse_date,
)
from tetrapylon.model.terms import (
    ChargeEffect,
    Disposal,
    DisposalMethod,
    OrdnanceCategory,
    StructureRole,
    Surroundings,
    VoidKind,
)
from tetrapylon.record.entry import Act
from tetrapylon.record.record import Record
from tetrapylon.workflow.disposal import DisposalSheet, disposal_sheet, measured_log

DAY = When(parse_date("2025-03-01"))
HERE = shapely.Point(38.2685, 34.5516)
NEXT_TO_IT = shapely.box(38.26860, 34.55155, 38.26880, 34.55170)
ITEM = "11111111-1111-7111-8111-111111111111"
OTHER = "22222222-2222-7222-8222-222222222222"
TOWER = "33333333-3333-7333-8333-333333333333"
Says = Callable[..., Any]


@pytest.fixture
def says(site: Record) -> Says:
    """Put a claim on record; gives the stored entry."""

    def put(body: Entity, about: str | None = None) -> Any:
        with site.writing() as writer:
            return writer.claim(body, subject=about)

    return put


def item(**values: Any) -> OrdnanceItem:
    """An item 9 m from the tower, 1.5 kg, with everything known unless said otherwise."""
    known: dict[str, Any] = {
        "local_id": "item",
        "found": DAY,
        "category": OrdnanceCategory.PROJECTILE,
        "all_up_mass": 1.5,
        "net_explosive_quantity": 1.0,
        "effect": ChargeEffect.ALL_ROUND,
        "surroundings": Surroundings.OPEN,
        "geometry": HERE,
        "position_accuracy": 2.0,
    }
    return OrdnanceItem(**{**known, **values})


def tower(**values: Any) -> Structure:
    known: dict[str, Any] = {"label": "Tower", "geometry": NEXT_TO_IT, "position_accuracy": 1.0, "significance": 5}
    return Structure(**{**known, **values})


def option(method: DisposalMethod, **values: Any) -> DisposalOption:
    known: dict[str, Any] = {"item": ITEM, "date": DAY, "accepted": DAY, "accepted_by": "operator 7"}
    return DisposalOption(method=method, **{**known, **values})


def sheet(record: Record, name: str = "item", *, days_later: int = 0) -> DisposalSheet:
    """The sheet on the day of everything here, or some days later."""
    day = DAY.date + dt.timedelta(days=days_later)
    return disposal_sheet(record, item=name, on=str(day)).result


def status(found: DisposalSheet, name: str) -> OptionStatus:
    return next(a.status for a in found.sheet.options if a.option.name == name)


# --- the cordon ---------------------------------------------------------------------------------------------------


def test_the_cordon_is_drawn_around_the_position_with_its_uncertainty(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    (line,) = sheet(site).cordons
    assert (line.distance_m, line.radius_m) == (679, 681)
    assert str(line.verification) == "[V]"
    edge = shapely.get_coordinates(line.outline)
    reached = distance(HERE.x, HERE.y, edge[:, 0], edge[:, 1])
    assert reached.min() >= 681
    assert reached.max() < 681 * 1.005


def test_a_missing_mass_gives_no_distance_and_a_stated_one_takes_its_place(site: Record, says: Says) -> None:
    says(item(all_up_mass=None), ITEM)
    says(tower(), TOWER)
    found = sheet(site)
    assert found.cordons == ()
    assert "the all-up mass is missing" in found.no_distance
    assert "ask the EOD operator" in found.no_distance
    assert found.evacuate == ("Tower",), "without a distance nobody stays in what is listed"
    task = {"item": ITEM, "date": DAY, "stated_distance": 1500.0, "distance_reference": "national table"}
    says(DisposalTask(**task))
    assert sheet(site).cordons == (), "a distance counts only with the name of who states it"
    says(DisposalTask(**task, distance_stated_by="operator 7"))
    (line,) = sheet(site).cordons
    assert (line.radius_m, line.rule, line.source) == (1502, "stated by operator 7", "national table")


def test_a_stated_distance_never_makes_the_cordon_smaller(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(DisposalTask(item=ITEM, date=DAY, stated_distance=300.0, distance_stated_by="o", distance_reference="r"))
    assert sheet(site).cordons[0].distance_m == 679


@pytest.mark.parametrize("effect", [ChargeEffect.DIRECTIONAL, ChargeEffect.SHAPED])
def test_directional_and_shaped_charges_lie_outside_the_model(site: Record, says: Says, effect: ChargeEffect) -> None:
    says(item(effect=effect), ITEM)
    assert "Outside model, ask the EOD operator" in sheet(site).no_distance


def test_a_listed_model_says_more_than_the_record(site: Record, says: Says) -> None:
    says(item(model="PG-7V"), ITEM)  # a shaped charge, whatever was typed beside it
    assert "Outside model" in sheet(site).no_distance


def test_masses_of_the_planning_table_carry_their_mark(site: Record, says: Says) -> None:
    says(item(model="TM-62M", all_up_mass=None, net_explosive_quantity=None), ITEM)
    found = sheet(site)
    assert found.all_up_mass_kg == 9.5
    assert str(found.cordons[0].verification) == "[R]"
    assert any("[R]" in text for text in found.cordons[0].statements)
    assert not found.charge.verification.confirmed  # type: ignore[union-attr]


def test_several_items_and_several_claims_take_the_highest_mass(site: Record, says: Says) -> None:
    says(item(quantity=3), ITEM)
    says(item(all_up_mass=2.0), ITEM)
    found = sheet(site)
    assert found.all_up_mass_kg == 6.0
    assert found.cordons[0].distance_m == math.ceil(634 * 6 ** (1 / 6))
    assert any("2 claims" in remark for remark in found.remarks)


def test_a_bare_charge_counts_as_bare_only_under_the_operators_name(site: Record, says: Says) -> None:
    first = says(item(cased=False), ITEM)
    assert sheet(site).cordons[0].rule.startswith("fragments")
    with site.writing() as writer:
        writer.amend(site.find_entry(first.hash), item(cased=False, casing_confirmed_by="operator 7"))
    assert sheet(site).cordons[0].rule.startswith("blast")


def test_linked_items_are_summed_through_others(site: Record, says: Says) -> None:
    third = "44444444-4444-7444-8444-444444444444"
    says(item(linked_to=(OTHER,)), ITEM)
    says(item(local_id="second"), OTHER)
    says(item(local_id="third", linked_to=(OTHER,)), third)
    found = sheet(site)
    assert {one.item.name for one in found.linked} == {"second", "third"}
    assert found.all_up_mass_kg == 4.5


def test_improvised_devices_in_one_wall_are_summed_although_nobody_said_so(site: Record, says: Says) -> None:
    wall = "55555555-5555-7555-8555-555555555555"
    says(Void(structure=TOWER, kind=VoidKind.VOID), wall)
    says(tower(), TOWER)
    ied = {"category": OrdnanceCategory.IED, "void": wall, "surroundings": Surroundings.UNKNOWN}
    says(item(**ied), ITEM)
    for i in range(4):
        says(item(local_id=f"charge {i}", **ied))
    says(item(local_id="gone", disposal=Disposal.DESTROYED, **ied))
    found = sheet(site)
    assert found.all_up_mass_kg == 7.5  # five charges of 1.5 kg, as in the wall at Mosul in 2024
    assert found.surroundings is Surroundings.INTERIOR
    assert not [c for c in found.contours if c.criterion in ("pressure", "impulse")]
    assert all(near.outside_model for near in found.structures)


def test_the_smaller_rule_only_after_an_evacuation_recorded_by_name(site: Record, says: Says) -> None:
    says(item(), ITEM)
    emptied = {"item": ITEM, "date": DAY, "evacuated_radius": 700.0, "evacuated": DAY}
    first = says(DisposalTask(**emptied))
    assert sheet(site).cordons[0].distance_m == 679
    with site.writing() as writer:
        writer.amend(site.find_entry(first.hash), DisposalTask(**emptied, evacuation_recorded_by="officer 3"))
    assert sheet(site).cordons[0].distance_m == math.ceil(444 * 1.5 ** (1 / 6))
    says(DisposalTask(item=ITEM, date=DAY, evacuated_radius=500.0, evacuated=DAY, evacuation_recorded_by="officer 4"))
    assert sheet(site).cordons[0].distance_m == 679, "of two records the smaller radius counts"


def test_an_evacuation_counts_only_as_far_as_the_position_is_known(site: Record, says: Says) -> None:
    says(DisposalTask(item=ITEM, date=DAY, evacuated_radius=700.0, evacuated=DAY, evacuation_recorded_by="officer 3"))
    says(item(position_accuracy=20.0), ITEM)
    assert sheet(site).cordons[0].distance_m == math.ceil(444 * 1.5 ** (1 / 6))  # 680 m are empty whatever it is
    says(item(position_accuracy=25.0), ITEM)
    assert sheet(site).cordons[0].distance_m == 679


def test_an_evacuation_around_nobody_knows_where_does_not_count(site: Record, says: Says) -> None:
    says(DisposalTask(item=ITEM, date=DAY, evacuated_radius=700.0, evacuated=DAY, evacuation_recorded_by="officer 3"))
    says(item(geometry=None), ITEM)
    found = sheet(site)
    assert found.cordons[0].distance_m == 679
    assert any("evacuation does not count" in text for text in found.remarks)


# --- where it lies ------------------------------------------------------------------------------------------------


def test_an_accuracy_not_stated_counts_as_a_kilometre(site: Record, says: Says) -> None:
    says(item(position_accuracy=None), ITEM)
    found = sheet(site)
    assert found.position_uncertainty_m == 1000
    assert found.cordons[0].radius_m == 1679


def test_an_item_without_a_position_lies_anywhere_in_its_structure(site: Record, says: Says) -> None:
    says(tower(), TOWER)
    says(item(geometry=None, structure=TOWER), ITEM)
    found = sheet(site)
    assert found.place is not None
    assert "anywhere in Tower" in found.place.basis
    corners = shapely.get_coordinates(NEXT_TO_IT)
    far = distance(found.centre.x, found.centre.y, corners[:, 0], corners[:, 1]).max()  # type: ignore[union-attr]
    assert found.position_uncertainty_m is not None
    assert found.position_uncertainty_m >= far


def test_without_any_position_there_is_a_distance_but_no_map_and_everything_is_held(site: Record, says: Says) -> None:
    says(item(geometry=None), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.BY_ROBOT, chance=0.1, person_on_item=False))
    found = sheet(site)
    assert found.cordons[0].distance_m == 679
    assert found.cordons[0].outline is None
    assert status(found, "render safe by robot") is OptionStatus.HOLD
    assert found.sheet.status == "hold"


def test_an_item_found_later_or_destroyed_has_no_sheet(site: Record, says: Says) -> None:
    says(item(disposal=Disposal.DESTROYED), ITEM)
    with pytest.raises(NotFound, match="destroyed"):
        sheet(site)
    with pytest.raises(NotFound):
        disposal_sheet(site, item="item", on="2025-02-28")


def test_two_positions_on_record_make_one_place_that_holds_both(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(item(geometry=shapely.Point(38.2695, 34.5516)), ITEM)
    found = sheet(site)
    apart = float(distance(38.2685, 34.5516, 38.2695, 34.5516))
    assert found.position_uncertainty_m == pytest.approx(apart / 2 + 2, rel=2e-3)


# --- structures ---------------------------------------------------------------------------------------------------


def test_the_distance_to_a_structure_is_the_least_that_the_positions_allow(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    (near,) = sheet(site).structures
    to_edge = float(distance(HERE.x, HERE.y, 38.26860, HERE.y))
    assert near.distance_m == pytest.approx(to_edge - 2 - 1, abs=0.05)
    assert near.distance_m <= to_edge - 3


def test_streets_that_cross_the_cordon_are_proposed_for_sentries(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(label="Street", geometry=shapely.LineString([(38.25, HERE.y), (38.29, HERE.y)])))
    says(tower(label="Path", geometry=shapely.LineString([(38.2684, 34.5515), (38.2686, 34.5517)])))
    posts = sheet(site).sentries
    assert [(p.line, p.bearing_deg) for p in posts] == [("Street", 90), ("Street", 270)]
    assert all(float(distance(HERE.x, HERE.y, p.lon, p.lat)) >= 681 for p in posts)


def test_groups_and_structures_known_to_a_kilometre_are_named_not_measured(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(tower(label="Necropolis", role=StructureRole.GROUP))
    says(tower(label="Lost tomb", geometry=shapely.Point(38.27, 34.55), position_accuracy=2000.0))
    found = sheet(site)
    assert [n.claim.body.label for n in found.structures] == ["Tower"]
    assert [c.body.label for c in found.unplaced] == ["Lost tomb"]


def test_a_column_on_record_is_judged_by_impulse_and_its_lean(site: Record, says: Says) -> None:
    says(item(), ITEM)
    column = {"geometry": shapely.Point(38.2687, 34.5516), "height": 9.5, "width": 0.95, "free_standing": True}
    says(tower(label="Column", **column), TOWER)
    upright = next(c for c in sheet(site).structures[0].effect.criteria if c.name == "impulse")  # type: ignore[union-attr]
    assert str(upright.limit.verification) == "[assumption]"
    says(tower(label="Column", **column, lean=1.0), TOWER)
    leaning = next(c for c in sheet(site).structures[0].effect.criteria if c.name == "impulse")  # type: ignore[union-attr]
    assert leaning.limit.value == pytest.approx(upright.limit.value * (1 - math.radians(1) / math.atan2(0.95, 9.5)))


def test_what_stands_behind_a_wall_on_record_is_outside_the_air_blast_model(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(height=12.0), TOWER)
    behind = shapely.box(38.2690, 34.55158, 38.2692, 34.55168)
    says(tower(label="Behind", geometry=behind))
    near = {n.claim.body.label: n for n in sheet(site).structures}
    assert near["Behind"].outside_model
    assert any("Tower stands between" in text for text in near["Behind"].assumed)
    assert not near["Tower"].outside_model


def test_a_record_of_the_whole_world_is_read_around_the_item_alone(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    for lon, lat in ((-140.0, -34.0), (38.0, 85.0), (179.9, 0.0), (40.0, 34.0)):
        says(tower(label="Far", geometry=shapely.Point(lon, lat)))
        says(HeritageZone(label="Far zone", geometry=shapely.Point(lon, lat).buffer(1e-3), no_disposal_in_place=True))
    found = sheet(site)
    assert [n.claim.body.label for n in found.structures] == ["Tower"]
    assert found.holds == ()


@pytest.mark.parametrize("mass", [0.0, -1.0])
def test_a_mass_that_cannot_be_is_refused_and_from_elsewhere_counts_as_missing(
    site: Record, says: Says, mass: float
) -> None:
    with pytest.raises(ValueRangeError, match="greater than zero"):
        says(item(all_up_mass=mass), ITEM)
    with site.writing() as writer:  # as a body written by another software may hold it
        body = item(all_up_mass=mass)
        writer.add(Act.ASSERT, "ordnance_item", ITEM, body.encode())
    assert "the all-up mass is missing" in sheet(site).no_distance


# --- options ------------------------------------------------------------------------------------------------------


def test_without_an_option_on_record_every_method_waits_for_the_operator(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    found = sheet(site)
    assert len(found.sheet.options) == len(DisposalMethod)
    assert {a.status for a in found.sheet.options} == {OptionStatus.NOT_ACCEPTED}
    assert found.sheet.ranking is None


def test_heritage_ranks_only_what_a_named_operator_accepts_and_never_a_person_on_the_item(
    site: Record, says: Says
) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(DisposalTask(item=ITEM, date=DAY, explosives_permitted=True))
    says(option(DisposalMethod.BY_ROBOT, chance=0.1, person_on_item=False))
    says(option(DisposalMethod.BY_HAND, chance=0.0))
    # nobody said that no one works at the item
    says(option(DisposalMethod.MOVE, chance=0.0, geometry=shapely.Point(38.30, 34.57)))
    says(option(DisposalMethod.IN_PLACE, accepted_by=None, person_on_item=False))
    disputed = says(option(DisposalMethod.DEFER, chance=0.0, person_on_item=False))
    with site.writing() as writer:
        writer.dispute(site.find_entry(disputed.hash), "we never accepted that")
    found = sheet(site)
    assert status(found, "render safe by robot") is OptionStatus.ELIGIBLE
    assert status(found, "render safe by hand") is OptionStatus.OPERATOR_ALONE
    assert status(found, "move") is OptionStatus.OPERATOR_ALONE
    assert status(found, "in place with mitigation") is OptionStatus.NOT_ACCEPTED
    assert status(found, "defer with protection") is OptionStatus.NOT_ACCEPTED
    assert found.sheet.ranking is not None
    assert found.sheet.ranking.order == ("render safe by robot",)


@pytest.mark.parametrize(
    "zone",
    [
        HeritageZone(label="Zone", geometry=HERE.buffer(0.0001), no_disposal_in_place=True),
        HeritageZone(label="Zone", no_disposal_in_place=True),
        HeritageHold(called=DAY, reason="a grave"),
    ],
    ids=["boundary on record", "boundary not on record", "heritage hold"],
)
def test_a_zone_without_disposal_in_place_means_hold(site: Record, says: Says, zone: Entity) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(DisposalTask(item=ITEM, date=DAY, explosives_permitted=True))
    says(option(DisposalMethod.IN_PLACE, person_on_item=False))
    assert status(sheet(site), "in place with mitigation") is OptionStatus.ELIGIBLE
    says(zone)
    found = sheet(site)
    assert status(found, "in place with mitigation") is OptionStatus.HOLD
    assert found.holds


def test_a_chance_nobody_judged_leaves_the_ranking_undetermined(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.BY_ROBOT, person_on_item=False))
    says(option(DisposalMethod.DEFER, person_on_item=False))
    ranking = sheet(site).sheet.ranking
    assert ranking is not None
    assert not ranking.settled
    assert any("chance of a detonation" in text for text in ranking.deciding)


def test_mitigation_without_a_name_earns_no_credit(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(DisposalTask(item=ITEM, date=DAY, explosives_permitted=True))
    sand = {"person_on_item": False, "air_factor": 0.1, "vibration_factor": 0.1, "mitigation": "sand, trial 4"}
    says(option(DisposalMethod.IN_PLACE, label="anonymous", **sand))
    says(option(DisposalMethod.IN_PLACE, label="named", mitigation_stated_by="engineer 2", **sand))
    found = sheet(site)
    assert found.sheet.ranking is not None
    loss = {one.option: one.central for one in found.sheet.ranking.losses}
    assert loss["named"] < loss["anonymous"]
    assert any("anonymous: mitigation without evidence and a name" in text for text in found.remarks)
    assert found.cordons[0].distance_m == 679, "people get no credit from mitigation"


def test_moving_it_draws_a_second_cordon(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.MOVE, chance=0.1, person_on_item=False, geometry=shapely.Point(38.30, 34.57)))
    lines = sheet(site).cordons
    assert [line.where for line in lines] == ["where it lies", "move: detonated where it is moved to"]
    assert lines[1].outline.contains(shapely.Point(38.30, 34.57))  # type: ignore[union-attr]


def test_a_ground_it_is_moved_to_is_emptied_from_its_edge(site: Record, says: Says) -> None:
    ground = shapely.box(38.300, 34.570, 38.302, 34.570001)
    says(item(), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.MOVE, chance=0.1, person_on_item=False, geometry=ground))
    found = sheet(site)
    edge = float(distance(38.300, 34.570, 38.301, 34.570))
    assert found.cordons[1].radius_m == pytest.approx(679 + edge, abs=1.5)
    assert found.cordons[1].radius_m > 679 + 80


# --- the ground ---------------------------------------------------------------------------------------------------


def test_five_measured_shots_calibrate_the_contours(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    before = {c.criterion: c.radius_m for c in sheet(site).contours}
    assert not sheet(site).log.law.calibrated
    for i, scaled in enumerate((20, 30, 45, 60, 90)):
        noise = math.exp(0.05 * (-1) ** i)
        says(MeasuredShot(date=DAY, charge=1.0, distance=float(scaled), peak_velocity=300 * scaled**-1.6 * noise))
        assert sheet(site).log.law.calibrated is (i == 4)
    found = sheet(site)
    after = {c.criterion: c for c in found.contours}
    assert math.isclose(found.log.law.B, 1.6, rel_tol=0.05)
    assert after["vibration"].radius_m < before["vibration"]
    assert str(after["vibration"].verification) == "[X]"
    assert measured_log(site).result == found.log


def test_the_log_predicts_each_shot_from_those_before_it(scenario: Record) -> None:
    log = measured_log(scenario).result
    assert [s.calibrated for s in log.shots] == [False] * 5 + [True]
    assert log.shots[0].predicted_mm_s == pytest.approx(1140 * (20 / math.sqrt(0.2)) ** -1.6)


# --- what leaves --------------------------------------------------------------------------------------------------


def test_the_sheet_states_the_tier_of_what_it_shows(site: Record, says: Says) -> None:
    says(item(geometry=None, position_accuracy=None), ITEM)
    assert sheet(site).tier is Tier.PARTNERS
    says(item(), ITEM)
    assert sheet(site).tier is Tier.RESTRICTED
    says(option(DisposalMethod.BY_ROBOT))
    assert sheet(site).tier is Tier.PERSONAL


# --- what other parties say, and what this file lacks ---------------------------------------------------------------


def test_a_linked_item_has_the_highest_mass_anybody_claims_and_counts_until_all_say_it_is_gone(
    site: Record, says: Says
) -> None:
    says(item(linked_to=(OTHER,)), ITEM)
    says(item(local_id="second"), OTHER)
    says(item(local_id="second", all_up_mass=20.0, net_explosive_quantity=15.0), OTHER)
    says(item(local_id="second", disposal=Disposal.DESTROYED), OTHER)
    says(item(local_id="third", linked_to=(ITEM,), disposal=Disposal.UNKNOWN))
    found = sheet(site)
    assert found.all_up_mass_kg == 1.5 + 20.0 + 1.5
    assert found.cordons[0].distance_m == math.ceil(634 * 23 ** (1 / 6))


def test_the_cordon_takes_in_where_linked_items_lie(site: Record, says: Says) -> None:
    there = shapely.Point(38.2725, 34.5516)
    says(item(linked_to=(OTHER,)), ITEM)
    says(item(local_id="second", geometry=there), OTHER)
    says(item(local_id="nowhere", geometry=None, linked_to=(ITEM,)))
    found = sheet(site)
    apart = float(distance(HERE.x, HERE.y, there.x, there.y))
    assert found.cordons[0].radius_m == pytest.approx(634 * 4.5 ** (1 / 6) + apart / 2 + 2, abs=2)
    assert any(text.startswith("nowhere may be linked") for text in found.remarks)


def test_the_distance_to_be_emptied_includes_where_the_item_may_lie(site: Record, says: Says) -> None:
    says(item(position_accuracy=None), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.BY_ROBOT, chance=0.1, person_on_item=False))
    found = sheet(site)
    assert found.cordons[0].radius_m == 1679
    assert found.sheet.options[0].conditions[0] == "only once everybody is recorded outside 1679 m"


def test_moving_it_nobody_knows_where_is_held(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(tower(), TOWER)
    says(option(DisposalMethod.MOVE, chance=0.0, person_on_item=False))
    found = sheet(site)
    assert status(found, "move") is OptionStatus.HOLD
    assert found.sheet.ranking is None


def test_a_disputed_evacuation_does_not_count(site: Record, says: Says) -> None:
    says(item(), ITEM)
    emptied = {"evacuated_radius": 700.0, "evacuated": DAY, "evacuation_recorded_by": "officer 3"}
    first = says(DisposalTask(item=ITEM, date=DAY, stone_throw=10.0, **emptied))
    assert sheet(site).cordons[0].distance_m == math.ceil(444 * 1.5 ** (1 / 6) + 10)
    with site.writing() as writer:
        writer.dispute(site.find_entry(first.hash), "people came back")
    assert sheet(site).cordons[0].distance_m == math.ceil(634 * 1.5 ** (1 / 6) + 10), "the throw still counts"


def test_an_evacuation_counts_on_its_own_day_alone(site: Record, says: Says) -> None:
    says(item(), ITEM)
    says(DisposalTask(item=ITEM, date=DAY, evacuated_radius=700.0, evacuated=DAY, evacuation_recorded_by="officer 3"))
    assert sheet(site).cordons[0].distance_m == math.ceil(444 * 1.5 ** (1 / 6))
    later = sheet(site, days_later=1)
    assert later.cordons[0].distance_m == 679
    assert any("does not count on another day" in text for text in later.remarks)


def test_an_item_that_cannot_be_read_leaves_no_distance(site: Record, says: Says) -> None:
    says(item(), ITEM)
    assert sheet(site).cordons
    other = says(item(local_id="other", category=OrdnanceCategory.IED))
    with site.writing() as writer:
        writer.erase(site.find_entry(other.hash), "given in confidence")
    found = sheet(site)
    assert not found.cordons
    assert found.charge is None
    assert found.all_up_mass_kg is None
    assert "cannot be read here: 1; any may be about this item" in found.no_distance


def test_a_mass_that_this_file_does_not_hold_leaves_no_distance(site: Record, says: Says) -> None:
    says(item(model="TM-62M", all_up_mass=None, net_explosive_quantity=None), ITEM)
    assert sheet(site).cordons
    second = says(item(all_up_mass=40.0, net_explosive_quantity=None), ITEM)
    with site.writing() as writer:
        writer.erase(site.find_entry(second.hash), "given in confidence", [Tier.PARTNERS])
    found = sheet(site)
    assert not found.cordons
    assert "ask the EOD operator" in found.no_distance
    assert found.charge is None
