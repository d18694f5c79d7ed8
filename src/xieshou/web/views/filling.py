"""Blank tables of a superior (填上级空表): read, confirmed, looked at, downloaded; what was confirmed is remembered."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xieshou.access.rules import Permission
from xieshou.common.errors import XieshouError
from xieshou.figures.scopes import Scope
from xieshou.parties.selectors import party_seen
from xieshou.programme.selectors import programmes_for
from xieshou.reports.filling import selectors
from xieshou.reports.filling.errors import BlankRefused
from xieshou.reports.filling.filler import summary
from xieshou.reports.filling.knowledge import Catalogue, catalogue
from xieshou.reports.filling.lexicon import LEAVE, NUMBER, PARTY, PLACE_LEVELS, YEAR, Ask
from xieshou.reports.filling.proposals import VALUE, Line, Proposal
from xieshou.reports.filling.services import Choices, fill_blank, forget, read_blank, remember
from xieshou.web.pages import ScopedPage
from xieshou.web.views.reports import asking_form, sent, uploaded

FILE = ".xlsx,.xls,.docx"
MOST_HERE = 1_500_000  # bytes that travel with the form; a larger blank is filled by the command
ROLES = {
    PARTY: gettext_lazy("行：帮扶单位"),
    **dict.fromkeys(PLACE_LEVELS, ""),
    YEAR: gettext_lazy("行：年度"),
    NUMBER: gettext_lazy("序号"),
    VALUE: gettext_lazy("数值（指标写在每行）"),
    LEAVE: gettext_lazy("不填"),
}
ROLES |= dict(
    zip(
        PLACE_LEVELS,
        (
            gettext_lazy("行：省"),
            gettext_lazy("行：市（州）"),
            gettext_lazy("行：县（市、区）"),
            gettext_lazy("行：乡镇（街道）"),
            gettext_lazy("行：村（社区）"),
        ),
        strict=True,
    )
)
_OPTIONS = ("place", "party", "programme", "year", "at")


class Filling(ScopedPage):
    """Put a blank in, and the list of the tables that are remembered."""

    permission = Permission.EXPORT
    template_name = "web/filling/start.html"
    title = gettext_lazy("填上级空表")
    here = "web:reports"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._start()

    def post(self, request: HttpRequest) -> HttpResponse:
        known = catalogue()
        try:
            name, data = _blank_of(request)
            choices = _choices(request)
            _opened, proposals = read_blank(name=name, data=data, catalogue=known, choices=choices)
        except XieshouError as refusal:
            return self._start(refusal=refusal.message)
        step = request.POST.get("step", "")
        try:
            if step not in ("preview", "download"):
                return self._confirm(name, data, proposals, known)
            made = fill_blank(
                actor=self.actor, name=name, data=data, scope=self._scope_asked(), catalogue=known, choices=choices
            )
        except XieshouError as refusal:
            return self._confirm(name, data, proposals, known, refusal=refusal.message)
        if step == "download":
            for proposal in made.proposals:
                remember(by=self.actor, name=name, proposal=proposal)
            return sent(made.data, made.name, made.kind)
        return self._confirm(
            name,
            data,
            proposals,
            known,
            made=made,
            reasons=summary(made.unfilled).items(),
            previews=[
                ([line.heading for line in one.columns], rows)
                for one, rows in zip(made.proposals, made.previews, strict=True)
            ],
        )

    def _scope_asked(self) -> Scope:
        options: dict[str, Any] = {
            name: value for name in _OPTIONS if (value := self.request.POST.get(name, "").strip())
        }
        if options.get("party"):
            options["party"] = party_seen(options["party"], actor=self.actor).pk
        if options.get("at"):
            options.pop("year", None)
        return Scope.from_options(options)

    def _start(self, **context: Any) -> HttpResponse:
        return self.show(
            trail=_trail(),
            accepted=FILE,
            mappings=list(selectors.mappings_for(self.actor)),
            **context,
        )

    def _confirm(
        self, name: str, data: bytes, proposals: tuple[Proposal, ...], known: Catalogue, **context: Any
    ) -> HttpResponse:
        labels = _labels(known)
        options = {key: self.request.POST.get(key, self.scope.as_options().get(key, "")) for key in _OPTIONS}
        return self.show(
            "web/filling/confirm.html",
            trail=[*_trail(), (_("填上级空表"), reverse("web:filling"))],
            title=name,
            name=name,
            content=base64.b64encode(data).decode(),
            tables_read=[_table(proposal, labels) for proposal in proposals],
            meanings=sorted(labels.values()),
            **asking_form(self, "", options),
            programmes_offered=programmes_for(self.actor),
            **context,
        )


class MappingForget(ScopedPage):
    """Delete a remembered mapping."""

    permission = Permission.EXPORT
    here = "web:reports"

    def post(self, request: HttpRequest, mapping_id: int) -> HttpResponse:
        try:
            mapping = selectors.mapping_kept(self.actor, mapping_id)
        except XieshouError as unknown:
            raise Http404 from unknown
        forget(by=self.actor, mapping=mapping)
        return HttpResponseRedirect(reverse("web:filling"))


def _trail() -> list[tuple[str, str]]:
    return [(pgettext("导航", "报告"), reverse("web:reports"))]


def _blank_of(request: HttpRequest) -> tuple[str, bytes]:
    """The file, as it came or as it travels with the form. Raises: NothingUploaded, BlankRefused."""
    if "content" not in request.POST:
        file = uploaded(request, "file")
        if (file.size or 0) > MOST_HERE:
            raise BlankRefused(_("空表超过 1.5 MB，请在命令行用 xieshou fill 填。"))
        return file.name or "", file.read()
    try:
        return request.POST.get("name", ""), base64.b64decode(request.POST["content"], validate=True)
    except (binascii.Error, ValueError) as damaged:
        raise BlankRefused(_("上传的空表已失效；请重新上传。")) from damaged


def _choices(request: HttpRequest) -> Choices:
    """What the person says of each line: `c.<fingerprint>.<index>`, `r.<fingerprint>.<index>`."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for field, value in request.POST.items():
        part, _dot, rest = field.partition(".")
        print_, _dot, index = rest.partition(".")
        if part in ("c", "r") and index.isdecimal():
            table = found.setdefault(print_, {"columns": {}, "rows": {}})
            meaning = re.search(r"\[([^\[\]]+)\]\s*$", str(value))
            table["columns" if part == "c" else "rows"][index] = meaning[1] if meaning else ""
    return found


