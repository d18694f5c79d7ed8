"""Every form has a blank workbook, and a blank workbook is recognised as its form among all others."""

import pytest

from xieshou.catalogue.forms import BINDINGS
from xieshou.intake import blank
from xieshou.intake.forms import Layout
from xieshou.intake.reading import Reading
from xieshou.intake.recognition import recognise
from xieshou.intake.tables import Choices

FORMS = [binding.form for binding in BINDINGS]


def columns_with_a_place(form):
    """The columns that a blank workbook shows; the labels around a list of items have no value yet."""
    return {column.key for column in form.columns if form.layout is Layout.ROWS or not column.above}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.key}-{form.version}")
def test_a_blank_workbook_is_recognised_as_its_own_form_with_all_its_columns(form, tmp_path):
    path = blank.write(form, tmp_path / "blank.xlsx")

    with Reading(path) as reading:
        found = recognise(reading.heads, FORMS, Choices())

    assert found.form.key == form.key
    assert columns_with_a_place(form) - set(found.matches) == set()
    assert found.missing == ()
