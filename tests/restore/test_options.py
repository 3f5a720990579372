"""Options at Palmyra as of October 2025, and what the doctrine's rules must do on made-up structures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.assess.condition import assess
from tetrapylon.errors import TetrapylonError
from tetrapylon.model import (
    Because,
    Claim,
    Decision,
    Fabric,
    GateState,
    GateStatus,
    GradeInterval,
    GroundKind,
    Mandate,
    Recommendation,
    Structure,
    When,
)
from tetrapylon.model.terms import (
    Activity,
    DecisionKind,
    MandateMatter,
    RecommendationKind,
    RestorationOption,
    StructureRole,
    WorksKind,
)
from tetrapylon.restore.doctrine import parse, shipped
from tetrapylon.restore.options import StructureOptions, Verdict, options

ON = dt.date(2025, 10, 31)
GRADES = {
    c.structure.uid: c.interval
    for c in assess(
        palmyra.structures(),
        palmyra.condition_reports(),
        on=ON,
        occurrences=palmyra.occurrences(),
        works=palmyra.works(),
    )
}


def at_palmyra(**more: Any) -> dict[str, StructureOptions]:
    found = options(
        palmyra.structures(),
        on=ON,
        doctrine=shipped(),
        grades=GRADES,
        gates={},
        reports=palmyra.condition_reports(),
        estimates=palmyra.estimates(),
        recommendations=palmyra.recommendations(),
        **more,
    )
    return {o.structure.name: o for o in found}


SHORT = {"admitted": "yes", "refused": "no", "undetermined": "open"}

TABLE = """
structure               preserve  consolidate  anastylosis  partial_anastylosis  reconstruction
temple_of_bel_cella     yes       yes          open         open                 open
temple_of_bel_portico   yes       yes          open         open                 open
temple_of_baalshamin    yes       no           open         open                 open
monumental_arch         yes       yes          open         open                 open
tetrapylon              yes       open         open         open                 open
theatre_scaenae_frons   yes       yes          open         open                 open
agora                   yes       open         open         open                 open
"""


@pytest.mark.parametrize("illustrative", [False, True])
@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_options_of_the_case(line, illustrative):
    structure, *verdicts = line.split()
    found = at_palmyra(illustrative=illustrative)[structure]
    assert [SHORT[f.verdict.value] for f in found.findings] == verdicts, found.summary


def test_preserving_as_found_is_admissible_everywhere_and_held_by_nothing():
    for found in at_palmyra().values():
        preserve = found.of(RestorationOption.PRESERVE)
        assert preserve.verdict is Verdict.ADMITTED
        assert not preserve.holds


def test_bel_is_undetermined_and_settled_by_counting_blocks_in_the_2016_survey():
    bel = at_palmyra(illustrative=True)["temple_of_bel_cella"]
    assert bel.of(RestorationOption.ANASTYLOSIS).verdict is Verdict.UNDETERMINED
    assert bel.settle[0].startswith("a count of the reusable blocks")
    assert "cr_0093 (Iconem with DGAM" in bel.settle[0]
    third, afresh = bel.opinions
    assert (third.claim.name, str(third.new)) == ("est_bel_third", "0 to 0.666667")
    assert (afresh.claim.name, afresh.new) == ("est_bel_afresh", None)
    assert "DGAM director-general" in str(third)
    assert "Grabar" in str(afresh)


def test_without_an_authority_the_share_of_new_material_is_not_set():
    found = at_palmyra()["temple_of_baalshamin"].of(RestorationOption.ANASTYLOSIS)
    assert any("threshold not set by the authority" in c.text for c in found.trace)
    assert any("Decision of the authority" in text for text in found.settle)
    shown = at_palmyra(illustrative=True)["temple_of_baalshamin"].of(RestorationOption.ANASTYLOSIS)
    assert any("ILLUSTRATIVE, set by no authority" in c.text for c in shown.trace)


def test_an_estimate_is_an_opinion_and_never_changes_the_verdict():
    arch = at_palmyra(illustrative=True)["monumental_arch"]
    (opinion,) = arch.opinions
    assert dict(opinion.verdicts)[RestorationOption.ANASTYLOSIS] is Verdict.REFUSED
    assert arch.of(RestorationOption.ANASTYLOSIS).verdict is Verdict.UNDETERMINED
    baalshamin = at_palmyra(illustrative=True)["temple_of_baalshamin"].opinions[0]
    assert dict(baalshamin.verdicts)[RestorationOption.RECONSTRUCTION] is Verdict.REFUSED
    assert dict(baalshamin.verdicts)[RestorationOption.ANASTYLOSIS] is Verdict.UNDETERMINED


def holds(structure: str, option: RestorationOption, **more: Any) -> str:
    return " | ".join(h.text for h in at_palmyra(**more)[structure].of(option).holds)


def test_decisions_of_the_committee_hold_works_back_and_leave_first_aid():
    arch = holds("monumental_arch", RestorationOption.ANASTYLOSIS)
    assert "rec_42com_limit_work" in arch
    assert "rec_43com_first_aid_only" in arch
    assert "par. 172" in arch
    assert "rec_44com_emergency" in holds("monumental_arch", RestorationOption.RECONSTRUCTION)
    assert "World Heritage Committee" not in holds("monumental_arch", RestorationOption.CONSOLIDATE)


def test_a_submission_on_record_answers_paragraph_172_and_nothing_else():
    submitted = {palmyra.structure_uid("monumental_arch"): ("claim",)}
    arch = holds("monumental_arch", RestorationOption.ANASTYLOSIS, submissions=submitted)
    assert "par. 172" not in arch
    assert "first aid" in arch


def test_nothing_is_released_at_palmyra():
    for found in at_palmyra().values():
        for finding in found.findings[1:]:
            assert [h.text.split(":")[0] for h in finding.holds[:3]] == ["ground", "rubble", "voids"]


def test_order_of_phases():
    order = [p.kind for p in at_palmyra()["monumental_arch"].order]
    assert order == list(WorksKind)


# --- the rules, on a made-up building ---------------------------------------------------------------------------------

HOUSE = Claim("house", Structure(local_id="house", label="A house", parent="site"), "0", "p", "")
SITE = Claim("site", Structure(local_id="site", label="A site", role=StructureRole.GROUP), "0", "p", "")
SURE = {"placed_lo": 0.9, "placed_hi": 1.0, "documentation": 4, "foundations_verified": True, "basis": "measured"}
DOCTRINE = Mandate(party="authority", matter=MandateMatter.DOCTRINE, start=When(dt.date(2020, 1, 1)), where="site")
MANDATE = Claim("m", DOCTRINE, "0", "p", "")


def threshold(value: float, **more: Any) -> Claim[Decision]:
    given = {"made_by": "authority", "start": When(dt.date(2021, 1, 1)), "about": ("site",), **more}
    body = Decision(
        local_id=f"d_{value:g}", kind=DecisionKind.THRESHOLD, threshold="new_material", threshold_value=value, **given
    )
    return Claim(f"d_{value:g}", body, "0", given["made_by"], "", reported=False)


def fabric(lo: float, hi: float, **more: Any) -> Claim[Fabric]:
    body = Fabric(
        structure="house",
        date=When(dt.date(2024, 1, 1)),
        ancient_lo=lo,
        ancient_hi=hi,
        restored_hi=0.0,
        **{**SURE, **more},
    )
    return Claim(f"f{lo}", body, "0", "p", "")


def judge(*fabrics: Claim[Fabric], **more: Any) -> StructureOptions:
    given: dict[str, Any] = {"gates": {}, "mandates": [MANDATE], "decisions": [threshold(0.25)], **more}
    grades = {"house": GradeInterval(3, 3)}
    (found,) = options([SITE, HOUSE], on=ON, doctrine=shipped(), fabrics=fabrics, grades=grades, **given)
    return found


RULES = """
ancient_lo  ancient_hi  anastylosis   partial       reconstruction  why
0.80        0.90        admitted      refused       refused         new material 10 to 20 percent
0.75        0.75        admitted      refused       refused         exactly the threshold
0.70        0.80        undetermined  undetermined  refused         straddles 25 percent
0.55        0.70        refused       admitted      refused         30 to 45 percent
0.40        0.60        refused       undetermined  undetermined    straddles 50 percent
0.10        0.40        refused       refused       undetermined    above 50 percent; consents not on record
"""


@pytest.mark.parametrize("line", RULES.strip().splitlines()[1:])
def test_shares_decide_between_options(line):
    lo, hi, *verdicts = line.split()[:5]
    found = judge(fabric(float(lo), float(hi)))
    assert [f.verdict.value for f in found.findings[2:]] == verdicts


def test_reconstruction_needs_every_consent():
    low = fabric(0.1, 0.2)
    assert judge(low, consents={"house": True}).of(RestorationOption.RECONSTRUCTION).verdict is Verdict.ADMITTED
    assert judge(low, consents={"house": False}).of(RestorationOption.RECONSTRUCTION).verdict is Verdict.REFUSED


def verdict_with(**more: Any) -> Verdict:
    return judge(fabric(0.8, 0.8), **more).of(RestorationOption.ANASTYLOSIS).verdict


def test_only_a_mandated_decision_in_force_sets_a_threshold():
    assert verdict_with() is Verdict.ADMITTED
    assert verdict_with(mandates=[]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[threshold(0.25, made_by="a stranger")]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[threshold(0.25, start=When(dt.date(2026, 1, 1)))]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[threshold(0.25, end=When(dt.date(2024, 1, 1)))]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[threshold(0.25, about=("elsewhere",))]) is Verdict.UNDETERMINED


def test_a_reported_or_disputed_decision_sets_nothing():
    made = threshold(0.25)
    assert verdict_with(decisions=[replace(made, reported=True)]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[replace(made, party="a newspaper")]) is Verdict.UNDETERMINED
    assert verdict_with(decisions=[replace(made, disputed_by=("d",))]) is Verdict.UNDETERMINED
    assert verdict_with(mandates=[replace(MANDATE, disputed_by=("d",))]) is Verdict.UNDETERMINED


def test_the_latest_decision_counts_and_two_of_one_day_set_nothing():
    later = threshold(0.1, start=When(dt.date(2022, 1, 1)))
    assert verdict_with(decisions=[threshold(0.25), later]) is Verdict.REFUSED
    assert verdict_with(decisions=[threshold(0.25), threshold(0.1)]) is Verdict.UNDETERMINED


def test_measurements_that_exclude_each_other_leave_it_open():
    found = judge(fabric(0.8, 0.9), fabric(0.1, 0.2))
    assert found.fabric.conflict
    assert found.of(RestorationOption.ANASTYLOSIS).verdict is Verdict.UNDETERMINED


def released(activity: Activity, until: dt.date = dt.date(2026, 1, 1)) -> dict[GroundKind, list[GateStatus]]:
    status = GateStatus(GateState.AUTHORISED, decision="d", by="authority", until=until, activity=activity.value)
    return {kind: [status] for kind in GroundKind}


def test_a_release_counts_for_its_activity_its_time_and_every_kind_of_ground():
    def reasons(gates: Any) -> list[str]:
        return [h.text for h in judge(fabric(0.8, 0.8), gates={"house": gates}).of(RestorationOption.ANASTYLOSIS).holds]

    assert reasons(released(Activity.WORKS)) == []
    assert len(reasons(released(Activity.VISIT))) == 3
    assert len(reasons(released(Activity.WORKS, until=dt.date(2025, 10, 30)))) == 3
    partly = released(Activity.WORKS)
    partly[GroundKind.VOIDS] = [GateStatus(GateState.HELD, (Because("five devices found", ("c1",)),))]
    assert len(reasons(partly)) == 1
    assert reasons(partly) == ["voids: no release for works by a Decision in force (five devices found)"]


def test_a_decision_about_the_site_limits_its_structures_once_it_is_made():
    text = "No reconstruction for now except the museum"
    made = Recommendation(
        date=When(dt.date(2021, 7, 31)), kind=RecommendationKind.DECISION, body="Committee", text=text, structure="site"
    )
    limit = Claim("r", made, "0", "p", "")
    assert judge(recommendations=[limit]).of(RestorationOption.RECONSTRUCTION).holds[-1].claims == ("r",)
    museum = Claim("house", Structure(label="Museum", type="museum", parent="site"), "0", "p", "")
    (found,) = options([SITE, museum], on=ON, doctrine=shipped(), grades={}, gates={}, recommendations=[limit])
    assert len(found.of(RestorationOption.RECONSTRUCTION).holds) == 3


shares = st.floats(0, 1, allow_nan=False)


@given(a=shares, b=shares, c=shares, d=shares)
def test_a_closer_measurement_never_overturns_a_verdict(a, b, c, d):
    """Narrowing the interval may settle what was open, and never turns yes into no or no into yes."""
    lo, hi = sorted((a, b))
    inner = sorted(lo + (hi - lo) * x for x in (c, d))
    wide, narrow = judge(fabric(lo, hi)), judge(fabric(min(inner[0], hi), min(inner[1], hi)))
    for one, other in zip(wide.findings, narrow.findings, strict=True):
        if one.verdict is not Verdict.UNDETERMINED:
            assert other.verdict is one.verdict


@given(a=shares, b=shares)
def test_whatever_is_open_names_what_would_settle_it(a, b):
    for finding in judge(fabric(*sorted((a, b)))).findings:
        assert bool(finding.settle) == (finding.verdict is Verdict.UNDETERMINED)
        assert finding.trace


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('quantity = "new"', 'quantity = "hope"'),
        ('at_most = "new_material"', 'at_most = "nothing"'),
        ('code = "anastylosis"', 'code = "magic"'),
        ("at_least = 1", "roughly = 1"),
        ("[[phase]]", "[[step]]"),
        ("phrase = 'no reconstruction'", "phrase = '('"),
    ],
)
def test_a_broken_doctrine_is_refused(old, new):
    from importlib import resources

    text = (resources.files("tetrapylon.restore") / "doctrine.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(TetrapylonError):
        parse(text.replace(old, new))


def test_every_entry_of_the_doctrine_names_its_source():
    doctrine = shipped()
    assert all(t.source and t.meaning for t in doctrine.thresholds.values())
    assert all(o.source and o.rule for o in doctrine.options)
    assert doctrine.thresholds["new_material"].value is None
    assert [o.code for o in doctrine.options] == list(RestorationOption)
    assert [p.kind for p in doctrine.phases] == list(WorksKind)
