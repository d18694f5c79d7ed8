"""The three lists hang together."""

import re

import ibis
import pytest

from xieshou.analytics.schema import ENTRIES
from xieshou.analytics.tables import Tables
from xieshou.catalogue.demo import CASES
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.donations.rules import UNITS
from xieshou.ledger.measures import FundSource
from xieshou.programme.rules import FUND_FIELDS


def bound_form(key):
    return next(binding.form for binding in BINDINGS if binding.form.key == key)


def test_no_form_key_and_version_stands_twice():
    keys = [(binding.form.key, binding.form.version) for binding in BINDINGS]

    assert len(set(keys)) == len(keys)


def test_no_figure_key_stands_twice():
    keys = [figure.key for figure in FIGURES]

    assert len(set(keys)) == len(keys)


def test_no_word_means_two_figures():
    meant = {}
    for figure in FIGURES:
        for word in {figure.key, str(figure.name), *figure.synonyms}:
            meant.setdefault(word, set()).add(figure.key)

    assert {word: keys for word, keys in meant.items() if len(keys) > 1} == {}


def test_no_kind_of_record_stands_twice():
    kinds = [source.kind for source in SOURCES]

    assert len(set(kinds)) == len(kinds)


def test_a_measure_has_one_meaning_wherever_it_is_posted():
    measures = [measure for source in SOURCES for measure in source.measures]
    keys = {measure.key for measure in measures}

    assert len({id(measure) for measure in measures}) == len(keys)


@pytest.mark.parametrize("figure", [figure for figure in FIGURES if figure.rows], ids=lambda figure: figure.key)
def test_a_figure_reads_measures_that_something_posts(figure):
    entries = ibis.table(ibis.Schema.from_pyarrow(ENTRIES), name="entries")
    read = set(re.findall(r"'([a-z_]+\.[a-z_]+)'", ibis.to_sql(figure.rows(Tables(entries, {})), dialect="duckdb")))
    posted = {measure.key for source in SOURCES for measure in source.measures}

    assert read
    assert read <= posted


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_ratio_is_made_of_figures_of_the_list(figure):
    parts = [part.key for part in (figure.numerator, figure.denominator) if part is not None]

    assert set(parts) <= {known.key for known in FIGURES}


def test_the_fields_of_the_fund_plan_form_are_the_categories_of_its_measures():
    assert set(bound_form("fund_plan").column("category").codes) == set(FUND_FIELDS)


def test_the_sources_of_the_fund_plan_form_are_those_of_the_ledger():
    assert set(bound_form("fund_plan").column("fund_source").codes) == set(FundSource.values)


def test_the_units_of_the_distribution_form_are_those_that_can_be_counted():
    assert set(bound_form("distribution_list").column("unit").codes) == set(UNITS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_a_sample_programme_has_its_files_and_a_known_form(case):
    assert [path for path in case.files if not path.is_file()] == []
    assert case.form in {binding.form.key for binding in BINDINGS}
