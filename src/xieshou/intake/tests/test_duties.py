"""How the expected reports of a period stand, and the text that reminds."""

from datetime import date

import pytest

from xieshou.common.errors import NotPermitted
from xieshou.intake import duties, services
from xieshou.intake.deadlines import ReportPeriod, Stand
from xieshou.intake.duties import Expected
from xieshou.intake.errors import DutyInvalid
from xieshou.intake.models import ReportingDuty
from xieshou.parties.services import create_party

HEAD = ["县", "帮扶单位", "项目类别", "计划（万元）", "实际（万元）"]
ZENGCHENG, FENGSHAN = "440118000000", "451223000000"
YEAR_2019 = ReportPeriod(date(2019, 1, 1), date(2019, 12, 31))
IN_TIME, TOO_LATE = date(2020, 1, 20), date(2020, 1, 21)
DUTY = {
    "name": "资金年报",
    "form_key": "fund_plan",
    "rule": "yearly",
    "due_days": 20,
    "starts_on": date(2019, 1, 1),
    "expects": ReportingDuty.Expects.PAIRINGS,
}

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def duty(office):
    return duties.set_duty(by=office, **DUTY)


@pytest.fixture
def pair(helping_unit):
    return Expected(helping_unit.pk, helping_unit.name, ZENGCHENG, "增城区")


@pytest.fixture
def table(clerk, write, bindings, xieshou_home):
    """A table for a year with one row for a county, the clerk's unless said otherwise."""

    def draft(unit="广州市民政局", county="增城区", period="2019", name="table.xlsx", by=clerk):
        path = write([HEAD, [county, unit, "产业", "1771", "1806.6"]], name)
        return services.open_batch(by=by, path=path, name=name, bindings=bindings, period=period)

    return draft


@pytest.fixture
def stand(duty, pair):
    """How the one expected pair stands on a day."""

    def on(today, expected=None):
        (line,) = duties.standing(duty, YEAR_2019, [expected or pair], today=today).lines
        return line

    return on


@pytest.mark.parametrize(("today", "expected"), [(IN_TIME, Stand.MISSING), (TOO_LATE, Stand.OVERDUE)])
def test_what_has_not_come_is_missing_and_overdue_after_the_day(stand, today, expected):
    assert stand(today).stand is expected


def test_a_draft_answers_for_nothing(stand, table):
    table()

    assert stand(IN_TIME).stand is Stand.MISSING


def test_what_was_handed_in_waits_for_the_office(stand, table, clerk):
    batch = services.submit_batch(by=clerk, batch=table())

    line = stand(IN_TIME)

    assert (line.stand, line.batch) == (Stand.SUBMITTED, batch.pk)


def test_what_was_accepted_is_reported(stand, table, clerk, office, bindings):
    batch = services.submit_batch(by=clerk, batch=table())
    services.accept_batch(by=office, batch=batch, bindings=bindings)

    assert stand(IN_TIME).stand is Stand.ACCEPTED


def test_what_was_sent_back_is_owed_also_while_its_unit_mends_it(stand, table, clerk, office, bindings):
    batch = services.submit_batch(by=clerk, batch=table())
    services.return_batch(by=office, batch=batch, comment="请核对")
    sent_back = stand(IN_TIME).stand
    services.decide(by=clerk, batch=batch, bindings=bindings, drop_rows=[])

    assert (sent_back, stand(IN_TIME).stand) == (Stand.RETURNED, Stand.RETURNED)


def test_a_withdrawn_batch_answers_no_more(stand, table, clerk, office, bindings):
    batch = services.submit_batch(by=clerk, batch=table())
    services.accept_batch(by=office, batch=batch, bindings=bindings)
    services.withdraw_batch(by=office, batch=batch, bindings=bindings, reason="交错了表")

    assert stand(IN_TIME).stand is Stand.MISSING


def test_a_table_of_another_year_answers_for_that_year(stand, table, clerk):
    services.submit_batch(by=clerk, batch=table(period="2018"))

    assert stand(IN_TIME).stand is Stand.MISSING


def test_a_row_of_another_county_does_not_answer(stand, table, office, bindings):
    services.submit_batch(by=office, batch=table(county="凤山县", by=office))

    assert stand(IN_TIME).stand is Stand.MISSING


