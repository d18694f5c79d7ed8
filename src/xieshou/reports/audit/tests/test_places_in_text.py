"""Where a figure is told of: names in a text, lists of them, and what 两县 and 受援地 stand for."""

import pytest

from xieshou.reports.audit.scopes.localities import groups_of
from xieshou.reports.audit.tests.telling import told


def named(text):
    return [group.name for group in groups_of(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("在凤山县投入", ["凤山县"], id="a county"),
        pytest.param("向吉林省镇赉县投入", ["镇赉县"], id="a chain is its last part"),
        pytest.param("对新疆和田地区进行帮扶", ["和田"], id="a prefecture without its kind"),
        pytest.param("青海省玉树藏族自治州称多县学生", ["称多县"], id="an autonomous prefecture in a chain"),
        pytest.param("为河北省丰宁县捐赠", ["丰宁县"], id="an autonomous county, shortened"),
        pytest.param("吉林省和龙市", ["和龙市"], id="和 inside a name"),
        pytest.param("在西藏拉萨建设", ["拉萨"], id="short names of a province and a prefecture"),
        pytest.param("与河北滦平和蔚县对接", ["滦平、蔚县"], id="a short county behind its province, and a list"),
        pytest.param("向镇赉县、和龙市、凤山县各投入", ["镇赉县、和龙市、凤山县"], id="a list"),
        pytest.param(
            "承担河北省唐县、阳原县，内蒙古卓资县、科右中旗的任务",
            ["唐县、阳原县、卓资县、科右中旗"],
            id="a list by provinces",
        ),
        pytest.param("购买新疆西藏农产品", ["新疆、西藏"], id="two provinces without a comma"),
        pytest.param("在砚山县绿水塘村建设", ["砚山县绿水塘村"], id="a village"),
        pytest.param("在文里村打造", ["文里村"], id="a village without its county"),
        pytest.param("在墨玉县巴扎布依村小学", ["墨玉县巴扎布依村小学"], id="a school in a village"),
        pytest.param("向荣炳中心小学捐资", ["荣炳中心小学"], id="a school without its place"),
        pytest.param("对北京顺义“光爱学校”开展", ["顺义光爱学校"], id="a school in quotation marks"),
        pytest.param("派往新疆生产建设兵团第十四师", ["兵团第十四师"], id="a division of the Corps"),
    ],
)
def test_places_are_found_as_they_are_written(text, names):
    assert named(text) == names


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("深入农村，服务贫困村，建设新农村", id="villages in general"),
        pytest.param("召开县委常委会和县级会议", id="开县 and 和县 are words here"),
        pytest.param("朝阳产业实现长治久安", id="names that are words"),
        pytest.param("长安汽车与北京银行签约", id="firms"),
        pytest.param("弘扬延安精神", id="an idea"),
        pytest.param("为当地希望小学、乡村中小学生捐款", id="schools in general"),
        pytest.param("新华社成都10月17日电", id="where the reporter sits"),
    ],
)
def test_words_that_only_look_like_places_are_left_alone(text):
    assert named(text) == []


def test_a_short_name_counts_where_the_full_one_stands_too():
    assert named("在凤山县投入资金，凤山群众增收") == ["凤山县", "凤山"]


