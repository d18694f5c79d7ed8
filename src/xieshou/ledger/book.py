"""The book: the one way into the ledger, and the check at its end."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from itertools import repeat
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.ledger import leaves, open_books, rules, selectors, storage, triggers
from xieshou.ledger.comparing import compare
from xieshou.ledger.errors import BookMisused, EntriesDiffer, PostingRefused, Unprotected
from xieshou.ledger.posted import PostedModel, Posting, PostingColumns, PostingSource

_CHUNK = 2_000  # records compared at once, at the end of a book
_WRITTEN_AT_ONCE = 10_000  # entries
_SAMPLE = 50  # records of each bulk write that are read back and compared in full

_POSTED_FIELDS = tuple(field.name for field in fields(Posting))
_TEXTS = frozenset("stage category fund_source nature bound basis place_code reason".split())

# What a foreign key would check row by row, checked once for all entries of a book. `project`, `household` and `person`
# are left out: their rows may be erased, the entries stay.
_REFERENCES = {
    "giver": "parties.Party",
    "receiver": "parties.Party",
    "credited_to": "parties.Party",
    "programme": "programme.Programme",
    "batch": "intake.Batch",
}

_checked = threading.local()  # the raw connection of this thread whose triggers were seen to stand


class Book:
    """What `posting` hands out. Everything in it is committed together or not at all.

    A book belongs to its thread and transaction. All its entries bear one moment and one actor.
    """

    def __init__(self, *, by: Actor) -> None:
        self.by = by
        self.posted_at = datetime.now(UTC)
        self._thread = threading.get_ident()
        self._closed = False
        self._failed = False
        self._sources: dict[type[models.Model], PostingSource] = {}
        self._touched: defaultdict[type[models.Model], set[int]] = defaultdict(set)
        self._mentioned: defaultdict[str, set[int]] = defaultdict(set)

    def post(self, source: PostingSource, records: Iterable[PostedModel]) -> int:
        """Post records that were saved inside this book. Returns the number of entries.

        To correct a record: `supersede` it (its entries are reversed), then post what is right.
        """
        self._accept(source)
        count = 0
        for chunk in storage.chunked(records, _CHUNK):
            if any(record.pk is None for record in chunk):
                raise BookMisused(_("记录尚未保存，不能入账；请先保存。"))
            self.touch(source.model, [record.pk for record in chunk])
            count += self._post_records(source, chunk)
        return count

    def bulk_create(self, source: PostingSource, columns: Mapping[str, Any]) -> Sequence[int]:
        """Write many new records and their entries (COPY / statements of many rows). Returns the ids of the records.

        columns: attname of a field (`party_id`, `quantity`) to a list, one value per record, or to one value for all;
        fields left out take their default. Values must have the field's own type: nothing is converted, `save` is not
        called. Call it once per chunk of some 10,000 records; memory is that of one chunk.

        The entries are made from the same columns by the source's `column_postings`, and the database's count of rows
        taken must be that of rows given, so records and entries agree unless `column_postings` and `postings` do not:
        that is tried at the end of the book on records spread over the chunk, read back and compared in full.
        """
        self._accept(source)
        count = next((len(values) for values in columns.values() if isinstance(values, list)), 0)
        if any(isinstance(values, list) and len(values) != count for values in columns.values()):
            raise BookMisused(_("各列的行数不一致，不能入账。"), model=source.model._meta.label)
        if not count:
            return ()
        ids = storage.reserve_record_ids(source.model, count)
        self._insert_records(source.model, columns, ids)
        self.touch(source.model, (ids[position * (count - 1) // _SAMPLE] for position in range(_SAMPLE + 1)))
        if source.column_postings is None:
            self._post_rows(source, columns, ids)
        else:
            for line, postings in enumerate(source.column_postings(columns)):
                self._post_columns(source, postings, ids, line)
        return ids

    def supersede(self, source: PostingSource, records: Iterable[PostedModel], *, reason: str) -> int:
        """Reverse all live entries of the records and mark them `superseded`, where the model has that field.

        A record of a model without it must be deleted, or saved with what is right and posted again, in this book.
        Returns the number of reversals.
        """
        rules.check_reason(reason)
        self._accept(source)
        count = 0
        for chunk in storage.chunked(records, _CHUNK):
            count += self._reverse_of_records(source, [record.pk for record in chunk], reason)
            if source.model.has_superseded():
                for record in chunk:
                    record.superseded = True  # type: ignore[attr-defined]
        return count

    def supersede_batch(self, source: PostingSource, batch_id: int, *, reason: str) -> int:
        """Reverse all live entries of one source in a batch and mark its records `superseded`. Bounded memory.

        Returns the number of reversals.
        """
        rules.check_reason(reason)
        self._accept(source)
        count, after = 0, 0
        while values := selectors.live_values_of_batch(source.kind, batch_id, after=after, limit=_WRITTEN_AT_ONCE):
            self._write_reversals(values, reason)
            record_ids = sorted({row[_SOURCE_ID] for row in values})
            if source.model.has_superseded():
                # Past the query set that tells the book: a million ids need not be kept when none posts any more.
                for chunk in storage.chunked(record_ids, _CHUNK):
                    models.QuerySet.update(_rows(source, pk__in=chunk), superseded=True)
            else:
                self.touch(source.model, record_ids)
            count, after = count + len(values), values[-1][0]
        if source.model.has_superseded() and hasattr(source.model, "batch"):  # records that posted nothing
            _rows(source, batch=batch_id, superseded=False).update(superseded=True)
        return count

    def touch(self, model: type[models.Model], ids: Iterable[int]) -> None:
        """Told by posted models which rows were written: they are compared with their entries at the end."""
        self._usable()
        self._touched[model].update(ids)

    def _post_records(self, source: PostingSource, records: Sequence[PostedModel]) -> int:
        postings: list[Posting] = []
        record_ids: list[int] = []
        lines: list[int] = []
        for record in records:
            of_record = list(source.postings(record))
            postings += of_record
            record_ids += [record.pk] * len(of_record)
            lines += range(len(of_record))
        columns: dict[str, Any] = {
            name: list(map(attrgetter(name), postings)) for name in _POSTED_FIELDS if name != "measure"
        }
        columns["measure"] = [posting.measure.key for posting in postings]
        return self._write_checked(source, columns, record_ids, lines)

    def _post_rows(self, source: PostingSource, columns: Mapping[str, Any], ids: Sequence[int]) -> None:
        names = list(columns)
        cells = (values if isinstance(values, list) else repeat(values) for values in columns.values())
        make: Any = source.model
        records = (
            make(pk=number, **dict(zip(names, row, strict=True)))
            for number, row in zip(ids, zip(*cells, strict=False), strict=False)
        )
        for chunk in storage.chunked(records, _CHUNK):
            self._post_records(source, chunk)

    def _post_columns(self, source: PostingSource, postings: PostingColumns, ids: Sequence[int], line: int) -> None:
        columns = {name: getattr(postings, name) for name in _POSTED_FIELDS}
        columns["measure"] = postings.measure.key
        stated = [position for position, quantity in enumerate(postings.quantity) if quantity is not None]
        record_ids = list(ids)
        if len(stated) != len(record_ids):
            columns = {
                name: [values[position] for position in stated] if isinstance(values, list) else values
                for name, values in columns.items()
            }
            record_ids = [record_ids[position] for position in stated]
        self._write_checked(source, columns, record_ids, line)

    def _insert_records(self, model: type[PostedModel], columns: Mapping[str, Any], ids: Sequence[int]) -> None:
        try:
            given = {storage.column_of(model, name): values for name, values in columns.items()}
        except FieldDoesNotExist as error:
            raise BookMisused(str(error)) from error
        for field in model._meta.concrete_fields:
            if field not in given and not field.primary_key:
                given[field] = field.get_default()
        cells = [storage.stored(field, values) for field, values in given.items()]
        rows = zip(ids, *(values if isinstance(values, list) else repeat(values) for values in cells), strict=False)
        names = ["id", *(str(field.column) for field in given)]
        self._all_taken(storage.insert(model._meta.db_table, names, rows), len(ids))

    def _write_checked(
        self, source: PostingSource, columns: dict[str, Any], record_ids: list[int], lines: list[int] | int
    ) -> int:
        rules.check_columns(columns, kind=source.kind, allowed=source.allowed_measures())
        for column in _REFERENCES:
            values = columns[column]
            self._mentioned[column].update(values if isinstance(values, list) else (values,))
        for column in _TEXTS:  # a TextChoices member is a text to Python, not to every driver
            columns[column] = _converted(columns[column], str)
        for column in ("occurred_from", "occurred_to"):
            columns[column] = _converted(columns[column], lambda day: day and day.isoformat())
        columns |= {
            "source_kind": source.kind,
            "source_id": record_ids,
            "source_line": lines,
            "reverses": None,
        }
        self._write(columns, len(record_ids))
        return len(record_ids)

    def _write(self, columns: dict[str, Any], count: int) -> Sequence[int]:
        """Hash and insert `count` entries; columns as texts and whole numbers, one value or a list each."""
        if not count:
            return ()
        moment = self.posted_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        ids = storage.reserve_entry_ids(count)
        columns |= {"id": list(ids), "posted_at": moment, "posted_by": self.by.user_id}
        hashes = leaves.hash_columns([columns[name] for name in leaves.COLUMNS], count)
        columns |= {"posted_at": storage.stored_moment(moment), "leaf_version": leaves.VERSION, "leaf": hashes}
        rows = zip(
            *(columns[name] if isinstance(columns[name], list) else repeat(columns[name]) for name in _STORED),
            strict=False,
        )
        self._all_taken(storage.insert("ledger_entry", _STORED, rows), count)
        return ids

    def _reverse_of_records(self, source: PostingSource, record_ids: Sequence[int], reason: str) -> int:
        values = selectors.live_values_of(source.kind, record_ids)
        self._write_reversals(values, reason)
        self.touch(source.model, record_ids)
        if source.model.has_superseded():
            for chunk in storage.chunked(record_ids, _CHUNK):
                _rows(source, pk__in=chunk).update(superseded=True)
        return len(values)

    def _write_reversals(self, values: Sequence[tuple[Any, ...]], reason: str) -> Sequence[int]:
        if not values:
            return ()
        columns: dict[str, Any] = {
            name: list(column) for name, column in zip(leaves.COLUMNS, zip(*values, strict=True), strict=True)
        }
        columns["reverses"] = columns["id"]
        columns["quantity"] = [-quantity for quantity in columns["quantity"]]
        columns["value_fen"] = [value and -value for value in columns["value_fen"]]
        columns["reason"] = reason
        return self._write(columns, len(values))

    def _accept(self, source: PostingSource) -> None:
        self._usable()
        known = self._sources.setdefault(source.model, source)
        if known.kind != source.kind:
            raise BookMisused(_("同一类记录只能按一种来源入账。"), model=source.model._meta.label)

    def _usable(self) -> None:
        if self._closed:
            raise BookMisused(_("这次记账已结束，不能再写入；请另开一次。"))
        if self._thread != threading.get_ident():
            raise BookMisused(_("一次记账只能在开始它的线程中进行。"))

    def _all_taken(self, taken: int, given: int) -> None:
        if taken != given:
            raise EntriesDiffer(
                _("数据库只收下%(taken)s行，应为%(given)s行；全部未入账。") % {"taken": taken, "given": given}
            )

    @contextmanager
    def _joined(self, by: Actor) -> Iterator[None]:
        """A `posting` inside this one: the same book, all or nothing with it."""
        self._usable()
        if by.user_id != self.by.user_id:
            raise BookMisused(_("记账过程中不能换人；请先结束当前记账。"))
        try:
            yield
        except BaseException:
            self._failed = True
            raise

    def _close(self) -> None:
        if self._failed:
            raise BookMisused(_("这次记账中有一步失败，全部未入账；请更正后重试。"))
        self._check_references()
        for model, ids in self._touched.items():
            source = self._sources.get(model)
            if source is None:
                raise EntriesDiffer(
                    _("写入了%(model)s却没有入账；全部未保存。") % {"model": model._meta.verbose_name},
                    model=model._meta.label,
                )
            for chunk in storage.chunked(sorted(ids), _CHUNK):
                difference = next(iter(compare(source, chunk)), None)
                if difference is not None:
                    raise EntriesDiffer(difference.message, kind=source.kind, record=difference.record)
        self._closed = True

    def _check_references(self) -> None:
        wanted: defaultdict[str, set[int]] = defaultdict(set)
        for column, ids in self._mentioned.items():
            wanted[_REFERENCES[column]] |= ids - {None}
        for label, ids in wanted.items():
            model = apps.get_model(label)
            unknown = ids - storage.hold_rows(model, sorted(ids))
            if unknown:
                raise PostingRefused(
                    _("没有编号为 %(ids)s 的%(model)s；全部未入账。")
                    % {"ids": "、".join(map(str, sorted(unknown)[:10])), "model": model._meta.verbose_name},
                    code="reference_unknown",
                    model=label,
                )


_SOURCE_ID = leaves.COLUMNS.index("source_id")
_STORED = (*leaves.COLUMNS, "leaf_version", "leaf")


def _rows(source: PostingSource, **conditions: Any) -> models.QuerySet[Any]:
    return source.model._base_manager.filter(**conditions)


def _converted(values: Any, convert: Any) -> Any:
    """A column with each value converted; a list costs one conversion per different value."""
    if not isinstance(values, list):
        return convert(values)
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


@contextmanager
def opened(*, by: Actor) -> Iterator[Book]:
    """See `services.posting`."""
    book: Book | None = open_books.current()
    if book is not None:
        with book._joined(by):
            yield book
        return
    with transaction.atomic():
        _require_triggers()
        storage.lock_for_posting()
        book = Book(by=by)
        with open_books.held(book):
            yield book
            book._close()


def _require_triggers() -> None:
    """Refuse to post into a table that could be changed afterwards. Asked once per connection."""
    if getattr(_checked, "connection", None) is connection.connection:
        return
    absent = triggers.missing(connection)
    if absent:
        raise Unprotected(
            _("台账的防改保护缺失（%(names)s），暂停记账；请运行 manage.py migrate 恢复，并核验台账。")
            % {"names": "、".join(absent)},
            missing=absent,
        )
    _checked.connection = connection.connection
