from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.places import rules
from xieshou.places.models import Level

_CODES = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("从化市", "从化"),
        ("从化区", "从化"),
        ("从化", "从化"),
        ("三村村委会", "三村"),
        ("三村村", "三村"),
        ("份田村民委员会", "份田"),
        ("桃园村社区居民委员会", "桃园"),
        ("江埔街道办事处", "江埔"),
        ("广西壮族自治区", "广西"),
        ("延边朝鲜族自治州", "延边"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("凤凰满族乡", "凤凰"),
        ("大柴旦行政委员会", "大柴旦"),
        ("巴林左旗", "巴林左"),
    ],
)
def test_the_words_for_the_kind_of_division_are_no_part_of_the_key(written, key):
    assert rules.search_key(written) == key


@pytest.mark.parametrize("name", ["东村", "赣县", "沙市", "城区", "五村"])
def test_a_name_of_two_characters_is_its_own_key(name):
    assert rules.search_key(name) == name


def test_a_committee_of_a_village_with_one_character_keeps_the_word_village():
    assert rules.search_key("东村委会") == "东村"


def test_an_autonomous_county_that_has_only_the_name_of_its_people_keeps_it():
    assert rules.search_key("鄂温克族自治旗") == "鄂温克"


@pytest.mark.parametrize(
    "written", ["兵团农十二师一零四团", "十二师104团", "１０４团", "新疆生产建设兵团第十二师一〇四团", "一百零四团"]
)
def test_a_regiment_is_one_however_its_number_and_division_are_written(written):
    assert rules.search_key(written) == "一〇四团"


@pytest.mark.parametrize("written", ["鳳山縣", "凤 山\u200b县", "凤山县\u3000", "凤山县（国家级贫困县）"])
def test_traditional_characters_spaces_and_remarks_in_brackets_are_folded(written):
    assert rules.folded(written) == "凤山县"


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("三村村委会", (Level.VILLAGE,)),
        ("街口街道办事处", (Level.TOWNSHIP,)),
        ("凤山县", (Level.COUNTY,)),
        ("延边州", (Level.PREFECTURE,)),
        ("从化市", (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)),
        ("从化", ()),
    ],
)
def test_the_ending_of_a_name_says_its_level(written, levels):
    assert rules.levels_of(written) == levels


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("三村村", "三村村民委员会", True),
        ("三村村", "三村社区居委会", False),
        ("江埔街", "江埔街道", True),
        ("江埔镇", "江埔街道", False),
        ("延边州", "延边朝鲜族自治州", True),
        ("积石山县", "积石山保安族东乡族撒拉族自治县", True),
        ("开平市", "开平区", False),
    ],
)
def test_two_names_say_the_same_kind_of_division_or_not(one, other, same):
    assert rules.same_kind(one, other) is same


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("440000000000", Level.PROVINCE, ("440000000000", "450000000000")),
        ("440100000000", Level.PREFECTURE, ("440100000000", "440200000000")),
        ("440117000000", Level.COUNTY, ("440117000000", "440118000000")),
        ("440117107000", Level.TOWNSHIP, ("440117107000", "440117108000")),
        ("440117107208", Level.VILLAGE, ("440117107208", "440117107209")),
    ],
)
def test_the_range_of_a_place_is_every_code_that_begins_as_its_own(code, level, expected):
    assert rules.own_range(code, level) == expected


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text):
    assert rules.folded(rules.folded(text)) == rules.folded(text)


@given(st.lists(st.tuples(_CODES, _CODES).map(lambda pair: (min(pair), max(pair)))), _CODES)
def test_merged_ranges_cover_what_the_ranges_covered(ranges, code):
    covered = any(low <= code < high for low, high in ranges)

    assert any(low <= code < high for low, high in rules.merged(ranges)) == covered


@given(st.lists(st.tuples(_CODES, _CODES).map(lambda pair: (min(pair), max(pair)))))
def test_merged_ranges_are_sorted_and_apart(ranges):
    merged = rules.merged(ranges)

    assert all(earlier[1] < later[0] for earlier, later in pairwise(merged))
