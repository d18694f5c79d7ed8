"""Programmes are set up once; a line of a fund report is posted or refused whole."""

from datetime import date

import pytest
from django.utils.translation import override

from xieshou.ledger.selectors import entries_for
from xieshou.parties.models import PartyKind
from xieshou.programme.errors import FundStatementRefused, ProgrammeRefused, ProgrammeUnknown
from xieshou.programme.models import FundStatementLine, Programme
from xieshou.programme.selectors import fund_statement_lines, programme_at, programmes_for
from xieshou.programme.services import create_programme, record_fund_statement

VILLAGE, COUNTY = "440117107208", "440117000000"


@pytest.fixture
def record(office, helping_unit, places_cast, xieshou_home):
    def run(place_code=VILLAGE, **amounts):
        return record_fund_statement(
            by=office, party=helping_unit, place_code=place_code, occurred_to=date(2011, 12, 31), **amounts
        )

    return run


def test_a_programme_is_found_by_its_name_and_by_its_number(office):
    programme = create_programme(by=office, name="定点帮扶甲", kind=Programme.Kind.DESIGNATED)

    assert [programme_at("定点帮扶甲"), programme_at(str(programme.pk))] == [programme, programme]
    assert list(programmes_for(office)) == [programme]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"kind": "friendship"},
        {"valid_from": date(2020, 1, 2), "valid_to": date(2020, 1, 1)},
        {"name": "已有的"},
    ],
    ids=["no name", "unknown kind", "ends before it begins", "name taken"],
)
def test_a_programme_that_cannot_be_is_refused(office, wrong):
    create_programme(by=office, name="已有的", kind=Programme.Kind.DESIGNATED)

    with pytest.raises(ProgrammeRefused):
        create_programme(by=office, **{"name": "新的", "kind": Programme.Kind.DESIGNATED} | wrong)


def test_an_unknown_programme_is_refused_by_naming_those_there_are(office):
    create_programme(by=office, name="定点帮扶甲", kind=Programme.Kind.DESIGNATED)

    with pytest.raises(ProgrammeUnknown, match="定点帮扶甲"):
        programme_at("定点帮扶乙")


def test_a_recorded_line_posts_one_entry_for_each_stated_amount(record, office):
    record(planned_fen=500, invested_fen=300, to_villages_fen=300, own_fen=300, credit_fen=0)

    assert sorted(entries_for(office).values_list("measure", "quantity")) == [
        ("fund.planned", 500),
        ("fund.raised", 0),
        ("fund.raised", 300),
        ("fund.used", 300),
    ]


def test_the_receiver_of_a_village_is_the_party_of_the_village(record):
    assert (record(own_fen=1).receiver.kind, record(own_fen=1).receiver.place_code) == (PartyKind.VILLAGE, VILLAGE)


def test_a_place_above_the_villages_has_no_party_of_its_own(record):
    assert record(place_code=COUNTY, own_fen=1).receiver is None


def test_a_line_whose_cut_misses_the_invested_sum_is_refused_with_the_difference(record):
    with override("en"), pytest.raises(FundStatementRefused, match=r"1\.50"):
        record(invested_fen=300, to_villages_fen=450)
    assert FundStatementLine.objects.count() == 0


def test_a_negative_amount_is_refused(record):
    with pytest.raises(FundStatementRefused):
        record(own_fen=-1)


def test_a_line_is_seen_only_by_those_whose_place_or_party_it_is(record, office, clerk, county_officer, stranger):
    record(own_fen=1)

    assert [fund_statement_lines(actor).count() for actor in (office, clerk, county_officer, stranger)] == [1, 1, 0, 0]
