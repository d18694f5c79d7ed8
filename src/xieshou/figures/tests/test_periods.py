"""An entry counts in the period that contains it; over a border it is not divided, and the answer says how many."""

from datetime import date

import pytest

from xieshou.figures.tests.factories import COMPLETION, GROWTH, GUIFENG, SHARE, SUM, TIANHU, money, year


@pytest.fixture
def three_years(post):
    """One entry within 2019, one from 2018 to 2019, one up to October 2020 from an unknown beginning."""
    return post(
        money(1, **year(2019)),
        money(10, occurred_from=date(2018, 7, 1), occurred_to=date(2019, 6, 30)),
        money(100, occurred_from=None, occurred_to=date(2020, 10, 31)),
    )


@pytest.mark.parametrize(
    ("options", "counted", "crossing"),
    [
        ({}, 111, 0),
        ({"year": 2019}, 1, 2),
        ({"year": 2017}, None, 1),
        ({"from": 2018, "to": 2019}, 11, 1),
        ({"from": 2018}, 11, 1),
        ({"at": "2020-10"}, 111, 0),
        ({"at": "2019"}, 11, 1),
        ({"year": 2021}, None, 0),
    ],
)
def test_what_the_period_contains_is_counted_and_what_reaches_over_its_border_is_told(
    three_years, answers, options, counted, crossing
):
    (answer,) = answers(SUM, **options)

    assert (answer.base_value, answer.crossing) == (counted, crossing)


def test_the_note_says_how_many_entries_are_left_out(three_years, answers):
    (answer,) = answers(SUM, year=2019)

    assert answer.notes == ("另有 2 条记录跨越所选时期的起止日，不能归入本期，未计入。",)


def test_a_ratio_tells_what_either_of_its_figures_leaves_out(three_years, post, answers):
    post(money(1000, place_code=TIANHU, occurred_from=date(2018, 7, 1), occurred_to=date(2019, 6, 30)))

    left_out = [answers(figure, year=2019, place=GUIFENG)[0].crossing for figure in (SHARE, COMPLETION, GROWTH)]

    assert left_out == [3, 4, 4]


def test_by_year_an_entry_over_several_years_is_a_row_of_its_own(three_years, answers):
    rows = [
        (answer.by["year"].code, answer.by["year"].name, answer.base_value) for answer in answers(SUM, by=("year",))
    ]

    assert rows == [("2019", "2019年", 1), ("2018..2019", "2018–2019年", 10), ("..2020", "截至2020年", 100)]
