"""What pages hold back: the rows, files and names of places and units that are not the reader's."""

from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from tests.stories.workbooks import fund_report, row
from xieshou.access.services import grant_role
from xieshou.common.scoping import Role
from xieshou.intake.models import Batch
from xieshou.ledger.selectors import entries_for
from xieshou.parties.models import Party
from xieshou.parties.services import create_party
from xieshou.web.tests.conftest import client_of

pytestmark = pytest.mark.django_db

PAITAN = "440118105000"
OURS = row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 12_346)
THEIRS = row("增城市", "正果镇", "水围村", "市教育局", 70_000, 31_337)


@pytest.fixture
def report(desk, tmp_path) -> Batch:
    """A report of two towns, in the books."""
    return desk.take_in(fund_report(tmp_path / "two-towns.xlsx", [OURS, THEIRS]), as_of=date(2011, 12, 31))


@pytest.fixture
def member(operator, django_user_model):
    """Signs somebody in with these grants."""

    def signed_in(*grants):
        user = django_user_model.objects.create_user(username="somebody", password="a long pass phrase")
        for grant in grants:
            grant_role(by=operator, user=user, **grant)
        return client_of(user)

    return signed_in


@pytest.fixture
def town(member):
    return member({"role": Role.COUNTY_OFFICER, "place_code": PAITAN})


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_cell_of_an_entry_is_shown_without_the_rows_of_other_towns(report, town, office):
    entry = entries_for(office).filter(place_code__startswith=PAITAN[:9]).first()

    page = text_of(town.get(reverse("web:entry-cell", args=[entry.pk])))

    assert "市水务局" in page
    assert "市教育局" not in page
    assert "31337" not in page


def test_who_may_see_the_batch_sees_the_rows_around_the_cell(report, office_client, office):
    entry = entries_for(office).filter(place_code__startswith=PAITAN[:9]).first()

    assert "市教育局" in text_of(office_client.get(reverse("web:entry-cell", args=[entry.pk])))


@pytest.mark.parametrize("page", ["", "trace/", "compare/", "scope/"])
@pytest.mark.parametrize("party", ["市教育局", "教育局", "id"])
def test_a_scope_names_no_party_that_its_reader_may_not_see(report, town, page, party):
    hidden = Party.objects.get(name="市教育局")
    typed = str(hidden.pk) if party == "id" else party

    answer = town.get(f"/figures/fund.used/{page}", {"party": typed}, follow=True)

    assert answer.status_code == 400
    assert "市教育局" not in text_of(answer).replace("没有名为“市教育局”", "")


def test_a_batch_with_a_refused_row_of_another_town_is_not_the_towns(desk, town, tmp_path):
    refused = [*THEIRS[:8], "七万", *THEIRS[9:]]

    batch = desk.take_in(fund_report(tmp_path / "refused.xlsx", [OURS, refused]), as_of=date(2011, 12, 31))

    assert batch.rejected == 1
    assert town.get(f"/imports/{batch.pk}/returned.xlsx").status_code == 404


def test_a_town_does_not_get_a_file_with_sheets_beyond_its_batch(desk, town, tmp_path):
    path = fund_report(tmp_path / "sheets.xlsx", [OURS])
    book = openpyxl.load_workbook(path)
    book.create_sheet("正果镇").append(["市教育局"])
    book.save(path)
    batch = desk.take_in(path, as_of=date(2011, 12, 31))

    answers = [town.get(f"/imports/{batch.pk}/{part}") for part in ("done/", "original/")]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert "别的工作表" in text_of(answers[1])


def test_a_town_gets_the_file_that_is_all_its_own(desk, town, tmp_path):
    batch = desk.take_in(fund_report(tmp_path / "own.xlsx", [OURS]), as_of=date(2011, 12, 31))

    answer = town.get(f"/imports/{batch.pk}/original/")

    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_an_office_of_one_town_does_not_accept_what_it_brought_of_another(report, member, desk, tmp_path):
    limited = member({"role": Role.OFFICE, "place_code": PAITAN})
    foreign = desk.draft(fund_report(tmp_path / "foreign.xlsx", [THEIRS]), as_of=date(2012, 12, 31))
    Batch.objects.filter(pk=foreign.pk).update(created_by=int(limited.session["_auth_user_id"]))

    answer = limited.post(f"/imports/{foreign.pk}/accept/")

    assert answer.status_code == 404


def test_search_finds_only_the_batches_that_the_list_shows(report, member, helping_unit):
    leader_and_clerk = member({"role": Role.LEADER}, {"role": Role.UNIT_CLERK, "party": helping_unit})

    found = leader_and_clerk.get("/search/", {"q": "two-towns"})

    assert f"/imports/{report.pk}/" not in text_of(found)


def test_a_clerk_reads_no_name_of_what_stands_above_the_unit(operator, member, helping_unit):
    below = create_party(by=operator, name="广州市民政局下属中心", parent=helping_unit)
    clerk = member({"role": Role.UNIT_CLERK, "party": below})

    listed = text_of(clerk.get("/parties/"))

    assert below.name in listed
    assert f"{helping_unit.name}<" not in listed


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "evil.example"])
def test_after_a_seal_nobody_is_sent_to_another_host(office_client, report, target):
    answer = office_client.post("/ledger/seal/", {"next": target})

    assert answer.status_code == 302
    assert answer["Location"] in ("/ledger/verify/", "evil.example")


def test_a_scope_menu_leads_to_no_other_host(office_client, places):
    page = text_of(
        office_client.get("/scope/places/?q=从化", headers={"HX-Current-URL": "http://testserver//evil.example/"})
    )

    assert 'href="/evil.example/?place=' in page


@pytest.mark.parametrize(
    "address",
    [
        "/ledger/?selected=x",
        "/ledger/?selected={huge}",
        "/ledger/?batch={endless}",
        "/ledger/?year={endless}",
        "/parties/?selected=1e9",
        "/parties/tree/?under={endless}",
        "/figures/?year={endless}",
        "/figures/fund.used/trace/?page={huge}",
        "/figures/fund.used/trace/?page={endless}",
        "/figures/fund.used/compare/?page=0",
        "/home/funds/?year={endless}",
    ],
)
def test_whatever_stands_in_an_address_is_no_fault_of_the_site(report, office_client, address):
    answer = office_client.get(address.format(huge="9" * 30, endless="9" * 5_000), follow=True)

    assert answer.status_code in (200, 400)
