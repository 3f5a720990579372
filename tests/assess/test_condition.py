"""Condition of the Palmyra structures as of a date, and what combining must never do."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.assess.condition import Condition, assess
from tetrapylon.assess.differences import DifferenceKind
from tetrapylon.assess.voices import combine
from tetrapylon.evidence.lineage import trace
from tetrapylon.model import Claim, ConditionReport, GradeInterval, Occurrence, Statement, Structure, When, Works
from tetrapylon.model.terms import DateKind, Mode, OccurrenceKind

LINEAGE = trace(palmyra.statements())


@cache
def conditions(on: str) -> dict[str, Condition]:
    found = assess(
        palmyra.structures(),
        palmyra.condition_reports(),
        on=dt.date.fromisoformat(on),
        occurrences=palmyra.occurrences(),
        works=palmyra.works(),
        lineage=LINEAGE,
    )
    return {c.structure.name: c for c in found}


TABLE = """
structure               on          grade  contested  why
temple_of_bel_cella     2015-08-31  0-5    yes        still standing (DGAM), destroyed (UNOSAT) on one day
temple_of_bel_cella     2015-10-01  0-5    yes        nothing new since
temple_of_bel_cella     2025-10-31  5      no         broken into very small pieces (Grabar centre), all others 4 to 5
temple_of_bel_portico   2016-12-01  0-3    no         main entrance survives and stands
temple_of_bel_portico   2025-10-31  3-4    no         at risk of collapse (Committee 2019), perilous (Centre 2023)
monumental_arch         2025-10-31  4      no         destroyed (4 to 5), and still at risk of collapse (3 to 4)
tetrapylon              2016-12-01  0-1    no         in good condition, from pictures
tetrapylon              2025-10-31  4-5    no         two columns stand (satellite) or four (field), of sixteen
theatre                 2016-12-01  1      no         in good condition; lightly damaged; bullet marks
theatre                 2025-10-31  1-5    no         nothing grades the whole after December 2016
theatre_scaenae_frons   2025-10-31  3-4    no         parts destroyed, severe damage; limited to the central part
temple_of_baalshamin    2015-08-28  4-5    no         destroyed and flattened, from a satellite: never a point
temple_of_baalshamin    2025-10-31  5      no         smashed to very small pieces, on the ground
agora                   2016-12-01  1      no         only lightly damaged; in good condition
agora                   2025-10-31  1-5    no         no new damage in March 2017 grades nothing
lion_of_allat           2016-12-01  4-5    no         thrown down and broken
lion_of_allat           2025-10-31  0-3    no         restored in 2017: works on record
palmyra_museum          2016-12-01  3-4    no         walls and roofs broken; its objects are not it
palmyra_museum          2025-10-31  4      no         roof collapsed
palmyra_castle          2016-12-01  3-4    no         very large destruction (3 to 5), repairable (1 to 4)
castle_footbridge       2025-10-31  4      no         blown up (4 to 5), dangerous to cross (3 to 4)
tower_tomb_22           2025-10-31  4-5    no         a heap of rubble, from a satellite
tower_tomb_65           2016-12-01  2-4    no         not wholly destroyed
tower_tomb_87           2016-12-01  1-5    no         damaged or destroyed: which one is not said
tower_tomb_elahbel      2025-10-31  4-5    no         destroyed
temple_of_nabu          2025-10-31  none   no         one report, and it says only no new damage
site_of_palmyra         2025-10-31  none   no         a group has no grade of its own
zenobia_hotel           2025-10-31  none   no         no report
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_condition(line):
    structure, on, grade, contested, _ = line.split(None, 4)
    found = conditions(on)[structure]
    assert str(found.interval or "none") == grade
    assert found.contested == (contested == "yes")


def differences(structure: str, on: str) -> list[tuple[str, str, frozenset[str]]]:
    names = {c.uid: c.name for c in (*palmyra.condition_reports(), *palmyra.occurrences(), *palmyra.works())}
    return [
        (d.kind.value, d.about, frozenset(names[uid] for uid in d.claims))
        for d in conditions(on)[structure].differences
    ]


