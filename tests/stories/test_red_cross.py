"""The notices of the Wuhan Red Cross: gifts of money and of goods, and the sheet that was to reconcile them."""

from datetime import date
from pathlib import Path

import pytest

from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.donations.models import Gift
from xieshou.channels.statements.models import Statement
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import trace
from xieshou.intake import services as intake
from xieshou.ledger import services as ledger
from xieshou.parties.models import Party

DATA = Path(__file__).parent / "data"
JANUARY_31 = date(2020, 1, 31)


def opened(desk, name, **options):
    """A draft of a notice, and what is said about it."""
    draft = desk.draft(DATA / name, **options)
    return draft, intake.report(by=desk.actor, batch=draft, bindings=BINDINGS)


@pytest.fixture
def cash(desk):
    return opened(desk, "red-cross-cash-9-1.xlsx", period="2020-01-31..2020-01-31")


@pytest.fixture
def goods(desk):
    return opened(desk, "red-cross-goods-6-2.xlsx", period="2020-01-22..2020-01-28")


def test_the_101_gifts_of_money_add_up_to_82_729_550_10_yuan(desk, cash):
    draft, _report = cash
    desk.accept(draft)

    assert (draft.form_key, draft.rows, draft.accepted) == ("gifts_of_cash", 101, 101)
    assert desk.value("donation.received_gifts", year="2020") == 101
    assert desk.value("donation.received_cash", year="2020") == 82_729_550_10


def test_the_day_s_total_that_the_notice_states_is_contradicted_and_said_so(cash):
    _draft, report = cash
    stated = [(total.stated, total.computed) for total in report.totals]

    assert stated == [(80_622_600_00, 82_729_550_10)]
    assert "stated_total_exceeded" in {finding.code for finding in report.warnings}


def test_equal_gifts_are_flagged_and_kept(cash):
    draft, report = cash
    flagged = {finding.row for finding in report.warnings if finding.code == "equal_row"}

    assert flagged == {*range(24, 31), 70, 74}  # eight gifts of one society, two of a person, two of a company
    assert draft.accepted == 101


def test_an_organisation_that_gave_is_a_party_and_a_person_is_not(desk, cash):
    desk.accept(cash[0])

    assert Gift.objects.get(row=19).giver.name == "河北省红十字会"
    assert (Gift.objects.get(row=59).giver, Gift.objects.get(row=59).giver_as_written) == (None, "杜*")
    assert not Party.objects.filter(name__regex="某").exists()


def test_an_organisation_that_gave_eight_times_is_one_party(desk, cash):
    desk.accept(cash[0])

    assert desk.value("donation.received_cash", party="大连市红十字会", **{"as": "giver"}) == 8_000_000_00


def test_198_pieces_are_a_number_and_a_unit(desk, goods):
    draft, _report = goods
    desk.accept(draft)
    gift = Gift.objects.get(row=7)

    assert draft.form_key == "gifts_of_goods"
    assert (gift.item, gift.quantity, gift.unit, gift.giver.name) == (
        "抗病毒口服液", 198, "件", "广州市香雪制药股份公司",
    )  # fmt: skip
    assert desk.values_by("category", "donation.received_goods", year="2020")["piece"] > 198


def test_a_donor_merged_over_two_rows_gave_both(desk, goods):
    desk.accept(goods[0])

    givers = Gift.objects.filter(row__in=(8, 9)).values_list("giver__name", flat=True)
    assert set(givers) == {"湖南幻影三陆零农牧科技公司"}


def test_a_gift_is_traced_to_its_cell(desk, goods):
    desk.accept(goods[0])
    found = trace(
        actor=desk.actor,
        figure=figure_named("donation.received_goods", FIGURES),
        scope=Scope.from_options({"party": "广州市香雪制药股份公司", "as": "giver"}),
        sources=SOURCES,
    )

    assert [(line.quantity, line.original.cell, line.original.shown) for line in found.lines] == [(198, "D7", "198件")]


def test_a_notice_with_the_unit_in_a_column_is_read_by_it(desk):
    draft, _report = opened(desk, "red-cross-goods-7-2.xlsx", period="2020-01-29..2020-01-29")
    desk.accept(draft)
    first = Gift.objects.get(row=6)

    assert (first.item, first.quantity, first.unit) == ("84消毒液", 41, "箱")
    assert draft.rejected <= 3


def test_a_notice_withdrawn_leaves_nothing_behind(desk, cash):
    batch = desk.accept(cash[0])
    desk.withdraw(batch)

    assert desk.value("donation.received_cash", year="2020") is None
    assert ledger.reconcile(SOURCES) == []


@pytest.fixture
def reconciliation(desk):
    return opened(desk, "red-cross-reconciliation.xlsx")


def test_every_day_of_the_reconciliation_sheet_is_a_statement_of_its_own_day(desk, reconciliation):
    draft, _report = reconciliation
    desk.accept(draft)

    assert (draft.form_key, draft.accepted) == ("receipts_reconciliation", 9)
    assert set(Statement.objects.values_list("occurred_to", flat=True)) == {
        *(date(2020, 1, day) for day in range(24, 32)), date(2020, 2, 1),
    }  # fmt: skip
    assert desk.value("receipts.received", to="2020-01-31", **{"from": "2020-01-31"}) == 84_073_280_25
    assert desk.value("receipts.published", to="2020-01-31", **{"from": "2020-01-31"}) == 80_622_600_00


def test_what_was_published_and_what_came_in_are_compared_and_never_added(reconciliation):
    _draft, report = reconciliation
    differing = {finding.row for finding in report.warnings if finding.params.get("check") == "published"}

    assert {6, 7} <= differing
