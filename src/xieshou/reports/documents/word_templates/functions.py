"""What a template may say: `指标`, `同比`, `各县`, `图表` and the rest, each with a Chinese and an English name.

A value prints as a token that the renderer later turns into the number, so that it knows where each citation stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import translation
from django.utils.translation import gettext as _

from xieshou.common.errors import XieshouError
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.scopes import OPTIONS, Scope
from xieshou.parties.selectors import party_seen
from xieshou.reports.documents import rules
from xieshou.reports.documents.asking import GROWTH, Questions, number_of
from xieshou.reports.documents.builtin.matter import Matter, Wanted
from xieshou.reports.documents.builtin.sections import by_size, name_of
from xieshou.reports.documents.document import Chart, Cited, Series
from xieshou.reports.documents.errors import ReportRefused
from xieshou.reports.documents.rules import printable
from xieshou.reports.documents.word_templates.sandbox import Open
from xieshou.reports.documents.word_templates.structure import PRIVATE

CITED, CITED_END, CHARTED, CHARTED_END = "\ue020", "\ue021", "\ue022", "\ue023"
MOST_ANSWERS = 20_000
MOST_BARS = 40
MOST_CHARTS = 100
MOST_QUESTIONS = 1_000  # of one document, some 45 ms each

# Options as a template names them, and as a scope does.
OPTION_NAMES = {
    "地点": "place", "单位": "party", "作为": "as", "as_": "as", "项目群": "programme", "项目": "project",
    "类别": "category", "来源": "source", "性质": "nature", "阶段": "stage", "年": "year", "年度": "year",
    "从": "from", "from_": "from", "到": "to", "截至": "at",
}  # fmt: skip
SHOWING_NAMES = {"计量": "unit", "unit": "unit", "小数": "places", "places": "places"}
DIMENSION_NAMES = {
    "县": "county", "乡镇": "township", "村": "village", "省": "province", "市": "prefecture", "地点": "place",
    "单位": "credited", "帮扶单位": "credited", "来源": "source", "类别": "category", "项目群": "programme",
    "年度": "year", "年": "year", "性质": "nature",
}  # fmt: skip
PERIODS = ("year", "from", "to", "at", "quarter", "month")


class Value(Open):
    """A number with its citation; compares as a number in its unit, is false where nothing is stated."""

    shown: ClassVar = frozenset({"数值", "number", "已填", "stated"})

    def __init__(
        self,
        sheet: Sheet,
        answer: Answer,
        *,
        unit: str = "",
        places: int = 2,
        write: Callable[[Decimal], str] | None = None,
        with_unit: bool = True,
    ) -> None:
        self.sheet = sheet
        self.answer = answer
        self.unit = unit
        self.places = places
        self.write = write
        self.with_unit = with_unit
        self.number, self.word = number_of(answer, unit)

    数值 = property(lambda self: self.number)
    已填 = stated = property(lambda self: self.number is not None)

    def changed(self, **changes: Any) -> Value:
        """The same value written in another way."""
        options = {name: getattr(self, name) for name in ("unit", "places", "write", "with_unit")} | changes
        return Value(self.sheet, self.answer, **options)

    def __bool__(self) -> bool:
        return self.number is not None

    def __str__(self) -> str:
        return self.sheet.print(self._cited())

    __html__ = __str__

    def _cited(self) -> Cited:
        ask = self.sheet.questions
        if self.write is not None:
            return ask.worded(self.answer, self.write, unit=self.unit)
        if self.with_unit:
            return ask.text(self.answer, unit=self.unit, places=self.places)
        written = rules.plain if self.places < 0 else (lambda value: rules.tabular(value, self.places))
        return ask.worded(self.answer, written, unit=self.unit)

    def _against(self, other: object, compare: Callable[[Decimal, Decimal], bool]) -> bool:
        number = getattr(other, "number", other)
        if self.number is None or number is None:
            return False
        if not isinstance(number, int | float | Decimal):
            raise ReportRefused(_("数字只能与数字比较。"))
        return compare(self.number, Decimal(str(number)))

    def __lt__(self, other: object) -> bool:
        return self._against(other, lambda one, two: one < two)

    def __le__(self, other: object) -> bool:
        return self._against(other, lambda one, two: one <= two)

    def __gt__(self, other: object) -> bool:
        return self._against(other, lambda one, two: one > two)

    def __ge__(self, other: object) -> bool:
        return self._against(other, lambda one, two: one >= two)

    def __eq__(self, other: object) -> bool:
        return self._against(other, lambda one, two: one == two)

    __hash__ = None  # type: ignore[assignment]


class Row(Open):
    """One row of a break-down: its name, its number in the list, and any figure in it by calling the row."""

    shown: ClassVar = frozenset({"名称", "name", "代码", "code", "序号", "number", "值", "value"})
    is_report_function = True

    def __init__(self, sheet: Sheet, answer: Answer, dimension: str, scope: Scope, number: int) -> None:
        self.sheet = sheet
        self.answer = answer
        self.dimension = dimension
        self.scope = scope
        self.number = number

    序号 = property(lambda self: self.number)

    @property
    def name(self) -> str:
        return name_of(self.answer)

    @property
    def code(self) -> str:
        return self.answer.by[self.dimension].code

    @property
    def value(self) -> Value:
        return Value(self.sheet, self.answer)

    名称, 代码, 值 = name, code, value

    def __call__(self, key: str, **options: Any) -> Value:
        """The figure in this row; `年=…` and the other options of 指标 hold here too."""
        showing, named = _split(options)
        scope = self.sheet.scope(named, base=self.scope)
        answer = self.sheet.rows(key, self.dimension, scope).get((self.code,))
        if answer is None:
            (whole,) = self.sheet.questions.rows(key, (), scope).values()
            answer = replace(whole, base_value=None, numerator=None, denominator=None, entries=0, by=self.answer.by)
        return Value(self.sheet, answer, **showing)


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart where it stands in the text."""

    sheet: Sheet
    chart: Chart

    def __html__(self) -> str:
        if len(self.sheet.charts) >= MOST_CHARTS:
            raise ReportRefused(_("一份报告最多画 %(most)d 张图。") % {"most": MOST_CHARTS})
        self.sheet.charts.append(self.chart)
        return f"{CHARTED}{len(self.sheet.charts) - 1}{CHARTED_END}"

    __str__ = __html__


