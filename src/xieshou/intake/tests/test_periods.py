"""What titles and file names say about the time of a table."""

from datetime import date

import pytest

from xieshou.intake.periods import StatedTime, stated_in

THIRD_QUARTER = (date(2011, 7, 1), date(2011, 9, 30))


@pytest.mark.parametrize(
    ("title", "first", "last"),
    [
        ("帮扶资金统计表（2011年第三季度）", *THIRD_QUARTER),
        ("2011年三季度帮扶资金", *THIRD_QUARTER),
        ("2019年上半年情况", date(2019, 1, 1), date(2019, 6, 30)),
        ("2011年9月发放表", date(2011, 9, 1), date(2011, 9, 30)),
        ("截至2011年9月30日累计", None, date(2011, 9, 30)),
        ("2011 年 度 帮扶资金（截止到2011年9月底）", None, date(2011, 9, 30)),
        ("2011年度帮扶资金（2011年第三季度）", *THIRD_QUARTER),
    ],
)
def test_a_title_states_the_period(title, first, last):
    found = stated_in([title], "Sheet1", "table.xls")

    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("name", ["资金2011Q3.xls", "资金-2011-q3.xlsx"])
def test_where_no_title_does_the_name_of_the_file_states_it(name):
    found = stated_in(["帮扶资金统计表"], "Sheet1", name)

    assert (found.first, found.last) == THIRD_QUARTER


def test_a_title_is_believed_before_the_name_of_the_file():
    assert stated_in(["2011年第三季度"], "Sheet1", "2012年.xls").last == date(2011, 9, 30)


def test_two_years_in_a_title_say_nothing_and_a_person_is_asked():
    assert stated_in(["2010年计划与2011年完成"], "Sheet1", "2012年.xls") == StatedTime()


@pytest.mark.parametrize(
    ("title", "basis"),
    [
        ("帮扶资金累计情况", "cumulative"),
        ("截至9月底", "cumulative"),
        ("本季发放", "period"),
        ("本月数与累计数", ""),
        ("发放表", ""),
    ],
)
def test_words_tell_whether_amounts_are_cumulative(title, basis):
    assert stated_in([title], "Sheet1", "x.xls").basis == basis


def test_the_day_on_which_a_form_was_filled_in_is_no_period():
    assert stated_in(["填报日期：2012年1月5日"], "Sheet1", "x.xls") == StatedTime()


def test_numbers_in_a_file_name_that_are_no_date_say_nothing():
    assert stated_in([], "Sheet1", "report-conghua-206_3.xls") == StatedTime()
