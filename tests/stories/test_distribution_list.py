"""A distribution list: one line a recipient, one entry a line, and persons who count once."""

import pytest
from openpyxl import load_workbook

from tests.stories.conftest import DISTRIBUTION_LIST
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.donations.models import DistributionLine
from xieshou.ledger import services as ledger
from xieshou.ledger.selectors import entries_for
from xieshou.registry.models import Person


@pytest.fixture
def handed_out(desk):
    return desk.take_in(DISTRIBUTION_LIST)


def test_twenty_lines_post_twenty_entries(desk, handed_out):
    assert (handed_out.form_key, handed_out.rows, handed_out.accepted) == ("distribution_list", 20, 20)
    assert entries_for(desk.actor).count() == 20


def test_cash_goods_and_weights_are_different_measures(desk, handed_out):
    assert desk.value("donation.cash") == 4 * 500_00
    assert desk.value("donation.goods_value") == 4 * (116_00 + 72_50 + 135_00 + 160_00)
    assert desk.value("donation.lines") == 20


def test_twenty_persons_in_ten_households_are_counted_once_each(desk, handed_out):
    assert desk.value("donation.persons") == 20
    assert desk.value("donation.households") == 10


def test_an_identity_number_is_not_readable_in_any_table(handed_out):
    number = load_workbook(DISTRIBUTION_LIST).active["H3"].value
    person = Person.objects.get(name="示例甲")

    assert number.encode() not in bytes(person.identity_cipher)
    assert number not in str(list(DistributionLine.objects.values()))


def test_nobody_is_counted_by_a_reversed_entry(desk, handed_out):
    desk.withdraw(handed_out)

    assert [desk.value(key) for key in ("donation.cash", "donation.goods_value")] == [None, None]
    assert [desk.value(key) or 0 for key in ("donation.persons", "donation.households", "donation.lines")] == [0, 0, 0]
    assert ledger.verify().is_sound
    assert ledger.reconcile(SOURCES) == []


def test_the_persons_of_a_withdrawn_list_are_the_same_when_it_comes_again(desk, handed_out):
    persons = set(Person.objects.values_list("pk", flat=True))
    desk.withdraw(handed_out)

    desk.take_in(DISTRIBUTION_LIST)

    assert set(Person.objects.values_list("pk", flat=True)) == persons
    assert desk.value("donation.persons") == 20
