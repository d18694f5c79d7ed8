"""The frame with its scope, the three questions, home, places and parties."""

from datetime import date

import pytest
from django.urls import reverse

from xieshou.parties.models import Party, PartyAlias
from xieshou.parties.services import create_party
from xieshou.programme.models import Programme
from xieshou.programme.services import record_fund_statement

pytestmark = pytest.mark.django_db

CONGHUA = "440117000000"
FENGSHAN = "451223000000"


def test_the_first_sign_in_asks_who_we_are(office_client):
    assert office_client.get("/")["Location"] == "/begin/who/"


def test_three_answers_make_party_programme_and_scope(office_client, places_cast):
    office_client.post("/begin/who/", {"name": "广州市协作办"})
    office_client.post("/begin/whom/", {"kind": "in_province", "places": "从化市"})
    answer = office_client.post("/begin/year/", {"year": "2011"})

    assert Party.objects.get(is_ours=True).name == "广州市协作办"
    assert Programme.objects.get().party.is_ours
    assert answer["Location"] == f"/?place={CONGHUA}&year=2011"


def test_a_county_that_nobody_knows_is_named_beside_the_field(office_client, places_cast):
    office_client.post("/begin/who/", {"name": "广州市协作办"})

    page = office_client.post("/begin/whom/", {"kind": "in_province", "places": "没有这个县"}).content.decode()

    assert "没有这个县" in page
    assert "field-error" in page


def test_the_questions_can_be_put_off_and_taken_up_again(office_client):
    office_client.post("/begin/who/", {"later": "1"})

    page = office_client.get("/").content.decode()
    assert "三件事还没有说完" in page
    assert "把去年的表拖进来" in page


def test_the_scope_stays_while_one_walks(office_client, places_cast, xieshou_home):
    office_client.get(f"/figures/?place={CONGHUA}")

    assert office_client.get("/ledger/")["Location"] == f"/ledger/?place={CONGHUA}"


def test_an_empty_part_takes_the_scope_away(office_client, places_cast, xieshou_home):
    office_client.get(f"/figures/?place={CONGHUA}")
    office_client.get("/figures/?place=")

    assert office_client.get("/ledger/").status_code == 200


def test_the_records_behind_a_number_leave_the_scope_of_the_frame_alone(office_client, places_cast, xieshou_home):
    office_client.get(f"/figures/?place={CONGHUA}")

    page = office_client.get(f"/figures/fund.raised/trace/?place={FENGSHAN}&year=2019").content.decode()

    assert f'href="/figures/?place={CONGHUA}"' in page
    assert office_client.get("/ledger/")["Location"] == f"/ledger/?place={CONGHUA}"


def test_what_a_page_loads_beside_it_leaves_the_scope_of_the_frame_alone(office_client, places_cast, xieshou_home):
    office_client.get(f"/figures/?place={CONGHUA}")
    office_client.get(f"/figures/?place={FENGSHAN}", headers={"HX-Request": "true"})

    assert office_client.get("/ledger/")["Location"] == f"/ledger/?place={CONGHUA}"


def test_a_scope_of_nonsense_is_passed_over(office_client, xieshou_home):
    assert office_client.get("/ledger/?place=abc&year=99999&party=-1").status_code == 200


def test_the_chip_of_places_offers_candidates_as_addresses_of_the_same_page(office_client, places_cast):
    part = office_client.get(
        "/scope/places/?q=从化市", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/ledger/?page=3"}
    ).content.decode()

    assert f'href="/ledger/?place={CONGHUA}"' in part


def test_a_field_of_a_form_is_offered_full_names(office_client, places_cast):
    part = office_client.get("/scope/places/?q=从化市&pick=1", headers={"HX-Request": "true"}).content.decode()

    assert 'data-pick="广东省广州市从化区"' in part


def test_a_field_is_offered_only_parties_that_the_reader_may_see(clerk_client, helping_unit, office):
    create_party(by=office, name="市民政局老干部处联络站")

    part = clerk_client.get("/scope/parties/?q=市民政局&pick=1", headers={"HX-Request": "true"}).content.decode()

    assert "老干部处" not in part


def test_two_parties_of_one_name_are_told_apart_by_number(office_client, office):
    create_party(by=office, name="联络处", parent=create_party(by=office, name="甲集团"))
    second = create_party(by=office, name="联络处", parent=create_party(by=office, name="乙集团"))

    part = office_client.get("/scope/parties/?q=联络处&pick=1", headers={"HX-Request": "true"}).content.decode()

    assert f'data-pick="{second.pk}"' in part


def test_a_page_speaks_chinese_when_the_browser_knows_it_at_all(client):
    page = client.get("/sign-in/", headers={"Accept-Language": "en-US,en;q=0.9,zh-CN;q=0.2"})

    assert page["Content-Language"] == "zh-hans"


