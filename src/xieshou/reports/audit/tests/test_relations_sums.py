"""Parts and their total."""

import pytest

from xieshou.reports.audit.tests.related import doubts, relations_in, told


@pytest.mark.parametrize(
    "text",
    [
        "2018年，集团共投入帮扶资金1234.5万元，其中直接投入1000万元，引进234.5万元。",
        "2018年，集团共投入帮扶资金1234.5万元。其中，直接投入1000万元；引进234.5万元。",
        "2018年，集团共投入帮扶资金1234.5万元（其中直接投入1000万元，引进234.5万元）。",
    ],
)
def test_parts_that_a_list_names_make_up_their_total(text):
    assert told(text) == [("sum", "exact", ("1000万元", "234.5万元", "1234.5万元"))]


def test_parts_above_their_total_contradict_it():
    text = "2018年，集团共投入帮扶资金1234.5万元，其中直接投入1000万元，引进334.5万元。"

    assert doubts(text) == [("sum", "contradiction", ("1000万元", "334.5万元", "1234.5万元"))]


def test_parts_below_their_total_are_within_it_because_a_list_need_not_name_all():
    text = "2018年，集团共投入帮扶资金1234.5万元，其中直接投入500万元，引进234.5万元。"

    assert told(text) == [("subset_le_total", "holds", ("500万元", "234.5万元", "1234.5万元"))]


def test_one_part_above_its_whole_is_named_alone():
    assert doubts("培训学员100人，其中女学员120人。") == [("subset_le_total", "contradiction", ("120人", "100人"))]


def test_what_is_nested_in_a_part_is_not_added_again():
    text = "全年共召开会议15次，其中党委会11次（其中专题研究帮扶工作8次），专题会4次。"

    assert ("sum", "exact", ("11次", "4次", "15次")) in told(text)
    assert doubts(text) == []


def test_items_of_the_next_level_stay_within_theirs():
    text = (
        "2019年投入资金9000万元。其中，定点帮扶资金投入5000万元。"
        "一是向青川县投入3000万元。二是向木里县投入2000万元。此外，向长征路沿线学校投入4000万元。"
    )

    assert ("sum", "exact", ("5000万元", "4000万元", "9000万元")) in told(text)
    assert doubts(text) == []


def test_a_list_that_goes_on_behind_an_aside_contradicts_a_total_that_it_nearly_makes_up():
    text = (
        "2019年投入资金8800万元。其中，定点帮扶资金投入5000万元。"
        "此外，向青川县学校投入1000万元；向长征路沿线投入3000万元。"
    )

    assert doubts(text) == [("sum", "contradiction", ("5000万元", "1000万元", "3000万元", "8800万元"))]


def test_a_list_that_goes_on_behind_an_aside_and_is_far_from_the_total_does_not_belong_to_it():
    text = (
        "2019年投入资金8800万元。其中，定点帮扶资金投入5000万元。"
        "此外，向青川县学校投入7000万元；向长征路沿线投入3000万元。"
    )

    assert doubts(text) == []


def test_what_is_earned_is_no_part_of_what_is_spent():
    text = "2019年投入帮扶资金500万元，其中用于产业300万元，带动农户增收650万元。"

    assert doubts(text) == []


def test_a_planned_part_is_not_added_to_what_was_done():
    text = "2019年投入帮扶资金500万元，其中青川县计划投入400万元，实际完成300万元，木里县实际完成200万元。"

    assert doubts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "培训学员100人，其中女性60人、党员50人。",
        "学校有学生1120人，其中寄宿生880人，留守儿童510人。",
        "培训脱贫劳动力500人，其中取得证书420人，实现就业300人。",
        "学校有学生1120人，其中住校880人，占78.6%，走读510人，占45.5%。",
        "共有人口12.3万人，其中农业10.8万人，占87.8%，建档立卡2.1万人，占农业人口的19.4%。",
    ],
)
def test_groups_of_persons_cut_in_two_ways_overlap(text):
    assert doubts(text) == []


def test_titles_and_posts_may_overlap():
    text = "选派教师51名，包括高级教师24人、一级教师21人、课程中心主任10人。"

    assert doubts(text) == [("sum", "possible", ("24人", "21人", "10人", "51名"))]


def test_figures_that_make_up_the_part_before_them_lie_within_it():
    text = "全村200户，其中建档立卡户112户，已脱贫108户，未脱贫4户。"

    assert told(text) == [("subset_le_total", "holds", ("112户", "200户"))]


def test_the_most_and_the_least_are_no_parts():
    text = "共投入300万元，其中最多的投入280万元，最少的投入35万元。"

    assert doubts(text) == []


