"""Rows: what is data, what is checked, what is flagged, what goes back."""

import zipfile

import openpyxl
import pytest

from xieshou.intake import services

HEAD = ["年度", "县", "项目类别", "资金来源", "计划（万元）", "实际（万元）"]
FENGSHAN = ["2019", "凤山县", "产业", "单位自筹", "1771", "1806.6"]
ZHENLAI = ["2019", "镇赉县", "产业", "单位自筹", "1550", "1600"]
HELONG = ["2019", "和龙市", "产业", "单位自筹", "1390", "1420"]
LIST_HEAD = "序号 发放日期 市/县 乡镇 村 姓名 身份证号 物资名称 单位 数量 单价(元) 金额(元)".split()
PERSON = ["1", "2019-01-05", "从化区", "吕田镇", "三村村", "甲", "11010519491231002X", "大米", "袋", "2", "50", "100"]

pytestmark = pytest.mark.usefixtures("places_cast")


def line(**changes):
    return [changes.get(key, value) for key, value in zip(LIST_HEAD, PERSON, strict=True)]


@pytest.fixture
def posted(opened, office, bindings, books):
    def post(path, **options):
        services.accept_batch(by=office, batch=opened(path, **options), bindings=bindings)
        return books

    return post


def test_blank_rows_notes_and_signatures_are_no_data(write, opened):
    rows = [HEAD, FENGSHAN, [], ["  "], ZHENLAI, ["注：计划为年初数。"], ["填表人：某某", "", "审核人：某某"]]

    assert opened(write(rows)).rows == 2


def test_a_header_repeated_on_the_next_printed_page_is_no_data(write, opened):
    assert opened(write([HEAD, FENGSHAN, HEAD, ZHENLAI])).rows == 2


def test_a_line_that_numbers_the_columns_is_no_data(write, opened):
    assert opened(write([HEAD, ["1", "2", "3", "4", "5", "6"], FENGSHAN])).rows == 1


@pytest.mark.parametrize("mark", ["合计", "合  计", "总计"])
def test_a_stated_total_is_compared_with_the_sum_of_its_rows(write, opened, preview_of, mark):
    total = ["", mark, "", "", "4711", "4826.6"]
    totals = preview_of(opened(write([HEAD, FENGSHAN, ZHENLAI, HELONG, total]))).totals

    assert [(line.column, line.agrees) for line in totals] == [("planned_fen", True), ("actual_fen", True)]


def test_a_total_above_its_rows_is_compared_too(write, opened, preview_of):
    totals = preview_of(opened(write([HEAD, ["合计", "", "", "", "3321", ""], FENGSHAN, ZHENLAI]))).totals

    assert [line.agrees for line in totals] == [True]


def test_a_total_that_differs_is_said_with_the_difference(write, opened, preview_of):
    preview = preview_of(opened(write([HEAD, FENGSHAN, ZHENLAI, HELONG, ["合计", "", "", "", "4700", "4826.6"]])))

    (finding,) = [finding for finding in preview.findings if finding.code == "total_differs"]
    assert (finding.cell, finding.value, finding.params["difference"]) == ("E5", "47,000,000", "-110,000")
    assert preview.accepted == 3


def test_subtotals_are_compared_with_their_group(write, opened, preview_of):
    rows = [HEAD, FENGSHAN, ["", "小计", "", "", "1771"], ZHENLAI, HELONG, ["", "小计", "", "", "2940"]]
    totals = preview_of(opened(write([*rows, ["", "合计", "", "", "4711"]]))).totals

    assert [line.agrees for line in totals] == [True, True, True]


def test_subtotals_above_their_group_are_compared_with_it(write, opened, preview_of):
    rows = [HEAD, ["", "小计", "", "", "1771"], FENGSHAN, ["", "小计", "", "", "2940"], ZHENLAI, HELONG]
    totals = preview_of(opened(write([*rows, ["", "合计", "", "", "4711"]]))).totals

    assert [line.agrees for line in totals] == [True, True, True]


