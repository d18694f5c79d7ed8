"""The same form in other hands: moved columns, other wording, merged headings, years and units in headings."""

import pytest
import xlsxwriter

from xieshou.intake.errors import FormNotRecognised

PARTY = """
title_words = ["党组织"]
[[columns]]
key = "village"
name = "村名称"
synonyms = ["村名"]
required = true
filled = true
[[columns]]
key = "staff_young"
name = "35岁以下"
under = ["村组织情况", "年龄分布"]
type = "integer"
[[columns]]
key = "staff_old"
name = "60岁以上"
under = ["村组织情况", "年龄分布"]
type = "integer"
[[columns]]
key = "members_young"
name = "35岁以下"
under = ["党员情况", "年龄分布"]
type = "integer"
[[columns]]
key = "members_old"
name = "60岁以上"
under = ["党员情况", "年龄分布"]
type = "integer"
[[columns]]
key = "pay"
name = "村干部人均工资待遇（万元/年）"
type = "money"
unit = "万元"
"""
ROADS = """
[[columns]]
key = "village"
name = "村名称"
required = true
filled = true
[[columns]]
key = "roads"
name = "硬底化村道（公里）"
type = "quantity"
scale = 1000
required = true
[[columns]]
key = "households"
name = "低保对象（户）"
type = "integer"
[[columns]]
key = "persons"
name = "低保对象（人）"
type = "integer"
"""


def places(recognition):
    return {key: match.index for key, match in recognition.matches.items()}


@pytest.fixture
def merged_party(tmp_path):
    """Three header lines, merged as the real form merges them."""

    def write(sections):
        path = tmp_path / "party.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.merge_range(0, 0, 2, 0, "村名称")
            for number, section in enumerate(sections):
                first = 1 + 2 * number
                sheet.merge_range(0, first, 0, first + 1, section)
                sheet.merge_range(1, first, 1, first + 1, "其中：年龄分布（人）")
                sheet.write_row(2, first, ["35岁以下", "60岁以上"])
            sheet.merge_range(0, 5, 2, 5, "2011年村干部人均工资待遇（万元/年）")
            sheet.write_row(3, 0, ["三村村", 1, 2, 30, 40, 1.2])
        return path

    return write


def test_the_same_heading_four_times_is_told_apart_by_what_stands_above_it(merged_party, form_of, read_as):
    found = read_as(merged_party(["村组织情况", "党员情况"]), form_of(PARTY))

    assert places(found) == {
        "village": 0, "staff_young": 1, "staff_old": 2, "members_young": 3, "members_old": 4, "pay": 5
    }  # fmt: skip


def test_merged_headings_may_change_places(merged_party, form_of, read_as):
    found = read_as(merged_party(["党员情况", "村组织情况"]), form_of(PARTY))

    assert places(found)["members_young"] == 1
    assert places(found)["staff_old"] == 4


def test_headings_flattened_into_one_line_are_told_apart_by_their_beginning(write, form_of, read_as):
    head = ["村名", "党员情况-年龄分布-35岁以下", "党员情况-年龄分布-60岁以上", "村组织情况年龄分布35岁以下"]
    found = read_as(write([head, ["三村村", 30, 40, 1]]), form_of(PARTY))

    assert places(found) == {"village": 0, "members_young": 1, "members_old": 2, "staff_young": 3}


def test_where_the_merged_headings_are_lost_the_order_of_the_form_decides_with_a_doubt(write, form_of, read_as):
    head = ["村名称", "35岁以下", "60岁以上", "35岁以下", "60岁以上"]
    found = read_as(write([head, ["三村村", 1, 2, 30, 40]]), form_of(PARTY))

    assert places(found) == {"village": 0, "staff_young": 1, "staff_old": 2, "members_young": 3, "members_old": 4}
    assert found.matches["members_young"].is_doubtful


def test_a_year_in_a_heading_is_passed_over(write, form_of, read_as):
    found = read_as(write([["村名称", "2013年度村干部人均工资待遇（万元/年）"], ["三村村", 1.3]]), form_of(PARTY))

    assert found.matches["pay"].score == pytest.approx(0.98)


def test_a_heading_of_households_is_not_taken_for_one_of_persons(write, form_of, read_as):
    head = ["村名称", "硬底化村道（公里）", "低保对象（人）"]
    found = read_as(write([head, ["三村村", 1, 2]]), form_of(ROADS))

    assert "households" not in found.matches
    assert places(found)["persons"] == 2


@pytest.mark.parametrize(
    ("heading", "typed", "metres"),
    [("硬底化村道（公里）", 0.565, 565), ("硬底化村道（米）", 565, 565), ("硬底化村道(千米)", 1.301, 1301)],
)
@pytest.mark.usefixtures("places_cast")
def test_lengths_in_another_unit_are_converted(write, form_of, opened_as, accepted_as, books, heading, typed, metres):
    form = form_of(ROADS)

    accepted_as(opened_as(write([["村名称", heading], ["三村村", typed]]), form), form)

    assert books.column("roads") == [metres]


def test_a_plan_is_never_taken_for_what_was_done(write, form_of, read_as):
    form = form_of(
        '[[columns]]\nkey = "village"\nname = "村名称"\nrequired = true\n'
        '[[columns]]\nkey = "done"\nname = "实际投入资金"\ntype = "money"\n'
    )

    assert "done" not in read_as(write([["村名称", "计划投入资金"], ["三村村", 1]]), form, form_key="small").matches


def test_what_else_was_considered_is_named_with_the_reason(write, form_of, read_as):
    from xieshou.intake.tests.conftest import FORMS

    found = read_as(write([["村名称", "硬底化村道（公里）"], ["三村村", 1]]), form_of(ROADS), FORMS["pairing_list"])

    assert [(other.form, other.reason) for other in found.alternatives] == [
        ("结对帮扶名单", "缺少 县（市、区）、帮扶单位")
    ]


@pytest.mark.usefixtures("places_cast")
def test_a_heading_repeated_in_other_words_on_the_next_page_is_no_data(write, form_of, opened_as):
    rows = [["村名称", "硬底化村道（公里）"], ["三村村", 1], ["村 名称", "硬底化村道"], ["东联村", 2]]

    assert opened_as(write(rows), form_of(ROADS)).rows == 2


def test_a_table_that_lies_on_its_side_is_refused_with_the_way_to_turn_it(write, form_of, read_as):
    rows = [["村名称", "三村村"], ["硬底化村道（公里）", 1], ["低保对象（户）", 3], ["低保对象（人）", 9]]

    with pytest.raises(FormNotRecognised, match="转置"):
        read_as(write(rows), form_of(ROADS))
