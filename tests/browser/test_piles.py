"""A week's pile in a real browser: dropped at once, looked over, accepted with one click."""

import zipfile

import pytest

from tests.stories.workbooks import fund_report, row
from xieshou.intake.models import Batch

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

JOB_MS = 60_000


@pytest.fixture
def week(tmp_path):
    """An archive of two good reports, one with a village nobody knows, and a picture."""
    archive = tmp_path / "周报.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for village in ("双头村", "高滩村", "没有的村"):
            path = tmp_path / f"2011年-{village}.xlsx"
            fund_report(path, [row("增城市", "派潭镇", village, "甲处", 50_000, 1_000)])
            packed.write(path, f"派潭/{path.name}")
        packed.writestr("照片.jpg", b"\xff\xd8\xff")
    return archive


def test_a_pile_is_dropped_looked_over_and_accepted_with_one_click(desk_page, sign_in, violations, week):
    page = desk_page
    sign_in(page)
    page.goto("/imports/")
    page.set_input_files("input[name=files]", str(week))
    page.wait_for_selector("text=采纳可采纳的 2 份", timeout=JOB_MS)
    shown = page.text_content("main")
    page.click("text=采纳可采纳的 2 份")
    page.wait_for_selector(".chip:has-text('已采纳')", timeout=JOB_MS)

    assert "不是工作簿" in shown
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["accepted", "accepted", "draft"]
    assert violations == []


def test_a_pile_is_read_on_a_phone(phone_page, sign_in, violations, week):
    page = phone_page
    sign_in(page)
    page.goto("/imports/")
    page.set_input_files("input[name=files]", str(week))
    page.wait_for_selector("text=采纳可采纳的 2 份", timeout=JOB_MS)

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations == []
