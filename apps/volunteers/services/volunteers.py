"""Who is a volunteer, since when, what he offers and what he signed: the only writer of Volunteer, VolunteerTime and
VolunteerStatement (rule book 10.1, 10.2, 10.4)."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from apps.common import attachments, audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.common.scans import Scan
from apps.common.voiding import check_reason
from apps.organisation.models import Community, Unit
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.people.services import apply_sealed
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.choices.volunteers import DayPart, StatementKind
from apps.volunteers.models import TeamMember, Turn, Volunteer, VolunteerStatement, VolunteerTime
from apps.volunteers.queries.volunteers import age_of
from apps.volunteers.rules.talent import text_grams
from apps.volunteers.rules.volunteers import WEEK_MINUTES, VolunteerRules, default_end

from .teams import end_rows

SKILLS, SERVICES = "volunteer_skill", "volunteer_service"
MOST_SKILLS = 12


@dataclass(frozen=True)
class VolunteerFacts:
    """What a volunteer offers. `times`: (weekday 1–7, part of the day); `communities`: their ids. An empty contact
    leaves what is on record; 清空 erases it. None of the rest: left as it is; no `weekly_minutes` is 0."""

    skills: tuple[str, ...] | None = None
    wishes: tuple[str, ...] | None = None
    times: tuple[tuple[int, str], ...] | None = None
    communities: tuple[int, ...] | None = None
    strengths: str | None = None
    weekly_minutes: int | None = None
    national_no: str | None = None
    contact_name: str = ""
    contact_phone: str = ""


@transaction.atomic
def register(
    person: Person, unit: Unit, *, on: dt.date, actor, facts: VolunteerFacts | None = None
) -> Volunteer:  # fmt: skip
    """The volunteer that a person is: made at the first time, found unchanged at every later one, however many ask at
    once; whoever left is one again from `on`. The dead, the voided and the too young are refused (rule book 10.1)."""
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    known = Volunteer.objects.filter(pk=person.pk).first()
    if known is not None and known.voided_at is None and known.left_on is None:
        return known
    _refuse_unfit(person, unit, on)
    volunteer = known or Volunteer(person=person)
    volunteer.unit, volunteer.joined_on, volunteer.left_on = unit, on, None
    volunteer.leave_reason, volunteer.voided_at, volunteer.void_reason = "", None, ""
    volunteer.closed_by_event = None
    _apply(volunteer, facts or VolunteerFacts())
    volunteer.save(force_insert=known is None)
    _apply_parts(volunteer, facts or VolunteerFacts())
    _note("volunteer.register", volunteer, actor)
    return volunteer


@transaction.atomic
def change(volunteer: Volunteer, facts: VolunteerFacts, *, actor, on: dt.date) -> Volunteer:
    """What he offers now; fields of `facts` that are None stay."""
    volunteer = _locked(volunteer.pk)
    changed = _apply(volunteer, facts)
    volunteer.save()
    changed += _apply_parts(volunteer, facts)
    if changed:
        _note("volunteer.change", volunteer, actor, fields=changed)
    return volunteer


@transaction.atomic
def leave(volunteer: Volunteer, *, on: dt.date, reason: str, actor) -> Volunteer:
    """He is no volunteer from `on`: his places in teams end, what he did stays. Left already: nothing happens.
    Refused while a shift waits for him, so that nobody stands there alone (rule book 10.4)."""
    reason = check_reason(reason)
    volunteer = _locked(volunteer.pk)
    if volunteer.left_on is not None:
        return volunteer
    if on < volunteer.joined_on:
        raise BusinessError(f"退出日期不能早于登记日期 {volunteer.joined_on:%Y-%m-%d}。", code="order", field="on")
    waiting = Turn.objects.filter(
        volunteer=volunteer, state=TurnState.EXPECTED, shift__on__gte=on, voided_at__isnull=True
    ).count()
    if waiting:
        raise BusinessError(f"他还有 {waiting} 个班次没有取消。请先在“班次”里替他取消，再办退出。", code="shifts")
    end_rows(TeamMember.objects.filter(volunteer=volunteer), on)
    volunteer.left_on, volunteer.leave_reason = on, reason[:120]
    volunteer.save(update_fields=["left_on", "leave_reason"])
    _note("volunteer.leave", volunteer, actor, reason=reason)
    return volunteer


@transaction.atomic
def record_statement(
    volunteer: Volunteer, kind: str, *, signed_on: dt.date, actor, on: dt.date, form_key: uuid.UUID,
    ends_on: dt.date | None = None, document_no: str = "", insurer: str = "", limits: str = "",
    scan: Scan | None = None,
) -> VolunteerStatement:  # fmt: skip
    """A paper that he signed: in force from `signed_on` until `ends_on` (None: as the rules say). The one of the same
    kind before it ends there, except insurance. The same form again changes nothing (rule book 10.2)."""
    kind = StatementKind(kind)
    volunteer = _locked(volunteer.pk)
    known = VolunteerStatement.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    if signed_on > on:
        raise BusinessError("签字日期不能晚于今天。", code="future", field="signed_on")
    rules = rule_values(VolunteerRules.rule_key, on=on, unit=volunteer.unit)
    ends_on = ends_on or default_end(kind, signed_on, rules)
    _check_paper(kind, signed_on, ends_on, insurer)
    if kind != StatementKind.INSURANCE:
        _end_earlier(volunteer, kind, signed_on)
    made = VolunteerStatement.objects.create(
        public_id=form_key, volunteer=volunteer, kind=kind, starts_on=signed_on, ends_on=ends_on,
        document_no=document_no.strip(), insurer=insurer.strip(),
        limits=limits.strip() if kind == StatementKind.HEALTH else "", recorded_by=actor,
        scan=_kept(scan, volunteer, actor) if scan else None,
    )  # fmt: skip
    _note("volunteer.statement", volunteer, actor, fields=[kind])
    return made


def _kept(scan: Scan, volunteer: Volunteer, actor):
    return attachments.store(
        scan.data, subject=f"volunteers.volunteer:{volunteer.pk}", purpose="statement", filename=scan.filename,
        content_type=scan.content_type, actor=actor, keep_days=None,
    )  # fmt: skip


def _check_paper(kind: str, signed_on: dt.date, ends_on: dt.date | None, insurer: str) -> None:
    if ends_on is not None and ends_on <= signed_on:
        raise BusinessError("到期日要晚于签字（起保）日期。", code="order", field="ends_on")
    if kind == StatementKind.INSURANCE and not insurer.strip():
        raise BusinessError("请填保险公司。", code="insurer", field="insurer")
    if kind == StatementKind.INSURANCE and ends_on is None:
        raise BusinessError("请填保险到哪一天。", code="ends", field="ends_on")


def _end_earlier(volunteer: Volunteer, kind: str, signed_on: dt.date) -> None:
    earlier = VolunteerStatement.objects.filter(
        volunteer=volunteer, kind=kind, voided_at__isnull=True, starts_on__lt=signed_on
    )
    earlier.exclude(ends_on__lte=signed_on).update(ends_on=signed_on)


def _refuse_unfit(person: Person, unit: Unit, on: dt.date) -> None:
    if person.voided_at is not None:
        raise BusinessError("这份人员登记已经作废，请用另一份。", code="voided")
    if person.life_status in (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED):
        raise BusinessError("他登记为已离世或正在核实，不能登记为志愿者。登记错了的，请先更正。", code="life")
    rules = rule_values(VolunteerRules.rule_key, on=on, unit=unit)
    age = age_of(Volunteer(person=person), on)
    if age is not None and age < rules.age_from:
        raise BusinessError(f"满 {rules.age_from} 周岁才能登记为志愿者。", code="age", field="birth_date")


def _locked(pk: int) -> Volunteer:
    """The volunteer with his person locked (persons before all else)."""
    list(Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).values_list("pk"))
    return Volunteer.objects.select_related("person", "unit").get(pk=pk)


def _apply(volunteer: Volunteer, facts: VolunteerFacts) -> list[str]:
    """Own columns from `facts`; names of those that changed."""
    values = {
        "skills": _codes(facts.skills, SKILLS, "skills"), "wishes": _codes(facts.wishes, SERVICES, "wishes"),
        "strengths": None if facts.strengths is None else facts.strengths.strip()[:200],
        "national_no": None if facts.national_no is None else facts.national_no.strip()[:30],
    }  # fmt: skip
    if facts.weekly_minutes is not None and not 0 <= facts.weekly_minutes <= WEEK_MINUTES:
        raise BusinessError("每周最多的时间要大于0，不超过168小时。", code="weekly", field="weekly_minutes")
    changed = []
    for name, value in values.items():
        if value is not None and value != getattr(volunteer, name):
            setattr(volunteer, name, value)
            changed.append(name)
    if "strengths" in changed:
        volunteer.strength_grams = text_grams(volunteer.strengths)
    if facts.weekly_minutes is not None and (facts.weekly_minutes or None) != volunteer.weekly_minutes:
        volunteer.weekly_minutes = facts.weekly_minutes or None
        changed.append("weekly_minutes")
    return changed + apply_sealed(volunteer, _contact(facts))


def _contact(facts: VolunteerFacts) -> dict[str, str]:
    phone = facts.contact_phone.strip()
    if phone and phone != "清空":
        try:
            phone = parse_phone(phone).digits
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="contact_phone") from error
    return {"contact_name": facts.contact_name.strip()[:60], "contact_phone": phone}


def _codes(codes: Collection[str] | None, code_list: str, field: str) -> list[str] | None:
    """Known codes in the order of the list, each once."""
    if codes is None:
        return None
    known = names_of(code_list)
    if set(codes) - known.keys():
        raise BusinessError("有不认识的选项，请重新勾选。", code="code", field=field)
    if len(set(codes)) > MOST_SKILLS:
        raise BusinessError(f"最多选 {MOST_SKILLS} 项，请挑最主要的。", code="many", field=field)
    return [code for code in known if code in set(codes)]


def _apply_parts(volunteer: Volunteer, facts: VolunteerFacts) -> list[str]:
    changed = []
    if facts.times is not None and _put_times(volunteer, facts.times):
        changed.append("times")
    if facts.communities is not None:
        before = set(volunteer.communities.values_list("pk", flat=True))
        if before != set(facts.communities):
            volunteer.communities.set(Community.objects.filter(pk__in=facts.communities, voided_at__isnull=True))
            changed.append("communities")
    return changed


def _put_times(volunteer: Volunteer, times: Iterable[tuple[int, str]]) -> bool:
    wanted = {(int(weekday), DayPart(part)) for weekday, part in times}
    if any(not 1 <= weekday <= 7 for weekday, _ in wanted):
        raise BusinessError("星期请填一到日。", code="weekday", field="times")
    if wanted == set(volunteer.times.values_list("weekday", "part")):
        return False
    volunteer.times.all().delete()
    VolunteerTime.objects.bulk_create(
        VolunteerTime(volunteer=volunteer, weekday=weekday, part=part) for weekday, part in sorted(wanted)
    )
    return True


def _note(action: str, volunteer: Volunteer, actor, **more) -> None:
    audit.record(action, actor=actor, people=[volunteer.pk], target=f"volunteers.volunteer:{volunteer.pk}", **more)
