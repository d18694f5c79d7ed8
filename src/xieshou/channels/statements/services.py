"""Verbs of statements: put the rows of any table of measures into the books, take them out, add a measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xieshou.channels.statements import rules, selectors
from xieshou.channels.statements.errors import MeasureRefused, MeasuresInvalid, StatementRefused
from xieshou.channels.statements.measures import OWN_PREFIX, About, StatedMeasure, measure_from
from xieshou.channels.statements.models import OwnMeasure, Statement
from xieshou.channels.statements.postings import STATEMENT_SOURCE, remember_measures
from xieshou.common.scoping import Actor
from xieshou.intake.errors import PeriodNeeded
from xieshou.intake.forms import Column, Form, FormBinding, RowChunk
from xieshou.intake.models import Batch
from xieshou.intake.selectors import form_of, reason_for_replacing
from xieshou.ledger import services as ledger
from xieshou.ledger.measures import Addition
from xieshou.programme.restatements import put_back_replaced
from xieshou.registry import services as registry

_ROWS_AT_ONCE = 2_000


def statement_binding(form: Form) -> FormBinding:
    """What the rows of a form of measures become, packaged or taught."""
    return FormBinding(form=form, post=post_statements, withdraw=withdraw_statements)


def check_statement_form(form: Form) -> None:
    """Demand that the rows of a form can become statements, with the measures known now.

    Raises: StatementFormInvalid, naming the column and what is wrong with it.
    """
    rules.check_form(form, selectors.known_measures())


def post_statements(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Put the accepted rows of a table of measures into the books, as its own form says.

    A row becomes one statement of what happened and one of how things stood, where it states both. A row that replaces
    an earlier one takes that one out first: what happened always, how things stood only where both are of one day.
    Posts: one entry for each stated value (`postings.for_statement`).
    Raises: StatementFormInvalid; PeriodNeeded; StatementRefused.
    """
    form = form_of(batch)
    measures = selectors.known_measures()
    remember_measures(measures)
    rules.check_form(form, measures)
    by_addition = {
        addition: [column for column in rules.stating_columns(form) if measures[column.measure].addition is addition]
        for addition in Addition
    }
    with ledger.posting(by=by) as book:
        for chunk in chunks:
            _take_out_replaced(book, batch, chunk)
            made = list(_statements(by, batch, form, chunk, by_addition, measures))
            for start in range(0, len(made), _ROWS_AT_ONCE):
                book.post(STATEMENT_SOURCE, Statement.objects.bulk_create(made[start : start + _ROWS_AT_ONCE]))


