"""Piles (一次上传): many files brought in one go, each read for itself, so that none stops the others.

`begin_pile` puts the files aside; `read_pile`, run by one job, takes them in order. Every file that is done is noted at
once: a job that was killed or stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.common.errors import NotPermitted, XieshouError
from xieshou.common.scoping import Actor
from xieshou.intake import archives, comparisons, drafts, moves, originals, selectors, staging
from xieshou.intake.acceptance import accept_batch
from xieshou.intake.errors import BatchNotReady, Cancelled, Classified, IntakeError, UnsafeArchive
from xieshou.intake.forms import FormBinding
from xieshou.intake.kinds import MIB
from xieshou.intake.models import Batch, Pile, PileMember
from xieshou.intake.progress import Progress
from xieshou.intake.reported import write_pairs
from xieshou.intake.rules import classified_name

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".et"})
WAITING = PileMember.State.WAITING
UNDECIDED = (Batch.State.DRAFT, Batch.State.SUBMITTED)
_QUESTIONS_ASKED_AGAIN = 50


def piles_for(actor: Actor) -> QuerySet[Pile]:
    """The piles that the actor brought; an office that sees everything has all."""
    return Pile.objects.for_actor(actor) | Pile.objects.filter(created_by_id=actor.user_id)


def folder(pile: Pile) -> Path:
    """Where the files lie that still wait."""
    return Path(settings.HOME) / "piles" / str(pile.pk)


def begin_pile(*, by: Actor, files: Iterable[tuple[str, Path]], name: str = "") -> Pile:
    """Put files aside, to be read by `read_pile`; nothing is opened yet.

    Args:
        files: the name of each as the person knows it, with folders, and where it lies; it is copied.
        name: of the pile; without, that of its first file and how many more there are.
    """
    given = list(files)
    with transaction.atomic():
        pile = Pile.objects.create(created_by_id=by.user_id, name=_pile_name(name, given)[:255])
        target = folder(pile)
        try:
            target.mkdir(parents=True, mode=0o700)
            for position, (file_name, path) in enumerate(given, start=1):
                shutil.copyfile(path, target / str(position))
                _member(pile, position, file_name, file=str(position)).save()
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    return pile


def read_pile(*, by: Actor, pile: Pile, bindings: Sequence[FormBinding], progress: Progress | None = None) -> Pile:
    """Read what still waits, one file after the other; `progress` is told of files.

    A file that is refused says why and the next one follows. Reads the same file twice in no pile: the second is named
    as a duplicate of the first.
    Raises: Cancelled, when `progress` does; what was read by then stays.
    """
    pile.refresh_from_db()
    demand_own(by, pile)
    folder(pile).mkdir(parents=True, exist_ok=True, mode=0o700)
    Pile.objects.filter(pk=pile.pk).update(stopped_at=None)
    waiting = pile.members.filter(state=WAITING).order_by("position", "pk")
    done = 0
    try:
        while (member := waiting.first()) is not None:
            tell = _Told(progress, done, pile)
            tell(done=0, left=None)
            _take(by, member, bindings, tell)
            done += 1
    except Cancelled:
        Pile.objects.filter(pk=pile.pk).update(stopped_at=timezone.now())
        raise
    finally:
        pile.refresh_from_db()
    shutil.rmtree(folder(pile), ignore_errors=True)
    return pile


def accept_pile(
    *,
    by: Actor,
    pile: Pile,
    bindings: Sequence[FormBinding],
    members: Iterable[int] | None = None,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Accept what is ready (全部采纳可采纳的), or the named members as far as they can be; each batch for itself.

    A refusal stands on its batch and the next one follows; what is in the books by then stays there.
    Returns: how many batches were accepted and how many refused.
    """
    pile.refresh_from_db()
    chosen = (
        pile.members.filter(pk__in=list(members), batch__state__in=UNDECIDED) if members is not None else ready(pile)
    )
    numbers = list(chosen.order_by("position", "pk").values_list("batch", flat=True))
    accepted = refused = 0
    for index, number in enumerate(numbers):
        if progress is not None:
            progress(done=index, left=len(numbers) - index)
        batch = Batch.objects.filter(pk=number, state__in=UNDECIDED).first()
        if batch is None:
            continue
        try:
            drafts.refresh(by=by, batch=batch, bindings=bindings)
            accept_batch(by=by, batch=batch, bindings=bindings)
            accepted += 1
        except XieshouError as refusal:
            Batch.objects.filter(pk=number, state__in=UNDECIDED).update(message=refusal.message)
            refused += 1
    return accepted, refused


