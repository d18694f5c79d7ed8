"""What an audit keeps, and only when asked to: a text, and the words with which a finding was closed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class SavedText(ScopedModel):
    """A text that its reader chose to keep (保存的稿子). It is audited again each time it is opened.

    document: the Word file it came from, so that it can be given back with comments. party, place_code: of the grant of
    whoever saved it, so that colleagues with the same limits find it.
    """

    title = models.CharField(max_length=200)
    text = models.TextField()
    encoding = models.CharField(max_length=20, blank=True)
    document = models.BinaryField(null=True)
    document_name = models.CharField(max_length=200, blank=True)
    characters = models.PositiveIntegerField()
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12, blank=True)
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "encoding", "characters", "party", "place_code", "saved_by", "saved_at")
    } | {name: Privacy.PERSONAL for name in ("title", "text", "document", "document_name")}

    class Meta:
        verbose_name = _("保存的稿子")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="audit_saved_text_is_not_blank"),)


class Clarification(ScopedModel):
    """Why a finding is none (口径说明), remembered for the next draft by what was counted, its value and its scope.

    key: of the finding (`findings.Finding`); about: what it was about, for people. A clarification that is taken back
    stays, with who took it back.
    """

    key = models.CharField(max_length=40)
    about = models.CharField(max_length=300)
    words = models.CharField(max_length=500)
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    reopened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "key", "about", "words", "written_by", "written_at", "reopened_by", "reopened_at")
    }

    class Meta:
        verbose_name = _("口径说明")
        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=Q(reopened_at=None), name="audit_one_clarification_in_force"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="audit_clarification_has_words"),
        )
