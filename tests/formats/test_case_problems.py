"""Every problem at once, each with file, row, column, value, reason and the nearest valid choice."""

from __future__ import annotations

from collections.abc import Callable

from tetrapylon.formats.case import Case

Read = Callable[..., list[str]]

SOURCES = "local_id,heading,published\ns1,A source,2016-04-27\n"
STRUCTURES = "local_id,label\nbel,Temple of Bel\n"


def test_a_good_case_has_none(problems: Read) -> None:
    reports = "local_id,claim_source,structure,date,wording,damage_class\nr1,s1,bel,2016-04-26,Broken.,severe\n"
    assert problems(source=SOURCES, structure=STRUCTURES, condition_report=reports) == []


def test_all_problems_of_a_table_are_named_together(problems: Read) -> None:
    reports = """
local_id,claim_source,structure,date,date_precision,wording,damage_class,extent
r1,s1,bel,2016-04-26,day,Broken.,sever,0.5
r2,s1,bell,2016-02-30,day,Broken.,severe,0.5
r3,s9,bel,2016-26-04,dya,Broken.,severe,half
r3,s1,bel,2016-04-26,day,,severe,nan
,s1,bel,2016-04-26,day,Broken.,severe,1e999
"""
    assert problems(source=SOURCES, structure=STRUCTURES, condition_report=reports) == [
        'condition_report.csv row 2, damage_class: "sever" is not a damage class. Did you mean "severe"?',
        'condition_report.csv row 3, date: "2016-02-30" is not a day of the calendar.',
        'condition_report.csv row 4, date: "2016-26-04" is not a date: day and month are exchanged. '
        'Did you mean "2016-04-26"?',
        'condition_report.csv row 4, extent: "half" is not a number.',
        "condition_report.csv row 5, wording: is empty; a condition report needs it.",
        'condition_report.csv row 5, extent: "nan" is not a finite number; leave the cell empty where nothing is '
        "stated.",
        "condition_report.csv row 6, local_id: is empty; every row needs an identifier.",
    ]


def test_dangling_references_name_the_nearest_thing(problems: Read) -> None:
    reports = "local_id,claim_source,structure,date,wording\nr1,s1,bell,2016-04-26,Broken.\nr2,s2,bel,2016-04-26,x\n"
    assert problems(source=SOURCES, structure=STRUCTURES, condition_report=reports) == [
        'condition_report.csv row 2, structure: "bell" names no structure of this case. Did you mean "bel"?',
        'condition_report.csv row 3, claim_source: "s2" names no source of this case.',
    ]


def test_an_id_twice_names_both_rows(problems: Read) -> None:
    twice = "local_id,label\nbel,Temple of Bel\narch,Arch\nbel,Temple of Bel again\n"
    assert problems(structure=twice) == ['structure.csv row 4, local_id: "bel" stands already in row 2.']


def test_numbers_with_units_and_separators_are_not_guessed(problems: Read) -> None:
    claims = """
local_id,date,claimed_by,area_m2,items,roads_m
c1,2016-04-21,Engineers,234 ha,"2,991","9,5"
c2,2016-04-21,Engineers,-1,inf,0x10
"""
    assert problems(clearance_claim=claims) == [
        'clearance_claim.csv row 2, area_m2: "234 ha" is not a bare number: the unit belongs in the heading or the '
        'mapping. Did you mean "234"?',
        'clearance_claim.csv row 2, items: "2,991" has thousands separators; write digits and at most one decimal '
        'point. Did you mean "2991"?',
        'clearance_claim.csv row 2, roads_m: "9,5" has a decimal comma; write a point. Did you mean "9.5"?',
        'clearance_claim.csv row 3, area_m2: "-1" is less than 0.',
        'clearance_claim.csv row 3, items: "inf" is not a finite number; leave the cell empty where nothing is stated.',
        'clearance_claim.csv row 3, roads_m: "0x10" is not a bare number: the unit belongs in the heading or the '
        'mapping. Did you mean "0"?',
    ]


def test_a_mass_whose_heading_has_no_unit_or_another_one_is_refused_not_lost(problems: Read) -> None:
    for heading in ("all_up_mass", "all_up_mass_g"):
        items = f"local_id,found,category,{heading},colour\ni1,2016-04-21,projectile,1500,grey\n"
        assert problems(ordnance_item=items) == [
            f"ordnance_item.csv, {heading}: is not read as it stands; the column of this field is all_up_mass_kg. "
            'Did you mean "all_up_mass_kg"?'
        ]


