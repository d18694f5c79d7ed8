"""Programmes, and what their fund statements say."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields
from xieshou.ledger.posted import PostedModel


class Programme(ScopedModel):
    """A programme of assistance (帮扶项目群): one organisation's work of one kind over some years."""

    class Kind(models.TextChoices):
        DESIGNATED = "designated", _("定点帮扶（定点扶贫）")
        EAST_WEST = "east_west", _("东西部协作（东西部扶贫协作）")
        PAIRED_SUPPORT = "paired_support", _("对口支援")
        PAIRED_COOPERATION = "paired_cooperation", _("对口协作")
        FRONTIER = "frontier", _("援藏/援疆/援青")
        TEN_THOUSAND_ENTERPRISES = "ten_thousand_enterprises", _("万企兴万村（万企帮万村）")
        IN_PROVINCE = "in_province", _("省内结对")
        REVOLUTIONARY_BASE = "revolutionary_base", _("革命老区帮扶")
        CONSUMPTION = "consumption", _("消费帮扶")
        VOLUNTARY = "voluntary", _("自发公益")

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30, choices=Kind)
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "name", "kind", "party", "valid_from", "valid_to")}

    class Meta:
        verbose_name = _("帮扶项目群")

    def __str__(self) -> str:
        return self.name


class FundStatementLine(PostedModel):
    """One row of a unit's fund report (帮扶资金, 季报三): what one unit planned and used in one village, to a date.

    Money in fen; null is "not stated" and posts nothing, 0 is a stated zero and posts an entry of zero.
    """

    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT)
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT)
    row = models.PositiveIntegerField(null=True)  # row number in the sheet, from 1
    place_code = models.CharField(max_length=12, db_index=True)
    place_as_written = models.CharField(max_length=200)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    party_as_written = models.CharField(max_length=500)
    receiver = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")  # the village
    occurred_from = models.DateField(null=True)
    occurred_to = models.DateField()
    poor_households = models.PositiveIntegerField(null=True)
    poor_persons = models.PositiveIntegerField(null=True)
    planned_fen = models.BigIntegerField(null=True)
    invested_fen = models.BigIntegerField(null=True)
    to_households_fen = models.BigIntegerField(null=True)
    to_villages_fen = models.BigIntegerField(null=True)
    government_fen = models.BigIntegerField(null=True)
    credit_fen = models.BigIntegerField(null=True)
    own_fen = models.BigIntegerField(null=True)
    donated_fen = models.BigIntegerField(null=True)
    attracted_fen = models.BigIntegerField(null=True)
    superseded = models.BooleanField(default=False)  # its entries are reversed

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id programme batch row place_code place_as_written party party_as_written receiver occurred_from "
            "occurred_to poor_households poor_persons planned_fen invested_fen to_households_fen to_villages_fen "
            "government_fen credit_fen own_fen donated_fen attracted_fen superseded"
        ).split()
    }

    class Meta:
        verbose_name = _("帮扶资金报表行")


class FundPlanLine(PostedModel):
    """One row of a fund plan beside its actual (资金计划与完成): place × category × source."""

    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT)
    batch = models.ForeignKey("intake.Batch", null=True, on_delete=models.PROTECT)
    row = models.PositiveIntegerField(null=True)
    place_code = models.CharField(max_length=12, db_index=True)
    place_as_written = models.CharField(max_length=200)
    party = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT)
    receiver = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=60, blank=True)
    fund_source = models.CharField(max_length=30, blank=True)
    occurred_from = models.DateField(null=True)
    occurred_to = models.DateField()
    planned_fen = models.BigIntegerField(null=True)
    actual_fen = models.BigIntegerField(null=True)
    superseded = models.BooleanField(default=False)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id programme batch row place_code place_as_written party receiver category fund_source occurred_from "
            "occurred_to planned_fen actual_fen superseded"
        ).split()
    }

    class Meta:
        verbose_name = _("资金计划行")
