"""Units that slipped: beside the plan, beside what was stated before; totals that a sentence states."""

import openpyxl
import pytest

from xieshou.intake import returned

PLANNED = """
row_key = ["village", "period"]
[[columns]]
key = "village"
name = "村名"
required = true
filled = true
[[columns]]
key = "planned_fen"
name = "规划资金（元）"
type = "money"
[[columns]]
key = "invested_fen"
name = "已投入资金（元）"
type = "money"
plan = "planned_fen"
outliers = true
"""
GIFTS = """
[[columns]]
key = "giver"
name = "捐赠人"
type = "party"
required = true
filled = true
[[columns]]
key = "amount_fen"
name = "金额（元）"
type = "money"
required = true
stated_after = ["收到社会捐款"]
"""
HEAD = ["村名", "规划资金（元）", "已投入资金（元）"]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def planned(form_of):
    return form_of(PLANNED)


@pytest.fixture
def gifts(form_of):
    return form_of(GIFTS)


@pytest.fixture
def gifts_found(write, gifts, opened_as, found_as):
    """Codes found in two gifts of together 3,000 yuan below this title and above this note."""

    def read(title, note="", **options):
        rows = [[title], ["捐赠人", "金额（元）"], ["甲公司", "1,000.00"], ["乙公司", "2,000.00"], [], [note]]
        return [code for _cell, code in found_as(opened_as(write(rows, **options), gifts), gifts)]

    return read


def test_an_amount_a_ten_thousandth_of_its_plan_is_likely_in_ten_thousands(write, planned, opened_as, found_as):
    batch = opened_as(write([HEAD, ["三村村", 500_000, 50], ["东联村", 500_000, 15_000]]), planned)

    assert found_as(batch, planned) == [("C2", "far_below_plan")]


def test_an_amount_a_hundred_times_its_plan_is_flagged_and_taken(write, planned, opened_as, found_as):
    batch = opened_as(write([HEAD, ["三村村", 50, 500_000]]), planned)

    assert (batch.accepted, found_as(batch, planned)) == (1, [("C2", "far_above_plan")])


def test_an_amount_far_from_the_last_statement_of_the_same_village_is_flagged(
    write, planned, opened_as, accepted_as, found_as
):
    accepted_as(opened_as(write([HEAD, ["三村村", "", 160_000], ["东联村", "", 20_000]]), planned), planned)
    later = opened_as(write([HEAD, ["三村村", "", 17], ["东联村", "", 30_000]], name="b.xlsx"), planned, period="2020")

    assert found_as(later, planned) == [("C2", "far_from_history")]


def test_a_total_in_a_sentence_that_the_rows_exceed_is_contradicted(gifts_found):
    assert gifts_found("1月31日，收到社会捐款0.26万元，累计收到社会捐款69,953.11万元。") == ["stated_total_exceeded"]


def test_a_total_in_a_sentence_agrees_to_the_last_digit_written(gifts_found):
    assert gifts_found("1月31日，收到社会捐款0.30万元。") == []


def test_a_cumulative_total_is_no_total_of_these_rows(gifts_found):
    assert gifts_found("1月29日，累计收到社会捐款8550.11万元。") == []


def test_fewer_rows_than_the_sentence_says_are_named(gifts_found):
    assert gifts_found("收到社会捐款5000元。") == ["stated_total_short"]


def test_a_list_of_the_larger_gifts_may_come_to_less(gifts_found):
    assert gifts_found("收到社会捐款5000元。", note="注：以上为大额捐赠明细，其它明细见附件。") == [
        "stated_total_partial"
    ]


def test_the_total_of_a_sentence_stands_beside_the_sum(write, gifts, opened_as):
    rows = [["收到社会捐款2600元"], ["捐赠人", "金额（元）"], ["甲公司", 1000], ["乙公司", 2000]]

    assert opened_as(write(rows), gifts).totals == [
        {"column": "amount_fen", "row": 1, "stated": 260_000, "computed": 300_000}
    ]


def test_a_cell_that_lists_many_givers_goes_back_with_their_number_and_sum(write, gifts, opened_as, found_as):
    listed = "、".join(f"甲{chr(0x4E00 + number)}{100 + number}元" for number in range(150))
    batch = opened_as(write([["捐赠人", "金额（元）"], [listed, 26_175], ["乙公司", 1]]), gifts)

    assert (batch.accepted, found_as(batch, gifts)) == (1, [("A2", "many_listed")])


