"""每月变动报告: said to be without change, filled line by line, sent, taken back, given back (domain 2.1, 4.1).

A line about somebody in the registry is at once a life event that waits for a clerk: a death must not wait for the
end of a month. Sending twice is once; every act is on record.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.access import unit_ids_for
from apps.common import audit, crypto
from apps.common.choices import Source
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.voiding import check_reason
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.people.services import tidy_name
from apps.registry.choices import LifeEventState, NewcomerState, ReportLineKind, ReportState
from apps.registry.models import Cadre, LifeEvent, ReportLine, UnitReport
from apps.registry.reporting import months
from apps.registry.reporting.reminding import report_came
from apps.registry.reporting.standing import FILL, MANAGE, Terms, liaison_unit_ids

from . import life

Kind = ReportLineKind
REPORT_EVENT = "registry.add_lifeevent"
EMPTY_REPORT = "还没有填变动。没有变动请按“本月无变动”。"


@dataclass(frozen=True)
class Told:
    """A line as typed. `cadre` for all kinds but 新退休, which has name, birth, id and post instead."""

    kind: str
    happened_on: PartialDate
    cadre: Cadre | None = None
    address: str = ""
    hospital: str = ""
    detail: str = ""
    name: str = ""
    birth_date: PartialDate | None = None
    citizen_id: str = ""
    post: str = ""


@transaction.atomic
def report_no_change(unit: Unit, month: dt.date, *, actor, terms: Terms) -> UnitReport:
    """本月无变动. Again changes nothing; refused before the month opens, and where changes are filled in."""
    report = _begun(unit, month, FILL, actor, terms)
    if report.state == ReportState.SENT:
        return report
    opens = months.opens_on(month, terms.rules_of(unit.pk))
    if terms.today < opens:
        raise BusinessError(f"{opens.month}月{opens.day}日起才可以报{month.month}月无变动。", code="too_early")
    if report.lines.filter(voided_at__isnull=True).exists():
        raise BusinessError("这个月已经填了变动，请按“报送”，或先撤回填错的变动。", code="has_lines")
    return _send(report, actor, terms, no_change=True)


@transaction.atomic
def send_report(unit: Unit, month: dt.date, *, actor, terms: Terms) -> UnitReport:
    """Send what was filled in; sent already: nothing happens. Without a line it is refused."""
    report = _begun(unit, month, FILL, actor, terms)
    if report.state == ReportState.SENT:
        return report
    if not report.lines.filter(voided_at__isnull=True).exists():
        raise BusinessError(EMPTY_REPORT, code="empty")
    return _send(report, actor, terms, no_change=False)


@transaction.atomic
def undo_no_change(unit: Unit, month: dt.date, *, actor, terms: Terms) -> UnitReport:
    """Take back 本月无变动 on the day it was said; later a line is added instead."""
    report = _begun(unit, month, FILL, actor, terms)
    if report.state == ReportState.DRAFT:
        return report
    if not report.no_change:
        raise BusinessError("这份报告里有变动。填错的变动请一条一条撤回。", code="has_lines")
    if report.sent_on != terms.today:
        raise BusinessError("只能当天撤回。之后发现有变动，请直接补报。", code="too_late")
    report.state, report.no_change = ReportState.DRAFT, False
    report.save(update_fields=["state", "no_change"])
    _note("unit_report.undo", report, actor)
    return report


@transaction.atomic
def add_line(unit: Unit, month: dt.date, told: Told, *, actor, terms: Terms) -> ReportLine:
    """One change, by the liaison or by a clerk for him. Known already: the line that stands. A report that was sent
    takes it as 补报. Refuses people of other units and what the registry itself refuses."""
    report = _begun(unit, month, FILL, actor, terms)
    if told.kind == Kind.RETIRED:
        line = _add_newcomer(report, told, actor, terms.today)
    else:
        line = _add_change(report, told, actor, terms.today)
    if report.state == ReportState.SENT:
        report.no_change, report.amended_on = False, terms.today
        report.save(update_fields=["no_change", "amended_on"])
    return line


@transaction.atomic
def withdraw_line(line: ReportLine, *, reason: str = "填报人撤回", actor, terms: Terms) -> None:
    """Take a line back while nobody has decided on it; the event goes back with it where this line was its first
    word. A sent report that is left without a line must be sent anew."""
    report = _begun(line.report.unit, line.report.month, FILL, actor, terms)
    line = ReportLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.voided_at:
        return
    if line.event_id and line.is_first_word:
        event = LifeEvent.objects.get(pk=line.event_id)
        if event.state == LifeEventState.CONFIRMED:
            raise BusinessError("经办人已经核实这件事，不能撤回。有误请告诉经办人。", code="decided")
        if event.state == LifeEventState.REPORTED:
            life.reject(event, reason=reason, actor=actor)
    if line.state == NewcomerState.ADDED:
        raise BusinessError("这位同志已经登记入册，不能撤回。有误请告诉经办人。", code="decided")
    line.voided_at, line.void_reason = timezone.now(), reason
    line.save(update_fields=["voided_at", "void_reason"])
    _note("unit_report.withdraw", report, actor, people=[line.person_id] if line.person_id else [])
    if report.state == ReportState.SENT and not report.lines.filter(voided_at__isnull=True).exists():
        report.state = ReportState.DRAFT
        report.save(update_fields=["state"])


@transaction.atomic
def return_report(unit: Unit, month: dt.date, *, reason: str, actor, terms: Terms) -> UnitReport:
    """Give a sent report back to be sent again; what its lines brought stands."""
    reason = check_reason(reason)
    report = _begun(unit, month, MANAGE, actor, terms)
    if report.state != ReportState.SENT:
        raise BusinessError("这份报告还没有报上来，不用退回。", code="state")
    report.state, report.no_change = ReportState.DRAFT, False
    report.returned_on, report.return_reason = terms.today, reason
    report.save(update_fields=["state", "no_change", "returned_on", "return_reason"])
    _note("unit_report.return", report, actor, reason=reason)
    return report


@transaction.atomic
def reject_newcomer(line: ReportLine, *, reason: str, actor) -> ReportLine:
    """A newly retired person who is not to be added, and why; decided already: nothing happens."""
    reason = check_reason(reason)
    line = ReportLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.state == NewcomerState.WAITING:
        line.state, line.decision_note, line.decided_by = NewcomerState.REJECTED, reason, actor
        line.save(update_fields=["state", "decision_note", "decided_by"])
        _note("unit_report.newcomer", line.report, actor, reason=reason)
    return line


@transaction.atomic
def settle_newcomer(line: ReportLine, cadre: Cadre, *, actor) -> None:
    """He stands in the registry now. In the transaction that added him; refused when somebody else was quicker."""
    line = ReportLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.state != NewcomerState.WAITING or line.voided_at:
        raise BusinessError("这位新退休人员刚刚由别人办理了，请回到列表看结果。", code="decided")
    line.state, line.person, line.decided_by = NewcomerState.ADDED, cadre.person, actor
    line.save(update_fields=["state", "person", "decided_by"])
    _note("unit_report.newcomer", line.report, actor, people=[cadre.pk])


def _begun(unit: Unit, month: dt.date, permission: str, actor, terms: Terms) -> UnitReport:
    """The report, locked, begun where there was none; refuses units out of reach and months not to be reported."""
    if unit.pk not in unit_ids_for(actor, permission):
        raise BusinessError("这个单位不在您的范围内。", code="out_of_reach")
    if month > months.month_of(terms.today):
        raise BusinessError("这个月还没有到。", code="future")
    if month < months.shifted(months.month_of(terms.today), -months.MOST_MONTHS_BACK):
        raise BusinessError("一年以前的月份不再补报。有变动请报在本月。", code="too_old")
    UnitReport.objects.bulk_create([UnitReport(unit=unit, month=month)], ignore_conflicts=True)
    return UnitReport.objects.select_for_update(of=("self",)).get(unit=unit, month=month)


def _send(report: UnitReport, actor, terms: Terms, *, no_change: bool) -> UnitReport:
    report.state, report.no_change = ReportState.SENT, no_change
    report.sent_by, report.sent_on = actor, terms.today
    report.due_on = report.due_on or terms.due_on(report.unit_id, report.month)
    report.on_behalf = report.unit_id not in liaison_unit_ids(actor)
    report.save(update_fields=["state", "no_change", "sent_by", "sent_on", "due_on", "on_behalf"])
    report_came(report.unit_id, report.month)
    _note("unit_report.send", report, actor)
    return report


def _add_change(report: UnitReport, told: Told, actor, today: dt.date) -> ReportLine:
    if told.cadre is None:
        raise BusinessError("请填写是哪一位老同志。", code="person", field="name")
    person = Person.objects.select_for_update(no_key=True).get(pk=told.cadre.pk)
    if told.cadre.managing_unit_id != report.unit_id:
        raise BusinessError("这位老同志不归这个单位管理。", code="person", field="name")
    if told.kind == Kind.OTHER and not told.detail.strip():
        raise BusinessError("请写明是什么情况。", code="detail", field="detail")
    standing = report.lines.filter(
        person=person, kind=told.kind, happened_on=str(told.happened_on), voided_at__isnull=True
    ).first()
    if standing is not None:
        return standing
    same = LifeEvent.objects.filter(
        person=person, kind=told.kind, happened_on=str(told.happened_on), state=LifeEventState.REPORTED
    )
    is_first_word = not same.exists()
    event = life.report(
        person,
        life.Report(
            told.kind, told.happened_on, hospital=told.hospital, address=told.address, detail=told.detail,
            source=Source.UNIT,
        ),
        actor=actor,
        today=today,
    )  # fmt: skip
    line = ReportLine.objects.create(
        report=report, kind=told.kind, person=person, event=event, is_first_word=is_first_word,
        happened_on=told.happened_on, detail=told.detail, told_by=actor,
    )  # fmt: skip
    _note("unit_report.line", report, actor, people=[person.pk], fields=[told.kind])
    return line


def _add_newcomer(report: UnitReport, told: Told, actor, today: dt.date) -> ReportLine:
    name = tidy_name(told.name)
    if told.happened_on.first_day > today:
        raise BusinessError("退休时间还没有到，请核对。", code="future", field="happened_on")
    number, index = "", None
    if told.citizen_id.strip():
        try:
            number = parse_citizen_id(told.citizen_id, on=today).number
        except CitizenIdError as error:
            raise BusinessError(error.sentence, code="citizen_id", field="citizen_id") from error
        index = crypto.blind_index("citizen_id", number)
    line = ReportLine(
        report=report, kind=Kind.RETIRED, state=NewcomerState.WAITING, happened_on=told.happened_on, detail=told.detail,
        name=name, birth_date=told.birth_date, citizen_id=number, citizen_id_index=index, post=told.post.strip(),
        told_by=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError:
        return report.lines.get(name=name, birth_date=told.birth_date, kind=Kind.RETIRED, voided_at__isnull=True)
    _note("unit_report.line", report, actor, fields=[told.kind])
    return line


def _note(action: str, report: UnitReport, actor, *, people=(), fields=(), reason: str = "") -> None:
    audit.record(
        action,
        actor=actor,
        people=people,
        fields=fields or [f"{report.month:%Y-%m}"],
        reason=reason,
        target=f"registry.unitreport:{report.pk}",
    )
