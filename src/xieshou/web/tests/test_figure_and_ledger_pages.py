"""Figures, the records behind a number, the cell it came from, the ledger and its proof, as pages."""

import json
from datetime import date

import pytest
from django.urls import reverse

from xieshou.figures.models import NamedHead, SavedScope
from xieshou.ledger import keys
from xieshou.ledger.checking import check_proof
from xieshou.ledger.selectors import entries_for

pytestmark = pytest.mark.django_db

CONGHUA = "440117000000"


def own_money_entry(actor):
    return entries_for(actor).filter(measure="fund.raised", fund_source="own", quantity__gt=0).first()


def test_money_raised_stands_by_source_with_its_total(office_client, conghua):
    page = office_client.get("/figures/fund.raised/?by=source&unit=yuan").content.decode()

    assert "8,823,311.10" in page
    assert "14,982,888.10" in page


def test_plan_and_done_stand_side_by_side(office_client, conghua):
    page = office_client.get("/figures/fund.raised/?unit=yuan").content.decode()

    assert "453,309,143.65" in page
    assert "完成 3.3 %" in page


def test_the_reader_chooses_the_unit_of_money_and_it_stays(office_client, conghua):
    office_client.get("/figures/?unit=yuan")

    assert "14,982,888.10" in office_client.get("/figures/fund.raised/").content.decode()


def test_a_stated_zero_looks_unlike_no_record(office_client, conghua):
    page = office_client.get("/figures/fund.raised/?by=source").content.decode()
    nothing = office_client.get("/figures/donation.cash/").content.decode()

    assert ">0</a>" in page
    assert ">–</a>" in nothing


def test_cumulative_statements_are_shown_by_the_end_of_the_year_asked_for(office_client, conghua):
    answer = office_client.get("/figures/fund.raised/?by=source&year=2011", follow=True)

    assert "at=2011-12-31" in answer.redirect_chain[-1][0]
    assert "882.33" in answer.content.decode()


def test_every_number_leads_to_its_records(office_client, conghua):
    part = office_client.get(
        "/figures/fund.raised/trace/?row=source:own", headers={"HX-Request": "true", "HX-Target": "drawer"}
    ).content.decode()

    assert "113 条台账条目" in part
    assert "<html" not in part


def test_the_same_address_is_a_page_on_a_phone(office_client, conghua):
    page = office_client.get("/figures/fund.raised/trace/?row=source:own").content.decode()

    assert "<html" in page
    assert "113 条台账条目" in page


def test_a_record_leads_to_the_cell_it_came_from(office, office_client, conghua):
    entry = own_money_entry(office)

    page = office_client.get(reverse("web:entry-cell", args=[entry.pk])).content.decode()

    assert "单位自筹" in page
    assert 'class="marked' in page


def test_a_break_down_is_exported_with_its_definition(office_client, conghua):
    answer = office_client.get("/figures/fund.raised/?by=source&export=csv&unit=yuan")

    text = b"".join(answer.streaming_content).decode()
    assert "单位自筹,8823311.1" in text
    assert "同一笔钱的两种分法" in text


def test_a_scope_is_saved_under_a_name_and_opened_again(office_client, conghua):
    office_client.post(f"/figures/fund.raised/scope/?place={CONGHUA}", {"name": "从化口径"})

    saved = SavedScope.objects.get()
    answer = office_client.get(f"/figures/scopes/{saved.pk}/?figure=fund.raised")
    assert f"place={CONGHUA}" in answer["Location"]


def test_the_ledger_as_it_stands_is_named_once(office_client, conghua):
    office_client.post("/figures/heads/", {"name": "2011年报送稿"})

    again = office_client.post("/figures/heads/", {"name": "2011年报送稿"}).content.decode()
    assert NamedHead.objects.count() == 1
    assert "field-error" in again or "note-error" in again


def test_a_figure_says_what_changed_since_a_named_head(office_client, desk, conghua):
    office_client.post("/figures/heads/", {"name": "报送稿"})
    desk.withdraw(conghua)

    page = office_client.get("/figures/fund.raised/compare/?earlier=报送稿").content.decode()

    assert "1,498.29" in page
    assert "-1,498.29" in page


def test_a_map_is_marked_and_asks_for_its_layer_from_this_host(office_client, conghua):
    page = office_client.get("/figures/fund.raised/?by=county").content.decode()

    assert "内部工作用图" in page
    assert "/maps/3/?within=440000000000" in page


def test_the_ledger_lists_entries_with_names_in_few_queries(office_client, conghua, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = office_client.get("/ledger/").content.decode()

    assert "共 903 条" in page


def test_an_entry_is_sealed_and_its_proof_checks_with_the_public_key_alone(office, office_client, conghua):
    entry = own_money_entry(office)
    office_client.post("/ledger/seal/")

    proof = json.loads(office_client.get(reverse("web:entry-proof", args=[entry.pk])).content)

    assert check_proof(proof, keys.public_path().read_bytes()).valid


def test_a_proof_of_an_unsealed_entry_says_what_to_do(office, office_client, conghua):
    answer = office_client.get(reverse("web:entry-proof", args=[own_money_entry(office).pk]))

    assert answer.status_code == 400
    assert "封存" in answer.content.decode()


def test_verification_reads_every_entry(office_client, conghua):
    page = office_client.post("/ledger/verify/").content.decode()

    assert "台账完好：903 条" in page


def test_a_wrong_head_file_is_named_as_such(office_client, conghua, tmp_path):
    file = tmp_path / "head.json"
    file.write_text("no json")

    with file.open("rb") as opened:
        page = office_client.post("/ledger/verify/", {"head": opened}).content.decode()

    assert "这不是台账封存文件" in page


def test_a_reversed_entry_and_its_reversal_lead_to_each_other(office, office_client, desk, conghua):
    entry = own_money_entry(office)
    desk.withdraw(conghua, reason="误报")

    page = office_client.get(reverse("web:entry", args=[entry.pk])).content.decode()

    assert "已被冲销" in page
    assert "误报" in page


def test_a_filter_stays_in_the_address_and_can_be_taken_away(office_client, conghua):
    page = office_client.get("/ledger/?stage=planned&source=").content.decode()

    assert "共 117 条" in page
    assert 'class="chip" href="?' in page


def test_dates_of_a_period_are_short():
    from xieshou.common.formats import period

    assert period(date(2019, 1, 1), date(2019, 12, 31)) == "2019"
