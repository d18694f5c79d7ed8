"""What a person answers about an unknown table, and the form that it makes. Pure: no database.

A column is one of a few things (`What`); a column of numbers names its measure, an existing one by name or synonym,
or a new one. What cannot be is said at the field that says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from xieshou.channels.statements import rules
from xieshou.channels.statements.measures import StatedMeasure, column_key
from xieshou.channels.statements.teaching import NewMeasure, form_key, measure_key
from xieshou.intake.forms import Basis, Column, ColumnType, Form, PlaceLevel
from xieshou.intake.headings import plain
from xieshou.ledger.measures import Addition, BaseUnit


class What(StrEnum):
    """What a column of the table is."""

    SKIP = "skip"
    MEASURE = "measure"
    NUMBER = "row_number"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    ADDRESS = "address"
    PARTY = "party"
    DAY = "day"
    PERIOD = "period"
    TEXT = "text"
    PHONE = "phone"
    HEAD_NAME = "head_name"
    IDENTITY = "identity_number"


WHAT_NAMES: dict[What, StrOrPromise] = {
    What.MEASURE: gettext_lazy("数（计量项）"),
    What.NUMBER: gettext_lazy("序号"),
    What.PROVINCE: gettext_lazy("地名：省"),
    What.PREFECTURE: gettext_lazy("地名：市州"),
    What.COUNTY: gettext_lazy("地名：区县"),
    What.TOWNSHIP: gettext_lazy("地名：乡镇"),
    What.VILLAGE: gettext_lazy("地名：村"),
    What.ADDRESS: gettext_lazy("地名：写在一格里"),
    What.PARTY: gettext_lazy("单位"),
    What.DAY: gettext_lazy("日期"),
    What.PERIOD: gettext_lazy("期间"),
    What.TEXT: gettext_lazy("文字"),
    What.PHONE: gettext_lazy("电话"),
    What.HEAD_NAME: gettext_lazy("户主姓名"),
    What.IDENTITY: gettext_lazy("户主身份证号"),
    What.SKIP: gettext_lazy("不用这一列"),
}
PLACES = {What(level.value): level for level in PlaceLevel}


@dataclass(frozen=True, slots=True)
class WrittenUnit:
    """A unit in which a column is written. unit, base_unit, scale: of the measure; written: base units in one."""

    name: StrOrPromise
    base_unit: BaseUnit
    unit: str
    scale: int = 1
    written: int = 1
    money: str = ""


UNITS: dict[str, WrittenUnit] = {
    "yuan": WrittenUnit(gettext_lazy("元"), BaseUnit.FEN, "CNY", 100, money="元"),
    "wan_yuan": WrittenUnit(gettext_lazy("万元"), BaseUnit.FEN, "CNY", 100, money="万元"),
    "yi_yuan": WrittenUnit(gettext_lazy("亿元"), BaseUnit.FEN, "CNY", 100, money="亿元"),
    "household": WrittenUnit(gettext_lazy("户"), BaseUnit.HOUSEHOLD, "household"),
    "person": WrittenUnit(gettext_lazy("人"), BaseUnit.PERSON, "person"),
    "person_time": WrittenUnit(gettext_lazy("人次"), BaseUnit.PERSON_TIME, "person_time"),
    "time": WrittenUnit(gettext_lazy("次（场、期）"), BaseUnit.TIME, "time"),
    "item": WrittenUnit(gettext_lazy("个"), BaseUnit.PIECE, "item"),
    "piece": WrittenUnit(gettext_lazy("件"), BaseUnit.PIECE, "piece"),
    "project": WrittenUnit(gettext_lazy("个项目"), BaseUnit.PIECE, "project"),
    "village": WrittenUnit(gettext_lazy("个村"), BaseUnit.VILLAGE, "village"),
    "km": WrittenUnit(gettext_lazy("公里"), BaseUnit.METRE, "km", 1_000, 1_000),
    "mu": WrittenUnit(gettext_lazy("亩"), BaseUnit.MU_CENTI, "mu", 100, 100),
    "m2": WrittenUnit(gettext_lazy("平方米"), BaseUnit.SQUARE_METRE_CENTI, "m2", 100, 100),
    "kg": WrittenUnit(gettext_lazy("公斤"), BaseUnit.GRAM, "kg", 1_000, 1_000),
    "tonne": WrittenUnit(gettext_lazy("吨"), BaseUnit.GRAM, "kg", 1_000, 1_000_000),
    "minute": WrittenUnit(gettext_lazy("分钟"), BaseUnit.MINUTE, "minute"),
}


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """What one column is. path: its heading from the top line down. measure: a measure's name; unit: a key of `UNITS`;
    unit, addition and definition matter for a measure that is new. is_key: whether its value names the row.
    """

    index: int
    path: tuple[str, ...]
    what: What = What.TEXT
    measure: str = ""
    unit: str = "item"
    addition: Addition = Addition.FLOW
    definition: str = ""
    is_key: bool = False

    @property
    def heading(self) -> str:
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is said of a table. key: of the form that is changed, empty for a new one."""

    name: str
    columns: tuple[ColumnAnswer, ...]
    title_words: tuple[str, ...] = ()
    basis: Basis = Basis.ASK
    key: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The form that answers make and the measures it needs; `errors`: field → what is wrong and how to mend it.

    Fields are those of the page: `name`, `what-3`, `measure-3` … by the column's number in the sheet, `columns`.
    known: column number → the existing measure that it states.
    """

    form: Form
    measures: tuple[NewMeasure, ...]
    known: Mapping[int, StatedMeasure]
    errors: Mapping[str, str] = field(default_factory=dict)


def measure_called(name: str, measures: Mapping[str, StatedMeasure]) -> StatedMeasure | None:
    """The measure with this name, or the only one with this synonym; a coded one counts rows and is none."""
    counted = [one for one in measures.values() if not one.coded]
    if exact := next((one for one in counted if name in (one.name, one.key)), None):
        return exact
    wanted = plain(name)
    found = [one for one in counted if wanted in {plain(word) for word in (one.name, *one.synonyms)}]
    return found[0] if len(found) == 1 else None


def form_of(answers: Answers, measures: Mapping[str, StatedMeasure]) -> Made:
    """The form that the answers make. Everything that is wrong is said at once."""
    making = _Making(answers, measures)
    columns = [made for answer in answers.columns if (made := making.column(answer)) is not None]
    making.demand_sense(columns)
    row_key = [making.keys_of_rows[column.key] for column in columns if column.key in making.keys_of_rows]
    form = Form(
        key=answers.key or form_key(answers.name),
        version=1,
        name=answers.name,
        name_en="",
        columns=tuple(columns),
        title_words=answers.title_words,
        basis=answers.basis,
        row_key=tuple(dict.fromkeys([*row_key, "period"])) if row_key else (),
        source=answers.source,
    )
    return Made(form, tuple(making.new), making.known, making.errors)


class _Making:
    """One form in the making: the columns so far, the measures that they name, and what was wrong."""

    def __init__(self, answers: Answers, measures: Mapping[str, StatedMeasure]) -> None:
        self._answers = answers
        self._measures = measures
        self._taken: dict[str, ColumnAnswer] = {}
        places = [answer for answer in answers.columns if answer.what in PLACES]
        order = list(PlaceLevel)
        self._smallest = max(places, key=lambda answer: order.index(PLACES[answer.what]), default=None)
        self.new: list[NewMeasure] = []
        self.known: dict[int, StatedMeasure] = {}
        self.keys_of_rows: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def column(self, answer: ColumnAnswer) -> Column | None:
        if answer.what is What.SKIP:
            return None
        if not answer.heading.strip():
            self._refuse(answer, "what", _("%(cell)s没有表头，认不出来；请改选表头的行，或不用这一列。"))
            return None
        further = self._measured(answer) if answer.what is What.MEASURE else self._described(answer)
        if further is None:
            return None
        key = further.pop("key")
        if key in self._taken:
            self._refuse_second(answer, self._taken[key])
            return None
        self._taken[key] = answer
        is_filled = answer is self._smallest
        if answer.is_key and answer.what is not What.NUMBER:
            self.keys_of_rows[key] = "place" if answer.what in PLACES else key
        return Column(
            key=key,
            name=answer.heading.strip()[:200],
            under=tuple(text.strip() for text in answer.path[:-1]),
            required=is_filled or answer.is_key,
            filled=is_filled,
            **further,
        )

    def demand_sense(self, columns: Sequence[Column]) -> None:
        name = self._answers.name
        if not name:
            self.errors["name"] = _("这张表还没有名称；请写上，例如标题里的话。")
        elif len(name) > 60:
            self.errors["name"] = _("名称最多 60 个字；请写短些。")
        if not any(column.measure for column in columns) and not self.errors:
            self.errors["columns"] = _("没有一列是数；请至少把一列选作“数（计量项）”。")
        keys = {column.key for column in columns}
        if rules.IDENTITY_NUMBER in keys and rules.HEAD_NAME not in keys:
            answer = self._taken[rules.IDENTITY_NUMBER]
            self._refuse(answer, "what", _("%(cell)s是身份证号，却没有一列是户主姓名；请选出户主姓名，或不用这一列。"))

    def _described(self, answer: ColumnAnswer) -> dict[str, Any] | None:
        """The key and type of a column that states no measure."""
        what = answer.what
        if what in PLACES:
            return {"key": what.value, "type": ColumnType.PLACE, "level": PLACES[what]}
        if what is What.PARTY:
            number = sum(taken.what is What.PARTY for taken in self._taken.values())
            return {"key": f"party_{number + 1}" if number else "party", "type": ColumnType.PARTY}
        letter = f"column_{answer.index + 1}"
        described: dict[What, dict[str, Any]] = {
            What.NUMBER: {"key": "number", "type": ColumnType.ROW_NUMBER},
            What.DAY: {"key": rules.DAY, "type": ColumnType.DATE},
            What.PERIOD: {"key": rules.PERIOD, "type": ColumnType.PERIOD},
            What.PHONE: {"key": letter, "type": ColumnType.PHONE, "sensitive": True},
            What.HEAD_NAME: {"key": rules.HEAD_NAME, "type": ColumnType.TEXT, "sensitive": True},
            What.IDENTITY: {"key": rules.IDENTITY_NUMBER, "type": ColumnType.IDENTITY, "sensitive": True},
        }
        return described.get(what, {"key": letter, "type": ColumnType.TEXT, "max_length": 500})

    def _measured(self, answer: ColumnAnswer) -> dict[str, Any] | None:
        """The key and type of a column that states a measure, which is noted where it is new."""
        name = answer.measure.strip()
        if not name:
            self._refuse(answer, "measure", _("%(cell)s是数，但没有说数的是什么；请写计量项的名称。"))
            return None
        written = UNITS[answer.unit]
        known = measure_called(name, self._measures)
        if known is not None:
            if known.base_unit is not written.base_unit:
                words = _("“%(name)s”已是以“%(unit)s”计的计量项，与这一列的单位不同；请改单位，或换一个名称。")
                self.errors[f"measure-{answer.index}"] = words % {"name": known.name, "unit": unit_label(known)}
                return None
            self.known[answer.index] = known
            key = known.key
        else:
            if not answer.definition.strip():
                self._refuse(answer, "definition", _("%(cell)s的新计量项还没有口径；请用一句话说明数的是什么。"))
                return None
            key = measure_key(name)
            if key not in {one.key for one in self.new}:
                self.new.append(
                    NewMeasure(
                        key=key,
                        name=name[:120],
                        base_unit=written.base_unit.value,
                        unit=written.unit,
                        scale=written.scale,
                        addition=answer.addition.value,
                        definition=answer.definition.strip()[:500],
                    )
                )
        further: dict[str, Any] = {"key": column_key(key), "measure": key}
        if written.money:
            return further | {"type": ColumnType.MONEY, "unit": written.money}
        if written.written == 1:
            return further | {"type": ColumnType.INTEGER, "bounds": (0, None)}
        return further | {"type": ColumnType.QUANTITY, "scale": written.written}

    def _refuse_second(self, answer: ColumnAnswer, other: ColumnAnswer) -> None:
        if answer.what is What.MEASURE:
            words = _("%(cell)s与“%(other)s”填的是同一个计量项；请给其中一列换一个名称。")
            self._refuse(answer, "measure", words, other=other.heading)
        else:
            words = _("%(cell)s与“%(other)s”选成了同一种列；请改选其中一列。")
            self._refuse(answer, "what", words, other=other.heading)

    def _refuse(self, answer: ColumnAnswer, name: str, words: str, **further: str) -> None:
        cell = f"“{answer.heading}”" if answer.heading else _("第 %(number)d 列") % {"number": answer.index + 1}
        self.errors[f"{name}-{answer.index}"] = words % ({"cell": cell} | further)


def unit_label(measure: StatedMeasure) -> str:
    """The unit of a measure in the reader's language."""
    return next((str(unit.name) for unit in UNITS.values() if unit.unit == measure.unit), measure.unit)
