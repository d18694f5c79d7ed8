"""The yearly surveys of 2012: one sheet for a village, one for a household, each a list of coded items."""

from pathlib import Path

import pytest

from tests.stories.workbooks import copied
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.statements.models import Statement
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import trace
from xieshou.intake import services as intake
from xieshou.ledger import services as ledger
from xieshou.registry.models import Household
from xieshou.registry.rules import fictitious_identity

DATA = Path(__file__).parent / "data"
YEAR_END = "2012-12-31"
# Value of each item of the village survey by its row in the sheet.
VILLAGE = {
    5: 3, 6: 1, 7: 2, 8: 4, 9: 12, 22: 8, 23: 8, 24: 6, 28: 120_000, 30: 2, 31: 1, 34: 1, 38: 300_000, 39: 100_000,
    40: 200_000, 47: 80_000, 48: 60_000, 49: 75, 52: 47, 53: 156, 55: 33, 57: 14, 60: 30, 91: 2.5, 92: 1.301,
    103: 50, 115: 9, 117: 5, 120: 4, 123: 1,
}  # fmt: skip
HOUSEHOLD = {5: 1, 6: 4, 7: 1, 10: 8_000, 11: 2_000, 12: 2_000, 22: 1_000, 23: 1_000, 29: 500, 30: 500, 34: 86.5, 35: 2}


@pytest.fixture
def village(desk, tmp_path):
    changes = {(0, f"D{row}"): value for row, value in VILLAGE.items()}
    changes |= {(0, "A2"): "贫困村（盖章）：从化市吕田镇三村村", (0, "C2"): "帮扶单位（盖章）：市民政局"}
    return desk.draft(copied(DATA / "survey-village-2012-blank.xls", tmp_path / "village.xlsx", changes))


@pytest.fixture
def household(desk, tmp_path):
    changes = {(0, f"D{row}"): value for row, value in HOUSEHOLD.items()}
    changes |= {
        (0, "A2"): "贫困村（盖章）：从化市吕田镇三村村",
        (0, "C2"): "帮扶单位（盖章）：市民政局",
        (0, "A58"): "贫困户（签名）：虚构甲",
        (0, "D58"): fictitious_identity(7),
    }
    return desk.draft(copied(DATA / "survey-household-2012-blank.xls", tmp_path / "household.xlsx", changes))


def test_all_104_items_of_the_village_survey_are_known_by_their_codes(village):
    form = next(binding.form for binding in BINDINGS if binding.form.key == "village_survey")
    items = {column.key for column in form.columns if column.code}

    assert village.form_key == "village_survey"
    assert (len(items), items - set(village.mapping)) == (104, set())


def test_the_year_of_a_survey_is_taken_from_its_title(village):
    assert (village.period_from.isoformat(), village.period_to.isoformat()) == ("2012-01-01", YEAR_END)


def test_a_village_survey_becomes_figures_of_its_year_and_its_end(desk, village):
    desk.accept(village)

    assert village.rows == 1
    assert desk.value("poor.households", at=YEAR_END) == 47
    assert desk.value("help.leader_surveys", at=YEAR_END) == 3
    assert desk.value("village.collective_income", year="2012") == 120_000_00
    assert desk.value("village.roads_done", at=YEAR_END) == 1_301
    assert desk.value("village.farmland_planned", at=YEAR_END) == 50_00
    assert desk.values_by("category", "funds.by_source", year="2012") == {"own": 100_000_00, "city_special": 200_000_00}


def test_an_answer_counts_the_village_under_its_question(desk, village):
    desk.accept(village)

    assert desk.values_by("category", "survey.answers", at=YEAR_END) == {
        "committees_strong.yes": 1, "leader_named.no": 1, "leading_group.yes": 1,
    }  # fmt: skip


def test_an_item_left_blank_is_not_stated(desk, village):
    desk.accept(village)

    assert desk.value("poor.medical_insured", at=YEAR_END) is None


def test_an_item_is_traced_to_its_cell(desk, village):
    desk.accept(village)
    found = trace(
        actor=desk.actor,
        figure=figure_named("village.roads_done", FIGURES),
        scope=Scope.from_options({"at": YEAR_END}),
        sources=SOURCES,
    )

    assert [(line.quantity, line.original.cell) for line in found.lines] == [(1_301, "D92")]


def test_shares_and_sums_of_the_survey_are_checked(desk, village):
    report = intake.report(by=desk.actor, batch=village, bindings=BINDINGS)

    assert {finding.params.get("check") for finding in report.warnings} - {None} == set()


def test_a_household_survey_is_about_one_household_by_its_surrogate_key(desk, household):
    desk.accept(household)
    (registered,) = Household.objects.all()

    assert (household.form_key, household.accepted) == ("household_survey", 1)
    assert set(Statement.objects.values_list("household_ref", flat=True)) == {registered.pk}
    assert desk.value("surveyed.members", at=YEAR_END) == 4
    assert desk.value("surveyed.floor_area", at=YEAR_END) == 86_50
    assert desk.values_by("category", "surveyed.income", year="2012") == {
        "business": 2_000_00, "transfers": 1_000_00, "wages": 8_000_00,
    }  # fmt: skip
    assert desk.values_by("category", "surveyed.houses", at=YEAR_END) == {"brick_wood": 1}


def test_a_household_survey_is_listed_and_no_summary(desk, household):
    desk.accept(household)
    (answer,) = desk.answers("surveyed.members", at=YEAR_END)

    assert answer.summary_share == 0


def test_a_survey_withdrawn_leaves_nothing_behind(desk, household):
    desk.withdraw(desk.accept(household))

    assert desk.value("surveyed.members", at=YEAR_END) is None
    assert ledger.reconcile(SOURCES) == []
