"""What the ledger says of a text, with the plan of three counties in the books (examples/faw-2019-fund-plan.xlsx)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.stories.conftest import FAW_PLAN, desk, places  # noqa: F401
from xieshou.access.services import actor_for, grant_role
from xieshou.catalogue.figures import FIGURES
from xieshou.common.scoping import Role
from xieshou.parties.services import create_party
from xieshou.programme.services import create_programme
from xieshou.reports.audit.auditing import audit_text
from xieshou.reports.audit.linking import Ledger
from xieshou.reports.audit.tests.documents import SUMMARY

FAW = "中国第一汽车集团有限公司"
FENGSHAN = "451223000000"
FULL_NAME = f"{FAW}（以下简称“中国一汽”）按责任书推进各项工作。\n"


@pytest.fixture
def books(desk, operator):  # noqa: F811
    """The workbook accepted for the group's own programme, as `xieshou demo faw` does it."""
    party = create_party(by=operator, name=FAW)
    create_programme(by=operator, name="一汽定点帮扶", kind="designated", party=party)
    desk.take_in(FAW_PLAN, period="2019", basis="period")


@pytest.fixture
def said(books, operator):
    """The ledger's verdicts on a text: what stands there → (verdict, figure, value)."""

    def run(text: str, actor=operator) -> dict[str, tuple]:
        audit = audit_text(text, linked=Ledger(actor, FIGURES).linked)
        spans = {claim.id: (claim.quantity.start, claim.quantity.end) for claim in audit.claims}
        return {
            text[slice(*spans[each.claim])]: (each.verdict.value, each.figure, each.value and int(each.value))
            for each in audit.ledger
        }

    return run


def test_a_report_is_compared_figure_by_figure(said):
    verdicts = said(SUMMARY)

    assert {text: verdict for text, (verdict, *_) in verdicts.items()} == {
        "4700万元": "differs",
        "4826.6万元": "agrees",
        "1771万元": "agrees",
        "1806.6万元": "agrees",
        "37.43%": "agrees",
        "1550万元": "agrees",
        "1615万元": "agrees",
        "1390万元": "agrees",
        "1405万元": "agrees",
        "1082万元": "no_record",
    }


def test_the_value_of_the_books_stands_beside(said):
    assert said(SUMMARY)["4700万元"] == ("differs", "fund.planned", 47_110_000)


def test_what_was_done_after_a_plan_is_compared_with_what_was_done(said):
    assert said(SUMMARY)["4826.6万元"][1] == "fund.raised"


def test_a_year_of_which_the_books_know_nothing_has_no_record(said):
    assert said("2018年，全集团投入帮扶资金4100万元。")["4100万元"][0] == "no_record"


def test_a_cumulative_amount_from_before_the_books_began_is_not_called_wrong(said):
    assert said("2002年以来，全集团累计投入帮扶资金16亿元。")["16亿元"][0] == "no_record"


def test_a_rounded_figure_agrees_within_the_places_written(said):
    assert said("2019年，全集团投入帮扶资金4827万元。")["4827万元"][0] == "agrees"


def test_an_approximate_figure_agrees_where_its_words_allow_the_value(said):
    assert said("2019年，全集团投入帮扶资金超过4800万元。")["4800万元"][0] in ("agrees", "definition")


def test_a_figure_without_a_period_is_never_called_wrong(said):
    assert said("全集团投入帮扶资金4100万元。")["4100万元"][0] == "definition"


def test_a_part_that_the_books_do_not_divide_by_has_no_record(said):
    assert said("2019年，全集团在健康扶贫上投入帮扶资金1096万元。")["1096万元"][0] == "no_record"


def test_two_figures_of_one_meaning_and_of_different_size_are_two_definitions(said):
    verdicts = said(f"{FULL_NAME}2019年，中国一汽在扶贫领域投入资金7.38亿元。2019年，中国一汽投入帮扶资金4826.6万元。")

    assert (verdicts["7.38亿元"][0], verdicts["4826.6万元"][0]) == ("definition", "agrees")


def test_a_slip_beside_the_right_figure_is_still_a_difference(said):
    verdicts = said(f"{FULL_NAME}2019年，中国一汽投入帮扶资金4826.6万元。2019年，中国一汽共投入帮扶资金4862.6万元。")

    assert verdicts["4862.6万元"][0] == "differs"


def test_a_figure_told_of_the_wrong_county_is_a_matter_of_definition_where_the_whole_equals(said):
    assert said("2019年，凤山县计划投入帮扶资金4711万元。")["4711万元"][0] == "definition"


def test_an_organisation_that_the_books_do_not_know_makes_nothing_wrong(said):
    verdicts = said("2019年，某某研究院有限公司计划投入帮扶资金4100万元。")

    assert verdicts.get("4100万元", ("definition",))[0] in ("definition", "no_record")


def test_what_each_gets_is_left_aside(said):
    assert said("2019年，向三个县各投入帮扶资金150万元。").get("150万元") is None


def test_who_sees_one_county_gets_no_verdict_on_the_whole(said, operator, county_officer_user):
    grant_role(
        by=operator,
        user=county_officer_user,
        role=Role.COUNTY_OFFICER,
        place_code=FENGSHAN,
        valid_from=date(2019, 1, 1),
    )
    actor = actor_for(county_officer_user)

    verdicts = said(SUMMARY, actor)

    assert verdicts["1771万元"][0] == "agrees"
    assert verdicts["4700万元"][0] != "differs"


def test_the_same_text_links_the_same_in_an_english_page(said):
    with translation.override("en"):
        assert said(SUMMARY)["4700万元"] == ("differs", "fund.planned", 47_110_000)


def test_a_scope_told_twenty_times_is_read_once(books, operator):
    queries = []
    for copies in (2, 20):
        ledger = Ledger(operator, FIGURES)
        with CaptureQueriesContext(connection) as context:
            audit_text(SUMMARY * copies, linked=ledger.linked)
        queries.append(len(context))

    assert queries[0] == queries[1]
