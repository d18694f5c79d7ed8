"""Assisted households and persons, under surrogate keys."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields


class Household(ScopedModel):
    """A household (户) that received or may receive assistance. The ledger knows it by `id` alone."""

    place_code = models.CharField(max_length=12)
    head_name = models.CharField(max_length=60, blank=True)
    # HMAC of the place and the head's identity number, or of place and name where no number is known.
    index = models.BinaryField(max_length=16, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(place="place_code")
    privacy: ClassVar = {
        "id": Privacy.INTERNAL,
        "place_code": Privacy.PERSONAL,
        "head_name": Privacy.PERSONAL,
        "index": Privacy.SENSITIVE,
        "created_at": Privacy.INTERNAL,
    }

    class Meta:
        verbose_name = _("户")
        # Not `db_index`, which on PostgreSQL makes a second index for LIKE: codes are read by range.
        indexes = (models.Index(fields=["place_code"], name="registry_household_place"),)


class Person(ScopedModel):
    """A person (人). The identity number is encrypted; `identity_index` is a keyed blind index for equality."""

    household = models.ForeignKey(
        Household, null=True, on_delete=models.SET_NULL, related_name="members", db_constraint=False
    )
    place_code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    identity_cipher = models.BinaryField(max_length=80, null=True)  # AES-GCM, nonce first
    identity_index = models.BinaryField(max_length=16, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(place="place_code")
    privacy: ClassVar = {
        "id": Privacy.INTERNAL,
        "household": Privacy.PERSONAL,
        "place_code": Privacy.PERSONAL,
        "name": Privacy.PERSONAL,
        "identity_cipher": Privacy.SENSITIVE,
        "identity_index": Privacy.SENSITIVE,
        "created_at": Privacy.INTERNAL,
    }

    class Meta:
        verbose_name = _("人")
        indexes = (models.Index(fields=["place_code"], name="registry_person_place"),)

    def __str__(self) -> str:
        return f"#{self.pk}"  # a name would end in logs and titles


class Erasure(ScopedModel):
    """That a person was erased (删除个人信息): entries keep `person_id`, and nothing else tells who it was."""

    person_id = models.BigIntegerField(unique=True)
    place_code = models.CharField(max_length=12, db_index=True)
    reason = models.CharField(max_length=300)
    erased_at = models.DateTimeField(auto_now_add=True)
    erased_by = models.ForeignKey("access.User", null=True, on_delete=models.SET_NULL)

    scope_fields: ClassVar = ScopeFields(place="place_code")
    privacy: ClassVar = {
        name: Privacy.INTERNAL for name in ("id", "person_id", "place_code", "reason", "erased_at", "erased_by")
    }

    class Meta:
        verbose_name = _("个人信息删除记录")
        constraints = (models.CheckConstraint(condition=~models.Q(reason=""), name="registry_erasure_has_a_reason"),)
