"""Verbs of kept templates: keep a version, take a template away."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Actor
from xieshou.reports.documents.errors import TemplateWrong
from xieshou.reports.documents.models import WordTemplate
from xieshou.reports.documents.word_templates.services import check_template

TRIES = 5


def keep_template(*, by: Actor, name: str, data: bytes) -> WordTemplate:
    """Keep a Word template, as the next version of its name; the file as it stands is not kept twice.

    Args:
        name: the file's name or the template's; an ending is left away.
    Raises: TemplateWrong, naming the paragraph, so that nothing unreadable is kept.
    """
    title = (PurePath(name).stem if name.lower().endswith((".docx", ".dotx")) else name).strip()[:120]
    if not title:
        raise TemplateWrong(_("模板要有名称。"))
    if not check_template(data):
        raise TemplateWrong(_('文件里没有一处 {{ … }}，填不进数字；请写上例如 {{ 指标("fund.raised") }}。'))
    digest = hashlib.sha256(data).hexdigest()
    for _attempt in range(TRIES):
        newest: WordTemplate | None = WordTemplate.objects.filter(name=title).order_by("-version").first()
        if newest is not None and newest.sha256 == digest:
            return newest
        try:
            with transaction.atomic():
                return WordTemplate.objects.create(
                    name=title,
                    version=1 + (WordTemplate.objects.filter(name=title).aggregate(last=Max("version"))["last"] or 0),
                    content=data,
                    size=len(data),
                    sha256=digest,
                    uploaded_by_id=by.user_id,
                )
        except IntegrityError:  # somebody else kept that version at the same moment
            continue
    raise TemplateWrong(_("模板“%(name)s”正由别人上传；请稍后再试。") % {"name": title})


def delete_template(*, by: Actor, template: WordTemplate) -> int:
    """Take a template away with all its versions. Returns how many there were.

    Raises: NotPermitted, for one that somebody else uploaded, unless the actor acts for everything.
    """
    versions = WordTemplate.objects.filter(name=template.name)
    if not by.sees_everything and versions.exclude(uploaded_by_id=by.user_id).exists():
        raise NotPermitted(_("模板“%(name)s”有别人上传的版本；请由帮扶办删除。") % {"name": template.name})
    count, _by_model = versions.delete()
    return count
