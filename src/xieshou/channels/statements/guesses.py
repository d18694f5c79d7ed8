"""What an unknown table probably is, from its first rows: sheet, header, columns. Only proposals; a person decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from xieshou.channels.statements.answers import PLACES, UNITS, ColumnAnswer, What, measure_called
from xieshou.channels.statements.formfiles import vocabulary
from xieshou.channels.statements.measures import StatedMeasure
from xieshou.channels.statements.rules import HEAD_NAME
from xieshou.intake.forms import Column, ColumnType
from xieshou.intake.headings import measured_in, plain, unit_line_in
from xieshou.intake.reading import SheetHead
from xieshou.intake.row_tables import filled, header_paths
from xieshou.intake.rules import number_in, parse_period
from xieshou.ledger.measures import Addition

HEADER_LINES = 4
_LOOKED_AT = 25
_UNIT_KEYS = {
    "元": "yuan", "万元": "wan_yuan", "亿元": "yi_yuan", "户": "household", "人": "person", "名": "person",
    "人次": "person_time", "次": "time", "场": "time", "期": "time", "个": "item", "项": "project", "处": "item",
    "座": "item", "件": "piece", "公里": "km", "千米": "km", "亩": "mu", "平方米": "m2", "㎡": "m2", "公斤": "kg",
    "千克": "kg", "吨": "tonne",
}  # fmt: skip
_LAST_UNIT = re.compile("(人次|户|人|次|场|亩|元)数?$")
_MONEY_WORDS = re.compile("金额|资金|收入|支出|经费|销售额|投入|投资|产值|款")
_STOCK_WORDS = re.compile("现有|年末|期末|月末|季末|年底|截至|在册|在岗|在校|存栏|总户数|总人口|户籍|保有|结余|余额")
_PLACE_WORDS = {
    "省": What.PROVINCE, "市": What.PREFECTURE, "州": What.PREFECTURE, "县": What.COUNTY, "区": What.COUNTY,
    "镇": What.TOWNSHIP, "乡": What.TOWNSHIP, "街道": What.TOWNSHIP, "村": What.VILLAGE, "社区": What.VILLAGE,
    "寨": What.VILLAGE,
}  # fmt: skip
_PLACE_ENDINGS = (
    (What.VILLAGE, ("村", "社区", "居委会", "村委会")),
    (What.TOWNSHIP, ("镇", "乡", "街道")),
    (What.COUNTY, ("县", "区", "旗")),
    (What.PREFECTURE, ("市", "州", "盟", "地区")),
    (What.PROVINCE, ("省", "自治区")),
)
_UNIT_ENDINGS = ("局", "公司", "集团", "委", "办", "厅", "院", "中心", "学校", "银行", "协会", "工会", "部", "处", "所")
_DATED = re.compile(r"(19|20)\d{2}[-./年]\d{1,2}([-./月]\d{1,2}日?)?")


def sheet_of(heads: Sequence[SheetHead]) -> SheetHead | None:
    """The sheet that holds most: of those that are not hidden, the one with the most stated cells in its first rows."""
    shown = [sheet for sheet in heads if not sheet.hidden] or list(heads)
    held = [(sum(bool(cell.strip()) for row in sheet.head for cell in row), sheet) for sheet in shown]
    return max(held, key=lambda each: each[0], default=(0, None))[1]


def header_lines(sheet: SheetHead) -> tuple[int, int]:
    """First and last line of the likely header, from 1: the lines above the first row that holds numbers."""
    stated = [[cell for cell in row if cell.strip()] for row in sheet.head]
    widest = max((len(row) for row in stated), default=0)
    last = next(
        (number for number, row in enumerate(stated) if number and len(row) * 2 >= widest and _is_data(row)),
        next((number + 1 for number, row in enumerate(stated) if len(row) * 2 >= widest), 1),
    )
    while last > 1 and not stated[last - 1]:
        last -= 1
    first = last
    while first > 1 and last - first + 1 < HEADER_LINES and _belongs(sheet, first - 2, stated):
        first -= 1
    return first, last


def _is_data(row: Sequence[str]) -> bool:
    numbers = sum(number_in(cell) is not None for cell in row)
    return numbers >= 2 and numbers * 4 >= len(row)


def _belongs(sheet: SheetHead, line: int, stated: Sequence[Sequence[str]]) -> bool:
    """Whether a line is part of the header below it: several headings, and not labels with their values."""
    if len(stated[line]) < 2:
        return False
    if any("：" in cell or ":" in cell for cell in stated[line]):
        return False
    tied = any(top == line and (right > left or bottom > top) for top, left, bottom, right in sheet.merged)
    return tied or len(stated[line]) * 3 >= len(stated[line + 1])


def titles_above(sheet: SheetHead, first: int) -> list[str]:
    """The texts above the header."""
    return [cell.strip() for row in sheet.head[: first - 1] for cell in row if cell.strip()]


def name_in(titles: Sequence[str], sheet: str) -> str:
    """What the table is called: the longest title without its year, else the sheet's name."""
    worded = [title for title in titles if len(title) < 60 and "：" not in title and ":" not in title]
    longest = max(worded, key=len, default="") or sheet
    return plain(longest) or longest.strip()


