"""Verbs of figures: evaluate one, trace it, compare it between two states, save a scope, name a head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import add

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer, Comparison, Member, Trace
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.errors import FigureRefused, NameTaken
from xieshou.figures.inquiries import Group, Inquiry
from xieshou.figures.lines import members, written
from xieshou.figures.models import NamedHead, SavedScope
from xieshou.figures.rules import percentage
from xieshou.figures.scopes import Scope
from xieshou.ledger import services as ledger
from xieshou.ledger.posted import PostingSource

_NOTHING = Group()


def evaluate(
    *, actor: Actor, figure: Figure, scope: Scope, by: Sequence[str] = (), head: str | int | None = None
) -> list[Answer]:
    """The value of a figure, or one per row of a break-down.

    Args:
        by: names of dimensions; none: exactly one answer, else one per row that has entries, what is not stated last.
        head: name of a 报送版本, or the id of the last entry that counts; None: everything posted so far, the caller's
            own uncommitted entries included.
    Cost: one DuckDB query over the segments and the tail, two for a ratio; nothing when the books have not changed.
    Raises: FigureNotPermitted, FigureRefused, HeadUnknown.
    """
    by = tuple(dict.fromkeys(by))
    scope = _asked(figure, scope, by)
    inquiry = Inquiry(actor, head)
    values = _values(inquiry, figure, scope, by)
    columns = [
        _in_order(name, members(name, {codes[position] for codes in values}, _counted_figure(figure)))
        for position, name in enumerate(by)
    ]
    ranks = [{code: rank for rank, code in enumerate(column)} for column in columns]
    in_order = sorted(values, key=lambda codes: [rank[code] for rank, code in zip(ranks, codes, strict=True)])
    return [
        _answer(
            inquiry,
            figure,
            scope,
            values[codes],
            {name: column[code] for name, column, code in zip(by, columns, codes, strict=True)},
        )
        for codes in in_order
    ]


def trace(
    *,
    actor: Actor,
    figure: Figure,
    scope: Scope,
    row: Mapping[str, str] | None = None,
    sources: Sequence[PostingSource] = (),
    head: str | int | None = None,
    page: int = 1,
    page_size: int = 50,
) -> Trace:
    """The entries behind a value, with their records and the cells they came from, one page at a time.

    Args:
        row: one row of a break-down, {dimension: code}; "" is what is not stated.
        sources: `catalogue.sources.SOURCES`, to find the sheet row and the cell of each record.
    What all lines count adds up to the value exactly. Raises as `evaluate`.
    """
    row = row or {}
    scope = _asked(figure, scope, tuple(row))
    inquiry = Inquiry(actor, head)
    pages = _Pages(page, page_size, sources)
    if not figure.is_ratio:
        return _trace(inquiry, figure, scope, row, pages)
    values = _values(inquiry, figure, scope, tuple(row))
    value = values.get(tuple(row.values()), _plain(_NOTHING))
    return Trace(
        answer=_answer(inquiry, figure, scope, value, _members_of(row, figure)),
        page=page,
        page_size=page_size,
        parts=tuple(
            _trace(inquiry, part, part_scope, row if in_row else {}, pages)
            for part, part_scope, in_row in _parts(figure, scope)
        ),
    )


def first_entries(
    *,
    actor: Actor,
    figure: Figure,
    scope: Scope,
    by: Sequence[str] = (),
    head: str | int | None = None,
    limit: int = 5,
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The ids of the first entries behind each row of a figure, of a ratio behind its numerator; one query.

    By the codes of the dimensions asked for; without any, under (). Raises as `evaluate`.
    """
    by = tuple(dict.fromkeys(by))
    scope = _asked(figure, scope, by)
    return Inquiry(actor, head).first_entries(_counted_figure(figure), scope, by, limit=limit)


def compare(
    *,
    actor: Actor,
    figure: Figure,
    scope: Scope,
    earlier: str | int,
    later: str | int | None = None,
    row: Mapping[str, str] | None = None,
    sources: Sequence[PostingSource] = (),
    page: int = 1,
    page_size: int = 50,
) -> Comparison:
    """A figure at two states of the ledger, and the entries that made the difference.

    Args:
        earlier, later: names of 报送版本 or ids of entries; later None: now.
        row: one row of a break-down, {dimension: code}; "" is what is not stated.
    Raises as `evaluate`.
    """
    row = row or {}
    scope = _asked(figure, scope, tuple(row))
    before, after = Inquiry(actor, earlier), Inquiry(actor, later)
    if before.state.head > after.state.head:
        raise FigureRefused(_("要比较的前一版本晚于后一版本；请互换。"), option="earlier")
    return _compare(before, after, figure, scope, row, _Pages(page, page_size, sources))


