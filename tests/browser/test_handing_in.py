"""Handing in, in a real browser: what a later table changes, a pile accepted with one click, who is to be reminded."""

from datetime import date

import pytest

from tests.stories.workbooks import fund_report, row
from xieshou.access.models import User
from xieshou.access.services import actor_for
from xieshou.catalogue.forms import BINDINGS
from xieshou.intake import duties
from xieshou.intake import services as intake
from xieshou.intake.models import Batch, ReportingDuty
from xieshou.parties.services import create_party

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

JOB_MS = 60_000  # a machine that runs two test workers is slow to start Python
YEAR_END, SPRING = date(2011, 12, 31), date(2012, 3, 31)


@pytest.fixture
def office(site):
    return actor_for(User.objects.get(username="admin"))


@pytest.fixture
def drafted(office, tmp_path):
    """A fund report of one row, drafted by the office."""

    def draft(village, used, as_of=YEAR_END):
        path = fund_report(
            tmp_path / f"{village}-{used}-{as_of}.xlsx", [row("增城市", "派潭镇", village, "甲处", 50_000, used)]
        )
        return intake.open_batch(by=office, path=path, name=path.name, bindings=BINDINGS, as_of=as_of)

    return draft


@pytest.fixture
def later(office, drafted):
    """A cumulative statement of a quarter later in which an amount has fallen."""
    intake.accept_batch(by=office, batch=drafted("双头村", 1_000), bindings=BINDINGS)
    return drafted("双头村", 900, SPRING)


def test_a_fall_is_explained_beside_the_difference_and_then_accepted(desk_page, sign_in, violations, later):
    page = desk_page
    sign_in(page)
    page.goto(f"/imports/{later.pk}/rows/")
    shown = page.text_content("main")
    waits = page.is_disabled("text=接受 1 行")
    page.fill("input[name=reason]", "施工方退回多付的款")
    page.click("text=记下原因")
    page.goto(f"/imports/{later.pk}/rows/")
    page.click("text=接受 1 行")
    page.wait_for_url("**/done/", timeout=JOB_MS)

    assert "1,000.00 → 900.00" in shown
    assert waits
    assert "原因：施工方退回多付的款" in page.text_content("main")
    assert violations == []


def test_a_pile_is_accepted_with_one_click(desk_page, sign_in, violations, drafted):
    drafted("双头村", 1_000)
    drafted("高滩村", 2_000)
    page = desk_page
    sign_in(page)
    page.goto("/imports/")
    page.check("[data-select-all]")
    page.click("text=采纳所选")
    page.wait_for_selector("text=2 批正在入账")
    page.goto("/tasks/")
    page.wait_for_selector(".status-green >> nth=1", timeout=JOB_MS)

    assert list(Batch.objects.values_list("state", flat=True)) == [Batch.State.ACCEPTED] * 2
    assert violations == []


def test_who_is_to_be_reminded_is_read_on_a_phone(phone_page, sign_in, violations, office):
    group = create_party(by=office, name="某集团")
    create_party(by=office, name="某集团子公司", parent=group)
    duty = duties.set_duty(
        by=office,
        name="资金季报",
        form_key="fund_report",
        rule="quarterly",
        due_days=10,
        starts_on=YEAR_END,
        ends_on=YEAR_END,
        expects=ReportingDuty.Expects.PARTY_TREE,
        party=group,
    )
    page = phone_page
    sign_in(page)
    page.goto(f"/duties/{duty.pk}/")
    page.click("details.reminder summary")
    words = page.input_value("#reminder")
    wide = page.evaluate("document.documentElement.scrollWidth")

    assert "某集团子公司" in words
    assert wide <= 390
    assert violations == []
