"""How names of units are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.parties.kinds import PartyKind
from xieshou.parties.rules import (
    ComparisonKey,
    check_uscc,
    cities_agree,
    clean_name,
    clean_uscc,
    comparison_key,
    guess_kind,
    may_name_several,
    member_names,
    normalise_name,
    split_names,
)

FIVE_LINES = "广州市人民政府南岗街道办事处\n黄埔区检察院\n团黄埔区委\n黄埔区公安分局\n黄埔区安全监管局"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("荔湾区桥中街、西村街办事处", ["荔湾区桥中街", "西村街办事处"]),
        ("海珠区滨江街、海珠区卫生局", ["海珠区滨江街", "海珠区卫生局"]),
        (FIVE_LINES, FIVE_LINES.split("\n")),
        ("岭南集团;万宝集团", ["岭南集团", "万宝集团"]),
        ("荔湾区昌华街／茶滘街", ["荔湾区昌华街", "茶滘街"]),
        ("广州市教育局 万宝集团", ["广州市教育局", "万宝集团"]),
        ("1、市民政局\n2、市财政局", ["市民政局", "市财政局"]),
        ("(1)市民政局(2)市财政局", ["市民政局", "市财政局"]),
        ("市民政局、市民政局", ["市民政局"]),
        (" \n", []),
    ],
)
def test_a_cell_that_names_several_units_is_taken_apart(text, names):
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "广州市萝岗区人民政府联和街道办事处",
        "萝岗区永和街",
        "广州市人力资源和社会保障局",
        "中国国际贸易促进委员会广州市委员会",
        "广州交通集团有限公司广州二运集团有限公司",
        "广州市教育局(基教处、职教处)",
    ],
)
def test_a_name_with_he_inside_or_a_list_in_brackets_stays_whole(text):
    assert split_names(text) == [text]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("省渔政总队 广州支队", "省渔政总队广州支队"),
        ("荔湾区 桥中街", "荔湾区桥中街"),
        ("广州市番禺\n职业技术学院", "广州市番禺职业技术学院"),
    ],
)
def test_a_space_or_line_break_inside_a_name_does_not_part_it(text, name):
    assert split_names(text) == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("荔湾区桥中街、西村街办事处", ["荔湾区桥中街", "荔湾区西村街办事处"]),
        ("荔湾区金花街、荔湾区海龙街", ["荔湾区金花街", "荔湾区海龙街"]),
        ("海珠区滨江街、万宝集团", ["海珠区滨江街", "万宝集团"]),
        (FIVE_LINES, FIVE_LINES.split("\n")),
    ],
)
def test_a_later_office_inherits_the_district_of_the_one_before(text, names):
    assert member_names(text) == names


def test_two_companies_run_together_are_asked_about():
    assert may_name_several("广州交通集团有限公司广州二运集团有限公司")
    assert not may_name_several("广州友谊集团股份有限公司")


@given(st.lists(st.sampled_from(["市民政局", "岭南集团", "海珠区滨江街", "广州大学"]), min_size=1, unique=True))
def test_names_joined_by_a_comma_come_back(names):
    assert split_names("、".join(names)) == names


@given(st.text(max_size=60))
def test_cleaning_and_normalising_twice_is_once(text):
    assert clean_name(clean_name(text)) == clean_name(text)
    assert normalise_name(normalise_name(text)) == normalise_name(text)


def test_width_spaces_and_invisible_characters_make_no_other_name():
    assert normalise_name("\u200b广州（第 一）公司　") == normalise_name("广州(第一)公司")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海珠区凤阳街道办事处", "海珠区凤阳街"),
        ("海珠区人民政府沙园街道办事处", "海珠区沙园街办事处"),
        ("广州市发展和改革委员会", "广州市发改委"),
        ("广州友谊集团股份有限公司", "广州友谊集团"),
    ],
)
def test_ways_to_write_one_office_have_one_key(one, other):
    assert comparison_key(one) == comparison_key(other)


def test_a_leading_city_is_set_apart():
    assert comparison_key("广州市民政局") == ComparisonKey("广州市", "民政局")
    assert comparison_key("市民政局") == ComparisonKey("市", "民政局")
    assert comparison_key("广州城市职业学院").city == ""


def test_the_bare_city_agrees_with_any_and_two_cities_do_not():
    assert cities_agree("市", "广州市")
    assert not cities_agree("佛山市", "广州市")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("广州港集团有限公司", PartyKind.ENTERPRISE),
        ("海珠区凤阳街道办事处", PartyKind.STREET),
        ("广州市供销合作总社", PartyKind.PUBLIC_INSTITUTION),
        ("三村村茶叶专业合作社", PartyKind.COOPERATIVE),
        ("广州医学院", PartyKind.SCHOOL),
        ("广东省人民医院", PartyKind.HOSPITAL),
        ("市妇联", PartyKind.SOCIAL_ORGANISATION),
        ("广州市总工会", PartyKind.UNION),
        ("第一党支部", PartyKind.PARTY_BRANCH),
        ("市财政局", PartyKind.GOVERNMENT),
        ("某某", PartyKind.OTHER),
    ],
)
def test_the_ending_of_a_name_proposes_its_kind(name, kind):
    assert guess_kind(name) == kind


def test_a_credit_code_is_checked_by_its_last_character():
    assert check_uscc("91350100M000100Y43")
    assert not check_uscc("91350100M000100Y44")
    assert not check_uscc("91350100M000100Y4")
    assert not check_uscc("91350100I000100Y43")
    assert clean_uscc(" 91350100m000100y43　") == "91350100M000100Y43"


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_in_a_credit_code_is_found(position, character):
    right = "91350100M000100Y43"
    wrong = right[:position] + character + right[position + 1 :]

    assert check_uscc(wrong) == (wrong == right)