def columns_of(
    sheet: SheetHead, first: int, last: int, measures: Mapping[str, StatedMeasure], title: str
) -> tuple[ColumnAnswer, ...]:
    """What each headed column of a sheet probably is, in the order of the sheet.

    Args:
        first, last: the header's lines, from 1. title: what the table is called, for the definitions of new measures.
    """
    grid = filled(sheet)
    paths = header_paths(grid[first - 1 : last], sheet)
    rows = grid[last : last + _LOOKED_AT]
    unit_line = unit_line_in(titles_above(sheet, first))
    leaves = [plain(path[-1]) for path in paths if path]
    answers: list[ColumnAnswer] = []
    for index, path in enumerate(paths):
        values = [row[index].strip() for row in rows if row[index].strip()]
        if not path and not values:
            continue
        what = _what(path[-1] if path else "", values)
        if what is What.MEASURE and not answers and _counts_up(values):
            what = What.NUMBER
        if what in {answer.what for answer in answers} and what not in (
            What.TEXT,
            What.MEASURE,
            What.PHONE,
            What.PARTY,
        ):
            what = What.TEXT
        answer = ColumnAnswer(index, tuple(path), what, is_key=what in PLACES or what is What.PARTY)
        if what is What.MEASURE:
            is_alone = leaves.count(plain(path[-1])) == 1
            answer = _measured(answer, measures, unit_line, title, is_alone=is_alone)
            if any(answer.measure == other.measure for other in answers if other.measure):
                answer = replace(answer, measure=_whole_name(path))
        answers.append(answer)
    return tuple(answers)


def _what(heading: str, values: Sequence[str]) -> What:
    """What a column is, by its heading, else by its values."""
    bare = plain(heading)
    if not bare:
        return What.SKIP
    if known := _by_vocabulary(heading, bare):
        return known
    numbers = sum(number_in(value) is not None for value in values)
    if values and numbers * 2 > len(values):
        dated = sum(_DATED.match(value) is not None for value in values)
        return What.DAY if dated * 2 > len(values) else What.MEASURE
    for place, endings in _PLACE_ENDINGS:
        if values and sum(value.endswith(endings) for value in values) * 2 > len(values):
            return place
    for ending, place in _PLACE_WORDS.items():
        if bare.endswith(ending) and len(bare) <= 4:
            return place
    if values and sum(value.endswith(_UNIT_ENDINGS) for value in values) * 2 > len(values):
        return What.PARTY
    if values and sum(parse_period(value).value is not None for value in values) * 2 > len(values):
        return What.PERIOD
    return What.TEXT