def test_the_next_sentence_may_make_up_a_total():
    text = "集中开工45个项目，总投资147亿元。此次新开工项目23个、投资64亿元，复工项目22个、投资83亿元。"

    assert ("sum", "exact", ("64亿元", "83亿元", "147亿元")) in told(text)
    assert ("sum", "exact", ("23个", "22个", "45个")) in told(text)


def test_groups_cut_in_one_way_may_not_overlap():
    assert doubts("培训学员100人，其中男性60人、女性50人。") == [("sum", "contradiction", ("60人", "50人", "100人"))]


def test_men_and_women_are_all_there_are():
    assert doubts("培训学员100人，其中男性60人、女性30人。") == [("sum", "contradiction", ("60人", "30人", "100人"))]


def test_the_rest_makes_a_list_complete():
    text = "选派干部24人，其中挂职干部10人，其余12人任驻村第一书记。"

    assert doubts(text) == [("sum", "contradiction", ("10人", "12人", "24人"))]


def test_the_years_of_a_period_make_a_list_complete():
    text = "2018年至2020年累计拨付帮扶资金1.86亿元，其中2018年4200万元、2019年6300万元、2020年7100万元。"

    assert doubts(text) == [("sum", "contradiction", ("4200万元", "6300万元", "7100万元", "1.86亿元"))]


def test_as_many_years_in_a_row_as_the_total_speaks_of_are_all():
    text = "三年来，区财政累计拨付帮扶资金1.86亿元，其中2018年4200万元、2019年6300万元、2020年7100万元。"

    assert doubts(text) == [("sum", "contradiction", ("4200万元", "6300万元", "7100万元", "1.86亿元"))]


def test_items_between_semicolons_that_tell_the_same_are_one_list():
    text = (
        "全市筹集送温暖资金4680万元，慰问2.6万户，其中市本级筹集1260万元，慰问6800户；"
        "各县区筹集2870万元，慰问1.84万户；产业工会筹集550万元，慰问2800户。"
    )

    assert ("sum", "exact", ("1260万元", "2870万元", "550万元", "4680万元")) in told(text)
    assert doubts(text) == [("sum", "contradiction", ("6800户", "1.84万户", "2800户", "2.6万户"))]


def test_a_list_of_all_the_counties_named_before_is_complete():
    text = (
        "集团对口帮扶青川县、木里县、昭平县等3个县。"
        "全年投入帮扶资金900万元，其中青川县400万元，木里县300万元，昭平县100万元。"
    )

    assert doubts(text) == [("sum", "contradiction", ("400万元", "300万元", "100万元", "900万元"))]


def test_a_bare_total_closes_the_list_before_it():
    text = "培训基层干部500名、技术人员800名、致富带头人200名，共计1500名。"

    assert told(text) == [("sum", "exact", ("500名", "800名", "200名", "1500名"))]


def test_a_bare_total_that_misses_its_list_is_contradicted():
    text = "培训基层干部500名、技术人员800名、致富带头人200名，共计1600名。"

    assert doubts(text) == [("sum", "contradiction", ("500名", "800名", "200名", "1600名"))]


@pytest.mark.parametrize(
    "text",
    [
        "派出干部3名，培训基层干部5名，共培训技术人员9名。",
        "2020年，公司采购农产品150万元，帮助销售农产品320万元，累计800万元。",
        "选派挂职干部12名，其中3名获评优秀；选派驻村第一书记5名、支教教师20名。",
        "2017年投入300万元，2018年、2019年分别投入400万元、500万元。",
    ],
)
def test_figures_beside_each_other_are_not_a_list_for_that(text):
    assert doubts(text) == []


def test_a_total_divided_between_places_is_divided_completely():
    text = "共投入帮扶资金900万元，向青川县、木里县分别安排500万元、300万元。"

    assert doubts(text) == [("sum", "contradiction", ("500万元", "300万元", "900万元"))]


def test_trailing_zeros_left_out_do_not_hide_a_difference():
    text = "共投入帮扶资金2262.9万元，其中青川县252.4万元，木里县1260万元，昭平县751万元。"

    assert doubts(text) == [("sum", "contradiction", ("252.4万元", "1260万元", "751万元", "2262.9万元"))]


def test_a_difference_of_the_last_digit_between_rounded_parts_is_rounding():
    text = "共投入帮扶资金1.27亿元，其中青川县0.42亿元，木里县0.42亿元，昭平县0.42亿元。"

    assert told(text)[-1][:2] == ("sum", "rounding")


