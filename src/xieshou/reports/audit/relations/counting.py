"""Counts beside what they count: names before 等3个县, 一是、二是 after 三个方面, one helper for each place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.comparisons import equality, sum_of
from xieshou.reports.audit.relations.likeness import key_words, pairs_of
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading, neighbours
from xieshou.reports.audit.relations.sums import sum_relation

_LISTED_UNITS = PLACE_UNITS | {"item", "kind", "project", "school", "enterprise", "organisation"}
_MOST_LISTED = 20
_LONGEST_NAME = 12
_AHEAD = 3_000  # code points behind 三个方面 among which 一是 to 三是 are looked for
_NUMERALS = "一二三四五六七八九十"

_ITEM = re.compile(r"([一二三四五六七八九十])(?:是|要|靠)")
_ASPECTS = re.compile(r"^(?:个)?(?:方面|方向|措施|举措|机制|渠道|环节|着力点|工程|行动|阵地|抓手|坚持|强化|到位)")
_NAMES = re.compile(r"[\u4e00-\u9fff“”《》A-Za-z]{2,}(?:、[\u4e00-\u9fff“”《》A-Za-z]{2,})+$")
_JOINED = re.compile(r"以及|[和及与]")
_INSIDE = re.compile(r"^[^，。；、（(]{0,6}[（(]([^（()）]{3,120})[)）]")
_PAIRED_UNITS = PLACE_UNITS | {"school", "hospital", "enterprise", "organisation", "branch", "base", "class", "clinic"}
_PAIRING = re.compile(r"与|和|对|结|接|签|帮|作为|的|各|组建|设立")
_ADDED = re.compile(r"新增|新建|增加")
_NEAR = Fraction(1, 20)
_SHARED = 2


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    for reading in narrative.readings:
        relation = _names_before(narrative, reading) or _names_inside(narrative, reading) or _items(narrative, reading)
        if relation is not None:
            yield relation
    for first, second in neighbours(narrative.readings):
        yield from _one_to_one(narrative, first, second)
    yield from _lists_of_places(narrative)


def _is_count(reading: Reading) -> bool:
    value = reading.extent.value
    return (
        reading.unit in _LISTED_UNITS
        and value.denominator == 1
        and 2 <= value <= _MOST_LISTED
        and not reading.extent.is_vague
    )


def _names_before(narrative: Narrative, reading: Reading) -> Relation | None:
    """凤山县、镇赉县和和龙市等3个县: the names that stand before the count."""
    if not _is_count(reading) or reading.unit == "project":
        return None
    before = reading.clause.rstrip()
    is_open = before.endswith("等")
    found = _NAMES.search(before[:-1] if is_open else before)
    if found is None:
        return None
    names = found.group().split("、")
    if any(len(name) > _LONGEST_NAME for name in names[1:]):
        return None
    least = len(names)
    most = least + sum(len(_JOINED.findall(name)) for name in names[-1:])
    stated = int(reading.extent.value)
    if least <= stated <= most:
        return _counted(narrative, reading, stated, Status.EXACT)
    is_named = reading.unit in PLACE_UNITS and most == least and _are_places(reading, names)
    if not is_named or (is_open and least < stated):
        return None
    return _counted(narrative, reading, least, Status.POSSIBLE)


def _are_places(reading: Reading, names: Sequence[str]) -> bool:
    return all(
        re.search(r"[省市县区州旗盟乡镇村]$", name) or any(place in name for place in reading.places) for name in names
    )


def _names_inside(narrative: Narrative, reading: Reading) -> Relation | None:
    """3个县（凤山县、镇赉县、和龙市）: the names in the brackets behind."""
    if not _is_count(reading):
        return None
    until = reading.claim.quantity.until
    found = _INSIDE.match(narrative.text[until : until + 140])
    if found is None or "、" not in found.group(1) or re.search(r"[\d，,；;。：:]", found.group(1)):
        return None
    words = found.group(1)
    names = words.split("、")
    if any(len(name) < 2 for name in names):
        return None  # 5个县（市、区） explains the unit
    least = len(names)
    most = least + sum(len(_JOINED.findall(name)) for name in names[-1:])
    stated = int(reading.extent.value)
    if least <= stated <= most:
        return _counted(narrative, reading, stated, Status.EXACT)
    if "等" in words or most != least:
        return None
    return _counted(narrative, reading, least, Status.POSSIBLE)


def _items(narrative: Narrative, reading: Reading) -> Relation | None:
    """从三个方面发力：一是…二是…三是…: the items that follow in order."""
    if reading.unit != "item" or not _is_count(reading) or not _ASPECTS.match(reading.noun.lstrip()):
        return None
    paragraph = narrative.structure.paragraphs[reading.paragraph] if reading.paragraph >= 0 else None
    if paragraph is None:
        return None
    until = reading.claim.quantity.until
    expected = 0
    for found in _ITEM.finditer(narrative.text, until, min(paragraph.until, until + _AHEAD)):
        if found.group(1) != _NUMERALS[expected]:
            break
        expected += 1
        if expected == len(_NUMERALS):
            return None
    if expected < 2:
        return None
    stated = int(reading.extent.value)
    return _counted(narrative, reading, expected, Status.EXACT if expected == stated else Status.POSSIBLE)


def _counted(narrative: Narrative, reading: Reading, listed: int, status: Status) -> Relation:
    words = {"stated": narrative.shown(reading), "listed": listed}
    message = (
        _("文中所列共%(listed)s项，与%(stated)s一致。")
        if status is Status.EXACT
        else _("文中所列共%(listed)s项，与%(stated)s不同。")
    ) % words
    return Relation(
        kind=RelationKind.COUNT,
        claims=(reading.claim.id,),
        expression=str(listed),
        computed=Decimal(listed),
        stated=reading.claim.quantity.value,
        status=status,
        message=message,
        explanations=()
        if status is Status.EXACT
        else (_("有一项未列出，或一项被分作两项。"), _("个数沿用了以前的说法。")),
    )


def _one_to_one(narrative: Narrative, first: Reading, second: Reading) -> Iterator[Relation]:
    """16家企业与当地16家企业签约, 9个县的9所学校: as many on one side as on the other."""
    if first.sentence != second.sentence or first.extent.value != second.extent.value or first.extent.value < 3:
        return
    if first.unit not in _PAIRED_UNITS or second.unit not in _PAIRED_UNITS or first.is_each or second.is_each:
        return
    between = narrative.between(first, second)
    if len(between) > 24 or not _PAIRING.search(between) or cues.OF_WHICH.search(between):
        return
    yield Relation(
        kind=RelationKind.RATE,
        claims=(first.claim.id, second.claim.id),
        expression=f"#{first.claim.id} / #{second.claim.id}",
        computed=Decimal(1),
        stated=Decimal(1),
        status=Status.EXACT,
        message=_("%(first)s与%(second)s一一对应。")
        % {"first": narrative.shown(first), "second": narrative.shown(second)},
    )


def _lists_of_places(narrative: Narrative) -> Iterator[Relation]:
    """甲县16所，乙县10所，丙县9所 with no total beside them, and a total told elsewhere of the same thing."""
    wholes: dict[str, list[Reading]] = defaultdict(list)
    for reading in narrative.readings:
        if reading.unit in (
            "school",
            "hospital",
            "village",
            "project",
            "person",
            "household",
            "enterprise",
            "base",
        ) and not (reading.places or reading.is_each or reading.is_change or reading.is_plan or reading.depth):
            wholes[reading.unit].append(reading)
    for readings in narrative.paragraphs.values():
        for run in _runs(readings):
            computed = sum_of((part.claim.quantity for part in run), run[0].claim.quantity)
            context = pairs_of(_context(narrative, run[0]))
            for whole in wholes[run[0].unit][-200:]:
                if whole.paragraph == run[0].paragraph or len(pairs_of(key_words(whole)) & context) < _SHARED:
                    continue
                if abs(computed.value - whole.extent.value) > whole.extent.value * _NEAR:
                    continue
                status = equality(computed, whole.extent)
                if status is Status.CONTRADICTION:
                    status = Status.POSSIBLE  # told in another passage, which may count at another date
                yield sum_relation(narrative, run, whole, computed, status)
                break


def _runs(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Figures of one unit for at least three places, each named once, in one sentence."""
    by_sentence: dict[tuple[int, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if len(reading.places) == 1 and not reading.is_each and not reading.depth and not _ADDED.search(reading.clause):
            by_sentence[reading.sentence, reading.unit].append(reading)
    for run in by_sentence.values():
        named = {place for reading in run for place in reading.places}
        if 3 <= len(run) == len(named) <= 40 and not any(
            reading.has_total_word and not reading.places for reading in run
        ):
            yield run


def _context(narrative: Narrative, reading: Reading) -> str:
    """The words before a list: its own sentence and the two before it."""
    first = max(reading.sentence - 2, 0)
    span = narrative.structure.sentences[first]
    return narrative.text[max(span.at, reading.claim.quantity.at - 160) : reading.claim.quantity.at]
