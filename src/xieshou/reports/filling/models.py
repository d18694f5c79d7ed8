"""What people have confirmed about a superior's blank tables."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class TableMapping(ScopedModel):
    """What the headings of a superior's table mean (填表对应), confirmed once and used for every later blank.

    fingerprint: of its headings and layout (`grid.fingerprint`). columns: {column from 0: role, ask or "leave"}; rows:
    the same for the rows that are named. It holds no figures, and is open to everybody who may make reports.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)  # of the file it was confirmed with, and its sheet
    columns = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    confirmed_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    confirmed_at = models.DateTimeField(auto_now=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "fingerprint", "name", "columns", "rows", "confirmed_by", "confirmed_at")
    }

    class Meta:
        verbose_name = _("填表对应")

    def __str__(self) -> str:
        return self.name
