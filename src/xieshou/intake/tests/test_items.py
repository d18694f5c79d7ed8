"""A sheet that is one record: rows of code, item, unit and value."""

import openpyxl
import pytest

from xieshou.intake import returned
from xieshou.intake.cells import original_cell

SURVEY = """
title_words = ["调查表"]
layout = "items"
row_key = ["village", "period"]
[[columns]]
key = "village"
name = "贫困村"
above = ["贫困村"]
[[columns]]
key = "roads"
name = "通水泥路公里数"
code = "174"
type = "quantity"
scale = 1000
[[columns]]
key = "income_fen"
name = "当年村集体经济年收入"
code = "121"
type = "money"
[[columns]]
key = "plan"
name = "发文成立扶贫领导小组"
code = "102"
type = "code"
[columns.codes]
yes = ["1", "是"]
no = ["2", "否"]
[[columns]]
key = "poor"
name = "贫困户总人数"
code = "142"
type = "integer"
[[columns]]
key = "enrolled_dropped"
name = "因贫辍学人数"
code = "161"
under = ["九年义务教育"]
type = "integer"
[[columns]]
key = "college_dropped"
name = "因贫辍学人数"
code = "164"
under = ["考上大学"]
type = "integer"
"""
HEAD = ["编号", "填表项目", "单位", "数量"]
ITEMS = [
    ["", "一、基础工作", "", ""],
    [102, "（二）发文成立扶贫领导小组：1.是2.否", "代码", 1],
    [121, "（二）当年村集体经济年收入", "元", "35,000.00"],
    [142, "  贫困户总人数", "人", "120人"],
    [159, "（1）普及九年义务教育适龄人数", "人", 30],
    [161, "      因贫辍学人数", "人", 0],
    [162, "（2）考上大学、大专院校人数", "人", 8],
    [164, "     因贫辍学人数", "人", 1],
    [174, "1.贫困村纳入计划自然村通水泥路公里数", "公里", 3.25],
]
SHEET = [["2012年度调查表（一）"], ["贫困村（盖章）三村村"], HEAD, *ITEMS, ["填表人：", "", "", ""]]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def survey(form_of):
    return form_of(SURVEY)


@pytest.fixture
def record(write, survey, opened_as, accepted_as, books):
    """The one record of a sheet, as its form's app gets it."""

    def read(rows, **options):
        accepted_as(opened_as(write(rows, **options), survey, period="2012"), survey)
        (row,) = books.rows
        return row

    return read


def test_a_sheet_of_items_is_one_record(record):
    row = record(SHEET)

    assert (row["village"], row["plan"], row["income_fen"], row["poor"], row["roads"]) == (
        "三村村", "yes", 3_500_000, 120, 3250
    )  # fmt: skip


def test_items_with_the_same_wording_are_told_apart_by_code_and_by_the_item_they_stand_below(record):
    row = record(SHEET)

    assert (row["enrolled_dropped"], row["college_dropped"]) == (0, 1)


def test_a_list_beside_the_items_is_told_and_not_mixed_in(write, survey, read_as, record):
    beside = [["", "从化市", "温泉镇", f"村{number}"] for number in range(20)]
    padded = [row + [""] * (4 - len(row)) for row in SHEET] + [[""] * 4] * 7
    rows = [left + right for left, right in zip(padded, beside, strict=True)]

    assert [table.area for table in read_as(write(rows), survey).tables] == ["F1:H20"]
    assert record(rows)["poor"] == 120


def test_a_code_beside_another_wording_is_not_believed(write, survey, read_as):
    rows = [*SHEET[:3], [142, "硬底化道路里程和路灯安装盏数", "公里", 3], *ITEMS[5:]]

    assert "poor" not in read_as(write(rows), survey).matches


