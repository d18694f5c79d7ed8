"""What was handed out, to whom."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopeFields
from xieshou.ledger.posted import PostedModel


class DistributionLine(PostedModel):
    """One line of a distribution list (发放清单): one recipient, one item, one day.

    Lists of a million lines are read by batch alone; an index for each foreign key would cost a fifth of the import.
    """

    programme = models.ForeignKey(
        "programme.Programme", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    row = models.PositiveIntegerField(null=True)
    place_code = models.CharField(max_length=12)
    giver = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    household_ref = models.BigIntegerField(null=True)  # registry.Household.id, kept when the person is erased
    person_ref = models.BigIntegerField(null=True)
    item = models.CharField(max_length=80)
    unit = models.CharField(max_length=20)
    quantity = models.BigIntegerField()  # in the measure's base unit
    value_fen = models.BigIntegerField(null=True)
    handed_out_on = models.DateField()
    superseded = models.BooleanField(default=False)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("giver__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id programme batch row place_code giver item unit quantity value_fen handed_out_on superseded"
        ).split()
    } | {"household_ref": Privacy.PERSONAL, "person_ref": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("发放明细")
        indexes = (models.Index(fields=["batch", "row"], name="donations_line_batch_row"),)


class Gift(PostedModel):
    """What one donor gave (接收捐赠): one line of a notice or list of gifts received.

    Only organisations are parties. Any other donor has no `giver`, and `giver_as_written` keeps a masked name.
    """

    programme = models.ForeignKey("programme.Programme", null=True, on_delete=models.PROTECT)
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT)
    row = models.PositiveIntegerField(null=True)
    giver = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    giver_as_written = models.CharField(max_length=500, blank=True)
    receiver = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=200, blank=True)  # "" for money
    specification = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=20)
    quantity = models.BigIntegerField()  # in the measure's base unit
    value_fen = models.BigIntegerField(null=True)
    received_from = models.DateField(null=True)
    received_to = models.DateField()
    superseded = models.BooleanField(default=False)

    scope_fields: ClassVar = ScopeFields(parties=("giver__path", "receiver__path"))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id programme batch row giver receiver item specification unit quantity value_fen received_from "
            "received_to superseded"
        ).split()
    } | {"giver_as_written": Privacy.PERSONAL}

    class Meta:
        verbose_name = _("接收捐赠")
        indexes = (models.Index(fields=["batch", "row"], name="donations_gift_batch_row"),)
