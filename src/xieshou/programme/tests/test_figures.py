"""The money of a programme as figures: planned, raised by source, used by use; shares and completion from whole fen."""

from datetime import date
from decimal import Decimal

import pytest

from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, trace
from xieshou.ledger.services import posting
from xieshou.programme import figures
from xieshou.programme.models import FundPlanLine
from xieshou.programme.postings import FUND_PLAN_SOURCE
from xieshou.programme.services import create_programme, record_fund_statement

VILLAGE, COUNTY = "440117107208", "440117000000"
FENGSHAN, ZHENLAI, HELONG = "451223000000", "220821000000", "222406000000"


@pytest.fixture
def statement(office, helping_unit, places_cast, xieshou_home):
    """One line of a fund report: a plan, three sources and both uses, one of them a stated zero."""
    return record_fund_statement(
        by=office,
        party=helping_unit,
        place_code=VILLAGE,
        occurred_to=date(2011, 9, 30),
        planned_fen=50_000_00,
        invested_fen=12_000_00,
        to_households_fen=0,
        to_villages_fen=12_000_00,
        government_fen=2_000_00,
        own_fen=9_999_99,
        credit_fen=0,
        donated_fen=1,
    )


@pytest.fixture
def faw_2019(office, helping_unit, places_cast, xieshou_home):
    """What 中国一汽 planned and did in 2019, county by county, in fen."""
    programme = create_programme(by=office, name="中国一汽定点帮扶", kind="designated", party=helping_unit)
    amounts = {FENGSHAN: (1771, 18066), ZHENLAI: (1550, 16150), HELONG: (1390, 14050)}
    with posting(by=office) as book:
        lines = FundPlanLine.objects.bulk_create(
            FundPlanLine(
                programme=programme,
                place_code=place,
                party=helping_unit,
                occurred_from=date(2019, 1, 1),
                occurred_to=date(2019, 12, 31),
                planned_fen=planned * 10_000_00,
                actual_fen=actual * 1_000_00,
            )
            for place, (planned, actual) in amounts.items()
        )
        book.post(FUND_PLAN_SOURCE, lines)
    return programme


def answers(actor, figure, by=(), **options):
    return evaluate(actor=actor, figure=figure, scope=Scope.from_options(options), by=by)


def test_planned_raised_and_used_are_three_figures_and_never_added(statement, office):
    values = [
        answers(office, figure, place=COUNTY)[0].base_value
        for figure in (figures.PLANNED, figures.RAISED, figures.USED)
    ]

    assert values == [50_000_00, 12_000_00, 12_000_00]


def test_raised_money_is_told_by_source_and_a_blank_source_is_no_row(statement, office):
    rows = [(row.by["source"].name, row.base_value) for row in answers(office, figures.RAISED, by=("source",))]

    assert rows == [("财政", 2_000_00), ("信贷", 0), ("单位自筹", 9_999_99), ("社会募捐", 1)]


def test_used_money_is_told_by_use(statement, office):
    rows = [(row.by["category"].name, row.base_value) for row in answers(office, figures.USED, by=("category",))]

    assert rows == [("到户", 0), ("到村", 12_000_00)]


def test_all_of_a_report_is_summary(statement, office):
    assert answers(office, figures.RAISED)[0].summary_share == 100


def test_the_counties_of_faw_2019_add_up_and_fengshan_has_its_share(faw_2019, office):
    planned, raised = (answers(office, figure, year=2019)[0] for figure in (figures.PLANNED, figures.RAISED))
    (share,) = answers(office, figures.RAISED_SHARE, place=FENGSHAN, year=2019, programme=faw_2019.name)

    assert (planned.in_unit("万元"), raised.in_unit("万元")) == (4711, Decimal("4826.6"))
    assert (share.numerator, share.denominator, round(share.value, 2)) == (
        18_066_000_00,
        48_266_000_00,
        Decimal("37.43"),
    )


def test_completion_is_raised_over_planned_in_every_county(faw_2019, office):
    (whole,) = answers(office, figures.COMPLETION, year=2019)
    rows = {row.by["county"].code: row.value for row in answers(office, figures.COMPLETION, by=("county",), year=2019)}

    assert round(whole.value, 2) == Decimal("102.45")
    assert rows[FENGSHAN] == Decimal("102.010164")
    assert set(rows) == {FENGSHAN, ZHENLAI, HELONG}


def test_an_amount_of_a_fund_report_stands_in_the_column_of_its_source_or_use():
    kind = "fund_statement_line"
    columns = [
        figures.PLANNED.cell(kind, "", ""),
        figures.RAISED.cell(kind, "", "attracted"),
        figures.USED.cell(kind, "to_household", ""),
        figures.USED.cell(kind, "to_village", ""),
    ]

    assert columns == ["planned_fen", "attracted_fen", "to_households_fen", "to_villages_fen"]


def test_an_amount_of_a_fund_plan_stands_in_the_column_of_its_stage():
    kind, category, source = "fund_plan_line", "industry", "own"
    columns = [figure.cell(kind, category, source) for figure in (figures.PLANNED, figures.RAISED, figures.USED)]

    assert columns == ["planned_fen", "actual_fen", "actual_fen"]


def test_the_trace_of_raised_money_names_record_and_unit(statement, office, helping_unit):
    found = trace(actor=office, figure=figures.RAISED, scope=Scope(source="own"))

    (line,) = found.lines
    assert (line.source_kind, line.source_id, line.giver.name) == (
        "fund_statement_line",
        statement.pk,
        helping_unit.name,
    )
