"""The four steps from a dropped file to the books, as pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.stories.conftest import CONGHUA_REPORT
from xieshou.figures import services as figures
from xieshou.figures.scopes import Scope
from xieshou.intake.models import Batch, PileMember
from xieshou.web import progress
from xieshou.web.views.home import RAISED

pytestmark = pytest.mark.django_db


def dropped(name=CONGHUA_REPORT.name, content=None):
    return SimpleUploadedFile(name, CONGHUA_REPORT.read_bytes() if content is None else content)


def raised(actor):
    return figures.evaluate(actor=actor, figure=RAISED, scope=Scope())[0].base_value


@pytest.fixture
def draft(office_client, places, worker):
    """The report, dropped and read."""
    office_client.post("/imports/", {"files": [dropped()]})
    worker()
    return Batch.objects.get()


@pytest.fixture
def accepted(office_client, draft, worker):
    office_client.post(f"/imports/{draft.pk}/columns/", {"period": "2011", "next": "1"})
    office_client.post(f"/imports/{draft.pk}/accept/")
    worker()
    draft.refresh_from_db()
    return draft


def test_a_dropped_file_is_read_in_the_background(office_client, places, xieshou_home):
    answer = office_client.post("/imports/", {"files": [dropped()]}, follow=True)

    assert Batch.objects.get().state == Batch.State.READING
    assert "排队中" in answer.content.decode()


def test_progress_says_rows_done_and_left(office_client, places, xieshou_home):
    office_client.post("/imports/", {"files": [dropped()]})
    batch = Batch.objects.get()

    progress.JobProgress(batch.pk)(done=40, left=85)

    part = office_client.get(f"/imports/{batch.pk}/progress/", headers={"HX-Request": "true"})
    assert "已办 40 行，还有 85 行" in part.content.decode()


def test_when_the_work_ends_the_page_goes_on(office_client, draft):
    part = office_client.get(f"/imports/{draft.pk}/progress/", headers={"HX-Request": "true"})

    assert part["HX-Redirect"] == f"/imports/{draft.pk}/"


def test_a_file_that_is_stopped_is_not_read(office_client, places, worker):
    office_client.post("/imports/", {"files": [dropped()]})
    batch = Batch.objects.get()
    office_client.post(f"/imports/{batch.pk}/stop/")

    worker()

    batch.refresh_from_db()
    assert batch.state == Batch.State.FAILED
    assert "什么都没有入账" in office_client.get(f"/imports/{batch.pk}/").content.decode()


def test_the_second_step_shows_form_sheet_header_and_columns(office_client, draft):
    page = office_client.get(f"/imports/{draft.pk}/", follow=True).content.decode()

    assert "帮扶资金报表" in page
    assert "第 1 行" in page
    assert "125 行" in page
    assert "匹配度 100 %" in page


def test_a_column_can_be_taken_for_another(office_client, draft):
    office_client.post(f"/imports/{draft.pk}/columns/", {"period": "2011", "column-contact_phone": ""})

    page = office_client.get(f"/imports/{draft.pk}/columns/").content.decode()
    assert "没有用到的列：H" in page


def test_a_period_that_is_none_is_said_beside_the_field(office_client, draft):
    page = office_client.post(f"/imports/{draft.pk}/columns/", {"period": "去年"}).content.decode()

    assert "“去年”不是年度或期间" in page


def test_the_third_step_compares_stated_totals_and_groups_what_is_doubtful(office_client, draft):
    page = office_client.get(f"/imports/{draft.pk}/rows/").content.decode()

    assert "453,309,143.65" in page
    assert page.count("一致</span>") == 9
    assert "数额异常大" in page


def test_nothing_is_posted_before_somebody_accepts(office, draft):
    assert raised(office) is None


def test_accepting_posts_every_good_row(office, accepted):
    assert accepted.state == Batch.State.ACCEPTED
    assert raised(office) == 14_982_888_10


def test_a_clerk_submits_and_does_not_accept(clerk_client, draft):
    assert clerk_client.post(f"/imports/{draft.pk}/accept/").status_code == 403


def test_accepting_what_is_accepted_changes_nothing(office, office_client, accepted, worker):
    office_client.post(f"/imports/{accepted.pk}/accept/")
    worker()

    accepted.refresh_from_db()
    assert accepted.state == Batch.State.ACCEPTED
    assert raised(office) == 14_982_888_10


def test_a_submitted_batch_that_cannot_be_accepted_stays_submitted_with_the_reason(office_client, draft, worker):
    office_client.post(f"/imports/{draft.pk}/submit/")
    office_client.post(f"/imports/{draft.pk}/accept/")
    worker()

    draft.refresh_from_db()
    assert draft.state == Batch.State.SUBMITTED
    assert "截止日期" in draft.message


def test_the_fourth_step_leads_to_figures_entries_and_the_returned_workbook(office_client, accepted):
    page = office_client.get(f"/imports/{accepted.pk}/", follow=True).content.decode()

    assert "125 行已入账" in page
    assert f"/figures/?place={accepted.place_code}" in page
    assert f"/ledger/?batch={accepted.pk}" in page
    assert f"/imports/{accepted.pk}/returned.xlsx" in page


def test_the_returned_workbook_is_a_workbook(office_client, accepted):
    answer = office_client.get(f"/imports/{accepted.pk}/returned.xlsx")

    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert "attachment" in answer["Content-Disposition"]


def test_the_original_comes_back_as_it_came(office_client, accepted):
    answer = office_client.get(f"/imports/{accepted.pk}/original/")

    assert b"".join(answer.streaming_content) == CONGHUA_REPORT.read_bytes()


def test_a_whole_batch_is_withdrawn_with_a_reason(office, office_client, accepted):
    office_client.post(f"/imports/{accepted.pk}/done/", {"reason": "报错了单位"})

    accepted.refresh_from_db()
    assert accepted.state == Batch.State.WITHDRAWN
    assert raised(office) is None


def test_a_batch_is_not_withdrawn_without_a_reason(office, office_client, accepted):
    office_client.post(f"/imports/{accepted.pk}/done/", {"reason": " "})

    accepted.refresh_from_db()
    assert accepted.state == Batch.State.ACCEPTED


def test_what_is_no_workbook_says_what_it_is_and_what_to_do(office_client, worker):
    office_client.post("/imports/", {"files": [dropped("photo.xlsx", bytes(range(256)) * 40)]})
    worker()

    page = office_client.get(f"/imports/{Batch.objects.get().pk}/").content.decode()
    assert "note-error" in page
    assert "把改好的工作簿拖进来" in page


def test_a_table_that_was_not_recognised_is_read_again_as_a_form_named_by_hand(office_client, places, worker):
    office_client.post("/imports/", {"files": [dropped("notes.txt", "甲,乙\n1,2\n".encode())]})
    worker()
    failed = Batch.objects.get()

    office_client.post(f"/imports/{failed.pk}/again/", {"form": "fund_report"})

    assert Batch.objects.exclude(pk=failed.pk).get().state == Batch.State.READING


def test_one_content_under_two_names_is_read_once(office_client, places, worker):
    office_client.post("/imports/", {"files": [dropped(), dropped("second.xls")]})
    worker()

    assert PileMember.objects.count() == 2
    assert Batch.objects.count() == 1


def test_the_list_of_batches_costs_the_same_for_one_and_for_ten(office_client, draft, django_assert_max_num_queries):
    first = Batch.objects.get()
    Batch.objects.bulk_create(
        Batch(original=first.original, created_by=first.created_by, state=Batch.State.DRAFT) for _ in range(9)
    )

    with django_assert_max_num_queries(8):
        office_client.get(reverse("web:imports"))


@pytest.mark.parametrize(
    ("written", "rows"),
    [("12", [12]), ("12、15-17", [12, 15, 16, 17]), ("3，4", [3, 4]), ("x", []), ("", [])],
)
def test_row_numbers_are_read_as_people_write_them(written, rows):
    from xieshou.web.views.imports import row_numbers

    assert row_numbers(written) == rows
