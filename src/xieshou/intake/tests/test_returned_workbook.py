"""What goes back, and how it comes in again."""

import openpyxl
import pytest

from xieshou.intake import returned, services

HEAD = "发放日期 县 镇 村 姓名 身份证号 物资名称 单位 数量 备注".split()
GOOD = ["2019-01-05", "从化区", "吕田镇", "三村村", "甲", "11010519491231002X", "大米", "袋", "2", None]
LOST = ["2019-01-05", "从化区", "吕田镇", "无此村", "乙", "11010519491231002X", "大米", "袋", "3", "=cmd|' /C calc'!A0"]
LIKE_MONTH = ["2019-03", "从化区", "吕田镇", "三村村", "丙", "11010519491231002X", "大米", "袋", "4", None]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def first(write, opened):
    return opened(write([["发放清单"], HEAD, GOOD, LOST, LIKE_MONTH]))


@pytest.fixture
def sheet(first, tmp_path):
    return openpyxl.load_workbook(returned.write(first, tmp_path / "returned.xlsx")).worksheets[0]


@pytest.fixture
def mended(first, tmp_path):
    """The returned workbook with the village put right."""
    path = returned.write(first, tmp_path / "returned.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["E4"] = "三村村"
    book.save(path)
    return path


@pytest.fixture
def accept(office, bindings):
    return lambda batch: services.accept_batch(by=office, batch=batch, bindings=bindings)


def test_rejected_and_doubtful_rows_go_back_with_their_original_numbers(sheet):
    assert [cell.value for cell in sheet["A"][2:]] == ["原行号", 4, 5]


def test_the_sheet_has_the_title_and_the_headings_of_the_form(sheet):
    assert sheet["A1"].value == "捐赠（帮扶）物资资金发放清单"
    assert [cell.value for cell in sheet[3]][1:5] == ["发放日期", "市/县", "乡镇", "村"]


def test_the_cell_at_fault_is_coloured_and_says_why(sheet):
    assert sheet["E4"].fill.fgColor.rgb == "FFF8D7DA"
    assert "无此村" in sheet["E4"].comment.text


def test_a_cell_that_looks_like_a_formula_comes_back_as_text(sheet):
    assert sheet["K4"].data_type == "s"
    assert sheet["K4"].value.startswith("=cmd")


def test_its_upload_brings_in_only_the_rows_that_had_stayed_behind(first, mended, accept, opened, books):
    accept(first)
    second = opened(mended)
    counted = (second.rows, second.accepted, second.duplicates)
    accept(second)

    assert counted == (2, 1, 1)
    assert second.completes == first
    assert [row["name"] for row in books.rows] == ["甲", "丙", "乙"]


def test_its_upload_before_the_first_batch_is_accepted_loses_nothing_and_doubles_nothing(
    first, mended, accept, opened, books
):
    accept(opened(mended))
    accept(first)

    assert sorted(row["name"] for row in books.rows) == ["丙", "乙", "甲"]


def test_its_second_upload_brings_in_nothing(first, mended, accept, opened):
    accept(first)
    accept(opened(mended))

    assert opened(mended).accepted == 0


def test_a_clerk_who_cannot_see_the_first_batch_completes_nothing(
    first, mended, county_officer, bindings, xieshou_home
):
    batch = services.open_batch(by=county_officer, path=mended, name="returned.xlsx", bindings=bindings)

    assert batch.completes is None


@pytest.mark.parametrize("number", ["²", "99999999999", "-3"])
def test_a_row_number_that_somebody_spoilt_is_no_row_number(mended, opened, number):
    book = openpyxl.load_workbook(mended)
    book.worksheets[0]["A4"] = number
    book.save(mended)

    again = opened(mended)

    assert (again.accepted, again.duplicates) == (1, 1)


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "9" * 20, None])
def test_a_batch_number_that_somebody_spoilt_is_passed_over(mended, opened, number):
    book = openpyxl.load_workbook(mended)
    book["_xieshou"]["B1"] = number
    book.save(mended)

    assert opened(mended).completes is None


@pytest.mark.parametrize("number", ["99999", "²", None])
def test_a_returned_workbook_of_no_known_batch_says_that_its_rows_may_be_in_the_books(mended, opened, found, number):
    book = openpyxl.load_workbook(mended)
    book["_xieshou"]["B1"] = number
    book.save(mended)

    assert ("", "returned_of_no_batch") in found(opened(mended))
