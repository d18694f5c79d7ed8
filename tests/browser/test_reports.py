"""Reports in a real browser: picked, read, a number opened, downloaded, and asked again."""

import pytest

from tests.stories.conftest import FAW_PLAN, Desk
from xieshou.access.services import local_operator
from xieshou.parties.selectors import party_at
from xieshou.reports.documents import carriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

COMPANY = "中国第一汽车集团有限公司"


@pytest.fixture
def company(site) -> int:
    Desk(local_operator()).take_in(FAW_PLAN, period="2019", basis="period")
    return party_at(COMPANY).pk


def test_a_report_is_read_opened_downloaded_and_asked_again(desk_page, sign_in, violations, company, tmp_path):
    page = desk_page
    sign_in(page)
    page.goto(f"/reports/?party={company}&place=&year=2019")
    page.click("main >> text=年度案例")
    page.wait_for_selector(".report-text")
    page.wait_for_selector("[data-chart][data-drawn]")
    page.click(".report-text a.number >> nth=0")
    page.wait_for_selector("#drawer:not([hidden]) .trace-lines")
    traced = page.text_content("#drawer")
    page.keyboard.press("Escape")
    page.click(".page-actions summary >> nth=0")
    with page.expect_download() as started:
        page.click(".menu-panel >> text=Word >> nth=0")
    target = tmp_path / "报送稿.docx"
    started.value.save_as(target)
    page.goto("/reports/verify/")
    page.set_input_files("input[type=file]", target)
    page.click("main .btn-primary")
    page.wait_for_selector("main .note-success")

    assert "3 条台账条目" in traced
    assert len(carriers.extract("docx", target.read_bytes())) == 15
    assert "有变动 0 处" in page.text_content("main")
    assert violations == []


def test_on_a_phone_a_report_fits_the_screen_and_a_number_opens_its_page(phone_page, sign_in, violations, company):
    page = phone_page
    sign_in(page)
    page.goto(f"/reports/annual/?party={company}&place=&year=2019")
    page.wait_for_selector(".report-text")

    wide = page.evaluate("document.documentElement.scrollWidth")
    page.click(".report-text a.number >> nth=0")
    page.wait_for_selector(".trace-lines")

    assert wide <= 390
    assert violations == []
