"""What a figure says about time, who acts, and the words it is told in."""

import pytest

from xieshou.reports.audit.tests.telling import claims_of, told


def kind_of(raw):
    return told(raw, "kind")[-1]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("截至2020年10月，公司共投入100万元。", "cumulative"),
        ("2002年至今，公司投入100万元。", "cumulative"),
        ("近年来，公司选派干部24名。", "cumulative"),
        ("2016年至2019年，公司投入100万元。", "cumulative"),
        ("公司累计捐款13万元。", "cumulative"),
        ("2019年，公司投入100万元。", "annual"),
        ("2019年，公司累计投入100万元。", "annual"),
        ("2019年上半年，公司投入100万元。", "annual"),
        ("2021年6月9日，公司举办招聘会，录用431人。", "point"),
        ("2021年6月9日，公司捐款13万元。", "annual"),
        ("贫困发生率为2%。", "point"),
        ("经过为期3天的走访，形成方案。", "point"),
        ("商场占地1万平方米。", "point"),
        ("2019年，资金计划投入4700万元。", "plan"),
        ("2019年，资金计划投入4700万元，实际完成4800万元。", "annual"),
        ("2022年，公司拟投入100万元。", "plan"),
        ("2022年，公司拟安排项目，投入100万元，培训300人。", "annual"),
        ("2022年，公司拟投入100万元，总投资2亿元。", "plan"),
        ("目前，累计培训8次，受益300人。", "cumulative"),
        ("项目建成后，预计年收益100万元。", "plan"),
        ("领导小组每季度召开1次会议。", "plan"),
        ("凤山县辖5镇4乡，98个行政村共21.9万人。", "point"),
        ("现有在册农户183户共487人。", "point"),
        ("2020年，举办招聘会，达成就业意向性协议300人。", "annual"),
        ("2020年，公司争取到帮扶资金20万元。", "annual"),
        ("2020年，村里规划并建成年产6吨的加工厂1个。", "annual"),
        ("2019年，土地流转每年收入24万元。", "annual"),
        ("公司与新疆签订价值15万元的采购协议。", "plan"),
        ("区里签订协议，捐赠15万元。", "cumulative"),
        ("2019年，完成消费帮扶562万元，为任务135万元的417%。", "annual"),
        ("2019年，责任书任务135万元。", "target"),
        ("2019年，完成任务135万元。", "target"),
        ("2019年底，完成三年行动计划，投入135万元。", "annual"),
    ],
)
def test_the_words_and_the_period_tell_the_kind(raw, kind):
    assert kind_of(raw) == kind


def test_behind_the_next_step_everything_is_planned():
    raw = "2020年，公司投入100万元。\n下一步，公司继续加大力度。投入200万元，培训300人。"

    assert told(raw, "kind") == ["annual", "plan", "plan"]


def test_the_value_that_something_fell_to_is_of_the_kind_of_the_one_before():
    raw = "近年来，贫困发生率由2016年末的30%下降到不足2%。"

    assert told(raw, "kind") == ["point", "point"]


@pytest.mark.parametrize(
    ("raw", "qualifiers"),
    [
        ("合计投入100万元。", {"total"}),
        ("市总工会投入100万元。", set()),
        ("共建学校3所。", set()),
        ("向凤山县、和龙市各投入100万元。", {"each"}),
        ("开展各类培训300人次。", set()),
        ("占总投入的37%。", {"share"}),
        ("同比增长16%。", {"growth"}),
        ("新增学校3所。", {"added"}),
        ("每户补助100元。", {"per"}),
        ("每月工资100元。", {"per_time"}),
        ("计划投入100万元。", {"plan"}),
        ("实际完成100万元。", {"done"}),
        ("凤山县、和龙市分别投入100万元、200万元。", {"respectively"}),
        ("该县投入100万元。", {"anaphora"}),
    ],
)
def test_words_in_front_of_the_number_become_qualifiers(raw, qualifiers):
    assert claims_of(raw)[-1].qualifiers - {"default_place"} == qualifiers


@pytest.mark.parametrize(
    ("raw", "flags"),
    [
        pytest.param("受益300人（其中脱贫户30人），培训60人。", [False, True, False], id="in brackets, to the bracket"),
        pytest.param("投入900万元，其中教育300万元；培训60人。", [False, True, False], id="to the semicolon"),
        pytest.param(
            "投入900万元。其中，教育300万元；健康200万元；产业400万元。又投入60万元。",
            [False, True, True, True, False],
            id="其中 with a comma, to the end of the sentence",
        ),
    ],
)
def test_of_which_holds_as_far_as_it_reaches(raw, flags):
    assert ["of_which" in claim.qualifiers for claim in claims_of(raw)] == flags


def test_the_label_is_what_stands_between_the_figures_of_a_clause():
    raw = "公司派出汽车专业教师3人前往，捐赠图书500万元（码洋）、衣物20吨。"

    assert told(raw, "label", "after") == [
        ("公司派出汽车专业教师", "前往"),
        ("捐赠图书", "码洋）、衣物"),
        ("码洋）、衣物", ""),
    ]


def test_claims_are_numbered_and_know_their_clause():
    claims = claims_of("2019年，公司投入100万元，培训300人。资助学生30名。")

    assert [(claim.id, claim.clause) for claim in claims] == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("raw", "actors"),
    [
        pytest.param(
            "某某汽车集团有限公司（简称“某某汽车”）帮扶凤山县。某某汽车投入100万元。", ["某某汽车"], id="its short name"
        ),
        pytest.param(
            "朝阳区总工会援助唐县30万元；海淀区总工会捐赠20万元。", ["朝阳区总工会", "海淀区总工会"], id="unions"
        ),
        pytest.param("朝阳区总工会援助唐县30万元，培训60人。又投入9万元。", ["朝阳区总工会"] * 3, id="it goes on"),
        pytest.param("公司投入100万元。", [""], id="a text that names nobody"),
        pytest.param(
            "某某汽车集团（简称“某某汽车”）积极行动。公司投入100万元。", ["某某汽车"], id="公司 is the main actor"
        ),
        pytest.param("在凤山县投入100万元。在凤山县投入200万元。", ["", ""], id="a place is no actor"),
    ],
)
def test_the_subject_is_the_actor(raw, actors):
    assert told(raw, "actor") == actors


def test_a_quantity_behind_all_sentences_is_not_lost():
    assert len(claims_of("5元")) == 1


def test_a_sentence_that_divides_the_one_before_has_its_time():
    text = "2019年，公司召开会议。截至2022年底，公司累计投入300万元。其中，向凤山县投入200万元。"

    assert told(text, "period") == ["..2022", "..2022"]


def test_the_date_line_under_a_title_is_no_heading_of_a_year():
    assert told("帮扶山乡\n2025-12-03\n公司自2002年起帮扶凤山县。\n公司投入18万元。", "period") == [""]


def test_a_year_of_long_ago_is_not_the_year_of_a_text_of_today():
    text = "帮扶山乡\n2025-12-03\n2002年，公司来到凤山县。截至目前，公司共投入300万元。"

    assert told(text, "period") == ["..2025"]


def test_the_year_of_a_meeting_where_something_was_heard_is_not_the_year_of_the_figures():
    text = "记者从2018年度工作会议上获悉，各企业投入帮扶资金20亿元。"

    assert told(text, "period") == [""]
