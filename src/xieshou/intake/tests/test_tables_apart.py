"""Several tables in one sheet or workbook: one is read, the others are told of, and nothing is mixed."""

from dataclasses import replace

import pytest
import xlsxwriter

from xieshou.intake import recognition
from xieshou.intake.reading import Reading
from xieshou.intake.tables import Choices, recognition_from_json

GIFTS = """
title_words = ["接收捐赠"]
other_words = ["发放", "拨付"]
[[columns]]
key = "giver"
name = "捐赠人"
synonyms = ["捐赠单位"]
required = true
filled = true
[[columns]]
key = "amount_fen"
name = "金额（元）"
synonyms = ["金额"]
type = "money"
required = true
filled = true
"""
VISITS = """
[[columns]]
key = "leader"
name = "带队领导"
required = true
filled = true
[[columns]]
key = "visits"
name = "走访次数"
type = "integer"
required = true
[[columns]]
key = "place_text"
name = "走访地点"
"""
TABLE = [["捐赠人", "金额（元）"], ["甲公司", 100], ["乙公司", 200]]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def gifts(form_of):
    return form_of(GIFTS)


@pytest.fixture
def visits(form_of):
    return replace(form_of(VISITS), key="visits")


@pytest.fixture
def all_tables():
    def read(path, *forms):
        with Reading(path) as reading:
            return recognition.tables(reading.heads, forms, Choices(name=path.name))

    return read


def codes(preview):
    return [finding.code for finding in preview.findings]


def test_a_list_beside_the_table_is_told_and_not_mixed_in(write, gifts, read_as, opened_as):
    beside = [["", "从化区", "三村村"], ["", "从化区", "东联村"], ["", "从化区", "份田村"]]
    path = write([left + right for left, right in zip(TABLE, beside, strict=True)] + [["", "", "", "从化区", "吕中村"]])

    assert [table.area for table in read_as(path, gifts).tables] == ["D1:E4"]
    assert opened_as(path, gifts).rows == 2


def test_another_table_below_is_left_out_and_told_with_its_row(write, gifts, opened_as, preview_of, books, accepted_as):
    below = [[], ["物资名称", "数量（件）"], ["大米", 10], ["食用油", 20]]
    batch = opened_as(write(TABLE + below), gifts)

    accepted_as(batch, gifts)

    assert books.column("amount_fen") == [10_000, 20_000]
    assert "第 5 行起是另一张表（物资名称、数量（件）），其下 2 行没有导入" in preview_of(batch).findings[0].message


def test_a_table_below_that_is_known_is_named(write, gifts, visits, read_as):
    below = [["", ""], ["走访情况", ""], ["带队领导", "走访次数", "走访地点"], ["张某", 3, "三村村"]]
    found = read_as(write(TABLE + below), gifts, visits)

    assert [(one.form_key, one.area) for one in found.tables] == [("visits", "A6:C7")]
    assert found.last_row == 5


def test_the_table_goes_on_after_another_one_where_its_heading_stands_again(write, gifts, opened_as):
    below = [[], ["物资名称", "数量（件）"], ["大米", 10], ["捐赠人", "金额（元）"], ["丙公司", 300]]

    assert opened_as(write(TABLE + below), gifts).rows == 3


def test_two_tables_side_by_side_are_two(write, gifts, all_tables):
    rows = [[*row, "", *row] for row in TABLE] + [["丙公司", 300, "", "丁公司", 400]]

    assert [one.area for one in all_tables(write(rows), gifts)] == ["A1:B4", "D1:E4"]


def test_the_second_of_two_tables_can_be_chosen(write, gifts, read_as):
    rows = [[*row, "", *row] for row in TABLE] + [["丙公司", 300, "", "丁公司", 400]]
    found = read_as(write(rows), gifts, table="D1")

    assert found.matches["giver"].index == 3


def test_a_sheet_of_each_kind_is_a_table_of_its_own(tmp_path, gifts, visits, all_tables):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (("一", TABLE), ("二", [["带队领导", "走访次数"], ["张某", 3]])):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    assert [one.sheet.name for one in all_tables(path, gifts, visits)] == ["一", "二"]


def test_a_sheet_that_no_form_fits_is_named(tmp_path, gifts, opened_as, preview_of):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (("捐款", TABLE), ("考勤", [["周一", "周二", "周三"]] * 6)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    assert "sheet_not_read" in codes(preview_of(opened_as(path, gifts)))


def test_a_filled_sheet_comes_before_a_blank_form(tmp_path, gifts, visits, read_as):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空表").write_row(0, 0, ["带队领导", "走访次数", "走访地点"])
        sheet = book.add_worksheet("捐款")
        for number, row in enumerate(TABLE):
            sheet.write_row(number, 0, row)

    assert read_as(path, gifts, visits).sheet.name == "捐款"


def test_a_sheet_that_says_handed_out_in_a_file_that_says_received_is_flagged(write, gifts, opened_as, preview_of):
    path = write([["捐款发放公示"], *TABLE], name="接收捐款公示.xlsx")
    batch = opened_as(path, gifts, form_key="small")

    assert {"contradictory_titles", "another_kind"} <= set(codes(preview_of(batch)))


def test_a_sheet_of_another_kind_is_not_taken_by_itself(write, gifts, read_as):
    plain, other = write([["公示"], *TABLE], name="a.xlsx"), write([["物资发放公示"], *TABLE], name="b.xlsx")

    assert read_as(other, gifts).score < read_as(plain, gifts).score - 0.2


def test_what_was_recognised_is_kept_whole_for_the_next_check(write, gifts, read_as):
    found = read_as(write([["接收捐赠公示"], *TABLE, [], ["物资名称", "数量（件）"], ["大米", 1]]), gifts)
    again = recognition_from_json(found.as_json() | {"sheet": "x"}, gifts)

    assert (again.matches, again.tables, again.span, again.titles) == (
        found.matches,
        found.tables,
        found.span,
        found.titles,
    )


def test_the_same_table_of_another_quarter_below_is_left_out_and_told(write, gifts, opened_as, preview_of):
    rows = [["2019年第一季度接收捐赠"], *TABLE, [], ["2019年第二季度接收捐赠"], TABLE[0], ["丙公司", 300]]
    batch = opened_as(write(rows), gifts, period=None)

    assert (batch.rows, batch.period_to.isoformat()) == (2, "2019-03-31")
    assert "table_below" in codes(preview_of(batch))


def test_the_same_table_on_the_next_page_goes_on_whatever_day_it_was_signed(write, gifts, opened_as):
    rows = [["2019年第一季度接收捐赠"], *TABLE, ["填报日期：2019年4月5日"], TABLE[0], ["丙公司", 300]]

    assert opened_as(write(rows), gifts, period=None).rows == 3