def save_scope(*, by: Actor, name: str, scope: Scope, note: str = "") -> SavedScope:
    """Give a scope a name (口径). Raises: NameTaken."""
    try:
        with transaction.atomic():
            return SavedScope.objects.create(
                name=name.strip(), scope=scope.as_options(), note=note, saved_by_id=by.user_id
            )
    except IntegrityError as taken:
        raise _taken(name) from taken


def name_head(*, by: Actor, name: str) -> NamedHead:
    """Give the ledger as it stands a name (报送版本): it is sealed, and the seal's last entry is the head.

    Raises: NameTaken, NothingSealed, LedgerBusy.
    """
    if NamedHead.objects.filter(name=name.strip()).exists():
        raise _taken(name)
    seal = ledger.seal(by=by)
    try:
        with transaction.atomic():
            return NamedHead.objects.create(
                name=name.strip(), last_entry=seal.last_entry, size=seal.size, root=seal.root, named_by_id=by.user_id
            )
    except IntegrityError as taken:
        raise _taken(name) from taken


def _taken(name: str) -> NameTaken:
    return NameTaken(_("已经有“%(name)s”这个名称；请换一个。") % {"name": name.strip()}, name=name.strip())


@dataclass(frozen=True, slots=True)
class _Value:
    """A value before it is dressed: the group behind it, what it leaves out, and for a ratio its two numbers."""

    group: Group
    crossing: int
    unallocated: int
    numerator: int | None = None
    denominator: int | None = None


def _plain(group: Group) -> _Value:
    return _Value(group, group.crossing, group.unallocated)


@dataclass(frozen=True, slots=True)
class _Pages:
    page: int
    page_size: int
    sources: Sequence[PostingSource]


def _asked(figure: Figure, scope: Scope, by: Sequence[str]) -> Scope:
    """The scope as this figure understands it. Raises: FigureRefused, for what the figure does not have."""
    for name in by:
        if name not in figure.dimensions or name not in DIMENSIONS or (figure.is_ratio and name == "stage"):
            known = [each for each in figure.dimensions if not (figure.is_ratio and each == "stage")]
            raise FigureRefused(
                _("指标“%(name)s”不能按“%(by)s”分组；可以按：%(known)s。")
                % {"name": figure.name, "by": name, "known": "、".join(known)},
                option="by",
            )
    if figure.kind is Kind.GROWTH and (scope.since is None or scope.until is None or "year" in by):
        raise FigureRefused(
            _("指标“%(name)s”与上年同期比较，要有起止日期，且不能按年度分组；请用 year 或 from 与 to 指定时期。")
            % {"name": figure.name},
            option="year",
        )
    return replace(scope, category=_category(_counted_figure(figure), scope.category)) if scope.category else scope


def _category(figure: Figure, text: str) -> str:
    """The category of that key or name; any below which there are others will do."""
    known = figure.categories
    by_name = {str(name): key for key, name in known.items()}
    category = by_name.get(text, text)
    if known and not any(key == category or key.startswith(f"{category}.") for key in known):
        raise FigureRefused(
            _("指标“%(name)s”没有“%(category)s”这个类别；可用的类别：%(known)s。")
            % {
                "name": figure.name,
                "category": text,
                "known": "、".join(f"{key}（{name}）" for key, name in known.items()),
            },
            option="category",
        )
    return category


def _counted_figure(figure: Figure) -> Figure:
    """The figure whose rows a figure counts first."""
    return figure.numerator or figure


def _parts(figure: Figure, scope: Scope) -> list[tuple[Figure, Scope, bool]]:
    """The two figures of a ratio, each with its scope, and whether it is broken down like the ratio."""
    assert figure.numerator is not None, figure.key
    if figure.kind is Kind.GROWTH:
        return [(figure.numerator, scope, True), (figure.numerator, scope.a_year_before(), True)]
    assert figure.denominator is not None, figure.key
    if figure.kind is Kind.COMPLETION:
        return [(figure.numerator, scope, True), (figure.denominator, scope, True)]
    whole = replace(scope, place="", project=None, category="", source="", nature="")
    return [(figure.numerator, scope, True), (figure.denominator, whole, False)]


