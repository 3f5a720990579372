"""A source counts once: roots of statements, circles reported, proposals that merge nothing."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra

from tetrapylon.evidence.lineage import lineages, propose, trace
from tetrapylon.model import Claim, ClearanceClaim, Stated, Statement, When

DAY = When(dt.date(2016, 4, 8))


def statement(uid: str, *parents: str, said_by: str = "an office") -> Claim[Statement]:
    body = Statement(local_id=uid, said=DAY, stated_by=said_by, derived_from=parents)  # type: ignore[arg-type]
    return Claim(uid=uid, body=body, entry="", party="p", known="2016-04-09")


def figure(uid: str, carried_by: str) -> Claim[ClearanceClaim]:
    body = ClearanceClaim(local_id=uid, date=DAY, claimed_by="x", statement=carried_by)  # type: ignore[arg-type]
    return Claim(uid=uid, body=body, entry="", party="p", known="2016-04-09")


def test_a_chain_goes_back_to_one_root_and_two_parents_to_two() -> None:
    lineage = trace(
        [statement("a"), statement("b", "a"), statement("c", "b"), statement("d"), statement("e", "c", "d")]
    )
    assert lineage.of("c") == {"a"}
    assert lineage.of("e") == {"a", "d"}
    assert lineage.is_root("a")
    assert not lineage.is_root("c")


def test_a_circle_is_reported_and_not_walked_for_ever() -> None:
    lineage = trace(
        [statement("a", "c"), statement("b", "a"), statement("c", "b"), statement("d", "b"), statement("s", "s")]
    )
    assert lineage.cycles == (("a", "b", "c"), ("s",))
    assert lineage.of("d") == lineage.of("a") == {"a"}


def test_a_circle_that_retells_something_else_goes_back_to_that() -> None:
    lineage = trace([statement("root"), statement("a", "b", "root"), statement("b", "a")])
    assert lineage.of("b") == {"root"}


def test_what_is_retold_but_not_on_record_is_one_root_for_all_who_retell_it() -> None:
    lineage = trace([statement("a", "lost"), statement("b", "lost")])
    assert lineage.missing == ("lost",)
    assert lineage.of("a") == lineage.of("b") == {"lost"}


def test_four_outlets_retelling_one_press_conference_weigh_as_one() -> None:
    statements = [statement("briefing"), *(statement(f"outlet{i}", "briefing") for i in range(4))]
    claims = [figure("f0", "briefing"), *(figure(f"f{i + 1}", f"outlet{i}") for i in range(4))]
    assert lineages(claims, trace(statements)) == {"briefing": ("f0", "f1", "f2", "f3", "f4")}


def test_claims_without_a_statement_are_each_their_own() -> None:
    body = ClearanceClaim(local_id="x", date=DAY, claimed_by="x")
    bare = [Claim(uid=u, body=body, entry="", party="p", known="2016-04-09") for u in ("x", "y")]
    assert len(lineages(bare, trace([]))) == 2


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = [statement("s0"), *(statement(f"s{i}", f"s{i - 1}") for i in range(1, 20_000))]
    assert trace(chain).of("s19999") == {"s0"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_roots_agree_with_following_every_path_by_hand(links: list[tuple[int, int]]) -> None:
    parents: dict[str, set[str]] = {str(i): set() for i in range(10)}
    for child, parent in links:
        parents[str(child)].add(str(parent))
    lineage = trace([statement(uid, *sorted(found)) for uid, found in parents.items()])

    def above(uid: str) -> set[str]:
        seen, ahead = {uid}, [uid]
        while ahead:
            fresh = parents[ahead.pop()] - seen
            seen |= fresh
            ahead += fresh
        return seen

    for uid in parents:
        # a root is what leads nowhere but to what leads back to it; a circle is stood for by its first uid
        ends = {min(above(v)) for v in above(uid) if all(v in above(w) for w in above(v))}
        assert lineage.of(uid) == ends
    in_circles = {u for u in parents if any(u in above(p) for p in parents[u])}
    assert {u for cycle in lineage.cycles for u in cycle} == in_circles


def test_the_28_figures_of_palmyra_are_23_statements() -> None:
    lineage = trace(palmyra.statements())
    assert len(palmyra.clearance()) == 28
    assert len(lineages(palmyra.clearance(), lineage)) == 23
    assert lineage.cycles == ()
    assert lineage.missing == ()


def test_ten_hazard_rows_of_palmyra_repeat_the_statement_of_a_figure() -> None:
    lineage = trace(palmyra.statements())
    figures = set(lineages(palmyra.clearance(), lineage))
    repeated = [uids for root, uids in lineages(palmyra.hazards(), lineage).items() if root in figures]
    assert sum(map(len, repeated)) == 10


def test_a_heuristic_proposes_and_merges_nothing() -> None:
    statements = [statement("a"), statement("b", said_by="An  Office"), statement("c", said_by="another")]
    figures = {u: frozenset({("area", Stated(20.0))}) for u in "abc"}
    lineage = trace(statements)
    (proposal,) = propose(statements, figures, lineage)
    assert (proposal.one, proposal.other) == ("a", "b")
    assert proposal.because == ("same speaker", "same day", "same figure: area")
    assert lineage.of("a") != lineage.of("b")


def test_what_is_already_one_lineage_is_not_proposed() -> None:
    statements = [statement("a"), statement("b", "a")]
    figures = {u: frozenset({("area", Stated(20.0))}) for u in "ab"}
    assert propose(statements, figures, trace(statements)) == ()
