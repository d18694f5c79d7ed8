"""FAW 2019 by county: plan beside actual, as the published report states them."""

from decimal import Decimal

import pytest

from tests.stories.conftest import FAW_PLAN
from xieshou.intake.models import Batch

WAN = 10_000 * 100
FENGSHAN, ZHENLAI, HELONG = "451223000000", "220821000000", "222406000000"


@pytest.fixture
def faw(desk) -> Batch:
    return desk.take_in(FAW_PLAN, period="2019", basis="period")


def test_the_three_counties_are_taken_in_and_the_total_row_agrees(faw):
    assert (faw.form_key, faw.rows, faw.accepted) == ("fund_plan", 3, 3)
    assert {total["column"]: (total["stated"], total["computed"]) for total in faw.totals} == {
        "planned_fen": (4_711 * WAN, 4_711 * WAN),
        "actual_fen": (48_266 * WAN // 10, 48_266 * WAN // 10),
    }


def test_the_plan_of_the_counties_adds_up_to_4711_wan(desk, faw):
    assert desk.values_by("place", "fund.planned", year="2019") == {
        FENGSHAN: 1_771 * WAN, ZHENLAI: 1_550 * WAN, HELONG: 1_390 * WAN,
    }  # fmt: skip
    assert desk.value("fund.planned", year="2019") == 4_711 * WAN


@pytest.mark.parametrize("figure", ["fund.raised", "fund.used"])
def test_the_actual_amount_is_4826_6_wan_in_either_cut(desk, faw, figure):
    assert desk.value(figure, year="2019") == 48_266 * WAN // 10


def test_the_share_of_fengshan_is_37_43_percent(desk, faw):
    (share,) = desk.answers("fund.raised_share", place="凤山县", year="2019")

    assert (share.numerator, share.denominator) == (18_066 * WAN // 10, 48_266 * WAN // 10)
    assert round(share.value, 2) == Decimal("37.43")


def test_fields_and_sources_that_the_report_does_not_state_are_not_stated(desk, faw):
    assert desk.values_by("category", "fund.used") == {"": 48_266 * WAN // 10}
    assert desk.values_by("source", "fund.raised") == {"": 48_266 * WAN // 10}


def test_another_year_has_nothing(desk, faw):
    assert desk.value("fund.raised", year="2018") is None