def _labels(known: Catalogue) -> dict[str, str]:
    """Each meaning as text → what the field shows of it, the meaning in brackets at its end."""
    figures = {figure.key: figure for figure in known.figures}
    labels = {str(role): f"{words} [{role}]" for role, words in ROLES.items()}
    for meaning in known.meanings():
        ask = meaning.means
        if isinstance(ask, Ask) and ask.key in figures:
            figure = figures[ask.key]
            part = figure.categories.get(ask.category, ask.category)
            word = meaning.words[0] if ask.source else str(part)
            labels.setdefault(str(ask), f"{figure.name}{f'·{word}' if word else ''} [{ask}]")
    return labels


def _table(proposal: Proposal, labels: Mapping[str, str]) -> dict[str, Any]:
    lines = [("c", line) for line in proposal.columns] + [("r", line) for line in proposal.rows]
    return {"proposal": proposal, "lines": [_line(proposal, part, line, labels) for part, line in lines]}


def _line(proposal: Proposal, part: str, line: Line, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "field": f"{part}.{proposal.fingerprint}.{line.index}",
        "where": line.letter if part == "c" else str(line.index + 1),
        "line": line,
        "label": labels.get(str(line.means), str(line.means)),
        "rivals": [labels.get(str(each), str(each)) for each in line.rivals],
    }
