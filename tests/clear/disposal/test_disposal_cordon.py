"""Cordons err to safety."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.disposal.cordon import (
    Evacuation,
    Item,
    StatedCordon,
    blast_distance,
    cordon,
    demolition_missile_distance,
    fragment_distance,
    storage_distance,
)
from tetrapylon.clear.disposal.listed import listed_charge, listed_item
from tetrapylon.clear.disposal.tables import ordnance
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

masses = st.floats(0.05, 2000)


@pytest.mark.parametrize(("mass", "least"), [(1.5, 678), (20, 1045)])
def test_unknown_casing_counts_as_fragmenting(mass: float, least: int) -> None:
    result = cordon([Item("device", mass)])
    assert result.distance_m >= least
    assert result.governed_by == "fragments"
    assert any("casing unknown, counted as fragmenting" in s for s in result.statements)


@pytest.mark.parametrize(
    ("name", "mass", "metres"),
    [("PMN", 0.55, 574), ("TM-62M", 9.5, 923), ("OFAB-250", 266, 1608), ("FAB-500", 500, 1786)],
)
def test_published_danger_areas(name: str, mass: float, metres: float) -> None:
    assert fragment_distance(mass).value == pytest.approx(metres, abs=0.6), name


def test_a_missing_mass_gives_no_number() -> None:
    with pytest.raises(OutsideModel, match="ask the EOD operator"):
        cordon([Item("one", 1.5), Item("two", None)])


@pytest.mark.parametrize("effect", ["directional", "shaped"])
def test_directional_and_shaped_charges_give_no_number(effect: str) -> None:
    with pytest.raises(OutsideModel, match="ask the EOD operator"):
        cordon([Item("charge", 2.0, effect=effect)])  # type: ignore[arg-type]


def test_an_effect_nobody_excluded_is_said() -> None:
    assert any("not excluded" in s for s in cordon([Item("device", 2.0)]).statements)


def test_possibly_linked_items_are_summed() -> None:
    """Five charges of 1.5 kg in one wall count as 7.5 kg."""
    linked = cordon([Item(f"charge {i}", 1.5) for i in range(5)])
    assert linked.all_up_mass_kg == 7.5
    assert linked.distance_m == cordon([Item("one", 7.5)]).distance_m
    assert "5 possibly linked items summed" in linked.statements


@given(parts=st.lists(masses, min_size=1, max_size=6), throw=st.floats(0, 500))
@settings(max_examples=80, deadline=None)
def test_every_further_doubt_only_enlarges(parts: list[float], throw: float) -> None:
    items = [Item(f"i{k}", m) for k, m in enumerate(parts)]
    base = cordon(items)
    assert cordon([*items, Item("more", 0.5)]).distance_m >= base.distance_m
    assert cordon(items, stone_throw_m=throw).distance_m >= base.distance_m
    bare = [Item(i.name, i.all_up_mass_kg, casing="bare", casing_confirmed_by="EOD operator") for i in items]
    fragments_alone = fragment_distance(sum(parts)).value
    assert base.distance_m >= max(fragments_alone, cordon(bare).blast.value)


@given(mass=masses)
@settings(max_examples=60, deadline=None)
def test_the_smaller_rule_waits_for_a_recorded_evacuation(mass: float) -> None:
    items = [Item("device", mass)]
    full = cordon(items)
    too_small = Evacuation(0.9 * full.distance_m, "operator", "2025-03-01")
    enough = Evacuation(full.distance_m, "operator", "2025-03-01")
    assert cordon(items, evacuation=too_small).distance_m == full.distance_m
    reduced = cordon(items, evacuation=enough)
    assert reduced.distance_m <= full.distance_m
    assert reduced.distance_m >= fragment_distance(mass, public_access=False).value


def test_an_evacuation_nobody_recorded_does_not_exist() -> None:
    with pytest.raises(ValueRangeError):
        Evacuation(2000, "", "2025-03-01")


def test_bare_needs_a_name() -> None:
    called_bare = cordon([Item("charge", 1.5, casing="bare")])
    confirmed = cordon([Item("charge", 1.5, casing="bare", casing_confirmed_by="EOD operator")])
    assert called_bare.governed_by == "fragments"
    assert confirmed.fragments is None
    assert confirmed.distance_m == 149


def test_the_blast_rule_takes_the_larger_of_mass_and_equivalent() -> None:
    item = Item("charge", 10.0, neq_kg=14.0, casing="bare", casing_confirmed_by="EOD operator")
    assert cordon([item]).blast.value == pytest.approx(blast_distance(14.0).value)


@pytest.mark.parametrize("name", sorted(ordnance()))
def test_every_listed_item_gets_a_cordon_or_the_operator_is_asked(name: str) -> None:
    item = listed_item(name)
    charge = listed_charge(name)
    assert charge.high_kg >= ordnance()[name].neq_high_kg * (0.8 if ordnance()[name].category == "IED" else 0.99)
    if item.effect in ("directional", "shaped") or item.all_up_mass_kg is None:
        with pytest.raises(OutsideModel, match="ask the EOD operator"):
            cordon([item])
    else:
        assert cordon([item]).distance_m >= fragment_distance(item.all_up_mass_kg).value


def test_listed_effects_that_throw_in_one_direction() -> None:
    shaped = {name for name in ordnance() if listed_item(name).effect == "shaped"}
    assert {"PG-7V", "PG-7VL", "PTAB-2.5KO", "BLU-97/B", "M42/M46/M77 DPICM"} == shaped
    directional = {name for name in ordnance() if listed_item(name).effect == "directional"}
    assert {"MON-50", "MON-100", "MON-200", "M18A1 Claymore"} == directional
    assert not listed_charge("TM-62M").verification.confirmed
    assert listed_charge("PMN").typical_kg == pytest.approx(0.24)
    with pytest.raises(VocabularyError, match="TM-62M"):
        listed_item("TM62M")


def test_stone_throw_is_added_or_stated_unknown() -> None:
    items = [Item("device", 1.5)]
    assert "stone throw unknown: not included" in cordon(items).statements
    assert cordon(items, stone_throw_m=100).distance_m == cordon(items).distance_m + 100


def test_very_large_masses_are_governed_by_blast() -> None:
    assert cordon([Item("store", 50_000)]).governed_by == "blast"


def test_masses_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="TNT equivalent"):
        cordon([Item("device", 1.0, neq_kg=5.0)])
    with pytest.raises(ValueRangeError):
        cordon([])
    with pytest.raises(VocabularyError):
        Item("device", 1.0, casing="thin")  # type: ignore[arg-type]


def test_a_stated_distance_carries_a_name_and_a_ground() -> None:
    with pytest.raises(ValueRangeError):
        StatedCordon(900, "operator", " ")


def test_rules_carry_their_mark_and_end_where_their_table_ends() -> None:
    assert fragment_distance(1).verification.mark == "V"
    assert not storage_distance(1000, "inhabited").verification.confirmed
    assert demolition_missile_distance(5).value == 300
    with pytest.raises(OutsideModel):
        demolition_missile_distance(500)
