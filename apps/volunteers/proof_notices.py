"""Time-driven messages of volunteering: sentences to people, counted lines to staff."""

from django.db.models import Count, Sum
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.messaging.rules import Template, register_template
from apps.organisation.queries import rule_values
from apps.registry.addressing import address_of

from .choices.shifts import RecordState
from .models import (
    OutsidePost,
    ServiceCertificate,
    ServiceRecord,
    ServiceRequest,
    Shift,
    Team,
    Volunteer,
    VolunteerStatement,
)
from .occasions import people, posts, staff
from .queries.posts import KINDS
from .rules.reminders import VolunteerReminders, VolunteerTexts
from .rules.times import day_words, length_words, span_words


def _said(part: str, unit, names: dict[str, str], context: dict, phone: str = "") -> dict[str, str]:
    rules = rule_values(VolunteerReminders.rule_key, on=timezone.localdate(), unit=unit)
    sentence = getattr(rules, part)
    for name, value in names.items():
        sentence = sentence.replace("{" + name + "}", value)
    phone = phone or unit.phone
    return {"称呼": address_of(context["person"]), "事项": sentence} | ({"电话": phone} if phone else {})


def shift_facts(context: dict) -> dict[str, str]:
    row = Shift.objects.select_related("team__unit", "project", "request").get(pk=context["shift"])
    service = names_of("volunteer_service").get(row.request.service, "帮忙") if row.request else ""
    names = {
        "日子": day_words(row.on), "时间": span_words(row.starts, row.ends),
        "班次": row.project.name if row.project else service, "地点": row.place or row.team.venue,
    }  # fmt: skip
    return _said("shift", row.team.unit, names, context, row.team.phone)


def hours_facts(context: dict) -> dict[str, str]:
    team = Team.objects.select_related("unit").get(pk=context["team"])
    count = ServiceRecord.objects.current().filter(team=team, state=RecordState.WAITING).count()
    return _said("hours", team.unit, {"队名": team.name, "条数": str(count)}, context)


def care_facts(context: dict) -> dict[str, str]:
    row = ServiceRequest.objects.select_related("unit", "team").get(pk=context["request"])
    names = {"日子": day_words(row.on), "服务": names_of("volunteer_service").get(row.service, "帮忙")}
    return _said("care", row.unit, names, context, row.team.phone if row.team else "")


def certificate_facts(context: dict) -> dict[str, str]:
    row = ServiceCertificate.objects.select_related("unit").get(pk=context["certificate"])
    return _said("certificate", row.unit, {"编号": row.code or ""}, context)


def paper_facts(context: dict) -> dict[str, str]:
    row = VolunteerStatement.objects.select_related("volunteer__unit").get(pk=context["statement"])
    ends = f"{row.ends_on.month}月{row.ends_on.day}日" if row.ends_on else ""
    return _said("paper", row.volunteer.unit, {"材料": row.get_kind_display(), "到期": ends}, context)


def _volunteer(context: dict) -> Volunteer:
    return Volunteer.objects.select_related("unit").get(pk=context["volunteer"])


def anniversary_facts(context: dict) -> dict[str, str]:
    row = _volunteer(context)
    return _said("anniversary", row.unit, {"年数": str(context["year"] - row.joined_on.year)}, context)


def year_facts(context: dict) -> dict[str, str]:
    row = _volunteer(context)
    done = ServiceRecord.objects.current().filter(
        volunteer=row, state=RecordState.CONFIRMED, on__year=context["year"]
    ).aggregate(minutes=Sum("minutes"), count=Count("pk"))  # fmt: skip
    names = {
        "年份": str(context["year"]), "次数": str(done["count"]), "时长": length_words(done["minutes"] or 0)
    }  # fmt: skip
    return _said("year", row.unit, names, context)


def post_facts(context: dict) -> dict[str, str]:
    row = OutsidePost.objects.select_related("unit").get(pk=context["post"])
    ends = f"{row.ends_on.month}月{row.ends_on.day}日" if row.ends_on else ""
    post = row.body + (row.duty or names_of(KINDS).get(row.kind, "的岗位"))
    return _said("post", row.unit, {"岗位": post, "到期": ends}, context)


for _key, _label, _facts, _celebrates in (
    (people.SHIFT, "明天有班次", shift_facts, False),
    (people.HOURS, "请队长确认时长", hours_facts, False),
    (people.CARE, "请确认服务", care_facts, False),
    (people.CERTIFICATE, "服务证明开好了", certificate_facts, False),
    (people.PAPER, "志愿服务材料快到期", paper_facts, False),
    (people.ANNIVERSARY, "志愿服务周年感谢", anniversary_facts, True),
    (people.YEAR, "志愿服务年终感谢", year_facts, True),
    (posts.ENDS, "社会任职快到期", post_facts, False),
):
    register_template(
        Template(key=_key, label=_label, texts=VolunteerTexts.rule_key, facts=_facts, celebrates=_celebrates)
    )

for _key, _label, _unit, _page in (
    (staff.APPLIED, "服务证明的申请还没有办", "份", "admin:volunteers_servicecertificate_changelist"),
    (staff.SHORT, "快到的班次还缺人", "个", "admin:volunteers_shift_changelist"),
    (staff.PAPERS, "志愿者的材料、保险快到期", "份", "admin:volunteers_volunteer_papers"),
    (staff.POSTS, "社会任职快到期", "个", "admin:volunteers_outsidepost_changelist"),
):
    register_template(Template(key=_key, label=_label, unit=_unit, page=_page))