def test_items_that_were_renumbered_are_found_by_their_wording_with_a_doubt(write, survey, read_as):
    rows = [*SHEET[:3], [143, "贫困户总人数", "人", 120], [122, "当年村集体经济年收入", "元", 1]]
    found = read_as(write(rows), survey).matches

    assert found["poor"].is_doubtful
    assert found["poor"].row == 4


def test_items_without_codes_are_found_by_their_wording(record):
    row = record([SHEET[1], HEAD[1:], *(item[1:] for item in ITEMS)])

    assert (row["poor"], row["enrolled_dropped"], row["college_dropped"]) == (120, 0, 1)


def test_sub_items_may_stand_in_a_column_of_their_own(form_of, read_as, write):
    form = form_of(
        'layout = "items"\n'
        + "".join(
            f'[[columns]]\nkey = "{key}"\nname = "{name}"\ncode = "{code}"\nunder = ["{under}"]\ntype = "integer"\n'
            for key, name, code, under in (
                ("young", "35岁以下", "4", "年龄分布"),
                ("old", "60岁以上", "4", "年龄分布"),
                ("school", "高中", "5", "文化程度"),
            )
        )
    )
    rows = [
        ["序号", "项目", "", "数量"],
        [4, "其中：年龄分布（人）", "35岁以下", 3],
        ["", "", "60岁以上", 2],
        [5, "其中：文化程度分布（人）", "高中", 4],
    ]
    found = read_as(write(rows), form)

    assert {key: match.row for key, match in found.matches.items()} == {"young": 2, "old": 3, "school": 4}


def test_an_item_in_ten_thousands_is_converted(record):
    rows = [[*row[:2], "万元", 3.5] if row[:1] == [121] else row for row in SHEET]

    assert record(rows)["income_fen"] == 3_500_000


def test_an_item_is_traced_to_its_own_cell(write, survey, opened_as):
    batch = opened_as(write(SHEET), survey)

    assert original_cell(batch, 3, "poor").cell == "D7"


def test_an_item_that_is_no_number_is_named_with_its_cell(write, survey, opened_as, found_as):
    rows = [[*row[:3], "7(28)"] if row[:1] == [142] else row for row in SHEET]

    assert ("D7", "two_numbers") in found_as(opened_as(write(rows), survey), survey)


def test_a_blank_form_has_no_record(write, survey, opened_as, found_as):
    blank = [[*row[:3], ""] if len(row) == 4 and row != HEAD else row for row in SHEET]

    assert ("", "no_rows") in found_as(opened_as(write(blank), survey), survey)


def test_items_that_the_form_does_not_have_are_named(write, survey, opened_as, found_as):
    assert ("", "items_unknown") in found_as(opened_as(write(SHEET), survey), survey)


def test_a_sheet_of_items_goes_back_whole_and_its_upload_finishes_the_job(
    write, survey, opened_as, accepted_as, books, tmp_path
):
    rows = [[*row[:3], "7(28)"] if row[:1] == [142] else row for row in SHEET]
    path = returned.write(opened_as(write(rows), survey, period="2012"), tmp_path / "back.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D7"] = 28
    book.save(path)

    accepted_as(opened_as(path, survey, period="2012"), survey)

    assert (books.column("poor"), books.column("village")) == ([28], ["三村村"])


def test_the_cell_at_fault_in_a_returned_sheet_of_items_says_why(write, survey, opened_as, tmp_path):
    rows = [[*row[:3], "7(28)"] if row[:1] == [142] else row for row in SHEET]
    path = returned.write(opened_as(write(rows), survey), tmp_path / "back.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]

    assert "两个数" in sheet["D7"].comment.text
    assert sheet["D7"].fill.fgColor.rgb == "FFF8D7DA"


def test_the_first_rows_of_a_preview_show_the_items_and_not_the_heading(write, survey, opened_as, preview_as):
    preview = preview_as(opened_as(write(SHEET), survey), survey)

    assert preview.first_rows[0].cells == ("三村村", "3.25", "35,000.00", "1", "120人", "0", "1")
