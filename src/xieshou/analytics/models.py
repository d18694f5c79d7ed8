"""Which Parquet segments hold which entries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class Segment(ScopedModel):
    """A Parquet file with the entries of an id range (数据段). Missing files are exported again from the ledger."""

    first_entry = models.BigIntegerField(unique=True)
    last_entry = models.BigIntegerField(unique=True)
    rows = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)  # RFC 6962 root over the leaves of the range
    file = models.CharField(max_length=200)  # relative to XIESHOU_HOME/parquet
    exported_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "first_entry", "last_entry", "rows", "root", "file", "exported_at")
    }

    class Meta:
        verbose_name = _("数据段")
