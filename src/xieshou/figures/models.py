"""Saved definitions of scope, and named heads of the ledger."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class SavedScope(ScopedModel):
    """A scope with a name (口径): 责任书口径, 社会责任报告口径."""

    name = models.CharField(max_length=80, unique=True)
    scope = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    saved_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "name", "scope", "note", "saved_by", "saved_at")}

    class Meta:
        verbose_name = _("口径")


class NamedHead(ScopedModel):
    """A state of the ledger with a name (报送版本): "2019年报送稿". `last_entry` and all before it."""

    name = models.CharField(max_length=80, unique=True)
    last_entry = models.BigIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    named_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    named_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "name", "last_entry", "size", "root", "named_by", "named_at")
    }

    class Meta:
        verbose_name = _("报送版本")
