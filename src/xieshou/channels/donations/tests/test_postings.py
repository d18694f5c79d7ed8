"""What a line of a distribution list posts."""

from datetime import date

import pytest

from xieshou.channels.donations.models import DistributionLine
from xieshou.channels.donations.postings import for_distribution_columns, for_distribution_line
from xieshou.channels.donations.rules import UNITS, unit_named

DAY = date(2024, 1, 22)


def line(unit, quantity, **values):
    return DistributionLine(
        place_code="451223100202", giver_id=3, household_ref=5, person_ref=7, unit=unit, quantity=quantity,
        handed_out_on=DAY, **values,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "measure", "category"),
    [
        ("元", "donation.cash", ""),
        ("袋", "donation.goods", "bag"),
        ("册", "donation.goods", "copy"),
        ("公斤", "donation.goods_mass", ""),
    ],
)
def test_the_unit_decides_what_is_counted(unit, measure, category):
    (posted,) = for_distribution_line(line(unit, 2))

    assert (posted.measure.key, posted.category, posted.quantity) == (measure, category, 2)


def test_a_line_is_posted_to_its_person_and_household_on_its_day():
    (posted,) = for_distribution_line(line("袋", 2, value_fen=11_600))

    assert (posted.person, posted.household, posted.occurred_from, posted.occurred_to) == (7, 5, DAY, DAY)
    assert (posted.giver, posted.credited_to, posted.value_fen, posted.basis) == (3, 3, 11_600, "listed")


@pytest.mark.parametrize(
    ("text", "grams"), [("斤", 500), ("公斤", 1_000), ("千克", 1_000), ("吨", 1_000_000), ("克", 1)]
)
def test_weights_become_grams(text, grams):
    assert unit_named(text).factor == grams


def test_money_becomes_fen():
    assert unit_named("元").factor == 100


def test_an_unknown_unit_is_not_guessed():
    assert unit_named("车皮") is None


def test_every_counted_unit_has_a_category_with_a_name():
    (posted,) = for_distribution_line(line("件", 1))

    assert {unit.category for unit in UNITS.values()} - {""} <= posted.measure.categories.keys()


def test_many_lines_at_once_post_what_each_posts_alone():
    lines = [line("元", 50_000), line("袋", 2, value_fen=11_600), line("公斤", 50_000), line("床", 1)]
    columns = {
        "programme_id": None, "batch_id": None, "place_code": "451223100202", "giver_id": 3,
        "household_ref": 5, "person_ref": 7, "handed_out_on": DAY,
        "unit": [each.unit for each in lines], "quantity": [each.quantity for each in lines],
        "value_fen": [each.value_fen for each in lines],
    }  # fmt: skip

    together = {
        (index, part.measure.key, part.category[index], quantity, part.value_fen[index])
        for part in for_distribution_columns(columns)
        for index, quantity in enumerate(part.quantity)
        if quantity is not None
    }

    assert together == {
        (index, posted.measure.key, posted.category, posted.quantity, posted.value_fen)
        for index, each in enumerate(lines)
        for posted in for_distribution_line(each)
    }
