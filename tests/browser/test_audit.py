"""The audit reader in a real browser: paste, read the marks, open one, walk, close with a note, save; on a phone too.

The fixtures behind `desk_page` and `phone_page` demand that no request leaves the host and that no script fails.
"""

import docx
import pytest

from tests.stories.conftest import FAW_PLAN, desk  # noqa: F401
from xieshou.reports.audit.tests.documents import SUMMARY, runs_commented, word_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def faw(site, desk):  # noqa: F811
    """The plan of the three counties in the books."""
    return desk.take_in(FAW_PLAN, period="2019", basis="period")


def paste(page, text=SUMMARY):
    page.goto("/audits/")
    page.fill("textarea[name=text]", text)
    page.click(".audit-start .form-actions button.btn-primary")
    page.wait_for_selector("[data-audit]")


def drawer(page) -> str:
    page.wait_for_selector("#drawer:not([hidden])")
    return page.text_content("#drawer")


def test_a_click_on_a_figure_shows_its_arithmetic_and_the_ledgers_entries(faw, desk_page, sign_in, violations):
    page = desk_page
    sign_in(page)
    paste(page)
    page.click("[data-mark]:has-text('4700万元')")
    told = drawer(page)
    page.keyboard.press("Escape")
    is_closed = page.is_hidden("#drawer")
    page.click("[data-mark]:has-text('1806.6万元')")
    page.click("#drawer .audit-ledger a")
    page.wait_for_selector("#drawer .trace-lines")

    assert "1771万元 + 1550万元 + 1390万元 = 4711万元" in told
    assert "4,711 万元" in told
    assert is_closed
    assert "1,806.60" in drawer(page)
    assert violations == []


def test_one_walks_from_finding_to_finding_by_key_and_filters_by_word(faw, desk_page, sign_in, violations):
    page = desk_page
    sign_in(page)
    paste(page)
    page.keyboard.press("n")
    first = page.text_content("[data-position]")
    page.keyboard.press("p")
    page.keyboard.press("p")
    page.click("button[data-state=agrees]")

    assert first.startswith("1/")
    assert page.locator("[data-mark].kept").count() == page.locator("a[data-state=agrees]").count() > 0
    assert violations == []


def test_a_note_greys_the_marks_and_is_remembered(faw, desk_page, sign_in, violations):
    page = desk_page
    sign_in(page)
    paste(page)
    page.click("[data-mark]:has-text('1771万元')")
    page.click("#drawer .audit-close summary")
    page.fill("#drawer .audit-clarify textarea", "4700 万元为批复数")
    page.click("#drawer .audit-clarify button")
    page.wait_for_selector("#drawer .audit-clarified")
    page.wait_for_selector("[data-mark].settled:has-text('1771万元')")
    paste(page)

    assert page.get_attribute("[data-mark]:has-text('1771万元')", "data-state") == "clarified"
    assert violations == []


def test_a_dropped_word_file_comes_back_with_comments(faw, desk_page, sign_in, violations, tmp_path):
    page = desk_page
    sign_in(page)
    page.goto("/audits/")
    page.set_input_files("[data-audit-drop] input", word_file(tmp_path / "小结.docx", *SUMMARY.splitlines()))
    with page.expect_download() as started:
        page.click("button[name=returned]")
    started.value.save_as(tmp_path / "b.docx")

    assert "4700万元" in runs_commented(docx.Document(tmp_path / "b.docx"))
    assert violations == []


def test_on_a_phone_the_findings_come_first_and_nothing_is_wider_than_the_screen(faw, phone_page, sign_in, violations):
    page = phone_page
    sign_in(page)
    paste(page)
    findings, text = (page.locator(part).bounding_box()["y"] for part in (".audit-findings", ".audit-text"))
    page.click("[data-goto] >> nth=0")

    assert findings < text
    assert "4,711 万元" in drawer(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations == []
