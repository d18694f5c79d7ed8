"""`xieshou duties`: who has reported, who has not, and the text that reminds."""

from datetime import date
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.expectations import expected_under
from xieshou.catalogue.forms import known_bindings
from xieshou.cli.bilingual import bilingual
from xieshou.cli.errors import DutyUnknown
from xieshou.cli.session import Session, with_session
from xieshou.cli.tables import table
from xieshou.common import formats
from xieshou.common.scoping import Actor
from xieshou.intake import duties
from xieshou.intake.deadlines import STAND_NAMES, current
from xieshou.intake.duties import Line, Standing
from xieshou.intake.models import ReportingDuty

_COUNTS = ("expected", "reported", "other", "missing", "returned", "overdue")


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--period", metavar="D", default="", help=bilingual("报告期的最后一天，如 2011-12-31；缺省为当前一期"))
@click.option("--open", "only_open", is_flag=True, help=bilingual("只列未报、退回和逾期的"))
@click.option("--remind", is_flag=True, help=bilingual("只输出催报的话"))
@with_session()
def command(session: Session, number: int | None, period: str, only_open: bool, remind: bool) -> None:
    """Without NUMBER every duty in its current period; with it, one line for each expected report."""
    actor = session.acting(Permission.VIEW_RECORDS)
    today = timezone.localdate()
    if number is None:
        found = [
            one for duty in ReportingDuty.objects.for_actor(actor).order_by("pk") if (one := _now(actor, duty, today))
        ]
        heads = [
            _("编号"),
            _("任务"),
            _("报告期"),
            _("截止日期"),
            _("应报"),
            _("已报"),
            _("名称不同"),
            _("未报"),
            _("退回"),
            _("逾期"),
        ]
        rows = [
            [str(one.duty.pk), one.duty.name, _period(one), formats.day(one.due_on), *_counted(one)] for one in found
        ]
        session.answer([_as_json(one, ()) for one in found], table(heads, rows, numbers=range(4, 10)))
        return
    standing = _named(actor, number, period, today)
    lines = [line for line in standing.lines if line.is_open or not only_open]
    if remind:
        words = duties.reminder(standing, lines, form=_form(standing.duty.form_key))
        session.answer({"text": words}, words or _("没有要催的。"))
        return
    heads = [_("单位"), _("地区"), _("状态"), _("报送时间")]
    shown = [
        [one.expected.party, one.expected.place, str(STAND_NAMES[one.stand]), formats.moment(one.handed_in_at)]
        for one in lines
    ]
    session.answer(_as_json(standing, lines), table(heads, shown))


def _now(actor: Actor, duty: ReportingDuty, today: date) -> Standing | None:
    period = current(duties.periods_of(duty, today), duty.due_days, today)
    if period is None:
        return None
    return duties.standing(duty, period, expected_under(actor, duty, period.last), today=today)


def _named(actor: Actor, number: int, period: str, today: date) -> Standing:
    duty = ReportingDuty.objects.for_actor(actor).filter(pk=number).first()
    if duty is None:
        raise DutyUnknown(_("没有编号为 %(number)s 的上报任务；不带编号运行可以列出全部。") % {"number": number})
    if not period:
        found = _now(actor, duty, today)
        if found is None:
            raise DutyUnknown(_("这个任务的第一个报告期还没有到。"))
        return found
    known = {one.key: one for one in duties.periods_of(duty, today)}
    if period not in known:
        raise DutyUnknown(
            _("这个任务没有止于 %(period)s 的报告期；最近的有：%(periods)s。")
            % {"period": period, "periods": "、".join(list(known)[:5])}
        )
    expected = expected_under(actor, duty, known[period].last)
    return duties.standing(duty, known[period], expected, today=today)


def _as_json(standing: Standing, lines: Any) -> dict[str, Any]:
    return {
        "duty": standing.duty.pk,
        "name": standing.duty.name,
        "form": standing.duty.form_key,
        "period": [standing.period.first, standing.period.last],
        "due_on": standing.due_on,
        "counts": standing.counts,
        "lines": [_line_as_json(line) for line in lines],
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        "party": line.expected.party,
        "place": line.expected.place,
        "place_code": line.expected.place_code,
        "stand": line.stand,
        "late": line.late,
        "other": line.other,
        "batch": line.batch,
        "handed_in_at": line.handed_in_at,
    }


def _counted(standing: Standing) -> list[str]:
    counts = standing.counts
    return [f"{counts[key]:,}" for key in _COUNTS]


def _period(standing: Standing) -> str:
    return formats.period(standing.period.first, standing.period.last)


def _form(key: str) -> str:
    return next((binding.form.label for binding in known_bindings() if binding.form.key == key), key)