def send_back(*, by: Actor, pile: Pile, members: Iterable[int], comment: str) -> tuple[list[Batch], list[IntakeError]]:
    """Send the batches of some members back with one comment; those sent back, and the refusals.

    What the office brought itself for a unit counts as handed in by it, so that the unit owes it again.
    Raises: NotPermitted; DecisionInvalid, without a comment.
    """
    returned: list[Batch] = []
    refusals: list[IntakeError] = []
    chosen = pile.members.filter(pk__in=list(members), batch__isnull=False).order_by("position", "pk")
    for member in chosen.select_related("batch__created_by", "batch__party"):
        assert member.batch is not None
        try:
            with transaction.atomic():
                _hand_in_for_its_unit(by, member.batch)
                returned.append(moves.return_batch(by=by, batch=member.batch, comment=comment))
        except BatchNotReady as refusal:
            refusals.append(refusal)
    return returned, refusals


def _hand_in_for_its_unit(by: Actor, batch: Batch) -> None:
    selectors.demand_may_settle(by, batch)
    if batch.state == Batch.State.DRAFT and selectors.is_handed_in(batch):
        write_pairs(batch)
        batch.submitted_at = timezone.now()
        batch.save(update_fields=["submitted_at"])
        moves.moved(batch, Batch.State.SUBMITTED, by, message="")


def discard_waiting(*, by: Actor, pile: Pile) -> int:
    """Throw away what still waits in a pile that was stopped; how many files that were."""
    demand_own(by, pile)
    with transaction.atomic():
        waiting = pile.members.filter(state=WAITING)
        for batch in Batch.objects.filter(pile_member__in=waiting, state=Batch.State.READING):
            moves.drop(batch)
        count, _by_model = waiting.delete()
    shutil.rmtree(folder(pile), ignore_errors=True)
    return count


def ready(pile: Pile) -> QuerySet[PileMember]:
    """The members that can be accepted without a look: no row went back or is doubtful, and nothing is asked."""
    return pile.members.filter(IS_READY)


IS_OPEN = Q(state=PileMember.State.READ, batch__state__in=UNDECIDED)
IS_READY = IS_OPEN & Q(
    batch__accepted__gt=0, batch__rejected=0, batch__doubtful=0, batch__duplicates=0, batch__message="", question=""
)


def demand_own(by: Actor, pile: Pile) -> None:
    """Raises: NotPermitted."""
    if not piles_for(by).filter(pk=pile.pk).exists():
        raise NotPermitted(_("这次上传不是您办的；请找经办人或帮扶办。"))


def ask_again(by: Actor, pile: Pile) -> None:
    """Bring the questions of the pile up to date with what people have answered on the batches since."""
    answered = pile.members.filter(IS_OPEN).exclude(batch__evaluation=F("evaluation"))
    explained = pile.members.filter(IS_OPEN, batch__choices__reason__isnull=False).exclude(question="")
    for member in (answered | explained).select_related("batch")[:_QUESTIONS_ASKED_AGAIN]:
        assert member.batch is not None
        member.question, member.evaluation = question_of(member.batch), member.batch.evaluation
        member.save(update_fields=["question", "evaluation"])


def question_of(batch: Batch) -> str:
    """What a person has to say before the batch can be accepted, "" when nothing is."""
    if not batch.evaluation:
        return ""
    summary = staging.summary(batch)
    if summary["missing"]:
        form = selectors.form_of(batch)
        labels = "、".join(form.column(key).label for key in summary["missing"])
        return _("缺少列：%(columns)s；请在批次里指定是哪一列。") % {"columns": labels}
    if drafts.needs_period(batch):
        return _("没有写明期间；请在批次里补上。")
    if summary["outcome"]["equal_rows"]:
        return _("有完全相同的行；请看是不是重复。")
    if batch.accepted and comparisons.compare(batch).needs_reason and not batch.choices.get("reason"):
        return _("累计数比以前少；请先写明原因。")
    return ""


