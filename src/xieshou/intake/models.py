"""Kept originals, and batches on their way from a workbook to the books."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class Original(ScopedModel):
    """A file as it came (原件), kept unchanged under its SHA-256 in `XIESHOU_HOME/originals`."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField(auto_now_add=True)
    kept_by = models.ForeignKey("access.User", on_delete=models.PROTECT)

    scope_fields: ClassVar = ScopeFields()
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "sha256", "size", "kept_at", "kept_by")} | {
        "name": Privacy.PERSONAL
    }

    class Meta:
        verbose_name = _("原件")


class Batch(ScopedModel):
    """One table of one file, from draft to the books (批次). Only acceptance posts; a withdrawn batch is reversed."""

    class State(models.TextChoices):
        READING = "reading", _("读取中")
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        RETURNED = "returned", _("退回")
        ACCEPTING = "accepting", _("入账中")
        ACCEPTED = "accepted", _("已采纳")
        WITHDRAWN = "withdrawn", _("已撤销")
        FAILED = "failed", _("未能读取")

    class Basis(models.TextChoices):
        PERIOD = "period", _("本期发生")
        CUMULATIVE = "cumulative", _("累计至某日")

    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="batches")
    sheet = models.CharField(max_length=120, blank=True)
    header_row = models.PositiveIntegerField(null=True)  # 1-based row of the last header line
    form_key = models.CharField(max_length=60, blank=True)
    form_version = models.PositiveSmallIntegerField(null=True)
    mapping = models.JSONField(default=dict)  # form column key -> {"column": 0-based, "header": text, "score": 0..1}
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    as_of = models.DateField(null=True)
    basis = models.CharField(max_length=12, choices=Basis, blank=True)
    programme = models.ForeignKey("programme.Programme", null=True, on_delete=models.PROTECT)
    place_code = models.CharField(max_length=12, blank=True)  # smallest place that covers every row
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT)  # the unit that hands it in
    state = models.CharField(max_length=12, choices=State, default=State.READING)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=list)  # [{"column", "stated", "computed"}]
    doubtful = models.PositiveIntegerField(default=0)  # of the accepted: those flagged
    message = models.TextField(blank=True)  # why it failed, was sent back or was withdrawn
    # Decisions of this batch alone: {"columns": {key: index}, "sheet", "dropped": [rows], "corrected": [rows]}.
    choices = models.JSONField(default=dict)
    evaluation = models.CharField(max_length=32, blank=True)  # folder of the typed rows and findings in force
    # The batch whose returned workbook this is: it brings the rows that did not go in then.
    completes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="completed_by")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id original sheet header_row form_key form_version mapping period_from period_to as_of basis programme "
            "place_code party state rows accepted rejected duplicates totals doubtful message choices evaluation "
            "completes created_at created_by decided_at decided_by"
        ).split()
    }

    class Meta:
        verbose_name = _("批次")


class PostedKey(ScopedModel):
    """The key of a row that stands in the books; removed when its batch is withdrawn. What makes a duplicate one."""

    form_key = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=16)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="keys")
    row = models.PositiveIntegerField()  # 0: the whole file, of a form whose rows have no key
    content = models.BinaryField(max_length=16, null=True)  # digest of what the row states, to tell a correction

    scope_fields: ClassVar = ScopeFields(place="batch__place_code", parties=("batch__party__path",))
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "form_key", "digest", "batch", "row", "content")}

    class Meta:
        verbose_name = _("已入账的行")
        constraints = (models.UniqueConstraint(fields=["form_key", "digest"], name="intake_row_posted_once"),)


class Decision(ScopedModel):
    """What a person decided about a text of a workbook, offered again next time (记住的选择).

    `kind` is "place", "party", "column" or "duplicate"; `text` the normalised words with their context; `answer` a
    place code, party id, column key or verdict.
    """

    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=400)
    answer = models.CharField(max_length=200)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    decided_at = models.DateTimeField(auto_now=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "kind", "text", "answer", "decided_by", "decided_at")
    }

    class Meta:
        verbose_name = _("记住的选择")
        constraints = (
            models.UniqueConstraint(fields=["kind", "text"], name="intake_one_decision_per_text"),
            models.CheckConstraint(condition=~Q(answer=""), name="intake_decision_has_an_answer"),
        )
