"""Pages around a batch: bulk steps, comments, scans, the comparison; who has reported; what was reported twice."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from tests.stories.workbooks import fund_report, row
from xieshou.catalogue.forms import BINDINGS
from xieshou.intake import duties, entered
from xieshou.intake import services as intake
from xieshou.intake.models import Batch, DoubleDecision, ReportingDuty
from xieshou.ledger.selectors import entries_for
from xieshou.parties.services import create_party

pytestmark = pytest.mark.django_db

YEAR_END = date(2011, 12, 31)
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def report(tmp_path, places, xieshou_home):
    """A fund report of one row, drafted by somebody."""

    def draft(by, *, unit="广州市民政局", village="双头村", used=1_000, as_of=YEAR_END):
        rows = [row("增城市", "派潭镇", village, unit, 50_000, used)]
        path = fund_report(tmp_path / f"{unit}-{village}-{used}-{as_of}.xlsx", rows)
        return intake.open_batch(by=by, path=path, name=path.name, bindings=BINDINGS, as_of=as_of)

    return draft


@pytest.fixture
def submitted(report, clerk):
    return intake.submit_batch(by=clerk, batch=report(clerk))


def state_of(batch):
    return Batch.objects.get(pk=batch.pk).state


def test_several_ready_batches_are_accepted_with_one_click(office, office_client, clerk, submitted, report, worker):
    second = intake.submit_batch(by=clerk, batch=report(clerk, village="高滩村"))

    office_client.post("/imports/steps/", {"selected": [submitted.pk, second.pk], "step": "accept"})
    worker()

    assert (state_of(submitted), state_of(second)) == (Batch.State.ACCEPTED, Batch.State.ACCEPTED)
    assert entries_for(office).exists()


def test_of_several_those_that_are_not_ready_say_why_and_stay(office_client, clerk, submitted, report, worker):
    draft = report(clerk, village="高滩村")

    answer = office_client.post(
        "/imports/steps/", {"selected": [submitted.pk, draft.pk], "step": "accept"}, follow=True
    )
    worker()

    assert "还没有提交" in answer.content.decode()
    assert (state_of(submitted), state_of(draft)) == (Batch.State.ACCEPTED, Batch.State.DRAFT)


def test_several_are_sent_back_with_one_comment(office_client, submitted):
    office_client.post("/imports/steps/", {"selected": [submitted.pk], "step": "return", "comment": "请补盖章页"})

    page = office_client.get(f"/imports/{submitted.pk}/", follow=True).content.decode()
    assert state_of(submitted) == Batch.State.RETURNED
    assert "请补盖章页" in page


def test_a_clerk_takes_no_bulk_step(clerk_client, submitted):
    answer = clerk_client.post("/imports/steps/", {"selected": [submitted.pk], "step": "accept"})

    assert answer.status_code == 403


def test_a_batch_outside_the_actors_sight_is_passed_over(office_client, operator, submitted, django_user_model):
    answer = office_client.post("/imports/steps/", {"selected": ["999", "x"], "step": "accept"}, follow=True)

    assert "没有选中批次" in answer.content.decode()


def test_the_chosen_batches_are_exported_from_the_same_list(office_client, submitted):
    answer = office_client.post("/imports/steps/", {"selected": [submitted.pk], "export": "xlsx"}, follow=True)

    assert answer.content[:2] == b"PK"


def test_a_comment_stands_in_the_thread_with_its_row(clerk_client, office_client, submitted):
    clerk_client.post(f"/imports/{submitted.pk}/comments/", {"text": "这一行以此为准", "row": "2"})

    page = office_client.get(f"/imports/{submitted.pk}/rows/").content.decode()
    assert "这一行以此为准" in page
    assert "行 2" in page


def test_a_comment_is_shown_as_text_whatever_it_holds(office_client, submitted):
    office_client.post(f"/imports/{submitted.pk}/comments/", {"text": "<script>alert(1)</script>"})

    page = office_client.get(f"/imports/{submitted.pk}/rows/").content.decode()
    assert "<script>alert(1)</script>" not in page


def test_the_officer_of_the_county_reads_and_comments_but_gets_no_buttons(officer_client, submitted):
    page = officer_client.get(f"/imports/{submitted.pk}/rows/").content.decode()
    answer = officer_client.post(f"/imports/{submitted.pk}/discard/")

    assert "写批注" in page
    assert "不导了" not in page
    assert answer.status_code == 403


def test_a_scan_is_attached_shown_and_downloaded(clerk_client, office_client, submitted):
    clerk_client.post(
        f"/imports/{submitted.pk}/evidence/", {"evidence": SimpleUploadedFile("盖章页.pdf", PDF, "text/html")}
    )
    scan = submitted.evidence.get()

    shown = office_client.get(f"/imports/{submitted.pk}/evidence/{scan.pk}/")
    downloaded = office_client.get(f"/imports/{submitted.pk}/evidence/{scan.pk}/?download=1")

    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("application/pdf", PDF)
    assert b"".join(downloaded.streaming_content) == PDF
    assert downloaded["Content-Disposition"].startswith("attachment")
    assert "盖章页.pdf" in office_client.get(f"/imports/{submitted.pk}/rows/").content.decode()


def test_what_is_no_scan_is_refused_in_a_sentence(clerk_client, submitted):
    answer = clerk_client.post(
        f"/imports/{submitted.pk}/evidence/", {"evidence": SimpleUploadedFile("a.pdf", b"MZ")}, follow=True
    )

    assert "只收 PDF、JPG、PNG" in answer.content.decode()


def test_a_stranger_gets_no_scan(stranger_client, clerk_client, submitted):
    clerk_client.post(f"/imports/{submitted.pk}/evidence/", {"evidence": SimpleUploadedFile("a.pdf", PDF)})

    answer = stranger_client.get(f"/imports/{submitted.pk}/evidence/{submitted.evidence.get().pk}/")

    assert answer.status_code == 403


def test_a_scan_of_another_batch_is_not_found_under_this_one(office_client, clerk_client, clerk, submitted, report):
    other = report(clerk, village="高滩村")
    clerk_client.post(f"/imports/{submitted.pk}/evidence/", {"evidence": SimpleUploadedFile("a.pdf", PDF)})

    answer = office_client.get(f"/imports/{other.pk}/evidence/{submitted.evidence.get().pk}/")

    assert answer.status_code == 404


def test_the_printed_form_has_its_rows_and_the_lines_to_sign(office_client, submitted):
    page = office_client.get(f"/imports/{submitted.pk}/print/").content.decode()

    assert "双头村" in page
    assert all(words in page for words in ("填报单位（盖章）", "填报人", "审核人", "单位负责人", "日期"))


def test_a_fall_is_accepted_only_after_a_reason(office, office_client, report, worker):
    intake.accept_batch(by=office, batch=report(office), bindings=BINDINGS)
    later = report(office, used=900, as_of=date(2012, 3, 31))
    asked = office_client.get(f"/imports/{later.pk}/rows/").content.decode()
    office_client.post(f"/imports/{later.pk}/accept/")
    worker()
    refused = state_of(later)

    office_client.post(f"/imports/{later.pk}/reason/", {"reason": "退回多付的款"})
    office_client.post(f"/imports/{later.pk}/accept/")
    worker()

    assert "写明原因才能采纳" in asked
    assert (refused, state_of(later)) == (Batch.State.DRAFT, Batch.State.ACCEPTED)


def test_a_large_batch_is_withdrawn_in_the_background(office, office_client, report, worker, monkeypatch):
    accepted = intake.accept_batch(by=office, batch=report(office), bindings=BINDINGS)
    monkeypatch.setattr("xieshou.web.views.imports.WITHDRAWN_AT_ONCE", 0)
    office_client.post(f"/imports/{accepted.pk}/done/", {"reason": "报错了"})
    waiting = state_of(accepted)

    worker()

    assert (waiting, state_of(accepted)) == (Batch.State.ACCEPTED, Batch.State.WITHDRAWN)


@pytest.fixture
def duty(office, helping_unit):
    return duties.set_duty(
        by=office,
        name="资金季报",
        form_key="fund_report",
        rule="quarterly",
        due_days=10,
        starts_on=YEAR_END,
        ends_on=YEAR_END,
        expects=ReportingDuty.Expects.PARTY_TREE,
        party=helping_unit,
    )


@pytest.fixture
def below(operator, helping_unit):
    return [create_party(by=operator, name=name, parent=helping_unit) for name in ("甲处", "乙处")]


def test_a_duty_is_announced_on_a_page(office_client, helping_unit):
    answer = office_client.post(
        "/duties/new/",
        {
            "name": "资金季报",
            "form_key": "fund_report",
            "rule": "quarterly",
            "starts_on": "2011-12-31",
            "due_days": "10",
            "expects": "party_tree",
            "party": helping_unit.name,
        },
    )

    assert answer["Location"] == f"/duties/{ReportingDuty.objects.get().pk}/"


def test_a_duty_that_cannot_be_says_why_beside_the_field(office_client, db):
    answer = office_client.post(
        "/duties/new/",
        {
            "name": "资金季报",
            "form_key": "fund_report",
            "rule": "once",
            "starts_on": "2011-12-31",
            "due_days": "10",
            "expects": "pairings",
        },
    )

    assert "只报一次的任务要写明报告期的最后一天" in answer.content.decode()


def test_the_page_of_a_duty_says_who_owes_what_and_writes_the_reminder(office_client, duty, below, office, report):
    intake.accept_batch(by=office, batch=report(office, unit="甲处"), bindings=BINDINGS)

    page = office_client.get(f"/duties/{duty.pk}/").content.decode()
    owed = office_client.get(f"/duties/{duty.pk}/?stand=open").content.decode()

    assert "已逾期" in page
    assert "甲处" in page
    assert "甲处" not in owed
    assert "乙处" in owed


def test_who_has_reported_is_exported_as_it_is_filtered(office_client, duty, below):
    answer = office_client.get(f"/duties/{duty.pk}/?q=乙处&export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("乙处")


def test_the_list_of_duties_loads_its_counts_apart(office_client, duty, below):
    page = office_client.get("/duties/").content.decode()
    part = office_client.get(f"/duties/{duty.pk}/counts/", headers={"HX-Request": "true"}).content.decode()

    assert f"/duties/{duty.pk}/counts/" in page
    assert "0 / 2 已报" in part


def test_the_officer_of_a_county_sees_no_units_of_the_tree(officer_client, duty, below):
    page = officer_client.get(f"/duties/{duty.pk}/").content.decode()

    assert "甲处" not in page


def test_a_clerk_announces_and_ends_nothing(clerk_client, duty):
    assert clerk_client.get("/duties/new/").status_code == 403
    assert clerk_client.post(f"/duties/{duty.pk}/end/").status_code == 403


def test_an_ended_duty_asks_no_more(office_client, duty):
    office_client.post(f"/duties/{duty.pk}/end/")

    duty.refresh_from_db()
    assert duty.ended_at is not None


@pytest.fixture
def twice(office, operator, helping_unit, report):
    """One gift, told by a unit and by the one below it."""
    create_party(by=operator, name="广州市民政局机关服务中心", parent=helping_unit)
    for unit in ("广州市民政局", "广州市民政局机关服务中心"):
        intake.accept_batch(by=office, batch=report(office, unit=unit), bindings=BINDINGS)


@pytest.fixture
def decision(office_client, twice):
    """What the page posts about the one pair that it shows."""
    (pair,) = office_client.get("/doubles/").context["pairs"]
    return {
        "first": pair["first_name"],
        "second": pair["second_name"],
        "withdrawn": pair["sides"][1]["record"],
    }


def test_two_reports_of_one_gift_stand_side_by_side_with_the_reasons(office_client, twice):
    page = office_client.get("/doubles/").content.decode()

    assert "上下级单位" in page
    assert "广州市民政局机关服务中心" in page
    assert "1,000.00 元" in page


def test_of_one_gift_told_twice_one_row_is_reversed_with_the_reason(office, office_client, decision):
    office_client.post("/doubles/", decision | {"verdict": "same", "reason": "同一张收据"})

    reversals = entries_for(office).filter(reverses__isnull=False)
    assert {entry.reason for entry in reversals} == {"同一张收据"}
    assert "没有疑似重复的" in office_client.get("/doubles/").content.decode()


def test_that_both_count_is_not_asked_again_and_reverses_nothing(office, office_client, decision):
    office_client.post("/doubles/", decision | {"verdict": "both"})

    assert not entries_for(office).filter(reverses__isnull=False).exists()
    assert "没有疑似重复的" in office_client.get("/doubles/").content.decode()


def test_what_is_put_off_waits_under_its_own_tab(office_client, decision):
    office_client.post("/doubles/", decision | {"verdict": "open"})

    assert "广州市民政局机关服务中心" in office_client.get("/doubles/?show=open").content.decode()
    assert "没有疑似重复的" in office_client.get("/doubles/").content.decode()


def test_a_row_that_is_not_of_the_pair_is_not_reversed(office, office_client, decision, report):
    intake.accept_batch(by=office, batch=report(office, unit="别的单位", village="高滩村"), bindings=BINDINGS)
    other = entries_for(office).order_by("-pk").first()

    office_client.post(
        "/doubles/",
        decision | {"verdict": "same", "reason": "x", "withdrawn": f"{other.source_kind}:{other.source_id}"},
    )

    assert not entries_for(office).filter(reverses__isnull=False).exists()
    assert not DoubleDecision.objects.exists()


def test_only_the_office_looks_at_doubles(clerk_client, twice):
    assert clerk_client.get("/doubles/").status_code == 403


def test_a_draft_says_what_other_batches_have_reported_already(office, office_client, operator, helping_unit, report):
    create_party(by=operator, name="广州市民政局机关服务中心", parent=helping_unit)
    intake.accept_batch(by=office, batch=report(office), bindings=BINDINGS)
    draft = report(office, unit="广州市民政局机关服务中心")

    part = office_client.get(f"/imports/{draft.pk}/doubles/", headers={"HX-Request": "true"}).content.decode()

    assert "可能与别处重复" in part
    assert "上下级单位" in part


def test_a_later_statement_of_the_same_row_is_no_double_of_the_one_it_replaces(office, office_client, report):
    intake.accept_batch(by=office, batch=report(office), bindings=BINDINGS)
    later = report(office, used=1_000, as_of=date(2012, 1, 15))

    part = office_client.get(f"/imports/{later.pk}/doubles/", headers={"HX-Request": "true"}).content.decode()

    assert "可能与别处重复" not in part


TYPED = {
    "cell-county": "增城市",
    "cell-township": "派潭镇",
    "cell-village": "双头村",
    "cell-party": "广州市民政局",
    "cell-planned_fen": "50,000",
    "cell-invested_fen": "1,000",
    "cell-to_households_fen": "0",
    "cell-to_villages_fen": "1000",
    "cell-own_fen": "1000",
    "as_of": "2011-12-31",
}


def test_a_form_is_a_page_with_a_field_for_each_column(office_client, db):
    page = office_client.get("/imports/fill/fund_report/").content.decode()

    assert 'name="cell-village"' in page
    assert "填表说明" in page


def test_a_record_typed_in_becomes_a_batch_with_its_own_original(office, office_client, places, xieshou_home):
    answer = office_client.post("/imports/fill/fund_report/", TYPED)
    batch = Batch.objects.get()
    accepted = intake.accept_batch(by=office, batch=batch, bindings=BINDINGS)

    assert answer["Location"] == f"/imports/{batch.pk}/rows/"
    assert (accepted.accepted, accepted.as_of) == (1, YEAR_END)
    entry = entries_for(office).get(measure="fund.used", category="to_village")
    assert entry.quantity == 1_000_00
    assert "1000" in office_client.get(f"/ledger/{entry.pk}/cell/").content.decode()


def test_what_cannot_be_taken_in_is_said_beside_its_field_and_nothing_is_kept(office_client, places, xieshou_home):
    answer = office_client.post("/imports/fill/fund_report/", TYPED | {"cell-invested_fen": "7(28)"})

    page = answer.content.decode()
    assert "应填数字" in page or "有两个数" in page
    assert 'value="7(28)"' in page
    assert not Batch.objects.exists()


def test_a_record_without_a_day_is_asked_for_it(office_client, places, xieshou_home):
    page = office_client.post("/imports/fill/fund_report/", TYPED | {"as_of": ""}).content.decode()

    assert "请说明金额算到哪一天" in page
    assert not Batch.objects.exists()


def test_a_form_that_nobody_knows_is_not_found(office_client, db):
    assert office_client.get("/imports/fill/nothing/").status_code == 404


@pytest.mark.parametrize("form", [binding.form for binding in BINDINGS], ids=lambda form: form.key)
def test_every_form_has_its_page_and_a_cell_for_each_of_its_fields(office_client, form, tmp_path, db):
    values = {column.key: f"v{number}" for number, column in enumerate(entered.typed_columns(form))}

    page = office_client.get(f"/imports/fill/{form.key}/")
    sheet = load_workbook(entered.write(form, values, tmp_path / "entered.xlsx")).worksheets[0]

    written = [cell.value for cells in sheet.iter_rows() for cell in cells if cell.value in values.values()]
    assert page.status_code == 200
    assert sorted(written) == sorted(values.values())


def test_behind_a_pile_the_entries_are_exported_once(office_client, clerk, submitted, report):
    second = intake.submit_batch(by=clerk, batch=report(clerk, village="高滩村"))

    office_client.post("/imports/steps/", {"selected": [submitted.pk, second.pk], "step": "accept"})

    queued = [job.task_path.rsplit(".", 1)[1] for job in DBTaskResult.objects.order_by("enqueued_at")]
    assert queued == ["accept_batch", "accept_batch", "export_entries"]


def test_the_office_names_the_unit_that_hands_a_table_in(office, office_client, helping_unit, report):
    draft = report(office)

    office_client.post(f"/imports/{draft.pk}/columns/", {"party": helping_unit.name, "as_of": "2011-12-31"})

    assert Batch.objects.get(pk=draft.pk).party == helping_unit


def test_a_clerk_names_no_other_unit(clerk, clerk_client, operator, helping_unit, report):
    draft = report(clerk)
    create_party(by=operator, name="别的单位")

    page = clerk_client.get(f"/imports/{draft.pk}/columns/").content.decode()
    clerk_client.post(f"/imports/{draft.pk}/columns/", {"party": "别的单位", "as_of": "2011-12-31"})

    assert 'name="party"' not in page
    assert Batch.objects.get(pk=draft.pk).party == helping_unit
