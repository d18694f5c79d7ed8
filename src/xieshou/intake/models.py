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
    submitted_at = models.DateTimeField(null=True)  # when its unit last handed it in
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id original sheet header_row form_key form_version mapping period_from period_to as_of basis programme "
            "place_code party state rows accepted rejected duplicates totals doubtful message choices evaluation "
            "completes created_at created_by submitted_at decided_at decided_by"
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


class BatchComment(ScopedModel):
    """One line in the thread of a batch (批注): what somebody said about it or one of its rows, and each step it took.

    `move` is the state that a step led to, empty for a mere remark.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="comments")
    row = models.PositiveIntegerField(null=True)  # in the sheet, from 1
    move = models.CharField(max_length=12, choices=Batch.State, blank=True)
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(auto_now_add=True)
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(place="batch__place_code", parties=("batch__party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "batch", "row", "move", "written_at", "written_by")
    } | {"text": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("批注")
        constraints = (
            models.CheckConstraint(condition=~Q(text="") | ~Q(move=""), name="intake_comment_says_something"),
        )


class Evidence(ScopedModel):
    """A file that proves what a batch states (佐证材料): the stamped scan of the table, kept like an original."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="evidence")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=40)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(place="batch__place_code", parties=("batch__party__path",))
    privacy: ClassVar = {
        field: Privacy.INTERNAL for field in ("id", "batch", "original", "media_type", "added_at", "added_by")
    } | {"name": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("佐证材料")
        constraints = (models.UniqueConstraint(fields=["batch", "original"], name="intake_evidence_once_per_batch"),)


class ReportedPair(ScopedModel):
    """A unit and a place that rows of a handed-in batch speak of: what 上报情况 compares with what was expected.

    `party` is null until the batch is accepted, where its unit was not registered before.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="pairs")
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    party_as_written = models.CharField(max_length=500, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    rows = models.PositiveIntegerField()

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path", "batch__party__path"))
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "batch", "party", "party_as_written", "place_code", "rows")
    }

    class Meta:
        verbose_name = _("已报的单位和地点")


class ReportingDuty(ScopedModel):
    """Who has to hand in which form by when (上报任务)."""

    class Rule(models.TextChoices):
        MONTHLY = "monthly", _("每月")
        QUARTERLY = "quarterly", _("每季度")
        YEARLY = "yearly", _("每年")
        ONCE = "once", _("一次")

    class Expects(models.TextChoices):
        PAIRINGS = "pairings", _("结对名单上的单位和地点")
        PARTY_TREE = "party_tree", _("一个单位的下属单位")
        PLACES = "places", _("一个地区的下级地区")

    name = models.CharField(max_length=120)
    form_key = models.CharField(max_length=60)
    rule = models.CharField(max_length=10, choices=Rule)
    due_days = models.PositiveSmallIntegerField()  # after the last day of the period: 10 is the 10th of the next month
    starts_on = models.DateField()  # the first period is the one that holds this day; of `once`, its first day
    ends_on = models.DateField(null=True)  # no period begins after it; of `once`, its last day
    expects = models.CharField(max_length=12, choices=Expects)
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12, blank=True)
    programme = models.ForeignKey("programme.Programme", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(public=True)  # a duty is announced to all; what was reported is not
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id name form_key rule due_days starts_on ends_on expects party place_code programme created_at "
            "created_by ended_at ended_by"
        ).split()
    }

    class Meta:
        verbose_name = _("上报任务")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="intake_duty_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(rule="once") | Q(ends_on__isnull=False), name="intake_single_duty_has_an_end"
            ),
        )

    def __str__(self) -> str:
        return self.name


class DoubleDecision(ScopedModel):
    """What a person decided about two rows that may report the same thing (疑似重复上报); never asked again.

    `first` and `second` name the rows for good, in ascending order: see `doubles.row_name`.
    """

    class Verdict(models.TextChoices):
        BOTH = "both", _("两笔都算")
        SAME = "same", _("同一笔")
        OPEN = "open", _("待查")

    first = models.CharField(max_length=200)
    second = models.CharField(max_length=200)
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(auto_now=True)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields()  # two rows of different units: nobody limited to one of them sees it
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "first", "second", "verdict", "reason", "decided_at", "decided_by")
    }

    class Meta:
        verbose_name = _("重复上报的判断")
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="intake_one_decision_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="intake_pair_is_in_order"),
        )


class Pile(ScopedModel):
    """Files that were brought in one go (一次上传), read one after the other by one job."""

    name = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True)  # when somebody stopped the reading; null again once it goes on

    scope_fields: ClassVar = ScopeFields()  # files of many units: whoever is limited sees their own piles alone
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "created_at", "created_by", "stopped_at")} | {
        "name": Privacy.PERSONAL
    }

    class Meta:
        verbose_name = _("一次上传")

    def __str__(self) -> str:
        return self.name


class PileMember(ScopedModel):
    """One file of a pile, or one table of a file that holds several (上传的文件), and what became of it.

    `waiting` becomes any other state once, in the order of `position`; what happens to a `read` one afterwards stands
    on its batch. A file that waits lies in the pile's folder, see `piles.folder`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待读取")
        READ = "read", _("已读")
        FAILED = "failed", _("未能读取")
        OTHER = "other", _("不是工作簿")
        DUPLICATE = "duplicate", _("内容重复")
        UNPACKED = "unpacked", _("已解包")

    pile = models.ForeignKey(Pile, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=400)  # with the folders inside its archive
    file = models.CharField(max_length=60, blank=True)  # in the pile's folder, while it waits
    sha256 = models.CharField(max_length=64, blank=True)
    sheet = models.CharField(max_length=120, blank=True)  # a further table of the file; empty: the best one
    table = models.CharField(max_length=12, blank=True)  # its first cell
    batch = models.OneToOneField(Batch, null=True, on_delete=models.SET_NULL, related_name="pile_member")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    code = models.CharField(max_length=40, blank=True)  # of the error that refused it
    message = models.TextField(blank=True)  # why it was refused, and how to mend it
    score = models.PositiveSmallIntegerField(null=True)  # how well the form fits, in percent
    why = models.TextField(blank=True)  # what the form was known by
    units = models.CharField(max_length=200, blank=True)  # the units that its rows name
    question = models.TextField(blank=True)  # what a person has to say before it can be accepted
    evaluation = models.CharField(max_length=32, blank=True)  # of the batch, when `question` was written

    scope_fields: ClassVar = ScopeFields(place="batch__place_code", parties=("batch__party__path",))
    privacy: ClassVar = {
        field: Privacy.INTERNAL
        for field in (
            "id pile position file sha256 sheet table batch state code message score why units question evaluation"
        ).split()
    } | {"name": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("上传的文件")
        indexes = (models.Index(fields=["pile", "state", "position"], name="intake_member_next"),)
