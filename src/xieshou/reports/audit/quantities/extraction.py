"""The quantities of a text: every number with its unit that states a figure, in one pass over the cleaned view."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from xieshou.reports.audit.claims import Quantity
from xieshou.reports.audit.quantities.approximation import approximation_of
from xieshou.reports.audit.quantities.nonclaims import (
    TIME,
    date_end,
    is_code,
    name_spans,
    quoted_briefly,
    states_a_figure,
)
from xieshou.reports.audit.quantities.numbers import STARTS, Number, end_of_row, number_at
from xieshou.reports.audit.quantities.units import Counted, counted_after
from xieshou.reports.audit.texts.structure import CleanText

_RANGE = re.compile("(?:-|—{1,2}|~|至|到)(?=[0-9一二两三四五六七八九十百千])")
_FROM = re.compile("[从由自][^，。；！？\n]{0,12}$")
_ELLIPTIC = frozenset({"个", "家", "所", "项", "座"})
_WHOLE = frozenset(
    "person household province prefecture city county township village school hospital clinic enterprise organisation"
    " project park workshop base job branch class course session time team vehicle site building".split()
)
_SENTENCE_ENDS = re.compile("[。！？\n]")
_OF_A_WHOLE = re.compile("[占近超过约达]$|不[足到]$")
_AT_LEAST = re.compile("以上|左右|之多|有余")
_LAST_CLAUSE = re.compile("[^，。；：！？\n”“]*$")
_ONE_SPAN = re.compile("(?:为期|历时|不到|不足|近|超过|超|约|长达|满|仅用|仅|只用|共|累计)$")
_HONOURED = re.compile("获|荣获|被|入选|当选|考入|受到|晋升")
_NEVER_ONE = frozenset("次种类样批期场轮回地点%成份套人")
_GIVING = re.compile("捐|赠|购|派|建|配|引进|开设|聘|设立|选|招|资助|奖励|获")
_BUILDING = re.compile(
    "(?:新建|援建|捐建|修建|建成|兴建|改建|扩建|组建|创办|购置|捐赠|捐献|赠送|选派|派驻|增设|配备)了?$"
)
_NOT_ONE = re.compile("[这那每第同统单唯任某哪另其上下又再头前近后最如万进专之]$")


def extract(clean: CleanText) -> tuple[Quantity, ...]:
    """The quantities in the order of the text. Linear time; about a microsecond per character of ordinary prose."""
    return tuple(_Reader(clean).quantities())


class _Reader:
    """One pass over a cleaned text."""

    def __init__(self, clean: CleanText) -> None:
        self.clean = clean
        self.text = clean.text
        self.found: list[Quantity] = []
        self.names = name_spans(self.text)
        self.name = next(self.names, (len(self.text), len(self.text)))
        self.floor = 0  # the end of the last quantity: nothing before it belongs to the next

    def quantities(self) -> list[Quantity]:
        done = 0
        for row in STARTS.finditer(self.text):
            at = max(row.start(), done)
            while at < row.end():
                at = done = self._read(at)
        return self.found

    def _read(self, at: int) -> int:
        """Read what begins at `at`, keep it if it is a quantity, and say where to go on."""
        text = self.text
        while self.name[1] <= at:
            self.name = next(self.names, (len(text), len(text)))
        if self.name[0] <= at:
            return self.name[1]
        if (end := date_end(text, at)) is not None:
            return end
        number = number_at(text, at)
        if number is None:
            return at + 1 if text[at] in "数几半" else end_of_row(text, at)
        if is_code(text, number):
            return number.until
        if number.chinese and number.value == 1 and number.until == at + 1:
            return self._one(number)
        counted = counted_after(text, number, self.floor)
        if counted is not None and self._begins_an_item(number, counted):
            begun = text.index(".", at) + 1
            number = number_at(text, begun) or number
        link = _RANGE.match(text, number.until if counted is None else counted.until)
        if link is not None and (end := self._range(number, counted, link)) is not None:
            return end
        return self._single(number, counted)

    def _begins_an_item(self, number: Number, counted: Counted) -> bool:
        """2.3所学校 at the head of a line is item 2, three schools: no text counts 2.3 schools."""
        heads = number.at == 0 or self.text[number.at - 1] == "\n"
        return heads and number.decimals > 0 and number.factor == 1 and counted.unit in _WHOLE

    def _single(self, number: Number, counted: Counted | None) -> int:
        if counted is None or not states_a_figure(self.text, number, counted):
            return number.until
        self._keep(number, self._of_the_same(number, counted), number.value_hi)
        return counted.until

    def _of_the_same(self, number: Number, counted: Counted) -> Counted:
        """中粮集团为7个: without a noun of its own, a number counts what the one before it in its sentence counts."""
        if (
            counted.noun
            or counted.raw not in _ELLIPTIC
            or not self.found
            or (last := self.found[-1]).unit_raw != counted.raw
        ):
            return counted
        if _SENTENCE_ENDS.search(self.text, last.until, number.at):
            return counted
        return replace(counted, unit=last.unit, noun=last.noun)

    def _range(self, number: Number, first: Counted | None, link: re.Match[str]) -> int | None:
        """3-5人, 3000—5000元, 10%-20%, 三到五个: where the second number of the pair is done with."""
        text = self.text
        if (second := number_at(text, link.end())) is None or second.bare:
            return None
        if link.group() in "至到" and _FROM.search(text[max(0, number.at - 14) : number.at]) and first is not None:
            return None
        if (counted := counted_after(text, second, self.floor)) is None:
            return None
        if first is not None and first.raw and first.unit != counted.unit:
            return None
        low = number.value
        if (first is None or not first.raw) and number.factor == 1 and low < second.value / second.factor:
            low *= second.factor
        if not low < second.value:
            return None
        whole = replace(second, at=number.at, value=low, decimals=max(number.decimals, second.decimals))
        if not states_a_figure(self.text, whole, counted):
            return counted.until
        self._keep(whole, counted, second.value)
        return counted.until

    def _keep(self, number: Number, counted: Counted, high: Decimal | None) -> None:
        start, end = self.clean.raw_span(number.at, counted.until)
        approximation = approximation_of(self.text, number, counted.until, counted_share=counted.unit == "percent")
        half = Decimal("0.5") if "半" in counted.raw else Decimal(0)
        self.floor = counted.until
        self.found.append(
            Quantity(
                start=start,
                end=end,
                at=number.at,
                until=counted.until,
                value=_plain((number.value + half) * counted.factor),
                value_hi=None if high is None else _plain(high * counted.factor),
                unit=counted.unit,
                unit_raw=counted.raw,
                number_raw=self.text[number.at : number.until],
                noun=counted.noun,
                approximation=approximation,
                decimals=number.decimals,
                factor=counted.factor * number.factor,
            )
        )

    def _half(self, number: Number) -> int:
        """占一半, 一半以上: half of a whole, as a percentage."""
        text = self.text
        if _OF_A_WHOLE.search(text[max(0, number.at - 4) : number.at]) or _AT_LEAST.match(text, number.until):
            self._keep(number, Counted(number.until, "percent", Decimal(100)), None)
        return number.until

    def _one(self, number: Number) -> int:
        """一 is mostly an article, a part of a word or of an idiom; here it is a figure only where it counts."""
        text = self.text
        if text[number.until : number.until + 1] == "半":
            return self._half(replace(number, until=number.until + 1, value=Decimal("0.5"), decimals=1))
        counted = counted_after(text, number, self.floor)
        if counted is None or not _counts_one(text, number, counted, self.floor):
            return number.until
        self._keep(number, counted, None)
        return counted.until


def _counts_one(text: str, number: Number, counted: Counted, floor: int) -> bool:
    """为期一周, 钢琴一架, 一人获奖, 新建一所学校; not 一家人, 进一步, 打造一支队伍, 一户一策."""
    before = text[max(floor, number.at - 24) : number.at]
    if (clause := _LAST_CLAUSE.search(before)) is not None:
        before = clause.group()
    if _NOT_ONE.search(before) is not None:
        return False
    after = text[counted.until : counted.until + 2]
    if counted.unit in TIME:
        return _ONE_SPAN.search(before) is not None and not after.startswith(("来", "次", "度"))
    if counted.raw in ("人", "名", "位", "户") and not before:
        return _HONOURED.match(after) is not None
    if not counted.raw or counted.raw in _NEVER_ONE or quoted_briefly(text, number):
        return False
    if not after or after[0] in "，。；、！？）\n和及并":
        return _GIVING.search(before) is not None or (counted.unit == "person" and counted.noun != "")
    return _BUILDING.search(before) is not None and after[0] not in "“大个系" and counted.raw != "个"


def _plain(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
