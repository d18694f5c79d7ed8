"""A scope is read from the options of the command line, and every refusal names the option."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.common.errors import XieshouError
from xieshou.figures.rules import a_year_before, days_of
from xieshou.figures.scopes import PartyRole, Scope
from xieshou.figures.tests.factories import CONGHUA, GUIFENG
from xieshou.ledger.measures import FundSource, Nature, Stage


def test_no_option_is_everything():
    assert Scope.from_options({"place": None, "year": ""}) == Scope()


def test_a_place_goes_by_its_code_or_its_name(places_cast):
    assert [Scope.from_options({"place": text}).place for text in ("从化区", CONGHUA)] == [CONGHUA, CONGHUA]


def test_a_party_goes_by_its_name_or_its_number(helping_unit):
    scopes = [Scope.from_options({"party": text, "as": "giver"}) for text in (helping_unit.name, helping_unit.pk)]

    assert scopes == [Scope(party=helping_unit.pk, role=PartyRole.GIVER)] * 2


@pytest.mark.parametrize(
    ("options", "since", "until"),
    [
        ({"year": 2019}, date(2019, 1, 1), date(2019, 12, 31)),
        ({"from": "2018", "to": "2020-10"}, date(2018, 1, 1), date(2020, 10, 31)),
        ({"at": "2011.9.30"}, None, date(2011, 9, 30)),
        ({"to": "2011年9月"}, None, date(2011, 9, 30)),
        ({"from": "2012-02-29"}, date(2012, 2, 29), None),
    ],
)
def test_a_period_is_a_year_two_ends_or_a_day_up_to_which(options, since, until):
    scope = Scope.from_options(options)

    assert (scope.since, scope.until) == (since, until)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"town": "x"}, "town"),
        ({"place": "没有这个地方"}, "place"),
        ({"party": "没有这个单位"}, "party"),
        ({"as": "friend"}, "as"),
        ({"programme": "没有这个项目群"}, "programme"),
        ({"project": "x"}, "project"),
        ({"source": "gold"}, "source"),
        ({"nature": "gift"}, "nature"),
        ({"stage": "dreamt"}, "stage"),
        ({"year": "2019-10"}, "year"),
        ({"from": "2019-13"}, "from"),
        ({"to": "soon"}, "to"),
        ({"at": "30.9.2011"}, "at"),
        ({"year": 2019, "at": "2019"}, "at"),
        ({"from": 2020, "to": 2019}, "to"),
    ],
)
def test_what_cannot_be_read_is_refused_by_naming_the_option(places_cast, options, option):
    with pytest.raises(XieshouError) as refused:
        Scope.from_options(options)

    assert refused.value.where["option"] == option


def test_a_wrong_source_is_refused_by_naming_the_sources():
    with pytest.raises(XieshouError, match="government（财政）"):
        Scope.from_options({"source": "gold"})


def test_a_scope_is_described_in_words(places_cast, helping_unit, programme):
    scope = Scope(
        place=CONGHUA,
        party=helping_unit.pk,
        programme=programme.pk,
        source="own",
        since=date(2019, 1, 1),
        until=date(2019, 12, 31),
    )

    assert scope.described() == "广东省广州市从化区 · 2019 · 帮扶单位：广州市民政局 · 定点帮扶 · 单位自筹"
    assert Scope().described() == ""


@given(
    days=st.tuples(st.none() | st.dates(), st.none() | st.dates()).filter(
        lambda days: None in days or days[0] <= days[1]
    ),
    category=st.sampled_from(["", "road.bridge"]),
    source=st.sampled_from(["", *FundSource.values]),
    nature=st.sampled_from(["", *Nature.values]),
    stage=st.sampled_from(["", *Stage.values]),
    project=st.none() | st.integers(1, 10**12),
)
def test_the_options_of_a_scope_give_the_scope_back(days, category, source, nature, stage, project):
    scope = Scope(
        since=days[0], until=days[1], category=category, source=source, nature=nature, stage=stage, project=project
    )

    assert Scope.from_options(scope.as_options()) == scope


def test_the_options_of_a_scope_name_place_party_and_programme_by_code_and_id(places_cast, helping_unit, programme):
    scope = Scope(place=GUIFENG, party=helping_unit.pk, role=PartyRole.RECEIVER, programme=programme.pk)

    assert Scope.from_options(scope.as_options()) == scope


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2019, 5, 1), date(2018, 5, 1)),
        (date(2020, 2, 29), date(2019, 2, 28)),
        (date(2021, 2, 28), date(2020, 2, 29)),
        (date(2020, 2, 28), date(2019, 2, 28)),
    ],
)
def test_the_end_of_february_a_year_before_is_the_end_of_february(day, before):
    assert a_year_before(day) == before


def test_a_month_ends_on_its_last_day():
    assert days_of("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
