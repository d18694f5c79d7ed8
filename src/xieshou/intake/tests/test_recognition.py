"""Finding form, sheet, header and columns."""

import random

import pytest
import xlsxwriter

from xieshou.intake import errors, services
from xieshou.intake.forms import load_form
from xieshou.intake.tests.conftest import APPS, FORMS

HEAD = ["年度", "县", "项目类别", "资金来源", "计划（万元）", "实际（万元）"]
ROW = ["2019", "凤山县", "产业", "财政", "1771", "1806.6"]
FAW = [
    HEAD,
    ["2019", "凤山县", "产业", "单位自筹", "1771", "1806.6"],
    ["2019", "镇赉县", "产业", "单位自筹", "1550", "1600"],
    ["2019", "和龙市", "产业", "单位自筹", "1390", "1420"],
]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.mark.parametrize("seed", range(5))
def test_columns_may_stand_in_any_order(write, opened, books, office, bindings, seed):
    order = random.Random(seed).sample(range(6), 6)
    batch = opened(write([[row[index] for index in order] for row in FAW]))

    services.accept_batch(by=office, batch=batch, bindings=bindings)

    assert books.column("planned_fen") == [1_771_000_000, 1_550_000_000, 1_390_000_000]


def test_titles_above_the_header_are_passed_over(write, opened):
    batch = opened(write([["一汽集团2019年定点扶贫资金计划与完成情况"], [], ["填报单位：集团"], *FAW]))

    assert (batch.header_row, batch.rows) == (4, 3)


def test_a_unit_line_above_the_table_says_what_bare_headings_mean(write, opened, books, office, bindings):
    head = ["县", "计划", "实际"]
    batch = opened(write([["2019年资金计划"], ["", "", "单位：元"], head, ["凤山县", "17710000", "18066000"]]))

    services.accept_batch(by=office, batch=batch, bindings=bindings)

    assert books.column("planned_fen") == [1_771_000_000]


def test_a_heading_of_two_lines_with_merged_cells_is_read_as_one(write, opened):
    rows = [["县", "资金（万元）", None], [None, "计划", "实际"], ["凤山县", "1771", "1806.6"]]
    batch = opened(write(rows, merged={"A1:A2": "县", "B1:C1": "资金（万元）"}), period="2019")

    assert (batch.header_row, batch.accepted) == (2, 1)
    assert batch.mapping["planned_fen"]["header"] == "资金（万元）/计划"


def test_a_year_in_the_title_is_the_period_of_the_table(write, opened):
    batch = opened(write([["2019年度资金计划"], ["县", "计划", "实际"], ["凤山县", "1", "1"]]))

    assert (batch.period_from.isoformat(), batch.period_to.isoformat()) == ("2019-01-01", "2019-12-31")


def test_a_table_that_states_no_period_is_taken_as_of_now_and_says_so(write, opened, found):
    batch = opened(write([["县", "计划", "实际"], ["凤山县", "1", "1"]]))

    assert ("", "period_assumed") in found(batch)


def test_the_form_says_which_words_matched(write, opened, preview_of):
    columns = {column.key: column for column in preview_of(opened(write(FAW))).columns}

    assert columns["county"].reason == "与“县”相符"
    assert columns["planned_fen"].unit == "万元"


def test_a_missing_column_is_named(write, opened):
    with pytest.raises(errors.FormNotRecognised, match="实际"):
        opened(write([row[:5] for row in FAW]))


@pytest.fixture
def last_year(write):
    """The fund report of villages without its column of plans, which makes a table of counties whole."""
    head = "区（县） 镇名称 村名称 帮扶单位 已投入帮扶资金 用于帮扶到户资金 用于帮扶到村资金".split()
    head += "财政专项 信贷资金 单位自筹 社会募捐 社会引资".split()
    row = ["从化市", "吕田镇", "三村村", "某局", 5, 2, 3, 5, 0, 0, 0, 0]
    return write([["帮扶资金报表（截至2010年6月30日）"], head, row])


def test_a_table_of_last_year_is_not_taken_for_another_form_that_its_columns_satisfy(last_year, read_as):
    counties = load_form(APPS / "channels/statements/forms/county_funds.toml")
    found = read_as(last_year, FORMS["fund_report"], counties)

    assert (found.form.key, found.missing) == ("fund_report", ("planned_fen",))


def test_a_missing_column_is_named_with_the_form_that_was_asked_for(write, opened):
    with pytest.raises(errors.FormNotRecognised, match=r"缺少列：村、"):
        opened(write([["发放日期", "姓名"], ["2019-01-01", "甲"]]), form_key="distribution_list")


def test_another_form_that_shares_a_few_columns_is_not_taken_for_this_one(write, opened):
    other = ["区（县）", "帮扶单位", *(f"指标{number}" for number in range(20))]

    with pytest.raises(errors.FormNotRecognised, match="只有"):
        opened(write([other, ["凤山县", "某单位", *["1"] * 20]]))


def test_a_form_that_does_not_exist_is_refused_with_the_list_of_those_that_do(write, opened):
    with pytest.raises(errors.UnknownForm, match="fund_plan"):
        opened(write(FAW), form_key="no_such_form")


def test_two_columns_that_fit_equally_well_are_both_named(write, opened, found):
    batch = opened(write([["县", "计划", "实际", "实际"], ["凤山县", "1", "2", "3"]]), period="2019")

    assert ("", "column_ambiguous") in [("", code) for _cell, code in found(batch)]


def test_a_column_can_be_set_by_hand_and_is_remembered(write, opened, office, bindings):
    head = ["县", "计划", "今年用了多少", "实际"]
    batch = opened(write([head, ["凤山县", "1", "2", "3"]]), period="2019")

    corrected = services.correct(by=office, batch=batch, bindings=bindings, columns={"actual_fen": 2})
    again = opened(write([head, ["镇赉县", "1", "2", "3"]], "again.xlsx"), period="2019")

    assert corrected.mapping["actual_fen"]["column"] == 2
    assert again.mapping["actual_fen"]["column"] == 2


def test_a_column_set_by_a_clerk_holds_for_that_workbook_alone(write, opened, county_officer, bindings):
    head = ["县", "计划", "今年用了多少", "实际"]
    path = write([head, ["增城区", "1", "2", "3"]])
    batch = services.open_batch(by=county_officer, path=path, name=path.name, bindings=bindings, period="2019")

    corrected = services.correct(by=county_officer, batch=batch, bindings=bindings, columns={"actual_fen": 2})
    again = opened(write([head, ["镇赉县", "1", "2", "3"]], "again.xlsx"), period="2019")

    assert corrected.mapping["actual_fen"]["column"] == 2
    assert again.mapping["actual_fen"]["column"] == 3


def test_a_sheet_that_is_empty_does_not_hide_the_one_that_is_not(tmp_path, opened):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write_row(0, 0, ["填表说明", "", "请按要求填写"])
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(FAW):
            sheet.write_row(number, 0, row)

    assert opened(path).sheet == "数据"


def test_a_second_sheet_that_fits_as_well_is_named(tmp_path, opened, found):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("一季度", "二季度"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(FAW):
                sheet.write_row(number, 0, row)

    assert ("", "other_sheet") in found(opened(path))


def test_a_hidden_sheet_is_read_only_when_it_is_chosen(tmp_path, opened, office, bindings):
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, row in (("公开", FAW[1]), ("隐藏", FAW[2])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, row)
        sheet.hide()
    batch = opened(path)

    assert batch.sheet == "公开"
    assert services.correct(by=office, batch=batch, bindings=bindings, sheet="隐藏").sheet == "隐藏"
