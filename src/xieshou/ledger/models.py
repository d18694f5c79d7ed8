"""The append-only entries, and the seals over them. Only `ledger` imports this module."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopedQuerySet, ScopeFields
from xieshou.ledger.errors import ChangeRefused, WrittenOutsideABook
from xieshou.ledger.measures import Basis, Bound, FundSource, Nature, Stage


def _refuse_change() -> NoReturn:
    raise ChangeRefused(gettext("台账只能追加，不能修改或删除；有误时请冲销，再重新登记。"))


class AppendOnlyQuerySet(ScopedQuerySet):
    """Refuses what would change or remove a row."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse_change()

    def delete(self) -> NoReturn:
        _refuse_change()

    def _raw_delete(self, using: str | None) -> NoReturn:
        _refuse_change()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_change()

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_change()

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOutsideABook(gettext("台账条目由记账过程写入，不能直接创建；请通过相应业务登记。"))


class AppendOnlyModel(ScopedModel):
    """Base of tables that only grow: rows can be added, never saved again and never deleted.

    The database refuses the same by triggers (`ledger.triggers`).
    """

    objects: ClassVar = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse_change()
        super().save(force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_change()


class RowNumberField(models.BigIntegerField[int, int]):
    """A 64-bit key that SQLite stores as the number of the row itself: one b-tree to write instead of two."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Entry(AppendOnlyModel):
    """Who gave what to whom, where, when, on which record (台账条目): design §3.

    Party, programme and batch are checked set-wise by the book instead of row by row by the database (a foreign-key
    trigger on PostgreSQL costs more than the insert); project, household and person are surrogate keys whose rows may
    be erased.
    """

    id = RowNumberField(primary_key=True)  # reserved by the book, so that the leaf hash covers it
    posted_at = models.DateTimeField()
    posted_by = models.BigIntegerField()
    occurred_from = models.DateField(null=True)
    occurred_to = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage)
    measure = models.CharField(max_length=60)
    category = models.CharField(max_length=80)
    fund_source = models.CharField(max_length=20, choices=FundSource)
    nature = models.CharField(max_length=10, choices=Nature)
    quantity = models.BigIntegerField()
    value_fen = models.BigIntegerField(null=True)
    bound = models.CharField(max_length=10, choices=Bound)
    basis = models.CharField(max_length=10, choices=Basis)
    giver = models.BigIntegerField(null=True)
    receiver = models.BigIntegerField(null=True)
    credited_to = models.BigIntegerField(null=True)
    place_code = models.CharField(max_length=12)
    programme = models.BigIntegerField(null=True)
    project = models.BigIntegerField(null=True)
    household = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    source_line = models.PositiveIntegerField(default=0)  # which of the record's postings
    batch = models.BigIntegerField(null=True)
    reverses = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    leaf_version = models.PositiveSmallIntegerField()
    leaf = models.BinaryField(max_length=32)

    # Parties are ids here: `ledger.selectors.entries_for(actor)` narrows by party.
    scope_fields: ClassVar = ScopeFields(place="place_code")
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id posted_at posted_by occurred_from occurred_to stage measure category fund_source nature quantity "
            "value_fen bound basis giver receiver credited_to place_code programme project source_kind source_id "
            "source_line batch reverses reason leaf_version leaf"
        ).split()
    } | {"household": Privacy.PERSONAL, "person": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("台账条目")
        indexes = (
            models.Index(fields=["source_kind", "source_id"], name="ledger_entry_source"),
            models.Index(fields=["batch", "id"], name="ledger_entry_batch_id", condition=Q(batch__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_reversed_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, quantity__gte=0) | Q(reverses__isnull=False, quantity__lte=0),
                name="ledger_negative_only_in_a_reversal",
            ),
            models.CheckConstraint(
                condition=Q(value_fen=None)
                | Q(reverses=None, value_fen__gte=0)
                | Q(reverses__isnull=False, value_fen__lte=0),
                name="ledger_negative_value_only_in_a_reversal",
            ),
            models.CheckConstraint(condition=Q(reverses=None) | ~Q(reason=""), name="ledger_reversal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(occurred_from=None) | Q(occurred_from__lte=F("occurred_to")),
                name="ledger_period_is_in_order",
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="ledger_stage_is_known"),
            models.CheckConstraint(condition=Q(id__gte=1), name="ledger_numbers_start_at_one"),
        )

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOutsideABook(gettext("台账条目由记账过程写入，不能直接创建；请通过相应业务登记。"))


class Seal(AppendOnlyModel):
    """A signed checkpoint over the first `size` entries in order of id (封存).

    `signature` is over the text of `ledger.checkpoints.Checkpoint`, which is made of the other fields.
    """

    size = models.PositiveBigIntegerField(unique=True)
    last_entry = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "size", "last_entry", "root", "sealed_at", "signature")
    }

    class Meta:
        verbose_name = _("封存")


TILE = 256  # entries


class Tile(AppendOnlyModel):
    """The root over `TILE` consecutive sealed entries: numbers `index * TILE` and up, the last with id `last_entry`.

    Written by the seal that completes it. With it the next seal and a proof read a few hundred leaves instead of all,
    and `verify` can say between which entries something changed.
    """

    index = models.BigIntegerField(primary_key=True)
    last_entry = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("index", "last_entry", "root")}

    class Meta:
        verbose_name = _("封存分段")