@pytest.mark.parametrize(
    ("raw", "places"),
    [
        pytest.param("在凤山县投入100万元，惠及84户。", ["凤山县", "凤山县"], id="clause behind clause"),
        pytest.param("在凤山县投入100万元。资助学生30名。", ["凤山县", "凤山县"], id="sentence behind sentence"),
        pytest.param(
            "在凤山县投入100万元，在文里村培训30人。又投入60万元。",
            ["凤山县", "凤山县文里村", "凤山县"],
            id="a village holds for its sentence, its county behind it",
        ),
        pytest.param("在凤山县投入100万元，在和龙市投入60万元。", ["凤山县", "和龙市"], id="the nearest"),
        pytest.param("投入100万元，用于帮助商都县修路。", ["商都县"], id="behind the number, told for whom"),
        pytest.param("派出4人次赴和田地区送教。", ["和田"], id="behind the number, told where to"),
        pytest.param("投入100万元。在凤山县修路。", [""], id="never behind a full stop"),
        pytest.param(
            "向带动20户、60人的顺平县合作社购买水果18吨。", ["顺平县"] * 3, id="the noun that a list belongs to"
        ),
        pytest.param("向凤山县投入100万元；向产业基金投入60万元。", ["凤山县", ""], id="parts that stand side by side"),
        pytest.param(
            "凤山县投入100万元，实际完成90万元；和龙市投入60万元，实际完成50万元。",
            ["凤山县", "凤山县", "和龙市", "和龙市"],
            id="each part its own",
        ),
        pytest.param(
            "一是教育。在凤山县投入100万元。二是健康。救助30人。", ["凤山县", ""], id="another item begins anew"
        ),
        pytest.param("在凤山县投入100万元。此外，捐款60万元。", ["凤山县", ""], id="此外 begins anew"),
        pytest.param("在墨玉县援建和田馕产业园，吸纳30人。", ["墨玉县"], id="a name after a larger place"),
        pytest.param("派出援藏干部5名，投入100万元。", ["西藏", "西藏"], id="援藏 where nothing else is told"),
        pytest.param(
            "帮扶凤山县。派出援藏干部5名，投入100万元。", ["西藏", "凤山县"], id="援藏 holds in its clause only"
        ),
        pytest.param(
            "拉萨的援藏干部5名，投入援藏资金100万元。", ["拉萨", "拉萨"], id="援藏 gives way to a place in Tibet"
        ),
    ],
)
def test_a_figure_takes_the_place_that_its_words_reach(raw, places):
    assert told(raw, "place") == places


def test_places_are_given_out_one_by_one():
    raw = "向绿春县、元阳县和红河县分别投入500万元、600万元和450万元。又投入60万元。"

    assert told(raw, "place") == ["绿春县", "元阳县", "红河县", ""]


def test_a_list_with_each_keeps_the_whole_list():
    raw = "向镇赉县、和龙市、凤山县各投入150万元，总计450万元。"

    assert told(raw, "place") == ["镇赉县、和龙市、凤山县", "镇赉县、和龙市、凤山县"]


def test_a_counted_word_stands_for_the_list_of_that_length():
    raw = "向镇赉县、和龙市、凤山县捐赠图书。\n为落实责任，在3个县共投入206万元。"

    assert told(raw, "place") == ["镇赉县、和龙市、凤山县", "镇赉县、和龙市、凤山县"]


def test_a_counted_word_stands_for_all_counties_when_they_are_so_many():
    raw = "公司为两县投入100万元。公司在砚山县绿水塘村修路，与泸西县签订协议。"

    assert told(raw, "place") == ["砚山县、泸西县"]


def test_a_counted_word_without_its_list_stands_for_nothing():
    raw = "公司为4个县投入100万元。公司在砚山县修路，与泸西县签订协议。"

    assert told(raw, "place") == ["", ""]


def test_receivers_are_the_first_list_of_counties():
    raw = "某区助力河北省张北县、阜平县脱贫。\n区里向受援地选派干部24名。"

    assert told(raw, "place") == ["张北县、阜平县"]


def test_a_heading_names_the_place_of_its_section():
    assert told("1.绿春县\n投入320万元。\n2.元阳县\n投入150万元。", "place") == ["绿春县", "元阳县"]


def test_a_place_that_helps_is_the_actor_and_not_the_place():
    raw = "北京西城区助力脱贫攻坚\n西城区帮扶张北县、阜平县。西城区向阜平县选派干部24名。"

    assert told(raw, "place", "actor") == [("阜平县", "西城区")]


def test_a_text_about_a_helped_county_keeps_its_place_whoever_gives():
    raw = "甘谷县深化东西部协作\n2022年，甘谷县召开会议。天津市东丽区选派干部24名。实现消费帮扶200万元。"

    assert told(raw, "place", "actor")[0] == ("甘谷县", "天津市东丽区"[3:])
    assert told(raw, "place")[1] == "甘谷县"


def test_the_place_of_the_title_is_marked_as_such_where_nothing_nearer_is_told():
    raw = "北京工会帮扶纪实\n工会投入100万元。"

    assert told(raw, "place", "qualifiers") == [("北京", "frozenset({'default_place'})")]


def test_our_province_is_the_helped_one_that_the_text_names_most():
    raw = "江苏与陕西深化协作。江苏省向我省投入100万元。江苏省选派干部24名来陕西挂职。"

    assert told(raw, "place", "actor") == [("陕西", "江苏省"), ("陕西", "江苏省")]


def test_another_organisation_does_not_take_over_the_place():
    raw = "市教育工会援助湖北十堰工会60万元。市工业工会投入20万元。"

    assert told(raw, "place", "actor") == [("十堰", "市教育工会"), ("", "市工业工会")]
