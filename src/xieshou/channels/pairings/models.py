"""Who helps whom, from when to when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class Pairing(ScopedModel):
    """A helper paired with a place (结对), from a date to a date: a dated row, superseded, never edited.

    `valid_from` null: since before anybody remembers; `valid_to` null: still in force. A row whose batch was withdrawn
    has `superseded_at` and counts nowhere.
    """

    helper = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12, db_index=True)
    programme = models.ForeignKey("programme.Programme", null=True, on_delete=models.PROTECT)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT)
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT)
    row = models.PositiveIntegerField(null=True)
    place_as_written = models.CharField(max_length=200, blank=True)
    helper_as_written = models.CharField(max_length=500, blank=True)
    superseded_at = models.DateTimeField(null=True)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("helper__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id helper place_code programme valid_from valid_to recorded_at recorded_by batch row place_as_written "
            "helper_as_written superseded_at"
        ).split()
    }

    class Meta:
        verbose_name = _("结对")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="pairings_pairing_ends_after_it_begins",
            ),
        )