class Sheet:
    """The functions of one document while it is rendered."""

    def __init__(self, wanted: Wanted, questions: Questions) -> None:
        self.wanted = wanted
        self.questions = questions
        self.matter = Matter(wanted, questions)
        self.printed: list[Cited] = []
        self.charts: list[Chart] = []
        self._asked: set[object] = set()
        self._scopes: dict[tuple[object, ...], Scope] = {}

    def print(self, cited: Cited) -> str:
        if len(self.printed) >= MOST_ANSWERS:
            raise ReportRefused(_("一份报告最多引用 %(most)d 处数字。") % {"most": MOST_ANSWERS})
        self.printed.append(cited)
        return f"{CITED}{len(self.printed) - 1}{CITED_END}"

    def names(self) -> dict[str, Any]:
        """Everything a template can name."""
        functions: dict[str, Callable[..., Any]] = {
            "指标": self.figure, "figure": self.figure,
            "同比": self.growth, "growth": self.growth,
            "完成率": self.completion, "completion": self.completion,
            "占比": self.share, "share": self.share,
            "分组": self.breakdown, "rows": self.breakdown,
            "各县": self.by("county"), "counties": self.by("county"),
            "各乡镇": self.by("township"), "townships": self.by("township"),
            "各单位": self.by("credited"), "units": self.by("credited"),
            "各来源": self.by("source"), "sources": self.by("source"),
            "各类别": self.by("category"), "categories": self.by("category"),
            "图表": self.chart, "chart": self.chart,
            "尾差": self.tail, "rounding_note": self.tail,
        }  # fmt: skip
        constants = {
            "年": self.wanted.year, "year": self.wanted.year,
            "地点": self.matter.place_name, "place": self.matter.place_name,
            "单位": self.matter.party_name, "party": self.matter.party_name,
            "期间": self.matter.period_words, "period": self.matter.period_words,
        }  # fmt: skip
        return {name: _open(function) for name, function in functions.items()} | constants

    # Functions of a template

    def figure(self, key: str, **options: Any) -> Value:
        showing, named = _split(options)
        (answer,) = self.questions_of(key, (), self.scope(named)).values()
        return Value(self, answer, **showing)

    def growth(self, key: str, **options: Any) -> Value:
        """Against the same period of the year before, in words: 同比增长12.5%."""
        counted = in_chinese_first(lambda: self.questions.figure(key))
        showing, named = _split(options)
        (answer,) = self.questions_of(f"{GROWTH}{counted.key}", (), self.scope(named)).values()
        return Value(self, answer, **showing, write=rules.change_words if answer.value is not None else None)

    def completion(self, key: str = "fund.completion", **options: Any) -> Value:
        """The completion that is this figure, or whose numerator it is."""
        return self.figure(self._ratio_of(key, Kind.COMPLETION).key, **options)

    def share(self, key: str = "fund.raised_share", **options: Any) -> Value:
        return self.figure(self._ratio_of(key, Kind.RATIO).key, **options)

    def breakdown(self, key: str, by: str = "", **options: Any) -> list[Row]:
        """The rows of a figure, the largest first, what is not stated last."""
        _showing, named = _split({name: value for name, value in options.items() if name not in ("按", "分组")})
        dimension = dimension_named(by or options.get("按") or options.get("分组") or "")
        scope = self.scope(named)
        rows = self.rows(key, dimension, scope)
        return [Row(self, rows[codes], dimension, scope, number) for number, codes in enumerate(by_size(rows), start=1)]

    def by(self, dimension: str) -> Callable[..., list[Row]]:
        def rows(key: str = "fund.raised", **options: Any) -> list[Row]:
            return self.breakdown(key, dimension, **options)

        return rows

    def chart(self, *keys: str, **options: Any) -> Charted:
        """Bars of one or more figures: 图表("fund.planned", "fund.raised", 分组="县", 标题="…")."""
        if not keys:
            raise ReportRefused(_('图表要有指标，例如 图表("fund.raised", 分组="县")。'))
        title = printable(PRIVATE.sub("", str(options.pop("标题", "") or options.pop("title", ""))))
        by = options.pop("分组", "") or options.pop("按", "") or options.pop("by", "")
        dimension = dimension_named(str(by or "县"))
        _showing, named = _split(options)
        scope = self.scope(named)
        found = [self.rows(key, dimension, scope) for key in keys]
        codes = [code for code in by_size(*found) if code[0]][:MOST_BARS]
        names = [str(in_chinese_first(lambda key=key: self.questions.figure(key)).name) for key in keys]  # type: ignore[misc]
        series = tuple(
            Series(name, tuple(_bar(rows.get(code)) for code in codes)) for name, rows in zip(names, found, strict=True)
        )
        words = tuple(name_of(next(rows[code] for rows in found if code in rows)) for code in codes)
        unit = next((number_of(answer)[1] for rows in found for answer in rows.values()), "")
        return Charted(self, Chart(title, words, series, unit))

    def tail(self, key: str, by: str = "县", **options: Any) -> str:
        """尾差 of a column, in one sentence; "" where the rounded rows add up."""
        rows = self.breakdown(key, by, **options)
        whole = self.figure(key, **options)
        parts = [value for row in rows if (value := row.value.number) is not None]
        name = str(whole.answer.figure.name)
        return rules.tail_note(name, parts, whole.number, whole.word) if whole.number is not None and parts else ""

    # What they rest on

    def questions_of(self, key: str, by: tuple[str, ...], scope: Scope) -> Mapping[tuple[str, ...], Answer]:
        figure = in_chinese_first(lambda: self.questions.figure(key))
        self._asked.add((figure.key, by, scope))
        if len(self._asked) > MOST_QUESTIONS:
            raise ReportRefused(
                _("一份报告最多向台账提 %(most)d 个不同的问题；请用 各县() 等清单代替逐个指标。")
                % {"most": MOST_QUESTIONS}
            )
        with translation.override("zh-hans"):
            return self.questions.rows(figure.key, by, scope)

    def rows(self, key: str, dimension: str, scope: Scope) -> Mapping[tuple[str, ...], Answer]:
        return self.questions_of(key, (dimension,), scope)

    def scope(self, options: Mapping[str, Any], base: Scope | None = None) -> Scope:
        """The document's own scope with these options over it; a period given replaces the document's, "" opens one."""
        base = base or self.wanted.scope
        asked = (base, *sorted((name, str(value)) for name, value in options.items()))
        if asked not in self._scopes:
            kept = base.as_options()
            if any(name in options for name in PERIODS):
                kept = {name: value for name, value in kept.items() if name not in PERIODS}
            given = {name: value for name, value in options.items() if value not in (None, "")}
            if party := given.get("party"):
                given["party"] = party_seen(str(party), actor=self.questions.actor).pk
            merged = {name: value for name, value in kept.items() if name not in options} | given
            self._scopes[asked] = in_chinese_first(lambda: Scope.from_options(merged))
        return self._scopes[asked]

    def _ratio_of(self, key: str, kind: Kind) -> Figure:
        figure: Figure = in_chinese_first(lambda: self.questions.figure(key))
        if figure.kind is kind:
            return figure
        for each in self.questions.figures:
            if each.kind is kind and each.numerator is figure:
                return each
        raise ReportRefused(_("指标“%(name)s”没有这样的比率。") % {"name": figure.name})