def test_a_broken_rule_is_said_in_its_own_words(problems: Read) -> None:
    parties = "local_id,label\nauthority,An authority\n"
    releases = "local_id,date,kind,decided_by\nl1,2026-01-01,cleared,authority\nl2,2026-01-01,cancelled,authority\n"
    assert problems(party=parties, land_release=releases) == [
        "land_release.csv row 2: breaks a rule of a land release: cleared land states method, depth and datum."
    ]


def test_swapped_axes_and_metres_are_recognised(problems: Read) -> None:
    extent = "extent = [38.15, 34.45, 38.40, 34.65]"
    structures = """
local_id,label,lon,lat
a,Right,38.27,34.55
b,Swapped,34.55,38.27
c,Metres,432100.5,3823400.2
d,Half,38.27,
e,Elsewhere,36.3,33.5
f,Not a number,nan,34.55
g,Endless,38.27,inf
"""
    assert problems(extent=extent, structure=structures) == [
        'structure.csv row 3, lon: "34.55 38.27" lies outside the site, but inside it with the axes swapped: longitude '
        'comes first. Did you mean "38.27 34.55"?',
        'structure.csv row 4, lon: "432100.5 3823400.2" is not longitude and latitude in degrees: it looks like metres '
        "of another reference system than WGS 84.",
        "structure.csv row 5, lat: is empty while the other coordinate is given.",
        'structure.csv row 7, lon: "nan 34.55" holds a coordinate that is not a finite number.',
        'structure.csv row 8, lon: "38.27 inf" holds a coordinate that is not a finite number.',
        'worth a look: structure.csv row 6, geometry: "36.3 33.5" lies outside the extent of the site.',
    ]


def test_a_fact_dated_after_its_source_is_worth_a_look_once(problems: Read) -> None:
    statements = "local_id,said,source\nst1,2016-05-02,s1\nst2,2016-05-03,s1\n"
    reports = "local_id,claim_source,structure,date,wording,statement\nr1,s1,bel,2016-05-02,Broken.,st1\n"
    month = "local_id,claim_source,structure,date,date_precision,wording\nr2,s1,bel,2016-04-30,month,In April.\n"
    found = problems(source=SOURCES, structure=STRUCTURES, statement=statements, condition_report=reports)
    assert [f.partition(" lies")[0] for f in found] == [
        'worth a look: condition_report.csv row 2, r1, date: "2016-05-02"',
        'worth a look: statement.csv row 3, st2, said: "2016-05-03"',
    ]
    assert problems(source=SOURCES, structure=STRUCTURES, statement=statements, condition_report=month) != found


def test_things_the_record_already_holds_may_be_referred_to(make_case: Callable[..., Case]) -> None:
    from tetrapylon.formats.case import read_case

    case = make_case(condition_report="local_id,structure,date,wording\nr1,bel,2016-04-26,Broken.\n")
    assert case.check()
    asked = []

    def exists(entity: str, uid: str) -> bool:
        asked.append((entity, uid))
        return True

    assert read_case(case.folder, exists=exists).check() == []
    assert [entity for entity, _ in asked] == ["structure"]


def test_a_manifest_is_checked_before_anything_else(make_case: Callable[..., Case]) -> None:
    case = make_case(structure=STRUCTURES)
    (case.folder / "manifest.toml").write_text(
        'crs = "EPSG:32637"\nextent = [1, 2]\n[files]\nstructure = "structures.csv"\n'
    )
    from tetrapylon.formats.case import read_case

    assert [str(p) for p in read_case(case.folder).check()] == [
        "manifest.toml, naming_authority: A naming authority is needed: stable uids are made from it.",
        'manifest.toml, crs: "EPSG:32637" Positions must be longitude and latitude on WGS 84. '
        'Did you mean "EPSG:4326"?',
        'manifest.toml, extent: "[1, 2]" The extent is four numbers in degrees: [west, south, east, north].',
        'manifest.toml, files.structure: "structures.csv" There is no such file. Did you mean "structure.csv"?',
    ]
