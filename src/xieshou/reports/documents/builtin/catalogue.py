"""The templates that come with the system: a plain list, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from xieshou.reports.documents.builtin import annual, county_sheet, monthly, quarterly
from xieshou.reports.documents.builtin.matter import Matter
from xieshou.reports.documents.document import Block
from xieshou.reports.documents.errors import ReportUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template of a report.

    name, about: for the person who picks one, in their language. period: year, quarter or month, the longest that one
    report is about. needs_place: it says nothing without a place. compact: on one page.
    title, blocks: from the matter to the text.
    """

    key: str
    name: StrOrPromise
    about: StrOrPromise
    title: Callable[[Matter], str]
    blocks: Callable[[Matter], list[Block]]
    period: str = "year"
    needs_place: bool = False
    compact: bool = False


TEMPLATES: list[Template] = [
    Template(
        key="annual",
        name=gettext_lazy("年度案例"),
        about=gettext_lazy("一个单位一年的计划与完成：合计、分县、来源与用途，文字、表和图。"),
        title=annual.title,
        blocks=annual.blocks,
    ),
    Template(
        key="county",
        name=gettext_lazy("一县一页"),
        about=gettext_lazy("一个县一年得到的帮扶，一页纸。"),
        title=county_sheet.title,
        blocks=county_sheet.blocks,
        needs_place=True,
        compact=True,
    ),
    Template(
        key="quarterly",
        name=gettext_lazy("季度项目资金情况表"),
        about=gettext_lazy("全年计划、本季度、年初至今，分地区、分类别。"),
        title=quarterly.title,
        blocks=quarterly.blocks,
        period="quarter",
    ),
    Template(
        key="monthly",
        name=gettext_lazy("责任指标月度完成情况表"),
        about=gettext_lazy("各单位的目标、完成、完成率、序时进度、差额。"),
        title=monthly.title,
        blocks=monthly.blocks,
        period="month",
    ),
]


def template_named(text: str) -> Template:
    """The template with this key, or name in the language in use. Raises: ReportUnknown, naming those there are."""
    for template in TEMPLATES:
        if text.strip() in (template.key, str(template.name)):
            return template
    known = "、".join(f"{template.key}（{template.name}）" for template in TEMPLATES)
    raise ReportUnknown(
        _("没有名为“%(name)s”的报告模板；可用的模板：%(known)s。") % {"name": text, "known": known}, name=text
    )
