"""Two notices of the Wuhan Red Cross, January 2020: gifts of money as text, gifts in kind with fused units."""

import pytest

from xieshou.intake.forms import load_form
from xieshou.intake.tests.conftest import APPS, DATA

FORMS = APPS / "channels/donations/forms"
CASH, GOODS = load_form(FORMS / "gifts_of_cash.toml"), load_form(FORMS / "gifts_of_goods.toml")

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def cash(opened_as):
    return opened_as(DATA / "red-cross-cash-9-1.xlsx", CASH, GOODS, period="2020-01-31")


@pytest.fixture
def goods(opened_as):
    return opened_as(DATA / "red-cross-goods-6-2.xlsx", CASH, GOODS, period="2020-01-28")


def test_101_gifts_of_82_729_550_yuan_are_read_from_text(cash, accepted_as, books):
    accepted_as(cash, CASH)

    assert (len(books.rows), sum(books.column("cash_fen"))) == (101, 8_272_955_010)


def test_three_gifts_that_are_listed_again_are_flagged_and_kept(cash, found_as, preview_as):
    assert preview_as(cash, CASH).equal_rows == 9
    assert cash.accepted == 101
    assert len({one.params["other"] for one in preview_as(cash, CASH).findings if one.code == "equal_row"}) == 3


def test_the_total_of_the_day_is_contradicted_and_says_so(cash, preview_as):
    (said,) = [one for one in preview_as(cash, CASH).findings if one.code == "stated_total_exceeded"]

    assert "80,622,600" in said.message
    assert "82,729,550.1" in said.message
    assert "2,106,950.1" in said.message


def test_198_pieces_written_with_their_unit_are_198_pieces(goods, accepted_as, books):
    accepted_as(goods, GOODS)
    first = books.rows[0]

    assert (first["quantity"], first["unit"]) == (198, "件")


def test_the_header_in_the_middle_of_the_notice_is_no_gift(goods, rows_of):
    assert "品名" not in rows_of(goods).column("item").to_pylist()


def test_the_sentence_and_the_signature_below_are_no_gifts(goods, rows_of):
    assert max(rows_of(goods).column("row").to_pylist()) == 228


def test_a_cell_that_lists_many_donors_goes_back_and_is_not_taken_for_one_donor(write, opened_as, found_as):
    rows = [["捐赠单位（个人）", "金额（元）"], ["甲公司100元、乙公司200元、丙公司300元", 600], ["丁公司", 1]]
    batch = opened_as(write(rows), CASH)

    assert batch.accepted == 1
    assert ("A2", "many_listed") in found_as(batch, CASH)