def test_a_cell_with_two_numbers_sends_its_row_back_with_the_address(write, opened, found):
    batch = opened(write([HEAD, ["2019", "凤山县", "产业", "财政", "7(28)", "1"], ZHENLAI]))

    assert (batch.accepted, batch.rejected) == (1, 1)
    assert ("E2", "two_numbers") in found(batch)


def test_a_cell_that_shows_an_error_goes_back_and_is_not_taken_for_a_blank(write, opened, found):
    rows = [HEAD, ["2019", "凤山县", "产业", "财政", None, "1"]]
    batch = opened(write(rows, formulas={"E2": ("=Sheet9!A1", "#REF!")}))

    assert batch.rejected == 1
    assert ("E2", "error_cell") in found(batch)


@pytest.fixture
def uncalculated(tmp_path):
    """A workbook as programs write it that put formulas down and work nothing out."""

    def write_formula(formula):
        book = openpyxl.Workbook()
        for row in (HEAD, ["2019", "凤山县", "产业", "财政", None, "1"], ZHENLAI):
            book.active.append(row)
        book.active["E2"] = formula
        book.save(tmp_path / "formula.xlsx")
        return tmp_path / "formula.xlsx"

    return write_formula


@pytest.mark.parametrize("formula", ["=F2*2", '=IF(F2<5,"",F2)'])
def test_a_formula_without_a_value_goes_back_and_is_not_taken_for_a_blank(uncalculated, opened, found, formula):
    batch = opened(uncalculated(formula))

    assert (batch.accepted, batch.rejected) == (1, 1)
    assert ("E2", "not_calculated") in found(batch)


