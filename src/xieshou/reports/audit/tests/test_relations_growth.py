"""Growth, differences, and what was added beside what there is."""

import pytest

from xieshou.reports.audit.tests.related import doubts, told


def test_growth_from_one_figure_to_another():
    text = "帮扶资金由2018年的1000万元增加到2019年的1200万元，增长20%。"

    assert ("growth", "exact", ("1000万元", "1200万元", "20%")) in told(text)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("帮扶资金由2018年的1000万元增加到2019年的1200万元，增长25%。", ("1000万元", "1200万元", "25%")),
        ("贫困发生率由2015年的30%下降到2019年的2%，下降26个百分点。", ("30%", "2%", "26个百分点")),
        ("贫困村由30个减少到12个，减少20个。", ("30个", "12个", "20个")),
        ("集体收入达到4.8万元，比上年的1.2万元增长400%。", ("1.2万元", "4.8万元", "400%")),
        ("站点总数达到860个，较上年增加172个，增长35%。", ("860个", "172个", "35%")),
        ("选派优秀教师46名，同比增长25.3%。", ("46名", "25.3%")),
        ("产值由2018年的500万元提高到2020年的2000万元，增长8倍。", ("500万元", "2000万元", "8倍")),
    ],
)
def test_a_change_that_its_figures_do_not_give_is_contradicted(text, figures):
    assert doubts(text) == [("growth", "contradiction", figures)]


@pytest.mark.parametrize(
    "text",
    [
        "贫困发生率由2015年的30%下降到2019年的2%，下降28个百分点。",
        "贫困村由30个减少到12个，减少18个。",
        "集体收入达到4.8万元，比上年的1.2万元增长300%。",
        "站点总数达到860个，较上年增加172个，增长25%。",
        "选派优秀教师46名，同比增长24.3%。",
        "贫困人口从2012年的9899万人减少到2018年的1660万人，6年时间减少8000多万人。",
        "贫困村由126个减少到8个，出列118个。",
        "人均可支配收入由2015年的4320元提高到2019年的9850元，年均增长22.9%。",
        "全年投入3860万元，完成任务3200万元的120.6%，比上年的3100万元增长24.5%。",
    ],
)
def test_a_change_that_its_figures_give_is_confirmed(text):
    assert "growth" in [kind for kind, _status, _figures in told(text)]
    assert doubts(text) == []


def test_growth_by_a_multiple_passes_as_three_times_more_and_as_three_times_as_much():
    assert doubts("产值由2018年的500万元提高到2020年的2000万元，增长3倍。") == []
    assert doubts("产值由2018年的500万元提高到2020年的2000万元，增长4倍。") == []


@pytest.mark.parametrize(
    "text",
    [
        "人均可支配收入由2015年的4320元提高到2019年的9850元，年均增长22.9%。",
        "人均可支配收入由2015年的4320元提高到2019年的9850元，年均增长12.9%。",
        "2020年投入帮扶资金5600万元，同比增长12%。",
        "全县贫困人口从2014年的3.2万人减少到2019年的1200人，贫困发生率从18.6%降至0.7%。",
        "采购农产品340万元，同比增长25.3%。",
    ],
)
def test_a_change_whose_base_is_not_told_is_left_alone(text):
    assert doubts(text) == []


def test_what_was_added_is_part_of_what_there_is():
    assert told("青川县新增结对学校12所，总数达到16所。") == [("stock", "holds", ("12所", "16所"))]


def test_more_added_than_there_is_is_contradicted():
    assert doubts("青川县新增结对学校12所，总数达到10所。") == [("stock", "contradiction", ("12所", "10所"))]


def test_a_cumulative_figure_below_an_earlier_one_is_contradicted():
    text = "截至2018年底，累计投入产业帮扶资金5600万元。\n截至2019年底，累计投入产业帮扶资金5200万元。"

    assert doubts(text) == [("stock", "contradiction", ("5600万元", "5200万元"))]


def test_a_cumulative_figure_above_an_earlier_one_is_not():
    text = "截至2018年底，累计投入产业帮扶资金5600万元。\n截至2019年底，累计投入产业帮扶资金6200万元。"

    assert doubts(text) == []


def test_one_year_above_the_sum_of_its_years_is_contradicted():
    text = "2016年至2020年，累计投入产业帮扶资金5600万元。\n2019年，投入产业帮扶资金6200万元。"

    assert doubts(text) == [("subset_le_total", "contradiction", ("6200万元", "5600万元"))]


def test_one_year_of_something_else_says_nothing():
    text = "2016年至2020年，累计投入教育帮扶资金5600万元。\n2019年，采购产业帮扶产品6200万元。"

    assert doubts(text) == []
