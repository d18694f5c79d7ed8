"""What a line of a fund report or fund plan posts."""

from datetime import date

from xieshou.ledger.measures import FundSource, Stage
from xieshou.programme.models import FundPlanLine, FundStatementLine
from xieshou.programme.postings import for_fund_plan_line, for_fund_statement_line

UNIT, VILLAGE = 7, 9


def statement(**amounts):
    return FundStatementLine(
        party_id=UNIT, receiver_id=VILLAGE, place_code="440117107208", occurred_to=date(2011, 12, 31), **amounts
    )


def plan(**values):
    return FundPlanLine(party_id=UNIT, place_code="451223000000", occurred_to=date(2019, 12, 31), **values)


def test_a_plan_is_posted_as_planned_and_the_money_used_as_done():
    posted = list(for_fund_statement_line(statement(planned_fen=500, to_villages_fen=300)))

    assert [(p.measure.key, p.stage, p.quantity) for p in posted] == [
        ("fund.planned", Stage.PLANNED, 500),
        ("fund.used", Stage.DONE, 300),
    ]


def test_the_invested_sum_itself_posts_nothing():
    assert list(for_fund_statement_line(statement(invested_fen=300))) == []


def test_a_blank_posts_nothing_and_a_stated_nought_posts_a_nought():
    posted = list(for_fund_statement_line(statement(credit_fen=0, own_fen=None)))

    assert [(p.fund_source, p.quantity) for p in posted] == [(FundSource.CREDIT, 0)]


def test_every_amount_of_a_row_is_credited_to_the_assisting_unit_and_reaches_the_village():
    posted = list(for_fund_statement_line(statement(planned_fen=1, to_households_fen=2, government_fen=3)))

    assert {(p.credited_to, p.receiver, p.place_code) for p in posted} == {(UNIT, VILLAGE, "440117107208")}


def test_the_assisting_unit_gives_only_its_own_money():
    posted = list(
        for_fund_statement_line(
            statement(planned_fen=1, to_villages_fen=2, government_fen=3, own_fen=4, donated_fen=5, attracted_fen=6)
        )
    )

    assert [(p.fund_source, p.giver) for p in posted if p.giver] == [(FundSource.OWN, UNIT)]


def test_use_is_the_category_of_money_used_and_source_that_of_money_raised():
    posted = list(for_fund_statement_line(statement(to_households_fen=2, to_villages_fen=3, government_fen=5)))

    assert [(p.measure.key, p.category, p.fund_source) for p in posted] == [
        ("fund.used", "to_household", ""),
        ("fund.used", "to_village", ""),
        ("fund.raised", "", FundSource.GOVERNMENT),
    ]


def test_the_actual_amount_of_a_plan_is_posted_once_in_each_cut():
    posted = list(for_fund_plan_line(plan(planned_fen=4, actual_fen=5, category="industry", fund_source="own")))

    assert [(p.measure.key, p.quantity, p.category, p.fund_source) for p in posted] == [
        ("fund.planned", 4, "industry", "own"),
        ("fund.raised", 5, "industry", "own"),
        ("fund.used", 5, "industry", "own"),
    ]


def test_a_plan_without_an_actual_amount_posts_the_plan_alone():
    assert [p.measure.key for p in for_fund_plan_line(plan(planned_fen=4, actual_fen=None))] == ["fund.planned"]
