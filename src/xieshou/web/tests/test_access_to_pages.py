"""Who may open which page, and what each sees on it: the office, a clerk, a county officer, a stranger, a visitor."""

import pytest
from django.test import Client
from django.urls import reverse

from xieshou.common.csp import POLICY
from xieshou.ledger.selectors import entries_for

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "/",
    "imports": "/imports/",
    "fill-form": "/imports/fill/fund_report/",
    "duties": "/duties/",
    "duty-new": "/duties/new/",
    "doubles": "/doubles/",
    "tasks": "/tasks/",
    "figures": "/figures/",
    "figure": "/figures/fund.raised/?by=source",
    "trace": "/figures/fund.raised/trace/",
    "compare": "/figures/fund.raised/compare/",
    "save-scope": "/figures/fund.raised/scope/",
    "name-head": "/figures/heads/",
    "ledger": "/ledger/",
    "places": "/places/",
    "place": "/places/440117000000/",
    "parties": "/parties/",
    "party-tree": "/parties/tree/",
    "party-new": "/parties/new/",
    "audits": "/audits/",
    "search": "/search/?q=从化",
    "settings": "/settings/",
    "help": "/help/",
    "more": "/more/",
    "components": "/components/",
}


@pytest.fixture
def started(office_client):
    """The three questions are answered or put off, so that home is home."""
    office_client.post(reverse("web:begin", args=["who"]), {"later": "1"})


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_the_office_opens_every_page(address, office_client, started, places_cast, xieshou_home):
    answer = office_client.get(address)

    assert answer.status_code == 200
    assert "本系统不处理涉密信息" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_stranger_is_refused_and_told_who_may(address, stranger_client, places_cast):
    answer = stranger_client.get(address)

    assert answer.status_code == 403
    assert "可以看的是" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_visitor_is_sent_to_sign_in_and_back(address, db):
    answer = Client().get(address)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{reverse('access:sign-in')}?next=")


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_every_page_carries_the_content_security_policy(address, office_client, started, places_cast, xieshou_home):
    answer = office_client.get(address)

    assert answer["Content-Security-Policy"] == POLICY
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_static_file_carries_the_content_security_policy_too(office_client):
    answer = office_client.get("/static/vendor/bootstrap/css/bootstrap.min.css")
    answer.close()

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("address", ["/ledger/verify/", "/parties/new/", "/figures/heads/", "/begin/who/"])
def test_a_clerk_is_refused_what_only_the_office_does(address, clerk_client):
    assert clerk_client.get(address).status_code == 403


def test_the_officer_of_another_county_sees_no_entry_of_the_report(officer_client, conghua):
    answer = officer_client.get("/ledger/")

    assert "台账还没有条目" in answer.content.decode()


def test_an_entry_outside_the_scope_is_not_there_at_all(officer_client, office, conghua):
    entry = entries_for(office).first()

    addresses = [reverse(name, args=[entry.pk]) for name in ("web:entry", "web:entry-cell", "web:entry-proof")]

    assert [officer_client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_the_officer_of_another_county_sees_no_figure_of_the_report(officer_client, conghua):
    answer = officer_client.get("/figures/fund.raised/?by=source")

    assert "8,823,311.10" not in answer.content.decode()
    assert "所选范围内没有记录" in answer.content.decode()


def test_an_export_holds_only_what_its_reader_may_see(officer_client, office_client, conghua):
    lines = {
        client: len(b"".join(client.get("/ledger/?export=csv").streaming_content).splitlines())
        for client in (officer_client, office_client)
    }

    assert lines[officer_client] == 1
    assert lines[office_client] > 800


def test_a_batch_of_another_is_neither_listed_nor_opened_nor_found(officer_client, conghua):
    listed = officer_client.get("/imports/").content.decode()
    found = officer_client.get("/search/", {"q": conghua.original.name}).content.decode()

    assert conghua.original.name not in listed
    assert f"/imports/{conghua.pk}/" not in found
    assert officer_client.get(f"/imports/{conghua.pk}/").status_code == 404
    assert officer_client.get(f"/imports/{conghua.pk}/original/").status_code == 404


def test_a_clerk_finds_no_party_beyond_its_own(clerk_client, helping_unit, office, conghua):
    own = clerk_client.get("/search/", {"q": helping_unit.name}).content.decode()
    others = clerk_client.get("/search/", {"q": "市财政局"}).content.decode()

    assert helping_unit.name in own
    assert "市财政局</a>" not in others