def test_a_formula_whose_text_is_empty_is_a_blank(write, opened, found, tmp_path):
    rows = [HEAD, ["2019", "凤山县", "产业", "财政", None, "1"]]
    with (
        zipfile.ZipFile(write(rows, formulas={"E2": ('=""', "")})) as source,
        zipfile.ZipFile(tmp_path / "excel.xlsx", "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'r="E2"', b'r="E2" t="str"'))

    assert ("E2", "not_calculated") not in found(opened(tmp_path / "excel.xlsx"))


def test_an_error_written_as_text_goes_back_too(write, opened, found):
    assert ("F2", "error_cell") in found(
        opened(write([HEAD, ["2019", "凤山县", "产业", "财政", "1", "#DIV/0!"]], "t.csv"))
    )


def test_a_word_that_is_not_in_the_list_goes_back_with_the_words_that_are(write, opened, preview_of):
    preview = preview_of(opened(write([HEAD, ["2019", "凤山县", "园林", "财政", "1", "1"]])))

    assert preview.findings[0].code == "not_in_list"
    assert "基础设施" in preview.findings[0].message


def test_merged_words_count_for_every_row_and_merged_amounts_for_the_first(write, posted, found, opened):
    rows = [HEAD, FENGSHAN, ["2019", None, "教育", "财政", None, "2"], ["2019", None, "健康", "财政", "5", "3"]]
    books = posted(write(rows, merged={"B2:B4": "凤山县", "E2:E3": "1771"}))

    assert books.column("county") == ["凤山县", "凤山县", "凤山县"]
    assert books.column("planned_fen") == [1_771_000_000, None, 5_000_000]


def test_merged_amounts_are_said(write, opened, found):
    rows = [HEAD, FENGSHAN, ["2019", "镇赉县", "教育", "财政", None, "2"]]

    assert ("E2", "merged_amount") in found(opened(write(rows, merged={"E2:E3": "1771"})))


def test_a_place_that_does_not_exist_goes_back(write, opened, found):
    assert ("B2", "place_unknown") in found(opened(write([HEAD, ["2019", "无此地县", "产业", "财政", "1", "1"]])))


def test_a_name_that_three_places_share_goes_back_with_all_three(write, opened, preview_of):
    (text,) = preview_of(opened(write([HEAD, ["2019", "朝阳区", "产业", "财政", "1", "1"]]))).open_texts

    assert (text.kind, text.count, len(text.candidates) >= 2) == ("place", 1, True)


def test_a_chosen_place_is_taken_and_remembered(write, opened, preview_of, office, bindings):
    rows = [HEAD, ["2019", "朝阳区", "产业", "财政", "1", "1"]]
    batch = opened(write(rows))
    (text,) = preview_of(batch).open_texts

    decided = services.decide(by=office, batch=batch, bindings=bindings, places={text.text: text.candidates[0][0]})
    again = opened(write([*rows, ZHENLAI], "again.xlsx"))

    assert decided.accepted == 1
    assert again.accepted == 2


def test_a_unit_behind_a_number_fills_the_blank_column_of_units(write, posted):
    books = posted(write([LIST_HEAD, line(单位="", 数量="198件")]))

    assert (books.column("quantity"), books.column("unit")) == ([198], ["件"])


def test_a_unit_behind_a_number_that_contradicts_the_column_goes_back(write, opened, found):
    assert ("I2", "unit_clash") in found(opened(write([LIST_HEAD, line(单位="箱", 数量="198件")])))


def test_a_required_cell_left_blank_goes_back(write, opened, found):
    assert ("F2", "missing") in found(opened(write([LIST_HEAD, line(姓名="")])))


def test_an_amount_that_is_not_quantity_times_price_is_flagged_and_taken(write, opened, found):
    batch = opened(write([LIST_HEAD, line(**{"金额(元)": "120"})]))

    assert batch.accepted == 1
    assert ("L2", "check_product") in found(batch)


def test_equal_rows_of_one_file_are_asked_about_and_kept(write, opened, preview_of):
    preview = preview_of(opened(write([LIST_HEAD, line(序号="1"), line(序号="2"), line(序号="3", 姓名="乙")])))

    assert (preview.accepted, preview.equal_rows) == (3, 1)


def test_a_row_can_be_left_out_by_hand_and_taken_back(write, opened, office, bindings):
    batch = opened(write([LIST_HEAD, line(序号="1"), line(序号="2")]))

    dropped = services.decide(by=office, batch=batch, bindings=bindings, drop_rows=[3]).accepted
    kept = services.decide(by=office, batch=batch, bindings=bindings, keep_rows=[3]).accepted

    assert (dropped, kept) == (1, 2)


def test_a_table_without_a_row_of_data_says_so(write, opened, found):
    assert ("", "no_rows") in found(opened(write([HEAD])))


def test_a_row_of_numerals_that_are_no_digits_breaks_nothing(write, opened):
    assert opened(write([HEAD, ["1", "2", "²", "4", "5", "6"], ZHENLAI]), period="2019").accepted == 1


def test_a_batch_is_of_no_place_while_one_row_may_lie_anywhere(write, opened):
    batch = opened(write([HEAD, ["2019", "无此县", "产业", "财政", "1", "1"], ZHENLAI]))

    assert (batch.accepted, batch.place_code) == (1, "")


def test_a_row_outside_the_scope_of_the_actor_goes_back(write, county_officer, bindings, xieshou_home, preview_of):
    path = write([HEAD, ["2019", "增城区", "产业", "财政", "1", "1"], ZHENLAI])

    batch = services.open_batch(by=county_officer, path=path, name=path.name, bindings=bindings)

    assert (batch.accepted, batch.rejected) == (1, 1)


def test_a_stranger_can_bring_nothing_in(write, stranger, bindings, xieshou_home):
    path = write([HEAD, FENGSHAN])

    assert services.open_batch(by=stranger, path=path, name=path.name, bindings=bindings).accepted == 0


def test_the_report_for_programs_counts_every_row_once(write, opened, office, bindings):
    batch = opened(write([HEAD, FENGSHAN, ["2019", "无此地县", "产业", "财政", "1", "1"]]))
    report = services.report(by=office, batch=batch, bindings=bindings).as_json()

    assert (report["rows"], report["accepted"] + report["rejected"] + report["duplicates"]) == (2, 2)
    assert set(report["errors"][0]) >= {"sheet", "row", "column", "value", "code", "message"}
