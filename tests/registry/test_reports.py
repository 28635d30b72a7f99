"""每月变动报告: when a month is due, who must report, the liaison's acts and their idempotency, reminders."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.models import RoleGrant, User
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.messaging.models import Message
from apps.organisation.models import CalendarDay, Community, Division, RuleSet
from apps.organisation.workdays import WorkCalendar
from apps.people.models import Person
from apps.registry.models import Cadre, LifeEvent, ReportLine, UnitReport
from apps.registry.reporting import months, reminding, standing
from apps.registry.reporting.months import ReportRules
from apps.registry.services import life, reports
from apps.registry.services.reports import Told
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def school(city):
    return make_unit("云江市教育局", parent=city)


@pytest.fixture
def cadre(school):
    return make_cadre("李德厚", unit=school)


@pytest.fixture
def liaison(school, cadre):
    return make_user("lianluo", role="liaison", unit=school)


@pytest.fixture
def clerk(city):
    return make_user("jingban", role="clerk", unit=city)


def terms(day=TODAY):
    return standing.terms_on(day)


def died(cadre, day="2026-11-03", **over):
    return Told("died", PartialDate.parse(day), cadre=cadre, **over)


# Months, without a database


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2026-10", "2026-11-05"),
        ("2026-11", "2026-12-04"),  # 5 December is a Saturday
        ("2026-12", "2027-01-05"),
        ("2027-01", "2027-02-05"),
    ],
)
def test_due_day_moves_to_the_working_day_before(month, due):
    first = dt.date.fromisoformat(f"{month}-01")

    assert months.due_on(first, ReportRules(), WorkCalendar()) == dt.date.fromisoformat(due)


def test_due_day_in_a_holiday_moves_before_it():
    holiday = {dt.date(2027, 10, day): "off" for day in range(1, 8)}

    assert months.due_on(dt.date(2027, 9, 1), ReportRules(), WorkCalendar(holiday)) == dt.date(2027, 9, 30)


@pytest.mark.parametrize(
    ("today", "opened"),
    [("2026-11-19", "2026-10"), ("2026-11-20", "2026-11"), ("2026-12-01", "2026-11"), ("2027-01-05", "2026-12")],
)
def test_a_month_opens_on_its_twentieth(today, opened):
    assert f"{months.open_month(dt.date.fromisoformat(today), ReportRules()):%Y-%m}" == opened


def test_months_owed_end_with_the_one_whose_due_day_is_over():
    rules, calendar = ReportRules(), WorkCalendar()
    on_due_day = months.owed_months(dt.date(2026, 11, 5), rules, calendar, dt.date(2026, 9, 1))
    after = months.owed_months(dt.date(2026, 11, 6), rules, calendar, dt.date(2026, 9, 1))

    assert on_due_day == [dt.date(2026, 9, 1)]
    assert after == [dt.date(2026, 9, 1), OCTOBER]
    assert months.owed_months(dt.date(2026, 11, 6), rules, calendar, None) == []
    assert len(months.owed_months(TODAY, rules, calendar, dt.date(2020, 1, 1))) == 12


# The liaison's month


def test_no_change_is_one_act_and_twice_is_once(school, liaison):
    first = reports.report_no_change(school, NOVEMBER, actor=liaison, terms=terms())
    again = reports.report_no_change(school, NOVEMBER, actor=liaison, terms=terms())

    assert (first.pk, first.state, first.no_change, first.on_behalf) == (again.pk, "sent", True, False)
    assert UnitReport.objects.count() == 1
    assert AuditEntry.objects.filter(action="unit_report.send").count() == 1


def test_no_change_waits_for_the_month_to_open(school, liaison):
    with pytest.raises(BusinessError, match="11月20日起"):
        reports.report_no_change(school, NOVEMBER, actor=liaison, terms=terms(dt.date(2026, 11, 19)))
    with pytest.raises(BusinessError, match="还没有到"):
        reports.report_no_change(school, dt.date(2026, 12, 1), actor=liaison, terms=terms())

    assert not UnitReport.objects.filter(state="sent").exists()


def test_no_change_is_taken_back_on_the_same_day_only(school, liaison):
    reports.report_no_change(school, NOVEMBER, actor=liaison, terms=terms())
    with pytest.raises(BusinessError, match="当天"):
        reports.undo_no_change(school, NOVEMBER, actor=liaison, terms=terms(TODAY + dt.timedelta(days=1)))
    undone = reports.undo_no_change(school, NOVEMBER, actor=liaison, terms=terms())

    assert (undone.state, undone.no_change) == ("draft", False)


def test_late_is_counted_from_the_due_day_of_the_first_sending(school, liaison):
    reports.report_no_change(school, OCTOBER, actor=liaison, terms=terms(dt.date(2026, 11, 6)))
    row = standing.standings([school], OCTOBER, terms())[0]

    assert row.was_late
    assert row.report.due_on == dt.date(2026, 11, 5)


def test_a_line_is_at_once_a_report_to_verify_never_a_death(school, liaison, cadre):
    line = reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms())
    again = reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms())
    event = LifeEvent.objects.get()
    person = Person.objects.get(pk=cadre.pk)

    assert line.pk == again.pk
    assert (event.state, event.source, event.reported_by) == ("reported", "unit", liaison)
    assert (person.life_status, person.died_on) == ("reported", None)


def test_a_line_taken_back_takes_its_event_back(school, liaison, cadre):
    line = reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms())
    reports.withdraw_line(line, actor=liaison, terms=terms())

    assert LifeEvent.objects.get().state == "rejected"
    assert Person.objects.get(pk=cadre.pk).life_status == "living"


def test_a_line_that_repeats_somebody_elses_word_leaves_it_standing(school, liaison, clerk, cadre):
    life.report(cadre.person, life.Report("died", PartialDate(2026, 11, 3)), actor=clerk, today=TODAY)
    line = reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms())
    reports.withdraw_line(line, actor=liaison, terms=terms())

    assert LifeEvent.objects.get().state == "reported"
    assert Person.objects.get(pk=cadre.pk).life_status == "reported"


def test_what_a_clerk_has_confirmed_is_not_taken_back(school, liaison, clerk, cadre):
    line = reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms())
    life.confirm(LifeEvent.objects.get(), actor=clerk)

    with pytest.raises(BusinessError, match="已经核实"):
        reports.withdraw_line(line, actor=liaison, terms=terms())


def test_a_change_learnt_after_no_change_makes_it_a_report_with_changes(school, liaison, cadre):
    reports.report_no_change(school, NOVEMBER, actor=liaison, terms=terms())
    reports.add_line(school, NOVEMBER, died(cadre), actor=liaison, terms=terms(dt.date(2026, 11, 28)))
    report = UnitReport.objects.get()

    assert (report.state, report.no_change, report.amended_on) == ("sent", False, dt.date(2026, 11, 28))


def test_a_given_back_report_is_sent_again(school, liaison, clerk):
    reports.report_no_change(school, OCTOBER, actor=liaison, terms=terms(dt.date(2026, 11, 4)))
    with pytest.raises(BusinessError, match="原因"):
        reports.return_report(school, OCTOBER, reason=" ", actor=clerk, terms=terms())
    reports.return_report(school, OCTOBER, reason="漏报一人", actor=clerk, terms=terms())
    again = reports.report_no_change(school, OCTOBER, actor=liaison, terms=terms())

    assert (again.state, again.return_reason, again.due_on) == ("sent", "漏报一人", dt.date(2026, 11, 5))


def test_a_clerk_reports_for_him_and_it_says_so(school, clerk, cadre):
    assert reports.report_no_change(school, NOVEMBER, actor=clerk, terms=terms()).on_behalf


def test_an_empty_report_is_not_sent(school, liaison):
    with pytest.raises(BusinessError, match="本月无变动"):
        reports.send_report(school, NOVEMBER, actor=liaison, terms=terms())


def test_nobody_reports_for_a_unit_out_of_reach(city, liaison, cadre):
    other = make_unit("云江市卫生局", parent=city)
    stranger = make_cadre("王秀兰", unit=other)
    with pytest.raises(BusinessError, match="不在您的范围"):
        reports.report_no_change(other, NOVEMBER, actor=liaison, terms=terms())
    with pytest.raises(BusinessError, match="不归这个单位"):
        reports.add_line(cadre.managing_unit, NOVEMBER, died(stranger), actor=liaison, terms=terms())

    assert not UnitReport.objects.exists()
    assert not LifeEvent.objects.exists()


def test_a_newly_retired_person_waits_for_a_clerk(school, liaison, clerk):
    told = Told(
        "retired", PartialDate(2026, 11), name="张建国", birth_date=PartialDate(1966, 11),
        citizen_id="11010519491231002X", post="科长",
    )  # fmt: skip
    line = reports.add_line(school, NOVEMBER, told, actor=liaison, terms=terms())
    again = reports.add_line(school, NOVEMBER, told, actor=liaison, terms=terms())
    assert (line.pk, line.state, line.citizen_id) == (again.pk, "waiting", "11010519491231002X")

    reports.reject_newcomer(line, reason="已在省里登记", actor=clerk)
    assert ReportLine.objects.get().state == "rejected"
    with pytest.raises(BusinessError, match="由别人办理"):
        reports.settle_newcomer(line, make_cadre("张建国", unit=school), actor=clerk)


def test_a_wrong_id_of_a_newcomer_is_refused(school, liaison):
    told = Told("retired", PartialDate(2026, 11), name="张建国", citizen_id="110105194912310021")
    with pytest.raises(BusinessError):
        reports.add_line(school, NOVEMBER, told, actor=liaison, terms=terms())

    assert not ReportLine.objects.exists()


# Moving and other news


def test_relocation_writes_the_address_and_undo_puts_it_back(school, clerk, cadre):
    cadre.person.residence = "河滨路1号"
    cadre.person.save()
    told = life.Report("relocated", PartialDate(2026, 11), address="东风路2号")
    event = life.record(cadre.person, told, actor=clerk, today=TODAY)
    assert Person.objects.get(pk=cadre.pk).residence == "东风路2号"
    assert "河滨路" not in str(event.before)

    life.undo(event, reason="录错", actor=clerk)
    assert Person.objects.get(pk=cadre.pk).residence == "河滨路1号"


def test_undone_relocation_leaves_a_later_address_alone(school, clerk, cadre):
    event = life.record(
        cadre.person, life.Report("relocated", PartialDate(2026, 11), address="东风路2号"), actor=clerk, today=TODAY
    )
    person = Person.objects.get(pk=cadre.pk)
    person.residence = "中山路3号"
    person.save()
    life.undo(event, reason="录错", actor=clerk)

    assert Person.objects.get(pk=cadre.pk).residence == "中山路3号"


def test_relocation_needs_an_address_and_other_news_changes_nothing(school, clerk, cadre):
    with pytest.raises(BusinessError, match="新地址"):
        life.report(cadre.person, life.Report("relocated", PartialDate(2026, 11)), actor=clerk, today=TODAY)
    before = Person.objects.values().get(pk=cadre.pk)
    told = life.Report("other", PartialDate(2026, 11), detail="老伴住院")
    life.record(cadre.person, told, actor=clerk, today=TODAY)

    assert Person.objects.values().get(pk=cadre.pk) == before


# Who must report


def test_units_without_living_people_or_excused_do_not_report(city, school, cadre, liaison):
    empty = make_unit("撤空的单位", parent=city)
    excused = make_unit("云江市总工会", parent=city)
    make_cadre("王秀兰", unit=excused)
    RuleSet.objects.create(
        kind="unit_reports", unit=excused, effective_from=LONG_AGO, document_no="1号", values={"required": False}
    )
    units = standing.reporting_units({city.pk, school.pk, empty.pk, excused.pk}, terms())

    assert [unit.pk for unit in units] == [school.pk]
    Person.objects.filter(pk=cadre.pk).update(life_status="deceased")
    assert standing.reporting_units({school.pk}, terms()) == []


def test_arrears_begin_with_the_first_report_of_all(city, school, liaison, clerk):
    other = make_unit("云江市卫生局", parent=city)
    make_cadre("王秀兰", unit=other)
    assert standing.missing_reports([school, other], terms()) == []

    reports.report_no_change(school, dt.date(2026, 9, 1), actor=liaison, terms=terms())
    missing = standing.missing_reports([school, other], terms())
    assert [(unit.pk, month) for unit, month in missing] == [
        (school.pk, OCTOBER), (other.pk, dt.date(2026, 9, 1)), (other.pk, OCTOBER),
    ]  # fmt: skip


# A liaison of a community


def test_a_community_liaison_sees_its_residents_and_reports_for_no_unit(city, school, cadre):
    community = Community.objects.create(name="南河", division=Division.objects.order_by("code").first())
    other = make_unit("云江市卫生局", parent=city)
    resident = make_cadre("王秀兰", unit=other, community=community)
    user = make_user("shequ")
    RoleGrant.objects.create(user=user, role="liaison", unit=school, community=community, starts_on=LONG_AGO)
    user = User.objects.get(pk=user.pk)

    assert list(Cadre.objects.visible_to(user)) == [resident]
    assert user.has_perm("registry.view_cadre")
    assert user.reach("registry.view_cadre") == set()
    assert standing.liaison_unit_ids(user) == set()
    with pytest.raises(BusinessError, match="不在您的范围"):
        reports.report_no_change(school, NOVEMBER, actor=user, terms=terms())


# Reminding


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), ZONE)


@pytest.fixture
def begun(city, school, liaison):
    RuleSet.objects.create(
        kind="unit_reports", effective_from=LONG_AGO, document_no="1号", values={"first_month": "2026-10-01"}
    )
    return make_user("kezhang", role="section_head", unit=city)


@pytest.mark.parametrize(
    ("day", "stage", "who"),
    [
        ("2026-11-02", None, ""),
        ("2026-11-03", "ahead", "lianluo"),
        ("2026-11-04", "ahead", "lianluo"),
        ("2026-11-06", "late", "lianluo"),
        ("2026-11-08", "section", "kezhang"),
        ("2026-11-30", "section", "kezhang"),
    ],
)
def test_reminders_go_to_the_liaison_then_to_the_section(begun, day, stage, who):
    reminding.remind_reports(at(dt.date.fromisoformat(day)))
    reminding.remind_reports(at(dt.date.fromisoformat(day)))
    about_october = Message.objects.filter(key__contains=":2026-10:")

    expected = [(f"unit_report.{stage}", who)] if stage else []
    assert list(about_october.values_list("template", "user__username")) == expected


def test_a_report_that_comes_takes_waiting_reminders_back(begun, school, liaison):
    reminding.remind_reports(at(dt.date(2026, 11, 6)))
    reports.report_no_change(school, OCTOBER, actor=liaison, terms=terms(dt.date(2026, 11, 6)))

    assert Message.objects.get().withdrawn_at is not None
    reminding.remind_reports(at(dt.date(2026, 11, 9)))
    assert Message.objects.count() == 1


def test_asking_by_hand_is_once_a_day_and_needs_a_liaison(begun, city, school, clerk):
    now = at(TODAY)
    for _ in range(2):
        reminding.ask_for_report(school, OCTOBER, actor=clerk, terms=terms(), now=now)
    assert Message.objects.filter(template="unit_report.asked").count() == 1

    other = make_unit("云江市卫生局", parent=city, phone="0700-1234567")
    make_cadre("王秀兰", unit=other)
    clerk = User.objects.get(pk=clerk.pk)
    with pytest.raises(BusinessError, match="0700-1234567"):
        reminding.ask_for_report(other, OCTOBER, actor=clerk, terms=terms(), now=now)
    assert reminding.ask_for_all(actor=clerk, terms=terms(), now=now) == (1, 1)


def test_messages_carry_no_personal_data(begun, clerk, school):
    reminding.ask_for_report(school, OCTOBER, actor=clerk, terms=terms(), now=at(TODAY))

    assert Message.objects.get().context == {"unit": school.pk, "month": "2026-10"}
    assert Message.objects.get().about_id is None


def test_the_calendar_of_the_bureau_moves_the_due_day(begun, school):
    CalendarDay.objects.filter(day=dt.date(2026, 11, 5)).delete()
    CalendarDay.objects.create(day=dt.date(2026, 11, 5), kind="off", name="停电")

    assert terms().due_on(school.pk, OCTOBER) == dt.date(2026, 11, 4)