def test_contradictions_are_told_apart_from_change():
    bel = differences("temple_of_bel_cella", "2025-10-31")
    assert ("contradiction", "grade", frozenset({"cr_0086", "cr_0087"})) in bel
    tetrapylon = differences("tetrapylon", "2025-10-31")
    assert ("change", "grade", frozenset({"cr_0107", "cr_0108", "ev_0051"})) in tetrapylon
    assert ("contradiction", "standing parts", frozenset({"cr_0108", "cr_0113"})) in tetrapylon
    lion = differences("lion_of_allat", "2025-10-31")
    assert ("change", "grade", frozenset({"cr_0033", "cr_0036", "work_lion_2017"})) in lion
    assert not [d for d in lion if d[0] == "contradiction"]
    temenos = differences("temple_of_bel_temenos", "2025-10-31")
    assert ("contradiction", "grade", frozenset({"cr_0103", "cr_0104"})) in temenos


def test_size_of_pieces_is_contradicted_at_bel_and_baalshamin():
    bel = [d for d in conditions("2025-10-31")["temple_of_bel_cella"].differences if d.about == "pieces"]
    assert len(bel) == 1
    assert "Grabar" in bel[0].text
    assert "Iconem" in bel[0].text
    assert any(d.about == "pieces" for d in conditions("2025-10-31")["temple_of_baalshamin"].differences)


def test_what_nobody_assessed_is_named():
    found = conditions("2025-10-31")
    bel = {n.what: n.because for n in found["temple_of_bel_cella"].not_assessed}
    assert "clearance was not finished" in bel["the whole"]
    theatre = [n.what for n in found["theatre"].not_assessed]
    assert "part theatre_gate" in theatre
    assert "the whole since then" in theatre
    assert "interior and undersides" in [n.what for n in found["tower_tomb_22"].not_assessed]
    assert [n.because for n in found["zenobia_hotel"].not_assessed] == ["no report on record"]


def test_no_new_damage_is_shown_beside_the_grade_and_never_used():
    agora = conditions("2025-10-31")["agora"]
    assert agora.interval == GradeInterval(1, 5)
    assert agora.at_word == GradeInterval(1, 1)
    assert "cr_0004" not in {r.claim.name for v in agora.voices for r in v.reports}


def test_a_part_never_grades_its_whole():
    theatre = conditions("2025-10-31")["theatre"]
    assert ("theatre_scaenae_frons", GradeInterval(3, 4)) in theatre.parts
    assert all(r.claim.body.structure == theatre.structure.uid for v in theatre.voices for r in v.reports)


def test_53_of_73_structures_are_reported_on():
    assert sum(bool(c.readings) for c in conditions("2025-10-31").values()) == 53


# --- the rules, on made-up structures -------------------------------------------------------------------------------

ARCH = Claim("arch", Structure(local_id="arch", label="An arch"), "0", "p", "")


def report(
    name: str, date: str, wording: str, *, statement: str = "", mode: Mode = Mode.FIELD
) -> Claim[ConditionReport]:
    body = ConditionReport(
        local_id=name,
        structure="arch",
        date=When(dt.date.fromisoformat(date)),
        wording=wording,
        mode=mode,
        date_kind=DateKind.OBSERVED,
        statement=statement or None,
    )
    return Claim(name, body, "0", "p", "")


def of(*reports: Claim[ConditionReport], on: str = "2020-01-01", **more: object) -> Condition:
    return assess([ARCH], list(reports), on=dt.date.fromisoformat(on), **more)[0]  # type: ignore[arg-type]


def test_four_retellings_are_one_voice():
    statements = [
        Claim("root", Statement(said=When(dt.date(2016, 1, 1))), "0", "p", ""),
        *(
            Claim(f"s{i}", Statement(said=When(dt.date(2016, 1, 1)), derived_from=("root",)), "0", "p", "")
            for i in range(4)
        ),
    ]
    retold = [report(f"r{i}", "2016-01-02", "Damaged.", statement=f"s{i}") for i in range(4)]
    assert len(of(*retold).voices) == 4
    assert len(of(*retold, lineage=trace(statements)).voices) == 1


