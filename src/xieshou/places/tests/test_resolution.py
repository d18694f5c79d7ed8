import csv
from pathlib import Path

import pytest

from xieshou.places.errors import PlaceAmbiguous, PlaceUnknown
from xieshou.places.models import Level
from xieshou.places.selectors import certain, place_at, resolve, resolve_address, resolve_many
from xieshou.places.tests.factories import lineage_of, load_county, place_of

SANCUN = "440117107208"
YAKOU = "440118105227"


def best(text, **options):
    return certain(resolve(text, **options))


def test_a_former_name_leads_to_the_place_of_today_with_the_year_and_kind_of_the_change(cast):
    (found,) = resolve("从化市")

    assert (found.code, found.path, found.reason) == (
        "440117000000",
        "广东省 / 广州市 / 从化区",
        "从化市于2014年撤市设区，今为从化区",
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("增城市", "440118000000"),
        ("增城县", "440118000000"),
        ("从化", "440117000000"),
        ("凤山", "451223000000"),
        ("鳳山縣", "451223000000"),
        ("广东", "440000000000"),
        ("延边州", "222400000000"),
        ("广西凤山县", "451223000000"),
        ("北京市西城区", "110102000000"),
        ("街口街", "440117001000"),
        ("街口街道办事处", "440117001000"),
        ("台湾", "710000000000"),
        ("440183", "440118000000"),
        ("440117107208", SANCUN),
    ],
)
def test_a_name_or_code_leads_to_one_place(cast, written, code):
    assert best(written).code == code


@pytest.mark.parametrize(
    "written",
    [
        "广东省广州市从化区吕田镇三村村委会",
        "广州市从化市吕田镇三村村",
        "从化市吕田镇三村村民委员会",
        "从化吕田三村",
        "从化区三村村",
        "从化市吕田镇三村村第五村民小组",
        "從化市 呂田鎮 三村村",
    ],
)
def test_a_whole_address_in_one_string_is_read_down_to_the_village(cast, written):
    assert best(written).code == SANCUN


@pytest.mark.parametrize("village", ["三村村", "三村村委会", "三村村村委会", "三村村民委员会", "三村"])
def test_a_village_is_found_with_a_missing_another_or_a_doubled_ending(cast, village):
    assert certain(resolve_address(["从化市", "吕田镇", village])).code == SANCUN


def test_a_character_used_for_another_is_named_in_the_reason(cast):
    found = certain(resolve_address(["增城市", "派潭镇", "亚口窿村"]))

    assert (found.code, found.reason) == (YAKOU, "增城市于2014年撤市设区，今为增城区；“窿”与“冚”通用")


def test_the_same_character_is_understood_in_one_string_and_without_the_county(cast):
    assert best("增城派潭亚口窿").code == YAKOU
    assert best("亚口窿村").code == YAKOU


def test_one_wrong_character_is_offered_and_not_taken(cast):
    (found,) = resolve_address(["增城区", "正果镇", "西胡滩村"])

    assert found.name == "西湖滩村委会"
    assert certain([found]) is None


def test_a_name_that_stands_for_several_places_is_ranked_and_not_taken(cast):
    found = resolve("朝阳区")

    assert [candidate.path for candidate in found[:3]] == [
        "北京市 / 朝阳区",
        "吉林省 / 长春市 / 朝阳区",
        "辽宁省 / 朝阳市 / 朝阳县",
    ]
    assert found[0].score == found[1].score
    assert certain(found) is None
    assert "2" in found[0].reason


def test_a_scope_settles_a_name_that_stands_for_several_places(cast):
    assert best("朝阳区", within="220000000000").code == "220104000000"


def test_a_scope_given_by_a_former_code_includes_the_place_of_today(cast):
    assert best("派潭镇", within="440183000000").code == "440118105000"


def test_the_parts_of_an_address_settle_each_other(cast):
    assert certain(resolve_address(["朝阳区", ""], within="220000000000")).code == "220104000000"
    assert certain(resolve_address(["长春市", "朝阳区"])).code == "220104000000"


def test_only_places_of_the_level_asked_for_are_candidates(cast):
    assert [candidate.code for candidate in resolve("派潭", level=Level.VILLAGE)] == ["440118105203"]


def test_a_name_that_is_nowhere_has_no_candidate(cast):
    assert resolve("乌有乡") == []
    assert resolve("") == []
    assert resolve(" 　") == []


def test_a_village_that_is_nowhere_is_not_replaced_by_its_town(cast):
    assert resolve_address(["从化市", "吕田镇", "乌有之乡村"]) == []


def test_of_a_string_whose_end_is_unknown_the_known_part_is_offered_and_not_taken(cast):
    (found,) = resolve("从化市吕田镇乌有之乡村")

    assert (found.name, found.reason) == (
        "吕田镇",
        "从化市于2014年撤市设区，今为从化区；名称相同；只认出吕田镇，余下“乌有之乡村”未认出",
    )
    assert certain([found]) is None


