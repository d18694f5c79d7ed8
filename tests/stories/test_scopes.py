"""Who sees what: a place's officer under its old and new code, and nobody the town of another."""

from datetime import date

import pytest

from tests.stories.conftest import Desk
from tests.stories.workbooks import fund_report, row
from xieshou.access.services import actor_for, grant_role
from xieshou.common.scoping import Role
from xieshou.ledger.selectors import entries_for
from xieshou.programme.models import FundStatementLine
from xieshou.programme.selectors import fund_statement_lines
from xieshou.programme.services import record_fund_statement

FORMER_ZENGCHENG, PAITAN = "440183000000", "440118105000"


@pytest.fixture
def reports(desk, tmp_path):
    """One report of 增城 with a village of 派潭镇 and one of 正果镇."""
    path = fund_report(
        tmp_path / "zengcheng.xlsx",
        [
            row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 12_346),
            row("增城市", "正果镇", "水围村", "市教育局", 70_000, 31_337),
        ],
    )
    return desk.take_in(path, as_of=date(2011, 12, 31))


def officer_of(place_code, operator, django_user_model, name="officer"):
    user = django_user_model.objects.create_user(username=name, password="a long pass phrase")
    grant_role(by=operator, user=user, role=Role.COUNTY_OFFICER, place_code=place_code)
    return user


@pytest.fixture
def paitan_user(operator, places, django_user_model):
    """The officer of one town, 派潭镇."""
    return officer_of(PAITAN, operator, django_user_model)


@pytest.fixture
def paitan(paitan_user):
    return Desk(actor_for(paitan_user))


def test_the_officer_of_zengcheng_sees_what_was_written_of_zengcheng_city(reports, county_officer):
    assert Desk(county_officer).value("fund.used") == 43_683_00


def test_an_officer_appointed_under_the_old_code_still_sees_the_place(reports, operator, django_user_model):
    officer = actor_for(officer_of(FORMER_ZENGCHENG, operator, django_user_model))

    assert Desk(officer).value("fund.used") == 43_683_00


def test_entries_under_the_old_code_are_still_seen_by_the_officer_of_today(desk, county_officer, helping_unit):
    record_fund_statement(
        by=desk.actor, party=helping_unit, place_code=FORMER_ZENGCHENG, occurred_to=date(2010, 12, 31), own_fen=9_00
    )

    assert entries_for(county_officer).count() == 1
    assert Desk(county_officer).value("fund.raised", place="增城") == 9_00


def test_a_town_sees_its_own_rows_in_lists_and_counts(reports, paitan):
    assert [line.place_as_written for line in fund_statement_lines(paitan.actor)] == [
        FundStatementLine.objects.get(place_code__startswith="440118105").place_as_written
    ]
    assert set(entries_for(paitan.actor).values_list("place_code", flat=True)) == {"440118105200"}


def test_a_town_sees_its_own_money_in_figures(reports, paitan):
    assert paitan.value("fund.used") == 12_346_00
    assert list(paitan.values_by("place", "fund.used")) == ["440118105200"]


def test_a_town_asks_for_another_in_vain(reports, paitan):
    assert paitan.value("fund.used", place="440118104000") in (None, 0)


@pytest.fixture
def browse(client, paitan_user):
    """The officer of 派潭镇 at a page: the whole text of the answer."""
    client.force_login(paitan_user, backend="django.contrib.auth.backends.ModelBackend")

    def run(address):
        response = client.get(address, follow=True)
        parts = response.streaming_content if response.streaming else [response.content]
        return response.status_code, b"".join(parts).decode("utf-8", errors="replace")

    return run


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/home/funds/",
        "/home/places/",
        "/imports/",
        "/figures/",
        "/figures/fund.used/",
        "/figures/fund.used/?by=place",
        "/figures/fund.used/?by=credited",
        "/figures/fund.used/trace/",
        "/figures/fund.used/?export=csv&by=credited",
        "/ledger/",
        "/ledger/?export=csv",
        "/parties/",
        "/parties/?q=教育局",
        "/search/?q=教育局",
        "/search/?q=31337",
        "/places/440118104200/",
        "/places/440118104200/figures/",
    ],
)
def test_no_page_search_or_export_shows_a_town_the_money_or_unit_of_another(reports, browse, address):
    status, text = browse(address)

    assert status in (200, 403, 404)
    assert [amount for amount in ("31,337", "31337.00", "3.1337") if amount in text] == []
    assert "市教育局" not in text


@pytest.mark.parametrize(
    "address", ["/figures/fund.used/", "/ledger/", "/ledger/?export=csv", "/figures/fund.used/?export=csv"]
)
def test_the_same_pages_show_a_town_its_own_money(reports, browse, address):
    status, text = browse(address)

    assert status == 200
    assert any(amount in text for amount in ("12,346", "12346", "1.2346"))


def test_the_entry_and_the_original_of_another_town_are_not_found(desk, reports, browse):
    other = entries_for(desk.actor).filter(place_code="440118104200").first()

    statuses = {browse(address)[0] for address in (
        f"/ledger/{other.pk}/", f"/ledger/{other.pk}/proof.json", f"/imports/{reports.pk}/original/"
    )}  # fmt: skip

    assert statuses <= {403, 404}


def test_who_has_no_grant_sees_nothing(reports, stranger):
    assert entries_for(stranger).count() == 0
    assert fund_statement_lines(stranger).count() == 0
