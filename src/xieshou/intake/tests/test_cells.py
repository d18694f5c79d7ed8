"""What the text of a cell means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.intake import rules
from xieshou.intake.forms import Column, ColumnType
from xieshou.intake.reader_process import SEPARATOR, _joined, shown

MONEY = Column(key="money", name="金额", type=ColumnType.MONEY)
COUNT = Column(key="count", name="数量", type=ColumnType.QUANTITY, bounds=(0, 1_000_000))
DAY = Column(key="day", name="日期", type=ColumnType.DATE)
NUMBER = Column(key="number", name="身份证号", type=ColumnType.IDENTITY)
WAN = 10_000


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("10,000.00", 1_000_000),
        ("１２３．４", 12_340),
        ("1\u200b2 3", 12_300),
        ("\u00a0453309143.65\u3000", 45_330_914_365),
        ("￥20", 2_000),
        ("5万元", 5_000_000),
        ("1.2亿", 12_000_000_000),
        ("人民币300元", 30_000),
        ("1.5E+05", 15_000_000),
        ("0", 0),
    ],
)
def test_an_amount_is_read_to_the_fen_however_it_is_written(text, fen):
    assert rules.parse_money(text, MONEY, 1).value == fen


@pytest.mark.parametrize("text", ["", "-", "—", "/", "无"])
def test_a_blank_and_a_dash_are_not_stated_and_never_zero(text):
    assert rules.parse_money(text, MONEY, 1) == rules.NOT_STATED


def test_an_amount_under_a_heading_of_ten_thousands_is_ten_thousand_times_as_much():
    assert rules.parse_money("4711.25", MONEY, WAN).value == 4_711_250_000


def test_a_unit_in_the_cell_wins_over_that_of_the_heading():
    assert rules.parse_money("500元", MONEY, WAN).value == 50_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.005", "finer_than_fen"),
        ("-3", "negative"),
        ("(500)", "negative"),
        ("7(28)", "two_numbers"),
        ("3-5", "two_numbers"),
        ("约五万", "not_a_number"),
        ("500美元", "foreign_currency"),
        ("$500", "foreign_currency"),
        ("约5000", "approximate"),
        ("5000余元", "approximate"),
        ("1.6+1.6万", "sum_in_cell"),
        ("99999999999999", "too_big"),
    ],
)
def test_what_is_no_plain_amount_goes_back(text, code):
    parsed = rules.parse_money(text, MONEY, 1)

    assert (parsed.value, parsed.code) == (None, code)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_written_amount_is_the_same_amount_read(fen):
    assert rules.parse_money(f"{fen // 100:,}.{fen % 100:02d}", MONEY, 1).value == fen


@given(st.integers(min_value=0, max_value=10**12))
def test_an_amount_that_excel_keeps_as_a_double_loses_no_fen(fen):
    assert rules.parse_money(shown(fen / 100), MONEY, 1).value == fen


@given(st.lists(st.floats(), min_size=1))
def test_a_column_of_numbers_is_sent_as_each_number_is_shown(numbers):
    assert _joined(tuple(numbers)).decode().split(SEPARATOR) == [shown(number) for number in numbers]


def test_a_sum_that_excel_shows_with_15_digits_is_read_as_shown():
    assert shown(6363368.399999999) == "6363368.4"


def test_a_unit_written_behind_a_number_is_taken_apart():
    parsed = rules.parse_integer("198件", COUNT)

    assert (parsed.value, parsed.unit) == (198, "件")


@pytest.mark.parametrize(
    ("text", "code"), [("2.5", "not_whole"), ("7(28)", "two_numbers"), ("2000000", "out_of_bounds")]
)
def test_a_count_is_whole_single_and_within_its_bounds(text, code):
    assert rules.parse_integer(text, COUNT).code == code


def test_a_percentage_is_whole_hundredths():
    assert rules.parse_percent("37.43%", COUNT).value == 3743


@pytest.mark.parametrize(
    "text", ["2019-10-31", "2019/10/31", "2019.10.31", "2019年10月31日", "20191031", "43769", "2019-10-31 08:30:00"]
)
def test_a_day_is_read_however_it_is_written(text):
    assert rules.parse_date(text, DAY) == rules.Parsed(date(2019, 10, 31))


@pytest.mark.parametrize("text", ["2019.10", "2019年10月", "2019-10"])
def test_a_bare_month_is_its_first_day_with_a_doubt(text):
    parsed = rules.parse_date(text, DAY)

    assert (parsed.value, parsed.code) == (date(2019, 10, 1), "month_only")


def test_the_month_of_a_number_typed_as_2019_10_is_unclear():
    assert rules.parse_date("2019.1", DAY).code == "month_unclear"


@pytest.mark.parametrize("text", ["2019-02-30", "2019-13-01", "去年", "1"])
def test_what_is_no_day_goes_back(text):
    assert rules.parse_date(text, DAY).code == "not_a_date"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019年度", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019年上半年", date(2019, 1, 1), date(2019, 6, 30)),
        ("2019年第三季度", date(2019, 7, 1), date(2019, 9, 30)),
        ("2019Q3", date(2019, 7, 1), date(2019, 9, 30)),
        ("2019年1-10月", date(2019, 1, 1), date(2019, 10, 31)),
        ("2018-2020年", date(2018, 1, 1), date(2020, 12, 31)),
        ("2018..2020-10", date(2018, 1, 1), date(2020, 10, 31)),
        ("..2020-10", None, date(2020, 10, 31)),
        ("截至2020年10月", None, date(2020, 10, 31)),
        ("2019-10-31", date(2019, 10, 31), date(2019, 10, 31)),
    ],
)
def test_a_period_is_read_however_it_is_written(text, first, last):
    assert rules.parse_period(text).value == (first, last)


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "11010519491231002x", "110105491231002", "11010519491231002X43"]
)
def test_an_identity_number_has_15_18_or_20_characters_and_a_check_digit_that_holds(number):
    assert rules.parse_identity(number, NUMBER).value == number.upper()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "identity_check"),
        ("11010519491331002X", "identity_check"),
        ("1101051949123100", "identity_length"),
        ("110105194912310000", "identity_rounded"),
        ("4.40524E+17", "identity_rounded"),
    ],
)
def test_an_identity_number_that_cannot_be_goes_back(number, code):
    assert rules.parse_identity(number, NUMBER).code == code


@pytest.mark.parametrize("text", ["合计", "合  计", "总计：", "共计125户", "小 计"])
def test_total_marks_are_known_in_every_writing(text):
    assert rules.is_total(text, ("合计", "总计", "小计", "共计"))


def test_a_village_whose_name_begins_with_a_total_mark_is_no_total():
    assert not rules.is_total("合计村", ("合计",))


@pytest.mark.parametrize("text", ["秘密", "机密★10年", "绝 密", "密级：秘密", "【机密】"])
def test_marks_of_state_secrecy_are_known(text):
    assert rules.classified_mark(text)


@pytest.mark.parametrize("text", ["广州市国家保密局", "商业秘密保护培训", "不涉及国家秘密"])
def test_a_sentence_that_speaks_of_secrets_is_no_mark(text):
    assert not rules.classified_mark(text)


def test_a_batch_moves_only_along_its_table():
    assert rules.may_become("draft", "submitted")
    assert rules.may_become("submitted", "returned")
    assert rules.may_become("accepted", "withdrawn")
    assert not rules.may_become("withdrawn", "accepted")
    assert not rules.may_become("accepted", "draft")
