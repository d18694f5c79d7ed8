"""Teaching a workbook in a real browser: dropped, not recognised, taught on one page, read again, accepted, traced."""

import pytest

from tests.stories.taught import errands
from xieshou.channels.statements.models import OwnMeasure, TaughtForm

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

JOB_MS = 60_000  # a machine that runs two test workers is slow to start Python


def test_an_odd_workbook_is_taught_accepted_and_its_figures_lead_to_its_cells(desk_page, sign_in, violations, tmp_path):
    page = desk_page
    sign_in(page)
    page.goto("/imports/")
    page.set_input_files("[data-drop] input[type=file]", errands(tmp_path / "errands.xlsx"))
    page.click("text=教系统认识这张表", timeout=JOB_MS)
    page.wait_for_selector("#teach-form")
    headed = page.locator(".teach-grid tr.is-header").count()
    page.fill("#teach-name", "")
    page.click("button[value=try]")
    refused = page.text_content(".field-error")
    page.fill("#teach-name", "山货跑腿账")
    page.select_option("select[name=what-2]", "party")
    page.fill("input[name=measure-5]", "山货卖得的钱")
    page.click("button[value=try]")
    page.wait_for_selector("#trial")
    trial = page.text_content("#trial")
    kept_before_saving = TaughtForm.objects.count() + OwnMeasure.objects.count()
    page.click("button[value=save]")
    page.wait_for_url("**/columns/", timeout=JOB_MS)
    recognised = page.text_content("main")
    page.click("button[name=next]")
    page.wait_for_url("**/rows/")
    page.click("text=接受 2 行")
    page.wait_for_url("**/done/", timeout=JOB_MS)
    page.goto(f"/figures/{OwnMeasure.objects.get(name='山货卖得的钱').key}/?year=2024")
    page.wait_for_selector("text=51.75")
    page.goto(f"/figures/{OwnMeasure.objects.get(name='山货卖得的钱').key}/trace/?year=2024")
    page.click(".trace-lines .cell-link >> nth=0")
    page.wait_for_selector(".sheet .marked")
    cell = page.text_content(".sheet .marked")

    assert headed == 2
    assert "这张表还没有名称" in refused
    assert "2 行可入账" in trial
    assert kept_before_saving == 0
    assert "山货跑腿账" in recognised
    assert cell in ("30.5", "21.25")
    assert violations == []
