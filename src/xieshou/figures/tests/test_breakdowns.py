"""The rows of every break-down add up to the whole; what is not stated is a row of its own, and comes last."""

import random
from datetime import date
from functools import partial

import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xieshou.analytics.readings import Snapshot, reading
from xieshou.analytics.schema import ENTRIES
from xieshou.analytics.tables import ENTRY, Tables, live
from xieshou.figures import queries
from xieshou.figures.bounds import Bounds, PartyBounds, Share, Sight
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.tests.factories import (
    CONGHUA,
    GUIFENG,
    LYUTIAN,
    MONEY,
    RECORDS,
    SUM,
    TIANHU,
    WENQUAN,
    money,
    reverse,
)
from xieshou.ledger.measures import FundSource

EVERYTHING = Bounds(place_ranges=None, party=None, equal=(), category="", since=None, until=None)

PLACES = ["", "110000000000", CONGHUA, LYUTIAN, GUIFENG, TIANHU, "441900003000"]
parties = st.none() | st.integers(1, 3)
days = st.dates(date(2017, 1, 1), date(2020, 12, 31))


@st.composite
def entries(draw, first_id=1):
    """Live entries of any shape, with ids from 1."""
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "days": st.tuples(st.none() | days, days).filter(
                        lambda pair: pair[0] is None or pair[0] <= pair[1]
                    ),
                    "category": st.sampled_from(["", "road", "road.bridge", "school"]),
                    "fund_source": st.sampled_from(["", *FundSource.values]),
                    "nature": st.sampled_from(["grant", "returnable"]),
                    "quantity": st.integers(0, 10**12),
                    "basis": st.sampled_from(["listed", "summary"]),
                    "giver": parties,
                    "receiver": parties,
                    "credited_to": parties,
                    "place_code": st.sampled_from(PLACES),
                    "programme": parties,
                    "project": parties,
                    "source_id": st.integers(1, 5),
                }
            ),
            max_size=12,
        )
    )
    return [entry(number, row) for number, row in enumerate(rows, first_id)]


def entry(number, row):
    first, last = row.pop("days")
    return {
        "id": number,
        "posted_at": 0,
        "posted_by": 1,
        "occurred_from": first,
        "occurred_to": last,
        "stage": "done",
        "measure": MONEY.key,
        "bound": "exact",
        "source_kind": "test_record",
        "source_line": 0,
        "reason": "",
    } | row


def reversal(number, row):
    return row | {"id": number, "quantity": -row["quantity"], "reverses": row["id"], "reason": "重复填报"}


def books(rows):
    return Snapshot(files=(), tail=pa.Table.from_pylist(rows, ENTRIES), last_entry=0, entries=0, identity=None)


def groups(rows, figure, *, by=(), bounds=EVERYTHING, sights=None):
    """The groups of a figure over these entries, by the codes of its dimensions."""
    dimensions = [DIMENSIONS[name] for name in by]
    standing = queries.standing(figure, Tables(live(ENTRY), {}), bounds, sights)
    shares = bounds.party.shares if bounds.party else ()
    with reading(books(rows), handed=[queries.joint_shares(shares)]) as opened:
        found = opened.rows(queries.grouped(standing, dimensions, figure, bounds))
    return {
        tuple(each.code(*(row.pop(name) for name in queries.key_names(each))) for each in dimensions): row
        for row in found
    }


def total(found, column):
    return sum(row[column] or 0 for row in found.values())