def units_named(batch: Batch) -> str:
    """The units that the rows name, as written: one, or the first and how many there are."""
    if not batch.evaluation or not staging.rows_path(batch).exists():
        return ""
    form = selectors.form_of(batch)
    if not form.parties:
        return ""
    column = f"{form.parties[0].key}_as_written"
    found: dict[str, None] = {}
    for chunk in staging.chunks(staging.rows_path(batch), [column]):
        found |= dict.fromkeys(text for text in chunk.column(column).unique().to_pylist() if text)
    if len(found) < 2:
        return "".join(found)[:200]
    return _("%(first)s 等 %(count)s 个单位") % {"first": next(iter(found))[:150], "count": len(found)}


class _Told:
    """Tells of files where the engine tells of rows, so that somebody can stop in the middle of a large one."""

    def __init__(self, progress: Progress | None, done: int, pile: Pile) -> None:
        self._progress, self._done = progress, done
        self._left = pile.members.filter(state=WAITING).count() if progress is not None else 0

    def __call__(self, *, done: int, left: int | None) -> None:
        if self._progress is not None:
            self._progress(done=self._done, left=self._left)


def _take(by: Actor, member: PileMember, bindings: Sequence[FormBinding], tell: Progress) -> None:
    """One step: unpack an archive, or read a file."""
    path = folder(member.pile) / member.file
    try:
        if member.batch is None and not member.sheet:
            if marked := _classified(member.name):
                raise marked
            if _suffix(member.name) in archives.ARCHIVE_SUFFIXES - {".zip"}:
                raise UnsafeArchive(_("只能解开 .zip 压缩包；请改用 .zip 重新打包，或直接上传其中的工作簿。"))
            if archives.is_archive(path):
                _unpack(member, path)
                return
            if _names_an_earlier(member, path):
                path.unlink(missing_ok=True)
                return
        _read(by, member, path, bindings, tell)
    except Cancelled:
        raise
    except IntakeError as refusal:
        _refuse(member, refusal)
    if not member.sheet:
        path.unlink(missing_ok=True)


def _unpack(member: PileMember, path: Path) -> None:
    """Make each file of an archive a member of its own, behind the archive and before what follows it."""
    found = archives.entries(path)
    pile, inside = member.pile, PurePosixPath(member.name).stem
    members: list[PileMember] = []
    wanted: list[tuple[archives.Entry, Path]] = []
    for number, entry in enumerate(found, start=1):
        one = _member(pile, member.position, f"{inside}/{entry.name}", file=f"{member.file}-{number}")
        members.append(one)
        if entry.refusal is not None or not _may_be_a_workbook(entry.name):
            _say_refused(one, entry.refusal)
        elif marked := _classified(entry.name):
            _say_refused(one, marked)
        else:
            wanted.append((entry, folder(pile) / one.file))
    by_name = {one.file: one for one in members}
    for (_entry, target), (_same, refusal) in zip(wanted, archives.unpack(path, wanted), strict=True):
        if refusal is not None:
            _say_refused(by_name[target.name], refusal)
    with transaction.atomic():
        PileMember.objects.bulk_create(members, batch_size=500)
        member.state, member.file = PileMember.State.UNPACKED, ""
        member.message = "" if found else _("压缩包里没有文件。")
        member.save(update_fields=["state", "file", "message"])
    path.unlink(missing_ok=True)


