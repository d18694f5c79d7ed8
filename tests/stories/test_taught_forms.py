"""A workbook that nobody has seen is taught, read, counted and traced; its form changes, and is retired."""

from datetime import date

import pytest

from tests.stories.taught import ROWS, TITLE, errands
from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.forms import known_bindings
from xieshou.channels.statements import guesses, teaching
from xieshou.channels.statements.answers import Answers, form_of
from xieshou.channels.statements.errors import TaughtFormRefused
from xieshou.channels.statements.models import TaughtForm
from xieshou.channels.statements.postings import STATEMENT_SOURCE
from xieshou.channels.statements.selectors import known_measures
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, trace
from xieshou.intake import services as intake
from xieshou.intake.errors import FormNotRecognised
from xieshou.intake.forms import Basis
from xieshou.intake.models import Batch
from xieshou.intake.reading import Reading

NAME = "山货上行小组跑腿账"


def made_from(path, name=NAME, key=""):
    """The form that the page would make if every guess was left as it is."""
    with Reading(path) as reading:
        (sheet,) = reading.heads
    first, last = guesses.header_lines(sheet)
    columns = guesses.columns_of(sheet, first, last, known_measures(), name)
    return form_of(Answers(name, columns, (), Basis.PERIOD, key=key), known_measures())


@pytest.fixture
def teach(desk, tmp_path):
    def run(path, name=NAME):
        made = made_from(path, name)
        known = [binding.form for binding in known_bindings()]
        return teaching.teach_form(by=desk.actor, form=made.form, measures=made.measures, known=known)

    return run


@pytest.fixture
def take_in(desk):
    def run(path):
        draft = intake.open_batch(by=desk.actor, path=path, name=path.name, bindings=known_bindings())
        return intake.accept_batch(by=desk.actor, batch=draft, bindings=known_bindings())

    return run


@pytest.fixture
def value(desk):
    def run(name, **options):
        figure = figure_named(name, known_figures())
        (answer,) = evaluate(actor=desk.actor, figure=figure, scope=Scope.from_options(options))
        return answer.base_value

    return run


def test_every_column_of_the_odd_table_is_guessed(desk, tmp_path):
    made = made_from(errands(tmp_path / "a.xlsx"))
    stated = {column.name: (str(column.type), column.unit, column.scale) for column in made.form.columns}

    assert made.errors == {}
    assert stated == {
        "号头": ("row_number", "", 1),
        "跑到哪个寨子": ("place", "", 1),
        "谁家牵的头": ("text", "", 1),
        "乡亲（户）": ("integer", "", 1),
        "其中：婶子当家的（户）": ("integer", "", 1),
        "卖得（万元）": ("money", "万元", 1),
        "发出去的包裹（件）": ("integer", "", 1),
        "开的铺面（个）": ("integer", "", 1),
        "修的毛路（公里）": ("quantity", "", 1_000),
        "下乡趟数（次）": ("integer", "", 1),
        "开的班（期）": ("integer", "", 1),
        "碎嘴几句": ("text", "", 1),
    }


def test_a_taught_workbook_is_counted_and_traced_to_its_cells(teach, take_in, value, desk, tmp_path):
    path = errands(tmp_path / "a.xlsx")
    teach(path)
    batch = take_in(path)
    figure = figure_named("卖得", known_figures())
    found = trace(
        actor=desk.actor, figure=figure, scope=Scope.from_options({"year": "2024"}), sources=[STATEMENT_SOURCE]
    )

    assert (batch.accepted, batch.period_from, batch.period_to) == (2, date(2024, 7, 1), date(2024, 9, 30))
    assert value("卖得", year="2024") == 517_500_00
    assert value("修的毛路", year="2024") == 25_000
    assert sorted(line.original.cell for line in found.lines) == ["F4", "F5"]


def test_a_second_workbook_of_the_form_is_recognised_by_itself(teach, take_in, value, tmp_path):
    teach(errands(tmp_path / "a.xlsx"))
    take_in(errands(tmp_path / "a.xlsx"))
    second = take_in(errands(tmp_path / "b.xlsx", ROWS[:1], None, TITLE.replace("第三", "第四")))

    assert second.form_key == teaching.form_key(NAME)
    assert value("乡亲", year="2024") == 12 + 9 + 12


