"""Evidence (佐证材料): the stamped scan of a table, kept beside its batch under its hash as originals are."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.common.formats import file_size
from xieshou.common.scoping import Actor
from xieshou.intake import originals, selectors
from xieshou.intake.errors import BatchNotReady, Classified, EvidenceRefused
from xieshou.intake.kinds import MIB
from xieshou.intake.models import Batch, Evidence
from xieshou.intake.rules import OPEN_STATES, classified_name

MOST_BYTES = 20 * MIB  # some twenty scanned pages
MOST_FILES = 20
_HEAD = 1024  # a PDF may begin with a few bytes of its printer's
_IMAGES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def attach_evidence(*, by: Actor, batch: Batch, path: Path, name: str) -> Evidence:
    """Keep a scan beside a batch; the same file is kept once. Those who may change the batch may, at any time.

    Raises: EvidenceRefused, for what is no PDF, JPEG or PNG by its content, too large or one too many; Classified;
    NotPermitted.
    """
    selectors.demand_may_change(by, batch)
    name = "".join(character for character in name if character.isprintable())[-255:]
    if mark := classified_name(name):
        raise Classified(_("文件名标有“%(mark)s”：本系统不处理涉密信息，文件未保存；请改走涉密渠道。") % {"mark": mark})
    if path.stat().st_size > MOST_BYTES:
        raise EvidenceRefused(
            _("文件有 %(size)s，最多 %(most)s；请降低扫描分辨率，或分成几个文件。")
            % {"size": file_size(path.stat().st_size), "most": file_size(MOST_BYTES)}
        )
    media_type = _media_type(path)
    with transaction.atomic():
        if batch.evidence.count() >= MOST_FILES:
            raise EvidenceRefused(_("一个批次最多附 %(most)s 份佐证材料；请合并成一个文件。") % {"most": MOST_FILES})
        original = originals.keep(by=by, path=path, name=name)
        kept, _created = Evidence.objects.get_or_create(
            batch=batch,
            original=original,
            defaults={"name": name, "media_type": media_type, "added_by_id": by.user_id},
        )
    return kept


def remove_evidence(*, by: Actor, evidence: Evidence) -> None:
    """Take a scan off a batch that is still open; the file goes too unless something else stands on it."""
    selectors.demand_may_change(by, evidence.batch)
    if evidence.batch.state not in OPEN_STATES:
        raise BatchNotReady(_("批次已经提交或入账，佐证材料只能补，不能去掉。"), batch=evidence.batch.pk)
    original = evidence.original
    evidence.delete()
    originals.erase(original)


def evidence_of(batch: Batch) -> QuerySet[Evidence]:
    """The scans of a batch, the oldest first."""
    return batch.evidence.select_related("original", "added_by").order_by("pk")


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"%PDF-" in head:
        return "application/pdf"
    for mark, media_type in _IMAGES:
        if head.startswith(mark):
            return media_type
    raise EvidenceRefused(_("只收 PDF、JPG、PNG 的扫描件或照片；这个文件的内容不是。"))