def withdraw_statements(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the statements of a batch out of the books again; what they had replaced stands again."""
    with ledger.posting(by=by) as book:
        book.supersede_batch(STATEMENT_SOURCE, batch.pk, reason=reason)
        put_back_replaced(book, STATEMENT_SOURCE, batch)


def add_measure(
    *,
    by: Actor,
    key: str,
    name: str,
    base_unit: str,
    unit: str,
    addition: str,
    definition: str,
    about: str = "",
    scale: int = 1,
    name_en: str = "",
    definition_en: str = "",
    synonyms: Sequence[str] = (),
    categories: Mapping[str, Sequence[str]] | None = None,
) -> OwnMeasure:
    """Add a measure of the office's own (自定计量项), for forms that it teaches.

    Args:
        key: begins with `own.`, for good. base_unit, unit, scale, addition, about: see `measures.StatedMeasure`; about
            "" is the place for a state and the unit for what happened. definition: one sentence, shown with the figure.
        categories: dotted key → (Chinese, English).
    Raises: MeasureRefused, when the key or the name is taken or one of the values cannot be.
    """
    if not key.startswith(OWN_PREFIX):
        raise MeasureRefused(_("自定计量项的键要以 own. 开头。"), field="key")
    name, definition = name.strip(), definition.strip()
    for field, value in (("name", name), ("definition", definition)):
        if not value:
            raise MeasureRefused(_("自定计量项要有名称和口径；请填写。"), field=field)
    data: dict[str, Any] = {
        "key": key,
        "name": name,
        "name_en": name_en.strip(),
        "base_unit": base_unit,
        "unit": unit,
        "scale": scale,
        "addition": addition,
        "about": about or (About.PLACE if addition == Addition.STOCK else About.UNIT).value,
        "definition": definition,
        "definition_en": definition_en.strip(),
        "synonyms": list(synonyms),
        "categories": {code: list(names) for code, names in (categories or {}).items()},
    }
    try:
        measure_from(data, where=name)
    except MeasuresInvalid as refusal:
        raise MeasureRefused(refusal.message, field="key") from refusal
    known = selectors.known_measures()
    if key in known:
        raise MeasureRefused(_("已有键为“%(key)s”的计量项；请换一个。") % {"key": key}, field="key")
    if name in {measure.name for measure in known.values()}:
        raise MeasureRefused(_("已有名为“%(name)s”的计量项；请直接选用，或换一个名称。") % {"name": name}, field="name")
    own: OwnMeasure = OwnMeasure.objects.create(**data, created_by_id=by.user_id)
    return own


def _statements(
    by: Actor,
    batch: Batch,
    form: Form,
    chunk: RowChunk,
    by_addition: Mapping[Addition, Sequence[Column]],
    measures: Mapping[str, StatedMeasure],
) -> Iterator[Statement]:
    party = next((column.key for column in form.parties), "")
    households = _households(by, form, chunk)
    for row, values, household in zip(chunk.rows, chunk.table.to_pylist(), households, strict=True):
        first, last = _dates_of(batch, values)
        for addition, columns in by_addition.items():
            amounts = rules.amounts_of(columns, measures, values)
            if amounts:
                yield Statement(
                    programme_id=batch.programme_id,
                    batch=batch,
                    row=row,
                    form_key=form.key,
                    form_version=form.version,
                    states=addition.value,
                    place_code=values.get("place_code") or batch.place_code,
                    place_as_written=values.get("place_as_written") or "",
                    party_id=values[party] if party else batch.party_id,
                    party_as_written=(values[f"{party}_as_written"] or "") if party else "",
                    household_ref=household,
                    occurred_from=last if addition is Addition.STOCK else first,
                    occurred_to=last,
                    amounts=[amount.as_json() for amount in amounts],
                )


def _households(by: Actor, form: Form, chunk: RowChunk) -> list[int | None]:
    """The household of each row by its surrogate key, registered where it is not yet known."""
    if not rules.is_about_households(form):
        return [None] * len(chunk)
    heads = chunk.columns[rules.HEAD_NAME]
    numbers = chunk.columns[rules.IDENTITY_NUMBER] if rules.IDENTITY_NUMBER in form.keys else [None] * len(chunk)
    for row, head in zip(chunk.rows, heads, strict=True):
        if not head:
            raise StatementRefused(_("第 %(row)d 行没有户主姓名，不知道是哪一户；请补齐。") % {"row": row}, row=row)
    identified = registry.identify_people(
        by=by,
        people=registry.People(
            identity_numbers=numbers,
            names=heads,
            household_heads=heads,
            place_codes=chunk.columns["place_code"],
            head_identity_numbers=numbers,
        ),
    )
    return identified.household_ids


def _take_out_replaced(book: ledger.Book, batch: Batch, chunk: RowChunk) -> None:
    """Reverse what the rows of this chunk replace: how things stood on an earlier day was so, and stays."""
    days = {row: _dates_of(batch, values)[1] for row, values in zip(chunk.rows, chunk.table.to_pylist(), strict=True)}
    replacing: dict[int, dict[int, date | None]] = defaultdict(dict)
    for row, (earlier, earlier_row) in chunk.restates.items():
        replacing[earlier][earlier_row] = days.get(row)  # None: no row of this table, taken out altogether
    reason = reason_for_replacing(batch)
    for earlier, rows in replacing.items():
        standing = Statement.objects.filter(batch=earlier, row__in=list(rows), superseded=False)
        replaced = [
            statement
            for statement in standing
            if statement.states == Addition.FLOW or rows[statement.row] in (None, statement.occurred_to)
        ]
        book.supersede(STATEMENT_SOURCE, replaced, reason=reason)


def _dates_of(batch: Batch, values: Mapping[str, Any]) -> tuple[date | None, date]:
    """From when to when the amounts of a row count: the row's own day or period, else the batch's."""
    if values.get(rules.DAY):
        return values[rules.DAY], values[rules.DAY]
    if values.get(f"{rules.PERIOD}_to"):
        return values[f"{rules.PERIOD}_from"], values[f"{rules.PERIOD}_to"]
    if batch.basis == Batch.Basis.CUMULATIVE:
        first, last = None, batch.as_of or batch.period_to
    else:
        first, last = batch.period_from, batch.period_to or batch.as_of
    if last is None:
        raise PeriodNeeded(_("没有说明数据算到哪一天；请填写报告期或截止日期。"), batch=batch.pk)
    return first, last
