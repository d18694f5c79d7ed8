"""Periods of a reporting duty and the day each is due."""

from datetime import date

import pytest

from xieshou.intake.deadlines import ReportPeriod, current, due_on, period_holding, periods

MARCH = ReportPeriod(date(2012, 3, 1), date(2012, 3, 31))


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("monthly", date(2012, 2, 1), date(2012, 2, 29)),
        ("quarterly", date(2012, 1, 1), date(2012, 3, 31)),
        ("yearly", date(2012, 1, 1), date(2012, 12, 31)),
    ],
)
def test_a_day_lies_in_its_month_quarter_or_year(rule, first, last):
    assert period_holding(rule, date(2012, 2, 29)) == ReportPeriod(first, last)


def test_the_last_month_of_a_year_ends_with_it():
    assert period_holding("monthly", date(2011, 12, 5)).last == date(2011, 12, 31)


def test_periods_run_from_the_first_to_the_one_that_has_begun_the_latest_first():
    found = periods("quarterly", date(2011, 8, 15), None, until=date(2012, 1, 1))

    assert [period.last for period in found] == [date(2012, 3, 31), date(2011, 12, 31), date(2011, 9, 30)]


def test_no_period_begins_after_the_end():
    found = periods("monthly", date(2011, 11, 1), date(2011, 12, 10), until=date(2012, 6, 1))

    assert [period.last for period in found] == [date(2011, 12, 31), date(2011, 11, 30)]


def test_a_single_report_has_the_one_period_that_was_named():
    assert periods("once", date(2012, 3, 1), date(2012, 3, 31), until=date(2012, 4, 1)) == [MARCH]


def test_before_it_begins_a_duty_has_no_period():
    assert periods("monthly", date(2013, 1, 1), None, until=date(2012, 12, 31)) == []


def test_a_duty_that_begins_in_another_century_by_mistake_does_not_run_away():
    assert len(periods("monthly", date(1012, 1, 1), None, until=date(2012, 1, 1))) == 600


def test_ten_days_after_the_month_is_the_tenth_of_the_next():
    assert due_on(MARCH, 10) == date(2012, 4, 10)


def test_what_is_asked_about_is_the_latest_period_that_has_ended():
    found = periods("monthly", date(2012, 1, 1), None, until=date(2012, 4, 5))

    assert current(found, 10, date(2012, 4, 5)) == MARCH


def test_in_the_first_period_that_one_is_asked_about():
    assert current([MARCH], 10, date(2012, 3, 5)) == MARCH
