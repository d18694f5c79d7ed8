"""What an entry may say. Pure: no database, no clock, no settings. Sources: docs/rules/ledger.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xieshou.ledger.errors import PersonalDataRefused, PostingRefused
from xieshou.ledger.measures import Basis, Bound, FundSource, Measure, Nature, Stage

LARGEST = 2**63 - 1  # what BIGINT and SQLite's INTEGER hold
REASON_LENGTH = 300

_CHOICES = {
    "stage": frozenset(Stage.values),
    "fund_source": frozenset(FundSource.values) | {""},
    "nature": frozenset(Nature.values),
    "bound": frozenset(Bound.values),
    "basis": frozenset(Basis.values),
}
_IDS = ("giver", "receiver", "credited_to", "programme", "project", "household", "person", "batch")
_WHOLE = frozenset((int,))
_WHOLE_OR_NONE = frozenset((int, type(None)))

_GAP = r"[ \-_.·]?"
_BORN = r"(?:0[1-9]|1[0-2])" + _GAP + r"(?:0[1-9]|[12]\d|3[01])"
# Anything that begins like an identity number counts, valid check digit or not: a mistyped one still points at a
# person, and the 20 digits of a disability card begin with one.
_IDENTITY_18 = re.compile(r"(?<!\d)[1-9]\d{5}" + _GAP + r"(?:18|19|20)\d\d" + _GAP + _BORN + _GAP + r"\d{3}[\dXx]")
_IDENTITY_15 = re.compile(r"(?<!\d)[1-9]\d{5}" + _GAP + r"\d\d" + _BORN + _GAP + r"\d{3}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86" + _GAP + r")?1[3-9]\d" + _GAP + r"\d{4}" + _GAP + r"\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)\(?0\d{2,3}\)?" + _GAP + r"[2-9]\d{6,7}(?!\d)")


def has_personal_number(text: str) -> bool:
    """Whether a text holds an identity number (15 or 18 digits, its birth date plausible) or a phone number.

    Full-width digits count as digits; zero-width characters and the usual separators between groups do not hide one.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    plain = re.sub(r"[‐-―−]", "-", plain)
    return any(pattern.search(plain) for pattern in (_IDENTITY_18, _IDENTITY_15, _MOBILE, _LANDLINE))


def check_reason(reason: str) -> None:
    """Refuse an empty or overlong reason for a reversal, and personal data in it."""
    if not reason.strip():
        raise PostingRefused(_("冲销须写明原因。"), code="reason_missing")
    _check_text("reason", reason)


def _check_text(column: str, text: str) -> None:
    if len(text) > REASON_LENGTH:
        raise PostingRefused(
            _("原因最多%(most)s字，现有%(length)s字；请写短一些。") % {"most": REASON_LENGTH, "length": len(text)},
            code="reason_too_long",
        )
    if has_personal_number(text):
        raise PersonalDataRefused(
            _("原因中含有证件号码或电话号码；台账不能删改，请去掉号码，以户或人的编号指明。"), column=column
        )


def check_columns(columns: Mapping[str, Any], *, kind: str, allowed: Sequence[Measure]) -> None:
    """Refuse columns of entries of which one says what cannot be; a column is one value for all or a list of values.

    Costs about 1 µs an entry: columns with few different values are checked once a value.
    Raises PostingRefused, which names the column and the value.
    """
    measures = {measure.key: measure for measure in allowed}
    for key, category in _distinct_pairs(columns["measure"], columns["category"]):
        measure = measures.get(key)
        if measure is None:
            raise _refused(kind, "measure", key, _("不是这类记录的计量项"))
        if category and category not in (measure.categories or ()):  # "": not stated
            raise _refused(kind, "category", category, _("不在该计量项的类别表中"))
    for column, choices in _CHOICES.items():
        for value in _distinct(columns[column]) - choices:
            raise _refused(kind, column, value, _("不是可用的选项"))
    for column in _IDS:
        types, values = _types(columns[column])
        if not types <= _WHOLE_OR_NONE:
            raise _refused(kind, column, values, _("应为编号（整数）"))
    _check_amounts(columns, kind)
    for earliest, latest in _distinct_pairs(columns["occurred_from"], columns["occurred_to"]):
        if type(latest) is not date or not (earliest is None or type(earliest) is date):
            raise _refused(kind, "occurred_to", latest, _("应为日期"))
        if earliest is not None and earliest > latest:
            raise _refused(kind, "occurred_from", earliest, _("开始日期晚于结束日期"))
    for code in _distinct(columns["place_code"]):
        if code != "" and not (len(code) == 12 and code.isascii() and code.isdigit()):
            raise _refused(kind, "place_code", code, _("应为12位区划代码"))
    for reason in _distinct(columns["reason"]):
        _check_text("reason", reason)


def _check_amounts(columns: Mapping[str, Any], kind: str) -> None:
    for column, allowed in (("quantity", _WHOLE), ("value_fen", _WHOLE_OR_NONE)):
        types, values = _types(columns[column])
        if not types <= allowed:
            odd = next(value for value in values if type(value) not in allowed)
            raise _refused(kind, column, odd, _("应为整数（金额以分计）"))
        amounts = values if types <= _WHOLE else [value for value in values if value is not None]
        if amounts and min(amounts) < 0:
            raise _refused(kind, column, min(amounts), _("不能为负；有误时请冲销"))
        if amounts and max(amounts) > LARGEST:
            raise _refused(kind, column, max(amounts), _("超出可记录的范围"))


def _types(column: Any) -> tuple[set[type], Sequence[Any]]:
    values = column if isinstance(column, list) else [column]
    return set(map(type, values)), values


def _distinct(column: Any) -> set[Any]:
    return set(column) if isinstance(column, list) else {column}


def _distinct_pairs(left: Any, right: Any) -> set[tuple[Any, Any]]:
    if isinstance(left, list) and isinstance(right, list):
        return set(zip(left, right, strict=True))
    return {(a, b) for a in _distinct(left) for b in _distinct(right)}


def _refused(kind: str, column: str, value: Any, why: str) -> PostingRefused:
    shown = repr(value)[:80]
    return PostingRefused(
        _("%(kind)s 的 %(column)s 为 %(value)s：%(why)s。未记账，请更正后重试。")
        % {"kind": kind, "column": column, "value": shown, "why": why},
        column=column,
        value=shown,
    )
