"""The scope of a figure (范围): the same for every figure, read from the options of the command line or from JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from xieshou.common.errors import XieshouError
from xieshou.figures import rules, selectors
from xieshou.figures.errors import ScopeOptionWrong
from xieshou.ledger.measures import FundSource, Nature, Stage
from xieshou.parties.models import Party
from xieshou.parties.selectors import party_at
from xieshou.places.selectors import place_at

_T = TypeVar("_T")


class PartyRole(StrEnum):
    """As what a party is asked for; the default is the unit whose effort it counts as."""

    GIVER = "giver"
    RECEIVER = "receiver"
    CREDITED = "credited"


OPTIONS = (
    "place",
    "party",
    "as",
    "programme",
    "project",
    "category",
    "source",
    "nature",
    "stage",
    "year",
    "from",
    "to",
    "at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a figure is asked about; an empty scope is everything the actor may see.

    place: 12-digit code of a place, with all below it. party: id of a party, with all below it, `role` as what.
    category: a category with all below it. since, until: first and last day of the period, both included; None is open.
    stage: "" is the figure's own.
    """

    place: str = ""
    party: int | None = None
    role: PartyRole = PartyRole.CREDITED
    programme: int | None = None
    project: int | None = None
    category: str = ""
    source: str = ""
    nature: str = ""
    stage: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Scope:
        """The scope that these options name: the long options of `xieshou figures` without dashes.

        place (name or code), party (name or id), as, programme (name or id), project, category, source, nature, stage,
        and one of: year, from and/or to, at. What is None or "" is left out.
        Raises: ScopeOptionWrong, or what the resolvers of names raise; `where["option"]` is the option.
        """
        given = {name: str(value).strip() for name, value in options.items() if value not in (None, "")}
        unknown = sorted(set(given) - set(OPTIONS))
        if unknown:
            raise ScopeOptionWrong(
                _("没有“%(option)s”这个选项；可用的选项：%(known)s。")
                % {"option": unknown[0], "known": "、".join(OPTIONS)},
                option=unknown[0],
            )
        since, until = _period(given)
        return cls(
            place=_read(given, "place", lambda text: place_at(text).code, ""),
            party=_read(given, "party", _party_id, None),
            role=_read(given, "as", PartyRole, PartyRole.CREDITED),
            programme=_read(given, "programme", selectors.programme_id, None),
            project=_read(given, "project", int, None),
            category=given.get("category", ""),
            source=_read(given, "source", _choice_of(FundSource), ""),
            nature=_read(given, "nature", _choice_of(Nature), ""),
            stage=_read(given, "stage", _choice_of(Stage), ""),
            since=since,
            until=until,
        )

    def as_options(self) -> dict[str, Any]:
        """The options that name this scope, with codes and ids; `from_options` gives the scope back."""
        options: dict[str, Any] = {
            "place": self.place,
            "party": self.party,
            "as": None if self.party is None else self.role.value,
            "programme": self.programme,
            "project": self.project,
            "category": self.category,
            "source": self.source,
            "nature": self.nature,
            "stage": self.stage,
            **self._period_options(),
        }
        return {name: value for name, value in options.items() if value not in (None, "")}

    def _period_options(self) -> dict[str, Any]:
        since, until = self.since, self.until
        if since and until and (since, until) == (date(since.year, 1, 1), date(since.year, 12, 31)):
            return {"year": since.year}
        if since is None and until is not None:
            return {"at": until.isoformat()}
        return {"from": since and since.isoformat(), "to": until and until.isoformat()}

    def a_year_before(self) -> Scope:
        """The same scope in the same period of the year before (上年同期)."""
        return replace(
            self,
            since=self.since and rules.a_year_before(self.since),
            until=self.until and rules.a_year_before(self.until),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that one line of a command or of a query file asks besides the figure: scope, rows, state, unit."""

    scope: Scope
    by: tuple[str, ...] = ()
    head: str | None = None
    unit: str = ""

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Question:
        """As `Scope.from_options`, with by (a list, or names joined by commas), head and unit. Raises as it does."""
        rest = dict(options)
        by, head, unit = rest.pop("by", None) or (), rest.pop("head", None), rest.pop("unit", None)
        names: Sequence[str] = by.split(",") if isinstance(by, str) else by
        return cls(
            scope=Scope.from_options(rest),
            by=tuple(name.strip() for name in names),
            head=str(head) if head not in (None, "") else None,
            unit=str(unit or ""),
        )


def _read(given: Mapping[str, str], option: str, read: Callable[[str], _T], absent: _T) -> _T:
    """What an option says; every refusal names the option."""
    if option not in given:
        return absent
    try:
        return read(given[option])
    except XieshouError as refusal:
        refusal.where["option"] = option
        raise
    except ValueError as unreadable:
        raise _wrong(option, given[option]) from unreadable


def _wrong(option: str, value: str) -> ScopeOptionWrong:
    return ScopeOptionWrong(
        _("选项“%(option)s”不能是“%(value)s”；%(hint)s") % {"option": option, "value": value, "hint": _hint(option)},
        option=option,
        value=value,
    )


def _hint(option: str) -> str:
    choices: Mapping[str, type[TextChoices]] = {"source": FundSource, "nature": Nature, "stage": Stage}
    if option in choices:
        known = "、".join(f"{value}（{label}）" for value, label in choices[option].choices)
        return _("可以是：%(known)s。") % {"known": known}
    if option == "as":
        return _("可以是：%(known)s。") % {"known": "、".join(PartyRole)}
    if option == "project":
        return _("请写项目编号。")
    return _("日期请写成 2019、2019-10 或 2019-10-31。")


def _choice_of(choices: type[TextChoices]) -> Callable[[str], str]:
    """Reads a value of a list, or its label in the language in use."""

    def read(text: str) -> str:
        labels = {str(label): value for value, label in choices.choices}
        return str(choices(labels.get(text, text)).value)

    return read


def _party_id(text: str) -> int:
    # A number of 18 digits is a 统一社会信用代码, a short one the id that an earlier answer gave.
    if text.isdecimal() and len(text) < 15 and Party.objects.filter(pk=int(text)).exists():
        return int(text)
    return int(party_at(text).pk)


def _period(given: Mapping[str, str]) -> tuple[date | None, date | None]:
    named = [name for name in ("year", "at", "from", "to") if name in given]
    if len(named) > 1 and named != ["from", "to"]:
        raise ScopeOptionWrong(
            _("选项“%(one)s”和“%(other)s”不能同用；请只写其中一个。") % {"one": named[0], "other": named[1]},
            option=named[1],
        )
    if "year" in given:
        return _read(given, "year", lambda text: rules.days_of(f"{int(text):04d}"), (None, None))
    since = _read(given, "from", lambda text: rules.days_of(text)[0], None)
    until = _read(given, named[-1], lambda text: rules.days_of(text)[1], None) if named and named[-1] != "from" else None
    if since and until and until < since:
        raise ScopeOptionWrong(
            _("选项“from”（%(since)s）晚于选项“to”（%(until)s）；请改正其中一个。") % {"since": since, "until": until},
            option="to",
        )
    return since, until
