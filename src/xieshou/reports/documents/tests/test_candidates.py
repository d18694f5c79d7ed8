"""Which figures are worth asking in a scope."""

import pytest

from tests.stories.conftest import DISTRIBUTION_LIST
from xieshou.catalogue.figures import FIGURES
from xieshou.channels.donations.figures import FIGURES as DONATIONS
from xieshou.figures.definitions import Kind
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate
from xieshou.programme.figures import FIGURES as PROGRAMME
from xieshou.reports.documents.candidates import figures_with_entries


def asked(**options):
    return {figure.key for figure in figures_with_entries(FIGURES, Scope.from_options(options)) if figure.rows}


@pytest.mark.parametrize(
    "options", [{}, {"year": 2019}, {"place": "451223000000"}, {"year": 2011}, {"at": "2019-12-31"}]
)
def test_no_figure_that_has_entries_is_left_out(office, desk, faw, options):
    desk.take_in(DISTRIBUTION_LIST)
    scope = Scope.from_options(options)
    plain = [each for each in [*PROGRAMME, *DONATIONS] if each.kind in (Kind.SUM, Kind.RECORDS, Kind.DISTINCT)]

    stated = {each.key for each in plain if evaluate(actor=office, figure=each, scope=scope)[0].entries}

    assert stated <= asked(**options)


def test_figures_of_other_measures_are_not_asked(office, faw):
    assert asked(year=2019) == {"fund.planned", "fund.raised", "fund.used"}


def test_where_there_is_nothing_nothing_is_asked(office, faw):
    assert asked(year=1990) == set()
    assert asked(place="440117000000") == set()
