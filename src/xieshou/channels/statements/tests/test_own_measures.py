"""A form that the office has taught, with measures of its own, is posted, counted and traced like any other."""

from datetime import date

import pytest
from django.db import IntegrityError

from xieshou.channels.statements import services
from xieshou.channels.statements.errors import MeasureRefused, StatementFormInvalid
from xieshou.channels.statements.figures import own_figures
from xieshou.channels.statements.models import Statement
from xieshou.channels.statements.postings import STATEMENT_SOURCE
from xieshou.channels.statements.tests.factories import own_form, own_workbook
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, trace
from xieshou.intake import services as intake
from xieshou.ledger import services as ledger

SANCUN = "从化市吕田镇三村村"


def add(by, key, name, *, base_unit="person", unit="person", addition="flow", **further):
    return services.add_measure(
        by=by,
        key=key,
        name=name,
        base_unit=base_unit,
        unit=unit,
        addition=addition,
        definition=f"期内{name}。",
        **further,
    )


@pytest.fixture
def own_measures(office):
    add(office, "own.leaders", "培育致富带头人")
    add(office, "own.leaders_women", "培育致富带头人：妇女")
    add(office, "own.online_sales", "电商销售额", base_unit="fen", unit="CNY", scale=100)


@pytest.fixture
def take_in(office, places_cast, own_measures, xieshou_home, tmp_path):
    """A workbook of the office's own form with these rows, in the books."""
    bindings = [services.statement_binding(own_form())]

    def run(*rows, period="2024"):
        path = own_workbook(tmp_path / f"{period}.xlsx", *rows)
        draft = intake.open_batch(by=office, path=path, name=path.name, bindings=bindings, period=period)
        return intake.accept_batch(by=office, batch=draft, bindings=bindings)

    return run


@pytest.fixture
def value(office):
    def run(key, **options):
        figure = figure_named(key, own_figures())
        (answer,) = evaluate(actor=office, figure=figure, scope=Scope.from_options(options))
        return answer.base_value

    return run


def test_measures_of_the_office_are_posted_and_counted(take_in, value):
    batch = take_in((SANCUN, "市民政局", 12, 5, 30.5))

    assert (batch.form_key, batch.accepted) == ("own_leaders_table", 1)
    assert (value("own.leaders", year="2024"), value("own.leaders_women", year="2024")) == (12, 5)
    assert value("电商销售额", year="2024") == 305_000_00
    assert ledger.reconcile([STATEMENT_SOURCE]) == []


def test_a_value_of_a_taught_form_is_traced_to_its_cell(take_in, office):
    take_in((SANCUN, "市民政局", 12, 5, 30.5))
    found = trace(
        actor=office,
        figure=figure_named("own.online_sales", own_figures()),
        scope=Scope.from_options({"year": "2024"}),
        sources=[STATEMENT_SOURCE],
    )

    assert [(line.quantity, line.original.cell) for line in found.lines] == [(305_000_00, "E3")]


def test_nought_is_stated_and_a_blank_is_not(take_in, value):
    take_in((SANCUN, "市民政局", 0, "", ""))

    assert value("own.leaders", year="2024") == 0
    assert value("own.leaders_women", year="2024") is None


def test_what_was_done_is_dated_by_its_period(take_in):
    take_in((SANCUN, "市民政局", 1, 1, 1), period="2024Q3")

    (statement,) = Statement.objects.all()
    assert (statement.occurred_from, statement.occurred_to) == (date(2024, 7, 1), date(2024, 9, 30))


def test_the_database_refuses_a_second_statement_of_one_row(take_in, office):
    take_in((SANCUN, "市民政局", 1, 1, 1))
    (first,) = Statement.objects.all()

    with pytest.raises(IntegrityError), ledger.posting(by=office):
        Statement.objects.create(
            batch=first.batch,
            row=first.row,
            states=first.states,
            form_key="f",
            form_version=1,
            occurred_to=first.occurred_to,
        )


def test_a_form_with_a_measure_that_nobody_has_added_is_refused_with_its_name(office, places_cast, own_measures):
    columns = [{"key": "own_other", "name": "其他", "type": "integer", "measure": "own.other"}]

    with pytest.raises(StatementFormInvalid, match=r"own\.other"):
        services.check_statement_form(own_form(columns=columns, row_key=[]))


@pytest.mark.parametrize(
    ("key", "name", "further", "field"),
    [
        ("leaders.own", "带头人", {}, "key"),
        ("own.Leaders", "带头人", {}, "key"),
        ("own.leaders", "带头人", {}, "key"),
        ("own.others", "培育致富带头人", {}, "name"),
        ("own.others", "贫困户户数", {}, "name"),
        ("own.others", " ", {}, "name"),
        ("own.others", "带头人", {"base_unit": "斤"}, "key"),
    ],
)
def test_a_measure_that_cannot_be_is_refused(office, own_measures, key, name, further, field):
    with pytest.raises(MeasureRefused) as refusal:
        add(office, key, name, **further)

    assert refusal.value.where["field"] == field