def test_a_town_that_is_unknown_does_not_hide_the_village(cast):
    found = certain(resolve_address(["从化市", "流溪河林场", "下溪村"]))

    assert found.code == "440117104202"
    assert "流溪河林场" in found.reason


def test_a_village_under_another_town_of_its_county_is_found_there_and_said_so(cast):
    found = resolve_address(["从化市", "良口镇", "三村村"])

    assert found[0].code == SANCUN
    assert "良口镇内没有" in found[0].reason


def test_a_column_that_repeats_the_column_before_it_is_understood(cast):
    assert certain(resolve_address(["广东省从化市", "从化市吕田镇", "吕田镇三村村"])).code == SANCUN


def test_blank_parts_are_passed_over(cast):
    assert certain(resolve_address(["从化市", "", "三村村"])).code == SANCUN
    assert resolve_address(["", " "]) == []


def test_a_code_that_had_two_holders_is_asked_about_when_the_text_is_of_the_first_one_s_time(cast):
    place_of("440106000000", "天河区", 3, "440100000000").save()
    place_of("440103000000", "荔湾区", 3, "440100000000").save()
    lineage_of("440106000000", "芳村区", "440103000000", 1985, 1987, "撤销", 2005).save()

    assert certain(resolve("440106")).name == "天河区"
    assert {found.name for found in resolve("440106", year=1986)} == {"天河区", "荔湾区"}
    assert certain(resolve("440106", year=1986)) is None


def test_a_village_code_under_a_former_county_code_is_offered_and_not_taken(cast):
    (found,) = resolve("440183105227")

    assert found.code == YAKOU
    assert certain([found]) is None


def test_a_place_that_is_gone_is_no_rival_of_one_that_stands(cast):
    place_of("510103000000", "西城区", 3, "", in_base=False, last_year=1989).save()

    assert best("西城区").code == "110102000000"


def test_many_addresses_are_answered_in_their_order_and_as_one_by_one(cast):
    rows = [
        ("从化市", "吕田镇", "份田村"),
        ("增城市", "派潭镇", "亚口窿村"),
        ("从化市", "吕田镇", "份田村"),
        ("凤山县",),
    ]

    assert resolve_many(rows) == [resolve_address(row) for row in rows]


def test_the_number_of_queries_grows_with_the_counties_not_with_the_rows(cast, django_assert_max_num_queries):
    towns = [["从化市", "吕田镇", village] for village in ("三村村", "份田村", "小杉村", "桂峰村", "塘田村", "安山村")]

    with django_assert_max_num_queries(6):
        resolve_many(towns)


def test_a_single_name_takes_few_queries(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        resolve("从化市")


def test_all_villages_of_a_county_are_found_under_their_own_names(cast):
    load_county("440117000000")
    rows = [("从化区", "吕田镇", name) for name in ("莲麻村", "鱼洞村", "水埔村", "狮象村", "新联村", "东坑村")]

    assert all(certain(found) is not None for found in resolve_many(rows))


def test_the_place_at_a_text_is_one_place(cast):
    assert place_at("增城市").pk == "440118000000"
    assert place_at("440183").pk == "440118000000"


def test_a_text_for_no_place_is_refused_with_what_to_write_instead(cast):
    with pytest.raises(PlaceUnknown, match=r"乌有乡.*全称"):
        place_at("乌有乡")


def test_a_text_for_several_places_is_refused_with_the_choices(cast):
    with pytest.raises(PlaceAmbiguous, match="北京市朝阳区（110105000000）") as refused:
        place_at("朝阳区")

    assert refused.value.where["candidates"][:2] == ["110105000000", "220104000000"]


@pytest.fixture
def both_counties(cast) -> None:
    load_county("440117000000")
    load_county("440118000000")


@pytest.fixture(scope="module")
def pairing_list():
    """County, town and village of the 206 villages that Guangzhou paired with helping units in 2012, as written."""
    with (Path(__file__).parent / "pairing_list_2012.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def test_of_the_206_villages_of_a_real_list_200_are_certain_and_the_others_are_the_misspelt_ones(
    both_counties, pairing_list
):
    found = resolve_many(pairing_list)

    doubtful = [row[2] for row, candidates in zip(pairing_list, found, strict=True) if certain(candidates) is None]
    assert doubtful == ["石东村", "凤歧村", "东镜村", "浪拨村", "双湖村", "佳松岭村"]


def test_of_the_misspelt_villages_of_a_real_list_the_one_that_was_meant_stands_first(both_counties):
    meant = {
        ("从化市", "鳌头镇", "凤歧村"): "凤岐村委会",
        ("增城市", "小楼镇", "东镜村"): "东境村委会",
        ("增城市", "正果镇", "浪拨村"): "浪拔村委会",
        ("增城市", "派潭镇", "双湖村"): "汉湖村委会",
        ("增城市", "派潭镇", "佳松岭村"): "佳桐岭村委会",
    }

    assert [candidates[0].name for candidates in resolve_many(meant)] == list(meant.values())
