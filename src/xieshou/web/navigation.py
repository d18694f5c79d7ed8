"""What the frame offers, in its order: one plain list."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xieshou.access.rules import Permission, may
from xieshou.common.scoping import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the frame.

    key: the letter that goes there after `g`. on_phone: one of the four that stand in the bottom bar beside 更多.
    scoped: its address carries the scope of the frame. gap: a line stands above it.
    """

    key: str
    route: str
    title: str | Promise
    icon: str
    permission: Permission
    on_phone: bool = False
    scoped: bool = False
    gap: bool = False


ITEMS = (
    Item("h", "web:home", _("总览"), "home", Permission.VIEW_PARTIES, on_phone=True, scoped=True),
    Item("f", "web:figures", _("指标"), "figures", Permission.VIEW_FIGURES, on_phone=True, scoped=True),
    Item("l", "web:ledger", _("台账"), "ledger", Permission.VIEW_LEDGER, on_phone=True, scoped=True),
    Item("i", "web:imports", _("数据导入"), "import", Permission.DRAFT_IMPORT, on_phone=True),
    Item("r", "web:reports", pgettext_lazy("导航", "报告"), "file", Permission.VIEW_FIGURES, scoped=True),
    Item("a", "web:audits", _("报告审核"), "check", Permission.VIEW_FIGURES),
    Item("d", "web:duties", _("上报情况"), "inbox", Permission.VIEW_RECORDS),
    Item("b", "web:doubles", _("疑似重复"), "scope", Permission.ACCEPT_BATCH),
    Item("p", "web:places", pgettext_lazy("导航", "地区"), "places", Permission.VIEW_PLACES, gap=True),
    Item("u", "web:parties", _("单位"), "parties", Permission.VIEW_PARTIES),
    Item("t", "web:tasks", _("任务"), "tasks", Permission.DRAFT_IMPORT, gap=True),
    Item("s", "web:settings", _("设置"), "settings", Permission.VIEW_PARTIES),
    Item("?", "web:help", _("帮助"), "help", Permission.VIEW_PLACES),
)


def items_for(actor: Actor) -> list[Item]:
    """What the actor may open."""
    return [item for item in ITEMS if may(actor, item.permission)]
