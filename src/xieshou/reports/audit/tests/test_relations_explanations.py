"""What may explain a difference, each with its arithmetic."""

from xieshou.reports.audit.tests.related import explanations_of, relations_in


def test_a_digit():
    found = explanations_of("共投入帮扶资金1234.5万元，其中直接投入1000万元，引进334.5万元。")

    assert "334.5万元处如为234.5万元则相符，只差一个数字。" in found


def test_two_digits_that_changed_places():
    found = explanations_of("2019年完成消费帮扶560万元，完成年度计划500万元的121%。")

    assert "121%处如为112%则相符，两个数字前后颠倒。" in found


def test_a_decimal_point():
    found = explanations_of("共投入帮扶资金1234.5万元，其中直接投入1000万元，引进2345万元。")

    assert any("234.5万元" in one and "小数点" in one for one in found)


def test_a_unit():
    found = explanations_of("共投入帮扶资金1.2亿元，其中直接投入7000万元，引进5000亿元。")

    assert any("单位" in one for one in found)


def test_a_part_not_told_and_its_amount():
    found = explanations_of("培训基层干部500名、技术人员800名、致富带头人200名，共计1600名。")

    assert "有一部分未列明，数额为100名。" in found


def test_a_part_that_is_the_whole_difference():
    found = explanations_of("共投入资金900万元，其中产业500万元，教育400万元，慰问30万元。")

    assert any("30万元恰为差额" in one for one in found)


def test_groups_that_overlap():
    found = explanations_of("培训学员100人，其中男性60人、女性50人。")

    assert "各部分有交叉，重复计算10人。" in found


def test_a_round_sum_as_approved():
    found = explanations_of("帮扶资金4700万元，其中甲县1771.5万元，乙县1550万元，丙县1390万元。")

    assert any("批复" in one for one in found)


def test_a_total_cut_off_instead_of_rounded():
    found = explanations_of("2019年完成消费帮扶529.5万元，完成年度计划500万元的105%。")

    assert any("截去尾数" in one for one in found)


def test_another_year_as_the_base():
    found = explanations_of("2019年选派教师46名。2020年选派教师51名，优秀率占总数的91.3%。")

    assert any("42 ÷ 46" in one for one in found)


def test_no_digit_is_offered_where_one_would_always_fit():
    found = explanations_of("培训学员50人，其中男性30人、女性25人。")

    assert not any("数字" in one for one in found)


def test_no_message_says_which_figure_is_wrong():
    (relation,) = relations_in("共投入帮扶资金1234.5万元，其中直接投入1000万元，引进334.5万元。")

    assert relation.message == "1000万元 + 334.5万元 = 1334.5万元，文中为1234.5万元，相差100万元。"
    assert relation.expression == "#2 + #3"
    assert (relation.computed, relation.stated) == (13_345_000, 12_345_000)
