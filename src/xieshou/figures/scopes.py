"""The scope of a figure (范围): the same for every figure, read from the options of the command line or from JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.common.errors import XieshouError
from xieshou.common.formats import period
from xieshou.figures import rules, selectors
from xieshou.figures.errors import ScopeOptionWrong
from xieshou.ledger.measures import FundSource, Nature, Stage
from xieshou.parties.models import Party
from xieshou.parties.selectors import party_at
from xieshou.places.selectors import full_name, place_at

_T = TypeVar("_T")
_U = TypeVar("_U")


class PartyRole(TextChoices):
    """As what a party is asked for; the default is the unit whose effort it counts as."""

    GIVER = "giver", gettext_lazy("投入单位")
    RECEIVER = "receiver", gettext_lazy("接受单位")
    CREDITED = "credited", gettext_lazy("帮扶单位")


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
            role=PartyRole(_read(given, "as", _choice_of(PartyRole), PartyRole.CREDITED)),
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

    def described(self) -> str:
        """The scope in words, 广东省广州市从化区 · 2011 · 帮扶单位：某单位; "" is everything. A query for each name."""
        parts = [
            full_name(self.place) if self.place else "",
            period(self.since, self.until) if self.since or self.until else "",
            self._party_described(),
            "" if self.programme is None else selectors.programme_names([str(self.programme)])[str(self.programme)],
            "" if self.project is None else _("项目 %(number)d") % {"number": self.project},
            self.category,
            str(FundSource(self.source).label) if self.source else "",
            str(Nature(self.nature).label) if self.nature else "",
            str(Stage(self.stage).label) if self.stage else "",
        ]
        return " · ".join(part for part in parts if part)

    def _party_described(self) -> str:
        if self.party is None:
            return ""
        name = selectors.party_names([str(self.party)]).get(str(self.party), str(self.party))
        return f"{self.role.label}：{name}"

    def a_year_before(self) -> Scope:
        """The same scope in the same period of the year before (上年同期)."""
        return replace(
            self,
            since=self.since and rules.a_year_before(self.since),
            until=self.until and rules.a_year_before(self.until),
        )


def _read(given: Mapping[str, str], option: str, read: Callable[[str], _T], absent: _U) -> _T | _U:
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
    choices: Mapping[str, type[TextChoices]] = {
        "as": PartyRole,
        "source": FundSource,
        "nature": Nature,
        "stage": Stage,
    }
    if option in choices:
        known = "、".join(f"{value}（{label}）" for value, label in choices[option].choices)
        return _("可以是：%(known)s。") % {"known": known}
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
    whole_year = _read(given, "year", lambda text: rules.days_of(f"{int(text):04d}"), None)
    if whole_year:
        return whole_year
    since = _read(given, "from", lambda text: rules.days_of(text)[0], None)
    until = _read(given, "at" if "at" in given else "to", lambda text: rules.days_of(text)[1], None)
    if since and until and until < since:
        raise ScopeOptionWrong(
            _("选项“from”（%(since)s）晚于选项“to”（%(until)s）；请改正其中一个。") % {"since": since, "until": until},
            option="to",
        )
    return since, until
