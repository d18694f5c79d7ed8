"""Which periods a reporting duty has, and by when each is due. No database, no clock.

Source: docs/rules/intake.md, section Duties.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Fifty years of months: a duty that somebody set to begin in 1900 by mistake must not fill the page.
MOST_PERIODS = 600
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


class Stand(StrEnum):
    """How an expected report stands (上报状态)."""

    ACCEPTED = "accepted"  # in the books
    SUBMITTED = "submitted"  # handed in, not accepted yet
    OTHER = "other"  # the place was reported, but by a unit of another name
    RETURNED = "returned"  # sent back and not handed in again
    MISSING = "missing"  # nothing yet
    OVERDUE = "overdue"  # nothing yet, and the day has passed


STAND_NAMES: dict[Stand, str | Promise] = {
    Stand.ACCEPTED: _("已采纳"),
    Stand.SUBMITTED: _("已报待采纳"),
    Stand.OTHER: _("单位名称不同"),
    Stand.RETURNED: _("已退回"),
    Stand.MISSING: _("未报"),
    Stand.OVERDUE: _("逾期未报"),
}


@dataclass(frozen=True, slots=True, order=True)
class ReportPeriod:
    """A period that is reported (报告期), both days belonging to it."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """How an address or a command names it: its last day."""
        return self.last.isoformat()


def periods(rule: str, starts_on: date, ends_on: date | None, *, until: date) -> list[ReportPeriod]:
    """The periods of a duty that have begun by a day, the latest first.

    Args:
        rule: monthly, quarterly, yearly or once. starts_on: a day of the first period. ends_on: no period begins after
        it; of `once`, the last day of its only period.
    """
    if rule == "once":
        return [ReportPeriod(starts_on, ends_on or starts_on)] if starts_on <= until else []
    last = min(until, ends_on) if ends_on else until
    begun = _following(rule, starts_on)
    found = [period for period in islice(begun, MOST_PERIODS) if period.first <= last]
    return sorted(found, reverse=True)


def period_holding(rule: str, day: date) -> ReportPeriod:
    """The month, quarter or year in which a day lies."""
    months = _MONTHS[rule]
    return _spanning(day.year, (day.month - 1) // months * months, months)


def due_on(period: ReportPeriod, due_days: int) -> date:
    """The last day on which the report of a period is in time (截止日期)."""
    return period.last + timedelta(days=due_days)


def current(of: list[ReportPeriod], due_days: int, today: date) -> ReportPeriod | None:
    """The period that is asked about now: the latest that has ended, else the one that runs."""
    return next((period for period in of if period.last < today), of[0] if of else None)


def _following(rule: str, day: date) -> Iterator[ReportPeriod]:
    period = period_holding(rule, day)
    while period.last < date.max - timedelta(days=366):
        yield period
        period = period_holding(rule, period.last + timedelta(days=1))


def _spanning(year: int, months_before: int, months: int) -> ReportPeriod:
    end = months_before + months
    next_first = date(year + end // 12, end % 12 + 1, 1)
    return ReportPeriod(date(year, months_before + 1, 1), next_first - timedelta(days=1))