slowly = partial(settings, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slowly(max_examples=25)
@given(rows=entries(), dimension=st.sampled_from(sorted(DIMENSIONS)))
def test_the_rows_of_every_break_down_add_up_to_the_whole(rows, dimension):
    whole, parts = groups(rows, SUM), groups(rows, SUM, by=(dimension,))

    assert [total(parts, name) for name in ("amount", "entries", "summary")] == [
        total(whole, name) for name in ("amount", "entries", "summary")
    ]


@slowly(max_examples=15)
@given(rows=entries(), dimension=st.sampled_from(sorted(DIMENSIONS)))
def test_every_row_of_a_break_down_can_be_opened_and_holds_what_it_shows(rows, dimension):
    parts = groups(rows, SUM, by=(dimension,))
    standing = queries.standing(SUM, Tables(live(ENTRY), {}), EVERYTHING, None)

    with reading(books(rows), handed=[queries.joint_shares(())]) as opened:
        for (code,), row in parts.items():
            inside = queries.of_value(queries.within_row(standing, {DIMENSIONS[dimension]: code}))
            assert sum(line["counted"] for line in opened.rows(inside.select("counted"))) == row["amount"]


@slowly(max_examples=15)
@given(rows=entries(), data=st.data())
def test_posting_and_reversing_is_nothing(rows, data):
    undone = data.draw(entries(first_id=1001))
    reversals = [reversal(number, row) for number, row in enumerate(undone, 2001)]

    assert groups([*rows, *undone, *reversals], SUM, by=("county", "source")) == groups(
        rows, SUM, by=("county", "source")
    )


@slowly(max_examples=15)
@given(rows=entries(), seed=st.integers(0, 1000))
def test_the_order_of_entries_does_not_matter(rows, seed):
    shuffled = random.Random(seed).sample(rows, len(rows))

    assert groups(shuffled, RECORDS, by=("place", "year")) == groups(rows, RECORDS, by=("place", "year"))


@slowly(max_examples=15)
@given(rows=entries(), bp=st.lists(st.integers(0, 10_000), min_size=2, max_size=2))
def test_the_parts_of_a_joint_party_add_up_to_the_whole_and_a_reversal_takes_them_back(rows, bp):
    low, high = sorted(bp)
    stated = {11: low, 12: high - low, 13: 10_000 - high}
    rows = [row | {"credited_to": 3, "giver": None} for row in rows]
    reversals = [reversal(number, row) for number, row in enumerate(rows, 1001)]

    def part_of(entries_, member):
        shares = tuple(Share(3, each, share, each == member) for each, share in stated.items())
        party = PartyBounds(column="credited_to", whole=(member,), shares=shares, unshared=())
        bounds = Bounds(place_ranges=None, party=party, equal=(), category="", since=None, until=None)
        return total(groups(entries_, SUM, bounds=bounds), "amount")

    assert sum(part_of(rows, member) for member in stated) == sum(row["quantity"] for row in rows)
    assert [part_of([*rows, *reversals], member) for member in stated] == [0, 0, 0]


@slowly(max_examples=15)
@given(rows=entries(), places=st.sets(st.sampled_from(PLACES[1:])), ids=st.sets(st.integers(1, 3)))
def test_two_grants_show_what_either_shows_and_no_grant_shows_nothing(rows, places, ids):
    by_place = Sight(tuple((code, f"{code[:11]}{chr(ord(code[11]) + 1)}") for code in sorted(places)), None)
    by_party = Sight(None, tuple(ids))
    seen = [
        row for row in rows if row["place_code"] in places or ids & {row["giver"], row["receiver"], row["credited_to"]}
    ]

    assert groups(rows, SUM, sights=(by_place, by_party)) == groups(seen, SUM)
    assert total(groups(rows, SUM, sights=()), "entries") == 0


def test_a_coarser_place_is_not_stated_in_a_finer_break_down(post, answers):
    post(
        money(1, place_code=GUIFENG),
        money(2, place_code=LYUTIAN),
        money(4, place_code=CONGHUA),
        money(8, place_code=""),
    )

    assert {row.by["township"].code: row.base_value for row in answers(SUM, by=("township",))} == {LYUTIAN: 3, "": 12}
    assert [(row.by["village"].name, row.base_value) for row in answers(SUM, by=("village",))] == [
        ("桂峰村委会", 1),
        ("未填", 14),
    ]


def test_a_town_directly_below_a_prefecture_has_the_prefecture_as_its_county(post, answers):
    post(money(1, place_code="441900003000"), money(2, place_code="441900000000"))

    assert [row.by["county"].code for row in answers(SUM, by=("county",))] == ["441900000000", ""]


def test_sources_stand_in_the_order_of_their_list_and_what_is_not_stated_last(post, answers):
    post(money(1), money(2, fund_source="attracted"), money(3, fund_source="government"))

    rows = [(row.by["source"].name, row.base_value) for row in answers(SUM, by=("source",))]

    assert rows == [("财政", 3), ("社会引资", 2), ("未填", 1)]


def test_two_dimensions_make_a_row_of_each_pair(post, answers):
    post(money(1, category="road"), money(2, category="school", place_code=TIANHU), money(3, category="road"))

    rows = answers(SUM, by=("township", "category"))

    assert [(row.by["township"].code, row.by["category"].name, row.base_value) for row in rows] == [
        (WENQUAN, "学校", 2),
        (LYUTIAN, "道路", 4),
    ]


def test_a_dimension_named_twice_is_one_and_party_is_the_credited_unit(post, answers, helping_unit):
    post(money(1, credited_to=helping_unit.pk))

    (row,) = answers(SUM, by=("party", "party", "credited"))

    assert [(name, member.name) for name, member in row.by.items()] == [
        ("party", helping_unit.name),
        ("credited", helping_unit.name),
    ]


def test_a_row_in_which_everything_was_reversed_is_gone(post, office, answers):
    reverse(office, post(money(5, category="road")))
    post(money(1, category="school"))

    assert [row.by["category"].code for row in answers(SUM, by=("category",))] == ["school"]


def test_by_stage_each_stage_is_its_own_value(post, answers):
    post(money(1), money(2, stage="planned"), money(4, stage="committed"))

    rows = [(row.by["stage"].name, row.base_value) for row in answers(SUM, by=("stage",))]

    assert rows == [("计划", 2), ("已承诺", 4), ("已完成", 1)]


@pytest.mark.parametrize(
    ("by", "key"),
    [
        (("county",), "substr(place_code, 1, 6) || '000000'"),
        (("source",), "fund_source"),
        (("category",), "category"),
        (("credited",), "coalesce(cast(credited_to AS varchar), '')"),
    ],
)
def test_a_figure_agrees_with_sql_written_by_hand(post, answers, helping_unit, by, key):
    post(
        *(
            money(
                number,
                category=["road", "school", "road.bridge"][number % 3],
                fund_source=["own", "", "donated"][number % 3],
                credited_to=[helping_unit.pk, None][number % 2],
                place_code=[GUIFENG, TIANHU][number % 2],
            )
            for number in range(1, 30)
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, sum(quantity), count(*) FROM ledger_entry "
            "WHERE measure = 'test.money' AND stage = 'done' AND place_code >= '440117000000' AND "
            "place_code < '440118000000' AND occurred_from >= '2019-01-01' AND occurred_to <= '2019-12-31' GROUP BY 1"
        )
        by_hand = {(code, int(amount), count) for code, amount, count in cursor.fetchall()}

    rows = answers(SUM, by=by, place=CONGHUA, year=2019)

    assert {(row.by[by[0]].code, row.base_value, row.entries) for row in rows} == by_hand