def dimension_named(text: str) -> str:
    """The key of a break-down by its key or Chinese name. Raises: ReportRefused."""
    key = DIMENSION_NAMES.get(text, text)
    if key not in DIMENSIONS:
        raise ReportRefused(
            _("不能按“%(by)s”分组；可以按：%(known)s。") % {"by": text, "known": "、".join(DIMENSION_NAMES)},
            option="by",
        )
    return key


def in_chinese_first(read: Callable[[], Any]) -> Any:
    """What names mean in Chinese, in which templates are written, else in the language of the reader."""
    with translation.override("zh-hans"):
        try:
            return read()
        except XieshouError:
            pass
    return read()


def _split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """How a value is shown, and what it is asked about. Raises: ReportRefused, for an option that there is not."""
    showing, named = {}, {}
    for name, value in options.items():
        if name in SHOWING_NAMES:
            showing[SHOWING_NAMES[name]] = value
        elif name in OPTION_NAMES or name in OPTIONS:
            named[OPTION_NAMES.get(name, name)] = value
        else:
            known = "、".join((*(each for each in OPTION_NAMES if not each.isascii()), "计量", "小数"))
            raise ReportRefused(
                _("没有“%(option)s”这个选项；可用的选项：%(known)s。") % {"option": name, "known": known}, option=name
            )
    return showing, named


def _open(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark as callable from a template; refusals of Python itself become sentences."""

    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except TypeError as wrong:
            raise ReportRefused(
                _('括号里写的不对（%(why)s）；例如 指标("fund.raised", 地点="凤山县", 年=2019)。') % {"why": wrong}
            ) from wrong

    call.is_report_function = True  # type: ignore[attr-defined]
    return call


def _bar(answer: Answer | None) -> Decimal | None:
    value = None if answer is None else number_of(answer)[0]
    return None if value is None else rules.rounded(value)