def _names_an_earlier(member: PileMember, path: Path) -> bool:
    """Whether the same content came before in this pile; then it is named and not read again."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    member.sha256 = digest.hexdigest()
    earlier = (
        PileMember.objects.filter(pile_id=member.pile_id, sha256=member.sha256)
        .exclude(pk=member.pk)
        .order_by("position", "pk")
        .first()
    )
    if earlier is None:
        return False
    member.state, member.file = PileMember.State.DUPLICATE, ""
    member.message = _("与“%(name)s”内容完全相同，没有再读。") % {"name": earlier.name}
    member.save(update_fields=["sha256", "state", "file", "message"])
    return True


def _read(by: Actor, member: PileMember, path: Path, bindings: Sequence[FormBinding], tell: Progress) -> None:
    batch = member.batch or _begin(by, member, path)
    if batch.state == Batch.State.READING:
        try:
            batch = drafts.read_batch(by=by, batch=batch, bindings=bindings, progress=tell)
        except Cancelled:
            moves.drop(batch)
            raise
        except IntakeError:
            if not _may_be_a_workbook(member.name):
                moves.drop(batch)
            raise
    if batch.state == Batch.State.FAILED:
        member.state, member.message = PileMember.State.FAILED, batch.message
        member.save(update_fields=["state", "message"])
        return
    summary = staging.summary(batch)
    further = [] if member.sheet else [table for table in summary["tables"] if table["form_key"] and table["rows"] > 0]
    member.state, member.file, member.message = PileMember.State.READ, "", ""
    member.score, member.why = round(100 * summary["score"]), summary["reason"]
    member.units = units_named(batch)
    member.question, member.evaluation = question_of(batch), batch.evaluation
    with transaction.atomic():
        member.save()
        PileMember.objects.bulk_create(
            _member(
                member.pile,
                member.position,
                member.name,
                sha256=member.sha256,
                sheet=table["sheet"],
                table=table["area"].split(":")[0],
            )
            for table in further
        )


def _begin(by: Actor, member: PileMember, path: Path) -> Batch:
    """The batch of a member, noted with it at once: a job that comes again finds it instead of beginning another."""
    if member.sheet:
        path = originals.path_of(originals.named(member.sha256))
    with transaction.atomic():
        batch = drafts.begin_batch(
            by=by,
            path=path,
            name=PurePosixPath(member.name).name,
            sheet=member.sheet or None,
            table=member.table,
        )
        member.batch = batch
        member.save(update_fields=["batch", "sha256"])
    return batch


def _refuse(member: PileMember, refusal: IntakeError) -> None:
    _say_refused(member, refusal)
    if member.batch is not None and not Batch.objects.filter(pk=member.batch.pk).exists():
        member.batch = None
    member.save()


def _say_refused(member: PileMember, refusal: IntakeError | None) -> None:
    """Put down why a file was not taken in; without a refusal, or by its name, it is no workbook at all."""
    member.file = ""
    suspicious = (Classified, UnsafeArchive)
    if _may_be_a_workbook(member.name) or isinstance(refusal, suspicious):
        member.state = PileMember.State.FAILED
        member.code = refusal.code if refusal is not None else ""
        member.message = refusal.message if refusal is not None else ""
        return
    member.state = PileMember.State.OTHER
    member.message = _("不是工作簿，没有读；请上传 .xlsx、.xls、.ods 或 .csv。")


def _classified(name: str) -> Classified | None:
    """The refusal of a file whose name is marked."""
    mark = classified_name(name)
    if not mark:
        return None
    return Classified(_("文件名标有“%(mark)s”：本系统不处理涉密信息，文件未保存；请改走涉密渠道。") % {"mark": mark})


def _may_be_a_workbook(name: str) -> bool:
    return _suffix(name) in WORKBOOK_SUFFIXES or _suffix(name) == ".zip" or not _suffix(name)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _member(pile: Pile, position: int, name: str, **details: str) -> PileMember:
    shown = "".join(character for character in name if character.isprintable())
    return PileMember(pile=pile, position=position, name=shown[-400:], **details)


def _pile_name(name: str, files: Sequence[tuple[str, Path]]) -> str:
    if name:
        return name
    first = PurePosixPath(files[0][0]).name if files else ""
    if len(files) < 2:
        return first
    return _("%(first)s 等 %(count)s 个文件") % {"first": first, "count": len(files)}
