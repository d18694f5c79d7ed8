"""Statements, and the measures of the office's own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.channels.statements.measures import OWN_PREFIX, About, StatedMeasure, measure_from
from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields
from xieshou.intake.forms import Form, form_from_json
from xieshou.ledger.measures import Addition, BaseUnit, Stage
from xieshou.ledger.posted import PostedModel


class OwnMeasure(ScopedModel):
    """A measure that the office has added (自定计量项). What it counts is never changed: entries rest on it."""

    key = models.CharField(max_length=80, unique=True)  # begins with `own.`
    name = models.CharField(max_length=120, unique=True)
    name_en = models.CharField(max_length=120, blank=True)
    base_unit = models.CharField(max_length=20, choices=[(unit.value, unit.value) for unit in BaseUnit])
    unit = models.CharField(max_length=30)
    scale = models.PositiveIntegerField(default=1)
    addition = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Addition])
    about = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in About])
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.DONE)
    definition = models.CharField(max_length=500)
    definition_en = models.CharField(max_length=500, blank=True)
    synonyms = models.JSONField(default=list)
    categories = models.JSONField(default=dict)  # dotted key -> [Chinese, English]
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id key name name_en base_unit unit scale addition about stage definition definition_en synonyms "
            "categories created_at created_by"
        ).split()
    }

    class Meta:
        verbose_name = _("自定计量项")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(key__startswith=OWN_PREFIX), name="statements_own_measure_has_the_prefix"
            ),
            models.CheckConstraint(condition=models.Q(scale__gte=1), name="statements_own_measure_has_a_scale"),
        )

    def __str__(self) -> str:
        return self.name

    def stated_measure(self) -> StatedMeasure:
        """The same as data, as the packaged file has it."""
        names = (
            "key name name_en base_unit unit scale addition about stage definition definition_en synonyms categories"
        )
        return measure_from({name: getattr(self, name) for name in names.split()}, where=self.key)


class TaughtForm(ScopedModel):
    """One version of a form that the office has taught on a page (自定义表).

    What a version says is never changed: batches were read with it. layout: sheet and header lines of the sample, as
    the page showed them, for the page that makes the next version.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("使用中")
        EARLIER = "earlier", _("旧版本")
        RETIRED = "retired", _("已停用")

    form_key = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    form = models.JSONField()  # `intake.forms.form_as_json`
    layout = models.JSONField(default=dict)
    sample = models.ForeignKey("intake.Original", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.CURRENT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id form_key version name form layout sample state created_at created_by retired_at retired_by"
        ).split()
    }

    class Meta:
        verbose_name = _("自定义表")
        constraints = (
            models.UniqueConstraint(fields=["form_key", "version"], name="statements_taught_version_once"),
            models.UniqueConstraint(
                fields=["form_key"], condition=models.Q(state="current"), name="statements_taught_one_current"
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="statements_taught_version_from_one"),
        )

    def __str__(self) -> str:
        return self.name

    def as_form(self) -> Form:
        """The form as it was taught."""
        return form_from_json(self.form)


class Statement(PostedModel):
    """What one row of a table states (统计表的一行), for a place and a period or date.

    A row that states both what happened and how things stood becomes two statements: a later cumulative row replaces
    what happened up to then, and leaves standing how things were.
    amounts: `rules.Amount.as_json` of each stated value, in the order of the form.
    """

    class Kind(models.TextChoices):
        EVENTS = "flow", _("期内发生")
        STATE = "stock", _("某日状况")

    programme = models.ForeignKey("programme.Programme", null=True, on_delete=models.PROTECT)
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT)
    row = models.PositiveIntegerField(null=True)
    form_key = models.CharField(max_length=60)
    form_version = models.PositiveSmallIntegerField()
    states = models.CharField(max_length=10, choices=Kind)
    place_code = models.CharField(max_length=12, blank=True, db_index=True)
    place_as_written = models.CharField(max_length=200, blank=True)
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT)
    party_as_written = models.CharField(max_length=500, blank=True)
    household_ref = models.BigIntegerField(null=True)  # registry.Household.id, kept when its members are erased
    occurred_from = models.DateField(null=True)
    occurred_to = models.DateField()
    amounts = models.JSONField(default=list)
    superseded = models.BooleanField(default=False)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id programme batch row form_key form_version states place_code place_as_written party party_as_written "
            "occurred_from occurred_to superseded"
        ).split()
    } | {"household_ref": Privacy.PERSONAL, "amounts": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("统计表行")
        indexes = (
            models.Index(fields=["batch", "row"], name="statements_batch_row"),
            models.Index(fields=["form_key", "form_version"], name="statements_form"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(occurred_from=None) | models.Q(occurred_from__lte=models.F("occurred_to")),
                name="statements_period_begins_before_it_ends",
            ),
            models.UniqueConstraint(fields=["batch", "row", "states"], name="statements_row_states_each_once"),
        )
