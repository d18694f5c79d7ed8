"""What a form is (表样): its columns, checks and notes as data, and what its rows become.

A form is a TOML file in the app that owns its records. One file is one version; several versions share a key. The
engine knows no form by name: it reads what the file says.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import pyarrow as pa
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xieshou.intake.errors import FormInvalid

if TYPE_CHECKING:
    from xieshou.common.scoping import Actor
    from xieshou.intake.models import Batch


_Choice = TypeVar("_Choice", bound=StrEnum)


class ColumnType(StrEnum):
    """How a cell is read, and what it becomes in a `RowChunk`."""

    TEXT = "text"  # str, white space and look-alike widths put right
    MONEY = "money"  # int, fen
    INTEGER = "integer"  # int
    QUANTITY = "quantity"  # int, in 1/`scale` of what is written
    PERCENT = "percent"  # int, 0.01 %
    DATE = "date"  # date
    PERIOD = "period"  # two columns of dates, `<key>_from` and `<key>_to`
    PLACE = "place"  # str; all place columns together become `place_code` and `place_as_written`
    PARTY = "party"  # int, party id, and `<key>_as_written`
    IDENTITY = "identity"  # str, 15, 18 or 20 characters in capitals
    CODE = "code"  # str, a key of the column's code list
    PHONE = "phone"  # str
    ROW_NUMBER = "row_number"  # str; never part of a row's content


class PlaceLevel(StrEnum):
    """Which part of an address a place column holds."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    ADDRESS = "address"  # several parts in one text


class Layout(StrEnum):
    """How a form lays its values out."""

    ROWS = "rows"  # a header, then a record in each row
    ITEMS = "items"  # a record a sheet: each row an item with its code, wording, unit and value (调查表)


class Severity(StrEnum):
    """What a finding does to its row."""

    ERROR = "error"  # the row goes back
    WARNING = "warning"  # the row goes in, flagged
    INFO = "info"  # worth knowing


class Basis(StrEnum):
    """What the amounts of a form say about time."""

    PERIOD = "period"  # 本期发生
    CUMULATIVE = "cumulative"  # 累计至某日
    ASK = "ask"