def _values(inquiry: Inquiry, figure: Figure, scope: Scope, by: tuple[str, ...]) -> dict[tuple[str, ...], _Value]:
    if not figure.is_ratio:
        return {codes: _plain(group) for codes, group in inquiry.groups(figure, scope, by).items()}
    (above, above_scope, _in_row), (below, below_scope, in_row) = _parts(figure, scope)
    numerators = inquiry.groups(above, above_scope, by)
    denominators = inquiry.groups(below, below_scope, by if in_row else ())
    # What the part of a share leaves out, its whole leaves out as well.
    together = max if figure.kind is Kind.RATIO and above is below else add
    every_row = [*numerators, *(codes for codes in denominators if in_row and codes not in numerators)]
    values = {}
    for codes in every_row:
        group = numerators.get(codes, _NOTHING)
        whole = denominators.get(codes if in_row else (), _NOTHING)
        numerator = group.amount
        if figure.kind is Kind.GROWTH and numerator is not None and whole.amount is not None:
            numerator -= whole.amount
        values[codes] = _Value(
            group,
            crossing=together(group.crossing, whole.crossing),
            unallocated=together(group.unallocated, whole.unallocated),
            numerator=numerator,
            denominator=whole.amount,
        )
    return values


def _answer(inquiry: Inquiry, figure: Figure, scope: Scope, value: _Value, row: Mapping[str, Member]) -> Answer:
    group = value.group
    return Answer(
        figure=figure,
        scope=scope,
        base_value=None if figure.is_ratio or not group.entries else group.amount,
        numerator=value.numerator,
        denominator=value.denominator,
        state=inquiry.state,
        by=row,
        entries=group.entries,
        summary_share=_summary_share(_counted_figure(figure), group),
        crossing=value.crossing,
        unallocated=value.unallocated,
        notes=_notes(inquiry, figure, value),
    )


def _summary_share(figure: Figure, group: Group) -> Decimal | None:
    if not group.entries:
        return None
    share = percentage(group.summary or 0, group.amount if figure.is_added else group.entries)
    return None if share is None else share.quantize(Decimal("0.01"))


def _notes(inquiry: Inquiry, figure: Figure, value: _Value) -> tuple[str, ...]:
    notes = []
    if value.crossing:
        notes.append(_("另有 %(count)d 条记录跨越所选时期的起止日，不能归入本期，未计入。") % {"count": value.crossing})
    if value.unallocated:
        notes.append(
            _("联合，未分摊：另有 %(count)d 条联合帮扶记录，成员单位尚未确定份额，未计入。")
            % {"count": value.unallocated}
        )
    if figure.is_ratio and value.denominator == 0:
        notes.append(_("分母为 0，没有百分比。"))
    if inquiry.sights is not None:
        notes.append(_("只含您权限范围内的记录。"))
    return tuple(notes)


def _in_order(dimension: str, found: Mapping[str, Member]) -> dict[str, Member]:
    """The members of a dimension in its own order, what is not stated last."""
    order = DIMENSIONS[dimension].order
    stated = sorted((member for member in found.values() if member.code), key=lambda each: order(each.code, each.name))
    return {member.code: member for member in (*stated, *(each for each in found.values() if not each.code))}


def _members_of(row: Mapping[str, str], figure: Figure) -> dict[str, Member]:
    return {name: members(name, [code], _counted_figure(figure))[code] for name, code in row.items()}


def _trace(inquiry: Inquiry, figure: Figure, scope: Scope, row: Mapping[str, str], pages: _Pages) -> Trace:
    group, lines = inquiry.lines(figure, scope, row=row, page=pages.page, page_size=pages.page_size)
    answer = _answer(inquiry, figure, scope, _plain(group), _members_of(row, figure))
    return Trace(
        answer=answer,
        lines=written(lines, figure, pages.sources),
        count=group.entries,
        counted=answer.base_value if figure.is_added else None,
        page=pages.page,
        page_size=pages.page_size,
    )


def _compare(
    before: Inquiry, after: Inquiry, figure: Figure, scope: Scope, row: Mapping[str, str], pages: _Pages
) -> Comparison:
    codes, members_of_row = tuple(row.values()), _members_of(row, figure)
    answers = [
        _answer(
            inquiry,
            figure,
            scope,
            _values(inquiry, figure, scope, tuple(row)).get(codes, _plain(_NOTHING)),
            members_of_row,
        )
        for inquiry in (before, after)
    ]
    if figure.is_ratio:
        parts = tuple(
            _compare(before, after, part, part_scope, row if in_row else {}, pages)
            for part, part_scope, in_row in _parts(figure, scope)
        )
        return Comparison(before=answers[0], after=answers[1], parts=parts)
    group, lines = after.lines(
        figure, scope, row=row, since=before.state.head, page=pages.page, page_size=pages.page_size
    )
    return Comparison(
        before=answers[0],
        after=answers[1],
        lines=written(lines, figure, pages.sources),
        count=group.entries,
        page=pages.page,
        page_size=pages.page_size,
    )