def test_the_roots_own_words_stand_for_its_lineage():
    statements = [
        Claim("root", Statement(said=When(dt.date(2016, 1, 1))), "0", "p", ""),
        Claim("copy", Statement(said=When(dt.date(2016, 1, 1)), derived_from=("root",)), "0", "p", ""),
    ]
    said = report("a", "2016-01-01", "Lightly damaged.", statement="root")
    retold = report("b", "2016-01-02", "Wholly destroyed.", statement="copy")
    found = of(said, retold, lineage=trace(statements))
    assert found.interval == GradeInterval(1, 2)
    assert not found.differences


def test_worse_later_without_a_known_event_is_a_rise_and_the_later_state_counts():
    found = of(report("a", "2016-01-01", "In good condition."), report("b", "2017-01-01", "Wholly destroyed."))
    assert [d.kind for d in found.differences] == [DifferenceKind.RISE]
    assert found.interval == GradeInterval(5, 5)


def test_better_later_without_works_is_a_contradiction_and_with_works_a_change():
    before, after = report("a", "2016-01-01", "Wholly destroyed."), report("b", "2017-01-01", "In good condition.")
    found = of(before, after)
    assert [d.kind for d in found.differences] == [DifferenceKind.CONTRADICTION]
    assert found.contested
    assert found.interval == GradeInterval(0, 5)
    done = Works(
        start=When(dt.date(2016, 6, 1)), body="A mission", text="Arch rebuilt", status="done", structure="arch"
    )
    found = of(before, after, works=[Claim("w", done, "0", "p", "")])
    assert [d.kind for d in found.differences] == [DifferenceKind.CHANGE]
    assert found.interval == GradeInterval(0, 1)
    planned = Works(
        start=When(dt.date(2016, 6, 1)), body="A mission", text="Arch rebuilt", status="planned", structure="arch"
    )
    assert of(before, after, works=[Claim("w", planned, "0", "p", "")]).contested


def test_a_change_of_control_reopens_what_was_good():
    control = Occurrence(kind=OccurrenceKind.CHANGE_OF_CONTROL, start=When(dt.date(2016, 6, 1)), place="town")
    found = of(report("a", "2016-01-01", "In good condition."), occurrences=[Claim("o", control, "0", "p", "")])
    assert found.interval == GradeInterval(0, 5)
    assert "the whole since then" in [n.what for n in found.not_assessed]


def test_reports_of_later_days_are_not_seen():
    assert of(report("a", "2016-01-02", "Wholly destroyed."), on="2016-01-01").interval is None


def test_the_assessors_own_grades_stand():
    body = ConditionReport(structure="arch", date=When(dt.date(2016, 1, 1)), wording="Cracks.", grade_lo=2, grade_hi=3)
    assert of(Claim("a", body, "0", "p", "")).interval == GradeInterval(2, 3)


intervals = st.builds(lambda a, b: GradeInterval(min(a, b), max(a, b)), st.integers(0, 5), st.integers(0, 5))


@given(st.lists(intervals, min_size=1, max_size=8))
def test_combining_meets_what_agrees_and_spans_what_does_not(voices):
    """Against a plain reading of the rule: grades allowed by all, else from the lowest to the highest in dispute."""
    found, contested = combine(voices)
    allowed = [g for g in range(6) if all(v.lo <= g <= v.hi for v in voices)]
    assert contested == (not allowed)
    if allowed:
        assert found == GradeInterval(min(allowed), max(allowed))
    else:
        disputed = [v for v in voices if any(v.hi < w.lo or w.hi < v.lo for w in voices)]
        assert found == GradeInterval(min(v.lo for v in disputed), max(v.hi for v in disputed))


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(palmyra.condition_reports())), max_size=6))
def test_the_order_of_claims_changes_nothing(drawn):
    reports = [
        report(f"r{i}", (dt.date(2014, 1, 1) + dt.timedelta(days)).isoformat(), c.body.wording)
        for i, (days, c) in enumerate(drawn)
    ]
    one, other = of(*reports, on="2030-01-01"), of(*reversed(reports), on="2030-01-01")
    assert (one.interval, one.contested, one.differences) == (other.interval, other.contested, other.differences)
