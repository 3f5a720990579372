"""Layer rows follow from the set of entries about a thing, never from the order in which they came."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.model import Tier
from tetrapylon.record.derive import Row, Stored, live, rows
from tetrapylon.record.entry import Act, Entry

FEEDS = {"museum": "museum", "laptop": "museum", "engineers": "engineers"}
"""Feeds and their owners: the museum has two."""

THING = "tower"
ACTS = [Act.ASSERT, Act.AMEND, Act.RETRACT, Act.DISPUTE]


@st.composite
def histories(draw: st.DrawFn) -> list[Stored]:
    """Entries about one thing: each act may target any entries made before it, whoever made them."""
    found: list[Stored] = []
    for number in range(draw(st.integers(1, 8))):
        feed = draw(st.sampled_from(sorted(FEEDS)))
        act = draw(st.sampled_from(ACTS))
        made = st.sampled_from([s.hash for s in found]) if found else st.nothing()
        targets = (
            () if act is Act.ASSERT else tuple(draw(st.lists(made, max_size=2, unique=True) if found else st.just([])))
        )
        public = draw(st.sampled_from([None, "2016-04-26", "2017-01-20"]))
        entry = Entry(
            feed, number, None, f"2026-01-01T00:00:0{number}.000Z", public, None, None, None, act, "claim", "structure",
            1, THING, None, "author", targets, ((Tier.PUBLIC, "0" * 64),),
        )  # fmt: skip
        data = {"label": draw(st.sampled_from(["standing", "levelled"]))}
        found.append(Stored(number, f"{number:064x}", entry, FEEDS[feed], data))
    return found


def known(stored: Stored) -> str:
    return stored.entry.public or stored.entry.recorded


def shown(entries: Sequence[Stored]) -> list[Row]:
    return sorted(rows(entries, known), key=lambda r: (r.table, r.entry))


@settings(max_examples=100)
@given(history=histories(), data=st.data())
def test_rows_do_not_depend_on_the_order_of_arrival(history: list[Stored], data: st.DataObject) -> None:
    assert shown(data.draw(st.permutations(history))) == shown(history)


@settings(max_examples=100)
@given(histories())
def test_each_version_has_one_row_and_at_most_one_is_current(history: list[Stored]) -> None:
    versions = [s for s in history if s.entry.act in (Act.ASSERT, Act.AMEND)]
    made = [r for r in rows(history, known) if r.table == "structure"]
    assert sorted(r.entry for r in made) == sorted(s.hash for s in versions)
    current = [r.entry for r in made if r.values[10]]
    alive = {s.hash for s in live(history)}
    assert len(current) == (1 if alive else 0)
    assert set(current) <= alive
    assert {r.entry for r in made if r.values[7] is None} == alive  # known_to is open exactly for the living


@settings(max_examples=100)
@given(histories())
def test_a_version_ends_only_by_an_act_of_its_own_party(history: list[Stored]) -> None:
    """The plain reading of the rule, entry by entry."""
    ended = set()
    for target in history:
        for act in history:
            if act.entry.act in (Act.AMEND, Act.RETRACT) and act.party == target.party:
                ended |= {target.hash} & set(act.entry.targets)
    expected = [s.hash for s in history if s.entry.act in (Act.ASSERT, Act.AMEND) and s.hash not in ended]
    assert [s.hash for s in live(history)] == expected
