"""Pledges and what they left open; decisions of the Committee, and works begun before anything was submitted."""

from __future__ import annotations

import datetime as dt

from tests.support import palmyra_claims as palmyra

from tetrapylon.coordinate.commitments import Asked, asked_first, decisions, pledges, submissions
from tetrapylon.model import Claim, Recommendation, Structure, When, Works
from tetrapylon.model.terms import RecommendationKind

SUBMITTED = submissions(palmyra.recommendations(), palmyra.occurrences())


def test_the_pledge_of_mine_clearance_left_its_boundary_depth_and_checks_open():
    (pledge,) = (p for p in pledges(palmyra.commitments()) if p.claim.name == "cm_ru_demine")
    assert pledge.open_points == ("forces", "dates", "boundary", "depth", "quality checks", "hand-over")
    assert "no release decision on record" in pledge.status


def test_every_pledge_of_27_march_2016_left_something_open():
    found = pledges(palmyra.commitments())
    assert len(found) == 6
    assert all(p.open_points for p in found)
    assert {p.claim.body.made_on.date for p in found} == {dt.date(2016, 3, 27)}
    (help_,) = (p for p in found if p.claim.name == "cm_ru_help_syria")
    assert help_.open_points == ("no details given, as the newspaper observes (st_ev_0022)",)


def test_decisions_up_to_a_day():
    made = decisions(palmyra.recommendations(), on=dt.date(2020, 1, 1))
    assert [d.name for d in made][-3:] == ["rec_43com_arch", "rec_43com_first_aid_only", "rec_43com_portico"]
    assert all(d.body.kind is RecommendationKind.DECISION for d in made)


def test_the_record_holds_one_submission_and_one_approval_as_reported():
    assert [(s.name, s.is_approval) for s in SUBMITTED] == [("ev_0067", True), ("rec_45com_taskforce", False)]


def found() -> dict[str, Asked]:
    asked = asked_first(
        palmyra.works(), palmyra.recommendations(), structures=palmyra.structures(), submitted=SUBMITTED
    )
    return {a.works.name: a for a in asked}


def test_works_begun_after_43_com_asked_for_projects_first():
    assert set(found()) == {"work_efqa_2021", "work_arch_phase1", "work_arch_phase1_sputnik", "work_theatre_phase2"}
    for asked in found().values():
        assert [d.name for d in asked.decisions] == ["rec_43com_first_aid_only"]
        assert asked.before == ()
        assert "no submission before the start on record" in str(asked)
    assert [s.name for s in found()["work_arch_phase1"].after] == ["rec_45com_taskforce"]


def test_a_submission_before_the_start_is_shown_and_an_approval_is_none():
    site = Claim("site", Structure(label="A site"), "0", "p", "")
    arch = Claim("arch", Structure(label="An arch", parent="site"), "0", "p", "")

    def said(name: str, year: int, text: str, structure: str = "arch") -> Claim[Recommendation]:
        body = Recommendation(
            local_id=name,
            date=When(dt.date(year, 1, 1)),
            kind=RecommendationKind.DECISION,
            body="Committee",
            text=text,
            structure=structure,
        )
        return Claim(name, body, "0", "p", "")

    asks = said("asks", 2019, "every project to be submitted before work", "site")
    sent = said("sent", 2020, "Welcomes the submission of the project")
    approved = said("approved", 2020, "Project approved by a committee")
    begun = Works(
        start=When(dt.date(2021, 1, 1)), body="A mission", text="Stones sorted", status="under way", structure="arch"
    )
    works = [Claim("w", begun, "0", "p", "")]
    for told, before in (([asks, sent], 1), ([asks, approved], 0), ([asks], 0)):
        (asked,) = asked_first(works, told, structures=[site, arch], submitted=submissions(told))
        assert len(asked.before) == before
    assert not asked_first(works, [sent], structures=[site, arch])
