"""The table of phrases, against every report of the Palmyra case and against reports it must not misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import palmyra_claims as palmyra

from tetrapylon.assess.wording import EVERYTHING, IMAGERY, Says, parse, read, shipped
from tetrapylon.errors import TetrapylonError
from tetrapylon.model import GradeInterval
from tetrapylon.model.terms import Mode

READINGS = """
agora                        0001:1-2 0002:0-1 0003:not_given 0004:relative
athena_allat_statue          0005:3-4 0006:3-4
baalshamin_sanctuary         0007:0-4 0008:4-5
camp_of_diocletian           0009:0-2 0010:relative
castle_footbridge            0011:4-5 0012:3-4
city_wall_north              0013:2-4 0014:1-2
city_wall_south              0015:elsewhere
columns_unspecified_oct2015  0016:4-5 0017:not_assessed
efqa_spring                  0018:1-4 0019:2-4
funerary_busts_italy_2017    0020:2-4
funerary_temple_186          0021:1-5
funerary_temple_s103         0022:4-5
great_colonnade              0023:0-1 0024:0-1 0025:not_given 0026:relative 0027:0-4
hypogeum_artaban             0028:1-2
hypogeum_taibul              0029:elsewhere
hypogeum_three_brothers      0030:0-2 0031:0-1 0032:relative
lion_of_allat                0033:4-5 0034:3-5 0035:4-5 0036:0-3
modern_town_tadmur           0037:elsewhere
monumental_arch              0038:4-5 0039:4-5 0040:4-5 0041:not_assessed 0042:2-5 0043:3-4 0044:2-4 0045:4-5
monumental_arch              0046:3-4 0047:4-5
northern_necropolis          0048:unread 0049:elsewhere
palmyra_castle               0050:1-2 0051:not_assessed 0052:3-5 0053:1-4 0054:2-3
palmyra_museum               0055:2-4 0056:elsewhere 0057:2-4 0058:elsewhere 0059:elsewhere 0060:2-4 0061:3-4
palmyra_museum               0062:2-4 0063:4
shrine_mohammed_bin_ali      0064:4-5 0065:4-5
shrine_shagaf                0066:4-5 0067:5
site_of_palmyra              0068:2-4 0069:elsewhere 0070:1-4 0071:4-5 0072:elsewhere 0073:3-4
southeast_necropolis         0074:4-5 0075:4-5
tadmur_prison                0076:4-5
temple_of_baalshamin         0077:4-5 0078:1-5 0079:4-5 0080:4-5 0081:5 0082:4-5 0083:pieces 0084:5
temple_of_bel_cella          0085:2-4 0086:0-3 0087:4-5 0088:4-5 0089:4-5 0090:pieces 0091:pieces 0092:not_assessed
temple_of_bel_cella          0093:2-5 0094:5 0095:5 0096:relative 0097:4-5
temple_of_bel_portico        0098:0-3 0099:0-3 0100:3-4 0101:3-4
temple_of_bel_temenos        0102:1-4 0103:2-5 0104:0-1 0105:0-3
temple_of_nabu               0106:relative
tetrapylon                   0107:0-1 0108:4-5 0109:4-5 0110:4-5 0111:4-5 0112:relative 0113:4-5
theatre                      0114:0-1 0115:1-2 0116:1-2 0117:0-1 0118:0-1
theatre_scaenae_frons        0119:2-4 0120:3-4 0121:1-4 0122:1-4 0123:relative 0124:1-4 0125:2-5 0126:2-5
tower_tomb_100               0127:1-5
tower_tomb_102               0128:1-5
tower_tomb_103               0129:1-5
tower_tomb_22                0130:4-5 0131:1-5
tower_tomb_65                0132:2-4 0133:1-5
tower_tomb_87                0134:1-5
tower_tomb_91                0135:1-5
tower_tomb_95                0136:1-5
tower_tomb_96                0137:1-5
tower_tomb_98                0138:1-5
tower_tomb_atenaten          0139:4-5 0140:4-5
tower_tomb_bene_baa          0141:2-4 0142:1-5
tower_tomb_elahbel           0143:4-5 0144:4-5 0145:4-5
tower_tomb_elasa             0146:2-4
tower_tomb_hairan_belshuri   0147:2-4 0148:1-5
tower_tomb_iamliku           0149:4-5 0150:4-5
tower_tomb_kithot            0151:4-5 0152:4-5
valley_of_the_tombs          0153:3-5 0154:4-5 0155:4-5 0156:1-5 0157:3-5 0158:4-5
"""
"""Every report of the case by structure: its number and the interval its words leave, or what it does instead."""


def expected() -> dict[str, tuple[str, str]]:
    found = {}
    for line in READINGS.strip().splitlines():
        structure, *cells = line.split()
        for cell in cells:
            number, says = cell.split(":")
            found[f"cr_{number}"] = (structure, says)
    return found


@pytest.mark.parametrize("claim", palmyra.condition_reports(), ids=lambda c: c.name)
def test_every_report_of_the_case_is_read_from_its_words(claim):
    structure = {s.uid: s for s in palmyra.structures()}[claim.body.structure]
    reading = read(claim.body.wording, mode=claim.body.mode, is_object=structure.body.type == "statue")
    said = str(reading.interval) if reading.grades else str(reading.says or "unread")
    assert (structure.name, said) == expected()[claim.name], f"{claim.body.wording} -- {reading.why}"


def test_the_table_lists_all_reports_once():
    assert sorted(expected()) == sorted(c.name for c in palmyra.condition_reports())
    assert len(expected()) == 158


def test_the_class_column_decides_nothing():
    """One class, "destroyed", covers words that mean total collapse, words that grade nothing, and a denied look."""
    destroyed = {
        expected()[c.name][1]
        for c in palmyra.condition_reports()
        if c.body.damage_class and c.body.damage_class == "destroyed"
    }
    assert {"5", "4-5", "2-5", "pieces", "relative", "not_assessed"} <= destroyed


def test_words_no_rule_knows_grade_nothing():
    reading = read("The mission took notes.")
    assert reading.interval == EVERYTHING
    assert reading.says is None
    assert "no rule matches" in reading.why


WORDS = """
wording                                                          mode       reading
Not wholly destroyed.                                            field      0-4
Wholly destroyed.                                                field      5
Wholly destroyed.                                                satellite  4-5
Wholly destroyed.                                                video      4-5
Damaged or destroyed.                                            satellite  1-5
Severely damaged.                                                field      3-4
Not destroyed.                                                   field      0-4
The temple is undamaged.                                         field      0-1
Roof collapsed.                                                  satellite  3-5
Completely destroyed.                                            field      5
Partly collapsed.                                                field      3-4
No visible damage.                                               field      0-1
Possible damage.                                                 satellite  0-2
Moderately damaged.                                              satellite  2-3
Slight damage, some cracks.                                      field      1-2
It has not collapsed.                                            field      0-4
Reduced to a heap of rubble.                                     press      5
Statues smashed and heads cut off.                               field      elsewhere
In good condition before the war; blown up in 2015.              field      4-5
"""


@pytest.mark.parametrize("line", WORDS.strip().splitlines()[1:])
def test_phrases(line):
    wording, mode, says = (part.strip() for part in (line[:65], line[65:76], line[76:]))
    reading = read(wording, mode=Mode(mode))
    assert (str(reading.interval) if reading.grades else str(reading.says)) == says, reading.why


def test_phrases_that_exclude_each_other_give_their_hull_and_say_so():
    reading = read("In good condition; wholly destroyed.")
    assert reading.torn
    assert reading.interval == GradeInterval(0, 5)


def test_heads_and_fragments_are_the_statue_itself():
    assert read("Beheaded, fragments found.", is_object=True).interval == GradeInterval(3, 4)
    assert read("Statues beheaded, fragments found.").says is Says.ELSEWHERE


def test_a_party_may_bring_its_own_table():
    table = parse("[[rule]]\nname = 'x'\nphrase = 'gone'\nsays = 'grade'\nlo = 5\nhi = 5\nreason = 'ours'\n")
    assert read("Gone.", table=table).interval == GradeInterval(5, 5)
    assert read("Destroyed.", table=table).interval == EVERYTHING


@pytest.mark.parametrize(
    "text",
    [
        "not toml at all =",
        "[[rule]]\nname = 'x'\nphrase = '('\nsays = 'grade'\nlo = 1\nhi = 2\nreason = 'r'",
        "[[rule]]\nname = 'x'\nphrase = 'a'\nsays = 'grade'\nreason = 'no interval'",
        "[[rule]]\nname = 'x'\nphrase = 'a'\nsays = 'grade'\nlo = 4\nhi = 9\nreason = 'outside'",
        "[[rule]]\nname = 'x'\nphrase = 'a'\nsays = 'guess'\nreason = 'unknown'",
    ],
)
def test_a_broken_table_is_refused(text):
    with pytest.raises(TetrapylonError):
        parse(text)


def test_every_shipped_rule_has_a_reason_and_is_used_or_tested():
    assert all(rule.reason for rule in shipped())
    assert len({rule.name for rule in shipped()}) == len(shipped())


phrases = st.sampled_from([c.body.wording for c in palmyra.condition_reports()])


@given(first=phrases, second=phrases, mode=st.sampled_from(Mode))
def test_reading_is_sound_whatever_is_said_together(first, second, mode):
    """Never an error; imagery never gives a point; a wording that grades is never the whole scale by accident."""
    reading = read(f"{first} {second}", mode=mode)
    assert 0 <= reading.interval.lo <= reading.interval.hi <= 5
    if mode in IMAGERY and reading.grades:
        assert reading.interval.lo < reading.interval.hi
    if not reading.grades:
        assert reading.interval == EVERYTHING


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    assert read(text).interval.lo >= 0
