"""A Decision rests on a mandate only if nothing about the mandate is in doubt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tetrapylon.evidence.mandates import in_doubt, in_own_words, supports, surely_in_force
from tetrapylon.model import Claim, Decision, Mandate, When
from tetrapylon.model.dates import Precision
from tetrapylon.model.terms import DecisionKind, MandateMatter

DAY = dt.date(2016, 4, 1)
MATTER = MandateMatter.LAND_RELEASE


def days(first: int = -40, last: int = 40) -> st.SearchStrategy[dt.date]:
    return st.integers(first, last).map(lambda n: DAY + dt.timedelta(n))


def mandate(start: When, end: When | None = None) -> Claim[Mandate]:
    body = Mandate(party="authority", matter=MATTER, start=start, end=end, where="site")
    return Claim("m1", body, "e1", "authority", "2016-01-01", reported=False)


def decision(start: When) -> Claim[Decision]:
    body = Decision(kind=DecisionKind.AUTHORISE, made_by="authority", start=start)
    return Claim("d1", body, "e2", "authority", "2016-03-01", reported=False)


def everywhere(where: str | None) -> bool:
    return True


@given(days(), days(), days(), st.none() | days())
def test_a_mandate_holds_when_the_decision_is_made_and_on_the_day(
    began: dt.date, made: dt.date, on: dt.date, ends: dt.date | None
) -> None:
    held = supports(
        mandate(When(began), When(ends) if ends else None), decision(When(made)), MATTER, on=on, covers=everywhere
    )
    assert held == (began <= made and began <= on and (ends is None or on <= ends))


@given(days(), days(), days(), st.sampled_from(list(Precision)), st.sampled_from(list(Precision)))
def test_doubt_about_a_date_never_gives_authority(
    began: dt.date, made: dt.date, on: dt.date, of_start: Precision, of_decision: Precision
) -> None:
    """Whatever a vague date may mean, authority it gives would be there on every reading of the date."""
    start, at = When(began, of_start), When(made, of_decision)
    if supports(mandate(start), decision(at), MATTER, on=on, covers=everywhere):
        assert start.latest <= at.earliest
        assert surely_in_force(start, None, on)


def test_what_takes_authority_away() -> None:
    good, made = mandate(When(DAY)), decision(When(DAY))
    on = DAY

    def holds(m: Claim[Mandate], d: Claim[Decision] = made, matter: MandateMatter = MATTER) -> bool:
        return supports(m, d, matter, on=on, covers=everywhere)

    assert holds(good)
    assert not holds(replace(good, contested=True))
    assert not holds(replace(good, disputed_by=("other",)))
    assert not holds(replace(good, body=replace(good.body, party="other")))
    assert not holds(good, matter=MandateMatter.DOCTRINE)
    assert not holds(good, replace(made, body=replace(made.body, mandate="m2")))
    assert not supports(good, made, MATTER, on=on, covers=lambda where: where is None)


def test_own_words_and_doubt() -> None:
    made = decision(When(DAY))
    assert in_own_words(made)
    assert not in_own_words(replace(made, reported=True))
    assert not in_own_words(replace(made, party="press"))
    assert not in_doubt(made)
    assert in_doubt(replace(made, contested=True))
    assert in_doubt(replace(made, disputed_by=("other",)))
