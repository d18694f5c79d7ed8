"""Kinds of organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    ENTERPRISE = "enterprise", _("企业")
    GOVERNMENT = "government", _("党政机关")
    PUBLIC_INSTITUTION = "public_institution", _("事业单位")
    UNION = "union", _("工会")
    STREET = "street", _("街道办事处")
    SCHOOL = "school", _("学校")
    HOSPITAL = "hospital", _("医院")
    SOCIAL_ORGANISATION = "social_organisation", _("社会组织")
    COOPERATIVE = "cooperative", _("合作社")
    PARTY_BRANCH = "party_branch", _("党支部")
    VILLAGE = "village", _("村")
    JOINT = "joint", _("联合帮扶")
    OTHER = "other", _("其他")
