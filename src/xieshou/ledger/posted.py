"""Records that post: the base of their models, what they post, and the list entry that ties both together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import models

from xieshou.common.scoping import ScopedModel, ScopedQuerySet
from xieshou.ledger import open_books
from xieshou.ledger.measures import Basis, Bound, Measure, Nature, Stage


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry as a record wants it: everything but id, time, actor, source and hash.

    quantity is in the measure's base unit, value_fen in fen; parties, programme, project, household and person are ids.
    occurred_from None: "up to `occurred_to`".
    """

    measure: Measure
    quantity: int
    occurred_to: date
    occurred_from: date | None = None
    stage: str = Stage.DONE
    category: str = ""
    fund_source: str = ""
    nature: str = Nature.GRANT
    value_fen: int | None = None
    bound: str = Bound.EXACT
    basis: str = Basis.SUMMARY
    giver: int | None = None
    receiver: int | None = None
    credited_to: int | None = None
    place_code: str = ""
    programme: int | None = None
    project: int | None = None
    household: int | None = None
    person: int | None = None
    batch: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PostingColumns:
    """The same `Posting` of many records at once, for `Book.bulk_create`: each field is one value for all records, or
    a list with one value per record, in the order of the records. A record whose `quantity` is None posts nothing here.
    """

    measure: Measure
    quantity: list[int | None]
    occurred_to: date | list[date]
    occurred_from: date | list[date | None] | None = None
    stage: str = Stage.DONE
    category: str | list[str] = ""
    fund_source: str | list[str] = ""
    nature: str | list[str] = Nature.GRANT
    value_fen: int | list[int | None] | None = None
    bound: str | list[str] = Bound.EXACT
    basis: str | list[str] = Basis.SUMMARY
    giver: int | list[int | None] | None = None
    receiver: int | list[int | None] | None = None
    credited_to: int | list[int | None] | None = None
    place_code: str | list[str] = ""
    programme: int | list[int | None] | None = None
    project: int | list[int | None] | None = None
    household: int | list[int | None] | None = None
    person: int | list[int | None] | None = None
    batch: int | list[int | None] | None = None
    reason: str | list[str] = ""


class PostedQuerySet(ScopedQuerySet):
    """Writes only inside an open book, and tells it which rows it wrote."""

    def update(self, **kwargs: Any) -> int:
        book = open_books.required(self.model)
        book.touch(self.model, self.values_list("pk", flat=True).iterator(chunk_size=10_000))
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]  # Django's mark that keeps templates from calling it

    def delete(self) -> tuple[int, dict[str, int]]:
        book = open_books.required(self.model)
        book.touch(self.model, self.values_list("pk", flat=True).iterator(chunk_size=10_000))
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]  # not on the manager: `objects.delete()` empties the table

    def _raw_delete(self, using: str | None) -> int:
        open_books.required(self.model)
        return super()._raw_delete(using)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        book = open_books.required(self.model)
        created = super().bulk_create(objs, *args, **kwargs)
        book.touch(self.model, [record.pk for record in created])
        return created

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        open_books.required(self.model)
        return super().bulk_update(objs, *args, **kwargs)  # by `update`, which tells the book


class PostedModel(ScopedModel):
    """Base of every model whose rows become entries.

    Rows are saved, bulk-written or deleted only inside an open `ledger.services.posting` book; anything else raises
    `WrittenOutsideABook`. A model with a `superseded` field posts nothing while it is true: the book sees to that, the
    source's `postings` need not ask. Foreign keys are PROTECT: a cascade would go around the book (check ledger.E001).
    """

    objects: ClassVar = PostedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        book = open_books.required(type(self))
        super().save(*args, **kwargs)
        book.touch(type(self), [self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        book = open_books.required(type(self))
        book.touch(type(self), [self.pk])
        return super().delete(*args, **kwargs)

    @classmethod
    def has_superseded(cls) -> bool:
        return any(field.name == "superseded" for field in cls._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class PostingSource:
    """A kind of record that posts, for the book and for `ledger reconcile`; listed in `catalogue.sources`.

    kind: stored in `Entry.source_kind`. postings: what one record posts. measures: all that it may post.
    related: for `select_related`, what `postings` reads beyond the row itself.
    column_postings: the same as `postings` for the fast path `Book.bulk_create`, from the columns of the records
    (field attname, `party_id`, to a list with one value per record, or to one value for all); the book compares the two
    on a sample of every bulk write.
    further_measures: measures that may be posted besides, which are known only at run time (those of the database).
    """

    kind: str
    model: type[PostedModel]
    postings: Callable[[Any], Iterable[Posting]]
    measures: tuple[Measure, ...]
    related: tuple[str, ...] = ()
    column_postings: Callable[[Mapping[str, Any]], Iterable[PostingColumns]] | None = None
    further_measures: Callable[[], Sequence[Measure]] | None = None

    def allowed_measures(self) -> Sequence[Measure]:
        """All that may be posted now."""
        return (*self.measures, *(self.further_measures() if self.further_measures else ()))

    def records(self, **conditions: Any) -> models.QuerySet[Any]:
        """The records that post, in order of id: those not superseded."""
        if self.model.has_superseded():
            conditions |= {"superseded": False}
        return self.model._base_manager.filter(**conditions).order_by("pk").select_related(*self.related)
