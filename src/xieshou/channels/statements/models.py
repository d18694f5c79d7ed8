"""Statements, and the measures of the office's own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.channels.statements.measures import OWN_PREFIX, About, StatedMeasure, measure_from
from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields
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