class CheckKind(StrEnum):
    """The relations between columns that a form can demand (勾稽关系)."""

    SUM = "sum"  # left = the sum of the stated `parts`, each times its factor
    EQUAL = "equal"  # left = right, where both are stated
    AT_MOST = "at_most"  # left ≤ right, where both are stated
    AT_LEAST = "at_least"  # left ≥ right, where both are stated
    PRODUCT = "product"  # left = quantity × unit price (the two `parts`), to the fen
    NEEDS = "needs"  # where left is stated and not zero, right is stated
    SHARE = "share"  # left, a percentage, = the first of the two `parts` ÷ the second, as far as left is written out
    MEAN = "mean"  # left = the sum of the stated `parts`, each times its factor, ÷ right, to one written unit of left


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form.

    unit: of money, what a bare header means (`元`, `万元`, `亿元`); a unit in the header or in the line above wins.
    scale: of quantities, how many base units one written unit has. bounds: lowest and highest value, in the written
    unit. codes: code → the words that stand for it; the code itself is always understood. required: the sheet must
    have the column. filled: every row must state it. unit_column: of quantities, the column that takes a unit written
    behind the number (198件). sensitive: masked wherever it is shown. outliers: unlikely sizes are flagged, beside the
    rows with the same `outliers_by` where that column is named. plan: the column that holds the planned amount;
    an amount many times its plan, or a tiny part of it, is flagged as a likely slip of the unit.
    under: words of the merged headings above the column, outermost first (`["党员情况", "年龄分布"]` for the second of
    three 35岁以下); each must stand in one of them, or in front in a flattened heading. Years in a heading are passed
    over (2011年村干部人均工资 is 村干部人均工资), so are units, brackets, spaces and 其中.
    code: of a form of items, the item's number (代码, 编号); it comes before the wording, which must not deny it.
    Of such a form, `under` names the section (二、党员情况) or the item that a sub-item stands below.
    above: labels under which the value stands in the lines above or below the table (`填报单位：`), in the label's cell
    or the next one, for every row alike, in either layout; a column of the table wins.
    stated_after: words in a sentence above or below the table, after which the column's total is stated
    (当日收到社会捐款8,062.26万元); compared with the sum of the rows, unless 累计 stands right before them.
    measure, category, fund_source, stage: of statements, what the amount posts (see `channels.statements`).
    may_fall: the number tells how things stand, not what has been done so far: in a cumulative statement it may well be
    less.
    """

    key: str
    name: str
    name_en: str = ""
    synonyms: tuple[str, ...] = ()
    type: ColumnType = ColumnType.TEXT
    level: PlaceLevel | None = None
    unit: str = ""
    scale: int = 1
    unit_column: str = ""
    required: bool = False
    filled: bool = False
    bounds: tuple[int | None, int | None] = (None, None)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitive: bool = False
    outliers: bool = False
    outliers_by: str = ""
    plan: str = ""
    max_length: int = 200
    under: tuple[str, ...] = ()
    code: str = ""
    above: tuple[str, ...] = ()
    stated_after: tuple[str, ...] = ()
    measure: str = ""
    category: str = ""
    fund_source: str = ""
    stage: str = ""
    may_fall: bool = False

    @property
    def names_somebody(self) -> bool:
        """Whether each row has to name who or what it is about here: a list of names with amounts is several rows."""
        return self.type is ColumnType.PARTY or (self.type is ColumnType.TEXT and self.filled)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.synonyms)

    @property
    def label(self) -> str:
        """The column's name in the reader's language."""
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Check:
    """A relation between columns of one row, with the form's own note as its message.

    factors: of sum and mean, a whole number for each of `parts` (-1 to take it off); empty: 1 for all.
    """

    key: str
    kind: CheckKind
    left: str
    right: str = ""
    parts: tuple[str, ...] = ()
    factors: tuple[int, ...] = ()
    note: str = ""
    note_en: str = ""
    severity: Severity = Severity.WARNING

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(key for key in (self.left, self.right, *self.parts) if key)

    @property
    def label(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.note_en if english and self.note_en else self.note


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a form.

    row_key: column keys whose values name a row for good ("place" stands for the resolved place, "period" for the
    batch's period or date); empty: a row is known only by its file and line. total_marks: words that open a total row.
    title_words: words of the titles and the sheet's name; they settle between forms with the same columns.
    other_words: words there of a table that looks alike but is another (发放, for a form of what was received): such a
    sheet is not taken by itself, and flagged when somebody chooses the form.
    valid_from, valid_to: the periods this version is meant for. Every version listed is tried; where several fit alike,
    the one whose validity holds the period named in the titles wins, else the newest.
    A form is one table; a workbook of several (sheets, tables below or beside each other) is one batch for each.
    """

    key: str
    version: int
    name: str
    name_en: str
    columns: tuple[Column, ...]
    title_words: tuple[str, ...] = ()
    other_words: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    basis: Basis = Basis.PERIOD
    layout: Layout = Layout.ROWS
    checks: tuple[Check, ...] = ()
    row_key: tuple[str, ...] = ()
    total_marks: tuple[str, ...] = ("合计", "总计", "小计", "累计", "共计")
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def label(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name

    def column(self, key: str) -> Column:
        """The column with this key; KeyError when there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns)

    @property
    def places(self) -> tuple[Column, ...]:
        """The place columns, from the largest part of the address to the smallest."""
        order = list(PlaceLevel)
        parts = [column for column in self.columns if column.type is ColumnType.PLACE]
        return tuple(sorted(parts, key=lambda column: order.index(column.level or PlaceLevel.ADDRESS)))

    @property
    def parties(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.type is ColumnType.PARTY)


class LazyColumns(Mapping[str, list[Any]]):
    """The columns of a table as Python lists, each made when it is first asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._lists: dict[str, list[Any]] = {}

    def __getitem__(self, key: str) -> list[Any]:
        if key not in self._lists:
            if key not in self._table.column_names:
                raise KeyError(key)
            self._lists[key] = _as_list(self._table.column(key))
        return self._lists[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.column_names)

    def __len__(self) -> int:
        return len(self._table.column_names)


@dataclass(frozen=True)
class RowChunk:
    """Up to 50,000 good rows of a batch, column by column, typed.

    rows: row numbers in the sheet, from 1. table: the same as an Arrow table, for those who need no Python values.
    columns: every column of the form (None: not stated), and besides `place_code`, `place_as_written`; a party column
    holds party ids and has `<key>_as_written`; a period column is `<key>_from` and `<key>_to`. A column that the
    workbook does not have is there, all None. restates: for rows that correct a row posted before, the (batch id, row)
    they correct.
    """

    rows: list[int]
    table: pa.Table
    restates: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Mapping[str, list[Any]]:
        return LazyColumns(self.table)

    def __len__(self) -> int:
        return len(self.rows)


class Post(Protocol):
    """Turns the good rows of a batch into records and their entries, inside the caller's transaction."""

    def __call__(self, *, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None: ...


class Withdraw(Protocol):
    """Takes the records of a batch back, inside the caller's transaction."""

    def __call__(self, *, by: Actor, batch: Batch, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class FormBinding:
    """A form and what its rows become; listed in `catalogue.forms`.

    in_use: new workbooks are read with it; a retired form is known only for the batches that were.
    """

    form: Form
    post: Post
    withdraw: Withdraw
    in_use: bool = True


def load_form(path: Path) -> Form:
    """Read a form's data file.

    Raises: FormInvalid, naming the file and the key that is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FormInvalid(
            _("表样文件 %(file)s 不是有效的 TOML：%(error)s。") % {"file": path.name, "error": error}, file=path.name
        ) from error
    return _FormFile(path.name).form(data)


def form_as_json(form: Form) -> dict[str, Any]:
    """The form as plain data, kept beside a batch so that an old batch is read with the form of its day."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(form), default=str, ensure_ascii=False))
    return data


def form_from_json(data: dict[str, Any]) -> Form:
    days = {key: date.fromisoformat(data[key]) for key in ("valid_from", "valid_to") if data[key]}
    columns = [{key: value for key, value in column.items() if value is not None} for column in data["columns"]]
    return _FormFile(data["key"]).form(data | {"valid_from": None, "valid_to": None, "columns": columns} | days)


class _FormFile:
    """Checks the parts of one data file; every refusal names the file and the key."""

    def __init__(self, name: str) -> None:
        self.name = name

    def form(self, data: dict[str, Any]) -> Form:
        values = self._fields(data, Form, where="")
        columns = tuple(
            self._column(item, f"columns[{index}]") for index, item in enumerate(data.get("columns", ()), start=1)
        )
        checks = tuple(
            self._check(item, f"checks[{index}]") for index, item in enumerate(data.get("checks", ()), start=1)
        )
        form = Form(
            **(
                values
                | {
                    "columns": columns,
                    "checks": checks,
                    "basis": self._choice(Basis, values.get("basis", Basis.PERIOD), "basis"),
                    "layout": self._choice(Layout, values.get("layout", Layout.ROWS), "layout"),
                }
            )
        )
        self._agree(form)
        return form

    def _column(self, item: dict[str, Any], where: str) -> Column:
        values = self._fields(item, Column, where=where)
        if "type" in values:
            values["type"] = self._choice(ColumnType, values["type"], f"{where}.type")
        if "level" in values:
            values["level"] = self._choice(PlaceLevel, values["level"], f"{where}.level")
        if "codes" in values:
            values["codes"] = {code: tuple(words) for code, words in values["codes"].items()}
        if "bounds" in values:
            low, high = values["bounds"]
            values["bounds"] = (None if low == "" else low, None if high == "" else high)
        return Column(**values)

    def _check(self, item: dict[str, Any], where: str) -> Check:
        values = self._fields(item, Check, where=where)
        values["kind"] = self._choice(CheckKind, values.get("kind", ""), f"{where}.kind")
        values["severity"] = self._choice(Severity, values.get("severity", Severity.WARNING), f"{where}.severity")
        return Check(**values)

    def _fields(self, item: dict[str, Any], kind: type, where: str) -> dict[str, Any]:
        known = {entry.name: entry for entry in fields(kind)}
        for key in item:
            if key not in known:
                self._refuse(f"{where}.{key}".lstrip("."), _("没有这个键"))
        for key, entry in known.items():
            if entry.default is MISSING and entry.default_factory is MISSING and key not in item:
                self._refuse(f"{where}.{key}".lstrip("."), _("缺少这个键"))
        return {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}

    def _choice(self, kind: type[_Choice], value: str, where: str) -> _Choice:
        try:
            return kind(value)
        except ValueError:
            self._refuse(where, _("只能是 %(values)s") % {"values": ", ".join(kind)})

    def _agree(self, form: Form) -> None:
        """What no single key can say: keys are unique, and everything named exists."""
        keys = [column.key for column in form.columns]
        for key in {key for key in keys if keys.count(key) > 1}:
            self._refuse("columns", _("键 %(key)s 出现了两次") % {"key": key})
        for column in form.columns:
            if (column.type is ColumnType.PLACE) != (column.level is not None):
                self._refuse(f"{column.key}.level", _("地名列要有 level，其他列不能有"))
            if (column.type is ColumnType.CODE) != bool(column.codes):
                self._refuse(f"{column.key}.codes", _("代码列要有 codes，其他列不能有"))
            if column.unit and column.type is not ColumnType.MONEY:
                self._refuse(f"{column.key}.unit", _("只有金额列有 unit"))
            if column.unit and column.unit not in ("元", "千元", "万元", "亿元"):
                self._refuse(f"{column.key}.unit", _("只能是 元、千元、万元、亿元"))
            for name in ("unit_column", "outliers_by", "plan"):
                if getattr(column, name) and getattr(column, name) not in keys:
                    self._refuse(f"{column.key}.{name}", _("没有这一列"))
        for check in form.checks:
            for key in check.columns:
                if key not in keys:
                    self._refuse(f"checks.{check.key}", _("没有名为 %(key)s 的列") % {"key": key})
            if check.factors and len(check.factors) != len(check.parts):
                self._refuse(f"checks.{check.key}.factors", _("个数要与 parts 相同"))
            if not _is_whole(check):
                self._refuse(f"checks.{check.key}", _("%(kind)s 缺少 right 或 parts") % {"kind": check.kind})
        for key in form.row_key:
            if key not in keys and key not in ("place", "period"):
                self._refuse("row_key", _("没有名为 %(key)s 的列") % {"key": key})

    def _refuse(self, key: str, what: str) -> NoReturn:
        raise FormInvalid(
            _("表样文件 %(file)s 的 %(key)s 有误：%(what)s。") % {"file": self.name, "key": key, "what": what},
            file=self.name,
            key=key,
        )


def _is_whole(check: Check) -> bool:
    """Whether a check names what its kind compares."""
    match check.kind:
        case CheckKind.SUM:
            return bool(check.parts)
        case CheckKind.PRODUCT | CheckKind.SHARE:
            return len(check.parts) == 2
        case CheckKind.MEAN:
            return bool(check.parts and check.right)
    return bool(check.right)


def _as_list(column: pa.ChunkedArray) -> list[Any]:
    """As `to_pylist`, but each distinct date is made once: dates are what is slow to convert."""
    if pa.types.is_date(column.type):
        encoded = column.combine_chunks().dictionary_encode()
        values = [*encoded.dictionary.to_pylist(), None]
        return [values[index] for index in encoded.indices.fill_null(len(values) - 1).to_pylist()]
    found: list[Any] = column.to_pylist()
    return found
