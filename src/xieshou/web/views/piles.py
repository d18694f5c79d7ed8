"""A pile (一次上传): what was recognised in each of its files, and the office's decisions on many at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xieshou.access.rules import Permission
from xieshou.catalogue.forms import known_bindings
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor
from xieshou.common.tables import Column, Filter, Table
from xieshou.intake import piles
from xieshou.intake import services as intake
from xieshou.intake.models import Batch, Pile, PileMember
from xieshou.web import jobs, progress
from xieshou.web.pages import Page
from xieshou.web.tones import STATE_TONES

MOST_AT_ONCE = 5_000
RECENT = 5
_DOUBTFUL = piles.IS_OPEN & ~piles.IS_READY
_UNRECOGNISED = Q(state=PileMember.State.FAILED, code="form_not_recognised")
# What becomes of the members, in the order in which a person works through them.
STANDINGS: dict[str, tuple[Any, Q]] = {
    "ready": (gettext_lazy("可采纳"), piles.IS_READY),
    "doubtful": (gettext_lazy("要看一看"), _DOUBTFUL),
    "unrecognised": (gettext_lazy("不认得"), _UNRECOGNISED),
    "failed": (gettext_lazy("读不了"), Q(state=PileMember.State.FAILED) & ~_UNRECOGNISED),
    "returned": (gettext_lazy("已退回"), Q(batch__state=Batch.State.RETURNED)),
    "accepted": (gettext_lazy("已采纳"), Q(batch__state=Batch.State.ACCEPTED)),
    "other": (
        gettext_lazy("没有读"),
        Q(state__in=(PileMember.State.OTHER, PileMember.State.DUPLICATE, PileMember.State.UNPACKED)),
    ),
    "waiting": (gettext_lazy("等待读取"), Q(state=PileMember.State.WAITING)),
}


def standing_of(member: PileMember) -> tuple[str, str]:
    """Tone and word of what became of a member."""
    batch = member.batch
    if member.state != PileMember.State.READ:
        tones = {"failed": "red", "other": "", "duplicate": "amber", "waiting": "blue", "unpacked": ""}
        word = _("不认得") if member.code == "form_not_recognised" else member.get_state_display()
        return tones[member.state], word
    if batch is None:
        return "", _("已去掉")
    if batch.state in piles.UNDECIDED:
        return ("amber", _("要看一看")) if _needs_a_look(member, batch) else ("green", _("可采纳"))
    return STATE_TONES[Batch.State(batch.state)], batch.get_state_display()


def _needs_a_look(member: PileMember, batch: Batch) -> bool:
    return bool(
        not batch.accepted or batch.rejected or batch.doubtful or batch.duplicates or batch.message or member.question
    )


def said_of(member: PileMember) -> str:
    """What is to be said about a member in a line: why it was refused, what is asked, what is doubtful."""
    batch = member.batch
    if batch is None or member.message:
        return member.message
    told = [batch.message, member.question] if batch.state != Batch.State.ACCEPTED else []
    return " ".join(words for words in told if words)


def form_of(member: PileMember) -> str:
    """The name of the form, as `PileTable.prepare` has hung it on the member."""
    return str(getattr(member, "form_label", "") or "–")


def file_name(member: PileMember) -> str:
    return f"{member.name} · {member.sheet} {member.table}".rstrip() if member.sheet else member.name


def period_of(member: PileMember) -> str:
    batch = member.batch
    if batch is None:
        return "–"
    if batch.basis == Batch.Basis.CUMULATIVE and batch.as_of:
        return _("累计至 %(day)s") % {"day": batch.as_of.isoformat()}
    return formats.period(batch.period_from, batch.period_to) if batch.period_to else "–"


def unit_of(member: PileMember) -> str:
    """The unit that hands the table in, else the units that its rows name."""
    if member.batch is not None and member.batch.party is not None:
        return str(member.batch.party.name)
    return member.units or "–"


def _count(field: str) -> Any:
    return lambda member: getattr(member.batch, field) if member.batch and member.batch.evaluation else ""


class PileTable(Table):
    name = gettext_lazy("一次上传")  # type: ignore[assignment]
    columns = (
        Column(
            "file",
            gettext_lazy("文件"),
            file_name,
            sort=("name", "position"),
            main=True,
            wide=True,
            component="web/piles/file.html",
            export=file_name,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            standing_of,
            sort=("state", "batch__state", "batch__rejected", "batch__doubtful"),
            main=True,
            component="web/parts/state.html",
            export=lambda member: standing_of(member)[1],
        ),
        Column(
            "form",
            gettext_lazy("表样"),
            form_of,
            sort=("batch__form_key",),
            component="web/piles/form.html",
            beneath=True,
        ),
        Column(
            "score",
            gettext_lazy("吻合"),
            lambda member: "" if member.score is None else member.score,
            sort=("score",),
            number=True,
            unit="%",
        ),
        Column("period", gettext_lazy("期间"), period_of, sort=("batch__period_to", "batch__as_of"), beneath=True),
        Column(
            "unit",
            gettext_lazy("报送单位"),
            unit_of,
            sort=("batch__party__name", "units"),
        ),
        Column("rows", gettext_lazy("行数"), _count("rows"), sort=("batch__rows",), number=True),
        Column("accepted", gettext_lazy("可入账"), _count("accepted"), sort=("batch__accepted",), number=True),
        Column("rejected", gettext_lazy("退回行"), _count("rejected"), sort=("batch__rejected",), number=True),
        Column("doubtful", gettext_lazy("存疑"), _count("doubtful"), sort=("batch__doubtful",), number=True),
        Column("duplicates", gettext_lazy("重复"), _count("duplicates"), sort=("batch__duplicates",), number=True),
    )
    filters = (
        Filter(
            "show",
            gettext_lazy("状态"),
            lambda rows, value: rows.filter(STANDINGS[value][1]) if value in STANDINGS else rows,
            choices=[(key, words) for key, (words, _condition) in STANDINGS.items()],
        ),
    )
    search = ("name", "units", "batch__party__name")
    search_hint = gettext_lazy("文件名、单位")
    selectable = True
    empty_title = gettext_lazy("这次上传里没有文件")
    empty_hint = gettext_lazy("压缩包是空的，或者里面都是系统自带的文件；请换一个再拖。")

    def __init__(self, rows: QuerySet[PileMember], address: QueryDict, *, may_teach: bool) -> None:
        super().__init__(rows, address)
        self.may_teach = may_teach

    def prepare(self, rows: list[Any]) -> Mapping[str, Any] | None:
        labels = {binding.form.key: binding.form.label for binding in known_bindings()}
        for member in rows:
            key = member.batch.form_key if member.batch else ""
            member.form_label = labels.get(key, key)
            member.said = said_of(member)
            member.teach = teaching_of(member) if self.may_teach else ""
        return None


def teaching_of(member: PileMember) -> str:
    """Where an unrecognised table is taught, "" when it was recognised."""
    if member.batch is None or member.code != "form_not_recognised":
        return ""
    return reverse("web:teach-batch", args=[member.batch.pk])


class PilePage(Page):
    """Base of the pages of one pile that the actor may see."""

    permission = Permission.DRAFT_IMPORT
    here = "web:imports"

    def load(self, pile_id: int) -> Pile:
        found: Pile | None = piles.piles_for(self.actor).filter(pk=pile_id).select_related("created_by").first()
        if found is None:
            raise Http404
        return found

    def back(self, pile: Pile) -> HttpResponse:
        query = self.request.POST.get("query", "")
        return HttpResponseRedirect(f"{reverse('web:pile', args=[pile.pk])}{query if query.startswith('?') else ''}")


class PileView(PilePage):
    """The files of a pile, what waits to be decided, and how far the reading is."""

    template_name = "web/piles/pile.html"

    def get(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        piles.ask_again(self.actor, pile)
        table = PileTable(self.members(pile), request.GET, may_teach=self.may(Permission.TEACH_FORMS))
        if request.GET.get("export"):
            return table.export(request.GET["export"])
        ready = piles.ready(pile).count() if self.may(Permission.ACCEPT_BATCH) else 0
        return self.show(
            title=pile.name,
            trail=[(_("数据导入"), reverse("web:imports"))],
            pile=pile,
            table=table,
            query=table.address_with(),
            counts=counts(pile),
            chosen=request.GET.get("show", ""),
            ready=ready,
            accept_words=ngettext("采纳可采纳的 %(count)s 份", "采纳可采纳的 %(count)s 份", ready)
            % {"count": f"{ready:,}"},
            may_accept=self.may(Permission.ACCEPT_BATCH),
            may_see_duties=self.may(Permission.VIEW_RECORDS),
            **working(pile),
        )

    def members(self, pile: Pile) -> QuerySet[PileMember]:
        return (
            pile.members.select_related("batch__original", "batch__party")
            .exclude(state=PileMember.State.UNPACKED, message="")
            .order_by("position", "pk")
        )


def counts(pile: Pile) -> list[dict[str, Any]]:
    """How many members stand where, those of which there are none left out. One query for each."""
    found = []
    for key, (words, condition) in STANDINGS.items():
        count = pile.members.filter(condition).exclude(state=PileMember.State.UNPACKED, message="").count()
        if count:
            found.append({"key": key, "words": words, "count": count})
    return found


def working(pile: Pile) -> dict[str, Any]:
    """The job of the pile, if one is open, and how far it is."""
    key = progress.pile_key(pile.pk)
    waiting = pile.members.filter(state=PileMember.State.WAITING).count()
    return {
        "job": jobs.open_pile_job(pile),
        "standing": progress.standing(key),
        "is_stopping": progress.is_asked_to_stop(key),
        "waiting": waiting,
        "done": pile.members.exclude(state=PileMember.State.WAITING).count(),
    }


class PileProgress(PilePage):
    """The part of the page that is asked for every second; when the work ends it sends the page on."""

    def get(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        now = working(pile)
        if now["job"] is None:
            return HttpResponse(headers={"HX-Redirect": reverse("web:pile", args=[pile.pk])})
        return self.show("web/piles/progress.html", pile=pile, **now)


class PileStop(PilePage):
    """Stop reading or accepting behind the file at hand; what was done stays."""

    def post(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        if jobs.open_pile_job(pile) is not None:
            progress.ask_to_stop(progress.pile_key(pile.pk))
        return self.back(pile)


class PileContinue(PilePage):
    """Read what still waits, or throw it away."""

    def post(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        if request.POST.get("step") == "discard":
            if jobs.open_pile_job(pile) is None:
                piles.discard_waiting(by=self.actor, pile=pile)
        else:
            jobs.start_reading_pile(by=self.actor, pile=pile)
        return self.back(pile)


class PileSubmit(PilePage):
    """Hand in every table of the pile that needs no look: what a clerk's unit brings."""

    def post(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        drafts = Batch.objects.filter(pile_member__in=piles.ready(pile), state=Batch.State.DRAFT)
        for batch in drafts[:MOST_AT_ONCE]:
            try:
                intake.submit_batch(by=self.actor, batch=batch)
            except XieshouError as refusal:
                messages.error(request, f"{batch.original.name}：{refusal.message}")
        return self.back(pile)


class PileSteps(PilePage):
    """Accept all that is ready, accept the selected, or send the selected back with one comment."""

    permission = Permission.ACCEPT_BATCH

    def post(self, request: HttpRequest, pile_id: int) -> HttpResponse:
        pile = self.load(pile_id)
        chosen = [number for text in request.POST.getlist("selected")[:MOST_AT_ONCE] if (number := key_in(text))]
        if request.POST.get("export"):
            return HttpResponseRedirect(self._exported(pile, chosen))
        step = request.POST.get("step")
        if step == "ready":
            jobs.start_accepting_pile(by=self.actor, pile=pile)
        elif not chosen:
            messages.error(request, _("没有选中文件；请先在列表里勾选。"))
        elif step == "return":
            self._return(pile, chosen)
        else:
            jobs.start_accepting_pile(by=self.actor, pile=pile, members=chosen)
        return self.back(pile)

    def _return(self, pile: Pile, chosen: list[int]) -> None:
        try:
            returned, refusals = piles.send_back(
                by=self.actor, pile=pile, members=chosen, comment=self.request.POST.get("comment", "")
            )
        except XieshouError as refusal:
            messages.error(self.request, refusal.message)
            return
        if not returned and not refusals:
            messages.error(self.request, _("选中的文件没有可以退回的表。"))
        if returned:
            messages.info(
                self.request,
                ngettext("退回了 %(count)s 份。", "退回了 %(count)s 份。", len(returned)) % {"count": len(returned)},
            )
        for each in refusals:
            messages.error(self.request, each.message)

    def _exported(self, pile: Pile, chosen: list[int]) -> str:
        query = QueryDict(self.request.POST.get("query", "").removeprefix("?"), mutable=True)
        query.setlist("selected", [str(number) for number in chosen])
        query["export"] = "xlsx"
        return f"{reverse('web:pile', args=[pile.pk])}?{query.urlencode()}"


def recent_piles(actor: Actor) -> QuerySet[Pile]:
    """The latest piles of the actor, for the page on which files are dropped."""
    return piles.piles_for(actor).select_related("created_by").order_by("-pk")[:RECENT]


def is_pile(files: list[UploadedFile[bytes]]) -> bool:
    """Whether what was dropped is more than one workbook."""
    return len(files) > 1 or (len(files) == 1 and PurePosixPath(files[0].name or "").suffix.lower() == ".zip")


def begin(by: Actor, files: list[UploadedFile[bytes]], paths: str) -> Pile:
    """Put the dropped files aside and queue their reading.

    Args:
        paths: JSON list of the names with their folders, in the order of the files, as a dropped folder gives them.
    """
    names = _names(files, paths)
    with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
        given = []
        for number, (name, file) in enumerate(zip(names, files, strict=True)):
            path = Path(folder) / str(number)
            with path.open("wb") as target:
                for part in file.chunks():
                    target.write(part)
            given.append((name, path))
        pile = piles.begin_pile(by=by, files=given)
    jobs.start_reading_pile(by=by, pile=pile)
    return pile


def _names(files: list[UploadedFile[bytes]], paths: str) -> list[str]:
    """The names as dropped; the folders count only where they belong to just these files."""
    plain = [PurePosixPath(file.name or "").name for file in files]
    try:
        told = json.loads(paths) if paths else []
    except ValueError:
        return plain
    if not isinstance(told, list) or len(told) != len(plain):
        return plain
    return [
        path if isinstance(path, str) and PurePosixPath(path).name == name else name
        for path, name in zip(told, plain, strict=True)
    ]
