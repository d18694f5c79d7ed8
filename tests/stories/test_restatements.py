"""A later cumulative statement, or a correction, replaces an earlier row; withdrawn, the earlier row counts again."""

from datetime import date

import pytest

from tests.stories.workbooks import fund_report, row
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.intake import services as intake
from xieshou.ledger import services as ledger
from xieshou.programme.models import FundStatementLine

YEAR_END, SPRING = date(2011, 12, 31), date(2012, 3, 31)
ROW = 2  # the first row below the header


@pytest.fixture
def stated(desk, tmp_path):
    """A fund report of one row: so many yuan used in 双头村 up to a day."""

    def run(used, as_of):
        path = fund_report(
            tmp_path / f"{used}-{as_of}.xlsx", [row("增城市", "派潭镇", "双头村", "市水务局", 50_000, used)]
        )
        return desk.draft(path, as_of=as_of)

    return run


@pytest.fixture
def year_end(desk, stated):
    return desk.accept(stated(1_000, YEAR_END))


@pytest.fixture
def spring(desk, stated, year_end):
    return desk.accept(stated(2_500, SPRING))


def test_a_later_cumulative_statement_takes_the_place_of_the_earlier(desk, spring):
    assert desk.value("fund.used") == 2_500_00
    assert desk.value("fund.planned") == 50_000_00


def test_the_replaced_row_stays_and_counts_no_more(spring):
    assert list(FundStatementLine.objects.order_by("pk").values_list("to_villages_fen", "superseded")) == [
        (1_000_00, True), (2_500_00, False),
    ]  # fmt: skip


def test_an_older_statement_does_not_take_the_place_of_a_later_one(desk, spring, stated):
    assert stated(700, date(2011, 9, 30)).accepted == 0
    assert desk.value("fund.used") == 2_500_00


def test_the_later_statement_withdrawn_leaves_every_figure_as_before(desk, year_end, spring):
    desk.withdraw(spring)

    assert (desk.value("fund.used"), desk.value("fund.planned")) == (1_000_00, 50_000_00)
    assert ledger.reconcile(SOURCES) == []
    assert ledger.verify().is_sound


def test_a_row_corrected_on_purpose_is_replaced_and_comes_back_when_that_is_withdrawn(desk, year_end, stated):
    draft = stated(1_800, YEAR_END)
    draft = intake.decide(by=desk.actor, batch=draft, bindings=BINDINGS, correct_rows=[ROW])
    correction = desk.accept(draft)

    assert desk.value("fund.used") == 1_800_00
    desk.withdraw(correction)
    assert desk.value("fund.used") == 1_000_00


def test_a_row_whose_own_batch_was_withdrawn_does_not_come_back(desk, year_end, spring):
    desk.withdraw(year_end)
    assert desk.value("fund.used") == 2_500_00

    desk.withdraw(spring)

    assert desk.value("fund.used") is None
    assert ledger.reconcile(SOURCES) == []


def test_after_both_are_withdrawn_the_first_can_be_handed_in_again(desk, year_end, spring, stated):
    desk.withdraw(year_end)
    desk.withdraw(spring)

    assert desk.accept(stated(1_000, YEAR_END)).accepted == 1
    assert desk.value("fund.used") == 1_000_00


def test_the_middle_of_three_statements_withdrawn_leaves_the_last_standing(desk, year_end, spring, stated):
    desk.accept(stated(4_000, date(2012, 6, 30)))

    desk.withdraw(spring)

    assert desk.value("fund.used") == 4_000_00
    assert ledger.reconcile(SOURCES) == []


def test_the_last_of_three_withdrawn_after_the_middle_brings_the_first_back(desk, year_end, spring, stated):
    summer = desk.accept(stated(4_000, date(2012, 6, 30)))

    desk.withdraw(spring)
    desk.withdraw(summer)

    assert desk.value("fund.used") == 1_000_00
    assert ledger.reconcile(SOURCES) == []
