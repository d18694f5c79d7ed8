"""The real report of 从化: 125 rows of village and assisting unit become figures with proof.

Every number here stands in the issue that asked for it or in the workbook itself.
"""

from datetime import date

import pytest

from tests.stories.conftest import CONGHUA_REPORT
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.intake import services as intake
from xieshou.ledger import services as ledger
from xieshou.parties.models import JointMember, Party
from xieshou.programme.models import FundStatementLine
from xieshou.programme.rules import MONEY_COLUMNS, cut_differences

YUAN = 100


def line_of(village: str) -> FundStatementLine:
    return FundStatementLine.objects.get(place_as_written__endswith=village)


def flagged(report, code):
    """The rows that a report warns about, by code of the warning."""
    return {finding.row for finding in report.warnings if finding.code == code}


@pytest.fixture
def report(desk, conghua):
    return intake.report(by=desk.actor, batch=conghua, bindings=BINDINGS)


def test_all_125_rows_are_taken_in(conghua):
    assert (conghua.form_key, conghua.rows, conghua.accepted, conghua.rejected, conghua.duplicates) == (
        "fund_report", 125, 125, 0, 0,
    )  # fmt: skip


def test_planned_and_invested_money_are_those_of_the_report(desk, conghua):
    assert desk.value("fund.planned") == 453_309_143_65
    assert desk.value("fund.raised") == 14_982_888_10
    assert desk.value("fund.used") == 14_982_888_10


def test_money_used_is_told_by_use(desk, conghua):
    assert desk.values_by("category", "fund.used") == {"to_household": 2_338_130_10, "to_village": 12_644_758_00}


def test_money_raised_is_told_by_source(desk, conghua):
    assert desk.values_by("source", "fund.raised") == {
        "government": 3_111_977_00,
        "credit": 0,
        "own": 8_823_311_10,
        "donated": 697_500_00,
        "attracted": 2_350_100_00,
    }


def test_raised_and_used_are_two_cuts_whose_cross_is_not_stated(desk, conghua):
    assert set(desk.values_by("source", "fund.used")) == {""}
    assert set(desk.values_by("category", "fund.raised")) == {""}


def test_each_cut_equals_the_invested_sum_in_every_row(conghua):
    rows = FundStatementLine.objects.values(*MONEY_COLUMNS)

    assert [row for row in rows if cut_differences(row)] == []


def test_the_stated_total_row_is_left_out_and_agrees_with_its_rows(report):
    assert {total.column: (total.stated, total.computed) for total in report.totals} == {
        "planned_fen": (453_309_143_65, 453_309_143_65),
        "invested_fen": (14_982_888_10, 14_982_888_10),
        "to_households_fen": (2_338_130_10, 2_338_130_10),
        "to_villages_fen": (12_644_758_00, 12_644_758_00),
        "government_fen": (3_111_977_00, 3_111_977_00),
        "credit_fen": (0, 0),
        "own_fen": (8_823_311_10, 8_823_311_10),
        "donated_fen": (697_500_00, 697_500_00),
        "attracted_fen": (2_350_100_00, 2_350_100_00),
    }


def test_of_124_distinct_texts_of_assisting_units_15_name_several(conghua):
    texts = FundStatementLine.objects.values_list("party_as_written", flat=True).distinct()
    joint = FundStatementLine.objects.filter(party__kind="joint").values("party_as_written").distinct()

    assert (texts.count(), joint.count()) == (124, 15)


def test_four_texts_hold_a_he_inside_one_name_and_name_one_unit(conghua):
    lines = FundStatementLine.objects.filter(party_as_written__contains="和").exclude(party__kind="joint")

    assert set(lines.values_list("party_as_written", flat=True)) == {
        "广州市萝岗区人民政府联和街道办事处",
        "广州市人力资源和社会保障局",
        "萝岗区永和街",
        "萝岗区永和街道办事处",
    }


def test_the_money_of_a_joint_row_is_not_divided_by_guess(desk, conghua):
    joint = line_of("吕中村").party
    members = Party.objects.filter(joint_memberships__joint=joint).order_by("pk")

    assert [member.name for member in members] == ["荔湾区金花街", "荔湾区海龙街"]
    assert set(JointMember.objects.filter(joint=joint).values_list("share_bp", flat=True)) == {None}
    assert desk.value("fund.used", party=str(joint.pk)) == 1_759_000_00
    assert desk.value("fund.used", party=str(members[0].pk)) in (None, 0)
    assert desk.answers("fund.used", party=str(members[0].pk))[0].unallocated > 0


