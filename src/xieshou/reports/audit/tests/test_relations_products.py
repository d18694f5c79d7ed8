"""What each gets, how many there are, and what it makes."""

import pytest

from xieshou.reports.audit.tests.related import doubts, told


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("为120户贫困户每户发放补助2000元，共计24万元。", ("120户", "2000元", "24万元")),
        ("投入110万元，用于110户养蚕贫困户建房补助，每户补助1万元。", ("110户", "1万元", "110万元")),
        ("向3个县各投入150万元，总计450万元。", ("3个", "150万元", "450万元")),
    ],
)
def test_a_count_times_what_each_gets_is_the_total(text, figures):
    assert ("product", "exact", figures) in told(text)


def test_places_listed_before_each_are_counted():
    text = "向青川县、木里县、和龙市各投入资金150万元，总计450万元。"

    assert ("product", "exact", ("150万元", "450万元")) in told(text)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("为120户贫困户每户发放补助2000元，共计34万元。", ("120户", "2000元", "34万元")),
        ("向3个县各投入150万元，总计550万元。", ("3个", "150万元", "550万元")),
    ],
)
def test_a_total_that_the_count_does_not_make_is_contradicted(text, figures):
    assert doubts(text) == [("product", "contradiction", figures)]


def test_a_mean_is_the_total_over_the_count():
    assert told("帮助500户农户增收100万元，户均增收2000元。") == [("rate", "exact", ("100万元", "500户", "2000元"))]


def test_a_mean_that_the_two_figures_do_not_give_is_contradicted():
    text = "帮助500户农户增收100万元，户均增收2500元。"

    assert doubts(text) == [("rate", "contradiction", ("100万元", "500户", "2500元"))]


@pytest.mark.parametrize(
    "text",
    [
        "建设大棚120个，每个大棚补助3000元，投入资金50万元用于道路建设。",
        "安排资金600万元，按每户不超过3000元的标准，对1500户贫困户进行补助。",
        "安置贫困劳动力120人就业，人均月工资2500元，年发放工资360万元。",
        "投入资金150万元，惠及110户，每户每年增收约4000元。",
        "投入资金300万元，用于道路建设和110户养蚕户，每户补助1万元。",
        "向青川县、木里县各捐赠资金100万元，向昭平县捐赠资金50万元，总计250万元。",
    ],
)
def test_a_rate_that_need_not_make_the_total_is_left_alone(text):
    assert doubts(text) == []


def test_a_meeting_each_quarter_makes_four_in_the_year():
    text = "2019年召开帮扶工作小组会议4次。\n帮扶工作小组每季度召开1次会议。"

    assert ("product", "exact", ("4次", "1次")) in told(text)