def test_a_page_speaks_english_when_the_browser_knows_no_chinese(client):
    assert client.get("/sign-in/", headers={"Accept-Language": "en-GB,de;q=0.5"})["Content-Language"] == "en"


def test_the_language_that_was_chosen_goes_before_the_browser(client, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert client.get("/sign-in/", headers={"Accept-Language": "zh-CN"})["Content-Language"] == "en"


def test_home_leads_from_a_number_to_its_records(office_client, conghua):
    part = office_client.get(f"/home/funds/?place={CONGHUA}", headers={"HX-Request": "true"}).content.decode()

    assert f'hx-get="/figures/fund.raised/trace/?place={CONGHUA}"' in part


def test_home_compares_plan_and_done_of_the_same_counties(office_client, conghua):
    part = office_client.get(f"/home/funds/?place={CONGHUA}", headers={"HX-Request": "true"}).content.decode()

    assert "完成</small>" not in part
    assert "3.3 %" in part


def test_home_shows_no_completion_where_plan_and_done_are_of_different_counties(office_client, office, conghua):
    unit = create_party(by=office, name="中国第一汽车集团有限公司")
    record_fund_statement(
        by=office,
        party=unit,
        place_code=FENGSHAN,
        occurred_to=date(2019, 12, 31),
        invested_fen=100,
        to_households_fen=100,
        own_fen=100,
    )

    part = office_client.get("/home/funds/", headers={"HX-Request": "true"}).content.decode()

    assert "0 处只有规划，1 处只有完成，不算完成率" in part
    assert "3.3 %" not in part


def test_home_shows_planned_raised_and_used(office_client, conghua):
    part = office_client.get(f"/home/funds/?place={CONGHUA}&year=2011", headers={"HX-Request": "true"}).content.decode()

    assert "45,330.91" in part
    assert part.count("1,498.29") == 2


def test_home_ranks_the_townships_of_a_county(office_client, conghua):
    part = office_client.get(f"/home/places/?place={CONGHUA}", headers={"HX-Request": "true"}).content.decode()

    assert part.index("鳌头镇") < part.index("吕田镇")


def test_every_page_speaks_english(office_client, conghua):
    office_client.cookies["xieshou_language"] = "en"

    page = office_client.get("/imports/").content.decode()

    assert "Drop workbooks here" in page
    assert "This system does not handle classified information" in page


def test_a_place_shows_its_former_names(office_client, places_cast):
    page = office_client.get(f"/places/{CONGHUA}/").content.decode()

    assert "从化市" in page
    assert "广东省" in page


def test_a_former_name_finds_the_place(office_client, places_cast):
    page = office_client.get("/places/?q=从化市").content.decode()

    assert f"/places/{CONGHUA}/" in page


def test_a_party_keeps_its_old_name_as_an_alias(office_client, office, helping_unit):
    office_client.post(reverse("web:party-rename", args=[helping_unit.pk]), {"name": "广州市民政事务局"})

    page = office_client.get(reverse("web:party", args=[helping_unit.pk])).content.decode()
    assert "广州市民政事务局" in page
    assert PartyAlias.objects.filter(party=helping_unit).exists()


def test_a_party_moves_below_another(office_client, helping_unit):
    office_client.post("/parties/new/", {"name": "广州市人民政府"})

    office_client.post(reverse("web:party-move", args=[helping_unit.pk]), {"parent": "广州市人民政府"})

    helping_unit.refresh_from_db()
    assert helping_unit.parent.name == "广州市人民政府"


def test_a_name_that_is_taken_is_refused_on_the_form(office_client, helping_unit):
    page = office_client.post("/parties/new/", {"name": helping_unit.name}).content.decode()

    assert "已有单位" in page


def test_a_joint_party_says_that_its_amount_is_not_divided_until_shares_are_stated(office_client, conghua):
    joint = Party.objects.filter(kind="joint").first()
    address = reverse("web:party", args=[joint.pk])
    members = list(joint.memberships.values_list("member_id", flat=True))

    before = office_client.get(address).content.decode()
    office_client.post(
        reverse("web:party-shares", args=[joint.pk]),
        {f"m{member}": "100" if member == members[0] else "0" for member in members},
    )
    after = office_client.get(address).content.decode()

    assert "联合，未分摊" in before
    assert "100 %" in after


def test_the_list_of_parties_costs_the_same_for_many(office_client, conghua, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        office_client.get("/parties/")


def test_an_address_without_a_page_looks_like_the_rest(office_client):
    answer = office_client.get("/no/such/page/")

    assert answer.status_code == 404
    assert "没有这一页" in answer.content.decode()


def test_a_form_without_its_token_says_that_nothing_was_changed(office_user, office):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(office_user, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/parties/new/", {"name": "某单位"})

    assert answer.status_code == 403
    assert "什么都没有改动" in answer.content.decode()