def test_places_planned_in_the_words_of_their_total_make_it_up():
    text = (
        "帮扶资金计划投入4700万元，实际完成4826.6万元。计划向青川县投入1771万元，实际完成1806.6万元。"
        "木里县计划投入1550万元，实际完成1615万元；昭平县计划投入1390万元，实际完成1405万元。"
    )

    assert ("sum", "exact", ("1806.6万元", "1615万元", "1405万元", "4826.6万元")) in told(text)
    assert doubts(text) == [("sum", "contradiction", ("1771万元", "1550万元", "1390万元", "4700万元"))]


def test_places_told_after_a_figure_in_other_words_do_not_contradict_it():
    text = "帮扶工作惠及群众4700人。青川县招聘1771人，木里县培训1550人，昭平县资助1390人。"

    assert doubts(text) == []


def test_two_kinds_told_in_one_phrase_are_the_sum_of_both():
    text = "2021年投入和引进帮扶资金20.63亿元。各单位投入帮扶资金15.36亿元，引进帮扶资金5.27亿元。"

    assert ("sum", "exact", ("15.36亿元", "5.27亿元", "20.63亿元")) in told(text)


def test_two_kinds_that_miss_their_common_figure_contradict_it():
    text = "2021年培训基层干部和技术人员2860名。2021年培训基层干部1240名、技术人员1720名。"

    assert doubts(text) == [("sum", "contradiction", ("1240名", "1720名", "2860名"))]


def test_one_course_of_many_says_nothing_of_their_total():
    text = "2021年培训基层干部和技术人员2860名。2021年培训基层干部40名、技术人员72名。"

    assert doubts(text) == []


def test_a_total_that_adds_up_in_one_reading_is_not_doubted_in_another():
    text = "全年投入3860万元，比上年的3100万元增长24.5%。其中，青川县1580万元，木里县1320万元，昭平县960万元。"

    assert ("sum", "exact", ("1580万元", "1320万元", "960万元", "3860万元")) in told(text)
    assert doubts(text) == []


def test_a_colon_may_open_the_parts():
    assert told("培训学员450人：党员150人，群众300人。") == [("sum", "exact", ("150人", "300人", "450人"))]


def test_what_follows_a_colon_need_not_be_the_parts():
    assert doubts("培训学员450人：党员350人，群众300人。") == []


def test_the_first_sum_of_each_item_may_make_up_the_total():
    text = (
        "全年共投入帮扶资金2000万元。一是抓产业，投入1200万元，其中茶园300万元，带动120户。"
        "二是抓教育，投入800万元，资助学生200名。"
    )

    assert ("sum", "exact", ("1200万元", "800万元", "2000万元")) in told(text)


TABLE = (
    "2010年以来，凤山县累计接受援建项目{total}个，援建资金超过2亿元，援建干部35名。\n"
    "2010年至2018年，甲省援建项目{first}个、援建资金2.18亿元、援建干部20名；"
    "乙省援建项目20个、援建资金0.7亿元、援建干部10名；丙集团援建项目12个、援建资金0.35亿元、援建干部5名。"
)


def test_pieces_that_tell_the_same_units_make_up_the_totals_of_an_earlier_paragraph():
    text = TABLE.format(total=63, first=31)

    assert ("sum", "exact", ("31个", "20个", "12个", "63个")) in told(text)
    assert ("sum", "holds", ("2.18亿元", "0.7亿元", "0.35亿元", "2亿元")) in told(text)
    assert ("sum", "exact", ("20名", "10名", "5名", "35名")) in told(text)
    assert doubts(text) == []


def test_a_column_that_is_off_is_doubted_where_another_one_adds_up():
    text = TABLE.format(total=68, first=31)

    assert doubts(text) == [("sum", "contradiction", ("31个", "20个", "12个", "68个"))]


def test_pieces_of_which_no_column_adds_up_are_other_things():
    text = TABLE.format(total=68, first=31).replace("干部35名", "干部39名")

    assert doubts(text) == []


def test_households_that_add_up_doubt_the_persons_beside_them():
    text = "该村建档立卡户81户177人，一般贫困户43户125人，低保贫困户38户60人。"

    assert doubts(text) == [("sum", "possible", ("125人", "60人", "177人"))]


def test_a_bracket_right_behind_a_task_lists_its_parts():
    text = "2023年，上级下达建设任务13个项目（含市级项目8个、区级项目3个、结对项目2个）。"

    assert ("sum", "exact", ("8个", "3个", "2个", "13个")) in told(text)


def test_things_counted_by_another_measure_word_are_no_parts():
    assert doubts("目前，双方签订协议31份。其中，阵地建设类762项；能力提升类622项。") == []


def test_differences_of_trillions_are_shown_as_such():
    (relation,) = relations_in("2017年，涉农贷款余额30.95万亿元，其中农户贷款余额38.11万亿元。")

    assert "7.16万亿元" in relation.message