def test_foreign_money_in_a_cell_goes_back_and_says_how_to_mend_it(write, gifts, opened_as, preview_of):
    finding = preview_of(opened_as(write([["捐赠人", "金额（元）"], ["甲公司", "USD 5,000"]]), gifts)).findings[0]

    assert (finding.cell, finding.code) == ("B2", "foreign_currency")
    assert "折成人民币" in finding.message


@pytest.mark.parametrize("head", [["捐赠人", "金额（美元）"], ["捐赠人", "金额（港币）"]])
def test_no_amount_under_a_heading_of_foreign_money_is_taken(write, gifts, opened_as, found_as, head):
    batch = opened_as(write([head, ["甲公司", 5000]]), gifts)

    assert (batch.accepted, found_as(batch, gifts)) == (0, [("B2", "foreign_currency")])


def test_no_amount_below_a_line_of_foreign_money_is_taken(write, form_of, opened_as):
    form = form_of(GIFTS.replace("金额（元）", "金额"))
    rows = [["捐赠名单", "单位：万美元"], ["捐赠人", "金额"], ["甲公司", 5]]

    assert opened_as(write(rows), form).accepted == 0


def test_a_sum_written_out_in_a_cell_is_taken_and_flagged(write, gifts, opened_as, found_as):
    batch = opened_as(write([["捐赠人", "金额（元）"], ["甲公司", "1000+2000"]]), gifts)

    assert (batch.accepted, found_as(batch, gifts)) == (1, [("B2", "sum_taken")])


def test_a_sum_whose_multiplier_is_unclear_goes_back(write, gifts, opened_as, found_as):
    batch = opened_as(write([["捐赠人", "金额（元）"], ["甲公司", "1.6+1.6万"]]), gifts)

    assert (batch.accepted, found_as(batch, gifts)) == (0, [("B2", "sum_in_cell")])


def test_a_quantity_without_a_unit_is_asked_about(form_of, write, opened_as, found_as):
    form = form_of(
        '[[columns]]\nkey = "item"\nname = "品名"\nrequired = true\nfilled = true\n'
        '[[columns]]\nkey = "unit"\nname = "单位"\ntype = "code"\n[columns.codes]\npiece = ["件"]\n'
        '[[columns]]\nkey = "quantity"\nname = "数量"\ntype = "quantity"\nrequired = true\nunit_column = "unit"\n'
    )
    batch = opened_as(write([["品名", "数量"], ["口罩", "36,000"], ["手套", "198件"]]), form)

    assert (batch.accepted, found_as(batch, form)) == (2, [("B2", "no_unit")])


def test_households_written_under_persons_go_back(form_of, write, opened_as, found_as):
    form = form_of(
        '[[columns]]\nkey = "village"\nname = "村名"\nrequired = true\nfilled = true\n'
        '[[columns]]\nkey = "persons"\nname = "脱贫人数（人）"\ntype = "integer"\nrequired = true\n'
    )
    batch = opened_as(write([["村名", "脱贫人数（人）"], ["三村村", "5户"], ["东联村", "12人"]]), form)

    assert (batch.accepted, found_as(batch, form)) == (1, [("B2", "unit_clash")])


def test_a_cell_of_many_givers_comes_back_as_one_row_for_each(write, gifts, opened_as, accepted_as, books, tmp_path):
    rows = [["捐赠人", "金额（元）"], ["甲公司5万元、李某200元、王某（3,000元）", 53_200], ["乙公司", 1]]
    first = accepted_as(opened_as(write(rows), gifts), gifts)

    accepted_as(opened_as(returned.write(first, tmp_path / "back.xlsx"), gifts), gifts)

    assert books.column("amount_fen") == [100, 5_000_000, 20_000, 300_000]
    assert books.column("giver_as_written")[1:] == ["甲公司", "李某", "王某"]


def test_a_cell_of_many_givers_whose_amounts_do_not_add_up_comes_back_as_it_was(write, gifts, opened_as, tmp_path):
    rows = [["捐赠人", "金额（元）"], ["甲公司5万元、李某200元、王某（3,000元）", 60_000]]
    path = returned.write(opened_as(write(rows), gifts), tmp_path / "back.xlsx")

    assert openpyxl.load_workbook(path).worksheets[0].max_row == 4
