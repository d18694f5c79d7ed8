"""Administrative divisions, how they changed, and the lists they stand on."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields
from xieshou.places.levels import Level

__all__ = ["Designation", "Level", "Place", "PlaceEdition", "PlaceLineage"]


class Place(ScopedModel):
    """A division (行政区划) of the base edition (NBS statistical codes of 2023), or one it does not list.

    Places outside the base edition (台湾 and its parts, 香港, 澳门, counties founded since, divisions that are gone and
    have no successor) have `in_base=False` and a 12-digit code of their own edition.
    """

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(choices=Level)
    parent_code = models.CharField(max_length=12, blank=True)
    in_base = models.BooleanField(default=True)
    # A zone that the bureau counts apart (codes x71–x79) and that is no county: 开发区, 管理区.
    is_statistical = models.BooleanField(default=False)
    # The last year of a place that is gone and has no successor; null for one that stands.
    last_year = models.PositiveSmallIntegerField(null=True)
    search_key = models.CharField(max_length=80, blank=True)  # rules.search_key(name)

    scope_fields: ClassVar = ScopeFields(place="code", public=True)
    privacy: ClassVar = {
        "code": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "level": Privacy.PUBLIC,
        "parent_code": Privacy.PUBLIC,
        "in_base": Privacy.PUBLIC,
        "is_statistical": Privacy.PUBLIC,
        "last_year": Privacy.PUBLIC,
        "search_key": Privacy.PUBLIC,
    }

    class Meta:
        verbose_name = _("行政区划")
        # Not db_index: PostgreSQL would get a second index each, for LIKE, which nobody asks with.
        indexes = (
            models.Index(fields=["search_key", "level"], name="places_place_search"),
            models.Index(fields=["parent_code"], name="places_place_parent"),
        )

    def __str__(self) -> str:
        return self.name


class PlaceLineage(ScopedModel):
    """One code and name of a place in some years, and the base-edition code it is today (沿革).

    `code` is the code as it was then (12 digits, padded with zeros), `successor_code` the 12-digit code of the base
    edition or of a place with `in_base=False`; a successor of a higher level says only where the area went.
    `valid_from`/`valid_to` are years, both included, null when unknown. Other writings (京, 第八师) stand here too.
    """

    code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=80)
    search_key = models.CharField(max_length=80, blank=True)
    successor_code = models.CharField(max_length=12, db_index=True)
    valid_from = models.PositiveSmallIntegerField(null=True)
    valid_to = models.PositiveSmallIntegerField(null=True)
    # The first change after which it was more than a code: 更名, 撤县设区 …, as the source says.
    kind = models.CharField(max_length=20, blank=True)
    changed_year = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=120)

    scope_fields: ClassVar = ScopeFields(place="successor_code", public=True)
    privacy: ClassVar = {
        name: Privacy.PUBLIC
        for name in (
            "id",
            "code",
            "name",
            "search_key",
            "successor_code",
            "valid_from",
            "valid_to",
            "kind",
            "changed_year",
            "source",
        )
    }

    class Meta:
        verbose_name = _("区划沿革")
        indexes = (models.Index(fields=["search_key"], name="places_lineage_search"),)


class Designation(ScopedModel):
    """A list on which a place stood in some years (832 贫困县, 国家乡村振兴重点帮扶县 …)."""

    class Kind(models.TextChoices):
        POOR_COUNTY_832 = "poor_county_832", _("国家级贫困县（832）")
        KEY_COUNTY_160 = "key_county_160", _("国家乡村振兴重点帮扶县")

    place_code = models.CharField(max_length=12, db_index=True)
    kind = models.CharField(max_length=30, choices=Kind)
    name_in_list = models.CharField(max_length=80)
    valid_from = models.PositiveSmallIntegerField(null=True)
    valid_to = models.PositiveSmallIntegerField(null=True)  # for the 832: the year of exit (摘帽)
    source = models.CharField(max_length=120)

    scope_fields: ClassVar = ScopeFields(place="place_code", public=True)
    privacy: ClassVar = {
        name: Privacy.PUBLIC
        for name in ("id", "place_code", "kind", "name_in_list", "valid_from", "valid_to", "source")
    }

    class Meta:
        verbose_name = _("名单")
        # 茫崖行委 and 冷湖行委 are two lines of the list of 832 and one city (茫崖市) today.
        constraints = (
            models.UniqueConstraint(
                fields=["place_code", "kind", "name_in_list"], name="places_designation_once_per_list"
            ),
        )


class PlaceEdition(ScopedModel):
    """The edition of the reference data that is loaded: one row, or none before `load_places`."""

    checksum = models.CharField(max_length=64)  # SHA-256 over the packaged files
    place_count = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()

    scope_fields: ClassVar = ScopeFields(public=True)
    privacy: ClassVar = {name: Privacy.PUBLIC for name in ("id", "checksum", "place_count", "loaded_at")}

    class Meta:
        verbose_name = _("区划数据版本")