def test_a_workbook_that_is_not_taught_is_not_recognised(desk, tmp_path):
    with pytest.raises(FormNotRecognised):
        desk.draft(errands(tmp_path / "a.xlsx"))


def test_a_changed_form_is_a_new_version_and_the_old_batch_keeps_its_own(teach, take_in, desk, value, tmp_path):
    old = errands(tmp_path / "a.xlsx")
    taught = teach(old)
    earlier = take_in(old)
    new = errands(
        tmp_path / "b.xlsx",
        title=TITLE.replace("2024", "2025"),
        leaves={9: "送医进寨（人次）", 10: "放映坝坝电影（场）"},
    )
    made = made_from(new, key=taught.form_key)
    teaching.change_form(by=desk.actor, key=taught.form_key, form=made.form, measures=made.measures)
    later = take_in(new)
    earlier = intake.withdraw_batch(by=desk.actor, batch=earlier, bindings=known_bindings(), reason="试撤销")

    assert (earlier.form_version, later.form_version) == (1, 2)
    assert earlier.state == Batch.State.WITHDRAWN
    assert value("送医进寨", year="2025") == 72
    assert list(TaughtForm.objects.order_by("version").values_list("state", flat=True)) == ["earlier", "current"]


def test_a_retired_form_is_recognised_no_more_but_its_batch_can_be_withdrawn(teach, take_in, desk, value, tmp_path):
    path = errands(tmp_path / "a.xlsx")
    taught = teach(path)
    batch = take_in(path)
    teaching.retire_form(by=desk.actor, key=taught.form_key)
    with pytest.raises(FormNotRecognised):
        intake.open_batch(by=desk.actor, path=path, name="b.xlsx", bindings=known_bindings())
    intake.withdraw_batch(by=desk.actor, batch=batch, bindings=known_bindings(), reason="停用")

    assert value("卖得", year="2024") is None


def test_a_trial_shows_what_an_import_would_and_keeps_nothing(desk, tmp_path):
    path = errands(tmp_path / "a.xlsx")
    made = made_from(path)
    batch = intake.begin_batch(by=desk.actor, path=path, name="a.xlsx")
    tried = teaching.try_form(
        by=desk.actor,
        form=made.form,
        measures=made.measures,
        bindings=known_bindings(),
        original=batch.original,
    )

    assert (tried.form_key, tried.rows, tried.accepted) == (made.form.key, 2, 2)
    assert all(total.agrees for total in tried.totals)
    assert TaughtForm.objects.count() == 0
    assert Batch.objects.count() == 1
    assert known_measures().keys().isdisjoint({measure.key for measure in made.measures})


def test_a_measure_that_is_there_already_is_used_and_not_added_again(teach, desk, tmp_path):
    teach(errands(tmp_path / "a.xlsx"))
    made = made_from(errands(tmp_path / "b.xlsx"), name="另一张跑腿账")

    assert made.errors == {}
    assert made.measures == ()


def test_a_measure_of_another_unit_is_refused_at_its_field(desk, tmp_path):
    made = made_from(errands(tmp_path / "a.xlsx", leaves={5: "贫困户户数（万元）"}))
    (column,) = (one for one in made.form.columns if one.name == "卖得（万元）") if not made.errors else (None,)

    assert column is None
    assert "贫困户户数" in made.errors["measure-5"]


def test_a_name_that_is_taken_is_refused(teach, tmp_path):
    teach(errands(tmp_path / "a.xlsx"))

    with pytest.raises(TaughtFormRefused) as refusal:
        teach(errands(tmp_path / "a.xlsx"))

    assert refusal.value.where["field"] == "name"


def test_a_form_nearly_equal_to_a_packaged_one_is_pointed_out(desk):
    packaged = {binding.form.key: binding.form for binding in known_bindings()}
    copy = packaged["fund_report"].__class__(
        key="taught_x", version=1, name="我的资金表", name_en="", columns=packaged["fund_report"].columns
    )
    nearest = teaching.nearest_form(copy, list(packaged.values()))

    assert nearest is not None
    assert nearest[0].key == "fund_report"


def test_the_odd_table_is_like_no_other(desk, tmp_path):
    made = made_from(errands(tmp_path / "a.xlsx"))

    assert teaching.nearest_form(made.form, [binding.form for binding in known_bindings()]) is None
