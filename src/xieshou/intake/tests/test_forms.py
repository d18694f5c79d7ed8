"""A form's data file is refused with its name and the key that is wrong."""

import json

import pytest

from xieshou.intake.errors import FormInvalid
from xieshou.intake.forms import form_as_json, form_from_json, load_form
from xieshou.intake.tests.conftest import FORMS

GOOD = """
key = "small"
version = 1
name = "小表"
name_en = "Small form"
[[columns]]
key = "amount"
name = "金额"
type = "money"
[[checks]]
key = "same"
kind = "at_most"
left = "amount"
right = "amount"
"""


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        path = tmp_path / "small.toml"
        path.write_text(text, encoding="utf-8")
        return load_form(path)

    return load_text


def test_a_form_is_data(load):
    assert load(GOOD).column("amount").name == "金额"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("version = 1", "", "version"),
        ('key = "small"', 'key = "small"\ncolour = "red"', "colour"),
        ('type = "money"', 'type = "cash"', r"columns\[1\].type"),
        ('type = "money"', 'type = "place"', "amount.level"),
        ('type = "money"', 'type = "code"', "amount.codes"),
        ('type = "money"', 'type = "money"\nunit = "两"', "amount.unit"),
        ('right = "amount"', 'right = "other"', "checks.same"),
        ('kind = "at_most"', 'kind = "about"', r"checks\[1\].kind"),
        ('name_en = "Small form"', 'name_en = "Small form"\nrow_key = ["other"]', "row_key"),
        ("[[checks]]", '[[columns]]\nkey = "amount"\nname = "再来"\n[[checks]]', "columns"),
        ("version = 1", "version =", "TOML"),
    ],
)
def test_what_a_form_cannot_mean_is_refused_with_file_and_key(load, old, new, where):
    with pytest.raises(FormInvalid, match=where) as refusal:
        load(GOOD.replace(old, new, 1))

    assert "small.toml" in refusal.value.message


@pytest.mark.parametrize("key", sorted(FORMS))
def test_a_form_kept_beside_a_batch_is_the_same_form(key):
    assert form_from_json(json.loads(json.dumps(form_as_json(FORMS[key])))) == FORMS[key]


def test_the_distribution_list_has_twenty_columns():
    assert len(FORMS["distribution_list"].columns) == 20


def test_the_fund_report_has_seventeen_columns_and_its_notes_word_for_word():
    form = FORMS["fund_report"]

    assert len(form.columns) == 17
    assert form.notes[2] == "3.已投入帮扶资金= 用于帮扶到户资金 + 用于帮扶到村资金"
