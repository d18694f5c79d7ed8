"""The same thing told twice."""

import pytest

from xieshou.reports.audit.tests.related import doubts, told

SUMMARY = "2018年以来，我区先后派出8批{persons}名干部人才，累计投入帮扶资金1.6亿元，实施项目420个，惠及群众5.6万人。"


def test_a_summary_and_the_body_that_agree():
    text = SUMMARY.format(persons=36) + "\n\n三、工作成效\n" + SUMMARY.format(persons=36).replace("我区", "全区各单位")

    assert [one[1] for one in told(text)] == ["exact"] * 5


def test_a_summary_and_the_body_that_differ_in_one_figure():
    text = SUMMARY.format(persons=36) + "\n\n三、工作成效\n" + SUMMARY.format(persons=38).replace("我区", "全区各单位")

    assert doubts(text) == [("equal", "contradiction", ("36名", "38名"))]


def test_totals_told_in_the_same_words_with_two_values():
    text = "2020年，全年共培训致富带头人150名。\n工会工作持续推进。\n2020年，全年共培训致富带头人156名。"

    assert doubts(text) == [("equal", "contradiction", ("150名", "156名"))]


@pytest.mark.parametrize(
    "text",
    [
        "2020年，共培训致富带头人150名。\n2020年，共培训技术人员156名。",
        "2019年，全年共培训致富带头人150名。\n2020年，全年共培训致富带头人156名。",
        "2020年3月，培训致富带头人50名。\n2020年9月，培训致富带头人80名。",
        "2020年在青川县共培训致富带头人150名。\n2020年在木里县共培训致富带头人156名。",
        "2020年计划共培训致富带头人150名。\n2020年实际共培训致富带头人156名。",
    ],
)
def test_two_values_of_two_things_do_not_contradict(text):
    assert doubts(text) == []


def test_equal_small_figures_of_different_things_are_not_told_as_one():
    assert told("2020年，平谷区总工会捐助资金10万元。\n2020年，密云区总工会修建道路10公里。") == []


def test_a_paragraph_printed_twice_is_told_once_and_never_added():
    paragraph = "2018年市总工会对和田指挥部和拉萨指挥部分别安排了50万元和80万元的慰问资金，2019年安排30万元资金。"
    text = f"{paragraph}\n中间另有一段文字说明其他情况，与上文无关。\n{paragraph}"

    assert sorted(told(text)) == [
        ("equal", "exact", ("30万元", "30万元")),
        ("equal", "exact", ("50万元", "50万元")),
        ("equal", "exact", ("80万元", "80万元")),
        ("repeated_text", "possible", ("50万元", "80万元", "30万元", "50万元", "80万元", "30万元")),
    ]


def test_a_plan_quoted_as_done():
    text = (
        "一、资金投入\n2019年，定点帮扶资金计划投入4720万元，实际完成4826.6万元。\n"
        "二、总体成效\n2019年，集团定点帮扶资金投入4720万元，全部摘帽。"
    )

    assert doubts(text) == [("equal", "contradiction", ("4826.6万元", "4720万元"))]


def test_a_small_planned_number_is_not_quoted_by_chance():
    text = "计划建设9个示范点，已完成6个。\n投入2722万元建设的9个示范点，带动了发展。"

    assert [one for one in doubts(text) if one[0] == "equal"] == []


def test_the_actual_figure_quoted_as_done():
    text = (
        "一、资金投入\n2019年，定点帮扶资金计划投入4720万元，实际完成4826.6万元。\n"
        "二、总体成效\n2019年，集团定点帮扶资金投入4826.6万元，全部摘帽。"
    )

    assert doubts(text) == []
