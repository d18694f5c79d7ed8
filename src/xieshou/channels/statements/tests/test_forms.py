"""What a form of measures must say, and what its rows then state."""

import pytest

from xieshou.channels.statements import rules
from xieshou.channels.statements.errors import MeasuresInvalid, StatementFormInvalid
from xieshou.channels.statements.formfiles import STATEMENT_FORMS, with_vocabulary
from xieshou.channels.statements.measures import PACKAGED, column_key, measure_from
from xieshou.intake.forms import form_from_json
from xieshou.ledger.measures import Addition

NUMBERS = {"key": "poor_households", "name": "户数", "type": "integer", "measure": "poor.households"}


def form(*columns):
    data = {"key": "f", "version": 1, "name": "表", "name_en": "Form", "columns": list(columns)}
    return form_from_json(data | {"valid_from": None, "valid_to": None})


@pytest.mark.parametrize("known", STATEMENT_FORMS, ids=lambda known: known.key)
def test_every_packaged_form_can_be_posted(known):
    rules.check_form(known, PACKAGED)


def test_every_packaged_measure_is_stated_by_a_form():
    stated = {column.measure for known in STATEMENT_FORMS for column in known.columns}

    assert set(PACKAGED) - stated == set()


def test_every_measure_has_both_languages():
    assert [m.key for m in PACKAGED.values() if not (m.name_en and m.definition and m.definition_en)] == []


def test_no_two_measures_have_one_name():
    names = [measure.name for measure in PACKAGED.values()]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_county_total_is_a_measure_of_its_own():
    village, county = PACKAGED["help.leader_visits"], PACKAGED["county.help_leader_visits"]

    assert (county.unit, county.addition) == (village.unit, village.addition)
    assert "不得相加" in county.definition


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"measure": ""}, "measure"),
        ({"measure": "no.such"}, "no.such"),
        ({"key": "households"}, "poor_households"),
        ({"type": "money"}, "单位"),
        ({"type": "text"}, "单位"),
        ({"key": "poor_households_rich", "category": "rich"}, "rich"),
        ({"key": "poor_households_gold", "fund_source": "gold"}, "gold"),
        ({"stage": "dreamt"}, "dreamt"),
    ],
)
def test_a_column_that_cannot_state_its_measure_is_refused_with_the_reason(change, word):
    with pytest.raises(StatementFormInvalid, match=word):
        rules.check_form(form(NUMBERS | change), PACKAGED)


def test_a_blank_states_nothing_and_nought_is_stated():
    columns = form(NUMBERS, NUMBERS | {"key": "poor_persons", "measure": "poor.persons"}).columns

    found = rules.amounts_of(columns, PACKAGED, {"poor_households": 0, "poor_persons": None})

    assert [amount.as_json() for amount in found] == [["poor.households", "", "", "done", 0]]


def test_what_is_expected_is_planned_and_never_done():
    columns = form({"key": "poor_households_expected_out", "name": "预计", "type": "integer",
                    "measure": "poor.households_expected_out"}).columns  # fmt: skip

    (found,) = rules.amounts_of(columns, PACKAGED, {"poor_households_expected_out": 9})

    assert found.stage == "planned"


def test_an_answer_counts_one_under_its_question_and_code():
    columns = form({"key": "survey_answers_stationed", "name": "驻村", "type": "code", "measure": "survey.answers",
                    "category": "stationed", "codes": {"yes": ["是"], "no": ["否"]}}).columns  # fmt: skip

    (found,) = rules.amounts_of(columns, PACKAGED, {"survey_answers_stationed": "no"})

    assert (found.category, found.quantity) == ("stationed.no", 1)


def test_the_same_measure_stands_under_the_same_key_in_every_form():
    keys = {
        (column.measure, column.category, column.fund_source): column.key
        for known in STATEMENT_FORMS
        for column in known.columns
        if column.measure
    }

    assert {key for stated, key in keys.items() if key != column_key(*stated)} == set()


def test_a_word_that_is_another_column_s_own_is_not_given_away():
    both = form(
        {"key": "village", "name": "村名称", "type": "place", "level": "village"},
        {"key": "party", "name": "村", "type": "party"},
    )

    widened = with_vocabulary(both)

    assert "行政村" in widened.column("village").synonyms
    assert "村" not in widened.column("village").synonyms


def test_a_state_is_about_the_place_and_an_event_about_the_unit_unless_said_otherwise():
    data = {"key": "a.b", "name": "甲", "name_en": "A", "base_unit": "person", "unit": "person", "definition": "甲。",
            "definition_en": "A."}  # fmt: skip

    assert measure_from(data | {"addition": "stock"}, where="test").about == "place"
    assert measure_from(data | {"addition": "flow"}, where="test").about == "unit"
    assert measure_from(data | {"addition": "flow"}, where="test").addition is Addition.FLOW


@pytest.mark.parametrize(
    "change", [{"key": "A"}, {"scale": 0}, {"base_unit": "斤"}, {"colour": "red"}, {"categories": {"一": ["一", "1"]}}]
)
def test_a_measure_that_cannot_be_is_refused_with_its_key(change):
    data = {"key": "a.b", "name": "甲", "name_en": "A", "base_unit": "person", "unit": "person", "definition": "甲。",
            "definition_en": "A."}  # fmt: skip

    with pytest.raises(MeasuresInvalid, match=r"measures\.toml"):
        measure_from(data | change, where="measures.toml")
