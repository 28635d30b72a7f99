"""Time-driven messages: sentences to students in the words of class notices, counted lines to staff."""

import datetime as dt

from django.utils import timezone

from apps.messaging.rules import Template, register_template
from apps.organisation.queries import rule_values
from apps.registry.addressing import address_of

from .models import ClassSession, Enrolment, School, TermPhase
from .occasions import people, staff
from .rules.class_texts import ClassTexts
from .rules.reminders import UniversityReminders
from .rules.when import WEEKDAYS, clock, half_of


def day_words(day: dt.date) -> str:
    return f"{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def _said(part: str, school: School, names: dict[str, str], context: dict) -> dict[str, str]:
    """What stands for {称呼}, {事项}, {学校} and {电话}."""
    rules = rule_values(UniversityReminders.rule_key, on=timezone.localdate(), unit=school.unit)
    sentence = getattr(rules, part)
    for name, value in names.items():
        sentence = sentence.replace("{" + name + "}", value)
    return {
        "称呼": address_of(context["person"]), "事项": sentence, "学校": school.name, "电话": school.phone,
    }  # fmt: skip


def term_facts(context: dict) -> dict[str, str]:
    phase = TermPhase.objects.select_related("term").get(pk=context["phase"])
    school = School.objects.select_related("unit").get(pk=context["school"])
    names = {
        "学期": str(phase.term), "阶段": phase.get_kind_display(),
        "开始": day_words(timezone.localdate(phase.opens_at)),
        "截止": day_words(timezone.localdate(phase.closes_at - dt.timedelta(seconds=1))),
    }  # fmt: skip
    return _said("term_opens", school, names, context)


def _enrolment(context: dict) -> Enrolment:
    return Enrolment.objects.select_related("class_group__course", "class_group__school__unit").get(
        pk=context["enrolment"]
    )


def payment_facts(context: dict) -> dict[str, str]:
    row = _enrolment(context)
    names = {
        "班级": str(row.class_group), "金额": f"{row.fee_due - row.paid + row.refunded:.2f}",
        "截止": day_words(row.pay_by) if row.pay_by else "开课",
    }  # fmt: skip
    return _said("payment", row.class_group.school, names, context)


def completion_facts(context: dict) -> dict[str, str]:
    row = _enrolment(context)
    return _said("completion", row.class_group.school, {"班级": str(row.class_group)}, context)


def _session_facts(part: str, context: dict) -> dict[str, str]:
    row = ClassSession.objects.select_related(
        "class_group__course", "class_group__school__unit", "room__campus"
    ).get(pk=context["session"])  # fmt: skip
    at = timezone.localtime(row.starts_at)
    minutes = at.hour * 60 + at.minute
    school = row.class_group.school
    names = {
        "班级": str(row.class_group), "日子": day_words(at.date()), "时间": f"{half_of(minutes)}{clock(minutes)}",
        "地点": f"{row.room.campus.name}{row.room.name}" if row.room else school.address,
    }  # fmt: skip
    return _said(part, school, names, context)


def first_day_facts(context: dict) -> dict[str, str]:
    return _session_facts("first_day", context)


def lesson_facts(context: dict) -> dict[str, str]:
    return _session_facts("lesson", context)


for _key, _label, _facts in (
    (people.TERM_OPENS, "老年大学开始报名", term_facts),
    (people.PAYMENT, "学费快到期", payment_facts),
    (people.FIRST_DAY, "第一次上课", first_day_facts),
    (people.LESSON, "明天上课", lesson_facts),
    (people.COMPLETION, "结业领证", completion_facts),
):
    register_template(Template(key=_key, label=_label, texts=ClassTexts.rule_key, facts=_facts))

for _key, _label, _unit, _page in (
    (staff.RING, "候补的学员还没有联系上", "位", "admin:signups_offer_changelist"),
    (staff.SHORT, "快开课的班人数不够", "个", "admin:university_classgroup_changelist"),
    (staff.BEGINS, "报名、缴费阶段快开始", "个", "admin:university_term_changelist"),
    (staff.ENDS, "报名、缴费阶段快结束", "个", "admin:university_term_changelist"),
    (staff.REFUND, "退费停着没有办", "笔", "admin:university_refund_changelist"),
    (staff.AGREEMENT, "合作协议快到期", "份", "admin:university_agreement_changelist"),
    (staff.REPAIR, "教室报修还没有修好", "处", "admin:university_roomrepair_changelist"),
):
    register_template(Template(key=_key, label=_label, unit=_unit, page=_page))
