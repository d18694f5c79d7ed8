"""Figures side by side that must be in proportion, and figures that must stay within another."""

import pytest

from xieshou.reports.audit.tests.related import doubts, told


def test_persons_of_households_in_the_usual_range():
    assert told("项目惠及贫困户84户422人。") == [("ratio", "holds", ("422人", "84户"))]


@pytest.mark.parametrize("text", ["项目惠及贫困户422户84人。", "项目惠及贫困户84户4220人。"])
def test_persons_of_households_out_of_range(text):
    assert [one[:2] for one in doubts(text)] == [("ratio", "contradiction")]


@pytest.mark.parametrize(
    "text",
    [
        "全村326户1203人，其中贫困户86户301人，低保户45户102人，五保户12户12人。",
        "走访贫困户120户，选派党员12人结对帮扶。",
        "为120户每户安排1人就业。",
    ],
)
def test_persons_who_are_not_those_of_the_households(text):
    assert [one for one in doubts(text) if one[0] == "ratio"] == []


def test_a_price_in_the_range_of_its_goods():
    assert told("采购苹果20吨，价值16万元。") == [("rate", "holds", ("16万元", "20吨"))]


def test_a_price_out_of_the_range_of_its_goods():
    assert doubts("采购苹果20吨，价值1600万元。") == [("rate", "contradiction", ("1600万元", "20吨"))]


def test_a_price_of_goods_without_a_range_is_left_alone():
    assert told("采购中药材20吨，价值1600万元。") == []


def test_several_goods_for_one_sum_have_no_price():
    assert told("采购水果1868吨、蔬菜19.36吨，合计506万元。") == []


def test_everybody_counted_in_turns_is_counted_once_at_least():
    assert told("累计培训300人、450人次。") == [("subset_le_total", "holds", ("300人", "450人次"))]


def test_fewer_turns_than_persons():
    assert doubts("累计培训450人、300人次。") == [("subset_le_total", "contradiction", ("450人", "300人次"))]


def test_a_closing_total_of_a_paragraph_holds_what_it_told_before():
    text = (
        "2020年，工会发动职工参与消费帮扶，带动消费达到5060599元。公司食堂采购消费帮扶商品1500780元。"
        "截至2020年10月，公司共实现消费帮扶金额累计约223万元。"
    )

    assert doubts(text) == [("subset_le_total", "contradiction", ("5060599元", "223万元"))]


def test_a_closing_total_of_another_thing_holds_nothing():
    text = "2020年，工会发动职工参与消费帮扶，带动消费达到5060599元。截至2020年10月，公司累计捐赠资金约223万元。"

    assert doubts(text) == []


def test_a_fund_pays_out_what_it_has():
    text = "设立总额1.5亿元的教育基金。截至目前，已投入8300万元。"

    assert told(text) == [("subset_le_total", "holds", ("8300万元", "1.5亿元"))]


def test_those_among_others_are_no_more_than_they():
    text = "共计资助贫困学生1200余人次。资助的贫困学生中有92名学生考入重点中学，19名学生考入重点大学。"

    assert told(text) == [("subset_le_total", "holds", ("92名", "19名", "1200余人次"))]
