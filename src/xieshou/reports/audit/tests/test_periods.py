"""When a figure is told of: the dates around it, and what the text's own date makes of 今年 and 目前."""

import pytest

from xieshou.reports.audit.tests.telling import told


def period_of(raw):
    return told(raw, "period")[-1]


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        ("2019年，公司投入100万元。", "2019"),
        ("2019年度公司投入100万元。", "2019"),
        ("2019年10月，公司投入100万元。", "2019-10"),
        ("2019年10月18日，公司投入100万元。", "2019-10-18"),
        ("2019年上半年，公司投入100万元。", "2019H1"),
        ("2019年第三季度，公司投入100万元。", "2019Q3"),
        ("2016年至2019年，公司投入100万元。", "2016..2019"),
        ("2016—2019年，公司投入100万元。", "2016..2019"),
        ("2018、2019年公司投入100万元。", "2018..2019"),
        ("截至2020年10月，公司投入100万元。", "..2020-10"),
        ("截止到2019年，公司共投入100万元。", "..2019"),
        ("到2020年底，累计投入100万元。", "..2020"),
        ("2015年以来，公司投入100万元。截至2020年6月，情况良好。", "2015.."),
        ("2002年至今，公司投入100万元。", "2002.."),
        ("自2015年承担定点帮扶任务以来，公司投入100万元。到2018年底见效。", "2015.."),
        ("帮扶工作开始于2016年，累计投入100万元。", "2016.."),
        ("“十三五”期间，公司投入100万元。", "2016..2020"),
        ("2019年1月至9月，公司投入100万元。", "2019"),
        ("公司投入100万元。", ""),
    ],
)
def test_a_date_in_the_sentence_is_the_period(raw, period):
    assert period_of(raw) == period


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        pytest.param("今年，公司投入100万元。", "2021", id="this year"),
        pytest.param("去年，公司投入100万元。", "2020", id="last year"),
        pytest.param("全年投入100万元。", "2021", id="the whole year"),
        pytest.param("2018年开工，同年投入100万元。", "2018", id="the same year"),
        pytest.param("2018年开工。次年投入100万元。", "2019", id="the year after"),
        pytest.param("截至目前，累计投入100万元。", "..2021", id="until now"),
        pytest.param("近年来，公司投入100万元。", "..2021", id="in recent years"),
        pytest.param("今年6月，公司投入100万元。", "2021-06", id="a month of this year"),
        pytest.param("今年1月至9月，公司投入100万元。", "2021", id="several months of this year"),
        pytest.param("截至今年6月底，累计投入100万元。", "..2021-06", id="up to a month of this year"),
        pytest.param("截至去年底，累计投入100万元。", "..2020", id="up to the end of last year"),
        pytest.param("2018年，公司投入100万元。6月9日，又投入60万元。", "2018-06-09", id="a day of the year told"),
        pytest.param("截至10月底，累计投入100万元。", "..2021-10", id="up to a month without a year"),
        pytest.param("公司定点帮扶以来，投入100万元。", "..2021", id="since something without a date"),
        pytest.param("党的十八大以来，公司投入100万元。", "2012..", id="since a congress"),
        pytest.param("“十三五”以来，公司投入100万元。", "2016..", id="since the beginning of a plan"),
    ],
)
def test_relative_times_take_the_year_of_the_title(raw, period):
    assert period_of(f"某公司2021年定点帮扶工作报告\n{raw}") == period


def test_until_now_begins_where_the_paragraph_says_that_it_began():
    assert period_of("2018年设立教育基金。截至目前，基金资助学生300人。") == "2018.."


def test_until_a_date_begins_where_the_paragraph_says_that_it_began():
    assert period_of("公司2017年加入助学计划，截至2019年底累计投入100万元。") == "2017..2019"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("2019年，公司派出46名教师，同比2018年增幅24%。", id="the year compared with"),
        pytest.param("2019年，公司派出教师，成立于1976年的学校接收46名。", id="the age of a school"),
        pytest.param("2019年，公司对接2022年冬奥会，培训46人。", id="the name of an event"),
        pytest.param("2019年，公司投入超过上年，达到100万元。", id="better than last year"),
    ],
)
def test_years_that_tell_no_time_leave_it_alone(raw):
    assert period_of(raw) == "2019"