def _counts_up(values: Sequence[str]) -> bool:
    """Whether a column's numbers are 1, 2, 3 …"""
    numbers = [value for value in values if value.isdigit()]
    return numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _by_vocabulary(heading: str, bare: str) -> What | None:
    roles = {
        "number": What.NUMBER, "province": What.PROVINCE, "prefecture": What.PREFECTURE, "county": What.COUNTY,
        "township": What.TOWNSHIP, "village": What.VILLAGE, "party": What.PARTY, "helper": What.PARTY,
        "contact_phone": What.PHONE, "head_name": What.HEAD_NAME, "identity_number": What.IDENTITY, "day": What.DAY,
        "period": What.PERIOD, "remark": What.TEXT, "contact_name": What.TEXT,
    }  # fmt: skip
    for key, what in roles.items():
        words = vocabulary().get(key, ())
        if heading.strip() in words or bare in {plain(word) for word in words}:
            return what
    return None


def _measured(
    answer: ColumnAnswer, measures: Mapping[str, StatedMeasure], unit_line: str, title: str, *, is_alone: bool
) -> ColumnAnswer:
    """The answer with its measure: an existing one where the heading says it and the unit agrees, else a new one."""
    heading = answer.heading
    name = plain(heading) if is_alone and not heading.strip().startswith(("其中", "其")) else _whole_name(answer.path)
    unit = _unit(answer.path, unit_line)
    known = measure_called(plain(heading), measures) if is_alone and len(answer.path) == 1 else None
    if known is not None and known.base_unit is UNITS[unit].base_unit:
        return replace(answer, measure=known.name, unit=unit, addition=known.addition, definition=known.definition)
    whole = "".join(answer.path)
    addition = Addition.STOCK if _STOCK_WORDS.search(whole) else Addition.FLOW
    words = (
        _("“%(title)s”中“%(heading)s”一列，截至某日的数。")
        if addition is Addition.STOCK
        else _("“%(title)s”中“%(heading)s”一列，期内发生的数。")
    )
    definition = words % {"title": title, "heading": " / ".join(text.strip() for text in answer.path)}
    return replace(answer, measure=name, unit=unit, addition=addition, definition=definition)


def _whole_name(path: Sequence[str]) -> str:
    """All lines of a heading as one name."""
    return "：".join(dict.fromkeys(plain(text) for text in path if plain(text)))


def _unit(path: Sequence[str], unit_line: str) -> str:
    """The unit in brackets behind a heading, else what its words or the line above the table say."""
    for text in reversed(path):
        if (written := measured_in(text)) in _UNIT_KEYS:
            return _UNIT_KEYS[written]
    bare = plain(path[-1])
    if match := _LAST_UNIT.search(bare):
        return _UNIT_KEYS[match[1]]
    if _MONEY_WORDS.search(bare):
        return _UNIT_KEYS.get(unit_line, "yuan")
    return "item"


def as_taught(
    guess: ColumnAnswer, column: Column | None, measures: Mapping[str, StatedMeasure], row_key: Sequence[str]
) -> ColumnAnswer:
    """The answer that made a column of a form; a column that the form does not take is not used."""
    if column is None:
        return replace(guess, what=What.SKIP, is_key=False)
    if measure := measures.get(column.measure):
        unit = next(
            (
                key
                for key, unit in UNITS.items()
                if unit.unit == measure.unit and unit.money == column.unit and unit.written == column.scale
            ),
            guess.unit,
        )
        return replace(
            guess,
            what=What.MEASURE,
            measure=measure.name,
            unit=unit,
            addition=measure.addition,
            definition=measure.definition,
            is_key=False,
        )
    if column.level is not None:
        return replace(guess, what=What(column.level.value), is_key="place" in row_key)
    whats = {
        ColumnType.PARTY: What.PARTY,
        ColumnType.ROW_NUMBER: What.NUMBER,
        ColumnType.DATE: What.DAY,
        ColumnType.PERIOD: What.PERIOD,
        ColumnType.PHONE: What.PHONE,
        ColumnType.IDENTITY: What.IDENTITY,
    }
    what = What.HEAD_NAME if column.key == HEAD_NAME else whats.get(column.type, What.TEXT)
    return replace(guess, what=what, is_key=column.key in row_key)