def test_the_place_reported_by_a_unit_of_another_name_says_which(stand, table, office):
    services.submit_batch(by=office, batch=table(unit="民政局（广州）", by=office))

    line = stand(IN_TIME)

    assert (line.stand, line.other) == (Stand.OTHER, "民政局（广州）")


def test_a_joint_party_answers_for_its_member(stand, table, office, bindings):
    services.accept_batch(by=office, batch=table(unit="广州市民政局、甲公司", by=office), bindings=bindings)

    assert stand(IN_TIME).stand is Stand.ACCEPTED


def test_a_unit_expected_without_a_place_is_answered_by_what_it_handed_in(stand, table, clerk, helping_unit):
    services.submit_batch(by=clerk, batch=table())

    assert stand(IN_TIME, Expected(helping_unit.pk, helping_unit.name, "", "")).stand is Stand.SUBMITTED


def test_a_unit_is_answered_by_a_row_of_a_unit_below_it(stand, table, office, operator):
    above = create_party(by=operator, name="某集团")
    create_party(by=operator, name="某集团子公司", parent=above)
    services.submit_batch(by=office, batch=table(unit="某集团子公司", by=office))

    assert stand(IN_TIME, Expected(above.pk, above.name, "", "")).stand is Stand.SUBMITTED


def test_an_expected_place_is_answered_by_a_row_within_it(stand, table, clerk):
    services.submit_batch(by=clerk, batch=table())

    assert stand(IN_TIME, Expected(None, "", "440100000000", "广州市")).stand is Stand.SUBMITTED


def test_counts_add_up_to_what_is_expected(duty, pair, table, clerk):
    services.submit_batch(by=clerk, batch=table())
    others = [Expected(pair.party_id, pair.party, FENGSHAN, "凤山县"), Expected(None, "", FENGSHAN, "凤山县")]

    counts = duties.standing(duty, YEAR_2019, [pair, *others], today=TOO_LATE).counts

    assert counts == {
        "expected": 3, "reported": 1, "other": 0, "returned": 0, "missing": 2, "overdue": 2, "late": 1,
    }  # fmt: skip


def test_the_number_of_queries_does_not_grow_with_the_reports(duty, pair, table, clerk, django_assert_max_num_queries):
    services.submit_batch(by=clerk, batch=table())
    many = [Expected(pair.party_id, pair.party, f"4401{number:08d}", str(number)) for number in range(300)]

    with django_assert_max_num_queries(6):
        duties.standing(duty, YEAR_2019, [pair, *many], today=IN_TIME)


def test_the_reminder_names_what_each_unit_still_owes(duty, pair):
    second = Expected(pair.party_id, pair.party, FENGSHAN, "凤山县")
    standing = duties.standing(duty, YEAR_2019, [pair, second], today=TOO_LATE)

    words = duties.reminder(standing, standing.lines, form="资金表", sender="帮扶办")

    assert "已逾期 1 天" in words
    assert words.count("广州市民政局：") == 1
    assert "增城区" in words
    assert "凤山县" in words
    assert words.endswith("帮扶办")


def test_where_nothing_is_owed_there_is_nothing_to_remind_of(duty, pair, table, clerk):
    services.submit_batch(by=clerk, batch=table())
    standing = duties.standing(duty, YEAR_2019, [pair], today=IN_TIME)

    assert duties.reminder(standing, standing.lines, form="资金表") == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"rule": "weekly"}, "rule"),
        ({"due_days": 400}, "due_days"),
        ({"rule": "once"}, "ends_on"),
        ({"ends_on": date(2018, 1, 1)}, "ends_on"),
        ({"expects": "everybody"}, "expects"),
        ({"expects": "party_tree"}, "party"),
        ({"expects": "places"}, "place"),
    ],
)
def test_a_duty_that_cannot_be_is_refused_by_its_field(office, change, field):
    with pytest.raises(DutyInvalid) as refused:
        duties.set_duty(by=office, **DUTY | change)

    assert refused.value.where["field"] == field


def test_only_the_office_announces_and_ends_duties(clerk, duty):
    with pytest.raises(NotPermitted):
        duties.set_duty(by=clerk, **DUTY)
    with pytest.raises(NotPermitted):
        duties.end_duty(by=clerk, duty=duty)
