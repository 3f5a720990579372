"""Consents: none is on record at Palmyra, and nothing said in passing counts as one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.support import palmyra_claims as palmyra

from tetrapylon.coordinate.commitments import submissions
from tetrapylon.coordinate.consents import ConsentOf, ConsentStatus, consents
from tetrapylon.model import Claim, Consent, Party, Precision, Structure, When
from tetrapylon.model.terms import ConsentState, PartyKind

ON = dt.date(2025, 10, 31)


def test_no_consent_is_on_record_at_palmyra():
    found = consents(palmyra.structures(), on=ON, parties=palmyra.parties())
    assert found
    assert all(state is None for c in found for _, state, _ in c.states)
    assert all(c.granted is None for c in found)


def test_a_reported_approval_of_the_arch_stands_beside_and_counts_as_nothing():
    said = submissions(palmyra.recommendations(), palmyra.occurrences())
    found = {c.structure.name: c for c in consents(palmyra.structures(), on=ON, said=said)}
    arch = found["monumental_arch"]
    assert [s.name for s in arch.said] == ["ev_0067", "rec_45com_taskforce"]
    assert arch.granted is None
    assert "said: about 2023-05-31 Arch project approved" in arch.summary


HOUSE = Claim("house", Structure(label="A house"), "0", "p", "")
PARTIES = [
    Claim("dga", Party(label="Antiquities", kind=PartyKind.ANTIQUITIES), "0", "p", ""),
    Claim("whc", Party(label="Committee", kind=PartyKind.INTERGOVERNMENTAL), "0", "p", ""),
    Claim("town", Party(label="Town", kind=PartyKind.OTHER), "0", "p", ""),
]


def status(*given: tuple[Any, ...]) -> ConsentStatus:
    claims = [
        Claim(
            f"c{i}",
            Consent(
                date=When(dt.date.fromisoformat(date)), state=ConsentState(state), structure="house", asked_of=whose,
                until=When(dt.date.fromisoformat(until[0])) if until else None,
            ),
            "0", "p", "",
        )
        for i, (whose, date, state, *until) in enumerate(given)
    ]  # fmt: skip
    return consents([HOUSE], claims, on=ON, parties=PARTIES)[0]


ALL = (("dga", "2024-01-01", "granted"), ("whc", "2024-01-01", "granted"), ("town", "2024-01-01", "granted"))


@pytest.mark.parametrize(
    ("given", "granted"),
    [
        (ALL, True),
        (ALL[:2], None),
        ((*ALL, ("town", "2024-06-01", "refused")), False),
        ((*ALL, ("town", "2024-01-01", "refused")), False),
        ((*ALL, ("dga", "2024-06-01", "withdrawn")), False),
        ((*ALL, ("dga", "2026-06-01", "withdrawn")), True),
        ((("dga", "2024-01-01", "requested"), *ALL[1:]), None),
        ((("dga", "2024-01-01", "granted", "2025-01-01"), *ALL[1:]), None),
        ((("dga", "2023-01-01", "refused"), *ALL), True),
    ],
)
def test_all_three_must_have_granted(given, granted):
    assert status(*given).granted is granted


def test_whose_consent_it_is_follows_from_who_was_asked():
    states = {of: state for of, state, _ in status(*ALL[:1]).states}
    assert states[ConsentOf.AUTHORITY] is ConsentState.GRANTED
    assert states[ConsentOf.COMMUNITY] is None


def test_a_disputed_grant_is_open_and_a_refusal_counts_as_soon_as_it_may_have_been_given():
    def told(state: ConsentState, precision: Precision = Precision.DAY, **more: Any) -> ConsentStatus:
        body = Consent(date=When(dt.date(2025, 11, 3), precision), state=state, structure="house", asked_of="dga")
        return consents([HOUSE], [Claim("c", body, "0", "p", "", **more)], on=ON, parties=PARTIES)[0]

    assert told(ConsentState.REFUSED).granted is None
    assert told(ConsentState.REFUSED, Precision.APPROX).granted is False
    body = Consent(date=When(dt.date(2025, 1, 1)), state=ConsentState.GRANTED, structure="house", asked_of="dga")
    for disputed, state in (((), ConsentState.GRANTED), (("d",), None)):
        claim = Claim("c", body, "0", "p", "", disputed_by=disputed)
        (found,) = consents([HOUSE], [claim], on=ON, parties=PARTIES)
        assert found.states[0][1] is state
