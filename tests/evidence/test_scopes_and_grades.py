"""What a figure covers, and how far a statement is from its speaker."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support import palmyra

from tetrapylon.evidence.grades import Distance, grade
from tetrapylon.evidence.scopes import Relation, Scope, Scopes, campaigns, neighbours, scopes
from tetrapylon.model import Claim, Source, Statement, When
from tetrapylon.model.terms import Access, SourceKind

PALMYRA = scopes(palmyra.places(), palmyra.structures())


def place(name: str, campaign: str = "2016") -> Scope:
    return Scope(palmyra.uid(name), campaigns(campaign))


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (place("all_cleared"), place("historic_part"), Relation.CONTAINS),
        (place("town"), place("all_cleared"), Relation.WITHIN),
        (place("town"), place("town"), Relation.SAME),
        (place("town"), place("historic_part"), Relation.UNKNOWN),
        (place("all_cleared"), place("jabal_abu_rujmain"), Relation.UNKNOWN),
        (place("all_cleared", "2016+2017"), place("all_cleared", "2016"), Relation.CONTAINS),
        (place("all_cleared", "2016+2017"), place("town", "2017"), Relation.CONTAINS),
        (place("all_cleared", "2016"), place("town", "2016+2017"), Relation.UNKNOWN),
        (place("town", "2016"), place("town", "2025"), Relation.UNKNOWN),
        (place("town", ""), place("town", ""), Relation.SAME),
        (place("town", "2016"), place("town", ""), Relation.UNKNOWN),
        (Scope(None), Scope(None), Relation.UNKNOWN),
    ],
)
def test_scopes_of_palmyra(one: Scope, other: Scope, relation: Relation) -> None:
    assert PALMYRA.relation(one, other) is relation
    mirrored = {Relation.CONTAINS: Relation.WITHIN, Relation.WITHIN: Relation.CONTAINS}
    assert PALMYRA.relation(other, one) is mirrored.get(relation, relation)


def test_a_place_inside_itself_is_reported_and_relates_to_nothing() -> None:
    circle = Scopes({"a": frozenset("b"), "b": frozenset("a"), "c": frozenset("a")}, {})
    assert circle.cycles == ("a", "b")
    assert circle.where("a", "b") is Relation.UNKNOWN
    assert circle.where("a", "c") is Relation.CONTAINS


def test_the_index_of_neighbours_agrees_with_comparing_every_pair() -> None:
    names = [c.name for c in palmyra.places()]
    every = [place(n, c) for n in names for c in ("2016", "2017", "2016+2017", "")] + [Scope(None)]
    found = neighbours(every, PALMYRA)
    for one in every:
        expected = {o: r for o in every if (r := PALMYRA.relation(one, o)) is not Relation.UNKNOWN}
        assert dict(found[one]) == expected


def test_no_place_of_palmyra_has_its_boundary_on_record() -> None:
    assert not PALMYRA.bounded & {c.uid for c in palmyra.places()}


def said(**chain: str) -> Claim[Statement]:
    body = Statement(local_id="s", said=When(dt.date(2016, 4, 21)), **chain)  # type: ignore[arg-type]
    return Claim(uid="s", body=body, entry="", party="p", known="2016-04-21")


def source(kind: SourceKind, access: Access | None = None) -> Claim[Source]:
    body = Source(local_id="x", heading="x", published=When(dt.date(2016, 4, 21)), kind=kind, access=access)
    return Claim(uid="x", body=body, entry="", party="p", known="2016-04-21")


@pytest.mark.parametrize(
    ("statement", "kind", "distance"),
    [
        (said(stated_by="ASOR CHI", published_by="ASOR CHI"), SourceKind.REPORT, Distance.OWN),
        (said(stated_by="Chief of engineers", published_by="kremlin.ru"), SourceKind.STATEMENT, Distance.OFFICIAL),
        (said(stated_by="Syrian army engineers", published_by="TASS"), SourceKind.PRESS, Distance.QUOTED),
        (
            said(stated_by="An office", quoted_by="A spokesman", published_by="A paper"),
            SourceKind.PRESS,
            Distance.RELAYED,
        ),
        (said(stated_by="Syrian army", published_by="Reuters via Africanews"), SourceKind.PRESS, Distance.RELAYED),
        (said(published_by="Reuters"), SourceKind.PRESS, Distance.UNNAMED),
    ],
)
def test_how_far_a_statement_is_from_its_speaker(
    statement: Claim[Statement], kind: SourceKind, distance: Distance
) -> None:
    assert grade(statement, source(kind)).distance is distance


def test_a_retelling_is_a_retelling_whoever_published_it() -> None:
    body = Statement(
        local_id="s",
        said=When(dt.date(2016, 4, 21)),
        stated_by="TASS",
        published_by="TASS",
        derived_from=("root",),  # type: ignore[arg-type]
    )
    graded = grade(Claim(uid="s", body=body, entry="", party="p", known="2016-04-21"), source(SourceKind.OFFICIAL))
    assert graded.distance is Distance.RETOLD


def test_a_grade_is_words_in_an_order_and_never_a_number_to_weigh_with() -> None:
    graded = grade(said(stated_by="An office", published_by="A paper"), source(SourceKind.PRESS, Access.EXCERPT))
    assert graded.words == "quoted by the publisher; read in part"
    assert [d.rank for d in Distance] == sorted(d.rank for d in Distance)
    assert not any(isinstance(getattr(graded, f), float) for f in ("distance", "access", "words"))


def test_every_statement_of_palmyra_gets_a_grade() -> None:
    by_source = {c.uid: c for c in palmyra.sources()}
    found = {c.name: grade(c, by_source[str(c.body.source)]).distance for c in palmyra.statements()}
    assert found["st_ev_0015"] is Distance.RELAYED  # speaker, spokesman, agency, newspaper
    assert found["st_cp_0014"] is Distance.RETOLD
    assert found["st_cp_0012"] is Distance.OFFICIAL
    assert found["st_hz_0001"] is Distance.UNNAMED
