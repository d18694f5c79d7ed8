"""Values that stand behind labels above or below a table, and titles that say the unit or the day."""

import pytest

from xieshou.intake.rules import with_days_written_out

FORM = """
[[columns]]
key = "village"
name = "贫困村"
above = ["贫困村", "村名称"]
required = true
filled = true
[[columns]]
key = "unit"
name = "帮扶单位"
above = ["帮扶单位", "填报单位"]
[[columns]]
key = "filled_by"
name = "填表人"
above = ["填表人"]
[[columns]]
key = "item"
name = "项目"
required = true
filled = true
[[columns]]
key = "amount_fen"
name = "金额"
type = "money"
required = true
"""
TABLE = [["项目", "金额"], ["修路", 1000]]


@pytest.fixture
def form(form_of):
    return form_of(FORM)


@pytest.fixture
def labels(write, form, read_as):
    """Column key → what was read behind its label."""

    def read(*rows):
        found = read_as(write([list(row) for row in rows]), form)
        return {key: match.text for key, match in found.matches.items() if match.row}

    return read


@pytest.mark.parametrize(
    "above",
    [
        ["贫困村：三村村", "帮扶单位：市民政局"],
        ["贫困村（盖章）  三村村", "帮扶单位（盖章）市民政局"],
        ["贫困村（盖章）", "三村村", "帮扶单位（盖章）", "市民政局"],
        ["贫困村（盖章）三村村          帮扶单位（盖章）：市民政局"],
        ["贫 困 村:\u3000三村村 帮扶单位：市民政局"],
        ["贫困村\u200b（盖章）：\u00a0三村村", "", "帮扶单位：", "市民政局"],
    ],
)
def test_a_value_is_found_behind_its_label_or_in_the_next_cell(labels, above):
    assert labels(above, *TABLE) == {"village": "三村村", "unit": "市民政局"}


def test_a_signature_below_the_table_is_found_too(labels):
    found = labels(["村名称：三村村"], *TABLE, [], ["填表人：张某          填报日期：2012年1月5日"])

    assert found == {"village": "三村村", "filled_by": "张某"}


@pytest.mark.parametrize("above", ["贫困村（盖章）        ", "贫困村：    年    月    日", "贫困村帮扶情况统计表"])
def test_a_label_with_nothing_behind_it_states_nothing(labels, above):
    assert labels([above], *TABLE) == {}


def test_a_label_is_not_filled_from_the_next_label(labels):
    assert labels(["贫困村（盖章）", "", "帮扶单位（盖章）", "市民政局"], *TABLE) == {"unit": "市民政局"}


def test_a_column_of_the_table_wins_over_a_label(write, form, read_as):
    rows = [["贫困村：三村村"], ["贫困村", "项目", "金额"], ["东联村", "修路", 1]]

    assert read_as(write(rows), form).matches["village"].row == 0


@pytest.mark.usefixtures("places_cast")
def test_the_value_holds_for_every_row(write, form, opened_as, accepted_as, books):
    batch = opened_as(write([["贫困村：三村村"], *TABLE, ["修桥", 2000]]), form)

    accepted_as(batch, form)

    assert books.column("village") == ["三村村", "三村村"]


@pytest.mark.usefixtures("places_cast")
def test_a_value_above_the_table_is_traced_to_its_own_cell(write, form, opened_as):
    from xieshou.intake.cells import original_cell

    batch = opened_as(write([["2019年统计表"], ["贫困村：", "三村村"], *TABLE]), form)

    assert (original_cell(batch, 4, "village").cell, original_cell(batch, 4, "village").shown) == ("B2", "三村村")


@pytest.mark.parametrize(
    ("line", "yuan"),
    [
        ("单位：万元", 10_000),
        ("（单位:人民币万元）", 10_000),
        ("金额单位：千元", 1_000),
        ("资金统计表（万元）", 10_000),
    ],
)
def test_the_unit_may_stand_above_the_table(write, form, read_as, line, yuan):
    from xieshou.intake.rules import MONEY_UNITS

    found = read_as(write([["贫困村：三村村", line], *TABLE]), form)

    assert MONEY_UNITS[found.matches["amount_fen"].unit] == yuan


def test_a_day_stored_as_a_number_behind_its_label_is_written_out():
    assert with_days_written_out(["截止日期：", "41182", "填报日期：", "41190"])[1::2] == ["2012年9月30日", "41190"]


@pytest.mark.usefixtures("places_cast")
def test_such_a_day_is_the_period_of_the_table(write, form, opened_as):
    batch = opened_as(write([["贫困村：三村村"], ["截止日期：", 41182], *TABLE]), form, period=None)

    assert batch.period_to.isoformat() == "2012-09-30"


@pytest.mark.usefixtures("places_cast")
@pytest.mark.parametrize(
    "line",
    [
        ["截止日期：", 41182],
        ["截止日期：41182"],
        ["截止日期：", "2012年9月30日"],
        ["填报单位：某局", "截止日期：41182"],
    ],
)
def test_a_line_of_labels_right_above_the_header_is_no_part_of_it(write, form, opened_as, line):
    batch = opened_as(write([["贫困村：三村村"], line, *TABLE]), form, period=None)

    assert batch.period_to.isoformat() == "2012-09-30"
    assert batch.mapping["amount_fen"]["header"] == TABLE[0][1]
