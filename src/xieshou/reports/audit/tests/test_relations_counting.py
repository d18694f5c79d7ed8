"""Counts beside what they count."""

import pytest

from xieshou.reports.audit.tests.related import doubts, told


@pytest.mark.parametrize(
    "text",
    [
        "对口帮扶青川县、木里县、昭平县等3个县。",
        "对口帮扶青川县、木里县和昭平县3个县。",
        "对口帮扶3个县（青川县、木里县、昭平县）。",
        "从三个方面发力：一是抓产业，二是抓教育，三是抓医疗。",
    ],
)
def test_a_list_of_as_many_as_are_counted(text):
    assert ("list_count", "exact") in [one[:2] for one in told(text)]


@pytest.mark.parametrize(
    "text",
    [
        "对口帮扶青川县、木里县、昭平县、平南县等3个县。",
        "对口帮扶4个县（青川县、木里县、昭平县）。",
        "从三个方面发力：一是抓产业，二是抓教育，三是抓医疗，四是抓消费。",
    ],
)
def test_a_list_of_more_or_fewer_than_are_counted(text):
    assert [one[:2] for one in doubts(text)] == [("list_count", "possible")]


@pytest.mark.parametrize(
    "text",
    [
        "对口帮扶青川县、木里县等5个县。",
        "对口帮扶4个县（青川县、木里县等）。",
        "深入村组、学校调研，走访3个县。",
        "对口帮扶5个县（市、区）。",
        "在产业、教育方面实施了12个项目。",
    ],
)
def test_a_list_that_need_not_be_complete(text):
    assert doubts(text) == []


def test_a_name_with_an_and_in_it_is_one_name():
    assert doubts("对口帮扶凤山县、镇赉县、和龙市3个县。") == []


def test_as_many_helpers_as_helped():
    assert ("rate", "exact", ("16家", "16家")) in told("2018年动员16家京企与内蒙古16家当地企业签约。")


def test_places_that_make_up_a_total_told_elsewhere():
    text = (
        "34所学校结对帮扶贫困地区40所学校。\n\n不断增加结对学校的数量。"
        "截至2019年，青川县结对学校达到16所；木里县达到10所；昭平县达到9所；平南县为5所。"
    )

    assert ("sum", "exact", ("16所", "10所", "9所", "5所", "40所")) in told(text)


def test_places_that_nearly_make_up_a_total_told_elsewhere():
    text = (
        "34所学校结对帮扶贫困地区39所学校。\n\n不断增加结对学校的数量。"
        "截至2019年，青川县结对学校达到16所；木里县达到10所；昭平县达到9所；平南县为5所。"
    )

    assert doubts(text) == [("sum", "possible", ("16所", "10所", "9所", "5所", "39所"))]
