"""What statements count (计量项): measures as data, from the packaged file or from the database. No database here.

The column that states a measure is called the same in every form (`column_key`), so that an entry finds its cell
without asking which form it came from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from xieshou.channels.statements.errors import MeasuresInvalid
from xieshou.ledger.measures import Addition, BaseUnit, Measure, Stage

OWN_PREFIX = "own."
COUNTY_PREFIX = "county."
_KEY = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
_CATEGORY = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)*")


class About(StrEnum):
    """Whose fact an amount is: that decides whether the reporting unit is credited with it."""

    PLACE = "place"  # how things are in the place; the newest statement counts, whoever made it
    UNIT = "unit"  # what the reporting unit did


@dataclass(frozen=True, eq=False)
class StatedMeasure:
    """A measure of statements, as data.

    key: English, dotted, stable. unit: the canonical unit in which it is shown, `scale` base units each. categories:
    dotted key → (Chinese, English). coded: the column is a code list; each row counts one under `<category>.<code>`.
    county: county tables state its totals too, as a measure of their own (`as_county_total`): two reports of the same
    facts at two levels are never added. stage: the stage that counts.
    """

    key: str
    name: str
    name_en: str
    base_unit: BaseUnit
    unit: str
    definition: str
    definition_en: str
    scale: int = 1
    addition: Addition = Addition.FLOW
    about: About = About.UNIT
    stage: Stage = Stage.DONE
    synonyms: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, str]] | None = None
    coded: bool = False
    county: bool = False

    @property
    def label(self) -> StrOrPromise:
        return in_either_language(self.name, self.name_en)

    @property
    def meaning(self) -> StrOrPromise:
        return in_either_language(self.definition, self.definition_en)

    @property
    def rows_add_up(self) -> bool:
        """Of a state: whether the rows of one table about one place are parts of it. Else each states the whole place,
        as two units do that help one village. Nobody knows that of the office's own tables, so nothing is left out."""
        return self.key.startswith((COUNTY_PREFIX, OWN_PREFIX))

    @cached_property
    def measure(self) -> Measure:
        """What the ledger knows of it."""
        return Measure(
            key=self.key,
            name=self.label,
            base_unit=self.base_unit,
            unit=self.unit,
            scale=self.scale,
            addition=self.addition,
            categories={key: in_either_language(*names) for key, names in self.categories.items()}
            if self.categories
            else None,
        )

    def as_county_total(self) -> StatedMeasure:
        """The same fact as a county reports it in one sum."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return StatedMeasure(
            **(
                own
                | {
                    "key": COUNTY_PREFIX + self.key.replace(".", "_"),
                    "name": f"{self.name}（县级汇总）",
                    "name_en": f"{self.name_en} (county total)",
                    "definition": f"县（区）汇总表填报的“{self.name}”；与按村填报的同名指标是同一事实，不得相加。",
                    "definition_en": f"{self.name_en}, as stated by the county in one sum; the same facts as stated "
                    "village by village, never to be added to them.",
                    "about": About.PLACE,
                    "county": False,
                }
            )
        )


def _chosen(chinese: str, english: str) -> str:
    return english if english and (get_language() or "").startswith("en") else chinese


_lazily_chosen = lazy(_chosen, str)


def in_either_language(chinese: str, english: str) -> StrOrPromise:
    """A text of a data file in the reader's language; Chinese where it has no English."""
    return _lazily_chosen(chinese, english)


def column_key(measure: str, category: str = "", fund_source: str = "") -> str:
    """What the column is called that states a measure, in every form: `poor.households` → `poor_households`."""
    return "_".join(part.replace(".", "_") for part in (measure, category, fund_source) if part)


def measure_from(data: Mapping[str, Any], *, where: str) -> StatedMeasure:
    """A measure from plain data, of a file or of the database.

    Args:
        where: what the refusal names, a file or a page.
    Raises: MeasuresInvalid.
    """
    known = {field.name for field in fields(StatedMeasure)}
    key = str(data.get("key", ""))
    if unknown := sorted(set(data) - known):
        raise _invalid(where, key, unknown[0], _("没有这个键"))
    values: dict[str, Any] = dict(data)
    for name, kind in (("base_unit", BaseUnit), ("addition", Addition), ("about", About), ("stage", Stage)):
        if name in values:
            try:
                values[name] = kind(values[name])
            except ValueError as error:
                raise _invalid(where, key, name, _("只能是 %(values)s") % {"values": ", ".join(kind)}) from error
    if "about" not in values and values.get("addition") is Addition.STOCK:
        values["about"] = About.PLACE
    values["synonyms"] = tuple(values.get("synonyms", ()))
    if categories := values.get("categories"):
        values["categories"] = {code: tuple(names) for code, names in categories.items()}
    try:
        found = StatedMeasure(**values)
    except TypeError as error:
        raise _invalid(where, key, "", _("缺少必需的键")) from error
    _demand_sense(found, where)
    return found


def _demand_sense(found: StatedMeasure, where: str) -> None:
    if not _KEY.fullmatch(found.key):
        raise _invalid(where, found.key, "key", _("写成两段英文小写，如 poor.households"))
    if found.scale < 1:
        raise _invalid(where, found.key, "scale", _("应为不小于 1 的整数"))
    for code in found.categories or ():
        if not _CATEGORY.fullmatch(code):
            raise _invalid(where, found.key, code, _("类别写成英文小写，用点分级"))
    if found.coded and not found.categories:
        raise _invalid(where, found.key, "coded", _("代码类计量项要列出类别"))


def load_measures(path: Path) -> dict[str, StatedMeasure]:
    """The measures of a file by key, with the county totals that they name.

    Raises: MeasuresInvalid.
    """
    found: dict[str, StatedMeasure] = {}
    for measure in _measures_in(tomllib.loads(path.read_text(encoding="utf-8")), path.name):
        if measure.key in found:
            raise _invalid(path.name, measure.key, "key", _("出现了两次"))
        found[measure.key] = measure
    return found


def _measures_in(data: Mapping[str, Any], where: str) -> Iterator[StatedMeasure]:
    for item in data.get("measures", ()):
        measure = measure_from(item, where=where)
        yield measure
        if measure.county:
            yield measure.as_county_total()


def _invalid(where: str, key: str, name: str, what: str) -> MeasuresInvalid:
    return MeasuresInvalid(
        _("计量项文件 %(file)s 中 %(key)s 的 %(name)s 有误：%(what)s。")
        % {"file": where, "key": key or "?", "name": name or "?", "what": what},
        file=where,
        key=key,
    )


PACKAGED: dict[str, StatedMeasure] = load_measures(Path(__file__).parent / "measures.toml")
