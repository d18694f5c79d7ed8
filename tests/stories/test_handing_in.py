"""Handing in: a later cumulative table and what it changes, who has reported, what was reported twice."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.stories.conftest import CONGHUA_REPORT
from tests.stories.workbooks import fund_report, row
from xieshou.catalogue.expectations import expected_under
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, name_head
from xieshou.intake import comparisons, duties, reported
from xieshou.intake import services as intake
from xieshou.intake.deadlines import ReportPeriod
from xieshou.intake.errors import BatchNotReady, ReasonNeeded
from xieshou.intake.models import Batch, ReportingDuty
from xieshou.ledger import services as ledger
from xieshou.ledger.selectors import entries_for
from xieshou.parties.services import create_party
from xieshou.programme.figures import RAISED
from xieshou.web import doubles

PAIRING_LIST = Path(reported.__file__).parent / "tests/data/survey-village-2012-with-pairing-list.xls"
YEAR_END, SPRING, SUMMER = date(2011, 12, 31), date(2012, 3, 31), date(2012, 6, 30)
USED_FOR_VILLAGE, OWN = 11, 14  # columns of the fund report, from 0


@pytest.fixture
def later_report(tmp_path):
    """The real report of 从化, with so many yuan more in its first rows, without some of its last rows."""

    def write(changes, *, left_out=0):
        rows = CalamineWorkbook.from_path(CONGHUA_REPORT).get_sheet_by_index(0).to_python()
        path = tmp_path / f"later-{len(changes)}-{left_out}.xlsx"
        data = rows[1:-1][: len(rows) - 2 - left_out]
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("季报三")
            for number, cells in enumerate([rows[0], *data]):
                more = changes[number - 1] if 0 < number <= len(changes) else 0
                for index, cell in enumerate(cells):
                    # Invested = used for the village = own money: the row stays in balance.
                    added = more if index in (9, USED_FOR_VILLAGE, OWN) else 0
                    sheet.write(number, index, (cell or 0) + added if added else cell)
        return path

    return write


@pytest.fixture
def unit_report(tmp_path, desk):
    """A fund report of one row of 双头村, drafted by somebody."""

    def draft(unit, used, *, as_of=YEAR_END, by=None, village="双头村"):
        path = fund_report(
            tmp_path / f"{unit}-{used}-{as_of}-{village}.xlsx", [row("增城市", "派潭镇", village, unit, 50_000, used)]
        )
        return intake.open_batch(by=by or desk.actor, path=path, name=path.name, bindings=BINDINGS, as_of=as_of)

    return draft


def test_a_quarter_later_the_difference_names_the_ten_rows_that_changed(desk, conghua, later_report):
    draft = desk.draft(later_report([1_000] * 10), as_of=SPRING)

    found = comparisons.compare(draft)

    changed = [each.row for each in found.rows if each.kind == "changed"]
    assert changed == list(range(2, 12))
    assert (found.changed, found.unchanged, found.new, found.missing) == (10, 115, 0, 0)


def test_the_difference_says_by_how_much_each_column_grows(desk, conghua, later_report):
    draft = desk.draft(later_report([1_000] * 10), as_of=SPRING)

    sums = {column.column: column.difference for column in comparisons.compare(draft).columns}

    assert {key: by for key, by in sums.items() if by} == {
        "invested_fen": 1_000_000, "to_villages_fen": 1_000_000, "own_fen": 1_000_000,
    }  # fmt: skip


def test_accepted_the_figures_are_the_new_totals_and_at_the_earlier_head_the_old(desk, conghua, later_report):
    before = desk.value("fund.raised")
    name_head(by=desk.actor, name="2011年报送稿")

    desk.take_in(later_report([1_000] * 10), as_of=SPRING)

    (then,) = evaluate(actor=desk.actor, figure=RAISED, scope=Scope(), head="2011年报送稿")
    assert desk.value("fund.raised") == before + 1_000_000
    assert then.base_value == before


def test_what_acceptance_changed_stays_to_be_seen(desk, conghua, later_report):
    accepted = desk.take_in(later_report([1_000] * 10), as_of=SPRING)

    kept = comparisons.comparison_of(accepted, desk.actor)

    assert (kept.changed, kept.unchanged) == (10, 115)


def test_a_cumulative_amount_that_falls_is_not_accepted_before_somebody_says_why(desk, conghua, later_report):
    draft = desk.draft(later_report([0, 0, 0, -100]), as_of=SPRING)

    with pytest.raises(ReasonNeeded):
        desk.accept(draft)


def test_the_reason_of_a_fall_stands_on_the_reversals(desk, conghua, later_report):
    draft = desk.draft(later_report([0, 0, 0, -100]), as_of=SPRING)
    draft = intake.explain(by=desk.actor, batch=draft, reason="施工方退回多付的款")

    desk.accept(draft)

    reasons = {entry.reason for entry in entries_for(desk.actor).filter(reverses__isnull=False)}
    assert reasons == {f"由批次 {draft.pk} 的数据代替：施工方退回多付的款"}


def test_rows_that_no_longer_appear_are_named_and_stay_in_the_books(desk, conghua, later_report):
    before = desk.value("fund.raised")
    draft = desk.draft(later_report([], left_out=3), as_of=SPRING)

    missing = comparisons.compare(draft).missing
    desk.accept(draft)

    assert missing == 3
    assert desk.value("fund.raised") == before


def test_rows_that_no_longer_appear_are_taken_out_when_that_is_chosen_and_come_back_with_a_withdrawal(
    desk, conghua, later_report
):
    before = desk.value("fund.planned")
    draft = desk.draft(later_report([], left_out=3), as_of=SPRING)
    gone = comparisons.chosen_gone(comparisons.compare(draft))
    draft = intake.explain(by=desk.actor, batch=draft, reason="这三村已并入他村", gone=gone)
    expected = next(each.gone for each in comparisons.compare(draft).columns if each.column == "planned_fen")

    accepted = desk.accept(draft)
    after = desk.value("fund.planned")
    desk.withdraw(accepted)

    assert after == before + expected
    assert expected < 0
    assert desk.value("fund.planned") == before
    assert ledger.reconcile(SOURCES) == []


def test_a_table_of_other_rows_only_adds(desk, conghua, unit_report):
    found = comparisons.compare(unit_report("市水务局", 1_000))

    assert (found.new, found.meets_the_books) == (1, False)


def test_a_changed_row_of_the_same_day_waits_for_a_decision(desk, unit_report):
    desk.accept(unit_report("市水务局", 1_000))

    found = comparisons.compare(unit_report("市水务局", 1_800))

    assert (found.changed, found.waiting) == (1, 1)


def test_a_clerk_hands_in_and_the_office_accepts(desk, clerk, helping_unit, unit_report):
    draft = unit_report("广州市民政局", 1_000, by=clerk)

    intake.submit_batch(by=clerk, batch=draft)
    accepted = desk.accept(draft)

    assert accepted.state == Batch.State.ACCEPTED
    assert list(accepted.comments.values_list("move", flat=True)) == ["submitted", "accepted"]


def test_a_draft_that_its_unit_has_not_handed_in_is_not_accepted(desk, clerk, unit_report):
    draft = unit_report("广州市民政局", 1_000, by=clerk)

    with pytest.raises(BatchNotReady, match="还没有提交"):
        desk.accept(draft)


@pytest.fixture
def pairing_list(desk):
    """The real list of 206 pairs; each doubtful village is taken for its first candidate."""
    draft = desk.draft(PAIRING_LIST, form_key="pairing_list", basis="period", period="2011")
    texts = intake.preview(by=desk.actor, batch=draft, bindings=BINDINGS).open_texts
    chosen = {text.text: text.candidates[0][0] for text in texts if text.kind == "place"}
    return desk.accept(intake.decide(by=desk.actor, batch=draft, bindings=BINDINGS, places=chosen))


@pytest.fixture
def quarterly(desk):
    return duties.set_duty(
        by=desk.actor,
        name="帮扶资金季报",
        form_key="fund_report",
        rule="quarterly",
        due_days=10,
        starts_on=date(2011, 10, 1),
        expects=ReportingDuty.Expects.PAIRINGS,
        place_code="440117000000",
    )


LAST_QUARTER = ReportPeriod(date(2011, 10, 1), date(2011, 12, 31))


def test_the_125_pairs_of_conghua_stand_beside_the_rows_of_its_report(desk, pairing_list, quarterly, conghua):
    expected = expected_under(desk.actor, quarterly, YEAR_END)

    standing = duties.standing(quarterly, LAST_QUARTER, expected, today=date(2012, 2, 1))

    counts = standing.counts
    assert (counts["expected"], counts["missing"], counts["overdue"]) == (125, 0, 0)
    assert counts["reported"] + counts["other"] == 125
    assert counts["reported"] > counts["other"]


def test_before_anything_came_all_125_are_missing_and_overdue_the_day_after_the_deadline(desk, pairing_list, quarterly):
    expected = expected_under(desk.actor, quarterly, YEAR_END)

    in_time = duties.standing(quarterly, LAST_QUARTER, expected, today=date(2012, 1, 10)).counts
    too_late = duties.standing(quarterly, LAST_QUARTER, expected, today=date(2012, 1, 11)).counts

    assert (in_time["missing"], in_time["overdue"]) == (125, 0)
    assert (too_late["missing"], too_late["overdue"]) == (125, 125)


def test_two_units_that_report_one_gift_are_proposed_side_by_side(desk, operator, helping_unit, unit_report):
    create_party(by=operator, name="广州市民政局机关服务中心", parent=helping_unit)
    desk.accept(unit_report("广州市民政局", 1_000))
    desk.accept(unit_report("广州市民政局机关服务中心", 1_000))

    (proposal,) = doubles.in_the_books(desk.actor)

    assert proposal.relation == "above"
    assert "上下级单位" in proposal.reasons


def test_the_command_line_lists_the_duties_and_writes_the_reminder(pairing_list, quarterly, command):
    code, listed = command("duties")
    _code, reminder = command("duties", str(quarterly.pk), "--period", "2011-12-31", "--remind")

    assert (code, [one["name"] for one in listed]) == (0, ["帮扶资金季报"])
    assert reminder["text"].count("\n") > 50


def test_the_command_line_says_what_a_later_table_changes(desk, conghua, later_report, command):
    path = later_report([1_000] * 10)

    _code, report = command("import", str(path), "--as-of", "2012-03-31")

    assert (report["comparison"]["changed"], report["comparison"]["unchanged"]) == (10, 115)


def test_the_command_line_takes_a_fall_only_with_its_reason(desk, conghua, later_report, command):
    path = later_report([0, 0, 0, -100])

    refused, answer = command("import", str(path), "--as-of", "2012-03-31")
    taken, _report = command("import", str(path), "--as-of", "2012-03-31", "--reason", "施工方退回多付的款")

    assert (refused, answer["error"]["code"], taken) == (2, "reason_needed", 0)


def test_a_joint_unit_written_another_way_is_the_same_row(desk, unit_report):
    desk.accept(unit_report("荔湾区金花街、海龙街", 1_000))

    found = comparisons.compare(unit_report("荔湾区金花街、荔湾区海龙街", 2_000, as_of=SPRING))

    assert (found.changed, found.new) == (1, 0)


def test_a_draft_checked_before_another_went_in_is_checked_again_when_it_is_opened(desk, unit_report):
    early = unit_report("市水务局", 1_800)
    desk.accept(unit_report("市水务局", 1_000))

    again = intake.refresh(by=desk.actor, batch=early, bindings=BINDINGS)

    assert (again.accepted, again.duplicates) == (0, 1)
    assert comparisons.compare(again).waiting == 1


def test_a_batch_that_was_handed_in_stays_so_when_it_is_checked_again(desk, clerk, unit_report):
    handed_in = intake.submit_batch(by=clerk, batch=unit_report("广州市民政局", 1_800, by=clerk))
    desk.accept(unit_report("广州市民政局", 1_000))

    again = intake.refresh(by=desk.actor, batch=handed_in, bindings=BINDINGS)

    assert (again.state, again.duplicates) == (Batch.State.SUBMITTED, 1)


def test_a_clerk_is_told_of_missing_rows_of_its_own_unit_alone(desk, clerk, tmp_path, unit_report):
    rows = [
        row("增城市", "派潭镇", "双头村", "广州市民政局", 50_000, 1_000),
        row("增城市", "派潭镇", "高滩村", "广州市民政局", 50_000, 1_000),
        row("增城市", "派潭镇", "汉湖村", "别的单位", 50_000, 1_000),
    ]
    desk.take_in(fund_report(tmp_path / "everybody.xlsx", rows), as_of=YEAR_END)
    later = [row("增城市", "派潭镇", village, "广州市民政局", 50_000, 2_000) for village in ("双头村", "东洞村")]
    path = fund_report(tmp_path / "ours.xlsx", later)
    draft = intake.open_batch(by=clerk, path=path, name=path.name, bindings=BINDINGS, as_of=SPRING)

    found = comparisons.comparison_of(draft, clerk)

    assert [each.words for each in found.rows if each.kind == "missing"] == ["增城市派潭镇高滩村 · 广州市民政局"]