def test_villages_that_invested_more_than_planned_are_flagged(report):
    rows = {line_of("桂峰村").row, line_of("官庄村").row}

    assert flagged(report, "check_at_most") == rows


def test_money_invested_without_a_stated_plan_is_flagged_for_a_blank_is_not_nought(report):
    without_plan = {line_of("份田村").row, line_of("下溪村").row}

    assert flagged(report, "check_needs") == without_plan
    assert {line_of("份田村").planned_fen, line_of("下溪村").planned_fen} == {None}


def test_a_plan_of_300_million_beside_a_median_of_720_thousand_is_flagged(report):
    above = [f for f in report.warnings if (f.code, f.column) == ("far_above", "planned_fen")]

    assert [finding.row for finding in above] == [line_of("小杉村").row]
    assert "300,500,000" in above[0].message
    assert "720,000" in above[0].message


def test_six_plans_between_50_and_683_yuan_are_flagged(report):
    tiny = FundStatementLine.objects.filter(planned_fen__gte=50 * YUAN, planned_fen__lte=683 * YUAN)
    below = {f.row for f in report.warnings if (f.code, f.column) == ("far_below", "planned_fen")}

    assert tiny.count() == 6
    assert set(tiny.values_list("row", flat=True)) == below


def test_what_is_flagged_is_never_corrected(desk, conghua):
    village = line_of("小杉村")

    assert village.planned_fen == 300_500_000_00
    assert desk.value("fund.planned", place=village.place_code) == 300_500_000_00


def test_a_stated_nought_is_a_figure_of_nought_and_a_blank_is_none(desk, conghua):
    assert desk.value("fund.used", place=line_of("三村村").place_code) == 0
    assert desk.value("fund.used", place=line_of("新联村").place_code) is None


def test_the_giver_is_the_unit_only_for_its_own_money(desk, conghua):
    unit = line_of("塘基村").party

    assert desk.value("fund.raised", party=str(unit.pk)) == 500_000_00
    assert desk.value("fund.raised", party=str(unit.pk), **{"as": "giver"}) in (None, 0)


def test_the_same_file_twice_posts_nothing_again(desk, conghua):
    again = desk.draft(CONGHUA_REPORT, as_of=date(2011, 12, 31))

    assert (again.accepted, again.rejected, again.duplicates) == (0, 0, 125)
    assert desk.value("fund.planned") == 453_309_143_65


def test_every_record_agrees_with_its_entries_and_the_ledger_verifies(desk, conghua):
    ledger.seal(by=desk.actor)

    assert ledger.reconcile(SOURCES) == []
    assert ledger.verify().is_sound


def test_a_withdrawn_batch_leaves_every_figure_as_before(desk, conghua):
    desk.withdraw(conghua)

    assert [desk.value(key) for key in ("fund.planned", "fund.raised", "fund.used")] == [None, None, None]
    assert desk.values_by("source", "fund.raised") == {}
    assert ledger.verify().is_sound
    assert ledger.reconcile(SOURCES) == []


def test_a_withdrawn_batch_can_be_handed_in_again(desk, conghua):
    desk.withdraw(conghua)

    again = desk.take_in(CONGHUA_REPORT, as_of=date(2011, 12, 31))

    assert again.accepted == 125
    assert desk.value("fund.used") == 14_982_888_10


def test_the_commands_say_the_same_as_json(command):
    _, imported = command("import", str(CONGHUA_REPORT), "--as-of", "2011-12-31")
    _, figures = command("figures", "fund.raised", "--place", "从化", "--by", "source")

    assert {key: imported[key] for key in ("form", "rows", "accepted", "rejected", "duplicates", "header_row")} == {
        "form": "fund_report", "rows": 125, "accepted": 125, "rejected": 0, "duplicates": 0, "header_row": 1,
    }  # fmt: skip
    assert {row["by"]["source"]["code"]: row["base_value"] for row in figures}["own"] == 8_823_311_10
    assert {row["unit"] for row in figures} == {"CNY"}


def test_a_value_is_traced_to_the_cells_it_came_from(command, conghua):
    _, traced = command("trace", "fund.raised", "--place", line_of("塘基村").place_code, "--source", "government")

    (line,) = traced["lines"]
    assert line["quantity"] == 500_000_00
    assert {key: line["original"][key] for key in ("file", "sheet", "cell")} == {
        "file": CONGHUA_REPORT.name, "sheet": "fp_diqu", "cell": "M10",
    }  # fmt: skip
