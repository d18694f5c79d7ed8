"""A superior's blank table in a real browser: put in, confirmed, looked at, downloaded, remembered."""

from datetime import date
from pathlib import Path

import pytest

from tests.stories.conftest import CONGHUA_REPORT, Desk
from xieshou.access.services import local_operator
from xieshou.reports.documents import carriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

BLANK = Path(__file__).parents[1] / "stories" / "data" / "quarterly-report-3.xls"


@pytest.fixture
def conghua(site) -> None:
    Desk(local_operator()).take_in(CONGHUA_REPORT, as_of=date(2011, 12, 31))


def test_a_blank_is_read_confirmed_filled_and_remembered(desk_page, sign_in, violations, conghua, tmp_path):
    page = desk_page
    sign_in(page)
    page.goto("/reports/filling/?party=&place=&year=")
    page.set_input_files("input[type=file]", BLANK)
    page.click("main .btn-primary")
    page.fill("main input[name=place]", "440117000000")
    page.fill("main input[name=at]", "2011-12-31")
    page.click("main button[value=preview]")
    page.wait_for_selector("main .note")
    said = page.text_content("main .note")
    page.screenshot(path=str(tmp_path / "confirm.png"), full_page=True)
    with page.expect_download() as started:
        page.click("main button[value=download]")
    target = tmp_path / "filled.xlsx"
    started.value.save_as(target)
    page.goto("/reports/filling/")

    assert "1,016" in said
    assert len(carriers.extract("xlsx", target.read_bytes())) == 1_016
    assert "quarterly-report-3.xls" in page.text_content("main table")
    assert violations == []


def test_on_a_phone_the_page_fits_the_screen(phone_page, sign_in, violations, conghua, tmp_path):
    page = phone_page
    sign_in(page)
    page.goto("/reports/filling/?party=&place=440117000000&year=")
    page.set_input_files("input[type=file]", BLANK)
    page.click("main .btn-primary")
    page.wait_for_selector("datalist#meanings", state="attached")
    page.screenshot(path=str(tmp_path / "phone.png"), full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations == []
