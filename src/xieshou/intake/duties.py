"""Reporting duties (上报任务): set one up, and how each expected report of a period stands (上报情况).

Who is expected comes in as a list of `Expected`: intake knows neither pairings nor what a party tree is for; see
`catalogue.expectations`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xieshou.access.rules import Permission, acting_with
from xieshou.common import formats
from xieshou.common.scoping import Actor
from xieshou.intake.deadlines import ReportPeriod, Stand, due_on, periods
from xieshou.intake.errors import DutyInvalid
from xieshou.intake.models import Batch, BatchComment, ReportedPair, ReportingDuty
from xieshou.intake.reported import answering, pairs_of
from xieshou.parties.models import JointMember, Party
from xieshou.places.rules import level_of_code, own_range

MOST_DUE_DAYS = 365
PLACES_IN_A_REMINDER = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """One report that is owed: by a unit, about a place, or both.

    party_id, place_code: None and "" where the duty does not name one.
    """

    party_id: int | None
    party: str
    place_code: str
    place: str


@dataclass(frozen=True, slots=True)
class Line:
    """An expected report and how it stands.

    batch: the batch that answers for it, None when there is none; handed_in_at: when that was last handed in or
    decided. late: it came in after the day. other: the unit by whose name the place was reported instead.
    """

    expected: Expected
    stand: Stand
    due_on: date
    batch: int | None = None
    handed_in_at: datetime | None = None
    late: bool = False
    other: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something about it (应催)."""
        return self.stand in (Stand.MISSING, Stand.OVERDUE, Stand.RETURNED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty in one period. counts: by `Stand`; expected = reported + other + returned + missing."""

    duty: ReportingDuty
    period: ReportPeriod
    due_on: date
    today: date
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """{expected, reported, other, returned, missing, overdue, late}; missing includes the overdue ones, and
        overdue counts the returned ones too whose day has passed."""
        stands = Counter(line.stand for line in self.lines)
        return {
            "expected": len(self.lines),
            "reported": stands[Stand.ACCEPTED] + stands[Stand.SUBMITTED],
            "other": stands[Stand.OTHER],
            "returned": stands[Stand.RETURNED],
            "missing": stands[Stand.MISSING] + stands[Stand.OVERDUE],
            "overdue": sum(line.is_open for line in self.lines) if self.today > self.due_on else 0,
            "late": sum(line.late for line in self.lines),
        }


def set_duty(
    *,
    by: Actor,
    name: str,
    form_key: str,
    rule: str,
    due_days: int,
    starts_on: date,
    ends_on: date | None = None,
    expects: str,
    party: Party | None = None,
    place_code: str = "",
    programme_id: int | None = None,
) -> ReportingDuty:
    """Announce who has to hand in which form by when.

    Args:
        rule: one of `ReportingDuty.Rule`. due_days: days after the last day of the period. starts_on: a day of the
        first period. ends_on: no period begins after it; of `once`, the last day of the only one.
        expects: one of `ReportingDuty.Expects`; a party tree needs `party`, places need `place_code`.
    Raises: NotPermitted; DutyInvalid, naming the field.
    """
    acting_with(by, Permission.ACCEPT_BATCH)
    refused = _refused(
        name=name.strip(),
        rule=rule,
        due_days=due_days,
        starts_on=starts_on,
        ends_on=ends_on,
        expects=expects,
        party=party,
        place_code=place_code,
    )
    for field, words in refused.items():
        raise DutyInvalid(words, field=field)
    return ReportingDuty.objects.create(
        name=name.strip(),
        form_key=form_key,
        rule=rule,
        due_days=due_days,
        starts_on=starts_on,
        ends_on=ends_on,
        expects=expects,
        party=party,
        place_code=place_code,
        programme_id=programme_id,
        created_by_id=by.user_id,
    )


def end_duty(*, by: Actor, duty: ReportingDuty) -> ReportingDuty:
    """Stop asking for it; what was reported stays. Raises: NotPermitted."""
    acting_with(by, Permission.ACCEPT_BATCH)
    if duty.ended_at is None:
        duty.ended_at, duty.ended_by_id = timezone.now(), by.user_id
        duty.save(update_fields=["ended_at", "ended_by"])
    return duty


def periods_of(duty: ReportingDuty, today: date) -> list[ReportPeriod]:
    """The periods of a duty that have begun, the latest first."""
    return periods(duty.rule, duty.starts_on, duty.ends_on, until=today)


def standing(duty: ReportingDuty, period: ReportPeriod, expected: Sequence[Expected], *, today: date) -> Standing:
    """How each expected report of a period stands.

    A report answers for a unit and place when a row of its names both; where the place alone agrees, it stands as
    `OTHER` with the unit that was named. An expected unit without a place is answered by a row of it or of a unit below
    it, or by a batch that it handed in; an expected place, by a row within it.
    Cost: about six queries, whatever the number of reports.
    """
    due = due_on(period, duty.due_days)
    batches = list(answering(duty.form_key, period))
    answers = _Answers(batches, expected)
    lines = tuple(_line(one, answers.to(one), due, today) for one in expected)
    return Standing(duty, period, due, today, lines)


def reminder(standing: Standing, lines: Iterable[Line], *, form: str, sender: str = "") -> str:
    """A text to copy for reminding (催报), grouped by unit; only what is still owed. Empty when nothing is."""
    owed = sorted((line for line in lines if line.is_open), key=lambda line: (line.expected.party, line.expected.place))
    if not owed:
        return ""
    words = {
        "form": form,
        "period": formats.period(standing.period.first, standing.period.last),
        "due": standing.due_on.isoformat(),
    }
    late = (standing.today - standing.due_on).days
    parts = [_("关于报送《%(form)s》（%(period)s）的提醒，截止日期 %(due)s。") % words]
    if late > 0:
        parts[0] = _("关于报送《%(form)s》（%(period)s）的提醒，截止日期 %(due)s，已逾期 %(days)s 天。") % (
            words | {"days": late}
        )
    for party, group in groupby(owed, key=lambda line: line.expected.party):
        parts.append(_owed_by(party, list(group)))
    parts.append(_("请尽快报送；退回的请按批注改好后重新提交。"))
    return "\n".join([*parts, *([sender] if sender else [])])


def _owed_by(party: str, lines: list[Line]) -> str:
    places = [
        _("%(place)s（已退回，待重报）") % {"place": line.expected.place or _("本单位")}
        if line.stand is Stand.RETURNED
        else line.expected.place
        for line in lines
    ]
    named = [place for place in places if place]
    shown = "、".join(named[:PLACES_IN_A_REMINDER])
    if len(named) > PLACES_IN_A_REMINDER:
        shown += _("等")
    if not party:
        return shown
    if not named:
        return party
    count = ngettext("%(count)s 份", "%(count)s 份", len(named)) % {"count": len(named)}
    return _("%(party)s：%(places)s（%(count)s）") % {"party": party, "places": shown, "count": count}


class _Answers:
    """The reported pairs of a period, found by unit and place."""

    def __init__(self, batches: Sequence[Batch], expected: Sequence[Expected]) -> None:
        self._reopened = _reopened(batches)
        batches = [batch for batch in batches if self._counts(batch)]
        self._batches = {batch.pk: batch for batch in batches}
        self._order = {batch.pk: position for position, batch in enumerate(batches)}
        pairs = [pair for of_batch in pairs_of(batches).values() for pair in of_batch]
        self._members = _members(pairs, expected)
        self._paths = _paths(pairs, batches, expected)
        self._by_place: defaultdict[str, list[ReportedPair]] = defaultdict(list)
        self._by_party: defaultdict[int, list[ReportedPair]] = defaultdict(list)
        for pair in pairs:
            self._by_place[pair.place_code].append(pair)
            if pair.party_id is not None:
                self._by_party[pair.party_id].append(pair)
        self._places = sorted(self._by_place)

    def _counts(self, batch: Batch) -> bool:
        """A draft answers for nothing, unless it is a returned batch that its unit is mending."""
        return batch.state != Batch.State.DRAFT or batch.pk in self._reopened

    def to(self, one: Expected) -> tuple[Batch, bool, str] | None:
        """The batch that answers, whether it was sent back, and by which other name; the best answer there is."""
        if one.party_id is not None and one.place_code:
            at_place = self._by_place.get(one.place_code, [])
            ours = [pair for pair in at_place if self._is_same(pair, one.party_id)]
            return self._best(ours) or self._best(at_place, other=True)
        if one.party_id is not None:
            return self._best_of_unit(one.party_id)
        return self._best(self._within(one.place_code))

    def _is_same(self, pair: ReportedPair, party_id: int) -> bool:
        """The unit itself, a joint party with it, or one of the members of a joint party that was expected."""
        if pair.party_id is None:
            return False
        return not self._members.get(pair.party_id, {pair.party_id}).isdisjoint(self._members.get(party_id, {party_id}))

    def _within(self, place_code: str) -> list[ReportedPair]:
        low, high = own_range(place_code, level_of_code(place_code))
        return [pair for code in self._places if low <= code < high for pair in self._by_place[code]]

    def _best_of_unit(self, party_id: int) -> tuple[Batch, bool, str] | None:
        path = self._paths.get(party_id, "")
        pairs = [
            pair
            for number, of_party in self._by_party.items()
            if number == party_id or (path and self._paths.get(number, "").startswith(path))
            for pair in of_party
        ]
        handed_in = [
            batch
            for batch in self._batches.values()
            if batch.party_id is not None and path and self._paths.get(batch.party_id, "").startswith(path)
        ]
        return self._best_batch({pair.batch_id for pair in pairs} | {batch.pk for batch in handed_in})

    def _best(self, pairs: Sequence[ReportedPair], *, other: bool = False) -> tuple[Batch, bool, str] | None:
        found = self._best_batch({pair.batch_id for pair in pairs})
        if found is None or not other:
            return found
        named = next(pair for pair in pairs if pair.batch_id == found[0].pk)
        return found[0], found[1], named.party_as_written or (named.party.name if named.party else "–")

    def _best_batch(self, numbers: set[int]) -> tuple[Batch, bool, str] | None:
        """An accepted one before one that was handed in, that before one that was sent back; of equals the latest."""
        rank = {Batch.State.ACCEPTED: 3, Batch.State.SUBMITTED: 2}
        known = [self._batches[number] for number in numbers if number in self._batches]
        if not known:
            return None
        best = max(known, key=lambda batch: (rank.get(Batch.State(batch.state), 1), self._order[batch.pk]))
        return best, best.state in (Batch.State.RETURNED, Batch.State.DRAFT), ""


def _line(one: Expected, answer: tuple[Batch, bool, str] | None, due: date, today: date) -> Line:
    if answer is None:
        return Line(one, Stand.OVERDUE if today > due else Stand.MISSING, due)
    batch, sent_back, other = answer
    if sent_back:
        return Line(one, Stand.RETURNED, due, batch.pk, batch.decided_at)
    stand = Stand.ACCEPTED if batch.state == Batch.State.ACCEPTED else Stand.SUBMITTED
    handed_in_at = batch.submitted_at or batch.decided_at or batch.created_at
    return Line(
        one,
        Stand.OTHER if other else stand,
        due,
        batch.pk,
        handed_in_at,
        late=timezone.localtime(handed_in_at).date() > due,
        other=other,
    )


def _reopened(batches: Sequence[Batch]) -> set[int]:
    """The drafts among these that were sent back before. One query."""
    drafts = [batch.pk for batch in batches if batch.state == Batch.State.DRAFT]
    if not drafts:
        return set()
    returned = BatchComment.objects.filter(batch__in=drafts, move=Batch.State.RETURNED)
    return set(returned.values_list("batch", flat=True))


def _members(pairs: Iterable[ReportedPair], expected: Iterable[Expected]) -> Mapping[int, set[int]]:
    """Joint party → its members and itself, for those that occur. One query."""
    numbers = {pair.party_id for pair in pairs} | {one.party_id for one in expected}
    found: defaultdict[int, set[int]] = defaultdict(set)
    for joint, member in JointMember.objects.filter(joint__in=numbers - {None}).values_list("joint", "member"):
        found[joint] |= {joint, member}
    return found


def _paths(pairs: Iterable[ReportedPair], batches: Iterable[Batch], expected: Iterable[Expected]) -> dict[int, str]:
    """Party → its path, where units are expected without a place. One query."""
    wanted = {one.party_id for one in expected if not one.place_code}
    if not wanted - {None}:
        return {}
    numbers = wanted | {pair.party_id for pair in pairs} | {batch.party_id for batch in batches}
    known = {number for number in numbers if number is not None}
    return dict(Party.objects.filter(pk__in=known).values_list("pk", "path"))


def _refused(
    *,
    name: str,
    rule: str,
    due_days: int,
    starts_on: date,
    ends_on: date | None,
    expects: str,
    party: Party | None,
    place_code: str,
) -> dict[str, str]:
    """Field → why it cannot be so."""
    found = {}
    if not name:
        found["name"] = _("任务要有名称；请填写。")
    if rule not in ReportingDuty.Rule.values:
        found["rule"] = _("没有这种报告期；请从列表中选择。")
    if not 0 <= due_days <= MOST_DUE_DAYS:
        found["due_days"] = _("截止日期应在期末后 0 到 %(most)s 天；请改正。") % {"most": MOST_DUE_DAYS}
    if rule == ReportingDuty.Rule.ONCE and ends_on is None:
        found["ends_on"] = _("只报一次的任务要写明报告期的最后一天。")
    if ends_on is not None and ends_on < starts_on:
        found["ends_on"] = _("结束日期早于开始日期；请改正其中一个。")
    if expects not in ReportingDuty.Expects.values:
        found["expects"] = _("请选择由谁报送。")
    if expects == ReportingDuty.Expects.PARTY_TREE and party is None:
        found["party"] = _("请写明是哪个单位的下属单位。")
    if expects == ReportingDuty.Expects.PLACES and not place_code:
        found["place"] = _("请写明是哪个地区的下级地区。")
    return found
