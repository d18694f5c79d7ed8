"""Word templates that users keep."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class WordTemplate(ScopedModel):
    """A version of a template that somebody wrote in Word (自有模板).

    A file uploaded under a name that exists is its next version; the earlier ones stay, since reports were made from
    them. A template holds no figures, only questions for them, and is open to everybody who may make reports.
    """

    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "name", "version", "content", "size", "sha256", "uploaded_by", "uploaded_at")
    }

    class Meta:
        verbose_name = _("自有模板")
        constraints = (models.UniqueConstraint(fields=("name", "version"), name="documents_wordtemplate_one_version"),)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