def test_a_year_holds_for_the_sentences_and_paragraphs_behind_it():
    raw = "一、资金投入\n2019年，公司召开会议。公司投入100万元。\n公司又投入60万元。"

    assert told(raw, "period") == ["2019", "2019"]


def test_a_month_leaves_its_year_to_the_sentences_behind():
    assert told("2019年10月投入100万元。随后又投入60万元。", "period") == ["2019-10", "2019"]


def test_a_section_inherits_the_year_of_the_one_around_it_and_not_of_its_neighbour():
    raw = (
        "一、总体情况\n2018年，公司投入100万元。\n（一）教育\n资助学生30名。\n2016年，试点投入5万元。\n"
        "（二）健康\n救助病人20名。\n"
    )

    assert told(raw, "period") == ["2018", "2018", "2016", "2018"]


def test_a_heading_sets_the_year():
    raw = "一、2018年\n投入100万元。\n二、2019年\n投入200万元。"

    assert told(raw, "period") == ["2018", "2019"]


def test_a_caption_leaves_no_year_behind():
    caption = "2016年9月，贫困地区学生参加由公司组织的北京夏令营活动并参观博物馆"
    raw = f"一、教育\n2018年，公司投入100万元。\n{caption}\n又投入60万元。"

    assert told(raw, "period") == ["2018", "2018"]


def test_in_a_text_that_counts_up_to_a_date_years_are_episodes():
    raw = "某公司定点帮扶纪实\n截至2020年10月，公司共投入500万元。\n2018年，公司解决3人就业。\n公司累计捐款13万元。\n"

    assert told(raw, "period") == ["..2020-10", "2018", "..2020-10"]


def test_a_sum_over_time_is_not_of_the_year_in_the_title_alone():
    raw = "某公司2021年定点帮扶工作报告\n公司累计投入100万元。\n2021年，公司累计投入60万元。"

    assert told(raw, "period", "kind") == [("..2021", "cumulative"), ("2021", "annual")]


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        pytest.param("2019年，公司开设展馆。截至2019年底，实现收入100万元。", "2019", id="of the year told before"),
        pytest.param("2019年，公司开设展馆。截至2019年底，累计收入100万元。", "..2019", id="of all years with 累计"),
        pytest.param("2019年，公司开设展馆。\n截至2019年底，实现收入100万元。", "..2019", id="of all, told elsewhere"),
    ],
)
def test_the_end_of_a_year_closes_the_year_that_the_paragraph_tells_of(raw, period):
    assert period_of(raw) == period


def test_up_to_the_end_of_the_year_is_said_of_one_thing_in_a_report_on_that_year():
    raw = "某公司2022年定点帮扶工作报告\n公司援建学校，截至2022年底已完成投资900万元。捐赠图书30万元。"

    assert told(raw, "period") == ["..2022", "2022"]


def test_the_one_year_that_a_text_is_about_holds_where_none_is_told():
    raw = "投入100万元。2021年度，采购农产品。2021年6月9日，举办招聘会。"

    assert told(raw, "period") == ["2021"]


def test_the_date_of_publication_is_no_period():
    raw = "帮扶工作纪实\n来源：某公司 发布时间：2021-01-12\n帮扶成效显著。2019年，公司投入100万元。又投入60万元。"

    assert told(raw, "period") == ["2019", "2019"]


def test_the_value_that_something_fell_to_is_not_of_the_year_it_fell_from():
    raw = "截至2020年9月，5个县脱贫。贫困发生率由2016年末的30%下降到不足2%，帮扶300人。"

    assert told(raw, "period") == ["..2020-09", "2016", "..2020-09", "..2020-09"]


def test_this_year_is_that_of_publication():
    raw = "协作纪实\n来源：某报 2022-02-15 09:34:38\n公司积极行动。2021年，公司投入100万元。今年，公司投入60万元。"

    assert told(raw, "period") == ["2021", "2022"]


def test_years_are_given_out_one_by_one():
    raw = "2019年、2020年、2021年分别派出4名、5名、6名。2016—2018年分别投入100万元、200万元和300万元。"

    assert told(raw, "period") == ["2019", "2020", "2021", "2016", "2017", "2018"]
