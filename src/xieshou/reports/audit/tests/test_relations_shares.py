"""Shares, rates and completion beside their figures."""

import pytest

from xieshou.reports.audit.tests.related import doubts, explanations_of, told


def test_a_completion_is_taken_from_what_was_done_and_the_target():
    text = "2019年完成消费帮扶560万元，完成年度计划500万元的112%。"

    assert told(text) == [("percentage", "exact", ("560万元", "500万元", "112%"))]


def test_a_completion_that_its_figures_do_not_give_is_contradicted():
    text = "2019年完成消费帮扶560万元，完成年度计划500万元的121%。"

    assert doubts(text) == [("percentage", "contradiction", ("560万元", "500万元", "121%"))]


def test_a_figure_told_as_a_lower_bound_leaves_a_higher_rate_possible():
    text = "已实现消费帮扶超过562万元，完成责任书任务135万元的417%。"

    assert doubts(text) == [("percentage", "possible", ("562万元", "135万元", "417%"))]


def test_a_completion_rate_compares_plan_and_actual_of_its_sentence():
    text = "计划投入帮扶资金400万元，实际投入520万元，完成率150%。"

    assert doubts(text) == [("percentage", "contradiction", ("520万元", "400万元", "150%"))]


def test_a_share_of_the_part_just_before_it():
    text = "全县共有贫困户1200户，其中危房改造300户，占35%。"

    assert doubts(text) == [("percentage", "contradiction", ("300户", "1200户", "35%"))]


def test_a_share_is_rounded_as_it_is_written():
    text = "园区解决就业940人，其中脱贫人口385人，占41%。"

    assert ("percentage", "rounding", ("385人", "940人", "41%")) in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "投入资金2000万元，占全县整合资金的35%，撬动社会资金1.5亿元。",
        "参训学员120人，合格率98.3%，满意度99.5%。",
        "2020年完成消费帮扶1200万元，同比增长35.6%，完成率达到120%。",
    ],
)
def test_a_rate_whose_figures_are_not_told_is_left_alone(text):
    assert doubts(text) == []


def test_a_share_of_a_number_told_after_it():
    text = "集团帮扶189个贫困县，占全国592个贫困县的31.9%。"

    assert ("percentage", "rounding", ("189个", "592个", "31.9%")) in told(text)


def test_a_share_of_persons_that_some_whole_number_gives():
    assert told("共选派教师205名，党员教师占98%。") == [("percentage", "rounding", ("205名", "98%"))]


def test_a_share_of_persons_that_no_whole_number_gives():
    assert doubts("共选派教师51名，优秀率占总数的91.3%。") == [("percentage", "contradiction", ("51名", "91.3%"))]


def test_an_impossible_share_names_another_base_in_the_text_that_gives_it():
    text = "2019年选派教师46名。2020年选派教师51名，优秀率占总数的91.3%。"

    assert any("42 ÷ 46 = 91.3%" in explanation for explanation in explanations_of(text))


def test_a_share_of_a_very_large_number_is_always_given_by_some_whole_number():
    assert doubts("共有群众1205000人，党员占3.7%。") == []


def test_rates_told_one_for_each_pair():
    text = "责任书任务为投入200万元、引进50万元，实际投入245万元、引进62万元，分别完成任务的132.5%、124%。"

    assert ("percentage", "exact", ("62万元", "50万元", "124%")) in told(text)
    assert doubts(text) == [("percentage", "contradiction", ("245万元", "200万元", "132.5%"))]


def test_rates_told_for_pairs_that_are_not_told_are_left_alone():
    assert doubts("采购、帮销和培训分别完成任务的132.5%、124%和110%。") == []


def test_shares_told_one_for_each_of_several_parts():
    text = "项目区有农户737户，农业人口2809人。\n现有贫困户144户，贫困人口578人，分别占农户及农业人口的19.54%和20.58%。"

    assert ("percentage", "rounding", ("144户", "737户", "19.54%")) in told(text)
    assert ("percentage", "rounding", ("578人", "2809人", "20.58%")) in told(text)
